"""Numbers and findings in words."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.models.projection.comparison import Comparison

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.languages import Language

NARROW = "\u00a0"
"""A space at which a line does not break."""


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


def percent(value: float, digits: int = 2) -> str:
    r"""A share in per cent.

    >>> percent(0.0512) == "5.12\u00a0%"
    True
    """
    return (
        "–"
        if value is None or math.isnan(value)
        else f"{100 * value:.{digits}f}{NARROW}%".replace("-", "−")
    )


def money(value: float) -> str:
    r"""Money in billions or millions, three or four figures.

    >>> money(8.5532e10) == "85.5\u00a0bn", money(-3.2e7) == "−32.0\u00a0m"
    (True, True)
    >>> money(-30_000.0) == "0.0\u00a0m"  # no minus before what is shown as nothing
    True
    """
    size = abs(value)
    sign = "−" if value < 0 and size >= 5e4 else ""
    if size >= 9.995e8:
        return f"{sign}{size / 1e9:,.1f}{NARROW}bn"
    return f"{sign}{size / 1e6:,.1f}{NARROW}m"


def people(value: float) -> str:
    r"""People in millions or thousands.

    >>> people(84748016) == "84.75\u00a0m", people(5120) == "5.1\u00a0k"
    (True, True)
    """
    return f"{value / 1e6:,.2f}{NARROW}m" if value >= 1e6 else f"{value / 1e3:,.1f}{NARROW}k"


def number(value: float, digits: int = 1) -> str:
    """A plain number with a true minus sign."""
    return "–" if math.isnan(value) else f"{value:,.{digits}f}".replace("-", "−")


def year_or_never(value: object) -> str:
    """A year, or that it does not come."""
    return "never" if value is None or pd.isna(value) else str(int(value))  # type: ignore


def months_or_never(value: float) -> str:
    """Months without decimals, or that it does not come."""
    return "never" if math.isinf(value) else f"{value:,.0f}"


def plural(level: str, count: int = 2) -> str:
    """A noun in the plural.

    >>> plural("county"), plural("city", 1), plural("fund")
    ('counties', 'city', 'funds')
    """
    if count == 1:
        return level
    return level[:-1] + "ies" if level.endswith("y") else level + "s"


def headline(comparison: Comparison, scheme: str, title: str, language: "Language") -> str:
    """What pooling does to a scheme, in a sentence or two."""
    rows = comparison.overview[comparison.overview["scheme"] == scheme]
    last = int(comparison.study.flows.years[-1])
    parts = []
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
        parts.append(
            fate
            % {
                "plan": language.gettext(str(row["plan"])), "pools": pools, "dry": dry,
                "last": last, "first": year_or_never(row["first_exhaustion"]),
            }
        )  # fmt: skip
    words = {"title": title, "fates": language.gettext("; ").join(parts)}
    return language.gettext("%(title)s: %(fates)s.") % words


def rule_name(case: "Case", rule: str, language: "Language") -> str:
    """An alert rule of a case in words: its local title where one is given, else its name."""
    given = case.settings.alerts.get(rule)
    local = given.title_local if given is not None and language.chinese else ""
    return local or rule.replace("_", " ")


def alert_sentences(summary: Mapping[str, Any], case: "Case", language: "Language") -> list[str]:
    """Which alerts fired and which rules could not be judged, a sentence each; none if none fired.

    Args:
        summary: what :func:`fundpool.summary.summary` says.
        case: the case.
        language: of words and numbers.
    """
    alerts, plan = summary["alerts"], str(summary["alert_plan"])
    if not alerts:
        return []
    short = [alert for alert in alerts if alert["rule"] == "target"]
    dry = sum(alert["kind"] == "exhausted" for alert in short)

    def counted(singular: str, plural: str, number: int, **words: object) -> str:
        return language.ngettext(singular, plural, number) % ({"n": number} | words)

    lines = [counted(*SOLVENCY_ALERTS, len(alerts))]
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
