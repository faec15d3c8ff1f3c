"""Try faults of files, inputs, archive and network; say which the program survived.

``python -m validation faults`` tries them all, ``--quick`` those that run with the tests,
``--group NAME`` one group. A fault is survived if the program refuses or mends it as it should,
in a sentence; a traceback is a failure.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from validation import faults_archive, faults_inputs, faults_machine, faults_network
from validation.fault_bench import Bench, Fault, bench
from validation.part import markdown_table

MODULES = (faults_archive, faults_inputs, faults_machine, faults_network)


@dataclass(frozen=True)
class Tried:
    """A fault and what came of it: empty if the program survived."""

    fault: Fault
    wrong: str


def all_faults() -> list[Fault]:
    """Every fault, by group."""
    return [fault for module in MODULES for fault in module.faults()]


def tried(fault: Fault, on: Bench) -> Tried:
    """Try one fault in an empty folder."""
    with tempfile.TemporaryDirectory(dir=on.root, ignore_cleanup_errors=True) as name:
        try:
            return Tried(fault, fault.trial(on, Path(name)))
        except Exception:
            return Tried(fault, f"traceback: {traceback.format_exc(limit=-3)[-500:]}")


def table(results: Iterable[Tried]) -> pd.DataFrame:
    """Faults by group: tried, survived, failed, and the failures that they guard against."""
    rows: dict[str, list[Tried]] = {}
    for result in results:
        rows.setdefault(result.fault.group, []).append(result)
    lines = [
        (group, len(outcomes), sum(not r.wrong for r in outcomes),
         sum(bool(r.wrong) for r in outcomes),
         ", ".join(sorted({r.fault.case for r in outcomes} - {""}, key=lambda f: int(f[1:]))))
        for group, outcomes in rows.items()
    ]  # fmt: skip
    columns = ["group", "tried", "survived", "failed", "guards"]
    frame = pd.DataFrame(lines, columns=columns)
    total = ["all", *(frame[name].sum() for name in columns[1:4]), ""]
    return pd.concat([frame, pd.DataFrame([total], columns=columns)], ignore_index=True)


def main(words: list[str]) -> int:
    """Try and print; 1 if a fault is not survived."""
    faults = all_faults()
    groups = list(dict.fromkeys(fault.group for fault in faults))
    parser = argparse.ArgumentParser(
        prog="python -m validation faults", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--quick", action="store_true", help="those that run with the tests")
    parser.add_argument("--group", action="append", choices=groups, help="a group; repeatable")
    asked = parser.parse_args(words)
    chosen = [
        fault
        for fault in faults
        if (fault.quick or not asked.quick) and fault.group in (asked.group or groups)
    ]
    begun = time.monotonic()
    with bench() as on:
        results = []
        for fault in chosen:
            results.append(tried(fault, on))
            if results[-1].wrong:
                print(f"{fault.group}, {fault.name}: {results[-1].wrong}", file=sys.stderr)
    print(markdown_table(table(results)))
    print(f"{len(results)} faults in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return 1 if any(result.wrong for result in results) else 0
