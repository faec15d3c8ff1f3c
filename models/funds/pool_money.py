"""Money of a scheme's pools by year, before the balance recursion, centrally and in scenarios.

Flows of counties are summed over pools, with what pooling leaves of contributions where local
offices collect for a larger fund; they collect no less of what is paid for missing years. Pools of
all stages stand in one list of ``P``; a pool has numbers in the years of its stage only.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.books import (
    OTHER_INCOME,
    CountyBook,
    county_book,
    fixed_outgo,
    outgo_by_lag,
    recorded_care,
    subsidised_share,
    year_after,
    years_before_mergers,
)
from fundpool.models.pooling.effects import collection_effort
from fundpool.models.pooling.timeline import Layout

COLLECTED = ("contribution_base", "contributions", "account_credits")
"""What local offices collect, or pass on of what they collect."""


@dataclass(frozen=True)
class Chance:
    """Money of a scheme's counties in ``N`` scenarios as the study has it, levers untouched.

    Attributes:
        income: contributions less account credits, ``(N, T, n)``.
        subsidies: alike.
        claims: multiplier of the claims of a year of care, ``(N, T, n)``; pools make outgo of it.
        interest: yearly rate, ``(N, T)``.
    """

    income: FloatArray
    subsidies: FloatArray
    claims: FloatArray
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


def county_money(book: CountyBook, breaks: Collection[int] = ()) -> dict[str, FloatArray]:
    """A scheme's flows by county, and what the recursion and its measures make of them.

    Args:
        book: flows by county.
        breaks: years after which the outgo is another's
            (:func:`fundpool.models.funds.books.year_after`).

    Returns:
        ``(T, n)`` each: the flows of :class:`fundpool.models.funds.books.CountyBook`;
        ``other_income``, which needs no rate; ``outgo``; ``outgo_next_year``; and ``owed_before``,
        claims incurred and not yet paid at the start of the year.
    """
    outgo = book.outgo
    return {
        **book.money,
        "other_income": np.sum([getattr(book, name) for name in OTHER_INCOME], axis=0),
        "outgo": outgo,
        "outgo_next_year": year_after(outgo, breaks),
        "owed_before": book.outstanding - book.claims_incurred + book.claims_paid,
    }


def pool_money(case: Case, laid: Layout, book: CountyBook) -> dict[str, FloatArray]:
    """Money of the pools of all stages, ``(T, P)`` each; NaN outside a pool's life.

    Args:
        case: for what pooling leaves of contributions.
        laid: the pools.
        book: flows by county.

    Returns:
        what :func:`county_money` has, and ``income``, contributions less account credits.
    """
    years = case.base_year + 1 + np.arange(book.claims_paid.shape[0])
    by_county = county_money(book, years_before_mergers(case, laid.scheme, years))
    shape = laid.stage_of.size, int(laid.offsets[-1])
    money = {name: np.full(shape, np.nan) for name in by_county}
    for number, (stage, pools) in enumerate(zip(laid.stages, laid.pools, strict=True)):
        years = np.flatnonzero(laid.stage_of == number)
        during, here = slice(years[0], years[-1] + 1), laid.in_force(int(years[0]))
        effort = collection_effort(case, stage, pools, laid.scheme)
        for name, values in by_county.items():
            total = gather(pools.of_county, values[during], len(pools.codes))
            money[name][during, here] = total * effort if name in COLLECTED else total
    return money | {"income": money["contributions"] - money["account_credits"]}


def pool_factors(case: Case, flows: CountyFlows, laid: Layout, chance: Chance) -> PoolFactors:
    """What scenarios make of central money by pool; nothing where there is no central money.

    A scheme that takes others in is drawn by its own money; theirs moves with it.

    Args:
        case: the case.
        flows: the flows that the scenarios were drawn around, levers untouched.
        laid: the pools.
        chance: the scenarios' money.
    """
    number = case.scheme_number(laid.scheme)
    pooled = laid.care.get(laid.scheme)
    recorded, share = recorded_care(case, flows, number), subsidised_share(flows, number)
    by_lag = outgo_by_lag(flows, number, recorded, pooled)
    fixed = fixed_outgo(flows, number)
    usual_by_lag = outgo_by_lag(flows, number, recorded, None) if share.any() else by_lag
    scheme_money = county_money(county_book(case, flows, number, pooled))
    central_money = {
        "income": scheme_money["contributions"] - scheme_money["account_credits"],
        "subsidies": scheme_money["other_income"],
        "outgo": scheme_money["outgo"],
    }
    result: dict[str, list[FloatArray]] = {name: [] for name in central_money}
    for t, stage in enumerate(laid.stage_of):
        pools = laid.pools[stage]
        for name, listed in result.items():
            central = pools.total(central_money[name][t])
            if name == "outgo":
                money = _outgo(chance, by_lag, t) + fixed[t]
            else:
                money = getattr(chance, name)[:, t]
            if name == "subsidies" and share[t].any():  # the share of what pooling adds
                added = _outgo(chance, by_lag, t) - _outgo(chance, usual_by_lag, t)
                money = money + share[t] * added
            drawn = gather(pools.of_county, money, len(pools.codes))
            factor = np.divide(drawn, central, out=np.ones_like(drawn), where=central != 0)
            listed.append(np.concatenate([np.ones((1, central.size)), factor]))
    return PoolFactors(
        tuple(result["income"]),
        tuple(result["subsidies"]),
        tuple(result["outgo"]),
        np.pad(chance.interest - flows.paths.interest, ((1, 0), (0, 0))),
    )


def _outgo(chance: Chance, by_lag: FloatArray, t: int) -> FloatArray:
    """Outgo that follows claims in a year, ``(N, n)``; care before the first was as it was."""
    outgo = np.zeros_like(chance.claims[:, t], dtype=np.float64)
    for late, part in enumerate(by_lag[:, t]):
        outgo += part * (chance.claims[:, t - late] if late <= t else 1.0)
    return outgo


def gather(index: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sum the last axis of ``(N, m)`` into ``size`` places, each of which has some."""
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(size))
    return np.asarray(np.add.reduceat(values[:, order], starts, axis=1), dtype=np.float64)
