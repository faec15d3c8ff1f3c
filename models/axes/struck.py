"""Where in a case a shock is felt."""

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.case.policies import Shock
from fundpool.models.axes.arrays import FloatArray


def counties_struck(case: Case, shock: Shock) -> FloatArray:
    """One for the counties in which a shock is felt, ``(n + 1,)``; outside zero."""
    struck = np.zeros(len(case.regions.codes) + 1)
    if not shock.regions:
        struck[:-1] = 1.0
    for level in case.levels:
        codes = list(case.regions.codes_at(level))
        ancestor = np.array(case.regions.ancestor_index(level))
        for code in shock.regions:
            if code in codes:
                struck[:-1][ancestor == codes.index(code)] = 1.0
    return struck
