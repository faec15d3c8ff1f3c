"""``fundpool`` and ``python -m fundpool``."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fundpool.cli.commands import app
from fundpool.cli.session import FAILED, plain_warnings, say
from fundpool.inputs.files.disk import FileInUseError

TERMINATED = 143
"""Exit status after SIGTERM, as of a program that does not handle it."""


def main() -> None:
    """Run the command line."""
    make_printable()
    try:
        with ended_by_signal(), plain_warnings(quiet="--quiet" in sys.argv):
            app(prog_name="fundpool")
    except FileInUseError as error:
        say(f"fundpool: {error}")
        sys.exit(FAILED)


@contextmanager
def ended_by_signal() -> Iterator[None]:
    """Let a service manager end a command as Ctrl+C does: unfinished files are cleared away."""
    here = os.getpid()

    def terminated(number: int, _frame: object) -> None:
        if os.getpid() != here:  # a forked worker ends as without a handler
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        say("fundpool: ended by a signal; unfinished files are removed")
        sys.exit(TERMINATED)

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread can take signals
        return
    before = signal.signal(signal.SIGTERM, terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before if before is not None else signal.SIG_DFL)


def make_printable() -> None:
    """Let any sign be printed: UTF-8 into files and pipes, a ``?`` where a terminal has no sign.

    Windows gives pipes the code page of the region, in which a minus or a Chinese name may not
    exist; ``PYTHONIOENCODING`` still decides where it is set.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is None or not hasattr(stream, "reconfigure"):
            continue
        if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
