"""The server's answers and refusals, over plain HTTP."""

import http.client
import io
import json
import threading
import time
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import xlsxwriter

from fundpool.inputs.case import read_case
from fundpool.models.analysis.what_if import PoolLevers, WhatIf
from fundpool.models.projection.comparison import compare
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.web.serving import Limits
from fundpool.web.work.uploads import UploadRefusedError, plain_name, refuse_unsafe

JSON = {"content-type": "application/json"}


def ask(
    address: str, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """One request; header names are written with underscores."""
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def plan(address: str, request: dict[str, Any]) -> dict[str, Any]:
    """A plan's answer, waited for."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status, _, body = ask(
            address,
            "POST",
            "/api/plan",
            json.dumps(request).encode(),
            content_type=JSON["content-type"],
        )
        if status == 200:
            found: dict[str, Any] = json.loads(body)
            return found
        assert status == 202, body
        time.sleep(0.1)
    raise AssertionError("no answer")


def with_fans(address: str, request: dict[str, Any]) -> dict[str, Any]:
    """A plan's answer with its scenarios."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = plan(address, request)
        if found["waiting"] is None:
            return found
        time.sleep(0.1)
    raise AssertionError("no scenarios")


def refusal(address: str, request: dict[str, Any]) -> str:
    """The words of a refused plan."""
    plan(address, {})
    status, _, body = ask(
        address,
        "POST",
        "/api/plan",
        json.dumps(request).encode(),
        content_type=JSON["content-type"],
    )
    assert status in (400, 404, 422), body
    return str(json.loads(body)["error"])


def test_numbers_are_those_of_the_command(address: str, case_folder: Path) -> None:
    expected = compare(read_case(case_folder), ["county", "province"], years=6)
    for scheme in ("employee", "resident"):
        found = with_fans(address, {"scheme": scheme, "pooling": "province"})
        for side, pooling in (("a", "county"), ("b", "province")):
            rows = expected.overview.set_index(["plan", "scheme"]).loc[(pooling, scheme)]
            for theirs, ours in (
                ("pools", "pools"), ("pools_exhausted", "pools_exhausted"),
                ("short_range_failed", "short_range_failed"),
                ("min_reserve_months", "min_reserve_months"), ("level_rate_mean", "level_rate"),
                ("persons_exhausted_share", "persons_exhausted_share"),
                ("income_rate_mean", "income_rate"), ("closing_balance", "closing_balance"),
            ):  # fmt: skip
                assert found[side][ours] == pytest.approx(rows[theirs], rel=1e-9), (side, ours)
            assert found[side]["evenness"]["gini"] == pytest.approx(rows["gini"], rel=1e-9)


def test_fans_are_those_of_the_scenarios(address: str, case_folder: Path) -> None:
    study = compare(read_case(case_folder), ["county"], years=6).study
    balances = WhatIf([sampled_paths(study, "province", "resident", 60, 1)]).balances(PoolLevers())
    found = with_fans(address, {"scheme": "resident", "pooling": "province", "county": "ash"})
    assert found["scenarios"] == 60
    for group in (found["paths"]["total"]["b"], found["paths"]["county"]["b"]):
        for name, share in (("p05", 5), ("p50", 50), ("p95", 95)):
            expected = np.percentile(balances[:, :, 0], share, axis=0)
            assert group[name] == pytest.approx(expected.tolist(), rel=1e-5)
    ruin = (balances[:, :, 0] < 0).any(axis=1).mean()
    assert found["pools"][0]["ruin_probability"] == pytest.approx(ruin)
    assert found["paths"]["county"]["b"]["ruin"][-1] == pytest.approx(ruin)
    median = np.median(balances[:, -1, 0])
    assert found["b"]["closing_balance_median"] == pytest.approx(median, rel=1e-5)
    assert found["pools"][0]["closing_balance_median"] == pytest.approx(median, rel=1e-5)
    # the central path keeps its name and its value when scenarios arrive
    (central,) = study.pooled("province").overview.query("scheme == 'resident'")["closing_balance"]
    for balance in (found["b"]["closing_balance"], found["paths"]["total"]["b"]["central"][-1]):
        assert balance == pytest.approx(central, rel=1e-9)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"pooling": "village"}, "not a level"),
        ({"scheme": "dental"}, "no scheme 'dental'"),
        ({"policies": ["free-care"]}, "no policy 'free-care'"),
        ({"county": "oak"}, "no region 'oak'"),
        ({"levers": {"rate": 9.0}}, "levers.rate"),
        ({"levers": {"rate": -0.2}}, "below zero"),
        ({"magic": 1}, "magic"),
        ({"case": "somebody-elses"}, "not open"),
        ({"policies": ["../../etc/passwd"]}, "no policy"),
    ],
)
def test_mistakes_are_reported_in_a_sentence(
    address: str, request_: dict[str, Any], words: str
) -> None:
    said = refusal(address, request_)
    assert words in said
    assert "Traceback" not in said


