"""Use of care by scheme as the Jiangsu case has it, beside what was published of the nation.

A case is projected with funds that pay the whole cost of one kind of care and nothing else, at the
same prices everywhere and without calibration: what a scheme pays is then its members' cost of that
care, and with claims of one yuan their number.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fundpool.building.care import SERVICES
from fundpool.building.care_ages import repeated_stays
from fundpool.building.jiangsu.census_case import (
    case_of_tables,
    census_tables,
    files_with,
    overlaid,
    settings_of_2020,
    vital_tables,
)
from fundpool.building.jiangsu.insured import use_of
from fundpool.building.jiangsu.people import people
from fundpool.building.jiangsu.published import CENSUS_YEAR, HERE, Published
from fundpool.inputs.case import Case
from fundpool.inputs.format.sources import read_raw
from fundpool.inputs.format.vocabulary import SEXES
from fundpool.models.axes.statuses import DUAL
from fundpool.models.projection.study import study
from validation.part import markdown_table, percent

BEFORE = Path(__file__).parent / "use_before.csv"
"""What :func:`use_of_case` gave before each scheme had use and costs of its own."""
CARE = {"visits": SERVICES[:1], "stays": SERVICES[1:]}
KINDS = {"visits": "outpatient", "stays": "inpatient"}
MEASURES = ("stays a member", "cost of a stay, CNY", "visits a member", "cost of a visit, CNY")
NOTHING = 1e-9
"""Cost of a claim of the other kind of care: a case may not have claims that cost nothing."""
SCHEMES = ("employee", "resident")

Tables = Mapping[str, pd.DataFrame]
Settings = dict[str, Any]


def use_of_case(
    tables: Tables, settings: Settings, schemes: dict[str, Settings], years: int
) -> pd.Series:
    """Claims a member and cost of a claim by scheme, measure and year, from the base year on.

    Doubly covered people count with the scheme of the work, which pays all of their care.

    Args:
        tables, settings, schemes: of the case.
        years: projected.
    """
    paying_all = {name: _paying_all(scheme) for name, scheme in schemes.items()}
    values: dict[tuple[str, str, int], float] = {}
    for what, services in CARE.items():
        counted = study(case_of(_counting(tables, services), settings, paying_all), years).flows
        spent = study(case_of(_costing(tables, services), settings, paying_all), years).flows
        dual = counted.by_status[:, :-1, DUAL].sum(axis=1)
        for number, scheme in enumerate(SCHEMES):
            inside = np.s_[number, :, :-1]
            members = counted.persons[inside].sum(axis=1) - (dual if scheme == "resident" else 0.0)
            claims = counted.claims_incurred[inside].sum(axis=1) / counted.paths.medical_price
            cost = spent.claims_incurred[inside].sum(axis=1) / claims
            for place, year in enumerate(counted.years.tolist()):
                values[scheme, f"{what} a member", year] = claims[place] / members[place]
                values[scheme, f"cost of a {what[:-1]}, CNY", year] = cost[place]
    return pd.Series(values, name="value").rename_axis(["scheme", "what", "year"])


def use_from_2020(years: int) -> pd.Series:
    """Use of the case at the end of 2020, carried on."""
    published = Published()
    counted = people(published, vital_tables(published, CENSUS_YEAR)[0])
    settings, schemes = files_with(settings_of_2020())
    return use_of_case(census_tables(published, counted), settings, schemes, years)


def use_from_2024(tables: Tables, years: int) -> pd.Series:
    """Use of the case at the end of 2024, whose tables are given, carried on."""
    raw = read_raw(HERE)
    return use_of_case(tables, dict(raw.settings or {}), raw.schemes, years)


def case_of(tables: Tables, settings: Settings, schemes: dict[str, Settings]) -> Case:
    """A case of such tables, settings and schemes."""
    asked = settings | {"report_policies": []}
    return case_of_tables(tables, asked, schemes, "jiangsu, one kind of care")


def _paying_all(scheme: Settings) -> Settings:
    whole = {"deductible": 0, "bands": [[0, 1.0]], "ceiling": float("inf")}
    other: Settings = {
        "benefits": dict.fromkeys(SERVICES, whole),
        "settlement": {"offsite_penalty": {"value": 0.0},
                       "share_claimed": {"values": dict.fromkeys(
                           ("direct", "manual", "territorial"), 1.0)}},
    }  # fmt: skip
    made = overlaid(scheme, other)
    made["settlement"]["offsite_penalty"].pop("by_year", None)
    return made


def _priced_alike(tables: Tables) -> dict[str, pd.DataFrame]:
    """Without differences of prices between counties, figures to meet and rules by region."""
    return dict(tables) | {
        "economy": tables["economy"].assign(price_level=1.0),
        "fund_totals": tables["fund_totals"].assign(use="compare"),
        "scheme_rules": tables["scheme_rules"].query("rule not in ('rate', 'offsite_penalty')"),
    }


def _only(severity: pd.DataFrame, services: tuple[str, ...], unit: bool) -> pd.DataFrame:
    """Costs of the services alone, or of one yuan a claim of them."""
    inside = severity["service"].isin(services)
    plain = severity["mean"] * 0.0 + 1.0 if unit else severity["mean"]
    return severity.assign(mean=plain.where(inside, NOTHING))


def _counting(tables: Tables, services: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Claims of a yuan, whose price grows with that of all care alone."""
    made = _priced_alike(tables)
    made["severity"] = _only(made["severity"], services, unit=True)
    made.pop("scheme_costs", None)
    if "service_trends" in made:
        made["service_trends"] = made["service_trends"].query("kind == 'volume'")
    return made


