"""The planners' page from the command line."""

import secrets
import socket
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.options import CaseArgument, Quiet, Seed, Settings, Years
from fundpool.cli.session import (
    BAD_INPUT,
    UsageError,
    checked_temporary,
    opened_case,
    projected_years,
    refusing_bad_input,
    say,
)

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@app.command()
def serve(
    case: CaseArgument = "jiangsu",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8350,
    host: Annotated[
        str,
        typer.Option(
            help="Address to answer at. Another than this machine's own asks for a token."
        ),
    ] = "127.0.0.1",
    years: Years = None,
    scenarios: Annotated[
        int, typer.Option("--scenarios", min=0, max=5000, help="Scenarios behind the fans.")
    ] = 500,
    seed: Seed = 1,
    changes: Settings = None,
    quiet: Quiet = False,
) -> None:
    """Serve the planners' page: try pooling, rates and policies and see the funds."""
    try:
        import fastapi  # noqa: F401
        import uvicorn
    except ImportError:
        say("fundpool: the page needs more: pip install 'fundpool[web]'")
        raise typer.Exit(BAD_INPUT) from None
    with refusing_bad_input():
        checked_temporary()
        opened = opened_case(case, changes)
        span = projected_years(opened, years)
        listener = _listener(host, port)
    from fundpool.web.server.app import create_app
    from fundpool.web.server.bundle import chart_bundle
    from fundpool.web.serving import Serving

    where = listener.getsockname()[1]
    token = None if host in LOOPBACK else secrets.token_urlsafe(24)
    names = {host, *(LOOPBACK if host in LOOPBACK else ())}
    say("Preparing the charts", quiet)
    with tempfile.TemporaryDirectory(prefix="fundpool-", ignore_cleanup_errors=True) as folder:
        try:
            charts = chart_bundle()
        except (OSError, RuntimeError):  # no cache that can be written to, or no home
            charts = chart_bundle(Path(folder))
        serving = Serving(
            case=case,
            hosts=frozenset(f"[{name}]:{where}" if ":" in name else f"{name}:{where}"
                            for name in names),
            folder=Path(folder),
            changes=tuple(changes or ()),
            years=span,
            scenarios=scenarios,
            seed=seed,
            token=token,
        )  # fmt: skip
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{where}/" + (f"?token={token}" if token else "")
        typer.echo(address)
        say("Ctrl+C ends it.", quiet)
        config = uvicorn.Config(
            create_app(serving, opened, charts), log_level="warning", access_log=False,
            limit_concurrency=128, timeout_keep_alive=30, server_header=False,
            timeout_graceful_shutdown=2, ws="none",
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens at an address.

    Raises:
        UsageError: the address cannot be used.
    """
    if not host:
        raise UsageError("--host is empty; name an address, or 0.0.0.0 for every one")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(f"{host}:{port} cannot be used ({error.strerror}); try --port 0") from None
    return listener
