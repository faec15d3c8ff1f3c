"""Groups drawn by hand, or by the optimiser, bear what pooling costs where they lie in the tree."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.funds.recursion import scheme_run
from fundpool.models.optimiser.partition import pooling_plan
from fundpool.models.optimiser.problem.candidates import Candidates, candidates
from fundpool.models.pooling.plans import PoolingPlan, Stage, pools_of
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study, study
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.run import run_scenarios
from fundpool.models.scenarios.terms import scenario_terms
from tests.cases.stochastic import like_counties, still_section

HAZARD = {"city": 0.05, "province": 0.2}
EFFORT = {"city": -0.04, "province": -0.1}
MONEY = ["contribution_base", "contributions", "account_credits", "claims_incurred", "claims_paid",
         "outstanding", "administration", "outgo_next_year", "balance"]  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Eight counties in two cities of one province; pooling costs care and contributions."""
    made = like_counties(8)
    made.settings["scenarios"] = still_section()
    source = {"source": "worked example", "status": "assumed"}
    made.settings["pooling"]["moral_hazard"]["values"] = HAZARD
    made.settings["pooling"]["collection_effort"] = {"values": EFFORT, **source}
    return study(read_case(made.write(tmp_path_factory.mktemp("like") / "case")), 4)


def _group(case: Case, counties: str) -> PoolingPlan:
    return plan_for(case, f"county[X={counties}]")


@pytest.mark.parametrize(
    ("counties", "level"),
    [
        ("c000", "county"),
        ("c000|c001", "city"),
        ("city000", "city"),
        ("c000|c004", "province"),
        ("city000|city001", "province"),
    ],
)
def test_a_group_bears_the_lowest_level_around_it(done: Study, counties: str, level: str) -> None:
    case = done.case
    group = _group(case, counties)
    table = done.pooled(group).funds.query("pool == 'X'")
    pools = pools_of(case, group.stages[0])
    inside = [
        c for c, p in zip(case.regions.codes, pools.of_county, strict=True) if pools.codes[p] == "X"
    ]
    apart = done.pooled("county").funds
    apart = apart[apart["pool"].isin(inside)].groupby(["scheme", "year"])
    table = table.set_index(["scheme", "year"])
    assert (table["level"] == "custom").all()
    for name, factor in (
        ("claims_incurred", 1.0 + HAZARD.get(level, 0.0)),
        ("contributions", 1.0 + EFFORT.get(level, 0.0)),
        ("contribution_base", 1.0 + EFFORT.get(level, 0.0)),
    ):
        assert table[name].to_numpy() == pytest.approx(factor * apart[name].sum().to_numpy())


def test_groups_of_whole_cities_are_the_cities(done: Study) -> None:
    """Whoever names them: a planner, or the optimiser by the codes of regions."""
    by_hand = plan_for(done.case, "county[One=city000;Two=city001]")
    chosen = PoolingPlan(
        "chosen",
        (
            Stage(
                "county",
                groups=tuple((f"c{i:03d}", f"city{i // 4:03d}") for i in range(8)),
            ),
        ),
    )
    cities = done.pooled("city").funds
    for plan in (by_hand, chosen):
        assert done.pooled(plan).funds[MONEY].to_numpy() == pytest.approx(cities[MONEY].to_numpy())
    assert (done.pooled(chosen).funds["level"] == "city").all()
    assert done.pooled(chosen).funds["name"].tolist() == cities["name"].tolist()


@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_all_ways_to_a_balance_agree_on_groups(done: Study, scheme: str) -> None:
    """Fund table, recursion, sampled paths and compiled scenarios in which nothing varies."""
    plan = plan_for(done.case, "county[X=c000|c001|c002;Y=c003|c004]")
    table = done.pooled(plan).funds.query(f"scheme == '{scheme}'")
    run = scheme_run(done.case, done.flows, plan, scheme)
    codes = list(run.layout.codes)
    balance = table.pivot(index="year", columns="pool", values="balance")[codes].to_numpy()
    assert run.balance[0] == pytest.approx(balance)
    terms = scenario_terms(done).without_noise()
    paths = sampled_paths(done, plan, scheme, 1, 0, terms=terms)
    central = central_paths(done.pooled(plan), scheme)
    for name in ("contribution_base", "income", "subsidies", "outgo", "outstanding",
                 "outgo_next_year"):  # fmt: skip
        assert getattr(paths, name) == pytest.approx(getattr(central, name)), name
    growth = 1.0 + done.flows.paths.interest
    needed = (run.opening - balance / np.cumprod(growth)[:, None]).max(axis=0)
    drawn = run_scenarios(done, [plan], 2, 0, terms=terms).outcomes[plan.name, scheme]
    assert drawn.need[0] == pytest.approx(needed, rel=1e-9, abs=1e-3)


@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_a_partition_is_projected_at_the_cost_it_was_chosen_by(done: Study, scheme: str) -> None:
    """One city whole and the counties of the other, by the candidates and by the fund table."""
    given: Candidates = candidates(
        done.case, central_paths(done.pooled("county"), scheme), done.flows
    )
    picked = np.array([[code in {"city000", "c004", "c005", "c006", "c007"}
                        for code in given.codes]])  # fmt: skip
    stages = (Stage("county"), *pooling_plan(given, picked).stages)
    projected = done.pooled(PoolingPlan("chosen", stages)).funds.query(f"scheme == '{scheme}'")
    for code in ("city000", "c004"):
        own = projected[projected["pool"] == code]
        flow = (
            own["contributions"] - own["account_credits"] + own["from_accounts"]
            + own["subsidies"] - own["claims_paid"] - own["administration"]
        )  # fmt: skip
        assert given.flow[:, given.codes.index(code)] == pytest.approx(flow.to_numpy())


def test_a_group_across_the_highest_regions_bears_the_highest_level(tmp_path: Path) -> None:
    made = like_counties(8)
    regions = made.tables["regions"]
    regions = regions[regions["level"] != "province"].copy()
    regions.loc[regions["level"] == "city", "parent"] = ""
    made.tables["regions"] = regions
    made.settings["levels"] = ["county", "city"]
    made.settings["scenarios"] = still_section()
    case = read_case(made.write(tmp_path / "case"))
    pools = pools_of(case, _group(case, "c000|c007").stages[0])
    assert pools.bearing[pools.codes.index("X")] == "city"
