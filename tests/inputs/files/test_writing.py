"""Places are tried before the work; files appear together or not at all."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fundpool.inputs.files import writing
from fundpool.inputs.files.writing import DRAFT, UnwritableError, check_folder, reason, whole_folder


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def refused(*_: object, **__: object) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


# trying a place


@pytest.mark.parametrize("name", ["here", "a/b/c", "a/../b"])
def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path, name: str) -> None:
    (tmp_path / "here").mkdir()
    check_folder(tmp_path / name, ["report.html"])
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize("name", ["taken", "taken/inside/deep"])
def test_a_file_in_the_way(tmp_path: Path, name: str) -> None:
    write(tmp_path, taken="mine")
    with pytest.raises(UnwritableError, match="taken' is a file; name a folder"):
        check_folder(tmp_path / name)


def test_a_folder_where_a_file_is_to_be_written(tmp_path: Path) -> None:
    (tmp_path / "report.xlsx").mkdir()
    with pytest.raises(UnwritableError, match=r"report\.xlsx' is a folder where a file"):
        check_folder(tmp_path, ["report.html", "report.xlsx"])


@pytest.mark.parametrize("name", ["x" * 300, "a/" + "x" * 300, "nul\0"])
def test_a_name_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnwritableError):
        check_folder(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(UnwritableError, match="link' is a link to nothing"):
        check_folder(tmp_path / "link" / "inside")


def test_a_disk_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing.FileLock, "acquire", refused)
    with pytest.raises(UnwritableError, match="cannot be written to: Read-only file system"):
        check_folder(tmp_path / "new")


def test_a_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Windows answers when a file that is open is moved."""
    write(tmp_path, **{"report.xlsx": "open"})
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(UnwritableError):
        check_folder(tmp_path, ["report.xlsx"])


def test_reasons_are_one_short_line() -> None:
    assert reason(ValueError("one\n  two")) == "one two (ValueError)"
    assert reason(ValueError()) == "ValueError"
    assert reason(OSError("plain text")) == "plain text"
    assert len(reason(ValueError("long " * 200))) < 330


# whole folders


def test_files_arrive_together(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with whole_folder(target) as draft:
        (draft / "a.txt").write_text("a", encoding="utf-8")
        (draft / "tables").mkdir()
        assert draft.is_relative_to(target), "the same disk, so that moving is renaming"
        assert not (target / "a.txt").exists()
    assert sorted(path.name for path in target.iterdir()) == ["a.txt", "tables"]
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_newer_files_replace_older_ones_and_no_others(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write(target, a="old", b="old", notes="mine")
    with whole_folder(target, ["a", "b"]) as draft:
        write(draft, a="new")
    assert contents(target) == {"a": "new", "notes": "mine"}, "b of an earlier run is gone"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_arrives_after_an_error(tmp_path: Path, error: type[BaseException]) -> None:
    def write_half() -> None:
        with whole_folder(tmp_path / "new" / "out") as draft:
            write(draft, a="a")
            raise error

    with pytest.raises(error):
        write_half()
    assert list(tmp_path.iterdir()) == []


def failing_at(number: int) -> Callable[[Path, Path], Path]:
    """``Path.replace`` on a disk that is full at one call."""
    plain, calls = Path.replace, iter(range(100))

    def replace(self: Path, target: Path) -> Path:
        if next(calls) == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plain(self, target)

    return replace


@pytest.mark.parametrize("number", range(5))
def test_a_move_that_fails_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = {"a": "old", "b": "old", "stale": "old", "summary.json": "old"}
    write(tmp_path, **before)

    def write_all() -> None:
        with whole_folder(tmp_path, ["stale"]) as draft:
            write(draft, a="new", b="new", c="new", **{"summary.json": "new"})
            monkeypatch.setattr(Path, "replace", failing_at(number))

    with pytest.raises(OSError, match="No space left"):
        write_all()
    assert contents(tmp_path) == before


def test_a_folder_in_the_way_is_not_removed(tmp_path: Path) -> None:
    write(tmp_path / "b", mine="mine")

    def write_all() -> None:
        with whole_folder(tmp_path) as draft:
            write(draft, a="new", b="new")

    with pytest.raises(OSError, match=r"."):
        write_all()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert contents(tmp_path / "b") == {"mine": "mine"}


def test_disks_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", refused)
    test_a_move_that_fails_is_taken_back(tmp_path, monkeypatch, 1)


def test_the_summary_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, moved = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        moved.append(target.name)
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with whole_folder(tmp_path / "out") as draft:
        write(draft, **{"summary.json": "", "zeros.csv": "", "tables.csv": ""})
    assert moved == ["tables.csv", "zeros.csv", "summary.json"]


KILLED = """
import os, sys
from pathlib import Path
from fundpool.inputs.files.writing import whole_folder
with whole_folder(Path(sys.argv[1])) as draft:
    (draft / "half").write_text("half", encoding="utf-8")
    os._exit(9)
"""


def test_a_probe_of_a_killed_process_is_swept(tmp_path: Path) -> None:
    program = KILLED.replace("import whole_folder", "import _locked_draft as whole_folder")
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == 9
    assert len(list(tmp_path.iterdir())) == 2
    check_folder(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_drafts_of_killed_processes_are_swept_and_no_others(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == 9
    left = {path.name for path in tmp_path.iterdir()}
    assert len(left) == 2
    assert all(name.startswith(DRAFT) for name in left)
    with whole_folder(tmp_path) as first:
        write(first, a="a")
        with whole_folder(tmp_path) as second:
            write(second, b="b")
        assert contents(first) == {"a": "a"}, "a process that lives keeps its draft"
    assert contents(tmp_path) == {"a": "a", "b": "b"}
