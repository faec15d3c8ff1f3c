"""Contributors short of credited years at retirement, some of whom pay the missing years.

The two counties of tests/models/projection/test_two_counties.py, with men of 59 in place of 30.
Half of the 43 years since 16 are credited to each, 21.5 years, and half a year on the way to 60:
22 years of the 25 that are required. So everybody is short of 3 years; 40 % pay them.

2021
    Contributors who reach 60: Ash 542.92; Birch 588 at home and 147 + 35.28 from Ash = 770.28.
    A year costs what a contributor and the employer pay in 2021, 10 % of 55,000 and 110,000.
    Ash    40 % of 542.92 = 217.168 buy 3 years of 5,500 each    = 3,583,272
    Birch  40 % of 770.28 = 308.112 buy 3 years of 11,000 each   = 10,167,696
"""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.flows.factors import repriced, with_levers
from fundpool.models.flows.levers import FlowLevers, SchemeLevers
from fundpool.models.projection.study import Projection, study
from tests.cases.small import SmallCase, given, small_case

BUYS = 0.4
PAID = {"ash": 3_583_272.0, "birch": 10_167_696.0}


def near_retirement(**rules: float) -> SmallCase:
    contents = small_case()
    for name, column in (("population", "persons"), ("migrant_ages", "share")):
        table = contents.tables[name]
        young = (table["sex"] == "male") & (table["age"] == 30)
        old = (table["sex"] == "male") & (table["age"] == 59)
        table.loc[old, column] = table.loc[young, column].to_numpy()
        table.loc[young, column] = 0.0
    contents.settings["coverage"]["credited_cv"] = given(0.0)
    contents.schemes["employee"]["rules"] |= {name: given(value) for name, value in rules.items()}
    return contents


def projected(folder: Path, years: int = 1, **rules: float) -> Projection:
    return study(read_case(near_retirement(**rules).write(folder)), years).pooled("county")


