"""What-ifs on stored flows: other rates, premiums, levies and reserves without a new projection.

For fixed people, cover and scenario every flow is linear in these levers, so a pool's balance is

``B[t] = B[t-1] (1+i) + (rate factor * income + subsidy factor * subsidies - claims factor * outgo
+ added rate * contribution base - levy * income + grants) (1+i)^0.5``.

Levers that change what people do (participation, moving, a deductible) are not here: they need a
new projection, and :func:`lever_kind` says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import compiled, prange
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.plans import AdjustmentFund

Kind = Literal["linear", "recursion", "projection"]

LINEAR = ("income_factor", "added_rate", "subsidy_factor", "claims_factor", "opening_factor",
          "added_opening")  # fmt: skip
"""Levers whose effect on every balance is linear: half of a change has half of the effect."""

RECURSION = ("levy", "own_responsibility", "interest_shift")
"""Levers that act within the balance recursion and are not linear in it."""

PROJECTION = ("participation", "retirement_age", "deductible", "ceiling", "reimbursement_rate",
              "settlement_regime", "mobility", "portability")  # fmt: skip
"""Levers that change people, cover or claims themselves."""


def lever_kind(lever: str) -> Kind:
    """What it takes to answer a lever: ``linear``, ``recursion`` (both instant) or ``projection``.

    Raises:
        ValueError: no such lever.
    """
    for kind, names in (("linear", LINEAR), ("recursion", RECURSION), ("projection", PROJECTION)):
        if lever in names:
            return kind  # type: ignore[return-value]
    known = ", ".join((*LINEAR, *RECURSION, *PROJECTION))
    raise ValueError(f"{lever!r} is not a lever: {known}")


@dataclass(frozen=True)
class Levers:
    """A change of policy; each value a number, or an array that broadcasts to ``(T, p)``.

    Attributes:
        income_factor: multiplies contributions (a rate raised by a tenth: 1.1).
        added_rate: further rate on the contribution base (0.01: one point), pooled fund only.
        subsidy_factor: multiplies what the state pays in.
        claims_factor: multiplies outgo.
        opening_factor, added_opening: change opening balances; numbers or ``(p,)``.
        levy: share of contributions paid into one adjustment fund above all pools; a number.
        own_responsibility: share of a deficit, levy included, that a pool bears itself before it
            draws on it.
        interest_shift: added to interest; a number.
    """

    income_factor: ArrayLike = 1.0
    added_rate: ArrayLike = 0.0
    subsidy_factor: ArrayLike = 1.0
    claims_factor: ArrayLike = 1.0
    opening_factor: ArrayLike = 1.0
    added_opening: ArrayLike = 0.0
    levy: float = 0.0
    own_responsibility: float = 0.0
    interest_shift: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shares outside 0 to 1 and what is not a number."""
        for share in ("levy", "own_responsibility"):
            if not 0.0 <= getattr(self, share) <= 1.0:
                raise ValueError(f"{share} must lie between 0 and 1")
        for item in fields(self):
            if not np.isfinite(np.asarray(getattr(self, item.name), dtype=float)).all():
                raise ValueError(f"{item.name} must be a number")


