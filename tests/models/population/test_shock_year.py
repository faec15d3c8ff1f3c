"""The year in which a shock strikes: its person-years are those after the shock, and its recovery.

In Ash 600 of 1,000 men of 30 are employed and nobody moves; 98 of 100 survive the year.
"""

import math
from pathlib import Path

import pytest

import fundpool
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.projection.study import Projection
from tests.cases.small import given, small_case

EMPLOYEE = STATUSES.index("employee")
TURNOVER = -math.log(0.25) / 3.0  # a quarter stays three years


def struck(folder: Path, turnover: bool, horizon: int = 1, **what: object) -> Projection:
    case = small_case()
    case.tables["migrants"]["persons"] = 0.0
    case.tables["mobility"][["gross_migraproduction_rate", "return_rate"]] = 0.0
    if turnover:
        case.settings["coverage"]["turnover_share_remaining"] = given(0.25)
    source = {"source": "x", "status": "assumed"}
    case.policies["shock"] = {
        "schema_version": 1, "name": "shock", "title": "S", "about": "a", **source,
        "shocks": [{"title": "struck", "year": 2021, "jobs_lost": 0.5, **source, **what}],
    }  # fmt: skip
    read = fundpool.read_case(case.write(folder / "case"))
    return fundpool.project(read.with_policies(["shock"]), "county", years=horizon)


def employed(projection: Projection, t: int) -> float:
    return float(projection.flows.by_status[t, 0, EMPLOYEE])


def test_half_of_the_jobs_lost_is_half_of_the_year(tmp_path: Path) -> None:
    """Where nobody changes jobs: 300 at the beginning, 294 at the end; a man pays 5,500."""
    done = struck(tmp_path, turnover=False)
    assert employed(done, 1) == pytest.approx(294.0)
    assert done.flows.contributors[0, 1, 0] == pytest.approx((300.0 + 294.0) / 2.0)
    funds = done.funds.set_index(["scheme", "pool"])
    assert funds.loc[("employee", "ash"), "contributions"] == pytest.approx(297.0 * 5_500.0)
    # those who lost their jobs are insured at home from the first day
    assert done.flows.persons[1, 1, 0] == pytest.approx((700.0 + 686.0) / 2.0)


def test_claims_follow_the_people(tmp_path: Path) -> None:
    """Of two who lost their job one is insured at home: the home scheme pays their care at once."""
    done = struck(tmp_path, turnover=False)
    without = struck(tmp_path / "b", turnover=False, jobs_lost=0.0, wages=0.99)
    claims = done.flows.claims_incurred[:, 1, 0]
    before = without.flows.claims_incurred[:, 1, 0]
    assert claims[0] == pytest.approx(0.5 * before[0])
    assert claims[1] == pytest.approx(before[1] * 693.0 / 396.0)


def test_re_employment_within_the_year(tmp_path: Path) -> None:
    """Mean of the ends after the shock; the year after begins where this one ended."""
    done = struck(tmp_path, turnover=True, horizon=2)
    end = employed(done, 1)
    assert 294.0 < end < 588.0
    assert done.flows.contributors[0, 1, 0] == pytest.approx((300.0 + end) / 2.0)
    assert done.flows.contributors[0, 2, 0] == pytest.approx((end + employed(done, 2)) / 2.0)


def test_no_hiring_in_a_recession(tmp_path: Path) -> None:
    """Nobody finds a job while it lasts, and those who have one go on losing it."""
    done = struck(tmp_path, turnover=True, horizon=3, hiring=0.0, years=2)
    stay = 0.98 * math.exp(-TURNOVER)
    assert employed(done, 1) == pytest.approx(300.0 * stay)
    assert employed(done, 2) == pytest.approx(300.0 * stay**2)
    assert employed(done, 3) > 300.0 * stay**3 * 1.2, "hiring begins again"


def test_hiring_in_one_region_alone(tmp_path: Path) -> None:
    done = struck(tmp_path, turnover=True, hiring=0.0, regions=["birch"])
    free = struck(tmp_path / "b", turnover=True, jobs_lost=0.0, wages=0.99)
    assert employed(done, 1) == pytest.approx(employed(free, 1))
    in_birch = done.flows.by_status[1, 1, EMPLOYEE]
    lost = 0.5 * done.flows.by_status[0, 1, EMPLOYEE]
    assert in_birch == pytest.approx(lost * 0.98 * math.exp(-TURNOVER))
