"""Messages of the program, and which of them a catalogue lacks.

``python -m fundpool.languages.catalogue`` adds new messages to the catalogues, with nothing as
their translation, and drops those that are gone; the tests list what is left untranslated.
"""

import argparse
import io
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from fundpool.languages.language import HERE, LANGUAGES

ROOM = HERE.parent
METHODS = [("**.py", "python"), ("**.j2", "jinja2")]
OPTIONS = {"**.j2": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None,
            "counted_message": (1, 2), "language": None, "word": None}  # fmt: skip


def messages() -> Catalog:
    """Every message marked in the program and in the templates, with where it stands."""
    catalogue = Catalog(project="fundpool", charset="utf-8")
    found = extract_from_dir(
        ROOM, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
    )
    for file, line, message, comments, context in found:
        catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalogue


def held(code: str) -> Catalog:
    """The catalogue of a language as it stands."""
    with (HERE / f"{code}.po").open("rb") as stream:
        return read_po(stream, locale="zh_CN")


def untranslated(code: str) -> list[str]:
    """Messages that a language has no words for."""
    own = held(code)
    missing = []
    for message in messages():
        if not message.id:
            continue
        mine = own.get(message.id, message.context)
        words = [] if mine is None else mine.string if mine.pluralizable else [mine.string]
        if not words or not all(words):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def unmarked(template: Path) -> Iterator[tuple[int, str]]:
    """Words of a template that stand outside any message: line and words."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"])
    source = template.read_text(encoding="utf-8")
    within = in_tag = False
    tokens = list(environment.lex(source))
    for number, (line, kind, value) in enumerate(tokens):
        if kind == "name" and value in ("trans", "endtrans"):
            before = next(t for t in reversed(tokens[:number]) if t[1] != "whitespace")
            if before[1] == "block_begin":
                within = value == "trans"
        if kind != "data":
            continue
        text = re.sub(r"^[^>]*(>|$)", " ", value) if in_tag else value
        in_tag = value.rfind("<") > value.rfind(">") or (in_tag and ">" not in value)
        text = re.sub(r"<(style|code)\b.*?</\1>|<[^>]*(>|$)|&\w+;", " ", text, flags=re.DOTALL)
        words = re.findall(r"[A-Za-z]{3,}", text)
        if words and not within:
            yield line, " ".join(words)


def update(code: str) -> None:
    """Bring a catalogue up to the messages of the program."""
    own = held(code)
    own.update(messages(), no_fuzzy_matching=True)
    own.obsolete.clear()
    text = io.BytesIO()
    write_po(text, own, width=100, omit_header=True, no_location=True, sort_output=True)
    (HERE / f"{code}.po").write_bytes(text.getvalue())


def main(words: list[str] | None = None) -> None:
    """Add new messages to every catalogue, without translation, and drop those that are gone."""
    parser = argparse.ArgumentParser(
        "python -m fundpool.languages.catalogue", description=main.__doc__
    )
    parser.parse_args(words)
    for code in LANGUAGES:
        if code != "en":
            update(code)
            print(f"{code}: {len(untranslated(code))} messages without words")


if __name__ == "__main__":
    main()
