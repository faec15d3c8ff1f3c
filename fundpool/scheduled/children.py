"""Reports of several cases, each in a process of its own: what ends one leaves the others alone."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fundpool.archive.provenance import PROGRAM
from fundpool.inputs.format.messages import Message
from fundpool.scheduled.outcomes import Outcome, short_name

GRACE = 30.0
"""Seconds for an ended process to clear its unfinished files away."""
OF_THE_WHOLE_CALL = ("FUNDPOOL_METRICS", "FUNDPOOL_NOTIFY", "FUNDPOOL_PING")
"""How variables begin that the process of one case does not get: they are for all cases."""


def folder_names(cases: Sequence[str]) -> list[str]:
    """Names of the folders that the reports of cases go to.

    Raises:
        ValueError: two cases would share one.
    """
    names = [short_name(case) for case in cases]
    lower = [name.lower() for name in names]
    for place, name in enumerate(lower):
        if name in lower[:place]:
            first = cases[lower.index(name)]
            raise ValueError(
                Message(
                    "%(first)s and %(second)s would both be written to %(name)s; report "
                    "cases of one name in calls of their own",
                    first=repr(first),
                    second=repr(cases[place]),
                    name=repr(names[place]),
                )
            )
    return names


def reported(case: str, name: str, words: Sequence[str], out: Path) -> Outcome:
    """Report a case in a process of its own, whose messages go where those of this one go.

    Args:
        case: folder, workbook or bundled name.
        name: what it is called in the outcome.
        words: options of ``fundpool report``, but for ``--out`` and ``--json``.
        out: folder of its files.
    """
    started = time.monotonic()
    status, printed = _run(["report", case, *words, "--out", str(out), "--json"])
    seconds = time.monotonic() - started
    summary, run, errors = _read(printed)
    if status not in (0, 1, 2, 3, 4):
        errors = (*errors, f"the report of {case} was ended (exit status {status})")
        status = 1
    if summary is None and not errors:
        errors = (f"the report of {case} failed; see its messages",)
    return Outcome(name, status, seconds, summary, run, errors, str(out))


def _run(words: Sequence[str]) -> tuple[int, str]:
    """Exit status of the program and what it prints; ended with this process."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(OF_THE_WHOLE_CALL)
    }
    environment["PYTHONIOENCODING"] = "utf-8"
    places = [str(PROGRAM), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(place for place in places if place)
    command = [sys.executable, "-m", "fundpool", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, encoding="utf-8", errors="replace", env=environment
    ) as process:
        try:
            printed, _ = process.communicate()
        except BaseException:
            process.terminate()
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return process.returncode, printed


def _read(printed: str) -> tuple[dict[str, Any] | None, str | None, tuple[str, ...]]:
    """Summary, run and errors from what ``report --json`` prints."""
    try:
        contents = json.loads(printed)
    except ValueError:
        return None, None, ()
    if not isinstance(contents, dict):
        return None, None, ()
    if "errors" in contents:
        return None, None, tuple(str(sentence) for sentence in contents["errors"])
    run = contents.pop("run", None)
    return contents, run, ()
