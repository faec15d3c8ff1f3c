"""Tests that a run skipped, from pytest's JUnit file.

``list FILE`` prints their ids, a line each, for pytest to run (``pytest @FILE``); ``none FILE``
fails if there are any.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def skipped(file: str) -> dict[str, str]:
    """Reason of every skipped test, by id."""
    reasons: dict[str, str] = {}
    for case in ElementTree.parse(file).iter("testcase"):
        mark = case.find("skipped")
        if mark is None:
            continue
        module = case.get("classname") or case.get("name") or ""
        path = Path(*module.split(".")).with_suffix(".py").as_posix()
        name = case.get("name") if case.get("classname") else None
        reasons[f"{path}::{name}" if name else path] = mark.get("message", "")
    return reasons


def main() -> int:
    """Exit status 1 where nothing should have been skipped and something was."""
    task, file = sys.argv[1:]
    reasons = skipped(file)
    if task == "list":
        print("\n".join(reasons))
        return 0
    for test, reason in reasons.items():
        print(f"skipped: {test}: {reason}", file=sys.stderr)
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main())
