"""Contributions of a year: the wage declared counts between floor and ceiling."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from fundpool.inputs.case import Case, read_case
from fundpool.models.contributions.year import wage_base_per_head
from fundpool.models.projection.study import study
from fundpool.models.terms.years import year_terms
from tests.cases.small import SmallCase, given, small_case

pytestmark = pytest.mark.plain

WAGE, CV = 60_000.0, 0.55


def _made(**rules: Any) -> SmallCase:
    """The worked example with wages of 60,000 that vary by 0.55; a share of them is declared."""
    made = small_case()
    economy = made.tables["economy"]
    economy["contribution_wage"], economy["wage_cv"] = WAGE, CV
    usual = {"base_floor": given(0.6), "base_ceiling": given(3.0), "compliance": given(0.6)}
    made.schemes["employee"]["rules"] |= usual | rules
    return made


def _declaring(folder: Path, **rules: float) -> Case:
    """As a case, with rules changed."""
    made = _made(**{rule: given(value) for rule, value in rules.items()})
    return read_case(made.write(folder / "case"))


def _base(case: Case) -> float:
    """Per head over the mean wage."""
    terms = year_terms(case, 2020)
    payroll = terms.schemes[case.scheme_number("employee")].payroll
    assert payroll is not None
    return float(wage_base_per_head(payroll, terms.counties)[0]) / WAGE


def _simulated(floor: float = 0.6, compliance: float = 0.6) -> float:
    """A million wage earners at even steps of the distribution, each with the base of the law."""
    sigma = np.sqrt(np.log(1.0 + CV**2))
    steps = (np.arange(1_000_000) + 0.5) / 1_000_000
    wage = np.exp(sigma * norm.ppf(steps) - 0.5 * sigma**2)
    return float(np.clip(compliance * wage, floor, 3.0).mean())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 0.722),
        ({"base_floor": 0.66}, 0.760),
        ({"compliance": 0.7}, 0.787),
        ({"compliance": 1.0}, 1.028),
        ({"compliance": 0.0}, 0.6),
    ],
)
def test_no_base_lies_under_the_floor(
    tmp_path: Path, changed: dict[str, float], expected: float
) -> None:
    """``E[clip(c W, floor, ceiling)]``; declaring after clipping would give 0.617, not 0.722."""
    simulated = _simulated(changed.get("base_floor", 0.6), changed.get("compliance", 0.6))
    assert simulated == pytest.approx(expected, abs=5e-4)
    assert _base(_declaring(tmp_path, **changed)) == pytest.approx(simulated, rel=1e-5)


def test_a_floor_that_is_raised_moves_contributions_as_the_law_does(tmp_path: Path) -> None:
    """By 5.3 % from the year on; the base year still meets its published total of 5 million."""
    made = _made(base_floor=given(0.6, by_year={2021: 0.66}))
    made.tables["fund_totals"] = pd.DataFrame(
        [("land", "employee", "contributions", 2020, 5e6, "fit")],
        columns=["region", "scheme", "measure", "year", "value", "use"],
    )
    raised = study(read_case(made.write(tmp_path / "raised")), 1).flows
    plain = study(_declaring(tmp_path), 1).flows
    pooled = raised.contributions[0, 0] - raised.account_credits[0, 0]
    assert pooled.sum() == pytest.approx(5e6)
    grown, usual = (flows.contributions[0].sum(axis=1) for flows in (raised, plain))
    assert grown[1] / grown[0] / (usual[1] / usual[0]) == pytest.approx(
        _simulated(0.66) / _simulated(), rel=1e-5
    )
    assert _simulated(0.66) / _simulated() == pytest.approx(1.053, abs=1e-3)
