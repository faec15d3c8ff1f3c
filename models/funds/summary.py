"""Solvency of the pools of a run, evenness between them, and what each county gains or loses.

Every measure of a pool, on the page and in tables, is computed here, from arrays. A pool is known
by its code: one that goes on unchanged into a later stage of its plan is one pool. The tests that
look at the fund itself (its balance, its reserve months) cover its own life on the path that the
plan gives it. Rates are over one window for all plans: the years in which the scheme stands and
has members, as if the pool stood throughout; a pool in force for two years has no rate of two
years.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.risk import ruin_probability
from fundpool.actuarial.solvency import (
    actuarial_balance,
    discount_factors,
    level_rate,
    short_range_test,
)
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.evenness import evenness_indices
from fundpool.models.funds.recursion import PoolRun

NEVER = -1
"""Exhaustion year of a pool that is never exhausted."""


@dataclass(frozen=True)
class PoolSummary:
    """Measures of the ``f`` pools of all stages; ``P`` in the layout, ``n`` counties.

    Attributes:
        codes, names, levels: of each pool.
        counties: number of its counties.
        first_year, last_year: of its life.
        place_of: pool of each pool of the layout, ``(P,)``.
        last: pools of the last stage in the layout's order.
        opening_balance, closing_balance: central path, at the ends of its life.
        exhaustion_year: first year with a negative closing balance; NEVER if none.
        min_reserve_months, final_reserve_months: reserve net of claims owed; NaN for a pool
            without outgo.
        payg_rate_first, payg_rate_last: pay-as-you-go rates; NaN without a base.
        income_rate_first, income_rate_last: pooled contributions over the base; NaN without one.
        income_rate: pooled contributions over the base, in present values over the window.
        level_rate, actuarial_balance: over the window; NaN where a year of it has no base.
        short_range_test: whether it is passed.
        ruin: probability of a negative balance at some year end of the pool's life.
        persons, contribution_base: in the first year of life.
        persons_last: in the last year of life.
        cost_per_person: outgo over person-years of its life; NaN without any.
        worth: present value, at the start of the window, of the base in the years in force; NaN
            without a level rate.
        window_worth: alike over the whole window.
        span: years of the window.
        county_dry: first year in which a pool of the county had a negative balance while the
            county was in it, ``(n,)``; NEVER if none.
        county_ruin: probability that one had at some year end, ``(n,)``.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[str, ...]
    counties: IntArray
    first_year: IntArray
    last_year: IntArray
    place_of: IntArray
    last: IntArray
    opening_balance: FloatArray
    closing_balance: FloatArray
    exhaustion_year: IntArray
    min_reserve_months: FloatArray
    final_reserve_months: FloatArray
    payg_rate_first: FloatArray
    payg_rate_last: FloatArray
    income_rate_first: FloatArray
    income_rate_last: FloatArray
    income_rate: FloatArray
    level_rate: FloatArray
    actuarial_balance: FloatArray
    short_range_test: np.ndarray
    ruin: FloatArray
    persons: FloatArray
    persons_last: FloatArray
    contribution_base: FloatArray
    cost_per_person: FloatArray
    worth: FloatArray
    window_worth: FloatArray
    span: int
    county_dry: IntArray
    county_ruin: FloatArray

    @property
    def rated(self) -> np.ndarray:
        """Which pools have a level rate, ``(f,)``."""
        return np.asarray(~np.isnan(self.level_rate))


