"""FlowLevers and pools on arrays against a fresh projection and the fund table."""

from dataclasses import replace

import numpy as np
import pytest

from fundpool.inputs.case import Case
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import FlowLevers, SchemeLevers
from fundpool.models.funds.books import with_taken_in
from fundpool.models.funds.county_effects import county_effect
from fundpool.models.funds.pool_money import Chance, county_money, pool_factors
from fundpool.models.funds.recursion import PoolRun, RatePlan, pool_run
from fundpool.models.funds.summary import pool_summary
from fundpool.models.funds.table import fund_table
from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.plans import AdjustmentFund
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.pooling.timeline import layout
from fundpool.models.projection.study import Study, study

PLANS = [
    "county",
    "province",
    "county,city@2023,province@2025",
    "county+city:0.05:0.2:0.5,city+province:0.1:0.3@2023,province@2025",
]


def run_of(case: Case, flows: object, plan: str, scheme: str) -> PoolRun:
    laid = layout(case, plan_for(case, plan), scheme, flows.years[1:])
    return pool_run(case, flows, laid)[0]


@pytest.mark.parametrize("plan", PLANS)
def test_pools_are_those_of_the_fund_table(jiangsu_study: Study, plan: str) -> None:
    case, flows = jiangsu_study.case, jiangsu_study.flows
    flows = with_levers(
        case, flows, FlowLevers(2022, care=0.1, schemes={"employee": SchemeLevers(-0.02)})
    )
    table = fund_table(case, flows, plan_for(case, plan))
    for scheme in ("employee", "resident"):
        run = run_of(case, flows, plan, scheme)
        own = table[(table["scheme"] == scheme) & table["contribution_base"].notna()]
        for row in own.to_dict("records"):
            t = row["year"] - int(run.years[0])
            stage = run.layout.stage_of[t]
            place = run.layout.offsets[stage] + run.layout.pools[stage].codes.index(row["pool"])
            assert run.balance[0, t, place] == pytest.approx(row["balance"], rel=1e-9, abs=1.0)
            assert run.received[t, place] == pytest.approx(row["swaps_in"], rel=1e-9, abs=1e-3)
            assert run.paid[t, place] == pytest.approx(row["swaps_out"], rel=1e-9, abs=1e-3)
            months = run.reserve_months[t, place]
            assert months == pytest.approx(row["reserve_months"], rel=1e-9, abs=1e-9)


def test_levers_are_a_fresh_projection(small: Case) -> None:
    base = study(small, 4)
    levers = FlowLevers(
        2022, wage_growth=0.01, medical_inflation=-0.02, premium_growth=0.03, interest=0.01
    )
    moved = with_levers(small, base.flows, levers)
    growth = {
        f"economy.{name}": small.value(f"economy.{name}")
        for name in ("wage_growth", "medical_inflation", "premium_growth", "interest")
    }
    fresh = study(
        small.with_values(
            {path: value + getattr(levers, path[8:]) for path, value in growth.items()}
        ),
        4,
    )
    every = with_levers(small, base.flows, replace(levers, from_year=None))
    for name in ("contributions", "subsidies", "account_credits", "claims_incurred",
                 "claims_offsite", "contribution_base", "expected_cost"):  # fmt: skip
        np.testing.assert_allclose(
            getattr(every, name), getattr(fresh.flows, name), rtol=1e-12, atol=1e-6, err_msg=name
        )
        before = getattr(base.flows, name)[:, :2]
        np.testing.assert_array_equal(getattr(moved, name)[:, :2], before)
    np.testing.assert_allclose(every.paths.interest, fresh.flows.paths.interest)


def test_the_rate_lever_is_a_fresh_projection_with_the_rate(small: Case) -> None:
    base = study(small, 3)
    rate = small.scheme("employee").rule("employer_rate", None, 2021)
    fresh = study(small.with_values({"schemes.employee.rules.employer_rate": rate + 0.01}), 3)
    moved = with_levers(
        small, base.flows, FlowLevers(schemes={"employee": SchemeLevers(rate=0.01)})
    )
    for name in ("contributions", "account_credits"):
        np.testing.assert_allclose(
            getattr(moved, name)[:, 1:], getattr(fresh.flows, name)[:, 1:], rtol=1e-12, atol=1e-6
        )
    with pytest.raises(ValueError, match="below zero"):
        with_levers(small, base.flows, FlowLevers(schemes={"employee": SchemeLevers(rate=-0.5)}))


