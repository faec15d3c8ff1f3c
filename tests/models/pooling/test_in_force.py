"""The pooling in force is data of the case, by scheme, and holds where no pooling is named."""

from pathlib import Path

import pytest

import fundpool
from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.analysis.policies import policy_effects
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import study
from fundpool.web.requests.plan import PlanRequest, pooling_of
from tests.cases.small import small_case

SOURCE = {"source": "worked example", "status": "assumed"}


def case_of(folder: Path, **levels: str) -> Case:
    """The small case with a pooling in force by scheme."""
    made = small_case()
    made.settings["pooling"]["in_force"] = {"values": levels, **SOURCE}
    return read_case(made.write(folder / "case"))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case_of(tmp_path_factory.mktemp("mixed"), employee="city", resident="county")


@pytest.mark.parametrize(
    ("levels", "plan"),
    [
        ({}, "county"),
        ({"employee": "city", "resident": "city"}, "city"),
        ({"employee": "city"}, "city,resident:county"),
        ({"resident": "province"}, "county,resident:province"),
    ],
)
def test_the_plan_in_force(tmp_path: Path, levels: dict[str, str], plan: str) -> None:
    case = case_of(tmp_path, **levels)
    assert case.usual_pooling == case.pooling_in_force == plan
    assert case.usual_plans[0] == plan
    assert set(case.usual_plans) == {plan, *case.levels}
    stages = plan_for(case, plan)
    for scheme in ("employee", "resident"):
        assert stages.stage(scheme, 2021).level == levels.get(scheme, "county")


def test_a_case_without_it_is_pooled_by_the_lowest_level(tmp_path: Path) -> None:
    case = read_case(small_case().write(tmp_path / "case"))
    assert (case.usual_pooling, case.usual_plans) == ("county", ("county", "city", "province"))


def test_everything_takes_it_where_no_pooling_is_named(mixed: Case) -> None:
    plan, done = "city,resident:county", study(mixed, 1)
    assert fundpool.project(mixed, years=1).plan.name == plan
    pools = fundpool.project(mixed, years=1).funds.groupby("scheme", observed=True)["level"]
    assert {scheme: set(level) for scheme, level in pools} == {
        "employee": {"city"}, "resident": {"county"},
    }  # fmt: skip
    assert next(iter(fundpool.compare(mixed, years=1).projections)) == plan
    assert pooling_of(mixed, PlanRequest()) == plan
    named = policy_effects(done, [], plan)
    assert policy_effects(done, []).base == named.base
    assert policy_effects(done, [], "province").base != named.base


def test_a_plan_by_scheme_and_year(mixed: Case) -> None:
    plan = plan_for(mixed, "city,resident:county,resident:city@2023,province@2025")
    years = (2021, 2023, 2025)
    assert [plan.stage("employee", y).level for y in years] == ["city", "city", "province"]
    assert [plan.stage("resident", y).level for y in years] == ["county", "city", "province"]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("city,pensions:county", "'pensions' in the pooling plan .* is not a scheme of two_coun"),
        ("city,resident:village", "'village' in the pooling plan .* is not a level"),
        ("county,city@2025,province@2023", "must each begin in a later year"),
        ("county,city@2023,province@2023", "must each begin in a later year"),
        ("city,resident:county@2023", "would split pools up; levels must rise"),
        ("city,resident:province,city@2023", "would split pools up; levels must rise"),
        ("resident:city", "must begin with a level without a year"),
    ],
)
def test_plans_by_scheme_that_cannot_be_followed(mixed: Case, plan: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plan_for(mixed, plan)


def test_a_policy_that_pools_an_unknown_scheme_is_found(tmp_path: Path) -> None:
    made = small_case()
    made.policies["apart"] = {
        "schema_version": 1, "name": "apart", "title": "Apart", "about": "x", **SOURCE,
        "pooling": "city,residant:county",
    }  # fmt: skip
    with pytest.raises(CaseError, match=r"expected schemes of the case\. Did you mean 'resident'"):
        read_case(made.write(tmp_path / "case"))


def test_the_bundled_cases_say_how_their_schemes_are_pooled() -> None:
    case = read_case("jiangsu")
    assert case.usual_pooling == "city"
    assert (
        case.with_policies(["rural-cooperative"]).usual_pooling == "city,rural_cooperative:county"
    )
    assert read_case("jiangsu-2009").usual_pooling == "county"
