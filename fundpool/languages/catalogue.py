"""Messages of the program, and which of them a catalogue lacks.

``python -m fundpool.languages.catalogue`` adds new messages to the catalogues, with nothing as
their translation, and drops those that are gone; the tests list what is left untranslated.
"""

import argparse
import ast
import io

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from fundpool.inputs.format.tables import PROVENANCE, TABLES
from fundpool.languages.language import HERE, LANGUAGES

ROOM = HERE.parent
FOLDERS = (ROOM, *((ROOM / name).resolve() for name in ("inputs", "models")))
"""Where messages are; links to folders beside the package are not followed on the way."""
METHODS = [("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "forms": (1, 2), "marked": None,
            "counted_message": (1, 2), "language": None, "word": None,
            "Message": None}  # fmt: skip


def messages() -> Catalog:
    """Every message of the program, with where it stands: those marked, and what tables hold."""
    catalogue = Catalog(project="fundpool", charset="utf-8")
    for folder in FOLDERS:
        extracted = extract_from_dir(
            folder, method_map=METHODS, keywords=KEYWORDS, strip_comment_tags=True
        )
        for file, line, message, comments, context in extracted:
            catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    for text in helps():
        catalogue.add(text)
    for table in TABLES:
        catalogue.add(table.about)
        for column in (*table.columns, *PROVENANCE):
            for text in filter(None, (column.about, column.unit)):
                catalogue.add(text)
    return catalogue


def helps() -> list[str]:
    """Texts of the help pages: what options and commands say of themselves in the code."""
    texts = []
    for file in sorted((ROOM / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "help":
                texts.append(str(ast.literal_eval(node.value)))
            elif isinstance(node, ast.FunctionDef) and any(
                ast.unparse(item).startswith("app.") for item in node.decorator_list
            ):
                texts.append(ast.get_docstring(node) or "")
    return texts


def catalogue_of(code: str) -> Catalog:
    """The catalogue of a language as it stands."""
    with (HERE / f"{code}.po").open("rb") as stream:
        return read_po(stream, locale="zh_CN")


def untranslated(code: str) -> list[str]:
    """Messages that a language has no words for."""
    catalogue = catalogue_of(code)
    missing = []
    for message in messages():
        if not message.id:
            continue
        mine = catalogue.get(message.id, message.context)
        words = [] if mine is None else mine.string if mine.pluralizable else [mine.string]
        if not words or not all(words):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def update(code: str) -> None:
    """Bring a catalogue up to the messages of the program."""
    catalogue = catalogue_of(code)
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    text = io.BytesIO()
    write_po(text, catalogue, width=100, omit_header=True, no_location=True, sort_output=True)
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
