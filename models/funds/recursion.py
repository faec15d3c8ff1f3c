"""Balances of a scheme's pools under a pooling plan, in many scenarios at once.

The recursion of :mod:`fundpool.models.funds.table` on arrays: stages, mergers, adjustment funds,
moral hazard and collection effort included, without a table. ``fund_table`` is its specification.

Pools of all stages stand in one list of ``P``; a pool has numbers in the years of its stage only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.books import (
    OTHER_INCOME,
    CountyBook,
    county_book,
    opening_balances,
    with_taken_in,
)
from fundpool.models.funds.table import members, year_after
from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.effects import collection_effort
from fundpool.models.pooling.plans import PoolingPlan, Pools, Stage, pools_of
from fundpool.models.pooling.timeline import Layout, hub_moves, layout


@dataclass(frozen=True)
class Chance:
    """Money of a scheme's counties in ``N`` scenarios as the study has it, levers untouched.

    Attributes:
        income: contributions less account credits, ``(N, T, n)``.
        subsidies, outgo: alike.
        interest: yearly rate, ``(N, T)``.
    """

    income: FloatArray
    subsidies: FloatArray
    outgo: FloatArray
    interest: FloatArray


@dataclass(frozen=True)
class PoolFactors:
    """What scenarios make of central money by pool; the first row is the central path itself.

    Attributes:
        income, subsidies, outgo: scenario over central money, one array ``(N + 1, p)`` a year.
        interest: added to central interest, ``(N + 1, T)``.
    """

    income: tuple[FloatArray, ...]
    subsidies: tuple[FloatArray, ...]
    outgo: tuple[FloatArray, ...]
    interest: FloatArray


@dataclass(frozen=True)
class Decision:
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
    """Balances of a scheme that another takes in: year, pools and balances ``(N, p)``."""

    year: int
    pools: Pools
    balance: FloatArray


@dataclass(frozen=True)
class PoolRun:
    """A scheme's pools under a plan; ``T`` years, ``P`` pools of all stages, ``N`` scenarios.

    Central money ``(T, P)`` is NaN outside a pool's life; so are balances.

    Attributes:
        layout: the pools.
        years: years in which the scheme stands, ``(T,)``.
        persons, contribution_base, contributions, income (contributions less account credits),
            subsidies (with what is gained from accounts and for missing years), outgo,
            outstanding, outgo_next_year.
        owed_before: claims incurred and not yet paid at the start of the year.
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
    """

    layout: Layout
    years: IntArray
    persons: FloatArray
    contribution_base: FloatArray
    contributions: FloatArray
    income: FloatArray
    subsidies: FloatArray
    outgo: FloatArray
    outstanding: FloatArray
    outgo_next_year: FloatArray
    owed_before: FloatArray
    interest: FloatArray
    opening: FloatArray
    opening_balance: FloatArray
    taken_over: FloatArray
    balance: FloatArray
    paid: FloatArray
    received: FloatArray
    hub: FloatArray
    total: FloatArray

    @property
    def reserve_months(self) -> FloatArray:
        """Months of outgo held net of claims owed, central path, ``(T, P)``.

        A pool without outgo has none to count (NaN), or zero if it owes money.
        """
        monthly = self.outgo_next_year / 12.0
        held = self.balance[0] - self.outstanding
        blank = np.where(held < 0, 0.0, np.nan)
        months = np.divide(held, monthly, out=blank, where=monthly > 0)
        return np.asarray(months, dtype=np.float64)


CENTRAL = ("persons", "contribution_base", "contributions", "income", "subsidies", "outgo",
           "outstanding", "outgo_next_year", "owed_before")  # fmt: skip


def pool_run(
    case: Case,
    flows: CountyFlows,
    laid: Layout,
    factors: PoolFactors | None = None,
    decision: Decision | None = None,
    taken_in: Sequence[TakenIn] = (),
) -> tuple[PoolRun, FloatArray]:
    """Balances of a scheme's pools.

    Args:
        case: the case.
        flows: its flows, levers moved or not.
        laid: the pools.
        factors: scenario over central money; the central path alone without.
        decision: rates and swaps in place of the rules of scheme and plan; pools must not change.
        taken_in: balances of schemes that it takes in.

    Returns:
        the run, and what the last pools held at the end, ``(N + 1, p)``.

    Raises:
        ValueError: a decision for pools that change on the way.
    """
    if decision is not None and len(laid.stages) > 1:
        raise ValueError("rates and swaps are decided for pools that stay the same")
    number = [scheme.name for scheme in case.schemes].index(laid.scheme)
    book = with_taken_in(case, flows, number, laid.claims)
    span, total = laid.stage_of.size, int(laid.offsets[-1])
    scenarios = 1 if factors is None else factors.interest.shape[0]
    central = {name: np.full((span, total), np.nan) for name in CENTRAL}
    paid, received = np.full((span, total), np.nan), np.full((span, total), np.nan)
    opening = np.full(total, np.nan)
    opening_path, taken_over = np.full((span, total), np.nan), np.full((span, total), np.nan)
    balances = np.full((scenarios, span, total), np.nan)
    hub_path, total_path = np.zeros((scenarios, span)), np.zeros((scenarios, span))
    own = county_money(book)
    stage, begin, held, money = -1, 0, np.zeros((scenarios, 0)), np.zeros((scenarios, 0))
    pooled: dict[str, FloatArray] = {}
    open_hubs: Pools | None = None
    for t in range(span):
        pools = laid.pools[laid.stage_of[t]]
        if laid.stage_of[t] != stage:
            if stage < 0:
                held = np.tile(pools.total(opening_balances(case, laid.scheme)), (scenarios, 1))
            else:
                held = _gather(members(laid.pools[stage], pools), held, len(pools.codes))
                if open_hubs is not None:
                    upper = laid.hubs[int(laid.stage_of[t])]
                    moves = hub_moves(open_hubs, pools, upper)
                    size = None if upper is None else len(upper.codes)
                    taken, money = moves.carry(money, len(pools.codes), size)
                    held, open_hubs = held + taken, upper or open_hubs
                    if upper is None and (moves.to_pool >= 0).all():
                        open_hubs = None
            stage = int(laid.stage_of[t])
            here = slice(int(laid.offsets[stage]), int(laid.offsets[stage + 1]))
            begin = t
            during = slice(t, t + int((laid.stage_of == stage).sum()))
            pooled = _pooled(case, laid.stages[stage], pools, own, during)
            for name in CENTRAL:
                central[name][during, here] = pooled[name]
        taken_over[t, here] = 0.0
        for over in taken_in:
            if over.year == flows.years[t + 1]:
                arriving = _gather(members(over.pools, pools), over.balance, held.shape[1])
                taken_over[t, here] += arriving[0]
                held = held + arriving
        opening_path[t, here] = held[0]
        if t == 0 or laid.stage_of[t] != laid.stage_of[t - 1]:
            opening[here] = held[0]
        now = {name: values[t - begin] for name, values in pooled.items()}
        if decision is not None:
            now["income"] = decision.rates[t] * now["contribution_base"]
            central["income"][t, here] = now["income"]
        if factors is None:
            growth = np.full((1, 1), 1.0 + flows.paths.interest[t])
            income, gained, outgo = now["income"][None], now["subsidies"][None], now["outgo"][None]
        else:
            growth = 1.0 + flows.paths.interest[t] + factors.interest[:, t, None]
            income = factors.income[t] * now["income"]
            gained = factors.subsidies[t] * now["subsidies"]
            outgo = factors.outgo[t] * now["outgo"]
        result = income + gained - outgo
        half = np.sqrt(growth)
        hubs, rules = laid.hubs[stage], laid.stages[stage].adjustment
        if decision is not None:
            out, into = decision.paid[t][None], decision.received[t][None]
            result = result + into - out
            paid[t, here], received[t, here] = out[0], into[0]
            left = hub_path[:, t - 1, None] * half if t else np.zeros((scenarios, 1))
            hub_path[:, t] = ((left + (out - into).sum(axis=1, keepdims=True)) * half)[:, 0]
        elif hubs is not None and rules is not None:
            if open_hubs is None:
                money, open_hubs = np.zeros((scenarios, len(hubs.codes))), hubs
            flow = PoolFlow(income, result, now["expected_cost"])
            out, into, left = swaps_of_year(members(pools, hubs), rules, flow, money * half)
            money = left * half
            result = result + into - out
            paid[t, here], received[t, here] = out[0], into[0]
        else:
            paid[t, here] = received[t, here] = 0.0
            money = money * growth  # a fund whose stage is over keeps what it holds at interest
        if decision is None:
            hub_path[:, t] = 0.0 if open_hubs is None else money.sum(axis=1)
        held = held * growth + result * half
        balances[:, t, here] = held
        total_path[:, t] = held.sum(axis=1) + hub_path[:, t]
    run = PoolRun(
        layout=laid, years=flows.years[1 : span + 1], interest=flows.paths.interest[:span],
        opening=opening, opening_balance=opening_path, taken_over=taken_over,
        balance=balances, paid=paid, received=received, hub=hub_path,
        total=total_path, **central,
    )  # fmt: skip
    return run, held


def _pooled(
    case: Case, stage: Stage, pools: Pools, own: dict[str, FloatArray], during: slice
) -> dict[str, FloatArray]:
    """Money of a stage's pools in its years, ``(T, p)``, with what pooling leaves of income."""
    now = {
        name: _gather(pools.of_county, values[during], len(pools.codes))
        for name, values in own.items()
    }
    effort = collection_effort(case, stage, pools)
    for name in ("contribution_base", "contributions", "account_credits"):
        now[name] = now[name] * effort
    now["income"] = now["contributions"] - now["account_credits"]
    return now


