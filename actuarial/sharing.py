"""Sharing a cost fairly: games in which every coalition has a cost of its own.

A game of ``n`` players is given by ``cost[S]`` for all ``2**n`` coalitions ``S`` as bit masks:
player ``i`` is bit ``i``, ``cost[0]`` is 0, ``cost[2**n - 1]`` the cost to be shared. The excess of
a coalition is what its members are charged above its own cost, ``sum of shares over S - cost[S]``:
where it is positive the coalition does better alone.

Shapley, *A value for n-person games* (1953); Schmeidler, *The nucleolus of a characteristic
function game* (1969); Maschler, Peleg and Shapley, *Geometric properties of the kernel, nucleolus,
and related solution concepts* (1979).
"""

from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from fundpool.actuarial.arrays import FloatArray

IntArray = NDArray[np.int64]

MOST_PLAYERS = 20
"""Players of a game that is still solved: a million coalitions."""

ROUNDING = 1e-9
"""Relative size of a difference that is rounding."""


def _checked(cost: ArrayLike) -> tuple[FloatArray, int]:
    """The costs and the number of players.

    Raises:
        ValueError: a length that is not a power of two, a cost that is not finite, or
            ``cost[0]`` other than 0.
    """
    costs = np.asarray(cost, dtype=float)
    players = costs.size.bit_length() - 1
    if costs.ndim != 1 or costs.size < 2 or costs.size != 2**players:
        raise ValueError(
            f"a game needs the cost of all 2**n coalitions in one row, not {costs.shape}"
        )
    if players > MOST_PLAYERS:
        raise ValueError(f"{players} players are too many; at most {MOST_PLAYERS}")
    if not np.isfinite(costs).all():
        raise ValueError(f"the cost of coalition {int(np.argmin(np.isfinite(costs)))} is no number")
    if costs[0] != 0.0:
        raise ValueError(f"nobody has no cost: cost[0] must be 0, not {costs[0]:g}")
    return costs, players


def coalition_members(players: int) -> NDArray[np.bool_]:
    """Whether each coalition, by its mask, holds each player, ``(2**n, n)``.

    >>> coalition_members(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)


def coalition_sums(shares: ArrayLike) -> FloatArray:
    """Sum of shares over every coalition, ``(2**n,)``.

    >>> coalition_sums([1.0, 2.0]).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    sums = np.zeros(1)
    for share in np.asarray(shares, dtype=float):
        sums = np.concatenate([sums, sums + share])
    return sums


def shapley_value(cost: ArrayLike) -> FloatArray:
    """The Shapley value: each player's added cost, mean over all orders of joining.

    ``x[i] = sum over S without i of |S|! (n - |S| - 1)! / n! (cost[S + i] - cost[S])``.

    >>> shapley_value([0.0, 6.0, 10.0, 12.0]).tolist()
    [4.0, 8.0]

    Args:
        cost: of every coalition, ``(2**n,)``, money.

    Returns:
        shares, ``(n,)``, that add up to ``cost[2**n - 1]``.

    Raises:
        ValueError: not a game (see the module).
    """
    costs, players = _checked(cost)
    masks = np.arange(costs.size)
    sizes = np.array([int(mask).bit_count() for mask in masks])
    weights = np.array(
        [factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)]
    )
    shares = np.empty(players)
    for player in range(players):
        without = masks[masks >> player & 1 == 0]
        added = costs[without | 1 << player] - costs[without]
        shares[player] = weights[sizes[without]] @ added
    return shares


def core_excess(cost: ArrayLike, shares: ArrayLike) -> tuple[float, int]:
    """The coalition that gains most by leaving, and what it is charged above its own cost.

    Shares that add up to the whole cost lie in the core if the excess is not positive.

    >>> core_excess([0.0, 6.0, 10.0, 12.0], [7.0, 5.0])
    (1.0, 1)

    Args:
        cost: of every coalition, ``(2**n,)``, money.
        shares: charged to each player, ``(n,)``.

    Returns:
        the largest ``sum of shares over S - cost[S]`` over coalitions ``S`` other than nobody and
        everybody, and its mask; of equal ones (to rounding) the smallest mask.

    Raises:
        ValueError: not a game, a single player, or another number of shares.
    """
    costs, players = _checked(cost)
    charged = np.asarray(shares, dtype=float)
    if charged.shape != (players,) or not np.isfinite(charged).all():
        raise ValueError(f"{players} players need {players} shares, each a number")
    if players < 2:
        raise ValueError("a single player has no coalition to leave with")
    excess = (coalition_sums(charged) - costs)[1:-1]
    size = max(float(np.abs(costs).max()), float(np.abs(charged).max()))
    largest = excess.max()
    first = int(np.argmax(excess >= largest - 1e-12 * size))
    return float(largest), first + 1


