"""Schemes that are taken in by others: money, open claims and members go on, in every plan."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.format.findings import CaseError
from fundpool.models.analysis.what_if import PoolLevers, WhatIf
from fundpool.models.funds.recursion import by_need, scheme_run
from fundpool.models.optimiser.planning import lasting_schemes
from fundpool.models.pooling.plans import AdjustmentFund, PoolingPlan, Pools, Stage
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study, study
from tests.cases.policies import SOURCE, case_with, policy, policy_case
from tests.cases.small import given
from tests.cases.stochastic import like_counties, still_section

YEARS = 5
LEVELS = ("county", "city", "province")
IN = ("contributions", "from_accounts", "missing_years_paid", "subsidies", "swaps_in")
OUT = ("account_credits", "claims_paid", "administration", "swaps_out")

MERGERS = {
    "none": [],
    "as the projection begins": [("rural", "resident", 2021)],
    "one": [("rural", "resident", 2023)],
    "one after another": [("rural", "resident", 2022), ("resident", "employee", 2024)],
    "both in one year": [("rural", "resident", 2023), ("resident", "employee", 2023)],
    "both in one year, the last first": [
        ("resident", "employee", 2023), ("rural", "resident", 2023)],
    "both as the projection begins": [
        ("rural", "resident", 2021), ("resident", "employee", 2021)],
    "into one that has gone": [("resident", "employee", 2022), ("rural", "resident", 2024)],
    "two into one": [("rural", "employee", 2023), ("resident", "employee", 2023)],
}  # fmt: skip


def _policy(mergers: list[tuple[str, str, int]]) -> dict[str, Any]:
    statuses = ["home_resident", "local_resident"]
    return policy(
        add_schemes=["rural"],
        schemes={"resident": {"statuses_paying": statuses, "statuses_covered": statuses}},
        case={"mergers": [
            {"scheme": scheme, "into": into, "year": year, **SOURCE}
            for scheme, into, year in mergers
        ]},
    )  # fmt: skip


def _made(folder: Path, mergers: list[tuple[str, str, int]]) -> Study:
    """Eight counties of two cities; half of those insured at home are in the rural scheme.

    A third of claims is paid a year late, and pooling raises claims.
    """
    made = like_counties(8, policy_case())
    made.settings["scenarios"] = still_section()
    made.settings["pooling"]["moral_hazard"]["values"] = {"city": 0.1, "province": 0.3}
    made.tables["demography"]["rural_share"] = 0.5
    balances = made.tables["fund_balances"]
    balances["pooled_balance"] *= np.linspace(1.0, 3.0, len(balances))
    for scheme in made.schemes.values():
        scheme["settlement"]["lag"]["values"] |= {"direct": [0.6, 0.3, 0.1]}
        scheme["rules"]["administration"] = given(0.05)
    return study(case_with(folder, _policy(mergers), made), YEARS)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Study]:
    return {
        name: _made(tmp_path_factory.mktemp("merged"), mergers) for name, mergers in MERGERS.items()
    }


def _plan(rng: np.random.Generator) -> PoolingPlan:
    """One to three stages with or without adjustment funds, of all schemes or of some."""
    ranks = np.sort(rng.integers(0, 3, size=rng.integers(1, 4)))
    years = np.sort(rng.choice(np.arange(2022, 2026), size=2, replace=False))
    stages, fund_rank = [], 0
    for number, rank in enumerate(ranks):
        fund, fund_rank = None, max(int(rank), fund_rank)
        if rng.random() < 0.6:
            fund_rank = int(rng.integers(fund_rank, 3))
            own, need = rng.choice([0.0, 0.3, 1.0]), rng.choice([0.0, 0.5])
            fund = AdjustmentFund(LEVELS[fund_rank], rng.choice([0.05, 0.4]), own, need)
        concerned = (None, ("rural",), ("resident", "employee"))[rng.integers(0, 3)]
        stages.append(
            Stage(LEVELS[rank], None if number == 0 else int(years[number - 1]),
                  schemes=None if number == 0 else concerned, adjustment=fund)
        )  # fmt: skip
    return PoolingPlan("drawn", tuple(stages))


def _by_year(table: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    return np.asarray(table.groupby("year")[list(names)].sum().sum(axis=1))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", list(MERGERS))
def test_nothing_is_lost(studies: dict[str, Study], name: str, seed: int) -> None:
    """All schemes, pools and adjustment funds together go from balance to balance by the flows.

    ``held = (held before) (1 + i) + (money in - money out) (1 + i)^0.5``, and claims owed are those
    owed before and incurred less those paid.
    """
    done = studies[name]
    plan = _plan(np.random.default_rng([seed, list(MERGERS).index(name)]))
    funds = done.pooled(plan).funds.fillna(0.0)
    interest = done.flows.paths.interest
    table = done.case.tables["fund_balances"]
    before = float(table["pooled_balance"].sum())
    flow = _by_year(funds, IN) - _by_year(funds, OUT)
    held = _by_year(funds, ("balance",))
    for t in range(YEARS):
        expected = before * (1.0 + interest[t]) + flow[t] * np.sqrt(1.0 + interest[t])
        assert held[t] == pytest.approx(expected, rel=1e-9, abs=1e-3)
        before = held[t]
    owed, incurred, paid = (
        _by_year(funds, (column,)) for column in ("outstanding", "claims_incurred", "claims_paid")
    )
    assert owed[1:] == pytest.approx(owed[:-1] + (incurred - paid)[1:], rel=1e-9)
    # what the pages read holds the same
    total = np.zeros(YEARS)
    for scheme in done.case.schemes:
        if scheme.in_force(2021):
            run = scheme_run(done.case, done.flows, plan, scheme.name)
            total[: run.years.size] += run.total[0]
    assert total == pytest.approx(held, rel=1e-12)


@pytest.mark.parametrize("name", list(MERGERS))
def test_everyone_stays_covered(studies: dict[str, Study], name: str) -> None:
    """Members go on to the scheme that takes theirs in, however often that happens."""
    done = studies[name]
    everyone = {status for scheme in done.case.schemes for status in scheme.statuses_covered}
    for year in done.flows.years[1:]:
        covered = [scheme.covers(int(year)) for scheme in done.case.schemes]
        assert set().union(*covered) == everyone
    apart = studies["none"].flows.persons[:, 1:].sum(axis=(0, 2))
    assert done.flows.persons[:, 1:].sum(axis=(0, 2)) == pytest.approx(apart, rel=1e-9)


def test_an_adjustment_fund_of_a_scheme_that_ends_is_shared_out_by_need(
    studies: dict[str, Study],
) -> None:
    """Levies of two years held in whole by the funds of cities; the next scheme has county pools.

    Every county has the same people, so that of the money of a city's fund each of its four
    counties has a quarter.
    """
    fund = AdjustmentFund("city", 0.1, own_responsibility=1.0)
    plan = PoolingPlan("wound up", (
        Stage("county"), Stage("county", schemes=("rural",), adjustment=fund)))  # fmt: skip
    funds = studies["one"].pooled(plan).funds.set_index(["scheme", "year", "level", "pool"])
    left = funds["balance"].loc["rural", 2022]
    held = left.loc["city adjustment fund"]
    assert (held > 0.0).all()
    taken_over = funds["taken_over"].loc["resident", 2023, "county"]
    expected = left.loc["county"] + np.repeat(held.to_numpy() / 4.0, 4)
    assert taken_over.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)


def test_money_of_a_scheme_that_ends_goes_where_need_is() -> None:
    """Two pools of two counties: costs of one to three, and insured who are to cost nothing.

    12 are shared as 3 and 9, a debt of 4 in halves.
    """
    names = ("west", "east")
    pools = Pools(names, names, ("city",) * 2, ("city",) * 2, np.array([0, 1, 0, 1]))
    money = by_need(pools, np.array([[12.0, -4.0]]), np.array([5.0, 0.0, 15.0, 0.0]))
    assert money.tolist() == [[3.0, -2.0, 9.0, -2.0]]


def test_reserve_months_before_a_merger_are_of_the_scheme_by_itself(
    studies: dict[str, Study],
) -> None:
    """The year's balance net of what is owed, by the outgo as it grew, of both schemes."""
    for scheme in ("rural", "resident"):
        own = studies["one"].pooled("county").funds.query(f"scheme == '{scheme}'")
        outgo = own["claims_paid"] + own["administration"]
        by_year = outgo.groupby(own["year"]).sum()
        following = own.groupby("year")["outgo_next_year"].sum()
        # alike counties grow alike
        assert following[2022] == pytest.approx(by_year[2022] ** 2 / by_year[2021], rel=1e-9)
        assert following[2021] == pytest.approx(by_year[2022], rel=1e-12)
        last = own[own["year"] == 2022]
        months = 12.0 * (last["balance"] - last["outstanding"]) / last["outgo_next_year"]
        assert last["reserve_months"].to_numpy() == pytest.approx(months.to_numpy(), rel=1e-12)
    later = studies["one"].pooled("county").funds.query("scheme == 'resident'")
    outgo = (later["claims_paid"] + later["administration"]).groupby(later["year"]).sum()
    assert later.groupby("year")["outgo_next_year"].sum()[2023] == pytest.approx(outgo[2024])


