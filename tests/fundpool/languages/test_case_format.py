"""The pages on the tables of a case are current, and the Chinese one is in Chinese."""

import re
from pathlib import Path

import pytest

from fundpool.inputs.format.tables import TABLES
from fundpool.languages import LANGUAGES, language
from fundpool.languages.case_format import PAGES, page

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("code", LANGUAGES)
def test_pages_are_current(code: str) -> None:
    assert (DOCS / PAGES[code]).read_text(encoding="utf-8") == page(language(code))


def test_chinese_page_has_no_english_sentence_and_every_column() -> None:
    chinese, english = page(language("zh")), page(language("en"))
    named, wanted = (sorted(re.findall(r"`[^`]+`", text)) for text in (chinese, english))
    assert named == wanted
    assert chinese.count("\n| `") == sum(len(table.columns) for table in TABLES)
    prose = re.sub(r"`[^`]*`|^## .*$|^\[English\].*$", "", chinese, flags=re.MULTILINE)
    assert [
        line for line in prose.splitlines() if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", line)
    ] == []
