"""Policies a planner might choose without a program, made to keep the same rules.

Each is steered by constant target rates that are approached from the rates in force as fast as the
yearly change allows, inside the corridor. The target is the smallest with which the floors are
missed by as little as the policy can.

``uniform``: one rate for all, no swaps. ``own``: every pool its own rate, no swaps. ``levy``: one
rate for all, every pool pays the same share of its contributions into the hub, which divides it by
assessed deficits.
"""

from collections.abc import Callable

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import Decision, missing, recursion
from fundpool.models.optimiser.problem.fund import FundProblem

HALVINGS = 40
"""Steps of bisection: the target is found to a part in 10^12 of the corridor."""


NEGLIGIBLE = 1e-9
"""Money, over a pool's outgo, that counts as none."""


def ramp(fund: FundProblem, target: FloatArray) -> FloatArray:
    """Rates that go to a target by group as fast as they may, ``(T, G)``."""
    change = fund.policy.yearly_change * fund.reference
    rates = np.empty((fund.years, fund.groups))
    here = fund.rate_in_force[max(fund.policy.frozen_years - 1, 0)]
    for t in range(fund.years):
        here = np.clip(target, here - change, here + change)
        here = np.clip(here, fund.rate_lower[t], fund.rate_upper[t])
        rates[t] = here
    return rates


def uniform(fund: FundProblem) -> Decision:
    """One rate for all pools, without swaps."""
    return _common(fund, lambda rates: _without_swaps(fund, rates))


def own(fund: FundProblem) -> Decision:
    """Every rate group its own rate, without swaps."""
    low = np.zeros(fund.groups)
    high = np.full(fund.groups, float(fund.rate_upper.max()))

    def lacking(target: FloatArray) -> FloatArray:
        decision = _without_swaps(fund, ramp(fund, target))
        return fund.by_group(_short(fund, decision).sum(axis=(0, 1)))

    least = lacking(high) + NEGLIGIBLE * fund.by_group(fund.unit.max(axis=0))
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        enough = lacking(middle) <= least
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return _without_swaps(fund, ramp(fund, high))


def levy(fund: FundProblem) -> Decision:
    """One rate for all pools; a levy of the same share for all, grants by assessed deficit."""
    return _common(fund, lambda rates: _with_levy(fund, rates))


def _common(fund: FundProblem, policy: Callable[[FloatArray], Decision]) -> Decision:
    low, high = 0.0, float(fund.rate_upper.max())

    def lacking(target: float) -> float:
        decision = policy(ramp(fund, np.full(fund.groups, target)))
        return float(_short(fund, decision).sum())

    least = lacking(high) + NEGLIGIBLE * float(fund.unit.max(axis=0).min())
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if lacking(middle) <= least:
            high = middle
        else:
            low = middle
    return policy(ramp(fund, np.full(fund.groups, high)))


def _without_swaps(fund: FundProblem, rates: FloatArray) -> Decision:
    nothing = np.zeros_like(fund.paths.outgo)
    return Decision(rates, nothing, nothing)


def _with_levy(fund: FundProblem, rates: FloatArray) -> Decision:
    """Every year the hub takes what the deficits ask for, in proportion to contributions.

    Grants and levies are netted, as limits count for the net swap.
    """
    paths = fund.paths
    income = rates[:, fund.group] * paths.contribution_base
    deficit = np.maximum(fund.net_outgo - income, 0.0)
    asked = np.minimum(deficit, np.minimum(fund.grant_limit, deficit))
    ceiling = fund.policy.levy_ceiling if np.isfinite(fund.policy.levy_ceiling) else 1.0
    levies, grants = np.zeros_like(income), np.zeros_like(income)
    for hub in range(fund.hubs):
        hub_pools = fund.hub == hub
        collected, wanted = income[:, :, hub_pools].sum(axis=2), asked[:, :, hub_pools].sum(axis=2)
        moved = np.minimum(wanted, ceiling * collected)
        share = ratio(moved, collected)
        met = ratio(moved, wanted)
        levies[:, :, hub_pools] = share[:, :, None] * income[:, :, hub_pools]
        grants[:, :, hub_pools] = met[:, :, None] * asked[:, :, hub_pools]
    return Decision(rates, grants, levies).netted()


def _short(fund: FundProblem, decision: Decision) -> FloatArray:
    return missing(fund, recursion(fund, decision).balance)


POLICIES: dict[str, tuple[bool, Callable[[FundProblem], Decision]]] = {
    "uniform rate": (False, uniform),
    "each its own": (False, own),
    "proportional levy": (True, levy),
}
"""Whether the policy swaps, and the policy."""
