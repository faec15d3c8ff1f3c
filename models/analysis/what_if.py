"""What-ifs on stored flows: other rates, premiums, levies and reserves without a new projection.

For fixed people, cover and scenario every flow is linear in factors on it, so a pool's balance is

``B[t] = B[t-1] (1+i) + (income factor * income + subsidy factor * subsidies - outgo factor * outgo
+ added rate * contribution base - levy * income + grants) (1+i)^0.5``.

A user gives these factors by pool and year (:class:`PoolLevers`), or levers on the projection
(:class:`fundpool.models.flows.levers.FlowLevers`): these move the recorded flows of counties, and
the moved over the recorded money of a pool and year is the factor on its money in every scenario.
Others need a new projection (:func:`fundpool.models.flows.levers.lever_kind`).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import FAST, compiled, prange
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import FORMER, LINEAR, RECURSION, FlowLevers
from fundpool.models.funds.books import with_taken_in
from fundpool.models.funds.compiled import ScenarioFunds, ScenarioMoney, balances_of_scenario
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.funds.pool_money import pool_money
from fundpool.models.funds.recursion import pool_balances
from fundpool.models.pooling.adjustment import PoolFlow
from fundpool.models.pooling.plans import AdjustmentFund, Pools, Stage
from fundpool.models.pooling.timeline import Layout, layout
from fundpool.models.projection.study import Projection


@dataclass(frozen=True)
class PoolLevers:
    """Factors on the stored flows of pools, each a number or an array that fits ``(T, p)``.

    >>> PoolLevers(income_factor=1.1).outgo_factor
    1.0

    Attributes:
        income_factor: multiplies contributions (a rate raised by a tenth: 1.1).
        added_rate: further rate of the pooled fund on the contribution base (0.01: one point);
            personal accounts take no share of it.
        subsidy_factor: multiplies what the state pays in.
        outgo_factor: multiplies claims paid and administration.
        opening_factor, added_opening: change opening balances; numbers or ``(p,)``.
        levy: share of contributions paid into one adjustment fund above all pools; a number.
        own_responsibility: share of a deficit, levy included, that a pool bears itself before it
            draws on it.
        interest: added to the yearly rate; a number or ``(T,)``.

    Raises:
        ValueError: a share outside 0 to 1, or something that is not a number.
    """

    income_factor: ArrayLike = 1.0
    added_rate: ArrayLike = 0.0
    subsidy_factor: ArrayLike = 1.0
    outgo_factor: ArrayLike = 1.0
    opening_factor: ArrayLike = 1.0
    added_opening: ArrayLike = 0.0
    levy: float = 0.0
    own_responsibility: float = 0.0
    interest: ArrayLike = 0.0

    def __post_init__(self) -> None:
        """Refuse shares outside 0 to 1 and what is not a number."""
        for share in ("levy", "own_responsibility"):
            if not 0.0 <= getattr(self, share) <= 1.0:
                raise ValueError(f"{share} must lie between 0 and 1")
        for item in fields(self):
            if not np.isfinite(np.asarray(getattr(self, item.name), dtype=float)).all():
                raise ValueError(f"{item.name} must be a number")


def pool_levers(projection: Projection, levers: FlowLevers, scheme: str) -> PoolLevers:
    """What levers on recorded flows make of the money of pools.

    The moved over the recorded money of each pool and year, one where there is none.

    >>> from fundpool import examples
    >>> pool_levers(examples.projection("city"), FlowLevers(), "employee").outgo_factor.shape
    (3, 2)

    Args:
        projection: under a plan with the same pools throughout.
        levers: the change.
        scheme: name of the scheme.

    Raises:
        ValueError: a rate that would fall below zero, or a growth of -100 % and less.
    """
    case, flows = projection.case, projection.flows
    moved = with_levers(case, flows, levers)
    laid = layout(case, projection.plan, scheme, projection.years)
    number = case.scheme_number(scheme)
    before, after = (
        pool_money(case, laid, with_taken_in(case, record, number, laid.care))
        for record in (flows, moved)
    )

    def factor(name: str) -> FloatArray:  # of either sign: credits may exceed contributions
        new, old = after[name], before[name]
        return ratio(new, old, ratio(-new, -old, 1.0))

    return PoolLevers(
        income_factor=factor("income"),
        subsidy_factor=factor("other_income"),
        outgo_factor=factor("outgo"),
        interest=moved.paths.interest - flows.paths.interest,
    )


def Levers(**values: Any) -> PoolLevers:  # noqa: N802  the name that the class had
    """Former name of :class:`PoolLevers`, until 0.4, with former names of its fields.

    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", DeprecationWarning)
    ...     Levers(claims_factor=1.1).outgo_factor
    1.1
    """
    warnings.warn("Levers is called PoolLevers now", DeprecationWarning, stacklevel=2)
    for former, present in FORMER.items():
        if former in values:
            message = f"Levers: {former} is called {present} now"
            if present in values:
                raise TypeError(f"{message}; both are given")
            warnings.warn(message, DeprecationWarning, stacklevel=2)
            values[present] = values.pop(former)
    return PoolLevers(**values)


class LeverArrays(NamedTuple):
    """Levers as arrays, ``(T, p)``, or ``(p,)`` where they are the same in every year.

    Attributes:
        income_factor, added_rate, subsidy_factor, outgo_factor: as :class:`PoolLevers` has them.
        opening: opening balances with the levers moved, ``(p,)``.
    """

    income_factor: FloatArray
    added_rate: FloatArray
    subsidy_factor: FloatArray
    outgo_factor: FloatArray
    opening: FloatArray


class FlowArrays(NamedTuple):
    """Stored flows of pools, ``(s, T, p)``, or accumulated to a year, ``(s, p)``.

    Attributes:
        income, contribution_base, subsidies, outgo: money.
        growth: one plus interest, ``(s, T)``, or growth of the opening, ``(s,)``.
    """

    income: FloatArray
    contribution_base: FloatArray
    subsidies: FloatArray
    outgo: FloatArray
    growth: FloatArray


def lever_arrays(paths: PoolPaths, levers: PoolLevers, shape: tuple[int, ...]) -> LeverArrays:
    """Levers broadcast to a shape.

    Args:
        paths: stored flows, for opening balances.
        levers: the change.
        shape: ``(T, p)`` or ``(p,)``.

    Raises:
        ValueError: levers of another shape.
    """

    def laid(values: ArrayLike, to: tuple[int, ...]) -> FloatArray:
        try:
            broadcast = np.broadcast_to(np.asarray(values, dtype=np.float64), to)
        except ValueError:
            raise ValueError(f"levers must be numbers or fit {shape} years by pools") from None
        return np.ascontiguousarray(broadcast)

    opening = paths.opening_balance * laid(levers.opening_factor, shape[-1:])
    return LeverArrays(
        laid(levers.income_factor, shape),
        laid(levers.added_rate, shape),
        laid(levers.subsidy_factor, shape),
        laid(levers.outgo_factor, shape),
        opening + laid(levers.added_opening, shape[-1:]),
    )


AnyLevers = PoolLevers | FlowLevers
"""Factors on the money of pools, or levers on the projection's flows."""


