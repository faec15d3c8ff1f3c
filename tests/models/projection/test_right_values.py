"""Right values where an input was taken for something else: worked out apart from the program."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.actuarial.benefits import BenefitFormula
from fundpool.inputs.case import read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.calibration.experience import experience
from fundpool.models.claims.treatment import industry_relativities
from fundpool.models.projection.comparison import compare
from fundpool.models.projection.study import project, study
from tests.cases.rich import rich_case
from tests.cases.small import SmallCase, given, small_case


def _rule(year: int, rule: str, value: float, scheme: str = "resident") -> pd.DataFrame:
    service = "outpatient" if rule in ("deductible", "ceiling") else ""
    return pd.DataFrame(
        [(scheme, "land", year, rule, service, value)],
        columns=["scheme", "region", "year", "rule", "service", "value"],
    )


def _a_head(case: SmallCase, folder: Path) -> list[float]:
    funds = project(read_case(case.write(folder / "case")), "province", 4).funds
    own = funds[funds["scheme"] == "resident"].sort_values("year")
    return [float(value) for value in own["contributions"] / own["contributors"]]


@pytest.mark.parametrize("where", ["scheme_rules", "by_year"])
def test_a_premium_of_a_year_is_money_of_that_year(where: str, tmp_path: Path) -> None:
    """100 grown by 10 % to 2022; 200 in 2023 as set, and 220 the year after."""
    case = small_case()
    case.settings["economy"]["premium_growth"] = given(0.1)
    if where == "scheme_rules":
        case.tables["scheme_rules"] = _rule(2023, "premium", 200.0)
    else:
        case.schemes["resident"]["rules"]["premium"]["by_year"] = {"2023": 200.0}
    assert _a_head(case, tmp_path) == pytest.approx([110.0, 121.0, 200.0, 220.0])


def test_a_premium_of_the_past_is_money_of_the_base_year(tmp_path: Path) -> None:
    case = small_case()
    case.settings["economy"]["premium_growth"] = given(0.1)
    case.tables["scheme_rules"] = _rule(2018, "premium", 90.0)
    assert _a_head(case, tmp_path) == pytest.approx([99.0, 108.9, 119.79, 131.769])


def test_a_deductible_of_a_year_is_money_of_that_year(tmp_path: Path) -> None:
    """242 in 2022, after two years of 10 %, takes from a claim what 200 takes in 2020."""
    case = small_case()
    case.tables["scheme_rules"] = _rule(2022, "deductible", 242.0)
    scheme = read_case(case.write(tmp_path / "case")).scheme("resident")
    for year in (2022, 2030):
        formula = scheme.benefit("outpatient", "ash", year)
        assert formula(1000.0) == pytest.approx(BenefitFormula(200.0, ((0, 0.6),))(1000.0))


def test_claims_of_experience_are_payments(tmp_path: Path) -> None:
    """Whoever pays what the projection pays is at one, however long claims take."""
    case = rich_case()
    for scheme in case.schemes.values():
        scheme["settlement"]["lag"]["values"] = {
            "direct": [0.5, 0.5], "manual": [0.3, 0.7], "territorial": [0.2, 0.8],
        }  # fmt: skip
    plain = project(read_case(case.write(tmp_path / "plain")), "county", 3).funds
    rows = [
        (row.pool, row.scheme, row.year, 0, "claims", row.claims_paid)
        for row in plain.itertuples()
        if row.claims_paid > 0
    ]
    case.tables["actuals"] = pd.DataFrame(
        rows, columns=["region", "scheme", "year", "month", "measure", "value"]
    )
    read = read_case(case.write(tmp_path / "case"))
    found = experience(read, project(read, "county", 3).flows)
    assert len(found) == 8
    assert found["actual_to_expected"].to_numpy() == pytest.approx(1.0, rel=1e-9)


def test_industry_relativities_leave_the_level_of_claims(tmp_path: Path) -> None:
    """The mean over counties, weighted by those who work there, is one."""
    case = rich_case()
    people = case.tables["population"]
    people.loc[people["region"] == "birch", "persons"] *= 50
    read = read_case(case.write(tmp_path / "case"))
    adults = people[people["age"] >= 15].groupby("region")["persons"].sum()
    workers = np.array([adults["ash"] * 0.6, adults["birch"] * 0.7])
    weights = workers / workers.sum()
    factors = industry_relativities(read)[:2]
    assert weights @ factors == pytest.approx([1.0, 1.0], rel=1e-12)
    building, trade = np.array([1.1, 1.3]), np.array([0.9, 0.8])
    mean = np.array([0.7 * building + 0.3 * trade, 0.2 * building + 0.8 * trade])
    assert factors[0] / factors[1] == pytest.approx(mean[0] / mean[1], rel=1e-12)


def test_a_slack_season_listed_for_years_holds_in_them(tmp_path: Path) -> None:
    listed, throughout = rich_case(), rich_case()
    for scheme in (*listed.schemes.values(), *throughout.schemes.values()):
        scheme["settlement"]["regime"]["by_year"] = {}
    listed.settings["mobility"]["slack_season_share"] = given(0.1, by_year={"2022": 0.4})
    throughout.settings["mobility"]["slack_season_share"] = given(0.1)
    claims = [
        study(read_case(case.write(tmp_path / name)), 3).flows.claims_incurred
        for name, case in (("listed", listed), ("throughout", throughout))
    ]
    same = [bool(np.array_equal(claims[0][:, t], claims[1][:, t])) for t in range(4)]
    assert same == [True, True, False, True]


def test_a_fund_without_outgo_has_no_months(tmp_path: Path) -> None:
    """Nobody is ill: months of reserve are blank, not nought, and raise no alert."""
    case = small_case()
    case.tables["morbidity"]["frequency"] = 0.0
    done = compare(read_case(case.write(tmp_path / "case")), ["county"], 3)
    measures = done.measures
    assert measures["min_reserve_months"].isna().all()
    assert measures["short_range_test"].all()
    from fundpool.alerts import solvency_alerts

    assert solvency_alerts(done.projections["county"]) == []


def test_the_horizon_is_how_many_years_are_projected(tmp_path: Path) -> None:
    case = small_case()
    case.settings["solvency"]["horizon"] = given(7)
    case.settings["economy"]["consumer_inflation"] = given(0.03)
    read = read_case(case.write(tmp_path / "case"))
    table = project(read).economy
    assert table["year"].tolist() == list(range(2020, 2028))
    assert table["consumer_price"].to_numpy() == pytest.approx(1.03 ** np.arange(8))
    assert project(read, years=2).economy["year"].max() == 2022


def test_a_floor_above_the_ceiling_is_refused_everywhere(tmp_path: Path) -> None:
    case = small_case()
    case.policies["low"] = {
        "schema_version": 1, "name": "low", "title": "Low", "about": "a low ceiling",
        "source": "s", "status": "assumed",
        "schemes": {"employee": {"rules": {"base_ceiling": {"value": 0.5}}}},
    }  # fmt: skip
    case.schemes["employee"]["rules"]["base_floor"] = given(0.3)
    read = read_case(case.write(tmp_path / "case"))
    with pytest.raises(CaseError, match=r"at most the ceiling, 0\.2 in ash in 2020"):
        read.with_values({"schemes.employee.rules.base_ceiling": 0.2})
    case.schemes["employee"]["rules"]["base_floor"] = given(0.6)
    with pytest.raises(CaseError, match=r"policies/low\.toml"):
        read_case(case.write(tmp_path / "other"))


@pytest.mark.parametrize("command", ["compare", "optimise", "project"])
def test_a_seed_out_of_range_is_bad_usage(command: str, tmp_path: Path) -> None:
    folder = small_case().write(tmp_path / "case")
    done = subprocess.run(
        [sys.executable, "-m", "fundpool", command, str(folder), "--seed", "1" + "0" * 30],
        capture_output=True, text=True, encoding="utf-8", check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert "2^64" in done.stderr
    assert "Traceback" not in done.stderr
