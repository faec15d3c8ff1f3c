"""E-mail and chat through Apprise, sent to a server of this machine; only news is sent."""

import logging
import time
from pathlib import Path
from typing import Any

import pytest

from fundpool.languages import language
from fundpool.scheduled import notices
from fundpool.scheduled.notices import NoticeError, addresses_from, notice, send
from fundpool.scheduled.outcomes import Outcome
from tests.fundpool.conftest import Run
from tests.fundpool.scheduled.receiver import keeping
from tests.fundpool.scheduled.test_many_cases import QUICK

pytest.importorskip("apprise")
ENGLISH, CHINESE = language("en"), language("zh")


def alert(change: str | None, name: str = "Ash") -> dict[str, Any]:
    return {"scheme": "resident", "name": name, "kind": "exhausted", "year": 2031,
            "change": change}  # fmt: skip


def summary(
    *alerts: dict[str, Any], cleared: int = 0, since: str | None = "run-1"
) -> dict[str, Any]:
    gone = [alert(None, "Oak")] * cleared
    return {"alerts": list(alerts), "alerts_since": since, "cleared_alerts": gone}


def test_only_news_is_sent() -> None:
    quiet = [
        Outcome("a", 0, 1.0, summary()),
        Outcome("b", 3, 1.0, summary(alert("same"), alert("better"))),
    ]
    assert notice(quiet, ENGLISH) is None
    loud = [
        Outcome("c", 3, 1.0, summary(alert("new"), alert("same"))),
        Outcome("d", 0, 1.0, summary(cleared=1)),
        Outcome("e", 2, 1.0, errors=("case.toml is missing",)),
        Outcome("f", 3, 1.0, summary(alert(None), since=None)),
    ]
    news = notice([*quiet, *loud], ENGLISH)
    assert news is not None
    title, text = news
    assert title == "fundpool: reports that failed: 1, cases whose alerts changed: 3"
    assert (
        text
        == """\
c: Alerts since run-1: 1 new, 0 worse, 0 better, 1 as they were, 0 cleared.
- new, resident, Ash, runs dry, 2031

d: Alerts since run-1: 0 new, 0 worse, 0 better, 0 as they were, 1 cleared.
- cleared, resident, Oak, runs dry, 2031

e: exit status 2
case.toml is missing

f: alerts: 1
- resident, Ash, runs dry, 2031"""
    )
    chinese = notice(loud, CHINESE)
    assert chinese is not None
    assert chinese[0] == "fundpool：失败的报告1份，预警有变化的案例3个"
    assert "新增" in chinese[1]


def test_a_long_list_is_cut() -> None:
    news = notice([Outcome("a", 3, 1.0, summary(*[alert("new")] * 25))], ENGLISH)
    assert news is not None
    assert news[1].count("Ash") == 20
    assert news[1].endswith("and 5 more")


def test_what_is_sent() -> None:
    with keeping(200, 200) as (url, paths, received):
        place = url.replace("http://", "json://")
        send([f"{place}/one", f"{place}/two"], "news", "of a case")
    assert paths == ["/one", "/two"]
    assert [(item["title"], item["message"]) for item in received] == [("news", "of a case")] * 2


def test_one_that_fails_leaves_the_others_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with keeping(500, 200) as (url, paths, _):
        place = url.replace("http://", "json://")
        with pytest.raises(NoticeError, match=r"to address 1 \(JSON\)$"):
            send([f"{place}/SECRET", f"{place}/two"], "news", "of a case")
    assert paths == ["/SECRET", "/two"]
    assert "SECRET" not in " ".join(r.getMessage() for r in caplog.records if r.name == "apprise")


def test_sending_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_sent", lambda *_: time.sleep(5))
    started = time.monotonic()
    with pytest.raises(NoticeError, match="within 0 s"):
        send(["json://127.0.0.1/x"], "news", "of a case", seconds=0.2)
    assert time.monotonic() - started < 4


def test_addresses(tmp_path: Path) -> None:
    file = tmp_path / "addresses"
    file.write_text("# who\n\njson://127.0.0.1/a\r\n  json://127.0.0.1/b\n", encoding="utf-8")
    assert addresses_from(file, None) == ("json://127.0.0.1/a", "json://127.0.0.1/b")
    assert addresses_from(None, "json://127.0.0.1/c") == ("json://127.0.0.1/c",)
    assert addresses_from(None, None) == ()


def test_a_report_sends_news_once(
    run: Run, small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("report", small_folder, *QUICK, "--archive", tmp_path / "archive")
    with keeping(200, 403) as (url, _, received):
        monkeypatch.setenv("FUNDPOOL_NOTIFY", url.replace("http://", "json://") + "/SECRET")
        assert run(*words).exit_code == 3
        assert run(*words).exit_code == 3  # nothing has changed since
        failed = run(*words, "--against", "none", "--lang", "zh")
    assert failed.exit_code == 1
    assert "通知无法发送至地址1 (JSON)" in failed.stderr
    assert "SECRET" not in failed.output
    assert len(received) == 2
    assert f"{small_folder.name}: alerts: 2" in received[0]["message"]
    assert "新增" in received[1]["message"]


def test_addresses_are_checked_before_the_work(
    run: Run, small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, empty = tmp_path / "wrong", tmp_path / "empty"
    wrong.write_text("json://127.0.0.1/a\nnothing://SECRET\n", encoding="utf-8")
    empty.write_text("# nobody\n", encoding="utf-8")
    for file, words in (
        (wrong, "line 2 of"), (empty, "names no address"), (tmp_path / "none", "cannot be read"),
    ):  # fmt: skip
        done = run("report", small_folder, *QUICK, "--notify", file, "--out", tmp_path / "out")
        assert done.exit_code == 2
        assert words in done.stderr
        assert "SECRET" not in done.stderr
    monkeypatch.setattr(notices, "find_spec", lambda _name: None)
    done = run("report", small_folder, *QUICK, "--notify", wrong, "--out", tmp_path / "out")
    assert "pip install 'fundpool[notify]'" in done.stderr
    assert not (tmp_path / "out").exists()
