"""Kill runs at random moments and look at the archive: is every listed run whole?

``python validation/killed_runs.py --runs 50`` starts that many runs of a small case into one
archive, two at a time, and ends each by force: half of them at a moment spread evenly over
the length of a run, half as soon as the run has begun to write into the archive, after a random
delay. Afterwards every listed run is read and its digests
are compared, one more run is kept, and the drafts of the dead must be gone.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from fundpool.archive.runs import Archive  # noqa: E402
from tests.cases.small import small_case  # noqa: E402

LONGEST_DELAY = 0.4
"""Seconds after the first sign of writing within which a run is killed."""


def started(case: Path, archive: Path) -> "subprocess.Popen[bytes]":
    """A run of the small case, under way."""
    words = ["compare", str(case), "--years", "2", "--archive", str(archive), "--quiet"]
    return subprocess.Popen(
        [sys.executable, "-m", "fundpool", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def killed(case: Path, archive: Path, length: float, seed: int) -> bool:
    """Start a run and kill it; whether it was still alive when the blow fell."""
    draw = random.Random(seed)
    process = started(case, archive)
    if seed % 2:
        time.sleep(draw.uniform(0.0, 1.3 * length))
    else:
        drafts = archive / "drafts"
        before = set(drafts.glob("run-*"))
        while process.poll() is None and not set(drafts.glob("run-*")) - before:
            time.sleep(0.001)
        time.sleep(draw.uniform(0.0, LONGEST_DELAY))
    alive = process.poll() is None
    if alive:
        process.kill()
    process.wait()
    return alive


def main() -> None:
    """Kill, then look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        case, root = small_case().write(Path(name) / "case"), Path(name) / "archive"
        begun = time.monotonic()
        for process in [started(case, root), started(case, root)]:
            process.wait()
        length = time.monotonic() - begun
        with ThreadPoolExecutor(2) as pool:
            blows = list(
                pool.map(
                    lambda n: killed(case, root, length, asked.seed * 1_000_003 + n),
                    range(asked.runs),
                )
            )
        archive = Archive(root)
        left = len([p for p in (root / "drafts").glob("run-*") if p.is_dir()])
        damaged = {run.id: run.damage() for run in archive.runs() if run.damage()}
        whole = len(archive.runs())
        status = started(case, root).wait()
        swept = [path.name for path in (root / "drafts").glob("run-*")]
        print(
            f"{asked.runs} runs, {sum(blows)} killed alive; {whole} runs listed, {len(damaged)} "
            f"damaged; {left} drafts left by the dead, {len(swept)} after the next run "
            f"(exit status {status}); {len(archive.runs())} runs listed then"
        )
        if damaged or swept or len(archive.runs()) != whole + 1:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
