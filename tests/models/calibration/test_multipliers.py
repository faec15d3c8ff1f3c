"""Calibration: published totals are met, parts before wholes, and what cannot be met is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.calibration.multipliers import FITTED, counties_of, targets
from fundpool.models.funds.books import county_book
from fundpool.models.projection.study import Study, study
from tests.cases.small import small_case

Row = tuple[str, str, int, str, float, str]
Fitted = Callable[..., Study]


@pytest.fixture
def fitted(tmp_path: Path) -> Fitted:
    """The worked example fitted to totals, and projected over a year."""

    def build(*rows: Row, account_credit: float = 0.0) -> Study:
        case = small_case()
        case.tables["fund_totals"] = pd.DataFrame(
            rows, columns=["region", "scheme", "year", "measure", "value", "use"]
        )
        rule = case.schemes["employee"]["rules"]["retiree_account_credit"]
        rule["value"] = account_credit
        return study(read_case(case.write(tmp_path / "case")), years=1)

    return build


def test_jiangsu_meets_its_published_totals(jiangsu: Case, jiangsu_study: Study) -> None:
    table = jiangsu_study.actual_to_expected
    asked = jiangsu.tables["fund_totals"]
    fit = table[table["use"] == "fit"]
    assert len(fit) == (asked["use"] == "fit").sum() > 4
    assert set(fit["measure"]) <= set(FITTED)
    assert (fit["year"] == jiangsu_study.case.base_year).all()
    assert fit["expected"].to_numpy() == pytest.approx(fit["actual"].to_numpy(), rel=1e-9)
    assert fit["ratio"].to_numpy() == pytest.approx(1.0, rel=1e-9)
    assert (fit["multiplier"] > 0).all()


def test_jiangsu_compares_the_rest(jiangsu_study: Study) -> None:
    """Later and local figures are never fitted; they say how far the projection lies from them."""
    table = jiangsu_study.actual_to_expected
    rest = table[table["use"] != "fit"]
    assert len(rest) > 0
    assert rest["multiplier"].isna().all()
    assert rest["ratio"].to_numpy() == pytest.approx(rest["actual"] / rest["expected"])
    later = table["year"] > jiangsu_study.case.base_year
    assert table.loc[later, "before"].isna().all()


def test_the_expected_column_is_the_projection(jiangsu_study: Study) -> None:
    flows, case = jiangsu_study.flows, jiangsu_study.case
    table = jiangsu_study.actual_to_expected.set_index(["scheme", "region", "year", "measure"])
    names = [scheme.name for scheme in case.schemes]
    n = len(case.regions.codes)
    for (scheme, region, year, measure), row in table.iterrows():
        inside = counties_of(case, region)
        if measure == "claims":
            number, t = names.index(scheme), year - case.base_year
            values = flows.settlement[number, t].sum(axis=1)[:n]
            if t > 0:  # later figures are payments: what was incurred less what is owed
                values = county_book(case, flows, number).claims_paid[t - 1]
        elif measure == "contributions":
            number = names.index(scheme)
            kept = flows.contributions - flows.account_credits + flows.missing_years_paid
            values = kept[number, year - case.base_year, :n]
        else:
            continue
        assert row["expected"] == pytest.approx(values[inside].sum(), rel=1e-12)


def test_by_hand(fitted: Fitted) -> None:
    """Employee claims in 2020: 600 of Ash cost 960,000, 740 in Birch 1,608,000.

    Ash 600 x 2 x 1,000 x 80 % = 960,000; Birch (600 x 2 + 140) x 1,500 x 80 % with the 140 from
    Ash half as often, 600 x 2 x 1,200 + 140 x 1,200 = 1,608,000. A total of 5,136,000 is twice
    that. Contributions, pooled: (600 x 50,000 + 740 x 100,000) x 10 % x 70 % = 7,280,000.
    """
    done = fitted(
        ("land", "employee", 2020, "claims", 5_136_000.0, "fit"),
        ("land", "employee", 2020, "contributions", 728_000.0, "fit"),
        ("land", "employee", 2021, "claims", 6e6, "compare"),
    )
    table = done.actual_to_expected.set_index(["measure", "year"])
    assert table.loc[("claims", 2020), "before"] == pytest.approx(2_568_000)
    assert table.loc[("claims", 2020), "multiplier"] == pytest.approx(2.0)
    assert table.loc[("claims", 2020), "expected"] == pytest.approx(5_136_000, rel=1e-9)
    assert table.loc[("contributions", 2020), "before"] == pytest.approx(7_280_000)
    assert table.loc[("contributions", 2020), "multiplier"] == pytest.approx(0.1)
    # in 2021 employees make 2,786,634.4 of claims without multipliers (the worked example)
    later = table.loc[("claims", 2021)]
    assert later["expected"] == pytest.approx(2 * 2_786_634.4)
    assert later["ratio"] == pytest.approx(6e6 / (2 * 2_786_634.4))
    assert done.calibration.multipliers.claims[0, :2].tolist() == pytest.approx([2.0, 2.0])
    assert done.flows.contributions[0, 1, :2].tolist() == pytest.approx([314_303, 830_654])


def test_a_part_with_its_own_total(fitted: Fitted) -> None:
    """North (Ash) has 1,440,000 of the land's 3,852,000; the rest sets Birch's multiplier."""
    done = fitted(
        ("land", "employee", 2020, "claims", 3_852_000.0, "fit"),
        ("north", "employee", 2020, "claims", 1_440_000.0, "fit"),
    )
    assert done.calibration.multipliers.claims[0, :2].tolist() == pytest.approx(
        [1_440_000 / 960_000, 2_412_000 / 1_608_000]
    )
    table = done.actual_to_expected
    assert table["ratio"].to_numpy() == pytest.approx(1.0, rel=1e-9)


def test_claims_of_two_schemes_that_share_people(fitted: Fitted) -> None:
    """Dual cover ties them: more care raises what both funds pay. Both totals are met."""
    done = fitted(
        ("land", "employee", 2020, "claims", 5e6, "fit"),
        ("land", "resident", 2020, "claims", 1e6, "fit"),
        ("land", "resident", 2020, "subsidies", 2e5, "fit"),
    )
    assert done.actual_to_expected["ratio"].to_numpy() == pytest.approx(1.0, rel=1e-9)


def test_nothing_published_nothing_fitted(small: Case) -> None:
    done = study(small, years=1)
    for name in FITTED:
        assert (getattr(done.calibration.multipliers, name) == 1.0).all()
    assert done.actual_to_expected.empty
    assert "ratio" in done.actual_to_expected.columns
    assert targets(small, "employee", "claims") == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        # parts that exceed the whole leave less than nothing for Birch
        (
            [("land", "employee", 2020, "claims", 1e6, "fit"),
             ("north", "employee", 2020, "claims", 5e6, "fit")],
            "tables/fund_totals.csv, row 2, column value: found '1000000'; expected more than "
            "5000000, the sum of those of its parts that are given.",
        ),
        # parts that make up the whole leave nothing
        (
            [("land", "resident", 2020, "subsidies", 1e5, "fit"),
             ("south", "resident", 2020, "subsidies", 1e5, "fit")],
            "found '100000'; expected more than 100000, the sum of those of its parts",
        ),
        # a payroll scheme has no subsidies
        (
            [("land", "employee", 2020, "subsidies", 5e5, "fit")],
            "expected subsidies of employee that the case can meet (it has 0 there)",
        ),
    ],
)  # fmt: skip
def test_totals_that_cannot_be_met(fitted: Fitted, rows: list[Row], message: str) -> None:
    with pytest.raises(CaseError) as refused:
        fitted(*rows)
    assert message in str(refused.value)
    (finding,) = refused.value.findings
    assert finding.file.startswith("tables/fund_totals")
    assert finding.severity == "error"


def test_regions_of_every_level(small: Case) -> None:
    assert counties_of(small, "ash").tolist() == [True, False]
    assert counties_of(small, "south").tolist() == [False, True]
    assert counties_of(small, "land").tolist() == [True, True]
    with pytest.raises(ValueError, match="not a region of two_counties"):
        counties_of(small, "elm")


def test_credits_to_retired_members_are_not_scaled(tmp_path: Path) -> None:
    """A credit to retired members' accounts leaves the pooled fund whatever contributions are.

    40 of Ash's 1,000 people are retired in place of resident cover and are credited 1,000 each:
    the pooled fund has 7,280,000 - 40,000, and a total of 3,600,000 asks for a multiplier of
    3,640,000 / 7,280,000.
    """
    case = small_case()
    case.schemes["employee"]["rules"]["retiree_account_credit"]["value"] = 1_000.0
    cover = case.tables["coverage"]
    stayers = (cover["region"] == "ash") & (cover["tie"] == "stayer") & (cover["age_from"] == 16)
    cover.loc[stayers & (cover["cover"] == "home_resident"), "share"] = 0.36
    more = cover[stayers & (cover["cover"] == "employee")].assign(cover="retired", share=0.04)
    case.tables["coverage"] = pd.concat([cover, more], ignore_index=True)
    case.tables["fund_totals"] = pd.DataFrame(
        [("land", "employee", 2020, "contributions", 3_600_000.0, "fit")],
        columns=["region", "scheme", "year", "measure", "value", "use"],
    )
    done = study(read_case(case.write(tmp_path / "case")), years=1)
    row = done.actual_to_expected.iloc[0]
    assert row["before"] == pytest.approx(7_240_000)
    assert row["multiplier"] == pytest.approx(0.5)
    assert row["expected"] == pytest.approx(3_600_000, rel=1e-9)
    assert np.ptp(done.calibration.multipliers.contributions[0, :2]) == 0.0
