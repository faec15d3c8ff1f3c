"""Which texts of a case hold characters that the PDF cannot show, and where they stand."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import RawCase
from fundpool.languages import ENGLISH, Language
from fundpool.languages.wording import worded
from fundpool.report.fonts import PLACEHOLDER, drawable, unprintable

MOST_NAMED = 5
"""Characters named in one sentence, and rows of one column with a sentence of their own."""


def placeholder_warnings(
    raw: RawCase, other: Mapping[str, str], language: Language = ENGLISH
) -> tuple[str, ...]:
    """A sentence for each place with characters that the PDF shows as placeholders.

    Args:
        raw: the case as found.
        other: texts of the report that do not come from the case, by their place.
        language: of the sentences.
    """
    findings = raw.placed(_texts(raw))
    findings += [_found(place, None, None, text) for place, text in other.items()]
    return tuple(_sentence(finding, language) for finding in findings
                 if unprintable(finding.value or ""))  # fmt: skip


def _found(file: str, row: int | None, column: str | None, text: str) -> Finding:
    return Finding(
        file,
        row,
        column,
        text,
        Message("characters that a font holds"),
        Message("Correct the text."),
        severity="warning",
    )


def _sentence(finding: Finding, language: Language) -> str:
    letters = unprintable(finding.value or "")
    named = ", ".join(map(_named, letters[:MOST_NAMED]))
    return language(
        "%(place)s: no font of the PDF has %(letters)s; it shows %(placeholder)s instead. "
        "Page and workbook keep the characters."
    ) % {
        "place": worded(finding.where, language),
        "letters": named + (", …" if len(letters) > MOST_NAMED else ""),
        "placeholder": PLACEHOLDER,
    }


def _named(letter: str) -> str:
    code = f"U+{ord(letter):04X}"
    visible = unicodedata.category(letter)[0] not in "CMZ" and drawable(letter) == letter
    return f"{letter} ({code})" if visible else code


def _texts(raw: RawCase) -> list[Finding]:
    """Texts of a case with their places: all of its documents, of its tables those to report."""
    findings: list[Finding] = []
    documents = {"case.toml": raw.settings or {}}
    documents |= {f"schemes/{name}.toml": contents for name, contents in raw.schemes.items()}
    documents |= {f"policies/{name}.toml": contents for name, contents in raw.policies.items()}
    for file, contents in documents.items():
        findings += [_found(file, None, path, text) for path, text in _strings(contents, "")]
    for table in raw.tables.values():
        for name, column in table.cells.items():
            if pd.api.types.is_numeric_dtype(column):
                continue
            lost = {text for text in column.unique() if isinstance(text, str) and unprintable(text)}
            rows = [place for place, text in enumerate(column) if text in lost] if lost else []
            findings += [
                _found(table.file, table.first_row + place, str(name), column.iloc[place])
                for place in rows[:MOST_NAMED]
            ]
            rest = "".join(sorted({column.iloc[place] for place in rows[MOST_NAMED:]}))
            findings.append(_found(table.file, None, str(name), rest))
    return findings


def _strings(part: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, str):
        yield path, part
    elif isinstance(part, Mapping):
        for key, value in part.items():
            inner = f"{path}.{key}" if path else str(key)
            yield inner, str(key)
            yield from _strings(value, inner)
    elif isinstance(part, list):
        for value in part:
            yield from _strings(value, path)
