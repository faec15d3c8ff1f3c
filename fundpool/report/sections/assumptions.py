"""Assumptions and sources."""

from typing import Any

from fundpool.languages.numbers import plain_number
from fundpool.languages.wording import worded
from fundpool.report.document.making import (
    Row,
    code,
    label,
    left,
    message,
    right,
    row,
    sentences,
    spans,
    table,
)
from fundpool.report.document.model import Block, Detail, Paragraph, Section, Span, Table
from fundpool.report.sections.context import Context

STATUSES = ("published", "derived", "assumed")


def assumptions_section(context: Context) -> Section:
    """Every table and every assumption of the case with its status and source."""
    _ = context.language
    blocks: tuple[Block, ...] = (_statuses(context), _tables(context), *_by_section(context))
    return Section("assumptions", _("Assumptions and sources"), _("Assumptions"), blocks)


def _statuses(context: Context) -> Paragraph:
    """What the labels mean, and in which language texts of the case stand."""
    _ = context.language
    language_of_case = _(
        "Paths, names of tables, values in words, sources, reasons and descriptions of policies "
        "are texts of the case and stand in its language."
    )
    return sentences(
        label(_("published"), "published"), _("read in the source named;"),
        label(_("derived"), "derived"), _("computed from published figures;"),
        label(_("assumed"), "assumed"),
        message(_("neither: change these first, with <code>--set</code> or in the case.")),
        language_of_case if context.language.code != "en" else None,
    )  # fmt: skip


def _source(entry: dict[Any, Any]) -> Span:
    note = f"; {entry['note']}" if entry["note"] else ""
    return Span(f"{entry['source']}{note}", "soft")


def _tables(context: Context) -> Table:
    """Tables of the case; a status that differs between rows comes with the number of each."""
    _ = context.language
    columns = (
        left(_("table")), right(_("rows")), left(_("status")), left(_("source"), "wide"),
    )  # fmt: skip
    rows = []
    for entry in context.case.table_sources().to_dict("records"):
        status = str(entry["status"])
        statuses = [part.partition(" ") for part in status.split(", ")]
        words = _(", ").join(
            context.worded(word) + space + number for word, space, number in statuses
        )
        single = status if status in STATUSES else ""
        rows.append(
            row(code(entry["table"]), f"{entry['rows']:,}", label(words, single), _source(entry))
        )
    return table(columns, rows, _("Tables of the case"))


def _by_section(context: Context) -> list[Detail]:
    """Assumptions by section of the case."""
    _ = context.language
    columns = (
        left(_("assumption")), left(_("value")), left(_("unit")), left(_("status")),
        left(_("source"), "wide"),
    )  # fmt: skip
    details = []
    for section, entries in _grouped(context).items():
        assumed = sum(entry["status"] == "assumed" for entry in entries)
        words = _("%(section)s (%(n)s, %(assumed)s assumed)") % {
            "section": _section_words(context, section), "n": len(entries), "assumed": assumed,
        }  # fmt: skip
        rows = [_assumption(context, entry) for entry in entries]
        details.append(Detail(spans(words), (table(columns, rows),)))
    return details


def _assumption(context: Context, entry: dict[str, Any]) -> Row:
    in_force = entry["path"].startswith("pooling.in_force.")
    return row(
        code(entry["path"]),
        context.worded(entry["value"]) if in_force else worded(entry["value"], context.language),
        context.language.unit(entry["unit"], context.case.currency),
        label(context.worded(entry["status"]), entry["status"]),
        _source(entry),
    )


def _grouped(context: Context) -> dict[str, list[dict[str, Any]]]:
    """Assumptions by section, numbers as they are written."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for entry in context.case.assumptions().to_dict("records"):
        path = str(entry["path"])
        steps = path.split(".")
        section = f"schemes: {steps[1]}" if steps[0] == "schemes" else steps[0]
        value = entry["value"]
        entry["value"] = plain_number(value) if isinstance(value, float) else value
        lead, _, year = path.removesuffix(")").partition(" (")
        base = sections.get(section, [{}])[-1]
        if year and base.get("path") == lead:  # values of single years stand beside the rest
            base["value"] += f"; {year}: {entry['value']}"
            continue
        sections.setdefault(section, []).append({str(key): cell for key, cell in entry.items()})
    return sections


def _section_words(context: Context, section: str) -> str:
    """A section of the assumptions: its name in case.toml, or the title of a scheme."""
    lead, _, scheme = section.partition(": ")
    return context.titles[scheme] if scheme else context.language(lead)
