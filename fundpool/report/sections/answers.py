"""The first page (how long funds last, what to decide, alerts) and pooling levels side by side."""

from typing import Any

from fundpool.alert_changes import NEW, WORSE, insured_by_change, insured_of
from fundpool.models.funds.books import OTHER_INCOME, OUTGO
from fundpool.report.document.making import (
    bad_if,
    left,
    right,
    row,
    sentences,
    spans,
    strong,
    table,
)
from fundpool.report.document.model import Block, Detail, Listing, Note, Section, Table
from fundpool.report.page_one import PageFigure, Shown
from fundpool.report.sections.behaviour import behaviour_blocks
from fundpool.report.sections.context import Context
from fundpool.report.sections.decision import decision_blocks, own_share_table
from fundpool.report.words import sentences as wording
from fundpool.report.words.vocabulary import ALERT_CHANGE_WORDS, ALERT_WORDS


def answers_section(context: Context, page: Shown | None = None) -> Section:
    """The first page: what to decide, and alerts.

    Args:
        context: what the report is about.
        page: keeps the numbers of the page.
    """
    _, shown = context.language, page or context.shown()
    blocks = (
        *decision_blocks(context, shown),
        _alerts(context, shown),
    )
    return Section("answers", "", _("Answers"), blocks)


def page_figures(context: Context) -> tuple[PageFigure, ...]:
    """Numbers of the first page in their order, those of its heading first.

    Numbers of places, funds, years, alerts and assumptions are counted in the workbook's tables;
    those of tables of the page stand in the tables of the same figures.
    """
    page = context.shown()
    first_plan, scheme = "INDEX(overview[plan],1)", "INDEX(overview[scheme],1)"
    page.year("first year", context.first_year)
    page.year("last year", context.last_year)
    page.counted(
        "places", "number of places", len(context.case.regions.codes),
        f"COUNTIFS(places[scheme],{scheme},places[plan],{first_plan})",
    )  # fmt: skip
    page.counted(
        "overview", "ways of pooling", len(context.plans), f"COUNTIFS(overview[scheme],{scheme})"
    )
    answers_section(context, page)
    return page.figures


def levels_section(context: Context) -> Section:
    """A headline a scheme and the main figures of every plan."""
    _, title = context.language, context.language("Pooling levels side by side")
    headlines = tuple(
        spans(wording.headline(context.comparison, name, title, _))
        for name, title in context.titles.items()
    )
    blocks = (
        Listing(headlines, "answers"),
        _plans_side_by_side(context),
        sentences(
            _("Rates are of the pooled fund: contributions less what goes to personal accounts, on "
              "the contribution base of a payroll scheme, on the disposable income of those who "
              "pay in a flat scheme."),
            _totals(context),
            soft=True,
        ),
        own_share_table(context),
        *behaviour_blocks(context),
    )  # fmt: skip
    return Section("levels", title, title, blocks)


def _alerts(context: Context, page: Shown) -> Block:
    _ = context.language
    lines = wording.alert_sentences(context.summary, context.case, _, page)
    alerts, cleared = context.summary["alerts"], context.summary.get("cleared_alerts", ())
    if not alerts:
        none = _(
            "No solvency alert: pooled by %(plan)s, every fund holds %(months)s months of spending "
            "or more throughout the first %(years)s years."
        ) % ({"plan": context.alert_plan} | wording.target_words(context.case, page))
        lines = [*lines, none]
    if not (alerts or cleared):
        return sentences(*lines)
    compared = context.summary.get("alerts_since") is not None
    columns = [
        left(_("scheme")), left(_("fund")), left(_("what")), right(_("from")), right(_("value")),
        left(_("rule")),
    ]  # fmt: skip
    if compared:
        columns.append(left(_("change")))
    rows = [
        row(
            context.titles.get(alert["scheme"], alert["scheme"]),
            context.name(alert["name"]),
            context.worded(ALERT_WORDS[alert["kind"]]),
            str(alert["year"]),
            _value(alert, context),
            _("target")
            if alert["rule"] == "target"
            else wording.rule_name(context.case, alert["rule"], _),
            *([_change(alert, context)] if compared else []),
        )
        for alert in _in_order(
            context, [*alerts, *(dict(alert) | {"change": "cleared"} for alert in cleared)]
        )
    ]
    which = Detail(spans(_("Which funds")), (table(columns, rows),))
    changes = _by_change(context) if compared else None
    return Note((sentences(strong(lines[0]), *lines[1:], changes), which))


