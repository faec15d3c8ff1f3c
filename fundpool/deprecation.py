"""How names go out of use: the former works for two minor versions more, with a warning."""

import functools
import warnings
from collections.abc import Callable
from dataclasses import is_dataclass, replace
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


def grouped(
    group: str, kind: type, *names: str
) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Let a function take arguments of its own that are fields of a group now, with a warning.

    Args:
        group: argument that takes the group.
        kind: a frozen dataclass; a bare value of the group stands for its first field.
        names: former arguments, now fields of it; None and False say nothing.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Size:
    ...     width: int
    ...     height: int = 1
    >>> @grouped("size", Size, "height")
    ... def draw(size): return size
    >>> with warnings.catch_warnings(record=True) as heard:
    ...     warnings.simplefilter("always")
    ...     draw(size=3, height=2), str(heard[0].message)
    (Size(width=3, height=2), 'draw: height belongs into size=Size(...) now')
    """

    def decorate(function: Callable[Given, Result]) -> Callable[Given, Result]:
        @functools.wraps(function)
        def called(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            former = {name: kwargs.pop(name) for name in names if name in kwargs}
            fields = {name: value for name, value in former.items() if value not in (None, False)}
            if former:
                verb = "belongs" if len(former) == 1 else "belong"
                message = (f"{function.__name__}: {', '.join(former)} {verb} into "
                           f"{group}={kind.__name__}(...) now")  # fmt: skip
                warnings.warn(message, DeprecationWarning, stacklevel=2)
            if fields:
                base = kwargs.get(group)
                bare = () if base is None else (base,)
                try:
                    kwargs[group] = (
                        replace(base, **fields)  # type: ignore[type-var]
                        if is_dataclass(base)
                        else kind(*bare, **fields)
                    )
                except TypeError:
                    raise TypeError(f"{message}; {group} is not given") from None
            return function(*args, **kwargs)

        return called

    return decorate
