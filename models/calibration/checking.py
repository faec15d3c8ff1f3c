"""A case checked by what it gives: figures that calibration can meet only far from the model."""

import math
from pathlib import Path

import numpy as np

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.case import check_case as check_inputs
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message, sentences
from fundpool.models.calibration.multipliers import FITTED, Calibration, calibrate, counties_of
from fundpool.models.economy import economic_paths
from fundpool.models.flows.years import opening_year
from fundpool.models.population.preparation import prepare

FAR = 2.0
"""A multiplier above this, or below one over it, is a finding.

Published totals and a case built from other published figures differ by some per cent, at most by
a third or so where a scheme counts something that the case leaves out; another unit, another
scheme or another year differs by more.
"""


def check_case(name: str | Path) -> tuple[Finding, ...]:
    """Everything that is wrong with a case, its fit to published totals included.

    Examples:
        >>> import fundpool
        >>> [finding.severity for finding in fundpool.check_case("jiangsu")]
        []
    """
    findings = check_inputs(name)
    if any(finding.severity == "error" for finding in findings):
        return findings
    return (*findings, *fit_findings(read_case(name)))


def fit_findings(case: Case) -> list[Finding]:
    """What calibration of a case finds: totals that cannot be met, and those far from the model."""
    if not (case.tables["fund_totals"]["use"] == "fit").any():
        return []
    prepared = prepare(case.reference)
    try:
        done = calibrate(prepared, opening_year(prepared), economic_paths(case.reference, 0))
    except CaseError as error:
        return list(error.findings)
    return multiplier_findings(case.reference, done)


def multiplier_findings(case: Case, calibration: Calibration) -> list[Finding]:
    """Published totals that are not met, or whose multiplier is far from one, as warnings."""
    findings = []
    names = [scheme.name for scheme in case.schemes]
    table = case.tables["fund_totals"]
    fitted = table[(table["use"] == "fit") & (table["year"] == case.base_year)]
    insides = {region: counties_of(case, str(region)) for region in fitted["region"].unique()}
    for place, row in fitted.iterrows():
        scheme, measure = str(row["scheme"]), str(row["measure"])
        if measure not in FITTED or scheme not in names:
            continue
        where_it_acts = insides[row["region"]].copy()
        like = fitted[(fitted["scheme"] == scheme) & (fitted["measure"] == measure)]
        for region in like["region"]:
            if insides[region].sum() < insides[row["region"]].sum():
                where_it_acts &= ~insides[region]
        if not where_it_acts.any():
            continue
        number = case.scheme_number(scheme)
        levels = getattr(calibration.multipliers, measure)[number]
        multiplier = float(levels[np.flatnonzero(where_it_acts)[0]])
        near = [
            nearest_figure
            for name, what, counties, nearest_figure in calibration.unmet
            if (name, what) == (scheme, measure) and (counties == where_it_acts).all()
        ]
        if near:
            expected = Message(
                "a figure that the case can meet (the nearest is %(nearest)s)",
                nearest=f"{near[0]:.6g}",
            )
        elif not 1.0 / FAR <= multiplier <= FAR:
            expected = Message(
                "a figure near what the case gives (it is met by a multiplier of %(multiplier)s, "
                "not between %(least)s and %(most)s)",
                multiplier=f"{multiplier:.3g}", least=f"{1 / FAR:g}", most=f"{FAR:g}",
            )  # fmt: skip
        else:
            continue
        modelled = float(calibration.before[measure][number][insides[row["region"]]].sum())
        findings.append(_far(case, int(str(place)) + 2, float(row["value"]), modelled, expected))
    return findings


def _far(case: Case, row: int, value: float, modelled: float, expected: Message) -> Finding:
    """The finding for a published figure far from the modelled one."""
    mend = Message(
        "The case gives %(modelled)s: correct the figure, or what that is made of.",
        modelled=f"{modelled:,.0f}",
    )
    power = round(math.log10(modelled / value)) if modelled > 0 < value else 0
    if abs(power) >= 3:
        unit = Message("Is it in another unit, a factor of 10^%(power)s away?", power=power)
        mend = sentences(mend, unit)
    sheet = case.origin.lower().endswith(".xlsx")
    file = "fund_totals" if sheet else "tables/fund_totals.csv"
    return Finding(file, row, "value", f"{value:.12g}", expected, mend, severity="warning")
