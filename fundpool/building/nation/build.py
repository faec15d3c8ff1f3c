"""Derives the tables of the nation case: ``fundpool init DIR --case nation`` writes them."""

import pandas as pd

from fundpool.building.nation.tables import tables_of
from fundpool.building.nation.units import assumptions, published_units


def tables() -> dict[str, pd.DataFrame]:
    """Every table of the case."""
    return tables_of(published_units(), assumptions())
