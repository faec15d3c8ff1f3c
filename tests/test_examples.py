"""Examples in docstrings say what the code does."""

import doctest
from importlib import import_module

import pytest

from tests.test_house import MODULES, ROOT, dotted_name

NAMES = [
    dotted_name(file)
    for file in MODULES
    if ">>>" in file.read_text(encoding="utf-8")
    and not file.is_relative_to(ROOT / "fundpool" / "functions")
]
"""Functions named as commands are tried on a small case (tests/fundpool/test_functions.py)."""


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name))
    assert (failed, tried > 0) == (0, True)
