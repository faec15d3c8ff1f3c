"""Findings in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fundpool.alert_changes import counted_changes
from fundpool.languages.numbers import year_or_never
from fundpool.languages.wording import marked
from fundpool.models.projection.comparison import Comparison

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.languages import Language


def counted_message(singular: str, plural: str) -> tuple[str, str]:
    """Two forms of a message that depends on a number, translated where they are shown."""
    return singular, plural


SOLVENCY_ALERTS = counted_message("%(n)s solvency alert.", "%(n)s solvency alerts.")
UNDER_TARGET = counted_message(
    "Pooled by %(plan)s, %(n)s fund holds less than %(months)s months of outgo, net of claims "
    "owed, at some time in the first %(years)s years.",
    "Pooled by %(plan)s, %(n)s funds hold less than %(months)s months of outgo, net of claims "
    "owed, at some time in the first %(years)s years.",
)
RUN_DRY = counted_message("%(n)s runs dry in that time.", "%(n)s run dry in that time.")
RULE_RAISES = counted_message(
    "The rule %(rule)s raises %(n)s alert.", "The rule %(rule)s raises %(n)s alerts."
)
"""Sentences on alerts."""
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


def alert_sentences(summary: Mapping[str, Any], case: "Case", language: "Language") -> list[str]:
    """How alerts changed, which fired and which rules could not be judged, a sentence each.

    None if none fired and none was cleared.

    Args:
        summary: what :func:`fundpool.summary.summary` says.
        case: the case.
        language: of words and numbers.
    """
    alerts, plan = summary["alerts"], str(summary["alert_plan"])
    since = change_sentence(summary, language)
    if not alerts:
        return since
    short = [alert for alert in alerts if alert["rule"] == "target"]
    dry = sum(alert["kind"] == "exhausted" for alert in short)

    def counted(singular: str, plural: str, number: int, **words: object) -> str:
        return language.ngettext(singular, plural, number) % ({"n": number} | words)

    lines = [*since, counted(*SOLVENCY_ALERTS, len(alerts))]
    if short:
        lines.append(
            counted(
                *UNDER_TARGET,
                len(short),
                plan=language(plan),
                months=language.number(case.value("solvency.target_reserve_months"), 0),
                years=round(case.value("solvency.alert_years")),
            )
        )
    if dry:
        lines.append(counted(*RUN_DRY, dry))
    for rule in summary["alert_rules"]:
        name = rule_name(case, rule["rule"], language)
        if rule["raised"] is None:
            lines.append(
                language(
                    "The rule %(rule)s could not be judged: what it looks at was not computed."
                )
                % {"rule": name}
            )
        elif rule["raised"] and rule["rule"] != "target":
            lines.append(counted(*RULE_RAISES, rule["raised"], rule=name))
    return lines
