"""``--lang`` on every command: messages in the language asked for, data for programs in none."""

import json
from pathlib import Path

import pytest
import typer.main

from fundpool.cli.commands import app
from fundpool.cli.spoken import language_of_machine
from tests.fundpool.conftest import Run

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def test_every_command_has_it() -> None:
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        assert any("--lang" in parameter.opts for parameter in command.params), name


@pytest.mark.parametrize(
    ("environment", "platform", "regional", "code"),
    [
        ({}, "linux", "zh_CN", "en"),
        ({"LANG": "zh_CN.UTF-8"}, "linux", None, "zh"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "de_DE"}, "darwin", None, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "linux", None, "en"),
        ({"LANG": "id_ID.UTF-8"}, "linux", None, "en"),
        ({}, "win32", "Chinese (Simplified)_China", "zh"),
        ({}, "win32", "zh_CN", "zh"),
        ({}, "win32", "German_Germany", "en"),
        ({}, "win32", None, "en"),
        ({"LANG": "en_US"}, "win32", "zh_CN", "en"),
    ],
)
def test_default(
    environment: dict[str, str], platform: str, regional: str | None, code: str
) -> None:
    assert language_of_machine(environment, platform, regional) == code


def test_machine_decides_unless_asked(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    english, chinese = (
        f"{small_folder}: nothing to mend.\n",
        f"{small_folder}：没有需要修改之处。\n",
    )
    assert run("check", small_folder).stderr == english
    assert run("check", small_folder, "--lang", "zh").stderr == chinese
    assert run("check", small_folder).stderr == english, "one command decides nothing for the next"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert run("check", small_folder).stderr == chinese
    assert run("check", small_folder, "--lang", "en").stderr == english
    assert run("check", small_folder, "--lang", "xx").exit_code == 2


def test_findings(run: Run, broken_folder: Path) -> None:
    assert run("check", broken_folder, "--lang", "zh").stdout.splitlines() == [
        "错误：tables/employment.csv、第3行、列employed_share：现为'1.6'；应为0至1之间的数。请改正数值。",
        "错误：tables/population.csv、第32行、列persons：现为'-5.0'；应为不小于0的数。请改正数值。",
        "2个错误",
    ]
    refused = run("compare", broken_folder, "--lang", "zh")
    assert refused.exit_code == 2
    assert "请改正数值。" in refused.stderr


def test_tables_and_alerts(run: Run, small_folder: Path) -> None:
    done = run("compare", small_folder, "--years", 2, "--lang", "zh")
    assert "统筹" in done.stdout.splitlines()[0]
    assert "均衡费率" in done.stdout
    assert "条偿付能力预警" in done.stderr


def test_data_are_the_same(run: Run, small_folder: Path, broken_folder: Path) -> None:
    """JSON, CSV and summary.json do not depend on the language, nor does the id of a kept run."""
    for words in (
        ("compare", small_folder, "--years", 2, "--json"),
        ("check", broken_folder, "--json"),
    ):
        en, zh = (run(*words, "--lang", code) for code in ("en", "zh"))
        assert json.loads(en.stdout)
        assert en.stdout == zh.stdout
    for code in ("en", "zh"):
        run("project", small_folder, "--years", 2, "--format", "csv", "--out", code,
            "--archive", f"kept-{code}", "--lang", code)  # fmt: skip
    names = sorted(file.name for file in Path("en").iterdir())
    assert "summary.json" in names
    for name in names:
        assert Path("en", name).read_bytes() == Path("zh", name).read_bytes(), name
    requests = [
        json.loads(next(Path(f"kept-{code}", "runs").glob("*/manifest.json")).read_text("utf-8"))[
            "request"
        ]
        for code in ("en", "zh")
    ]
    assert requests[0] == requests[1]


def test_report_repeats_in_its_language(run: Run, small_folder: Path) -> None:
    """What a report was written in is part of the request, whatever decided it."""
    run("report", small_folder, "--years", 2, "--scenarios", 0, "--formats", "html", "--out", "r",
        "--archive", "kept", "--lang", "zh")  # fmt: skip
    (manifest,) = Path("kept", "runs").glob("*/manifest.json")
    kept = json.loads(manifest.read_text("utf-8"))
    assert kept["request"]["parameters"]["--lang"] == "zh"
    assert 'lang="zh' in Path("r", "report.html").read_text("utf-8")
