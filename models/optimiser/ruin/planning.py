"""A plan with margins, tried on fresh scenarios until its probability of ruin is within a limit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.messages import Message, Value
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.acceptance.coalitions import Spread, spread_of
from fundpool.models.optimiser.certificate import TOLERANCE
from fundpool.models.optimiser.limits import Policy
from fundpool.models.optimiser.ruin.flows import (
    BalanceOf,
    FlowBlocks,
    ScenarioFlows,
    scenario_balance,
)
from fundpool.models.optimiser.ruin.limit import FundRuin, Probability, RuinLimit
from fundpool.models.optimiser.ruin.search import (
    RISING_FROM,
    MarginSearch,
    Solve,
    ruin_shares,
    searched,
    tried_with,
)
from fundpool.models.optimiser.stages import Outcome, solved_by_scheme

FRESH = 4
"""Most sets of fresh scenarios; each after the first follows tighter targets."""

AIMED, ALLOWED = 3.0, 2.0
"""Standard errors of a share on fresh scenarios: targets aim at so many below the limit once a set
was above it, and the last set may lie so many above."""

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
        beyond: the limits with margins that no plan keeps, where they stood in the way.
    """

    policy: Policy
    outcomes: tuple[Outcome, ...]
    probability: Probability
    factors: Mapping[str, FloatArray]
    deviation: Mapping[str, FloatArray]
    beyond: Policy | None = None


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
    start = solve(policy, True)
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
    may_miss = any(outcome.model.elastic for outcome in start)
    search = MarginSearch(solve, policy, within, deviation, limit.joint, balance_of, may_miss)
    step = tried_with(search, factors, targets, start)
    beyond: Policy | None = None
    for number in range(FRESH):
        rising_from = 0 if number else RISING_FROM
        step, beyond = searched(search, targets, step, rising_from)
        ruined, any_ruined, count = ruin_shares(step.outcomes, fresh(number), spans, balance_of)
        error = float(np.sqrt(limit.most * (1.0 - limit.most) / count))
        worst = any_ruined if limit.joint else max(float(r.max()) for r in ruined.values())
        if worst <= limit.most or not step.keeps(targets, limit.joint):
            break
        # half a scenario at least, so that a target on few scenarios moves
        least = 0.5 / next(iter(within.values())).base.shape[0]
        aim = max(limit.most - AIMED * error, 0.0)
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
    return SafePlan(
        step.policy, step.outcomes, probability, step.factors, deviation,
        None if probability.safe else beyond,
    )  # fmt: skip


def spreads_of(
    safe: SafePlan, within: Mapping[str, ScenarioFlows], balance_of: BalanceOf
) -> dict[str, Spread]:
    """How funds deviate from the path of a safe plan, by scheme; none where there is no plan.

    Args:
        safe: the plan.
        within: scenarios it was planned on, by scheme.
        balance_of: balances that the plan leads to in scenarios.
    """
    spreads = {}
    for name, (fund, decision, _) in solved_by_scheme(safe.outcomes).items():
        if name not in safe.deviation:
            continue
        deviation = safe.deviation[name]
        balance = balance_of(fund, decision, within[name])[:, : deviation.shape[0]]
        spreads[name] = spread_of(fund, decision, balance, safe.factors[name], deviation)
    return spreads


def correlations(
    outcomes: tuple[Outcome, ...], within: Mapping[str, ScenarioFlows]
) -> dict[str, FloatArray]:
    """Correlation of funds' balances about the path of a plan, by scheme, ``(T, p, p)``.

    Args:
        outcomes: the plan; none for one that was not solved.
        within: scenarios, by scheme.
    """
    if any(outcome.status != "optimal" for outcome in outcomes):
        return {}
    matrices = {}
    for name, (fund, decision, run) in solved_by_scheme(outcomes).items():
        balance = scenario_balance(fund, decision, within[name])
        apart = balance - run.balance[0, : balance.shape[1]]
        product = np.einsum("stp,stq->tpq", apart, apart, optimize=True) / apart.shape[0]
        size = np.sqrt(np.diagonal(product, axis1=1, axis2=2))
        matrices[name] = ratio(product, size[:, :, None] * size[:, None, :])
    return matrices


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
