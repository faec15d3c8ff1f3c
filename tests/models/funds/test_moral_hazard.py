"""Moral hazard acts on care given in a merged fund: not on earlier care, nor on administration."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.funds.recursion import scheme_run
from fundpool.models.optimiser.problem.candidates import candidates
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study, study
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.run import run_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms
from tests.cases.small import SmallCase, given
from tests.cases.stochastic import scenario_section, small_case, still_section

LAGS = {"direct": (0.7, 0.2, 0.1), "manual": (0.4, 0.35, 0.25)}
RISE = {"city": 0.1, "province": 0.5}
PLANS = ("county", "city", "county,city@2023,province@2024", "county[Both=ash|birch]")
YEARS = 5


def _made(rise: dict[str, float]) -> SmallCase:
    made = small_case()
    made.settings["pooling"]["moral_hazard"]["values"] = rise
    made.settings["scenarios"] = still_section()
    for scheme in made.schemes.values():
        scheme["rules"]["administration"] = given(0.25)
        lags = scheme["settlement"]["lag"]
        lags["values"] = {**lags["values"], **{name: list(lag) for name, lag in LAGS.items()}}
        # care away from home differs by its lag alone
        scheme["settlement"]["offsite_penalty"] = given(0.0)
        scheme["settlement"]["share_claimed"]["values"]["manual"] = 1.0
    return made


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder: Path = tmp_path_factory.mktemp("hazard") / "case"
    return study(read_case(_made(RISE).write(folder)), YEARS)


@pytest.fixture(scope="module")
def terms(done: Study) -> ScenarioTerms:
    return scenario_terms(done).without_noise()


def _by_hand(done: Study, scheme: int, rises: list[float]) -> dict[str, np.ndarray]:
    """Both counties together, claim by claim; ``rises`` is of every projected year.

    A rise as of the province comes with its territory, in which all care is near.
    """
    flows = done.flows
    away = flows.claims_offsite[scheme, :, :2].sum(axis=1)
    near = flows.claims_incurred[scheme, :, :2].sum(axis=1) - away
    factor = [1.0, *(1.0 + rise for rise in rises)]
    paid, plain, owed = np.zeros(YEARS + 1), np.zeros(YEARS + 1), np.zeros(YEARS + 1)
    for year in range(-2, YEARS + 1):  # years before the base year equal it, and bear no rise
        source = max(year, 0)
        for amount, lag in ((near[source], LAGS["direct"]), (away[source], LAGS["manual"])):
            usual = lag
            if factor[source] == 1.0 + RISE["province"]:
                lag = LAGS["direct"]
            for late, share in enumerate(lag):
                then = year + late
                if 0 <= then <= YEARS:
                    plain[then] += amount * usual[late]
                    paid[then] += amount * share * factor[source]
                    owed[then] += amount * sum(lag[late + 1 :]) * factor[source]
    return {"claims_paid": paid[1:], "outstanding": owed[1:], "administration": 0.25 * plain[1:]}


@pytest.mark.parametrize(
    ("plan", "rises"),
    [
        ("county", [0.0] * 5),
        ("city", [0.1] * 5),
        ("county,city@2023,province@2024", [0.0, 0.0, 0.1, 0.5, 0.5]),
        ("county[Both=ash|birch]", [0.5] * 5),
    ],
)
@pytest.mark.parametrize("number", [0, 1])
def test_claims_by_hand(done: Study, plan: str, rises: list[float], number: int) -> None:
    scheme = done.case.schemes[number].name
    table = done.pooled(plan).funds
    table = table[table["scheme"] == scheme].groupby("year").sum(numeric_only=True)
    expected = _by_hand(done, number, rises)
    for name, values in expected.items():
        assert table[name].to_numpy() == pytest.approx(values, rel=1e-9), name
    outgo = expected["claims_paid"] + expected["administration"]
    # the year before a merger already knows what the merged fund pays
    assert table["outgo_next_year"].to_numpy()[:-1] == pytest.approx(outgo[1:], rel=1e-9)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_recursion_and_scenarios_say_the_same(
    done: Study, terms: ScenarioTerms, plan: str, scheme: str
) -> None:
    made = plan_for(done.case, plan)
    run = scheme_run(done.case, done.flows, made, scheme)
    table = done.pooled(plan).funds.query(f"scheme == '{scheme}'")
    drawn = run_scenarios(done, [plan], 2, 0, terms=terms).outcomes[plan, scheme]
    for number, code in enumerate(run.layout.codes):
        own = table[table["pool"] == code].sort_values("year")
        live = np.isfinite(run.balance[0, :, number])
        own = own[own["year"].isin(run.years[live])]
        for name in ("outstanding", "outgo_next_year"):
            assert run.money[name][live, number] == pytest.approx(own[name].to_numpy()), name
        balance = own["balance"].to_numpy()
        assert run.balance[0, live, number] == pytest.approx(balance, rel=1e-9, abs=1e-6)
        grown = np.cumprod(1.0 + run.interest[live])
        needed = (own["opening_balance"].iloc[0] - balance / grown).max()
        assert drawn.need[0, number] == pytest.approx(needed, rel=1e-9, abs=1e-3)


@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_sampled_paths_are_those_of_the_fund_table(
    done: Study, terms: ScenarioTerms, scheme: str
) -> None:
    for plan in ("county", "city", "province"):
        paths = sampled_paths(done, plan, scheme, 1, 0, terms=terms)
        central = central_paths(done.pooled(plan), scheme)
        for name in ("outgo", "outstanding", "outgo_next_year"):
            have, want = getattr(paths, name), getattr(central, name)
            assert have == pytest.approx(want, rel=1e-9, abs=1e-6), (plan, name)


def test_chance_moves_what_moral_hazard_adds_with_the_care(tmp_path: Path) -> None:
    """In every scenario, the compiled balances are those of the sampled flows."""
    made = _made(RISE)
    made.settings["scenarios"] = scenario_section()
    random = study(read_case(made.write(tmp_path / "case")), YEARS)
    own = scenario_terms(random)
    for plan in ("city", "province"):
        paths = sampled_paths(random, plan, "resident", 8, 3, terms=own)
        drawn = run_scenarios(random, [plan], 8, 3, terms=own).outcomes[plan, "resident"]
        bare, grown, needs = np.zeros(paths.outgo.shape[::2]), np.ones((8, 1)), []
        for t in range(YEARS):
            rate = 1.0 + paths.interest[:, t, None]
            flow = paths.income[:, t] + paths.subsidies[:, t] - paths.outgo[:, t]
            bare, grown = bare * rate + flow * np.sqrt(rate), grown * rate
            needs.append(-bare / grown)
        np.testing.assert_allclose(drawn.need, np.max(needs, axis=0), rtol=1e-9, atol=1e-3)


@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_candidates_are_the_pools_of_their_level(done: Study, scheme: str) -> None:
    """Flow and floor of every candidate, against the fund table of the plan of its level."""
    found = candidates(done.case, central_paths(done.pooled("county"), scheme), done.flows, 6.0)
    for level in done.case.levels:
        paths = central_paths(done.pooled(level), scheme)
        flow = (paths.income + paths.subsidies - paths.outgo)[0]
        floor = (0.5 * paths.outgo_next_year + paths.outstanding)[0]
        for number, code in enumerate(paths.pools):
            place = found.codes.index(code)
            assert found.flow[:, place] == pytest.approx(flow[:, number], rel=1e-9)
            assert found.floor[:, place] == pytest.approx(floor[:, number], rel=1e-9)
