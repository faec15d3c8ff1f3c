"""What the columns of result tables hold: number formats and formulas of the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from fundpool.inputs.format.vocabulary import DRIVERS, STATUSES
from fundpool.models.funds.books import OTHER_INCOME, OUTGO
from fundpool.models.funds.totals import INFLOWS, OUTFLOWS

YEARS = frozenset(
    {
        "year",
        "exhaustion_year",
        "first_exhaustion",
        "first_dry",
        "dry_year",
        "first_year",
        "last_year",
        "base_year",
    }
)
COUNTS = frozenset(
    {
        "pools", "pools_exhausted", "short_range_failed", "rows", "months", "number", "funds",
        "funds_below_zero", "period", "scenarios",
    }
)  # fmt: skip
PERSONS = frozenset(
    {
        "persons", "insured", "contributors", "registered", "locals", "migrants", "births",
        "deaths", "moved_in", "moved_out", "wanted", "residence", "referral", "forgone",
        *STATUSES,
    }
)  # fmt: skip
SHARES = frozenset(
    {
        "persons_exhausted_share", "level_rate_mean", "level_rate_range", "level_rate", "mean",
        "range", "payg_rate", "income_rate", "payg_rate_first", "payg_rate_last",
        "income_rate_first", "income_rate_last", "actuarial_balance", "ruin_probability",
        "level_rate_change", "credibility", "dry_within_5", "dry_within_10", "dry_by_end",
        "all_last_probability", "rate_change", "paying_less", "paying_more", "rate_error",
        "income_error", "outgo_error", "funds_dry",
        "locals_less", "locals_more", "migrants_less", "migrants_more", "outgo_share", "own_share",
        "any_ruin", "any_ruin_error", "settled_share", "claims_change",
        "income_change", "break_even",
    }
)  # fmt: skip
RATIOS = frozenset(
    {
        "gini", "theil", "theil_within", "theil_between", "cv", "funding_ratio", "ratio",
        "multiplier", "actual_to_expected", "credible_ratio", "point_value",
    }
)  # fmt: skip
PLAIN = frozenset(
    {
        "contributors_per_retired", "months_of_outgo", "min_reserve_months",
        "final_reserve_months", "reserve_months", "limit", "move",
        *(f"{name}_mean" for name in DRIVERS),
    }
)  # fmt: skip
TEXTS = frozenset(
    {
        "plan", "scheme", "pool", "name", "level", "region", "home", "residence", "measure", "use",
        "source", "status", "note", "path", "unit", "step", "part", "kind", "rule", "what",
        "statement", "by_year", "by", "due", "band", "alternative", "moves", "people", "half",
        "payer", "column", "sheet", "shown", "severity", "tie", "service", "method",
        "behaviour", "against", "outcome",
    }
)  # fmt: skip

FORMATS: Mapping[str, str] = {
    "year": "0",
    "count": "#,##0",
    "persons": "#,##0",
    "share": "0.00%",
    "ratio": "0.0000",
    "plain": "0.0",
    "money": "#,##0",
    "number": "General",
}


def kind_of(column: str) -> str:
    """What a column's numbers are: a key of ``FORMATS``; money unless its name says otherwise.

    >>> kind_of("level_rate"), kind_of("balance"), kind_of("persons")
    ('share', 'money', 'persons')
    """
    for kind, names in (
        ("year", YEARS), ("count", COUNTS), ("persons", PERSONS), ("share", SHARES),
        ("ratio", RATIOS), ("plain", PLAIN),
    ):  # fmt: skip
        if column in names:
            return kind
    if column in ("value", "before", "after", "change", "down", "base", "up"):
        return "number"
    return "money"


@dataclass(frozen=True)
class Calculated:
    """A column that the workbook computes: sums and differences of others, over another.

    Attributes:
        plus, minus: columns that are added and taken off.
        over: column that the result is divided by; zero where that is not positive.
    """

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    over: str | None = None

    @property
    def formula(self) -> str:
        """As a formula on columns of the same row, ``[@column]``."""
        text = "+".join(f"[@{name}]" for name in self.plus)
        text += "".join(f"-[@{name}]" for name in self.minus)
        if self.over is None:
            return text
        return f"IF([@{self.over}]>0,({text})/[@{self.over}],0)"

    def values(self, frame: pd.DataFrame) -> pd.Series:
        """What the formula gives; a blank cell counts as nothing, as in a spreadsheet."""
        inferred = frame.infer_objects()
        total = pd.Series(0.0, index=frame.index)
        for name in self.plus:
            total = total + inferred[name].astype(float).fillna(0.0)
        for name in self.minus:
            total = total - inferred[name].astype(float).fillna(0.0)
        if self.over is None:
            return total
        below = inferred[self.over].astype(float).fillna(0.0)
        return (total / below.where(below > 0, 1.0)).where(below > 0, 0.0)


CALCULATED: Mapping[str, Mapping[str, Calculated]] = {
    "funds": {
        "payg_rate": Calculated(
            OUTGO,
            OTHER_INCOME,
            "contribution_base",
        ),
        "income_rate": Calculated(("contributions",), ("account_credits",), "contribution_base"),
        "balance_check": Calculated(
            ("opening_balance", "interest", "contributions", "from_accounts",
             "missing_years_paid", "subsidies", "swaps_in"),
            ("account_credits", "swaps_out", *OUTGO, "balance"),
        ),
    },
    "totals": {
        "balance_check": Calculated(
            ("opening_balance", *INFLOWS),
            (*OUTFLOWS, "balance"),
        ),
        "net_income": Calculated(
            ("contributions", "from_accounts", "missing_years_paid", "subsidies", "swaps_in"),
            ("account_credits", "swaps_out", *OUTGO),
        ),
    },
    "people": {
        "cover_check": Calculated(STATUSES, ("persons",)),
    },
    "accounts": {
        "balance_check": Calculated(
            ("opening_balance", "credits", "interest", "transfers_in"),
            ("spending", "transfers_out", "balance"),
        ),
    },
    "migrants": {
        "net_contributions": Calculated(("contributions",), ("account_credits",)),
        "out_of_pocket": Calculated(("cost",), ("from_host", "from_home")),
    },
    "calibration": {"ratio": Calculated(("actual",), (), "expected")},
}  # fmt: skip
"""Columns of result tables that the workbook computes, by table; others hold numbers."""


SUMMED = frozenset({"measures"})
"""Tables with a row of totals."""
