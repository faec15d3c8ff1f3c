"""What regions make of a plan: rates beside those alone, money to richer ones, who would leave."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.messages import Message
from fundpool.inputs.regions import RegionTree
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.acceptance.coalitions import (
    Coalition,
    Sharing,
    Spread,
    players_of,
    sharing_of,
)
from fundpool.models.optimiser.acceptance.limits import IncomeLine
from fundpool.models.optimiser.acceptance.old_balances import OldBalances, old_balances
from fundpool.models.optimiser.acceptance.terms import reference_rates, windows
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.stages import Outcome, solved_funds
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Projection

SMALL = 1e-6
"""Difference of rates, over the larger of that compared with and that in force, that is none."""

WINDOW = 5
"""Years in a row that are looked at where none are asked for."""


@dataclass(frozen=True)
class WorseOff:
    """A region that pays more than alone; rates are present values over that of the base."""

    scheme: str
    pool: str
    name: str
    rate: float
    rate_alone: float


@dataclass(frozen=True)
class WorseIn:
    """The years in which a region pays most beyond what it is compared with.

    Attributes:
        scheme, pool, name: which.
        than: ``alone`` or ``in force``.
        from_year, to_year: the years.
        rate, rate_reference: present value of contributions over that of the base in these years.
    """

    scheme: str
    pool: str
    name: str
    than: str
    from_year: int
    to_year: int
    rate: float
    rate_reference: float


@dataclass(frozen=True)
class Acceptability:
    """Measures of a plan, over all schemes.

    Attributes:
        worse_off: regions that pay more than alone over the plan.
        worse_in: regions that pay more than alone, or than under the rates in force, over the plan
            or in some years in a row, with the worst of these.
        window: how many years in a row were looked at.
        poor_to_rich: money a year from regions with a lower to those with a higher income.
        lines: between poorer and richer regions, where money between them was limited.
        sharing: coalitions of each scheme.
        old_balances: what becomes of old reserves and deficits at a merger.
        reasons: of each scheme whose coalitions were not looked at.
    """

    worse_off: tuple[WorseOff, ...]
    worse_in: tuple[WorseIn, ...]
    window: int
    poor_to_rich: float
    lines: tuple[IncomeLine, ...]
    sharing: tuple[Sharing, ...]
    old_balances: tuple[OldBalances, ...]
    reasons: Mapping[str, Message]

    @property
    def blocking_coalition(self) -> Coalition | None:
        """The one with the largest excess of any scheme; None without any."""
        coalitions = [one.blocking for one in self.sharing if one.blocking is not None]
        return max(coalitions, key=lambda one: one.excess, default=None)

    def record(self) -> dict[str, object]:
        """As plain data."""
        blocking = self.blocking_coalition
        return {
            "worse_off": [asdict(row) for row in self.worse_off],
            "worse_in": [asdict(row) for row in self.worse_in],
            "window": self.window,
            "poor_to_rich": self.poor_to_rich,
            "income_lines": [asdict(line) | {"poorer": list(line.poorer)} for line in self.lines],
            "blocking_coalition": None if blocking is None else blocking.record(),
            "sharing": [one.record() for one in self.sharing],
            "old_balances": [one.record() for one in self.old_balances],
            "not_looked_at": dict(self.reasons),
        }


def acceptability_of(
    outcomes: tuple[Outcome, ...],
    incomes: Mapping[str, FloatArray],
    spreads: Mapping[str, Spread],
    regions: RegionTree | None = None,
    window: int | None = None,
) -> Acceptability | None:
    """The measures of a plan; None where there is none.

    Args:
        outcomes: of its programs.
        incomes: disposable income a head of every fund, by scheme, ``(p,)``.
        spreads: deviations of the funds, by scheme; of a scheme without, coalitions have no margin.
        regions: the region tree, for coalitions of regions where funds are many.
        window: years in a row to look at; :data:`WINDOW` if None.
    """
    if any(outcome.status != "optimal" for outcome in outcomes):
        return None
    length = window or WINDOW
    rows: list[WorseOff] = []
    in_years: list[WorseIn] = []
    sharing: list[Sharing] = []
    balances: list[OldBalances] = []
    reasons: dict[str, Message] = {}
    moved = 0.0
    policy = outcomes[0].model.funds[0].policy
    for fund, decision, _ in solved_funds(outcomes):
        name = fund.paths.scheme
        rates_alone = reference_rates(fund, "alone")
        rows += worse_off(fund, decision, rates_alone)
        in_years += worse_in(fund, decision, rates_alone, "alone", length)
        in_force = reference_rates(fund, "in force")
        in_years += worse_in(fund, decision, in_force, "in force", length)
        moved += poor_to_rich(fund, decision, incomes[name])
        players = players_of(fund, regions)
        if players.count < 2:
            reasons[name] = Message("a single fund has nobody to leave")
            continue
        spread = spreads.get(name)
        sharing.append(sharing_of(fund, decision, players, spread))
        balances += old_balances(fund, players, spread)
    return Acceptability(
        tuple(rows), tuple(in_years), length, moved, policy.income_lines, tuple(sharing),
        tuple(balances), reasons,
    )  # fmt: skip


def worse_off(fund: FundProblem, decision: Decision, rates_alone: FloatArray) -> list[WorseOff]:
    """Funds whose mean rate is higher than alone at the same margin without swaps.

    Args:
        fund: the scheme.
        decision: the plan.
        rates_alone: ``(T, p)``.
    """
    rates, compared = _mean_rates(fund, decision, rates_alone, 0, fund.years - 1)
    return [
        WorseOff(fund.paths.scheme, fund.paths.pools[p], fund.paths.names[p], float(rates[p]),
                 float(compared[p]))
        for p in np.flatnonzero(rates - compared > SMALL * np.maximum(compared, fund.reference))
    ]  # fmt: skip


def worse_in(
    fund: FundProblem, decision: Decision, reference: FloatArray, than: str, length: int
) -> list[WorseIn]:
    """Funds whose mean rate is higher in some years in a row, with the worst of these.

    Args:
        fund: the scheme.
        decision: the plan.
        reference: rates that they are compared with, ``(T, p)``.
        than: what these are.
        length: years in a row, beside the whole plan.
    """
    spans = windows(fund.years, length)
    means = np.array([_mean_rates(fund, decision, reference, *span) for span in spans])
    over = means[:, 0] - means[:, 1] - SMALL * np.maximum(means[:, 1], fund.reference)
    worst, paths = over.argmax(axis=0), fund.paths
    return [
        WorseIn(
            paths.scheme, paths.pools[p], paths.names[p], than,
            int(paths.years[spans[worst[p]][0]]), int(paths.years[spans[worst[p]][1]]),
            float(means[worst[p], 0, p]), float(means[worst[p], 1, p]),
        )
        for p in np.flatnonzero(over.max(axis=0) > 0.0)
    ]  # fmt: skip


def _mean_rates(
    fund: FundProblem, decision: Decision, reference: FloatArray, first: int, last: int
) -> tuple[FloatArray, FloatArray]:
    """Rates of a plan and rates beside them, present value over that of the base, ``(p,)`` each."""
    years = slice(first, last + 1)
    present = (fund.discount[:, None] * fund.base)[years]
    planned, beside = (
        ratio((rates[years] * present).sum(axis=0), present.sum(axis=0))
        for rates in (decision.rates[:, fund.group], reference)
    )
    return planned, beside


def poor_to_rich(fund: FundProblem, decision: Decision, income: FloatArray) -> float:
    """Money a year that swaps move from funds with a lower to funds with a higher income.

    What a hub takes in goes to all it pays in the year, in proportion, and into its reserve; what
    it pays from its reserve comes from nobody in particular.
    """
    paid, received = fund.mean(decision.levies), fund.mean(decision.grants)
    richer = (income[:, None] < income) & (fund.hub[:, None] == fund.hub)
    member = np.eye(fund.hubs)[fund.hub]
    whole = np.maximum(paid @ member, received @ member) @ member.T
    shares = ratio(received, whole)
    return float(np.einsum("tp,pq,tq->", paid, richer.astype(float), shares) / fund.years)


def incomes_of(projection: Projection, names: Sequence[str]) -> dict[str, FloatArray]:
    """Disposable income a head of every fund, by scheme, ``(p,)``."""
    return {name: income_of_pools(projection, central_paths(projection, name)) for name in names}


def income_of_pools(projection: Projection, paths: PoolPaths) -> FloatArray:
    """Disposable income a head of every fund in the base year, by insured persons, ``(p,)``."""
    case = projection.case
    n = paths.of_county.size
    number = case.scheme_number(paths.scheme)
    persons = projection.flows.persons[number, 1, :n]
    income = projection.flows.terms[0].counties.disposable_income[:n]
    count, total = (
        sum_by(paths.of_county, values, minlength=len(paths.pools))
        for values in (persons, persons * income)
    )
    return ratio(total, count)
