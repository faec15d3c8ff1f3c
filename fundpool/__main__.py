"""``fundpool`` and ``python -m fundpool``."""

import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from fundpool.cli.commands import app
from fundpool.cli.session import FAILED, plain_warnings, say
from fundpool.inputs.files.disk import FileInUseError

TERMINATED = 143
"""Exit status after SIGTERM, as of a program that does not handle it."""


def main() -> None:
    """Run the command line."""
    make_printable()
    # a service manager ends a run so; drafts and temporary files are then cleared away
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGTERM, _terminated)
    try:
        with plain_warnings(quiet="--quiet" in sys.argv):
            app(prog_name="fundpool")
    except FileInUseError as error:
        say(f"fundpool: {error}")
        sys.exit(FAILED)


def _terminated(_number: int, _frame: object) -> NoReturn:
    say("fundpool: ended by a signal; unfinished files are removed")
    sys.exit(TERMINATED)


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
