"""What regions are asked to accept, worked out as limits of a policy.

Alone, a region's fund keeps the same rules and the same margin without swaps, at one level rate
that is approached as fast as the yearly change allows (:mod:`..beside.naive`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.messages import Message, Word
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.acceptance.limits import IncomeLine, PaidLimit
from fundpool.models.optimiser.beside.naive import own
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem, rebuilt
from fundpool.models.optimiser.stages import optimised

Reference = Literal["alone", "in force"]
"""What no region is to be worse off than."""

MOST_LINES = 7
"""Lines between poorer and richer regions that are tried."""

ROOM = 1e-7
"""Share by which limits lie above what is paid alone, so that the plan of each alone keeps them."""


@dataclass(frozen=True)
class AcceptanceTerms:
    """What regions are asked to accept.

    Attributes:
        no_worse_than: no region pays more than ``alone``, or than under the rates ``in force``;
            None for no such limit.
        window: it then pays no more in any so many years in a row; None: over the plan alone.
        poor_to_rich: most that poorer regions pay into the hub and richer ones draw from it, money
            a year of each scheme; None for no such limit.
        stable: no coalition of regions pays more than as one fund of its own (:mod:`.core`).
    """

    no_worse_than: Reference | None = "alone"
    window: int | None = None
    poor_to_rich: float | None = 0.0
    stable: bool = False

    def __post_init__(self) -> None:
        """Refuse unknown words and numbers below the least."""
        if self.no_worse_than not in (None, "alone", "in force"):
            raise ValueError(f"{self.no_worse_than!r} is not alone or in force")
        if self.window is not None and self.window < 1:
            raise ValueError("a window has at least one year")
        if self.poor_to_rich is not None and not self.poor_to_rich >= 0.0:
            raise ValueError("an amount must not be negative")


class AcceptedPolicy:
    """Policies with the limits of some terms; lines between regions are chosen once."""

    def __init__(
        self, terms: AcceptanceTerms | None, incomes: Mapping[str, FloatArray], aims: Aims
    ) -> None:
        """Keep what the limits follow from.

        Args:
            terms: what is asked; None for nothing.
            incomes: disposable income a head of every fund, by scheme, ``(p,)``.
            aims: by which the line between poorer and richer regions is chosen.
        """
        self.terms, self.incomes, self.aims = terms, incomes, aims
        self.lines: tuple[IncomeLine, ...] | None = None

    def problems(self, funds: Sequence[FundProblem]) -> tuple[FundProblem, ...]:
        """The same problems within the limits, which follow from their flows and margins."""
        terms = self.terms
        if terms is None:
            return tuple(funds)
        paid = tuple(limit for fund in funds for limit in paid_limits_of(fund, terms))
        policy = replace(funds[0].policy, paid_limits=paid)
        if terms.poor_to_rich is not None and policy.swaps:
            policy = replace(policy, poor_to_rich=terms.poor_to_rich)
            if self.lines is None:
                chosen = [
                    best_line(rebuilt(fund, policy), self.incomes[fund.paths.scheme], self.aims)
                    for fund in funds
                ]
                self.lines = tuple(line for line in chosen if line is not None)
            policy = replace(policy, income_lines=self.lines)
        limited = tuple(rebuilt(fund, policy) for fund in funds)
        for fund in limited:
            _refuse_contradiction(fund)
        return limited


def _refuse_contradiction(fund: FundProblem) -> None:
    """Refuse limits of which no rates keep both, before anything is solved.

    Raises:
        ValueError: the least rates that a region must charge are more than it is to accept.
    """
    least = fund.discount[:, None] * fund.rate_lower[:, fund.group] * fund.base
    for limit in fund.policy.paid_limits:
        if limit.scheme != fund.paths.scheme:
            continue
        years = slice(limit.first, limit.last + 1)
        most = (1.0 + fund.policy.worse_off_by) * np.array(limit.money)
        base = (fund.discount[:, None] * fund.base)[years].sum(axis=0)
        over = np.flatnonzero(least[years].sum(axis=0) > most * (1.0 + ROOM))
        if over.size:
            pool = int(over[0])
            raise ValueError(
                Message(
                    "%(name)s, %(scheme)s: limits contradict each other from %(first)s to "
                    "%(last)s; rates must be %(least)s %% at least, and regions are to accept "
                    "%(most)s %% at most",
                    name=fund.paths.names[pool], scheme=Word(fund.paths.scheme),
                    first=int(fund.paths.years[limit.first]),
                    last=int(fund.paths.years[limit.last]),
                    least=f"{100 * least[years, pool].sum() / base[pool]:.3f}",
                    most=f"{100 * most[pool] / base[pool]:.3f}",
                )
            )  # fmt: skip


def windows(years: int, length: int | None) -> list[tuple[int, int]]:
    """First and last year of the whole and of every window within it, counted from 0.

    >>> windows(4, 3)
    [(0, 3), (0, 2), (1, 3)]
    """
    whole = [(0, years - 1)]
    if length is None or length >= years:
        return whole
    return whole + [(first, first + length - 1) for first in range(years - length + 1)]


def paid_limits_of(fund: FundProblem, terms: AcceptanceTerms) -> list[PaidLimit]:
    """Most that each region of a scheme pays in every window."""
    if terms.no_worse_than is None:
        return []
    rates = reference_rates(fund, terms.no_worse_than)
    money = fund.discount[:, None] * rates * fund.base * (1.0 + ROOM)
    return [
        PaidLimit.of(fund.paths.scheme, first, last, money[first : last + 1].sum(axis=0))
        for first, last in windows(fund.years, terms.window)
    ]


def reference_rates(fund: FundProblem, than: Reference) -> FloatArray:
    """Rates that no region is to pay more than, ``(T, p)``.

    Those alone do not lie below what the limits on rates ask of the region anyway, such as the
    own effort of one that draws on the hub.
    """
    if than == "in force":
        return ratio(fund.mean(fund.paths.income), fund.base)
    return np.maximum(own(alone(fund)).rates, fund.rate_lower[:, fund.group])


def alone(fund: FundProblem) -> FundProblem:
    """The same funds without swaps, each with a rate of its own and none of these limits."""
    policy = replace(fund.policy, swaps=False, group_level=None, hub_level=None,
                     paid_limits=(), coalition_limits=(), income_lines=())  # fmt: skip
    return fund_problem(fund.paths, policy, weight=fund.weight)


def best_line(fund: FundProblem, income: FloatArray, aims: Aims) -> IncomeLine | None:
    """The line between poorer and richer regions with the best plan; None if all are alike.

    Up to :data:`MOST_LINES` lines are tried, evenly spread over regions by income.

    Args:
        fund: the scheme, with its other limits.
        income: disposable income a head of every fund, ``(p,)``.
        aims: what is minimised.
    """
    levels = np.unique(income)[1:]
    if levels.size == 0:
        return None
    tried = np.unique(np.linspace(0, levels.size - 1, min(MOST_LINES, levels.size)).round())
    lines = [line_at(fund.paths.scheme, income, float(levels[int(k)])) for k in tried]
    objectives = [_objective(fund, line, aims) for line in lines]
    if not np.isfinite(objectives).any():
        return lines[len(lines) // 2]
    return lines[int(np.argmin(objectives))]


def line_at(scheme: str, income: FloatArray, level: float) -> IncomeLine:
    """The line at a disposable income a head: regions below it are poorer."""
    return IncomeLine(scheme, tuple(bool(poorer) for poorer in income < level), level)


def _objective(fund: FundProblem, line: IncomeLine, aims: Aims) -> float:
    policy: Policy = replace(fund.policy, income_lines=(line,))
    outcome = optimised([rebuilt(fund, policy)], replace(aims, joint=False))
    kept = outcome.status == "optimal" and not outcome.model.elastic
    return outcome.certificate.objective if kept else np.inf
