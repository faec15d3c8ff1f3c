"""What must hold between schemes, published totals, rules by region and subsidies."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from fundpool.inputs.checks.benefits import benefits_together_findings
from fundpool.inputs.checks.instruments import instrument_findings
from fundpool.inputs.checks.tables import status_findings
from fundpool.inputs.format.columns import MOST_SHOWN
from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import RawTable
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.cash_benefits import cash_benefit_findings
from fundpool.inputs.rules.member_groups import (
    income_class_findings,
    limited_premium_findings,
    own_choice_findings,
    own_rule_findings,
)
from fundpool.inputs.rules.provider_payments import provider_payment_findings
from fundpool.inputs.rules.rule_findings import override_findings
from fundpool.inputs.rules.subsidies import (
    fitted_findings,
    premium_age_findings,
    subsidy_findings,
)
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.scheme_rules import LIMITS_IN_MONEY
from fundpool.inputs.settings.sections import Settings

Tables = Mapping[str, pd.DataFrame]
Raw = Mapping[str, RawTable]
FINDINGS_OF_TABLES: Mapping[
    str, Callable[[pd.DataFrame, Mapping[str, SchemeFile], str, int], Iterable[Finding]]
] = {
    "premium_ages": premium_age_findings,
    "income_classes": income_class_findings,
    "own_choice": own_choice_findings,
    "cash_benefits": cash_benefit_findings,
    "provider_payments": provider_payment_findings,
}
"""Checks of tables on schemes alone: table, schemes, file and the line of its first row."""


def scheme_findings(
    settings: Settings,
    tree: RegionTree,
    tables: Tables,
    raw: Raw,
    schemes: Mapping[str, SchemeFile],
) -> list[Finding]:
    """Schemes that cover the same status, fund totals that cannot be fitted, unknown rules."""
    findings = status_findings(schemes)
    findings += benefits_together_findings(schemes, settings.mergers)
    findings += instrument_findings(settings, schemes, tables.get("subsidies"))
    if "fund_totals" in tables:
        table, file = tables["fund_totals"], raw["fund_totals"]
        late = ((table["use"] == "fit") & (table["year"] != settings.base_year)).to_numpy()
        for place in np.flatnonzero(late)[:MOST_SHOWN]:
            findings.append(
                Finding(file.file, int(place) + file.first_row, "year",
                        str(table["year"].iloc[place]),
                        Message("the base year %(year)s for a figure that is fitted",
                                year=settings.base_year), Message("Set use to compare."))
            )  # fmt: skip
    limits = {rule for scheme in schemes.values() for rule in LIMITS_IN_MONEY
              if rule in scheme.rules}  # fmt: skip
    if settings.economy.base_limit_growth is not None and not limits:
        findings.append(
            Finding.of_setting("case.toml", "economy.base_limit_growth", None,
                               Message("a floor or ceiling in money that follows it"),
                               Message("It has no effect. Take it out."), severity="warning")
        )  # fmt: skip
    if "subsidies" in tables:
        file = raw["subsidies"]
        findings += subsidy_findings(tables["subsidies"], tree, schemes, file.file, file.first_row)
        if "fund_totals" in tables:
            totals = raw["fund_totals"]
            findings += fitted_findings(
                tables["subsidies"], tables["fund_totals"], totals.file, totals.first_row
            )
    for name, findings_of in FINDINGS_OF_TABLES.items():
        if name in tables:
            file = raw[name]
            findings += findings_of(tables[name], schemes, file.file, file.first_row)
    findings += own_rule_findings(tables.get("own_choice"), schemes)
    findings += limited_premium_findings(tables.get("premium_ages"), schemes)
    if "scheme_rules" in tables:
        findings += override_findings(tables["scheme_rules"], schemes, raw["scheme_rules"].file)
    return findings
