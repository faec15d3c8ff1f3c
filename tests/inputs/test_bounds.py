"""What `check` accepts, every command can run: each number at, inside and beyond its bounds.

Numbers of settings, scheme files and tables of a case that has something of everything are set
to values at which formulas break: nothing, one, all, less than nothing, far too much. Either there
is a finding, or the case is projected, pooled, measured, drawn and optimised without a traceback.
"""

import contextlib
import os
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from fundpool.alerts import solvency_alerts
from fundpool.inputs.case import Case
from fundpool.inputs.case.reading import assembled
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.tables import TABLE_OF
from fundpool.models.calibration.checking import fit_findings
from fundpool.models.calibration.experience import experience
from fundpool.models.optimiser import optimise
from fundpool.models.projection.comparison import compare
from fundpool.models.risk.solvency import solvency_risk
from fundpool.summary import as_json, summary
from tests.cases.rich import rich_case
from tests.cases.small import SmallCase
from tests.inputs.every_input import case_as_read, held, numbers_of, put

VALUES = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 1e-9, 100.0, 1e6, 1e12, float("nan"), float("inf"))
SLICES = int(os.environ.get("BOUNDS_SLICES", "48"))
"""The pairs of input and value are dealt out over so many slices, of which one is run; 1 runs all.

What is left out by default is run with ``BOUNDS_SLICES=1``.
"""

Pair = tuple[str, tuple[str, ...], float]


def _pairs() -> list[Pair]:
    case = rich_case()
    pairs: list[Pair] = [
        (file, path, value) for file, path in numbers_of(case) for value in VALUES
    ]  # fmt: skip
    for name, column in _columns():
        for value in (*_bounds(name, column), *VALUES):
            pairs.append((f"tables/{name}", (column, "one"), value))
            pairs.append((f"tables/{name}", (column, "all"), value))
    return [pair for place, pair in enumerate(pairs) if place * 7919 % SLICES == 0]


def _columns() -> Iterator[tuple[str, str]]:
    for name, table in rich_case().tables.items():
        for column in TABLE_OF[name].columns:
            if column.kind != "text" and column.name in table:
                yield name, column.name


def _bounds(name: str, column: str) -> Iterator[float]:
    made = TABLE_OF[name].column(column)
    for bound in (made.least, made.most):
        if bound is not None:
            yield from (bound, bound - 1e-9, bound + 1e-9)


def _with(pair: Pair) -> SmallCase:
    file, path, value = pair
    case = rich_case()
    if file.startswith("tables/"):
        table = case.tables[file.removeprefix("tables/")]
        table[path[0]] = table[path[0]].astype(object)
        rows = table.index if path[1] == "all" else table.index[[len(table) // 2]]
        table.loc[rows, path[0]] = "" if np.isnan(value) else value
    else:
        put(case, file, path, type(held(case, file, path))(value) if value == 1e6 else value)
    return case


def run_everything(case: Case) -> None:
    """All that commands compute; refusals with findings are right."""
    with contextlib.suppress(CaseError):
        fit_findings(case)
        plans = ["county", "city", "county,city@2022", "county+province(levy=0.1)"]
        comparison = compare(case, plans[:3], 3)
        for projection in comparison.projections.values():
            for name in ("funds", "measures", "people", "accounts", "migrants", "retiring",
                         "settlement", "calibration", "evenness", "economy"):  # fmt: skip
                assert getattr(projection, name) is not None
            solvency_alerts(projection)
        assert len(comparison.overview) > 0
        as_json(summary(comparison.projections, "county"))
        experience(case, comparison.study.flows)
        with contextlib.suppress(CaseError):
            solvency_risk(comparison.study, ["county"], 4)
        optimise(comparison.projections["city"], 3.0)


@pytest.mark.parametrize("pair", _pairs(), ids=str)
def test_refused_or_run(pair: Pair) -> None:
    case, findings = assembled(case_as_read(_with(pair)), "rich")
    if case is None:
        assert all(str(finding.message) for finding in findings)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        run_everything(case)


def test_the_case_itself_runs() -> None:
    case, findings = assembled(case_as_read(rich_case()), "rich")
    assert case is not None
    assert findings == []
    run_everything(case)
    comparison: Any = compare(case, ["county", "city"], 2)
    assert comparison.overview["pools"].tolist() == [2] * 4 + [2] * 4
