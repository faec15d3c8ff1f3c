"""What who runs the server relies on: health check, access log, limits by session."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fundpool.inputs.case import read_case
from fundpool.web.server.access_log import AccessLog
from fundpool.web.server.app import create_app
from fundpool.web.server.messages import App, Message, Receive, Scope, Send
from fundpool.web.server.security import Guard
from fundpool.web.serving import Limits, Serving
from fundpool.web.work.jobs import Job, Jobs, SessionBusyError
from fundpool.web.work.projection_cache import ProjectionCache
from fundpool.web.work.sessions import Sessions, TooManyRequestsError

HOST = "127.0.0.1:80"


def serving(folder: Path, **given: Any) -> Serving:
    return Serving("small", frozenset({HOST}), folder, years=2, scenarios=0, **given)


async def ask(app: App, path: str, client: str = "10.0.0.2", **headers: str) -> list[Message]:
    """Messages that answer a GET."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    place, _, query = path.partition("?")
    named = {"host": HOST} | headers
    scope: Scope = {
        "type": "http", "method": "GET", "path": place, "raw_path": place.encode(),
        "query_string": query.encode(), "client": (client, 1), "root_path": "", "scheme": "http",
        "headers": [(k.encode(), v.encode()) for k, v in named.items()],
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


def status(messages: list[Message]) -> int:
    return int(messages[0]["status"])


def cookie(messages: list[Message]) -> str:
    """The session's cookie that an answer sets; empty for none."""
    values = [value.decode() for name, value in messages[0]["headers"] if name == b"set-cookie"]
    return next((v.partition(";")[0] for v in values if v.startswith("fundpool-session=")), "")


@pytest.fixture
def app(case_folder: Path, tmp_path: Path) -> Iterator[AccessLog]:
    """The application behind a token, with an access log, before its first projection."""
    served = serving(tmp_path, token="word", access_log=tmp_path / "log", log_style="json")
    made = create_app(served, read_case(case_folder), tmp_path / "charts.js")
    assert isinstance(made, AccessLog)
    yield made
    made.close()


def test_health_is_answered_without_a_token_and_says_no_more(app: App) -> None:
    answer = asyncio.run(ask(app, "/health"))
    body = json.loads(answer[1]["body"])
    assert status(answer) == 200
    assert set(body) == {"status", "version", "jobs"}
    assert body["status"] == "starting"
    assert cookie(answer) == ""
    assert status(asyncio.run(ask(app, "/api/case"))) == 401
    assert status(asyncio.run(ask(app, "/health", host="elsewhere"))) == 421


def test_every_request_is_a_line_and_no_token_is_in_it(app: App, tmp_path: Path) -> None:
    asyncio.run(ask(app, "/health"))
    asyncio.run(ask(app, "/api/case?token=word"))
    asyncio.run(ask(app, "/nothing%0Ahere"))
    text = (tmp_path / "log").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/health", 200), ("GET", "/api/case", 200), ("GET", "/nothing%0Ahere", 401),
    ]  # fmt: skip
    assert all(line["ms"] >= 0 and line["time"].endswith("Z") for line in lines)
    assert "word" not in text


def test_a_request_that_fails_is_logged_as_text(tmp_path: Path) -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    async def leaving(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    for app, path in ((failing, "/x"), (leaving, "/y")):
        log = AccessLog(app, tmp_path / "log", "text")
        with contextlib.suppress(RuntimeError):
            asyncio.run(ask(log, path))
        log.close()
    first, second = (tmp_path / "log").read_text("utf-8").splitlines()
    assert " GET /x 500 " in first
    assert " GET /y 499 " in second


def waiting_guard(folder: Path, **limits: int) -> tuple[Guard, asyncio.Event]:
    """A guard around an application that answers when the event is set; health at once."""
    go = asyncio.Event()

    async def waiting(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["path"] != "/health":
            await go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return Guard(waiting, serving(folder, limits=Limits(**limits))), go


def test_one_session_cannot_take_every_place(tmp_path: Path) -> None:
    async def trial() -> None:
        guard, go = waiting_guard(tmp_path, session_requests=2)
        go.set()
        mine = cookie(await ask(guard, "/x"))
        other = cookie(await ask(guard, "/x"))
        go.clear()
        held = [asyncio.ensure_future(ask(guard, "/x", cookie=mine)) for _ in range(2)]
        await asyncio.sleep(0)
        assert status(await ask(guard, "/x", cookie=mine)) == 429
        go.set()
        assert status(await ask(guard, "/x", cookie=other)) == 200  # of the same address
        assert {status(answer) for answer in await asyncio.gather(*held)} == {200}
        answer = await ask(guard, "/x", cookie=mine)
        assert (status(answer), cookie(answer)) == (200, "")

    asyncio.run(trial())


@pytest.mark.parametrize("sent", ["", "fundpool-session=made-up.0", "fundpool-session=\xe9"])
def test_without_a_cookie_of_the_server_the_address_is_counted(tmp_path: Path, sent: str) -> None:
    async def trial() -> None:
        guard, go = waiting_guard(tmp_path, session_requests=1)
        held = asyncio.ensure_future(ask(guard, "/x"))
        await asyncio.sleep(0)
        assert status(await ask(guard, "/x", cookie=sent)) == 429
        go.set()
        assert status(await ask(guard, "/x", client="10.0.0.3")) == 200
        assert status(await held) == 200

    asyncio.run(trial())


def test_a_full_server_still_answers_its_health_check(tmp_path: Path) -> None:
    async def trial() -> None:
        guard, go = waiting_guard(tmp_path, requests=1)
        held = asyncio.ensure_future(ask(guard, "/x"))
        await asyncio.sleep(0)
        assert status(await ask(guard, "/x", client="10.0.0.3")) == 503
        assert status(await ask(guard, "/health", client="10.0.0.4")) == 200
        go.set()
        await held

    asyncio.run(trial())


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(4)


def test_one_session_cannot_fill_the_queue(sessions: Sessions) -> None:
    jobs = Jobs(64, most_of_session=2)

    def until_stopped(job: Job) -> None:
        job.stop.wait(20)

    with sessions.request("one"):
        for key in ("a", "b"):
            jobs.submit(key, "projection", until_stopped)
        jobs.submit("a", "projection", until_stopped)  # joined
        with pytest.raises(SessionBusyError):
            jobs.submit("c", "projection", until_stopped)
    with sessions.request("two"):
        jobs.submit("c", "projection", until_stopped)
    jobs.submit("d", "projection", until_stopped)
    assert jobs.under_way == 4
    jobs.close()


def test_one_session_cannot_push_out_the_cases_of_others(
    sessions: Sessions, case_folder: Path, tmp_path: Path
) -> None:
    case = read_case(case_folder)
    cache = ProjectionCache(serving(tmp_path, limits=Limits(uploads=4, session_uploads=2)), case)
    with sessions.request("one"):
        first = cache.add("one", case).key
    with sessions.request("two"):
        keys = [cache.add(str(number), case).key for number in range(5)]
    assert cache.opened(first).label == "one"
    assert [cache.opened(key).label for key in keys[-2:]] == ["3", "4"]
    for key in keys[:-2]:
        with pytest.raises(ValueError, match="not open"):
            cache.opened(key)


def test_a_session_is_counted_down_again(sessions: Sessions) -> None:
    for _ in range(10):
        with sessions.request("one"), sessions.request("one"):
            pass
    with contextlib.ExitStack() as under_way:
        for _ in range(4):
            under_way.enter_context(sessions.request("one"))
        with pytest.raises(TooManyRequestsError):
            under_way.enter_context(sessions.request("one"))
