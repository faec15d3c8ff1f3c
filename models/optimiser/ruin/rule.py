"""Rates that follow a rule decided today, in place of one fixed path.

``x[t] = x'[t] + a (m'[t-1] - m[t-1]) + b (c[t-1] - c'[t-1])``: the rate of a year is the planned
one (marked '), plus ``a`` for each month by which reserves at the end of the year before lay below
the plan's, plus ``b`` of what the cost rate of that year exceeded the plan's by. It changes by at
most a step a year and stays in a corridor. Reserves in months are the balance over a twelfth of the
year's outgo, the cost rate is outgo less subsidies over the contribution base, each of all funds
that share a rate. Adjusting contributions by a share of the reserve's deviation is the spread
method of pension funding (Haberman and Sung, Insurance: Mathematics and Economics 15, 1994); the
second term meets a lasting rise of cost before it has used up reserves.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, minimize

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.solvency import balance_recursion
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import Decision, recursion
from fundpool.models.optimiser.limits import Aims
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.ruin.flows import ScenarioFlows

MOST_PER_COST = 1.0
"""A rate that follows the last year's cost one for one; beyond, it overshoots."""

MOST_PER_MONTH = 1.0
"""A rate that makes up for missing reserves within a year, in twelfths of the scheme's rate."""


@dataclass(frozen=True)
class AdjustingRule:
    """The rule of one scheme.

    Attributes:
        per_month: ``a``, share of the base for each month of reserves.
        per_cost: ``b``, share of the cost rate's deviation.
        step: largest change of a rate from year to year, share of the base; may be infinite.
        least, most: corridor of rates, shares of the base.
        frozen_years: first years in which the rate is the planned one whatever comes.
    """

    per_month: float
    per_cost: float
    step: float
    least: float
    most: float
    frozen_years: int = 0


@dataclass(frozen=True)
class PlannedCourse:
    """What the rule compares with, by year and group of funds that share a rate, ``(T, G)``."""

    rates: FloatArray
    months: FloatArray
    cost_rate: FloatArray

    @classmethod
    def of(cls, fund: FundProblem, decision: Decision) -> "PlannedCourse":
        """The path that a plan is made on."""
        balance = fund.mean(recursion(fund, decision).balance)
        months, cost = _state(
            fund, balance, fund.mean(fund.paths.outgo), fund.mean(fund.net_outgo), fund.base
        )
        return cls(decision.rates, months, cost)


def rule_of(fund: FundProblem, per_month: float, per_cost: float) -> AdjustingRule:
    """The rule with given coefficients within the limits of the scheme's policy."""
    policy = fund.policy
    return AdjustingRule(
        per_month, per_cost, policy.yearly_change * fund.reference,
        policy.rate_least * fund.reference, min(policy.rate_most * fund.reference, 1.0),
        policy.frozen_years,
    )  # fmt: skip


def ruled_course(
    fund: FundProblem, decision: Decision, flows: ScenarioFlows, rule: AdjustingRule
) -> tuple[FloatArray, FloatArray]:
    """Rates ``(s, T, G)`` and balances ``(s, T, p)`` in every scenario.

    Swaps are those of the plan in money. A planned rate outside the corridor is its own limit.

    Args:
        fund: the scheme.
        decision: the plan that the rule starts from.
        flows: the scenarios.
        rule: coefficients and limits.
    """
    count, years, _ = flows.base.shape
    planned = PlannedCourse.of(fund, decision)
    swaps = fund.mean(decision.grants - decision.levies)
    rates = np.empty((count, years, fund.groups))
    balances = np.empty(flows.base.shape)
    balance = np.broadcast_to(fund.paths.opening_balance, flows.base[:, 0].shape)
    for t in range(years):
        rate = np.broadcast_to(planned.rates[t], rates[:, t].shape)
        if t > 0 and t >= rule.frozen_years:
            last = t - 1
            months, cost = _state(
                fund, balance, flows.outgo[:, last], flows.net_outgo[:, last], flows.base[:, last]
            )
            rate = rate + rule.per_month * (planned.months[last] - months)
            rate = rate + rule.per_cost * (cost - planned.cost_rate[last])
            rate = np.clip(
                rate,
                np.minimum(rule.least, planned.rates[t]),
                np.maximum(rule.most, planned.rates[t]),
            )
            rate = np.clip(rate, rates[:, last] - rule.step, rates[:, last] + rule.step)
        rates[:, t] = rate
        flow = rate[:, fund.group] * flows.base[:, t] - flows.net_outgo[:, t] + swaps[t]
        interest = flows.interest[:, t, None, None]
        balance = balance_recursion(balance, flow[..., None], interest)[..., 0]
        balances[:, t] = balance
    return rates, balances