def _by_change(context: Context) -> str:
    """How many alerts are new, worse, cleared and so on, with the insured that they affect."""
    _ = context.language
    plan = context.comparison.projections[context.summary["alert_plan"]]
    counted = insured_by_change(context.summary, insured_of(plan.measures))
    changes = [
        _("%(change)s %(n)s (%(insured)s insured)")
        % {
            "change": context.worded(ALERT_CHANGE_WORDS[item["change"]]), "n": item["alerts"],
            "insured": _.people(item["insured"]),
        }
        for item in counted
        if item["alerts"]
    ]  # fmt: skip
    return _("Since the run compared with: %(changes)s.") % {"changes": _(", ").join(changes)}


def _in_order(context: Context, alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Alerts with those that are new, worse or cleared first, the most insured first in each."""
    plan = context.comparison.projections[context.summary["alert_plan"]]
    insured = insured_of(plan.measures)
    places = {change: place for place, change in enumerate((NEW, WORSE, "cleared"))}

    def rank(alert: dict[str, Any]) -> tuple[int, float]:
        persons = insured.get((str(alert["scheme"]), str(alert["pool"])), 0.0)
        return places.get(str(alert.get("change")), len(places)), -persons

    return sorted(alerts, key=rank)


def _change(alert: dict[str, Any], context: Context) -> str:
    """How an alert stands against the earlier run, in a word."""
    change = alert.get("change")
    return "" if change is None else context.worded(ALERT_CHANGE_WORDS[change])


def _value(alert: dict[str, Any], context: Context) -> str:
    """What was found, in the unit of the rule."""
    language, kind = context.language, alert["kind"]
    if kind == "ruin_probability":
        return language.percent(alert["value"], 1)
    if kind == "exhaustion":
        return language.money(alert["value"])
    if kind == "actual_to_expected":
        return language.number(alert["value"], 3)
    months = float(alert["reserve_months"] if "reserve_months" in alert else alert["value"])
    return language("%(months)s months") % {"months": language.number(months)}


def _plans_side_by_side(context: Context) -> Table:
    _ = context.language
    columns = (
        left(_("scheme")), left(_("pooled by")), right(_("funds")), right(_("run dry")),
        right(_("insured in them")), right(_("first in")), right(_("fail 10-year test")),
        right(_("least reserve, months")), right(_("pay-as-you-go rate"), "short"),
        right(_("level rate")), right(_("range of level rates")),
    )  # fmt: skip
    overview = context.comparison.overview
    rows = []
    for name, title in context.titles.items():
        needed = _pay_as_you_go_rates(context, name)
        for result in overview[overview["scheme"] == name].to_dict("records"):
            first, last = needed[result["plan"]]
            rows.append(
                row(
                    title,
                    context.worded(result["plan"]),
                    result["pools"],
                    bad_if(result["pools_exhausted"] > 0, result["pools_exhausted"]),
                    _.percent(result["persons_exhausted_share"], 0),
                    _.year(result["first_exhaustion"]),
                    result["short_range_failed"],
                    _.number(result["min_reserve_months"]),
                    f"{_.percent(first)} → {_.percent(last)}",
                    _.percent(result["level_rate_mean"]),
                    _.percent(result["level_rate_range"]),
                )
            )
    return table(columns, rows)


def _pay_as_you_go_rates(context: Context, scheme: str) -> dict[str, tuple[float, float]]:
    """Pay-as-you-go rates of a scheme as a whole by plan, in the first and last year."""
    rates = {}
    for plan, projection in context.comparison.projections.items():
        funds = projection.funds
        total = (
            funds[funds["scheme"] == scheme]
            .groupby("year")[[*OUTGO, *OTHER_INCOME, "contribution_base"]]
            .sum()
        )
        other = total[list(OTHER_INCOME)].sum(axis=1)
        needed = (total[list(OUTGO)].sum(axis=1) - other) / total["contribution_base"]
        rates[plan] = (float(needed.iloc[0]), float(needed.iloc[-1]))
    return rates


def _totals(context: Context) -> str:
    """Whether pooling changes totals, or only who holds the money."""
    _ = context.language
    hazard = context.case.settings.pooling.moral_hazard.values
    if any(hazard.values()):
        return _(
            "This run lets claims rise where funds are merged, so totals differ between the levels."
        )
    return _(
        "Pooling changes who holds the money, not what is paid in: %(agreement)s. A larger pool "
        "pays in full, and at once, for care in more places, so that claims differ between the "
        "levels by up to %(claims)s."
    ) % {"agreement": context.income_agreement, "claims": _.percent(context.claims_apart, 1)}
