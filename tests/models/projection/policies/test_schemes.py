"""Schemes and what they pay, switched on in the worked example of two counties."""

import math
from pathlib import Path

import pandas as pd
import pytest
from scipy import integrate, stats

from fundpool.inputs.case import read_case
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.projection.study import Projection, study
from tests.cases.policies import (
    AT_HOME_IN_BIRCH,
    BIRCH_COST,
    DUAL,
    RURAL,
    SOURCE,
    case_with,
    paid,
    policy,
    policy_case,
    projected,
    row,
)
from tests.cases.small import given


def test_rural_cooperative_scheme(base: Projection, tmp_path: Path) -> None:
    """All insured at home are rural: the flat premium is 50 and the benefit 50 %.

    At home in Ash in full; away by hand less the off-site points, three quarters ever claimed, and
    40 % of it a year late.
    """
    tried = projected(case_with(tmp_path, policy(**RURAL)))
    assert row(tried, "rural", "ash")["contributions"] == pytest.approx(493.04 * 50)
    assert row(tried, "rural", "ash")["subsidies"] == pytest.approx(493.04 * 150)
    assert row(tried, "resident", "ash")["contributions"] == 0.0
    at_home = (379.34 * 2 + AT_HOME_IN_BIRCH * 0.2) * 1_000 * 1.1 * 0.5
    assert paid(tried, "rural", "ash", "ash") == pytest.approx(at_home)
    away = (AT_HOME_IN_BIRCH * 0.7 * 0.4 + DUAL * 0.2) * BIRCH_COST * 0.75
    assert paid(tried, "rural", "ash", "birch") == pytest.approx(away)
    assert row(tried, "rural", "ash")["outstanding"] == pytest.approx(0.4 * away)
    # its opening balance is that of the people who leave the scheme for all
    assert row(tried, "rural", "ash")["opening_balance"] == pytest.approx(50_000)
    assert row(base, "resident", "ash")["opening_balance"] == pytest.approx(50_000)


def test_employee_scheme_counts_wages_between_floor_and_ceiling(tmp_path: Path) -> None:
    """Base from 80 to 200 % of the mean wage, by numerical integration; a fifth to accounts."""
    rules = {
        "base_floor": given(0.8), "base_ceiling": given(2.0), "account_share": given(0.2),
    }  # fmt: skip
    tried = projected(case_with(tmp_path, policy(schemes={"employee": {"rules": rules}})))
    sigma = math.sqrt(math.log(1 + 0.5**2))
    wage = stats.lognorm(sigma, scale=math.exp(-(sigma**2) / 2))
    mean, _ = integrate.quad(lambda w: min(max(w, 0.8), 2.0) * wage.pdf(w), 0, 50, limit=400,
                             points=[0.8, 2.0])  # fmt: skip
    ash = row(tried, "employee", "ash")
    assert ash["contributions"] == pytest.approx(571.46 * 55_000 * 0.1 * mean, rel=1e-7)
    assert ash["account_credits"] == pytest.approx(0.2 * ash["contributions"])


def test_retired_members_pay_nothing_once_they_have_the_years(tmp_path: Path) -> None:
    """Men of 59 retire in 2021: mean 0.5 x 43 = 21.5 years and variation 0.5; 25 are required.

    Half a year is added; the beta distribution on 44 years gives the share who become retired.
    """
    case = policy_case()
    for table in ("population", "migrant_ages"):
        moved = case.tables[table]
        column = "persons" if table == "population" else "share"
        moved[column] = moved.groupby([moved.columns[0], "sex"])[column].shift(29).fillna(0.0)
    tried = study(read_case(case.write(tmp_path / "case")), 2)
    mean, variance = 22.0, (0.5 * 21.5) ** 2
    p = mean / 44
    k = p * (1 - p) * 44**2 / variance - 1
    share = stats.beta(p * k, (1 - p) * k).sf(25 / 44)
    retiring = tried.flows.retiring[1]
    assert retiring[1].sum() / retiring[0].sum() == pytest.approx(share, rel=1e-9)
    status = tried.flows.by_status[:, :2]
    retired = [STATUSES.index("retired"), STATUSES.index("retired_elsewhere")]
    assert status[1][:, retired].sum() == pytest.approx(
        (600 + 600 + 200 * 0.7) * 0.98 * share, rel=1e-9
    )
    funds = tried.pooled("county").funds.set_index(["scheme", "pool", "year"])
    assert funds.loc[("employee", "ash", 2022), "contributions"] == 0.0


