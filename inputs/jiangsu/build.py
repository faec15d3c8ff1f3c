"""Rebuilds the tables of the Jiangsu case from the published figures beside it.

``python -m inputs.jiangsu.build`` writes them; ``--check`` compares what it would write with
what is there and ends with status 1 if a table differs.
"""

import argparse
import io
import sys
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from inputs.building import ages, care, cover, migration, money, vital
from inputs.jiangsu.funds import fund_balances, fund_totals
from inputs.vocabulary import AGES, OUTSIDE, SEXES, TIES

HERE = Path(__file__).parent
BASE_YEAR = 2020
SERVICES = ("outpatient", "inpatient_1", "inpatient_2", "inpatient_3")
FERTILITY_YEARS = [*range(2020, 2026), 2030, 2035, 2040, 2050, 2060, 2070]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Published:
    """The published figures, and what each county and city has of them in one order.

    Attributes:
        folder: folder of the province's figures.
        national: folder of the national figures.
    """

    folder: Path = HERE / "published"
    national: Path = HERE.parent / "national"

    def table(self, name: str) -> pd.DataFrame:
        """A published table; region codes stay text."""
        text = {"region": str, "parent": str, "unit": str}
        kept = {key: kind for key, kind in text.items() if not (name == "funds" and key == "unit")}
        return pd.read_csv(self.folder / f"{name}.csv", dtype=kept, keep_default_na=True)

    def of_nation(self, name: str) -> pd.DataFrame:
        """A national table."""
        return pd.read_csv(self.national / f"{name}.csv")

    @cached_property
    def assumptions(self) -> dict[str, Any]:
        """What is assumed where nothing is published."""
        return tomllib.loads((self.folder.parent / "assumptions.toml").read_text("utf-8"))

    def assumed(self, name: str) -> Any:
        """Value of an assumption."""
        return self.assumptions[name]["value"]

    @cached_property
    def regions(self) -> pd.DataFrame:
        """All regions."""
        return self.table("regions").fillna({"parent": ""})

    @cached_property
    def counties(self) -> list[str]:
        """County codes."""
        own = self.regions
        return list(own.loc[own["level"] == "county", "region"])

    @cached_property
    def cities(self) -> list[str]:
        """City codes."""
        own = self.regions
        return list(own.loc[own["level"] == "city", "region"])

    @cached_property
    def city(self) -> NDArray[np.int64]:
        """City of each county."""
        own = self.regions[self.regions["level"] == "county"]
        return np.array([self.cities.index(code) for code in own["parent"]], dtype=np.int64)

    @cached_property
    def census(self) -> pd.DataFrame:
        """Census figures by county, in order."""
        return self.table("census_counties").set_index("region").loc[self.counties]

    @cached_property
    def residents(self) -> FloatArray:
        """Residents by county."""
        return self.census["residents"].to_numpy(dtype=float)

    @cached_property
    def units(self) -> pd.DataFrame:
        """Census units with workers by industry, folded into counties."""
        units = self.table("census_units")
        names = [name for name in units.columns[5:]]
        workers = units["residents_15_and_over"] * units["employed_share"]
        folded = units[names].mul(workers, axis=0)
        folded["workers"] = workers
        folded["adults"] = units["residents_15_and_over"]
        return folded.groupby(units["region"]).sum().loc[self.counties]

    @property
    def industries(self) -> list[str]:
        """Industries of the census."""
        return [name for name in self.units.columns if name not in ("workers", "adults")]

    def economy(self, measure: str, year: int) -> pd.Series:
        """A published economic figure by region."""
        own = self.table("economy")
        own = own[(own["measure"] == measure) & (own["year"] == year)]
        return own.drop_duplicates("region").set_index("region")["value"]

    def fund(self, scheme: str, region: str, year: int, measure: str) -> float:
        """A published figure of a fund."""
        own = self.table("funds")
        rows = own[
            (own["scheme"] == scheme)
            & (own["region"] == region)
            & (own["year"] == year)
            & (own["measure"] == measure)
        ]
        return float(rows["value"].iloc[0])

    def fact(self, topic: str, measure: str, year: int) -> float:
        """A published figure of another kind."""
        own = self.table("facts")
        rows = own[
            (own["topic"] == topic) & (own["measure"] == measure) & (own["year"] == year)
        ]
        return float(rows["value"].iloc[0])


