"""Swaps by a rule that needs no foresight, to try rates on scenarios they were not made for.

The program's swaps of a scenario know the whole of it. Here every pool that would end the year
under its floor asks for what it lacks, up to its grant limit; pools above their floor pay in
proportion to what they may spare under the levy ceiling; the hub pays what it can.
"""

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.problem.fund import FundProblem


def ruled_swaps(fund: FundProblem, rates: FloatArray) -> tuple[Decision, FloatArray]:
    """Swaps year by year, and the balances that follow, ``(s, T, p)``.

    Args:
        fund: the scheme on the scenarios to try.
        rates: rate by year and group, ``(T, G)``.
    """
    paths = fund.paths
    grants, levies = np.zeros_like(paths.outgo), np.zeros_like(paths.outgo)
    balance = np.empty_like(paths.outgo)
    balance_now = np.tile(paths.opening_balance, (fund.scenarios, 1))
    kept = np.zeros((fund.scenarios, fund.hubs))
    member = np.zeros((fund.pools, fund.hubs))
    member[np.arange(fund.pools), fund.hub] = 1.0
    for t in range(fund.years):
        growth = 1.0 + paths.interest[:, t, None]
        half = np.sqrt(growth)
        income = rates[t, fund.group] * paths.contribution_base[:, t]
        before = balance_now * growth + half * (income - fund.net_outgo[:, t])
        over = (before - fund.floor[:, t]) / half
        if fund.policy.swaps:
            asked = np.minimum(np.maximum(-over, 0.0), fund.grant_limit[:, t])
            spare = np.minimum(np.maximum(over, 0.0), fund.policy.levy_ceiling * income)
            opened = kept * half if fund.policy.hub_keeps else np.zeros_like(kept)
            wanted, offered = asked @ member, spare @ member
            levied = np.clip(wanted - opened, 0.0, offered)
            paid = np.minimum(wanted, opened + levied)
            levies[:, t] = spare * (ratio(levied, offered) @ member.T)
            grants[:, t] = asked * (ratio(paid, wanted) @ member.T)
            kept = (opened + levied - paid) * half
        balance_now = before + half * (grants[:, t] - levies[:, t])
        balance[:, t] = balance_now
    return Decision(rates, grants, levies), balance
