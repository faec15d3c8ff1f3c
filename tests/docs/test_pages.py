"""Code on the pages runs and prints what the page shows; pages lead somewhere."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, blocks_of, printed_by, spaced

PAGES = (
    "README.md", "docs/python.md", "docs/tutorial-actuary.md", "docs/tutorial-planner.md",
    "docs/tutorial-operator.md", "docs/extending.md",
)  # fmt: skip
NOT_HERE = re.compile(r"^\s*(pip|pytest|systemctl|crontab)\b", re.MULTILINE)
"""Blocks that install things are tried with the packages themselves (validation/packages.py)."""


def runnable(page: str) -> str:
    """A page without the blocks that install."""
    for block in reversed(blocks_of(page)):
        if block.language == "sh" and NOT_HERE.search(block.contents):
            page = page[: block.start] + page[block.end :]
    return page


@pytest.mark.skipif(os.name == "nt", reason="the pages' commands are for a POSIX shell")
@pytest.mark.parametrize("name", PAGES)
def test_code_on_a_page_runs_and_prints_what_it_shows(name: str, tmp_path: Path) -> None:
    for block, printed in printed_by(runnable((ROOT / name).read_text("utf-8")), tmp_path):
        assert spaced(printed) == spaced(block.contents), name


def test_every_page_is_in_the_navigation() -> None:
    listed = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    pages = {page for item in listed for page in item.values()}
    assert pages == {file.name for file in (ROOT / "docs").glob("*.md")}


def test_links_between_pages_lead_somewhere() -> None:
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        prose = re.sub(r"```.*?```|`[^`]*`", "", file.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose):
            if "://" not in target:
                assert (file.parent / target).exists(), f"{file.name}: {target}"
