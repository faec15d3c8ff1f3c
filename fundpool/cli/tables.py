"""Results as text tables for a terminal."""

import math
from collections.abc import Mapping
from typing import Any
from unicodedata import east_asian_width

import pandas as pd

from fundpool.languages import ENGLISH, Language
from fundpool.languages.wording import marked
from fundpool.models.analysis.policies import FIGURES, PolicyEffects, figures
from fundpool.models.projection.comparison import Comparison

HEADINGS = {
    "plan": marked("pooling"),
    "scheme": marked("scheme"),
    "pools": marked("pools"),
    "pools_exhausted": marked("run dry"),
    "persons_exhausted_share": marked("insured in them"),
    "first_exhaustion": marked("first in"),
    "short_range_failed": marked("fail 10-year test"),
    "min_reserve_months": marked("least reserve (months)"),
    "level_rate_mean": marked("level rate"),
    "level_rate_range": marked("range of level rates"),
    "gini": marked("Gini"),
}
OUTCOME_HEADINGS = {
    "case": marked("case"),
    "status": marked("exit status"),
    "alerts": marked("alerts"),
    "first_exhaustion": marked("first runs dry in"),
    "failed_outputs": marked("files that failed"),
    "run": marked("run"),
}
"""Columns of the table of several cases."""
PERCENT = ("persons_exhausted_share", "level_rate_mean", "level_rate_range")


def overview_text(comparison: Comparison, language: Language = ENGLISH) -> str:
    """Pooling plans side by side, one line a plan and scheme."""
    table = _overview(comparison)
    if language.chinese:
        titles = {scheme.name: language.title(scheme.file)
                  for scheme in comparison.study.case.schemes}  # fmt: skip
        table["scheme"] = [titles[name] for name in table["scheme"]]
        for column in (HEADINGS["plan"], HEADINGS["first_exhaustion"]):
            table[column] = [language(text) for text in table[column]]
        table = table.rename(columns=language)
    return aligned(table, 2) + _footnote(comparison, language)


def side_by_side_text(base: Comparison, changed: Comparison) -> str:
    """A case without and with its policies: pooling plans line by line, then what changed."""
    name = " + ".join(changed.study.case.policies)
    lines = pd.concat(
        [_overview(base).assign(case="base"), _overview(changed).assign(case=name)],
        ignore_index=True,
    )
    lines["place"] = lines.groupby("case", sort=False).cumcount()
    lines = lines.sort_values(["pooling", "scheme", "place"], kind="stable")
    order = {plan: rank for rank, plan in enumerate(_overview(changed)["pooling"].unique())}
    lines = lines.sort_values("pooling", key=lambda column: column.map(order), kind="stable")
    shown = lines[["pooling", "scheme", "case", *list(HEADINGS.values())[2:]]]
    asked = changed.study.case.pooling
    plan = asked if asked in changed.projections else next(iter(changed.projections))
    before = figures(next(iter(base.projections.values())))
    after = figures(changed.projections[plan])
    rows = [
        (words, _of_all(before, key), _of_all(after, key), _change(key, before, after))
        for key, words in FIGURES.items()
    ]  # fmt: skip
    change = pd.DataFrame(rows, columns=["figure", "base", name, "change"])
    heading = f"\n\nBase pooled by {next(iter(base.projections))}, {name} pooled by {plan}:\n"
    return aligned(shown, 3) + heading + aligned(change, 1) + _footnote(changed)


def effects_text(effects: PolicyEffects) -> str:
    """What policies change: one line a policy, differences from the base."""
    shown = [
        "insured_migrants", "uninsured_spells", "out_of_pocket_share", "from_host", "from_home",
        "retiree_share", "funds_exhausted", "exhausted_share", "first_exhaustion", "level_rate",
        "level_rate_flat", "gini",
    ]  # fmt: skip
    rows = [("base", *(_of_all(effects.base, key) for key in shown))]
    records = effects.policies.to_dict("records")
    for record, (name, change) in zip(records, effects.changes.iterrows(), strict=True):
        rows.append(
            (
                str(name),
                *(
                    _of_all(record, key)
                    if key == "funds_exhausted"
                    else _figure(key, change[key], signed=True)
                    for key in shown
                ),
            )
        )
    text = aligned(pd.DataFrame(rows, columns=["policy", *shown]), 1)
    notes = "\n".join(f"{key}: {FIGURES[key]}" for key in shown)
    notes += "".join(
        f"\n{record['name']} is measured against {record['against']}"
        for record in records
        if record["against"]
    )
    if effects.endurance.empty:
        return f"{text}\n\n{notes}"
    stood = effects.endurance
    months = [
        (row["policy"], row["year"], row["plan"], row["funds"], row["dry_before"],
         row["within_year"], row["within_five"], row["within_five_without"],
         _months(row["shortest"]), _months(row["shortest_without"]))
        for row in stood.to_dict("records")
    ]  # fmt: skip
    names = [
        "shock", "year", "pooled by", "funds", "dry before", "dry in 12 months", "in 60 months",
        "without shock", "first dry (months)", "without shock (months)",
    ]  # fmt: skip
    return f"{text}\n\n{notes}\n\n{aligned(pd.DataFrame(months, columns=names), 3)}"


