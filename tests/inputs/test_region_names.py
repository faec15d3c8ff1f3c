"""Places of one name: each carries the name of the place it lies in, in both languages."""

from pathlib import Path

import pytest

from fundpool.calls.results import place_code
from fundpool.inputs.case import Case, read_case
from fundpool.languages import language
from fundpool.languages.wording import local_names
from fundpool.models.projection.comparison import compare
from fundpool.summary import summary
from fundpool.web.work.case_record import _regions
from tests.cases.small import small_case

DISTRICTS = {"ash": "Drum Tower (North)", "birch": "Drum Tower (South)"}
IN_CHINESE = {"Drum Tower (North)": "鼓楼区（北市）", "Drum Tower (South)": "鼓楼区（南市）"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The small case with two counties of one name, each in a city of its own."""
    contents = small_case()
    regions = contents.tables["regions"]
    regions.loc[regions["level"] == "county", "name"] = "Drum Tower"
    regions["name_local"] = ["鼓楼区", "鼓楼区", "北市", "南市", "某省"]
    folder: Path = tmp_path_factory.mktemp("names") / "case"
    return read_case(contents.write(folder))


def test_districts_of_one_name_carry_their_city(case: Case) -> None:
    assert {code: case.regions.name(code) for code in case.regions.codes} == DISTRICTS
    assert case.regions.name("north") == "North"
    assert local_names(case.tables["regions"], language("zh")).items() >= IN_CHINESE.items()
    assert local_names(case.tables["regions"], language("en")) == {}


def test_names_of_results_alerts_and_page_differ(case: Case) -> None:
    comparison = compare(case, years=1)
    measures = comparison.projections["county"].measures
    assert set(measures["name"]) == set(DISTRICTS.values())
    alerts = summary(comparison.projections, "county")["alerts"]
    assert {alert["name"] for alert in alerts} == set(DISTRICTS.values())
    shown = {row["code"]: (row["name"], row["name_local"]) for row in _regions(case)}
    assert shown["birch"] == ("Drum Tower (South)", "鼓楼区（南市）")
    assert shown["land"] == ("Land", "某省")


def test_a_place_is_found_by_its_full_name_and_the_plain_one_is_refused(case: Case) -> None:
    assert place_code(case, "Drum Tower (South)") == "birch"
    with pytest.raises(ValueError, match="one of the codes ash, birch"):
        place_code(case, "Drum Tower")
