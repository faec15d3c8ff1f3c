"""The rate or premium that keeps funds to a year: least, and as the page's own figures have it."""

import time
from pathlib import Path
from typing import Any

import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.analysis.what_if import PoolLevers, WhatIf
from fundpool.models.projection.study import study
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.web.requests.plan import NeededRequest, PlanRequest
from fundpool.web.serving import Serving
from fundpool.web.work.needed import STEPS, needed
from fundpool.web.work.planning import Pending, needed_material, plan_answer
from fundpool.web.work.projection_cache import ProjectionCache
from tests.fundpool.web.browser import IDLE, Page

YEARS = 4
DRAWN = 60


@pytest.fixture(scope="module")
def case(case_folder: Path) -> Case:
    return read_case(case_folder)


@pytest.fixture(scope="module")
def cache(case: Case, tmp_path_factory: pytest.TempPathFactory) -> ProjectionCache:
    folder = tmp_path_factory.mktemp("needed")
    serving = Serving("small", frozenset(), folder, years=YEARS, scenarios=DRAWN)
    return ProjectionCache(serving, case)


def asked(cache: ProjectionCache, **question: Any) -> dict[str, Any]:
    """What a question ends in, its jobs waited for."""
    request = NeededRequest.model_validate(question)
    while True:
        material = needed_material(cache, request.plan)
        if not isinstance(material, Pending):
            return needed(material, request)
        while not material.job.ended:
            time.sleep(0.01)
        assert material.job.status == "done", material.job.words


@pytest.mark.parametrize(("probability", "until"), [(0.5, 3), (0.9, 4)])
def test_the_least_premium_is_that_of_straight_lines(
    case: Case, cache: ProjectionCache, probability: float, until: int
) -> None:
    """Balances are straight lines in the premium: where each scenario's crosses zero is known."""
    paths = sampled_paths(study(case, YEARS), "province", "resident", DRAWN, 1)
    lines = WhatIf([paths])
    none, twice = (
        lines.balances(PoolLevers(income_factor=f, subsidy_factor=f))[:, :until, 0]
        for f in (1.0, 2.0)
    )
    crossing = (-none / (twice - none)).max(axis=1)
    step = STEPS["premium"][0]
    expected = next(
        (k for k in range(-90, 501) if (crossing <= k * step + 1e-9).mean() >= probability), None
    )
    plan = {"scheme": "resident", "pooling": "province"}
    found = asked(cache, plan=plan, until=case.base_year + until, probability=probability)
    assert found["lever"] == "premium"
    if expected is None:
        assert found["change"] is None
        assert found["probability"] < probability
    else:
        assert found["change"] == pytest.approx(expected * step, abs=step)
        assert found["probability"] >= probability
    assert found["now"] == pytest.approx((crossing <= 0).mean(), abs=0.01)
    assert found["scenarios"] == DRAWN


def test_one_step_less_does_not_do_for_a_place_or_for_all(
    case: Case, cache: ProjectionCache
) -> None:
    """The answer is checked by the page's own probability that a fund runs dry."""
    until = case.base_year + YEARS
    for county in ("", "ash"):
        plan = {"scheme": "employee", "county": county, "levers": {"care": 0.5}}
        found = asked(cache, plan=plan, until=until, probability=0.9)
        for steps, holds in ((0, True), (-1, False)):
            rate = round(found["change"] + steps * STEPS["rate"][0], 6)
            levers = {"care": 0.5, "rate": rate}
            answer = plan_answer(cache, PlanRequest.model_validate(plan | {"levers": levers}))
            assert isinstance(answer, dict)
            ruin = [row["b"]["ruin_probability"] for row in answer["counties"]
                    if county in ("", row["code"])]  # fmt: skip
            # of all funds at once at least the worst must hold
            assert (1 - max(ruin) >= 0.9) or not holds
            if county:
                assert (1 - ruin[0] >= 0.9) is holds
                if holds:
                    assert found["probability"] == pytest.approx(1 - ruin[0])


def test_questions_without_an_answer(case: Case, cache: ProjectionCache) -> None:
    until = case.base_year + YEARS
    plan: dict[str, Any] = {"scheme": "resident", "levers": {"care": 5.0}}
    assert asked(cache, plan=plan, until=until, probability=1.0)["change"] is None
    with pytest.raises(ValueError, match="is not projected"):
        asked(cache, plan={}, until=until + 1)
    with pytest.raises(ValueError, match="optimised"):
        needed(needed_material(cache, PlanRequest()), NeededRequest(  # type: ignore[arg-type]
            plan=PlanRequest(full=True), until=until))  # fmt: skip


def test_the_question_on_the_page(page: Page, address: str) -> None:
    page.open(f"{address}#care=0.3&county=ash")
    page.click("#needed-now")
    page.until("document.querySelector('#needed-said').textContent !== ''")
    assert "of 60 scenarios" in page.text("#needed-said")
    assert "Ash" in page.text("#needed-said")
    page.redrawn("document.querySelector('#needed-take').click()")
    assert "rate=" in page.run("return location.hash")
    assert page.text("#needed-said") != ""
    page.choose("#care", "0.2")
    page.until(f"document.querySelector('#needed-said').textContent === '' && {IDLE}")
