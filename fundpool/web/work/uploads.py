"""Uploaded workbooks: refused unless they are plain, then read and checked in a process of its own.

A case holds values. A workbook with formulas, macros or links to other files is refused before it
is opened, and nothing of it is ever run.
"""

import io
import multiprocessing
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fundpool.inputs.format.findings import Finding, findings_as_records
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.workbooks import UNPACKING_ERRORS, sheet_parts
from fundpool.languages import language as language_of
from fundpool.languages.wording import worded
from fundpool.web.serving import Limits, Serving

if TYPE_CHECKING:
    from fundpool.inputs.case import Case

PLAIN_NAME = re.compile(r"[^\W_][\w .,+&()（）【】《》、，·\-]{0,120}\.xlsx", re.IGNORECASE)
_FORMULA = re.compile(rb"<f[\s>/]")
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_LONGEST_TAG = 400
"""Bytes before a formula among which the address of its cell is looked for."""
RUNS = ("vbaProject", "externalLinks/", "embeddings/", "activeX/", "connections.xml", "ctrlProps/")


class UploadRefusedError(Exception):
    """A file that is not taken; the words say why and what to do."""

    def __init__(self, words: Message) -> None:
        """Keep the words, which the page shows in its reader's language."""
        self.words = words
        super().__init__(str(words))


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
            Message("The file's name holds a path; give a plain name such as case.xlsx.")
        )
    if not name.lower().endswith(".xlsx"):
        raise UploadRefusedError(Message("Only a workbook (.xlsx) can be uploaded."))
    if not PLAIN_NAME.fullmatch(name):
        raise UploadRefusedError(
            Message(
                "The file's name may hold letters, digits, spaces, points, dashes and brackets "
                "only."
            )
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
    except UNPACKING_ERRORS as error:
        raise UploadRefusedError(
            Message("This is not an .xlsx workbook; it cannot be opened.")
        ) from error
    if sum(item.file_size for item in listed) > limits.unpacked_bytes:
        most = limits.unpacked_bytes // (1024 * 1024)
        raise UploadRefusedError(
            Message("The workbook is larger than %(most)s MB once unpacked.", most=most)
        )
    for item in listed:
        if any(mark in item.filename for mark in RUNS):
            raise UploadRefusedError(
                Message(
                    "The workbook holds macros, links or embedded files; save it with values only."
                )
            )
    try:
        names = _sheet_names(packed)
        for item in listed:
            if not item.filename.startswith("xl/worksheets/") or not item.filename.endswith(".xml"):
                continue
            text = packed.read(item)
            formula = _FORMULA.search(text)
            if formula is not None:
                before = text[max(0, formula.start() - _LONGEST_TAG) : formula.start()]
                cells = _CELL.findall(before)
                sheet = names.get(item.filename, item.filename)
                if not cells:
                    raise UploadRefusedError(
                        Message(
                            "Sheet %(sheet)s holds a formula; a case holds values. "
                            "Copy the cells and paste them as values.",
                            sheet=sheet,
                        )
                    )
                column, row = cells[-1]
                raise UploadRefusedError(
                    Message(
                        "Sheet %(sheet)s, row %(row)s, column %(column)s holds a formula; a case "
                        "holds values. Copy the cells and paste them as values.",
                        sheet=sheet, row=row.decode(), column=column.decode(),
                    )
                )  # fmt: skip
    except UNPACKING_ERRORS as error:
        raise UploadRefusedError(
            Message("This is not an .xlsx workbook; it cannot be opened.")
        ) from error


def _sheet_names(packed: zipfile.ZipFile) -> dict[str, str]:
    """Name of the sheet by the part that holds it.

    Raises:
        UploadRefusedError: the workbook has no sheets.
        xml.etree.ElementTree.ParseError: its lists of parts are no XML.
    """
    members = packed.namelist()
    if "xl/workbook.xml" not in members or "xl/_rels/workbook.xml.rels" not in members:
        raise UploadRefusedError(Message("This is not an .xlsx workbook; it has no sheets."))
    return {part: name for name, part in sheet_parts(packed)}


def checked_upload(name: str, contents: bytes, serving: Serving) -> Checked:
    """Read and check an uploaded workbook.

    Raises:
        UploadRefusedError: the file is not taken at all.
    """
    label = plain_name(name)
    with tempfile.TemporaryDirectory(dir=serving.folder) as folder:
        file = Path(folder) / label
        file.write_bytes(contents)
        made = in_own_process(
            _read, (str(file), serving.limits), serving.limits.check_seconds,
            serving.limits.check_bytes,
        )  # fmt: skip
    if made is None:
        raise UploadRefusedError(
            Message("The workbook took too long or too much memory to read, or could not be read.")
        )
    if isinstance(made, Message):
        raise UploadRefusedError(made)
    assert isinstance(made, Checked)
    return made


def _read(file: str, limits: Limits) -> Checked | Message:
    """A case or findings; words where the workbook is not taken at all."""
    from fundpool.inputs.case import check_case, read_case
    from fundpool.inputs.format.findings import CaseError

    try:
        refuse_unsafe(Path(file).read_bytes(), limits)
        case = read_case(file)
    except UploadRefusedError as error:
        return error.words
    except CaseError as error:
        return Checked(None, _records(error.findings))
    return Checked(case, _records(check_case(file)))


def _records(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as plain data, with their Chinese under ``expected_local`` and ``mend_local``."""
    chinese = language_of("zh")
    return [
        record
        | {
            "expected_local": worded(finding.expected, chinese),
            "mend_local": worded(finding.mend, chinese),
        }
        for finding, record in zip(findings, findings_as_records(findings), strict=True)
    ]


def in_own_process(
    work: Any, arguments: tuple[Any, ...], seconds: float, most_bytes: int | None = None
) -> Any:
    """What a function returns, run apart and ended when it takes too long; None if it failed.

    Args:
        work: the function, of a module that can be imported.
        arguments: of it.
        seconds: longest time.
        most_bytes: largest address space of the process, on systems that can limit it.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(
        target=_send_result, args=(there, work, arguments, most_bytes), daemon=True
    )
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


def _send_result(
    pipe: Connection, work: Any, arguments: tuple[Any, ...], most_bytes: int | None
) -> None:
    if most_bytes is not None:
        _limit_memory(most_bytes)
    pipe.send(work(*arguments))
    pipe.close()


def _limit_memory(most_bytes: int) -> None:
    """Let the process fail rather than the machine; Windows and macOS have no such limit."""
    try:
        resource = import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    except (ImportError, ValueError, OSError):
        return
