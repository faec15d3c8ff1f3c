"""The projection of the province under rules of a person's year, beside that by claim.

Both are projected in turn in one process, by processor time, with nothing kept from the round
before. Every benefit of both schemes pays by a person's year, those of two kinds of hospitals under
one limit, with a layer for catastrophic cost that a fund of its own pays and one of medical
assistance for some members; there are waiting months, subsidies by payer, income classes, premiums
by age and members who choose their base. The rules are made up, the people are those of the case.
"""

import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from benchmarks.table import Row
from benchmarks.timing import best_in_turn, processor_seconds
from fundpool.building.copies import copy_case
from fundpool.inputs.case import Case, read_case
from fundpool.models.claims import person_years
from fundpool.models.projection.study import study

YEARS = 30
MOST = 1.5
"""Largest ratio of processor seconds."""
FIRST_YEAR = 2025
BASIC = ("employee", "resident")
SOURCE = {"source": "made up", "status": "assumed"}
YEARLY: dict[str, Any] = {
    "per": "year",
    "dispersion": 0.5,
    "layers": [
        {"fund": "major", "threshold": 15_000, "bands": [[0, 0.6], [50_000, 0.7]]},
        {"threshold": 0, "bands": [[0, 0.5]], "share": 0.04},
    ],
}
TABLES: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "subsidies": ("scheme region payer year basis value", [
        ("employee", "", "central", FIRST_YEAR, "a_head", 5.0),
        ("resident", "", "province", FIRST_YEAR, "lump_sum", 5e8),
        ("major", "", "central", FIRST_YEAR, "share_of_outgo", 0.9),
    ]),
    "income_classes": ("scheme region year class share premium subsidy income", [
        ("resident", "", FIRST_YEAR, "poor", 0.05, 0.0, 1.5, None),
        ("resident", "", FIRST_YEAR, "others", 0.95, 1.05, 0.97, None),
    ]),
    "premium_ages": ("scheme age_from age_to factor", [("resident", 0, 18, 0.9)]),
    "own_choice": ("scheme region age_from age_to share", [("employee", "", 16, 59, 0.1)]),
}  # fmt: skip
"""Tables that the case has not, by the province; its code is filled in."""


def with_year_rules(folder: Path) -> Case:
    """The province's case with all these rules, in an empty folder."""
    copy_case("jiangsu", folder)
    for policy in sorted((folder / "policies").glob("*")):  # some add schemes that pay by claim
        policy.unlink()
    settings = _read(folder / "case.toml")
    settings["schemes"].append("major")
    del settings["report_policies"]
    settings.setdefault("tables", {}).update(dict.fromkeys(TABLES, SOURCE))
    _write(folder / "case.toml", settings)
    schemes = {name: _read(folder / "schemes" / f"{name}.toml") for name in BASIC}
    schemes["major"] = _read(folder / "schemes" / "resident.toml")
    schemes["major"] |= {"name": "major", "statuses_covered": [], "statuses_paying": []}
    for name in BASIC:
        benefits = schemes[name]["benefits"]
        for benefit in benefits.values():
            benefit |= YEARLY
        benefits["inpatient_2"] = benefits["inpatient_1"] | {"shared_with": "inpatient_1"}
        schemes[name]["rules"]["waiting_months"] = {
            "value": 0, "by_year": {str(FIRST_YEAR): 3}, "unit": "months", **SOURCE
        }  # fmt: skip
    schemes["employee"]["rules"] |= {
        "own_rate": {"value": 0.08, "unit": "share of the base", **SOURCE},
        "own_base": {"value": 0.6, "unit": "times the local mean wage", **SOURCE},
    }
    for name, scheme in schemes.items():
        _write(folder / "schemes" / f"{name}.toml", scheme)
    tables = folder / "tables"
    balances = pd.read_csv(tables / "fund_balances.csv", dtype={"region": str})
    empty = balances[balances["scheme"] == "resident"].assign(scheme="major", pooled_balance=0.0)
    pd.concat([balances, empty]).to_csv(tables / "fund_balances.csv", index=False)
    regions = pd.read_csv(tables / "regions.csv", dtype=str)
    province = regions.loc[regions["level"] == "province", "region"].iloc[0]
    for name, (columns, rows) in TABLES.items():
        table = pd.DataFrame(rows, columns=columns.split())
        if "region" in table:
            table["region"] = province
        table.to_csv(tables / f"{name}.csv", index=False)
    return read_case(folder)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, values: dict[str, Any]) -> None:
    path.write_text(tomli_w.dumps(values), encoding="utf-8")


def projection(case: Case) -> None:
    """All from the start: payments kept from an earlier projection are dropped."""
    person_years.forget()
    study(case, YEARS)


def measure() -> list[Row]:
    """Processor seconds of both projections, and their ratio."""
    with tempfile.TemporaryDirectory() as place:
        by_year, by_claim = with_year_rules(Path(place) / "case"), read_case("jiangsu")
        times = best_in_turn(
            {"claim": lambda: projection(by_claim), "year": lambda: projection(by_year)},
            3, processor_seconds,
        )  # fmt: skip
    return [
        Row("rules of a person's year: projection of 30 years, processor time", times["year"], "s"),
        Row("rules of a person's year: over payment by claim", times["year"] / times["claim"],
            "times", MOST, "at most"),
    ]  # fmt: skip
