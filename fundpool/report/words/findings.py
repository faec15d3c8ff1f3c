"""Findings of a case in the reader's language.

A finding is English wherever other programs read it. For a person its frame, what was expected and
how to mend it are worded in the reader's language.
"""

from collections.abc import Iterable

from fundpool.inputs.format.findings import Finding, finding_lines
from fundpool.languages import Language
from fundpool.languages.wording import worded


def findings_text(findings: Iterable[Finding], language: Language) -> str:
    """All findings as text, errors first, then a line that counts them."""
    return "\n".join(worded(line, language) for line in finding_lines(findings))


def warning_text(finding: Finding, language: Language) -> str:
    """A warning as a line."""
    return worded(finding.line, language)
