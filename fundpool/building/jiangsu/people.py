"""People of the Jiangsu case: residents, migrants, and how readily they move."""

import tomllib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.building import ages, cover, migration, vital
from fundpool.building.jiangsu.published import CENSUS_YEAR, FloatArray, Published
from fundpool.inputs.format.vocabulary import AGES, OUTSIDE, SEXES


@dataclass(frozen=True)
class People:
    """People at the end of a year.

    Attributes:
        residents: by county, sex and age, ``(n, 2, 101)``.
        outside: the people elsewhere from whom in-migrants come, ``(2, 101)``.
        migrants: stocks by origin and destination.
        profiles: age patterns of migrants by tie, ``(4, 2, 101)``.
        by_tie: by county, tie, sex and age, ``(n, 5, 2, 101)``.
    """

    residents: FloatArray
    outside: FloatArray
    migrants: migration.Migrants
    profiles: FloatArray
    by_tie: FloatArray


def people(published: Published, mortality: pd.DataFrame) -> People:
    """People of 2020 from the census."""
    bands = published.table("census_ages").pivot(
        index="region", columns="age_from", values="persons"
    )
    bands = bands.loc[published.counties]
    starts = bands.columns.to_numpy(dtype=float)
    nation = published.of_nation("population_2020")
    census = published.census
    males = census["males"].to_numpy(dtype=float)
    females = census["females"].to_numpy(dtype=float)
    by_sex = ages.residents_by_sex(
        bands.to_numpy(dtype=float), males, females, ages.national_bands(nation, starts.tolist())
    )
    rates = death_rates(mortality, CENSUS_YEAR)
    tails = [ages.stationary_tail(rates[sex], int(starts[-1])) for sex in range(len(SEXES))]
    residents = np.stack(
        [ages.single_ages(starts, by_sex[:, sex], tails[sex]) for sex in range(len(SEXES))], axis=1
    )
    national_starts = nation["age_from"].to_numpy(dtype=float)
    whole = np.stack(
        [
            ages.single_ages(national_starts, nation[sex].to_numpy(dtype=float), np.ones(1))
            for sex in SEXES
        ]
    )
    outside = np.maximum(whole - residents.sum(axis=0), 0.0)
    moved = migrants(published)
    profiles = migration.migrant_profiles(residents.sum(axis=0), published.assumptions)
    by_tie = cover.people_by_tie(residents, stocks_by_tie(published, moved), profiles)
    return People(residents, outside, moved, profiles, by_tie)


def stocks_by_tie(published: Published, moved: migration.Migrants) -> FloatArray:
    """Migrants by county and tie (within, between, inbound, outbound), ``(n, 4)``."""
    same_city = published.city[:, None] == published.city[None, :]
    return np.stack(
        [
            (moved.between * same_city).sum(axis=0),
            (moved.between * ~same_city).sum(axis=0),
            moved.inbound,
            moved.outbound,
        ],
        axis=1,
    )


def death_rates(mortality: pd.DataFrame, year: int) -> FloatArray:
    """National death rates of a year, ``(2, 101)``."""
    series = vital.at_year(mortality, "death_rate", ["sex", "age"], year)
    return np.array([[series[(sex, age)] for age in range(AGES)] for sex in SEXES])


def migrants(published: Published) -> migration.Migrants:
    """Migrants by origin and destination, fitted to the census margins."""
    regions = published.regions.set_index("region").loc[published.counties]
    census = published.census
    registered = published.table("registered_cities").set_index("region").loc[published.cities]
    apart = migration.distances(
        regions["latitude"].to_numpy(float), regions["longitude"].to_numpy(float)
    )
    pull = migration.gravity(
        published.residents,
        apart,
        regions["area_km2"].to_numpy(float),
        published.assumed("distance_power"),
    )
    return migration.fitted_migrants(
        pull,
        migration.Margins(
            arrived=census["registered_other_county"].to_numpy(dtype=float),
            inbound=census["registered_other_province"].to_numpy(dtype=float),
            gap=(registered["registered"] - registered["residents"]).to_numpy(dtype=float),
            city=published.city,
        ),
    )


def population_table(published: Published, counted: People) -> pd.DataFrame:
    """Residents by county, sex and age, and the people outside."""
    everyone = np.concatenate([counted.residents, counted.outside[None]])
    return ages.people_table([*published.counties, OUTSIDE], everyone)


def migrants_table(published: Published, counted: People) -> pd.DataFrame:
    """Migrants by home and residence."""
    codes = np.array(published.counties)
    home, residence = np.nonzero(counted.migrants.between)
    rows = [
        pd.DataFrame(
            {
                "home": codes[home],
                "residence": codes[residence],
                "persons": counted.migrants.between[home, residence],
            }
        ),
        pd.DataFrame({"home": codes, "residence": OUTSIDE, "persons": counted.migrants.outbound}),
        pd.DataFrame({"home": OUTSIDE, "residence": codes, "persons": counted.migrants.inbound}),
    ]
    table = pd.concat(rows, ignore_index=True)
    return table.assign(persons=table["persons"].round(2))


def mobility_table(published: Published, counted: People) -> pd.DataFrame:
    """Hazards of moving that would hold the base-year stocks.

    Moves out balance returns: ``gross rate * sum(people at home x schedule) = return rate x
    people away``, where the schedule is the case's and sums to one over ages.
    """
    settings = tomllib.loads((published.folder.parent / "case.toml").read_text("utf-8"))
    schedule = migration.leaving_by_age(settings["mobility"]["schedule"])
    back = published.assumed("return_rate")
    at_home = np.concatenate(
        [counted.by_tie[:, 0].sum(axis=1) @ schedule, [counted.outside.sum(axis=0) @ schedule]]
    )
    away = counted.migrants.between.sum(axis=1) + counted.migrants.outbound
    away = np.append(away, counted.migrants.inbound.sum())
    return pd.DataFrame(
        {
            "home": [*published.counties, OUTSIDE],
            "gross_migraproduction_rate": [six_figures(value) for value in back * away / at_home],
            "return_rate": back,
            "onward_rate": published.assumed("onward_rate"),
        }
    )


def demography_table(
    published: Published,
    residents: FloatArray,
    year: int,
    mortality: pd.DataFrame,
    fertility: pd.DataFrame,
) -> pd.DataFrame:
    """Levels that meet the province's crude death and birth rates of a year.

    Args:
        published: figures.
        residents: of the year, by county, sex and age, ``(n, 2, 101)``.
        year: one whose rates are published.
        mortality: the table of death rates.
        fertility: the table of birth rates.
    """
    table = published.table("vital_rates")
    table = table[table["year"] == year]
    rates = dict(zip(table["measure"], table["value"].astype(float), strict=True))
    total = residents.sum(axis=0)
    deaths = vital.mortality_level(total, death_rates(mortality, year), rates["death_rate"])
    by_age = vital.at_year(fertility, "rate", ["age"], year)
    births = np.zeros(AGES)
    births[by_age.index.to_numpy(dtype=int)] = by_age.to_numpy()
    levels = vital.fertility_levels(
        residents[:, 1], residents[:, :, :5].sum(axis=(1, 2)), births,
        rates["birth_rate"], float(total.sum()),
    )  # fmt: skip
    return pd.DataFrame(
        {
            "region": published.counties,
            "mortality_level": round(deaths, 4),
            "fertility_level": levels.round(4),
            "rural_share": (1.0 - published.census["urban_share"].to_numpy(float)).round(4),
        }
    )


def six_figures(value: float) -> float:
    """A number cut to six significant figures, so that tables stay short."""
    return float(f"{value:.6g}")
