"""The valuation rolled forward: opening balances that lead to the balances of closed accounts.

People, cover, care and rates stay as they are known at the end of the base year and are projected.
What is moved is the money: the difference between the balance in the accounts at the end of the
latest closed year ``Y`` and the projected one, taken back to the base year at the case's interest,

``opening' = opening + (actual[Y] - expected[Y]) / prod_t (1 + interest[t])``,

so that the projection passes through the accounts at the end of ``Y``: the recursion of a fund is
linear in its opening balance.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.models.analysis.account_funds import expected_years
from fundpool.models.calibration.multipliers import counties_of
from fundpool.models.projection.study import Projection

RECONCILIATION_COLUMNS = [
    "scheme", "region", "name", "year", "expected_opening", "opening", "opening_difference",
    "expected_income", "income", "income_difference", "expected_outgo", "outgo",
    "outgo_difference", "expected_balance", "balance", "difference",
]  # fmt: skip
MET = 1e-6
"""Relative distance from the balances of the accounts that a rolled case may have."""


@dataclass(frozen=True)
class RollForward:
    """Opening balances rolled forward.

    Attributes:
        year: the closed year whose end the projection passes through.
        balances: table ``fund_balances`` of the new case: region, scheme, pooled_balance.
        reconciliation: closed years of the accounts beside those of the projection
            (:data:`RECONCILIATION_COLUMNS`); the differences of opening, income and outgo sum to
            that of the balance.
    """

    year: int
    balances: pd.DataFrame
    reconciliation: pd.DataFrame


def closed_year(months: pd.DataFrame) -> int:
    """The latest year that every fund's accounts have to its December.

    Raises:
        CaseError: there is none.
    """
    ends = months[months["month"] == 12].groupby(["scheme", "region"])["year"].agg(set)
    funds = months[["scheme", "region"]].drop_duplicates()
    common: set[int] = set.intersection(*ends) if len(ends) == len(funds) else set()
    if not common:
        raise CaseError(
            [Finding.of_setting("accounts", "month", None,
                                Message("a December in the accounts of every fund"),
                                Message("The valuation is rolled to the end of a closed year; "
                                        "add the months to one."))]
        )  # fmt: skip
    return int(max(common))


def rolled_forward(projection: Projection, months: pd.DataFrame) -> RollForward:
    """Opening balances with which the projection meets the accounts at the last closed year end.

    What a fund gains is shared between the counties of its region by the claims they incurred in
    the base year.

    Args:
        projection: of the case, pooled as the funds of the accounts are, to the closed year.
        months: accounts (:class:`fundpool.inputs.accounts.Accounts`).

    Raises:
        CaseError: no year is closed or it lies before the base year, or a pool of the projection
            lies only partly in a fund's region.
    """
    case, year = projection.case, closed_year(months)
    if year < case.base_year:
        raise CaseError(
            [Finding.of_setting("accounts", "year", str(year),
                                Message("a closed year from the base year %(year)s on",
                                        year=str(case.base_year)),
                                Message("Add later months to the accounts."))]
        )  # fmt: skip
    expected = expected_years(projection, months)
    growth = float(np.prod(1.0 + projection.flows.paths.interest[: year - case.base_year]))
    table = case.tables["fund_balances"][["region", "scheme", "pooled_balance"]].copy()
    at_end = months[(months["year"] == year) & (months["month"] == 12)]
    codes = np.asarray(case.regions.codes)
    for fund in at_end.to_dict("records"):
        scheme, inside = str(fund["scheme"]), counties_of(case, str(fund["region"]))
        here = (table["scheme"] == scheme) & table["region"].isin(codes[inside])
        if year == case.base_year:
            before = float(table.loc[here, "pooled_balance"].sum())
        else:
            before = expected[scheme, str(fund["region"]), year]["balance"]
        claims = projection.flows.claims_incurred[case.scheme_number(scheme), 0, : codes.size]
        total = float(claims[inside].sum())
        weights = claims / total if total > 0 else inside / inside.sum()
        share = table.loc[here, "region"].map(dict(zip(codes, weights, strict=True)))
        table.loc[here, "pooled_balance"] += share * (fund["balance"] - before) / growth
    return RollForward(year, table, _reconciliation(projection, months, year))


def largest_distance(projection: Projection, months: pd.DataFrame, year: int) -> float:
    """How far a projection is from the accounts at the end of a year, relative to what they hold.

    The largest over the funds of ``|projected - actual| / max(|actual|, outgo of the year)``.
    """
    expected = expected_years(projection, months)
    ends = months[(months["year"] == year) & (months["month"] == 12)]
    if year == projection.case.base_year:
        return 0.0
    distances = []
    for fund in ends.to_dict("records"):
        figures = expected[str(fund["scheme"]), str(fund["region"]), year]
        scale = max(abs(fund["balance"]), figures["outgo"], 1.0)
        distances.append(abs(figures["balance"] - fund["balance"]) / scale)
    return max(distances, default=0.0)


def _reconciliation(projection: Projection, months: pd.DataFrame, last: int) -> pd.DataFrame:
    expected = expected_years(projection, months)
    rows = []
    for (scheme, region, year), fund in months.groupby(["scheme", "region", "year"], sort=False):
        figures = expected.get((str(scheme), str(region), int(str(year))))
        if figures is None or len(fund) < 12 or int(str(year)) > last:
            continue
        actual = {
            "opening": float(fund["opening"].iloc[0]), "income": float(fund["income"].sum()),
            "outgo": float(fund["outgo"].sum()), "balance": float(fund["balance"].iloc[-1]),
        }  # fmt: skip
        row: dict[str, object] = {
            "scheme": scheme, "region": region, "name": fund["name"].iloc[0], "year": year,
            "difference": actual["balance"] - figures["balance"],
        }  # fmt: skip
        for name in ("opening", "income", "outgo", "balance"):
            row |= {name: actual[name], f"expected_{name}": figures[name]}
            row[f"{name}_difference"] = actual[name] - figures[name]
        row["outgo_difference"] = figures["outgo"] - actual["outgo"]
        rows.append(row)
    return pd.DataFrame(rows, columns=RECONCILIATION_COLUMNS)
