"""Findings in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fundpool.alert_changes import counted_changes
from fundpool.languages.numbers import year_or_never
from fundpool.languages.wording import local_names, marked
from fundpool.models.projection.comparison import Comparison
from fundpool.places import NAMED
from fundpool.report.words.numbers import per_cent

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.languages import Language
    from fundpool.report.page_one import Shown


def counted_message(singular: str, plural: str) -> tuple[str, str]:
    """Two forms of a message that depends on a number, translated where they are shown."""
    return singular, plural


SOLVENCY_ALERTS = counted_message("%(n)s solvency alert.", "%(n)s solvency alerts.")
UNDER_TARGET = counted_message(
    "Pooled by %(plan)s, %(n)s of %(funds)s funds holds less than %(months)s months of spending, "
    "claims owed taken off, at some time in the first %(years)s years.",
    "Pooled by %(plan)s, %(n)s of %(funds)s funds hold less than %(months)s months of spending, "
    "claims owed taken off, at some time in the first %(years)s years.",
)
RUN_DRY = counted_message(
    "%(n)s of them runs dry in that time: %(names)s.",
    "%(n)s of them run dry in that time: %(names)s.",
)
OTHERS = marked("%(names)s and others")
BY_MEASURE = {
    "reserve_months": counted_message(
        "%(n)s fund holds less than %(limit)s months of spending at the end of a year within "
        "%(years)s years (rule “%(rule)s”).",
        "%(n)s funds hold less than %(limit)s months of spending at the end of a year within "
        "%(years)s years (rule “%(rule)s”).",
    ),
    "exhaustion": counted_message(
        "%(n)s fund runs dry within %(years)s years on the central path (rule “%(rule)s”).",
        "%(n)s funds run dry within %(years)s years on the central path (rule “%(rule)s”).",
    ),
    "ruin_probability": counted_message(
        "The chance of %(n)s fund of running dry within %(years)s years is above %(limit)s (rule "
        "“%(rule)s”).",
        "The chance of %(n)s funds of running dry within %(years)s years is above %(limit)s (rule "
        "“%(rule)s”).",
    ),
    "actual_to_expected": counted_message(
        "%(n)s figure of the last accounts is more than %(limit)s away from what was expected "
        "(rule “%(rule)s”).",
        "%(n)s figures of the last accounts are more than %(limit)s away from what was expected "
        "(rule “%(rule)s”).",
    ),
    "month_end_reserve": counted_message(
        "%(n)s fund held less than %(limit)s months of spending at the last month end of its "
        "accounts (rule “%(rule)s”).",
        "%(n)s funds held less than %(limit)s months of spending at the last month end of their "
        "accounts (rule “%(rule)s”).",
    ),
}
"""What a rule found, by its measure."""
NOT_JUDGED = marked("The rule %(rule)s could not be judged: what it looks at was not computed.")
SINCE = marked(
    "Alerts since %(run)s: %(new)s new, %(worse)s worse, %(better)s better, %(same)s as they were, "
    "%(cleared)s cleared."
)
"""What comes first where there is an earlier run."""


def headline(comparison: Comparison, scheme: str, title: str, language: "Language") -> str:
    """What pooling does to a scheme, in a sentence or two."""
    rows = comparison.overview[comparison.overview["scheme"] == scheme]
    last = int(comparison.study.flows.years[-1])
    fates = []
    for row in rows.to_dict("records"):
        pools, dry = int(row["pools"]), int(row["pools_exhausted"])
        if dry == 0 and pools == 1:
            fate = language.gettext("pooled by %(plan)s the fund lasts to %(last)s")
        elif dry == 0:
            fate = language.gettext("pooled by %(plan)s all %(pools)s funds last to %(last)s")
        elif pools == 1:
            fate = language.gettext("pooled by %(plan)s the one fund runs dry in %(first)s")
        else:
            fate = language.gettext(
                "pooled by %(plan)s %(dry)s of %(pools)s funds run dry, the first in %(first)s"
            )
        fates.append(
            fate
            % {
                "plan": language.gettext(str(row["plan"])), "pools": pools, "dry": dry,
                "last": last, "first": year_or_never(row["first_exhaustion"]),
            }
        )  # fmt: skip
    words = {"title": title, "fates": language.gettext("; ").join(fates)}
    return language.gettext("%(title)s: %(fates)s.") % words


def rule_name(case: "Case", rule: str, language: "Language") -> str:
    """An alert rule of a case in words: its local title where one is given, else its name."""
    given = case.settings.alerts.get(rule)
    local = given.title_local if given is not None and language.chinese else ""
    return local or rule.replace("_", " ")


def change_sentence(summary: Mapping[str, Any], language: "Language") -> list[str]:
    """How alerts changed since the earlier run; nothing without one, or where none ever was."""
    run, counts = summary.get("alerts_since"), counted_changes(summary)
    if run is None or not any(counts.values()):
        return []
    return [language(SINCE) % (counts | {"run": run})]


def alert_sentences(
    summary: Mapping[str, Any], case: "Case", language: "Language", page: "Shown | None" = None
) -> list[str]:
    """How alerts changed, which fired and which rules could not be judged, a sentence each.

    None if none fired and none was cleared.

    Args:
        summary: what :func:`fundpool.summary.summary` says.
        case: the case.
        language: of words and numbers.
        page: keeps the numbers of the first page, if that is where the sentences stand.
    """
    from fundpool.report.page_one import Shown

    alerts = summary["alerts"]
    since = change_sentence(summary, language)
    if not alerts:
        return since
    shown = page or Shown(summary, language)
    number = shown.counted("alerts", "alerts", len(alerts), "COUNTA(alerts[rule])")
    lines = [*since, language.ngettext(*SOLVENCY_ALERTS, len(alerts)) % {"n": number}]
    short = [alert for alert in alerts if alert["rule"] == "target"]
    if short:
        lines += _under_target(summary, case, short, shown)
    for judged in summary["alert_rules"]:
        rule, raised = judged["rule"], judged["raised"]
        if raised is None:
            lines.append(language(NOT_JUDGED) % {"rule": rule_name(case, rule, language)})
        elif raised and rule != "target":
            lines.append(_by_rule(case, rule, raised, shown))
    return lines


def _under_target(
    summary: Mapping[str, Any], case: "Case", short: list[Mapping[str, Any]], shown: "Shown"
) -> list[str]:
    """How many funds fall short of the target reserve, and which of them run dry."""
    language, plan = shown.language, str(summary["alert_plan"])
    words = {
        "plan": language(plan),
        "n": shown.counted(
            "alerts", "alerts by rule target", len(short), 'COUNTIFS(alerts[rule],"target")'
        ),
        "funds": shown.counted(
            "measures", "funds pooled as alerts are", len(summary["pooling"][plan]["pools"]),
            f'COUNTIFS(measures[plan],"{plan}")',
        ),
        **target_words(case, shown),
    }  # fmt: skip
    lines = [language.ngettext(*UNDER_TARGET, len(short)) % words]
    dry = [alert for alert in short if alert["kind"] == "exhausted"]
    if dry:
        number = shown.counted(
            "alerts", "funds that run dry soon", len(dry),
            'COUNTIFS(alerts[rule],"target",alerts[kind],"exhausted")',
        )  # fmt: skip
        words = {"n": number, "names": _names(case, dry, language)}
        lines.append(language.ngettext(*RUN_DRY, len(dry)) % words)
    return lines


def target_words(case: "Case", shown: "Shown") -> dict[str, str]:
    """The target reserve and the years in which alerts look at it, as values of a sentence."""
    names = {"months": "solvency.target_reserve_months", "years": "solvency.alert_years"}
    return {
        word: shown.counted(
            "parameters", name, case.value(name),
            f'SUMIFS(parameters[value],parameters[path],"{name}")',
        )
        for word, name in names.items()
    }  # fmt: skip


def _names(case: "Case", alerts: list[Mapping[str, Any]], language: "Language") -> str:
    """The first funds to run dry, by scheme where the case has several."""
    local = local_names(case.tables["regions"], language)
    said = []
    for scheme in case.schemes:
        of_scheme = [alert for alert in alerts if alert["scheme"] == scheme.name]
        first = sorted(of_scheme, key=lambda alert: int(alert["year"]))
        names = language(", ").join(
            local.get(alert["name"], alert["name"]) for alert in first[:NAMED]
        )
        if len(first) > NAMED:
            names = language(OTHERS) % {"names": names}
        if names and len(case.schemes) > 1:
            words = {"title": language.title(scheme.file), "names": names}
            names = language("%(names)s (%(title)s)") % words
        said += [names] if names else []
    return language("; ").join(said)


def _by_rule(case: "Case", rule: str, raised: int, shown: "Shown") -> str:
    """What a rule of the case found."""
    language, given = shown.language, case.settings.alerts[rule]
    words = {
        "rule": rule_name(case, rule, language),
        "n": shown.counted(
            "alerts", f"alerts by rule {rule}", raised, f'COUNTIFS(alerts[rule],"{rule}")'
        ),
    }
    singular, plural = BY_MEASURE[given.measure]
    if "%(years)s" in singular:
        years = given.within or round(case.value("solvency.alert_years"))
        words["years"] = shown.by_definition(f"years of rule {rule}", years)
    if "%(limit)s" in singular:
        formula = f'_xlfn.MINIFS(alerts[limit],alerts[rule],"{rule}")'
        share = given.measure in ("ruin_probability", "actual_to_expected")
        form = per_cent if share else None
        figure = f"limit of rule {rule}"
        words["limit"] = shown.counted("alerts", figure, given.limit, formula, form)
    return language.ngettext(singular, plural, raised) % words