@dataclass(frozen=True)
class People:
    """People of the base year.

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
    """People of the base year from the census."""
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
        bands.to_numpy(dtype=float), males, females, _seed(nation, starts)
    )
    rates = death_rates(mortality, BASE_YEAR)
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
    profiles = migrant_profiles(published, residents.sum(axis=0))
    same_city = published.city[:, None] == published.city[None, :]
    stocks = np.stack(
        [
            (moved.between * same_city).sum(axis=0),
            (moved.between * ~same_city).sum(axis=0),
            moved.inbound,
            moved.outbound,
        ],
        axis=1,
    )
    return People(
        residents, outside, moved, profiles, cover.people_by_tie(residents, stocks, profiles)
    )


def _seed(nation: pd.DataFrame, starts: FloatArray) -> FloatArray:
    """National people by sex in the census bands; the first five years share one sex ratio."""
    columns = []
    for number, start in enumerate(starts):
        if start < 5:
            rows = nation[nation["age_from"] == 0]
        elif number == starts.size - 1:
            rows = nation[nation["age_from"] >= start]
        else:
            rows = nation[nation["age_from"] == start]
        columns.append([rows[sex].sum() for sex in SEXES])
    return np.array(columns, dtype=float).T


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


def migrant_profiles(published: Published, residents: FloatArray) -> FloatArray:
    """Age patterns of migrants (within, between, inbound, outbound), ``(4, 2, 101)``."""
    workers = published.assumptions["migrant_ages_worker"]
    starts = np.array(workers["starts"])
    place = np.searchsorted(starts, np.arange(AGES), side="right") - 1
    width = np.diff(np.append(starts, AGES))
    shares = np.array(workers["shares"])
    by_age = np.where(place >= 0, shares[place] / width[place], 0.0)
    of_both = residents.sum(axis=0)
    pattern = by_age * np.divide(residents, of_both, out=np.zeros_like(residents),
                                 where=of_both > 0)  # fmt: skip
    own = residents / residents.sum()
    mix = published.assumed("migrant_ages_mix")
    return np.stack(
        [mix[tie] * pattern / pattern.sum() + (1.0 - mix[tie]) * own for tie in TIES[1:]]
    )


def tables(published: Published) -> dict[str, pd.DataFrame]:
    """Every table of the case."""
    mortality = vital.mortality_table(published.of_nation("mortality"), BASE_YEAR)
    own = people(published, mortality)
    fertility = vital.fertility_table(
        published.of_nation("total_fertility"),
        published.of_nation("fertility_ages"),
        FERTILITY_YEARS,
    )
    ratio = published.of_nation("sex_ratio_at_birth")
    economy = economy_table(published)
    coverage, members, active = coverage_tables(published, own)
    result = {
        "regions": published.regions,
        "population": population_table(published, own),
        "migrants": migrants_table(published, own),
        "migrant_ages": profile_table(own),
        "mobility": mobility_table(published, own),
        "mortality": mortality.assign(death_rate=mortality["death_rate"].map(_figures)),
        "fertility": fertility.assign(rate=fertility["rate"].round(7)),
        "sex_ratio_at_birth": ratio[ratio["year"].isin(FERTILITY_YEARS)],
        "demography": demography_table(published, own, mortality, fertility),
        "economy": economy,
        "employment": pd.DataFrame(
            {
                "region": published.counties,
                "employed_share": (published.units["workers"] / published.units["adults"])
                .round(4)
                .to_numpy(),
            }
        ),
        "industries": industries_table(published),
        "industry_factors": industry_factors(published),
        "coverage": coverage,
        "fund_balances": fund_balances(published, members, active, economy),
        "fund_totals": fund_totals(published, members, active),
    }
    return result | care_tables(published, own)


def _figures(value: float) -> float:
    return float(f"{value:.6g}")


def population_table(published: Published, own: People) -> pd.DataFrame:
    """Residents by county, sex and age, and the people outside."""
    codes = [*published.counties, OUTSIDE]
    persons = np.concatenate([own.residents, own.outside[None]])
    return pd.DataFrame(
        {
            "region": np.repeat(codes, len(SEXES) * AGES),
            "sex": np.tile(np.repeat(SEXES, AGES), len(codes)),
            "age": np.tile(np.arange(AGES), len(codes) * len(SEXES)),
            "persons": persons.ravel().round(2),
        }
    )


def migrants_table(published: Published, own: People) -> pd.DataFrame:
    """Migrants by home and residence."""
    codes = np.array(published.counties)
    home, residence = np.nonzero(own.migrants.between)
    rows = [
        pd.DataFrame(
            {
                "home": codes[home],
                "residence": codes[residence],
                "persons": own.migrants.between[home, residence],
            }
        ),
        pd.DataFrame({"home": codes, "residence": OUTSIDE, "persons": own.migrants.outbound}),
        pd.DataFrame({"home": OUTSIDE, "residence": codes, "persons": own.migrants.inbound}),
    ]
    table = pd.concat(rows, ignore_index=True)
    return table.assign(persons=table["persons"].round(2))


def profile_table(own: People) -> pd.DataFrame:
    """Age pattern of migrants by tie."""
    return pd.DataFrame(
        {
            "tie": np.repeat(TIES[1:], len(SEXES) * AGES),
            "sex": np.tile(np.repeat(SEXES, AGES), len(TIES) - 1),
            "age": np.tile(np.arange(AGES), (len(TIES) - 1) * len(SEXES)),
            "share": own.profiles.ravel().round(10),
        }
    )


def mobility_table(published: Published, own: People) -> pd.DataFrame:
    """Hazards of moving that would hold the base-year stocks.

    Moves out balance returns: ``gross rate * sum(people at home x schedule) = return rate x
    people away``, where the schedule is the case's and sums to one over ages.
    """
    from actuarial.mobility import rogers_castro

    settings = tomllib.loads((HERE / "case.toml").read_text("utf-8"))
    form = settings["mobility"]["schedule"]
    names = ("a1", "alpha1", "a2", "mu2", "alpha2", "lambda2", "c")
    schedule = np.asarray(
        rogers_castro(np.arange(AGES, dtype=float), *(form[name] for name in names))
    )
    schedule = schedule / schedule.sum()
    back = published.assumed("return_rate")
    at_home = np.concatenate(
        [own.by_tie[:, 0].sum(axis=1) @ schedule, [own.outside.sum(axis=0) @ schedule]]
    )
    away = own.migrants.between.sum(axis=1) + own.migrants.outbound
    away = np.append(away, own.migrants.inbound.sum())
    return pd.DataFrame(
        {
            "home": [*published.counties, OUTSIDE],
            "gross_migraproduction_rate": [_figures(value) for value in back * away / at_home],
            "return_rate": back,
            "onward_rate": published.assumed("onward_rate"),
        }
    )


def demography_table(
    published: Published, own: People, mortality: pd.DataFrame, fertility: pd.DataFrame
) -> pd.DataFrame:
    """Levels that meet the province's crude death and birth rates of 2021."""
    rates = published.table("vital_rates")
    rates = rates[rates["year"] == BASE_YEAR + 1].set_index("measure")["value"]
    total = own.residents.sum(axis=0)
    deaths = vital.mortality_level(
        total, death_rates(mortality, BASE_YEAR + 1), float(rates["death_rate"])
    )
    by_age = vital.at_year(fertility, "rate", ["age"], BASE_YEAR + 1)
    births = np.zeros(AGES)
    births[by_age.index.to_numpy(dtype=int)] = by_age.to_numpy()
    levels = vital.fertility_levels(
        own.residents[:, 1], own.residents[:, :, :5].sum(axis=(1, 2)), births,
        float(rates["birth_rate"]), float(total.sum()),
    )  # fmt: skip
    return pd.DataFrame(
        {
            "region": published.counties,
            "mortality_level": round(deaths, 4),
            "fertility_level": levels.round(4),
        }
    )


