"""Where care is given by year, by hand: shares linear between listed years, ends held."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.models.projection.study import study
from tests.cases.small import SmallCase, small_case

pytestmark = pytest.mark.plain


def with_travel() -> SmallCase:
    """To 2022 two in five claims of stayers come to referral centres, half of Ash's to Birch.

    Nobody's do in 2020, when every referral of Ash would go to Birch.
    """
    made = small_case()
    table = made.tables["treatment"]
    later, stays = table.copy(), table["tie"] == "stayer"
    later.loc[stays, ["residence", "referral"]] = [0.6, 0.4]
    made.tables["treatment"] = pd.concat(
        [table.assign(year=2020), later.assign(year=2022)], ignore_index=True
    )
    made.tables["referral"] = pd.DataFrame(
        [("ash", "birch", 1.0, 2020), ("birch", "birch", 1.0, 2020),
         ("ash", "birch", 0.5, 2022), ("ash", "ash", 0.5, 2022), ("birch", "birch", 1.0, 2022)],
        columns=["region", "centre", "share", "year"],
    )  # fmt: skip
    return made


def test_care_given_elsewhere_grows_on_a_line_and_is_held(tmp_path: Path) -> None:
    """Employees of Ash claim 2 a year of 1,000, of which the fund pays 0.8, 0.7 in Birch.

    Prices in Birch are 1.5 times those in Ash, and three in four bills from there are ever handed
    in. Referred: none, a fifth, two fifths from 2022 on; of them to Birch: all, three quarters,
    half.
    """
    case = read_case(with_travel().write(tmp_path / "case"))
    flows = study(case, 3).flows
    to_birch = np.array([0.0, 0.2 * 0.75, 0.4 * 0.5, 0.4 * 0.5])
    expected = 2_000.0 * (0.8 * (1.0 - to_birch) + 0.7 * 1.5 * 0.75 * to_birch)
    a_head = flows.claims_incurred[0, :, 0] / flows.persons[0, :, 0] / flows.paths.medical_price
    np.testing.assert_allclose(a_head, expected, rtol=1e-9)


def test_rows_without_a_year_hold_throughout(tmp_path: Path) -> None:
    made = small_case()
    plain = study(read_case(made.write(tmp_path / "plain")), 2).flows
    for name in ("treatment", "referral"):
        made.tables[name]["year"] = 2020
    dated = study(read_case(made.write(tmp_path / "dated")), 2).flows
    np.testing.assert_array_equal(plain.claims_incurred, dated.claims_incurred)


def test_years_that_cannot_stand(tmp_path: Path) -> None:
    made = with_travel()
    made.tables["treatment"] = made.tables["treatment"].drop(index=12)
    made.tables["referral"] = made.tables["referral"].astype(object)
    made.tables["referral"].loc[3, "year"] = ""
    made.tables["referral"].loc[4, "year"] = 2200
    messages = [finding.message for finding in check_case(made.write(tmp_path / "case"))]
    for start in ("tables/treatment.csv, column regime + tie + service + year: expected a row for ",
                  "tables/referral.csv, row 5, column year: expected a year in every row, or in "
                  "none. Fill the cell.",
                  "tables/referral.csv, column year: found '2200'; expected a year from 2020 to "
                  "2120."):  # fmt: skip
        assert any(message.startswith(start) for message in messages), messages


def test_a_past_year_without_effect_is_said(tmp_path: Path) -> None:
    made = small_case()
    table = made.tables["referral"]
    made.tables["referral"] = pd.concat(
        [table.assign(year=year) for year in (2015, 2018)], ignore_index=True
    )
    (found,) = check_case(made.write(tmp_path / "case"))
    assert (found.severity, found.column, found.value) == ("warning", "year", "2015")
