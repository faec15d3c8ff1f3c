"""Who hears how scheduled reports ended: the options, checked before the work."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.session import UsageError, checked_folder, say

if TYPE_CHECKING:
    from fundpool.scheduled.outcomes import Outcome

Metrics = Annotated[
    Path | None,
    typer.Option(
        "--metrics", metavar="FILE", envvar="FUNDPOOL_METRICS", show_envvar=True,
        help="Write how the report ended to this file, in the text format of Prometheus.",
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Listeners:
    """Who hears how reports ended.

    Attributes:
        metrics: file for a textfile collector.
    """

    metrics: Path | None = None


def checked_listeners(metrics: Path | None) -> Listeners:
    """Everybody who is named, so far as it can be known before the work.

    Raises:
        UsageError: a file cannot be written, or a library is missing.
    """
    if metrics is not None:
        from fundpool.scheduled.metrics import missing_library

        checked_folder(metrics.parent, [metrics.name], "--metrics in")
        if missing := missing_library():
            raise UsageError(f"--metrics: {missing}")
    return Listeners(metrics)


def announce(listeners: Listeners, outcomes: Sequence["Outcome"]) -> bool:
    """Tell everybody how reports ended; False if somebody could not be told."""
    return _write_metrics(listeners, outcomes)


def _write_metrics(listeners: Listeners, outcomes: Sequence["Outcome"]) -> bool:
    if listeners.metrics is None:
        return True
    from fundpool.inputs.files.writing import reason
    from fundpool.scheduled.metrics import write_metrics

    try:
        write_metrics(listeners.metrics, outcomes, time.time())
    except OSError as error:
        say(f"fundpool: {listeners.metrics} could not be written: {reason(error)}")
        return False
    return True
