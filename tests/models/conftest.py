"""Cases that several tests of the models use."""

from pathlib import Path

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