@dataclass(frozen=True)
class WhatIf:
    """Stored flows of one or several schemes' pools, ready to be asked.

    Attributes:
        paths: flows of pools by scenario;
            :func:`fundpool.models.scenarios.pool_paths.sampled_paths` or
            :func:`fundpool.models.projection.central.central_paths`.
        projection: the projection around which they lie; needed for levers on its flows.
    """

    paths: Sequence[PoolPaths]
    projection: Projection | None = None
    _stored: dict[tuple[str, int], FlowArrays] = field(
        default_factory=dict, repr=False, compare=False
    )

    def closing(self, levers: AnyLevers, year: int, scheme: str | None = None) -> FloatArray:
        """Closing balances of one year, ``(s, p)``, from stored coefficients.

        The balance is linear in the levers: opening times growth, and each flow's value
        accumulated to the year times its lever. The coefficients are kept from the first call for
        a year on, so that a changed lever costs one pass over ``s * p`` numbers a flow.

        Args:
            levers: linear ones, each a number or ``(p,)``, the same in every year.
            year: calendar year.
            scheme: which scheme; default: the only one.

        Raises:
            ValueError: levers that are not linear or differ by year, or a year without flows.

        >>> import fundpool
        >>> from fundpool.models.analysis.what_if import PoolLevers
        >>> asked = fundpool.project("jiangsu", years=2).what_if("employee")
        >>> asked.closing(PoolLevers(outgo_factor=1.1), asked.paths[0].years[-1]).shape[0]
        1
        """
        paths = self._of(scheme)
        stated = self._on_pools(levers, paths.scheme)
        if any(np.any(getattr(stated, name)) for name in RECURSION):
            raise ValueError(f"{', '.join(RECURSION)} need the recursion: ask for balances")
        if any(np.ndim(getattr(stated, name)) > 1 for name in LINEAR):
            raise ValueError("levers that differ by year need the recursion: ask for balances")
        year_index = np.flatnonzero(paths.years == year)
        if year_index.size == 0:
            raise ValueError(f"{year} is not one of {paths.years[0]} to {paths.years[-1]}")
        key = (paths.scheme, int(year_index[0]))
        if key not in self._stored:
            self._stored[key] = _accumulated(paths, int(year_index[0]))
        arrays = lever_arrays(paths, stated, paths.income.shape[2:])
        return np.asarray(_combined(self._stored[key], arrays))

    def balances(
        self, levers: AnyLevers, scheme: str | None = None, out: FloatArray | None = None
    ) -> FloatArray:
        """Closing balances, ``(s, T, p)``.

        Args:
            levers: the change.
            scheme: which scheme; default: the only one.
            out: where they go: who asks again and again saves the time that new memory takes.

        Raises:
            ValueError: several schemes and none named, an unknown one, levers of another shape or
                on flows of a projection that is not given, or no room for the balances in ``out``.

        >>> import fundpool
        >>> from fundpool.models.analysis.what_if import PoolLevers
        >>> asked = fundpool.project("jiangsu", years=2).what_if("employee", scenarios=20)
        >>> asked.balances(PoolLevers(added_rate=0.01)).shape[:2]
        (20, 2)
        """
        paths = self._of(scheme)
        stated = self._on_pools(levers, paths.scheme)
        arrays = lever_arrays(paths, stated, paths.income.shape[1:])
        result = np.empty(paths.income.shape) if out is None else out
        if result.shape != paths.income.shape or result.dtype != np.float64:
            raise ValueError(f"balances need room for {paths.income.shape} doubles")
        flows = FlowArrays(
            paths.income, paths.contribution_base, paths.subsidies, paths.outgo,
            1.0 + (paths.interest + np.asarray(stated.interest)),
        )  # fmt: skip
        _balances(one_stage(paths, stated).timeline(), flows, arrays, result)
        return result

    def quantiles(
        self, levers: AnyLevers, probabilities: Sequence[float], scheme: str | None = None
    ) -> FloatArray:
        """Quantiles of the balances over scenarios, ``(len(probabilities), T, p)``.

        >>> import fundpool
        >>> from fundpool.models.analysis.what_if import PoolLevers
        >>> asked = fundpool.project("jiangsu", years=2).what_if("employee", scenarios=20)
        >>> low, high = asked.quantiles(PoolLevers(), (0.05, 0.95))
        >>> bool((low <= high).all())
        True
        """
        ordered = np.sort(self.balances(levers, scheme), axis=0)
        count = ordered.shape[0]
        places = [min(max(int(np.ceil(q * count)) - 1, 0), count - 1) for q in probabilities]
        return np.asarray(ordered[places])

    def ruin_probability(self, levers: AnyLevers, scheme: str | None = None) -> FloatArray:
        """Share of scenarios in which a pool has been in debt by each year, ``(T, p)``.

        >>> import fundpool
        >>> from fundpool.models.analysis.what_if import PoolLevers
        >>> asked = fundpool.project("jiangsu", years=2).what_if("employee", scenarios=20)
        >>> float(asked.ruin_probability(PoolLevers(outgo_factor=100.0)).max())
        1.0
        """
        negative = np.logical_or.accumulate(self.balances(levers, scheme) < 0, axis=1)
        return np.asarray(negative.mean(axis=0))

    def _on_pools(self, levers: AnyLevers, scheme: str) -> PoolLevers:
        """Levers as factors on the money of a scheme's pools."""
        if isinstance(levers, PoolLevers):
            return levers
        if self.projection is None:
            raise ValueError("levers on flows need the projection: ask projection.what_if")
        return pool_levers(self.projection, levers, scheme)

    def _of(self, scheme: str | None) -> PoolPaths:
        listed = {paths.scheme: paths for paths in self.paths}
        scheme = next(iter(listed)) if scheme is None and len(listed) == 1 else scheme
        if scheme not in listed:
            raise ValueError(f"name one of the schemes: {', '.join(listed)}")
        return listed[scheme]


