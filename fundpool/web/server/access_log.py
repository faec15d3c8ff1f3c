"""The access log: one line a request."""

import json
import logging
import logging.handlers
import time
from datetime import UTC, datetime
from pathlib import Path

from fundpool.web.server.messages import App, Message, Receive, Scope, Send

CLOSED = 499
"""Status written where the client went away before an answer began, as nginx writes it."""


class AccessLog:
    """ASGI middleware that writes time, method, path, status and milliseconds of every request.

    The path is written as it came in, with signs escaped, and without what follows ``?``: that may
    hold the token. A file that was renamed, as by logrotate, is begun anew.
    """

    def __init__(self, app: App, file: Path, style: str) -> None:
        """Log requests to an application.

        Args:
            app: the application.
            file: where lines are appended.
            style: ``text`` or ``json``.

        Raises:
            OSError: the file cannot be written.
        """
        self._app, self._style = app, style
        self._lines = logging.Logger("fundpool.access")
        self._file = logging.handlers.WatchedFileHandler(file, encoding="utf-8")
        self._lines.addHandler(self._file)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then write the line."""
        if scope["type"] != "http":  # the life of the server
            try:
                await self._app(scope, receive, send)
            finally:
                self.close()
            return
        begun = time.perf_counter()
        status = CLOSED

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            status = 500
            raise
        finally:
            self._write(scope, status, 1000.0 * (time.perf_counter() - begun))

    def _write(self, scope: Scope, status: int, milliseconds: float) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        raw = scope.get("raw_path") or scope["path"].encode()
        path = raw.decode("ascii", "backslashreplace")
        if self._style == "json":
            entries = {"time": now, "method": scope["method"], "path": path, "status": status,
                       "ms": round(milliseconds, 1)}  # fmt: skip
            self._lines.info(json.dumps(entries))
        else:
            self._lines.info(f"{now} {scope['method']} {path} {status} {milliseconds:.1f} ms")
