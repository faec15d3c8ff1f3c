"""Pooling plans: which counties share a fund, by scheme and year, and how.

A plan is a row of stages. In each stage every scheme is pooled at one level of the region tree,
or by a partition of the counties that the planner draws. ``merged``: one fund, one balance.
``adjustment_fund``: the pools stay apart, pay a levy into a fund of a higher level, and draw on
it for a share of their deficits.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.regions import RegionTree
from fundpool.models.axes.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class AdjustmentFund:
    """A fund of a higher level that evens out part of its members' deficits.

    >>> AdjustmentFund("province", levy=0.05, own_responsibility=0.2)
    AdjustmentFund(level='province', levy=0.05, own_responsibility=0.2, need=0.0)

    Attributes:
        level: level of the region tree that holds the fund.
        levy: share of a pool's pooled contributions paid in each year.
        own_responsibility: share of its deficit that a pool bears itself.
        need: share of the year's levies paid out by need, that is in proportion to the cost
            expected of a pool's insured by their ages and sexes; the rest meets deficits.
    """

    level: str
    levy: float
    own_responsibility: float
    need: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shares outside 0 to 1."""
        shares = (self.levy, self.own_responsibility, self.need)
        if not all(0.0 <= share <= 1.0 for share in shares):
            raise ValueError("levy, own responsibility and need must lie between 0 and 1")


@dataclass(frozen=True)
class Stage:
    """Pools in force from a year on.

    >>> Stage("city", from_year=2027, schemes=("employee",)).level
    'city'

    Attributes:
        from_year: first year; None for the start of the projection.
        level: level of the region tree at which funds are held.
        groups: counties' own grouping in place of a level: group name by county code.
        schemes: schemes that this stage concerns; None for all.
        adjustment: an adjustment fund above the pools.
    """

    level: str
    from_year: int | None = None
    groups: tuple[tuple[str, str], ...] = ()
    schemes: tuple[str, ...] | None = None
    adjustment: AdjustmentFund | None = None


@dataclass(frozen=True)
class PoolingPlan:
    """A named row of stages.

    >>> PoolingPlan("staged", (Stage("county"), Stage("city", from_year=2027))).name
    'staged'
    """

    name: str
    stages: tuple[Stage, ...]

    def stage(self, scheme: str, year: int) -> Stage:
        """The stage in force for a scheme in a year: the latest that has begun."""
        current: Stage | None = None
        for stage in self.stages:
            concerned = stage.schemes is None or scheme in stage.schemes
            begun = stage.from_year is None or stage.from_year <= year
            if concerned and begun:
                current = stage
        if current is None:
            raise ValueError(f"plan {self.name} has no pools for {scheme} in {year}")
        return current


@dataclass(frozen=True)
class Pools:
    """The pools of a stage.

    Attributes:
        codes: code of each pool.
        names: its name.
        levels: its level, or ``custom``.
        bearing: level whose moral hazard, territory of care and collection effort it bears: its
            own, for a group drawn by hand that of the lowest region of the tree that contains it.
        of_county: pool of each county, ``(n,)``.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[str, ...]
    bearing: tuple[str, ...]
    of_county: IntArray

    def total(self, values: FloatArray) -> FloatArray:
        """Sum county values (last axis) over each pool."""
        if np.array_equal(self.of_county, np.arange(len(self.codes))):
            return np.array(values, dtype=float)  # each county is a pool of its own
        result = np.zeros((*values.shape[:-1], len(self.codes)))
        np.add.at(np.moveaxis(result, -1, 0), self.of_county, np.moveaxis(values, -1, 0))
        return result


def members(pools: Pools, upper: Pools) -> IntArray:
    """Which upper pool each pool belongs to, by its first county, ``(p,)``."""
    first = np.array([np.flatnonzero(pools.of_county == p)[0] for p in range(len(pools.codes))])
    return np.asarray(upper.of_county[first], dtype=np.int64)


def pools_of(case: Case, stage: Stage) -> Pools:
    """The pools that a stage makes of a case's counties.

    A group that bears the code of a region and holds all its counties is that region.

    >>> from fundpool import examples
    >>> pools_of(examples.case(), Stage("city")).codes
    ('C00000', 'C00001')

    Raises:
        ValueError: the level is not one of the case's.
    """
    regions = case.regions
    if stage.level not in case.levels:
        raise ValueError(f"{stage.level} is not a level of {case.name}: {', '.join(case.levels)}")
    codes = list(regions.codes_at(stage.level))
    names = [regions.name(code) for code in codes]
    levels = [stage.level] * len(codes)
    bearing = [stage.level] * len(codes)
    of_county = np.array(regions.ancestor_index(stage.level), dtype=np.int64)
    grouped: dict[str, list[str]] = {}
    for county, group in stage.groups:
        grouped.setdefault(group, []).append(county)
    for group, counties in grouped.items():
        region = _region_of_group(regions, group, counties)
        level = regions.level_of(region) if region else regions.level_around(counties)
        names.append(regions.name(group))
        levels.append(level if region else "custom")
        bearing.append(level)
        of_county[[regions.index(county) for county in counties]] = len(codes)
        codes.append(group)
    used, compact = np.unique(of_county, return_inverse=True)
    return Pools(
        codes=tuple(codes[i] for i in used),
        names=tuple(names[i] for i in used),
        levels=tuple(levels[i] for i in used),
        bearing=tuple(bearing[i] for i in used),
        of_county=compact.astype(np.int64),
    )


def _region_of_group(regions: RegionTree, group: str, counties: list[str]) -> str | None:
    """The region whose code a group bears and whose counties are the group's, if there is one."""
    if not regions.has(group):
        return None
    inside = {code for code in regions.codes if group in regions.lineage(code)}
    return group if inside == set(counties) else None
