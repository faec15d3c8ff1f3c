"""Results as text tables for a terminal."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import pandas as pd

from fundpool.languages import ENGLISH, Language
from fundpool.languages.numbers import money_unit
from fundpool.languages.wording import local_names, marked
from fundpool.models.analysis.places import TITLES, PlaceProfile
from fundpool.models.analysis.policies import FIGURES, PolicyEffects, figures
from fundpool.models.projection.comparison import Comparison

if TYPE_CHECKING:
    from fundpool.inputs.case import Case

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
CHANGE_MEASURES = {
    "reserve": marked("reserve"), "final_reserve": marked("final reserve"),
    "level_rate": marked("level rate"),
}  # fmt: skip
PERCENT = ("persons_exhausted_share", "level_rate_mean", "level_rate_range")


def scheme_titles(case: "Case", language: Language) -> dict[str, str]:
    """What tables on a terminal call schemes: their names, in Chinese their titles."""
    return {
        scheme.name: language.title(scheme.file) if language.chinese else scheme.name
        for scheme in case.schemes
    }


def overview_text(comparison: Comparison, language: Language = ENGLISH) -> str:
    """Pooling plans side by side, one line a plan and scheme."""
    table = _in_language(_overview(comparison), comparison, language)
    return aligned(table, 2) + _footnote(comparison, language)


def _in_language(table: pd.DataFrame, comparison: Comparison, language: Language) -> pd.DataFrame:
    """The overview with its headings, schemes and plans in the reader's language."""
    if not language.chinese:
        return table
    titles = scheme_titles(comparison.study.case, language)
    table = table.assign(scheme=[titles[name] for name in table["scheme"]])
    for column in (HEADINGS["plan"], HEADINGS["first_exhaustion"]):
        table[column] = [language(text) for text in table[column]]
    return table.rename(columns=language)


def side_by_side_text(base: Comparison, changed: Comparison, language: Language = ENGLISH) -> str:
    """A case without and with its policies: pooling plans line by line, then what changed."""
    name = " + ".join(changed.study.case.policies)
    lines = pd.concat(
        [_overview(base).assign(case=language("base")), _overview(changed).assign(case=name)],
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
        (
            language(words), _of_all(before, key, language), _of_all(after, key, language),
            _change(key, before, after, language),
        )
        for key, words in FIGURES.items()
    ]  # fmt: skip
    head = [language("figure"), language("base"), name, language("change")]
    change = pd.DataFrame(rows, columns=head)
    heading = language("Base pooled by %(base)s, %(name)s pooled by %(plan)s:") % {
        "base": language(next(iter(base.projections))), "name": name, "plan": language(plan),
    }  # fmt: skip
    return (
        aligned(_in_language(shown, changed, language).rename(columns=language), 3)
        + f"\n\n{heading}\n" + aligned(change, 1) + _footnote(changed, language)
    )  # fmt: skip


def profile_text(profile: PlaceProfile, case: "Case", language: Language = ENGLISH) -> str:
    """A place beside the mean of its parent, one line a factor, contributions adding up."""
    local = local_names(case.tables["regions"], language)
    names = [case.regions.name(code) for code in (profile.region, profile.parent)]
    place, parent = (local.get(name, name) for name in names)
    rows = [
        (language(TITLES[str(name)]), *(language.number(row[column], digits) for column, digits in
         (("place", 3), ("mean", 3), ("contribution", 1))))
        for name, row in profile.factors.iterrows()
    ]  # fmt: skip
    total = (profile.result, profile.mean, profile.distance)
    rows.append((language("result"), *(language.number(value) for value in total)))
    mean = language("mean of %(parent)s") % {"parent": parent}
    columns = [language("a person and year"), place, mean, language("contribution")]
    return aligned(pd.DataFrame(rows, columns=columns), 1)


def effects_text(effects: PolicyEffects, language: Language = ENGLISH) -> str:
    """What policies change: one line a policy, differences from the base."""
    shown = [
        "insured_migrants", "uninsured_spells", "out_of_pocket_share", "from_host", "from_home",
        "retiree_share", "funds_exhausted", "exhausted_share", "first_exhaustion", "level_rate",
        "level_rate_flat", "gini",
    ]  # fmt: skip
    rows = [(language("base"), *(_of_all(effects.base, key, language) for key in shown))]
    records = effects.policies.to_dict("records")
    for record, (name, change) in zip(records, effects.changes.iterrows(), strict=True):
        rows.append(
            (
                str(name),
                *(
                    _of_all(record, key, language)
                    if key == "funds_exhausted"
                    else _figure(key, change[key], language, signed=True)
                    for key in shown
                ),
            )
        )
    text = aligned(pd.DataFrame(rows, columns=[language("policy"), *shown]), 1)
    notes = "\n".join(f"{key}{language(': ')}{language(FIGURES[key])}" for key in shown)
    against = language("%(name)s is measured against %(other)s")
    notes += "".join(
        "\n" + against % {"name": record["name"], "other": record["against"]}
        for record in records
        if record["against"]
    )
    if effects.endurance.empty:
        return f"{text}\n\n{notes}"
    stood = effects.endurance
    months = [
        (row["policy"], row["year"], language(row["plan"]), row["funds"], row["dry_before"],
         row["within_year"], row["within_five"], row["within_five_without"],
         language.months(row["shortest"]), language.months(row["shortest_without"]))
        for row in stood.to_dict("records")
    ]  # fmt: skip
    names = [
        language("shock"), language("year"), language("pooled by"), language("funds"),
        language("dry before"), language("dry in 12 months"), language("in 60 months"),
        language("without shock"), language("first dry (months)"),
        language("without shock (months)"),
    ]  # fmt: skip
    return f"{text}\n\n{notes}\n\n{aligned(pd.DataFrame(months, columns=names), 3)}"


