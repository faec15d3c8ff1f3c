"""Which limit alone stands in the way of a plan that keeps every floor, and how far it must give.

A limit is looked at without the others changing: first whether a plan exists without it, then, on
the one path, the mildest value with which one does, by halving the steps between. On scenarios a
program takes too long to be solved so often; there a remedy names the limit alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fundpool.inputs.format.messages import Listed, Message, Word
from fundpool.models.optimiser.limits import Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import rebuilt
from fundpool.models.optimiser.program.highs import WarmStart
from fundpool.models.optimiser.program.model import build, set_objective
from fundpool.models.optimiser.program.solving import solve
from fundpool.models.optimiser.stages import Outcome

FARTHEST = 2**20
"""Most steps that are looked at."""


@dataclass(frozen=True)
class _LiftableLimit:
    """A limit that may give way.

    Attributes:
        name: of the field of the policy.
        lifted: its value where it does not bind.
        words: what could be done without it.
        step: what it gives way by, in the sense in which it does; zero for a limit that is there
            or not.
        shown: what its number is multiplied by for readers.
        words_for: what could be done with another ``value`` than the ``limit`` in force.
        digits: format of its number.
        needs: field of the policy without which it limits nothing.
    """

    name: str
    lifted: Any
    words: Message
    step: float = 0.0
    shown: float = 1.0
    words_for: Callable[[str, str], Message] | None = None
    digits: str = ".4g"
    needs: str | None = None

    def value(self, given: float, steps: int) -> float:
        """The number some steps from the one in force, on whole steps."""
        size = abs(self.step)
        if self.step > 0.0:
            return float((np.floor(given / size + 1e-9) + steps) * size)
        return max(float((np.ceil(given / size - 1e-9) - steps) * size), 0.0)

    def in_steps_for(self, outcome: Outcome) -> "_LiftableLimit":
        """The limit; in money its step is round, about a thousandth of the least scheme's outgo."""
        if self.name != "poor_to_rich":
            return self
        outgo = min(float(fund.unit[0].sum()) for fund in outcome.model.funds)
        return replace(self, step=float(10.0 ** np.floor(np.log10(outgo / 1000.0))))

    def figure(self, value: float) -> str:
        """A number for readers."""
        return f"{self.shown * value:{self.digits}}"


LIMITS = (
    _LiftableLimit(
        "rate_most", np.inf, Message("rates could rise above the corridor"), 0.01, 1.0,
        lambda value, limit: Message(
            "rates could rise to %(value)s times the rate in force, not %(limit)s times",
            value=value, limit=limit)),
    _LiftableLimit(
        "yearly_change", np.inf, Message("rates could change faster from year to year"), 0.01,
        100.0,
        lambda value, limit: Message(
            "rates could change by %(value)s %% of the rate in force a year, not %(limit)s %%",
            value=value, limit=limit)),
    _LiftableLimit(
        "frozen_years", 0, Message("rates were not frozen"), -1.0, 1.0,
        lambda value, limit: Message(
            "rates were frozen for %(value)s years, not %(limit)s", value=value, limit=limit)),
    _LiftableLimit("swaps", True, Message("pools could swap money through a hub")),
    _LiftableLimit(
        "levy_ceiling", np.inf, Message("pools could pay more than the levy ceiling"), 0.01,
        100.0,
        lambda value, limit: Message(
            "pools could pay %(value)s %% of their contributions into the hub, not %(limit)s %%",
            value=value, limit=limit)),
    _LiftableLimit(
        "own_responsibility", None,
        Message("pools could draw on the hub without bearing part of the deficit")),
    _LiftableLimit(
        "reserve_months", 0.0, Message("pools had to hold no reserve"), -0.1, 1.0,
        lambda value, limit: Message(
            "the reserve floor were %(value)s months of outgo, not %(limit)s",
            value=value, limit=limit)),
    _LiftableLimit(
        "worse_off_by", np.inf, Message("regions could pay more than they are to accept"), 0.01,
        100.0,
        lambda value, limit: Message(
            "regions could pay %(value)s %% more than what they are compared with, not "
            "%(limit)s %%",
            value=value, limit=limit), needs="paid_limits"),
    _LiftableLimit(
        "coalitions_worse_off_by", np.inf,
        Message("coalitions of regions could pay more than as one fund of their own"), 0.01, 100.0,
        lambda value, limit: Message(
            "coalitions of regions could pay %(value)s %% more than as one fund of their own, not "
            "%(limit)s %%",
            value=value, limit=limit), needs="coalition_limits"),
    _LiftableLimit(
        "poor_to_rich", np.inf,
        Message("poorer regions could pay, and richer ones draw, more than they are to accept"),
        1.0, 1.0,
        lambda value, limit: Message(
            "poorer regions could pay, and richer ones draw, %(value)s a year, not %(limit)s",
            value=value, limit=limit), ",.0f", "income_lines"),
)  # fmt: skip


