"""Examples in docstrings say what the code does, and everything a user calls has one."""

import doctest
import inspect
from importlib import import_module
from inspect import isclass, isfunction
from typing import Any

import pytest

from tests.docs.test_api import FACES, SCIENCE, public_names
from tests.fundpool.test_functions import CALLED
from tests.test_house import MODULES, dotted_name

OF_A_USER = ">>> import fundpool"
"""How the examples of what a user calls begin; they are tried on a small case."""


def examples(module: str) -> list[doctest.DocTest]:
    """Docstrings of a module that have examples."""
    tests = doctest.DocTestFinder(exclude_empty=True).find(import_module(module), module)
    return [test for test in tests if test.examples]


NAMES = [dotted_name(file) for file in MODULES if ">>>" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str) -> None:
    tests = examples(name)
    assert tests
    for test in tests:
        if OF_A_USER not in (test.docstring or ""):
            assert doctest.DocTestRunner().run(test).failed == 0


def test_examples_of_a_user_are_tried() -> None:
    """Each that is passed over here belongs to something that is tried on a small case."""
    tried = {
        f"{value.__module__}.{value.__qualname__}"
        for value in (inspect.unwrap(value) for value in CALLED.values())
    }
    passed_over = {
        test.name
        for name in NAMES
        for test in examples(name)
        if OF_A_USER in (test.docstring or "")
    }
    assert passed_over - tried == {"fundpool"}, "the page of the package shows the order of work"


def called(module: str) -> dict[str, Any]:
    """What a module offers to be called: functions and classes, protocols left out."""
    values = {name: getattr(import_module(module), name.rpartition(".")[2])
              for name in public_names(module)}  # fmt: skip
    return {
        name: value
        for name, value in values.items()
        if callable(value) and not (isclass(value) and getattr(value, "_is_protocol", False))
    }


@pytest.mark.parametrize("module", SCIENCE)
def test_whatever_a_user_calls_has_an_example(module: str) -> None:
    silent = [name for name, value in called(module).items() if ">>>" not in (value.__doc__ or "")]
    assert silent == []


@pytest.mark.parametrize("package", FACES)
def test_functions_of_the_models_have_an_example(package: str) -> None:
    """Classes are what these functions take and return, and are shown by them."""
    silent = [
        name
        for name, value in called(package).items()
        if isfunction(value) and ">>>" not in (value.__doc__ or "")
    ]
    assert silent == []
