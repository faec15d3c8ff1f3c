"""A scheme's pools as the optimiser sees them: flows, floors, corridors, what may be drawn.

Money is held in units of a pool's own outgo of the year (mean over scenarios) and rates in units
of the scheme's rate in force, so that every number of the program is near one.
"""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.regions import RegionTree
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.limits import Policy


@dataclass(frozen=True)
class FundProblem:
    """``s`` scenarios, ``T`` years, ``p`` pools, ``G`` groups that share a rate, ``F`` hubs.

    Attributes:
        paths: the flows.
        policy: the limits.
        group: group of each pool, ``(p,)``.
        group_names: name of each group.
        hub: hub of each pool, ``(p,)``.
        reference: the scheme's rate in force in the first year, the unit of rates.
        unit: money unit by year and pool, ``(T, p)``.
        floor: balance that the floor asks for, claims owed included, ``(s, T, p)``.
        rate_in_force: mean over scenarios by group, ``(T, G)``.
        rate_lower, rate_upper: corridor, as reached by the yearly change, ``(T, G)``.
        grant_limit: most that a pool may draw, ``(s, T, p)``; infinite without a limit.
        weight: probability of each scenario, ``(s,)``.
    """

    paths: PoolPaths
    policy: Policy
    group: IntArray
    group_names: tuple[str, ...]
    hub: IntArray
    reference: float
    unit: FloatArray
    floor: FloatArray
    rate_in_force: FloatArray
    rate_lower: FloatArray
    rate_upper: FloatArray
    grant_limit: FloatArray
    weight: FloatArray

    def mean(self, values: FloatArray) -> FloatArray:
        """Expectation over scenarios (first axis)."""
        return np.asarray(np.tensordot(self.weight, values, axes=(0, 0)))

    @property
    def scenarios(self) -> int:
        """Number of scenarios."""
        return int(self.paths.outgo.shape[0])

    @property
    def years(self) -> int:
        """Number of years."""
        return int(self.paths.outgo.shape[1])

    @property
    def pools(self) -> int:
        """Number of pools."""
        return int(self.paths.outgo.shape[2])

    @property
    def groups(self) -> int:
        """Number of groups that share a rate."""
        return len(self.group_names)

    @property
    def hubs(self) -> int:
        """Number of hubs."""
        return int(self.hub.max()) + 1

    @property
    def base(self) -> FloatArray:
        """Mean contribution base over scenarios, ``(T, p)``."""
        return self.mean(self.paths.contribution_base)

    @property
    def net_outgo(self) -> FloatArray:
        """Outgo less subsidies, ``(s, T, p)``."""
        return self.paths.outgo - self.paths.subsidies

    @property
    def discount(self) -> FloatArray:
        """Value at the start of money paid in each year, mean over scenarios, ``(T,)``."""
        growth = 1.0 + self.paths.interest
        return self.mean(np.sqrt(growth) / np.cumprod(growth, axis=1))

    def by_group(self, values: FloatArray) -> FloatArray:
        """Sum over the pools of each group (last axis)."""
        total = np.zeros((*values.shape[:-1], self.groups))
        np.add.at(np.moveaxis(total, -1, 0), self.group, np.moveaxis(values, -1, 0))
        return total


def fund_problem(
    paths: PoolPaths,
    policy: Policy,
    regions: RegionTree | None = None,
    weight: FloatArray | None = None,
) -> FundProblem:
    """A scheme's problem.

    Args:
        paths: its flows by scenario.
        policy: the limits.
        regions: the region tree, for groups and hubs given by level.
        weight: probability of each scenario; default: all alike.

    Raises:
        ValueError: a level without a tree, or a pool that lies across several of its regions.
    """
    group, names = _regions_of(paths, policy.group_level, regions)
    hub, _ = _regions_of(paths, policy.hub_level or "", regions)
    count = paths.outgo.shape[0]
    weight = np.full(count, 1.0 / count) if weight is None else weight
    base, income, outgo = (
        np.tensordot(weight, values, axes=(0, 0))
        for values in (paths.contribution_base, paths.income, paths.outgo)
    )
    first_base, first_income = float(base[0].sum()), float(income[0].sum())
    reference = first_income / first_base if first_base > 0 and first_income > 0 else 1.0
    unit = np.maximum(outgo, 1e-6 * max(float(outgo.max()), 1.0))
    size = len(names)
    in_force = ratio(_sum(income, group, size), _sum(base, group, size), reference)
    lower, upper = _corridor(policy, in_force, reference)
    own_effort = ratio(income[0], base[0], 0.0)
    limit, least = _own_effort(paths, policy, own_effort)
    needed = np.zeros_like(lower)
    for pool, number in enumerate(group):
        needed[:, number] = np.maximum(needed[:, number], least[:, pool])
    lower = np.clip(needed, lower, upper)
    return FundProblem(
        paths=paths, policy=policy, group=group, group_names=names, hub=hub, reference=reference,
        unit=unit, floor=reserve_floor(paths, policy), rate_in_force=in_force, rate_lower=lower,
        rate_upper=upper, grant_limit=limit, weight=weight,
    )  # fmt: skip


