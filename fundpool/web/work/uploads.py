"""Uploaded workbooks: refused unless they are plain, then read and checked in a process of its own.

A case holds values. A workbook with formulas, macros or links to other files is refused before it
is opened, and nothing of it is ever run.
"""

import io
import multiprocessing
import re
import tempfile
import zipfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fundpool.web.serving import Limits, Serving

if TYPE_CHECKING:
    from fundpool.inputs.case import Case

PLAIN_NAME = re.compile(r"[^\W_][\w .()\-]{0,120}\.xlsx", re.IGNORECASE)
_FORMULA = re.compile(rb'<c\s[^>]*?r="([A-Z]+)(\d+)"[^>]*>\s*<f[\s>/]')
_ANY_FORMULA = re.compile(rb"<f[\s>/]")
_SHEET = re.compile(r'<sheet\s[^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_TARGET = re.compile(r"<Relationship\s[^>]*>")
RUNS = ("vbaProject", "externalLinks/", "embeddings/", "activeX/", "connections.xml", "ctrlProps/")


class UploadRefusedError(Exception):
    """A file that is not taken; the words say why and what to do."""


@dataclass(frozen=True)
class Checked:
    """What reading an upload gave: a case, or what is wrong with it."""

    case: "Case | None"
    findings: list[dict[str, Any]]


def plain_name(name: str) -> str:
    """The file's name, if it is a plain one.

    >>> plain_name("my case.xlsx")
    'my case.xlsx'

    Raises:
        UploadRefusedError: a path, or not a workbook.
    """
    if any(mark in name for mark in "/\\:\0") or ".." in name:
        raise UploadRefusedError(
            "The file's name holds a path; give a plain name such as case.xlsx."
        )
    if not name.lower().endswith(".xlsx"):
        raise UploadRefusedError("Only a workbook (.xlsx) can be uploaded.")
    if not PLAIN_NAME.fullmatch(name):
        raise UploadRefusedError(
            "The file's name may hold letters, digits, spaces, points, dashes and brackets only."
        )
    return name


def refuse_unsafe(contents: bytes, limits: Limits) -> None:
    """Refuse what is no plain workbook.

    Raises:
        UploadRefusedError: not a workbook, too large once unpacked, or with something that runs.
    """
    try:
        packed = zipfile.ZipFile(io.BytesIO(contents))
        listed = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UploadRefusedError("This is not an .xlsx workbook; it cannot be opened.") from error
    if sum(item.file_size for item in listed) > limits.unpacked_bytes:
        most = limits.unpacked_bytes // (1024 * 1024)
        raise UploadRefusedError(f"The workbook is larger than {most} MB once unpacked.")
    for item in listed:
        if any(mark in item.filename for mark in RUNS):
            raise UploadRefusedError(
                "The workbook holds macros, links or embedded files; save it with values only."
            )
    try:
        names = _sheet_names(packed)
        for item in listed:
            if not item.filename.startswith("xl/worksheets/") or not item.filename.endswith(".xml"):
                continue
            text = packed.read(item)
            if _ANY_FORMULA.search(text):
                found = _FORMULA.search(text)
                sheet = names.get(item.filename, item.filename)
                place = f", row {found[2].decode()}, column {found[1].decode()}" if found else ""
                raise UploadRefusedError(
                    f"Sheet {sheet}{place} holds a formula; a case holds values. "
                    "Copy the cells and paste them as values."
                )
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise UploadRefusedError("This is not an .xlsx workbook; it cannot be opened.") from error


def _sheet_names(packed: zipfile.ZipFile) -> dict[str, str]:
    """Name of the sheet by the part that holds it."""
    parts = packed.namelist()
    if "xl/workbook.xml" not in parts or "xl/_rels/workbook.xml.rels" not in parts:
        raise UploadRefusedError("This is not an .xlsx workbook; it has no sheets.")
    targets = {}
    for tag in _TARGET.findall(
        packed.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    ):
        fields = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        targets[fields.get("Id", "")] = fields.get("Target", "")
    listed = _SHEET.findall(packed.read("xl/workbook.xml").decode("utf-8", "replace"))
    return {"xl/" + targets.get(key, "").removeprefix("/xl/"): name for name, key in listed}


def checked_upload(name: str, contents: bytes, serving: Serving) -> Checked:
    """Read and check an uploaded workbook.

    Raises:
        UploadRefusedError: the file is not taken at all.
    """
    label = plain_name(name)
    refuse_unsafe(contents, serving.limits)
    with tempfile.TemporaryDirectory(dir=serving.folder) as folder:
        file = Path(folder) / label
        file.write_bytes(contents)
        made = in_own_process(_read, (str(file),), serving.limits.check_seconds)
    if made is None:
        raise UploadRefusedError("The workbook took too long to read, or could not be read.")
    assert isinstance(made, Checked)
    return made


def _read(file: str) -> Checked:
    from fundpool.inputs.case import check_case, read_case
    from fundpool.inputs.format.findings import CaseError, findings_as_records

    try:
        case = read_case(file)
    except CaseError as error:
        return Checked(None, findings_as_records(error.findings))
    return Checked(case, findings_as_records(check_case(file)))


def in_own_process(work: Any, arguments: tuple[Any, ...], seconds: float) -> Any:
    """What a function returns, run apart and ended when it takes too long; None if it failed."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send_result, args=(there, work, arguments), daemon=True)
    process.start()
    there.close()
    try:
        return here.recv() if here.poll(seconds) else None
    except EOFError:
        return None
    finally:
        here.close()
        process.kill()
        process.join()


def _send_result(pipe: Connection, work: Any, arguments: tuple[Any, ...]) -> None:
    pipe.send(work(*arguments))
    pipe.close()
