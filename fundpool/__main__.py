"""``fundpool`` and ``python -m fundpool``."""

import sys

from fundpool.cli import synthesise  # noqa: F401  registers its command
from fundpool.cli.commands import app
from fundpool.cli.session import plain_warnings


def main() -> None:
    """Run the command line."""
    with plain_warnings(quiet="--quiet" in sys.argv):
        app(prog_name="fundpool")


if __name__ == "__main__":
    main()
