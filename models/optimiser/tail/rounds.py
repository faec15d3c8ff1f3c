"""Plans on many scenarios whose floor holds in the tail: exact, by the scenarios that matter.

Each round solves the program of the pairs so far (:mod:`.tail_program`), whose bound is one of the
whole program, and completes its rates by the recourse of every scenario
(:mod:`.tail_extension`). Where that misses a floor, the pairs through which it does join the
program. The rounds end when the completed plan misses nothing and lies within the stated gap of
the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.beside.naive import levy
from fundpool.models.optimiser.certificate import TOLERANCE, Decision, missing, recursion
from fundpool.models.optimiser.limits import Aims
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.model import Model, build
from fundpool.models.optimiser.program.tail import TailColumns
from fundpool.models.optimiser.stages import Outcome, outcome_of, solved_stages
from fundpool.models.optimiser.tail.extension import Extension, extended, pairs_of, tail_of

ROUNDS = 12
"""Most rounds."""

LOOSE = 1e-3
"""Gap to which the programs of the first rounds are solved, where pairs are still missing."""

STEPS = (0.0, 1e-5, 1e-4)
"""Shares of the way to the highest rates by which a plan is lifted to miss nothing."""

FEW = 20
"""Most pairs lacking at which lifting is tried."""


@dataclass(frozen=True)
class Round:
    """What a round found.

    Attributes:
        pairs, scenarios: in the program.
        gap: of the completed plan to the bound.
        violation: largest, of the completed plan.
        seconds: in the solver.
    """

    pairs: int
    scenarios: int
    gap: float
    violation: float
    seconds: float


def tail_applies(funds: Sequence[FundProblem]) -> bool:
    """Whether the pairs of a scenario and a pool in some tail are enough.

    What other pools pay must be limited, or they could pay without end.
    """
    return all(
        fund.policy.floor == "cvar"
        and (not fund.policy.swaps or fund.policy.levy_ceiling <= 1.0)
        for fund in funds
    )  # fmt: skip


def tail_optimised(
    funds: Sequence[FundProblem],
    aims: Aims,
    stated_gap: float = TOLERANCE,
    solver: str | None = None,
    time_limit: float | None = None,
) -> tuple[Outcome, tuple[Round, ...]] | None:
    """The best rates and swaps of all scenarios, and the rounds it took.

    None where a proportional levy cannot keep every floor: floors may then have to be missed by
    nearly every pool, and no few pairs stand for all.

    Args:
        funds: problems with a floor of the kind ``cvar``.
        aims: what is minimised.
        stated_gap: relative gap at which the rounds end.
        solver: any PuLP knows.
        time_limit: seconds for each solve.
    """
    chosen = []
    for fund in funds:
        naive = levy(fund)
        short = missing(fund, recursion(fund, naive).balance)
        if (short > TOLERANCE * fund.unit).any():
            return None
        chosen.append(_start(fund, naive))
    rounds: list[Round] = []
    tolerance: float | None = LOOSE
    for _ in range(ROUNDS):
        model = build(funds, aims, pairs=[pairs_of(scheme_pairs) for scheme_pairs in chosen])
        solved = solved_stages(model, aims.stages(), solver, time_limit, tolerance)
        if solved.solutions[-1].status != "optimal":
            return outcome_of(model, solved, aims, _unsolved(funds), stated_gap), tuple(rounds)
        extensions = _completed(model, solved.solutions[-1].values)
        decisions = [part.decision.netted() for part in extensions]
        outcome = outcome_of(model, solved, aims, decisions, stated_gap)
        check = outcome.certificate
        scenarios = {
            int(s) for scheme_pairs in chosen for s in np.flatnonzero(scheme_pairs.any(axis=1))
        }
        pairs = sum(int(scheme_pairs.sum()) for scheme_pairs in chosen)
        rounds.append(
            Round(pairs, len(scenarios), check.relative_gap, check.largest_violation,
                  solved.solutions[-1].solve_seconds)
        )  # fmt: skip
        complete = all(part.complete for part in extensions)
        if complete and check.certified:
            break
        lacking = any(part.lacking.any() for part in extensions)
        if tolerance == LOOSE and (complete or not lacking):
            # pairs that only draw join once a closer solution alone has not been enough
            tolerance = None if stated_gap <= TOLERANCE else stated_gap / 10.0
        elif lacking:
            chosen = [
                scheme_pairs | part.lacking
                for scheme_pairs, part in zip(chosen, extensions, strict=True)
            ]
        else:
            break
    return outcome, tuple(rounds)


def _completed(model: Model, values: FloatArray) -> list[Extension]:
    """The solution for all scenarios, lifted as little as lets no floor be missed."""
    for step in STEPS:
        extensions = [
            extended(fund, columns, values, step)
            for fund, columns in zip(model.funds, model.columns, strict=True)
            if isinstance(columns, TailColumns)
        ]
        if step == STEPS[0]:
            first = extensions
        if all(part.complete for part in extensions):
            # what was missing before the lift may be what keeps the plan from its bound
            return [replace(p, lacking=p.lacking | f.lacking)
                    for p, f in zip(extensions, first, strict=True)]  # fmt: skip
        if sum(int(part.lacking.sum()) for part in extensions) > FEW:
            break
    return first


def _start(fund: FundProblem, decision: Decision) -> NDArray[np.bool_]:
    """Pairs that miss the floor without swaps at rates that keep it with them."""
    nothing = np.zeros_like(fund.paths.outgo)
    balance = recursion(fund, Decision(decision.rates, nothing, nothing)).balance
    return tail_of(fund, fund.floor - balance)


def _unsolved(funds: Sequence[FundProblem]) -> list[Decision]:
    """A decision where there is none."""
    nothing = [np.zeros_like(fund.paths.outgo) for fund in funds]
    return [Decision(f.rate_upper, none, none) for f, none in zip(funds, nothing, strict=True)]
