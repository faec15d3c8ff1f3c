"""A case may call its levels anything: no command takes one of them for granted."""

from pathlib import Path

import pytest

import fundpool
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.serving import Serving
from fundpool.web.work.planning import Pending, plan_answer
from fundpool.web.work.projection_cache import ProjectionCache
from tests.cases.policies import policy
from tests.cases.small import SmallCase, small_case
from tests.cases.stochastic import scenario_section
from tests.fundpool.conftest import Run

LEVELS = {"county": "district", "city": "area", "province": "realm"}


def renamed_case() -> SmallCase:
    """The worked example with other names of its levels."""
    case = small_case()
    case.settings["levels"] = list(LEVELS.values())
    case.settings["scenarios"] = scenarios = scenario_section()
    for catastrophe in scenarios["catastrophes"].values():
        catastrophe["reach"] = LEVELS.get(catastrophe["reach"], catastrophe["reach"])
    for values in ("moral_hazard", "moral_hazard_published"):
        part = case.settings["pooling"][values]
        part["values"] = {LEVELS[level]: value for level, value in part["values"].items()}
    regions = case.tables["regions"]
    regions["level"] = regions["level"].map(LEVELS)
    case.policies["tried"] = policy(pooling="area")
    return case


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return renamed_case().write(tmp_path_factory.mktemp("levels") / "case")


def test_from_python(folder: Path) -> None:
    case = fundpool.read_case(folder)
    projection = fundpool.project(case, years=1)
    assert set(projection.funds["level"]) == {"district"}
    assert list(fundpool.compare(case, years=1).projections) == ["district", "area", "realm"]
    assert fundpool.optimise(projection).status
    pooled = case.with_policies(["tried"])
    assert set(fundpool.project(pooled, years=1).funds["level"]) == {"area"}
    assert list(fundpool.compare(pooled, years=1).projections) == ["district", "area", "realm"]
    with pytest.raises(ValueError, match="not a level"):
        fundpool.project(case, "county", years=1, progress=lambda _: pytest.fail("projected"))


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("project", "--years", 2, "--scenarios", 4),
        ("compare", "--years", 2, "--policy", "tried"),
        ("policies", "--years", 2),
        ("optimise", "--years", 3),
        ("optimise", "--years", 3, "--choose", "rates,pooling", "--hubs", "realm"),
        ("frontier", "--years", 3, "--points", 2),
        ("report", "--years", 2, "--scenarios", 4),
    ],
)
def test_every_command_with_its_defaults(run: Run, folder: Path, words: tuple[object, ...]) -> None:
    command, *options = words
    done = run(command, folder, *options)
    assert done.exit_code in (0, 3, 4), done.output
    assert "county" not in done.stdout


def test_the_page(folder: Path, tmp_path: Path) -> None:
    serving = Serving(str(folder), frozenset(), tmp_path, years=2, scenarios=0)
    cache = ProjectionCache(serving, fundpool.read_case(folder))
    answer = plan_answer(cache, PlanRequest())
    while isinstance(answer, Pending):
        answer.job.stop.wait(0.01)
        answer = plan_answer(cache, PlanRequest())
    assert {pool["level"] for pool in answer["pools"]} == {"district"}
    cache.jobs.close()