def scheme_run(
    case: Case,
    flows: CountyFlows,
    plan: PoolingPlan,
    scheme: str,
    factors: PoolFactors | None = None,
    decision: Decision | None = None,
) -> PoolRun:
    """Balances of a scheme's pools under a plan, with what it takes over from merged schemes.

    Args:
        case: the case.
        flows: its flows, levers moved or not.
        plan: the plan.
        scheme: name of the scheme.
        factors: scenario over central money of this scheme's pools.
        decision: rates and swaps in place of the rules.
    """
    taken = []
    for merger in case.settings.mergers:
        if merger.into == scheme and merger.year <= flows.years[-1]:
            other = layout(case, plan, merger.scheme, flows.years[1:])
            if other.pools:
                _, left = pool_run(case, flows, other)
                taken.append(TakenIn(merger.year, other.pools[-1], left))
            else:  # merged as the projection begins
                pools = pools_of(case, plan.stage(merger.scheme, merger.year))
                left = pools.total(opening_balances(case, merger.scheme))[None]
                taken.append(TakenIn(merger.year, pools, left))
    return pool_run(
        case, flows, layout(case, plan, scheme, flows.years[1:]), factors, decision, taken
    )[0]


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


def county_money(book: CountyBook) -> dict[str, FloatArray]:
    """A scheme's flows by county as the recursion needs them, ``(T, n)`` each."""
    outgo = book.claims_paid + book.administration
    return {
        "persons": book.persons,
        "contribution_base": book.contribution_base,
        "contributions": book.contributions,
        "account_credits": book.account_credits,
        "subsidies": np.sum([getattr(book, name) for name in OTHER_INCOME], axis=0),
        "outgo": outgo,
        "outstanding": book.outstanding,
        "outgo_next_year": year_after(outgo),
        "owed_before": book.outstanding - book.claims_incurred + book.claims_paid,
        "expected_cost": book.expected_cost,
    }


