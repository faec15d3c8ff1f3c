"""The program as a process: status, streams, no traceback, and what it loads.

Help must come at once, so it loads no numerical library; times are in docs/performance.md.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = {
    "numpy", "pandas", "scipy", "numba", "pulp", "highspy", "altair", "vl_convert", "duckdb",
    "jinja2", "xlsxwriter", "python_calamine", "docx", "lxml", "typst",
}  # fmt: skip


def _run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | environment,
    )


@pytest.mark.parametrize("command", ["", "report", "check", "project", "compare", "init"])
def test_help_loads_nothing_heavy(command: str) -> None:
    program = f"""
import runpy, sys
sys.argv = ["fundpool", *{[command] if command else []}, "--help"]
try:
    runpy.run_module("fundpool", run_name="__main__")
except SystemExit as end:
    assert end.code == 0, end.code
print(sorted(set({sorted(HEAVY)}) & set(sys.modules)), file=sys.stderr)
"""
    done = _run("-c", program)
    assert done.returncode == 0, done.stderr
    assert "Usage: fundpool" in done.stdout
    assert done.stderr == "[]\n"


def test_runs_are_listed_without_the_compiler(tmp_path: Path) -> None:
    program = """
import sys
from fundpool.__main__ import main
sys.argv = ["fundpool", "runs", "--archive", sys.argv[1]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
assert not {"numba", "llvmlite"} & sys.modules.keys()
"""
    (tmp_path / "fundpool-archive.json").write_text("{}", encoding="utf-8")
    done = _run("-c", program, tmp_path)
    assert done.returncode == 0, done.stderr


def test_status_and_streams(small_folder: Path, broken_folder: Path, tmp_path: Path) -> None:
    alert = _run("-m", "fundpool", "project", small_folder, "--years", 1, "--json", "--out",
                 tmp_path / "out")  # fmt: skip
    assert alert.returncode == 3
    assert json.loads(alert.stdout)["alerts"]
    written, first, *_ = alert.stderr.splitlines()
    assert written == f"Tables and summary.json written to {tmp_path / 'out'}"
    assert first == "2 solvency alerts."
    refused = _run("-m", "fundpool", "project", broken_folder, "--out", tmp_path / "none")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.endswith("2 errors\n")
    assert "Traceback" not in refused.stderr
    usage = _run("-m", "fundpool", "projct")
    assert usage.returncode == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_the_same_bytes_in_another_process(small_folder: Path, tmp_path: Path) -> None:
    """Whatever the seed of Python's hashes and the place the files go to."""
    for name, seed in (("one", "1"), ("two", "2")):
        done = _run("-m", "fundpool", "report", small_folder, "--years", 3, "--quiet", "--out",
                    tmp_path / name, PYTHONHASHSEED=seed)  # fmt: skip
        assert done.returncode == 3, done.stderr
    for file in ("report.html", "report.pdf", "report.xlsx", "summary.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
