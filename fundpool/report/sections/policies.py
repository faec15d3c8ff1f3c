"""Policies: what each changes, and how long funds stand a shock."""

from collections.abc import Mapping
from typing import Any

from fundpool.languages.wording import marked
from fundpool.models.analysis.policies import FIGURES, PolicyEffects
from fundpool.report.document.making import (
    code,
    left,
    paragraph,
    right,
    row,
    spans,
    strong,
    table,
)
from fundpool.report.document.model import Block, Detail, Heading, Section, Span, Table, Terms
from fundpool.report.sections.context import Context

COLUMNS = {
    "insured_migrants": (marked("migrants insured"), "people"),
    "uninsured_spells": (marked("losses of all cover"), "people"),
    "out_of_pocket_share": (marked("migrants' own share"), "points"),
    "from_host": (marked("paid by funds where they live"), "money"),
    "from_home": (marked("paid by funds at home"), "money"),
    "retiree_share": (marked("movers who earn retiree cover"), "points"),
    "funds_exhausted": (marked("funds run dry"), "of"),
    "exhausted_share": (marked("insured people in them"), "points"),
    "level_rate": (marked("level rate, payroll"), "points"),
    "level_rate_flat": (marked("level rate, flat"), "points"),
    "gini": (marked("Gini of level rates"), "index"),
}
"""Figures of the table with their heading and how they are written: people in thousands, money,
percentage points, an index, or a number of funds of all there are under the policy itself: numbers
of funds say nothing about each other where the insured are divided differently."""


def policies_section(context: Context) -> Section | None:
    """Every policy against the case without it; None if none was measured."""
    _, effects = context.language, context.extras.effects
    if effects is None:
        return None
    lead = _(
        "Each policy alone, against the case without it, on the same people and the same "
        "calibration. Money is a present value over all years; funds are pooled by %(plan)s unless "
        "the policy pools them otherwise. A plus means more than without the policy; funds that "
        "run dry are counted under the policy itself. Own share: of the cost of care of migrants "
        "inside the case. Losses of cover and retiree cover are counted over all years, the "
        "insured at their end."
    ) % {"plan": context.worded(context.plans[0])}
    policies = effects.policies.to_dict("records")
    about = tuple(
        (
            spans(code(policy["name"]), " ", _in_language(context, policy, "title")),
            spans(_in_language(context, policy, "about")),
        )
        for policy in policies
    )
    blocks = (
        paragraph(lead),
        _effects(context, effects, policies),
        Detail(spans(_("What each policy does")), (Terms(about),)),
        *_endurance(context, effects),
    )
    return Section("policies", _("What policies change"), _("Policies"), blocks)


def _in_language(context: Context, policy: dict[Any, Any], name: str) -> str:
    """Title or description of a policy, as the case has it for the reader's language."""
    return str((context.language.chinese and policy[f"{name}_local"]) or policy[name])


def _effects(context: Context, effects: PolicyEffects, policies: list[dict[Any, Any]]) -> Table:
    _ = context.language
    columns = (
        left(_("policy"), "named"),
        *(
            right(context.worded(words), "short", context.worded(FIGURES[key]))
            for key, (words, _kind) in COLUMNS.items()
        ),
    )

    titles = {policy["name"]: _in_language(context, policy, "title") for policy in policies}
    rows = [row(strong(_("without")), *_figures(context, effects.base, effects.base, False))]
    for policy in policies:
        title = spans(titles[policy["name"]])
        if policy["against"]:
            other = titles.get(policy["against"], policy["against"])
            words = _("measured against: %(other)s") % {"other": other}
            title = spans(title, " ", Span(words, "soft"))
        changes = effects.changes.loc[policy["name"]]
        rows.append(row(title, *_figures(context, changes, policy, True)))
    return table(columns, rows)


def _figures(
    context: Context, values: Mapping[Any, Any], reached: Mapping[Any, Any], change: bool
) -> list[str]:
    """A row of the table; funds that run dry are written as those under the policy itself."""
    words = context.language("%(dry)s of %(funds)s funds")
    of_all = words % {"dry": int(reached["funds_exhausted"]), "funds": int(reached["funds"])}
    return [
        of_all if kind == "of" else _figure(context, values[key], kind, change)
        for key, (_, kind) in COLUMNS.items()
    ]


def _figure(context: Context, value: float, kind: str, change: bool) -> str:
    """A figure, or the change of one, as its kind is written."""
    language = context.language
    if value != value:
        return "–"
    if change and value == 0:
        return "0"
    if kind == "people":
        text = (
            f"{language.number(value / 1e4)}万"
            if language.chinese
            else f"{language.number(value / 1e3, 0)} k"
        )
    elif kind == "money":
        text = language.money(value)
    elif kind == "points":
        text = language.percent(value)
    else:
        text = language.number(value, 3 if kind == "index" else 0)
    return f"+{text}" if change and value > 0 else text


def _endurance(context: Context, effects: PolicyEffects) -> list[Block]:
    _ = context.language
    if effects.endurance.empty:
        return []
    columns = (
        left(_("shock")), right(_("year")), left(_("pooled by")), right(_("funds")),
        right(_("dry before")), right(_("dry within 12 months")), right(_("within 60 months")),
        right(_("without the shock")), right(_("first runs dry after, months")),
        right(_("without the shock")),
    )  # fmt: skip
    rows = [
        row(
            str(shock["title"]),
            shock["year"],
            context.worded(shock["plan"]),
            *(shock[key] for key in (
                "funds", "dry_before", "within_year", "within_five", "within_five_without")),
            _.months(shock["shortest"]),
            _.months(shock["shortest_without"]),
        )
        for shock in effects.endurance.to_dict("records")
    ]  # fmt: skip
    caption = _("From the start of the shock's year; funds that hold nothing by then are left out")
    return [Heading(spans(_("How long funds stand a shock"))), table(columns, rows, caption)]
