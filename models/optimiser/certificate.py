"""The certificate: is the plan what the solver says?

An independent recursion runs every fund with the plan's rates and swaps, on plain arrays, and
measures the largest violation of each limit, as the limits are stated a second time
(:mod:`.statement.limits`). The objective and the shortfall are computed again from the plan. The
duals, as prices of the second statement's limits (:mod:`.statement.program`), give a bound that
no plan within them can beat. A plan is certified if nothing is violated by more than
``TOLERANCE``, the program's objective and shortfall are the plan's, and the objective lies neither
above nor below its bound by more than the stated gap, ``TOLERANCE`` but for plans on many
scenarios. An objective below its bound proves one of the two statements wrong.

The recursion here is kept apart from the projection's on purpose: a check that shares its code
with what it checks shares its faults.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial import evenness
from fundpool.actuarial.aggregate_check import AggregateCheck
from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.limits import Aims
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.objectives import Burden
from fundpool.models.optimiser.statement.instruments import instrument_violations
from fundpool.models.optimiser.statement.limits import rate_before, stated_limits
from fundpool.models.optimiser.statement.mergers import merger_violations, one_balance

TOLERANCE = 1e-6

NEAR_ZERO = 1e-3
"""Objective below which a gap is absolute, over this number; objectives are of the order of one."""


@dataclass(frozen=True)
class Decision:
    """Rates and swaps of one scheme.

    Attributes:
        rates: rate of the pooled fund, share of the base, ``(T, G)``.
        grants, levies: money from and to the hub, ``(s, T, p)``.
        amounts: of premiums, rates and subsidies, ``(K, T, G)``; None where they stay in force.
    """

    rates: FloatArray
    grants: FloatArray
    levies: FloatArray
    amounts: FloatArray | None = None

    def netted(self) -> "Decision":
        """The same with no pool paying and drawing in one year."""
        both = np.minimum(self.grants, self.levies)
        return replace(self, grants=self.grants - both, levies=self.levies - both)


@dataclass(frozen=True)
class Recursion:
    """Balances that a decision leads to.

    Attributes:
        balance: ``(s, T, p)``.
        hub: reserve of each hub, ``(s, T, F)``.
    """

    balance: FloatArray
    hub: FloatArray


@dataclass(frozen=True)
class Certificate:
    """What was found.

    Attributes:
        violations: largest violation of every family of limits: rates in units of the rate in
            force, money in units of the pool's outgo of the year.
        shortfall: money missing to the floor, each pool's largest in any year, expected, summed.
        objective: the objective recomputed from the plan.
        reported: the objective of the solver's values.
        bound: no plan has a smaller objective.
        stages: relative gap of each objective minimised in turn.
        stated_gap: relative gap up to which the plan counts as certified.
        shortfall_share: what an elastic plan misses, as the program measures it: over outgo, mean
            over scenarios and years.
        reported_share: the same by the solver's values.
        aggregate: check of the aggregate losses of small pools behind the scenarios; None for a
            plan on the central path.
    """

    violations: dict[str, float]
    shortfall: float
    objective: float
    reported: float
    bound: float
    stages: tuple[float, ...]
    stated_gap: float = TOLERANCE
    shortfall_share: float = 0.0
    reported_share: float = 0.0
    aggregate: AggregateCheck | None = None

    @property
    def largest_violation(self) -> float:
        """Over all families."""
        return max(self.violations.values(), default=0.0)

    @property
    def relative_gap(self) -> float:
        """Distance from the bound to either side, the worst of all stages."""
        return max(abs(gap) for gap in (relative_gap(self.objective, self.bound), *self.stages))

    @property
    def near_zero(self) -> bool:
        """Whether the objective is so small that a gap relative to it would say little."""
        return abs(self.objective) < NEAR_ZERO

    @property
    def gap_sentence(self) -> Message | None:
        """What the gap is where the objective is near zero; None elsewhere."""
        if not self.near_zero:
            return None
        return Message(
            "The objective %(objective)s is near zero: its gap is absolute, %(gap)s, and counts "
            "over %(unit)s.",
            objective=f"{self.objective:.1e}", gap=f"{abs(self.objective - self.bound):.1e}",
            unit=f"{NEAR_ZERO:g}",
        )  # fmt: skip

    @property
    def certified(self) -> bool:
        """Whether the plan is what it is said to be."""
        same = abs(self.objective - self.reported) <= self.stated_gap * max(
            1.0, abs(self.objective)
        )
        # later aims may leave the program's shortfall idle, but no plan may miss more than it says
        more = self.shortfall_share - self.reported_share
        return bool(
            same
            and (self.aggregate is None or self.aggregate.passed)
            and more <= self.stated_gap * max(0.1, abs(self.reported_share))
            and self.largest_violation <= TOLERANCE
            and np.isfinite(self.relative_gap)
            and self.relative_gap <= self.stated_gap
        )

    def record(self) -> dict[str, object]:
        """As plain data."""
        return {
            "certified": self.certified,
            "largest_violation": self.largest_violation,
            "violations": dict(self.violations),
            "shortfall": self.shortfall,
            "shortfall_share": self.shortfall_share,
            "shortfall_share_of_solver": self.reported_share,
            "objective": self.objective,
            "objective_of_solver": self.reported,
            "bound": self.bound,
            "relative_gap": self.relative_gap,
            "absolute_gap": abs(self.objective - self.bound),
            "gap_sentence": self.gap_sentence,
            "stated_gap": self.stated_gap,
            "aggregate": None if self.aggregate is None else self.aggregate.record(),
        }


def relative_gap(objective: float, bound: float) -> float:
    """``(objective - bound) / max(|objective|, NEAR_ZERO)``."""
    return (objective - bound) / max(abs(objective), NEAR_ZERO)


def recursion(fund: FundProblem, decision: Decision) -> Recursion:
    """Run the funds and the hubs, year by year."""
    paths = fund.paths
    balance = np.empty(paths.outgo.shape)
    hub = np.zeros((fund.scenarios, fund.years, fund.hubs))
    closing = np.tile(paths.opening_balance, (fund.scenarios, 1))
    kept = np.zeros((fund.scenarios, fund.hubs))
    for t in range(fund.years):
        growth = 1.0 + paths.interest[:, t, None]
        half = growth**0.5
        income = decision.rates[t, fund.group] * paths.contribution_base[:, t]
        swapped = decision.grants[:, t] - decision.levies[:, t]
        closing = closing * growth + half * (
            income + paths.subsidies[:, t] - paths.outgo[:, t] + swapped
        )
        closing = one_balance(paths, t, closing)
        balance[:, t] = closing
        into = np.zeros_like(kept)
        np.add.at(into.T, fund.hub, -swapped.T)
        kept = kept * growth + into * half
        hub[:, t] = kept
    return Recursion(balance, hub)


def missing(fund: FundProblem, balance: FloatArray, floor: FloatArray | None = None) -> FloatArray:
    """Money missing to the floor by scenario, in the measure of the policy's floor, ``(s, T, p)``.

    ``expectation`` and ``cvar`` have one figure for all scenarios.

    Args:
        fund: the problem.
        balance: ``(s, T, p)``.
        floor: ``(s, T, p)``; default: the problem's.
    """
    loss = (fund.floor if floor is None else floor) - balance
    if fund.policy.floor == "expectation":
        loss = np.broadcast_to(fund.mean(loss), loss.shape)
    elif fund.policy.floor == "cvar":
        loss = np.broadcast_to(tail_mean(loss, fund.policy.tail, fund.weight), loss.shape)
    return np.maximum(loss, 0.0)


def tail_mean(losses: FloatArray, tail: float, weight: FloatArray) -> FloatArray:
    """Mean of the largest losses that make up the probability ``tail``, the last atom split.

    Args:
        losses: scenarios on the first axis.
        tail: probability.
        weight: probability of each scenario, ``(s,)``.
    """
    order = np.argsort(-losses, axis=0, kind="stable")
    mass = weight[order]
    before = np.cumsum(mass, axis=0) - mass
    taken = np.clip(tail - before, 0.0, mass)
    return np.asarray((np.take_along_axis(losses, order, axis=0) * taken).sum(axis=0) / tail)


def violations(
    fund: FundProblem, decision: Decision, run: Recursion, elastic: bool
) -> dict[str, float]:
    """Largest violation of every family of limits.

    The limits are those of :func:`.statement.limits.stated_limits`. Where the floor is elastic its
    misses are the shortfall, not violations; a pool that pays into the hub must keep its floor all
    the same. A floor in expectation or in the tail is then missed in every scenario or in none.
    """
    policy, unit, limits = fund.policy, fund.unit, stated_limits(fund)
    rates = decision.rates / fund.reference
    start = rate_before(fund) / fund.reference
    free = rates[policy.frozen_years :]
    steps = np.diff(np.vstack([start, free]), axis=0) if free.size else np.zeros((1, 1))
    short = missing(fund, run.balance, limits.floor) / unit
    paying = decision.levies > TOLERANCE * unit
    largest = {
        "rate corridor": max(
            float((limits.rate_least / fund.reference - rates).max()),
            float((rates - limits.rate_most / fund.reference).max()),
        ),
        "yearly change": float((np.abs(steps) - policy.yearly_change).max()),
        "reserve floor": 0.0 if elastic else float(short.max()),
        "payer keeps its floor": float(np.where(paying, short, 0.0).max()),
        "negative swaps": float(
            (np.maximum(-decision.grants, -decision.levies) / unit).max()
        ),
        "pays and draws": float((np.minimum(decision.grants, decision.levies) / unit).max()),
        "grant limit": float(((decision.grants - limits.grant_most) / unit).max()),
    }  # fmt: skip
    income = decision.rates[:, fund.group] * fund.paths.contribution_base
    if np.isfinite(policy.levy_ceiling):
        over = decision.levies - policy.levy_ceiling * income
        largest["levy ceiling"] = float((over / unit).max())
    largest |= _acceptance_violations(fund, decision)
    largest |= instrument_violations(fund, decision.rates, decision.amounts)
    largest |= merger_violations(fund, decision.rates, decision.grants, decision.levies)
    size = np.zeros((fund.years, fund.hubs))
    np.add.at(size.T, fund.hub, unit.T)
    owed = -run.hub if policy.hub_keeps else np.abs(run.hub)
    largest["hub reserve"] = float((owed / size).max())
    return {name: max(value, 0.0) for name, value in largest.items()}


def _acceptance_violations(fund: FundProblem, decision: Decision) -> dict[str, float]:
    """What pools pay above their limits, and what runs from poorer to richer beyond its own."""
    policy, paths = fund.policy, fund.paths
    largest: dict[str, float] = {}
    growth = 1.0 + paths.interest
    present = fund.weight @ (growth**0.5 / growth.cumprod(axis=1))
    base = present[:, None] * np.einsum("s,stp->tp", fund.weight, paths.contribution_base)
    for limit in (one for one in policy.paid_limits if one.scheme == paths.scheme):
        years = slice(limit.first, limit.last + 1)
        paid = (decision.rates[years, fund.group] * base[years]).sum(axis=0)
        size = np.maximum(base[years].sum(axis=0) * fund.reference, TOLERANCE * fund.unit[0])
        over = (paid - (1.0 + policy.worse_off_by) * np.array(limit.money)) / size
        name = "paid by regions"
        largest[name] = max(largest.get(name, 0.0), float(over.max()))
    together = (decision.rates[:, fund.group] * base).sum(axis=0)
    for coalition in (one for one in policy.coalition_limits if one.scheme == paths.scheme):
        inside = np.array(coalition.member)
        most = (1.0 + policy.coalitions_worse_off_by) * coalition.money
        size = max(float(base[:, inside].sum()) * fund.reference, TOLERANCE)
        name = "paid by coalitions"
        over_most = (float(together[inside].sum()) - most) / size
        largest[name] = max(largest.get(name, 0.0), over_most)
    for line in (one for one in policy.income_lines if one.scheme == paths.scheme):
        moved = np.where(line.poorer, decision.levies, decision.grants).sum(axis=(1, 2))
        over_line = (fund.weight @ moved) / fund.years - policy.poor_to_rich
        largest["poorer to richer"] = float(over_line / fund.unit.sum(axis=1).mean())
    return largest


def terms_of(
    funds: Sequence[FundProblem],
    burdens: Sequence[Burden],
    decisions: Sequence[Decision],
    aims: Aims,
) -> dict[str, float]:
    """Every aim of a plan, computed from its rates and swaps."""
    rates = [d.rates / f.reference for d, f in zip(decisions, funds, strict=True)]
    result = {"burden": 0.0, "unevenness": 0.0, "movement": 0.0, "swaps": 0.0}
    for burden in burdens:
        values = burden.of(rates)
        result["burden"] += float((burden.present * values).sum())
        result["unevenness"] += float(
            np.mean(
                [
                    spread(row, share, aims.measure)
                    for row, share in zip(values, burden.share, strict=True)
                ]
            )
        )
    for fund, decision, rate in zip(funds, decisions, rates, strict=True):
        frozen = fund.policy.frozen_years
        start = fund.rate_in_force[max(frozen - 1, 0)] / fund.reference
        steps = np.abs(np.diff(np.vstack([start, rate[frozen:]]), axis=0))
        weight = fund.by_group(fund.base[0])
        result["movement"] += float(steps.sum(axis=0) @ weight / weight.sum() / fund.years)
        yearly = fund.mean(decision.levies.sum(axis=2)) / fund.unit.sum(axis=1)
        result["swaps"] += float(yearly.mean())
    return result


def spread(values: FloatArray, share: FloatArray, measure: str) -> float:
    """Unevenness of a year: range, mean absolute deviation, or Gini times the mean."""
    if measure == "range":
        return evenness.value_range(values)
    if measure == "deviation":
        return evenness.mean_absolute_deviation(values, share)
    mean = float(values @ share)
    return evenness.gini(np.maximum(values, 0.0), share) * mean if mean > 0 else 0.0


def shortfall_of(fund: FundProblem, balance: FloatArray) -> float:
    """Money missing to the floor: each pool's largest in any year, expected, over all pools."""
    return float(fund.mean(missing(fund, balance).max(axis=1)).sum())


def shortfall_share(fund: FundProblem, balance: FloatArray) -> float:
    """Least shortfall that balances leave, as the program measures it: over outgo, mean over years.

    Under ``cvar`` a shortfall takes the top off the losses until the mean of their worst share
    ``tail`` is zero: that share of the mean, as long as losses have less weight than the share;
    where they have more, all of them.
    """
    short = fund.mean(missing(fund, balance))
    if fund.policy.floor == "cvar":
        loss = np.maximum(fund.floor - balance, 0.0)
        often = fund.mean((loss > 0).astype(float)) >= fund.policy.tail
        short = np.where(often, fund.mean(loss), fund.policy.tail * short)
    return float((short / fund.unit.sum(axis=1, keepdims=True)).sum() / fund.years)
