"""Chinese pages, kept current with the English ones.

A Chinese page has the sections of the English page in the same order. Under each heading a comment
holds the digest of the English text that the section translates, so that a change of the English
text shows which section has to be translated again. Fenced blocks are copies of the English ones.

``python -m tests.docs.chinese`` copies the blocks and lists the sections that are out of date;
``--translated PAGE`` records that a page was brought up to date.
"""

import argparse
import hashlib
import posixpath
import re
from dataclasses import dataclass

from tests.docs.blocks import FENCE, ROOT, blocks_of

PAGES = {
    "README.zh.md": "README.md",
    "docs/zh/tutorial-actuary.md": "docs/tutorial-actuary.md",
    "docs/zh/tutorial-planner.md": "docs/tutorial-planner.md",
    "docs/zh/tutorial-operator.md": "docs/tutorial-operator.md",
}
"""The English page behind each Chinese one."""

CHINESE_OF = {english: chinese for chinese, english in PAGES.items()} | {
    "docs/case-format.md": "docs/zh/case-format.md",
    "docs/index.md": "docs/index.md",
}
"""The Chinese page of each English one, where there is one; one page leads to both languages."""

MARK = re.compile(r"^<!-- English text: (\w*) -->\n", re.MULTILINE)
HEADING = re.compile(r"^#+ .*\n", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
OTHER_LANGUAGE = re.compile(r"^\[(?:English|中文)\]\((\S+)\)\n", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A heading with the text under it.

    Attributes:
        heading: the line of the heading.
        text: what stands under it, fenced blocks emptied, without mark and link to the other page.
        mark: digest that the section carries; blank on an English page.
    """

    heading: str
    text: str
    mark: str

    @property
    def digest(self) -> str:
        """Digest of heading and text; lines may break elsewhere."""
        words = " ".join(f"{self.heading} {self.text}".split())
        return hashlib.sha256(words.encode("utf-8")).hexdigest()[:10]

    @property
    def rank(self) -> int:
        """Number of signs before the heading."""
        return len(self.heading) - len(self.heading.lstrip("#"))


def page_text(name: str) -> str:
    """A page of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def sections(page: str) -> list[Section]:
    """Sections of a page in order."""
    prose = FENCE.sub(lambda fence: f"```{fence[1]}\n```", page)
    headings = list(HEADING.finditer(prose))
    ends = [heading.start() for heading in headings[1:]] + [len(prose)]
    result = []
    for heading, end in zip(headings, ends, strict=True):
        text = prose[heading.end() : end]
        mark = MARK.search(text)
        text = OTHER_LANGUAGE.sub("", MARK.sub("", text))
        result.append(Section(heading[0].strip(), text.strip(), mark[1] if mark else ""))
    return result


def with_blocks(chinese: str, english: str) -> str:
    """A Chinese page with the fenced blocks of the English page."""
    pairs = list(zip(blocks_of(chinese), blocks_of(english), strict=False))
    for block, other in reversed(pairs):
        chinese = chinese[: block.start] + other.contents + chinese[block.end :]
    return chinese


def with_marks(chinese: str, english: str) -> str:
    """A Chinese page whose sections carry the digests of the English sections."""
    digests = [section.digest for section in sections(english)]
    bare = MARK.sub("", chinese)
    fences = [(block.start, block.end) for block in blocks_of(bare)]
    headings = [
        heading.end()
        for heading in HEADING.finditer(bare)
        if not any(start <= heading.start() < end for start, end in fences)
    ]
    for place, digest in reversed(list(zip(headings, digests, strict=False))):
        bare = f"{bare[:place]}<!-- English text: {digest} -->\n{bare[place:]}"
    return bare


def out_of_date(name: str) -> list[str]:
    """English headings whose Chinese section was translated from another text."""
    pairs = zip(sections(page_text(name)), sections(page_text(PAGES[name])), strict=False)
    return [english.heading for chinese, english in pairs if chinese.mark != english.digest]


def targets(name: str, text: str) -> list[str]:
    """Files that a text links to, the Chinese page in place of the English one, sorted."""
    files = []
    for target in LINK.findall(text):
        address = target.partition("#")[0]
        if "://" not in target:
            address = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
        files.append(CHINESE_OF.get(address, address))
    return sorted(files)


def copy_blocks(english: str) -> None:
    """Copy the fenced blocks of an English page into its Chinese page, if it has one."""
    for name, source in PAGES.items():
        if source == english:
            page = with_blocks(page_text(name), page_text(source))
            (ROOT / name).write_text(page, encoding="utf-8", newline="\n")


def main(words: list[str] | None = None) -> None:
    """Copy code and output into the Chinese pages and list sections that are out of date."""
    parser = argparse.ArgumentParser("python -m tests.docs.chinese", description=main.__doc__)
    parser.add_argument(
        "--translated", nargs="+", default=[], metavar="PAGE", choices=list(PAGES),
        help="Chinese pages that were brought up to date, as in README.zh.md",
    )  # fmt: skip
    for name in parser.parse_args(words).translated:
        page = with_marks(page_text(name), page_text(PAGES[name]))
        (ROOT / name).write_text(page, encoding="utf-8", newline="\n")
    for name, english in PAGES.items():
        copy_blocks(english)
        for heading in out_of_date(name):
            print(f"{name}: out of date: {heading}")


if __name__ == "__main__":
    main()
