"""Actual against expected: figures by hand, credibility where there is any."""

from pathlib import Path

import pandas as pd
import pytest

from fundpool.actuarial.credibility import buhlmann_straub, full_credibility_claims
from fundpool.inputs.case import read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.calibration.experience import experience, periods
from fundpool.models.projection.study import study
from tests.cases.small import SmallCase, small_case

pytestmark = pytest.mark.plain

COLUMNS = ["region", "scheme", "year", "month", "measure", "value", "claims"]


def case_with(rows: list[tuple[object, ...]]) -> SmallCase:
    contents = small_case()
    contents.tables["actuals"] = pd.DataFrame(rows, columns=COLUMNS)
    return contents


def table(rows: list[tuple[object, ...]], folder: Path) -> pd.DataFrame:
    case = read_case(case_with(rows).write(folder / "case"))
    return experience(case, study(case, 2).flows)


def test_a_month_is_a_twelfth(tmp_path: Path) -> None:
    """Ash's employee claims of 2021 are 1,005,769.6 (test_two_counties): 83,814.13 a month."""
    case = read_case(case_with([("ash", "employee", 2021, 3, "claims", 90_000, None)])
                     .write(tmp_path / "case"))  # fmt: skip
    (row,) = periods(case, study(case, 2).flows).to_dict("records")
    assert row["expected"] == pytest.approx(1_005_769.6 / 12)
    assert row["ratio"] == pytest.approx(90_000 * 12 / 1_005_769.6)


def test_contributions_and_people(tmp_path: Path) -> None:
    """Pooled contributions are those less credits; people are not divided by months."""
    found = table(
        [("ash", "employee", 2021, 0, "contributions", 2_200_121, None),
         ("ash", "employee", 2021, 1, "contributors", 571.46, None),
         ("ash", "employee", 2021, 2, "contributors", 571.46, None)],
        tmp_path,
    ).set_index("measure")  # fmt: skip
    assert found.loc["contributions", "actual_to_expected"] == pytest.approx(1.0)
    assert found.loc["contributors", "actual_to_expected"] == pytest.approx(1.0)
    assert found.loc["contributors", "periods"] == 2
    assert found["method"].tolist() == ["", ""]
    assert found["credibility"].isna().all()


def test_the_square_root_rule(tmp_path: Path) -> None:
    """One region, one period, claims known: a quarter of the standard is believed by half."""
    full = full_credibility_claims(severity_cv=1.0)  # the case's exponential claims vary by one
    actual = 1.2 * 1_005_769.6
    (row,) = table([("ash", "employee", 2021, 0, "claims", actual, full / 4)], tmp_path).to_dict(
        "records"
    )
    assert row["method"] == "limited_fluctuation"
    assert row["credibility"] == pytest.approx(0.5)
    assert row["credible_ratio"] == pytest.approx(1.1)


def test_buhlmann_and_straub(tmp_path: Path) -> None:
    """Two counties, two months: as on the ratios and expectations themselves."""
    ash, birch = 1_005_769.6 / 12, 1_780_864.8 / 12
    found = table(
        [("ash", "employee", 2021, 1, "claims", 0.8 * ash, None),
         ("ash", "employee", 2021, 2, "claims", 1.0 * ash, None),
         ("birch", "employee", 2021, 1, "claims", 1.2 * birch, None),
         ("birch", "employee", 2021, 2, "claims", 1.6 * birch, None)],
        tmp_path,
    )  # fmt: skip
    by_hand = buhlmann_straub([[0.8, 1.0], [1.2, 1.6]], [[ash, ash], [birch, birch]])
    assert found["credibility"].tolist() == pytest.approx(by_hand.factor.tolist())
    assert found["credible_ratio"].tolist() == pytest.approx(by_hand.estimate.tolist())
    assert found["actual_to_expected"].tolist() == pytest.approx([0.9, 1.4])
    assert set(found["method"]) == {"buhlmann_straub"}


def test_years_outside_the_projection_are_left_out(tmp_path: Path) -> None:
    assert table([("ash", "employee", 2030, 0, "claims", 1.0, None)], tmp_path).empty
    assert table([("ash", "employee", 2019, 0, "claims", 1.0, None)], tmp_path / "b").empty


def test_a_month_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="from 0 to 12"):
        read_case(case_with([("ash", "employee", 2021, 13, "claims", 1.0, None)])
                  .write(tmp_path / "case"))  # fmt: skip