def one_stage(paths: PoolPaths, levers: PoolLevers) -> Layout:
    """The pools of stored flows, with one adjustment fund above all where there is a levy."""
    years, pools = paths.income.shape[1:]
    adjustment, hub = None, None
    if levers.levy > 0:
        adjustment = AdjustmentFund("all", levers.levy, levers.own_responsibility)
        hub = Pools(("all",), ("all",), ("all",), ("all",), np.zeros_like(paths.of_county))
    return Layout(
        scheme=paths.scheme,
        stages=(Stage("stored", adjustment=adjustment),),
        pools=(Pools(paths.pools, paths.names, paths.levels, paths.levels, paths.of_county),),
        hubs=(hub,),
        stage_of=np.zeros(years, dtype=np.int64),
        offsets=np.array([0, pools], dtype=np.int64),
        care={},
    )


def readable_balances(paths: PoolPaths, levers: PoolLevers) -> FloatArray:
    """What :meth:`WhatIf.balances` computes, in plain numpy: the specification."""
    scenarios, years, pools = paths.income.shape
    arrays = lever_arrays(paths, levers, (years, pools))

    def flow_of(t: int) -> PoolFlow:
        income = paths.income[:, t] * arrays.income_factor[t]
        income = income + paths.contribution_base[:, t] * arrays.added_rate[t]
        result = income + paths.subsidies[:, t] * arrays.subsidy_factor[t]
        result = result - paths.outgo[:, t] * arrays.outgo_factor[t]
        return PoolFlow(income, result, np.zeros(pools))

    opening = np.tile(arrays.opening, (scenarios, 1))
    interest = paths.interest + np.asarray(levers.interest)
    return pool_balances(one_stage(paths, levers), opening, interest, flow_of).balance


