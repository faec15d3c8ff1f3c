"""Stresses laid over every plan on screen: shocks that come with a case, and joint alternatives.

A shock is a policy of the case that holds nothing else. High and low cost are those of the report
(:mod:`fundpool.models.analysis.alternatives`): every main assumption of the sensitivity table moved
by its step, each to the side that leaves funds with less money, or with more. As a policy they
change what comes and leave the base year as it was observed.
"""

from collections.abc import Mapping
from typing import Any

from fundpool.inputs.case import Case
from fundpool.inputs.case.assumptions import parameters
from fundpool.inputs.case.variation import shifted
from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.parameters import Parameter

ALTERNATIVES = ("high_cost", "low_cost")
BEYOND_SHOCKS = ("case", "schemes", "pooling", "add_schemes")
"""Keys of a policy that change rules or assumptions."""


def shock_policies(case: Case) -> list[str]:
    """Policies of a case that hold shocks and nothing else."""
    return [
        name
        for name, text in sorted(case.policy_texts.items())
        if text.get("shocks") and not any(text.get(key) for key in BEYOND_SHOCKS)
    ]


def stress_names(case: Case) -> list[str]:
    """Stresses that a case knows: its shocks, and joint alternatives where it lists steps."""
    listed = any(item.main for item in case.settings.sensitivity.values())
    return [*shock_policies(case), *(ALTERNATIVES if listed else ())]


def with_stress(case: Case, stress: str, moves: Mapping[str, float]) -> Case:
    """A case with a stress laid over it; one that is among its policies already stays as it is.

    Args:
        case: the case with the policies of a plan.
        stress: one of :func:`stress_names`.
        moves: signed steps of the assumptions that an alternative moves.

    Raises:
        ValueError: the case knows no such stress, or it moves nothing.
    """
    if stress not in stress_names(case):
        raise ValueError(Message("the case has no stress %(stress)s", stress=repr(stress)))
    if stress not in ALTERNATIVES:
        return case if stress in case.policies else case.with_policies([stress])
    if not moves:
        raise ValueError(Message("no assumption of the case makes its funds dearer or cheaper"))
    contents = stress_contents(case, stress, moves)
    return case.with_policy_text(f"{contents['name']}.toml", contents)


def stress_contents(case: Case, stress: str, moves: Mapping[str, float]) -> dict[str, Any]:
    """A joint alternative as the contents of a policy.

    Args:
        case: the case that it is laid over.
        stress: ``high_cost`` or ``low_cost``.
        moves: signed steps by path.
    """
    moved = case
    for path, step in moves.items():
        moved = shifted(moved, path, step)
    items = dict(parameters(moved))
    name = stress.replace("_", "-")
    contents: dict[str, Any] = {
        "schema_version": 1, "name": name, "title": name,
        "about": "; ".join(f"{path} {step:+g}" for path, step in moves.items()),
        "source": "steps of the sensitivity table", "status": "assumed",
    }  # fmt: skip
    for path in moves:
        keys = path.split(".") if path.startswith("schemes.") else ["case", *path.split(".")]
        here = contents
        for key in keys[:-1]:
            here = here.setdefault(key, {})
        here[keys[-1]] = _entry(items[path])
    return contents


def _entry(item: Any) -> Any:
    """An assumption as a policy states it: with its years where it has any."""
    if not isinstance(item, Parameter):
        return item
    years = {str(year): value for year, value in sorted(item.by_year.items())}
    return {"value": item.value} | ({"by_year": years} if years else {})


def with_contents(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Contents of two policies in one: what both state is as the second has it."""
    result = dict(under)
    for key, value in over.items():
        here = result.get(key)
        if isinstance(here, Mapping) and isinstance(value, Mapping) and "value" not in value:
            result[key] = with_contents(here, value)
        else:
            result[key] = value
    return result
