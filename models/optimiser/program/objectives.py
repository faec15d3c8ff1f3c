"""What a plan minimises: terms of the objective, a function an aim.

All are relative: burdens in units of the burden that the rates in force make of a mean pool,
swaps and shortfalls in units of outgo. So weights compare like with like, and each term is of the
order of one. The program minimises a multiple (units times years) of them: as a mean, every
cost would be near the solver's tolerance and "optimal" would say little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.limits import Aims
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.constraints import FundColumns, RateColumns
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.tail import TailColumns, shortfall_cost, swap_cost

Cost = tuple[IntArray, ArrayLike]

PAIRWISE_UNITS = 30
"""Up to so many units the Gini is written by pairs; above, by a Lorenz curve at some points."""
LORENZ_POINTS = 8
"""Points of the first Lorenz curve of every year."""

LorenzGrid = tuple[IntArray, FloatArray]
"""Points at which Lorenz curves are cut: number of the year, and share of the weight below."""


@dataclass(frozen=True)
class Burden:
    """Burden of ``U`` units (groups or pools), ``burden[t, u] = sum_m coefficient * x_m``.

    Attributes:
        scheme_shares: for each scheme that counts: its number, the rate group of each
            unit ``(U,)``, and the coefficients of the relative rate ``(T, U)``.
        share: weight of a unit in the year, rows sum to one, ``(T, U)``.
        present: weight of a unit and year in the mean over the horizon, in present value, sums
            to one, ``(T, U)``.
    """

    scheme_shares: tuple[tuple[int, IntArray, FloatArray], ...]
    share: FloatArray
    present: FloatArray

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.share.shape[1])

    def of(self, rates: Sequence[FloatArray]) -> FloatArray:
        """Burden by year and unit, from the relative rates of every scheme, ``(T, U)``."""
        total = np.zeros_like(self.share)
        for number, group, coefficient in self.scheme_shares:
            total += coefficient * rates[number][:, group]
        return total


def burdens(funds: Sequence[FundProblem], aims: Aims) -> tuple[Burden, ...]:
    """One burden a scheme, or one of all schemes together.

    Raises:
        ValueError: burdens of all schemes are asked for, and their pools differ.
    """
    if not aims.joint:
        return tuple(_own_burden(number, fund, aims) for number, fund in enumerate(funds))
    if len({fund.paths.pools for fund in funds}) > 1:
        raise ValueError("burdens of all schemes together need the same pools in every scheme")
    base = np.sum([fund.base for fund in funds], axis=0)
    heads = np.sum([_heads(fund, aims) for fund in funds], axis=0)
    paid = np.sum([fund.reference * fund.base for fund in funds], axis=0)
    mean = paid.sum(axis=1) / heads.sum(axis=1)
    shares = tuple(
        (number, fund.group, fund.reference * fund.base / (heads * mean[:, None]))
        for number, fund in enumerate(funds)
    )
    present = base * funds[0].discount[:, None]
    return (Burden(shares, _rows_to_one(base), present / present.sum()),)


def _own_burden(number: int, fund: FundProblem, aims: Aims) -> Burden:
    """A scheme's own burden: on the base the groups are the units, else the pools are."""
    if aims.burden_of == "base":
        base = fund.by_group(fund.base)
        group, coefficient = np.arange(fund.groups), np.ones_like(base)
    else:
        base, heads = fund.base, _heads(fund, aims)
        group = fund.group
        coefficient = (base / heads) / (base.sum(axis=1) / heads.sum(axis=1))[:, None]
    present = base * fund.discount[:, None]
    return Burden(((number, group, coefficient),), _rows_to_one(base), present / present.sum())


def _heads(fund: FundProblem, aims: Aims) -> FloatArray:
    """What a burden is spread over, ``(T, p)``; never zero."""
    heads = {
        "base": fund.base, "person": fund.paths.persons, "contributor": fund.paths.contributors,
    }[aims.burden_of]  # fmt: skip
    largest = float(heads.max())
    return np.asarray(np.maximum(heads, 1e-9 * largest if largest > 0.0 else 1.0))


