"""Decisions are dated records in an index that is current."""

import re
from datetime import date

from tests.docs.decisions import INDEX, RECORDS, index_page


def test_every_decision_is_a_dated_record_in_the_index() -> None:
    assert INDEX.read_text("utf-8") == index_page()


def test_records_are_numbered_by_day() -> None:
    assert [file.name[:5] for file in RECORDS] == [f"{n + 1:04d}-" for n in range(len(RECORDS))]
    days = re.findall(r"^\| (\d{4}-\d{2}-\d{2}) ", index_page(), re.MULTILINE)
    assert len(days) == len(RECORDS) > 40
    assert days == sorted(date.fromisoformat(day).isoformat() for day in days)
