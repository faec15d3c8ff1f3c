"""Sums a head and premiums into the fund of a layer; money that one fund pays into another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import FlowLevers, SchemeLevers
from fundpool.models.projection.study import Study, study
from fundpool.models.terms.subsidies import payers_of
from tests.cases.small import SmallCase
from tests.models.claims.test_layers_by_claim import by_claim

pytestmark = pytest.mark.plain

EMPLOYEE, RESIDENT, MAJOR, AID = range(4)
COLUMNS = ["scheme", "region", "payer", "year", "basis", "value"]
ROWS = (
    ("major", "land", "employee", 2020, "a_head", 50.0),
    ("major", "land", "members", 2020, "a_head", 30.0),
    ("aid", "land", "resident", 2022, "lump_sum", 12_000.0),
    ("resident", "land", "employee", 2021, "a_head", 1.0),
)


def financed(*rows: tuple[Any, ...]) -> SmallCase:
    made = by_claim()
    made.tables["subsidies"] = pd.DataFrame(rows or ROWS, columns=COLUMNS)
    made.settings["schemes"] = ["employee", "resident", "major", "aid"]
    return made


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study(read_case(financed().write(tmp_path_factory.mktemp("funds") / "case")), 3)


def from_funds(done: Study) -> Callable[[FloatArray], FloatArray]:
    """Sum of what funds give, by year and county, of ``granted`` ``(Y, S, T + 1, n + 1)``."""
    payers = payers_of(done.case.schemes)
    funds = [payers.index(name) for name in ("employee", "resident")]
    return lambda granted: np.asarray(granted[funds, :, 1:].sum(axis=(0, 1)))


def test_a_premium_and_a_sum_a_head(done: Study) -> None:
    """50 of the employees' fund for each of its insured, 30 of each member of either scheme."""
    flows = done.flows
    index = flows.paths.premium[:, None]
    employees, residents = (flows.persons[number, :, :2] for number in (EMPLOYEE, RESIDENT))
    expected = (50.0 * employees + 30.0 * (employees + residents)) * index
    np.testing.assert_allclose(flows.subsidies[MAJOR, :, :2], expected, rtol=1e-12)
    table = done.pooled("province").funds.set_index(["scheme", "year"])
    for t, year in enumerate(flows.years[1:].tolist(), start=1):
        row = table.loc[("major", year)]
        assert row["subsidies_employee"] == pytest.approx(
            float((50.0 * employees * index)[t].sum())
        )
        paid = table.loc[("employee", year)]
        assert paid["cash_benefits_into_major"] == pytest.approx(row["subsidies_employee"])
        assert paid["cash_benefits"] == pytest.approx(
            row["subsidies_employee"] + table.loc[("resident", year)]["subsidies_employee"]
        )
    assert table.loc[("employee", 2021)]["persons"] > 0


def test_nothing_is_made_or_lost_between_funds(done: Study) -> None:
    """What one fund pays into others is what they take in, county by county."""
    flows = done.flows
    taken_in = from_funds(done)(flows.granted)
    np.testing.assert_allclose(flows.cash_benefits[:, :, 1:].sum(axis=(0, 1)), taken_in)
    assert taken_in.sum() > 0.0
    assert not flows.cash_benefits[:, :, 0].any()
    lump = flows.cash_benefits[:, RESIDENT].sum(axis=(0, 2))
    assert (lump[:2] == 0.0).all()
    since_then = flows.paths.premium[2:] / flows.paths.premium[2]
    np.testing.assert_allclose(lump[2:], 12_000.0 * since_then)
    # as the insured of the scheme that pays are
    by_county = flows.cash_benefits[:, RESIDENT, 2, :2].sum(axis=0)
    persons = flows.persons[RESIDENT, 2, :2]
    np.testing.assert_allclose(by_county / by_county.sum(), persons / persons.sum())


def test_still_so_after_levers(done: Study) -> None:
    levers = FlowLevers(premium_growth=0.02, wage_growth=0.01,
                        schemes={"major": SchemeLevers(subsidy=0.1)})  # fmt: skip
    moved = with_levers(done.case, done.flows, levers)
    taken_in = from_funds(done)(moved.granted)
    np.testing.assert_allclose(moved.cash_benefits[:, :, 1:].sum(axis=(0, 1)), taken_in)
    assert taken_in.sum() > 1.02 * from_funds(done)(done.flows.granted).sum()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("major", "land", "major", 2020, "a_head", 1.0), "payer"),
        (("major", "land", "employee", 2020, "share_of_outgo", 0.5), "basis"),
    ],
)
def test_funds_that_cannot_pay(row: tuple[Any, ...], column: str, tmp_path: Path) -> None:
    (found,) = (
        finding
        for finding in check_case(financed(row).write(tmp_path / "case"))
        if finding.severity == "error"
    )
    assert (found.column, found.value) == (column, row[COLUMNS.index(column)])


def test_rules_of_a_fund_without_members(tmp_path: Path) -> None:
    made = financed()
    made.schemes["major"]["rules"]["premium"] = made.schemes["resident"]["rules"]["premium"]
    found = [f for f in check_case(made.write(tmp_path / "case")) if f.file == "schemes/major.toml"]
    assert [(f.column, f.severity) for f in found] == [("rules.premium", "warning")]
