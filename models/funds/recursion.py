"""The balance recursion: pools of a scheme under a pooling plan, in many scenarios at once.

``B[t] = B[t-1] * (1+i) + (contributions - account credits + other income + swaps in - swaps out -
claims paid - administration) * (1+i)^0.5``

A new stage of the plan adds the balances of the pools that it merges. An adjustment fund holds its
reserve at the same interest; as a stage ends its money goes where
:func:`fundpool.models.pooling.timeline.hub_moves` says. A scheme that takes another in has that
one's balances from then on.

:func:`pool_balances` is the specification, in plain numpy with a scenario axis; one scenario is the
central path. :mod:`fundpool.models.funds.compiled` is its compiled twin. Pools of all stages stand
in one list of ``P``; a pool has numbers in the years of its stage only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.books import opening_balances, with_taken_in
from fundpool.models.funds.pool_money import PoolFactors, gather, pool_money
from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.plans import PoolingPlan, Pools, members
from fundpool.models.pooling.timeline import Layout, layout


@dataclass(frozen=True)
class RatePlan:
    """Rates and swaps that were decided beforehand, by year and pool, ``(T, p)``.

    Attributes:
        rates: of the pooled fund on the contribution base.
        paid, received: to and from the hub.
    """

    rates: FloatArray
    paid: FloatArray
    received: FloatArray


@dataclass(frozen=True)
class TakenIn:
    """Money of a scheme that another takes in.

    Attributes:
        year: number of the projected year at whose start it does, counted from 0.
        balance: by county, ``(N, n)``, or ``(1, n)`` for the same in all scenarios.
    """

    year: int
    balance: FloatArray


@dataclass(frozen=True)
class HubYear:
    """Adjustment funds of a scheme in a year, central path, ``(f,)`` each.

    Attributes:
        year: number of the projected year, counted from 0.
        hubs: counties, codes and names of the funds.
        opening, balance: money held at the start and at the end of the year.
        levies, grants: paid in and out in the middle of it.
    """

    year: int
    hubs: Pools
    opening: FloatArray
    balance: FloatArray
    levies: FloatArray
    grants: FloatArray


@dataclass(frozen=True)
class PoolBalances:
    """What the recursion gives; ``T`` years, ``P`` pools of all stages, ``N`` scenarios.

    What stands by pool is NaN outside a pool's life. Of opening balances and swaps the first
    scenario is kept, which is the central path where there is one.

    Attributes:
        opening: at the start of each year, with what is taken over then, ``(T, P)``.
        taken_over: from merged schemes at the start of each year, ``(T, P)``.
        balance: at year ends, ``(N, T, P)``.
        paid, received: levies and grants, ``(T, P)``.
        hub: held by all adjustment funds together at year ends, ``(N, T)``.
        total: held by all pools and adjustment funds together, ``(N, T)``.
        hub_years: adjustment funds one by one, in years in which there are any.
        left: balances of the last pools at the end, ``(N, p)``.
    """

    opening: FloatArray
    taken_over: FloatArray
    balance: FloatArray
    paid: FloatArray
    received: FloatArray
    hub: FloatArray
    total: FloatArray
    hub_years: tuple[HubYear, ...]
    left: FloatArray


def pool_balances(
    laid: Layout,
    opening: FloatArray,
    interest: FloatArray,
    flow_of: Callable[[int], PoolFlow],
    taken_in: Sequence[TakenIn] = (),
    rate_plan: RatePlan | None = None,
) -> PoolBalances:
    """Balances of pools by the recursion.

    Args:
        laid: the pools; what it says of claims is not used.
        opening: balances of the first stage's pools at the start, ``(N, p)``.
        interest: yearly rate, ``(N, T)``.
        flow_of: money of a year's pools, by its number, ``(N, p)`` or ``(1, p)``.
        taken_in: balances that arrive from merged schemes.
        rate_plan: swaps in place of the plan's adjustment funds.
    """
    scenarios, span = interest.shape
    shape = span, int(laid.offsets[-1])
    start, taken_over, paid, received = (np.full(shape, np.nan) for _ in range(4))
    path = np.empty((span, scenarios, shape[1]))  # years side by side, as they are filled
    hub, total = np.zeros((2, scenarios, span))
    hub_years = []
    balance, reserve = opening, np.zeros((scenarios, 0))
    for t in range(span):
        stage, here = int(laid.stage_of[t]), laid.in_force(t)
        pools, upper, rules = laid.pools[stage], laid.hubs[stage], laid.stages[stage].adjustment
        moves, hubs = laid.hub_history[stage]
        begins = t == laid.starts[stage]
        if begins and stage > 0:
            before = laid.pools[stage - 1]
            balance = gather(members(before, pools), balance, len(pools.codes))
        if begins and moves is not None:
            size = None if upper is None else len(upper.codes)
            from_hubs, reserve = moves.carry(reserve, len(pools.codes), size)
            balance = balance + from_hubs
        elif begins and hubs is not None:
            reserve = np.zeros((scenarios, len(hubs.codes)))
        arrived = np.zeros((1, balance.shape[1]))
        for other in taken_in:
            if other.year == t:
                arrived = arrived + gather(pools.of_county, other.balance, balance.shape[1])
        balance = balance + arrived
        start[t, here], taken_over[t, here] = balance[0], arrived[0]
        flow = flow_of(t)
        growth = 1.0 + interest[:, t, None]
        half = np.sqrt(growth)
        opened = reserve
        levies, grants = np.zeros((2, 1, len(pools.codes)))
        result = flow.result
        if rate_plan is not None:
            levies, grants = rate_plan.paid[t][None], rate_plan.received[t][None]
            collected = (levies - grants).sum(axis=1, keepdims=True)
            reserve = (reserve.sum(axis=1, keepdims=True) * half + collected) * half
            result = result + grants - levies
        elif upper is not None and rules is not None:
            member = members(pools, upper)
            levies, grants, left = swaps_of_year(member, rules, flow, opened * half)
            reserve = left * half
            result = result + grants - levies
        else:  # adjustment funds whose stage is over keep what they hold at interest
            reserve = reserve * growth
        if hubs is not None and rate_plan is None:
            by_hub = np.zeros((2, reserve.shape[1]))
            if upper is not None:
                by_hub = gather(members(pools, upper), np.stack([levies[0], grants[0]]),
                                reserve.shape[1])  # fmt: skip
            hub_years.append(HubYear(t, hubs, opened[0], reserve[0], *by_hub))
        balance = balance * growth
        balance += result * half
        paid[t, here], received[t, here] = levies[0], grants[0]
        path[t, :, : here.start] = path[t, :, here.stop :] = np.nan
        path[t, :, here], hub[:, t] = balance, reserve.sum(axis=1)
        total[:, t] = balance.sum(axis=1) + hub[:, t]
    return PoolBalances(
        start, taken_over, path.swapaxes(0, 1), paid, received, hub, total, tuple(hub_years),
        balance,
    )  # fmt: skip


@dataclass(frozen=True)
class PoolRun:
    """A scheme's pools under a plan; ``T`` years, ``P`` pools of all stages, ``N`` scenarios.

    Central money and balances are NaN outside a pool's life.

    Attributes:
        layout: the pools.
        years: years in which the scheme stands, ``(T,)``.
        money: central money by name (:func:`fundpool.models.funds.pool_money.pool_money`),
            ``(T, P)`` each.
        interest: of the central path, ``(T,)``.
        opening: balance at the start of a pool's life, central path, ``(P,)``.
        opening_balance: at the start of each year, with what is taken over from merged schemes
            then, central path, ``(T, P)``.
        taken_over: balances taken over from merged schemes at the start of each year, central
            path, ``(T, P)``.
        balance: at year ends, ``(N + 1, T, P)``; the central path, then the scenarios.
        paid, received: levies and grants of the central path, ``(T, P)``.
        hub: held by all adjustment funds together at year ends, ``(N + 1, T)``.
        total: held by all pools and adjustment funds together, ``(N + 1, T)``.
        hub_years: adjustment funds one by one.
    """

    layout: Layout
    years: IntArray
    money: Mapping[str, FloatArray]
    interest: FloatArray
    opening: FloatArray
    opening_balance: FloatArray
    taken_over: FloatArray
    balance: FloatArray
    paid: FloatArray
    received: FloatArray
    hub: FloatArray
    total: FloatArray
    hub_years: tuple[HubYear, ...] = ()

    @property
    def reserve_months(self) -> FloatArray:
        """Months of outgo held net of claims owed, central path, ``(T, P)``.

        A pool without outgo has none to count (NaN), or zero if it owes money.
        """
        monthly = self.money["outgo_next_year"] / 12.0
        reserves = self.balance[0] - self.money["outstanding"]
        blank = np.where(reserves < 0, 0.0, np.nan)
        return ratio(reserves, monthly, blank)


def pool_run(
    case: Case,
    flows: CountyFlows,
    laid: Layout,
    factors: PoolFactors | None = None,
    rate_plan: RatePlan | None = None,
    taken_in: Sequence[TakenIn] = (),
) -> tuple[PoolRun, FloatArray]:
    """Balances of a scheme's pools.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling import layout, plan_for
    >>> study = examples.study()
    >>> laid = layout(study.case, plan_for(study.case, "city"), "employee", study.flows.years[1:])
    >>> run, _ = pool_run(study.case, study.flows, laid)
    >>> run.balance.shape  # central path, years, pools
    (1, 3, 2)

    Args:
        case: the case.
        flows: its flows, levers moved or not.
        laid: the pools.
        factors: scenario over central money; the central path alone without.
        rate_plan: rates and swaps in place of the rules of scheme and plan; pools must not change.
        taken_in: balances of schemes that it takes in.

    Returns:
        the run, and what the last pools held at the end, ``(N + 1, p)``.

    Raises:
        ValueError: a rate plan for pools that change on the way.
    """
    if rate_plan is not None and len(laid.stages) > 1:
        raise ValueError("rates and swaps are decided for pools that stay the same")
    number = case.scheme_number(laid.scheme)
    money = pool_money(case, laid, with_taken_in(case, flows, number, laid.care))
    if rate_plan is not None:
        money["income"] = rate_plan.rates * money["contribution_base"]
    span = laid.stage_of.size
    interest = flows.paths.interest[None, :span]
    if factors is not None:
        interest = interest + factors.interest[:, :span]

    def flow_of(t: int) -> PoolFlow:
        here = (t, laid.in_force(t))
        income, other = money["income"][here][None], money["other_income"][here][None]
        outgo = money["outgo"][here][None]
        if factors is not None:
            income, other = factors.income[t] * income, factors.subsidies[t] * other
            outgo = factors.outgo[t] * outgo
        result = income + other
        result -= outgo
        return PoolFlow(income, result, money["expected_cost"][here])

    opening = laid.pools[0].total(opening_balances(case, laid.scheme))
    balances = pool_balances(
        laid, np.tile(opening, (interest.shape[0], 1)), interest, flow_of, taken_in, rate_plan
    )
    places = np.arange(int(laid.offsets[-1]))
    run = PoolRun(
        layout=laid, years=flows.years[1 : span + 1], money=money,
        interest=flows.paths.interest[:span],
        opening=balances.opening[np.repeat(laid.starts, np.diff(laid.offsets)), places],
        opening_balance=balances.opening, taken_over=balances.taken_over,
        balance=balances.balance, paid=balances.paid, received=balances.received, hub=balances.hub,
        total=balances.total, hub_years=balances.hub_years,
    )  # fmt: skip
    return run, balances.left


def scheme_run(
    case: Case,
    flows: CountyFlows,
    plan: PoolingPlan,
    scheme: str,
    factors: PoolFactors | None = None,
    rate_plan: RatePlan | None = None,
) -> PoolRun:
    """Balances of a scheme's pools under a plan, with what it takes over from merged schemes.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling import plan_for
    >>> study = examples.study()
    >>> run = scheme_run(study.case, study.flows, plan_for(study.case, "city"), "employee")
    >>> run.balance.shape  # central path, years, pools
    (1, 3, 2)

    Args:
        case: the case.
        flows: its flows, levers moved or not.
        plan: the plan.
        scheme: name of the scheme.
        factors: scenario over central money of this scheme's pools.
        rate_plan: rates and swaps in place of the rules.
    """
    laid = layout(case, plan, scheme, flows.years[1:])
    taken_in = _taken_in(case, flows, plan, scheme, int(flows.years[-1]))
    return pool_run(case, flows, laid, factors, rate_plan, taken_in)[0]


def _taken_in(
    case: Case, flows: CountyFlows, plan: PoolingPlan, scheme: str, until: int
) -> list[TakenIn]:
    """What other schemes hand to a scheme up to a year, with what they took in themselves.

    A scheme hands its money to the one that stands by itself in the year in which it ends, however
    many are taken in that year one by another.
    """
    taken = []
    for since, file in case.scheme(scheme).taken_in:
        if since > until or case.scheme(file.name).merger != since:
            continue  # not yet, or handed on by the scheme that took it in before
        number = since - int(flows.years[1])
        laid = layout(case, plan, file.name, flows.years[1:])
        if laid.pools:
            earlier = _taken_in(case, flows, plan, file.name, since - 1)
            run, left = pool_run(case, flows, laid, taken_in=earlier)
            expected_cost = flows.expected_cost[case.scheme_number(file.name), number, :-1]
            money = by_need(laid.pools[-1], left, expected_cost)
            if run.hub_years and run.hub_years[-1].year == laid.stage_of.size - 1:
                last = run.hub_years[-1]
                money = money + by_need(last.hubs, last.balance[None], expected_cost)
        else:  # merged as the projection begins
            money = opening_balances(case, file.name)[None]
        taken.append(TakenIn(number, money))
    return taken


def by_need(pools: Pools, money: FloatArray, expected_cost: FloatArray) -> FloatArray:
    """Money of pools or adjustment funds of a scheme that ends, by county, ``(N, n)``.

    Each county has a share of the money of its pool by need, as of the levies of an adjustment
    fund: by the cost expected of its insured; alike where nothing is expected.

    Args:
        pools: counties of the pools or funds.
        money: what they hold, ``(N, p)``.
        expected_cost: cost expected of the insured in the scheme's last year, ``(n,)``.
    """
    insuring = pools.total(expected_cost) > 0.0
    weight = np.where(insuring[pools.of_county], expected_cost, 1.0)
    return money[:, pools.of_county] * (weight / pools.total(weight)[pools.of_county])


def standing_runs(
    case: Case, flows: CountyFlows, plan: PoolingPlan, run: PoolRun
) -> tuple[PoolRun, ...]:
    """Central paths of a staged plan's pools as if each stage stood throughout, one a stage.

    Args:
        case: the case.
        flows: its flows.
        plan: the plan.
        run: a scheme's pools under it; itself the answer where its pools stay the same.
    """
    if len(run.layout.stages) == 1:
        return (run,)
    return tuple(
        scheme_run(
            case,
            flows,
            PoolingPlan(plan.name, (replace(stage, from_year=None, schemes=None),)),
            run.layout.scheme,
        )
        for stage in run.layout.stages
    )
