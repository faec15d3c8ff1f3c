"""Limits of a scheme, written a second time from the documented rules, for the certificate.

Floor, corridor, own effort and grant limit follow from the flows and the policy alone, not from
what :mod:`..problem.fund` made of them, and with none of its code: a limit that is too tight there,
or in the program, does not get into the bound. Money and rates are plain, not in units.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.statement.mergers import merged_pools


@dataclass(frozen=True)
class StatedLimits:
    """Limits of rates and money, and what follows from them.

    Attributes:
        rate_least, rate_most: corridor of each group, ``(T, G)``.
        floor: least balance, ``(s, T, p)``.
        grant_most: most that a pool may draw, ``(s, T, p)``.
        money_most: what all pools together can hold by then, ``(s, T)``.
        balance_least: least balance that rates and levies can lead to, ``(s, T, p)``.
    """

    rate_least: FloatArray
    rate_most: FloatArray
    floor: FloatArray
    grant_most: FloatArray
    money_most: FloatArray
    balance_least: FloatArray


def stated_limits(fund: FundProblem) -> StatedLimits:
    """The limits of a scheme from its flows and its policy."""
    paths, policy = fund.paths, fund.policy
    years = fund.years
    months = [policy.reserve_months if t + 1 >= policy.phase_in_years else 0.0
              for t in range(years)]  # fmt: skip
    floor = np.array(months)[:, None] * paths.outgo_next_year / 12.0 + paths.outstanding
    for margin in (one for one in policy.margins if one.scheme == paths.scheme):
        for t, amounts in enumerate(margin.money):
            for pool, amount in enumerate(amounts):
                short = floor[:, t, pool] < amount
                floor[short, t, pool] = amount
    effort, grant_most = _own_effort(fund)
    least, most = np.empty((years, fund.groups)), np.empty((years, fund.groups))
    start = rate_before(fund)
    for t in range(years):
        free_years = t + 1 - policy.frozen_years
        if free_years <= 0:
            least[t] = most[t] = fund.rate_in_force[t]
            continue
        # a rate can have moved so far from the last one in force
        reach = free_years * policy.yearly_change * fund.reference
        below, above = np.maximum(start - reach, 0.0), start + reach
        lowest = np.clip(policy.rate_least * fund.reference, below, above)
        highest = np.clip(min(policy.rate_most * fund.reference, 1.0), start - reach, above)
        most[t] = np.maximum(highest, lowest)
        for group in range(fund.groups):
            asked = effort[t, fund.group == group].max(initial=0.0)
            least[t, group] = np.clip(asked, lowest[group], most[t, group])
    money, depth = _reach(fund, least, most)
    return StatedLimits(least, most, floor, grant_most, money, depth)


def rate_before(fund: FundProblem) -> FloatArray:
    """The rate that the first free year's change counts from: the last one in force, ``(G,)``."""
    last = min(fund.policy.frozen_years, fund.years) - 1
    return np.asarray(fund.rate_in_force[max(last, 0)])


def _own_effort(fund: FundProblem) -> tuple[FloatArray, FloatArray]:
    """Rate that a pool must charge, ``(T, p)``, and the most that it may draw, ``(s, T, p)``."""
    paths, policy = fund.paths, fund.policy
    if not policy.swaps:
        return np.zeros((fund.years, fund.pools)), np.zeros(paths.outgo.shape)
    income, base = fund.weight @ paths.income[:, 0], fund.weight @ paths.contribution_base[:, 0]
    rate = policy.effort * np.where(base > 0, income / np.where(base > 0, base, 1.0), 0.0)
    share = policy.own_responsibility
    if share is None:
        return np.tile(rate, (fund.years, 1)), np.full(paths.outgo.shape, np.inf)
    deficit = paths.outgo - paths.subsidies - rate * paths.contribution_base
    most = (1.0 - share) * np.maximum(deficit, 0.0)
    return (most.max(axis=0) > 0) * rate, most


def _reach(fund: FundProblem, least: FloatArray, most: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Most money of all pools together, ``(s, T)``, and least balance of each, ``(s, T, p)``.

    What a pool or hub holds, pays or draws is at most what all pools hold and collect until then.
    A pool that pays keeps its floor, which is not negative, so that levies push no balance below
    zero; where the floor need not hold in every scenario, the largest levies count as lost.
    """
    paths, policy = fund.paths, fund.policy
    growth = 1.0 + paths.interest
    kept = 1.0
    if policy.swaps and policy.floor != "every":
        kept = 1.0 - min(policy.levy_ceiling, 1.0)
    together = np.maximum(paths.opening_balance, 0.0).sum() * np.ones(fund.scenarios)
    lowest = np.minimum(paths.opening_balance, 0.0) * np.ones((fund.scenarios, 1))
    money, depth = np.empty(paths.interest.shape), np.empty(paths.outgo.shape)
    for t in range(fund.years):
        base, year = paths.contribution_base[:, t], growth[:, t]
        spent = paths.outgo[:, t] - paths.subsidies[:, t]
        collected = most[t, fund.group] * base + np.maximum(-spent, 0.0)
        together = together * year + collected.sum(axis=1) * year**0.5
        left = (kept * least[t, fund.group] * base - spent) * year[:, None] ** 0.5
        lowest = np.minimum(lowest * year[:, None] + left, 0.0)
        for when, pools in merged_pools(paths):
            if when == t:  # a pool of a merged fund lacks at most what all of them do
                lowest[:, pools] = lowest[:, pools].sum(axis=1, keepdims=True)
        money[:, t], depth[:, t] = together, lowest
    return money, depth
