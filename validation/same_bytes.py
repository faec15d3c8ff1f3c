"""Run a report and a projection under other settings of the machine: the same bytes each time?

``python -m validation same_bytes`` runs ``report`` (page, PDF, workbook, Word document, summary)
and ``project`` (tables as Parquet, summary) of a small case with scenarios once plainly,
then once under each other setting, and compares every file. Without compiled code sums are taken
in another order, and other processors round otherwise; there the numbers of the tables and
summaries must agree to a stated number of figures.
"""

import argparse
import hashlib
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import platformdirs

from fundpool.archive.run import read_parquet
from tests.cases.stochastic import stochastic_case
from validation.part import ALIKE, markdown_table

ROOT = Path(__file__).parent.parent
DONE = (0, 3)
NEAR_ZERO = 1e-8
"""Absolute difference of numbers that is allowed: what is left of sums of money that are zero."""

LONGEST = 900.0
"""Seconds after which a command is taken for stuck."""

_RUN = """
import os, sys
if "__main__" == __name__:
    processors = int(sys.argv.pop(1))
    os.cpu_count = lambda: processors
    from fundpool.__main__ import main
    main()
"""

COMMANDS: Mapping[str, Sequence[str]] = {
    "report": ("report", "--years", "4", "--policies", "none", "--against", "none",
               "--formats", "html,pdf,xlsx,docx", "--sensitivity", "none"),
    "project": ("project", "--years", "4", "--format", "parquet"),
}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """How a machine differs from the plain one.

    Attributes:
        name: in words.
        variables: of the environment; ``{empty}`` stands for an empty folder.
        processors: number that the program sees.
        engine: where scenarios run.
        tolerance: relative difference of numbers that is allowed; 0: bytes must agree.
    """

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    processors: int = 1
    engine: str = "local"
    tolerance: float = 0.0


PLAIN = Setting("plain: one processor, C, UTC, fonts of the machine")
FONTS = {"FONTCONFIG_FILE": "{empty}/fonts.conf", "FONTCONFIG_PATH": "{empty}",
         "XDG_DATA_HOME": "{empty}", "XDG_DATA_DIRS": "{empty}", "HOME": "{empty}"}  # fmt: skip
