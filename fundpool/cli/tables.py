"""Results as text tables for a terminal."""

import pandas as pd

from models.projection import Comparison

HEADINGS = {
    "plan": "pooling",
    "scheme": "scheme",
    "pools": "pools",
    "pools_exhausted": "run dry",
    "persons_exhausted_share": "insured in them",
    "first_exhaustion": "first in",
    "short_range_failed": "fail 10-year test",
    "min_reserve_months": "least reserve (months)",
    "level_rate_mean": "level rate",
    "level_rate_range": "range of level rates",
    "gini": "Gini",
}
PERCENT = ("persons_exhausted_share", "level_rate_mean", "level_rate_range")


def overview_text(comparison: Comparison) -> str:
    """Pooling plans side by side, one line a plan and scheme."""
    table = comparison.overview[list(HEADINGS)].copy()
    for name in PERCENT:
        table[name] = [f"{100 * value:.2f} %" for value in table[name]]
    table["min_reserve_months"] = [f"{value:.1f}" for value in table["min_reserve_months"]]
    table["gini"] = [f"{value:.3f}" for value in table["gini"]]
    table["first_exhaustion"] = [
        "never" if pd.isna(year) else str(year) for year in table["first_exhaustion"]
    ]
    head = list(HEADINGS.values())
    rows = [[str(value) for value in row] for row in table.to_numpy()]
    widths = [max(len(line[i]) for line in [head, *rows]) for i in range(len(head))]
    lines = [
        "  ".join(
            text.ljust(width) if i < 2 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [head, *rows]
    ]
    case = comparison.study.case
    years = comparison.study.flows.years
    lines.append("")
    lines.append(
        f"{case.title}, {years[1]}-{years[-1]}; level rate: pooled-fund rate on the contribution "
        "base (payroll) or on disposable income (flat) that ends at the target reserve."
    )
    return "\n".join(lines)


def change_text(change: pd.DataFrame, plan: str) -> str:
    """An analysis of change for a terminal: each scheme and measure, steps that moved it."""
    lines = []
    whole = change[change["pool"] == ""]
    for (scheme, measure), table in whole.groupby(["scheme", "measure"], sort=False):
        (total,) = table[table["kind"] == "total"].to_dict("records")
        lines.append(f"{scheme}, {str(measure).replace('_', ' ')}:")
        moved = table[(table["kind"] == "step") & (table["change"] != 0)]
        for row in [*moved.to_dict("records"), total]:
            lines.append(
                f"  {row['step']:<24}" + "".join(
                    f"{_shown(str(measure), row[name]):>20}" for name in ("before", "after")
                ) + f"{_shown(str(measure), row['change']):>18}"
            )  # fmt: skip
    lines.append("")
    lines.append(f"Pooled by {plan}; columns: before, after, change; rates in per cent.")
    return "\n".join(lines)


def _shown(measure: str, value: float) -> str:
    return f"{100 * value:.4f}" if measure == "level_rate" else f"{value:,.0f}"
