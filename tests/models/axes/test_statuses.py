"""Statuses by number are those that cases name."""

import pytest

from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.axes import statuses
from fundpool.models.axes.statuses import K, Status


def test_the_enum_has_the_statuses_of_a_case_in_their_order() -> None:
    assert [status.name.lower() for status in Status] == list(STATUSES)
    assert [Status.of(name) for name in STATUSES] == list(range(K))
    assert all(getattr(statuses, status.name) == status for status in Status)
    assert all(type(getattr(statuses, status.name)) is int for status in Status)
    with pytest.raises(KeyError):
        Status.of("employed")
