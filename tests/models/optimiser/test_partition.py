"""The choice of pools weighs what merged pools cost."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.optimiser.partition import best_partition
from fundpool.models.optimiser.problem.candidates import candidates
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study, study
from tests.cases.small import small_case

pytestmark = pytest.mark.plain


@pytest.fixture
def done(tmp_path: Path) -> Study:
    """In city pools a tenth more is claimed, in that of the province a fifth."""
    made = small_case()
    made.settings["pooling"]["moral_hazard"]["values"] = {"city": 0.1, "province": 0.2}
    return study(read_case(made.write(tmp_path / "case")), 2)


def test_candidates_bear_the_claims_of_their_level(done: Study) -> None:
    """Ash and Birch, a city around each, and the province of both.

    Ash pays 549,174.3525 in 2021 by itself, of it 13,050 for care of 2020, which no pooling changes
    (tests/models/projection/test_two_counties.py); in the province 575,899.5 of its own care, as
    that in Birch is on-site. Birch pays 784,080.
    """
    paths = central_paths(done.pooled("county"), "resident")
    given = candidates(done.case, paths, done.flows, reserve_months=3.0)
    assert given.codes == ("ash", "birch", "north", "south", "land")
    ash, birch = 549_174.3525 - 13_050.0, 784_080.0
    land = 1.2 * 575_899.5 - ash + 0.2 * birch
    assert given.added[0] == pytest.approx([0.0, 0.0, 0.1 * ash, 0.1 * birch, land])
    result = (paths.income + paths.subsidies - paths.outgo)[0]
    alone = np.concatenate([result, result, result.sum(axis=1, keepdims=True)], axis=1)
    assert given.flow == pytest.approx(alone - given.added)
    for level in done.case.levels:
        pooled = central_paths(done.pooled(level), "resident")
        floor = 0.25 * pooled.outgo_next_year[0] + pooled.outstanding[0]
        places = [given.codes.index(code) for code in pooled.pools]
        assert given.floor[:, places] == pytest.approx(floor)


def test_pools_that_gain_nothing_by_merging_stay_apart(done: Study) -> None:
    """Both counties run deficits, so that merging saves no money from outside."""
    paths = central_paths(done.pooled("county"), "resident")
    found, _ = best_partition(candidates(done.case, paths, done.flows))
    assert found is not None
    assert found.pools == (("ash", "birch"),)
    assert (
        found.alternatives["county"] < found.alternatives["city"] < found.alternatives["province"]
    )
