"""Outlines of regions for the maps, with no more points than a screen shows."""

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray

PARTS = 700.0
"""Points nearer to a straight line than the width of the case's map over this are left out."""


def outlines(case: Case) -> dict[str, list[list[list[float]]]]:
    """Rings of each region that the case has a boundary of: longitude, latitude by point."""
    if not case.boundaries:
        return {}
    points = np.array([p for rings in case.boundaries.values() for ring in rings for p in ring])
    near = float(np.ptp(points, axis=0).max()) / PARTS
    return {
        code: [thinned(np.array(ring), near).round(5).tolist() for ring in rings]
        for code, rings in case.boundaries.items()
    }


def thinned(line: FloatArray, near: float) -> FloatArray:
    """A line without the points that lie nearer than ``near`` to what is left (Douglas, Peucker).

    Args:
        line: points, ``(n, 2)``.
        near: in the units of the points.

    >>> thinned(np.array([[0.0, 0.0], [1.0, 0.01], [2.0, 0.0], [2.0, 2.0]]), 0.1).tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]]
    """
    kept = np.zeros(len(line), dtype=bool)
    kept[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        start, way = line[first], line[last] - line[first]
        length = float(np.hypot(*way))
        gap = line[first + 1 : last] - start
        far = (
            np.abs(way[0] * gap[:, 1] - way[1] * gap[:, 0]) / length
            if length > 0
            else np.hypot(gap[:, 0], gap[:, 1])
        )
        widest = int(far.argmax())
        if far[widest] > near:
            middle = first + 1 + widest
            kept[middle] = True
            spans += [(first, middle), (middle, last)]
    return line[kept]
