"""End reports by force and cut the power: are archive and output whole each time?

``python -m validation kills`` runs a report of a small case over an earlier one and ends it at
random moments (``--random N``), at every step that it takes on disk (``steps``: renames, calls of
fsync, folders made, files opened and removed, the first and the last write of each file, which are
cut in half), and lays out what a power cut at every step may leave (``power``, and ``first`` into
a folder where nothing was). Each time the archive must verify and hold the earlier run; the output
must be the earlier or the new one, or lack ``summary.json`` while every other file is one or the
other; and one more report must end with the new output, and nothing left over.
"""

import argparse
import hashlib
import multiprocessing
import os
import pickle
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import pandas as pd

from fundpool.archive.runs import Archive
from fundpool.archive.verify import verify
from tests.cases.small import small_case
from validation import watched_run
from validation.fault_bench import FAST
from validation.part import markdown_table
from validation.power_loss import cuts, lay_out
from validation.watched_run import Recording

LONGEST = 120.0
"""Seconds after which a report is taken for stuck."""
DONE = (0, 3)
"""Exit statuses of a report that was written."""
LAST = "summary.json"
"""File of an output that is moved last; where it is missing, the output is unfinished."""

Output = dict[str, str]


@dataclass
class Tally:
    """Outcomes of one kind of end.

    Attributes:
        kind: such as ``at random moments``.
        tried: ends tried.
        earlier, new, unfinished: what the output was.
        followed: further reports that were run.
        wrong: what was not whole, in words.
    """

    kind: str
    tried: int = 0
    earlier: int = 0
    new: int = 0
    unfinished: int = 0
    followed: int = 0
    wrong: list[str] = field(default_factory=list)