@compiled(parallel=True)
def _balances(timeline, flows, levers, result):  # type: ignore[no-untyped-def]
    """Fill ``result``, ``(s, T, p)``, scenarios side by side."""
    no_cost = np.zeros(result.shape[1:])  # levers pay nothing by need
    for s in prange(result.shape[0]):
        _fill_scenario(timeline, flows, levers, no_cost, s, result)


@compiled(FAST)
def _fill_scenario(timeline, flows, levers, no_cost, s, result):  # type: ignore[no-untyped-def]
    """Fill a row of ``result`` by the compiled recursion.

    Args:
        timeline: the pools (:class:`fundpool.models.pooling.timeline.PoolTimeline`).
        flows: a :class:`FlowArrays` of every year.
        levers: a :class:`LeverArrays` of every year.
        no_cost: zeros, ``(T, p)``.
        s: number of the scenario.
        result: closing balances, ``(s, T, p)``.
    """
    years, pools = result.shape[1:]
    money = ScenarioMoney(
        np.empty((years, pools)), np.empty((years, pools)), no_cost, flows.growth[s]
    )  # fmt: skip
    for t in range(years):
        for p in range(pools):  # two short loops: both are vectorised
            money.paid_in[t, p] = (
                flows.income[s, t, p] * levers.income_factor[t, p]
                + flows.contribution_base[s, t, p] * levers.added_rate[t, p]
            )
        for p in range(pools):
            money.result[t, p] = (
                money.paid_in[t, p]
                + flows.subsidies[s, t, p] * levers.subsidy_factor[t, p]
                - flows.outgo[s, t, p] * levers.outgo_factor[t, p]
            )
    funds = ScenarioFunds(result[s], np.empty((years, 1)), np.empty((4, 1)))
    balances_of_scenario(timeline, levers.opening, money, funds)


def _accumulated(paths: PoolPaths, last: int) -> FlowArrays:
    """Growth of the opening ``(s,)`` and each flow accumulated to a year, ``(s, p)``."""
    kinds = (paths.income, paths.contribution_base, paths.subsidies, paths.outgo)
    sums = [np.zeros((flow.shape[0], flow.shape[2])) for flow in kinds]
    grown = np.ones(paths.interest.shape[0])
    for t in range(last + 1):
        growth = 1.0 + paths.interest[:, t]
        grown *= growth
        half = np.sqrt(growth)[:, None]
        for total, flow in zip(sums, kinds, strict=True):
            total *= growth[:, None]
            total += flow[:, t] * half
    return FlowArrays(sums[0], sums[1], sums[2], sums[3], grown)


@compiled(parallel=True)
def _combined(flows, levers):  # type: ignore[no-untyped-def]
    """Balances of a year, ``(s, p)``, from accumulated flows and levers of a :class:`FlowArrays`
    and a :class:`LeverArrays`."""
    scenarios, pools = flows.income.shape
    result = np.empty((scenarios, pools))
    for s in prange(scenarios):
        for p in range(pools):
            result[s, p] = (
                flows.growth[s] * levers.opening[p]
                + flows.income[s, p] * levers.income_factor[p]
                + flows.contribution_base[s, p] * levers.added_rate[p]
                + flows.subsidies[s, p] * levers.subsidy_factor[p]
                - flows.outgo[s, p] * levers.outgo_factor[p]
            )
    return result
