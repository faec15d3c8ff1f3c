"""The page on standards: its counts, and the sections of the report that it names."""

import re
from collections import Counter
from pathlib import Path

from fundpool.report import sections
from tests.fundpool.page import read_page
from tests.fundpool.reported import Reported

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in PAGE.splitlines()
    if re.match(r"\| \d+ \|", line)
]


def test_points_are_numbered_and_counted() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert len(ROWS) >= 76
    states = Counter(row[2] for row in ROWS)
    assert set(states) == {"met", "partly", "missing"}
    said = re.search(r"Of (\d+) points (\d+) are met,\s+(\d+) partly, (\d+) are missing", PAGE)
    assert said is not None
    counted = (len(ROWS), states["met"], states["partly"], states["missing"])
    assert tuple(map(int, said.groups())) == counted


def test_what_is_met_says_where_and_what_is_not_says_why() -> None:
    for row in ROWS:
        assert row[3], row
        if row[2] == "met":
            assert "report: " in row[3] or "](" in row[3], row


def test_sections_that_are_named_stand_in_the_report(english: Reported) -> None:
    page = read_page((english.folder / "report.html").read_text(encoding="utf-8"))
    here = {value for tag, name, value in page.attributes if (tag, name) == ("section", "id")}
    only_with_scenarios = {"chance"}
    written = Path(sections.__file__).parent / "chance.py"
    assert 'Section("chance"' in written.read_text(encoding="utf-8")
    named = {name for row in ROWS for name in re.findall(r"report: (\w+)", row[3])} - {"SCHEME"}
    assert len(named) >= 10
    assert named <= here | only_with_scenarios
