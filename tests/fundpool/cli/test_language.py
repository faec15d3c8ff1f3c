"""``--lang`` on every command: messages in the language asked for, data for programs in none."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def pages(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command with a help page, by the words that lead to it."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from pages(inner, (*path, name))


PAGES = list(pages(typer.main.get_command(app)))
WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,} +[A-Za-z]{2,}")
"""Three English words in a row."""


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_help_is_chinese(run: Run, page: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """By ``--lang`` and by the machine, and afterwards English again."""
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.delenv("LC_ALL", raising=False)
    english = run(*page, "--help").stdout
    chinese = run(*page, "--lang", "zh", "--help").stdout
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run(*page, "--help").stdout == chinese
    assert run(*page, "--lang", "en", "--help").stdout == english
    body = chinese.partition("\n\n")[2]
    assert "用法：" in chinese
    assert [line for line in body.splitlines() if WORDS.search(line)] == []
    assert not {"Options", "Arguments", "Commands", "[default", "[env"} & set(chinese.split())
    assert "Options" in english
    assert not re.search("[\u4e00-\u9fff]", english)


REFUSED = (
    (("project", "--yeers", "3"), "没有选项--yeers（可能的选项：--seed、--years）", "No such opt"),
    (("compar",), "没有命令'compar'。是否指'compare'？", "No such command"),
    (("init",), "缺少DIR。", "Missing argument 'DIR'"),
    (("project", "--years"), "选项--years须带取值。", "requires an argument"),
    (("project", "--json=1"), "选项--json不带取值。", "does not take a value"),
    (("project", "--years", "900"), "--years：应为1至100之间的整数", "'--years'"),
    (("project", "--seed", "x"), "--seed：应为整数", "'--seed'"),
    (("project", "--seed", "-1"), "--seed：随机种子须为0至2^64 - 1之间的整数", "the seed must be"),
    (("report", "--wait", "nan"), "--wait：", "'--wait'"),
    (("project", "--format", "xls"), "--format：应为parquet、csv之一", "is not one of"),
    (("project", "a", "b"), "参数与上面的用法不符。", "unexpected extra argument"),
    (("--wrong",), "没有选项--wrong", "No such option"),
    (("project", "CASE", "--pooling", "moon"), "统筹方案'moon'中的'moon'不是", "is not a level"),
    (("project", "CASE", "--set", "x"), "--set 'x'应写成PATH=VALUE", "should read PATH=VALUE"),
    (("optimise", "CASE", "--by", "2030"), "--by是--ruin的最后一年", "--by is the last year"),
    (("optimise", "CASE", "--choose", "taxes"), "--choose 'taxes'：应为", "'taxes': expected"),
    (("report", "CASE", "--formats", "odt"), "--formats 'odt'不是", "is not one of"),
    (("report", "CASE", "--ping", "moon"), "不是http或https地址", "not an http"),
    (("report", "CASE", "CASE"), "同名案例请分次报告", "in calls of their own"),
    (("compare", "CASE", "--scenarios", "1"), "一个情景不能说明问题", "one scenario says nothing"),
    (("project", "CASE", "--engine", "moon"), "'moon'不是计算引擎", "is not an engine"),
    (("new", "d", "--schemes", "a"), "--schemes 'a'应写成", "should read NAME=payroll"),
    (("new", "d", "--ask"), "--ask需要终端", "--ask needs a terminal"),
    (("serve", "CASE", "--host", ""), "--host为空", "--host is empty"),
    (("project", "CASE", "--out", "CASE/case.toml"), "请指定文件夹", "name a folder"),
    (("synthesise", "d", "5", "--seed", "-1"), "--seed：随机种子须为", "the seed must be"),
    (("frontier", "CASE", "--points", "1"), "--points", "--points"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "chinese", "english"), REFUSED, ids=[" ".join(row[0]) for row in REFUSED]
)
def test_refusals(
    run: Run, small_folder: Path, words: tuple[str, ...], chinese: str, english: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Of the parser and of commands; as JSON they are English."""
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("LC_ALL", "C")
    given = [word.replace("CASE", str(small_folder)) for word in words]
    plain, said = run(*given), run("--lang", "zh", *given)
    assert (plain.exit_code, said.exit_code) == (2, 2)
    assert english in plain.stderr
    assert chinese in said.stderr, said.stderr
    left = [line for line in said.stderr.splitlines() if WORDS.search(line)]
    assert [line for line in left if not line.startswith(("Usage", "用法"))] == []
    if words[0] in ("project", "report", "compare", "optimise") and "--json=1" not in words:
        printed = run("--lang", "zh", *given, "--json").stdout
        if printed:
            assert not re.search("[\u4e00-\u9fff]", printed.replace(str(small_folder), ""))


def test_doctor_speaks(run: Run) -> None:
    said = run("doctor", "--lang", "zh")
    assert said.stdout.startswith("正常  字体：")
    text = said.stdout.replace("Noto Sans CJK SC", "")
    assert [line for line in text.splitlines() if WORDS.search(line)] == []
    en, zh = (run("doctor", "--json", "--lang", code).stdout for code in ("en", "zh"))
    assert en == zh


def test_prompts(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def prompted(text: str, default: object, **_: object) -> object:
        asked.append(text)
        return default

    monkeypatch.setattr("typer.prompt", prompted)
    monkeypatch.setattr("fundpool.cli.new.at_terminal", lambda: True)
    assert run("new", tmp_path / "mine", "--ask", "--lang", "zh").exit_code == 0
    assert asked[0] == "标题"
    assert not [text for text in asked if not re.search("[\u4e00-\u9fff]", text)]


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
