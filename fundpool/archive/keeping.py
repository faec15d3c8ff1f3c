"""What a command hands to the archive when its run is done."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.archive.manifest import Manifest
from fundpool.archive.objects import write_durably
from fundpool.archive.predecessor import place_sha256
from fundpool.archive.provenance import machine, package_versions
from fundpool.archive.requests import Context, command_line, request_of
from fundpool.archive.runs import Archive, Run
from fundpool.inputs.case import Case
from fundpool.summary import as_json
from fundpool.writing import write_table


@dataclass(frozen=True)
class Result:
    """A finished run.

    Attributes:
        case: the case as projected.
        summary: contents of summary.json.
        tables: result tables by name.
        files: finished files, such as report.html, to be kept as they are.
        resolved: options found while running, by parameter name, such as the plans compared.
        previous: id of the run that it was compared with.
        exit_status: of the command.
    """

    case: Case
    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    files: Sequence[Path] = ()
    resolved: Mapping[str, Any] = field(default_factory=dict)
    previous: str | None = None
    exit_status: int = 0


def keep_run(archive: Archive, context: Context, result: Result) -> Run:
    """Write a run into the archive, whole or not at all.

    Raises:
        fundpool.archive.requests.ChangedInputError: an input file was changed under way.
    """
    request = request_of(context, result.case, result.resolved, archive.objects)
    with archive.incoming() as draft:
        tables, outputs = draft / "tables", draft / "outputs"
        tables.mkdir()
        outputs.mkdir()
        for name, frame in result.tables.items():
            if len(frame.columns):
                write_table(frame, tables / name, "parquet")
        write_durably(outputs / "summary.json", as_json(result.summary).encode())
        for file in result.files:
            if file.name != "summary.json":
                shutil.copyfile(file, outputs / file.name)
        return archive.admit(
            draft,
            Manifest(
                run="",
                request=request,
                case_name=result.case.name,
                base_year=result.case.base_year,
                command_line=command_line(context, result.resolved),
                seed=result.summary.get("seed"),
                previous=result.previous,
                packages=package_versions(),
                machine=machine(),
                exit_status=result.exit_status,
                recorded_at=datetime.now(UTC).isoformat(timespec="microseconds"),
                case_title=result.case.title,
                place_sha256=place_sha256(result.case),
            ),
        )
