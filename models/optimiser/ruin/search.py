"""Search for margins that keep each fund's probability of a balance below zero within a limit.

The plan is made on one path, with a least balance ``k[p] d[t,p]`` for each fund and year: ``d`` is
the root mean square over scenarios of how far the fund's balance lies from that path at the plan's
rates and swaps, ``k`` its number of such deviations. In a scenario the fund would keep above zero
with ``max_t(-B[s,t,p] / d[t,p])`` deviations more; the quantile of these at the limit is what its
``k`` changes by. As a higher margin lifts the balance only in years where it binds, the program is
solved again until ``k`` stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import TOLERANCE
from fundpool.models.optimiser.limits import Policy
from fundpool.models.optimiser.ruin.flows import (
    BalanceOf,
    FlowBlocks,
    ScenarioFlows,
)
from fundpool.models.optimiser.ruin.margins import Margin
from fundpool.models.optimiser.stages import Outcome, solved_by_scheme

SOLVES = 16
"""Most programs solved for one set of targets."""

HALVINGS = 5
"""Most often that margins which no plan keeps are taken half-way back to those that one keeps."""

RISING_FROM = 4
"""Programs after which margins only rise; swaps move what one fund has to spare to another, and
margins that follow it down and up again would not come to rest. They then rise by more with each
program, up to what is enough whatever a fund has to spare; before, they fall half-way."""

CLOSE = 0.02
"""Change of a margin, in deviations, that is not worth another program."""

ABOVE = 1e-3
"""Deviations added, so that the scenario at the limit lies above zero and not at it."""

Solve = Callable[[Policy, bool], tuple[Outcome, ...]]
"""Plans on one path under a policy with margins; whether they may miss floors that none keeps."""


@dataclass(frozen=True)
class MarginSearch:
    """What stays the same while margins are looked for.

    Attributes:
        solve: makes the plan on one path.
        policy: limits without margins.
        within: scenarios planned on, by scheme.
        deviation: root mean square by scheme, ``(T, p)``, money.
        joint: whether the probability is that of any fund.
        balance_of: balances that a plan leads to in scenarios.
        may_miss: whether plans may miss floors, as the one without margins does.
    """

    solve: Solve
    policy: Policy
    within: Mapping[str, ScenarioFlows]
    deviation: Mapping[str, FloatArray]
    joint: bool
    balance_of: BalanceOf
    may_miss: bool


@dataclass(frozen=True)
class TriedPlan:
    """A plan with given factors, tried on the scenarios planned on.

    Attributes:
        policy, outcomes, factors: limits, plan and deviations held.
        ruined: share of scenarios of each fund, by scheme.
        any_ruined: share of scenarios in which any fund is.
        further: factors that would just do, were balances to rise as margins do.
    """

    policy: Policy
    outcomes: tuple[Outcome, ...]
    factors: Mapping[str, FloatArray]
    ruined: Mapping[str, FloatArray]
    any_ruined: float
    further: Mapping[str, FloatArray]

    @property
    def solved(self) -> bool:
        """Whether there is a plan, with no floor missed."""
        return all(o.status == "optimal" and not o.model.elastic for o in self.outcomes)

    @property
    def infeasible(self) -> frozenset[str]:
        """Schemes for which no plan keeps the margins."""
        return frozenset(
            fund.paths.scheme
            for outcome in self.outcomes
            if outcome.status == "infeasible"
            for fund in outcome.model.funds
        )

    @property
    def objective(self) -> float:
        """Of all programs."""
        return sum(outcome.certificate.objective for outcome in self.outcomes)

    def keeps(self, targets: Mapping[str, FloatArray], joint: bool) -> bool:
        """Whether the probabilities are within the targets."""
        if joint:
            return self.any_ruined <= _any(targets) + 1e-12
        return all((self.ruined[n] <= targets[n] + 1e-12).all() for n in targets)

    def excess(self, targets: Mapping[str, FloatArray], joint: bool) -> float:
        """By how much the probabilities are above the targets, at most."""
        if joint:
            return self.any_ruined - _any(targets)
        return max(float((self.ruined[n] - targets[n]).max()) for n in targets)


def searched(
    search: MarginSearch, targets: Mapping[str, FloatArray], step: TriedPlan, rising_from: int
) -> tuple[TriedPlan, Policy | None]:
    """The cheapest plan found that keeps the targets; else the one nearest to them.

    Returns:
        the plan, and the limits with the first margins that no plan keeps, if there were any.
    """
    best: TriedPlan | None = None
    nearest: TriedPlan | None = None
    beyond: Policy | None = None
    missed = halvings = 0
    step = replace(step, further=_further(search, step, targets))
    last = step
    for number in range(SOLVES):
        if step.solved:
            last = step
            if nearest is None or (
                step.excess(targets, search.joint) < nearest.excess(targets, search.joint)
            ):
                nearest = step
            if step.keeps(targets, search.joint):
                if best is None or step.objective < best.objective:
                    best = step
                moved = max(float(np.abs(step.further[n] - step.factors[n]).max()) for n in targets)
                if moved <= CLOSE or number >= rising_from:
                    break
        if step.infeasible:
            beyond = beyond or step.policy
            halvings += 1
            if halvings > HALVINGS or not last.solved:
                break
            factors = {
                name: (last.factors[name] + values) / 2.0 if name in step.infeasible else values
                for name, values in step.factors.items()
            }
        else:
            missed = 0 if step.solved else missed + 1
            if missed == 3 or any(o.status != "optimal" for o in step.outcomes):
                break
            factors = _next_factors(search, targets, step, number, rising_from)
        step = tried_with(search, factors, targets)
    return best or nearest or step, beyond


def _next_factors(
    search: MarginSearch,
    targets: Mapping[str, FloatArray],
    step: TriedPlan,
    number: int,
    rising_from: int,
) -> dict[str, FloatArray]:
    """Deviations to hold in the next plan: nearer to what would just do, later only more."""
    if number < rising_from:
        weight = 1.0 if number < rising_from // 2 else 0.5
        return {
            name: np.where(further > step.factors[name], further,
                           step.factors[name] + weight * (further - step.factors[name]))
            for name, further in step.further.items()
        }  # fmt: skip
    enough = _further(search, step, targets, spare=False)
    stride = 2.0 ** min(number - rising_from, 5)
    return {
        name: np.where(
            further > step.factors[name],
            np.clip(step.factors[name] + stride * (further - step.factors[name]), further,
                    np.maximum(enough[name], further)),
            step.factors[name],
        )
        for name, further in step.further.items()
    }  # fmt: skip


def tried_with(
    search: MarginSearch,
    factors: Mapping[str, FloatArray],
    targets: Mapping[str, FloatArray],
    outcomes: tuple[Outcome, ...] | None = None,
) -> TriedPlan:
    """The plan with given factors, and the factors that would just do."""
    policy = search.policy
    if outcomes is None:
        policy = replace(policy, margins=tuple(
            Margin.of(name, factors[name] * search.deviation[name]) for name in factors
        ))  # fmt: skip
        outcomes = search.solve(policy, search.may_miss)
    if any(outcome.status != "optimal" for outcome in outcomes):
        certain = {name: np.ones(values.size) for name, values in targets.items()}
        return TriedPlan(policy, outcomes, factors, certain, 1.0, factors)
    ends = {name: values.shape[0] for name, values in search.deviation.items()}
    ruined, any_ruined, _ = ruin_shares(outcomes, iter([search.within]), ends, search.balance_of)
    step = TriedPlan(policy, outcomes, factors, ruined, any_ruined, factors)
    return replace(step, further=_further(search, step, targets))


def _further(
    search: MarginSearch, step: TriedPlan, targets: Mapping[str, FloatArray], spare: bool = True
) -> dict[str, FloatArray]:
    """Factors that would just keep the targets, were balances to rise by what margins do.

    Args:
        search: what stays the same.
        step: a plan.
        targets: probabilities.
        spare: whether what funds have above their margins counts as kept; else the factors are
            enough without it.
    """
    lacking = {}
    for name, (fund, decision, run) in solved_by_scheme(step.outcomes).items():
        balance = search.balance_of(fund, decision, search.within[name])
        if not spare:
            path = run.balance[0, : balance.shape[1]]
            balance = balance - path + step.factors[name] * search.deviation[name]
        lacking[name] = (-balance / search.deviation[name]).max(axis=1)
    if search.joint:
        worst = np.max([values.max(axis=1) for values in lacking.values()], axis=0)
        change = _quantile(worst[:, None], np.array([_any(targets)]))
        return {n: np.maximum(f + change[0], 0.0) for n, f in step.factors.items()}
    return {
        name: np.maximum(factor + _quantile(lacking[name], targets[name]), 0.0)
        for name, factor in step.factors.items()
    }


def _quantile(lacking: FloatArray, targets: FloatArray) -> FloatArray:
    """Least value that at most the target's share of scenarios exceed, ``(p,)``."""
    ordered = -np.sort(-lacking, axis=0)
    allowed = np.floor(targets * lacking.shape[0] + 1e-9).astype(int)
    allowed = np.minimum(allowed, lacking.shape[0] - 1)
    return np.asarray(ordered[allowed, np.arange(targets.size)]) + ABOVE