def _months(value: float) -> str:
    return "never" if math.isinf(value) else f"{value:.0f}"


def _of_all(record: Mapping[Any, Any], key: str) -> str:
    """A figure in words; funds that run dry with how many there are."""
    text = _figure(key, record[key])
    return f"{text} of {record['funds']:.0f}" if key == "funds_exhausted" else text


def _change(key: str, before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """A change in words; numbers of funds that differ in number are not taken from each other."""
    if key == "funds_exhausted" and before["funds"] != after["funds"]:
        return "-"
    return _figure(key, after[key] - before[key], signed=True)


def _figure(key: str, value: float, signed: bool = False) -> str:
    """A figure of the effects in words; an existing change carries its sign."""
    if math.isnan(value):
        return "-"
    sign = "+" if signed and value > 0 else ""
    if key in ("from_host", "from_home", "accounts_moved", "duplicate_avoided"):
        return f"{sign}{value / 1e9:,.2f} bn"
    if key in ("insured_migrants", "work_insured_migrants", "uninsured_spells"):
        return f"{sign}{value / 1e3:,.1f} k"
    if key in (
        "out_of_pocket_share",
        "retiree_share",
        "exhausted_share",
        "level_rate",
        "level_rate_flat",
    ):
        return f"{sign}{100 * value:.2f} %"
    return f"{sign}{value:.4f}" if key == "gini" else f"{sign}{value:.0f}"


def _overview(comparison: Comparison) -> pd.DataFrame:
    table = comparison.overview[list(HEADINGS)].copy()
    for name in PERCENT:
        table[name] = ["–" if pd.isna(value) else f"{100 * value:.2f} %" for value in table[name]]
    table["min_reserve_months"] = [
        "–" if pd.isna(value) else f"{value:.1f}" for value in table["min_reserve_months"]
    ]
    table["gini"] = ["–" if pd.isna(value) else f"{value:.3f}" for value in table["gini"]]
    table["first_exhaustion"] = [
        "never" if pd.isna(year) else str(year) for year in table["first_exhaustion"]
    ]
    return table.rename(columns=HEADINGS)


def aligned(table: pd.DataFrame, words: int) -> str:
    """A table as text; the first ``words`` columns stand to the left, the others to the right."""
    head = [str(name) for name in table.columns]
    rows = [[str(value) for value in row] for row in table.to_numpy()]
    widths = [max(_width(line[i]) for line in [head, *rows]) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            text + " " * (width - _width(text))
            if i < words
            else " " * (width - _width(text)) + text
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [head, *rows]
    )


def outcomes_text(table: pd.DataFrame, language: Language = ENGLISH) -> str:
    """How the reports of several cases ended, one line a case."""
    shown = table[list(OUTCOME_HEADINGS)].astype(object)
    shown = shown.where(table[list(OUTCOME_HEADINGS)].notna(), "-")
    return aligned(shown.rename(columns=OUTCOME_HEADINGS).rename(columns=language), 1)


def _width(text: str) -> int:
    """Places that a text takes on a terminal; a Chinese sign takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


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


def _footnote(comparison: Comparison, language: Language = ENGLISH) -> str:
    case, years = comparison.study.case, comparison.study.flows.years
    said = language(
        "%(title)s, %(first)s-%(last)s; level rate: pooled-fund rate on the "
        "contribution base (payroll) or on disposable income (flat) that ends at the target "
        "reserve, over all projected years in which the scheme stands; funds of all stages count."
    )
    words = {"title": language.title(case.settings), "first": years[1], "last": years[-1]}
    return "\n\n" + said % words
