"""Accounts as text for a terminal."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.cli.tables import aligned, scheme_titles
from fundpool.languages import Language
from fundpool.languages.wording import local_names, marked
from fundpool.report.words.sentences import counted_message, rule_name

if TYPE_CHECKING:
    from fundpool.calls.accounting import AccountResult

HEADINGS = (
    marked("scheme"), marked("fund"), marked("month"), marked("balance"),
    marked("reserve (months)"), marked("band"), marked("income / expected"),
    marked("outgo / expected"), marked("outgo of the year, estimated"), marked("90 % interval"),
)  # fmt: skip
ROWS_READ = counted_message("%(n)s row read: %(fates)s.", "%(n)s rows read: %(fates)s.")
CORRECTED = counted_message(
    "%(n)s figure was corrected by a later issue.", "%(n)s figures were corrected by a later issue."
)
FATES = {
    "used": marked("%(n)s used"),
    "replaced": marked("%(n)s replaced"),
    "repeated": marked("%(n)s repeated"),
    "total": marked("%(n)s of totals"),
    "subtotal": marked("%(n)s of subtotals"),
    "headings": marked("%(n)s of headings"),
    "title": marked("%(n)s above the headings"),
    "blank": marked("%(n)s blank"),
    "no figures": marked("%(n)s without figures"),
}
"""What became of rows."""
EQUAL_MONTHS = marked("No full year is known: equal months are assumed for %(funds)s funds.")
NO_BANDS = marked("The case has no warning bands (rules of the measure month_end_reserve).")
NOT_READ = marked("%(file)s: columns that are not read: %(columns)s.")
NO_EXPECTATION = marked("The projection has no expectation of the year of these accounts.")


def accounts_text(result: "AccountResult", language: Language) -> str:
    """Every fund in a line: where it stands, and where its year will end."""
    titles = scheme_titles(result.case, language)
    bands = _bands(result)
    by_fund: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in result.experience.to_dict("records"):
        by_fund.setdefault((row["scheme"], row["region"]), {})[row["measure"]] = {
            str(name): value for name, value in row.items()
        }
    names = local_names(result.case.tables["regions"], language)
    rows = []
    for row in result.summary["reserves"]:
        key = row["scheme"], row["region"]
        measures = by_fund.get(key, {})
        outgo = measures.get("outgo", {})
        rows.append(
            (
                titles[row["scheme"]], names.get(row["name"], row["name"]),
                f"{row['year']}-{row['month']:02}",
                _money(row["balance"], language), _number(row["reserve_months"], 1, language),
                rule_name(result.case, bands[key], language) if key in bands else "–",
                *(_number(measures.get(measure, {}).get("actual_to_expected"), 3, language)
                  for measure in ("income", "outgo")),
                _money(outgo.get("year_end"), language),
                "–" if pd.isna(outgo.get("low")) else
                f"{_money(outgo['low'], language)}…{_money(outgo['high'], language)}",
            )
        )  # fmt: skip
    heads = [language(heading) for heading in HEADINGS]
    return aligned(pd.DataFrame(rows, columns=heads), 3)


def rows_sentences(result: "AccountResult", language: Language) -> list[str]:
    """What became of the rows, and what was assumed, a sentence each."""
    summary = result.summary
    fates = [language(FATES[fate]) % {"n": number} for fate, number in summary["rows"].items()]
    read = summary["rows_read"]
    words = {"n": read, "fates": language(", ").join(fates)}
    sentences = [language.ngettext(*ROWS_READ, read) % words]
    corrected = summary["corrections"]
    if corrected:
        sentences.append(language.ngettext(*CORRECTED, corrected) % {"n": corrected})
    for file, columns in summary["columns_not_read"].items():
        shown = {"file": file, "columns": language(", ").join(columns)}
        sentences.append(language(NOT_READ) % shown)
    if result.experience.empty:
        sentences.append(language(NO_EXPECTATION))
    else:
        assumed = result.experience[result.experience["pattern_years"] == 0]
        funds = len(assumed[["scheme", "region"]].drop_duplicates())
        if funds:
            sentences.append(language(EQUAL_MONTHS) % {"funds": funds})
    if not summary["alert_rules"]:
        sentences.append(language(NO_BANDS))
    return sentences


def _bands(result: "AccountResult") -> dict[tuple[str, str], str]:
    """The strictest band that each fund is under."""
    strictest: dict[tuple[str, str], dict[str, Any]] = {}
    for alert in result.summary["alerts"]:
        key = alert["scheme"], alert["pool"]
        if key not in strictest or alert["limit"] < strictest[key]["limit"]:
            strictest[key] = alert
    return {key: alert["rule"] for key, alert in strictest.items()}


def _number(value: float | None, digits: int, language: Language) -> str:
    return "–" if value is None or pd.isna(value) else language.number(value, digits)


def _money(value: float | None, language: Language) -> str:
    return "–" if value is None or pd.isna(value) else language.money(value)