def test_merger_moves_balances_claims_and_rules(tmp_path: Path) -> None:
    """From 2022 the resident scheme has what the rural one held and pays by its own rules."""
    merger = {"scheme": "rural", "into": "resident", "year": 2022, **SOURCE}
    tried = projected(
        case_with(tmp_path, policy(**RURAL, case={"mergers": [merger]})), years=2
    )  # fmt: skip
    before = [row(tried, name, "ash") for name in ("rural", "resident")]
    after = row(tried, "resident", "ash", 2022)
    assert after["opening_balance"] == pytest.approx(sum(r["balance"] for r in before))
    assert not ((tried.funds["scheme"] == "rural") & (tried.funds["year"] == 2022)).any()
    assert after["contributions"] == pytest.approx(after["contributors"] * 100.0)
    # what the rural scheme still owed is paid by the one that took it in
    away = tried.flows.claims_offsite[:, :, 0]
    assert after["claims_paid"] == pytest.approx(
        tried.flows.claims_incurred[1, 2, 0] - 0.4 * away[1, 2] + before[0]["outstanding"]
    )
    assert before[0]["outstanding"] == pytest.approx(0.4 * away[2, 1])


def _joined(projection: Projection, status: str) -> float:
    return float(projection.flows.by_status[1, 1, STATUSES.index(status)])


@pytest.mark.parametrize(("eligibility", "eligible"), [("contract", 0.5), ("workers", 1.0)])
def test_separate_scheme_for_migrants(
    tmp_path: Path, eligibility: str, eligible: float, base: Projection
) -> None:
    """Hazard 2 x employed 0.6 x eligible x awareness 0.5 x compliance 0.5 (contracts only).

    Of the 92.12 from Ash insured at home in Birch at the end of 2021, 1 - exp(-hazard) join; nobody
    leaves, as there is no turnover; those at home in Birch may not join.
    """
    scheme = {"separate": {"enrolment": {"eligibility": eligibility}}}
    tried = projected(case_with(tmp_path, policy(add_schemes=["separate"], schemes=scheme)))
    hazard = 2.0 * 0.6 * eligible * 0.5 * (0.5 if eligibility == "contract" else 1.0)
    joined = 92.12 * (1 - math.exp(-hazard))
    assert _joined(tried, "migrant") == pytest.approx(joined, rel=1e-9)
    assert _joined(base, "migrant") == 0.0
    assert row(tried, "separate", "birch")["contributions"] == pytest.approx(
        joined / 2 * 110_000 * 0.04, rel=1e-9
    )
    assert row(tried, "separate", "ash")["persons"] == 0.0