def economy_table(published: Published) -> pd.DataFrame:
    """Wages, incomes and prices by county in the base year."""
    province = published.regions.loc[published.regions["level"] == "province", "region"].iloc[0]
    product = published.economy("gdp_per_resident", 2022)
    by_city = product.loc[published.cities].to_numpy(dtype=float)
    income = published.economy("disposable_income", 2023)
    known = income.reindex(published.cities).to_numpy(dtype=float)
    incomes = money.filled_by_power(known, by_city)
    wages = published.economy("wage_urban_non_private", 2022)
    published_wage = wages.reindex(published.cities).to_numpy(dtype=float)
    power = published.assumed("wage_power")
    estimated = float(wages[province]) * (incomes / float(income[province])) ** power
    wage = np.where(np.isnan(published_wage), estimated, published_wage)
    growth = published.economy("wage_urban_non_private", 2021)[province]
    wage = wage * (growth / wages[province]) / (1.0 + published.assumed("wage_growth_before"))
    earlier = published.economy("disposable_income", 2022)[province] / income[province]
    incomes = incomes * earlier / (1.0 + published.assumed("income_growth_before")) ** 2
    urban = published.economy("disposable_income_urban", 2022)[province]
    rural = published.economy("disposable_income_rural", 2022)[province]
    income_of = money.income_by_urban_share(
        incomes, published.city, published.census["urban_share"].to_numpy(float),
        published.residents, float(urban), float(rural),
    )  # fmt: skip
    workers = published.units["workers"].to_numpy(float)
    wage_of = money.within_city(wage, published.city, income_of, workers, power)
    price = money.price_levels(income_of, published.residents, published.assumed("price_power"))
    return pd.DataFrame(
        {
            "region": published.counties,
            "contribution_wage": wage_of.round(0),
            "wage_cv": published.assumed("wage_cv"),
            "disposable_income": income_of.round(0),
            "price_level": price.round(4),
        }
    )


