"""Every arrangement of the paper, switched on in the worked example of two counties.

The figures of the case without policies stand in tests/models/projection/test_two_counties.py: in
the mean of 2021 Ash at home has 571.46 employees and 379.34 home residents; those from Ash in Birch
are 123.5 employees, 76.06 home residents and 37.64 with both; Birch has 594 and 396. A claim costs
1,000 in Ash and 1,500 in Birch, risen by 10 %; people make two a year, migrants between cities one.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, linalg, stats

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.analysis.endurance import endurance, months_survived
from fundpool.models.analysis.policies import figures, policy_effects
from fundpool.models.coverage.participation import compliance, insured_share
from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.plans import AdjustmentFund
from fundpool.models.population.compiled.in_place import step_in_place
from fundpool.models.population.holdings import YEARS
from fundpool.models.population.preparation import prepare, year_rates
from fundpool.models.projection.study import Projection, Study, study
from fundpool.models.terms.years import year_terms
from tests.cases.policies import SOURCE, case_with, policy, policy_case
from tests.cases.small import given

BIRCH_COST = 1_500 * 1.1
DUAL, AT_HOME_IN_BIRCH = 37.64, 76.06


def projected(case: Case, years: int = 1) -> Projection:
    return study(case, years).pooled("county")


def row(projection: Projection, scheme: str, pool: str, year: int = 2021) -> "pd.Series[float]":
    table = projection.funds
    held = (table["scheme"] == scheme) & (table["pool"] == pool) & (table["year"] == year)
    return table[held].iloc[0]


def paid(projection: Projection, scheme: str, payer: str, place: str) -> float:
    table = projection.settlement
    held = (table["scheme"] == scheme) & (table["payer"] == payer) & (table["place"] == place)
    return float(table[held & (table["year"] == 2021)]["amount"].sum())


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    folder = tmp_path_factory.mktemp("base") / "case"
    return projected(read_case(policy_case().write(folder)))


RURAL = {
    "add_schemes": ["rural"],
    "schemes": {
        "resident": {
            "statuses_paying": ["home_resident", "local_resident"],
            "statuses_covered": ["home_resident", "local_resident"],
        }
    },
}


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


def portability(account: str = "transfer", time: str = "recognised") -> dict[str, object]:
    return {
        "portability": {
            "account": {"value": account, **SOURCE},
            "insured_time": {"value": time, **SOURCE},
        }
    }


def test_accounts_are_converted_forfeited_or_surrendered(base: Projection, tmp_path: Path) -> None:
    """5,880 leaves Ash with 58.8 movers, 2,744 comes back with 13.72.

    Converted at one half the other half joins the pooled fund of the destination; forfeited it
    joins the fund left; surrendered it leaves the books. In all cases books and funds balance.
    """
    unchanged = row(base, "employee", "birch")
    for account, factor in (("transfer", 0.5), ("forfeit", 1.0), ("surrender", 1.0)):
        rules = portability(account)
        rules["rules"] = {"account_conversion": given(factor)}
        tried = projected(case_with(tmp_path / account, policy(schemes={"employee": rules})))
        books = tried.accounts.set_index("region")
        assert books.loc["ash", "transfers_out"] == pytest.approx(5_880)
        arrives = 0.5 * 5_880 if account == "transfer" else 0.0
        assert books.loc["birch", "transfers_in"] == pytest.approx(arrives)
        gained = {"transfer": 0.5 * 5_880, "forfeit": 2_744, "surrender": 0.0}[account]
        assert row(tried, "employee", "birch")["from_accounts"] == pytest.approx(gained)
        assert row(tried, "employee", "birch")["balance"] == pytest.approx(
            unchanged["balance"] + gained * 1.1
        )
        cash = books["surrendered"].sum()
        assert cash == pytest.approx(8_624 if account == "surrender" else 0.0)
        assert books["transfers_out"].sum() == pytest.approx(
            books["transfers_in"].sum() + books["to_pool"].sum() + cash
        )


def test_insured_time_follows_the_mover_or_starts_again(tmp_path: Path) -> None:
    """Men of 31 with 0.5 x 14 = 7 years: 58.8 bring them to Birch and gain one, or have a half.

    In Birch those from Ash who stay, 98 employees and 39.2 with both less the tenth that goes
    home, gain a year whatever the rule.
    """
    years = {}
    for time in ("recognised", "restarts"):
        case = case_with(tmp_path / time, policy(schemes={"employee": portability(time=time)}))
        held = prepare(case)
        people = held.people.copy()
        from fundpool.models.population.credited_years import opening_holdings

        holdings = opening_holdings(held.base.coverage, held.pairs, people, held.cells, np.zeros(3))
        from fundpool.models.coverage.chain import yearly_transition
        from fundpool.models.coverage.leaving import coverage_hazards

        terms = year_terms(case, 2021)
        rates = year_rates(
            held, terms, yearly_transition(held.cover, coverage_hazards(terms)),
            np.zeros((held.pairs.count, 2)),
        )  # fmt: skip
        step_in_place(people, holdings, held.pairs, rates, held.care, cells=held.cells)
        pair = (held.pairs.home == 0) & (held.pairs.residence == 1)
        years[time] = float(holdings[pair, YEARS].sum())
    stayed = (98 + 39.2) * 0.9 * 8
    assert years["recognised"] == pytest.approx(stayed + 58.8 * 8)
    assert years["restarts"] == pytest.approx(stayed + 58.8 * 0.5)


def test_recognised_time_lets_more_movers_earn_retiree_cover(tmp_path: Path) -> None:
    """Men of 58 with 21 years: movers of 2021 who retire in 2022 have 22.5 years or one.

    None with about one year reaches the 20 required; so only those who stayed do, and the pool
    they retire in pays for fewer.
    """
    earned = {}
    for time in ("recognised", "restarts"):
        case = policy_case()
        case.schemes["employee"]["rules"]["min_credited_years_male"] = given(20)
        case.settings["coverage"]["credited_cv"] = given(0.05)
        for table in ("population", "migrant_ages"):
            moved = case.tables[table]
            column = "persons" if table == "population" else "share"
            moved[column] = moved.groupby([moved.columns[0], "sex"])[column].shift(28).fillna(0.0)
        changed = policy(schemes={"employee": portability(time=time)})
        done = study(case_with(tmp_path / time, changed, case), 2)
        earned[time] = done.flows.retiring[2, :, 0, 1]
    reaching = earned["recognised"][0]
    assert earned["restarts"][0] == pytest.approx(reaching)
    assert earned["recognised"][1] == pytest.approx(reaching, rel=0.01)
    assert earned["restarts"][1] < 0.8 * reaching


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


def test_zhenjiang_is_its_pieces_together(jiangsu: Case) -> None:
    """The file's rules are those of its pieces stacked one on another."""
    whole = jiangsu.with_policies(["zhenjiang"])
    pieces = jiangsu.with_policies(["portable", "recognised-time", "direct-settlement"])
    for year in (2021, 2030):
        one, other = whole.scheme("employee"), pieces.scheme("employee")
        assert one.account_on_move(year) == other.account_on_move(year) == "transfer"
        assert one.time_recognised(year)
        assert other.time_recognised(year)
        for name in ("employee", "resident"):
            assert whole.scheme(name).regime(year) == pieces.scheme(name).regime(year) == "direct"
    assert jiangsu.scheme("employee").account_on_move(2021) == "surrender"
    assert not jiangsu.scheme("employee").time_recognised(2021)
    assert jiangsu.scheme("employee").regime(2021) == "manual"