ACCEPTED = ("worse_off_by", "coalitions_worse_off_by", "poor_to_rich")
"""Limits that regions are to accept a plan by."""


def remedies_of(outcome: Outcome, plan: Plan) -> list[Message]:
    """A sentence for each limit that alone stands in the way, and how far it must give."""
    schemes = Listed(
        tuple(Word(fund.paths.scheme) for fund in outcome.model.funds), Message(" and ")
    )
    one_path = all(fund.paths.outgo.shape[0] == 1 for fund in outcome.model.funds)
    remedies = []
    single: set[str] = set()
    for limit in LIMITS:
        given = getattr(plan.policy, limit.name)
        if limit.needs is not None and not getattr(plan.policy, limit.needs):
            continue
        if given == limit.lifted or not has_plan(outcome, plan, {limit.name: limit.lifted}):
            continue
        single.add(limit.name)
        words = limit.words
        if one_path and limit.words_for is not None:
            stepped = limit.in_steps_for(outcome)
            mildest = limit.figure(_mildest(outcome, plan, stepped, float(given)))
            words = limit.words_for(mildest, limit.figure(float(given)))
        remedies.append(
            Message(
                "%(schemes)s: every floor could be kept if %(change)s.",
                schemes=schemes, change=words,
            )
        )  # fmt: skip
    if single.isdisjoint(ACCEPTED):
        remedies += _without_line(outcome, plan, schemes, one_path)
    if remedies:
        return remedies
    return [
        Message(
            "%(schemes)s: no single limit stands in the way; more than one must give.",
            schemes=schemes,
        )
    ]


def _without_line(outcome: Outcome, plan: Plan, schemes: Listed, one_path: bool) -> list[Message]:
    """How far regions must accept to pay more where money may also run to richer ones."""
    policy = plan.policy
    lifted = replace(plan, policy=replace(policy, poor_to_rich=np.inf))
    without = {"worse_off_by": np.inf}
    if not (policy.income_lines and policy.paid_limits) or not has_plan(outcome, lifted, without):
        return []
    if not one_path:
        return [
            Message(
                "%(schemes)s: every floor could be kept without the limits that regions are to "
                "accept.",
                schemes=schemes,
            )
        ]
    limit = next(one for one in LIMITS if one.name == "worse_off_by")
    return [
        Message(
            "%(schemes)s: every floor could be kept if regions could pay %(value)s %% more than "
            "what they are compared with and money could run from poorer to richer ones.",
            schemes=schemes, value=limit.figure(_mildest(outcome, lifted, limit,
                                                         policy.worse_off_by)),
        )
    ]  # fmt: skip


def has_plan(
    outcome: Outcome, plan: Plan, change: dict[str, Any], warm: WarmStart | None = None
) -> bool:
    """Whether a plan keeps every floor under a policy with some limits changed.

    Args:
        outcome: with the funds.
        plan: with the policy and aims.
        change: other values of some limits.
        warm: such a program before, which this one is started from where it can be.
    """
    policy: Policy = replace(plan.policy, **change)
    model = build([rebuilt(fund, policy) for fund in outcome.model.funds], plan.aims)
    set_objective(model, {"burden": 1.0})
    return solve(model.program, warm=warm)[0].status == "optimal"


def _mildest(outcome: Outcome, plan: Plan, limit: _LiftableLimit, given: float) -> float:
    """The value nearest to the one in force, on whole steps, with which a plan exists."""

    warm = WarmStart()

    def enough(steps: int) -> bool:
        value = limit.value(given, steps)
        return has_plan(outcome, plan, {limit.name: type(limit.lifted)(value)}, warm)

    high = 1
    while high < FARTHEST and not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return limit.value(given, high)
