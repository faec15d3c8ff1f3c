"""Accounts of the year so far beside the projection's year, and what they say of its end.

A fund's income and outgo of the latest year in its accounts are set against those of the
projection: the expectation of a month is the year's times the month's share
(:func:`fundpool.actuarial.seasonality.monthly_shares`) in the fund's earlier full years, or a
twelfth. How far a fund's own ratio is believed is a question of credibility: Bühlmann and Straub's
between the funds of a scheme and level, limited fluctuation for a fund by itself.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fundpool.actuarial.credibility import Credibility, buhlmann_straub, limited_by_periods
from fundpool.actuarial.seasonality import MONTHS, monthly_shares, year_end
from fundpool.models.analysis.account_funds import expected_years
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.projection.study import Projection

FLOWS = ("income", "outgo")
PROBABILITY = 0.9
"""Of the interval for the year's end."""
EXPERIENCE_COLUMNS = [
    "scheme", "region", "name", "level", "measure", "year", "months", "actual", "expected",
    "actual_to_expected", "credibility", "method", "credible_ratio", "expected_year", "year_end",
    "low", "high", "pattern_years",
]  # fmt: skip


def account_experience(projection: Projection, months: pd.DataFrame) -> pd.DataFrame:
    """Actual against expected by scheme, fund and measure (income, outgo) in the latest year.

    Columns :data:`EXPERIENCE_COLUMNS`. ``pattern_years`` counts the full years that the season is
    taken from; 0: equal months are assumed. Blank credibility and interval: a single month, or
    a measure without expectation. Funds whose latest year is not projected are left out.

    Args:
        projection: of the case, pooled at the funds' level or below it.
        months: accounts (:class:`fundpool.inputs.accounts.Accounts`).

    Raises:
        CaseError: a pool of the projection lies only partly in a fund's region.
    """
    expected = expected_years(projection, months)
    rows = []
    for (scheme, region), fund in months.groupby(["scheme", "region"], sort=False):
        year = int(fund["year"].max())
        if (scheme, region, year) not in expected:
            continue
        now = fund[fund["year"] == year]
        for measure in FLOWS:
            shares, pattern_years = season(fund, measure, year)
            whole = float(expected[str(scheme), str(region), year][measure])
            each = whole * shares[now["month"].to_numpy() - 1]
            rows.append(
                {
                    "scheme": scheme, "region": region, "name": now["name"].iloc[0],
                    "level": now["level"].iloc[0], "measure": measure, "year": year,
                    "months": len(now), "actual": float(now[measure].sum()),
                    "expected": float(each.sum()), "expected_year": whole,
                    "pattern_years": pattern_years,
                    "remaining": max(0.0, whole * float(1.0 - shares[now["month"] - 1].sum())),
                    "by_month": dict(zip(now["month"], zip(now[measure], each, strict=True),
                                         strict=True)),
                }
            )  # fmt: skip
    table = pd.DataFrame(rows)
    if table.empty:
        return pd.DataFrame(columns=EXPERIENCE_COLUMNS)
    groups = table.groupby(["scheme", "level", "measure"], sort=False)
    result = pd.concat([_judged(group) for _, group in groups], ignore_index=True)
    return result[EXPERIENCE_COLUMNS]


def season(fund: pd.DataFrame, measure: str, before: int) -> tuple[FloatArray, int]:
    """Shares of months in a fund's years before a year, and how many full years they come from.

    Years whose flows do not sum to more than zero do not count.
    """
    earlier = fund[fund["year"] < before].pivot(index="year", columns="month", values=measure)
    full = earlier.reindex(columns=range(1, MONTHS + 1)).dropna().to_numpy(dtype=float)
    full = full[full.sum(axis=1) > 0]
    return monthly_shares(full), len(full)


def _judged(group: pd.DataFrame) -> pd.DataFrame:
    """One scheme, level and measure with credibility and the year's end."""
    result = group.reset_index(drop=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (result["actual"] / result["expected"]).where(result["expected"] > 0)
    result["actual_to_expected"] = ratio
    for column in ("credibility", "credible_ratio", "low", "high"):
        result[column] = np.nan
    result["method"] = ""
    result["year_end"] = result["actual"] + result["remaining"]
    judged = result.index[result["expected"] > 0]
    known = _credibility(result["by_month"][judged].tolist())
    if known is None:
        return result
    method, credibility = known
    end = year_end(
        result.loc[judged, "actual"], result.loc[judged, "remaining"], credibility, PROBABILITY
    )
    result.loc[judged, "credibility"] = credibility.factor
    result.loc[judged, "credible_ratio"] = credibility.estimate
    result.loc[judged, "method"] = method
    result.loc[judged, "year_end"] = end.estimate
    result.loc[judged, "low"], result.loc[judged, "high"] = end.low, end.high
    return result


def _credibility(
    funds: list[Mapping[int, tuple[float, float]]],
) -> tuple[str, Credibility] | None:
    """Credibility of funds from actual and expected flows by month; None where it is unknown."""
    actual, expected = (
        np.array([[fund.get(m, (0.0, 0.0))[k] for m in range(1, MONTHS + 1)] for fund in funds])
        for k in (0, 1)
    )
    weights = np.maximum(expected, 0.0)
    ratios = np.where(weights > 0, actual / np.where(weights > 0, weights, 1.0), 0.0)
    try:
        if len(funds) == 1:
            return "limited_fluctuation", limited_by_periods(ratios, weights)
        return "buhlmann_straub", buhlmann_straub(ratios, weights)
    except ValueError:
        return None
