"""What arrays are indexed by: pairs of home and residence, cells of sex and age, statuses.

``arrays`` names the types of arrays, ``threads`` runs independent groups of pairs side by side;
``compiling`` compiles functions and keeps them (``compile_cache``) by the digest of all sources
that they depend on (``code_digest``).
"""

from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.axes.cells import cell_index
from fundpool.models.axes.pairs import PairIndex, pair_index, sum_by
from fundpool.models.axes.threads import side_by_side

__all__ = [
    "BoolArray",
    "FloatArray",
    "IntArray",
    "PairIndex",
    "cell_index",
    "pair_index",
    "side_by_side",
    "sum_by",
]