@pytest.fixture(scope="module")
def bought(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    return projected(tmp_path_factory.mktemp("bought") / "case", buys_missing_years_share=BUYS)


def test_paid_and_retired(bought: Projection) -> None:
    funds = bought.funds.set_index(["scheme", "pool"])
    people = bought.people.set_index(["region", "year"])
    for county, reaching in (("ash", 542.92), ("birch", 770.28)):
        paid = funds.loc[("employee", county), "missing_years_paid"]
        assert paid == pytest.approx(PAID[county])
        assert people.loc[(county, 2021), "retired"] == pytest.approx(BUYS * reaching)
        assert people.loc[(county, 2021), "employee"] == 0.0
    assert (funds.loc["resident", "missing_years_paid"] == 0.0).all()


def test_it_goes_into_the_pooled_fund(bought: Projection) -> None:
    """A flow of its own, none of it in accounts: the balance has it with half a year's interest."""
    funds = bought.funds.set_index(["scheme", "pool"])
    ash = funds.loc[("employee", "ash")]
    # half of the contributors of 2020, all of whom cease to contribute in 2021, at 5,500
    assert ash["contributions"] == pytest.approx(300 * 5_500)
    assert ash["account_credits"] == pytest.approx(0.3 * 300 * 5_500)
    flow = 0.7 * 300 * 5_500 + PAID["ash"] - ash["claims_paid"]
    assert ash["balance"] == pytest.approx(100_000 * 1.21 + flow * 1.1)
    run, _ = bought.summaries["employee"]
    assert run.balance[0, 0].tolist() == pytest.approx(
        [ash["balance"], funds.loc[("employee", "birch"), "balance"]]
    )


def test_who_reached_retirement_age(bought: Projection) -> None:
    """By home and residence: reaching, with enough years of their own, with years bought."""
    table = bought.retiring.set_index(["home", "residence"])
    assert table.loc[("north", "south"), "reaching"] == pytest.approx(182.28)
    assert table["earned"].tolist() == [0.0, 0.0, 0.0]
    assert table["bought"].tolist() == pytest.approx((BUYS * table["reaching"]).tolist())


def test_migrants_pay_their_own(bought: Projection, tmp_path: Path) -> None:
    without = projected(tmp_path / "case")

    def paid(projection: Projection) -> float:
        table = projection.migrants.set_index(["home", "residence", "year"])
        return float(table.loc[("north", "south", 2021), "contributions"])

    # those who fall back on home cover pay its premium and subsidy, 300, for half a year
    saved = 182.28 * BUYS * 300 / 2
    assert paid(bought) - paid(without) == pytest.approx(182.28 * BUYS * 3 * 11_000 - saved)


def test_a_case_that_does_not_state_it(tmp_path: Path) -> None:
    """Nobody pays; those short of years fall back on the cover of their home."""
    silent = projected(tmp_path / "silent")
    stated = projected(tmp_path / "stated", buys_missing_years_share=0.0)
    assert (silent.funds["missing_years_paid"] == 0.0).all()
    assert silent.funds.equals(stated.funds)
    assert (silent.people["retired"] == 0.0).all()


def test_everybody_pays(tmp_path: Path) -> None:
    everybody = projected(tmp_path / "case", buys_missing_years_share=1.0)
    people = everybody.people.set_index(["region", "year"])
    assert people.loc[("ash", 2021), "retired"] == pytest.approx(542.92)
    funds = everybody.funds.set_index(["scheme", "pool"])
    assert funds.loc[("employee", "ash"), "missing_years_paid"] == pytest.approx(PAID["ash"] / BUYS)


def test_nobody_is_short(tmp_path: Path) -> None:
    enough = projected(
        tmp_path / "case", buys_missing_years_share=BUYS, min_credited_years_male=22.0
    )
    assert (enough.funds["missing_years_paid"] == 0.0).all()
    assert enough.retiring["bought"].tolist() == [0.0] * 3
    assert enough.retiring["earned"].equals(enough.retiring["reaching"].rename("earned"))


def test_levers_do_what_a_new_projection_does(bought: Projection, tmp_path: Path) -> None:
    case = bought.case
    levers = FlowLevers(schemes={"employee": SchemeLevers(rate=0.01)}, wage_growth=0.02)
    contents = near_retirement(buys_missing_years_share=BUYS, employer_rate=0.09)
    contents.settings["economy"]["wage_growth"] = given(0.12)
    anew = study(read_case(contents.write(tmp_path / "case")), 1)
    changed = with_levers(case, bought.flows, levers)
    assert changed.missing_years_paid[:, 1:] == pytest.approx(anew.flows.missing_years_paid[:, 1:])


def test_repriced_with_wages(bought: Projection) -> None:
    flows = bought.flows
    paths = dataclasses.replace(flows.paths, wage=flows.paths.wage * np.array([1.0, 2.0]))
    changed = repriced(bought.case, flows, paths)
    twice = 2.0 * flows.missing_years_paid[:, 1:]
    assert changed.missing_years_paid[:, 1:] == pytest.approx(twice)


def test_the_base_year_has_its_own(tmp_path: Path) -> None:
    """Of the opening contributors of 59, at 2020's wages; a published total holds them too.

    Ash 600, Birch 600 + 100 + 40 doubly insured = 740; 40 % pay 3 years of 5,000 and 10,000.
    Beside that 70 % of contributions, 600 x 5,000 + 740 x 10,000, stay in the pooled fund.
    """
    contents = near_retirement(buys_missing_years_share=BUYS)
    missing, kept = 600 * 1.2 * 5_000 + 740 * 1.2 * 10_000, 0.7 * (600 * 5_000 + 740 * 10_000)
    contents.tables["fund_totals"] = pd.DataFrame(
        [("land", "employee", 2020, "contributions", 2.0 * (missing + kept), "fit")],
        columns=["region", "scheme", "year", "measure", "value", "use"],
    )
    contents.settings["tables"]["fund_totals"] = {"source": "x", "status": "assumed"}
    done = study(read_case(contents.write(tmp_path / "case")), 1)
    assert done.flows.missing_years_paid[0, 0, :2] == pytest.approx([7_200_000.0, 17_760_000.0])
    multipliers = done.flows.multipliers.contributions[0, :2]
    assert multipliers == pytest.approx([2.0, 2.0])
    assert done.flows.missing_years_paid[0, 1, 0] == pytest.approx(2.0 * PAID["ash"])
    table = done.actual_to_expected
    assert table["ratio"].to_numpy() == pytest.approx(1.0)


def test_by_year_and_region(tmp_path: Path) -> None:
    """Nobody pays before 2021 says so; a county of its own rule."""
    contents = near_retirement()
    contents.schemes["employee"]["rules"]["buys_missing_years_share"] = given(
        0.1, by_year={"2021": BUYS}
    )
    contents.tables["scheme_rules"] = pd.DataFrame(
        [("employee", "buys_missing_years_share", "", "ash", 2020, 1.0)],
        columns=["scheme", "rule", "service", "region", "year", "value"],
    )
    contents.settings["tables"]["scheme_rules"] = {"source": "x", "status": "assumed"}
    case: Case = read_case(contents.write(tmp_path / "case"))
    funds = study(case, 1).pooled("county").funds.set_index(["scheme", "pool"])
    paid = funds.loc["employee", "missing_years_paid"]
    assert paid.to_dict() == pytest.approx({"ash": PAID["ash"] / BUYS, "birch": PAID["birch"]})
