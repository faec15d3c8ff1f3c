"""What every request must pass: known host and origin, no more than its share of size and time.

Browsers that hold other pages open can reach a server on this machine. A page elsewhere must not
be able to use it: the ``Host`` is checked against rebinding of names, the ``Origin`` of whatever
changes something, and no other site may frame or read the page.
"""

import asyncio
import hmac
import json
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from fundpool.inputs.format.messages import Message
from fundpool.web.server import messages
from fundpool.web.server.messages import App, Receive, Scope, Send
from fundpool.web.serving import Serving
from fundpool.web.work import sessions
from fundpool.web.work.jobs import in_both
from fundpool.web.work.sessions import Sessions, TooManyRequestsError

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
        "connect-src 'self'", "font-src 'self'", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'",
    )
)  # fmt: skip
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
COOKIE = "fundpool"
READING = ("GET", "HEAD")
UPLOADS = "/api/cases"
EVENTS = "/events"
HEALTH = "/health"
BUSY = Message("The server has too much to do; try again in a minute.")
UNDER_WAY = Message("Too many requests at once from one session; wait for some.")


class BodyRefusedError(Exception):
    """A body that is too large or too slow."""

    def __init__(self, status: int, words: Message) -> None:
        """Keep status and words."""
        self.status, self.words = status, words
        super().__init__(words)


class Guard:
    """ASGI middleware around the application."""

    def __init__(self, app: App, serving: Serving) -> None:
        """Guard an application."""
        self.app, self.serving = app, serving
        self._active = 0
        self._sessions = Sessions(serving.limits.session_requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse in one sentence."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # a health check is answered however busy the server is, or it would be ended as dead
        if self._active >= self.serving.limits.requests and scope["path"] != HEALTH:
            await _refuse(scope, send, 503, BUSY)
            return
        self._active += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._active -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        refused = self._refusal(scope, headers)
        if refused is not None:
            await _refuse(scope, send, *refused)
            return
        cookie = _cookie_value(headers, sessions.COOKIE)
        known = self._sessions.known(cookie)
        client = (scope.get("client") or ("", 0))[0]
        session = cookie if known else f"address {client}"
        try:
            with self._sessions.request(session):
                await self._limited(scope, receive, send, [] if known else self._new_session(scope))
        except TooManyRequestsError:
            await _refuse(scope, send, 429, UNDER_WAY)

    async def _limited(
        self, scope: Scope, receive: Receive, send: Send, cookies: list[tuple[bytes, bytes]]
    ) -> None:
        """Answer within limits of size and time; ``cookies`` are headers for the answer."""
        started = False

        async def guarded_send(message: messages.Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *HEADERS, *cookies, *self._cookie(scope)]
            await send(message)

        limits = self.serving.limits
        large = scope["path"] == UPLOADS
        most = limits.upload_bytes if large else limits.json_bytes
        wait = limits.seconds + (limits.check_seconds if large else 0.0)
        try:
            body = await _whole_body(receive, most, limits.seconds)
            answer = self.app(scope, _replayed(body, receive), guarded_send)
            if scope["path"].endswith(EVENTS):
                await answer
            else:
                await asyncio.wait_for(answer, wait)
        except BodyRefusedError as error:
            await _refuse(scope, send, error.status, error.words)
        except TimeoutError:
            if not started:
                words = Message(
                    "No answer within %(seconds)s seconds; try again.", seconds=round(wait)
                )
                await _refuse(scope, send, 503, words)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, Message] | None:
        serving = self.serving
        if not serving.answers_to(headers.get("host", "")):
            return 421, Message("This server answers to its own address only.")
        open_to_all = scope["path"] == HEALTH and scope["method"] in READING
        if serving.token is not None and not open_to_all and not self._known(scope, headers):
            return 401, Message("Open the address with the token that the command printed.")
        origin = headers.get("origin")
        if origin is not None and not serving.answers_to(origin.partition("://")[2]):
            return 403, Message("Requests from other pages are refused.")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, Message("Requests from other pages are refused.")
        if "transfer-encoding" in headers and "content-length" in headers:
            return 400, Message("A body has either a length or chunks.")
        length = headers.get("content-length", "0")
        large = scope["path"] == UPLOADS
        most = serving.limits.upload_bytes if large else serving.limits.json_bytes
        if scope["method"] not in READING and (not length.isdigit() or int(length) > most):
            return 413, _too_large(most)
        return None

    def _known(self, scope: Scope, headers: dict[str, str]) -> bool:
        assert self.serving.token is not None
        words = [_cookie_value(headers, COOKIE)]
        words += parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        words.append(headers.get("authorization", "").removeprefix("Bearer "))
        known = self.serving.token.encode()
        return any(hmac.compare_digest(word.encode(), known) for word in words)

    def _new_session(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        if scope["path"] == HEALTH:
            return []
        text = f"{sessions.COOKIE}={self._sessions.new()}; HttpOnly; SameSite=Strict; Path=/"
        return [(b"set-cookie", text.encode())]

    def _cookie(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        if self.serving.token is None or b"token=" not in scope["query_string"]:
            return []
        text = f"{COOKIE}={self.serving.token}; HttpOnly; SameSite=Strict; Path=/"
        return [(b"set-cookie", text.encode())]


def _cookie_value(headers: dict[str, str], name: str) -> str:
    try:
        given = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return "" if given is None else given.value


def _too_large(most: int) -> Message:
    size = f"{most // (1024 * 1024)} MB" if most >= 1024 * 1024 else f"{most // 1024} kB"
    return Message("Too large: at most %(size)s can be sent.", size=size)


async def _whole_body(receive: Receive, most: int, seconds: float) -> bytes:
    async def read() -> bytes:
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return b"".join(chunks)
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > most:
                raise BodyRefusedError(413, _too_large(most))
            if not message.get("more_body", False):
                return b"".join(chunks)

    try:
        return await asyncio.wait_for(read(), seconds)
    except TimeoutError:
        words = Message("The request did not arrive in %(seconds)s s.", seconds=round(seconds))
        raise BodyRefusedError(408, words) from None


def _replayed(body: bytes, receive: Receive) -> Receive:
    delivered = False

    async def again() -> messages.Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _refuse(scope: Scope, send: Send, status: int, words: Message) -> None:
    """Refuse in JSON; in plain text, in the reader's language, where a browser opens an address."""
    headers = {key: value.decode("latin-1") for key, value in scope["headers"]}
    said = in_both("error", words)
    if "text/html" in headers.get(b"accept", ""):
        chinese = headers.get(b"accept-language", "").strip().lower().startswith("zh")
        kind, text = b"text/plain; charset=utf-8", said["error_local" if chinese else "error"]
    else:
        kind, text = b"application/json", json.dumps(said)
    body = text.encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", kind),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
                *HEADERS,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