def test_adjustment_fund_by_need_and_deficit() -> None:
    """Two pools with contributions 100 and 60, results +10 and -10, expected costs 1 and 3.

    Levy 10 %: 10 + 6 = 16, half by need: 2 and 6. After levy and need: +2 and -10; of the
    deficit of 10 the fund bears 70 %, 7, out of the 8 left. What is left is 1.
    """
    fund = AdjustmentFund("land", 0.1, 0.3, 0.5)
    flow = PoolFlow(np.array([100.0, 60.0]), np.array([10.0, -10.0]), np.array([1.0, 3.0]))
    levies, grants, left = swaps_of_year(np.array([0, 0]), fund, flow, np.zeros(1))
    assert levies == pytest.approx([10.0, 6.0])
    assert grants == pytest.approx([2.0, 13.0])
    assert left == pytest.approx([1.0])
    assert levies.sum() == pytest.approx(grants.sum() + left.sum())


def test_pooling_may_slacken_collection_and_raise_claims(tmp_path: Path) -> None:
    """At the province contributions fall by 11.5 % and claims rise by 18.6 %."""
    change = {
        "pooling": {
            "moral_hazard": {"values": {"province": 0.186}},
            "collection_effort": {"values": {"province": -0.115}},
        }
    }
    case = case_with(tmp_path, policy(case=change, pooling="province"))
    plain = (
        study(case_with(tmp_path / "plain", policy(pooling="province")), 1).pooled("province").funds
    )
    province = study(case, 1).pooled("province").funds
    for name, factor in (
        ("contributions", 0.885),
        ("claims_incurred", 1.186),
        ("subsidies", 1.0),
    ):
        assert province[name].sum() == pytest.approx(factor * plain[name].sum())


