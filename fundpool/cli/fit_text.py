"""Fitted tables as text for a terminal."""

from typing import TYPE_CHECKING

import pandas as pd

from fundpool.cli.tables import aligned
from fundpool.inputs.format.messages import Word
from fundpool.languages import Language
from fundpool.languages.wording import marked, worded

if TYPE_CHECKING:
    from fundpool.inputs.records import Fit

SERVICES = (
    marked("service"), marked("claims booked"), marked("claims completed"),
    marked("claims a person-year"), marked("dispersion"), marked("last period complete"),
)  # fmt: skip
COSTS = (
    marked("service"), marked("ages"), marked("family"), marked("mean cost"), marked("cv"),
)  # fmt: skip
COUNTIES = (
    marked("service"), marked("county"), marked("person-years"), marked("own / expected"),
    marked("credibility"), marked("estimate"),
)  # fmt: skip
ROWS = {
    "members": marked("Members: %(read)s rows read, %(used)s used, %(aside)s set aside."),
    "claims": marked("Claims: %(read)s rows read, %(used)s used, %(aside)s set aside."),
}
MOST_COUNTIES = 20
"""Rows of counties that are shown; all are in credibility.csv."""


def fit_text(done: "Fit", language: Language) -> str:
    """Frequency and completeness, severity, and credibility of the counties."""

    def word(text: str) -> str:
        return worded(Word(text), language)

    services = [
        (word(service), f"{one['claims_booked']:,.0f}", f"{one['claims_completed']:,.1f}",
         f"{one['frequency']:.4f}",
         "–" if one["dispersion"] is None else f"{one['dispersion']:.3f}",
         f"{100 * one['complete']:.1f} %")
        for service, one in done.summary["services"].items()
    ]  # fmt: skip
    costs = [
        (word(str(row.service)), f"{row.age_from}–{row.age_to}", word(str(row.family)),
         f"{row.mean:,.2f}", f"{row.cv:.3f}")
        for row in done.severity.itertuples()
    ]  # fmt: skip
    counties = [
        (word(str(row.service)), row.region, f"{row.exposure:,.1f}", f"{row.ratio:.3f}",
         f"{row.credibility:.3f}", f"{row.estimate:.3f}")
        for row in done.credibility.head(MOST_COUNTIES).itertuples()
    ]  # fmt: skip
    shown = []
    for headings, rows in ((SERVICES, services), (COSTS, costs), (COUNTIES, counties)):
        if rows:
            words = [language(heading) for heading in headings]
            shown.append(aligned(pd.DataFrame(rows, columns=words), 1))
    return "\n\n".join(text.rstrip("\n") for text in shown)


def rows_sentences(done: "Fit", language: Language) -> list[str]:
    """How many rows were read, used and set aside."""
    return [
        language(ROWS[name])
        % {"read": rows["read"], "used": rows["used"], "aside": sum(rows["set_aside"].values())}
        for name, rows in done.summary["rows"].items()
    ]
