"""The planners' server under load: latency, memory over time, every answer compared.

``python -m benchmarks.load --clients 300 --minutes 30`` asks a server mixed requests, each client
under a session of its own with a pause between requests. Before that, a server that does nothing
else gives the answer to each request; under load every answer must be the same. What the server
refuses because it is busy (status 429 or 503) is counted and asked again.
"""

import argparse
import http.client
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.machine import description
from benchmarks.table import Row, as_text
from tests.fundpool.web.browser import server

BUSY = (429, 503)
MIB = 2.0**20
SAMPLE = 5.0
"""Seconds between samples of memory."""


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        kind: what it is counted as.
        method, path: of the request.
        body: contents sent as JSON; None for none.
    """

    kind: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None


@dataclass
class Outcome:
    """What all clients saw; threads only append and count under the lock."""

    milliseconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def requests_of(levels: Sequence[str], schemes: Sequence[str]) -> list[Asked]:
    """The mix: plans by scheme, level and rate, their policy files, a case, pages, health."""
    plans: list[dict[str, Any]] = [
        {"scheme": scheme, "pooling": level, "levers": {"rate": rate}}
        for scheme in schemes for level in levels for rate in (0.0, 0.002, 0.005)
    ]  # fmt: skip
    for plan in plans:
        if plan["scheme"] != schemes[0]:  # flat schemes have no rate
            plan["levers"] = {"care": 10 * plan["levers"]["rate"]}
    asked = [Asked("plan", "POST", "/api/plan", plan) for plan in plans]
    asked += [Asked("policy", "POST", "/api/policy", plan) for plan in plans[1:3]]
    asked += [Asked("workbook", "POST", "/api/workbook", plans[0])]
    asked += [Asked("case", "GET", "/api/case"), Asked("page", "GET", "/"),
              Asked("health", "GET", "/health")]  # fmt: skip
    return asked


class Client:
    """A session over one connection."""

    def __init__(self, address: str) -> None:
        """Connect when first asked."""
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=120)
        self._cookie = ""

    def ask(self, asked: Asked) -> tuple[int, bytes]:
        """Status and body."""
        headers = {"content-type": "application/json"} if asked.body is not None else {}
        if self._cookie:
            headers["cookie"] = self._cookie
        body = None if asked.body is None else json.dumps(asked.body)
        try:
            self._connection.request(asked.method, asked.path, body, headers)
            answer = self._connection.getresponse()
            contents = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        self._cookie = (answer.getheader("set-cookie") or self._cookie).partition(";")[0]
        return answer.status, contents


def comparable(asked: Asked, body: bytes) -> object:
    """What of an answer is compared; None while its scenarios are still to come."""
    if asked.kind == "health":
        return sorted(json.loads(body))
    if asked.kind == "workbook":
        return body[:2]
    if asked.kind != "plan":
        return body
    contents = json.loads(body)
    return None if contents.pop("waiting") is not None else contents


def difference(first: object, second: object, place: str = "") -> str:
    """The first place at which two answers differ, with both values, shortened; empty for none.

    >>> difference({"a": [1, 2]}, {"a": [1, 3]})
    '/a/1: 2 and 3'
    """
    inner: Sequence[tuple[object, object, object]] = ()
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        inner = [(name, value, second[name]) for name, value in first.items()]
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        inner = list(zip(range(len(first)), first, second, strict=True))
    elif first != second:
        return f"{place}: {str(first)[:80]} and {str(second)[:80]}"
    places = (difference(one, other, f"{place}/{name}") for name, one, other in inner)
    return next((text for text in places if text), "")


def answered_alone(address: str, asked: Asked) -> object:
    """The answer of a server that does nothing else."""
    client = Client(address)
    while True:
        status, body = client.ask(asked)
        if status == 200:
            answer = comparable(asked, body)
            if answer is not None:
                return answer
        elif status != 202:
            raise RuntimeError(f"{asked}: {status} {body[:300]!r}")
        time.sleep(0.1)


def run_client(
    address: str, mix: Sequence[tuple[Asked, object]], seed: int,
    end: float, pause: float, outcome: Outcome,
) -> None:  # fmt: skip
    """Ask at random until the end."""
    draw, client, pairs = random.Random(seed), Client(address), mix
    time.sleep(draw.uniform(0.0, 2.0 * pause))
    while time.monotonic() < end:
        asked, expected = pairs[draw.randrange(len(pairs))]
        begun = time.perf_counter()
        try:
            status, body = client.ask(asked)
        except (OSError, http.client.HTTPException) as error:
            with outcome.lock:
                outcome.wrong.append(f"{asked.kind}: {type(error).__name__}: {error}")
            continue
        took = 1000.0 * (time.perf_counter() - begun)
        wrong = ""
        if status == 200:
            answer = comparable(asked, body)
            if answer is not None and answer != expected:
                wrong = f"{asked}: another answer than alone at {difference(expected, answer)}"
        elif status not in (202, *BUSY):
            wrong = f"{asked}: {status} {body[:200]!r}"
        with outcome.lock:
            outcome.statuses[status] += 1
            if status == 200:
                outcome.milliseconds[asked.kind].append(took)
            if wrong:
                outcome.wrong.append(wrong)
        time.sleep(draw.uniform(0.0, 2.0 * pause))


def loaded(case: str, clients: int, minutes: float, pause: float, words: Sequence[str]) -> Outcome:
    """Answers alone, then load on a new server."""
    with server(Path(case), *words) as address:
        record = json.loads(Client(address).ask(Asked("case", "GET", "/api/case"))[1])
        names = [
            scheme["name"]
            for scheme in sorted(record["schemes"], key=lambda s: s["kind"] != "payroll")
        ]
        pairs = [
            (asked, answered_alone(address, asked))
            for asked in requests_of(record["levels"], names)
        ]  # fmt: skip
    outcome = Outcome()
    with server(Path(case), *words) as address:
        (process,) = [c for c in psutil.Process().children() if "serve" in c.cmdline()]
        for asked, _ in pairs:  # projections are made once, before the clock runs
            answered_alone(address, asked)
        end = time.monotonic() + 60.0 * minutes
        threads = [
            threading.Thread(
                target=run_client, args=(address, pairs, number, end, pause, outcome), daemon=True
            )
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        while time.monotonic() < end:
            outcome.memory.append(process.memory_info().rss / MIB)
            time.sleep(min(SAMPLE, max(0.1, end - time.monotonic())))
        for thread in threads:
            thread.join(150.0)
        outcome.memory.append(process.memory_info().rss / MIB)
    return outcome


def rows_of(outcome: Outcome) -> list[Row]:
    """The table."""
    rows = []
    for kind, times in sorted(outcome.milliseconds.items()):
        shares = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
        rows.append(Row(f"{kind}: answers", float(len(times))))
        rows += [Row(f"{kind}: {n} %", shares[n - 1], "ms") for n in (50, 95, 99)]
    refused = sum(outcome.statuses[status] for status in BUSY)
    rows += [
        Row("requests", float(sum(outcome.statuses.values()))),
        Row("refused as busy", float(refused)),
        Row("wrong", float(len(outcome.wrong)), goal=0.0, wanted="at most"),
    ]
    quarter = max(1, len(outcome.memory) // 4)
    for name, part in (("first", outcome.memory[:quarter]), ("last", outcome.memory[-quarter:])):
        rows.append(Row(f"memory, {name} quarter", max(part), "MiB"))
    return rows


def main(words: list[str] | None = None) -> int:
    """Load, print; 1 if an answer is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--case", help="name or folder; a case of two counties unless given")
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--pause", type=float, default=2.0, help="mean seconds between requests")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        if asked.case is None:
            from tests.fundpool.web.conftest import page_case

            case, options = str(page_case().write(Path(folder) / "case")), ["--years", "6"]
        else:
            case, options = asked.case, []
        outcome = loaded(
            case, asked.clients, asked.minutes, asked.pause, [*options, "--scenarios", "60"]
        )
    print(f"{description()}\n\n{as_text(rows_of(outcome))}")
    for line in Counter(outcome.wrong).most_common(10):
        print(*line, file=sys.stderr)
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
