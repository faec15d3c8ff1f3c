"""What is deprecated is on the page, and goes when it was said to go."""

import ast
import re

import fundpool
from tests.docs.blocks import ROOT
from tests.test_house import MODULES

PAGE = (ROOT / "docs" / "deprecation.md").read_text("utf-8")
ROW = re.compile(
    r"^\| (?P<since>\S+) \| `(?P<function>\w+)` \| `(?P<former>\w+)` \| `(?P<present>\w+)` \| "
    r"(?P<gone>\S+) \|$",
    re.MULTILINE,
)


def version(text: str) -> tuple[int, ...]:
    """A version as numbers."""
    return tuple(int(number) for number in text.split("."))


def renamed_arguments(source: str) -> set[tuple[str, str, str]]:
    """Function, former and present name of every argument that ``renamed`` lets pass."""
    return {
        (node.name, keyword.arg or "", str(ast.literal_eval(keyword.value)))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("renamed")
        for keyword in decorator.keywords
    }


def test_renamed_arguments_are_read_from_the_code() -> None:
    source = '@deprecation.renamed(colour="color")\ndef paint(color): ...\n'
    assert renamed_arguments(source) == {("paint", "colour", "color")}


def test_what_is_deprecated_is_on_the_page() -> None:
    listed = {row.group("function", "former", "present") for row in ROW.finditer(PAGE)}
    used = {argument for file in MODULES for argument in renamed_arguments(file.read_text("utf-8"))}
    assert used <= listed


def test_it_works_for_two_minor_versions_and_then_goes() -> None:
    rows = list(ROW.finditer(PAGE))
    assert rows
    for row in rows:
        since, gone = version(row["since"]), version(row["gone"])
        assert gone[:2] in ((since[0], since[1] + 2), (since[0] + 1, 0)), row[0]
        assert version(fundpool.__version__) < gone, f"{row[0]} should have gone"