def _costing(tables: Tables, services: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    made = _priced_alike(tables)
    made["severity"] = _only(made["severity"], services, unit=False)
    return made


def shown_repeats(morbidity: pd.DataFrame, people: np.ndarray) -> str:
    """Patients with two stays or more by age, and the dispersion that meets them, as Markdown.

    Args:
        morbidity: of a case.
        people: by sex and age, ``(2, 101)``.
    """
    stays = morbidity[morbidity["service"].isin(CARE["stays"])]
    by_cell = stays.groupby(["sex", "age"])["frequency"].sum()
    rates = np.stack([by_cell[sex].sort_index().to_numpy() for sex in SEXES])
    table = repeated_stays(Published().of_nation("care_ages"), rates, people)
    rows = [
        {
            "age": f"{row['age_from']:.0f} to {row['age_to']:.0f}",
            "stays a person": f"{row['mean']:.3f}",
            "Poisson": f"{100 * row['poisson']:.1f} %",
            "published (Switzerland 2018)": f"{100 * row['published']:.1f} %",
            "dispersion": f"{row['dispersion']:.2f}",
        }
        for row in table.to_dict("records")
    ]
    return markdown_table(pd.DataFrame(rows))


def published_use(first: int, last: int) -> pd.Series:
    """The nation's, as :func:`use_of_case` has it."""
    published, values = Published(), {}
    for scheme in SCHEMES:
        for year in range(first, last + 1):
            use = use_of(published, scheme, year)
            for what, kind in KINDS.items():
                values[scheme, f"{what} a member", year] = use.claims[kind]
                values[scheme, f"cost of a {what[:-1]}, CNY", year] = use.cost[kind]
    return pd.Series(values, name="published").rename_axis(["scheme", "what", "year"])


def compared_use(
    sides: Mapping[str, pd.Series], first: int, last: int, base_year: int
) -> pd.DataFrame:
    """Published figures beside those of the case, with errors.

    Columns: scheme, what, year, published, ``met`` (whether the case was made to meet it), and for
    each of ``sides`` its figure and, named ``..._error``, its relative error.
    """
    table = pd.DataFrame({"published": published_use(first, last)} | dict(sides))
    table = table[table["published"].notna()]
    for name in sides:
        table[f"{name}_error"] = table[name] / table["published"] - 1.0
    table = table.reset_index()
    table["met"] = table["year"] == base_year
    order = {what: place for place, what in enumerate(MEASURES)}
    return table.sort_values(
        ["scheme", "what", "year"],
        key=lambda column: column.map(order) if column.name == "what" else column,
    )


def shown_use(table: pd.DataFrame, sides: tuple[str, ...]) -> str:
    """The comparison as Markdown."""

    def shown(value: float, digits: int) -> str:
        return "-" if pd.isna(value) else f"{value:,.{digits}f}"

    rows = []
    for row in table.to_dict("records"):
        digits = 0 if "CNY" in row["what"] else 3
        values: dict[str, object] = {name: row[name] for name in ("scheme", "what", "year")}
        values["published"] = shown(row["published"], digits)
        for name in sides:
            error = row[f"{name}_error"]
            values[name] = shown(row[name], digits)
            values[f"error {name}"] = "-" if pd.isna(error) else percent(error)
        rows.append(values | {"note": "fitted" if row["met"] else ""})
    return markdown_table(pd.DataFrame(rows))
