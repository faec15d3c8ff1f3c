"""Mutations: faults of one line, each of which a named test must notice.

A test that passes says little if it would pass with the fault too. The file ``mutations.toml``
lists faults as they are made (a wrong sign, off by a year, half a year's interest left out, axes
swapped, a tolerance weakened, a check skipped) with the tests that must fail with them.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pandas as pd

from validation.part import markdown_table

ROOT = Path(__file__).parent.parent
LISTED = Path(__file__).with_suffix(".toml")
COPIED = ("actuarial", "inputs", "models", "fundpool", "tests", "validation")
"""Folders of the checkout that the tests need."""

LONGEST = 600.0
"""Seconds after which the tests of a mutation are ended."""

Status = Literal["killed", "survived", "did not run"]


@dataclass(frozen=True)
class Mutation:
    """A fault.

    Attributes:
        name: what is wrong with it.
        file: module, relative to the checkout.
        old: text that occurs exactly once in the module.
        new: text in its place.
        tests: tests, as pytest names them, of which one at least must fail.
        slow: the tests are too slow as plain Python, so that functions are compiled for them.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    slow: bool = False

    def occurrences(self, root: Path = ROOT) -> int:
        """How often the old text occurs in the module; 0 without the module."""
        path = root / self.file
        return path.read_text("utf-8").count(self.old) if path.is_file() else 0

    def compiled(self, root: Path = ROOT) -> bool:
        """Whether functions are compiled: the module holds some, or the tests are slow."""
        return self.slow or "@compiled(" in (root / self.file).read_text("utf-8")


@dataclass(frozen=True)
class Trial:
    """What became of a mutation, and how many seconds it took."""

    mutation: Mutation
    status: Status
    seconds: float


def mutations(file: Path = LISTED) -> tuple[Mutation, ...]:
    """The listed mutations."""
    listed = tomllib.loads(file.read_text("utf-8"))["mutation"]
    return tuple(Mutation(**{**row, "tests": tuple(row["tests"])}) for row in listed)


def copy_of_checkout(target: Path) -> Path:
    """Packages and tests in another folder."""
    for name in COPIED:
        shutil.copytree(
            ROOT / name, target / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def pytest_status(
    copy: Path,
    tests: Iterable[str],
    compiled: bool,
    show: bool = False,
    longest: float | None = LONGEST,
) -> int:
    """Exit status of pytest in a copy: 0 if all pass, 1 if one fails; -1 if it takes too long.

    Compiled code goes to a new folder, so that none is left over from other sources. Where no
    compiled function is at stake all runs as plain Python.

    Args:
        copy: the copy.
        tests: names of tests.
        compiled: whether functions are compiled.
        show: print what pytest says.
        longest: seconds after which it is ended; None for never.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("FUNDPOOL_CACHE_DIR", "PYTEST_ADDOPTS", "PYTHONPATH")
    }
    with TemporaryDirectory(dir=copy) as cache:
        environment |= {
            "FUNDPOOL_COMPILE": "1" if compiled else "0",
            "NUMBA_CACHE_DIR": cache,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        words = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
        try:
            done = subprocess.run(
                [sys.executable, *words], cwd=copy, env=environment, timeout=longest, check=False,
                capture_output=not show,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return -1
    return done.returncode


def tried(mutation: Mutation, copy: Path) -> Trial:
    """Put a mutation into a copy, run its tests, and take it out again."""
    begun = time.monotonic()
    module = copy / mutation.file
    sound = module.read_bytes()
    changed = module.read_text("utf-8").replace(mutation.old, mutation.new)
    module.write_text(changed, "utf-8")
    try:
        status = pytest_status(copy, mutation.tests, mutation.compiled(copy))
    finally:
        module.write_bytes(sound)
    meaning: dict[int, Status] = {0: "survived", 1: "killed"}
    return Trial(mutation, meaning.get(status, "did not run"), time.monotonic() - begun)


def sound_tests_pass(asked: Sequence[Mutation], copy: Path) -> bool:
    """Whether the tests of mutations pass without them; says which do not."""
    whole = True
    for compiled in (False, True):
        tests = {t: None for m in asked if m.compiled(copy) == compiled for t in m.tests}
        if tests and pytest_status(copy, tests, compiled, longest=None) != 0:
            pytest_status(copy, tests, compiled, show=True, longest=None)
            whole = False
    return whole


def table(trials: Iterable[Trial]) -> str:
    """Mutations and what became of them as Markdown."""
    rows = [
        {
            "module": trial.mutation.file,
            "mutation": trial.mutation.name,
            "result": trial.status,
            "seconds": f"{trial.seconds:.0f}",
            "test": ", ".join(name.rpartition("/")[2] for name in trial.mutation.tests),
        }
        for trial in trials
    ]
    return markdown_table(pd.DataFrame(rows))


def main(words: Sequence[str] | None = None) -> int:
    """Try the mutations one after the other; 1 unless all are killed."""
    parser = argparse.ArgumentParser(
        prog="python -m validation mutations", description="Try mutations, and say which survive."
    )
    parser.add_argument("--only", metavar="TEXT", help="those with this text in name or module")
    only = parser.parse_args(words).only
    asked = [m for m in mutations() if only is None or only in m.name or only in m.file]
    if not asked:
        parser.error(f"no mutation has {only!r} in its name or module")
    misplaced = [m for m in asked if m.occurrences() != 1]
    for mutation in misplaced:
        print(
            f"{mutation.file}: {mutation.old!r} occurs {mutation.occurrences()} times, not once",
            file=sys.stderr,
        )
    if misplaced:
        return 1
    begun = time.monotonic()
    trials = []
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = copy_of_checkout(Path(folder))
        if not sound_tests_pass(asked, copy):
            print("tests fail without any mutation", file=sys.stderr)
            return 1
        for number, mutation in enumerate(asked, start=1):
            trials.append(tried(mutation, copy))
            print(
                f"{number} of {len(asked)}: {mutation.name}: {trials[-1].status}", file=sys.stderr
            )
    killed = sum(trial.status == "killed" for trial in trials)
    print(table(trials))
    print(f"\n{killed} of {len(trials)} mutations killed in {time.monotonic() - begun:.0f} s")
    return 0 if killed == len(trials) else 1
