"""The whole path: a case in, projected funds under a pooling plan out.

``study`` projects a case and pools it, ``settlement`` says who pays where under a plan,
``comparison`` sets plans side by side, ``central`` takes a scheme's flows out of a projection.
"""

from fundpool.models.projection.central import central_paths
from fundpool.models.projection.comparison import Comparison, compare
from fundpool.models.projection.study import Projection, Study, project

__all__ = [
    "Comparison",
    "Projection",
    "Study",
    "central_paths",
    "compare",
    "project",
]
