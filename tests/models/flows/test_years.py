"""Mean numbers of a year between its ends."""

import numpy as np
import pytest

from fundpool.models.flows.year_people import YearPeople, mean_of_year

pytestmark = pytest.mark.plain


def ends() -> tuple[YearPeople, YearPeople]:
    """Two pairs, one status, one service and age class."""
    start = YearPeople(
        persons=np.array([[100.0], [40.0]]),
        exposure=np.array([200.0, 80.0]).reshape(2, 1, 1, 1),
        register=np.array([6.0, 0.0]),
        lapsed=np.array([1.0, 2.0]),
        years_bought=np.array([3.0, 4.0]),
    )
    end = YearPeople(
        persons=np.array([[80.0], [60.0]]),
        exposure=np.array([160.0, 120.0]).reshape(2, 1, 1, 1),
        register=np.array([10.0, 4.0]),
        lapsed=np.array([3.0, 5.0]),
        years_bought=np.array([5.0, 6.0]),
    )
    return start, end


@pytest.mark.parametrize("in_place", [False, True])
def test_stocks_are_the_mean_of_both_ends_and_events_those_of_the_year(in_place: bool) -> None:
    start, end = ends()
    care = np.array([[1.0], [1.2]])
    mean = mean_of_year(start, end, care, in_place)
    assert mean.persons.ravel().tolist() == [90.0, 50.0]
    assert mean.register.tolist() == [8.0, 2.0]
    assert mean.exposure.ravel() == pytest.approx([180.0, 120.0])
    assert mean.lapsed.tolist() == [3.0, 5.0]
    assert mean.years_bought.tolist() == [5.0, 6.0]
    assert (start.exposure.ravel()[0] == 180.0) == in_place
