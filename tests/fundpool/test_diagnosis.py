"""``doctor`` says what a run would fail on, and what is in order."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import fundpool
from fundpool import diagnosis
from fundpool.cli.commands import app
from fundpool.models.axes import compile_cache


def test_a_sound_machine(tmp_path: Path) -> None:
    findings = fundpool.doctor(tmp_path / "out", tmp_path / "archive")
    assert [finding.name for finding in findings] == [
        "fonts", "cache", "temporary files", "results", "archive", "disk", "solver", "compiler",
    ]  # fmt: skip
    assert all(finding.ok for finding in fundpool.doctor(tmp_path / "out")), findings
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("trouble", "name"),
    [("fonts", "fonts"), ("cache", "cache"), ("place", "results"), ("archive", "archive"),
     ("disk", "disk"), ("solver", "solver")],
)  # fmt: skip
def test_each_trouble_is_named(
    trouble: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise OSError(5, "Input/output error")

    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    out, archive = tmp_path / "out", tmp_path / "archive"
    if trouble == "fonts":
        monkeypatch.setattr("fundpool.report.fonts.unprintable", lambda _: "基")
    elif trouble == "cache":
        monkeypatch.setattr(compile_cache, "folder_for", lambda _: None)
    elif trouble == "place":
        out = file / "below"
    elif trouble == "archive":
        (archive / "runs" / "lost").mkdir(parents=True)
    elif trouble == "disk":
        usage = shutil.disk_usage(tmp_path)._replace(free=1)
        monkeypatch.setattr(diagnosis.shutil, "disk_usage", lambda _: usage)
    else:
        monkeypatch.setattr("highspy.Highs", failing)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        app, ["doctor", "--out", str(out), "--archive", str(archive), "--json"]
    )
    assert done.exit_code == 1
    printed = json.loads(done.stdout)
    assert not printed["ok"]
    assert [item["name"] for item in printed["findings"] if not item["ok"]] == [name]