def pool_summary(
    run: PoolRun,
    target_months: float,
    standing: Sequence[PoolRun] | None = None,
    since: int = 0,
) -> PoolSummary:
    """Measures of the pools of all stages.

    >>> from fundpool import examples
    >>> run, _ = examples.projection("city").summaries["employee"]
    >>> pool_summary(run, target_months=6.0).codes == run.layout.codes
    True

    Args:
        run: the pools' paths.
        target_months: reserve target in months of outgo.
        standing: central paths of each stage's pools as if the stage stood throughout
            (:func:`fundpool.models.funds.recursion.standing_runs`); default: the run itself, whose
            pools must stay the same.
        since: number of projected years left out at the start.

    Raises:
        ValueError: a staged run without ``standing``.
    """
    laid = run.layout
    throughout = (run,) if standing is None else tuple(standing)
    if len(throughout) != len(laid.stages):
        raise ValueError("a staged plan needs the paths of each of its stages throughout")
    codes, place_of = _pools_by_code(run, since)
    lives = _Lives(run, place_of, len(codes), since)
    newest = {int(place): i for i, place in enumerate(place_of) if place >= 0}
    described = [
        (pools.names[i], pools.levels[i], int((pools.of_county == i).sum()))
        for pools in laid.pools
        for i in range(len(pools.codes))
    ]
    names, levels, counties = zip(*(described[newest[f]] for f in range(len(codes))), strict=True)
    balance, months = lives.path(run.balance[0]), lives.path(run.reserve_months)
    opening = lives.path(run.opening_balance)
    outgo, base = lives.path(run.money["outgo"]), lives.path(run.money["contribution_base"])
    subsidies, income = lives.path(run.money["other_income"]), lives.path(run.money["income"])
    persons = lives.path(run.money["persons"])
    owed = lives.path(run.money["owed_before"])
    payg, paid = ratio(outgo - subsidies, base, np.nan), ratio(income, base, np.nan)
    rates = _window_rates(run, throughout, target_months, place_of, since)
    gone = np.asarray((run.balance[1:, since:] < 0).any(axis=1))
    chance = run.balance.shape[0] > 1
    factors = np.zeros(run.years.size - since)
    factors[rates.begin - since :] = discount_factors(
        run.interest[rates.begin :], run.years.size - rates.begin
    )
    worth = np.nansum(base * factors[:, None], axis=0)
    total_persons = np.nansum(persons, axis=0)
    return PoolSummary(
        codes=codes,
        names=tuple(names),
        levels=tuple(levels),
        counties=np.array(counties, dtype=np.int64),
        first_year=run.years[since + lives.first],
        last_year=run.years[since + lives.final],
        place_of=place_of,
        last=place_of[laid.last],
        opening_balance=lives.at_first(opening),
        closing_balance=lives.at_last(balance),
        exhaustion_year=_first_negative(balance, run.years[since:]),
        min_reserve_months=np.fmin.reduce(months, axis=0),
        final_reserve_months=lives.at_last(months),
        payg_rate_first=lives.at_first(payg),
        payg_rate_last=lives.at_last(payg),
        income_rate_first=lives.at_first(paid),
        income_rate_last=lives.at_last(paid),
        income_rate=rates.income,
        level_rate=rates.level,
        actuarial_balance=rates.balance,
        short_range_test=_short_range(
            months, lives, target_months,
            12.0 * ratio(lives.at_first(opening - owed), lives.at_first(outgo), np.nan),
        ),
        ruin=_any_of(gone, place_of, len(codes)).mean(axis=0)
        if chance
        else np.full(len(codes), np.nan),
        persons=lives.at_first(persons),
        persons_last=lives.at_last(persons),
        contribution_base=lives.at_first(base),
        cost_per_person=ratio(np.nansum(outgo, axis=0), total_persons, np.nan),
        worth=np.where(np.isnan(rates.level), np.nan, worth),
        window_worth=rates.worth,
        span=run.years.size - rates.begin,
        county_dry=_county_dry(run, since),
        county_ruin=_county_ruin(run, gone, since),
    )  # fmt: skip


def _pools_by_code(run: PoolRun, since: int) -> tuple[tuple[str, ...], IntArray]:
    """Codes of pools from ``since`` on, and each layout pool's place among them; -1 before."""
    laid = run.layout
    first = int(laid.offsets[laid.stage_of[since]])
    codes = list(dict.fromkeys(laid.codes[first:]))
    number = {code: i for i, code in enumerate(codes)}
    place_of = np.full(int(laid.offsets[-1]), -1, dtype=np.int64)
    place_of[first:] = [number[code] for code in laid.codes[first:]]
    return tuple(codes), place_of


class _Lives:
    """Paths of pools by code, through all the stages in which they are in force."""

    def __init__(self, run: PoolRun, place_of: IntArray, size: int, since: int) -> None:
        self._layout, self._place_of, self._size, self._since = run.layout, place_of, size, since
        alive = ~np.isnan(self.path(run.balance[0]))
        self.first = alive.argmax(axis=0)
        self.final = alive.shape[0] - 1 - alive[::-1].argmax(axis=0)

    def path(self, values: FloatArray) -> FloatArray:
        """``(T, P)`` values by layout pool as ``(T - since, f)``, NaN outside a pool's life."""
        laid = self._layout
        result = np.full((values.shape[0], self._size), np.nan)
        for stage in np.unique(laid.stage_of[self._since :]):
            here = slice(int(laid.offsets[stage]), int(laid.offsets[stage + 1]))
            during = np.flatnonzero(laid.stage_of == stage)
            result[np.ix_(during, self._place_of[here])] = values[during, here]
        return result[self._since :]

    def at_first(self, path: FloatArray) -> FloatArray:
        """Values in the first year of life, ``(f,)``."""
        return np.asarray(path[self.first, np.arange(path.shape[1])])

    def at_last(self, path: FloatArray) -> FloatArray:
        """Values in the last year of life, ``(f,)``."""
        return np.asarray(path[self.final, np.arange(path.shape[1])])


@dataclass(frozen=True)
class _WindowRates:
    """Rates over the window by pool, ``(f,)`` each, and the number of its first year."""

    level: FloatArray
    balance: FloatArray
    income: FloatArray
    worth: FloatArray
    begin: int


