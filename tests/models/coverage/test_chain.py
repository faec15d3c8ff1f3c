"""Changes of cover: what a change of job turnover does, and what it leaves as it was."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.axes.statuses import DUAL, EMPLOYEE, HOME_RESIDENT, K
from fundpool.models.coverage.base_year import base_coverage
from fundpool.models.coverage.chain import coverage_generator
from fundpool.models.coverage.leaving import coverage_hazards
from fundpool.models.coverage.renewal import renewing_entry
from fundpool.models.terms.years import year_terms
from tests.cases.small import given, small_case

pytestmark = pytest.mark.plain


def test_more_job_losses_do_not_raise_entry(tmp_path: Path) -> None:
    """A quarter remains after three years, from 2022 on a sixteenth: twice the hazard of loss.

    People leave work-based cover twice as often; those outside enter it as before, so that the
    share insured falls.
    """
    made = small_case()
    made.settings["coverage"]["turnover_share_remaining"] = given(0.25, by_year={"2022": 0.0625})
    case = read_case(made.write(tmp_path / "case"))
    base = base_coverage(case)
    before, after = (
        coverage_generator(base, coverage_hazards(year_terms(case, y))) for y in (2020, 2022)
    )
    working = before[..., EMPLOYEE, HOME_RESIDENT] > 0
    assert before[..., EMPLOYEE, HOME_RESIDENT][working] == pytest.approx(-math.log(0.25) / 3)
    for at_work in (EMPLOYEE, DUAL):
        leave, enter = np.s_[..., at_work, HOME_RESIDENT], np.s_[..., HOME_RESIDENT, at_work]
        assert after[leave] == pytest.approx(2.0 * before[leave])
        assert after[enter] == pytest.approx(before[enter])
        assert before[enter].max() > 0.1


def test_entry_balances_leaving_in_the_base_year(tmp_path: Path) -> None:
    """As many enter as leave, between any two statuses, at the observed shares and hazards."""
    made = small_case()
    made.settings["coverage"] |= {
        "turnover_share_remaining": given(0.25),
        "resident_lapse_rate": given(0.05),
    }
    case = read_case(made.write(tmp_path / "case"))
    base = base_coverage(case)
    assert base.working.any()
    at_mean = replace(base, entry=np.ones_like(base.entry))
    flows = base.shares[..., None] * coverage_generator(
        at_mean, coverage_hazards(year_terms(case, 2020))
    )
    assert flows[..., ~np.eye(K, dtype=bool)].max() > 0.01
    assert flows == pytest.approx(np.swapaxes(flows, -1, -2), abs=1e-15)


def test_entry_renews_the_pattern_by_age() -> None:
    """A cohort followed in steps of a thousandth of a year has the observed share in each band."""
    shares, loss, widths = np.array([[0.3, 0.6, 0.5]]), np.array([0.4]), np.array([10, 10, 20])
    entry = renewing_entry(shares, loss, widths)[0]
    insured = 0.0
    for share, hazard, width in zip(shares[0], entry, widths, strict=True):
        lived = []
        for _ in range(1000 * width):
            change = hazard * (1.0 - insured) - loss[0] * insured
            lived.append(insured + change / 2000)
            insured += change / 1000
        assert np.mean(lived) == pytest.approx(share, abs=1e-4)
