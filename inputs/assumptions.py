"""Assumptions of case.toml by their path, and the part that names the source of each."""

from collections.abc import Mapping
from typing import Any

from inputs.settings import Parameter, Settings

SECTIONS = ("economy", "mobility", "coverage", "solvency", "pooling", "scenarios")
"""Sections of case.toml that hold assumptions; scenarios is optional."""


def listed_values(values: Mapping[str, Any]) -> str:
    """Values by name in one line."""
    return "; ".join(f"{key} {value}" for key, value in values.items())


def owner(settings: Settings, path: str) -> Any:
    """The innermost part on a path that names its source."""
    here: Any = settings
    for name in path.split("."):
        here = here[name] if isinstance(here, dict) else getattr(here, name)
        if hasattr(here, "source"):
            break
    return here


def flattened(path: str, item: Any) -> list[tuple[str, Any]]:
    """Every assumption under a path: parameters, and bare numbers beside a source."""
    if isinstance(item, Parameter):
        return [(path, item)]
    if isinstance(item, dict):
        return [one for key, value in item.items() for one in flattened(f"{path}.{key}", value)]
    if hasattr(item, "values") and isinstance(item.values, dict):
        return [(f"{path}.values.{key}", value) for key, value in item.values.items()]
    return [
        (f"{path}.{name}", getattr(item, name))
        for name in type(item).model_fields
        if name not in ("source", "status", "note", "unit")
    ]
