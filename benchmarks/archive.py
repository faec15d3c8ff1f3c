"""An archive of many runs: seconds and memory of every command that reads it whole.

``python -m benchmarks.archive --runs 10000`` keeps one report of a small case, copies it under ids
of its own, as one run a night that was compared with the run before, and times the commands, each
in a process of its own. Left out of ``python -m benchmarks``, as filling takes minutes.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.machine import description
from benchmarks.table import Row, as_records, as_text
from fundpool.archive.run import MANIFEST
from fundpool.archive.runs import Archive

ROOT = Path(__file__).parent.parent
MIB = 2.0**20
REPORT = (
    "--years", "2", "--scenarios", "0", "--no-optimise", "--policies", "none",
    "--sensitivity", "none", "--formats", "html", "--quiet",
)  # fmt: skip
_MEASURED = """
import atexit, sys, time
from pathlib import Path
from benchmarks.memory import peak_memory
target = Path(sys.argv.pop(1))
used = lambda: f"{time.process_time()} {peak_memory()}"
atexit.register(lambda: target.write_text(used(), encoding="utf-8"))
from fundpool.__main__ import main
main()
"""


def filled(archive: Path, number: int) -> None:
    """Copy the only run of an archive until it holds so many, each a night after the last.

    Tables and outputs are the same bytes in files of their own; manifests differ in id, date and
    predecessor.
    """
    (first,) = Archive(archive).runs()
    lead = first.id.rpartition("-")[0]
    night = datetime.fromisoformat(first.manifest.recorded_at) - timedelta(days=number)
    previous = first.id
    for repeat in range(2, number + 1):
        night += timedelta(days=1)
        name = f"{lead}-{repeat}"
        folder = archive / "runs" / name
        shutil.copytree(first.folder, folder)
        manifest = replace(
            first.manifest, run=name, recorded_at=night.isoformat(), previous=previous
        )
        (folder / MANIFEST).write_text(manifest.text(), encoding="utf-8", newline="\n")
        previous = name


def timed(folder: Path, name: str, words: Sequence[str | Path], *statuses: int) -> list[Row]:
    """Seconds by the clock and of a processor, and memory, of one command.

    Raises:
        RuntimeError: it ends with another status than those named.
    """
    peak = folder / "used"
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(peak), *map(str, words)],
        capture_output=True, encoding="utf-8", cwd=ROOT,
    )  # fmt: skip
    took = time.perf_counter() - begun
    if done.returncode not in statuses:
        raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr[-500:]}")
    processor, memory = map(float, peak.read_text(encoding="utf-8").split())
    return [
        Row(name, took, "s"),
        Row(f"{name}, of a processor", processor, "s"),
        Row(f"{name}, peak memory", memory / MIB, "MiB"),
    ]


def measure(number: int) -> list[Row]:
    """Every command on an archive of so many runs; ``--keep`` last, as it removes most."""
    from tests.cases.small import small_case

    with tempfile.TemporaryDirectory(prefix="fundpool-archive-") as name:
        folder = Path(name)
        archive = folder / "archive"
        case = small_case().write(folder / "case")
        report = ("report", case, *REPORT, "--out", folder / "out", "--archive", archive)
        rows = timed(folder, "report, the first", report, 0, 3)
        begun = time.perf_counter()
        filled(archive, number)
        rows.append(Row(f"filling with {number} runs", time.perf_counter() - begun, "s"))
        ids = sorted(path.name for path in (archive / "runs").iterdir())
        kept = ("--archive", archive)
        question = "SELECT count(*) AS n FROM measures"
        rows += timed(folder, "runs", ("runs", *kept), 0)
        rows += timed(folder, "runs --json", ("runs", *kept, "--json"), 0)
        rows += timed(folder, "runs --verify", ("runs", *kept, "--verify"), 0)
        rows += timed(folder, "runs --sql", ("runs", *kept, "--sql", question), 0)
        rows += timed(folder, "diff", ("diff", ids[0], ids[-1], *kept, "--quiet"), 0)
        rows += timed(folder, "report", report, 0, 3)
        rows += timed(folder, "doctor", ("doctor", *kept), 0, 1)
        rows += timed(folder, "runs --keep 30", ("runs", *kept, "--keep", "30"), 0)
        left = len(Archive(archive).runs())
        if not 30 <= left <= 31:  # the predecessor of the earliest kept stays
            raise RuntimeError(f"{left} runs are left of those that --keep 30 was asked for")
        return rows


def main(words: list[str] | None = None) -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.archive", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--runs", type=int, default=10_000, help="runs in the archive")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    asked = parser.parse_args(words)
    rows = measure(asked.runs)
    if asked.json:
        print(json.dumps(as_records(rows, description()), indent=2))
    else:
        print(f"{description()}\n\n{as_text(rows)}")


if __name__ == "__main__":
    main()
