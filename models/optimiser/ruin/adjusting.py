"""A plan whose rates follow a rule, beside the plan with fixed rates at the same probability."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.ruin.flows import (
    BalanceOf,
    FlowBlocks,
    ScenarioFlows,
    scenario_balance,
)
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.optimiser.ruin.planning import Fresh, SafePlan, safe_plan
from fundpool.models.optimiser.ruin.rule import (
    AdjustingRule,
    best_coefficients,
    mean_movement,
    mean_rate,
    ruled_course,
)
from fundpool.models.optimiser.ruin.search import Solve
from fundpool.models.optimiser.stages import solved_by_scheme


@dataclass(frozen=True)
class Conduct:
    """How a scheme fares on fresh scenarios, up to the last year that counts.

    Attributes:
        mean_rate: over scenarios, years and funds by contribution base, share of the base.
        movement: mean size of a rate's change from year to year, share of the base.
        reserve_months: at the end of the last year, mean over scenarios, of all funds together.
        ruin: largest probability of a fund's balance below zero.
    """

    mean_rate: float
    movement: float
    reserve_months: float
    ruin: float


@dataclass(frozen=True)
class SchemeRule:
    """The rule of a scheme, and what it does beside fixed rates.

    Attributes:
        scheme: name of the scheme.
        rule: the rule.
        fixed, adjusting: on the same fresh scenarios.
        sentence: the rule in one sentence.
    """

    scheme: str
    rule: AdjustingRule
    fixed: Conduct
    adjusting: Conduct
    sentence: str


@dataclass(frozen=True)
class AdjustingPlan:
    """What became of the rule.

    Attributes:
        schemes: each with its rule; none where there is no plan to start from.
        beats_fixed: whether every scheme's mean rate is lower than with fixed rates, with the
            probability of ruin within its limit.
        sentence: what there is to say of both.
    """

    schemes: tuple[SchemeRule, ...]
    beats_fixed: bool
    sentence: str

    def record(self) -> dict[str, object]:
        """As plain data; no limit on the yearly change is None."""
        return {
            "kind": "adjusting",
            "beats_fixed": self.beats_fixed,
            "sentence": self.sentence,
            "schemes": [
                asdict(one)
                | {"rule": {k: v if np.isfinite(v) else None for k, v in asdict(one.rule).items()}}
                for one in self.schemes
            ],
        }


@dataclass(frozen=True)
class RuinTask:
    """What a plan within a probability of ruin is made from.

    Attributes:
        solve: makes the plan on one path.
        within: scenarios planned on, by scheme.
        fresh: other scenarios, a set a round.
        limit: on the probability.
        policy: limits without margins.
    """

    solve: Solve
    within: Mapping[str, ScenarioFlows]
    fresh: Fresh
    limit: RuinLimit
    policy: Policy


def adjusting_plan(
    task: RuinTask, fixed: SafePlan, aims: Aims
) -> tuple[SafePlan, AdjustingPlan, BalanceOf]:
    """The plan whose rates follow the best rule; the fixed one where there is none.

    Args:
        task: what the fixed plan was made from.
        fixed: the plan with fixed rates.
        aims: weights of burden and movement.

    Returns:
        the plan that the rule starts from, the rule, and balances under it.
    """
    if not fixed.probability.safe:
        sentence = Message("No plan with fixed rates keeps the limit, so there is none to adjust.")
        return fixed, AdjustingPlan((), False, sentence), scenario_balance
    before = _courses(fixed, task.limit)
    rules = {
        name: best_coefficients(
            course.fund, course.decision, task.within[name].first_years(course.span),
            task.limit.most, aims,
        )
        for name, course in before.items()
    }  # fmt: skip

    def balance_of(fund: FundProblem, decision: Decision, flows: ScenarioFlows) -> FloatArray:
        return ruled_course(fund, decision, flows, rules[fund.paths.scheme])[1]

    plan = safe_plan(task.solve, task.within, task.fresh, task.limit, task.policy, balance_of)
    conducts = _conducts(task.fresh(0), before, _courses(plan, task.limit), rules)
    schemes = tuple(
        SchemeRule(name, rule, *conducts[name], rule_sentence(name, rule))
        for name, rule in rules.items()
    )
    kept = plan.probability.safe
    beats = kept and all(one.adjusting.mean_rate < one.fixed.mean_rate for one in schemes)
    return plan, AdjustingPlan(schemes, beats, _verdict(beats, kept)), balance_of


def rule_sentence(scheme: str, rule: AdjustingRule) -> Message:
    """The rule on one line of a regulation."""
    course = Message(
        "%(scheme)s: the rate of a year is the planned rate, plus %(per_month)s of the base for "
        "each month by which reserves at the end of the year before lay below the plan's, plus "
        "%(per_cost)s of what its cost rate exceeded the plan's by; it stays between %(least)s "
        "and %(most)s",
        scheme=scheme, per_month=f"{100 * rule.per_month:.3f} %",
        per_cost=f"{100 * rule.per_cost:.1f} %", least=f"{100 * rule.least:.2f} %",
        most=f"{100 * rule.most:.2f} %",
    )  # fmt: skip
    if not np.isfinite(rule.step):
        return Message("%(course)s.", course=course)
    return Message(
        "%(course)s and changes by at most %(step)s of the base a year.",
        course=course, step=f"{100 * rule.step:.2f} %",
    )  # fmt: skip


@dataclass(frozen=True)
class _Course:
    """A scheme's plan in the years that count.

    Attributes:
        fund, decision: the plan.
        span: years that count.
        ruin: largest probability of a fund's balance below zero.
    """

    fund: FundProblem
    decision: Decision
    span: int
    ruin: float

    def sums(self, flows: ScenarioFlows, rule: AdjustingRule) -> FloatArray:
        """Mean rate, movement and months of reserve, times the number of scenarios."""
        flows = flows.first_years(self.span)
        rates, balance = ruled_course(self.fund, self.decision, flows, rule)
        months = 12.0 * balance[:, -1].sum(axis=1) / flows.outgo[:, -1].sum(axis=1)
        means = [mean_rate(self.fund, rates), mean_movement(self.fund, rates), months.mean()]
        return np.asarray(rates.shape[0] * np.array(means))

    def conduct(self, means: FloatArray) -> Conduct:
        """The means with the plan's probability."""
        mean, movement, months = (float(value) for value in means)
        return Conduct(mean, movement, months, self.ruin)


