"""A server of this machine that keeps where it was sent what."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer
from typing import Any

from tests.fundpool.test_alerts import Receiver


class Keeper(Receiver):
    """Keeps the path of every request too."""

    paths: list[str]

    def do_POST(self) -> None:  # noqa: N802 - the name that the base class calls
        type(self).paths.append(self.path)
        super().do_POST()


@contextmanager
def keeping(*answers: int) -> Iterator[tuple[str, list[str], list[Any]]]:
    """Address of the server, and what arrives: paths and bodies."""
    contents = {"answers": list(answers), "received": [], "paths": []}
    handler: Any = type("Prepared", (Keeper,), contents)
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.paths, handler.received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
