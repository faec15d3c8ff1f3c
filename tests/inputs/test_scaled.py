"""An assumption multiplied as a whole."""

import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.case.variation import scaled
from fundpool.inputs.format.findings import CaseError


@pytest.fixture(scope="module")
def jiangsu() -> Case:
    return read_case("jiangsu")


def test_values_of_single_years_move_with_it(jiangsu: Case) -> None:
    path = "economy.wage_growth"
    faster = scaled(jiangsu, path, 1.1)
    for year in (2025, 2026, 2045):
        assert faster.value(path, year) == pytest.approx(1.1 * jiangsu.value(path, year))
    assert jiangsu.value(path, 2025) != jiangsu.value(path, 2045)
    assert faster.inputs_sha256 != jiangsu.inputs_sha256


def test_a_share_stops_at_one(jiangsu: Case) -> None:
    path = "coverage.newborn_enrolment"
    assert scaled(jiangsu, path, 1.1).value(path) == 1.0
    assert scaled(jiangsu, path, 0.9).value(path) == pytest.approx(0.9 * jiangsu.value(path))


def test_other_numbers_out_of_range_are_refused(jiangsu: Case) -> None:
    with pytest.raises(CaseError):
        scaled(jiangsu, "economy.medical_inflation", -100.0)
    with pytest.raises(KeyError):
        scaled(jiangsu, "economy.nothing", 1.1)