@dataclass(frozen=True)
class WhatIf:
    """Stored flows of one or several schemes' pools, ready to be asked.

    Attributes:
        paths: flows of pools by scenario;
            :func:`fundpool.models.scenarios.pool_paths.sampled_paths` or
            :func:`fundpool.models.projection.central.central_paths`.
    """

    paths: Sequence[PoolPaths]
    _stored: dict[tuple[str, int], tuple[FloatArray, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def closing(self, levers: Levers, year: int, scheme: str | None = None) -> FloatArray:
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
        """
        paths = self._of(scheme)
        if any(getattr(levers, name) != 0.0 for name in RECURSION):
            raise ValueError(f"{', '.join(RECURSION)} need the recursion: ask for balances")
        if any(np.ndim(getattr(levers, name)) > 1 for name in LINEAR):
            raise ValueError("levers that differ by year need the recursion: ask for balances")
        found = np.flatnonzero(paths.years == year)
        if found.size == 0:
            raise ValueError(f"{year} is not one of {paths.years[0]} to {paths.years[-1]}")
        key = (paths.scheme, int(found[0]))
        if key not in self._stored:
            self._stored[key] = _accumulated(paths, int(found[0]))
        grown, income, base, subsidies, outgo = self._stored[key]
        pools = paths.income.shape[2]

        def laid(values: ArrayLike) -> FloatArray:
            return np.ascontiguousarray(
                np.broadcast_to(np.asarray(values, dtype=np.float64), (pools,))
            )

        opening = laid(paths.opening_balance * np.asarray(levers.opening_factor))
        return np.asarray(
            _combined(
                grown, income, base, subsidies, outgo, opening + laid(levers.added_opening),
                laid(levers.income_factor), laid(levers.added_rate), laid(levers.subsidy_factor),
                laid(levers.claims_factor),
            )
        )  # fmt: skip

    def balances(
        self, levers: Levers, scheme: str | None = None, out: FloatArray | None = None
    ) -> FloatArray:
        """Closing balances, ``(s, T, p)``.

        Args:
            levers: the change.
            scheme: which scheme; default: the only one.
            out: where they go: who asks again and again saves the time that new memory takes.

        Raises:
            ValueError: several schemes and none named, an unknown one, levers of another shape, or
                no room for the balances in ``out``.
        """
        paths = self._of(scheme)
        shape = paths.income.shape[1:]

        def laid(values: ArrayLike) -> FloatArray:
            try:
                return np.ascontiguousarray(
                    np.broadcast_to(np.asarray(values, dtype=np.float64), shape)
                )
            except ValueError:
                raise ValueError(f"levers must be numbers or fit {shape} years by pools") from None

        opening = paths.opening_balance * np.asarray(levers.opening_factor, dtype=float)
        opening = np.ascontiguousarray(opening + np.asarray(levers.added_opening, dtype=float))
        result = np.empty(paths.income.shape) if out is None else out
        if result.shape != paths.income.shape or result.dtype != np.float64:
            raise ValueError(f"balances need room for {paths.income.shape} doubles")
        _balances(
            paths.income, paths.contribution_base, paths.subsidies, paths.outgo, paths.interest,
            opening, laid(levers.income_factor), laid(levers.added_rate),
            laid(levers.subsidy_factor), laid(levers.claims_factor), float(levers.levy),
            float(levers.own_responsibility), float(levers.interest_shift), result,
        )  # fmt: skip
        return result

    def quantiles(
        self, levers: Levers, probabilities: Sequence[float], scheme: str | None = None
    ) -> FloatArray:
        """Quantiles of the balances over scenarios, ``(len(probabilities), T, p)``."""
        ordered = np.sort(self.balances(levers, scheme), axis=0)
        count = ordered.shape[0]
        places = [min(max(int(np.ceil(q * count)) - 1, 0), count - 1) for q in probabilities]
        return np.asarray(ordered[places])

    def ruin_probability(self, levers: Levers, scheme: str | None = None) -> FloatArray:
        """Share of scenarios in which a pool has been in debt by each year, ``(T, p)``."""
        negative = np.logical_or.accumulate(self.balances(levers, scheme) < 0, axis=1)
        return np.asarray(negative.mean(axis=0))

    def _of(self, scheme: str | None) -> PoolPaths:
        listed = {paths.scheme: paths for paths in self.paths}
        if scheme is None and len(listed) == 1:
            return next(iter(listed.values()))
        if scheme not in listed:
            raise ValueError(f"name one of the schemes: {', '.join(listed)}")
        return listed[scheme]


def _accumulated(paths: PoolPaths, last: int) -> tuple[FloatArray, ...]:
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
    return (grown, *sums)


@compiled(parallel=True)
def _combined(  # type: ignore[no-untyped-def]
    grown, income, base, subsidies, outgo, opening, income_factor, added_rate, subsidy_factor,
    claims_factor,
):  # fmt: skip
    scenarios, pools = income.shape
    result = np.empty((scenarios, pools))
    for s in prange(scenarios):
        for p in range(pools):
            result[s, p] = (
                grown[s] * opening[p]
                + income[s, p] * income_factor[p]
                + base[s, p] * added_rate[p]
                + subsidies[s, p] * subsidy_factor[p]
                - outgo[s, p] * claims_factor[p]
            )
    return result


def readable_balances(paths: PoolPaths, levers: Levers) -> FloatArray:
    """What :meth:`WhatIf.balances` computes, in plain numpy: the specification."""
    scenarios, years, pools = paths.income.shape
    balance = np.broadcast_to(
        paths.opening_balance * np.asarray(levers.opening_factor)
        + np.asarray(levers.added_opening),
        (scenarios, pools),
    )
    hub = np.zeros((scenarios, 1))
    result = np.empty(paths.income.shape)

    def at(values: ArrayLike, t: int) -> NDArray[np.float64]:
        return np.asarray(np.broadcast_to(np.asarray(values, dtype=float), (years, pools))[t])

    for t in range(years):
        interest = paths.interest[:, t] + levers.interest_shift
        half = np.sqrt(1.0 + interest)
        income = paths.income[:, t] * at(levers.income_factor, t)
        income = income + paths.contribution_base[:, t] * at(levers.added_rate, t)
        flow = income + paths.subsidies[:, t] * at(levers.subsidy_factor, t)
        flow = flow - paths.outgo[:, t] * at(levers.claims_factor, t)
        if levers.levy > 0:
            levies, grants, left = swaps_of_year(
                np.zeros(pools, dtype=np.int64),
                AdjustmentFund("all", levers.levy, levers.own_responsibility),
                PoolFlow(income, flow, np.zeros(pools)),
                hub * half[:, None],
            )
            flow = flow - levies + grants
            hub = left * half[:, None]
        balance = balance * (1.0 + interest)[:, None] + flow * half[:, None]
        result[:, t] = balance
    return result


@compiled(parallel=True)
def _balances(  # type: ignore[no-untyped-def]
    income, base, subsidies, outgo, interest, opening, income_factor, added_rate, subsidy_factor,
    claims_factor, levy, own, shift, result,
):  # fmt: skip
    scenarios, years, pools = income.shape
    for s in prange(scenarios):
        hub = 0.0
        for t in range(years):
            grown = 1.0 + interest[s, t] + shift
            half = np.sqrt(grown)
            for p in range(pools):
                before = opening[p] if t == 0 else result[s, t - 1, p]
                flow = (
                    income[s, t, p] * income_factor[t, p]
                    + base[s, t, p] * added_rate[t, p]
                    + subsidies[s, t, p] * subsidy_factor[t, p]
                    - outgo[s, t, p] * claims_factor[t, p]
                )
                result[s, t, p] = before * grown + flow * half
            if levy > 0.0:
                money, wanted = hub * half, 0.0
                for p in range(pools):
                    paid = income[s, t, p] * income_factor[t, p] + base[s, t, p] * added_rate[t, p]
                    flow = (
                        paid
                        + subsidies[s, t, p] * subsidy_factor[t, p]
                        - outgo[s, t, p] * claims_factor[t, p]
                    )
                    charged = levy * max(paid, 0.0)
                    money += charged
                    wanted += (1.0 - own) * max(charged - flow, 0.0)
                share = min(max(money / wanted, 0.0), 1.0) if wanted > 0.0 else 0.0
                for p in range(pools):
                    paid = income[s, t, p] * income_factor[t, p] + base[s, t, p] * added_rate[t, p]
                    flow = (
                        paid
                        + subsidies[s, t, p] * subsidy_factor[t, p]
                        - outgo[s, t, p] * claims_factor[t, p]
                    )
                    charged = levy * max(paid, 0.0)
                    swap = (1.0 - own) * max(charged - flow, 0.0) * share - charged
                    result[s, t, p] += swap * half
                hub = (money - wanted * share) * half
