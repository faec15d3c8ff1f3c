"""Prices and volumes of single services, by hand: what grows, from when, and until when."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.models.projection.study import Study, study
from tests.cases.small import SmallCase, small_case

pytestmark = pytest.mark.plain

COLUMNS = ["service", "kind", "year", "growth"]


def with_inpatient(*rows: tuple[Any, ...], deductible: float = 0.0) -> SmallCase:
    """Beside outpatient claims (2 a year of 1,000) inpatient ones, 0.1 a year of 10,000."""
    made = small_case()
    made.settings["services"].append("inpatient")
    changed = {"morbidity": ("frequency", 0.1), "severity": ("mean", 10_000.0)}
    for name in ("morbidity", "severity", "treatment", "relativities"):
        table = made.tables[name]
        more = table.assign(service="inpatient")
        if name in changed:
            column, value = changed[name]
            more[column] = value
        made.tables[name] = pd.concat([table, more], ignore_index=True)
    for scheme in made.schemes.values():
        scheme["benefits"]["inpatient"] = scheme["benefits"]["outpatient"] | {
            "deductible": deductible
        }
    if rows:
        made.tables["service_trends"] = pd.DataFrame(rows, columns=COLUMNS)
    return made


def projected(made: SmallCase, folder: Path) -> Study:
    return study(read_case(made.write(folder / "case")), 3)


def outgo_a_head(done: Study) -> np.ndarray:
    """Employees of Ash, who are all treated there, where prices are the mean ones."""
    flows = done.flows
    return flows.claims_incurred[0, :, 0] / flows.persons[0, :, 0] / flows.paths.medical_price


def test_each_service_grows_by_its_own_trend(tmp_path: Path) -> None:
    """Inpatient prices 3 % beyond inflation, falling to 1 % by 2023; outpatient claims +5 %."""
    done = projected(
        with_inpatient(
            ("inpatient", "price", 2021, 0.03), ("inpatient", "price", 2023, 0.01),
            ("outpatient", "volume", 2019, 0.05),
        ),
        tmp_path,
    )  # fmt: skip
    price = np.array([1.0, 1.03, 1.03 * 1.02, 1.03 * 1.02 * 1.01])
    expected = 0.8 * (2.0 * 1_000.0 * 1.05 ** np.arange(4) + 0.1 * 10_000.0 * price)
    np.testing.assert_allclose(outgo_a_head(done), expected, rtol=1e-9)
    economy = done.pooled("county").economy
    np.testing.assert_allclose(economy["price_inpatient"], price * 1.1 ** np.arange(4))
    np.testing.assert_allclose(economy["volume_outpatient"], 1.05 ** np.arange(4))
    assert (economy["volume_inpatient"] == 1.0).all()
    np.testing.assert_allclose(economy["price_outpatient"], economy["medical_price"])


def test_dearer_stays_leave_the_deductible_behind(tmp_path: Path) -> None:
    """Of an exponential cost above a deductible ``d`` the fund pays ``0.8 m exp(-d / m)``."""
    done = projected(
        with_inpatient(("inpatient", "price", 2021, 0.1), deductible=4_000.0), tmp_path
    )
    mean = 10_000.0 * 1.1 ** np.arange(4)
    expected = 0.8 * (2_000.0 + 0.1 * mean * np.exp(-4_000.0 / mean))
    np.testing.assert_allclose(outgo_a_head(done), expected, rtol=1e-6)


def test_a_trend_reaches_cost_and_need_of_everybody(tmp_path: Path) -> None:
    plain = projected(with_inpatient(), tmp_path / "plain").flows
    twice = [("outpatient", "volume", 2021, 1.0), ("outpatient", "volume", 2022, 0.0),
             ("inpatient", "volume", 2021, 1.0), ("inpatient", "volume", 2022, 0.0)]  # fmt: skip
    flows = projected(with_inpatient(*twice), tmp_path / "twice").flows
    for name in ("claims_incurred", "cost_of_care", "expected_cost"):
        before, after = getattr(plain, name), getattr(flows, name)
        axis = before.ndim - 2
        index = np.array([1.0, 2.0, 2.0, 2.0]).reshape((1,) * axis + (4, 1))
        np.testing.assert_allclose(after, before * index, rtol=1e-9)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("dental", "price", 2021, 0.1), "service"),
        (("inpatient", "cost", 2021, 0.1), "kind"),
        (("inpatient", "price", 2021, 3.0), "growth"),
    ],
)
def test_trends_that_cannot_stand(row: tuple[Any, ...], column: str, tmp_path: Path) -> None:
    found = check_case(with_inpatient(row).write(tmp_path / "case"))
    assert [finding.column for finding in found] == [column]