def best_coefficients(
    fund: FundProblem, decision: Decision, flows: ScenarioFlows, most: float, aims: Aims
) -> AdjustingRule:
    """The rule with the least mean rate and movement at the same probability of ruin.

    A program in the two coefficients: the mean rate that scenarios lead to, plus the level rise
    of all rates at which at most the share ``most`` of scenarios falls below zero in some year
    (mean of the worst such share, which is smoother than the quantile and above it), plus the
    mean yearly change, weighted as the plan's aims are. It starts from no adjustment; what it
    finds is taken only if it is better than that.

    Args:
        fund: the scheme.
        decision: the plan with fixed rates.
        flows: scenarios to decide on, up to the last year that counts.
        most: the probability.
        aims: weights of burden and movement.
    """
    scale = fund.reference / 12.0

    def rule(coefficients: FloatArray) -> AdjustingRule:
        return rule_of(fund, float(coefficients[0]) * scale, float(coefficients[1]))

    def cost(coefficients: FloatArray) -> float:
        return rule_cost(fund, decision, flows, rule(coefficients), most, aims)

    start = np.zeros(2)
    fit = minimize(
        cost, start + 0.1, method="COBYQA", bounds=Bounds(start, [MOST_PER_MONTH, MOST_PER_COST]),
        options={"maxfev": 80, "final_tr_radius": 1e-3},
    )  # fmt: skip
    best = np.clip(fit.x, 0.0, [MOST_PER_MONTH, MOST_PER_COST])
    return rule(best if cost(best) < cost(start) else start)


def rule_cost(
    fund: FundProblem,
    decision: Decision,
    flows: ScenarioFlows,
    rule: AdjustingRule,
    most: float,
    aims: Aims,
) -> float:
    """What :func:`best_coefficients` minimises, in units of the scheme's rate in force."""
    years = flows.base.shape[1]
    rates, balance = ruled_course(fund, decision, flows, rule)
    earned = np.cumsum(fund.base[:years], axis=0)
    # (s, p), as a level rate; none mends a fund that collects nothing
    lacking = np.max(ratio(-balance, earned), axis=1)
    count = max(1, int(np.ceil(most * lacking.shape[0])))
    rise = np.partition(lacking, -count, axis=0)[-count:].mean(axis=0)
    weight = fund.base[:years].sum(axis=0)
    share = weight / weight.sum()
    mean, movement = mean_rate(fund, rates), mean_movement(fund, rates)
    burden = (mean + float(rise @ share)) / fund.reference
    return aims.burden * burden + aims.movement * movement / fund.reference


def mean_rate(fund: FundProblem, rates: FloatArray) -> float:
    """Mean over scenarios, years and funds by contribution base, share of the base.

    Args:
        fund: the scheme.
        rates: ``(s, T, G)``.
    """
    base = fund.by_group(fund.base[: rates.shape[1]])
    return float((rates.mean(axis=0) * base).sum() / base.sum())


def mean_movement(fund: FundProblem, rates: FloatArray) -> float:
    """Mean size of a rate's change from year to year, by contribution base, share of the base.

    The first year's change is that from the rate in force.

    Args:
        fund: the scheme.
        rates: ``(s, T, G)``.
    """
    first = np.broadcast_to(fund.rate_in_force[0], rates[:, :1].shape)
    change = np.abs(np.diff(rates, axis=1, prepend=first))
    return mean_rate(fund, change)


def _state(
    fund: FundProblem, balance: FloatArray, outgo: FloatArray, net: FloatArray, base: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Reserves in months of the year's outgo and the cost rate, by group (last axis)."""
    per_month = fund.by_group(outgo) / 12.0
    money = fund.by_group(base)
    return ratio(fund.by_group(balance), per_month), ratio(fund.by_group(net), money)