def _courses(plan: SafePlan, limit: RuinLimit) -> dict[str, _Course]:
    """Every scheme of a plan."""
    probability = plan.probability
    return {
        name: _Course(
            fund, decision, limit.span(fund.paths.years),
            max(one.out_of_sample for one in probability.funds if one.scheme == name),
        )
        for name, (fund, decision, _) in solved_by_scheme(plan.outcomes).items()
    }  # fmt: skip


def _conducts(
    blocks: FlowBlocks,
    fixed: Mapping[str, _Course],
    adjusting: Mapping[str, _Course],
    rules: Mapping[str, AdjustingRule],
) -> dict[str, tuple[Conduct, Conduct]]:
    """How each scheme fares with fixed rates and under its rule, on scenarios drawn once for all.

    A rule that is frozen in every year that counts is fixed rates.
    """
    frozen = {name: replace(rules[name], frozen_years=fixed[name].span) for name in rules}
    totals = {name: np.zeros((2, 3)) for name in rules}
    count = 0
    for block in blocks:
        for name, flows in block.items():
            totals[name][0] += fixed[name].sums(flows, frozen[name])
            totals[name][1] += adjusting[name].sums(flows, rules[name])
        count += next(iter(block.values())).base.shape[0]
    return {
        name: (fixed[name].conduct(total[0] / count), adjusting[name].conduct(total[1] / count))
        for name, total in totals.items()
    }


def _verdict(beats: bool, kept: bool) -> Message:
    if not kept:
        return Message("The rule does not keep the limit on fresh scenarios; fixed rates do.")
    if beats:
        return Message("The rule keeps the limit at a lower mean rate than fixed rates.")
    return Message("The rule keeps the limit, but at no lower mean rate than fixed rates.")
