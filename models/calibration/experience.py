"""Actual against expected: what came in and was paid since the valuation, beside the projection.

A case may hold a table ``actuals`` of yearly or monthly figures by region and scheme. A month is
expected to bring a twelfth of its year. How far a region's own ratio is believed is a question of
credibility (:mod:`fundpool.actuarial.credibility`): Bühlmann and Straub where several regions have
several periods, the square-root rule where the number of claims behind a figure is given, else
unknown.
"""

import numpy as np
import pandas as pd

from fundpool.actuarial.credibility import (
    buhlmann_straub,
    full_credibility_claims,
    limited_fluctuation,
)
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.calibration.multipliers import counties_of, expected_series
from fundpool.models.flows.record import CountyFlows

PERSONS = ("participants", "contributors", "retirees")
"""Measures that are numbers of people, not sums over a period."""
PERIOD_COLUMNS = ["scheme", "region", "name", "level", "measure", "year", "month", "actual",
                  "expected", "ratio", "claims"]  # fmt: skip
COLUMNS = ["scheme", "region", "name", "level", "measure", "periods", "first_year", "last_year",
           "actual", "expected", "actual_to_expected", "credibility", "method",
           "credible_ratio"]  # fmt: skip


def periods(case: Case, flows: CountyFlows) -> pd.DataFrame:
    """Every actual figure beside what was expected of its period; columns ``PERIOD_COLUMNS``.

    Figures of years outside the projection are left out.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> periods(study.case, study.flows).empty  # the case has no figures of later years
    True
    """
    n = flows.residents.shape[1] - 1
    series = expected_series(case, flows)
    rows = []
    for row in case.tables["actuals"].to_dict("records"):
        t = int(row["year"]) - case.base_year
        measure = str(row["measure"])
        if not 0 <= t < flows.years.size:
            continue
        region, month = str(row["region"]), int(row["month"])
        inside = counties_of(case, region)
        year = float(series[measure][case.scheme_number(str(row["scheme"])), t, :n][inside].sum())
        share = 1.0 if month == 0 or measure in PERSONS else 1.0 / 12.0
        expected, actual = year * share, float(row["value"])
        rows.append(
            {
                "scheme": row["scheme"], "region": region, "name": case.regions.name(region),
                "level": case.regions.level_of(region), "measure": measure,
                "year": int(row["year"]), "month": month, "actual": actual, "expected": expected,
                "ratio": actual / expected if expected > 0 else np.nan,
                "claims": float(row.get("claims", np.nan) or np.nan),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=PERIOD_COLUMNS)


def experience(case: Case, flows: CountyFlows) -> pd.DataFrame:
    """Actual against expected by scheme, region and measure over all its periods.

    Columns ``COLUMNS``. ``credible_ratio`` is ``Z * own + (1 - Z) * collective``: the collective
    ratio is that of all regions of the level under Bühlmann and Straub, one (the projection is
    right) under the square-root rule, whose standard is a tolerance of 5 % met with probability
    90 % by claims that vary as the most variable service of the case. Blank where credibility is
    unknown.
    """
    table = periods(case, flows)
    variation = float(case.tables["severity"]["cv"].max())
    frames = [
        _of_level(rows_of_run, full_credibility_claims(severity_cv=variation))
        for _, rows_of_run in table[table["expected"] > 0].groupby(
            ["scheme", "measure", "level"], sort=False
        )
    ]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True)[COLUMNS]


def _of_level(rows_of_run: pd.DataFrame, full: float) -> pd.DataFrame:
    """One scheme, measure and level: totals by region, with their credibility."""
    first = rows_of_run.iloc[0]
    people = first["measure"] in PERSONS
    grouped = rows_of_run.groupby("region", sort=False)
    total = grouped[["actual", "expected"]].agg("mean" if people else "sum")
    result = pd.DataFrame(
        {
            "scheme": first["scheme"],
            "region": list(total.index),
            "name": grouped["name"].first().to_numpy(),
            "level": first["level"],
            "measure": first["measure"],
            "periods": grouped.size().to_numpy(),
            "first_year": grouped["year"].min().to_numpy(),
            "last_year": grouped["year"].max().to_numpy(),
            "actual": total["actual"].to_numpy(),
            "expected": total["expected"].to_numpy(),
        }
    )
    result["actual_to_expected"] = result["actual"] / result["expected"]
    result["credibility"] = np.nan
    result["method"] = ""
    result["credible_ratio"] = np.nan
    wide = rows_of_run.assign(period=rows_of_run["year"] * 100 + rows_of_run["month"])
    weights = wide.pivot(index="region", columns="period", values="expected")
    ratios = wide.pivot(index="region", columns="period", values="ratio").loc[result["region"]]
    weights = weights.loc[result["region"]].fillna(0.0)
    try:
        credibility = buhlmann_straub(ratios.to_numpy(float), weights.to_numpy(float))
    except ValueError:
        return _by_number(result, grouped["claims"].sum(min_count=1).to_numpy(float), full)
    result["credibility"] = credibility.factor
    result["method"] = "buhlmann_straub"
    result["credible_ratio"] = (
        credibility.factor * result["actual_to_expected"]
        + (1.0 - credibility.factor) * credibility.collective
    )
    return result


def _by_number(result: pd.DataFrame, claims: FloatArray, full: float) -> pd.DataFrame:
    """Credibility by the number of claims, where it is known."""
    known = np.isfinite(claims)
    if not known.any():
        return result
    factor = np.where(known, limited_fluctuation(np.where(known, claims, 0.0), full), np.nan)
    result["credibility"] = factor
    result["method"] = np.where(known, "limited_fluctuation", "")
    result["credible_ratio"] = factor * result["actual_to_expected"] + (1.0 - factor)
    return result
