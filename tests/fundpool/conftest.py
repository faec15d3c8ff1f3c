"""Small cases on disk, and the command line run on them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from fundpool.cli.commands import app
from fundpool.inputs.case import Case
from tests.cases.small import small_case
from tests.fundpool.reported import Reported, full_case, reported

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example; its resident funds run dry in the first year."""
    return small_case().write(tmp_path_factory.mktemp("small") / "case")


@pytest.fixture(scope="session")
def solvent_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with so much money that nothing runs short for years."""
    case = small_case()
    case.tables["fund_balances"]["pooled_balance"] = 1e9
    return case.write(tmp_path_factory.mktemp("solvent") / "case")


@pytest.fixture(scope="session")
def broken_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with two mistakes."""
    case = small_case()
    case.tables["population"].loc[30, "persons"] = -5.0
    case.tables["employment"].loc[1, "employed_share"] = 1.6
    return case.write(tmp_path_factory.mktemp("broken") / "case")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: object) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The worked example with actual figures and alert rules."""
    return full_case(tmp_path_factory.mktemp("full") / "case")


@pytest.fixture(scope="session")
def english(full: Case, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """Its report in English, with everything in it."""
    return reported(full, tmp_path_factory.mktemp("en"))


@pytest.fixture(scope="session")
def chinese(full: Case, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The same in Chinese."""
    return reported(full, tmp_path_factory.mktemp("zh"), "zh")
