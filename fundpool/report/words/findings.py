"""Findings of a case in the reader's language.

A finding is English wherever other programs read it. For a person its frame is translated, and
what was expected and how to mend it where they have one of the forms below.
"""

from collections.abc import Iterable

from fundpool.inputs.format.findings import Finding, errors_first, format_findings
from fundpool.languages import Language
from fundpool.report.words.plans import translated
from fundpool.report.words.vocabulary import marked

FORMS = (
    marked("a number from %(least)s to %(most)s"),
    marked("a number of at least %(least)s"),
    marked("a number of at most %(most)s"),
    marked("a number"),
    marked("a level of the case"),
    marked("a scheme of the case"),
    marked("the path of an assumption"),
    marked("the name of a table"),
    marked("at least one row"),
    marked("each name once"),
    marked("valid TOML"),
    marked("this setting"),
    marked("this table"),
    marked("this file"),
    marked("Correct the number."),
    marked("Correct the text."),
    marked("Remove one."),
    marked("Add the row."),
    marked("Add its people."),
    marked("Rename one of them."),
    marked("There is only a header; fill it."),
    marked("Set use to compare."),
    marked("Did you mean %(word)s?"),
    marked("Known: %(words)s."),
)
"""Forms of what was expected and of ways to mend it; the first that fits counts."""


def findings_text(findings: Iterable[Finding], language: Language) -> str:
    """All findings as text, errors first, then a line that counts them."""
    listed = list(findings)
    if not language.chinese:
        return format_findings(listed)
    ordered = errors_first(listed)
    errors = sum(finding.severity == "error" for finding in ordered)
    counts = [language.ngettext("%(n)s error", "%(n)s errors", errors) % {"n": errors}]
    if len(ordered) > errors:
        others = len(ordered) - errors
        counts.append(language.ngettext("%(n)s warning", "%(n)s warnings", others) % {"n": others})
    return "\n".join([*(_line(f, language) for f in ordered), language(", ").join(counts)])


def warning_text(finding: Finding, language: Language) -> str:
    """A warning as a line."""
    return _line(finding, language) if language.chinese else f"warning: {finding.message}"


def _line(finding: Finding, language: Language) -> str:
    severity = language("error: ") if finding.severity == "error" else language("warning: ")
    place = [finding.file]
    if finding.row is not None:
        place.append(language("row %(row)s") % {"row": finding.row})
    if finding.column:
        place.append(language("column %(column)s") % {"column": finding.column})
    words = {
        "place": language(", ").join(place),
        "value": repr(finding.value),
        "expected": translated(finding.expected, FORMS, language, {}),
        "mend": translated(finding.mend, FORMS, language, {}),
    }
    if finding.value is None:
        return severity + language("%(place)s: expected %(expected)s. %(mend)s") % words
    return severity + (
        language("%(place)s: found %(value)s; expected %(expected)s. %(mend)s") % words
    )
