"""Margins by which each fund's probability of a balance below zero is within a limit.

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

from fundpool.inputs.format.messages import Message, Value
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import TOLERANCE
from fundpool.models.optimiser.limits import Policy
from fundpool.models.optimiser.ruin.flows import (
    BalanceOf,
    FlowBlocks,
    ScenarioFlows,
    scenario_balance,
)
from fundpool.models.optimiser.ruin.limit import FundRuin, Probability, RuinLimit
from fundpool.models.optimiser.ruin.margins import Margin
from fundpool.models.optimiser.stages import Outcome, solved_by_scheme

SOLVES = 16
"""Most programs solved for one set of targets."""

RISING_FROM = 4
"""Programs after which margins only rise; swaps move what one fund has to spare to another, and
margins that follow it down and up again would not come to rest. They then rise by more with each
program, up to what is enough whatever a fund has to spare; before, they fall half-way."""

CLOSE = 0.02
"""Change of a margin, in deviations, that is not worth another program."""

ABOVE = 1e-3
"""Deviations added, so that the scenario at the limit lies above zero and not at it."""

FRESH = 4
"""Most sets of fresh scenarios; each after the first follows tighter targets."""

ALLOWED = 2.0
"""Standard errors of a share on fresh scenarios: targets aim at so many below the limit once a set
was above it, and the last set may lie so many above."""

Solve = Callable[[Policy], tuple[Outcome, ...]]
"""Plans on one path under a policy with margins."""

Fresh = Callable[[int], FlowBlocks]
"""Fresh scenarios of a round, numbered from 0."""


@dataclass(frozen=True)
class SafePlan:
    """A plan with the probability that it leaves.

    Attributes:
        policy: the limits with the margins found.
        outcomes: of the programs.
        probability: of a balance below zero.
        factors: deviations that each fund holds, by scheme, ``(p,)``.
        deviation: by scheme, ``(T, p)``, money.
    """

    policy: Policy
    outcomes: tuple[Outcome, ...]
    probability: Probability
    factors: Mapping[str, FloatArray]
    deviation: Mapping[str, FloatArray]


@dataclass(frozen=True)
class _Search:
    """What stays the same while margins are looked for.

    Attributes:
        solve: makes the plan on one path.
        policy: limits without margins.
        within: scenarios planned on, by scheme.
        deviation: root mean square by scheme, ``(T, p)``, money.
        joint: whether the probability is that of any fund.
        balance_of: balances that a plan leads to in scenarios.
    """

    solve: Solve
    policy: Policy
    within: Mapping[str, ScenarioFlows]
    deviation: Mapping[str, FloatArray]
    joint: bool
    balance_of: BalanceOf


@dataclass(frozen=True)
class _Step:
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
    def objective(self) -> float:
        """Of all programs."""
        return sum(outcome.certificate.objective for outcome in self.outcomes)

    def keeps(self, targets: Mapping[str, FloatArray], joint: bool) -> bool:
        """Whether the probabilities are within the targets."""
        if joint:
            return self.any_ruined <= _any(targets) + 1e-12
        return all((self.ruined[n] <= targets[n] + 1e-12).all() for n in targets)


def safe_plan(
    solve: Solve,
    within: Mapping[str, ScenarioFlows],
    fresh: Fresh,
    limit: RuinLimit,
    policy: Policy,
    balance_of: BalanceOf = scenario_balance,
) -> SafePlan:
    """The plan with the smallest margins found that keep the limit.

    Args:
        solve: makes the plan on one path.
        within: scenarios planned on, by scheme, up to the last year that counts or beyond.
        fresh: other scenarios, a set a round.
        limit: on the probability.
        policy: limits without margins.
        balance_of: balances that a plan leads to in scenarios; default: at its rates throughout.
    """
    start = solve(policy)
    spans = {
        name: limit.span(fund.paths.years) for name, (fund, _, _) in solved_by_scheme(start).items()
    }
    schemes = list(spans)
    within = {name: within[name].first_years(spans[name]) for name in schemes}
    if any(outcome.status != "optimal" for outcome in start):
        return _unsolved(start, policy, limit, within)
    deviation = {}
    for name, (fund, decision, run) in solved_by_scheme(start).items():
        path = run.balance[0, : spans[name]]
        apart = balance_of(fund, decision, within[name]) - path
        root = np.sqrt((apart**2).mean(axis=0))
        deviation[name] = np.maximum(root, TOLERANCE * fund.unit[: spans[name]])
    targets = {name: np.full(deviation[name].shape[1], limit.most) for name in schemes}
    factors: Mapping[str, FloatArray] = {n: np.zeros(targets[n].size) for n in schemes}
    search = _Search(solve, policy, within, deviation, limit.joint, balance_of)
    step = _tried(search, factors, targets, start)
    for number in range(FRESH):
        rising_from = 0 if number else RISING_FROM
        step = _searched(search, targets, step, rising_from)
        ruined, any_ruined, count = ruin_shares(step.outcomes, fresh(number), spans, balance_of)
        error = float(np.sqrt(limit.most * (1.0 - limit.most) / count))
        worst = any_ruined if limit.joint else max(float(r.max()) for r in ruined.values())
        if worst <= limit.most or not step.keeps(targets, limit.joint):
            break
        # half a scenario at least, so that a target on few scenarios moves
        least = 0.5 / next(iter(within.values())).base.shape[0]
        aim = limit.most - ALLOWED * error
        for name in schemes:
            shares = np.full(targets[name].size, any_ruined) if limit.joint else ruined[name]
            over = np.where(shares > aim, np.maximum(shares - aim, least), 0.0)
            targets[name] = np.maximum(targets[name] - over, 0.0)
    above = worst > limit.most + ALLOWED * error
    kept = step.keeps({n: np.full(t.size, limit.most) for n, t in targets.items()}, limit.joint)
    funds = tuple(
        FundRuin(name, fund.paths.pools[p], fund.paths.names[p], float(step.ruined[name][p]),
                 float(ruined[name][p]))
        for name, (fund, _, _) in solved_by_scheme(step.outcomes).items()
        for p in range(fund.pools)
    )  # fmt: skip
    inside = step.any_ruined if limit.joint else max(f.in_sample for f in funds)
    probability = Probability(
        limit=limit, in_sample=inside, out_of_sample=worst, scenarios=count,
        scenarios_in_sample=next(iter(within.values())).base.shape[0], standard_error=error,
        funds=funds, safe=kept and not above, sentence=_sentence(limit, inside, worst, kept, above),
    )  # fmt: skip
    return SafePlan(step.policy, step.outcomes, probability, step.factors, deviation)


def _searched(
    search: _Search, targets: Mapping[str, FloatArray], step: _Step, rising_from: int
) -> _Step:
    """The cheapest plan found that keeps the targets; else the last one."""
    best: _Step | None = None
    missed = 0
    step = replace(step, further=_further(search, step, targets))
    for number in range(SOLVES):
        if step.keeps(targets, search.joint) and step.solved:
            if best is None or step.objective < best.objective:
                best = step
            moved = max(float(np.abs(step.further[n] - step.factors[n]).max()) for n in targets)
            if moved <= CLOSE or number >= rising_from:
                break
        missed = 0 if step.solved else missed + 1
        if missed == 3 or any(o.status != "optimal" for o in step.outcomes):
            break
        if number < rising_from:
            weight = 1.0 if number < rising_from // 2 else 0.5
            factors = {
                name: np.where(further > step.factors[name], further,
                               step.factors[name] + weight * (further - step.factors[name]))
                for name, further in step.further.items()
            }  # fmt: skip
        else:
            enough = _further(search, step, targets, spare=False)
            stride = 2.0 ** min(number - rising_from, 5)
            factors = {
                name: np.where(
                    further > step.factors[name],
                    np.clip(step.factors[name] + stride * (further - step.factors[name]), further,
                            np.maximum(enough[name], further)),
                    step.factors[name],
                )
                for name, further in step.further.items()
            }  # fmt: skip
        step = _tried(search, factors, targets)
    return best or step


def _tried(
    search: _Search,
    factors: Mapping[str, FloatArray],
    targets: Mapping[str, FloatArray],
    outcomes: tuple[Outcome, ...] | None = None,
) -> _Step:
    """The plan with given factors, and the factors that would just do."""
    policy = search.policy
    if outcomes is None:
        policy = replace(policy, margins=tuple(
            Margin.of(name, factors[name] * search.deviation[name]) for name in factors
        ))  # fmt: skip
        outcomes = search.solve(policy)
    ends = {name: values.shape[0] for name, values in search.deviation.items()}
    ruined, any_ruined, _ = ruin_shares(outcomes, iter([search.within]), ends, search.balance_of)
    step = _Step(policy, outcomes, factors, ruined, any_ruined, factors)
    return replace(step, further=_further(search, step, targets))


def _further(
    search: _Search, step: _Step, targets: Mapping[str, FloatArray], spare: bool = True
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


def _sentence(limit: RuinLimit, inside: float, outside: float, kept: bool, above: bool) -> Message:
    asked = f"{100 * limit.most:g}"
    values: dict[str, Value] = {
        "year": limit.by, "inside": f"{100 * inside:.2f}", "outside": f"{100 * outside:.2f}",
    }  # fmt: skip
    if limit.joint:
        head = Message(
            "The probability that any fund's balance is below zero in some year up to %(year)s is "
            "%(inside)s %% in sample and %(outside)s %% on fresh scenarios",
            **values,
        )
    else:
        head = Message(
            "The probability that the worst fund's balance is below zero in some year up to "
            "%(year)s is %(inside)s %% in sample and %(outside)s %% on fresh scenarios",
            **values,
        )
    if not kept:
        return Message(
            "%(head)s; no rates within the limits were found that bring it to %(asked)s %%.",
            head=head, asked=asked,
        )  # fmt: skip
    if above:
        return Message(
            "%(head)s, more than two standard errors above %(asked)s %%.", head=head, asked=asked
        )
    return Message("%(head)s; at most %(asked)s %% was asked for.", head=head, asked=asked)


def _unsolved(
    outcomes: tuple[Outcome, ...],
    policy: Policy,
    limit: RuinLimit,
    within: Mapping[str, ScenarioFlows],
) -> SafePlan:
    """Where there is no plan at all, nothing is known of its probability."""
    sentence = Message(
        "There is no plan whose probability of a balance below zero could be computed."
    )
    count = next(iter(within.values())).base.shape[0]
    probability = Probability(limit, None, None, 0, count, 0.0, (), False, sentence)
    return SafePlan(policy, outcomes, probability, {}, {})
