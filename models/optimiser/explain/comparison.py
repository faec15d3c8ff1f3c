"""The plan beside the rates in force and naive policies, all judged by the same certificate."""

from dataclasses import replace

import numpy as np
import pandas as pd

from fundpool.models.optimiser.beside.naive import POLICIES
from fundpool.models.optimiser.certificate import (
    TOLERANCE,
    Decision,
    missing,
    recursion,
    shortfall_of,
    terms_of,
    violations,
)
from fundpool.models.optimiser.limits import Aims
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import FundProblem, rebuilt
from fundpool.models.optimiser.program.objectives import burdens


def compared(plan: Plan) -> pd.DataFrame:
    """One row a scheme and policy; the plan first.

    Columns: scheme, policy, mean_rate, burden, unevenness, movement, swaps, objective, shortfall
    (money), below_floor (pools under their floor in some year), largest_violation of the rules
    other than the floor, broken_rule (blank if none is).
    """
    rows = []
    for fund, decision, _ in plan.schemes:
        # who draws nothing owes no effort beyond the corridor
        alone = rebuilt(fund, replace(fund.policy, swaps=False))
        named = {"this plan": (fund, decision), "rates in force": (alone, in_force(alone))}
        for name, (swaps, policy) in POLICIES.items():
            ruled = fund if swaps else alone
            named[name] = (ruled, policy(ruled))
        for name, (ruled, choice) in named.items():
            scored = judged(ruled, choice, plan.aims)
            rows.append({"scheme": fund.paths.scheme, "policy": name} | scored)
    return pd.DataFrame(rows)


def in_force(fund: FundProblem) -> Decision:
    """The rates in force as they develop, without swaps."""
    nothing = np.zeros_like(fund.paths.outgo)
    return Decision(fund.rate_in_force, nothing, nothing)


def judged(fund: FundProblem, decision: Decision, aims: Aims) -> dict[str, object]:
    """Aims, shortfall and violations of a decision for one scheme, weighted as the plan weighs."""
    separate_aims = Aims(**(aims.__dict__ | {"joint": False}))
    terms = terms_of([fund], burdens([fund], separate_aims), [decision], separate_aims)
    run = recursion(fund, decision)
    broken = violations(fund, decision, run, elastic=True)
    worst = max(broken, key=lambda name: broken[name])
    short = missing(fund, run.balance) > TOLERANCE * fund.unit
    present = fund.base * fund.discount[:, None]
    rate = decision.rates[:, fund.group]
    return {
        "mean_rate": float((rate * present).sum() / present.sum()),
        **terms,
        "objective": sum(weight * terms[aim] for aim, weight in separate_aims.weights().items()),
        "shortfall": shortfall_of(fund, run.balance),
        "below_floor": int(short.any(axis=(0, 1)).sum()),
        "largest_violation": broken[worst],
        "broken_rule": worst if broken[worst] > TOLERANCE else "",
    }
