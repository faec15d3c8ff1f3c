"""Faults of the webhook and of requests to the server."""

import asyncio
import contextlib
import io
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from fundpool.cli.serve import hosts_of
from fundpool.web.server import heads
from fundpool.web.server.security import Guard
from fundpool.web.serving import Limits, Serving
from fundpool.web.work.uploads import UploadRefusedError, refuse_unsafe
from fundpool.webhook import WebhookError, post_alerts, shown_address, signature
from validation.fault_bench import Bench, Fault, wrong_unless

SECRET = "SECRETTOKEN"
SUMMARY = {"case": "x", "alerts": [{"rule": "target"}]}


def faults() -> Iterator[Fault]:
    """Every fault of the network."""
    yield from _addresses()
    yield from _answers()
    yield from _requests()
    yield from _uploads()


def _addresses() -> Iterator[Fault]:
    for end in ("h/a b", "h/\u4e2d\u6587", "h:abc/", "h/\r\nX: y", "h:99999/", "h:0/", "", "/x",
                "user:{0}@h/", "[::1/", "..", "h\0/", "999.1.1.1/", "-" * 300 + "/"):  # fmt: skip
        for scheme in ("http", "https", "ftp", "file"):
            url = f"{scheme}://{end.format(SECRET)}?key={SECRET}"

            def trial(bench: Bench, place: Path, url: str = url) -> str:
                outcome = bench.report(place, "--webhook", url)
                leak = "the secret is shown" if SECRET in outcome.err else ""
                return wrong_unless(outcome, 2, says="--webhook") or leak

            yield Fault("webhook addresses", f"{scheme} {end!r}", trial, "F13",
                        scheme == "http")  # fmt: skip

    def no_file(bench: Bench, place: Path) -> str:
        return wrong_unless(bench.report(place, "--webhook-file", place / "none"), 2)

    yield Fault("webhook addresses", "a file that is not there", no_file, "F13", True)


