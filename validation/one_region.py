"""Tables of a case of one region: who lives there, and that nobody moves."""

import numpy as np
import pandas as pd

from fundpool.inputs.format.vocabulary import AGES, OUTSIDE, SEXES
from fundpool.models.axes.arrays import FloatArray


def sex_and_age() -> dict[str, FloatArray]:
    """Columns sex and age of a table with a row for each, as arrays ``(2, 101)`` are laid out."""
    return {"sex": np.repeat(SEXES, AGES), "age": np.tile(np.arange(AGES), len(SEXES))}


def one_region(region: str, name: str, level: str, people: FloatArray) -> dict[str, pd.DataFrame]:
    """The tables that such a case has whatever it is about.

    Args:
        region: its code.
        name: its name.
        level: of the region tree.
        people: residents by sex and age, ``(2, 101)``.
    """
    one = {"region": [region]}
    return {
        "regions": pd.DataFrame({**one, "name": [name], "level": [level], "parent": [""]}),
        "population": pd.DataFrame({"region": region, **sex_and_age(), "persons": people.ravel()}),
        "migrants": pd.DataFrame({"home": [region], "residence": [OUTSIDE], "persons": [0.0]}),
        "mobility": pd.DataFrame(
            {"home": [region], "gross_migraproduction_rate": 0.0, "return_rate": 0.0,
             "onward_rate": 0.0}
        ),
        "demography": pd.DataFrame({**one, "mortality_level": 1.0, "fertility_level": 1.0}),
        "industries": pd.DataFrame({**one, "industry": "all", "share": 1.0}),
        "referral": pd.DataFrame({**one, "centre": region, "share": 1.0}),
    }  # fmt: skip
