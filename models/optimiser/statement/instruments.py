"""Premiums, rates and subsidies stated a second time, in plain money, and what a plan breaks."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.statutory.limits import InstrumentLimit


class Rows(Protocol):
    """A program under construction, as :class:`.program.Statement` is one."""

    def columns(self, shape: tuple[int, ...], lower: ArrayLike, upper: ArrayLike) -> IntArray:
        """New columns; their numbers in the given shape."""
        ...

    def rows(
        self, key: tuple[int, str], shape: tuple[int, ...], least: ArrayLike, most: ArrayLike
    ) -> IntArray:
        """New rows without coefficients; their numbers in the given shape."""
        ...

    def put(self, rows: IntArray, columns: IntArray, values: ArrayLike) -> None:
        """Coefficients; the three arguments broadcast against each other."""
        ...


def instruments_of(fund: FundProblem) -> list[InstrumentLimit]:
    """Those of the scheme; none where they stay in force."""
    return [limit for limit in fund.policy.instruments if limit.scheme == fund.paths.scheme]


def base_of(fund: FundProblem) -> FloatArray:
    """Contribution base of each group, mean over scenarios, ``(T, G)``."""
    mean = np.einsum("s,stp->tp", fund.weight, fund.paths.contribution_base)
    return np.stack([mean[:, fund.group == g].sum(axis=1) for g in range(fund.groups)], axis=1)


def money_made_up(fund: FundProblem, amounts: FloatArray) -> FloatArray:
    """What amounts ``(K, T, G)`` bring to the fund above subsidies in force, ``(T, G)``."""
    total = np.zeros(amounts.shape[1:])
    for limit, amount in zip(instruments_of(fund), amounts, strict=True):
        heads = np.array(limit.heads)
        if limit.kind == "account":
            total -= amount * heads
        elif limit.kind == "member":
            total += amount * heads
        else:
            total += (amount - np.array(limit.in_force)) * heads
    return total


def state_instruments(program: Rows, number: int, fund: FundProblem, rate: IntArray) -> None:
    """Columns of amounts, and rows in money; nothing where all stay in force.

    ``rate base = members' money - accounts + subsidies above those in force``; steps of amounts;
    ``subsidies >= share * (members' money + subsidies)``, or at most.
    """
    limits, policy = instruments_of(fund), fund.policy
    if not limits:
        return
    base, shape = base_of(fund), rate.shape
    before = np.zeros(shape)
    for limit in limits:
        if limit.kind == "subsidy":
            before -= np.array(limit.in_force) * np.array(limit.heads)
    made_up = program.rows((number, "split"), shape, np.where(base > 0, before, -np.inf),
                   np.where(base > 0, before, np.inf))  # fmt: skip
    program.put(made_up, rate, base)
    sides = {
        name: program.rows((number, f"share_{name}"), shape, 0.0, np.inf)
        for name, bound in (("least", policy.subsidy_share_least > 0.0),
                            ("most", policy.subsidy_share_most < 1.0))
        if bound
    }  # fmt: skip
    shares = {"least": policy.subsidy_share_least, "most": policy.subsidy_share_most}
    for k, limit in enumerate(limits):
        heads = np.array(limit.heads)
        amount = program.columns(shape, np.array(limit.least), np.array(limit.most))
        program.put(made_up, amount, heads if limit.kind == "account" else -heads)
        for name, side in sides.items():
            way = 1.0 if name == "least" else -1.0
            if limit.kind == "subsidy":
                program.put(side, amount, way * (1.0 - shares[name]) * heads)
            elif limit.kind == "member":
                program.put(side, amount, -way * shares[name] * heads)
        if limit.decided and np.isfinite(limit.yearly_change):
            start, free = first_amount(fund, limit), min(policy.frozen_years, fund.years - 1)
            least, most = np.full((2, shape[0] - free, shape[1]), limit.yearly_change)
            least *= -1.0
            least[0] += start
            most[0] += start
            # without heads in either year an amount is nobody's
            paid = np.array(limit.heads)[free:] > 0
            paid[1:] &= paid[:-1]
            steps = program.rows((number, f"step{k}"), least.shape, np.where(paid, least, -np.inf),
                         np.where(paid, most, np.inf))  # fmt: skip
            program.put(steps, amount[free:], 1.0)
            program.put(steps[1:], amount[free:-1], -1.0)


def first_amount(fund: FundProblem, limit: InstrumentLimit) -> FloatArray:
    """What the first free year's change counts from: the last amount in force, ``(G,)``."""
    last = min(fund.policy.frozen_years, fund.years) - 1
    return np.asarray(np.array(limit.in_force)[max(last, 0)])


def instrument_violations(
    fund: FundProblem, rates: FloatArray, amounts: FloatArray | None
) -> dict[str, float]:
    """Largest violation of every family of limits, in units of the rate in force.

    Args:
        fund: the scheme's problem.
        rates: share of the base, ``(T, G)``.
        amounts: of the instruments, ``(K, T, G)``; None for a policy that decides none.
    """
    limits = instruments_of(fund)
    if not limits or amounts is None:
        return {}
    base, policy = base_of(fund), fund.policy
    paying = base > 0
    size = np.where(paying, base, 1.0) * fund.reference
    apart = np.abs(money_made_up(fund, amounts) - rates * base) / size
    largest = {"made up of instruments": float(apart[paying].max(initial=0.0)),
               "corridor of instruments": 0.0, "yearly change of instruments": 0.0}  # fmt: skip
    subsidies, whole = np.zeros_like(base), np.zeros_like(base)
    for limit, amount in zip(limits, amounts, strict=True):
        heads = np.array(limit.heads)
        money_unit = np.where(heads > 0, heads, 0.0) / size
        over = np.maximum(np.array(limit.least) - amount, amount - np.array(limit.most))
        name = "corridor of instruments"
        largest[name] = max(largest[name], float((over * money_unit)[paying].max(initial=0.0)))
        whole += 0.0 if limit.kind == "account" else amount * heads
        subsidies += amount * heads if limit.kind == "subsidy" else 0.0
        if limit.decided and np.isfinite(limit.yearly_change):
            free = min(policy.frozen_years, fund.years - 1)
            steps = np.diff(np.vstack([first_amount(fund, limit), amount[free:]]), axis=0)
            far = (np.abs(steps) - limit.yearly_change) * money_unit[free:]
            far[1:] = np.where(heads[free:-1] > 0, far[1:], 0.0)
            name = "yearly change of instruments"
            largest[name] = max(largest[name], float(far.max(initial=0.0)))
    short = np.maximum(policy.subsidy_share_least * whole - subsidies,
                       subsidies - policy.subsidy_share_most * whole)  # fmt: skip
    largest["share of subsidies"] = float((short / size)[paying].max(initial=0.0))
    return largest
