"""Candidate pools of a partition: every region of the tree with its flows, floor and cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.regions import RegionTree
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.books import with_taken_in, years_before_mergers
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.funds.pool_money import county_money
from fundpool.models.pooling.effects import care_with_taken_in
from fundpool.models.pooling.plans import PoolingPlan, Stage


@dataclass(frozen=True)
class Candidates:
    """Candidate pools of a scheme; ``N`` regions, ``n`` counties, ``T`` years, ``K`` stages.

    Attributes:
        scheme: name of the scheme.
        codes, levels: code and level of each candidate; counties first.
        contains: whether a candidate contains a county, ``(N, n)``.
        flow: income less outgo at mid-year, what pooling adds taken off, ``(T, N)``.
        added: claims added by moral hazard and by a larger territory of care, contributions lost
            where effort flags, and cost of running the pool, ``(T, N)``.
        floor: least balance, ``(T, N)``.
        opening: opening balance of each county, ``(n,)``.
        interest: ``(T,)``.
        years: ``(T,)``.
        starts: first year of each stage, as a year number from zero, ``(K,)``.
        rescue_price: price of money from outside.
    """

    scheme: str
    codes: tuple[str, ...]
    levels: tuple[str, ...]
    contains: np.ndarray
    flow: FloatArray
    added: FloatArray
    floor: FloatArray
    opening: FloatArray
    interest: FloatArray
    years: IntArray
    starts: tuple[int, ...]
    rescue_price: float

    @property
    def stage(self) -> IntArray:
        """Stage of each year, ``(T,)``."""
        return np.searchsorted(self.starts, np.arange(self.years.size), side="right") - 1

    @property
    def discount(self) -> FloatArray:
        """Value at the start of money paid in each year."""
        growth = 1.0 + self.interest
        return np.asarray(np.sqrt(growth) / np.cumprod(growth))


def candidates(
    case: Case,
    paths: PoolPaths,
    flows: CountyFlows,
    reserve_months: float = 0.0,
    merge_years: Sequence[int] = (),
) -> Candidates:
    """Candidate pools from the flows of county pools.

    Claims of a pool are those of the plan that pools every scheme at its level, from the first year
    on, also where the pool begins with a later stage: little is still unpaid at a merger.

    Args:
        case: for the tree, what pooling does to claims, and the cost of running pools.
        paths: money of one scheme pooled by county; the mean of its scenarios is taken.
        flows: the flows behind it, which say what pooling adds to claims.
        reserve_months: floor of every pool.
        merge_years: years from which pools may merge; none lets the first year decide for all.

    Raises:
        ValueError: the pools are not the counties.
    """
    regions = case.regions
    if paths.pools != regions.codes:
        raise ValueError("the choice of pools needs a projection pooled by county")
    codes, levels, contains = region_candidates(regions)
    member = contains.astype(float).T
    by_county = {
        name: getattr(paths, name).mean(axis=0)
        for name in ("income", "subsidies", "outgo", "outstanding", "outgo_next_year")
    }
    mean = {name: values @ member for name, values in by_county.items()}
    given = case.settings.pooling.administration_per_pool
    fixed = np.array([0.0 if given is None else given.value_of(level) for level in levels])
    wages = flows.paths.wage[1:]
    effort = case.settings.pooling.collection_effort
    lost = np.array(
        [0.0 if effort is None else -effort.of(level, paths.scheme) for level in levels]
    )
    more = _added_by_level(case, flows, paths.scheme)
    place = np.array([case.levels.index(level) for level in levels])
    more_claims, more_next, more_owed = (
        np.stack([values[level] @ member[:, number] for number, level in enumerate(place)], axis=1)
        for values in more
    )
    added = more_claims + mean["income"] * lost + wages[:, None] * fixed
    price = case.settings.pooling.rescue_price
    first = int(paths.years[0])
    starts = sorted({0, *(int(y) - first for y in merge_years if first < y <= paths.years[-1])})
    return Candidates(
        scheme=paths.scheme, codes=codes, levels=levels, contains=contains,
        flow=mean["income"] + mean["subsidies"] - mean["outgo"] - added, added=added,
        floor=reserve_months / 12.0 * (mean["outgo_next_year"] + more_next)
        + mean["outstanding"] + more_owed,
        opening=paths.opening_balance, interest=paths.interest.mean(axis=0), years=paths.years,
        starts=tuple(starts), rescue_price=1.0 if price is None else price.value,
    )  # fmt: skip


def _added_by_level(
    case: Case, flows: CountyFlows, scheme: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What pools of a level spend more than the counties for themselves.

    Outgo less what subsidies bear of it, outgo of the next year and claims outstanding by county,
    ``(levels, T, n)`` each.
    """
    money, years = [], flows.years[1:]
    breaks = years_before_mergers(case, scheme, years)
    for level in case.levels:
        plan = PoolingPlan(level, (Stage(level),))
        care = care_with_taken_in(case, plan, scheme, years)
        book = with_taken_in(case, flows, case.scheme_number(scheme), care)
        money.append(county_money(book, breaks))
    outgo, following, owed, subsidies = (
        np.stack([one[name] - money[0][name] for one in money])
        for name in ("outgo", "outgo_next_year", "outstanding", "subsidies")
    )
    return outgo - subsidies, following, owed


def region_candidates(
    regions: RegionTree,
) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray]:
    """Every region of the tree: codes, levels, and the counties it contains ``(N, n)``."""
    codes: list[str] = []
    levels: list[str] = []
    rows = []
    for level in regions.levels:
        ancestor = regions.ancestor_index(level)
        for number, code in enumerate(regions.codes_at(level)):
            codes.append(code)
            levels.append(level)
            rows.append(ancestor == number)
    return tuple(codes), tuple(levels), np.array(rows)
