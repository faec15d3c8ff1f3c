"""Examples in docstrings say what the code does."""

import doctest
from importlib import import_module

import pytest

from tests.test_house import MODULES, dotted_name

NAMES = [dotted_name(file) for file in MODULES if ">>>" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name))
    assert (failed, tried > 0) == (0, True)
