"""The planners' page from the command line."""

import secrets
import socket
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.nightly import LogStyle
from fundpool.cli.options import CaseArgument, Quiet, Seed, Settings, Years
from fundpool.cli.saying import say_failure
from fundpool.cli.session import (
    BAD_INPUT,
    UsageError,
    checked_folder,
    checked_temporary,
    opened_case,
    projected_years,
    refusing_bad_input,
    say,
)
from fundpool.inputs.format.messages import Message

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::")  # nosec B104
HTTP_PORT = 80
"""Browsers leave it out of the header ``Host``."""


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
    public_name: Annotated[
        list[str] | None,
        typer.Option(
            "--public-name",
            metavar="NAME",
            help="A name by which browsers reach the page, as behind a proxy. May be repeated.",
        ),
    ] = None,
    access_log: Annotated[
        Path | None,
        typer.Option(
            "--access-log",
            metavar="FILE",
            help="Append a line for every request: time, method, path, status, milliseconds.",
        ),
    ] = None,
    log: Annotated[
        LogStyle, typer.Option("--log", help="Form of the lines of --access-log.")
    ] = LogStyle.text,
    quiet: Quiet = False,
) -> None:
    """Serve the planners' page: try pooling, rates and policies and see the funds."""
    try:
        import fastapi  # noqa: F401
        import uvicorn
    except ImportError:
        say_failure(Message("the page needs more: pip install 'fundpool[web]'"))
        raise typer.Exit(BAD_INPUT) from None
    with refusing_bad_input():
        checked_temporary()
        if access_log is not None:
            checked_folder(access_log.parent, [access_log.name], option="--access-log")
        opened = opened_case(case, changes)
        span = projected_years(opened, years)
        if access_log is not None:
            _begun_log(access_log)
        listener = _listener(host, port)
    from fundpool.web.server.app import create_app
    from fundpool.web.server.bundle import chart_bundle
    from fundpool.web.server.heads import TimedHeads
    from fundpool.web.serving import Serving

    where = listener.getsockname()[1]
    token = None if host in LOOPBACK else secrets.token_urlsafe(24)
    say(Message("Preparing the charts"), quiet)
    with tempfile.TemporaryDirectory(prefix="fundpool-", ignore_cleanup_errors=True) as folder:
        try:
            charts = chart_bundle()
        except (OSError, RuntimeError):  # no cache that can be written to, or no home
            charts = chart_bundle(Path(folder))
        serving = Serving(
            case=case,
            hosts=hosts_of(host, where, public_name or ()),
            folder=Path(folder),
            changes=tuple(changes or ()),
            years=span,
            scenarios=scenarios,
            seed=seed,
            token=token,
            access_log=access_log,
            log_style=log.value,
        )
        shown = public_name[0] if public_name else _reachable(host)
        place = shown if public_name or where == HTTP_PORT else f"{shown}:{where}"
        address = f"http://{place}/" + (f"?token={token}" if token else "")
        typer.echo(address)
        say(Message("Ctrl+C ends it."), quiet)
        config = uvicorn.Config(
            create_app(serving, opened, charts), log_level="warning", access_log=False,
            limit_concurrency=1000, timeout_keep_alive=30, server_header=False,
            timeout_graceful_shutdown=2, ws="none", http=TimedHeads,
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[listener])


def hosts_of(host: str, port: int, public_names: Sequence[str]) -> frozenset[str]:
    """Values of the header ``Host`` by which browsers reach a server.

    >>> sorted(hosts_of("10.0.0.7", 80, ["Funds.example"]))
    ['10.0.0.7', '10.0.0.7:80', 'funds.example', 'funds.example:80']

    Args:
        host: address that the server listens at; every address of the machine counts where it
            listens at all of them.
        port: its port.
        public_names: further names, with a port or without.
    """
    names = {host}
    if host in LOOPBACK or host in EVERY_ADDRESS:
        names.update(LOOPBACK)
    if host in EVERY_ADDRESS:
        names.update((socket.gethostname(), socket.getfqdn()))
        with suppress(OSError):
            addresses = socket.getaddrinfo(socket.gethostname(), None)
            names.update(str(entry[4][0]) for entry in addresses)
    plain = {f"[{name}]" if ":" in name else name for name in names}
    hosts = {f"{name}:{port}" for name in plain} | {f"{name}:{port}" for name in public_names}
    if port == HTTP_PORT:
        hosts |= plain
    return frozenset(name.lower() for name in (*hosts, *public_names))


def _reachable(host: str) -> str:
    """An address as part of a link; this machine's name where it stands for every address."""
    if host in EVERY_ADDRESS:
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _begun_log(file: Path) -> None:
    """Begin an access log.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a", encoding="utf-8", newline="\n").close()
    except OSError as error:
        raise UsageError(
            Message(
                "--access-log %(file)s cannot be written: %(why)s",
                file=str(file),
                why=error.strerror or str(error),
            )
        ) from None


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens at an address.

    Raises:
        UsageError: the address cannot be used.
    """
    if not host:
        raise UsageError(Message("--host is empty; name an address, or 0.0.0.0 for every one"))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            Message(
                "%(host)s:%(port)s cannot be used (%(why)s); try --port 0",
                host=host,
                port=port,
                why=error.strerror or str(error),
            )
        ) from None
    return listener
