"""Who joins: levers of participation, and the rate that keeps people out."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import linalg

from fundpool.inputs.case import read_case
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.coverage.participation import compliance, insured_share
from fundpool.models.projection.study import study
from fundpool.models.terms.years import year_terms
from tests.cases.policies import (
    case_with,
    policy,
    policy_case,
)
from tests.cases.small import given

TURNOVER = {"turnover_share_remaining": given(0.25), "turnover_years": given(3.0)}


LEVERS = {
    "awareness": ({"participation": {"awareness": given(0.8)}}, 1.6, 1.0),
    "mandate": ({"participation": {"mandate_enforced": given(0.6)}}, 1.6, 1.6),
    "contracts": ({"participation": {"contract_coverage": given(1.5)}}, 1.5, 1.5),
    "effect of portability": ({"participation": {"portability_effect": given(0.25)}}, 1.25, 1.0),
}


@pytest.mark.parametrize("lever", LEVERS)
def test_participation(tmp_path: Path, lever: str) -> None:
    """Entry hazards of migrants and stayers rise by the factor of the lever, cover by the chain.

    At home in Birch: 60 % employees, 40 % home residents, turnover 0.462. Only employee <-> home
    resident moves, so the share a year on is that of a chain of two states.
    """
    change, of_migrants, of_stayers = LEVERS[lever]
    base = policy_case()
    base.settings["coverage"] |= TURNOVER
    # the working band begins at 16, where nobody works: entry renews 60 % from nothing
    plain = read_case(base.copy().write(tmp_path / "plain"))
    tried = case_with(tmp_path, policy(case=change), base)
    from fundpool.models.coverage.base_year import base_coverage
    from fundpool.models.coverage.chain import coverage_generator
    from fundpool.models.coverage.leaving import coverage_hazards

    cover = base_coverage(tried)
    now = coverage_generator(cover, coverage_hazards(year_terms(tried, 2021)))
    then = coverage_generator(base_coverage(plain), coverage_hazards(year_terms(plain, 2021)))
    home, work = STATUSES.index("home_resident"), STATUSES.index("employee")
    band = 1
    for tie, factor in ((0, of_stayers), (2, of_migrants)):
        row_of = tie * 3 + 1
        assert now[row_of, band, home, work] == pytest.approx(
            factor * then[row_of, band, home, work]
        )
        assert now[row_of, band, work, home] == pytest.approx(-math.log(0.25) / 3)
    enter, leave = now[1, band, home, work], now[1, band, work, home]
    chain = linalg.expm(np.array([[-enter, enter], [leave, -leave]]))
    share = np.array([0.4, 0.6]) @ chain
    done = study(tried, 1)
    birch = done.flows.by_status[1, 1, work]
    stayers = 980 * share[1]
    assert birch > stayers
    registered = done.flows.registered[1, 1]
    assert registered == pytest.approx(980)


def test_a_dearer_rate_keeps_people_out(tmp_path: Path) -> None:
    """At elasticity one half a rate of 12 instead of 10 % lowers entry by (1.2)^-0.5."""
    from fundpool.models.coverage.participation import participation

    tried = case_with(
        tmp_path, policy(schemes={"employee": {"rules": {"employer_rate": given(0.10)}}})
    )
    assert participation(year_terms(tried, 2021)).entry == pytest.approx([1.2**-0.5] * 5)


def test_national_participation() -> None:
    """Of 229.78 million migrants 43.35 million were insured in 2009, 18.9 %.

    With turnover 0.462 and contracts for 38 % the hazard of enrolling that leads there is found by
    hand, and the chain run for a century from nobody insured arrives there.
    """
    from fundpool.models.coverage.participation import entry_hazard

    turnover = -math.log(0.25) / 3
    published = 43.35 / 229.78
    hazard = entry_hazard(published, turnover, eligible=0.38)
    by_hand = turnover * (published / 0.38) / (1 - published / 0.38)
    assert hazard == pytest.approx(by_hand)
    chain = linalg.expm(np.array([[-hazard, hazard], [turnover, -turnover]]) * 100.0)
    assert 229.78 * 0.38 * chain[0, 1] == pytest.approx(43.35, abs=1e-6)
    assert insured_share(hazard, turnover, 0.38) == pytest.approx(published)
    assert compliance(1.0, 0.3) == 1.0
