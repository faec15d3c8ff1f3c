"""Joint alternatives: every assumption at once on its dear or its cheap side; and a longer run.

The dear side of an assumption is the one that leaves all funds together with less money at the end
(:func:`fundpool.models.analysis.sensitivity.sensitivity`). High cost moves all of them there by
their steps at once, low cost all to the other side, as trustees' reports do.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.solvency import actuarial_balance, level_rate
from fundpool.inputs.case.variation import shifted
from fundpool.models.analysis.sensitivity import RESULTS, Step, restudied, scheme_results
from fundpool.models.funds.books import OTHER_INCOME, OUTGO
from fundpool.models.funds.summary import NEVER
from fundpool.models.projection.study import Projection, Study

ALTERNATIVES = ("low_cost", "central", "high_cost")
PERIODS = (25, 50, 75)
"""Years of the sub-periods of a long run."""
STABLE_YEARS = 5
"""Last years of a period over which reserve months must not fall for its end to be stable."""


def dear_sides(moved: pd.DataFrame) -> dict[str, float]:
    """The dear side of each assumption, 1 (up) or -1 (down); one that moves nothing is left out.

    Args:
        moved: table of :func:`fundpool.models.analysis.sensitivity.sensitivity`.
    """
    closing = moved.groupby(["path", "direction"], sort=False)["closing_balance"].sum()
    sides = {}
    for path in dict.fromkeys(moved["path"]):
        down, up = float(closing[path, "down"]), float(closing[path, "up"])
        if down != up:
            sides[str(path)] = 1.0 if up < down else -1.0
    return sides


def dear_moves(steps: Sequence[Step], moved: pd.DataFrame) -> dict[str, float]:
    """Signed steps of joint high cost by path; those of low cost are the same to the other side.

    Args:
        steps: what to move.
        moved: table of :func:`fundpool.models.analysis.sensitivity.sensitivity`.
    """
    sides = dear_sides(moved)
    return {step.path: sides[step.path] * step.size for step in steps if step.path in sides}


def joint_alternatives(
    base: Study, plan: str, steps: Sequence[Step], moved: pd.DataFrame
) -> pd.DataFrame:
    """Results with every assumption on its dear side, and on its cheap side, at once.

    Args:
        base: the case as projected.
        plan: the pooling plan under which funds are judged.
        steps: what to move.
        moved: the same assumptions moved one at a time.

    Returns:
        one row per alternative (``low_cost``, ``central``, ``high_cost``) and scheme: alternative,
        moves (paths with their signed steps), scheme, and results as in the overview.
    """
    dear = dear_moves(steps, moved)
    rows = []
    for name, sign in zip(ALTERNATIVES, (-1.0, 0.0, 1.0), strict=True):
        moves = {path: sign * size for path, size in dear.items() if sign}
        case = base.case
        for path, change in moves.items():
            case = shifted(case, path, change)
        beyond_money = [path for path in moves if not path.startswith("economy.")]
        study = restudied(base, case, (beyond_money or list(moves))[0]) if moves else base
        text = "; ".join(f"{path} {change:+g}" for path, change in moves.items())
        rows += [
            {"alternative": name, "moves": text, "scheme": scheme} | results
            for scheme, results in scheme_results(study.pooled(plan)).items()
        ]
    table = pd.DataFrame(rows, columns=["alternative", "moves", "scheme", *RESULTS])
    table["first_exhaustion"] = table["first_exhaustion"].astype("Int64")
    return table


def long_range(projection: Projection, periods: Sequence[int] = PERIODS) -> pd.DataFrame:
    """Summarised rates of all funds of a scheme over sub-periods of a long run.

    The level rate of a period ends at the target reserve, so many months of its last year's outgo;
    flows fall at mid-year and are discounted by the economy's interest.

    Args:
        projection: of as many years as the longest period that counts; longer periods are left out.
        periods: lengths in years from the start.

    Returns:
        one row per scheme and period: scheme; period, years; last_year; income_rate, present value
        of what goes to the pooled funds over that of the base; level_rate; actuarial_balance, with
        the opening balance and the target reserve; closing_balance; reserve_months at the end, of
        that year's outgo; funds_dry, share of the insured whose fund has run dry by then;
        stable, whether reserve months do not fall in the last five years.
    """
    case = projection.case
    target = case.value("solvency.target_reserve_months") / 12.0
    rows = []
    for scheme, funds in projection.funds.groupby("scheme", sort=False):
        yearly = funds.groupby("year").sum(numeric_only=True)
        interest = np.array([case.settings.economy.interest.at(int(year)) for year in yearly.index])
        outgo = yearly[list(OUTGO)].sum(axis=1).to_numpy()
        other = yearly[list(OTHER_INCOME)].sum(axis=1).to_numpy()
        base = yearly["contribution_base"].to_numpy()
        pooled = (yearly["contributions"] - yearly["account_credits"]).to_numpy()
        opening = float(yearly["opening_balance"].iloc[0])
        months = 12.0 * yearly["balance"].to_numpy() / np.where(outgo > 0, outgo, np.nan)
        dry = projection.summaries[str(scheme)][1].county_dry
        number = case.scheme_number(str(scheme))
        insured = projection.flows.persons[number, 1, :-1]
        for period in periods:
            if period > len(yearly):
                continue
            span = slice(0, period)
            if not base[span].sum() > 0:
                continue
            terms = {
                "outgo": outgo[span], "subsidies": other[span], "base": base[span],
                "opening_balance": opening, "interest": interest[span],
                "target_reserve": target * outgo[period - 1],
            }  # fmt: skip
            rate = ratio(pooled[span], base[span])
            growth = np.cumprod(1.0 + interest[span])
            weight = np.sqrt(1.0 + interest[span]) / growth
            last = int(yearly.index[period - 1])
            gone = (dry != NEVER) & (dry <= last)
            empty = float(insured[gone].sum() / insured.sum()) if insured.sum() else 0.0
            late = months[max(period - STABLE_YEARS, 0) : period]
            rows.append(
                {
                    "scheme": str(scheme),
                    "period": period,
                    "last_year": last,
                    "income_rate": float(
                        (pooled[span] * weight).sum() / (base[span] * weight).sum()
                    ),
                    "level_rate": float(level_rate(**terms)),
                    "actuarial_balance": float(actuarial_balance(rate, **terms)),
                    "closing_balance": float(yearly["balance"].iloc[period - 1]),
                    "reserve_months": float(months[period - 1]),
                    "funds_dry": empty,
                    "stable": bool(late[-1] >= late[0]),
                }
            )
    return pd.DataFrame(rows, columns=LONG_RANGE_COLUMNS)


LONG_RANGE_COLUMNS = [
    "scheme", "period", "last_year", "income_rate", "level_rate", "actuarial_balance",
    "closing_balance", "reserve_months", "funds_dry", "stable",
]  # fmt: skip