def shock(**what: object) -> dict[str, object]:
    return policy(shocks=[{"title": "struck", "year": 2021, **SOURCE, **what}])


def test_epidemic(base: Projection, tmp_path: Path) -> None:
    """Half as much care again for all who live in the city South, one tenth less wages there."""
    tried = projected(case_with(tmp_path, shock(regions=["south"], care={"all": 1.5}, wages=0.9)))
    for pair in (("employee", "birch", "birch"), ("resident", "ash", "birch")):
        assert paid(tried, *pair) == pytest.approx(1.5 * paid(base, *pair))
    assert row(tried, "employee", "ash")["claims_incurred"] == pytest.approx(
        row(base, "employee", "ash")["claims_incurred"]
    )
    assert row(tried, "employee", "birch")["contributions"] == pytest.approx(0.9 * 8_306_540)


def test_plant_closures(tmp_path: Path) -> None:
    """A fifth of the 600 employees of Ash fall back on home cover before the year begins.

    Of the 480 left 2 % die and a tenth leaves; those who come back are unchanged.
    """
    tried = projected(case_with(tmp_path, shock(regions=["ash"], jobs_lost=0.2)))
    employees = 480 * 0.98 * 0.9 + 9.8 + 3.92
    home = (400 + 120) * 0.98 * 0.9 + 5.88
    assert tried.flows.by_status[1, 0, STATUSES.index("employee")] == pytest.approx(employees)
    assert tried.flows.by_status[1, 0, STATUSES.index("home_resident")] == pytest.approx(home)
    assert tried.flows.residents[1, 0] == pytest.approx(901.6)


def test_sudden_return(tmp_path: Path) -> None:
    """Half of the 200 from Ash in Birch go home first; then the year goes on as ever."""
    tried = projected(case_with(tmp_path, shock(regions=["birch"], migrants_return=0.5)))
    away, home = 100 * 0.98, 1_100 * 0.98
    assert tried.flows.residents[1, 0] == pytest.approx(home * 0.9 + away * 0.1)
    assert tried.flows.residents[1, 1] == pytest.approx(980 + away * 0.9 + home * 0.1)
    people = tried.people.set_index(["region", "year"])
    for region, deaths in (("ash", 22.0), ("birch", 22.0)):
        end, start = people.loc[(region, 2021)], people.loc[(region, 2020)]
        assert end["deaths"] == pytest.approx(deaths)
        assert end["persons"] == pytest.approx(
            start["persons"] - deaths + end["moved_in"] - end["moved_out"]
        )
    # the accounts of the 50 + 20 of those who contribute, 200 each, came along
    books = tried.accounts.set_index("region")
    assert books["transfers_in"].sum() == pytest.approx(books["transfers_out"].sum())
    assert books.loc["birch", "transfers_out"] > 70 * 200


