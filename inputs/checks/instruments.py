"""Premiums, rates and subsidies that plans may decide: does the case have them?"""

from collections.abc import Mapping

import pandas as pd

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Settings

INSTRUMENTS = {
    "payroll": ("employer_rate", "employee_rate", "account_rate"),
    "flat": ("premium",),
}
"""What members, employers and accounts pay or get, by kind of scheme."""


def instrument_findings(
    settings: Settings, schemes: Mapping[str, SchemeFile], subsidies: pd.DataFrame | None
) -> list[Finding]:
    """Corridors of instruments that a scheme does not have, and of payers nobody names.

    Args:
        settings: of the case.
        schemes: its scheme files.
        subsidies: the table of that name, where there is one.
    """
    stated = {} if settings.optimiser is None else settings.optimiser.instruments
    payers = [] if subsidies is None else list(dict.fromkeys(subsidies["payer"].astype(str)))
    if payers and any("subsidy" in file.rules for file in schemes.values()):
        payers.insert(0, "state")
    paid = [f"subsidy_{payer}" for payer in dict.fromkeys(payers)] or ["subsidy"]
    findings = []
    for scheme, terms in stated.items():
        if scheme not in schemes:
            continue  # a finding of the settings
        known = [*INSTRUMENTS[schemes[scheme].kind], *paid]
        findings += [
            Finding.of_setting(
                "case.toml", f"optimiser.instruments.{scheme}.{name}", name,
                Message("one of %(known)s", known=Listed.of(known)), did_you_mean(name, known),
            )
            for name in terms
            if name not in known
        ]  # fmt: skip
    return findings