def industries_table(published: Published) -> pd.DataFrame:
    """Industry mix by county."""
    names = published.industries
    workers = published.units[names]
    shares = workers.div(workers.sum(axis=1), axis=0)
    return pd.DataFrame(
        {
            "region": np.repeat(published.counties, len(names)),
            "industry": np.tile(names, len(published.counties)),
            "share": shares.to_numpy().ravel().round(9),
        }
    )


def industry_factors(published: Published) -> pd.DataFrame:
    """How industries compare."""
    names = published.industries
    inpatient = published.assumed("industry_inpatient")
    return pd.DataFrame(
        {
            "industry": names,
            "wage": [published.assumed("industry_wage")[name] for name in names],
            "contract_share": [published.assumed("industry_contract")[name] for name in names],
            "outpatient": 1.0,
            "inpatient": [inpatient.get(name, 1.0) for name in names],
        }
    )


def coverage_tables(
    published: Published, own: People
) -> tuple[pd.DataFrame, FloatArray, float]:
    """The table ``coverage``, members of the employee scheme by county, and the active share."""
    growth = published.fund("employee", "nation", 2023, "participants") / published.fund(
        "employee", "nation", 2020, "participants"
    )
    product = published.economy("gdp_per_resident", 2022)
    residents = dict(zip(published.counties, published.residents, strict=True))
    by_city = np.bincount(published.city, published.residents)
    of_city = dict(zip(published.cities, by_city, strict=True))
    changzhou, nantong, sheyang = "320400", "320600", "320924"
    known = {
        changzhou: published.fund("employee", changzhou, 2023, "participants")
        / growth
        / of_city[changzhou],
        # three years of the national growth lie between 2017 and 2020
        nantong: published.fund("employee", nantong, 2017, "participants")
        * growth
        / of_city[nantong],
        sheyang: published.fund("employee", sheyang, 2023, "participants")
        / growth
        / residents[sheyang],
    }
    parent = published.regions.set_index("region")["parent"]
    at = [float(product[code if code in product.index else parent[code]]) for code in known]
    units = published.units
    non_farm = (units["workers"] - units["agriculture"]).to_numpy(float) / published.residents
    members = cover.members_by_county(
        published.residents, published.city, product.loc[published.cities].to_numpy(float),
        non_farm, np.array(at), np.array(list(known.values())),
    )  # fmt: skip
    active = published.fund("employee", "320000", 2009, "participants_active") / published.fund(
        "employee", "320000", 2009, "participants"
    )
    bands, by_tie = published.assumptions["cover_bands"], published.assumptions["cover_by_tie"]
    table, _ = cover.coverage_table(
        published.counties,
        own.by_tie,
        members,
        active,
        published.fund("all", "320000", 2020, "participants"),
        cover.CoverAssumptions(
            bands={sex: tuple(bands[sex]) for sex in SEXES},
            working=tuple(bands["working"]),
            employee_by_tie=by_tie["employee"],
            retired_by_tie=by_tie["retired"],
            dual_share=by_tie["dual"],
            local_share=by_tie["local"],
            outside_uninsured=by_tie["outside_uninsured"],
            outbound_employee=by_tie["outbound_employee"],
        ),
    )
    return table, members, active