def pool_factors(case: Case, flows: CountyFlows, laid: Layout, chance: Chance) -> PoolFactors:
    """What scenarios make of central money by pool; nothing where there is no central money.

    A scheme that takes others in is drawn by its own money; theirs moves with it, and so do claims
    that pooling adds.

    Args:
        case: the case.
        flows: the flows that the scenarios were drawn around, levers untouched.
        laid: the pools.
        chance: the scenarios' money.
    """
    number = [scheme.name for scheme in case.schemes].index(laid.scheme)
    own = county_money(county_book(case, flows, number))
    own["income"] = own["contributions"] - own["account_credits"]
    result: dict[str, list[FloatArray]] = {"income": [], "subsidies": [], "outgo": []}
    for t, stage in enumerate(laid.stage_of):
        pools = laid.pools[stage]
        for name, listed in result.items():
            central = pools.total(own[name][t])
            drawn = _gather(pools.of_county, getattr(chance, name)[:, t], len(pools.codes))
            factor = np.divide(drawn, central, out=np.ones_like(drawn), where=central != 0)
            listed.append(np.concatenate([np.ones((1, central.size)), factor]))
    return PoolFactors(
        tuple(result["income"]),
        tuple(result["subsidies"]),
        tuple(result["outgo"]),
        np.pad(chance.interest - flows.paths.interest, ((1, 0), (0, 0))),
    )


def _gather(index: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sum the last axis of ``(N, m)`` into ``size`` places."""
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(size))
    return np.asarray(np.add.reduceat(values[:, order], starts, axis=1), dtype=np.float64)
