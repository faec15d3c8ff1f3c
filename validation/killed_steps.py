"""Kill a report at every step that it takes on disk: are archive and output whole each time?

``python validation/killed_steps.py`` counts what a report of a small case does below its folders:
files opened for writing, folders made, renames, and calls of fsync. Then it starts the report once
for each and ends it by force just before that step; opening is before the first write of a file,
fsync after the last. ``--most N`` takes N steps spread evenly. Afterwards every listed run must be
sound, and the output must be that of the run before or of the run itself, never a mixture.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from fundpool.archive.runs import Archive  # noqa: E402
from fundpool.archive.verify import verify  # noqa: E402
from tests.cases.small import small_case  # noqa: E402
from validation.fault_bench import FAST  # noqa: E402

_STEPPING = """
import os, signal, sys
from pathlib import Path
place, number, log = sys.argv.pop(1), int(sys.argv.pop(1)), Path(sys.argv.pop(1))
steps = 0
def step(name):
    global steps
    steps += 1
    if steps == number:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    with log.open("a", encoding="utf-8") as stream:
        print(name, file=stream)
def watch(event, arguments):
    if event not in ("open", "os.rename", "os.mkdir"):
        return
    path = arguments[1 if event == "os.rename" else 0]
    if not isinstance(path, (str, bytes, os.PathLike)) or not os.fsdecode(path).startswith(place):
        return
    writing = event != "open" or (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writing and os.fsdecode(path) != str(log):
        step(f"{event} {os.path.relpath(os.fsdecode(path), place)}")
fsync = os.fsync
def watched_fsync(number):
    step("fsync")
    fsync(number)
from fundpool.__main__ import main
os.fsync = watched_fsync
sys.addaudithook(watch)
main()
"""


def digests(folder: Path) -> dict[str, str]:
    """Digest of every file of an output."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("*")
        if file.is_file() and not file.name.startswith(".")
    }


def report(place: Path, step: int, case: Path, out: Path, archive: Path, *words: str) -> int:
    """Run a report that dies before a step; 0 lets it end. Its exit status."""
    command = ["report", str(case), *FAST, "--against", "none", "--quiet", *words]
    return subprocess.run(
        [sys.executable, "-c", _STEPPING, str(place), str(step), str(place.parent / "steps"),
         *command, "--out", str(out), "--archive", str(archive)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    ).returncode  # fmt: skip


def main() -> int:
    """Kill at each step, look each time; 1 if anything is not whole."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--most", type=int, default=0, help="steps to try; 0 for all")
    asked = parser.parse_args()
    change = ("--set", "economy.interest=0.01")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve() / "place"
        place.mkdir()
        log = place.parent / "steps"
        case = small_case().write(place.parent / "case")
        out, archive = place / "out", place / "archive"
        report(place, 0, case, out, archive)
        before = digests(out)
        log.unlink()
        report(place, 0, case, place / "other", place / "other-archive", *change)
        after = digests(place / "other")
        total = len(log.read_text("utf-8").splitlines())
        stride = max(1, -(-total // asked.most)) if asked.most else 1
        wrong, killed, renewed = [], 0, 0
        for step in range(1, total + 1, stride):
            log.unlink(missing_ok=True)
            killed += report(place, step, case, out, archive, *change) not in (0, 3)
            checked = verify(Archive(archive))
            if checked.damaged:
                wrong.append(f"step {step}: {dict(checked.damaged)}")
            output = digests(out)
            if output not in (before, after):
                done = log.read_text("utf-8").splitlines() if log.exists() else []
                wrong.append(f"step {step}, after {done[-1:]}: the output is a mixture")
            if output == after:
                renewed += 1
                report(place, 0, case, out, archive)
        last = report(place, 0, case, out, archive, *change)
        drafts = [p for p in (archive / "drafts").glob("run-*") if p.is_dir()]
        hidden = [p for p in place.glob("**/.fundpool-*") if p.is_dir()]
    print(*wrong, sep="\n" if wrong else "")
    print(
        f"{total} steps, {len(range(1, total + 1, stride))} tried, {killed} killed; "
        f"{renewed} outputs renewed before the end; {len(wrong)} not whole; after one more run "
        f"(exit status {last}) {len(drafts)} drafts and {len(hidden)} hidden folders are left"
    )
    return 1 if wrong or drafts or hidden or last not in (0, 3) or before == after else 0


if __name__ == "__main__":
    sys.exit(main())
