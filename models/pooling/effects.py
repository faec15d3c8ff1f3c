"""What pooling itself changes: use of care in merged funds, what care is off-site, and collection
of contributions."""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.pooling.plans import PoolingPlan, Pools, Stage, pools_of


def moral_hazard(case: Case, level: str, scheme: str | None = None) -> float:
    """Relative rise of claims when funds are merged at a level; zero at the lowest.

    >>> from fundpool import examples
    >>> moral_hazard(examples.case(), "province")
    0.0

    Args:
        case: the case.
        level: at which funds are merged.
        scheme: whose funds; None for one that the case's moral hazard holds for.
    """
    return float(case.settings.pooling.moral_hazard.of(level, scheme))


def claims_factor(case: Case, pools: Pools, scheme: str | None = None) -> FloatArray:
    """What pooling makes of the claims of each pool, one without moral hazard, ``(p,)``.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling.plans import Stage, pools_of
    >>> claims_factor(examples.case(), pools_of(examples.case(), Stage("city"))).tolist()
    [1.0, 1.0]

    Args:
        case: the case.
        pools: of the scheme.
        scheme: whose funds; None for one that the case's moral hazard holds for.
    """
    return np.array([1.0 + moral_hazard(case, level, scheme) for level in pools.bearing])


@dataclass(frozen=True)
class PooledCare:
    """What a plan makes of a scheme's claims by year of care and county, ``(T + 1, n)`` each.

    The base year, first, and years in which the scheme does not stand are as in the base year: care
    given before funds merge stays as it was, however late it is paid.

    Attributes:
        factor: multiplier of claims; one without moral hazard.
        territory: number of the level whose region around the county counts as the territory of
            its pool; a group drawn by hand has that of the lowest region that contains it.
        other: the same of the pool that the county has in the other scheme that doubly covered
            people belong to.
    """

    factor: FloatArray
    territory: IntArray
    other: IntArray


def care_by_pool(case: Case, plan: PoolingPlan, scheme: str, years: IntArray) -> PooledCare:
    """What a plan makes of a scheme's claims.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling.short_form import plan_for
    >>> plan, years = plan_for(examples.case(), "city,province@2023"), np.arange(2021, 2024)
    >>> care = care_by_pool(examples.case(), plan, "employee", years)
    >>> care.factor.shape, care.territory[:, 0].tolist()  # the second level, and the third at last
    ((4, 4), [1, 1, 1, 2])

    Args:
        case: the case.
        plan: the plan.
        scheme: name of the scheme.
        years: projected years, ``(T,)``.
    """
    shape = years.size + 1, len(case.regions.codes)
    usual = case.levels.index(case.second_level)
    care = PooledCare(
        np.ones(shape), np.full(shape, usual, np.int64), np.full(shape, usual, np.int64)
    )
    by_stage: dict[tuple[str, Stage], tuple[FloatArray, IntArray]] = {}

    def of_stage(name: str, year: int) -> tuple[FloatArray, IntArray]:
        key = name, plan.stage(name, year)
        if key not in by_stage:
            pools = pools_of(case, key[1])
            level = np.array([case.levels.index(bearing) for bearing in pools.bearing])
            factor = claims_factor(case, pools, name)
            by_stage[key] = factor[pools.of_county], level[pools.of_county]
        return by_stage[key]

    for t, year in enumerate(years, start=1):
        if not case.scheme(scheme).in_force(int(year)):
            break
        care.factor[t], care.territory[t] = of_stage(scheme, int(year))
        if "dual" in case.scheme(scheme).covers(int(year)):
            for other in case.schemes:
                if other.name != scheme and "dual" in other.covers(int(year)):
                    care.other[t] = of_stage(other.name, int(year))[1]
    return care


def care_with_taken_in(
    case: Case, plan: PoolingPlan, scheme: str, years: IntArray
) -> dict[str, PooledCare]:
    """:func:`care_by_pool` of a scheme and of those it takes in, by name."""
    taken_in = (file.name for _, file in case.scheme(scheme).taken_in)
    return {name: care_by_pool(case, plan, name, years) for name in (scheme, *taken_in)}


def collection_effort(
    case: Case, stage: Stage, pools: Pools, scheme: str | None = None
) -> FloatArray:
    """What pooling leaves of contributions where offices collect for a larger fund, ``(p,)``.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling.plans import Stage, pools_of
    >>> stage = Stage("city")
    >>> collection_effort(examples.case(), stage, pools_of(examples.case(), stage)).tolist()
    [1.0, 1.0]

    Args:
        case: the case.
        stage: of the plan.
        pools: of the stage.
        scheme: whose funds; None for one that the case's effect holds for.
    """
    effect = case.settings.pooling.collection_effort
    if effect is None:
        return np.ones(len(pools.bearing))
    kept = np.array([1.0 + effect.of(level, scheme) for level in pools.bearing])
    if stage.adjustment is not None:
        kept *= 1.0 + effect.of(f"{stage.adjustment.level} adjustment fund", scheme)
    return kept


def with_published_effects(case: Case, size: float) -> Case:
    """A case in which pooling changes behaviour by a part of what is published of it.

    An effect of which nothing is published stays as the case has it. Flows do not follow from
    either: a study of the case serves both.

    >>> from fundpool import examples
    >>> with_published_effects(examples.case(), 0.5).settings.pooling.moral_hazard.values
    {'province': 0.093}

    Args:
        case: the case.
        size: part of the published size, 0 for none and 1 for all of it.
    """
    pooling = case.settings.pooling
    effects = {}
    for name in ("moral_hazard", "collection_effort"):
        published = getattr(pooling, f"{name}_published")
        if published is not None:
            values = {level: size * value for level, value in published.values.items()}
            effects[name] = published.model_copy(update={"values": values})
    settings = case.settings.model_copy(update={"pooling": pooling.model_copy(update=effects)})
    return replace(case, settings=settings)