def test_packages_differ_by_what_they_cover_and_cost(tmp_path: Path) -> None:
    """Half would take hospital care alone, three in ten both: outpatient care is covered for 3/8.

    Eight in ten of the eligible join; a member pays (0.5 x 0.7 + 0.3 x 1.3) / 0.8 of the rate.
    """
    case = policy_case()
    case.settings["services"] = ["outpatient", "inpatient"]
    for table in ("morbidity", "severity", "relativities", "treatment"):
        frame = case.tables[table]
        case.tables[table] = pd.concat([frame, frame.assign(service="inpatient")])
    case.tables["morbidity"].loc[
        case.tables["morbidity"]["service"] == "inpatient", "frequency"
    ] = 0.0
    for scheme in case.schemes.values():
        scheme["benefits"]["inpatient"] = scheme["benefits"]["outpatient"]
    packages = {
        "hospital": {
            "services": ["inpatient"], "uptake": {"all": 0.5}, "contribution": given(0.7), **SOURCE,
        },
        "both": {
            "services": ["outpatient", "inpatient"], "uptake": {"all": 0.3},
            "contribution": given(1.3), **SOURCE,
        },
    }  # fmt: skip
    changes = policy(add_schemes=["separate"], schemes={"separate": {"packages": packages}})
    tried = projected(case_with(tmp_path, changes, case))
    hazard = 2.0 * 0.6 * 0.5 * 0.5 * 0.5 * 0.8
    joined = 92.12 * (1 - math.exp(-hazard)) / 2
    assert row(tried, "separate", "birch")["contributions"] == pytest.approx(
        joined * 110_000 * 0.04 * (0.5 * 0.7 + 0.3 * 1.3) / 0.8
    )
    assert paid(tried, "separate", "birch", "birch") == pytest.approx(
        joined * BIRCH_COST * 0.8 * 3 / 8
    )


REGIMES = {
    # share of claims made, points off, where they go: residence, home; paid in the year
    "manual": (0.75, 0.7, 0.2, 0.6),
    "direct": (1.0, 0.7, 0.2, 1.0),
    "territorial": (0.5, 0.4, 0.5, 0.5),
}


@pytest.mark.parametrize("regime", REGIMES)
def test_settlement_regimes(tmp_path: Path, regime: str) -> None:
    """What is claimed, where people are treated and when the fund pays, by regime."""
    claimed, there, back, at_once = REGIMES[regime]
    changes = {
        "resident": {"settlement": {"regime": {"value": "manual", "by_year": {"2021": regime}}}}
    }
    tried = projected(case_with(tmp_path, policy(schemes=changes)))
    away = (AT_HOME_IN_BIRCH * there * 0.5 + DUAL * 0.2) * BIRCH_COST * claimed
    assert paid(tried, "resident", "ash", "birch") == pytest.approx(away)
    home = (379.34 * 2 + AT_HOME_IN_BIRCH * back) * 1_000 * 1.1 * 0.6
    assert paid(tried, "resident", "ash", "ash") == pytest.approx(home)
    assert row(tried, "resident", "ash")["outstanding"] == pytest.approx((1 - at_once) * away)


@pytest.mark.parametrize(
    ("order", "quota", "local", "home"),
    [
        ("local_first", 1.0, 0.8, 0.2),
        ("home_first", 1.0, 0.5, 0.5),
        ("local_first", 0.9, 0.8, 0.1),
        ("home_first", 0.7, 0.2, 0.5),
    ],
)
def test_double_cover_in_either_order_and_with_a_quota(
    tmp_path: Path, order: str, quota: float, local: float, home: float
) -> None:
    """37.64 people with one claim in Birch: the local fund pays 80 %, the home fund 60 % less 10.

    A quarter of the claims never reaches the home fund; the local fund pays its 80 % for them.
    Each paying alone they would pay 0.8 + 0.75 x 0.5 of the cost; the rest is saved.
    """
    changes = {"resident": {"coordination_order": order, "reimbursement_quota": given(quota)}}
    tried = projected(case_with(tmp_path, policy(schemes=changes)))
    cost = DUAL * BIRCH_COST
    by_local = 0.75 * local + 0.25 * 0.8
    assert paid(tried, "employee", "birch", "birch") == pytest.approx(
        (594 * 2 + 123.5) * BIRCH_COST * 0.8 + cost * by_local
    )
    alone = AT_HOME_IN_BIRCH * 0.7 * 0.5 * 0.75 * BIRCH_COST
    assert paid(tried, "resident", "ash", "birch") == pytest.approx(alone + cost * 0.75 * home)
    saved = cost * (0.8 + 0.75 * 0.5 - by_local - 0.75 * home)
    assert tried.flows.duplicate_avoided[1].sum() == pytest.approx(saved)
    assert local + home <= max(quota, 0.8) + 1e-12
