"""Examples in docstrings say what the code does, and everything a user calls has one."""

import doctest
from importlib import import_module
from inspect import isclass, isfunction
from typing import Any

import pytest

from tests.docs.test_api import FACES, SCIENCE, public_names
from tests.test_house import MODULES, dotted_name

NAMES = [dotted_name(file) for file in MODULES if ">>>" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name))
    assert (failed, tried > 0) == (0, True)


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
