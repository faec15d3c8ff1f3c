"""The commands report and diff on an archive: the change since the previous run, reruns of it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import fundpool.cli.archive  # noqa: F401  (registers its commands)
from fundpool.archive.runs import Archive
from fundpool.cli.commands import app
from tests.cases.small import small_case


def invoked(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reports of a case in an archive; care is dearer in the second."""
    folder = tmp_path_factory.mktemp("reports")
    case = small_case().write(folder / "case")
    lead = ["report", case, "--years", "3", "--out", folder / "out", "--archive", folder / "a"]
    assert invoked(*lead)[0] == 3
    assert invoked(*lead, "--set", "economy.medical_inflation=0.12")[0] == 3
    return folder


def test_the_second_report_says_what_changed(place: Path) -> None:
    first, second = Archive(place / "a").runs()
    assert first.manifest.previous is None
    assert second.manifest.previous == first.id
    assert "change" not in first.tables
    change = second.table("change")
    moved = change[(change["kind"] == "step") & (change["change"] != 0)]
    assert set(moved["step"]) == {"assumptions: economy"}
    page = (place / "out" / "report.html").read_text(encoding="utf-8")
    assert first.id in page
    assert 'id="change"' in page
    assert second.id.rsplit("-", 1)[0] in page


def test_outputs_are_kept_as_they_were_written(place: Path) -> None:
    last = Archive(place / "a").runs()[-1]
    for name in ("report.html", "report.pdf", "report.xlsx", "summary.json"):
        kept = (last.folder / "outputs" / name).read_bytes()
        assert kept == (place / "out" / name).read_bytes(), name


def test_a_report_with_a_previous_run_comes_out_again(place: Path) -> None:
    last = Archive(place / "a").runs()[-1]
    status, text, _ = invoked("rerun", last.id, "--archive", place / "a", "--json")
    found = json.loads(text)
    assert found["differences"] == []
    assert found["identical"] is True
    assert status == 0


def test_diff_closes_and_names_the_step(place: Path, tmp_path: Path) -> None:
    first, second = Archive(place / "a").runs()
    status, text, _ = invoked("diff", first.id, second.id, "--archive", place / "a", "--json",
                              "--out", tmp_path / "change.csv")  # fmt: skip
    assert status == 0
    rows = json.loads(text)["change"]
    for key in {(row["scheme"], row["pool"], row["measure"]) for row in rows}:
        own = [row for row in rows if (row["scheme"], row["pool"], row["measure"]) == key]
        steps = sum(row["change"] for row in own if row["kind"] == "step")
        (total,) = [row for row in own if row["kind"] == "total"]
        assert steps == pytest.approx(total["change"], rel=1e-9, abs=1e-9)
    assert (tmp_path / "change.csv").read_text(encoding="utf-8").count("\n") == len(rows) + 1
    status, text, _ = invoked("diff", first.id, second.id, "--archive", place / "a", "--quiet")
    assert "assumptions: economy" in text


def test_against(place: Path, tmp_path: Path) -> None:
    first = Archive(place / "a").runs()[0]
    lead = ["report", place / "case", "--years", "2", "--out", tmp_path / "o", "--quiet"]
    assert invoked(*lead, "--against", "none", "--archive", place / "a")[0] == 3
    assert 'id="change"' not in (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    # an archive is not needed to compare with a run's folder
    assert invoked(*lead, "--against", first.folder)[0] == 3
    assert first.id in (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    status, _, words = invoked(*lead, "--against", "no-such-run", "--archive", place / "a")
    assert status == 2
    assert "holds no run 'no-such-run'" in words


def test_a_previous_run_that_cannot_be_read_is_said(place: Path, tmp_path: Path) -> None:
    """An input is lost from the archive: the report is written all the same and says so."""
    import shutil

    shutil.copytree(place / "a", tmp_path / "a")
    archive = Archive(tmp_path / "a")
    digest = archive.runs()[0].manifest.request.case_files["case.toml"]
    archive.objects.path(digest).unlink()
    first = archive.runs()[0].id
    status, _, _ = invoked("report", place / "case", "--years", "3", "--out", tmp_path / "o",
                           "--against", first, "--archive", tmp_path / "a")  # fmt: skip
    assert status == 3
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert "There is no analysis of the change since" in page


def test_sensitivity_is_asked_for(tmp_path: Path) -> None:
    contents = small_case()
    contents.settings["sensitivity"] = {
        "economy.interest": {"step": 0.01, "main": True, "source": "x", "status": "assumed"},
        "economy.wage_growth": {"step": 0.01, "source": "x", "status": "assumed"},
    }
    case = contents.write(tmp_path / "case")
    for asked, paths in (("none", set()), ("main", {"economy.interest"}),
                         ("all", {"economy.interest", "economy.wage_growth"})):  # fmt: skip
        root = tmp_path / asked
        invoked("report", case, "--years", "2", "--out", tmp_path / "o", "--archive", root,
                "--sensitivity", asked)  # fmt: skip
        (run,) = Archive(root).runs()
        held = set(run.table("sensitivity")["path"]) if "sensitivity" in run.tables else set()
        assert held == paths
