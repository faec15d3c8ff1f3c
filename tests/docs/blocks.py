"""Code blocks of a page: run them, and compare or write what they print.

A ``python`` block runs in the namespace of the page; a ``sh`` block runs in bash with ``fundpool``
on the path, in one folder for the whole page. A ``text`` block after either is what it must print:
``python -m tests.docs.blocks PAGE ...`` writes it anew.
"""

import argparse
import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its contents and where they stand in the page."""

    language: str
    contents: str
    start: int
    end: int


def blocks_of(page: str) -> list[Block]:
    """All fenced blocks of a page, in order."""
    return [
        Block(fence[1], fence[2], fence.start(2), fence.end(2)) for fence in FENCE.finditer(page)
    ]


def run_python(code: str, names: dict[str, object]) -> str:
    """What a block prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "<block>", "exec"), names)
    return printed.getvalue()


def run_shell(script: str, folder: Path) -> str:
    """What a block prints to standard output.

    Raises:
        AssertionError: a command was refused: an exit status of 1, 2 or 4 that the block does not
            speak of.
    """
    tools = folder / ".bin"
    tools.mkdir(exist_ok=True)
    command = tools / "fundpool"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fundpool "$@"\n', "utf-8")
    command.chmod(0o755)
    paths = {"PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    done = subprocess.run(
        ["bash", "-u", "-c", script], cwd=folder, env=os.environ | paths, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3) or "status" in script, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def printed_by(page: str, folder: Path) -> list[tuple[Block, str]]:
    """Text blocks of a page with what the block before each really prints.

    Every other ``python`` and ``sh`` block runs too.
    """
    names: dict[str, object] = {}
    result = []
    last = ""
    with contextlib.chdir(folder):
        for block in blocks_of(page):
            if block.language == "python":
                last = run_python(block.contents, names)
            elif block.language == "sh":
                last = run_shell(block.contents, folder)
            elif block.language == "text":
                result.append((block, last))
    return result


def spaced(text: str) -> list[str]:
    """Lines without trailing blanks."""
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def main(words: list[str] | None = None) -> None:
    """Write what blocks print into pages and into their Chinese pages."""
    from tests.docs.chinese import copy_blocks

    parser = argparse.ArgumentParser("python -m tests.docs.blocks", description=main.__doc__)
    parser.add_argument("pages", nargs="+", metavar="PAGE", help="as in docs/python.md")
    for name in parser.parse_args(words).pages:
        file = ROOT / name
        page = file.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            outputs = printed_by(page, Path(folder))
        for block, text in reversed(outputs):
            lines = "\n".join(spaced(text)) + "\n"
            page = page[: block.start] + lines + page[block.end :]
        file.write_text(page, "utf-8")
        copy_blocks(name)


if __name__ == "__main__":
    main()
