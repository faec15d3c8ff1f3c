"""Columns and rows of premiums, rates and subsidies that make up the rate of a fund.

Symbols: ``x`` rate over the reference rate ``rho``; ``y[k]`` what instrument ``k`` brings, over
``rho`` and the contribution base; ``v[k] = y[k] rho base / heads`` its amount as the statute has
it. All by year and by group that shares a rate.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.solving import solve
from fundpool.models.optimiser.statutory.limits import InstrumentLimit

UNUSED_PRICE = 10.0
"""Price of an instrument that is not in force, beside one of a relative change of the others."""


@dataclass(frozen=True)
class InstrumentArrays:
    """A scheme's instruments as arrays, ``K`` of them.

    Attributes:
        limits: each of them.
        amount_of: amount of a rate of ``rho``, ``rho base / heads``, ``(K, T, G)``; zero where
            nobody pays.
        in_force, least, most: over that, ``(K, T, G)``.
    """

    limits: tuple[InstrumentLimit, ...]
    amount_of: FloatArray
    in_force: FloatArray
    least: FloatArray
    most: FloatArray

    @property
    def subsidies(self) -> list[int]:
        """Numbers of the subsidies."""
        return [k for k, limit in enumerate(self.limits) if limit.kind == "subsidy"]

    @property
    def members(self) -> list[int]:
        """Numbers of what members and employers pay."""
        return [k for k, limit in enumerate(self.limits) if limit.kind == "member"]


def instrument_arrays(fund: FundProblem) -> InstrumentArrays | None:
    """The instruments of a scheme; None where they stay in force."""
    limits = tuple(limit for limit in fund.policy.instruments if limit.scheme == fund.paths.scheme)
    if not limits:
        return None
    heads = np.array([limit.heads for limit in limits])
    amount_of = ratio(fund.reference * fund.by_group(fund.base), heads)
    in_force, least, most = (
        ratio(np.array([getattr(limit, name) for limit in limits]), amount_of)
        for name in ("in_force", "least", "most")
    )
    return InstrumentArrays(limits, amount_of, in_force, least, most)


def add_instruments(program: LinearProgram, fund: FundProblem, rate: IntArray) -> IntArray | None:
    """Columns ``y``, ``(K, T, G)``, and the rows that hold them together; None without any.

    ``x = sum of members' y - accounts' y + sum of (y - y in force) of subsidies``;
    ``abs(v[t] - v[t-1]) <= yearly change``, from the amount in force on;
    ``least share <= subsidies over members' and subsidies <= most share``.

    Args:
        program: the program under construction.
        fund: the scheme's problem.
        rate: columns of its rates, ``(T, G)``.
    """
    arrays = instrument_arrays(fund)
    if arrays is None:
        return None
    lead, policy, shape = fund.paths.scheme, fund.policy, rate.shape
    columns = program.add_columns(
        f"{lead}_instrument", arrays.in_force.shape, arrays.least, arrays.most
    )
    subsidies, members = arrays.subsidies, arrays.members
    paid = -arrays.in_force[subsidies].sum(axis=0)
    paying = fund.by_group(fund.base) > 0
    program.add_rows(
        f"{lead}_split", shape,
        [(rate, 1.0), *((columns[k], -limit.sign) for k, limit in enumerate(arrays.limits))],
        np.where(paying, paid, -np.inf), np.where(paying, paid, np.inf),
    )  # fmt: skip
    begin = min(policy.frozen_years, fund.years - 1)
    last = max(min(policy.frozen_years, fund.years) - 1, 0)
    for k, limit in enumerate(arrays.limits):
        if not (limit.decided and np.isfinite(limit.yearly_change)):
            continue
        _yearly_change(program, f"{lead}_step{k}", columns[k], arrays.amount_of[k],
                       np.array(limit.in_force)[last], begin,
                       limit.yearly_change)  # fmt: skip
    for name, share, sign in (
        ("least", policy.subsidy_share_least, 1.0), ("most", policy.subsidy_share_most, -1.0),
    ):  # fmt: skip
        if sign * share > (0.0 if name == "least" else -1.0):
            terms = [(columns[k], sign * (1.0 - share)) for k in subsidies]
            terms += [(columns[k], -sign * share) for k in members]
            program.add_rows(f"{lead}_share_{name}", shape, terms, lower=0.0)
    return columns


def _yearly_change(
    program: LinearProgram,
    name: str,
    columns: IntArray,
    amount_of: FloatArray,
    start: FloatArray,
    begin: int,
    change: float,
) -> None:
    """``+-(v[t] - v[t-1]) <= change`` over what a unit of ``y[t]`` is; the first from ``start``."""
    unit = np.where(amount_of > 0, amount_of, 1.0)
    for way, sign in (("rise", 1.0), ("fall", -1.0)):
        program.add_rows(
            f"{name}_first_{way}", columns[begin].shape, [(columns[begin], sign)],
            upper=np.where(amount_of[begin] > 0, (change + sign * start) / unit[begin], np.inf),
        )  # fmt: skip
        now, before = columns[begin + 1 :], columns[begin:-1]
        both = (amount_of[begin + 1 :] > 0) & (amount_of[begin:-1] > 0)
        program.add_rows(
            f"{name}_{way}", now.shape,
            [(now, sign), (before, -sign * amount_of[begin:-1] / unit[begin + 1 :])],
            upper=np.where(both, change / unit[begin + 1 :], np.inf),
        )  # fmt: skip


def even_split(fund: FundProblem, rates: FloatArray, fallback: FloatArray) -> FloatArray:
    """The amounts of which the plan's rates are made up, changed as evenly as their limits let.

    The aims of a plan see its rates alone, so that many amounts are as good. Among these, the
    ratios of the amounts decided to those in force lie closest together: the sum over years and
    groups of the largest less the smallest is least, ``sum (hi - lo)``, ``lo <= v / v in force <=
    hi``. What is not in force is used last.

    Args:
        fund: the scheme's problem.
        rates: of the plan, share of the base, ``(T, G)``.
        fallback: amounts over ``rho base / heads`` that the program gave, ``(K, T, G)``.

    Returns:
        amounts as the statute has them, ``(K, T, G)``.
    """
    arrays = instrument_arrays(fund)
    assert arrays is not None
    program = LinearProgram()
    relative = rates / fund.reference
    rate = program.add_columns("rate", rates.shape, relative, relative)
    columns = add_instruments(program, fund, rate)
    assert columns is not None
    highest, lowest = (program.add_columns(name, rates.shape) for name in ("highest", "lowest"))
    program.add_rows("order", rates.shape, [(highest, 1.0), (lowest, -1.0)], lower=0.0)
    weight = fund.by_group(fund.base)
    program.add_cost(highest, weight / weight.sum())
    program.add_cost(lowest, -weight / weight.sum())
    for k, limit in enumerate(arrays.limits):
        if not limit.decided:
            continue
        before = arrays.in_force[k]
        used = before > 1e-9
        share = np.where(used, 1.0 / np.where(used, before, 1.0), 0.0)
        program.add_rows(
            f"highest{k}", rates.shape, [(highest, 1.0), (columns[k], -share)],
            lower=np.where(used, 0.0, -np.inf),
        )  # fmt: skip
        program.add_rows(
            f"lowest{k}", rates.shape, [(lowest, -1.0), (columns[k], share)],
            lower=np.where(used, 0.0, -np.inf),
        )  # fmt: skip
        program.add_cost(columns[k], np.where(used, 0.0, UNUSED_PRICE * weight / weight.sum()))
    solution, _ = solve(program)
    values = solution.values[columns] if solution.status == "optimal" else fallback
    heads = arrays.amount_of > 0
    in_force = np.array([limit.in_force for limit in arrays.limits])
    return np.where(heads, values * arrays.amount_of, in_force)
