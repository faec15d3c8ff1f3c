"""The solvency report: ``fundpool.report(case)`` writes it, modules of this package make its parts.

The package can be called because the function has the name of the command, as the others do.
"""

import sys
from importlib import import_module
from inspect import Signature, signature
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    """A package that is also the function :func:`fundpool.functions.reporting.report`."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return import_module("fundpool.functions.reporting").report(*args, **kwargs)

    @property
    def __signature__(self) -> Signature:
        return signature(import_module("fundpool.functions.reporting").report)


sys.modules[__name__].__class__ = _CallablePackage
