"""What pooling itself changes: use of care in merged funds, and collection of contributions."""

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.pooling.plans import Pools, Stage


def moral_hazard(case: Case, level: str) -> float:
    """Relative rise of claims when funds are merged at a level; zero at the lowest."""
    return float(case.settings.pooling.moral_hazard.value_of(level))


def claims_factor(case: Case, pools: Pools) -> FloatArray:
    """What pooling makes of the claims of each pool, one without moral hazard, ``(p,)``."""
    return np.array([1.0 + moral_hazard(case, level) for level in pools.bearing])


def collection_effort(case: Case, stage: Stage, pools: Pools) -> FloatArray:
    """What pooling leaves of contributions where offices collect for a larger fund, ``(p,)``."""
    values = case.settings.pooling.collection_effort
    if values is None:
        return np.ones(len(pools.bearing))
    kept = np.array([1.0 + values.value_of(level) for level in pools.bearing])
    if stage.adjustment is not None:
        kept *= 1.0 + values.value_of(f"{stage.adjustment.level} adjustment fund")
    return kept