def test_swaps_in_many_scenarios_are_those_of_one() -> None:
    generator = np.random.default_rng(5)
    member = np.array([0, 0, 1, 1, 1])
    income, result = generator.uniform(1, 9, (7, 5)), generator.normal(0, 5, (7, 5))
    need, reserve = generator.uniform(1, 4, 5), generator.uniform(0, 2, (7, 2))
    for share in (0.0, 0.6):
        rules = AdjustmentFund("city", 0.2, 0.3, share)
        got = swaps_of_year(member, rules, PoolFlow(income, result, need), reserve)
        for row in range(7):
            one = swaps_of_year(
                member, rules, PoolFlow(income[row], result[row], need), reserve[row]
            )
            for have, want in zip(got, one, strict=True):
                np.testing.assert_allclose(have[row], want, rtol=1e-12, atol=1e-12)


def test_scenarios_equal_to_the_centre_give_the_central_path(jiangsu_study: Study) -> None:
    case, flows = jiangsu_study.case, jiangsu_study.flows
    laid = layout(case, plan_for(case, PLANS[3]), "employee", flows.years[1:])
    money = county_money(with_taken_in(case, flows, 0))
    paths = {
        "income": money["contributions"] - money["account_credits"],
        "subsidies": money["other_income"],
    }
    chance = Chance(
        **{name: np.stack([values, 2.0 * values]) for name, values in paths.items()},
        claims=np.ones((2, *money["outgo"].shape)),
        interest=np.tile(flows.paths.interest, (2, 1)),
    )
    factors = pool_factors(case, flows, laid, chance)
    moved = with_levers(case, flows, FlowLevers(care=0.2))
    one, _ = pool_run(case, moved, laid)
    two, _ = pool_run(case, moved, laid, factors)
    for row in (0, 1):
        np.testing.assert_allclose(two.balance[row], one.balance[0], rtol=1e-9, equal_nan=True)
    np.testing.assert_allclose(two.received, one.received, rtol=1e-9, atol=1e-3, equal_nan=True)
    # what comes in twice raises the balance by what comes in
    plain = layout(case, plan_for(case, "county"), "employee", flows.years[1:])
    run, _ = pool_run(case, flows, plain, pool_factors(case, flows, plain, chance))
    interest = 1.0 + flows.paths.interest[0]
    more = sum(values[0] for values in paths.values())
    raised = run.balance[2, 0] - run.balance[1, 0]
    np.testing.assert_allclose(raised, more * np.sqrt(interest), rtol=1e-9)


def test_decided_rates_and_swaps_take_the_place_of_rules(jiangsu_study: Study) -> None:
    case, flows = jiangsu_study.case, jiangsu_study.flows
    laid = layout(case, plan_for(case, "city"), "resident", flows.years[1:])
    plain, _ = pool_run(case, flows, laid)
    span, pools = plain.money["income"].shape
    paid, received = np.zeros((2, span, pools))
    paid[:, 0], received[:, 1] = 1e8, 1e8
    rates = plain.money["income"] / plain.money["contribution_base"]
    decided, _ = pool_run(case, flows, laid, rate_plan=RatePlan(rates, paid, received))
    moved = decided.balance[0] - plain.balance[0]
    worth = 0.0
    for t in range(span):
        growth = 1.0 + flows.paths.interest[t]
        worth = worth * growth + 1e8 * growth**0.5
        np.testing.assert_allclose(moved[t, :2], [-worth, worth], rtol=1e-6)
    np.testing.assert_allclose(decided.hub, 0.0, atol=1e-3)