def care_tables(published: Published, own: People) -> dict[str, pd.DataFrame]:
    """Morbidity, severity, relativities, treatment and referral."""
    assumed = published.assumptions
    nation = own.outside + own.residents.sum(axis=0)
    facts = published.table("facts")
    shape = facts[facts["topic"] == "admission_by_age"]
    starts = shape["measure"].str.extract(r"age_(\d+)")[0].astype(int).tolist()
    by_age = care.by_single_age(starts, shape["value"].tolist())
    sexes = assumed["admissions_sex"]
    both = np.stack([by_age * care.by_single_age(sexes["starts"], sexes[sex]) for sex in SEXES])
    admissions = care.scaled_frequency(both, nation, published.fact("care", "admission_rate", 2018))
    visits = assumed["outpatient_ages"]
    flat = np.tile(care.by_single_age(visits["starts"], visits["values"]), (2, 1))
    outpatient = care.scaled_frequency(
        flat, nation, published.fact("care", "outpatient_visits", 2018)
    )
    classes = assumed["cost_classes"]
    inpatient = inpatient_cost_classes(published, classes["starts"], admissions * nation)
    by_class = {name: inpatient for name in SERVICES[1:]} | {SERVICES[0]: classes["outpatient"]}
    relativity = [
        (factor, level, service, values[0 if service == SERVICES[0] else 1])
        for factor, name in (("tie", "tie_relativity"), ("status", "status_relativity"))
        for level, values in assumed[name].items()
        if isinstance(values, list)
        for service in SERVICES
    ]
    travel, without = assumed["travel_home"], assumed["care_forgone"]
    return {
        "morbidity": care.morbidity_table(
            outpatient, admissions, published.assumed("tiers"), SERVICES[0]
        ),
        "severity": care.severity_table(
            classes["starts"], published.assumed("mean_cost"), published.assumed("cost_variation"),
            by_class, "lognormal",
        ),
        "relativities": pd.DataFrame(
            relativity, columns=["factor", "level", "service", "relativity"]
        ),
        "treatment": care.treatment_table(
            SERVICES, published.assumed("referral_care"), travel, without
        ),
        "referral": care.referral_table(
            published.counties, published.city,
            published.units["health_social"].to_numpy(float), assumed["referral_care"]["local"],
        ),
    }  # fmt: skip


def inpatient_cost_classes(
    published: Published, starts: list[int], admissions: FloatArray
) -> list[float]:
    """Cost of an admission by age class relative to the mean over admissions."""
    facts = published.table("facts")
    own = facts[facts["topic"] == "cost_by_age"]
    first = own["measure"].str.extract(r"_(\d+)_\d+$")[0].astype(int).to_numpy()
    values = own["value"].to_numpy(dtype=float)
    at_age = values[
        np.clip(np.searchsorted(first, np.arange(AGES), side="right") - 1, 0, values.size - 1)
    ]
    weight = admissions.sum(axis=0)
    mean = np.average(at_age, weights=weight)
    edges = [*starts, AGES]
    return [
        round(float(np.average(at_age[a:b], weights=weight[a:b]) / mean), 4)
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    ]


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as the bytes of its file."""
    text = io.StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue().encode("utf-8")


def main() -> int:
    """Write the tables, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    only_compare = parser.parse_args().check
    folder = HERE / "tables"
    folder.mkdir(exist_ok=True)
    differing = []
    for name, table in tables(Published()).items():
        file, contents = folder / f"{name}.csv", as_csv(table)
        if only_compare:
            if not file.is_file() or file.read_bytes() != contents:
                differing.append(name)
        else:
            file.write_bytes(contents)
    for name in differing:
        print(f"{name}.csv differs from what build.py derives", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
