"""Inputs that are silently wrong or do nothing: each is refused or warned of, and where."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fundpool import check_case
from fundpool.inputs.case import read_case
from fundpool.inputs.format.findings import Finding
from tests.cases.small import SmallCase, given, small_case
from tests.cases.stochastic import SOURCE, stochastic_case

Change = Callable[[SmallCase], None]


def _findings(case: SmallCase, tmp_path: Path) -> list[Finding]:
    return list(check_case(case.write(tmp_path / "case")))


def _setting(path: str, value: Any) -> Change:
    def apply(case: SmallCase) -> None:
        *parents, last = path.split(".")
        here: Any = case.settings
        if parents and parents[0] == "schemes":
            here, parents = case.schemes, parents[1:]
        for part in parents:
            here = here[part]
        here[last] = value

    return apply


def _totals(*rows: tuple[object, ...]) -> Change:
    def apply(case: SmallCase) -> None:
        case.tables["fund_totals"] = pd.DataFrame(
            rows, columns=["region", "scheme", "year", "measure", "value", "use"]
        )

    return apply


def _actuals(*rows: tuple[object, ...]) -> Change:
    def apply(case: SmallCase) -> None:
        case.tables["actuals"] = pd.DataFrame(
            rows, columns=["region", "scheme", "year", "month", "measure", "value"]
        )

    return apply


def _quinquennial_births(case: SmallCase) -> None:
    births = case.tables["fertility"]
    case.tables["fertility"] = births[births["age"].between(15, 45) & (births["age"] % 5 == 0)]


def _few_of_that_age(case: SmallCase) -> None:
    people, ages = case.tables["population"], case.tables["migrant_ages"]
    men = people["sex"] == "male"
    people.loc[(people["region"] == "birch") & men & (people["age"] == 40), "persons"] = 50.0
    ages["share"] = ((ages["sex"] == "male") & (ages["age"] == 40)).astype(float)


def _cover_nobody_pays(case: SmallCase) -> None:
    cover = case.tables["coverage"]
    cover.loc[cover["cover"] == "dual", "cover"] = "migrant"


def _cell(table: str, row: int, **cells: object) -> Change:
    def apply(case: SmallCase) -> None:
        for column, value in cells.items():
            case.tables[table][column] = case.tables[table][column].astype(object)
            case.tables[table].loc[row, column] = value

    return apply


def _new_setting(path: str, key: str, value: Any) -> Change:
    return _setting(f"{path}.{key}", value)


YEARS = {str(year): 12 for year in range(2021, 2030)}

WRONG: dict[str, tuple[Change, str, str | None, str, str]] = {
    # change, file, value, words of expected or mend, severity
    "ages of mothers left out": (
        _quinquennial_births, "tables/fertility.csv", None, "every age of 2020 from 15 to 45",
        "error",
    ),
    "migrants of an age that few residents have": (
        _few_of_that_age, "tables/migrants.csv", "200", "150 cannot be placed", "error",
    ),
    "a status that no scheme covers": (
        _cover_nobody_pays, "tables/coverage.csv", "migrant", "a status that a scheme covers",
        "error",
    ),
    "participants to be fitted": (
        _totals(("land", "employee", 2020, "participants", 1e6, "fit")),
        "tables/fund_totals.csv", "participants", "one of contributions, subsidies, claims",
        "error",
    ),
    "a total that is not the sum of its parts": (
        _totals(("land", "employee", 2020, "claims", 3e6, "fit"),
                ("north", "employee", 2020, "claims", 1e6, "fit"),
                ("birch", "employee", 2020, "claims", 1e6, "fit")),
        "tables/fund_totals.csv", "3000000", "2000000, the sum of its parts", "error",
    ),
    "a part that exceeds the whole": (
        _totals(("land", "employee", 2020, "claims", 3e6, "fit"),
                ("ash", "employee", 2020, "claims", 4e6, "fit")),
        "tables/fund_totals.csv", "3000000", "more than 4000000", "error",
    ),
    "a total in hundred millions": (
        _totals(("land", "employee", 2020, "claims", 0.0257, "fit")),
        "tables/fund_totals.csv", "0.0257", "a factor of 10^8 away", "warning",
    ),
    "a total in thousands": (
        _totals(("land", "employee", 2020, "contributions", 7_280, "fit")),
        "tables/fund_totals.csv", "7280", "a factor of 10^3 away", "warning",
    ),
    "a balance to compare": (
        _totals(("land", "employee", 2020, "pooled_balance", 1e6, "compare")),
        "tables/fund_totals.csv", "pooled_balance", "has no effect", "warning",
    ),
    "a figure of before the base year": (
        _actuals(("land", "employee", 2019, 0, "claims", 1e6)),
        "tables/actuals.csv", "2019", "a year from 2020 on", "warning",
    ),
    "a year with its months": (
        _actuals(("land", "employee", 2021, 0, "claims", 1e6),
                 ("land", "employee", 2021, 3, "claims", 1e5)),
        "tables/actuals.csv", "3", "either the year 2021 as a whole", "error",
    ),
    "a death rate above one": (
        _cell("mortality", 3, death_rate=8.3), "tables/mortality.csv", "8.3", "to 1", "error",
    ),
    "moral hazard in per cent": (
        _setting("pooling.moral_hazard.values", {"city": 18.6}), "case.toml", None,
        "18.6 is not a number from -0.95 to 1", "error",
    ),
    "effort of less than nothing": (
        _setting("pooling.moral_hazard.values", {"city": -5.0}), "case.toml", None, "-5", "error",
    ),
    "no number": (
        _setting("pooling.moral_hazard.values", {"city": float("nan")}), "case.toml", None, "nan",
        "error",
    ),
    "a penalty in points": (
        _setting("schemes.resident.settlement.offsite_penalty.value", 15), "schemes/resident.toml",
        None, "from 0 to 1", "error",
    ),
    "a penalty in points for a year": (
        _setting("schemes.resident.settlement.offsite_penalty.by_year", {"2022": 15}),
        "schemes/resident.toml", None, "from 0 to 1", "error",
    ),
    "a relativity of a tie that is a status": (
        _cell("relativities", 0, level="retired"), "tables/relativities.csv", "retired",
        "It is a status", "error",
    ),
    "a relativity of a status that is a tie": (
        _cell("relativities", 0, factor="status", level="within"), "tables/relativities.csv",
        "within", "It is a tie", "error",
    ),
    "Pareto costs that vary too little": (
        _cell("severity", 0, family="pareto", cv=0.5), "tables/severity.csv", "0.5",
        "a pareto cost can have", "error",
    ),
    "Weibull costs that vary too much": (
        _cell("severity", 0, family="weibull", cv=1e-4), "tables/severity.csv", "0.0001",
        "a weibull cost can have", "error",
    ),
    "exponential costs with a variation of their own": (
        _cell("severity", 0, cv=2.0), "tables/severity.csv", "2", "1 for an exponential cost",
        "error",
    ),
    "a year of two digits": (
        _setting("economy.medical_inflation.by_year", {"25": 0.5}), "case.toml", "25",
        "a year from 2021 to 2120", "error",
    ),
    "growth of the base year": (
        _setting("economy.medical_inflation.by_year", {"2020": 0.5}), "case.toml", "2020",
        "has no effect", "warning",
    ),
    "a rule that an even later one had replaced": (
        _setting("schemes.resident.rules.premium.by_year", {"2010": 90.0, "2015": 95.0}),
        "schemes/resident.toml", "2010", "has no effect", "warning",
    ),
    "a target by year": (
        _setting("solvency.target_reserve_months.by_year", YEARS), "case.toml", None,
        "It holds throughout", "error",
    ),
    "a density of credited years by year": (
        _setting("coverage.credited_density.by_year", {"2022": 0.6}), "case.toml", None,
        "It holds throughout", "error",
    ),
    "a working age by year": (
        _setting("coverage.working_age_from.by_year", {"2022": 18}), "case.toml", None,
        "It holds throughout", "error",
    ),
    "a quota by year": (
        _setting("schemes.resident.reimbursement_quota", given(0.8, by_year={"2022": 0.7})),
        "schemes/resident.toml", None, "It holds throughout", "error",
    ),
    "a working age between two birthdays": (
        _setting("coverage.working_age_from.value", 16.5), "case.toml", None,
        "16.5 is not a whole number", "error",
    ),
    "a regime that does not exist": (
        _setting("schemes.resident.settlement.share_claimed.values.paper", 0.5),
        "schemes/resident.toml", None, "'paper' is not one of", "error",
    ),
    "packages without enrolment": (
        _setting("schemes.employee.packages", {
            "small": {"services": ["outpatient"], "contribution": given(0.5),
                      "uptake": {"other": 0.5}, **SOURCE}}),
        "schemes/employee.toml", None, "enrolment of its own", "error",
    ),
    "a share of rural people without a rural scheme": (
        _cell("demography", 0, rural_share=0.4), "tables/demography.csv", "0.4",
        "has no effect", "warning",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_it_is_said(kind: str, tmp_path: Path) -> None:
    change, file, value, words, severity = WRONG[kind]
    case = small_case()
    if "rural_share" not in case.tables["demography"]:
        case.tables["demography"]["rural_share"] = 0.0
    change(case)
    findings = _findings(case, tmp_path)
    (finding,) = findings
    assert finding.file == file
    assert finding.severity == severity
    assert words in finding.message
    if value is not None:
        assert finding.value == value


@pytest.mark.parametrize(
    ("part", "values", "words"),
    [("correlation", {"wage_growth": 0.5}, "not a pair"),
     ("correlation", {"interest:interest": 0.5}, "not a pair"),
     ("correlation", {"wage_growth:interest": 0.3, "interest:wage_growth": -0.2}, "given already"),
     ("volatility", {"wage_growth:interest": 0.1}, "not a single driver"),
     ("persistence", {"wage_growth:wage_growth": 0.1}, "not a pair"),
     ("persistence", {"wage_growth:interest:mobility": 0.1}, "not a single driver"),
     ("volatility", {"wages": 0.1}, "not a driver")],
)  # fmt: skip
def test_drivers_and_pairs_of_drivers(
    part: str, values: dict[str, float], words: str, tmp_path: Path
) -> None:
    case = stochastic_case(**{part: {"values": values, **SOURCE}})
    (finding,) = _findings(case, tmp_path)
    assert finding.column == f"scenarios.{part}.values"
    assert words in finding.message


def test_what_is_meant_passes(tmp_path: Path) -> None:
    """Totals that agree, rules of past and coming years, ages from 15 to 45: nothing to mend."""
    case = small_case()
    births = case.tables["fertility"]
    case.tables["fertility"] = births[births["age"].between(15, 45)]
    _totals(("land", "employee", 2020, "claims", 2.5e6, "fit"),
            ("north", "employee", 2020, "claims", 0.9e6, "fit"),
            ("birch", "employee", 2020, "claims", 1.6e6, "fit"))(case)  # fmt: skip
    case.schemes["resident"]["rules"]["premium"]["by_year"] = {"2015": 95.0, "2023": 120.0}
    case.settings["economy"]["wage_growth"]["by_year"] = {"2021": 0.05, "2120": 0.0}
    case.tables["migrants"].loc[0, "persons"] = 1199.0  # of 1,200 men of 30
    assert _findings(case, tmp_path) == []


def test_warnings_come_with_the_case(tmp_path: Path) -> None:
    case = small_case()
    case.settings["economy"]["interest"]["by_year"] = {"2019": 0.02}
    (warning,) = read_case(case.write(tmp_path / "case")).warnings
    assert warning.value == "2019"