def _window_rates(
    run: PoolRun,
    standing: Sequence[PoolRun],
    target_months: float,
    place_of: IntArray,
    since: int,
) -> _WindowRates:
    """Level rate, actuarial balance and income rate of pools as if they stood throughout."""
    size = int(place_of.max()) + 1
    level, balance, collected, worth = (np.full(size, np.nan) for _ in range(4))
    joined = np.nansum(run.money["persons"], axis=1) > 0
    begin = max(since, int(joined.argmax()) if joined.any() else 0)
    interest = run.interest[begin:]
    years = interest.size
    factors = discount_factors(interest, years)
    starts = np.concatenate([[1.0], np.cumprod(1.0 / (1.0 + interest[:-1]))])
    for stage, whole in enumerate(standing):
        pools = place_of[run.layout.offsets[stage] : run.layout.offsets[stage + 1]]
        rated = (whole.money["contribution_base"][begin:] > 0).all(axis=0) & (pools >= 0)
        if not rated.any():
            continue
        base, outgo, subsidies, income, following, owed = (
            whole.money[name][begin:].T[rated]
            for name in ("contribution_base", "outgo", "other_income", "income", "outgo_next_year",
                         "outstanding")
        )  # fmt: skip
        target = target_months / 12.0 * following[:, -1] + owed[:, -1]
        # what is taken over later counts with the opening balance, at its value there
        later = whole.taken_over[begin + 1 :].T[rated] * starts[1:]
        opening = whole.opening_balance[begin][rated] + later.sum(axis=1)
        here = pools[rated]
        worth[here] = (base * factors).sum(axis=1)
        collected[here] = (income * factors).sum(axis=1) / worth[here]
        level[here] = level_rate(outgo, subsidies, base, opening, interest, target)
        rate = np.repeat(collected[here][:, None], years, axis=1)
        balance[here] = actuarial_balance(rate, outgo, subsidies, base, opening, interest, target)
    return _WindowRates(level, balance, collected, worth, begin)


def _short_range(
    months: FloatArray, lives: _Lives, target: float, opening: FloatArray
) -> np.ndarray:
    """Whether pools pass the short-range test over as much of it as they live.

    A pool without outgo needs no reserve.
    """
    enough = np.where(np.isnan(months), target, months)
    return np.array(
        [
            short_range_test(
                enough[lives.first[f] : lives.final[f] + 1, f],
                target,
                opening=None if np.isnan(opening[f]) else float(opening[f]),
            )
            for f in range(opening.size)
        ],
        dtype=bool,
    )


def _first_negative(path: FloatArray, years: IntArray) -> IntArray:
    """First year of ``(T, m)`` paths below zero; NEVER where there is none."""
    negative = path < 0
    dry = np.where(negative.any(axis=0), years[negative.argmax(axis=0)], NEVER)
    return np.asarray(dry, dtype=np.int64)


def _any_of(values: np.ndarray, place_of: IntArray, size: int) -> np.ndarray:
    """Whether any layout pool of a pool is marked, ``(N, P)`` to ``(N, f)``."""
    result = np.zeros((values.shape[0], size), dtype=bool)
    for place, f in enumerate(place_of):
        if f >= 0:
            result[:, f] |= values[:, place]
    return result


def _county_dry(run: PoolRun, since: int) -> IntArray:
    """First year in which the pool that a county is in has a negative balance, ``(n,)``."""
    pool_of_county = run.layout.of_county()[since:]
    rows = np.arange(since, run.years.size)[:, None]
    return _first_negative(run.balance[0][rows, pool_of_county], run.years[since:])


def _county_ruin(run: PoolRun, gone: np.ndarray, since: int) -> FloatArray:
    """Probability that a pool of a county is negative while the county is in it, ``(n,)``."""
    laid = run.layout
    if not gone.shape[0]:
        return np.full(laid.pools[0].of_county.size, np.nan)
    marked = np.zeros((gone.shape[0], laid.pools[0].of_county.size), dtype=bool)
    for stage in np.unique(laid.stage_of[since:]):
        marked |= gone[:, laid.offsets[stage] + laid.pools[stage].of_county]
    return np.asarray(marked.mean(axis=0))


def exhausted_share(summary: PoolSummary, persons: FloatArray) -> float:
    """Share of the insured in whose county a fund ran dry while the county was in it.

    Args:
        summary: measures of a scheme's pools.
        persons: insured by year and county, ``(T, n)``; those of the first year with any count.

    Returns:
        the share; NaN for a scheme that nobody ever joins.
    """
    joined = persons.sum(axis=1) > 0
    if not joined.any():
        return float("nan")
    insured = persons[int(joined.argmax())]
    return float(insured[summary.county_dry != NEVER].sum() / insured.sum())


def evenness_between(case: Case, summary: PoolSummary) -> dict[str, float]:
    """Evenness of the level rate between pools, weighted by the present value of their bases.

    Floored at zero, within and between the regions of the second level.
    """
    rated = summary.rated
    codes = [code for code, has_rate in zip(summary.codes, rated, strict=True) if has_rate]
    return evenness_indices(case, codes, summary.level_rate[rated], summary.worth[rated])


def ruin_by_year(balance: FloatArray) -> FloatArray:
    """Share of scenarios that have been negative by each year, from ``(N, T)``."""
    return np.asarray(ruin_probability(balance))