def test_strict_headers(address: str) -> None:
    for path in ("/", "/static/js/main.js", "/api/case", "/nothing"):
        _, headers, _ = ask(address, "GET", path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example:80"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
    ],
)
def test_other_pages_are_refused(address: str, headers: dict[str, str], status: int) -> None:
    for method, path in (("GET", "/api/case"), ("POST", "/api/plan")):
        got, sent, body = ask(address, method, path, b"{}" if method == "POST" else None, **headers)
        assert got == status, body
        assert "content-security-policy" in sent


def test_its_own_page_is_answered(address: str) -> None:
    status, _, _ = ask(address, "GET", "/api/case", origin=address.rstrip("/"))
    assert status == 200


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/docs", "/openapi.json"]
)
def test_nothing_else_is_served(address: str, path: str) -> None:
    assert ask(address, "GET", path)[0] == 404


def test_get_changes_nothing(address: str) -> None:
    for path in ("/api/plan", "/api/cases", "/api/policy", "/api/frontier"):
        assert ask(address, "GET", path)[0] == 405


def test_fifty_megabytes_of_junk_are_refused(address: str) -> None:
    junk = b"\x00" * (50 * 1024 * 1024)
    try:
        status, _, body = ask(address, "POST", "/api/cases", junk, x_file_name="junk.xlsx")
    except (BrokenPipeError, ConnectionResetError):
        # refused before it was sent; ask again with the length alone
        status, _, body = ask(
            address, "POST", "/api/cases", b"", x_file_name="junk.xlsx",
            content_length=str(len(junk)),
        )  # fmt: skip
    assert status == 413
    assert "at most 20 MB" in json.loads(body)["error"]
    status, _, _ = ask(address, "POST", "/api/plan", b" " * 300_000)
    assert status == 413


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"host": "elsewhere.example"}, 421),
        ("POST", {"origin": "http://elsewhere.example"}, 403),
        ("POST", {"content_length": "300000"}, 413),
        ("POST", {"content_length": "5", "transfer_encoding": "chunked"}, 400),
        ("PATCH", {}, 405),
    ],
)
def test_what_is_refused_before_the_page_is_said_in_both_languages(
    address: str, method: str, headers: dict[str, str], status: int
) -> None:
    """Host, origin, size and method; a browser that opens an address reads its own language."""
    got, _, body = ask(address, method, "/api/plan", b"", **headers)
    said = json.loads(body)
    assert (got, said["error"][-1], said["error_local"][-1]) == (status, ".", "。")
    if status == 405:  # of the application: always JSON
        return
    for language, name in (("zh-CN,zh;q=0.9", "error_local"), ("en", "error")):
        opened = {"accept": "text/html,*/*", "accept_language": language}
        _, answered, body = ask(address, method, "/api/plan", b"", **headers, **opened)
        assert answered["content-type"] == "text/plain; charset=utf-8"
        assert body.decode("utf-8") == said[name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../etc/cron.d/case.xlsx", "path"),
        ("..\\case.xlsx", "path"),
        ("case.xlsx\x00.toml", "path"),
        ("case.csv", "Only a workbook"),
        ("", "Only a workbook"),
        ("=cmd|x.xlsx", "letters"),
    ],
)
def test_names_that_are_no_plain_names(address: str, name: str, words: str) -> None:
    with pytest.raises(UploadRefusedError, match=words):
        plain_name(name)
    status, _, body = ask(address, "POST", "/api/cases", b"x", x_file_name=quote(name))
    assert status == 400
    assert words in json.loads(body)["error"]


def workbook(formula: bool = False, extra: str = "") -> bytes:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    sheet = book.add_worksheet("population")
    sheet.write_number(0, 0, 1.0)
    if formula:
        sheet.write_formula(6, 2, "=SUM(A1:A2)")
    book.close()
    if extra:
        with zipfile.ZipFile(memory, "a") as packed:
            packed.writestr(extra, b"x")
    return memory.getvalue()


