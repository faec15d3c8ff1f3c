"""The choice of pools weighs what merged pools cost."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.partition import best_partition
from fundpool.models.optimiser.problem.candidates import candidates
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import study
from tests.cases.small import small_case

pytestmark = pytest.mark.plain


@pytest.fixture
def costly(tmp_path: Path) -> tuple[Case, PoolPaths]:
    """In city pools a tenth more is claimed, in that of the province a fifth."""
    made = small_case()
    made.settings["pooling"]["moral_hazard"]["values"] = {"city": 0.1, "province": 0.2}
    case = read_case(made.write(tmp_path / "case"))
    return case, central_paths(study(case, 2).pooled("county"), "resident")


def test_candidates_bear_the_moral_hazard_of_their_level(costly: tuple[Case, PoolPaths]) -> None:
    """Ash and Birch, a city around each, and the province of both."""
    case, paths = costly
    given = candidates(case, paths, reserve_months=3.0)
    assert given.codes == ("ash", "birch", "north", "south", "land")
    outgo, result = paths.outgo[0], (paths.income + paths.subsidies - paths.outgo)[0]
    # claims for care of the base year, paid in the first, bear no moral hazard
    care, owed = paths.outgo_of_care[0], paths.outstanding_of_care[0]
    assert (care[0] <= outgo[0]).all()
    assert care[1:] == pytest.approx(outgo[1:])
    floor, more = 0.25 * paths.outgo_next_year[0] + paths.outstanding[0], []
    for rise in (0.1, 0.2):
        raised = outgo + rise * care
        later = np.concatenate([raised[1:], raised[-1:] ** 2 / raised[-2:-1]])
        more.append(0.25 * later + paths.outstanding[0] + rise * owed)

    def by_candidate(of_county: list[np.ndarray]) -> np.ndarray:
        county, city, province = of_county
        return np.concatenate([county, city, province.sum(axis=1, keepdims=True)], axis=1)

    added = by_candidate([0.0 * care, 0.1 * care, 0.2 * care])
    assert given.added == pytest.approx(added)
    assert given.flow == pytest.approx(by_candidate([result] * 3) - added)
    assert given.floor == pytest.approx(by_candidate([floor, *more]))


def test_pools_that_gain_nothing_by_merging_stay_apart(costly: tuple[Case, PoolPaths]) -> None:
    """Both counties run deficits, so that merging saves no money from outside."""
    found, _ = best_partition(candidates(*costly))
    assert found is not None
    assert found.pools == (("ash", "birch"),)
    assert (
        found.alternatives["county"] < found.alternatives["city"] < found.alternatives["province"]
    )
