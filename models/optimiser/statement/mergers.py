"""Merged funds stated a second time: one rate, one balance, from the numbers of the funds alone."""

from collections.abc import Iterator

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.statement.instruments import Rows


def merged_pools(paths: PoolPaths) -> Iterator[tuple[int, IntArray]]:
    """Year and pools of every fund of more than one, by year and first pool."""
    for t in range(paths.years.size if paths.merged is not None else 0):
        numbers = np.asarray(paths.merged)[t]
        for number in sorted(set(numbers.tolist())):
            pools = np.flatnonzero(numbers == number)
            if pools.size > 1:
                yield t, pools


def state_mergers(
    program: Rows,
    number: int,
    fund: FundProblem,
    rate: IntArray,
    money: IntArray,
    most: FloatArray,
) -> None:
    """Money moves freely between the pools of a fund, and nets to zero; their rates are one.

    Args:
        program: under construction.
        number: of the scheme.
        fund: its problem.
        rate: columns of rates, ``(T, G)``.
        money: rows of the recursion, ``(s, T, p)``.
        most: what all pools together can hold by then, ``(s, T)``.
    """
    merged = list(merged_pools(fund.paths))
    if not merged:
        return
    nets = program.rows((number, "within"), (fund.scenarios, len(merged)), 0.0, 0.0)
    pairs: list[tuple[int, int, int]] = []
    turned_over = fund.paths.outgo.sum(axis=(1, 2))[:, None]
    for place, (t, pools) in enumerate(merged):
        # nobody can be given more than all hold, nor lack more than all have paid
        size = np.repeat(10.0 * (most[:, t, None] + turned_over), pools.size, axis=1)
        moved = program.columns(size.shape, -size, size)
        half = (1.0 + fund.paths.interest[:, t, None]) ** 0.5
        program.put(money[:, t, pools], moved, -half)
        program.put(nets[:, place, None], moved, 1.0)
        first = int(fund.group[pools[0]])
        pairs += [(t, int(g), first) for g in fund.group[pools] if g != first]
    alike = program.rows((number, "one_rate"), (len(pairs),), 0.0, 0.0)
    for row, (t, one, other) in zip(alike, pairs, strict=True):
        program.put(row, rate[t, one], 1.0)
        program.put(row, rate[t, other], -1.0)


def one_balance(paths: PoolPaths, t: int, closing: FloatArray) -> FloatArray:
    """Balances of pools ``(s, p)`` with those of a merged fund in shares of its outgo."""
    result = closing.copy()
    for year, pools in merged_pools(paths):
        if year == t:
            outgo = paths.outgo[:, t, pools]
            whole = outgo.sum(axis=1, keepdims=True)
            shares = np.where(whole > 0, outgo / np.where(whole > 0, whole, 1.0), 1.0 / pools.size)
            result[:, pools] = shares * closing[:, pools].sum(axis=1, keepdims=True)
    return result


def merger_violations(
    fund: FundProblem, rates: FloatArray, grants: FloatArray, levies: FloatArray
) -> dict[str, float]:
    """Rates apart within a merged fund, and a fund that pays and draws."""
    apart = both = 0.0
    for t, pools in merged_pools(fund.paths):
        charged = rates[t, fund.group[pools]] / fund.reference
        apart = max(apart, float(np.ptp(charged)))
        drawn, paid = grants[:, t, pools].sum(axis=1), levies[:, t, pools].sum(axis=1)
        both = max(both, float(np.minimum(drawn, paid).max()) / float(fund.unit[t, pools].sum()))
    if fund.paths.merged is None:
        return {}
    return {"one rate of a merged fund": apart, "merged fund pays and draws": both}