def test_gains_of_counties_in_a_pool_sum_to_zero(jiangsu_at_home: Study) -> None:
    case, flows = jiangsu_at_home.case, jiangsu_at_home.flows
    target = case.value("solvency.target_reserve_months")
    alone = pool_summary(run_of(case, flows, "county", "employee"), target)
    run = run_of(case, flows, "city", "employee")
    effect = county_effect(alone, pool_summary(run, target), run)
    total = run.layout.pools[-1].total(effect.gain)
    gross = run.layout.pools[-1].total(np.abs(effect.gain))
    assert gross.max() > 1e8
    np.testing.assert_allclose(total, 0.0, atol=1e-9 * gross.max())


def test_moral_hazard_is_a_loss_to_counties_together(jiangsu_at_home: Study) -> None:
    flows = jiangsu_at_home.flows
    pooling = jiangsu_at_home.case.settings.pooling
    hazard = pooling.moral_hazard.model_copy(update={"values": {"city": 0.05}})
    settings = jiangsu_at_home.case.settings.model_copy(
        update={"pooling": pooling.model_copy(update={"moral_hazard": hazard})}
    )
    case = replace(jiangsu_at_home.case, settings=settings)
    target = case.value("solvency.target_reserve_months")
    alone = pool_summary(run_of(case, flows, "county", "employee"), target)
    run = run_of(case, flows, "city", "employee")
    effect = county_effect(alone, pool_summary(run, target), run)
    assert (run.layout.pools[-1].total(effect.gain) < 0).all()


def test_a_larger_territory_is_a_loss_to_counties_together(jiangsu_study: Study) -> None:
    """City funds pay in full for care in other counties of the city."""
    case, flows = jiangsu_study.case, jiangsu_study.flows
    target = case.value("solvency.target_reserve_months")
    alone = pool_summary(run_of(case, flows, "county", "resident"), target)
    run = run_of(case, flows, "city", "resident")
    effect = county_effect(alone, pool_summary(run, target), run)
    assert (run.layout.pools[-1].total(effect.gain) < 0).all()


def test_clusters_by_their_short_form(small: Case) -> None:
    plan = plan_for(small, "county[Both=ash|birch]")
    laid = layout(small, plan, "employee", np.array([2021]))
    assert laid.pools[0].codes == ("Both",)
    assert laid.pools[0].levels == ("custom",)
    assert laid.pools[0].of_county.tolist() == [0, 0]
    for wrong, words in {
        "county[Both=ash|oak]": "is not a region",
        "county[Both]": "should read",
        "county[A=ash;B=ash]": "in two clusters",
        "county[A=ash": "closing bracket",
        "county[Both=ash|birch],city@2022": "split the pool Both",
        "county[Both=ash|birch]+city:0.05:0.2": "split the pool Both",
    }.items():
        with pytest.raises(ValueError, match=words):
            plan_for(small, wrong)


def test_every_record_of_claims_follows_care_and_its_price(small: Case) -> None:
    """Payments by place, the cost of care and double payment are parts of the same claims."""
    base = study(small, 2).flows
    moved = with_levers(small, base, FlowLevers(care=0.2, medical_inflation=0.01))
    incurred = moved.settlement.sum(axis=3)
    np.testing.assert_allclose(incurred[..., :-1], moved.claims_incurred[..., :-1], rtol=1e-12)
    change = moved.claims_incurred[0, :, 0] / base.claims_incurred[0, :, 0]
    by_distance = base.claims_by_distance * change[:, None, None, None, None]
    np.testing.assert_allclose(moved.claims_by_distance, by_distance, rtol=1e-12)
    for name in ("cost_of_care", "duplicate_avoided"):
        before = getattr(base, name)
        np.testing.assert_allclose(getattr(moved, name), before * change[:, None], rtol=1e-12)


def test_the_base_year_was_observed_and_stays(small: Case) -> None:
    base = study(small, 2)
    levers = FlowLevers(
        small.base_year - 5, care=0.5, wage_growth=0.1, schemes={"employee": SchemeLevers(0.01)}
    )
    moved = with_levers(small, base.flows, levers)
    for name in ("claims_incurred", "contributions", "contribution_base", "account_credits"):
        np.testing.assert_array_equal(getattr(moved, name)[:, 0], getattr(base.flows, name)[:, 0])
        assert (getattr(moved, name)[0, 1] != getattr(base.flows, name)[0, 1]).any()
