"""``fundpool`` and ``python -m fundpool``."""

from fundpool.cli import synthesise  # noqa: F401  registers its command
from fundpool.cli.commands import app


def main() -> None:
    """Run the command line."""
    app(prog_name="fundpool")


if __name__ == "__main__":
    main()
