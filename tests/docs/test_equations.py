"""The page on equations: every equation of the model is on it, with code and tests that exist."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

PAGE = (ROOT / "docs" / "equations.md").read_text("utf-8")
MODEL = ("method.md", "stochastic.md", "optimiser.md")
"""Pages whose equations are listed."""


def code_spans(page: str) -> list[str]:
    """What stands between backticks, on one line."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", page)]


def equations(page: str) -> list[str]:
    """Code spans that state that something equals or bounds something, or an expectation."""
    prose = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    return [span for span in code_spans(prose) if re.search(r" (=|<=|>=) |^E\[", span)]


@pytest.mark.parametrize("name", MODEL)
def test_every_equation_of_the_model_is_on_the_page(name: str) -> None:
    stated = equations((ROOT / "docs" / name).read_text("utf-8"))
    assert len(stated) > 5
    assert [equation for equation in stated if equation not in code_spans(PAGE)] == []


def test_every_test_that_is_named_exists() -> None:
    named = [span for span in code_spans(PAGE) if span.startswith("tests/")]
    assert len(named) > 50
    for test in named:
        path, _, name = test.partition("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)], test


def test_every_function_that_is_named_exists() -> None:
    for name in (span for span in code_spans(PAGE) if span.startswith("fundpool.")):
        module = Path(*name.split(".")[1:])
        if not (ROOT / module).is_dir() and not (ROOT / module).with_suffix(".py").exists():
            inner, _, attribute = name.rpartition(".")
            assert hasattr(import_module(inner), attribute), name


def test_every_row_has_code_and_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    rows = [row for row in rows if not row.startswith("| equation |")]
    assert len(rows) > 40
    assert [row for row in rows if "`fundpool." not in row or "`tests/" not in row] == []
