"""Maternity and sickness benefits, and administration that does not follow claims, by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.models.projection.study import Projection, study
from fundpool.models.scenarios.flows import county_scratch, draws, fill, readable_flows
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.terms import scenario_terms
from fundpool.summary import summary
from tests.cases.small import SmallCase, given, small_case
from tests.cases.stochastic import scenario_section

pytestmark = pytest.mark.plain

COLUMNS = ["scheme", "region", "year", "benefit", "basis", "amount", "wage_share"]


def with_benefits(*rows: tuple[Any, ...]) -> SmallCase:
    """Wages of 50,000 and 100,000 that rise by 10 % a year; a tenth of women of 31 has a child."""
    made = small_case()
    people = made.tables["population"]
    women = (people["sex"] == "female") & (people["age"] == 30)
    people.loc[women, "persons"] = [400.0, 500.0]
    fertility = made.tables["fertility"]
    fertility.loc[fertility["age"].isin([30, 31]), "rate"] = 0.1
    if rows:
        made.tables["cash_benefits"] = pd.DataFrame(rows, columns=COLUMNS)
    return made


def projected(made: SmallCase, folder: Path, plan: str = "county", years: int = 2) -> Projection:
    return study(read_case(made.write(folder / "case")), years).pooled(plan)


def test_births_to_insured_mothers(tmp_path: Path) -> None:
    """6,000 a birth, of 2021, among 0.6 of Ash's mothers; with wages 6,600 in 2022.

    Of 400 women 392 live a year later: 0.1 * 396 births in 2021; in 2022 half of 39.2, as those
    who have turned 32 bear no more.
    """
    made = with_benefits(("employee", "land", 2021, "maternity", "birth", 6_000.0, None))
    made.tables["migrants"]["persons"] = 0.0
    made.tables["mobility"][["gross_migraproduction_rate", "return_rate"]] = 0.0
    projection = projected(made, tmp_path)
    births = projection.people.set_index(["region", "year"])["births"]
    assert births["ash", 2021] == pytest.approx(39.6)
    funds = projection.funds.set_index(["scheme", "pool", "year"])["cash_benefits_maternity"]
    for pool in ("ash", "birch"):
        assert funds["employee", pool, 2021] == pytest.approx(0.6 * births[pool, 2021] * 6_000)
    assert funds["resident"].eq(0.0).all()
    assert births["ash", 2022] == pytest.approx(19.6)
    assert funds["employee", "ash", 2022] == pytest.approx(0.6 * 19.6 * 6_600)


def test_every_birth_has_one_mother(tmp_path: Path) -> None:
    """What schemes pay for births together is what all births would cost, migrants' too."""
    made = with_benefits(
        ("employee", "land", 2020, "maternity", "birth", 1.0, None),
        ("resident", "land", 2020, "maternity", "birth", 1.0, None),
    )
    cover = made.tables["coverage"]
    cover.loc[cover["cover"] == "dual", "cover"] = "local_resident"
    flows = projected(made, tmp_path, years=1).flows
    assert flows.moved_in[1].sum() > 0
    paid = flows.cash_benefits[0, :, 1, :2].sum(axis=1) / [1.1, 1.0]
    assert paid.sum() == pytest.approx(flows.births[1].sum())


def test_days_of_sickness_and_sums_a_head(tmp_path: Path) -> None:
    """7.3 days a member at 0.6 of the daily wage are 1.2 % of the base; Birch pays for 14.6."""
    made = with_benefits(
        ("employee", "land", 2020, "sickness", "day", 7.3, 0.6),
        ("employee", "birch", 2022, "sickness", "day", 14.6, 0.6),
        ("employee", "land", 2020, "sickness", "head", 5.0, None),
        ("resident", "land", 2022, "funeral", "head", 3.0, None),
    )
    funds = projected(made, tmp_path).funds.set_index(["scheme", "pool", "year"])
    for pool, later in (("ash", 0.012), ("birch", 0.024)):
        for year, share, index in ((2021, 0.012, 1.1), (2022, later, 1.21)):
            row = funds.loc["employee", pool, year]
            expected = share * row["contribution_base"] + 5.0 * index * row["persons"]
            assert row["cash_benefits_sickness"] == pytest.approx(expected)
            assert row["cash_benefits"] == pytest.approx(expected)
            home = funds.loc["resident", pool, year]
            funeral = 3.0 * home["persons"] if year == 2022 else 0.0
            assert home["cash_benefits_funeral"] == pytest.approx(funeral)