@contextlib.contextmanager
def _listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """An address at which every connection is given to ``answer``."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    connection.recv(65536)
                    answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook/{SECRET}?key={SECRET}"


def _drip(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"H")
        time.sleep(0.1)


def _answers() -> Iterator[Fault]:
    answers: dict[str, Callable[[socket.socket], None]] = {
        "binary": lambda c: c.sendall(bytes(range(256)) + b"\r\n"),
        "a header of 200 kB": lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000),
        "closed at once": lambda c: c.close(),
        "one byte at a time": _drip,
        "status 500": lambda c: c.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"),
        "status 400": lambda c: c.sendall(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"),
        "status 700": lambda c: c.sendall(b"HTTP/1.1 700 No\r\nContent-Length: 0\r\n\r\n"),
        "a redirect": lambda c: c.sendall(b"HTTP/1.1 302 No\r\nLocation: http://127.0.0.1:9/\r\n"
                                          b"Content-Length: 0\r\n\r\n"),
    }  # fmt: skip
    for name, answer in answers.items():

        def trial(
            bench: Bench, place: Path, answer: Callable[[socket.socket], None] = answer
        ) -> str:
            begun = time.monotonic()
            with _listening(answer) as url:
                try:
                    post_alerts(url, SUMMARY, lambda _: None, seconds=1.5)
                except WebhookError as error:
                    leak = "the secret is shown" if SECRET in str(error) else ""
                    late = "it takes too long" if time.monotonic() - begun > 3.0 else ""
                    return leak or late
            return "taken as delivered"

        yield Fault("webhook answers", name, trial, "F13", name != "one byte at a time")

    def repeats(bench: Bench, place: Path) -> str:
        received: list[bytes] = []

        def answer(connection: socket.socket) -> None:
            code = b"503" if len(received) < 3 else b"200"
            connection.sendall(b"HTTP/1.1 " + code + b" X\r\nContent-Length: 0\r\n\r\n")

        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve() -> None:
                for _ in range(3):
                    connection, _ = server.accept()
                    with connection:
                        text = b""
                        while b"rule" not in text:
                            text += connection.recv(65536)
                        received.append(text)
                        answer(connection)

            threading.Thread(target=serve, daemon=True).start()
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            post_alerts(url, SUMMARY, lambda _: None, secret=b"key", seconds=20.0)
        ids = {line for text in received for line in text.splitlines() if b"Delivery" in line}
        body = received[0].partition(b"\r\n\r\n")[2]
        signed = signature(body, b"key").encode() in received[0]
        if len(received) != 3 or len(ids) != 1:
            return f"{len(received)} deliveries with {len(ids)} ids"
        return "" if signed else "the signature is not that of the body"

    yield Fault("webhook answers", "two failures, then success", repeats, "F13", True)

    def hidden(bench: Bench, place: Path) -> str:
        return "shown" if SECRET in shown_address(f"https://u:{SECRET}@h/{SECRET}") else ""

    yield Fault("webhook answers", "a secret in the address, shown in messages", hidden, "F13",
                True)  # fmt: skip


def _serving(**given: Any) -> Serving:
    return Serving(case="x", hosts=frozenset({"127.0.0.1:80", "127.0.0.1"}), folder=Path(), **given)


def _asked(serving: Serving, query: str = "", **headers: str) -> int:
    """Status of a request to the guard around an application that answers 200."""
    sent: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/api/plan",
        "query_string": query.encode("latin-1"),
        "headers": [(k.replace("_", "-").encode(), v.encode("latin-1"))
                    for k, v in headers.items()],
    }  # fmt: skip
    asyncio.run(Guard(app, serving)(scope, receive, send))
    return int(sent[0]["status"])


def _requests() -> Iterator[Fault]:
    here = "127.0.0.1"
    wanted: dict[str, tuple[int, str, dict[str, str], str]] = {
        "token in non-ASCII letters": (401, "token=%C3%A9", {"host": here}, "F23"),
        "token of bytes": (401, "token=%ff", {"host": here}, "F23"),
        "bearer in Latin-1": (401, "", {"host": here, "authorization": "Bearer \xe9"}, "F23"),
        "cookie in Latin-1": (401, "", {"host": here, "cookie": "fundpool=\xe9"}, "F23"),
        "no token": (401, "", {"host": here}, "F23"),
        "right token": (200, "token=word", {"host": here}, "F23"),
        "length and chunks": (400, "token=word", {"host": here, "content_length": "1",
                                                  "transfer_encoding": "chunked"}, "F23"),
        "length that is none": (413, "token=word", {"host": here, "content_length": "-1"}, ""),
        "another host": (421, "token=word", {"host": "evil.example"}, "F17"),
        "no host": (421, "token=word", {}, "F17"),
        "another origin": (403, "token=word", {"host": here, "origin": "http://evil"}, "F17"),
        "origin null": (403, "token=word", {"host": here, "origin": "null"}, "F17"),
        "from another site": (403, "token=word", {"host": here, "sec_fetch_site": "cross-site"},
                              ""),
    }  # fmt: skip
    for name, (status, query, headers, case) in wanted.items():

        def trial(
            bench: Bench, place: Path, status: int = status, query: str = query,
            headers: dict[str, str] = headers,
        ) -> str:  # fmt: skip
            reply = _asked(_serving(token="word"), query, **headers)
            return "" if reply == status else f"status {reply}, not {status}"

        yield Fault("requests", name, trial, case, True)
    hosts = {
        "every address, by 127.0.0.1": ("0.0.0.0", 8350, (), "127.0.0.1:8350"),
        "every address, by the machine's name": (
            "0.0.0.0", 8350, (), f"{socket.gethostname().lower()}:8350",
        ),
        "port 80, left out": ("127.0.0.1", 80, (), "127.0.0.1"),
        "a public name": ("0.0.0.0", 8350, ("Funds.example",), "funds.example"),
        "a public name with a port": ("::1", 8350, ("funds.example:444",), "funds.example:444"),
        "an address of version 6": ("::1", 8350, (), "[::1]:8350"),
    }  # fmt: skip
    for name, (host, port, names, value) in hosts.items():

        def known(
            bench: Bench, place: Path, host: str = host, port: int = port,
            names: tuple[str, ...] = names, value: str = value,
        ) -> str:  # fmt: skip
            return "" if value in hosts_of(host, port, names) else f"{value} is not answered"

        yield Fault("requests", name, known, "F17", True)

    def half_open(bench: Bench, place: Path, sent: bytes) -> str:
        """Connections without a whole head are cut off after the time limit."""
        import uvicorn

        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        before, heads.SECONDS = heads.SECONDS, 0.4
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, http=heads.TimedHeads, lifespan="off",
                                               log_level="error", ws="none"))  # fmt: skip
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            with socket.create_connection(listener.getsockname()) as connection:
                connection.settimeout(5.0)
                connection.sendall(sent)
                return "" if connection.recv(100) == b"" else "it is answered"
        except TimeoutError:
            return "it is kept open"
        finally:
            heads.SECONDS = before
            server.should_exit = True
            thread.join(10.0)

    for name, sent in {
        "a head that never ends": b"GET / HTTP/1.1\r\nHost: x\r\nX: ",
        "a connection that sends nothing": b"",
    }.items():
        yield Fault("requests", name, partial(half_open, sent=sent), "F12", True)


def _packed(sheet: bytes, listed: bytes = b"<workbook/>", targets: bytes = b"<x/>") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", listed)
        packed.writestr("xl/_rels/workbook.xml.rels", targets)
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
    return file.getvalue()


def _uploads() -> Iterator[Fault]:
    many = 3 * 2**20
    uploads = {
        "cells without end": _packed(b"<c " * many + b"<f>"),
        "cells with addresses without end": _packed(b'<c r="A1" ' * many + b"<f>"),
        "sheets without end": _packed(b"<f>", listed=b"<sheet " * many),
        "relations without end": _packed(b"<f>", targets=b"<Relationship " * many),
        "blanks before a formula": _packed(b'<c r="A1">' + b" " * many + b"<f>"),
        "no zip": b"x" * 1000,
        "a zip of nothing": b"PK\x05\x06" + bytes(18),
    }
    for name, contents in uploads.items():

        def trial(bench: Bench, place: Path, contents: bytes = contents) -> str:
            begun = time.monotonic()
            try:
                refuse_unsafe(contents, Limits())
            except UploadRefusedError:
                took = time.monotonic() - begun
                return f"{took:.0f} s" if took > 5.0 else ""
            return "taken"

        yield Fault("uploads", name, trial, "F4", name.startswith("cells"))
