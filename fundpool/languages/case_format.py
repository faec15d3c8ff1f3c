"""The page of the documentation that describes every table of a case, in each language."""

import argparse
from pathlib import Path

from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.messages import Message, Word
from fundpool.inputs.format.tables import PROVENANCE, TABLES
from fundpool.inputs.template import allowed_values
from fundpool.languages.language import LANGUAGES, Language, language
from fundpool.languages.wording import worded

PAGES = {"en": "case-format.md", "zh": "zh/case-format.md"}
"""The page of each language, from the folder of the documentation."""

LINKS = {"en": "[中文](zh/case-format.md)", "zh": "[English](../case-format.md)"}
"""The line under the title that leads to the other language."""


def page(reader: Language) -> str:
    """The page in a language, as Markdown."""

    def say(text: str) -> str:
        return worded(text, reader)

    shared = say(Message(", ")).join(f"`{column.name}`" for column in PROVENANCE)
    title = say(Message("Tables of a case"))
    lines = [
        f"# {title}", "", LINKS[reader.code], "",
        say(Message(
            "This page is written by %(command)s from the declaration in %(file)s.",
            command="`python -m fundpool.languages.case_format`",
            file="`inputs/format/tables.py`",
        )), "",
        say(Message(
            "Every table may also have the columns %(columns)s; where they are missing or blank a "
            "row inherits from %(section)s in %(file)s.",
            columns=shared, section="`[tables.<name>]`", file="`case.toml`",
        )),
    ]  # fmt: skip
    for table in TABLES:
        lines += ["", f"## {table.name}", "", reader(table.about), "", _rules(table, reader), ""]
        heads = [Message("column"), Message("holds"), Message("unit"), Message("allowed")]
        lines += [_row([say(head) for head in heads]), _row(["---"] * len(heads))]
        lines += [_row(_cells(column, reader)) for column in table.columns]
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rules(table: Table, reader: Language) -> str:
    """Whether a table is required, its key, and what sums to one."""
    comma = reader(", ")

    def names(columns: tuple[str, ...]) -> str:
        return comma.join(f"`{name}`" for name in columns)

    sentences = [Message("Required.") if table.required else Message("Optional.")]
    sentences += [Message("Key: %(names)s.", names=names(table.key))]
    sentences += [
        Message("%(share)s sums to one within %(group)s.", share=f"`{share}`", group=names(group))
        for group, share in table.sums_to_one
    ]
    if table.row_sum:
        sentences += [Message("%(names)s sum to one.", names=names(table.row_sum))]
    return ("" if reader.chinese else " ").join(worded(text, reader) for text in sentences)


def _cells(column: Column, reader: Language) -> list[str]:
    allowed: str = allowed_values(column)
    if column.blank:
        allowed = Message("%(allowed)s; may be blank", allowed=allowed)
    texts = (Word(column.about), Word(column.unit), allowed)
    shown = [worded(text, reader) if isinstance(text, Message) else reader(text) for text in texts]
    return [f"`{column.name}`", *shown]


def main(words: list[str] | None = None) -> None:
    """Write the page on the tables of a case, in each language, into the folder docs."""
    name = "python -m fundpool.languages.case_format"
    argparse.ArgumentParser(name, description=main.__doc__).parse_args(words)
    folder = Path(__file__).resolve().parents[2] / "docs"
    for code in LANGUAGES:
        (folder / PAGES[code]).write_text(page(language(code)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
