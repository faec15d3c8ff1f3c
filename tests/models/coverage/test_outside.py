"""People who move in from outside: insured at home as often as those who live in the case."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fundpool
from fundpool.inputs.format.vocabulary import OUTSIDE, SEXES
from fundpool.models.projection.study import Projection
from tests.cases.small import SmallCase, small_case

BANDS = {"male": [(0, 15), (16, 59), (60, 100)], "female": [(0, 15), (16, 54), (55, 100)]}


def open_case() -> SmallCase:
    """A thousand of Ash live outside, and as many from outside in Ash; men of 30 throughout."""
    case = small_case()
    migrants = case.tables["migrants"]
    case.tables["migrants"] = pd.DataFrame(
        [("ash", "birch", 200.0), (OUTSIDE, "ash", 300.0)], columns=migrants.columns
    )
    population = case.tables["population"]
    outside = population[population["region"] == "ash"].assign(region=OUTSIDE)
    outside["persons"] *= 50.0
    case.tables["population"] = pd.concat([population, outside], ignore_index=True)
    mobility = case.tables["mobility"]
    case.tables["mobility"] = pd.concat(
        [mobility, mobility.head(1).assign(home=OUTSIDE)], ignore_index=True
    )
    ages = case.tables["migrant_ages"]
    case.tables["migrant_ages"] = pd.concat([ages, ages.assign(tie="inbound")], ignore_index=True)
    return case


def projected(case: SmallCase, folder: Path) -> Projection:
    read = fundpool.read_case(case.write(folder / "case"))
    return fundpool.project(read, "county", years=3)


def uninsured(projection: Projection) -> float:
    """Of those who came from outside, the share without cover after three years."""
    table = projection.migrants
    rows = table[(table["home"] == OUTSIDE) & (table["year"] == projection.flows.years[-1])]
    return float(rows["uninsured"].sum() / rows["persons"].sum())


def test_nobody_is_uninsured_where_nobody_was(tmp_path: Path) -> None:
    """All stayers have some cover, and nothing lapses: those who move in have it as well."""
    assert uninsured(projected(open_case(), tmp_path)) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("insured", [0.0, 0.25])
def test_rows_for_outside_are_followed(insured: float, tmp_path: Path) -> None:
    case = open_case()
    rows = [
        (OUTSIDE, "stayer", sex, first, last, cover, share)
        for sex in SEXES
        for first, last in BANDS[sex]
        for cover, share in (("home_resident", insured), ("none", 1.0 - insured))
    ]
    columns = case.tables["coverage"].columns
    case.tables["coverage"] = pd.concat(
        [case.tables["coverage"], pd.DataFrame(rows, columns=columns)], ignore_index=True
    )
    share = uninsured(projected(case, tmp_path))
    assert share > 0.0
    everybody = 1.0 - insured
    case.tables["coverage"]["share"] = np.where(
        (case.tables["coverage"]["region"] == OUTSIDE)
        & (case.tables["coverage"]["cover"] == "none"), 1.0,
        np.where(case.tables["coverage"]["region"] == OUTSIDE, 0.0,
                 case.tables["coverage"]["share"]),
    )  # fmt: skip
    most = uninsured(projected(case, tmp_path / "most"))
    assert share == pytest.approx(everybody * most), "in proportion to those outside"


@pytest.mark.parametrize(
    ("tie", "cover", "expected"),
    [("inbound", "none", "stayer for outside"), ("stayer", "employee", "none or home_resident")],
)
def test_other_rows_for_outside_are_refused(
    tie: str, cover: str, expected: str, tmp_path: Path
) -> None:
    case = open_case()
    table = case.tables["coverage"]
    rows = [
        (OUTSIDE, tie, sex, first, last, cover, 1.0) for sex in SEXES for first, last in BANDS[sex]
    ]
    case.tables["coverage"] = pd.concat(
        [table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True
    )
    findings = fundpool.check_case(case.write(tmp_path / "case"))
    assert any(expected in finding.message for finding in findings)
