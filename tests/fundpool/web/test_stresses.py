"""Stresses, changed assumptions and a year shown: the same figures as command and Python."""

import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.analysis.alternatives import joint_alternatives
from fundpool.models.analysis.sensitivity import sensitivity, steps_of
from fundpool.models.projection.study import Projection, Study, project, study
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.requests.policy_text import toml_text
from fundpool.web.serving import Serving
from fundpool.web.work.planning import plan_answer
from fundpool.web.work.projection_cache import ProjectionCache
from fundpool.web.work.stresses import stress_names, with_contents
from fundpool.web.work.values import assumption_records, changes_nothing
from tests.fundpool.web.browser import IDLE, Page

YEARS = 4
INFLATION = "economy.medical_inflation"
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def case(case_folder: Path) -> Case:
    return read_case(case_folder)


@pytest.fixture(scope="module")
def base(case: Case) -> Study:
    return study(case, YEARS)


@pytest.fixture(scope="module")
def cache(case: Case, tmp_path_factory: pytest.TempPathFactory) -> ProjectionCache:
    folder = tmp_path_factory.mktemp("stresses")
    return ProjectionCache(Serving("small", frozenset(), folder, years=YEARS, scenarios=0), case)


@pytest.fixture(scope="module")
def ask(cache: ProjectionCache) -> Ask:
    """What a request ends in, its jobs waited for."""

    def asked(**request: Any) -> dict[str, Any]:
        while True:
            outcome = plan_answer(cache, PlanRequest(**request))
            if isinstance(outcome, dict):
                return outcome
            while not outcome.job.ended:
                time.sleep(0.01)
            assert outcome.job.status == "done", outcome.job.words

    return asked


def closing(projection: Projection, scheme: str = "employee") -> float:
    rows = projection.overview.set_index("scheme")
    return float(rows.loc[scheme, "closing_balance"])


def test_joint_alternatives_are_those_of_the_report(base: Study, ask: Ask) -> None:
    steps = steps_of(base.case)
    table = joint_alternatives(base, "county", steps, sensitivity(base, "county", steps))
    expected = table.set_index(["alternative", "scheme"])["closing_balance"]
    for stress in ("high_cost", "low_cost"):
        for scheme in ("employee", "resident"):
            found = ask(stress=stress, scheme=scheme)
            for side in ("a", "b"):
                assert found[side]["closing_balance"] == pytest.approx(
                    expected[stress, scheme], rel=1e-9
                )
    assert expected["high_cost", "employee"] < expected["low_cost", "employee"]


def test_a_shock_is_laid_over_both_sides_and_over_policies(case: Case, ask: Ask) -> None:
    assert stress_names(case) == ["epidemic", "high_cost", "low_cost"]
    found = ask(stress="epidemic", policies=["more-interest"])
    plain = project(case.with_policies(["epidemic"]), "county", YEARS)
    richer = project(case.with_policies(["more-interest", "epidemic"]), "county", YEARS)
    assert found["a"]["closing_balance"] == pytest.approx(closing(plain), rel=1e-9)
    assert found["b"]["closing_balance"] == pytest.approx(closing(richer), rel=1e-9)
    # one that is a policy of the plan already is not laid over it twice
    again = ask(stress="epidemic", policies=["epidemic"])
    assert again["b"]["closing_balance"] == pytest.approx(closing(plain), rel=1e-9)
    with pytest.raises(ValueError, match="no stress 'famine'"):
        ask(stress="famine")


def test_the_policy_file_says_an_alternative_and_the_levers(
    case: Case, cache: ProjectionCache, ask: Ask
) -> None:
    levers = {"medical_inflation": 0.005, "from_year": case.base_year + 2}
    request = {"stress": "high_cost", "levers": levers}
    found = ask(**request)
    contents = tomllib.loads(toml_text(cache.policy_contents(PlanRequest(**request))))
    anew = project(case.with_policy_text("page-plan.toml", contents), "county", YEARS)
    assert found["b"]["closing_balance"] == pytest.approx(closing(anew), rel=1e-6)
    assert with_contents({"a": {"x": {"value": 1, "by_year": {}}}}, {"a": {"x": {"value": 2}}}) == {
        "a": {"x": {"value": 2}}
    }


def test_values_change_the_plan_as_set_does(case: Case, ask: Ask) -> None:
    values = {INFLATION: 0.2, "schemes.employee.rules.employer_rate": 0.06}
    before, found = ask(), ask(values=values)
    changed = case.with_values(values, levers_since=case.base_year + 1)
    expected = closing(project(changed, "county", YEARS))
    assert found["b"]["closing_balance"] == pytest.approx(expected, rel=1e-9)
    assert found["a"]["closing_balance"] == before["b"]["closing_balance"]
    assert not found["idle"]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"values": {"economy.intrest": 0.03}}, "Did you mean 'economy.interest'"),
        ({"values": {INFLATION: 99.0}}, "not a number from"),
        ({"values": {"economy.interest": 0.03}, "policies": ["more-interest"]}, "no policy"),
        ({"values": {"solvency.horizon": 9.0}}, "--years"),
    ],
)
def test_values_without_effect_are_refused(ask: Ask, request_: dict[str, Any], words: str) -> None:
    ask()
    with pytest.raises(CaseError) as refused:
        ask(**request_)
    assert words in str(refused.value)


