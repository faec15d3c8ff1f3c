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
RECORDS = tuple(
    file.relative_to(ROOT / "docs").as_posix()
    for file in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
)
"""Pages that their index lists, not the navigation."""


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


def navigation() -> dict[str, list[str]]:
    """Pages by group, in the order of the site's navigation; the start page has no group."""
    settings = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))
    entries = [entry for item in settings["project"]["nav"] for entry in item.items()]
    return {
        group: [page for item in pages for page in item.values()]
        for group, pages in entries
        if group != "Start"
    }


def test_every_page_is_in_one_group_of_the_navigation() -> None:
    groups = navigation()
    assert list(groups) == ["Learn", "中文", "Use", "Model", "Cases", "Contribute", "Reference"]
    pages = sorted(page for group in groups.values() for page in group)
    docs = ROOT / "docs"
    assert pages == sorted(
        name
        for file in docs.rglob("*.md")
        if (name := file.relative_to(docs).as_posix()) not in ("index.md", *RECORDS)
    )


def test_start_page_lists_every_page_in_the_groups_of_the_navigation() -> None:
    _, *sections = re.split(r"^## ", (ROOT / "docs" / "index.md").read_text("utf-8"), flags=re.M)
    listed = {
        section.partition("\n")[0]: re.findall(
            r"^\* \[[^\]]+\]\((\S+\.md)\)", section, re.MULTILINE
        )
        for section in sections
    }
    assert listed == navigation()


def test_links_between_pages_lead_somewhere() -> None:
    for file in [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]:
        prose = re.sub(r"```.*?```|`[^`]*`", "", file.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose):
            if "://" not in target:
                assert (file.parent / target).exists(), f"{file.name}: {target}"
