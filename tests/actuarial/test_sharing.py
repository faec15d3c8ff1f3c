"""Shares of a common cost: published games, games solved by hand, and the criterion by name."""

from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import linprog

from fundpool.actuarial.sharing import (
    coalition_sums,
    core_excess,
    nucleolus,
    shapley_value,
)


def game(players: int, cost: Callable[[list[int]], float]) -> list[float]:
    """Costs of all coalitions from a function of their members."""
    return [0.0] + [
        float(cost([i for i in range(players) if mask >> i & 1])) for mask in range(1, 2**players)
    ]


def estate(claims: Sequence[float], amount: float) -> list[float]:
    """The Talmud's bankruptcy game as a game of costs: worth with its sign turned."""
    total = sum(claims)
    return game(len(claims), lambda S: -max(0.0, amount - (total - sum(claims[i] for i in S))))


AIRPORT = game(4, lambda S: max([10.0, 20.0, 30.0, 70.0][i] for i in S))
GLOVES = game(3, lambda S: -float(min(len([i for i in S if i < 1]), len([i for i in S if i > 0]))))


def test_the_airport_game() -> None:
    """Littlechild (1974): the nucleolus of an airport; Shapley by sharing each stretch equally."""
    assert nucleolus(AIRPORT) == pytest.approx([5.0, 7.5, 8.75, 48.75], abs=1e-12)
    by_stretch = [10 / 4, 10 / 4 + 10 / 3, 10 / 4 + 10 / 3 + 10 / 2, 10 / 4 + 10 / 3 + 5 + 40]
    assert shapley_value(AIRPORT) == pytest.approx(by_stretch, abs=1e-12)


@pytest.mark.parametrize(
    ("amount", "awards"),
    [
        (100.0, [100 / 3, 100 / 3, 100 / 3]),
        (200.0, [50.0, 75.0, 75.0]),
        (300.0, [50.0, 100.0, 150.0]),
    ],
)
def test_the_talmud(amount: float, awards: list[float]) -> None:
    """Aumann and Maschler (1985): claims of 100, 200 and 300 on an estate."""
    assert -nucleolus(estate([100.0, 200.0, 300.0], amount)) == pytest.approx(awards, abs=1e-10)


def test_gloves() -> None:
    """One left glove and two right ones: all to the left by the nucleolus, 2/3 by Shapley."""
    assert -nucleolus(GLOVES) == pytest.approx([1.0, 0.0, 0.0], abs=1e-12)
    assert -shapley_value(GLOVES) == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-12)


def test_a_game_without_a_core() -> None:
    """Any two of three save the whole: each bears a third, and any two gain by leaving."""
    majority = game(3, lambda S: -float(len(S) >= 2))
    shares = nucleolus(majority)
    assert shares == pytest.approx([-1 / 3] * 3, abs=1e-12)
    assert core_excess(majority, shares) == (pytest.approx(1 / 3), 0b011)


def test_shares_below_a_players_own_worth() -> None:
    """Without a bound on single shares: a player may be charged more than alone."""
    cost = [0.0, 1.0, 1.0, 10.0]
    assert nucleolus(cost) == pytest.approx([5.0, 5.0])
    assert core_excess(cost, [5.0, 5.0]) == (4.0, 1)


def test_ties_go_to_the_smallest_mask() -> None:
    cost = [0.0, 5.0, 5.0, 9.0, 5.0, 9.0, 9.0, 12.0]
    assert core_excess(cost, [4.0, 4.0, 4.0]) == (-1.0, 1)
    thirds = [0.1 + 0.2, 0.3, 0.3]  # equal to rounding, not to the bit
    assert core_excess([0.0, 0.2, 0.2, 1.0, 0.2, 1.0, 1.0, 0.9], thirds)[1] == 1


@pytest.mark.parametrize("players", [2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(6))
def test_shapley_by_all_orders(players: int, seed: int) -> None:
    cost = _random(players, seed)
    expected = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        mask = 0
        for player in order:
            expected[player] += cost[mask | 1 << player] - cost[mask]
            mask |= 1 << player
    assert shapley_value(cost) == pytest.approx(expected / len(orders), abs=1e-10)


def _random(players: int, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    """Small whole numbers, so that excesses tie and programs are degenerate."""
    generator = np.random.default_rng([players, seed])
    cost = generator.integers(-5, 10, 2**players).astype(float)
    if seed % 2:
        cost += generator.normal(size=cost.size)
    cost[0] = 0.0
    return cost


def balanced(masks: "np.ndarray", players: int) -> bool:  # type: ignore[type-arg]
    """Whether positive weights on all these coalitions cover every player once."""
    members = (masks[:, None] >> np.arange(players) & 1).astype(float)
    result = linprog(
        np.append(np.zeros(masks.size), -1.0),
        A_ub=np.column_stack([-np.eye(masks.size), np.ones(masks.size)]),
        b_ub=np.zeros(masks.size),
        A_eq=np.column_stack([members.T, np.zeros(players)]),
        b_eq=np.ones(players),
        bounds=[(0, None)] * masks.size + [(None, 1.0)],
    )
    return bool(result.status == 0 and -result.fun > 1e-9)


@pytest.mark.parametrize("players", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("seed", range(8))
def test_the_criterion_of_kohlberg(players: int, seed: int) -> None:
    """Kohlberg (1971): for every level, the coalitions with at least that excess are balanced."""
    cost = _random(players, seed)
    shares = nucleolus(cost)
    assert shares.sum() == pytest.approx(cost[-1], abs=1e-9)
    excess = (coalition_sums(shares) - cost)[1:-1]
    masks = np.arange(1, cost.size - 1)
    levels = np.sort(excess)[::-1]
    for level in levels[np.append(True, np.diff(levels) < -1e-7)]:
        assert balanced(masks[excess >= level - 1e-7], players), (players, seed, level)


def test_thirteen_players() -> None:
    """8,192 coalitions; the size and the unit of costs do not matter."""
    generator = np.random.default_rng(13)
    weights = generator.random(13)
    cost = np.sqrt(coalition_sums(weights))
    shares = nucleolus(cost)
    assert shares.sum() == pytest.approx(cost[-1])
    assert core_excess(cost, shares)[0] < 0, "concave in a sum: the core is not empty"
    assert nucleolus(cost * 1e9) == pytest.approx(shares * 1e9, rel=1e-9)


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        ([0.0, 1.0, 2.0], "2\\*\\*n"), ([0.0], "2\\*\\*n"), ([1.0, 2.0], "cost\\[0\\] must be 0"),
        ([0.0, float("nan")], "coalition 1"), ([[0.0, 1.0]], "2\\*\\*n"),
    ],
)  # fmt: skip
def test_what_is_no_game(cost: list[float], words: str) -> None:
    for function in (shapley_value, nucleolus, lambda c: core_excess(c, [1.0])):
        with pytest.raises(ValueError, match=words):
            function(cost)


def test_shares_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="2 players need 2 shares"):
        core_excess([0.0, 1.0, 1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="single player"):
        core_excess([0.0, 1.0], [1.0])
    assert nucleolus([0.0, 3.0]).tolist() == [3.0]
    assert nucleolus([0.0] * 8).tolist() == [0.0] * 3
