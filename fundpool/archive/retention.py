"""Runs that are forgotten: all but the last of each case and command, and inputs none needs."""

import shutil
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from fundpool.archive.run import Run
from fundpool.archive.runs import Archive
from fundpool.inputs.files.disk import flush, move

SAFE_AGE = 24 * 3600.0
"""Seconds for which an input that no run names stays: a run that is coming in may need it."""

REMOVERS = 8
"""Threads that remove files: each waits for the disk nearly all the time."""


@dataclass(frozen=True)
class Forgotten:
    """What was removed.

    Attributes:
        runs: ids of the runs.
        inputs: number of inputs.
        inputs_kept_because: why no input was looked at; empty where they were.
    """

    runs: tuple[str, ...]
    inputs: int
    inputs_kept_because: str = ""


def forget(archive: Archive, keep: int) -> Forgotten:
    """Remove all but the last runs of each command on each case, then inputs that no run names.

    The run that a kept one was compared with stays too, so that every kept run can be repeated. A
    run vanishes at once: it is renamed into a draft, which is then removed.

    Args:
        archive: the archive.
        keep: number of runs of each command on each case that stay, at least 1.

    Raises:
        OSError: a folder cannot be changed.
    """
    contents = archive.contents()
    removed = _superfluous(contents.runs, keep)
    with archive.incoming() as draft:
        for run in removed:
            move(run.folder, draft / run.id)
        if removed:
            flush(archive.root / "runs")
        with ThreadPoolExecutor(REMOVERS) as pool:  # a disk answers many such requests at once
            for run in removed:
                pool.submit(shutil.rmtree, draft / run.id, ignore_errors=True)
    if contents.unreadable:
        why = f"{contents.unreadable[0].run} cannot be read, and may need any of them"
        return Forgotten(tuple(run.id for run in removed), 0, why)
    gone = {run.id for run in removed}
    needed = {
        digest
        for run in archive.runs()  # read again: some may have come in meanwhile
        if run.id not in gone
        for files in (run.manifest.request.case_files, run.manifest.request.parameter_files)
        for digest in files.values()
    }
    number = 0
    for digest in sorted(archive.objects.digests() - needed):
        path = archive.objects.path(digest)
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > SAFE_AGE:
                path.unlink()
                number += 1
    return Forgotten(tuple(sorted(gone)), number)


def _superfluous(runs: Sequence[Run], keep: int) -> list[Run]:
    groups: defaultdict[tuple[str, str, str], list[Run]] = defaultdict(list)
    for run in runs:
        request = run.manifest.request
        groups[request.command, request.case, run.manifest.case_name].append(run)
    kept = {run.id for group in groups.values() for run in group[-keep:]}
    kept |= {run.manifest.previous for run in runs if run.id in kept and run.manifest.previous}
    return [run for run in runs if run.id not in kept]
