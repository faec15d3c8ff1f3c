"""A report of the small case with everything in it, made once."""

import random
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fundpool.inputs.case import Case, read_case
from fundpool.languages import language
from fundpool.models.analysis.alternatives import joint_alternatives, long_range
from fundpool.models.analysis.change import Valuation, analysis_of_change
from fundpool.models.analysis.sensitivity import Step, sensitivity
from fundpool.models.calibration.experience import experience, periods
from fundpool.models.projection.comparison import Comparison, compare
from fundpool.models.risk.reverse_stress import COLUMNS
from fundpool.report.extras import Extras, Identity, SincePrevious
from fundpool.report.outputs import WRITERS, write_report
from fundpool.summary import summary
from tests.cases.small import SmallCase, given, small_case

YEARS = 4


@dataclass(frozen=True)
class Reported:
    """A report and what it was made of."""

    folder: Path
    comparison: Comparison
    summary: dict[str, object]
    extras: Extras


def with_actuals(contents: SmallCase) -> SmallCase:
    """Monthly claims of two counties around what the small case expects, and one yearly figure."""
    draw = random.Random(3)
    rows = [
        ("ash", "employee", 2021, month, "claims", 95_000 * draw.uniform(0.9, 1.1), None)
        for month in range(1, 7)
    ]
    rows += [
        ("birch", "employee", 2021, month, "claims", 120_000 * draw.uniform(0.9, 1.1), None)
        for month in range(1, 7)
    ]
    rows.append(("ash", "resident", 2021, 0, "claims", 700_000.0, 250.0))
    rows.append(("ash", "employee", 2021, 0, "contributors", 590.0, None))
    contents.tables["actuals"] = pd.DataFrame(
        rows, columns=["region", "scheme", "year", "month", "measure", "value", "claims"]
    )
    return contents


def full_case(folder: Path) -> Case:
    contents = with_actuals(small_case())
    source = {"source": "worked example", "status": "assumed"}
    contents.settings["alerts"] = {
        "experience": {"measure": "actual_to_expected", "limit": 0.05, **source},
        "ruin": {"measure": "ruin_probability", "limit": 0.1, **source},
        "soon": {"measure": "exhaustion", "within": 2, "schemes": ["resident"], **source},
    }
    contents.settings["alerts"] |= {
        name: {"measure": "month_end_reserve", "limit": limit, **source}
        for name, limit in (("thin", 6.0), ("short", 3.0))
    }
    contents.settings["report"] = {
        "commissioned_by": "the board of Land", "prepared_by": "A. Actuary",
        "date_of_report": "2021-05-04", "local": {"commissioned_by": "某省医保局"},
        "decisions": [
            {"what": "Raise the premium", "what_local": "提高个人缴费", "by": "the council",
             "by_local": "省政府", "due": "2021-12-01"},
        ],
        "backtest": {"employee": {"income": 0.04, "outgo": 0.03, **source}},
        "budgets": {"resident": {"year": 2021, "income": 3e5, "outgo": 7e5, **source}},
    }  # fmt: skip
    contents.settings["economy"]["medical_inflation"] = given(0.11)
    return read_case(contents.write(folder))


def reported(case: Case, folder: Path, code: str = "en") -> Reported:
    """Write the report of a case; the previous run had cheaper care."""
    comparison = compare(case, years=YEARS)
    before = compare(case.with_values({"economy.medical_inflation": 0.1}), years=YEARS)
    old = Valuation(before.study.case, YEARS, before.projections["county"].measures)
    new = Valuation(case, YEARS, comparison.projections["county"].measures)
    step = Step("economy.wage_growth", 0.01)
    moved = sensitivity(comparison.study, "county", [step])
    extras = Extras(
        identity=Identity("two_counties-report-0123456789", "fundpool report case", "0", "a" * 64),
        sensitivity=moved,
        alternatives=joint_alternatives(comparison.study, "county", [step], moved),
        long_range=long_range(comparison.projections["county"], (2, 3, 4, 5)),
        reverse_stress=pd.DataFrame(
            [
                ("employee", "ash", "Ash", "county", 2.5, True, -1.25, 0.75, 0.0, 0.5, 0.0, 0.0),
                ("employee", "birch", "Birch", "county", float("nan"), False, *[0.0] * 6),
                ("resident", "ash", "Ash", "county", 0.0, True, *[0.0] * 6),
            ],
            columns=COLUMNS,
        ),
        experience=experience(case, comparison.study.flows),
        periods=periods(case, comparison.study.flows),
        since=SincePrevious("before-1", 2020, "b" * 64, analysis_of_change(old, new, "county")),
        warnings=("a table has more than it should",),
    )
    result = summary(comparison.projections, "county", None, extras.experience) | extras.records
    folder.mkdir(exist_ok=True)
    written = write_report(folder, comparison, result, extras, language(code), tuple(WRITERS))
    assert written == []
    return Reported(folder, comparison, result, extras)
