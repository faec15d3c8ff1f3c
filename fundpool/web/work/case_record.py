"""A case as the page needs it: names, places, levels, policies, and what its levers begin at."""

import math
from typing import Any

from fundpool.inputs.case import Case
from fundpool.languages import language as language_of
from fundpool.languages.numbers import plural
from fundpool.languages.wording import local_names
from fundpool.web.work.outlines import outlines
from fundpool.web.work.projection_cache import OpenedCase, can_draw
from fundpool.web.work.stresses import stress_names


def case_record(opened: OpenedCase, years: int, scenarios: int) -> dict[str, Any]:
    """A case as plain data.

    Args:
        opened: the case.
        years: projected years.
        scenarios: scenarios behind the fans.
    """
    case = opened.case
    economy = case.settings.economy
    first = case.base_year + 1
    return {
        "key": opened.key,
        "label": opened.label,
        "name": case.name,
        "title": case.title,
        "title_local": case.settings.title_local,
        "currency": case.currency,
        "base_year": case.base_year,
        "years": list(range(first, first + years)),
        "levels": list(case.levels),
        "pooling": case.pooling_in_force,
        "plurals": [plural(level, stated=case.settings.plurals) for level in case.levels],
        "schemes": [_scheme(case, scheme.name) for scheme in case.schemes],
        "regions": _regions(case),
        "boundaries": outlines(case),
        "policies": [
            {
                "name": name,
                "title": text.get("title", name),
                "title_local": text.get("title_local", ""),
                "about": text.get("about", ""),
                "about_local": text.get("about_local", ""),
                "pooling": text.get("pooling"),
                "status": text.get("status", ""),
            }
            for name, text in sorted(case.policy_texts.items())
        ],
        "stresses": stress_names(case),
        "economy": {
            name: getattr(economy, name).value
            for name in ("medical_inflation", "wage_growth", "interest")
        },
        "reserve_months": case.value("solvency.target_reserve_months"),
        "scenarios": scenarios if can_draw(case) else 0,
        "scenarios_described": can_draw(case),
        "inputs_sha256": case.inputs_sha256,
    }


def _scheme(case: Case, name: str) -> dict[str, Any]:
    scheme, year = case.scheme(name), case.base_year + 1
    rate = None
    if scheme.kind == "payroll":
        rate = sum(
            float(scheme.rule_array(rule, case.regions, year).mean())
            for rule in ("employer_rate", "employee_rate")
        )
    return {
        "name": name,
        "title": scheme.file.title,
        "title_local": scheme.file.title_local,
        "kind": scheme.kind,
        "rate": rate,
        "pooling": case.settings.pooling.plan_in_force([name], case.levels[0]),
    }


def _regions(case: Case) -> list[dict[str, Any]]:
    table = case.tables["regions"]
    local = local_names(table, language_of("zh"))
    rows = []
    for row in table.to_dict("records"):
        rows.append(
            {
                "code": row["region"],
                "name": case.regions.name(row["region"]),
                "name_local": local.get(case.regions.name(row["region"]), ""),
                "level": row["level"],
                "parent": row.get("parent") or "",
                "latitude": _finite(row.get("latitude")),
                "longitude": _finite(row.get("longitude")),
            }
        )
    return rows


def _finite(value: Any) -> float | None:
    number = math.nan if value is None else float(value)
    return number if math.isfinite(number) else None
