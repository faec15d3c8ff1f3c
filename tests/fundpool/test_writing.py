"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from fundpool.web.bundle import chart_bundle
from fundpool.writing import whole_folder


def test_files_arrive_together(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with whole_folder(target) as draft:
        (draft / "a.txt").write_text("a", encoding="utf-8")
        assert not target.exists()
        assert draft.parent == target.parent, "the same disk, so that moving is renaming"
    assert [path.name for path in target.iterdir()] == ["a.txt"]
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_newer_files_replace_older_ones_and_no_others(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "a.txt").write_text("old", encoding="utf-8")
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    with whole_folder(target) as draft:
        (draft / "a.txt").write_text("new", encoding="utf-8")
    assert {path.name: path.read_text(encoding="utf-8") for path in target.iterdir()} == {
        "a.txt": "new",
        "notes.txt": "mine",
    }


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_arrives_after_an_error(tmp_path: Path, error: type[BaseException]) -> None:
    def write_half() -> None:
        with whole_folder(tmp_path / "out") as draft:
            (draft / "a.txt").write_text("a", encoding="utf-8")
            raise error

    with pytest.raises(error):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_the_chart_library_is_written_for_the_browser(tmp_path: Path) -> None:
    file = chart_bundle(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    contents = file.read_bytes()
    assert b"vegaEmbed" in contents
    assert b"\r\n" not in contents
