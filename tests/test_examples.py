"""Examples in docstrings say what the code does."""

import doctest
from importlib import import_module

import pytest

from tests.test_house import MODULES, ROOT

NAMES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for file in MODULES
    if ">>>" in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name))
    assert (failed, tried > 0) == (0, True)