def test_a_what_if_has_what_a_scheme_takes_over(studies: dict[str, Study]) -> None:
    projection = studies["one"].pooled("city")
    asked = WhatIf([central_paths(projection, "resident")])
    expected = projection.funds.query("scheme == 'resident'").pivot(
        index="year", columns="pool", values="balance"
    )
    assert asked.balances(PoolLevers())[0] == pytest.approx(expected.to_numpy(), rel=1e-12)
    with pytest.raises(ValueError, match="rural does not stand by itself"):
        central_paths(projection, "rural")
    assert lasting_schemes(projection) == ("employee", "resident")


@pytest.mark.parametrize(
    ("mergers", "found"),
    [
        ([("rural", "resident", 2022), ("rural", "employee", 2023)], "mergers.1.scheme"),
        ([("rural", "resident", 2022), ("resident", "rural", 2023)], "mergers.1.into"),
        ([("rural", "rural", 2022)], "mergers.0.into"),
        ([("rural", "resident", 2020)], "mergers.0.year"),
        ([("rural", "nobody", 2022)], "mergers.0.into"),
    ],
)
def test_mergers_that_lose_money_are_refused(
    tmp_path: Path, mergers: list[tuple[str, str, int]], found: str
) -> None:
    with pytest.raises(CaseError) as refused:
        case_with(tmp_path, _policy(mergers))
    assert [finding.column for finding in refused.value.findings] == [found]