def test_price_jump(base: Projection, tmp_path: Path) -> None:
    """Prices in Birch 15 % higher from 2021; rules in shares of the cost follow in proportion."""
    tried = projected(case_with(tmp_path, shock(regions=["birch"], price=1.15)), years=2)
    assert paid(tried, "employee", "birch", "birch") == pytest.approx(
        1.15 * paid(base, "employee", "birch", "birch")
    )
    assert paid(tried, "employee", "ash", "ash") == pytest.approx(
        paid(base, "employee", "ash", "ash")
    )


def test_months_survived() -> None:
    """From 12 to 6 to -6: the second year's half; from nothing at once; never."""
    assert months_survived(np.array([6.0, -6.0]), 12.0) == pytest.approx(18.0)
    assert months_survived(np.array([-1.0]), 0.0) == 0.0
    assert months_survived(np.array([1.0, 1.0]), 1.0) == math.inf


def test_endurance_counts_funds(base: Projection) -> None:
    """At the end of 2021 the two resident funds owe money; they started with some."""
    found = endurance(base, 2021)
    assert (found.funds, found.dry_before, found.within_year) == (4, 0, 2)
    months = [
        12 * before / (before - after)
        for before, after in ((50_000, -380_888.58775), (80_000, -635_008.0))
    ]
    assert found.shortest == pytest.approx(min(months))


def test_effects_are_differences_from_the_case_without(tmp_path: Path) -> None:
    case = policy_case()
    case.policies["tried"] = shock(regions=["birch"], migrants_return=0.5)
    plain = read_case(case.write(tmp_path / "case"))
    base = study(plain, 2)
    effects = policy_effects(base, ["tried"])
    again = figures(study(plain.with_policies(["tried"]), 2).pooled("county"))
    assert effects.base == figures(base.pooled("county"))
    held = effects.policies.set_index("name").loc["tried"]
    assert {key: held[key] for key in again} == pytest.approx(again, nan_ok=True)
    assert effects.changes.loc["tried", "insured_migrants"] == pytest.approx(
        again["insured_migrants"] - effects.base["insured_migrants"]
    )
    assert set(effects.endurance["plan"]) == {"county", "city", "province"}


def test_policies_keep_the_calibration_of_the_case_without(jiangsu: Case) -> None:
    base = study(jiangsu, 1)
    for name in ("rural-cooperative", "tiered-packages"):
        changed: Study = study(jiangsu.with_policies([name]), 1)
        known = [scheme.name for scheme in jiangsu.schemes]
        for scheme in known:
            assert np.array_equal(
                changed.calibration.multipliers.claims[
                    [s.name for s in changed.case.schemes].index(scheme)
                ],
                base.calibration.multipliers.claims[known.index(scheme)],
            )


