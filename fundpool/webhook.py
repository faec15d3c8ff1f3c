"""Alerts sent to an address that the user names; nothing is sent anywhere else."""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

ATTEMPTS = 4
FIRST_WAIT = 1.0
TIMEOUT = 10.0
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
    shown = re.sub(r"//[^/]*@", "//...@", url)
    wrong = next((sign for sign in url if not ADDRESS_SIGN.match(sign)), None)
    if wrong is not None:
        raise ValueError(
            f"{shown!r} holds {wrong!r}; write a host in its ASCII form (xn--...) and other signs "
            "as %XX"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{shown!r} is not an http or https address: {error}") from None
    if "@" in parts.netloc:
        raise ValueError("names a user or password in the address, which is not supported")
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname or "") or port == 0:
        raise ValueError(f"{url!r} is not an http or https address")
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


def post_alerts(
    url: str,
    summary: Mapping[str, Any],
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """POST what an alarm needs to know, as JSON; retried when the other side is not ready.

    The body holds case, title, base_year, inputs_sha256, code_version, alert_plan and alerts.
    Waits of 1, 2 and 4 seconds lie between four attempts.

    Args:
        url: where to.
        summary: contents of summary.json.
        wait: sleeps for a number of seconds.

    Returns:
        the number of attempts it took.

    Raises:
        WebhookError: it was refused, or no attempt got through.
    """
    keys = ("case", "title", "base_year", "inputs_sha256", "code_version", "alert_plan", "alerts")
    body = json.dumps({key: summary.get(key) for key in keys}, ensure_ascii=False).encode()
    request = urllib.request.Request(
        check_address(url),
        data=body,
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "fundpool"},
        method="POST",
    )
    opener = urllib.request.build_opener(_NoRedirect)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with opener.open(request, timeout=TIMEOUT):
                return attempt
        except urllib.error.HTTPError as error:
            error.close()
            reason = f"it answers {error.code}"
            if error.code not in RETRIED:
                raise WebhookError(f"{url} refuses the alerts: {reason}") from None
        except (OSError, HTTPException) as error:
            reason = " ".join(str(getattr(error, "reason", error)).split())
        if attempt < ATTEMPTS:
            wait(FIRST_WAIT * 2.0 ** (attempt - 1))
    raise WebhookError(f"{url} cannot be reached after {ATTEMPTS} attempts: {reason}")
