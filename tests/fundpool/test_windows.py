"""The small path with Windows' restrictions laid over it (tests/fundpool/simulated_windows.py)."""

import errno
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fundpool.__main__ import make_printable
from fundpool.archive.runs import Archive
from fundpool.inputs.files import disk
from fundpool.inputs.files.disk import FileInUseError, move
from tests.cases.small import small_case
from tests.fundpool.simulated_windows import DESCRIPTORS
from tests.test_portability import windows_fault

ROOT = Path(__file__).parents[2]
HERE = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
CONSOLE = HERE | {
    "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "cp1252",
    "PYTHONWARNDEFAULTENCODING": "1", "PYTHONPATH": str(ROOT),
}  # fmt: skip
simulated = pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="no /proc to see open files in")


def as_on_windows(folder: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    """A command in a process under the restrictions; an error if it ends in a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fundpool.simulated_windows", *map(str, words)],
        capture_output=True, encoding="cp1252", cwd=folder, env=CONSOLE, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


@simulated
def test_the_small_path(tmp_path: Path) -> None:
    """Check, project, report twice into an archive, list, ask, compare and repeat."""
    contents = small_case()
    contents.settings["name"] = "con.a: b "
    contents.settings["title"] = "Zwölf − 12"
    case = contents.write(tmp_path / "case")
    assert as_on_windows(tmp_path, "check", case).returncode == 0
    place = ("--archive", tmp_path / "archive", "--years", 2)
    for _ in range(2):  # the second replaces the first's files
        assert as_on_windows(tmp_path, "project", case, *place).returncode == 3
    for _ in range(2):
        done = as_on_windows(tmp_path, "report", case, *place)
        assert done.returncode == 3, done.stderr
    runs = Archive(tmp_path / "archive").runs()
    assert len(runs) == 4
    assert all(run.damage() == [] for run in runs)
    archive = ("--archive", tmp_path / "archive")
    listed = as_on_windows(tmp_path, "runs", *archive)
    assert listed.returncode == 0
    question = "SELECT DISTINCT run FROM funds ORDER BY run"
    asked = as_on_windows(tmp_path, "runs", *archive, "--sql", question, "--json")
    assert len(json.loads(asked.stdout)) == 4
    one, other = (run.id for run in runs[:2])
    assert as_on_windows(tmp_path, "diff", one, other, *archive).returncode == 0
    again = as_on_windows(tmp_path, "rerun", one, *archive)
    assert (again.returncode, "bit for bit" in again.stdout) == (0, True), again.stdout
    drafts = [path.name for path in (tmp_path / "archive" / "drafts").iterdir()]
    assert drafts in ([], ["gate"])
    written = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")]
    assert [fault for name in written if (fault := windows_fault(name))] == []
    for run in runs:
        assert not any(
            "\\" in name for name in run.manifest.files | run.manifest.request.case_files
        )


@simulated
@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import fcntl", "as on Windows"),
        ("import os; os.fork()", "fork"),
        ("import os; os.open('.', os.O_RDONLY)", "as on Windows"),
        ("import os; os.fsync(os.open('a', os.O_RDONLY))", "only read"),
        ("s = open('a', 'rb'); from pathlib import Path; Path('b').replace('a')", "as on Windows"),
        ("s = open('a', 'rb'); from pathlib import Path; Path('a').unlink()", "as on Windows"),
        ("open('x:y', 'wb')", "as on Windows"),
        ("import os; os.mkdir('nul.txt')", "as on Windows"),
        ("open('a')", "encoding"),
    ],
)
def test_the_restrictions_bite(code: str, fault: str, tmp_path: Path) -> None:
    """Code that Windows refuses fails in the simulation when a module of the project holds it."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x")
    program = f"""
import fundpool.__main__
def run():
    exec(compile({code!r}, "code", "exec"), {{"__name__": "fundpool.some"}})
fundpool.__main__.main = run
from tests.fundpool.simulated_windows import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, encoding="utf-8", cwd=tmp_path, env=CONSOLE, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert fault in done.stderr.splitlines()[-1]


class Busy(type(Path())):  # type: ignore[misc]
    """A file whose move is refused a number of times."""

    refusals = 0

    def replace(self, target: Path) -> Path:
        """Refuse, or move."""
        type(self).refusals -= 1
        if type(self).refusals >= 0:
            error = PermissionError(errno.EACCES, "in use")
            error.winerror = 32
            raise error
        return Path(super().replace(target))


def test_a_short_look_by_another_program_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"new")
    (tmp_path / "b").write_bytes(b"old")
    Busy.refusals = 3
    move(Busy(tmp_path / "a"), tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"new"


def test_a_file_that_stays_in_use_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "PATIENCE", 0.1)
    (tmp_path / "a").write_bytes(b"new")
    Busy.refusals = 1_000
    begin = time.monotonic()
    with pytest.raises(FileInUseError, match=r"b cannot be replaced: another program has it open"):
        move(Busy(tmp_path / "a"), tmp_path / "b")
    assert time.monotonic() - begin < 2


def test_other_refusals_are_passed_on_at_once(tmp_path: Path) -> None:
    begin = time.monotonic()
    with pytest.raises(FileNotFoundError):
        move(tmp_path / "none", tmp_path / "b")
    assert time.monotonic() - begin < 0.1


@simulated
def test_a_report_open_elsewhere_is_a_sentence(tmp_path: Path) -> None:
    """A file held open, as Excel does: one sentence and status 2, before the work."""
    case = small_case().write(tmp_path / "case")
    program = """
import sys
from fundpool.inputs.files import disk
disk.PATIENCE = 0.1
from tests.fundpool.simulated_windows import main
held = open("fundpool-projection/summary.json", "rb")
main()
"""
    (tmp_path / "fundpool-projection").mkdir()
    (tmp_path / "fundpool-projection" / "summary.json").write_bytes(b"{}")
    done = subprocess.run(
        [sys.executable, "-c", program, "project", str(case), "--years", "1", "--out",
         "fundpool-projection"],
        capture_output=True, encoding="cp1252", cwd=tmp_path, env=CONSOLE, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    (line,) = [text for text in done.stderr.splitlines() if "summary.json" in text]
    assert "cannot be replaced: another program has it open" in line
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("chosen", "expected"), [(None, "江 − →\n".encode()), ("cp1252", b"? ? ?\n")]
)
def test_any_sign_can_be_printed(
    chosen: str | None, expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into a pipe whose encoding is that of western Windows."""
    if chosen is None:
        monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    else:
        monkeypatch.setenv("PYTHONIOENCODING", chosen)
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="\n")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", None)
    make_printable()
    print("江 − →")
    out.flush()
    assert out.buffer.getvalue() == expected  # type: ignore[attr-defined]
