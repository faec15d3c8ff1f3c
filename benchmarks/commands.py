"""What a person waits for: whole commands, each in a process of its own."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.environment import without_cache
from benchmarks.table import Row
from benchmarks.timing import seconds

ROOT = Path(__file__).parent.parent


def _fundpool(*arguments: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fundpool", *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=environment,
    )
    if done.returncode not in (0, 3):
        raise RuntimeError(done.stderr)


def measure() -> list[Row]:
    """The best of two runs of the short ones, one run of the report, and its first on a machine
    that has compiled nothing yet."""
    with tempfile.TemporaryDirectory() as folder:
        waits = {
            "--help": lambda: _fundpool("--help"),
            "check jiangsu": lambda: _fundpool("check", "jiangsu"),
            "compare jiangsu": lambda: _fundpool("compare", "jiangsu"),
            "report jiangsu": lambda: _fundpool("report", "jiangsu", "--out", folder),
        }
        best = {
            name: min(seconds(run) for _ in range(1 if name.startswith("report") else 2))
            for name, run in waits.items()
        }
        with tempfile.TemporaryDirectory() as cache:
            report = ("report", "jiangsu", "--out", folder)
            first = seconds(lambda: _fundpool(*report, environment=without_cache(cache)))
    best["report jiangsu, the first time, compiling"] = first
    goals = {
        "--help": 0.3, "compare jiangsu": 3.0, "report jiangsu": 20.0,
        "report jiangsu, the first time, compiling": 35.0,
    }  # fmt: skip
    return [
        Row(f"fundpool {name}", value, "s", goals.get(name), "at most")
        for name, value in best.items()
    ]
