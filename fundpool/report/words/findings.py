"""Findings of a case in the reader's language.

A finding is English wherever other programs read it. For a person its frame, what was expected and
how to mend it are worded in the reader's language.
"""

from collections.abc import Iterable

from fundpool.inputs.format.findings import Finding, errors_first, format_findings
from fundpool.languages import Language
from fundpool.languages.wording import worded


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
        "expected": worded(finding.expected, language),
        "mend": worded(finding.mend, language),
    }
    if finding.value is None:
        return severity + language("%(place)s: expected %(expected)s. %(mend)s") % words
    return severity + (
        language("%(place)s: found %(value)s; expected %(expected)s. %(mend)s") % words
    )
