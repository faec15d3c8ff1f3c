"""The compiled balance recursion against the readable one, on random pools, stages and hubs."""

import numpy as np
import pytest

from fundpool.models.funds.compiled import ScenarioFunds, ScenarioMoney, balances_of_scenario
from fundpool.models.funds.recursion import PoolBalances, pool_balances
from fundpool.models.pooling.adjustment import PoolFlow
from fundpool.models.pooling.plans import AdjustmentFund, Pools, Stage
from fundpool.models.pooling.timeline import Layout

pytestmark = pytest.mark.plain

YEARS, SCENARIOS = 8, 3


def _pools(of_county: np.ndarray) -> Pools:
    names, compact = np.unique(of_county, return_inverse=True)
    codes = tuple(f"p{name}" for name in names)
    return Pools(codes, codes, ("county",) * len(codes), ("county",) * len(codes), compact)


def random_layout(draw: np.random.Generator) -> Layout:
    """Up to nine counties whose pools grow by merging, under adjustment funds that grow as well.

    Levels nest: a region of a level is a union of regions of the level below.
    """
    levels = [np.arange(int(draw.integers(1, 10)))]
    while levels[-1].max() > 0:
        merged = np.sort(draw.integers(0, levels[-1].max() + 1, levels[-1].max() + 1))
        merged[-1] = min(merged[-1], levels[-1].max() - 1)
        levels.append(np.unique(np.sort(merged), return_inverse=True)[1][levels[-1]])
    stages, pools, hubs = [], [], []
    level = fund_level = 0
    for number in range(int(draw.integers(1, 4))):
        level = int(draw.integers(level, len(levels)))
        fund_level = int(draw.integers(max(level, fund_level), len(levels)))
        rules = None
        if draw.random() < 0.6:
            rules = AdjustmentFund(f"l{fund_level}", *draw.choice([0.0, 0.05, 0.3, 1.0], 3))
        stages.append(Stage(f"l{level}", 2021 + number, adjustment=rules))
        pools.append(_pools(levels[level]))
        hubs.append(None if rules is None else _pools(levels[fund_level]))
    starts = np.sort(draw.choice(np.arange(1, YEARS), len(stages) - 1, replace=False))
    stage_of = np.searchsorted(starts, np.arange(YEARS), side="right")
    offsets = np.concatenate([[0], np.cumsum([len(p.codes) for p in pools])])
    return Layout("employee", tuple(stages), tuple(pools), tuple(hubs), stage_of, offsets, {})


def _random_money(draw: np.random.Generator, laid: Layout) -> list[PoolFlow]:
    flows = []
    for t in range(YEARS):
        pools = len(laid.pools[laid.stage_of[t]].codes)
        flows.append(
            PoolFlow(
                draw.normal(50.0, 40.0, (SCENARIOS, pools)),  # below zero now and then
                draw.normal(0.0, 40.0, (SCENARIOS, pools)),
                draw.choice([0.0, 1.0, 7.0], pools),
            )
        )
    return flows


def _compiled(
    laid: Layout, opening: np.ndarray, interest: np.ndarray, flows: list[PoolFlow]
) -> tuple[np.ndarray, np.ndarray]:
    """Balances ``(N, T, P)``, and what adjustment funds hold together ``(N, T)``."""
    timeline, shape = laid.timeline(), (YEARS, int(laid.offsets[-1]))
    hubs = timeline.hub_to_pool.shape[1]
    balances, held = np.full((SCENARIOS, *shape), np.nan), np.zeros((SCENARIOS, YEARS))
    for k in range(SCENARIOS):
        funds = ScenarioFunds(balances[k], np.empty((YEARS, hubs)), np.empty((4, hubs)))
        paid_in, result, cost = np.full((3, *shape), np.nan)
        for t, flow in enumerate(flows):
            here = t, laid.in_force(t)
            paid_in[here], result[here] = flow.pooled_contributions[k], flow.result[k]
            cost[here] = flow.expected_cost
        money = ScenarioMoney(paid_in, result, cost, 1.0 + interest[k])
        balances_of_scenario(timeline, opening[k], money, funds)
        held[k] = funds.hub_money.sum(axis=1)
    return balances, held


@pytest.mark.parametrize("seed", range(60))
def test_compiled_balances_are_those_of_the_readable_recursion(seed: int) -> None:
    draw = np.random.default_rng(seed)
    laid = random_layout(draw)
    flows = _random_money(draw, laid)
    opening = draw.normal(100.0, 100.0, (SCENARIOS, len(laid.pools[0].codes)))
    interest = draw.uniform(-0.05, 0.2, (SCENARIOS, YEARS))
    readable: PoolBalances = pool_balances(laid, opening, interest, flows.__getitem__)
    balances, held = _compiled(laid, opening, interest, flows)
    np.testing.assert_allclose(balances, readable.balance, rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(held, readable.hub, rtol=1e-12, atol=1e-10)
    apart = opening.sum(axis=1)
    for t, flow in enumerate(flows):  # no money is lost on the way
        growth = 1.0 + interest[:, t]
        apart = apart * growth + flow.result.sum(axis=1) * np.sqrt(growth)
        np.testing.assert_allclose(readable.total[:, t], apart, rtol=1e-11, atol=1e-9)


def test_random_plans_have_every_kind_of_stage() -> None:
    """Pools that merge, funds that begin, end, pass into pools, and into other funds."""
    kinds: set[str] = set()
    for seed in range(60):
        laid = random_layout(np.random.default_rng(seed))
        timeline = laid.timeline()
        for number, (moves, hubs) in enumerate(laid.hub_history):
            if number and len(laid.pools[number].codes) < len(laid.pools[number - 1].codes):
                kinds.add("pools merge")
            if moves is not None:
                kinds |= {"a pool takes a fund in"} if (moves.to_pool >= 0).any() else set()
                fewer = laid.hubs[number] is not None and moves.to_hub.max() < moves.to_hub.size - 1
                kinds |= {"a fund takes others in"} if fewer else set()
                kinds |= {"a fund goes on"} if (moves.to_hub >= 0).any() else set()
                if hubs is not None and laid.hubs[number] is None:
                    kinds.add("a fund waits")
        kinds |= {"need"} if (timeline.need > 0).any() else set()
    assert kinds == {
        "pools merge", "a pool takes a fund in", "a fund takes others in", "a fund goes on",
        "a fund waits", "need",
    }  # fmt: skip
