"""Decisions: one dated record each, and an index that is written from them.

``python -m tests.docs.decisions`` writes the index into ``docs/decisions.md``.
"""

import argparse
import re

from tests.docs.blocks import ROOT

INDEX = ROOT / "docs" / "decisions.md"
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
RECORD = re.compile(
    r"# (?P<title>[^\n]+)\n\nTaken (?P<day>\d{4}-\d{2}-\d{2})\.\n\n"
    r"\*\*Decision\.\*\* .+\n\n\*\*Instead of\.\*\* .+\n\n\*\*Why\.\*\* .+\n",
    re.DOTALL,
)
INTRODUCTION = """# Decisions

What was chosen where there was a choice, and why: one record a decision, the latest
last. A decision that no longer holds keeps its record, which then names the one that replaced it.

| day | decision |
| --- | --- |
"""


def index_page() -> str:
    """The index, from the records."""
    rows = []
    for file in RECORDS:
        record = RECORD.fullmatch(file.read_text("utf-8"))
        assert record, f"{file.name} is not a record: title, day, decision, instead of, why"
        rows.append(f"| {record['day']} | [{record['title']}](decisions/{file.name}) |\n")
    return INTRODUCTION + "".join(rows)


def main(words: list[str] | None = None) -> None:
    """Write the index of decisions."""
    name = "python -m tests.docs.decisions"
    parser = argparse.ArgumentParser(name, description=main.__doc__)
    parser.parse_args(words)
    INDEX.write_text(index_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
