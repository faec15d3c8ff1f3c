"""What every fault is tried on: a small case, an archive of its runs, the command line."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from typer.testing import CliRunner

from fundpool.cli.commands import app
from tests.cases.small import small_case

FAST = (
    "--years", "2", "--scenarios", "0", "--no-optimise", "--policies", "none",
    "--sensitivity", "none", "--formats", "html",
)  # fmt: skip
"""Options of a report that takes a second."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended.

    Attributes:
        status: exit status; None if it ended in a traceback.
        out, err: what it printed; the error where it ended in a traceback.
    """

    status: int | None
    out: str
    err: str


@dataclass(frozen=True)
class Fault:
    """One fault and what must come of it.

    Attributes:
        group: such as ``manifests``.
        name: what is wrong, in words.
        trial: makes the fault in an empty folder; returns what the program did wrong, empty if
            it survived. An error that it raises counts as a traceback.
        case: number of the finding that it guards, such as ``F2``; empty for none.
        quick: whether it is among those that run with the tests.
    """

    group: str
    name: str
    trial: "Callable[[Bench, Path], str]"
    case: str = ""
    quick: bool = False


class Bench:
    """The sound case and archive; every fault gets copies."""

    def __init__(self, root: Path) -> None:
        """Write the case below ``root``."""
        self.root = root
        self._case = small_case().write(root / "sound" / "case")

    def run(self, *words: str | Path) -> Outcome:
        """Run a command in this process."""
        result = CliRunner().invoke(app, [str(word) for word in words])
        error = result.exception
        if error is not None and not isinstance(error, SystemExit):
            return Outcome(None, result.stdout, f"{type(error).__name__}: {error}")
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def report(self, place: Path, *words: str | Path) -> Outcome:
        """Run a fast report of the case at ``place / "case"`` into ``place / "out"``."""
        folder = place / "case"
        return self.run("report", folder if folder.exists() else self.case(place), *FAST,
                        "--out", place / "out", *words)  # fmt: skip

    def case(self, place: Path) -> Path:
        """A copy of the case."""
        return Path(shutil.copytree(self._case, place / "case"))

    @cached_property
    def _archive(self) -> Path:
        folder = self.root / "sound" / "archive"
        for years in ("2", "3"):
            done = self.run("compare", self._case, "--years", years, "--archive", folder)
            assert done.status == 3, done
        words = ("report", self._case, *FAST, "--out", self.root / "sound" / "out")
        done = self.run(*words, "--archive", folder)
        assert done.status == 3, done
        return folder

    def archive(self, place: Path) -> Path:
        """A copy of an archive with two comparisons and one report."""
        return Path(shutil.copytree(self._archive, place / "archive"))

    def run_folder(self, archive: Path, command: str = "compare") -> Path:
        """The first run of a command in an archive."""
        return next(iter(sorted((archive / "runs").glob(f"*-{command}-*"))))


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="fundpool-faults-") as name:
        yield Bench(Path(name))


def wrong_unless(outcome: Outcome, *statuses: int, says: str = "") -> str:
    """What is wrong with an outcome; empty if its status is right and it says the words."""
    if outcome.status is None:
        return f"traceback: {outcome.err[:200]}"
    if outcome.status not in statuses:
        return f"exit status {outcome.status}: {(outcome.err or outcome.out)[:200]}"
    if says not in outcome.err + outcome.out:
        return f"does not say {says!r}: {(outcome.err + outcome.out)[:200]}"
    return ""
