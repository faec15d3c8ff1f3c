"""The limit on ruin that commands, functions and the page plan to where none is asked for."""

from fundpool.inputs.case import Case
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.options import USUAL_RUIN


def usual_limit(case: Case, years: int) -> RuinLimit:
    """The limit on ruin where none is asked for: up to the last year of alerts."""
    alert_years = round(case.value("solvency.alert_years"))
    return RuinLimit(USUAL_RUIN, case.base_year + min(years, alert_years))
