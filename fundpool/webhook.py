"""Alerts and pings sent to an address that the user names; nothing is sent anywhere else."""

import hmac
import json
import queue
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from http.client import HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of

ATTEMPTS = 4
FIRST_WAIT = 1.0
TIMEOUT = 10.0
"""Seconds of one attempt."""
TOTAL = 60.0
"""Seconds of all attempts and the waits between them."""
MOST_SECRET = 4096
LONGEST_REASON = 200
POSTED = (
    "case", "title", "base_year", "inputs_sha256", "code_version", "run", "alert_plan", "alerts",
    "alerts_since", "cleared_alerts",
)  # fmt: skip
"""What of summary.json is posted, and the id of the run in the archive."""
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
ADDRESS_SIGN = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]")


class WebhookError(Exception):
    """The alerts did not get through."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that was not named is not followed."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse."""
        return


def check_address(url: str) -> str:
    """The address, if it can be posted to.

    Raises:
        ValueError: it is not an http or https address of plain signs (RFC 3986) that names a
            host, or it holds a password, which would be written into logs.
    """
    head = re.match(r"[a-z]+://[^/?#]*", url, re.IGNORECASE)
    shown = re.sub(r"//[^/]*@", "//...@", f"{head[0]}/..." if head else "it")
    wrong = next((sign for sign in url if not ADDRESS_SIGN.match(sign)), None)
    if wrong is not None:
        raise ValueError(
            Message(
                "%(shown)s holds %(wrong)s; write a host in its ASCII form (xn--...) and "
                "other signs as %%XX",
                shown=repr(shown),
                wrong=repr(wrong),
            )
        )
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError as error:
        raise ValueError(
            Message(
                "%(shown)s is not an http or https address: %(why)s",
                shown=repr(shown),
                why=message_of(error),
            )
        ) from None
    if "@" in split.netloc:
        raise ValueError(Message("names a user or password in the address, which is not supported"))
    if split.scheme not in ("http", "https") or not _is_host(split.hostname or "") or port == 0:
        raise ValueError(Message("%(shown)s is not an http or https address", shown=repr(shown)))
    return url


def _is_host(host: str) -> bool:
    """Whether a text is an IP address or could be a host's name."""
    if ":" in host or re.fullmatch(r"[\d.]+", host):
        try:
            ip_address(host)
        except ValueError:
            return False
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(re.fullmatch(r"[A-Za-z0-9_-]{1,63}", name) for name in labels)


def address_from(
    url: str | None, file: Path | None, file_option: str = "--webhook-file"
) -> str | None:
    """An address given itself or in a file, where lists of processes and logs do not show it;
    None without either.

    Raises:
        ValueError: both are given, the file cannot be read, or it is no address.
    """
    if url is not None and file is not None:
        raise ValueError(
            Message(
                "and %(file_option)s name two addresses; give one of them", file_option=file_option
            )
        )
    if file is not None:
        url = secret_from(file).decode("utf-8", "replace")
    return None if url is None else check_address(url)


def secret_from(file: Path) -> bytes:
    """A secret from a file, blanks around it left out.

    Raises:
        ValueError: it cannot be read, or is empty.
    """
    try:
        with file.open("rb") as stream:
            text = stream.read(MOST_SECRET).strip()
    except OSError as error:
        raise ValueError(
            Message(
                "file %(file)s cannot be read: %(why)s",
                file=repr(str(file)),
                why=error.strerror or str(error),
            )
        ) from None
    if not text:
        raise ValueError(Message("file %(file)s is empty", file=repr(str(file))))
    return text


def shown_address(url: str) -> str:
    """The address for messages: the rest of it is a secret of many services.

    >>> shown_address("https://hooks.example/services/T0/SECRET?key=1")
    'https://hooks.example/...'
    """
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}/..."


def signature(body: bytes, secret: bytes) -> str:
    """HMAC-SHA256 of a body, as the header ``X-Fundpool-Signature`` says it."""
    return "sha256=" + hmac.new(secret, body, "sha256").hexdigest()


