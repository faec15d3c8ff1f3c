"""Case workbooks for download: that of an open case, and an empty one to fill in."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fundpool.inputs.template import write_case_workbook, write_empty_workbook
from fundpool.web.serving import Serving
from fundpool.web.work.projection_cache import OpenedCase


def case_workbook(opened: OpenedCase, serving: Serving) -> bytes:
    """The workbook of an open case: the file that was uploaded, or its tables as sheets.

    Raises:
        CaseError: the files of the server's own case are gone, or do not fit into a workbook.
    """
    if opened.workbook is not None:
        return opened.workbook
    return _written(lambda file: write_case_workbook(serving.case, file), serving)


def empty_workbook(serving: Serving) -> bytes:
    """A workbook with every sheet's header and what each column holds."""
    return _written(write_empty_workbook, serving)


def _written(write: Callable[[Path], Any], serving: Serving) -> bytes:
    with tempfile.TemporaryDirectory(dir=serving.folder) as folder:
        file = Path(folder) / "case.xlsx"
        write(file)
        return file.read_bytes()