def ruin_shares(
    outcomes: tuple[Outcome, ...],
    blocks: FlowBlocks,
    spans: Mapping[str, int],
    balance_of: BalanceOf,
) -> tuple[dict[str, FloatArray], float, int]:
    """Share of scenarios with a balance below zero: of each fund, and of any; how many.

    Args:
        outcomes: plans.
        blocks: scenarios, by scheme.
        spans: years that count, by scheme.
        balance_of: balances that a plan leads to in scenarios.
    """
    plans = solved_by_scheme(outcomes)
    ruined = {name: np.zeros(fund.pools) for name, (fund, _, _) in plans.items()}
    any_ruined = 0.0
    count = 0
    for block in blocks:
        size = next(iter(block.values())).base.shape[0]
        either = np.zeros(size, dtype=bool)
        for name, (fund, decision, _) in plans.items():
            flows = block[name].first_years(spans[name])
            balance = balance_of(fund, decision, flows)
            below: NDArray[np.bool_] = np.asarray(
                (balance < -TOLERANCE * fund.unit[: spans[name]]).any(axis=1)
            )
            ruined[name] += below.sum(axis=0)
            either |= below.any(axis=1)
        any_ruined += float(either.sum())
        count += size
    return {name: values / count for name, values in ruined.items()}, any_ruined / count, count


def _any(targets: Mapping[str, FloatArray]) -> float:
    return min(float(values.min()) for values in targets.values())
