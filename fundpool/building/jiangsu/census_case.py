"""The case as it stood at the end of 2020: census people, and the rules and money of that year.

It is where the case of 2024 starts from (:mod:`fundpool.building.jiangsu.rolled`), and where the
comparison with what happened since begins. Nothing of it is kept: its tables are derived, and its
settings are those of the case with the differences listed in ``census_2020.toml``.
"""

import io
import tomllib
from collections.abc import Mapping
from typing import Any

import pandas as pd

from fundpool.building import migration, vital
from fundpool.building.files import as_csv
from fundpool.building.jiangsu import funds, insured
from fundpool.building.jiangsu import people as of_people
from fundpool.building.jiangsu.economy import economy_table, place_tables
from fundpool.building.jiangsu.published import CENSUS_YEAR, HERE, FloatArray, Published
from fundpool.inputs.case.case import Case
from fundpool.inputs.case.reading import assembled
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.raw import RawCase, RawTable
from fundpool.inputs.format.sources import read_raw


def census_tables(published: Published, people: of_people.People) -> dict[str, pd.DataFrame]:
    """Every table of the case at the end of 2020."""
    rules = settings_of_2020()["schemes"]
    amounts = {rule: rules["resident"]["rules"][rule]["value"] for rule in ("premium", "subsidy")}
    outpatient = rules["employee"]["benefits"]["outpatient"]["bands"][0][1]
    tables = tables_of_year(published, people, CENSUS_YEAR, people.residents, CENSUS_YEAR + 1)
    by_city = funds.resident_rules(published, tables["economy"], amounts, CENSUS_YEAR)
    employee = funds.outpatient_rule(published, outpatient)
    return tables | {"scheme_rules": pd.concat([employee, by_city], ignore_index=True)}


def tables_of_year(
    published: Published,
    people: of_people.People,
    year: int,
    counted: FloatArray,
    counted_year: int,
) -> dict[str, pd.DataFrame]:
    """Every table of the case at the end of 2020 or 2024, but for ``scheme_rules``.

    Args:
        published: figures.
        people: at the end of the year.
        year: 2020 or 2024.
        counted: residents to whom births and deaths are fitted, ``(n, 2, 101)``.
        counted_year: year of these births and deaths.
    """
    mortality, births = vital_tables(published, year)
    economy = economy_table(published, year)
    base = insured.insured(published, people, year)
    return (
        place_tables(published)
        | births
        | people_tables(published, people)
        | insured.care_tables(published, people, year, base.coverage)
        | {
            "mortality": rounded_rates(mortality),
            "demography": of_people.demography_table(
                published, counted, counted_year, mortality, births["fertility"]
            ),
            "economy": economy,
            "coverage": base.coverage,
            "fund_balances": funds.fund_balances(published, base, economy, people.residents, year),
            "fund_totals": funds.fund_totals(published, base, year),
            "service_trends": insured.trends(published, published.wage_growth(year)),
        }
    )


def vital_tables(published: Published, year: int) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Death rates from a year on, and the tables of births by name."""
    mortality = vital.mortality_table(published.of_nation("mortality"), year)
    fertility = vital.fertility_table(
        published.of_nation("total_fertility"),
        published.of_nation("fertility_ages"),
        vital.FERTILITY_YEARS,
    )
    ratio = published.of_nation("sex_ratio_at_birth")
    return mortality, {
        "fertility": fertility.assign(rate=fertility["rate"].round(7)),
        "sex_ratio_at_birth": ratio[ratio["year"].isin(vital.FERTILITY_YEARS)],
    }


def rounded_rates(mortality: pd.DataFrame) -> pd.DataFrame:
    """Death rates with six figures, so that the table stays short."""
    return mortality.assign(death_rate=mortality["death_rate"].map(of_people.six_figures))


def people_tables(published: Published, people: of_people.People) -> dict[str, pd.DataFrame]:
    """Population, migrants and how readily they move."""
    return {
        "population": of_people.population_table(published, people),
        "migrants": of_people.migrants_table(published, people),
        "migrant_ages": migration.profile_table(people.profiles).round({"share": 10}),
        "mobility": of_people.mobility_table(published, people),
    }


def settings_of_2020() -> dict[str, Any]:
    """What of the settings and scheme files was otherwise at the end of 2020."""
    return tomllib.loads((HERE / "census_2020.toml").read_text("utf-8"))


def census_case(tables: Mapping[str, pd.DataFrame]) -> Case:
    """The case at the end of 2020, of tables as :func:`census_tables` gives them.

    Raises:
        CaseError: they do not make a case.
    """
    settings, schemes = files_with(settings_of_2020())
    return case_of_tables(tables, settings, schemes, "jiangsu at the end of 2020")


def files_with(other: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Settings, and scheme files by name, of the case with others laid over them.

    Args:
        other: ``settings`` and ``schemes``, as :func:`settings_of_2020` gives them.
    """
    raw = read_raw(HERE)
    schemes = {
        name: overlaid(scheme, other["schemes"].get(name, {}))
        for name, scheme in raw.schemes.items()
    }
    return overlaid(raw.settings or {}, other["settings"]), schemes


def case_of_tables(
    tables: Mapping[str, pd.DataFrame],
    settings: dict[str, Any],
    schemes: dict[str, dict[str, Any]],
    name: str,
) -> Case:
    """A case of tables as a builder gives them, with settings and scheme files as read.

    Raises:
        CaseError: they do not make a case.
    """
    case, findings = assembled(
        RawCase(
            HERE.name,
            settings=settings,
            schemes=schemes,
            tables={key: _as_read(key, table) for key, table in tables.items()},
        ),
        name,
    )
    if case is None:
        raise CaseError(findings)
    return case


def _as_read(name: str, table: pd.DataFrame) -> RawTable:
    text = pd.read_csv(io.BytesIO(as_csv(table)), dtype=str, keep_default_na=False)
    return RawTable(f"tables/{name}.csv", text)


def overlaid(settings: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with other values for some entries, and entries that are not there.

    >>> overlaid({"a": {"value": 1, "unit": "x"}}, {"a": {"value": 2, "by_year": {"2021": 3}}})
    {'a': {'value': 2, 'unit': 'x', 'by_year': {'2021': 3}}}
    """
    result = dict(settings)
    for name, value in other.items():
        known = result.get(name)
        both = isinstance(known, Mapping) and isinstance(value, Mapping)
        result[name] = overlaid(known, value) if both else value  # type: ignore[arg-type]
    return result
