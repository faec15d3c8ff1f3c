"""The settlement of a year's swaps: by hand, and again by the workbook's formulas alone."""

import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.languages import language
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.settlement import (
    PARTS,
    SettlementTerms,
    annual_swaps,
    in_parts,
    settlement,
)
from fundpool.models.optimiser.stages import optimised
from fundpool.report.workbook.settlement import SettlementBook, write_settlement
from tests.cases.pool_flows import pool_flows

TERMS = SettlementTerms((0.4, 0.3, 0.2, 0.1), (0.1, 0.2, 0.3, 0.4), 0.8, 0.05)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Three regions with costs of 8, 10 and 13.3333 %, evened out."""
    outgo = [[80.0, 100.0, 133.333]] * 2
    policy = Policy(reserve_months=0.0)
    aims = Aims(burden=3.0, movement=0.1, swaps=0.01)
    paths = pool_flows(outgo, 1000.0, 100.0, np.zeros(3))
    return Plan(policy, aims, (optimised([fund_problem(paths, policy)], aims),))


def test_parts_by_hand() -> None:
    """100.01 at four tenths and nine tenths of it; halves go away from zero."""
    parts = in_parts(np.array([100.01]), (0.4, 0.3, 0.2, 0.1), 0.9)
    assert parts[0].tolist() == [36.0, 27.0, 18.0, 9.0, 10.01]
    assert in_parts(np.array([0.1]), (0.25,) * 4, 0.2)[0].tolist() == [0.01, 0.01, 0.01, 0.01, 0.06]


def test_parts_sum_to_the_year_and_to_zero_over_regions_and_hub(plan: Plan) -> None:
    table = settlement(plan, 2022, TERMS)
    assert table["paid"].sum() > 0
    assert set(table["part"]) == set(PARTS)
    assert table.groupby("part")["net"].sum().abs().max() < 1e-9
    annual = annual_swaps(plan, 2022)["employee"].set_index("pool")
    by_pool = table[table["pool"] != "hub"].groupby("pool")[["paid", "received"]].sum()
    assert (by_pool - annual[["paid", "received"]]).abs().max().max() < 1e-9
    with pytest.raises(ValueError, match="2040 is not a year of the plan, 2021 to 2022"):
        settlement(plan, 2040)


@pytest.mark.parametrize(
    ("given", "expected"),
    [({"collected": (0.5, 0.5, 0.5, 0.5)}, "collected"), ({"paid": (1.0,)}, "paid"),
     ({"advance": 1.5}, "advance"), ({"late_interest": -0.1}, "late_interest")],
)  # fmt: skip
def test_terms_that_mean_nothing_are_refused(given: dict, expected: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=expected):
        SettlementTerms(**given)


class Cells:
    """A workbook's cells, worked out from its inputs: ROUND, SUM, products and sums."""

    def __init__(self, file: Path) -> None:
        self.formulas: dict[tuple[str, str], str] = {}
        self.numbers: dict[tuple[str, str], float] = {}
        self.kept: dict[tuple[str, str], float] = {}
        with zipfile.ZipFile(file) as packed:
            names = re.findall(r'<sheet name="([^"]+)"', packed.read("xl/workbook.xml").decode())
            for number, name in enumerate(names, start=1):
                text = packed.read(f"xl/worksheets/sheet{number}.xml").decode()
                for place, kind, inner in re.findall(r'<c r="(\w+)"([^>]*)>(.*?)</c>', text):
                    formula = re.search(r"<f>(.*?)</f>", inner)
                    if formula is not None:
                        self.formulas[name, place] = formula[1]
                        self.kept[name, place] = float(re.search("<v>(.*?)</v>", inner)[1])  # type: ignore[index]
                    elif 't="s"' not in kind:
                        self.numbers[name, place] = float(re.sub("<[^>]+>", "", inner))

    def value(self, sheet: str, place: str) -> float:
        """A cell."""
        if (sheet, place) not in self.formulas:
            return self.numbers[sheet, place]
        text = self.formulas[sheet, place].replace("$", "")
        text = re.sub(
            r"(?:(\w+)!)?([A-Z]+\d+):([A-Z]+\d+)",
            lambda m: f"cells('{m[1] or sheet}','{m[2]}','{m[3]}')", text,
        )  # fmt: skip
        text = re.sub(
            r"(?<!')\b(?:(\w+)!)?([A-Z]+\d+)\b(?!')",
            lambda m: f"cell('{m[1] or sheet}','{m[2]}')", text,
        )  # fmt: skip
        known = {"ROUND": half_up, "SUM": sum, "cell": self.value, "cells": self.values}
        return float(eval(text, {"__builtins__": {}}, known))

    def values(self, sheet: str, first: str, last: str) -> list[float]:
        """A row or a column of cells."""
        (a, i), (b, j) = (re.match(r"([A-Z])(\d+)", place).groups() for place in (first, last))  # type: ignore[union-attr]
        return [
            self.value(sheet, f"{chr(c)}{r}")
            for r in range(int(i), int(j) + 1) for c in range(ord(a), ord(b) + 1)
        ]  # fmt: skip


def half_up(value: float, digits: int) -> float:
    return float(np.copysign(np.floor(abs(value) * 10**digits + 0.5) / 10**digits, value))


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_workbook_works_itself_out(plan: Plan, tmp_path: Path, code: str) -> None:
    file = tmp_path / "settlement.xlsx"
    annual = annual_swaps(plan, 2022)
    write_settlement(file, SettlementBook(2022, "CNY", annual, TERMS), language(code))
    cells = Cells(file)
    table = settlement(plan, 2022, TERMS)
    for row, pool in enumerate(annual["employee"]["pool"], start=5):
        mine = table[table["pool"] == pool].set_index("part")
        for column, part in zip("EFGHI", PARTS, strict=True):
            assert cells.value("employee", f"{column}{row}") == mine.loc[part, "paid"]
        for column, part in zip("JKLMN", PARTS, strict=True):
            assert cells.value("employee", f"{column}{row}") == mine.loc[part, "received"]
    balanced(cells)
    assert {place: cells.value(*place) for place in cells.formulas} == cells.kept
    # other inputs, and a payment 73 days late at 5 %: a fifth of a year
    cells.numbers["terms", "B10"] = 0.555
    cells.numbers["terms", "B2"], cells.numbers["terms", "B3"] = 0.3, 0.4
    cells.numbers["employee", "Q5"] = 73.0
    balanced(cells)
    late = cells.value("employee", "F5")
    assert late > 0
    assert cells.value("employee", "U5") == half_up(late * 0.01, 2)
    assert cells.value("employee", "U9") == -cells.value("employee", "U8")


def balanced(cells: Cells) -> None:
    """Parts make up the year, regions and hub make up nothing."""
    for row in (5, 6, 7):
        assert cells.value("employee", f"V{row}") == 0.0
    for column in "CDEFGHIJKLMNOU":
        assert cells.value("employee", f"{column}10") == 0.0
    assert cells.value("terms", "B12") == 0.0
    assert cells.value("terms", "C12") == 0.0


def test_all_but_inputs_follows_from_formulas(plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "settlement.xlsx"
    annual: dict[str, pd.DataFrame] = dict(annual_swaps(plan, 2022))
    write_settlement(file, SettlementBook(2022, "CNY", annual, TERMS), language("en"))
    typed = {place for (sheet, place) in Cells(file).numbers if sheet == "employee"}
    # numbers typed in are the year's amounts and the days late, all else follows
    assert {place[0] for place in typed} == set("CDPQRST")
