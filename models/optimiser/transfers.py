"""Who pays whom: transfers from payers to receivers behind the hub's flows, as few as can be.

Amounts are in whole units of money. Parties that settle among themselves as a closed set need one
transfer fewer than they are; so the fewest transfers are parties less the largest number of
closed sets, which is hard to find in general (it contains the subset-sum problem). For up to
``EXACT_PARTIES`` parties it is found exactly by dynamic programming over subsets; for more, equal
amounts are matched and the largest settle with the largest, which needs at most one transfer fewer
than there are parties, and no settlement can need fewer than the larger of payers and receivers.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray

EXACT_PARTIES = 14


@dataclass(frozen=True)
class Settlement:
    """Transfers of a year.

    Attributes:
        transfers: (payer, receiver, amount), by party number.
        at_least: no settlement needs fewer.
        exact: whether no settlement is known to need fewer.
    """

    transfers: tuple[tuple[int, int, int], ...]
    at_least: int
    exact: bool


def settle(net: FloatArray) -> Settlement:
    """Transfers that bring every party its net amount.

    Args:
        net: received (positive) or paid (negative) by each party, summing to zero.

    Raises:
        ValueError: the amounts do not sum to zero within one unit a party.
    """
    whole = _balanced(np.asarray(net, dtype=float))
    parties = [int(i) for i in np.flatnonzero(whole)]
    payers = sum(1 for i in parties if whole[i] < 0)
    least = max(payers, len(parties) - payers)
    if len(parties) <= EXACT_PARTIES:
        transfers = [t for group in _closed_sets(whole, parties) for t in _matched(whole, group)]
        return Settlement(tuple(transfers), len(transfers), True)
    transfers = _matched(whole, parties)
    return Settlement(tuple(transfers), least, len(transfers) == least)


def _balanced(net: FloatArray) -> list[int]:
    """Whole amounts that sum to zero, none further than a unit from its own."""
    if abs(net.sum()) > max(1.0, net.size):
        raise ValueError(f"what is paid and what is received differ by {abs(net.sum()):,.0f}")
    whole = np.floor(net).astype(np.int64)
    missing = -int(whole.sum())
    order = np.argsort(-(net - whole), kind="stable")
    step = 1 if missing >= 0 else -1
    for k in range(abs(missing)):
        whole[order[k % net.size]] += step
    return [int(value) for value in whole]


def _closed_sets(whole: list[int], parties: list[int]) -> list[list[int]]:
    """The partition of the parties into the largest number of sets that sum to zero."""
    count = len(parties)
    total = [0] * (1 << count)
    most = [0] * (1 << count)
    last = [0] * (1 << count)
    for mask in range(1, 1 << count):
        low = mask & -mask
        total[mask] = total[mask ^ low] + whole[parties[low.bit_length() - 1]]
        best, came = -1, 0
        rest = mask
        while rest:
            bit = rest & -rest
            rest ^= bit
            if most[mask ^ bit] > best:
                best, came = most[mask ^ bit], mask ^ bit
        most[mask], last[mask] = best + (total[mask] == 0), came
    sets: list[list[int]] = []
    current: list[int] = []
    mask = (1 << count) - 1
    while mask:
        if total[mask] == 0 and current:
            sets.append(current)
            current = []
        removed = mask ^ last[mask]
        current.append(parties[removed.bit_length() - 1])
        mask = last[mask]
    return [*sets, current] if current else sets


def _matched(whole: list[int], parties: list[int]) -> list[tuple[int, int, int]]:
    """Equal amounts first, then the largest payer with the largest receiver, and so on."""
    owing = {i: -whole[i] for i in parties if whole[i] < 0}
    due = {i: whole[i] for i in parties if whole[i] > 0}
    transfers: list[tuple[int, int, int]] = []

    def pay(payer: int, receiver: int, amount: int) -> None:
        transfers.append((payer, receiver, amount))
        for side, party in ((owing, payer), (due, receiver)):
            side[party] -= amount
            if not side[party]:
                del side[party]

    while owing:
        by_amount = {amount: party for party, amount in due.items()}
        equal = next((p for p in owing if owing[p] in by_amount), None)
        if equal is not None:
            pay(equal, by_amount[owing[equal]], owing[equal])
            continue
        payer = max(owing, key=lambda p: (owing[p], -p))
        receiver = max(due, key=lambda p: (due[p], -p))
        pay(payer, receiver, min(owing[payer], due[receiver]))
    return transfers
