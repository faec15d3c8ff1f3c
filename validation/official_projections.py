"""Official projections of whole countries from their own rates, each a case of one region.

World Population Prospects 2019, medium variant, of the United Nations (Department of Economic and
Social Affairs), as the R package wpp2019 carries it, CC BY 3.0 IGO: people at mid-year by sex and
five-year ages, death rates, fertility, the sex ratio at birth and net migration by five-year
period. What is published in bands is divided into single ages: people by a monotone cubic through
the cumulated numbers, death rates log-linearly between the middles of the bands, fertility by a
monotone cubic through its cumulated shares. The ages of net migrants are not published; a schedule
is assumed (:data:`MIGRATION`).
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from fundpool.actuarial.mobility import rogers_castro
from fundpool.building.ages import single_ages
from fundpool.inputs.case import read_case
from fundpool.inputs.format.vocabulary import AGES, SEXES, TIES
from fundpool.inputs.new import NewCase, write_new_case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.projection.study import study
from validation.one_region import one_region, sex_and_age
from validation.part import Check, Part, checks_table, markdown_table

TABLE = Path(__file__).parent / "published" / "wpp_2019.csv"
FIRST, LAST, PERIOD = 2020, 2050, 5
YEARS = (2030, 2040, 2050)
BANDS = (0, 20, 40, 60, 80)
TOTAL, BY_AGE, OLD = 0.003, 0.01, 0.05
"""Largest relative errors allowed: of the total, by sex and age, and at 80 and over."""

MIGRATION = {
    "a1": 0.01, "alpha1": 0.10, "a2": 0.06, "mu2": 21.5, "alpha2": 0.10, "lambda2": 0.40, "c": 0.0,
}  # fmt: skip
"""Standard schedule of Rogers and Castro (1981), Model Migration Schedules, RR-81-30: children and
workers, without the constant for all ages, with half as many children, as more of those who come
from abroad come alone, and with its peak at 25 (``mu2 + ln(lambda2 / alpha2) /
lambda2``), 1.5 years later than inside a country."""

Years = dict[int, FloatArray]


@cache
def published() -> pd.DataFrame:
    """The published figures: country, measure, year (first of a period), sex, age_from, value."""
    return pd.read_csv(TABLE)


def countries() -> list[str]:
    """Countries of the table."""
    return sorted(published()["country"].unique())


def figures_of(country: str, measure: str) -> pd.DataFrame:
    """Figures of a country, with a row of ages (all sexes) or of sexes and ages a year."""
    table = published()
    return table[(table["country"] == country) & (table["measure"] == measure)]


def people_of(country: str, year: int) -> FloatArray:
    """Published people by sex and five-year age, the last group open, ``(2, 21)``."""
    rows = figures_of(country, "persons")
    rows = rows[rows["year"] == year]
    return np.stack([rows[rows["sex"] == sex]["value"].to_numpy(dtype=float) for sex in SEXES])


def single_ages_of(country: str, year: int) -> FloatArray:
    """People by sex and single age, ``(2, 101)``; those of 100 and over are one group."""
    starts = np.arange(0.0, AGES, PERIOD)
    return single_ages(starts, people_of(country, year), np.ones(1))


def death_rates(country: str) -> Years:
    """Death rates by sex and single age, ``(2, 101)``, by first year of a period."""
    rates = {}
    for year, rows in figures_of(country, "death_rate").groupby("year"):
        both = []
        for sex in SEXES:
            bands = rows[rows["sex"] == sex]
            starts = bands["age_from"].to_numpy(dtype=float)
            middles = 0.5 * (starts + np.append(starts[1:], AGES))
            ages = np.arange(AGES) + 0.5
            log_rates = np.log(bands["value"].to_numpy(dtype=float))
            both.append(np.exp(np.interp(ages, middles, log_rates)))
        rates[int(str(year))] = np.stack(both)
    return rates


def fertility(country: str) -> Years:
    """Births a woman-year by single age, ``(101,)``, by first year of a period."""
    totals = figures_of(country, "total_fertility").set_index("year")["value"]
    rates = {}
    for year, rows in figures_of(country, "fertility_share").groupby("year"):
        starts = rows["age_from"].to_numpy(dtype=float)
        edges = np.append(starts, starts[-1] + PERIOD)
        cumulated = np.append(0.0, rows["value"].to_numpy(dtype=float).cumsum())
        at = np.clip(np.arange(AGES + 1), edges[0], edges[-1])
        shares = np.diff(PchipInterpolator(edges, cumulated)(at)) / cumulated[-1]
        rates[int(str(year))] = float(totals[year]) * shares
    return rates


def net_migrants(country: str) -> Years:
    """People added a year by sex and single age, ``(2, 101)``, by first year of a period."""
    pattern = np.asarray(rogers_castro(np.arange(AGES), **MIGRATION))
    share = np.tile(pattern / (len(SEXES) * pattern.sum()), (len(SEXES), 1))
    totals = figures_of(country, "net_migrants")
    return {
        int(year): float(value) * share
        for year, value in zip(totals["year"], totals["value"], strict=True)
    }


def by_knot(years: Years, columns: dict[str, FloatArray], value: str) -> pd.DataFrame:
    """A table of values held over a period: its first and its last projected year are knots.

    People at mid-year of 2020 open the projection, so its year 2021 is the first of the period
    2020 to 2025.
    """
    frames = [
        pd.DataFrame({"year": knot, **columns, value: values.ravel()})
        for first, values in years.items()
        for knot in (first + 1, first + PERIOD)
    ]
    return pd.concat(frames, ignore_index=True)


def tables_of(country: str) -> dict[str, pd.DataFrame]:
    """Tables of a case of one region; who is insured and falls ill plays no part in it."""
    region = country.lower()
    rates = death_rates(country)
    people = single_ages_of(country, FIRST)
    ratios = figures_of(country, "males_per_female")
    return {
        "mortality": by_knot(rates, sex_and_age(), "death_rate"),
        "fertility": by_knot(fertility(country), {"age": np.arange(AGES)}, "rate").query(
            "15 <= age < 50"
        ),
        "net_migration": by_knot(
            net_migrants(country), {"region": np.array(region), **sex_and_age()}, "persons"
        ),
        "sex_ratio_at_birth": by_knot(
            {int(y): np.array([v]) for y, v in zip(ratios["year"], ratios["value"], strict=True)},
            {}, "males_per_female",
        ),
        **one_region(region, country, "country", people),
        **_without_care(region),
    }  # fmt: skip


def _without_care(region: str) -> dict[str, pd.DataFrame]:
    """Everything that a case needs beside people: all are insured and fall ill alike."""
    one = {"region": [region]}
    ties = pd.DataFrame({"tie": TIES[1:]})
    sexes = pd.DataFrame({"sex": SEXES})
    ages = pd.DataFrame({"age": range(AGES)})
    everybody = sexes.merge(ages, how="cross")
    covers = pd.DataFrame({"cover": ["home_resident"]})
    return {
        "migrant_ages": ties.merge(everybody, how="cross").assign(share=1.0 / len(everybody)),
        "economy": pd.DataFrame(
            {**one, "contribution_wage": 1.0, "wage_cv": 0.5, "disposable_income": 1.0,
             "price_level": 1.0}
        ),
        "employment": pd.DataFrame({**one, "employed_share": 0.5}),
        "industry_factors": pd.DataFrame(
            {"industry": ["all"], "wage": 1.0, "contract_share": 1.0, "outpatient": 1.0,
             "inpatient": 1.0}
        ),
        "morbidity": everybody.assign(service="inpatient", frequency=0.1),
        "severity": pd.DataFrame(
            {"service": ["inpatient"], "age_from": 0, "age_to": AGES - 1, "family": "exponential",
             "mean": 1.0, "cv": 1.0}
        ),
        "relativities": pd.DataFrame(
            {"factor": ["tie"], "level": "stayer", "service": "inpatient", "relativity": 1.0}
        ),
        "treatment": pd.DataFrame({"tie": TIES}).assign(
            regime="direct", service="inpatient", residence=1.0, home=0.0, referral=0.0,
            forgone=0.0,
        ),
        "coverage": pd.DataFrame({"region": region, "tie": TIES}).merge(sexes, how="cross").assign(
            age_from=0, age_to=AGES - 1).merge(covers, how="cross").assign(share=1.0),
        "fund_balances": pd.DataFrame(
            {**one, "scheme": "resident", "pooled_balance": 1.0, "account_balance": 0.0}
        ),
    }  # fmt: skip


def write_case(country: str, folder: Path) -> Path:
    """Write the case of a country: a new case, its tables filled."""
    write_new_case(
        NewCase(
            country.lower(), country, levels=("country",), schemes={"resident": "flat"},
            services=("inpatient",), base_year=FIRST, years=LAST - FIRST,
        ),
        folder,
    )  # fmt: skip
    for name, table in tables_of(country).items():
        table.to_csv(folder / "tables" / f"{name}.csv", index=False, lineterminator="\n")
    return folder


def projected(country: str) -> FloatArray:
    """Residents of 2020 to 2050 by sex and single age, ``(31, 2, 101)``, by the engine."""
    with TemporaryDirectory() as folder:
        case = read_case(write_case(country, Path(folder) / "case"))
    flows = study(case, LAST - FIRST).flows
    return np.asarray(flows.by_cell[:, 0].reshape(-1, len(SEXES), AGES))


def errors(country: str) -> dict[int, tuple[float, float, float]]:
    """Relative errors by year: of the total, and the largest by sex and age to 79 and beyond."""
    path = projected(country)
    result = {}
    for year in YEARS:
        official = np.add.reduceat(people_of(country, year), np.array(BANDS) // PERIOD, axis=1)
        engine = np.add.reduceat(path[year - FIRST], BANDS, axis=1)
        error = engine / official - 1.0
        result[year] = (
            float(engine.sum() / official.sum() - 1.0),
            float(np.abs(error[:, :-1]).max()),
            float(np.abs(error[:, -1]).max()),
        )
    return result


def official_projections() -> Part:
    """Projections of the countries beside the published ones."""
    rows, checks = [], []
    for country in countries():
        by_year = errors(country)
        for year, (total, by_age, old) in by_year.items():
            rows.append(
                {"country": country, "year": year, "total": f"{round(100 * total, 2) + 0.0:+.2f} %",
                 "by sex and age to 79, at most": f"{100 * by_age:.2f} %",
                 "80 and over, at most": f"{100 * old:.2f} %"}
            )  # fmt: skip
        total, by_age, old = (
            max((errors_of[kind] for errors_of in by_year.values()), key=abs) for kind in range(3)
        )
        checks.append(
            Check(
                f"{country}, {FIRST} to {LAST}: total within {100 * TOTAL:g} %, by sex and "
                f"twenty-year ages to 79 within {100 * BY_AGE:g} %, {BANDS[-1]} and over within "
                f"{100 * OLD:g} %",
                f"{100 * total:+.2f}, {100 * by_age:.2f} and {100 * old:.2f} %",
                abs(total) < TOTAL and by_age < BY_AGE and old < OLD,
                "United Nations, World Population Prospects 2019, medium variant",
            )
        )
    text = (
        f"Each country is a case of one region, valued at mid-year of {FIRST}, with the published "
        "people, death rates, fertility, sex ratio at birth and net migration of every five years. "
        "What is published in bands is divided into single ages. The ages of net migrants are not "
        "published; a standard schedule of children and workers is assumed for both sexes, which "
        "matters most where most people come from abroad. It has half the standard's children and "
        "its peak at 25, 1.5 years later than the standard's, since both bring Germany's ages "
        "nearer; with the standard itself her largest error by sex and age is 1.1 %. Errors of the "
        "engine's projection against the published one:\n\n"
        f"{markdown_table(pd.DataFrame(rows))}\n\n{checks_table(checks)}"
    )
    return Part(text, tuple(checks))
