"""Money that the fund of one scheme pays into that of another, as for a layer above its benefits.

In the table ``subsidies`` the payer may be a scheme of the case. What it adds to another's fund is
subsidies there and outgo beside care here, in the same county and year.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.contributions.year import SchemeYear, granted_in_year
from fundpool.models.economy import EconomicPaths
from fundpool.models.terms.years import YearTerms


def with_layer_subsidies(
    collected: Sequence[SchemeYear],
    terms: YearTerms,
    paths: EconomicPaths,
    levels: Sequence[FloatArray],
) -> list[SchemeYear]:
    """A year with what goes to funds that insure nobody and pay layers, for others' insured.

    Args:
        collected: what every scheme collects without it.
        terms: of the year.
        paths: economic paths.
        levels: of each scheme, multipliers of contributions and subsidies, ``(n + 1, 2)``.
    """
    result = list(collected)
    insured = np.stack([scheme.persons for scheme in collected])
    for number, scheme in enumerate(terms.schemes):
        if scheme.subsidies is not None and scheme.subsidies.counted is not None:
            granted = granted_in_year(terms, number, insured, paths, levels[number])
            result[number] = replace(
                result[number],
                subsidies=result[number].subsidies + granted.sum(axis=0),
                granted=granted,
            )
    return result


def paid_into_others(granted: FloatArray, terms: YearTerms) -> FloatArray:
    """What funds pay into others in a year, by fund paid into, payer and county, ``(S, S, ...)``.

    Args:
        granted: subsidies by payer and receiving scheme, ``(Y, S, ...)``.
        terms: of the year.
    """
    schemes = len(terms.schemes)
    result = np.zeros((schemes, schemes, *granted.shape[2:]))
    for number, scheme in enumerate(terms.schemes):
        if scheme.subsidies is None:
            continue
        for payer, fund in enumerate(scheme.subsidies.fund_of.tolist()):
            if fund >= 0:
                result[number, fund] += granted[payer, number]
    return result


def with_paid_into_others(
    cash: FloatArray, granted: FloatArray, terms: Sequence[YearTerms], receiving: Sequence[int]
) -> FloatArray:
    """Benefits in cash with, in their last rows, what funds pay into others.

    The base year has none, as it has no benefits in cash.

    Args:
        cash: by benefit, scheme, year and county, ``(B, S, T + 1, n + 1)``; not changed.
        granted: subsidies by payer, scheme, year and county, ``(Y, S, T + 1, n + 1)``.
        terms: of the years.
        receiving: numbers of the schemes into whose funds others pay
            (:func:`fundpool.models.terms.subsidies.funds_paid_into`).
    """
    if not receiving:
        return cash
    result = cash.copy()
    first = cash.shape[0] - len(receiving)
    for t, year in enumerate(terms[1:], start=1):
        paid = paid_into_others(granted[:, :, t], year)
        for row, number in enumerate(receiving, start=first):
            result[row, :, t] = paid[number]
    return result