def with_everything() -> SmallCase:
    made = with_benefits(
        ("employee", "land", 2020, "maternity", "birth", 6_000.0, None),
        ("resident", "land", 2020, "grant", "head", 3.0, None),
    )
    made.schemes["employee"]["rules"] |= {
        "administration": given(0.05),
        "administration_a_head": given(20.0, by_year={2022: 33.0}),
        "administration_of_contributions": given(0.02),
    }
    made.tables["subsidies"] = pd.DataFrame(
        [("employee", "land", "nation", 2020, "share_of_outgo", 0.2)],
        columns=["scheme", "region", "payer", "year", "basis", "value"],
    )
    return made


@pytest.mark.parametrize("plan", ["county", "province"])
def test_administration_a_head_and_of_contributions(plan: str, tmp_path: Path) -> None:
    """20 a head grow with wages to 22 in 2021; in 2022 the law says 33. 2 % of contributions."""
    projection = projected(with_everything(), tmp_path, plan)
    funds = projection.funds[projection.funds["scheme"] == "employee"]
    a_head = funds["year"].map({2021: 22.0, 2022: 33.0})
    expected = (
        0.05 * funds["claims_paid"] + a_head * funds["persons"] + 0.02 * funds["contributions"]
    )
    np.testing.assert_allclose(funds["administration"], expected)
    outgo = funds["claims_paid"] + funds["administration"] + funds["cash_benefits"]
    np.testing.assert_allclose(funds["subsidies"], 0.2 * outgo)
    net = (
        funds["contributions"] - funds["account_credits"] + funds["subsidies"]
        + funds["from_accounts"] + funds["missing_years_paid"] - outgo
    )  # fmt: skip
    closing = funds["opening_balance"] * 1.21 + net * 1.1
    np.testing.assert_allclose(funds["balance"], closing)
    months = 12 * (funds["balance"] - funds["outstanding"]) / funds["outgo_next_year"]
    np.testing.assert_allclose(funds["reserve_months"], months)
    totals = summary({plan: projection}, plan)["pooling"][plan]["totals"]
    for year, rows in projection.funds.groupby("year"):
        assert totals[str(year)]["cash_benefits"] == pytest.approx(rows["cash_benefits"].sum())


def test_scenarios_pay_them_too(tmp_path: Path) -> None:
    """Claims vary from scenario to scenario, the rest of outgo does not."""
    made = with_everything()
    made.settings["scenarios"] = scenario_section()
    case = read_case(made.write(tmp_path / "case"))
    done = study(case, 3)
    terms = scenario_terms(done)
    scratch = county_scratch(terms)
    for draw in draws(terms, 1, 0, 3):
        fill(scratch, terms, draw)
        np.testing.assert_allclose(scratch.outgo, readable_flows(terms, draw)[3], rtol=1e-9)
    paths = sampled_paths(done, "county", "employee", 5, seed=1, terms=terms)
    np.testing.assert_allclose(paths.subsidies, 0.2 * paths.outgo, rtol=1e-9)
    funds = done.pooled("county").funds
    funds = funds[funds["scheme"] == "employee"]
    fixed = funds["administration"] - 0.05 * funds["claims_paid"] + funds["cash_benefits"]
    by_pool = fixed.to_numpy().reshape(3, 2)
    plain = made.copy()
    del plain.tables["cash_benefits"]
    for rule in ("administration_a_head", "administration_of_contributions"):
        del plain.schemes["employee"]["rules"][rule]
    without = study(read_case(plain.write(tmp_path / "plain")), 3)
    bare = sampled_paths(without, "county", "employee", 5, seed=1)
    np.testing.assert_allclose(
        paths.outgo - bare.outgo, np.broadcast_to(by_pool, (5, 3, 2)), rtol=1e-6
    )
    assert bare.outgo.std(axis=0).min() > 0


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("resident", "land", 2020, "s", "day", 5.0, 0.6), "basis"),
        (("employee", "land", 2020, "s", "day", 500.0, 0.6), "amount"),
        (("employee", "land", 2020, "s", "day", 5.0, None), "wage_share"),
        (("employee", "land", 2020, "s", "birth", 5.0, 0.6), "wage_share"),
        (("employee", "land", 2020, "s", "week", 5.0, None), "basis"),
        (("employee", "moon", 2020, "s", "head", 5.0, None), "region"),
    ],
)
def test_rows_that_cannot_stand(row: tuple[Any, ...], column: str, tmp_path: Path) -> None:
    found = check_case(with_benefits(row).write(tmp_path / "case"))
    assert [finding.column for finding in found] == [column]