def test_values_that_change_no_flow_are_said_to(case: Case, base: Study, ask: Ask) -> None:
    ask()
    assert ask(values={INFLATION: case.value(INFLATION)})["idle"]
    assert changes_nothing({INFLATION: 0.1}, base.flows, base.flows)
    assert not changes_nothing({"pooling.x": 0.1}, base.flows, base.flows)


def test_figures_of_a_year_are_those_of_the_table_of_funds(base: Study, ask: Ask) -> None:
    year = base.case.base_year + 2
    found = ask(pooling="province", year=year)
    for side, pooling in (("a", "county"), ("b", "province")):
        funds = base.pooled(pooling).funds
        rows = funds[(funds["scheme"] == "employee") & (funds["year"] == year)].set_index("pool")
        for county in found["counties"]:
            fund = county["code"] if pooling == "county" else found["pools"][0]["pool"]
            then = county[side]["then"]
            assert then["rate"] == pytest.approx(rows.loc[fund, "payg_rate"], rel=1e-9)
            assert then["months"] == pytest.approx(rows.loc[fund, "reserve_months"], rel=1e-9)
            assert then["dry"] == bool(rows.loc[fund, "balance"] < 0)
        if side == "b":
            then = found["pools"][0]["then"]
            assert then["balance"] == pytest.approx(rows["balance"].iloc[0], rel=1e-9)
    assert ask()["counties"][0]["b"]["then"] is None
    staged = ask(pooling=f"county,province@{year + 1}", year=year)
    standing = {pool["pool"]: pool["then"] is not None for pool in staged["pools"]}
    assert sum(standing.values()) == len(base.case.regions.codes)
    with pytest.raises(ValueError, match="1999 is not projected"):
        ask(year=1999)


def test_every_assumption_is_listed_once_those_of_weight_first(case: Case) -> None:
    rows = assumption_records(case)
    paths = [row["path"] for row in rows]
    assert len(set(paths)) == len(paths)
    assert {row["path"] for row in rows if row["changeable"]} <= set(case.paths())
    assert set(case.paths()) <= set(paths)
    assert paths[:2] == ["economy.wage_growth", INFLATION]
    assert rows[1]["high"] == pytest.approx(case.value(INFLATION) + 0.01)
    heavy = assumption_records(read_case("jiangsu"))
    weights = [row["weight"] or 0.0 for row in heavy]
    assert weights == sorted(weights, reverse=True)
    assert heavy[0]["path"] == "schemes.employee.rules.employer_rate"
    assert any(not row["path"] and row["weight"] for row in heavy)
    assert np.isfinite([row["now"] for row in heavy if row["changeable"]]).all()


def test_stress_year_and_assumption_on_the_page(page: Page, address: str) -> None:
    page.open(address)
    plain = page.text("#headline")
    page.redrawn("document.querySelector('#stress-epidemic').click()")
    stressed = page.text("#headline")
    assert stressed != plain
    assert "Epidemic year" in page.text("#stressed")
    page.choose("#year", "2023")
    assert "2023" in page.text("#map-title")
    assert "2023" in page.text("#pools thead")
    page.run("document.querySelector('#assumptions-box').open = true;")
    page.until("document.querySelectorAll('#assumptions-table tbody tr').length > 9")
    search = "const e = document.querySelector('#find-assumption'); e.value = 'medical inflation';"
    page.run(search + "e.dispatchEvent(new Event('input'));")
    page.until("document.querySelectorAll('#assumptions-table tbody tr').length < 9")
    page.choose(f'[id="set-{INFLATION}"]', "0.2")
    assert page.run("return location.hash") == (
        "#stress=epidemic&year=2023&set=economy.medical_inflation%3D0.2"
    )
    assert f"--policy epidemic --pooling county --years 6 --set {INFLATION}=0.2" in page.text(
        "#command"
    )
    assert page.text("#headline") != stressed
    for expected in ("#stress=epidemic&year=2023", "#stress=epidemic", ""):
        page.redrawn("document.querySelector('#undo').click()")
        assert page.run("return location.hash") == expected
    assert page.text("#headline") == plain
    # a value that is refused goes back, with the reason beside it
    page.run(
        f"const e = document.querySelector('[id=\"set-{INFLATION}\"]'); e.value = '99';"
        "e.dispatchEvent(new Event('change'));"
    )
    page.until(f"!document.querySelector('#problem').hidden && {IDLE}")
    assert "not a number from" in page.text("#at-assumptions #problem")
    assert page.run("return location.hash") == ""
