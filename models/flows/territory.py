"""Recorded claims settled in the territory of any fund: what is on-site, what off-site.

A fund pays for care in its territory in full and at once. The territory is the region that holds
the counties of the fund's pool, so it depends on the pooling plan, which the projection does not
know. It records claims by the distance of the place from the payer, as if on-site and as if
off-site (:attr:`fundpool.models.flows.record.CountyFlows.claims_by_distance`); here the two are put
together for given territories.
"""

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray


def near_and_away(
    by_distance: FloatArray, territory: IntArray, other: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Claims for care within and outside a territory, ``(...)`` each.

    >>> care = np.zeros((1, 3, 2, 1))  # of one county on a tree of two levels
    >>> care[0, :, :, 0] = [[5.0, 0.0], [3.0, 2.0], [0.0, 1.0]]
    >>> care = np.repeat(care, 2, axis=3)  # no other fund pays
    >>> near_and_away(care, np.array([0]), np.array([0]))  # the county: the next one is off-site
    (array([5.]), array([3.]))
    >>> near_and_away(care, np.array([1]), np.array([0]))  # both counties
    (array([8.]), array([1.]))

    Args:
        by_distance: claims by distance, as if on-site and as if off-site, and by the level of the
            other fund's territory, ``(..., L + 1, 2, L)``.
        territory: number of the level of the territory, ``(...)``.
        other: the same of the other fund of doubly covered people.
    """
    near, away = _split(by_distance, territory, other)
    return near.sum(axis=-1), away.sum(axis=-1)


def paid_by_distance(by_distance: FloatArray, territory: IntArray, other: IntArray) -> FloatArray:
    """Claims by distance of the place from the payer, ``(..., L + 1)``; else as above."""
    near, away = _split(by_distance, territory, other)
    return near + away


def _split(
    by_distance: FloatArray, territory: IntArray, other: IntArray
) -> tuple[FloatArray, FloatArray]:
    if other.size and (other == other.flat[0]).all():
        paid = by_distance[..., int(other.flat[0])]
    else:
        index = np.broadcast_to(other[..., None, None, None], (*by_distance.shape[:-1], 1))
        paid = np.take_along_axis(by_distance, index, axis=-1)[..., 0]
    inside = np.arange(paid.shape[-2]) <= territory[..., None]
    return paid[..., 0] * inside, paid[..., 1] * ~inside
