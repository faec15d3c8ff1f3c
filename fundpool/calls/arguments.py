"""Arguments checked before the work: what is wrong is named in a sentence.

>>> whole("years", 3, 1, 100)
3
>>> whole("years", 3.5, 1, 100)
Traceback (most recent call last):
TypeError: years is 3.5; expected a whole number from 1 to 100
"""

import math
import numbers
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from fundpool.calls.wrong_argument import WrongArgumentError, sentence
from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.messages import Listed, Message
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.pooling.short_form import plan_for
from fundpool.options import ScenarioOptions

CaseLike = Case | str | Path
"""A case that was read, or its folder, its workbook or the name of a bundled case."""
Policies = str | Path | Sequence[str | Path] | None
"""Policies of the case by name, or policy files: one or several."""
Pooling = str | PoolingPlan
"""A pooling plan or its short form."""
Kind = TypeVar("Kind")


def of_kind(argument: str, value: object, kind: type[Kind], expected: str) -> Kind:
    """A value of a class.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, kind):
        raise TypeError(sentence(argument, value, expected))
    return value


def _or_none(expected: Message) -> Message:
    """What is expected where an argument may be left out."""
    return Message("%(expected)s, or None", expected=expected)


def whole(
    argument: str, value: object, least: int, most: int | None = None, optional: bool = False
) -> Any:
    """A whole number in a range, or None where it may be left out.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is out of range.
    """
    expected = (
        Message("a whole number of at least %(least)s", least=least)
        if most is None
        else Message("a whole number from %(least)s to %(most)s", least=least, most=most)
    )
    expected = _or_none(expected) if optional else expected
    if value is None and optional:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(sentence(argument, value, expected))
    number = int(value)
    if number < least or (most is not None and number > most):
        raise WrongArgumentError(argument, value, expected)
    return number


def amount(argument: str, value: object, least: float, optional: bool = False) -> Any:
    """A finite number of at least ``least``, or None where it may be left out.

    Raises:
        TypeError: it is no number.
        ValueError: it is too small or not finite.
    """
    expected = Message("a number of at least %(least)s", least=f"{least:g}")
    expected = _or_none(expected) if optional else expected
    if value is None and optional:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(sentence(argument, value, expected))
    if not math.isfinite(float(value)) or float(value) < least:
        raise WrongArgumentError(argument, value, expected)
    return float(value)


def one_of(argument: str, value: object, known: Collection[str], optional: bool = False) -> Any:
    """A word of a list, or None where it may be left out.

    Raises:
        TypeError: it is no text.
        ValueError: it is not in the list.
    """
    expected = Message("one of %(known)s", known=Listed.of(known))
    if value is None and optional:
        return None
    if not isinstance(value, str):
        raise TypeError(sentence(argument, value, _or_none(expected) if optional else expected))
    if value not in known:
        raise WrongArgumentError(argument, value, expected)
    return value


def words(argument: str, value: object, known: Collection[str]) -> list[str]:
    """Words of a list such as ``rates,swaps``.

    Raises:
        TypeError: it is no text.
        ValueError: a word is not known, or there is none.
    """
    expected = Message("some of %(known)s, separated by commas", known=Listed.of(known))
    if not isinstance(value, str):
        raise TypeError(sentence(argument, value, expected))
    listed = [word.strip() for word in value.split(",") if word.strip()]
    if not listed or set(listed) - set(known):
        raise WrongArgumentError(argument, value, expected)
    return listed


def folder(argument: str, value: object) -> Path:
    """A folder's path.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, str | Path):
        raise TypeError(sentence(argument, value, "the path of a folder"))
    return Path(value)


def opened(
    case: object, policy: Policies = None, changes: Mapping[str, float] | None = None
) -> Case:
    """A case, with changed assumptions and then policies laid over it, as commands do it.

    Raises:
        CaseError: the case or what is laid over it is refused; all findings.
        TypeError: an argument of another kind.
    """
    if isinstance(case, str | Path):
        case = read_case(case)
    case = of_kind("case", case, Case, "a case, a case folder, a workbook or a bundled name")
    if changes is not None:
        expected = "a mapping from paths to numbers, as in {'economy.medical_inflation': 0.07}"
        if not isinstance(changes, Mapping):
            raise TypeError(sentence("changes", changes, expected))
        for path, value in changes.items():
            of_kind("changes", path, str, expected)
            amount(f"changes[{path!r}]", value, -math.inf)
        if changes:
            case = case.with_values(changes, levers_since=case.base_year + 1)
    return case.with_policies(names_of("policy", policy)) if policy else case


def names_of(argument: str, value: Policies) -> list[str | Path]:
    """One name or several, as a list.

    Raises:
        TypeError: something else.
    """
    listed = [value] if isinstance(value, str | Path) else value
    expected = "a name or file, or several of them in a list"
    if listed is None:
        return []
    if not isinstance(listed, Sequence):
        raise TypeError(sentence(argument, value, expected))
    return [name if isinstance(name, Path) else of_kind(argument, name, str, expected)
            for name in listed]  # fmt: skip


def checked_pooling(case: Case, pooling: object, argument: str = "pooling") -> Pooling:
    """A pooling plan that a case can follow.

    Raises:
        TypeError: it is neither a plan nor text.
        ValueError: the case cannot follow it.
    """
    expected = f"a level ({', '.join(case.levels)}) or a pooling plan"
    if not isinstance(pooling, str | PoolingPlan):
        raise TypeError(sentence(argument, pooling, expected))
    plan_for(case, pooling)
    return pooling


def scenario_options(value: object) -> ScenarioOptions:
    """Options of scenarios, of which a number alone is the number of scenarios.

    Raises:
        TypeError: neither options nor a number.
        ValueError: a number out of range.
    """
    if not isinstance(value, ScenarioOptions):
        value = ScenarioOptions(whole("scenarios", value, 0, 10_000_000))
    whole("scenarios", value.scenarios, 0, 10_000_000, optional=True)
    whole("seed", value.seed, 0, 2**64 - 1)
    of_kind("engine", value.engine, str, "local, processes, dask or dask=ADDRESS")
    return value