def test_people_and_accounts_balance_under_every_policy_of_jiangsu(jiangsu: Case) -> None:
    """Conservation in one projected year, all policies that can stand together at once."""
    names = ["zhenjiang", "tiered-packages", "merge-residents", "shock-return", "shock-epidemic",
             "provincial-adjustment"]  # fmt: skip
    flows = study(jiangsu.with_policies(names), 6).flows
    start, end = flows.residents[:-1], flows.residents[1:]
    change = flows.births[1:] - flows.deaths[1:] + flows.moved_in[1:] - flows.moved_out[1:]
    assert end == pytest.approx(start + change, rel=1e-9)
    out = flows.accounts_out[:, 1:].sum()
    into = (flows.accounts_in + flows.accounts_to_pool + flows.accounts_surrendered)[:, 1:].sum()
    assert into == pytest.approx(out, rel=1e-9)
    assert flows.settlement.sum() == pytest.approx(flows.claims_incurred.sum(), rel=1e-12)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({"cases": {}}, "tried.toml, column cases: found 'cases'; expected a known setting"),
        ({"case": {"economy": {"inflation": {"value": 1.0}}}}, "expected a known setting"),
        ({"add_schemes": ["rurals"]}, "expected a scheme of the case. Did you mean 'rural'?"),
        ({"pooling": "nation"}, "expected levels of the case"),
        ({"add_schemes": ["rural"]}, "expected a status that no other scheme covers"),
        (
            {
                "shocks": [
                    {"title": "x", "year": 2021, **SOURCE, "regions": ["nowhere"], "price": 2}
                ]
            },
            "expected a region of the case",
        ),
        ({"shocks": [{"title": "x", "year": 2021, **SOURCE}]}, "a shock that changes something"),
        ({"shocks": [{"title": "x", "year": 2021, **SOURCE, "jobs_lost": 2.0}]}, "jobs_lost"),
        (
            {"schemes": {"resident": {"reimbursement_quota": given(1.5)}}},
            "1.5 is not a number from 0 to 1",
        ),
    ],
)
def test_a_broken_policy_is_refused(
    tmp_path: Path, contents: dict[str, object], message: str
) -> None:
    with pytest.raises(CaseError) as refused:
        case_with(tmp_path, policy(**contents))
    assert message in str(refused.value)


def test_an_unknown_policy_is_refused(jiangsu: Case) -> None:
    with pytest.raises(CaseError, match="Did you mean 'portable'"):
        jiangsu.with_policies(["portabel"])


def test_funds_that_run_dry_are_weighed_by_their_insured(base: Projection) -> None:
    """In 2021 both resident funds run dry and no employee fund does (see the fund table)."""
    table = base.funds
    dry = set(table[table["balance"] < 0]["scheme"])
    assert dry == {"resident"}
    insured = table.groupby("scheme")["persons"].sum()
    found = figures(base)
    assert (found["funds"], found["funds_exhausted"]) == (4, 2)
    assert found["exhausted_share"] == pytest.approx(insured["resident"] / insured.sum())


def test_a_policy_may_be_measured_against_another(tmp_path: Path) -> None:
    """A merger of schemes that the case holds merged already, against the case that keeps them."""
    case = policy_case()
    case.policies["apart"] = policy(**RURAL) | {"name": "apart"}
    merged = policy(**RURAL, case={"mergers": [
        {"scheme": "rural", "into": "resident", "year": 2022, **SOURCE}]})  # fmt: skip
    case.policies["tried"] = merged | {"against": "apart"}
    plain = read_case(case.write(tmp_path / "case"))
    effects = policy_effects(study(plain, 3), ["apart", "tried"])
    kept, done = (figures(study(plain.with_policies([name]), 3).pooled("county"))
                  for name in ("apart", "tried"))  # fmt: skip
    for name in ("funds", "funds_exhausted", "level_rate_flat", "from_home"):
        assert effects.changes.loc["tried", name] == pytest.approx(done[name] - kept[name]), name
        assert effects.changes.loc["apart", name] == pytest.approx(kept[name] - effects.base[name])
    assert effects.bases["apart"] == effects.base
    # what is measured is the merger, not that the scheme was apart before it
    alone = policy_effects(study(plain, 3), ["tried"])
    assert alone.changes.loc["tried", "funds"] == 0


def test_a_policy_is_measured_against_one_that_exists(tmp_path: Path) -> None:
    for name in ("nowhere", "tried"):
        with pytest.raises(CaseError, match="against"):
            case_with(tmp_path / name, policy(pooling="city", against=name))
