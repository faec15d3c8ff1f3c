"""The section ``report`` of case.toml: what a person states about a report, not computed from it.

Every text may be left out: the report then shows an empty slot. ``local`` holds the same texts in
the local language.
"""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.parameters import Part, Status


def _iso(text: str) -> str:
    """Refuse what is not a day of the calendar written year-month-day; blank is no day."""
    if text:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(Message("a day as in 2026-03-31")) from None
    return text


Day = Annotated[str, AfterValidator(_iso)]


class ReportTexts(Part):
    """Texts that the responsible persons supply.

    Attributes:
        purpose, commissioned_by, intended_users: what the report is for, and for whom.
        prepared_by, qualification: the responsible actuary.
        reviewed_by, review: who reviewed the report, and with what result.
        model_owner, approved_by: who answers for the model, who approved its use and its limits.
        financing: how the law sets rates and premiums.
        law_announced: changes of the law that are announced and not in force.
        later_events: events between the valuation date and the date of the report.
        data_sufficiency, sources_read: judgement of the data; sources that were read or sought.
        assumptions_set_by, mandated, prudence: who set assumptions, which ones the law demands,
            whether they are neutral or prudent.
        reliances: on whose work the report relies.
        compliance: with which standards the signatory states to comply.
        opinion_data, opinion_assumptions, opinion_method: statements of opinion.
    """

    purpose: str = ""
    commissioned_by: str = ""
    intended_users: str = ""
    prepared_by: str = ""
    qualification: str = ""
    reviewed_by: str = ""
    review: str = ""
    model_owner: str = ""
    approved_by: str = ""
    financing: str = ""
    law_announced: str = ""
    later_events: str = ""
    data_sufficiency: str = ""
    sources_read: str = ""
    assumptions_set_by: str = ""
    mandated: str = ""
    prudence: str = ""
    reliances: str = ""
    compliance: str = ""
    opinion_data: str = ""
    opinion_assumptions: str = ""
    opinion_method: str = ""


class Decision(Part):
    """Something that must be decided.

    Attributes:
        what, what_local: the decision.
        by, by_local: who decides.
        due: until when.
    """

    what: str = Field(min_length=1)
    what_local: str = ""
    by: str = Field(min_length=1)
    by_local: str = ""
    due: Day = ""


class BacktestError(Part):
    """How far the model was off where it was tried on published years.

    Attributes:
        income, outgo: relative errors, root mean square: 0.05 is five per cent.
        source, status, note: of the errors.
    """

    income: float = Field(ge=0, le=1)
    outgo: float = Field(ge=0, le=1)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Budget(Part):
    """The budget of a scheme's funds in a projected year.

    Attributes:
        year: calendar year.
        income, outgo: of the pooled funds together, interest included.
        source, status, note: of the budget.
    """

    year: int = Field(ge=1900, le=2300)
    income: float = Field(ge=0)
    outgo: float = Field(ge=0)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class FormalParts(ReportTexts):
    """The section ``report``: texts, dates, decisions due, errors of the backtest, budgets.

    ``backtest`` and ``budgets`` are by scheme.
    """

    date_of_information: Day = ""
    date_of_report: Day = ""
    signed_on: Day = ""
    local: ReportTexts = ReportTexts()
    decisions: list[Decision] = Field(default_factory=list)
    backtest: dict[str, BacktestError] = Field(default_factory=dict)
    budgets: dict[str, Budget] = Field(default_factory=dict)

    def text(self, slot: str, local: bool = False) -> str:
        """What stands in a slot, in the local language where it is given there; blank if empty."""
        given = str(getattr(self, slot))
        return (getattr(self.local, slot, "") or given) if local else given
