"""What regions make of a plan: rates beside those alone, money to richer ones, who would leave.

Alone, and as a coalition, funds keep the same rules without swaps at one level rate, approached as
fast as the yearly change allows (:mod:`..beside.naive`). A coalition is one fund with the sum of
its members' flows. Its margin is their deviations by their covariance over scenarios, times the
mean of the members' number of deviations, weighted by their deviations: members whose
deviations go together gain nothing by pooling them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.sharing import coalition_members, core_excess
from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.beside.naive import own
from fundpool.models.optimiser.certificate import Decision, recursion
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.ruin.flows import BalanceOf, ScenarioFlows, scenario_balance
from fundpool.models.optimiser.ruin.margins import Margin
from fundpool.models.optimiser.ruin.planning import SafePlan
from fundpool.models.projection.study import Projection

MOST_FUNDS = 13
"""Funds of which every coalition is looked at: 8,191."""

SMALL = 1e-6
"""Difference of rates, or excess over cost, that counts as none."""


@dataclass(frozen=True)
class Spread:
    """How funds deviate from the path planned on, in the years of the limit.

    Attributes:
        factor: deviations held as a margin, ``(T, p)``.
        product: mean over scenarios of the product of two funds' deviations, ``(T, p, p)``.
    """

    factor: FloatArray
    product: FloatArray


@dataclass(frozen=True)
class WorseOff:
    """A region that pays more than alone; rates are present values over that of the base."""

    scheme: str
    pool: str
    name: str
    rate: float
    rate_alone: float


@dataclass(frozen=True)
class Coalition:
    """Funds that would pay less as one fund of their own.

    Attributes:
        scheme: name of the scheme.
        members, names: codes and names of the funds.
        excess: present value that they pay more under the plan than as one fund.
        cost: what they would pay as one fund, present value.
    """

    scheme: str
    members: tuple[str, ...]
    names: tuple[str, ...]
    excess: float
    cost: float


@dataclass(frozen=True)
class Acceptability:
    """Measures of a plan, over all schemes.

    Attributes:
        worse_off: regions that pay more than alone.
        poor_to_rich: money a year from regions with a lower to those with a higher income.
        blocking_coalition: the one with the largest excess of any scheme; None without any.
        reasons: of each scheme whose coalitions were not looked at.
    """

    worse_off: tuple[WorseOff, ...]
    poor_to_rich: float
    blocking_coalition: Coalition | None
    reasons: Mapping[str, Message]

    def record(self) -> dict[str, object]:
        """As plain data."""
        blocking = self.blocking_coalition
        return {
            "worse_off": [asdict(row) for row in self.worse_off],
            "poor_to_rich": self.poor_to_rich,
            "blocking_coalition": None
            if blocking is None
            else asdict(blocking)
            | {"members": list(blocking.members), "names": list(blocking.names)},
            "not_looked_at": dict(self.reasons),
        }


def acceptability_of(
    safe: SafePlan,
    within: Mapping[str, ScenarioFlows],
    incomes: Mapping[str, FloatArray],
    balance_of: BalanceOf = scenario_balance,
) -> Acceptability | None:
    """The measures of a safe plan; None where there is no plan.

    Args:
        safe: the plan.
        within: scenarios it was planned on, by scheme.
        incomes: disposable income a head of every fund, by scheme, ``(p,)``.
        balance_of: balances that the plan leads to in scenarios.
    """
    if any(outcome.status != "optimal" for outcome in safe.outcomes):
        return None
    rows: list[WorseOff] = []
    coalitions: list[Coalition] = []
    reasons: dict[str, Message] = {}
    moved = 0.0
    for outcome in safe.outcomes:
        for fund, decision in zip(outcome.model.funds, outcome.decisions, strict=True):
            name = fund.paths.scheme
            years = safe.deviation[name].shape[0]
            balance = balance_of(fund, decision, within[name])[:, :years]
            spread = spread_of(fund, decision, balance, safe.factors[name])
            rows += worse_off(fund, decision, spread)
            moved += poor_to_rich(fund, decision, incomes[name])
            costs = coalition_costs(fund, spread) if 1 < fund.pools <= MOST_FUNDS else None
            coalition, reason = blocking_coalition(fund, decision, costs)
            coalitions += [] if coalition is None else [coalition]
            if reason is not None:
                reasons[name] = reason
    largest = max(coalitions, key=lambda one: one.excess, default=None)
    return Acceptability(tuple(rows), moved, largest, reasons)


def spread_of(
    fund: FundProblem, decision: Decision, balance: FloatArray, factors: FloatArray
) -> Spread:
    """Deviations of the funds from the path of the plan in the first years.

    Args:
        fund: the scheme.
        decision: the plan.
        balance: by scenario, in the first years, ``(s, T, p)``.
        factors: deviations that each fund holds, ``(p,)``.
    """
    years = balance.shape[1]
    apart = balance - recursion(fund, decision).balance[0, :years]
    product = np.einsum("stp,stq->tpq", apart, apart, optimize=True) / apart.shape[0]
    return Spread(np.tile(factors, (years, 1)), product)


def worse_off(fund: FundProblem, decision: Decision, spread: Spread | None) -> list[WorseOff]:
    """Funds whose mean rate is higher than alone at the same margin without swaps."""
    present = np.maximum(fund.discount[:, None] * fund.base, 1e-300)
    rates = (decision.rates[:, fund.group] * present).sum(axis=0) / present.sum(axis=0)
    alone = _level_rates(fund, np.eye(fund.pools, dtype=bool), spread)
    rates_alone = (alone * present).sum(axis=0) / present.sum(axis=0)
    return [
        WorseOff(fund.paths.scheme, fund.paths.pools[p], fund.paths.names[p], float(rates[p]),
                 float(rates_alone[p]))
        for p in np.flatnonzero(rates > rates_alone + SMALL * fund.reference)
    ]  # fmt: skip


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


def coalition_costs(fund: FundProblem, spread: Spread | None) -> FloatArray:
    """Present value of contributions of every coalition as one fund, ``(2**p,)``.

    Args:
        fund: at most :data:`MOST_FUNDS` funds.
        spread: their deviations; None for no margin.
    """
    member = coalition_members(fund.pools)[1:]  # without that of nobody
    rates = _level_rates(fund, member, spread)
    base = fund.base @ member.T
    costs = (fund.discount[:, None] * rates * base).sum(axis=0)
    return np.append(0.0, costs)


def blocking_coalition(
    fund: FundProblem, decision: Decision, costs: FloatArray | None
) -> tuple[Coalition | None, Message | None]:
    """The coalition that would save most by leaving, or why none was looked for.

    Args:
        fund: the scheme.
        decision: the plan.
        costs: of every coalition; None where there are too many.
    """
    if fund.pools < 2:
        return None, Message("a single fund has nobody to leave")
    if costs is None:
        return None, Message(
            "%(funds)s funds: coalitions are enumerated for at most %(most)s",
            funds=fund.pools, most=MOST_FUNDS,
        )  # fmt: skip
    income = decision.rates[:, fund.group] * fund.base
    excess, mask = core_excess(costs, (fund.discount[:, None] * income).sum(axis=0))
    if excess <= SMALL * costs[-1]:
        return None, None
    inside = [p for p in range(fund.pools) if mask >> p & 1]
    codes, names = fund.paths.pools, fund.paths.names
    return Coalition(
        fund.paths.scheme, tuple(codes[p] for p in inside), tuple(names[p] for p in inside),
        excess, float(costs[mask]),
    ), None  # fmt: skip


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


def _level_rates(fund: FundProblem, member: np.ndarray, spread: Spread | None) -> FloatArray:
    """Rates of coalitions, each as one fund without swaps, ``(T, coalitions)``."""
    paths = fund.paths
    policy = replace(fund.policy, swaps=False, margins=(), group_level=None, hub_level=None)
    if spread is not None:
        policy = replace(policy, margins=(_margin(paths.scheme, member, spread),))
    codes = tuple(str(number) for number in range(len(member)))
    summed = {
        field.name: getattr(paths, field.name) @ member.T
        for field in fields(paths)
        if field.name in ("contribution_base", "income", "subsidies", "outgo", "outstanding",
                          "outgo_next_year", "opening_balance", "persons", "contributors")
    }  # fmt: skip
    together = replace(paths, pools=codes, names=codes, levels=("coalition",) * len(codes),
                       **summed)  # fmt: skip
    return own(fund_problem(together, policy, weight=fund.weight)).rates


def _margin(scheme: str, member: np.ndarray, spread: Spread) -> Margin:
    inside = member.astype(float)
    money = np.empty((spread.product.shape[0], len(member)))
    for t, product in enumerate(spread.product):
        deviation = np.sqrt(np.diagonal(product))
        sizes = inside @ deviation
        factor = ratio(inside @ (deviation * spread.factor[t]), sizes)
        squared = np.einsum("cp,pq,cq->c", inside, product, inside, optimize=True)
        money[t] = factor * np.sqrt(np.maximum(squared, 0.0))
    return Margin.of(scheme, money)
