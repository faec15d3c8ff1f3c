"""Rules of the house: imports run one way, modules stay small, the documentation is current."""

import ast
import doctest
from pathlib import Path

import pytest

from fundpool.inputs.template import case_format_page

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "actuarial": {"actuarial"},
    "inputs": {"inputs", "actuarial"},
    "models": {"models", "inputs", "actuarial"},
    "fundpool": {"fundpool", "models", "inputs", "actuarial"},
}
MODULES = [file for room in ALLOWED for file in sorted((ROOT / room).rglob("*.py"))]


def dotted_name(file: Path) -> str:
    """Name that a module is imported by."""
    names = file.relative_to(ROOT).with_suffix("").parts
    inside = ("fundpool", *names) if names[0] in ("actuarial", "inputs", "models") else names
    return ".".join(inside).removesuffix(".__init__")


def _imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {_top_level(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {_top_level(f"{node.module}.{alias.name}") for alias in node.names}
    return names & set(ALLOWED)


def _top_level(name: str) -> str:
    """Top-level folder of a module: ``fundpool.models.flows.years`` lies in ``models``."""
    first, _, rest = name.partition(".")
    inner = rest.split(".")[0]
    return inner if first == "fundpool" and inner in ALLOWED else first


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_run_one_way(file: Path) -> None:
    room = file.relative_to(ROOT).parts[0]
    assert _imported(file) <= ALLOWED[room]


def _lines(text: str) -> int:
    """Lines of a module, those of its examples left out."""
    examples = doctest.DocTestParser().get_examples(text)
    return len(text.splitlines()) - sum(
        len((example.source + example.want).splitlines()) for example in examples
    )


def test_modules_hold_one_idea() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in MODULES
        if (lines := _lines(file.read_text(encoding="utf-8"))) > 400
    }
    assert long == {}


def test_page_on_the_case_format_is_current() -> None:
    page = ROOT / "docs" / "case-format.md"
    assert page.read_text(encoding="utf-8") == case_format_page()