def post_alerts(
    url: str,
    summary: Mapping[str, Any],
    wait: Callable[[float], None] = time.sleep,
    *,
    secret: bytes | None = None,
    seconds: float = TOTAL,
) -> int:
    """POST what an alarm needs to know of a report (:func:`post`): :data:`POSTED`.

    Args:
        url: where to.
        summary: contents of summary.json.
        wait: sleeps for a number of seconds.
        secret: key of the signature; none without.
        seconds: longest time for all attempts together.

    Returns:
        the number of attempts it took.

    Raises:
        WebhookError: it was refused, or no attempt got through.
    """
    contents = {key: summary.get(key) for key in POSTED}
    return post(url, contents, wait, what="the alerts", secret=secret, seconds=seconds)


def post(
    url: str,
    contents: Mapping[str, Any],
    wait: Callable[[float], None] = time.sleep,
    *,
    what: str,
    secret: bytes | None = None,
    seconds: float = TOTAL,
) -> int:
    """POST plain data as JSON; retried when the other side is not ready.

    Waits of 1, 2 and 4 seconds lie between four attempts, which carry the same
    ``X-Fundpool-Delivery``, so that the other side can tell repeats. With a secret the header
    ``X-Fundpool-Signature`` holds :func:`signature` of the body.

    Args:
        url: where to.
        contents: the body.
        wait: sleeps for a number of seconds.
        what: is sent, for the message of a refusal.
        secret: key of the signature; none without.
        seconds: longest time for all attempts together, however slowly an answer comes.

    Returns:
        the number of attempts it took.

    Raises:
        WebhookError: it was refused, or no attempt got through.
    """
    body = json.dumps(contents, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "fundpool",
        "X-Fundpool-Delivery": str(uuid.uuid4()),
    }
    if secret is not None:
        headers["X-Fundpool-Signature"] = signature(body, secret)
    request = urllib.request.Request(check_address(url), data=body, headers=headers, method="POST")
    place = shown_address(url)
    end = time.monotonic() + seconds
    reason = ""
    for attempt in range(1, ATTEMPTS + 1):
        status, reason = _posted(request, end - time.monotonic())
        if status is not None and 200 <= status < 300:
            return attempt
        if status is not None:
            reason = f"it answers {status}"
            if status not in RETRIED:
                raise WebhookError(
                    Message(
                        "%(place)s refuses %(what)s: %(reason)s",
                        place=place,
                        what=what,
                        reason=reason,
                    )
                )
        pause = FIRST_WAIT * 2.0 ** (attempt - 1)
        if attempt == ATTEMPTS or time.monotonic() + pause >= end:
            break
        wait(pause)
    raise WebhookError(
        Message(
            "%(place)s cannot be reached after %(attempt)s attempts: %(reason)s",
            place=place,
            attempt=attempt,
            reason=reason,
        )
    )


def _posted(request: urllib.request.Request, seconds: float) -> tuple[int | None, str]:
    """Status of an answer, or None and why there is none.

    The time limit of a socket holds for each of its reads, so an answer that comes byte by byte
    is waited for in a thread that is left behind when the time is up.
    """
    outcome: queue.Queue[tuple[int | None, str]] = queue.Queue()

    def post() -> None:
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=TIMEOUT) as answer:
                outcome.put((answer.status, ""))
        except urllib.error.HTTPError as error:
            error.close()
            outcome.put((error.code, ""))
        except (OSError, HTTPException, ValueError) as error:
            why = " ".join(str(getattr(error, "reason", error)).split())
            outcome.put((None, why[:LONGEST_REASON] or type(error).__name__))

    threading.Thread(target=post, daemon=True).start()
    limit = max(0.0, min(TIMEOUT, seconds))
    try:
        return outcome.get(timeout=limit)
    except queue.Empty:
        return None, f"no answer within {limit:.0f} s"
