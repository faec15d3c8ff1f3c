"""A plan of the page as a policy file and as a command that reproduces it."""

import json
import math
import shlex
from collections.abc import Mapping
from typing import Any

from fundpool.inputs.case import Case
from fundpool.inputs.settings.parameters import Parameter
from fundpool.web.requests.plan import LeverValues, PlanRequest

NAME = "page-plan"
GROWTHS = ("medical_inflation", "wage_growth", "interest")


def policy_contents_of(case: Case, request: PlanRequest) -> dict[str, Any]:
    """Contents of a policy that says what the levers say, for ``--policy`` of the command.

    Args:
        case: the case with the request's policies laid over it.
        request: the plan.
    """
    levers = request.levers
    first = levers.from_year or case.base_year + 1
    contents: dict[str, Any] = {
        "schema_version": 1,
        "name": NAME,
        "title": "Plan from the planning page",
        "about": "; ".join(words(request)) or "nothing is changed",
        "source": "set on the planning page",
        "status": "assumed",
    }
    if request.pooling:
        contents["pooling"] = request.pooling
    economy: dict[str, Any] = {}
    for name in GROWTHS:
        change = getattr(levers, name)
        if change:
            economy[name] = _raised(getattr(case.settings.economy, name), change, first, case)
    if levers.premium:
        parameter = case.settings.economy.premium_growth
        grown = (1.0 + parameter.at(first)) * (1.0 + levers.premium) - 1.0
        economy["premium_growth"] = {
            "value": parameter.value,
            "by_year": _years({**parameter.by_year, first: grown}),
        }
    changed: dict[str, Any] = {"economy": economy} if economy else {}
    if request.mobility:
        changed["mobility"] = {
            name: _raised(getattr(case.settings.mobility, name), request.mobility, 0, case)
            for name in ("out_migration_growth", "in_migration_growth")
        }
    if changed:
        contents["case"] = changed
    schemes = {
        scheme.name: {"rules": {"employer_rate": _stepped(scheme.file.rules, levers, first)}}
        for scheme in case.schemes
        if levers.rate and scheme.kind == "payroll"
    }
    if schemes:
        contents["schemes"] = schemes
    if levers.care:
        contents["shocks"] = [
            {
                "title": "frequency of care set on the planning page",
                "year": first,
                "years": 100,
                "care": {"all": 1.0 + levers.care},
                "source": "set on the planning page",
                "status": "assumed",
            }
        ]
    return contents


def _raised(parameter: Parameter, change: float, first: int, case: Case) -> dict[str, Any]:
    """A growth raised from a year on; the years before keep what they had."""
    kept = range(case.base_year + 1, first)
    by_year = {year: parameter.at(year) for year in kept}
    by_year |= {
        year: value + (change if year >= first else 0.0)
        for year, value in parameter.by_year.items()
    }
    result: dict[str, Any] = {"value": parameter.value + change}
    if by_year:
        result["by_year"] = _years(by_year)
    return result


def _stepped(rules: Mapping[str, Parameter], levers: LeverValues, first: int) -> dict[str, Any]:
    rule = rules["employer_rate"]
    later = {y: value + levers.rate for y, value in rule.by_year.items() if y > first}
    before = {y: value for y, value in rule.by_year.items() if y < first}
    return {
        "value": rule.value,
        "by_year": _years({**before, first: rule.since(first) + levers.rate, **later}),
    }


def _years(values: Mapping[int, float]) -> dict[int, float]:
    return {year: round(value, 12) for year, value in sorted(values.items())}


def words(request: PlanRequest) -> list[str]:
    """What a request changes, one phrase each."""
    levers = request.levers
    said = [f"pooling {request.pooling}"] if request.pooling else []
    said += [f"policy {name}" for name in request.policies]
    said += [f"stress {request.stress}"] if request.stress else []
    since = f" from {levers.from_year}" if levers.from_year else ""
    for name, unit in (
        ("rate", "points"), ("premium", "%"), ("care", "%"), ("medical_inflation", "points"),
        ("wage_growth", "points"), ("interest", "points"),
    ):  # fmt: skip
        value = getattr(levers, name)
        if value:
            said.append(f"{name.replace('_', ' ')} {100 * value:+.4g} {unit}{since}")
    if request.mobility:
        said.append(f"growth of moves {100 * request.mobility:+.4g} points a year")
    if request.optimised is not None:
        path = " on the one path" if request.optimised.one_path else ""
        months = f"{request.optimised.months:g} months of reserve"
        said.append(f"rates and swaps optimised for {months}{path}")
    return said


def toml_text(contents: Mapping[str, Any]) -> str:
    """A policy's contents as TOML."""
    lines, tables = [], []
    for key, value in contents.items():
        if isinstance(value, Mapping):
            tables += _tables(key, value)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for item in value:
                tables += ["", f"[[{key}]]", *(f"{k} = {_value(v)}" for k, v in item.items())]
        else:
            lines.append(f"{key} = {_value(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def _tables(path: str, contents: Mapping[str, Any]) -> list[str]:
    settings = [f"{k} = {_value(v)}" for k, v in contents.items() if not _is_table(k, v)]
    lines = ["", f"[{path}]", *settings] if settings else []
    for key, value in contents.items():
        if _is_table(key, value):
            lines += _tables(f"{path}.{_key(key)}", value)
    return lines


def _is_table(key: object, value: Any) -> bool:
    return isinstance(value, Mapping) and key != "by_year"


def _key(key: object) -> str:
    text = str(key)
    return (
        text
        if text.replace("_", "").replace("-", "").isalnum() and text.isascii()
        else (json.dumps(text))
    )


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, float) and math.isinf(value):
        return "inf"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def command_of(
    case_name: str,
    pooling: tuple[str, str],
    request: PlanRequest,
    years: int,
    needs_file: bool,
    shock: str = "",
) -> str:
    """The command that shows the plan beside the pooling in force, or optimises it.

    Args:
        case_name: what the case is called at the command line.
        pooling: the plan in force that it is compared with, and the plan's pooling.
        request: the plan.
        years: projected years.
        needs_file: whether the policy file has to be downloaded first.
        shock: policy of shocks that is laid over all others; empty for none.
    """
    wanted = request.optimised
    work = "compare"
    if wanted is not None:
        # a point of the frontier is one row of that command's table
        work = "optimise" if wanted.burden_ceiling is None else "frontier"
    words_of_command = ["fundpool", work, case_name]
    for policy in request.policies:
        words_of_command += ["--policy", policy]
    if needs_file:
        words_of_command += ["--policy", f"{NAME}.toml"]
    if shock:
        words_of_command += ["--policy", shock]
    _, plan = pooling
    if wanted is None:
        for level in dict.fromkeys(pooling):
            words_of_command += ["--pooling", level]
    else:
        words_of_command += ["--pooling", plan, "--reserve-months", f"{wanted.months:g}"]
        if not wanted.swaps and work == "optimise":
            words_of_command += ["--choose", "rates"]
        if wanted.one_path and work == "optimise":
            words_of_command += ["--one-path"]
        if wanted.unevenness is not None:
            words_of_command += ["--set", f"optimiser.weight_unevenness={wanted.unevenness:g}"]
    return shlex.join([*words_of_command, "--years", str(years)])
