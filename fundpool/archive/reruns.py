"""A run repeated from what the archive holds, and what differs."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.archive.manifest import Manifest
from fundpool.archive.provenance import PROGRAM, code_sha256, machine, package_versions
from fundpool.archive.requests import refuse_unknown, words_of
from fundpool.archive.run import Run, read_parquet
from fundpool.archive.runs import Archive
from fundpool.inputs.format.messages import Message
from fundpool.version import __version__

PLACE_VARIABLES = (
    "FUNDPOOL_ARCHIVE", "FUNDPOOL_METRICS", "FUNDPOOL_NOTIFY", "FUNDPOOL_PING", "FUNDPOOL_WEBHOOK",
)  # fmt: skip
"""How variables begin that say where results and news go, which a repeat sends nowhere."""


class RerunFailedError(Exception):
    """The repeat came to no result."""


@dataclass(frozen=True)
class Difference:
    """Something in which a repeat is not the run.

    Attributes:
        what: ``code``, ``package``, ``machine``, ``inputs``, ``exit status``, ``table``, ``file``.
        name: which.
        was, now: as recorded and as repeated.
        size: for a table, the largest relative difference of a number; None otherwise.
    """

    what: str
    name: str
    was: str
    now: str
    size: float | None = None


@dataclass(frozen=True)
class Rerun:
    """What a repeat gave.

    Attributes:
        run: id of the run.
        files: number of files compared.
        causes: differences of code, packages, machine.
        differences: differences of results; none means the same bytes.
    """

    run: str
    files: int
    causes: tuple[Difference, ...]
    differences: tuple[Difference, ...]

    @property
    def identical(self) -> bool:
        """Whether every file came out bit for bit."""
        return not self.differences


def rerun(archive: Archive, run: Run, commands: Mapping[str, Any]) -> Rerun:
    """Repeat a run with the program installed now, in a process of its own.

    Args:
        archive: the archive.
        run: one of its runs.
        commands: the program's commands by name; no other command and no other option is repeated.

    Raises:
        RerunFailedError: the program refuses the inputs or fails; its message is given.
        fundpool.archive.objects.DamagedError: an input is missing or altered, or the manifest
            asks for what no run is made with.
    """
    request = run.manifest.request
    refuse_unknown(request, commands)
    previous = run.manifest.previous
    if previous is not None and not archive.holds(previous):
        raise RerunFailedError(
            Message(
                "it was compared with %(previous)s, which is not in this archive; bring "
                "both runs and their inputs into one archive",
                previous=previous,
            )
        )
    with tempfile.TemporaryDirectory(prefix="fundpool-rerun-") as name:
        place = Path(name)
        case = laid_out(archive, run.manifest, place / "case")
        archive.objects.restore(request.parameter_files, place / "files")
        words = words_of(request, case, place / "files", archive.root / "runs")
        again = place / "archive"
        # variables of the program may name places, such as where alerts go
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(PLACE_VARIABLES)
        }
        words += ["--archive", str(again), "--quiet"]
        done = subprocess.run(
            [sys.executable, "-m", "fundpool", *words],
            capture_output=True, encoding="utf-8", errors="replace", cwd=place, check=False,
            env=environment | {"PYTHONPATH": str(PROGRAM), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        repeats = Archive(again).runs()
        if not repeats:
            raise RerunFailedError(
                Message(
                    "the repeat ended with exit status %(status)s: %(words)s",
                    status=done.returncode,
                    words=done.stderr.strip(),
                )
            )
        repeat = repeats[0]
        return Rerun(run.id, len(run.manifest.files), causes(run.manifest), _compared(run, repeat))


def laid_out(archive: Archive, manifest: Manifest, folder: Path) -> Path:
    """The run's case as files below a folder; the path to give to a command.

    Raises:
        fundpool.archive.objects.DamagedError: an input is missing or altered.
    """
    request = manifest.request
    workbook = list(request.case_files) == [request.case] and request.case.endswith(".xlsx")
    target = folder if workbook else folder / request.case
    archive.objects.restore(request.case_files, target)
    return target / request.case if workbook else target


def causes(manifest: Manifest) -> tuple[Difference, ...]:
    """In what the program and machine at hand differ from those of a run."""
    differences = []
    request = manifest.request
    if request.code_sha256 != code_sha256():
        differences.append(
            Difference("code", "fundpool", f"{request.code_version} ({request.code_sha256[:12]})",
                       f"{__version__} ({code_sha256()[:12]})")
        )  # fmt: skip
    now = package_versions()
    for name in sorted(manifest.packages.keys() | now.keys()):
        was, is_now = manifest.packages.get(name, "absent"), now.get(name, "absent")
        if was != is_now:
            differences.append(Difference("package", name, was, is_now))
    if manifest.machine != machine():
        differences.append(Difference("machine", "processor", manifest.machine, machine()))
    return tuple(differences)


def _compared(run: Run, repeat: Run) -> tuple[Difference, ...]:
    was, now = run.manifest, repeat.manifest
    differences = []
    if was.request.inputs_sha256 != now.request.inputs_sha256:
        differences.append(
            Difference("inputs", "case", was.request.inputs_sha256[:12],
                       now.request.inputs_sha256[:12])
        )  # fmt: skip
    if was.exit_status != now.exit_status:
        differences.append(
            Difference("exit status", "status", str(was.exit_status), str(now.exit_status))
        )
    for name in sorted(was.files.keys() | now.files.keys()):
        before, after = was.files.get(name, "absent"), now.files.get(name, "absent")
        if before == after:
            continue
        kind = "table" if name.startswith("tables/") else "file"
        size = None
        if kind == "table" and "absent" not in (before, after):
            size = largest_difference(
                read_parquet(run.folder / name), read_parquet(repeat.folder / name)
            )
        differences.append(Difference(kind, Path(name).stem if kind == "table" else Path(name).name,
                                before[:12], after[:12], size))  # fmt: skip
    return tuple(differences)


def largest_difference(first: pd.DataFrame, second: pd.DataFrame) -> float:
    """Largest relative difference of a number; infinite if anything else differs.

    >>> largest_difference(pd.DataFrame({"x": [1.0, 2.0]}), pd.DataFrame({"x": [1.0, 2.5]}))
    0.2
    """
    if list(first.columns) != list(second.columns) or len(first) != len(second):
        return float("inf")
    worst = 0.0
    for name in first.columns:
        a, b = first[name], second[name]
        if not (pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b)):
            if not a.fillna("").astype(str).equals(b.fillna("").astype(str)):
                return float("inf")
            continue
        x, y = a.to_numpy(float, na_value=np.nan), b.to_numpy(float, na_value=np.nan)
        if (np.isnan(x) != np.isnan(y)).any():
            return float("inf")
        scale = np.maximum(np.abs(x), np.abs(y))
        apart = ratio(np.abs(x - y), scale)
        worst = max(worst, float(np.nanmax(apart, initial=0.0)))
    return worst
