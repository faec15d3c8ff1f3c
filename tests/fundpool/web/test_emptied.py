"""What would empty a fund, asked on the page: the moves of the report, with levers moved too."""

from pathlib import Path
from typing import Any

import pytest

from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.models.projection.study import Study
from fundpool.models.risk.reverse_stress import reverse_stress
from fundpool.models.scenarios.terms import scenario_terms
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.serving import Serving
from fundpool.web.work.emptied import emptied, emptied_job, smallest_moves
from fundpool.web.work.projection_cache import ProjectionCache
from tests.fundpool.web.browser import IDLE, Page
from tests.models.scenarios.test_reverse_stress import contents_of, studied


@pytest.fixture(scope="module")
def projected(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Employees of Ash run dry on the central path, those of Birch under a move."""
    return studied(contents_of(), tmp_path_factory.mktemp("emptied") / "case")


def moves(projected: Study, **levers: float) -> dict[str, Any]:
    """Moves of employees' funds under a plan, by fund."""
    plan = PlanRequest.model_validate({"levers": levers})
    found = emptied(smallest_moves(projected, plan, lambda _done, _words: None), "employee")
    assert set(found["funds"][0]["means"]) == set(DRIVERS)
    return {fund["pool"]: fund["move"] for fund in found["funds"]}


def test_moves_are_those_of_the_report_and_follow_levers(projected: Study) -> None:
    table = reverse_stress(projected, "county", scenario_terms(projected)).table
    of_report = table[table["scheme"] == "employee"].set_index("pool")["move"].to_dict()
    assert of_report["ash"] == 0
    assert of_report["birch"] > 1
    assert moves(projected) == of_report
    dearer = moves(projected, care=0.02)
    assert 0 < dearer["birch"] < 0.9 * of_report["birch"]
    assert dearer["ash"] == 0
    assert moves(projected, rate=0.05)["ash"] != 0


def test_plans_without_levers_to_follow_are_refused(projected: Study, tmp_path: Path) -> None:
    cache = ProjectionCache(Serving("small", frozenset(), tmp_path), projected.case)
    with pytest.raises(ValueError, match="optimised"):
        emptied_job(cache, PlanRequest(full=True), projected)
    cache.jobs.close()


def test_the_button_on_the_page(page: Page, address: str) -> None:
    page.open(f"{address}#care=0.3&county=ash")
    page.click("#emptied-now")
    page.until("document.querySelector('#emptied-said').textContent !== ''")
    assert page.text("#emptied-said").startswith("Ash: ")
    page.choose("#care", "0.2")
    page.until(f"document.querySelector('#emptied-said').textContent === '' && {IDLE}")