def digests(folder: Path) -> Output:
    """Digest of every file of an output."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("*")
        if file.is_file() and not file.name.startswith(".")
    }


class Trial:
    """A place with an earlier report, kept aside, and the report that is ended.

    Attributes:
        place: folder of output and archive.
        words: the command.
    """

    def __init__(self, root: Path, start: Callable[..., BaseProcess], first: bool = False) -> None:
        """Run the earlier report, and the new one to its end; ``first`` for no earlier one."""
        self.place, self._saved, self._start = root / "place", root / "saved", start
        case = small_case()
        folder = case.write(root / "case")
        self.words = ["report", str(folder), *FAST, "--formats", "xlsx", "--against", "none",
                      "--quiet", "--out", str(self.place / "out"),
                      "--archive", str(self.place / "archive")]  # fmt: skip
        self.place.mkdir()
        if not first:
            self._run(watched_run.plain_run, self.words)
            settings = folder / "case.toml"  # other inputs, so that the archive gets them
            settings.write_text(
                settings.read_text("utf-8").replace("0.21", "0.2"), "utf-8", newline="\n"
            )
        shutil.copytree(self.place, self._saved)
        self.earlier = digests(self.place / "out")
        self._runs = {run.id for run in Archive(self.place / "archive").runs()}
        self.log = root / "steps"
        self._run(watched_run.plain_run, self.words)
        self.new = digests(self.place / "out")
        assert self.new
        assert self.new != self.earlier
        self._file = root / "recording"

    def _run(self, target: Callable[..., None], *arguments: object) -> int | None:
        """Run to the end in a process of its own; its exit status."""
        process = self._start(target=target, args=arguments)
        process.start()
        process.join(LONGEST)
        process.kill()
        process.join()
        return process.exitcode

    def reset(self) -> None:
        """Put the earlier report back."""
        shutil.rmtree(self.place)
        shutil.copytree(self._saved, self.place)

    def length(self) -> float:
        """Seconds that the report takes."""
        self.reset()
        begun = time.monotonic()
        status = self._run(watched_run.plain_run, self.words)
        assert status in DONE, status
        return time.monotonic() - begun

    def steps(self) -> list[str]:
        """Names of its steps."""
        self.reset()
        status = self._run(watched_run.counted_run, self.place, self.words, self.log)
        assert status in DONE, status
        return self.log.read_text("utf-8").splitlines()

    def recording(self) -> Recording:
        """Every step of the report."""
        self.reset()
        status = self._run(watched_run.recorded_run, self.place, self.words, self._file)
        assert status in DONE, status
        recorded = pickle.loads(self._file.read_bytes())  # our own file of a moment ago
        assert isinstance(recorded, Recording)
        return recorded

    def killed_at(self, step: int) -> bool:
        """End the report at a step; whether it was ended."""
        self.reset()
        return self._run(watched_run.killed_run, self.place, self.words, step) not in DONE

    def killed_after(self, seconds: float) -> bool:
        """End the report after a time; whether it was still running."""
        self.reset()
        process = self._start(target=watched_run.plain_run, args=(self.words,))
        process.start()
        process.join(seconds)
        alive = process.is_alive()
        process.kill()
        process.join()
        return alive

    def look(self, what: str, tally: Tally, complete: bool = False, follow: bool = True) -> None:
        """Judge the place, and what one more report makes of it.

        Args:
            what: how it came to be, in words.
            tally: where the outcome is counted.
            complete: whether the report had ended, so that nothing of it may be missing.
            follow: whether one more report is run.
        """
        tally.tried += 1
        wrong = self._damage()
        output = digests(self.place / "out")
        either = all(d in (self.earlier.get(n), self.new.get(n)) for n, d in output.items())
        if output == self.new:
            tally.new += 1
        elif output == self.earlier and not complete:
            tally.earlier += 1
        elif LAST not in output and either and not complete:
            tally.unfinished += 1
        else:
            wrong.append(f"the output is a mixture or half: {sorted(output)}")
        if complete and len(Archive(self.place / "archive").runs()) != len(self._runs) + 1:
            wrong.append("the run is not in the archive")
        if follow:
            tally.followed += 1
            try:
                status = watched_run.run(self.words)
            except Exception as error:
                wrong.append(f"the next report ended in {type(error).__name__}: {error}")
            else:
                if status not in DONE:
                    wrong.append(f"the next report ended with {status}")
                wrong += [f"after the next report: {line}" for line in self._damage()]
                if digests(self.place / "out") != self.new:
                    wrong.append("the next report left another output")
                wrong += [f"left over: {path.name}" for path in self._left_over()]
        tally.wrong += [f"{what}: {line}" for line in wrong]

    def _damage(self) -> list[str]:
        archive = Archive(self.place / "archive")
        wrong = [f"{run}: {why}" for run, why in verify(archive).damaged.items()]
        gone = self._runs - {run.id for run in archive.runs()}
        return wrong + [f"the earlier run {run} is gone" for run in sorted(gone)]

    def _left_over(self) -> list[Path]:
        drafts = list((self.place / "archive" / "drafts").glob("run-*"))
        return drafts + [p for p in self.place.rglob(".*") if p.is_dir() or p.suffix == ".lock"]


def chosen_steps(steps: Sequence[str]) -> list[int]:
    """Numbers of the steps that are tried: of the writes of a file the first and the last."""
    writes: dict[str, list[int]] = {}
    chosen: set[int] = set()
    for number, name in enumerate(steps):
        if name.startswith("write "):
            writes.setdefault(name, []).append(number)
        else:
            chosen.add(number)
    for numbers in writes.values():
        chosen |= {numbers[0], numbers[-1]}
    return sorted(chosen)


def at_random(trial: Trial, number: int, seed: int) -> list[Tally]:
    """End the report at moments spread evenly by lot over the time that it takes."""
    length, draw, tally = trial.length(), random.Random(seed), Tally("at a random moment")
    while tally.tried < number:
        moment = draw.uniform(0.0, length)
        if trial.killed_after(moment):
            trial.look(f"after {moment:.3f} s of {length:.3f} s", tally)
    return [tally]


def at_steps(trial: Trial) -> list[Tally]:
    """End the report at each step."""
    steps = trial.steps()
    tallies: dict[str, Tally] = {}
    for step in chosen_steps(steps):
        kind = steps[step].split(" ")[0]
        tally = tallies.setdefault(kind, Tally(f"at each {kind}"))
        if trial.killed_at(step):
            trial.look(f"step {step}, {steps[step]}", tally)
        else:
            tally.wrong.append(f"step {step}, {steps[step]}: the report was not ended")
    return list(tallies.values())


def at_power_cuts(trial: Trial, lots: int, seed: int, follow: int, name: str) -> list[Tally]:
    """Lay out what cuts at each step leave; every ``follow``-th is followed by a report."""
    recording = trial.recording()
    tallies: dict[str, Tally] = {}
    last = len(recording.moments) - 1
    for number, (step, loss, tree) in enumerate(cuts(recording, lots, seed)):
        tally = tallies.setdefault(loss.value, Tally(f"{name}, lost: {loss.value}"))
        shutil.rmtree(trial.place)
        lay_out(tree, recording, trial.place)
        what = f"cut before step {step}, {recording.moments[step].step}, {loss.value} lost"
        trial.look(what, tally, complete=step == last, follow=number % follow == 0)
    return list(tallies.values())


def table(tallies: Sequence[Tally]) -> pd.DataFrame:
    """One row a kind."""
    columns = ["ended", "tried", "output earlier", "output new", "without summary.json",
               "reports after it", "not whole"]  # fmt: skip
    rows = [
        (t.kind, t.tried, t.earlier, t.new, t.unfinished, t.followed, len(t.wrong)) for t in tallies
    ]
    frame = pd.DataFrame(rows, columns=columns)
    total = ["all", *(frame[name].sum() for name in columns[1:])]
    return pd.concat([frame, pd.DataFrame([total], columns=columns)], ignore_index=True)


def starter() -> Callable[..., BaseProcess]:
    """What makes processes: forked from one that has imported everything, where systems can."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn").Process
    os.environ["FUNDPOOL_WARM_UP"] = "1"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["validation.watched_run"])
    return context.Process


PARTS = ("random", "steps", "power", "first")


def main(words: list[str]) -> int:
    """Try and print; 1 if anything was not whole."""
    parser = argparse.ArgumentParser(
        prog="python -m validation kills", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="a part; repeatable")
    parser.add_argument("--random", type=int, default=50, help="ends at random moments")
    parser.add_argument("--lots", type=int, default=2, help="drawn losses at each step")
    parser.add_argument("--follow", type=int, default=10, help="power cuts from report to report")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(words)
    asked_parts = asked.part or PARTS
    start = starter()
    begun = time.monotonic()
    tallies: list[Tally] = []
    with tempfile.TemporaryDirectory(prefix="fundpool-kills-") as name:
        root = Path(name).resolve()
        for part in asked_parts:
            folder = root / part
            folder.mkdir()
            trial = Trial(folder, start, first=part == "first")
            if part == "random":
                tallies += at_random(trial, asked.random, asked.seed)
            elif part == "steps":
                tallies += at_steps(trial)
            else:
                title = "power cut" if part == "power" else "power cut, first report"
                tallies += at_power_cuts(trial, asked.lots, asked.seed, asked.follow, title)
            print(f"{part}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    for line in [line for tally in tallies for line in tally.wrong]:
        print(line, file=sys.stderr)
    print(markdown_table(table(tallies)))
    return 1 if any(tally.wrong for tally in tallies) else 0