def _rows_to_one(values: FloatArray) -> FloatArray:
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def mean_burden(burden: Burden, columns: Sequence[RateColumns]) -> list[Cost]:
    """``sum_{t,u} present[t,u] burden[t,u]``: contributions over base, both in present value."""
    return [
        (columns[number].rate[:, group], burden.present * coefficient)
        for number, group, coefficient in burden.scheme_shares
    ]


def unevenness(
    program: LinearProgram,
    name: str,
    burden: Burden,
    columns: Sequence[RateColumns],
    measure: str,
    grid: LorenzGrid | None = None,
) -> list[Cost]:
    """Unevenness between units, mean over the years.

    Args:
        program: the program under construction.
        name: lead of the families it adds.
        burden: whose unevenness.
        columns: rates of all schemes.
        measure: ``range``, ``deviation`` or ``gini``.
        grid: points of the Lorenz curves; an even grid unless given.
    """
    years = burden.share.shape[0]
    terms: list[Cost] = [
        (columns[number].rate[:, group], coefficient)
        for number, group, coefficient in burden.scheme_shares
    ]
    if burden.units < 2:
        return []
    if measure == "range":
        return _range(program, name, terms, burden.share.shape, years)
    if measure == "deviation":
        return _deviation(program, name, terms, burden.share)
    if burden.units <= PAIRWISE_UNITS:
        return _gini_by_pairs(program, name, terms, burden.share)
    return _gini_by_lorenz(program, name, terms, burden.share, grid or even_grid(years))


def _range(
    program: LinearProgram, name: str, terms: list[Cost], shape: tuple[int, ...], years: int
) -> list[Cost]:
    """``hi[t] >= burden[t,u] >= lo[t]``; the range is ``hi - lo``."""
    highest = program.add_columns(f"{name}_highest", (years,), 0.0)
    lowest = program.add_columns(f"{name}_lowest", (years,), 0.0)
    negated = [(c, -np.asarray(v)) for c, v in terms]
    program.add_rows(f"{name}_highest", shape, [(highest[:, None], 1.0), *negated], lower=0.0)
    program.add_rows(f"{name}_lowest", shape, [*terms, (lowest[:, None], -1.0)], lower=0.0)
    return [(highest, 1.0 / years), (lowest, -1.0 / years)]


def _deviation(
    program: LinearProgram, name: str, terms: list[Cost], share: FloatArray
) -> list[Cost]:
    """``d[t,u] >= burden[t,u] - mean[t]``; as deviations sum to zero, twice the upper ones."""
    years = share.shape[0]
    mean = program.add_columns(f"{name}_mean", (years,))
    program.add_rows(
        f"{name}_mean", (years,),
        [(mean, 1.0), *((c, -share * np.asarray(v)) for c, v in terms)], 0.0, 0.0,
    )  # fmt: skip
    above = program.add_columns(f"{name}_above", share.shape, 0.0)
    program.add_rows(
        f"{name}_above", share.shape,
        [(above, 1.0), (mean[:, None], 1.0), *((c, -np.asarray(v)) for c, v in terms)], lower=0.0,
    )  # fmt: skip
    return [(above, 2.0 * share / years)]


def _gini_by_pairs(
    program: LinearProgram, name: str, terms: list[Cost], share: FloatArray
) -> list[Cost]:
    """``sum_{u<v} w_u w_v |burden_u - burden_v|``, which is the Gini times the mean."""
    years, units = share.shape
    first, second = np.triu_indices(units, 1)
    apart = program.add_columns(f"{name}_apart", (years, first.size), 0.0)
    gap = [(c[:, first], np.asarray(v)[:, first]) for c, v in terms]
    gap += [(c[:, second], -np.asarray(v)[:, second]) for c, v in terms]
    program.add_rows(f"{name}_apart_up", apart.shape,
                     [(apart, 1.0), *((c, -v) for c, v in gap)], lower=0.0)  # fmt: skip
    program.add_rows(f"{name}_apart_down", apart.shape, [(apart, 1.0), *gap], lower=0.0)
    return [(apart, share[:, first] * share[:, second] / years)]


