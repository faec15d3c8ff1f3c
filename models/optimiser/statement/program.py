"""The program stated a second time, in plain money and rates, for the bound of the certificate.

A program that is too tight by mistake has the duals of a worse optimum. They are multipliers of
the limits as they are stated here too, and by weak duality every set of multipliers gives a bound
of the problem stated here; the worse optimum then lies above its bound, and is not certified.

Nothing of the program's builder is used: money is not in units of outgo, the change of a rate is
one column ``m >= |x[t] - x[t-1]|``, all scenarios and pools have columns, also where the solver
saw only those in some tail. Unevenness has no columns at all: the range, the mean absolute
deviation and the Gini times the mean are the largest of ``g @ v`` over burdens ``v``, for ``g`` in
a known set, so that each ``g`` in it bounds them from below (:func:`gauge`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.objectives import Burden
from fundpool.models.optimiser.statement.instruments import state_instruments
from fundpool.models.optimiser.statement.limits import StatedLimits, rate_before, stated_limits
from fundpool.models.optimiser.statement.mergers import state_mergers

Key = tuple[int, str]
"""Number of the scheme and name of a family of rows."""


@dataclass(frozen=True)
class Held:
    """A weighted sum of aims that must not exceed a limit.

    Attributes:
        name: of the program's row.
        weights: of the aims.
        limit: the most they may sum to.
    """

    name: str
    weights: Mapping[str, float]
    limit: float


@dataclass(frozen=True)
class LimitPrices:
    """Prices of the limits, in objectives a unit of money or of rate.

    Attributes:
        rows: of each family of rows, in its shape.
        spread: on the burdens of each unevenness, ``(T, U)``; only differences count.
        kept: on the sums of aims that are held.
    """

    rows: Mapping[Key, FloatArray]
    spread: tuple[FloatArray, ...]
    kept: tuple[float, ...] = ()


@dataclass
class Statement:
    """``row_lower <= A z <= row_upper``, ``lower <= z <= upper``, and costs of every aim.

    Attributes:
        funds, burdens, measure: what is stated.
        lower, upper: bounds of the columns, by family in the order they were added.
        row_lower, row_upper: sides of the rows, likewise.
        entries: row, column and value of the coefficients.
        families: row numbers by family.
        rates: column numbers of the rates of each scheme.
        costs: columns and costs of each aim but unevenness.
    """

    funds: tuple[FundProblem, ...]
    burdens: tuple[Burden, ...]
    measure: str
    lower: list[FloatArray] = field(default_factory=list)
    upper: list[FloatArray] = field(default_factory=list)
    row_lower: list[FloatArray] = field(default_factory=list)
    row_upper: list[FloatArray] = field(default_factory=list)
    entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    families: dict[Key, IntArray] = field(default_factory=dict)
    rates: list[IntArray] = field(default_factory=list)
    costs: dict[str, list[tuple[IntArray, FloatArray]]] = field(default_factory=dict)
    width: int = 0
    height: int = 0

    def columns(self, shape: tuple[int, ...], lower: ArrayLike, upper: ArrayLike) -> IntArray:
        """New columns; their numbers in the given shape."""
        low = np.broadcast_to(np.asarray(lower, float), shape)
        numbers = self.width + np.arange(low.size).reshape(shape)
        self.lower.append(low.ravel())
        self.upper.append(np.broadcast_to(np.asarray(upper, float), shape).ravel())
        self.width += low.size
        return numbers

    def rows(self, key: Key, shape: tuple[int, ...], least: ArrayLike, most: ArrayLike) -> IntArray:
        """New rows without coefficients; their numbers in the given shape."""
        low = np.broadcast_to(np.asarray(least, float), shape)
        self.families[key] = numbers = self.height + np.arange(low.size).reshape(shape)
        self.row_lower.append(low.ravel())
        self.row_upper.append(np.broadcast_to(np.asarray(most, float), shape).ravel())
        self.height += low.size
        return numbers

    def put(self, rows: IntArray, columns: IntArray, values: ArrayLike) -> None:
        """Coefficients; the three arguments broadcast against each other."""
        row, column, value = np.broadcast_arrays(rows, columns, np.asarray(values, float))
        self.entries.append((row.ravel(), column.ravel(), value.ravel()))

    def matrix(self) -> sparse.coo_array:
        """``A``."""
        row, column, value = (np.concatenate([e[k] for e in self.entries]) for k in range(3))
        return sparse.coo_array((value, (row, column)), shape=(self.height, self.width))

    def cost(self, weights: Mapping[str, float]) -> FloatArray:
        """Cost of every column under weights of the aims, without unevenness."""
        total = np.zeros(self.width)
        for aim, weight in weights.items():
            for columns, values in self.costs.get(aim, ()):
                np.add.at(total, columns.ravel(), weight * np.broadcast_to(
                    values, columns.shape).ravel())  # fmt: skip
        return total

    def bound(
        self, weights: Mapping[str, float], prices: LimitPrices, earlier_aims: Sequence[Held] = ()
    ) -> float:
        """Lower bound of the least weighted sum of aims, by weak duality; holds for any prices.

        Args:
            weights: of the aims.
            prices: of the limits.
            earlier_aims: sums of aims that must not exceed their limits.
        """
        low, high = np.concatenate(self.row_lower), np.concatenate(self.row_upper)
        y = np.zeros(self.height)
        for key, values in prices.rows.items():
            if key in self.families:
                y[self.families[key]] = values
        y = np.nan_to_num(y)
        y[((y > 0) & np.isinf(low)) | ((y < 0) & np.isinf(high))] = 0.0
        side = np.where(y > 0, low, high)
        total = float((y[y != 0] * side[y != 0]).sum())
        reduced = self.cost(weights)
        uneven = weights.get("unevenness", 0.0)
        for one, price in zip(earlier_aims, np.maximum(-np.asarray(prices.kept), 0.0), strict=True):
            reduced += price * self.cost(one.weights)
            uneven += price * one.weights.get("unevenness", 0.0)
            total -= price * one.limit
        for burden, spread in zip(self.burdens, prices.spread, strict=True):
            self._add_spread(reduced, burden, spread, uneven)
        reduced -= self.matrix().T @ y
        at = np.where(reduced > 0, np.concatenate(self.lower), np.concatenate(self.upper))
        priced = reduced != 0
        return total + float((reduced[priced] * at[priced]).sum())

    def _add_spread(
        self, reduced: FloatArray, burden: Burden, spread: FloatArray, uneven: float
    ) -> None:
        """Add ``g @ burden``, which is at most ``uneven`` times the mean unevenness."""
        if uneven <= 0:
            return
        share = burden.share
        price = np.where(share > 0.0, np.nan_to_num(spread), 0.0)  # no weight, no unevenness
        price = price - share * price.sum(axis=1, keepdims=True)
        size = gauge(price, share, self.measure)
        most = uneven / share.shape[0]
        # a price beyond the measure's set is drawn back to its edge
        price *= np.where(size > most, most / np.where(size > 0, size, 1.0), 1.0)[:, None]
        for number, group, coefficient in burden.scheme_shares:
            columns = self.rates[number][:, group]
            values = price * coefficient / self.funds[number].reference
            np.add.at(reduced, columns.ravel(), values.ravel())


def gauge(price: FloatArray, share: FloatArray, measure: str) -> FloatArray:
    """Least ``k`` with ``price @ v <= k * unevenness(v)`` for all ``v``, by year, ``(T,)``.

    With ``sum price = 0``. Range: half the sum of absolute prices. Mean absolute deviation
    ``sum w |v - mean|``: half the range of ``price / w``, as a shift of all of them by one number
    changes nothing. Gini times the mean, ``sum_{u<v} w_u w_v |v_u - v_v|``: over the sets ``S`` of
    units, the largest ``price(S) / (w(S) (1 - w(S)))``, found among the leading ones in the order
    of ``price / w`` (it is the Lovasz extension of that concave function of the weight). A unit
    without weight makes nothing uneven, so that no ``k`` is enough where it has a price.

    Args:
        price: by year and unit, rows sum to zero, ``(T, U)``.
        share: weight of the units, rows sum to one, ``(T, U)``.
        measure: ``range``, ``deviation`` or ``gini``.
    """
    if price.shape[1] < 2:
        return np.zeros(price.shape[0])
    if measure == "range":
        return np.asarray(np.abs(price).sum(axis=1) / 2.0)
    counts = share > 0.0
    each = ratio(price, share)
    if measure == "deviation":
        least = np.ptp(each, axis=1) / 2.0
    else:
        order = np.argsort(-each, axis=1, kind="stable")
        leading = np.take_along_axis(price, order, axis=1).cumsum(axis=1)
        weight = np.take_along_axis(share, order, axis=1).cumsum(axis=1)
        members = np.take_along_axis(counts, order, axis=1).cumsum(axis=1)
        # a set and the rest of the units both weigh something
        split = (members > 0) & (members < members[:, -1:])
        least = np.where(split, ratio(leading, weight * (1.0 - weight)), 0.0).max(axis=1)
    return np.where((~counts & (price != 0.0)).any(axis=1), np.inf, least)


def stated(
    funds: Sequence[FundProblem],
    burdens: Sequence[Burden],
    measure: str,
    elastic: bool,
    barred: Sequence[NDArray[np.bool_]] | None = None,
) -> Statement:
    """The second statement of some schemes.

    Args:
        funds: their flows, policies, groups and hubs.
        burdens: whose mean and unevenness count.
        measure: how unevenness is measured.
        elastic: whether the floor may be missed.
        barred: scenarios, years and pools of each scheme that must not pay into the hub.
    """
    result = Statement(tuple(funds), tuple(burdens), measure)
    for number, fund in enumerate(funds):
        _state_fund(result, number, fund, elastic, None if barred is None else barred[number])
    result.costs["burden"] = [
        (result.rates[number][:, group],
         burden.present * coefficient / result.funds[number].reference)
        for burden in burdens
        for number, group, coefficient in burden.scheme_shares
    ]  # fmt: skip
    return result


def _state_fund(
    program: Statement,
    number: int,
    fund: FundProblem,
    elastic: bool,
    barred: NDArray[np.bool_] | None,
) -> None:
    """Rates and money of one scheme."""
    policy, paths, limits = fund.policy, fund.paths, stated_limits(fund)
    shape, hard = paths.outgo.shape, not elastic and policy.floor == "every"
    most = limits.money_most[:, :, None]
    rate = _state_rates(program, number, fund, limits)
    balance = program.columns(shape, limits.floor if hard else limits.balance_least, most)
    growth = (1.0 + paths.interest)[:, :, None]
    half = growth**0.5
    side = half * (paths.subsidies - paths.outgo)
    side[:, 0] += growth[:, 0] * paths.opening_balance
    money = program.rows((number, "money"), shape, side, side)
    program.put(money, balance, 1.0)
    program.put(money[:, 1:], balance[:, :-1], -growth[:, 1:])
    program.put(money, rate[:, fund.group][None], -half * paths.contribution_base)
    of_year = fund.weight[:, None, None] / (fund.unit.sum(axis=1)[:, None] * fund.years)
    if policy.swaps:
        grant = program.columns(shape, 0.0, np.minimum(limits.grant_most, most))
        levy = program.columns(shape, 0.0, most if barred is None else np.where(barred, 0.0, most))
        program.put(money, grant, -half)
        program.put(money, levy, half)
        if np.isfinite(policy.levy_ceiling):
            ceiling = program.rows((number, "ceiling"), shape, -np.inf, 0.0)
            program.put(ceiling, levy, 1.0)
            program.put(
                ceiling, rate[:, fund.group][None], -policy.levy_ceiling * paths.contribution_base
            )
        hub_shape = (*shape[:2], fund.hubs)
        hub = program.rows((number, "hub"), hub_shape, 0.0, 0.0)
        program.put(hub[:, :, fund.hub], grant, half)
        program.put(hub[:, :, fund.hub], levy, -half)
        if policy.hub_keeps:
            reserve = program.columns(hub_shape, 0.0, most)
            program.put(hub, reserve, 1.0)
            program.put(hub[:, 1:], reserve[:, :-1], -growth[:, 1:])
        program.costs.setdefault("swaps", []).append((levy, of_year))
        _state_income_line(program, number, fund, levy, grant)
    state_instruments(program, number, fund, rate)
    state_mergers(program, number, fund, rate, money, limits.money_most)
    _state_paid(program, number, fund, rate)
    _state_coalitions(program, number, fund, rate)
    if elastic:
        short = program.columns(shape, 0.0, np.maximum(limits.floor - limits.balance_least, 0.0))
        program.costs.setdefault("shortfall", []).append((short, of_year))
    if not hard:
        floor_columns = [balance, short] if elastic else [balance]
        _state_floor(program, number, fund, limits, floor_columns)


def _worth_of_base(fund: FundProblem) -> FloatArray:
    """Present value of what contributions are a share of, ``(T, p)``."""
    growth = 1.0 + fund.paths.interest
    present = fund.weight @ (growth**0.5 / growth.cumprod(axis=1))
    base = np.einsum("s,stp->tp", fund.weight, fund.paths.contribution_base)
    return np.asarray(present[:, None] * base)


def _state_paid(program: Statement, number: int, fund: FundProblem, rate: IntArray) -> None:
    """Contributions of some years, in present value, at most an amount a pool."""
    worth = _worth_of_base(fund)
    for position, limit in enumerate(fund.policy.paid_limits):
        if limit.scheme != fund.paths.scheme or not np.isfinite(fund.policy.worse_off_by):
            continue
        most = np.array(limit.money) * (1.0 + fund.policy.worse_off_by)
        rows = program.rows((number, f"paid{position}"), (fund.pools,), -np.inf, most)
        for t in range(limit.first, limit.last + 1):
            program.put(rows, rate[t, fund.group], worth[t])


def _state_coalitions(program: Statement, number: int, fund: FundProblem, rate: IntArray) -> None:
    """Contributions of a coalition's pools, in present value over the plan, at most an amount."""
    worth = _worth_of_base(fund)
    by = fund.policy.coalitions_worse_off_by
    for position, limit in enumerate(fund.policy.coalition_limits):
        if limit.scheme != fund.paths.scheme or not np.isfinite(by):
            continue
        row = program.rows((number, f"coalition{position}"), (1,), -np.inf, limit.money * (1 + by))
        for pool in range(fund.pools):
            if limit.member[pool]:
                program.put(row[:, None], rate[None, :, fund.group[pool]], worth[:, pool])


