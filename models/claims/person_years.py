"""Payments by rules that look at a person's year, as money for a claim.

The projection counts claims. Where deductible, limit or ceiling are those of a year, a claim is
worth ``E[b(X_1 + ... + X_N)] / E[N]`` (:mod:`fundpool.actuarial.person_year`) for a person with the
base year's expected claims of the severity class; within a class persons differ in age and sex,
which is taken as a gamma factor with the exact variance. Shocks and relativities that change how
often care is needed move the number of claims, not what is paid for one.
"""

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import cast

import numpy as np

from fundpool.actuarial import year_lattices
from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.person_payments import PersonPayment, payments_of_rules
from fundpool.actuarial.severity import Severity
from fundpool.models.axes.arrays import FloatArray, IntArray

NODES = 9
"""Prices at which payments are computed where a case has more of them; others are interpolated
by a polynomial through these Chebyshev points of the logarithm. Largest relative error for prices
of 0.5 to 2: 2e-4 (tests/models/claims/test_person_years.py)."""


def payments_for_a_claim(
    rule: PersonPayment, claims: tuple[float, float], cost: Severity, prices: FloatArray, order: int
) -> FloatArray:
    """Payment of a year over expected claims at each price, ``(p,)``; or for its variance or skew.

    Arguments as :func:`payments_for_claims` has them, of one rule.
    """
    return payments_for_claims([rule], claims, cost, prices, order)[0]


def payments_for_claims(
    rules: Sequence[PersonPayment],
    claims: tuple[float, float],
    cost: Severity,
    prices: FloatArray,
    order: int,
    others: Sequence[PersonPayment] = (),
) -> list[FloatArray]:
    """Payment of a year over expected claims by each rule at each price, ``(p,)`` each.

    Order 2 is the variance of a person's year over expected claims, so that a county's claims have
    the variance of its persons' years; order 3 the third cumulant of a gamma distribution with the
    same two moments.

    Args:
        rules: what a fund pays of a person's year.
        claims: expected claims of a person and their squared coefficient of variation.
        cost: of a claim at price one.
        prices: relative prices, ``(p,)``.
        order: 1, 2 or 3.
        others: rules that will be asked for with the same claims, cost and prices: worked out
            together with these, which takes less time.
    """
    if claims[0] <= 0:
        return [rule.of_one_claim(cost, prices, order) for rule in rules]
    nodes, between, place = _nodes(np.asarray(prices, dtype=np.float64).tobytes())
    assert isinstance(cost, Hashable)
    paid = _payments((*rules, *others), claims, cost, tuple(nodes.tolist()))
    result = []
    for mean, variance in paid[: len(rules)]:
        values = _moment(mean, variance, claims[0], order)
        if between is not None:
            values = np.maximum((between * values).sum(axis=1), 0.0)
        result.append(values[place])
    return result


@lru_cache(maxsize=64)
def _nodes(prices: bytes) -> tuple[FloatArray, FloatArray | None, IntArray]:
    """Where payments are computed, and how they are taken from there to all prices.

    Args:
        prices: the bytes of an array ``(p,)``; those of a case are asked for again and again.

    Returns:
        prices at which payments are computed, ``(k,)``; weights of the barycentric formula between
        them, ``(distinct, k)``, None where they are all the prices; and which of the distinct ones
        each is, ``(p,)``.
    """
    distinct, place = np.unique(np.frombuffer(prices), return_inverse=True)
    if distinct.size <= NODES:
        return distinct, None, place
    low, high = np.log(distinct[0]), np.log(distinct[-1])
    angles = (2 * np.arange(NODES) + 1) * np.pi / (2 * NODES)
    nodes = 0.5 * (low + high) + 0.5 * (high - low) * np.cos(angles)
    apart = np.log(distinct)[:, None] - nodes
    at_node = apart == 0.0
    weights = (-1.0) ** np.arange(NODES) * np.sin(angles) / np.where(at_node, 1.0, apart)
    between = weights / weights.sum(axis=1, keepdims=True)
    exact = at_node.any(axis=1)
    between[exact] = at_node[exact]
    return np.exp(nodes), between, place


@lru_cache(maxsize=2_000)
def _payments(
    rules: tuple[PersonPayment, ...],
    claims: tuple[float, float],
    cost: Hashable,
    prices: tuple[float, ...],
) -> list[FloatArray]:
    return payments_of_rules(rules, claims[0], cast(Severity, cost), claims[1], prices)


def forget() -> None:
    """Drop payments kept in this process, so that the next are computed anew, to measure time."""
    _payments.cache_clear()
    _nodes.cache_clear()
    year_lattices.forget()


def _moment(mean: FloatArray, variance: FloatArray, count: float, order: int) -> FloatArray:
    if order == 1:
        return np.asarray(mean / count)
    if order == 2:
        return np.asarray(variance / count)
    return ratio(2.0 * variance**2, mean) / count
