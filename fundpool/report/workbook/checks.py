"""Checks of the workbook: live formulas that must come out at zero, with the value they have."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from fundpool.report.columns import CALCULATED

ROUNDING = 1e-9
"""Largest relative difference that is rounding."""


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        what: what must hold.
        formula: over ``table[column]``, relative difference.
        value: what it comes out at.
        allowed: largest absolute value that passes.
    """

    what: str
    formula: str
    value: float
    allowed: float = ROUNDING


def checks_of(results: Mapping[str, pd.DataFrame], plans: tuple[str, ...]) -> list[Check]:
    """Checks that the tables at hand allow."""
    checks = []
    funds, totals, people = results["funds"], results["totals"], results["people"]
    gap = CALCULATED["funds"]["balance_check"].values(funds)
    checks.append(
        Check(
            "Every fund: opening balance, interest and flows give the closing balance",
            "SUMPRODUCT(ABS(funds[balance_check]))/SUMPRODUCT(ABS(funds[balance]))",
            float(gap.abs().sum() / funds["balance"].abs().sum()),
        )
    )
    gap = CALCULATED["totals"]["balance_check"].values(totals)
    checks.append(
        Check(
            "Every scheme: opening balance, interest and flows give the closing balance",
            "SUMPRODUCT(ABS(totals[balance_check]))/SUMPRODUCT(ABS(totals[balance]))",
            float(gap.abs().sum() / totals["balance"].abs().sum()),
        )
    )
    cover = CALCULATED["people"]["cover_check"].values(people)
    checks.append(
        Check(
            "Every region and year: people by cover add up to residents",
            "SUMPRODUCT(ABS(people[cover_check]))/SUM(people[persons])",
            float(cover.abs().sum() / people["persons"].sum()),
        )
    )
    for plan in plans:
        for column in ("contributions", "claims_paid"):
            stated = totals.loc[totals["plan"] == plan, column].sum()
            summed = funds.loc[funds["plan"] == plan, column].sum()
            checks.append(
                Check(
                    f"{plan}: {column} of all funds add up to the totals",
                    f'(SUMIFS(funds[{column}],funds[plan],"{plan}")'
                    f'-SUMIFS(totals[{column}],totals[plan],"{plan}"))'
                    f'/SUMIFS(totals[{column}],totals[plan],"{plan}")',
                    float((summed - stated) / stated) if stated else 0.0,
                )
            )
    if "change" in results:
        checks += _closing(results["change"])
    return checks


def _closing(change: pd.DataFrame) -> list[Check]:
    """The steps between two runs add up to the whole movement, by measure."""
    checks = []
    for measure in dict.fromkeys(change["measure"]):
        steps_of_measure = change[change["measure"] == measure]
        steps = float(steps_of_measure.loc[steps_of_measure["kind"] == "step", "change"].sum())
        whole = float(steps_of_measure.loc[steps_of_measure["kind"] == "total", "change"].sum())
        size = float(steps_of_measure["after"].abs().max())
        part = f'change[measure],"{measure}",change[kind]'
        checks.append(
            Check(
                f"Analysis of change, {measure}: the steps add up to the movement",
                f'(SUMIFS(change[change],{part},"step")-SUMIFS(change[change],{part},"total"))'
                f"/{size!r}",
                (steps - whole) / size if size else 0.0,
            )
        )
    return checks