THREADS = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "2")
OTHERS = (
    Setting("two processors", processors=2),
    Setting("two threads of numba and linear algebra", THREADS, 2),
    Setting("engine processes, one worker", engine="processes"),
    Setting("engine processes, two workers", engine="processes", processors=2),
    Setting("engine dask, two workers", engine="dask", processors=2),
    Setting("locale zh_CN.UTF-8", {"LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}),
    Setting("locale de_DE.UTF-8", {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}),
    Setting("locale C, text not in UTF-8", {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    Setting("time zone Asia/Shanghai", {"TZ": "Asia/Shanghai"}),
    Setting("time zone America/New_York", {"TZ": "America/New_York"}),
    Setting("no fonts on the machine", FONTS),
    Setting("another order of hashes", {"PYTHONHASHSEED": "12345"}),
    Setting("all of these at once", {**THREADS, **FONTS, "LC_ALL": "zh_CN.UTF-8",
            "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7"}, 2, "processes"),
    Setting("compiled anew", {"FUNDPOOL_CACHE_DIR": "{empty}/cache"}),
    Setting("another processor type", {"FUNDPOOL_CACHE_DIR": "{empty}/cache",
            "NUMBA_CPU_NAME": "generic", "OPENBLAS_CORETYPE": "Prescott"}, tolerance=1e-10),
    Setting("nothing compiled", {"FUNDPOOL_COMPILE": "0"}, tolerance=ALIKE),
)  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """Files under a setting against those of the plain machine.

    Attributes:
        setting: the setting.
        files: number of files.
        equal: number with the same bytes.
        wrong: what differs and must not, in words.
    """

    setting: Setting
    files: int
    equal: int
    wrong: tuple[str, ...]


def run(
    folder: Path, case: Path, setting: Setting, commands: Mapping[str, Sequence[str]]
) -> dict[str, Path]:
    """Run the commands under a setting; the files that they write, by name.

    Raises:
        RuntimeError: a command fails.
    """
    empty = folder / "empty"
    empty.mkdir(parents=True)
    (empty / "fonts.conf").write_text("<fontconfig></fontconfig>\n", encoding="utf-8")
    plain = {"LC_ALL": "C", "LANG": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"}
    threads = dict.fromkeys(THREADS, "1")
    given = {name: text.format(empty=empty) for name, text in setting.variables.items()}
    environment = {**os.environ, **plain, **threads, **given}
    usual = str(platformdirs.user_cache_path("fundpool", appauthor=False))
    environment.setdefault("FUNDPOOL_CACHE_DIR", usual)  # a home of its own would compile anew
    for name, (command, *options) in commands.items():
        words = [command, str(case), *options, "--scenarios", "40", "--engine", setting.engine,
                 "--lang", "en", "--quiet", "--out", str(folder / name)]  # fmt: skip
        program = folder / "run.py"  # a file, as processes of an engine import it
        program.write_text(_RUN, encoding="utf-8", newline="\n")
        done = subprocess.run(
            [sys.executable, str(program), str(setting.processors), *words],
            cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)}, timeout=LONGEST,
            capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
        if done.returncode not in DONE:
            raise RuntimeError(f"{setting.name}, {name}: {done.returncode} {done.stderr[-500:]}")
    return {
        f"{name}/{file.name}": file
        for name in commands for file in sorted((folder / name).iterdir()) if file.is_file()
    }  # fmt: skip


def compared(setting: Setting, plain: Mapping[str, Path], other: Mapping[str, Path]) -> Compared:
    """Compare the files of two machines."""
    wrong = [f"{name} is on one side only" for name in sorted(plain.keys() ^ other.keys())]
    equal = 0
    for name in sorted(plain.keys() & other.keys()):
        if digest(plain[name]) == digest(other[name]):
            equal += 1
        elif not setting.tolerance:
            wrong.append(f"{name} differs")
        elif not numbers_alike(plain[name], other[name], setting.tolerance):
            wrong.append(f"{name} differs in its numbers")
    return Compared(setting, len(plain), equal, tuple(wrong))


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def numbers_alike(first: Path, second: Path, tolerance: float) -> bool:
    """Whether two tables or JSON files agree, numbers to a tolerance; True for documents."""
    if first.suffix == ".json":
        pairs = zip_leaves(*(json.loads(f.read_text(encoding="utf-8")) for f in (first, second)))
        return all(alike(a, b, tolerance) for a, b in pairs)
    if first.suffix == ".parquet":
        tables = [read_parquet(file) for file in (first, second)]
        if list(tables[0].columns) != list(tables[1].columns) or len(tables[0]) != len(tables[1]):
            return False
        return all(
            alike(a, b, tolerance)
            for name in tables[0].columns
            for a, b in zip(tables[0][name].tolist(), tables[1][name].tolist(), strict=True)
        )
    return True


def zip_leaves(first: Any, second: Any) -> Iterator[tuple[Any, Any]]:
    """Values at the same places of two JSON documents; a pair of unequal ones where shapes part."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        for name, inner in first.items():
            yield from zip_leaves(inner, second[name])
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for one, other in zip(first, second, strict=True):
            yield from zip_leaves(one, other)
    else:
        yield first, second


def alike(first: Any, second: Any, tolerance: float) -> bool:
    """Whether two values are the same, numbers to a tolerance (relative, or absolute near zero)."""
    if pd.api.types.is_scalar(first) and pd.isna(first):
        return bool(pd.api.types.is_scalar(second) and pd.isna(second))
    if pd.api.types.is_scalar(second) and pd.isna(second):
        return False
    if isinstance(first, float | int) and isinstance(second, float | int):
        return math.isclose(first, second, rel_tol=tolerance, abs_tol=NEAR_ZERO)
    return bool(first == second)


def compare_all(
    folder: Path, settings: Sequence[Setting], commands: Mapping[str, Sequence[str]]
) -> Iterator[Compared]:
    """Run plainly, then under each setting."""
    case = stochastic_case().write(folder / "case")
    plain = run(folder / "plain", case, PLAIN, commands)
    for number, setting in enumerate(settings):
        yield compared(setting, plain, run(folder / str(number), case, setting, commands))


def table(results: Sequence[Compared]) -> pd.DataFrame:
    """One row a setting."""
    rows = [
        (r.setting.name, r.files, r.equal,
         f"numbers to {r.setting.tolerance:.0e}" if r.setting.tolerance else "bytes",
         "; ".join(r.wrong) or "none")
        for r in results
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["setting", "files", "same bytes", "must agree", "wrong"])


def main(words: list[str]) -> int:
    """Run, compare, print; 1 if anything differs that must not."""
    parser = argparse.ArgumentParser(
        prog="python -m validation same_bytes", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="settings with this text")
    asked = parser.parse_args(words)
    settings = [setting for setting in OTHERS if asked.only in setting.name]
    results = []
    with tempfile.TemporaryDirectory(prefix="fundpool-bytes-") as name:
        begun = time.monotonic()
        for result in compare_all(Path(name).resolve(), settings, COMMANDS):
            results.append(result)
            took = time.monotonic() - begun
            print(f"{result.setting.name}: {result.equal} of {result.files} ({took:.0f} s)",
                  file=sys.stderr)  # fmt: skip
    print(markdown_table(table(results)))
    return 1 if any(result.wrong for result in results) else 0
