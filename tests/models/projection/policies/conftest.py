"""The worked example without policies."""

import pytest

from fundpool.inputs.case import read_case
from fundpool.models.projection.study import Projection
from tests.cases.policies import policy_case, projected


@pytest.fixture(scope="package")
def base(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    folder = tmp_path_factory.mktemp("base") / "case"
    return projected(read_case(policy_case().write(folder)))
