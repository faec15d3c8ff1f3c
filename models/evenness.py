"""Evenness of rates between pools: inequality indices that need no case table but its regions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fundpool.actuarial import evenness as even
from fundpool.inputs.case import Case

INDICES = ("mean", "range", "cv", "gini", "theil", "theil_within", "theil_between")


def evenness_indices(
    case: Case, pools: Sequence[str], rates: NDArray[np.float64], weight: NDArray[np.float64]
) -> dict[str, float]:
    """Evenness of rates between pools, floored at zero for the inequality indices.

    NaN without any pool; zero where no rate lies above zero.

    Args:
        case: the case.
        pools: code of each pool, ``(p,)``.
        rates: rate of each, ``(p,)``.
        weight: present value of its contribution base, ``(p,)``.
    """
    grouping = case.levels[min(1, len(case.levels) - 1)]
    ancestors = case.regions.ancestor_index(grouping)
    codes = list(case.regions.codes_at(grouping))
    parents = {
        code: codes[int(city)] for code, city in zip(case.regions.codes, ancestors, strict=True)
    }
    if not len(pools):
        return dict.fromkeys(INDICES, float("nan"))
    rate = np.maximum(rates, 0.0)
    if not rate.sum() > 0:
        return dict.fromkeys(INDICES, 0.0)
    groups = np.array([parents.get(code, code) for code in pools])
    within, between = even.theil_decomposition(rate, weight, groups)
    return {
        "mean": float(np.average(rate, weights=weight)),
        "range": float(rate.max() - rate.min()),
        "cv": float(even.coefficient_of_variation(rate, weight)),
        "gini": float(even.gini(rate, weight)),
        "theil": float(even.theil(rate, weight)),
        "theil_within": float(within),
        "theil_between": float(between),
    }