def _gini_by_lorenz(
    program: LinearProgram, name: str, terms: list[Cost], share: FloatArray, grid: LorenzGrid
) -> list[Cost]:
    """Gini times the mean, ``mean - 2 int L``, from Lorenz curves cut at some points ``k``.

    ``L(k) = max_c k c - sum_u w_u d_u``, ``d_u >= c - burden_u``, ``d >= 0`` (Ogryczak and
    Tamir, 2003): one row a unit and point, where pairs would need ``U - 1`` rows a unit. A
    Lorenz curve is convex, so that joining its points lies above it: the program's figure is a
    lower bound of the Gini, exact once every kink of the solution's curve is a point. Points are
    added there until it is (:func:`kinks`).
    """
    years, units = share.shape
    year, point = grid
    cut = program.add_columns(f"{name}_cut", (point.size,))
    below = program.add_columns(f"{name}_below", (point.size, units), 0.0)
    program.add_rows(
        f"{name}_below", below.shape,
        [(below, 1.0), (cut[:, None], -1.0), *((c[year], np.asarray(v)[year]) for c, v in terms)],
        lower=0.0,
    )  # fmt: skip
    # trapezoids between 0, the points and 1, where the curve ends at the mean
    width = np.zeros(point.size)
    last = np.zeros(years)
    for t in range(years):
        of_year = np.flatnonzero(year == t)
        knots = np.concatenate([[0.0], point[of_year], [1.0]])
        width[of_year] = (knots[2:] - knots[:-2]) / 2.0
        last[t] = (knots[-1] - knots[-2]) / 2.0
    mean = [(c, share * np.asarray(v) * (1.0 - 2.0 * last)[:, None] / years) for c, v in terms]
    step = 2.0 * width / years
    return [*mean, (below, step[:, None] * share[year]), (cut, -step * point)]


def even_grid(years: int) -> LorenzGrid:
    """The same even points in every year."""
    points = np.arange(1, LORENZ_POINTS) / LORENZ_POINTS
    return np.repeat(np.arange(years), points.size), np.tile(points, years)


def kinks(grid: LorenzGrid, values: FloatArray, share: FloatArray) -> LorenzGrid:
    """The grid with the kinks of the Lorenz curves of a solution.

    Args:
        grid: the points so far.
        values: burdens, ``(T, U)``.
        share: weights, ``(T, U)``.
    """
    year, point = grid
    years: list[IntArray] = []
    points: list[FloatArray] = []
    for t in range(values.shape[0]):
        order = np.argsort(values[t], kind="stable")
        ordered, below = values[t][order], np.cumsum(share[t][order])
        new = below[:-1][np.diff(ordered) > 1e-9]
        merged = np.unique(np.concatenate([point[year == t], new]).round(12))
        merged = merged[(merged > 1e-9) & (merged < 1.0 - 1e-9)]
        years.append(np.full(merged.size, t, dtype=np.int64))
        points.append(merged)
    return np.concatenate(years), np.concatenate(points)


def movement(fund: FundProblem, columns: RateColumns) -> list[Cost]:
    """``sum_t sum_q w_q (rise + fall)``, mean over the years; groups by their first-year base."""
    weight = fund.by_group(fund.base[:1])
    weight = np.tile(weight / weight.sum(), (fund.years, 1)) / fund.years
    return [(columns.rise, weight), (columns.fall, weight)]


def swap_volume(fund: FundProblem, columns: FundColumns | TailColumns) -> list[Cost]:
    """Levies over outgo, mean over scenarios and years."""
    if isinstance(columns, TailColumns):
        return list(swap_cost(fund, columns))
    if columns.levy is None:
        return []
    weight = fund.unit / fund.unit.sum(axis=1, keepdims=True) / fund.years
    return [(columns.levy, fund.weight[:, None, None] * weight)]


def shortfall(fund: FundProblem, columns: FundColumns | TailColumns) -> list[Cost]:
    """Money missing to the floor over outgo, mean over scenarios and years.

    Money counts alike in every pool, so that no pool is helped at another's cost.
    """
    if isinstance(columns, TailColumns):
        return list(shortfall_cost(fund, columns))
    assert columns.shortfall is not None
    weight = fund.unit / fund.unit.sum(axis=1, keepdims=True) / fund.years
    return [(columns.shortfall, fund.weight[:, None, None] * weight)]
