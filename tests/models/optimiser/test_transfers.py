"""Who pays whom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundpool.models.optimiser.transfers import EXACT_PARTIES, settle


def net_of(transfers: tuple[tuple[int, int, int], ...], size: int) -> np.ndarray:
    net = np.zeros(size)
    for payer, receiver, amount in transfers:
        assert amount > 0
        net[payer] -= amount
        net[receiver] += amount
    return net


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=25))
def test_everybody_gets_what_is_due(amounts: list[int]) -> None:
    net = np.array([*amounts, -sum(amounts)], dtype=float)
    settled = settle(net)
    np.testing.assert_array_equal(net_of(settled.transfers, net.size), net)
    parties = int((net != 0).sum())
    assert len(settled.transfers) <= max(parties - 1, 0)
    assert settled.at_least <= len(settled.transfers)


def fewest(net: list[int]) -> int:
    """By trying every way to settle the first party that is not settled."""
    owing = [value for value in net if value]
    if not owing:
        return 0
    first, rest = owing[0], owing[1:]
    return min(
        1 + fewest([*rest[:k], rest[k] + first, *rest[k + 1 :]])
        for k in range(len(rest))
        if rest[k] * first < 0
    )


@given(st.lists(st.integers(-6, 6), min_size=2, max_size=6))
def test_small_settlements_are_the_fewest(amounts: list[int]) -> None:
    net = [*amounts, -sum(amounts)]
    settled = settle(np.array(net, dtype=float))
    assert settled.exact
    assert len(settled.transfers) == fewest(net)


def test_closed_sets_are_found_where_greedy_fails() -> None:
    # largest to largest needs 5; {-6, 3, 3} and {-5, 5} need 3
    settled = settle(np.array([-6.0, -5.0, 5.0, 3.0, 3.0]))
    assert len(settled.transfers) == 3


def test_many_parties_match_equal_amounts() -> None:
    size = 2 * EXACT_PARTIES
    amounts = np.arange(1.0, size + 1)
    settled = settle(np.concatenate([-amounts, amounts]))
    assert len(settled.transfers) == size == settled.at_least
    assert settled.exact


def test_amounts_that_do_not_balance_are_refused() -> None:
    with pytest.raises(ValueError, match="differ by 100"):
        settle(np.array([-5.0, 105.0]))