def _of_all(record: Mapping[Any, Any], key: str, language: Language) -> str:
    """A figure in words; funds that run dry with how many there are."""
    text = _figure(key, record[key], language)
    if key != "funds_exhausted":
        return text
    return language("%(n)s of %(all)s") % {"n": text, "all": f"{record['funds']:.0f}"}


def _change(
    key: str, before: Mapping[str, float], after: Mapping[str, float], language: Language
) -> str:
    """A change in words; numbers of funds that differ in number are not taken from each other."""
    if key == "funds_exhausted" and before["funds"] != after["funds"]:
        return "-"
    return _figure(key, after[key] - before[key], language, signed=True)


def _figure(key: str, value: float, language: Language, signed: bool = False) -> str:
    """A figure of the effects in words; an existing change carries its sign."""
    if math.isnan(value):
        return "-"
    sign = "+" if signed and value > 0 else ""
    if key in ("from_host", "from_home", "accounts_moved", "duplicate_avoided"):
        return sign + (language.money(value) if language.chinese else _money(value))
    if key in ("insured_migrants", "work_insured_migrants", "uninsured_spells"):
        return sign + (language.people(value) if language.chinese else f"{value / 1e3:,.1f} k")
    if key in (
        "out_of_pocket_share",
        "retiree_share",
        "exhausted_share",
        "level_rate",
        "level_rate_flat",
    ):
        return f"{sign}{100 * value:.2f} %"
    return f"{sign}{value:.4f}" if key == "gini" else f"{sign}{value:.0f}"


def _money(value: float) -> str:
    """Money with two decimals, in millions where nothing would be left of it in billions.

    >>> _money(7.65571e13), _money(3.2e7), _money(-3.2e6), _money(0.0)
    ('76.56 tn', '0.03 bn', '-3.20 m', '0.00 bn')
    """
    unit, _, short, _ = money_unit(max(abs(value), 1e9))
    if 5e3 <= abs(value) < 5e6:
        unit, _, short, _ = money_unit(value)
    return f"{value / unit:,.2f} {short}"


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
            padded(text, -width if i < words else width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [head, *rows]
    )


def outcomes_text(table: pd.DataFrame, language: Language = ENGLISH) -> str:
    """How the reports of several cases ended, one line a case."""
    shown = table[list(OUTCOME_HEADINGS)].astype(object)
    shown = shown.where(table[list(OUTCOME_HEADINGS)].notna(), "-")
    return aligned(shown.rename(columns=OUTCOME_HEADINGS).rename(columns=language), 1)


def padded(text: str, width: int) -> str:
    """A text with blanks before it, or after it for a negative width, to so many places.

    >>> padded("a", 3), padded("a", -3), padded("险种", 6)
    ('  a', 'a  ', '  险种')
    """
    blanks = " " * max(0, abs(width) - _width(text))
    return text + blanks if width < 0 else blanks + text


def _width(text: str) -> int:
    """Places that a text takes on a terminal; a Chinese sign takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def change_text(change: pd.DataFrame, plan: str, language: Language = ENGLISH) -> str:
    """An analysis of change for a terminal: each scheme and measure, steps that moved it."""
    lines = []
    whole = change[change["pool"] == ""]
    for (scheme, measure), table in whole.groupby(["scheme", "measure"], sort=False):
        (total,) = table[table["kind"] == "total"].to_dict("records")
        named = language(CHANGE_MEASURES.get(str(measure), str(measure)))
        lines.append(f"{scheme}{language(', ')}{named}{language(': ')}".rstrip())
        moved = table[(table["kind"] == "step") & (table["change"] != 0)]
        for row in [*moved.to_dict("records"), total]:
            lines.append(
                f"  {padded(language(row['step']), -24)}" + "".join(
                    f"{_shown(str(measure), row[name]):>20}" for name in ("before", "after")
                ) + f"{_shown(str(measure), row['change']):>18}"
            )  # fmt: skip
    lines.append("")
    lines.append(
        language("Pooled by %(plan)s; columns: before, after, change; rates in per cent.")
        % {"plan": language(plan)}
    )
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