def rebuilt(fund: FundProblem, policy: Policy) -> FundProblem:
    """The same scheme, groups and hubs under another policy (its levels are not looked at)."""
    count = fund.pools
    plain = fund_problem(fund.paths, replace(policy, group_level=None, hub_level=None),
                         weight=fund.weight)  # fmt: skip
    if fund.groups == count and fund.hubs == 1:
        return plain
    size = fund.groups
    in_force = fund.rate_in_force
    lower, upper = _corridor(policy, in_force, fund.reference)
    needed = np.zeros((fund.years, size))
    for pool, number in enumerate(fund.group):
        needed[:, number] = np.maximum(needed[:, number], plain.rate_lower[:, pool])
    return replace(
        plain, group=fund.group, group_names=fund.group_names, hub=fund.hub,
        rate_in_force=in_force, rate_lower=np.clip(needed, lower, upper), rate_upper=upper,
        policy=policy,
    )  # fmt: skip


def reserve_floor(paths: PoolPaths, policy: Policy) -> FloatArray:
    """Least balance: ``months[t, p] / 12 * outgo_next_year + outstanding``, ``(s, T, p)``.

    The target holds from the end of year ``phase_in_years`` on; until then a pool need only be
    solvent (zero months, net of claims owed), as the short-range test of financial adequacy lets
    a fund reach its target within some years. A margin of the policy in money is a second floor.
    """
    elapsed = np.arange(1, paths.years.size + 1)[:, None]
    months = np.where(elapsed < policy.phase_in_years, 0.0, policy.reserve_months)
    floor = np.asarray(months / 12.0 * paths.outgo_next_year + paths.outstanding)
    for margin in policy.margins:
        if margin.scheme == paths.scheme:
            money = np.array(margin.money)
            floor[:, : len(money)] = np.maximum(floor[:, : len(money)], money)
    return floor


def _corridor(
    policy: Policy, in_force: FloatArray, reference: float
) -> tuple[FloatArray, FloatArray]:
    """Corridor that a rate starting from its own can keep under the yearly change."""
    change = policy.yearly_change * reference
    steps = np.maximum(np.arange(1, in_force.shape[0] + 1) - policy.frozen_years, 0)[:, None]
    start = in_force[max(min(policy.frozen_years, len(in_force)) - 1, 0)]
    reach = steps * change if np.isfinite(change) else np.full(steps.shape, np.inf)
    # a rate outside the corridor moves towards it as fast as it may
    lower = np.minimum(policy.rate_least * reference, start + reach)
    upper = np.maximum(min(policy.rate_most * reference, 1.0), start - reach)
    # and no rate lies where the yearly change cannot have brought it
    lower = np.maximum(lower, np.maximum(start - reach, 0.0))
    upper = np.minimum(upper, start + reach)
    frozen = policy.frozen_years
    lower[:frozen] = upper[:frozen] = in_force[:frozen]
    return lower, np.maximum(upper, lower)


def _own_effort(
    paths: PoolPaths, policy: Policy, in_force: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Most that a pool may draw, ``(s, T, p)``, and the rate it must then charge, ``(T, p)``.

    ``limit = (1 - own_responsibility) * max(0, outgo - subsidies - effort * rate * base)``: a
    deficit that comes of charging less than the effort rate is the pool's own.
    """
    if not policy.swaps:
        return np.zeros_like(paths.outgo), np.zeros(paths.outgo.shape[1:])
    rate = policy.effort * in_force
    if policy.own_responsibility is None:
        return np.full_like(paths.outgo, np.inf), np.tile(rate, (paths.years.size, 1))
    deficit = paths.outgo - paths.subsidies - rate * paths.contribution_base
    limit = (1.0 - policy.own_responsibility) * np.maximum(deficit, 0.0)
    return limit, np.where((limit > 0).any(axis=0), rate, 0.0)


def _regions_of(
    paths: PoolPaths, level: str | None, regions: RegionTree | None
) -> tuple[IntArray, tuple[str, ...]]:
    """Number of the region of a level that each pool lies in; None: its own; "": all in one."""
    count = len(paths.pools)
    if level is None:
        return np.arange(count, dtype=np.int64), paths.names
    if level == "":
        return np.zeros(count, dtype=np.int64), ("all",)
    if regions is None:
        raise ValueError(f"the level {level!r} needs a region tree")
    ancestor = regions.ancestor_index(level)
    member = np.full(count, -1, dtype=np.int64)
    for county, pool in enumerate(paths.of_county):
        if member[pool] not in (-1, ancestor[county]):
            raise ValueError(f"{paths.names[pool]} lies in several regions of the level {level}")
        member[pool] = ancestor[county]
    used, compact = np.unique(member, return_inverse=True)
    codes = regions.codes_at(level)
    return compact.astype(np.int64), tuple(regions.name(codes[i]) for i in used)


def _sum(values: FloatArray, index: IntArray, size: int) -> FloatArray:
    total = np.zeros((values.shape[0], size))
    np.add.at(total.T, index, values.T)
    return total