def _state_income_line(
    program: Statement, number: int, fund: FundProblem, levy: IntArray, grant: IntArray
) -> None:
    """What poorer pools pay and others draw, in all years, at most an amount a year."""
    for position, line in enumerate(fund.policy.income_lines):
        if line.scheme != fund.paths.scheme or not np.isfinite(fund.policy.poor_to_rich):
            continue
        row = program.rows(
            (number, f"line{position}"), (1,), -np.inf, fund.policy.poor_to_rich * fund.years
        )
        for pool, poorer in enumerate(line.poorer):
            money = levy[:, :, pool] if poorer else grant[:, :, pool]
            program.put(row[:, None], money, fund.weight[:, None])


def _state_rates(
    program: Statement, number: int, fund: FundProblem, limits: StatedLimits
) -> IntArray:
    """Rates in their corridor, ``m >= |x[t] - x[t-1]|`` and ``m`` at most the yearly change."""
    frozen, shape = fund.policy.frozen_years, limits.rate_most.shape
    rate = program.columns(shape, limits.rate_least, limits.rate_most)
    program.rates.append(rate)
    span = max(float(limits.rate_most.max()), float(rate_before(fund).max()))
    free = max(shape[0] - frozen, 0), shape[1]
    moved = program.columns(free, 0.0, min(fund.policy.yearly_change * fund.reference, span))
    for name, sign in (("rise", 1.0), ("fall", -1.0)):
        side = np.zeros(free)
        side[:1] = -sign * rate_before(fund)
        rows = program.rows((number, name), free, side, np.inf)
        program.put(rows, moved, 1.0)
        program.put(rows, rate[frozen:], -sign)
        program.put(rows[1:], rate[frozen:-1], sign)
    base = np.zeros(fund.groups)
    np.add.at(base, fund.group, fund.weight @ fund.paths.contribution_base[:, 0])
    weight = base / base.sum() / shape[0] / fund.reference
    program.costs.setdefault("movement", []).append((moved, np.broadcast_to(weight, free)))
    return rate


