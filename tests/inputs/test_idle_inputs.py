"""Every input does something: change one, and a result changes or a finding says why not.

The inputs are not listed here: every number, word and list of years of the settings and scheme
files, and every column of the tables, of a case that has something of everything is changed.
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.alerts import solvency_alerts
from fundpool.inputs.case import Case
from fundpool.inputs.case.reading import assembled
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.raw import RawTable
from fundpool.inputs.format.tables import TABLE_OF, TABLES
from fundpool.models.calibration.multipliers import actual_to_expected
from fundpool.models.optimiser import optimise
from fundpool.models.optimiser.explain.industries import industry_burdens
from fundpool.models.optimiser.limits import aims_of, policy_of
from fundpool.models.optimiser.problem.candidates import candidates
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study, study
from fundpool.models.risk.solvency import solvency_risk
from tests.cases.rich import rich_case
from tests.cases.small import SmallCase
from tests.inputs.every_input import SettingPath, case_as_read, held, inputs_of, put

DRAWN = {
    "regions": ("name", "name_local", "latitude", "longitude", "area_km2"),
    "reference_facts": ("topic", "measure", "place", "value", "unit"),
}
"""Columns that are only shown."""


def _outcomes(case: Case) -> Iterator[str]:
    """Digests of everything that is computed from a case, the slowest last.

    Most inputs move the funds of cities: the rest is computed for the others only.
    """
    done = study(case)
    yield _digest([done.pooled("city").funds.to_csv(float_format="%.10g")])
    yield _digest(_central(case, done))
    yield _digest([_scenarios(done)])
    plan = optimise(done.pooled("county"), 3.0)
    yield _digest([industry_burdens(case, plan).to_csv(float_format="%.6g")])


def _digest(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _central(case: Case, done: Study) -> list[str]:
    texts = [str(case.services), str(policy_of(case)), str(aims_of(case))]
    for plan in ("county", "city", "province"):
        pooled = done.pooled(plan)
        for table in (pooled.funds, pooled.measures, pooled.people, pooled.accounts,
                      pooled.migrants, pooled.settlement, pooled.evenness, pooled.retiring,
                      pooled.economy):  # fmt: skip
            texts.append(table.to_csv(float_format="%.10g"))
        texts.append(str(solvency_alerts(pooled)))
    texts.append(actual_to_expected(case, done.flows, done.calibration).to_csv())
    texts += [_partition(done, scheme.name) for scheme in case.schemes[:1]]
    return texts


def _partition(done: Study, scheme: str) -> str:
    made = candidates(done.case, central_paths(done.pooled("county"), scheme), done.flows, 3.0)
    return str(made.rescue_price) + str(np.round(made.added, 6).tolist())


def _scenarios(done: Study) -> str:
    if done.case.settings.pooling.collection_effort is not None:
        return ""
    risk = solvency_risk(done, ["county"], 24)
    return risk.risk.to_csv(float_format="%.8g") + risk.ruin.to_csv(float_format="%.8g")


@cache
def _tables() -> dict[str, RawTable]:
    """Tables of the case itself, as read."""
    return dict(case_as_read(rich_case()).tables)


def _changed(case: SmallCase, tables: Mapping[str, RawTable]) -> bool | None:
    """Whether an outcome differs from that of the case itself; None where a finding says no.

    Args:
        case: with a change.
        tables: as read, those that it does not change.
    """
    read, findings = assembled(case_as_read(case, tables), "rich")
    if read is None or findings:
        return None
    try:
        return any(one != other for one, other in zip(_outcomes(read), _base(), strict=True))
    except CaseError:
        return None


def _takes_no_years(file: str, path: SettingPath, value: Any) -> bool:
    """Whether its own value, given for a single year, is a finding: then any other is."""
    if path[-1] != "by_year":
        return False
    case = rich_case()
    put(case, file, path, {"2022": value})
    read, findings = assembled(case_as_read(case, _tables()), "rich")
    return read is None or bool(findings)


@cache
def _base() -> tuple[str, ...]:
    read, findings = assembled(case_as_read(rich_case()), "rich")
    assert read is not None
    assert findings == []
    return tuple(_outcomes(read))


ONLY_WITH = {
    ("rural", "settlement_pool"): "dual",
    ("separate", "settlement_pool"): "dual",
}
"""Settings that say something of members of a status which the scheme does not have."""

WORDS = {
    "regime": ["direct", "manual", "territorial"],
    "account": ["transfer", "forfeit", "surrender"],
    "insured_time": ["recognised", "restarts"],
    "coordination": ["remaining_cost", "non_duplication", "sequential"],
    "coordination_order": ["local_first", "home_first"],
    "settlement_pool": ["residence", "home"],
    "eligibility": ["contract", "workers"],
    "kind": ["payroll", "flat"],
    "reach": ["county", "city", "province"],
    "measure": ["reserve_months", "exhaustion", "ruin_probability", "actual_to_expected"],
}


def _alternatives(path: SettingPath, value: Any) -> Iterator[Any]:
    """Other values for an input, the nearest first."""
    if path[-1] == "by_year":
        for year in ("2022", "2021"):
            for other in _alternatives((*path[:-1], "value"), value):
                yield {year: other}
        return
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        for other in (value * 1.05, value + 0.07, value - 0.07, value * 0.5, value + 1, value - 1,
                      value + 40.0):  # fmt: skip
            yield round(other, 9)
    elif isinstance(value, list):
        if value and isinstance(value[0], list):
            yield [[start, rate * 0.9] for start, rate in value]
        elif value and isinstance(value[0], float):
            yield [*value[:-1], value[-1] - 0.1, 0.1]
        else:
            yield value[:-1]
            yield value[1:]
    elif isinstance(value, str):
        for key in path[::-1]:
            for word in WORDS.get(key, ()):
                if word != value:
                    yield word
        yield value + "x"


@pytest.mark.parametrize(("file", "path"), inputs_of(rich_case()), ids=lambda part: str(part)
                         if isinstance(part, str) else ".".join(part))  # fmt: skip
def test_every_setting_has_an_effect_or_a_finding(file: str, path: SettingPath) -> None:
    value = held(rich_case(), file, path)
    if status := ONLY_WITH.get((file, path[-1])):
        assert status not in rich_case().schemes[file]["statuses_covered"]
        return
    outcomes: list[tuple[Any, bool | None]] = []
    for other in _alternatives(path, value):
        if other == value:
            continue
        case = rich_case()
        put(case, file, path, other)
        changed = _changed(case, _tables())
        if changed or (changed is None and not outcomes and _takes_no_years(file, path, value)):
            return
        outcomes.append((other, changed))
    idle = [other for other, changed in outcomes if changed is False]
    assert not idle, f"{file} {'.'.join(path)}: {value!r} and {idle!r} give the same"


def _columns() -> list[tuple[str, str]]:
    tables = rich_case().tables
    return [
        (table.name, column.name)
        for table in TABLES
        for column in table.columns
        if column.name in tables.get(table.name, ())
        and column.name not in DRAWN.get(table.name, ())
    ]  # fmt: skip


def _shifted(table: pd.DataFrame, name: str, column: str) -> Iterator[pd.DataFrame]:
    """The table with one column changed in one way or another."""
    made = TABLE_OF[name]
    if made.column(column).kind == "text":
        for row in (0, len(table) // 2, len(table) - 1):
            for word in (*made.column(column).allowed[:4], *dict.fromkeys(table[column])):
                if word != table[column].iloc[row]:
                    changed = table.copy()
                    changed.loc[changed.index[row], column] = word
                    yield changed
        return
    groups = [
        [key for key in group if key in table]
        for group, shares in made.sums_to_one
        if shares == column
    ]
    largest = int(table[column].astype(float).abs().argmax())  # a share of nothing changes nothing
    for row in (largest, len(table) // 3, 0, len(table) // 2, len(table) - 1):
        changed = table.copy()
        values = changed[column].astype(float).to_numpy(copy=True)
        if groups:
            key = tuple(table[groups[0]].iloc[row])
            inside = np.flatnonzero(
                (table[groups[0]] == pd.Series(key, index=groups[0])).all(axis=1).to_numpy()
            )
            if inside.size > 1 and values[inside].max() > 0:
                first = inside[int(values[inside].argmax())]
                second = inside[inside != first][0]
                moved = 0.5 * values[first]
                values[first] -= moved
                values[second] += moved
        elif column in made.row_sum:
            other = next(c for c in made.row_sum if c != column)
            moved = 0.1 * changed[other].astype(float).to_numpy()
            changed[other] = changed[other] - moved
            values = values + moved
        elif made.column(column).kind == "integer":
            values[row] += 1
        elif table[column].iloc[row] != 1.0 or column != "cv":
            values[row] *= 0.93 if column != "cv" else 1.1
        changed[column] = values if made.column(column).kind == "number" else values.astype(int)
        yield changed


@pytest.mark.parametrize(("name", "column"), _columns())
def test_every_column_has_an_effect_or_a_finding(name: str, column: str) -> None:
    table = rich_case().tables[name]
    tables = {other: read for other, read in _tables().items() if other != name}
    idle = 0
    for other in _shifted(table, name, column):
        case = rich_case()
        case.tables[name] = other
        changed = _changed(case, tables)
        if changed:
            return
        idle += changed is False
    assert not idle, f"{name}.{column}: {idle} changes give the same"