def test_formulas_macros_and_what_is_no_workbook(address: str) -> None:
    refuse_unsafe(workbook(), Limits())
    for contents, words in (
        (workbook(formula=True), "Sheet population, row 7, column C holds a formula"),
        (workbook(extra="xl/vbaProject.bin"), "macros"),
        (workbook(extra="xl/externalLinks/externalLink1.xml"), "links"),
        (b"PK nonsense", "not an .xlsx workbook"),
        (b"", "not an .xlsx workbook"),
    ):
        status, _, body = ask(address, "POST", "/api/cases", contents, x_file_name="case.xlsx")
        assert status == 400
        assert words in json.loads(body)["error"]
    with pytest.raises(UploadRefusedError, match="unpacked"):
        refuse_unsafe(workbook(), Limits(unpacked_bytes=100))


def test_an_uploaded_case_belongs_to_who_uploaded_it(address: str, case_workbook: Path) -> None:
    status, _, body = ask(
        address, "POST", "/api/cases", case_workbook.read_bytes(), x_file_name="small.xlsx"
    )
    assert status == 200, body
    key = json.loads(body)["case"]
    assert len(key) >= 20
    record = json.loads(ask(address, "GET", f"/api/case?case={key}")[2])
    assert record["label"] == "small.xlsx"
    assert json.loads(ask(address, "GET", "/api/case")[2])["label"] != "small.xlsx"
    assert ask(address, "GET", f"/api/case?case={key[:-1]}")[0] == 404


def test_ten_sessions_at_once_get_their_own_answers(address: str) -> None:
    plan(address, {})
    requests = [
        {"pooling": ("county", "province")[i % 2], "scheme": ("employee", "resident")[i // 5],
         "levers": {"care": i / 100, "rate": i / 1000}}
        for i in range(10)
    ]  # fmt: skip
    alone = [with_fans(address, request) for request in requests]
    found: dict[tuple[int, int], dict[str, Any]] = {}

    def session(number: int) -> None:
        for turn in range(5):
            found[number, turn] = with_fans(address, requests[number])

    threads = [threading.Thread(target=session, args=(i,)) for i in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 50
    for (number, _), answer in found.items():
        assert answer == alone[number]
    assert len({json.dumps(answer, sort_keys=True) for answer in alone}) == 10


def test_a_job_is_watched_and_cancelled(address: str) -> None:
    plan(address, {})
    request = {"optimised": {"months": 3.25, "one_path": True}}
    status, _, body = ask(
        address,
        "POST",
        "/api/plan",
        json.dumps(request).encode(),
        content_type=JSON["content-type"],
    )
    assert status == 202
    name = json.loads(body)["job"]
    assert ask(address, "DELETE", f"/api/jobs/{name}")[0] == 200
    _, headers, events = ask(address, "GET", f"/api/jobs/{name}/events")
    assert headers["content-type"].startswith("text/event-stream")
    last = json.loads(events.decode().strip().split("\n\n")[-1].removeprefix("data: "))
    assert last["status"] == "cancelled"
    # asked for again it begins again
    assert plan(address, request)["plan"]["status"] in ("certified", "shortfall")
    assert ask(address, "GET", "/api/jobs/unknown")[0] == 404


def test_a_token_is_asked_for_where_others_can_reach_the_server(tmp_path: Path) -> None:
    import asyncio

    from fundpool.web.server.security import Guard
    from fundpool.web.serving import Serving

    served: list[str] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        served.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    serving = Serving("small", frozenset({"10.0.0.1:80"}), tmp_path, token="word")
    guard = Guard(app, serving)

    def status(query: bytes = b"", **headers: str) -> tuple[int, dict[bytes, bytes]]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        named = [(b"host", b"10.0.0.1:80")]
        named += [(k.encode(), v.encode()) for k, v in headers.items()]
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": named,
            "query_string": query,
        }
        asyncio.run(guard(scope, receive, send))
        return sent[0]["status"], dict(sent[0]["headers"])

    assert status()[0] == 401
    assert status(b"token=other")[0] == 401
    code, headers = status(b"token=word")
    assert code == 200
    assert b"HttpOnly" in headers[b"set-cookie"]
    assert status(cookie="fundpool=word")[0] == 200
    assert status(authorization="Bearer word")[0] == 200
    assert len(served) == 3
