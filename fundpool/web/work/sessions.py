"""Whose request is being answered: what one session may have under way is counted by it.

A browser is given a cookie that only this server can have made; without it, requests are counted by
the address they come from, so that throwing the cookie away gains nothing.
"""

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

COOKIE = "fundpool-session"
_ASKING: ContextVar[str] = ContextVar("session", default="")


def asking_session() -> str:
    """The session whose request is being answered; empty outside of requests."""
    return _ASKING.get()


class TooManyRequestsError(Exception):
    """A session has as much under way as one session may."""


class Sessions:
    """The sessions of a server and how many requests each has under way."""

    def __init__(self, most: int) -> None:
        """Let each session have at most so many requests under way."""
        self._most = most
        self._secret = secrets.token_bytes(32)
        self._active: Counter[str] = Counter()

    def new(self) -> str:
        """The value of a new session's cookie."""
        name = secrets.token_urlsafe(12)
        return f"{name}.{self._signature(name)}"

    def known(self, cookie: str) -> bool:
        """Whether this server made a cookie."""
        name, _, signature = cookie.partition(".")
        return hmac.compare_digest(signature.encode(), self._signature(name).encode())

    @contextmanager
    def request(self, session: str) -> Iterator[None]:
        """Count a request of a session while the block runs.

        Raises:
            TooManyRequestsError: the session has as many under way as it may.
        """
        if self._active[session] >= self._most:
            raise TooManyRequestsError
        self._active[session] += 1
        before = _ASKING.set(session)
        try:
            yield
        finally:
            _ASKING.reset(before)
            self._active[session] -= 1
            if not self._active[session]:
                del self._active[session]

    def _signature(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), hashlib.sha256).hexdigest()[:32]