def nucleolus(cost: ArrayLike) -> FloatArray:
    """The prenucleolus: shares whose largest excess is least, then the second largest, and so on.

    Single shares have no bound. A sequence of linear programs, each of which lowers the largest
    excess of the coalitions that are not settled yet; those that hold it in every optimal solution
    (their dual is positive) are settled, and with them all whose members' shares they determine.
    The shares are then solved for exactly from the settled coalitions, and the order of excesses
    is checked.

    >>> nucleolus([0.0, 6.0, 10.0, 12.0]).round(9).tolist()
    [4.0, 8.0]

    Args:
        cost: of every coalition, ``(2**n,)``, money.

    Returns:
        shares, ``(n,)``, that add up to ``cost[2**n - 1]``.

    Raises:
        ValueError: not a game (see the module).
        ArithmeticError: a program was not solved, or the shares fail their check.
    """
    costs, players = _checked(cost)
    size = float(np.abs(costs).max())
    if players == 1 or size == 0.0:
        return np.full(players, costs[-1] / players)
    scaled = costs / size
    members = coalition_members(players).astype(float)
    settled = np.array([costs.size - 1])  # everybody, whose excess is 0
    level = np.array([-1])  # of each settled coalition: which program settled it
    excesses: list[float] = []
    open_masks = np.arange(1, costs.size - 1)
    stages: list[tuple[IntArray, int]] = []
    while np.linalg.matrix_rank(members[settled]) < players:
        known = np.append(excesses, 0.0)[level]
        program = linprog(
            np.append(np.zeros(players), 1.0),
            A_ub=np.column_stack([members[open_masks], np.full(open_masks.size, -1.0)]),
            b_ub=scaled[open_masks],
            A_eq=np.column_stack([members[settled], np.zeros(settled.size)]),
            b_eq=scaled[settled] + known,
            bounds=(None, None),
            method="highs-ds",
        )
        if program.status != 0 or program.x is None:
            raise ArithmeticError(f"a program of the nucleolus was not solved: {program.message}")
        stages.append((open_masks, len(excesses)))
        tight = -program.ineqlin.marginals > 1e-8
        level = np.append(level, np.full(int(tight.sum()), len(excesses)))
        settled = np.append(settled, open_masks[tight])
        excesses.append(float(program.x[-1]))
        open_masks = _undetermined(members, settled, open_masks)
    # unknown: the shares, and the excess of each program
    columns = np.zeros((settled.size, players + len(excesses)))
    columns[:, :players] = members[settled]
    rows = np.flatnonzero(level >= 0)
    columns[rows, players + level[rows]] = -1.0
    solution = np.linalg.lstsq(columns, scaled[settled], rcond=None)[0]
    shares, final = solution[:players], solution[players:]
    over = members @ shares - scaled
    wrong = any(over[masks].max() > final[stage] + ROUNDING for masks, stage in stages)
    if wrong or (np.diff(final) > ROUNDING).any() or abs(over[-1]) > ROUNDING:
        raise ArithmeticError(
            "the shares found are not the nucleolus: their excesses are too large"
        )
    return np.asarray(shares * size)


def _undetermined(
    members: FloatArray,
    settled: IntArray,
    open_masks: IntArray,
) -> IntArray:
    """Coalitions whose sum of shares does not follow from those of the settled ones."""
    _, sizes, basis = np.linalg.svd(members[settled], full_matrices=False)
    basis = basis[sizes > 1e-9 * sizes[0]]
    rest = members[open_masks] - members[open_masks] @ basis.T @ basis
    return np.asarray(open_masks[np.abs(rest).max(axis=1) > 1e-9])
