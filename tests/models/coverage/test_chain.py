"""Changes of cover: what a change of job turnover does, and what it leaves as it was."""

import math
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.axes.statuses import DUAL, EMPLOYEE, HOME_RESIDENT
from fundpool.models.coverage.base_year import base_coverage
from fundpool.models.coverage.chain import coverage_generator
from fundpool.models.coverage.leaving import coverage_hazards
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
    before, after = (coverage_generator(base, coverage_hazards(case, y)) for y in (2020, 2022))
    working = before[..., EMPLOYEE, HOME_RESIDENT] > 0
    assert before[..., EMPLOYEE, HOME_RESIDENT][working] == pytest.approx(-math.log(0.25) / 3)
    for at_work in (EMPLOYEE, DUAL):
        leave, enter = np.s_[..., at_work, HOME_RESIDENT], np.s_[..., HOME_RESIDENT, at_work]
        assert after[leave] == pytest.approx(2.0 * before[leave])
        assert after[enter] == pytest.approx(before[enter])
        assert before[enter].max() > 0.1
