"""How names go out of use: the former works for two minor versions more, with a warning."""

import functools
import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


def renamed(**names: str) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Let a function take arguments by their former names, with a warning.

    Args:
        names: former name to present name.

    >>> @renamed(colour="color")
    ... def paint(color): return color
    >>> with warnings.catch_warnings(record=True) as heard:
    ...     warnings.simplefilter("always")
    ...     paint(colour="red"), str(heard[0].message)
    ('red', 'paint: colour is called color now')
    """

    def decorate(function: Callable[Given, Result]) -> Callable[Given, Result]:
        @functools.wraps(function)
        def called(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            for former, present in names.items():
                if former in kwargs:
                    message = f"{function.__name__}: {former} is called {present} now"
                    if present in kwargs:
                        raise TypeError(f"{message}; both are given")
                    warnings.warn(message, DeprecationWarning, stacklevel=2)
                    kwargs[present] = kwargs.pop(former)
            return function(*args, **kwargs)

        return called

    return decorate
