"""Chinese pages say what the English ones say, with the same code and figures."""

import re

import pytest

from tests.docs.blocks import ROOT, blocks_of
from tests.docs.chinese import (
    CHINESE_OF,
    LINK,
    PAGES,
    Section,
    main,
    out_of_date,
    page_text,
    sections,
    targets,
    with_blocks,
    with_marks,
)  # fmt: skip

ENGLISH = """# Title

[中文](zh/page.md)

Two lines
of text.

## Run it

```sh
# no heading
run 7
```
"""
CHINESE = """# 题目

[English](../page.md)

两行。

## 运行

```sh
run 6
```
"""


def spans(section: Section) -> list[str]:
    """Code spans of a section, without the fenced blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```\w*\n```", "", section.text))


def figures(section: Section) -> set[str]:
    """Numbers in the prose and the tables of a section."""
    return set(re.findall(r"\d+(?:[.,]\d+)*", LINK.sub("", section.text)))


def pairs(name: str) -> list[tuple[Section, Section]]:
    """Chinese sections with the English ones."""
    chinese, english = sections(page_text(name)), sections(page_text(PAGES[name]))
    return list(zip(chinese, english, strict=True))


@pytest.mark.parametrize("name", PAGES)
def test_sections_are_those_of_the_english_page(name: str) -> None:
    assert len(pairs(name)) > 1
    for chinese, english in pairs(name):
        assert chinese.rank == english.rank
        assert re.search("[\u4e00-\u9fff]", chinese.heading) or chinese.heading == english.heading


@pytest.mark.parametrize("name", PAGES)
def test_sections_are_translated_from_the_text_as_it_is(name: str) -> None:
    """After translating: ``python -m tests.docs.chinese --translated PAGE``."""
    assert out_of_date(name) == []


@pytest.mark.parametrize("name", PAGES)
def test_code_and_printed_figures_are_those_of_the_english_page(name: str) -> None:
    """``python -m tests.docs.chinese`` copies them."""
    chinese, english = blocks_of(page_text(name)), blocks_of(page_text(PAGES[name]))
    assert [(block.language, block.contents) for block in chinese] == [
        (block.language, block.contents) for block in english
    ]


@pytest.mark.parametrize("name", PAGES)
def test_names_figures_tables_and_links_are_those_of_the_english_page(name: str) -> None:
    for chinese, english in pairs(name):
        assert set(spans(english)) <= set(spans(chinese)), english.heading
        assert figures(english) <= figures(chinese), english.heading
        assert targets(name, chinese.text) == targets(PAGES[name], english.text), english.heading
        rows = [[line.count(" | ") for line in section.text.splitlines() if line[:1] == "|"]
                for section in (chinese, english)]  # fmt: skip
        assert rows[0] == rows[1], english.heading


@pytest.mark.parametrize(("english", "chinese"), CHINESE_OF.items())
def test_each_page_leads_to_the_other(english: str, chinese: str) -> None:
    if english != chinese:
        assert chinese in targets(english, page_text(english).partition("\n## ")[0])
        assert english in [
            (ROOT / chinese).parent.joinpath(link).resolve().relative_to(ROOT).as_posix()
            for link in re.findall(r"^\[English\]\((\S+)\)$", page_text(chinese), re.MULTILINE)
        ]


def test_blocks_are_copied_and_sections_marked() -> None:
    page = with_marks(with_blocks(CHINESE, ENGLISH), ENGLISH)
    assert [block.contents for block in blocks_of(page)] == ["# no heading\nrun 7\n"]
    assert [section.heading for section in sections(page)] == ["# 题目", "## 运行"]
    wanted = [section.digest for section in sections(ENGLISH)]
    assert [section.mark for section in sections(page)] == wanted
    assert with_marks(page, ENGLISH) == page


def test_a_digest_is_of_the_words_not_of_lines_blocks_or_the_link_to_the_other_language() -> None:
    same = (
        ENGLISH.replace("lines\nof", "lines of")
        .replace("run 7", "run 8")
        .replace("中文", "English")
    )
    other = ENGLISH.replace("Two lines", "Three lines")
    digests = [[s.digest for s in sections(page)] for page in (ENGLISH, same, other)]
    assert digests[0] == digests[1]
    assert [a == b for a, b in zip(digests[0], digests[2], strict=True)] == [False, True]


def test_command_lists_nothing_when_all_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    assert capsys.readouterr().out == ""
