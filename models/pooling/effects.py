"""What pooling itself changes: use of care in merged funds, and collection of contributions."""

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.pooling.plans import PoolingPlan, Pools, Stage, pools_of


def moral_hazard(case: Case, level: str) -> float:
    """Relative rise of claims when funds are merged at a level; zero at the lowest.

    >>> from fundpool import examples
    >>> moral_hazard(examples.case(), "province")
    0.0
    """
    return float(case.settings.pooling.moral_hazard.value_of(level))


def claims_factor(case: Case, pools: Pools) -> FloatArray:
    """What pooling makes of the claims of each pool, one without moral hazard, ``(p,)``.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling.plans import Stage, pools_of
    >>> claims_factor(examples.case(), pools_of(examples.case(), Stage("city"))).tolist()
    [1.0, 1.0]
    """
    return np.array([1.0 + moral_hazard(case, level) for level in pools.bearing])


def claims_by_year_of_care(
    case: Case, plan: PoolingPlan, scheme: str, years: IntArray
) -> FloatArray:
    """What a plan makes of claims for care given in each year, by county, ``(T + 1, n)``.

    The base year, first, and years in which the scheme does not stand are one: care given before
    funds merge stays as it was, however late it is paid.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling.short_form import plan_for
    >>> plan, years = plan_for(examples.case(), "city"), np.arange(2021, 2024)
    >>> claims_by_year_of_care(examples.case(), plan, "employee", years).shape
    (4, 4)

    Args:
        case: the case.
        plan: the plan.
        scheme: name of the scheme.
        years: projected years, ``(T,)``.
    """
    factors = np.ones((years.size + 1, len(case.regions.codes)))
    by_stage: dict[Stage, FloatArray] = {}
    for t, year in enumerate(years, start=1):
        if not case.scheme(scheme).in_force(int(year)):
            break
        stage = plan.stage(scheme, int(year))
        if stage not in by_stage:
            pools = pools_of(case, stage)
            by_stage[stage] = claims_factor(case, pools)[pools.of_county]
        factors[t] = by_stage[stage]
    return factors


def claims_with_taken_in(
    case: Case, plan: PoolingPlan, scheme: str, years: IntArray
) -> dict[str, FloatArray]:
    """:func:`claims_by_year_of_care` of a scheme and of those it takes in, by name."""
    taken_in = (file.name for _, file in case.scheme(scheme).taken_in)
    return {name: claims_by_year_of_care(case, plan, name, years) for name in (scheme, *taken_in)}


def collection_effort(case: Case, stage: Stage, pools: Pools) -> FloatArray:
    """What pooling leaves of contributions where offices collect for a larger fund, ``(p,)``.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling.plans import Stage, pools_of
    >>> stage = Stage("city")
    >>> collection_effort(examples.case(), stage, pools_of(examples.case(), stage)).tolist()
    [1.0, 1.0]
    """
    values = case.settings.pooling.collection_effort
    if values is None:
        return np.ones(len(pools.bearing))
    kept = np.array([1.0 + values.value_of(level) for level in pools.bearing])
    if stage.adjustment is not None:
        kept *= 1.0 + values.value_of(f"{stage.adjustment.level} adjustment fund")
    return kept