def _state_floor(
    program: Statement,
    number: int,
    fund: FundProblem,
    limits: StatedLimits,
    floor_columns: Sequence[IntArray],
) -> None:
    """The floor as rows: in every scenario, in the mean, or in the mean of the worst share."""
    floor, shape = limits.floor, limits.floor.shape
    if fund.policy.floor == "every":
        rows = program.rows((number, "floor"), shape, floor, np.inf)
        for columns in floor_columns:
            program.put(rows, columns, 1.0)
        return
    weight = fund.weight[:, None, None]
    if fund.policy.floor == "expectation":
        mean = (weight * floor).sum(axis=0)
        rows = program.rows((number, "floor"), shape[1:], mean, np.inf)
        for columns in floor_columns:
            program.put(rows[None], columns, weight)
        return
    reach = np.maximum(floor - limits.balance_least, limits.money_most[:, :, None] - floor)
    reach = np.maximum(reach.max(axis=0), 0.0)
    quantile = program.columns(shape[1:], -reach, reach)
    excess = program.columns(shape, 0.0, 2.0 * reach)
    rows = program.rows((number, "excess"), shape, floor, np.inf)
    for columns in [*floor_columns, excess, quantile[None]]:
        program.put(rows, columns, 1.0)
    tail = program.rows((number, "floor"), shape[1:], -np.inf, 0.0)
    program.put(tail, quantile, 1.0)
    program.put(tail[None], excess, weight / fund.policy.tail)
