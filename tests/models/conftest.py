"""Cases that several tests of the models use."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.projection.study import Study, study
from tests.cases.small import small_case


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder: Path = tmp_path_factory.mktemp("small") / "case"
    return read_case(small_case().write(folder))


@pytest.fixture(scope="session")
def jiangsu() -> Case:
    return read_case("jiangsu")


@pytest.fixture(scope="session")
def jiangsu_study(jiangsu: Case) -> Study:
    return study(jiangsu, years=6)


@pytest.fixture(scope="session")
def jiangsu_at_home(jiangsu_study: Study) -> Study:
    """All care is given in the payer's county, so that no territory of a pool changes a payment."""
    flows = jiangsu_study.flows
    at_home = np.zeros_like(flows.claims_by_distance)
    at_home[:, :, :, 0, 0] = flows.claims_incurred[..., None]
    return replace(jiangsu_study, flows=replace(flows, claims_by_distance=at_home))
