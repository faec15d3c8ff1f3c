"""Every command, registered in the order in which ``fundpool --help`` lists them.

A command is a module of its name. Heavy libraries are imported inside commands, so that ``--help``
answers at once.
"""

from importlib import import_module

from fundpool.cli.app import app

COMMANDS = (
    "check",
    "project",
    "compare",
    "report",
    "init",
    "new",
    "convert",
    "runs",
    "rerun",
    "diff",
    "optimise",
    "frontier",
    "policies",
    "profile",
    "serve",
    "synthesise",
    "tidy",
    "fit",
    "accounts",
    "doctor",
)

for _name in COMMANDS:
    import_module(f"fundpool.cli.{_name}")

__all__ = ["COMMANDS", "app"]
