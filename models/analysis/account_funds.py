"""Funds of accounts as a projection has them: the pools that lie in their regions."""

import pandas as pd

from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.models.calibration.multipliers import counties_of
from fundpool.models.funds.books import OUTGO
from fundpool.models.projection.study import Projection

Years = dict[tuple[str, str, int], dict[str, float]]


def expected_years(projection: Projection, months: pd.DataFrame) -> Years:
    """What the projection has for every fund of accounts, by scheme, region and projected year.

    ``outgo`` is claims paid, administration and swaps paid; ``income`` everything else that moved
    the balance, interest included, so that ``opening + income - outgo = balance``.

    Args:
        projection: of the case.
        months: accounts by month.

    Raises:
        CaseError: a pool lies only partly in a fund's region; all such funds.
    """
    result: Years = {}
    findings = []
    for scheme, region in months[["scheme", "region"]].drop_duplicates().itertuples(index=False):
        pools = _pools_inside(projection, str(scheme), str(region))
        if pools is None:
            findings.append(
                Finding.of_setting(
                    "pooling", None, projection.plan.name,
                    Message("pools that lie wholly in %(fund)s (%(scheme)s)", fund=str(region),
                            scheme=str(scheme)),
                    Message("Choose the pooling of the accounts with --pooling."))
            )  # fmt: skip
            continue
        for year, rows in pools.groupby("year"):
            outgo = rows[[*OUTGO, "swaps_out"]].sum().sum()
            opening, balance = rows["opening_balance"].sum(), rows["balance"].sum()
            result[str(scheme), str(region), int(str(year))] = {
                "opening": float(opening), "income": float(balance - opening + outgo),
                "outgo": float(outgo), "balance": float(balance),
            }  # fmt: skip
    if findings:
        raise CaseError(findings)
    return result


def _pools_inside(projection: Projection, scheme: str, region: str) -> pd.DataFrame | None:
    """Rows of the pools that make up a region; None where no pools do in some year."""
    case = projection.case
    wanted = int(counties_of(case, region).sum())
    funds = projection.funds[projection.funds["scheme"] == scheme]
    lineages = {
        pool: case.regions.lineage(pool)
        for pool in funds["pool"].astype(str).unique()
        if case.regions.has(pool)
    }
    inside = funds[[region in lineages.get(str(pool), ()) for pool in funds["pool"]]]
    counties = {pool: int(counties_of(case, pool).sum()) for pool in lineages}
    covered = dict.fromkeys(funds["year"], 0)
    for pool, year in zip(inside["pool"].astype(str), inside["year"], strict=True):
        covered[year] += counties[pool]
    return inside if covered and all(number == wanted for number in covered.values()) else None
