"""Who hears how scheduled reports ended: the options, checked before the work."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.saying import not_written, say_failure
from fundpool.cli.session import UsageError, checked_folder
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of

if TYPE_CHECKING:
    from fundpool.scheduled.outcomes import Outcome

Metrics = Annotated[
    Path | None,
    typer.Option(
        "--metrics", metavar="FILE", envvar="FUNDPOOL_METRICS", show_envvar=True,
        help="Write how the report ended to this file, in the text format of Prometheus.",
    ),
]  # fmt: skip
Ping = Annotated[
    str | None,
    typer.Option(
        "--ping", metavar="URL", envvar="FUNDPOOL_PING", show_envvar=True,
        help="POST to this address when the report is done, to URL/fail when it fails.",
    ),
]  # fmt: skip
PingFile = Annotated[
    Path | None,
    typer.Option(
        "--ping-file", metavar="FILE", envvar="FUNDPOOL_PING_FILE", show_envvar=True,
        help="A file with the address of --ping, which is then in no list of processes.",
    ),
]  # fmt: skip
NotifyFile = Annotated[
    Path | None,
    typer.Option(
        "--notify", metavar="FILE", envvar="FUNDPOOL_NOTIFY_FILE", show_envvar=True,
        help="Send news by e-mail or chat to the addresses of Apprise in this file, one a line; "
        "FUNDPOOL_NOTIFY holds them itself.",
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Listeners:
    """Who hears how reports ended.

    Attributes:
        metrics: file for a textfile collector.
        ping: address for success; failures go to it with ``/fail``.
        notify: addresses of Apprise for news.
    """

    metrics: Path | None = None
    ping: str | None = None
    notify: tuple[str, ...] = ()


def checked_listeners(
    metrics: Path | None, ping: str | None, ping_file: Path | None, notify: Path | None
) -> Listeners:
    """Everybody who is named, so far as it can be known before the work.

    Raises:
        UsageError: a file cannot be read or written, an address is none, or a library is missing.
    """
    from fundpool.scheduled.notices import addresses_from
    from fundpool.webhook import address_from

    if metrics is not None:
        from fundpool.scheduled.metrics import missing_library

        checked_folder(metrics.parent, [metrics.name], Message("--metrics in"))
        if missing := missing_library():
            raise UsageError(Message("--metrics: %(missing)s", missing=missing))
    try:
        address = address_from(ping, ping_file, "--ping-file")
    except ValueError as error:
        raise UsageError(Message("--ping %(why)s", why=message_of(error))) from None
    try:
        addresses = addresses_from(notify, os.environ.get("FUNDPOOL_NOTIFY"))
    except ValueError as error:
        raise UsageError(Message("--notify %(why)s", why=message_of(error))) from None
    return Listeners(metrics, address, addresses)


def announce(listeners: Listeners, outcomes: Sequence["Outcome"]) -> bool:
    """Send how reports ended to all listeners; False if one could not be reached."""
    reached = [
        _write_metrics(listeners, outcomes), _send_notice(listeners, outcomes),
        _ping(listeners, outcomes),
    ]  # fmt: skip
    return all(reached)


def _send_notice(listeners: Listeners, outcomes: Sequence["Outcome"]) -> bool:
    if not listeners.notify:
        return True
    from fundpool.scheduled.notices import NoticeError, notice, send

    news = notice(outcomes, spoken())
    if news is None:
        return True
    try:
        send(listeners.notify, *news)
    except NoticeError as error:
        say_failure(error)
        return False
    return True


def _ping(listeners: Listeners, outcomes: Sequence["Outcome"]) -> bool:
    if listeners.ping is None:
        return True
    from fundpool.scheduled.pings import ping
    from fundpool.webhook import WebhookError

    try:
        ping(listeners.ping, outcomes)
    except WebhookError as error:
        say_failure(error)
        return False
    return True


def _write_metrics(listeners: Listeners, outcomes: Sequence["Outcome"]) -> bool:
    if listeners.metrics is None:
        return True
    from fundpool.inputs.files.writing import reason
    from fundpool.scheduled.metrics import write_metrics

    try:
        write_metrics(listeners.metrics, outcomes, time.time())
    except OSError as error:
        say_failure(not_written(str(listeners.metrics), reason(error)))
        return False
    return True
