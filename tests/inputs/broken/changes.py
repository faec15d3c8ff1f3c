"""Ways to spoil the worked example, one mistake at a time."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from tests.cases.small import SmallCase

Change = Callable[[SmallCase], None]
SOURCE = {"source": "worked example", "status": "assumed"}


def table(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Change:
    def apply(case: SmallCase) -> None:
        case.tables[name] = change(case.tables[name].copy())

    return apply


def cell(name: str, row: int, column: str, value: object) -> Change:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table[column] = table[column].astype(object)
        table.loc[row, column] = value
        return table

    return table(name, change)


def drop_row(name: str, row: int) -> Change:
    return table(name, lambda table: table.drop(index=row))


def setting(path: str, value: object) -> Change:
    return lambda case: _put(case.settings, path, value)


def scheme(name: str, path: str, value: object) -> Change:
    return lambda case: _put(case.schemes[name], path, value)


def _put(contents: dict[str, Any], path: str, value: object) -> None:
    """Set what stands at a path; None removes it."""
    *parents, last = path.split(".")
    for part in parents:
        contents = contents[part]
    if value is None:
        del contents[last]
    else:
        contents[last] = value


def file(name: str, contents: bytes) -> Change:
    def apply(case: SmallCase) -> None:
        case.extra_files[name] = contents

    return apply


def instead(table: str, name: str, contents: bytes) -> Change:
    """A file in place of a table."""

    def apply(case: SmallCase) -> None:
        del case.tables[table]
        case.extra_files[name] = contents

    return apply


def rename_scheme_file(case: SmallCase) -> None:
    case.schemes["residents"] = case.schemes.pop("resident")


def scheme_rules(rule: str, service: str, value: float) -> Change:
    def apply(case: SmallCase) -> None:
        case.tables["scheme_rules"] = pd.DataFrame(
            [("employee", "ash", 2020, rule, service, value)],
            columns=["scheme", "region", "year", "rule", "service", "value"],
        )

    return apply


def fund_total(year: int, measure: str = "claims", use: str = "fit") -> Change:
    def apply(case: SmallCase) -> None:
        case.tables["fund_totals"] = pd.DataFrame(
            [("land", "employee", year, measure, 1e6, use)],
            columns=["region", "scheme", "year", "measure", "value", "use"],
        )

    return apply


def second_service(case: SmallCase) -> None:
    """In-patient care like out-patient care, whose costs change at the age of 60."""
    case.settings["services"].append("inpatient")
    for scheme in case.schemes.values():
        scheme["benefits"]["inpatient"] = scheme["benefits"]["outpatient"]
    for name in ("morbidity", "treatment"):
        table = case.tables[name]
        case.tables[name] = pd.concat([table, table.assign(service="inpatient")])
    costs = case.tables["severity"].assign(service="inpatient")
    young, old = costs.assign(age_to=59), costs.assign(age_from=60)
    case.tables["severity"] = pd.concat([case.tables["severity"], young, old])
