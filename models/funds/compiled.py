"""The balance recursion, compiled, for one scenario.

The twin of :func:`fundpool.models.funds.recursion.pool_balances`, which it is tested against. Who
calls it says what flows there are: :mod:`fundpool.models.scenarios.pools` sums those of counties,
:mod:`fundpool.models.analysis.what_if` moves levers on those of pools.
"""

from typing import NamedTuple

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import FAST, compiled

COLLECTED, EACH, ASKED, SHARE = range(4)
"""Rows of :attr:`ScenarioFunds.hubs`: levies of the year, paid by need for each unit of expected
cost, asked for by deficits, share of that granted."""

U = np.uint64
"""Places counted with unsigned numbers: a signed one might be negative, and the compiler would have
to look at each."""


class ScenarioMoney(NamedTuple):
    """Money of a scenario by year and pool, ``(T, P)``; read for pools in force alone.

    Attributes:
        paid_in: pooled contributions; read where there is an adjustment fund.
        result: income less outgo; becomes that after swaps.
        expected_cost: cost expected of the insured; read where there is an adjustment fund.
        growth: one plus interest, ``(T,)``.
    """

    paid_in: FloatArray
    result: FloatArray
    expected_cost: FloatArray
    growth: FloatArray


class ScenarioFunds(NamedTuple):
    """What pools and adjustment funds hold in a scenario at year ends.

    Attributes:
        balance: ``(T, P)``; filled for pools in force alone.
        hub_money: of each adjustment fund, ``(T, F)``.
        hubs: working room, ``(4, F)``.
    """

    balance: FloatArray
    hub_money: FloatArray
    hubs: FloatArray


@compiled(FAST)
def balances_of_scenario(timeline, opening, money, funds):  # type: ignore[no-untyped-def]
    """Fill ``funds`` by the recursion.

    Args:
        timeline: the pools, a :class:`fundpool.models.pooling.timeline.PoolTimeline`.
        opening: balances of the first stage's pools, ``(p,)``.
        money: a :class:`ScenarioMoney`, whose results become those after swaps.
        funds: a :class:`ScenarioFunds`.
    """
    balance, hub_money, result = funds.balance, funds.hub_money, money.result
    hub_money[0] = 0.0
    for p in range(opening.shape[0]):
        balance[0, p] = opening[p]
    for t in range(balance.shape[0]):
        first, last = timeline.first[t], timeline.last[t]
        before = max(t - 1, 0)
        if t > 0:
            for f in range(hub_money.shape[1]):
                hub_money[t, f] = hub_money[before, f]
        if timeline.begins[t] == 1:
            _begin_stage(timeline, t, funds)
            before = t
        growth = money.growth[t]
        half = np.sqrt(growth)
        if timeline.hub[first] >= 0:
            _swap(timeline, t, money, funds)
        else:  # adjustment funds whose stage is over keep what they hold at interest
            for f in range(hub_money.shape[1]):
                hub_money[t, f] *= growth
        lead = U(first)
        for i in range(U(last - first)):
            q = lead + U(i)
            balance[t, q] = balance[before, q] * growth + result[t, q] * half


@compiled(inline=True)
def _begin_stage(timeline, t, funds):  # type: ignore[no-untyped-def]
    """Balances at the start of a stage's first year: add those of merging pools, and hand on what
    adjustment funds hold."""
    balance, hub_money, stage = funds.balance, funds.hub_money, timeline.stage[t]
    for p in range(timeline.first[t], timeline.last[t]):
        balance[t, p] = 0.0
    for p in range(timeline.first[t - 1], timeline.last[t - 1]):
        balance[t, timeline.merge_into[p]] += balance[t - 1, p]
    hub_money[t] = 0.0
    for f in range(timeline.hub_to_pool.shape[1]):
        p = timeline.hub_to_pool[stage, f]
        if p >= 0:
            balance[t, p] += hub_money[t - 1, f]
        else:
            hub_money[t, timeline.hub_to_hub[stage, f]] += hub_money[t - 1, f]


@compiled(FAST, inline=True)
def _swap(timeline, t, money, funds):  # type: ignore[no-untyped-def]
    """Add the year's swaps to the result, and take adjustment funds to the end of the year.

    The twin of :func:`fundpool.models.pooling.adjustment.swaps_of_year` for one scenario.
    """
    first, last = timeline.first[t], timeline.last[t]
    paid_in, result, cost = money.paid_in, money.result, money.expected_cost
    hub_money, hubs = funds.hub_money, funds.hubs
    half, need = np.sqrt(money.growth[t]), timeline.need[first]
    for f in range(hub_money.shape[1]):
        hub_money[t, f] *= half
        hubs[COLLECTED, f] = hubs[EACH, f] = hubs[ASKED, f] = 0.0
    # pools of a fund stand side by side as a rule: their sum is kept in a register
    hub, total = timeline.hub[first], 0.0
    for p in range(first, last):
        if timeline.hub[p] != hub:
            hubs[COLLECTED, hub] += total
            hub, total = timeline.hub[p], 0.0
        levy = timeline.levy[p] * max(paid_in[t, p], 0.0)
        result[t, p] -= levy
        total += levy
    hubs[COLLECTED, hub] += total
    for f in range(hub_money.shape[1]):
        hub_money[t, f] += hubs[COLLECTED, f]
    if need > 0.0:
        for p in range(first, last):
            hubs[EACH, timeline.hub[p]] += cost[t, p]
        for f in range(hub_money.shape[1]):
            if hubs[EACH, f] > 0.0:
                by_need = need * hubs[COLLECTED, f]
                hub_money[t, f] -= by_need
                hubs[EACH, f] = by_need / hubs[EACH, f]
        for p in range(first, last):
            result[t, p] += hubs[EACH, timeline.hub[p]] * cost[t, p]
    hub, total = timeline.hub[first], 0.0
    for p in range(first, last):
        if timeline.hub[p] != hub:
            hubs[ASKED, hub] += total
            hub, total = timeline.hub[p], 0.0
        total += (1.0 - timeline.own_share[p]) * max(-result[t, p], 0.0)
    hubs[ASKED, hub] += total
    for f in range(hub_money.shape[1]):  # grants are cut in proportion where money is short
        asked = hubs[ASKED, f]
        hubs[SHARE, f] = min(max(hub_money[t, f] / asked, 0.0), 1.0) if asked > 0.0 else 0.0
        hub_money[t, f] = (hub_money[t, f] - asked * hubs[SHARE, f]) * half
    for p in range(first, last):
        lacking = (1.0 - timeline.own_share[p]) * max(-result[t, p], 0.0)
        result[t, p] += lacking * hubs[SHARE, timeline.hub[p]]
