"""How often people need care, by sex and age, and the severity class they are in."""

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, CELLS
from fundpool.models.axes.arrays import IntArray
from fundpool.models.axes.cells import cell_index
from fundpool.models.population.rates import CareWeights


def care_weights(case: Case) -> CareWeights:
    """Claim frequencies by service and cell, and the severity age class of each cell."""
    morbidity = case.tables["morbidity"]
    frequency = np.zeros((len(case.services), CELLS))
    service = morbidity["service"].map(case.services.index).to_numpy()
    cells = cell_index(morbidity["sex"].to_numpy(), morbidity["age"].to_numpy())
    frequency[service, cells] = morbidity["frequency"].to_numpy(dtype=float)
    return CareWeights(frequency, severity_classes(case), len(class_starts(case)))


def class_starts(case: Case) -> IntArray:
    """First age of each severity class."""
    return np.unique(case.tables["severity"]["age_from"].to_numpy(dtype=np.int64))


def severity_classes(case: Case) -> IntArray:
    """Severity class of each cell, ``(202,)``."""
    by_age = np.searchsorted(class_starts(case), np.arange(AGES), side="right") - 1
    return np.tile(by_age, 2).astype(np.int64)
