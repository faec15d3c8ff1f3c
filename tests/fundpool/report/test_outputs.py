"""A file of the report that cannot be written costs the run that file and nothing else."""

import errno
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fundpool.archive.runs import Archive
from fundpool.report import outputs
from fundpool.report.outputs import DEFAULT_FORMATS, WRITERS
from tests.fundpool.conftest import Run

FAST = ("--years", 1, "--no-optimise", "--sensitivity", "none")
EVERY = ("--formats", ",".join(WRITERS))
NAMES = [f"report.{ending}" for ending in WRITERS]


def whole(file: Path) -> bool:
    """Whether a file of the report is complete, by what stands at its end."""
    held = file.read_bytes()
    if file.suffix == ".html":
        return held.rstrip().endswith(b"</html>")
    if file.suffix == ".pdf":
        return held.startswith(b"%PDF") and held.rstrip().endswith(b"%%EOF")
    if file.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(file) as packed:
            return packed.testzip() is None
    return bool(json.loads(held))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def half(error: BaseException) -> Callable[[Path, Any], None]:
    def write(file: Path, _report: Any) -> None:
        file.write_bytes(b"half")
        raise error

    return write


class Panic(BaseException):
    """As libraries written in Rust raise it."""


ERRORS = {
    "error": (RuntimeError("no\n  such thing"), "no such thing (RuntimeError)"),
    "full": (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device"),
    "panic": (Panic("index out of range"), "index out of range (Panic)"),
}


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("ending", WRITERS)
def test_a_writer_that_fails_loses_its_file_only(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, ending: str, kind: str
) -> None:
    error, why = ERRORS[kind]
    monkeypatch.setitem(outputs.WRITERS, ending, half(error))  # type: ignore[arg-type]
    Path("out").mkdir()
    for name in NAMES:
        Path("out", name).write_text("of an earlier run", encoding="utf-8")
    result = run("report", small_folder, *FAST, *EVERY, "--out", "out", "--archive", "kept")
    assert result.exit_code == 1
    name = f"report.{ending}"
    expected = sorted({*NAMES, "summary.json"} - {name})
    assert names_in(Path("out")) == expected, "nothing half written, nothing of the earlier run"
    assert all(whole(Path("out", other)) for other in expected)
    assert f"fundpool: {name} could not be written: {why}\n" in result.stderr
    assert "Traceback" not in result.stderr
    assert "solvency alert" in result.stderr
    summary = json.loads(Path("out/summary.json").read_text(encoding="utf-8"))
    assert summary["failed_outputs"] == [{"file": name, "reason": why}]
    assert len(summary["alerts"]) == 2
    # the archive keeps the run as it was
    (kept,) = Archive(Path("kept")).runs()
    assert kept.manifest.exit_status == 1
    assert kept.damage() == []
    assert names_in(kept.folder / "outputs") == expected
    assert kept.summary() == summary


@pytest.mark.parametrize(
    ("function", "lost"),
    [("report_document", ["report.html", "report.pdf", "report.docx"]),
     ("html_page", ["report.html"]),
     ("report_pdf", ["report.pdf"]), ("report_docx", ["report.docx"]),
     ("write_workbook", ["report.xlsx"]), ("workbook_contents", ["report.xlsx"])],
)  # fmt: skip
def test_what_is_behind_a_writer_fails(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, function: str, lost: list[str]
) -> None:
    def failing(*_: object) -> str:
        raise KeyError("none")

    monkeypatch.setattr(outputs, function, failing)
    result = run("report", small_folder, *FAST, *EVERY, "--out", "out", "--quiet", "--json")
    assert result.exit_code == 1
    assert names_in(Path("out")) == sorted({*NAMES, "summary.json"} - {*lost})
    failed = [item["file"] for item in json.loads(result.stdout)["failed_outputs"]]
    assert failed == lost
    assert len(result.stderr.splitlines()) == len(lost), "said in spite of --quiet"


def test_every_writer_fails(run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ending in WRITERS:
        monkeypatch.setitem(outputs.WRITERS, ending, half(ValueError("no")))  # type: ignore[arg-type]
    result = run("report", small_folder, *FAST, *EVERY, "--out", "out")
    assert result.exit_code == 1
    assert names_in(Path("out")) == ["summary.json"]


def test_a_person_who_interrupts_gets_nothing(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outputs.WRITERS, "pdf", half(KeyboardInterrupt()))  # type: ignore[arg-type]
    result = run("report", small_folder, *FAST, "--out", "out")
    assert result.exit_code == 130
    assert not Path("out").exists()


# --formats


def test_only_the_files_asked_for(run: Run, small_folder: Path) -> None:
    arguments = ("report", small_folder, *FAST, "--out", "out", "--archive", "kept")
    result = run(*arguments, "--formats", "xlsx, html,html")
    assert result.exit_code == 3
    assert names_in(Path("out")) == ["report.html", "report.xlsx", "summary.json"]
    assert f"Report: {Path('out/report.html')}, report.xlsx\n" in result.stderr
    (kept,) = Archive(Path("kept")).runs()
    assert kept.manifest.request.parameters["--formats"] == "html,xlsx"
    assert "--formats html,xlsx" in kept.manifest.command_line
    assert names_in(kept.folder / "outputs") == names_in(Path("out"))
    assert run("rerun", kept.id, "--archive", "kept").exit_code == 0
    # a file of an earlier run that this one does not write is named
    result = run(*arguments, "--formats", "html", "--against", "none")
    assert names_in(Path("out")) == ["report.html", "report.xlsx", "summary.json"]
    assert f"{Path('out/report.xlsx')} is left as an earlier run wrote it" in result.stderr


def test_the_default_is_not_spelt_out(run: Run, small_folder: Path) -> None:
    run("report", small_folder, *FAST, "--archive", "kept", "--formats", "xlsx,pdf,html")
    (kept,) = Archive(Path("kept")).runs()
    assert kept.manifest.request.parameters["--formats"] == "html,pdf,xlsx"
    assert "--formats" not in kept.manifest.command_line


@pytest.mark.parametrize(
    ("text", "message"),
    [("odt", "--formats 'odt' is not one of html, pdf, xlsx, docx"),
     ("html,PDF", "--formats 'PDF' is not one of html, pdf, xlsx, docx"),
     (" ,", "--formats names nothing; choose of html, pdf, xlsx, docx")],
)  # fmt: skip
def test_formats_that_there_are_not(run: Run, small_folder: Path, text: str, message: str) -> None:
    result = run("report", small_folder, "--formats", text)
    assert (result.exit_code, result.stderr) == (2, f"fundpool: {message}\n")
    assert list(Path().iterdir()) == []


def test_the_default_leaves_out_the_word_document(run: Run, small_folder: Path) -> None:
    assert run("report", small_folder, *FAST).exit_code == 3
    names = [f"report.{ending}" for ending in DEFAULT_FORMATS]
    assert names_in(Path("fundpool-report")) == sorted([*names, "summary.json"])
    assert set(WRITERS) - set(DEFAULT_FORMATS) == {"docx"}
    summary = json.loads(Path("fundpool-report/summary.json").read_text(encoding="utf-8"))
    assert summary["failed_outputs"] == []


def test_the_word_document_of_a_rerun_is_the_same(run: Run, small_folder: Path) -> None:
    arguments = ("report", small_folder, *FAST, "--out", "out", "--archive", "kept")
    result = run(*arguments, "--formats", "docx")
    assert result.exit_code == 3
    assert names_in(Path("out")) == ["report.docx", "summary.json"]
    (kept,) = Archive(Path("kept")).runs()
    assert names_in(kept.folder / "outputs") == names_in(Path("out"))
    assert run("rerun", kept.id, "--archive", "kept").exit_code == 0
    # a folder in the file's place is found before the work
    Path("other/report.docx").mkdir(parents=True)
    result = run("report", small_folder, *FAST, "--out", "other", "--formats", "docx")
    assert result.exit_code == 2
    assert names_in(Path("other")) == ["report.docx"]


# reruns and the disk


def test_a_partial_run_is_repeated(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repeat runs in a process of its own, where the writer works: it says what is new."""
    monkeypatch.setitem(outputs.WRITERS, "pdf", half(ValueError("no")))  # type: ignore[arg-type]
    run("report", small_folder, *FAST, "--archive", "kept")
    (kept,) = Archive(Path("kept")).runs()
    result = run("rerun", kept.id, "--archive", "kept", "--json")
    assert result.exit_code == 1
    differences = {item["name"]: item for item in json.loads(result.stdout)["differences"]}
    assert set(differences) == {"status", "report.pdf", "summary.json"}
    assert (differences["status"]["was"], differences["status"]["now"]) == ("1", "3")
    assert differences["report.pdf"]["was"] == "absent"


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("command", ["report", "project"])
def test_a_disk_that_is_full_at_the_end(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    fast = FAST if command == "report" else FAST[:2]
    run(command, small_folder, *fast, "--out", "out")
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    monkeypatch.setattr(Path, "replace", full_disk)
    # found by the probe on the files that are there
    result = run(command, small_folder, *fast, "--out", "out")
    assert result.exit_code == 2
    # and where the probe finds nothing
    monkeypatch.setattr("fundpool.inputs.files.writing.check_folder", lambda *_: None)
    result = run(command, small_folder, *fast, "--out", "out", "--quiet")
    assert result.exit_code == 1
    assert result.stderr == "fundpool: nothing was written to 'out': No space left on device\n"
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before


@pytest.mark.parametrize("command", ["report", "project", "compare"])
def test_an_archive_that_is_full_at_the_end(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(Archive, "admit", full_disk)
    fast = FAST if command == "report" else FAST[:2]
    result = run(command, small_folder, *fast, "--archive", "kept", "--quiet")
    assert result.exit_code == 1
    assert result.stderr == (
        "fundpool: the run cannot be kept in 'kept': No space left on device; nothing was written\n"
    )
    assert names_in(Path()) == ["kept"]
    assert Archive(Path("kept")).runs() == []


def test_alerts_are_said_when_they_cannot_be_posted(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fundpool import webhook

    def failing(*_: object, **__: object) -> None:
        raise webhook.WebhookError("nobody there")

    monkeypatch.setattr(webhook, "post_alerts", failing)
    result = run("report", small_folder, *FAST, "--webhook", "http://localhost:1/")
    assert result.exit_code == 1
    assert "the report is written, but nobody there" in result.stderr
    assert "2 solvency alerts" in result.stderr
