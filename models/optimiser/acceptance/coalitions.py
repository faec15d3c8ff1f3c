"""What coalitions of regions would pay as one fund, and how a common cost may be shared.

A coalition is one fund with the sum of its members' flows, which keeps the same rules without
swaps at one level rate. Its margin is its members' deviations by their covariance over scenarios,
times the mean of their numbers of deviations, weighted by their deviations: members whose
deviations go together gain nothing by pooling them. Up to :data:`MOST_PLAYERS` regions every
coalition is worked out; of more regions those that random orders of joining lead through.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.sharing import coalition_members, nucleolus, shapley_value
from fundpool.inputs.regions import RegionTree
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.acceptance.terms import alone
from fundpool.models.optimiser.beside.naive import own
from fundpool.models.optimiser.certificate import Decision, recursion
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.ruin.margins import Margin

MOST_PLAYERS = 16
"""Regions of which every coalition is worked out: 65,535."""

ORDERS, SEED = 200, 1
"""Random orders in which more regions join, and their seed."""

SMALL = 1e-6
"""Excess over the whole cost that counts as none."""

SUMMED = ("contribution_base", "income", "subsidies", "outgo", "outstanding", "outgo_next_year",
          "opening_balance", "persons", "contributors")  # fmt: skip
"""Flows of funds that are those of their coalition when summed."""


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
class Players:
    """Regions that may form coalitions.

    Attributes:
        codes, names: of each region.
        member: whether each fund belongs to each region, ``(players, p)``.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    member: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Number of regions."""
        return len(self.codes)


@dataclass(frozen=True)
class Coalition:
    """Regions that would pay less as one fund of their own.

    Attributes:
        scheme: name of the scheme.
        members, names: codes and names of the regions.
        excess: present value that they pay more under the plan than as one fund.
        cost: what they would pay as one fund, present value.
        balance: what their funds hold at the start, which they would take along.
    """

    scheme: str
    members: tuple[str, ...]
    names: tuple[str, ...]
    excess: float
    cost: float
    balance: float

    def record(self) -> dict[str, object]:
        """As plain data."""
        return asdict(self) | {"members": list(self.members), "names": list(self.names)}


@dataclass(frozen=True)
class RegionShare:
    """A region's part of a scheme's cost, present values in money.

    Attributes:
        scheme, region, name: which.
        alone: what it would pay alone.
        plan: what it pays under the plan.
        shapley, nucleolus: its part of the cost of one fund of all; the nucleolus is None where
            coalitions were sampled.
        error: standard error of ``shapley``; 0 where every coalition was worked out.
        plan_transfer: what it pays into the hub less what it draws.
        shapley_transfer, nucleolus_transfer: what it would pay in so that it bears its part, with
            its own fund as under the plan.
    """

    scheme: str
    region: str
    name: str
    alone: float
    plan: float
    shapley: float
    nucleolus: float | None
    error: float
    plan_transfer: float
    shapley_transfer: float
    nucleolus_transfer: float | None


@dataclass(frozen=True)
class Sharing:
    """Coalitions of a scheme, and how the cost of all may be shared.

    Attributes:
        scheme: name of the scheme.
        coalitions: how many were looked at.
        sampled: whether others were not.
        in_core: whether no coalition looked at pays more than as one fund: under the ``plan``,
            and by ``shapley`` and ``nucleolus``.
        blocking: the coalition that would save most by leaving the plan; None without any.
        regions: each region's part.
    """

    scheme: str
    coalitions: int
    sampled: bool
    in_core: Mapping[str, bool]
    blocking: Coalition | None
    regions: tuple[RegionShare, ...]

    def record(self) -> dict[str, object]:
        """As plain data."""
        return {
            "scheme": self.scheme, "coalitions": self.coalitions, "sampled": self.sampled,
            "in_core": dict(self.in_core), "regions": [asdict(region) for region in self.regions],
        }  # fmt: skip


def players_of(fund: FundProblem, regions: RegionTree | None) -> Players:
    """The funds; where there are many, regions of the lowest level with few enough.

    Args:
        fund: the scheme.
        regions: the region tree; None to look at funds alone.
    """
    paths = fund.paths
    each = Players(paths.pools, paths.names, np.eye(fund.pools, dtype=bool))
    if regions is None or fund.pools <= MOST_PLAYERS:
        return each
    for level in regions.levels[1:]:
        codes = regions.codes_at(level)
        ancestor = regions.ancestor_index(level)[: paths.of_county.size]
        inside = np.zeros((len(codes), fund.pools), dtype=bool)
        inside[ancestor, paths.of_county] = True
        present = np.unique(ancestor)
        if (inside.sum(axis=0) == 1).all() and 1 < present.size <= MOST_PLAYERS:
            named = tuple(codes[number] for number in present)
            names = tuple(regions.name(code) for code in named)
            return Players(named, names, inside[present])
    return each


def spread_of(
    fund: FundProblem,
    decision: Decision,
    balance: FloatArray,
    factors: FloatArray,
    deviation: FloatArray,
) -> Spread:
    """Deviations of the funds from the path of the plan in the first years.

    Args:
        fund: the scheme.
        decision: the plan.
        balance: by scenario, in the first years, ``(s, T, p)``.
        factors: deviations that each fund holds, ``(p,)``.
        deviation: size of a fund's deviations that its margin is made of, ``(T, p)``; a coalition
            of one has the margin of its fund.
    """
    years = balance.shape[1]
    apart = balance - recursion(fund, decision).balance[0, :years]
    product = np.einsum("stp,stq->tpq", apart, apart, optimize=True) / apart.shape[0]
    size = ratio(deviation, np.sqrt(np.diagonal(product, axis1=1, axis2=2)))
    product = product * size[:, :, None] * size[:, None, :]
    return Spread(np.tile(factors, (years, 1)), product)


def coalition_costs(
    fund: FundProblem, member: NDArray[np.bool_], spread: Spread | None
) -> FloatArray:
    """Present value of contributions of every coalition as one fund, ``(c,)``.

    Args:
        fund: the scheme.
        member: whether each coalition holds each fund, ``(c, p)``, none of them empty.
        spread: deviations of the funds; None for no margin.
    """
    together = coalition_problem(fund, member, spread)
    rates = own(together).rates
    return np.asarray((fund.discount[:, None] * rates * together.base).sum(axis=0))


def coalition_problem(
    fund: FundProblem, member: NDArray[np.bool_], spread: Spread | None
) -> FundProblem:
    """Coalitions, each as one fund without swaps."""
    paths = fund.paths
    policy = replace(alone(fund).policy, margins=())
    if spread is not None:
        policy = replace(policy, margins=(_margin(paths.scheme, member, spread),))
    codes = tuple(str(number) for number in range(len(member)))
    summed = {
        field.name: getattr(paths, field.name) @ member.T.astype(float)
        for field in fields(paths) if field.name in SUMMED
    }  # fmt: skip
    together = replace(paths, pools=codes, names=codes, levels=("coalition",) * len(codes),
                       **summed)  # fmt: skip
    return fund_problem(together, policy, weight=fund.weight)


def sharing_of(
    fund: FundProblem, decision: Decision, players: Players, spread: Spread | None
) -> Sharing:
    """Coalitions of a scheme's regions, and how the cost of all may be shared.

    Args:
        fund: the scheme, of two regions at least.
        decision: the plan.
        players: the regions.
        spread: deviations of the funds; None for no margin.
    """
    discount = fund.discount[:, None]
    income = decision.rates[:, fund.group] * fund.base
    swapped = fund.mean(decision.levies - decision.grants)
    plan, transfer = (
        players.member @ (discount * money).sum(axis=0) for money in (income, swapped)
    )
    few = players.count <= MOST_PLAYERS
    game = (_every_coalition if few else _sampled_coalitions)(fund, players, spread)
    needs = plan - transfer
    blocking = _blocking(fund, players, game, plan)
    in_core = {"plan": blocking is None}
    divisions = {"shapley": game.shapley, "nucleolus": game.nucleolus}
    for name, shares in divisions.items():
        if shares is not None:
            in_core[name] = _blocking(fund, players, game, shares) is None
    regions = tuple(
        RegionShare(
            fund.paths.scheme, players.codes[k], players.names[k], float(game.single[k]),
            float(plan[k]), float(game.shapley[k]),
            None if game.nucleolus is None else float(game.nucleolus[k]), float(game.error[k]),
            float(transfer[k]), float(game.shapley[k] - needs[k]),
            None if game.nucleolus is None else float(game.nucleolus[k] - needs[k]),
        )
        for k in range(players.count)
    )  # fmt: skip
    return Sharing(fund.paths.scheme, len(game.costs), not few, in_core, blocking, regions)


@dataclass(frozen=True)
class _Game:
    """Coalitions of ``n`` players with their costs, present values in money.

    Attributes:
        inside: whether each coalition holds each player, ``(c, n)``.
        costs: of each coalition, ``(c,)``.
        single: of each player alone, ``(n,)``.
        whole: of all players.
        shapley, error: the value and its standard error, ``(n,)``.
        nucleolus: ``(n,)``; None where not every coalition is known.
    """

    inside: NDArray[np.bool_]
    costs: FloatArray
    single: FloatArray
    whole: float
    shapley: FloatArray
    error: FloatArray
    nucleolus: FloatArray | None


def _every_coalition(fund: FundProblem, players: Players, spread: Spread | None) -> _Game:
    inside = coalition_members(players.count)[1:]  # without that of nobody
    costs = coalition_costs(fund, inside @ players.member, spread)
    cost = np.append(0.0, costs)
    return _Game(
        inside, costs, cost[2 ** np.arange(players.count)], float(costs[-1]),
        shapley_value(cost), np.zeros(players.count), nucleolus(cost),
    )  # fmt: skip


def _sampled_coalitions(fund: FundProblem, players: Players, spread: Spread | None) -> _Game:
    """Coalitions that random orders of joining lead through, and what each player adds."""
    count = players.count
    random = np.random.default_rng(SEED)
    order = np.array([random.permutation(count) for _ in range(ORDERS)])
    place = np.argsort(order, axis=1)
    inside = place[:, None, :] <= np.arange(count)[:, None]  # (orders, joined, player)
    costs = coalition_costs(fund, inside.reshape(-1, count) @ players.member, spread)
    added = np.diff(costs.reshape(ORDERS, count), axis=1, prepend=0.0)
    of_player = np.take_along_axis(added, place, axis=1)
    return _Game(
        inside.reshape(-1, count), costs, coalition_costs(fund, players.member, spread),
        float(costs[-1]), of_player.mean(axis=0),
        of_player.std(axis=0, ddof=1) / np.sqrt(ORDERS), None,
    )  # fmt: skip


def _blocking(
    fund: FundProblem, players: Players, game: _Game, shares: FloatArray
) -> Coalition | None:
    """The coalition that would save most by leaving; of equal ones the first."""
    over = np.where(game.inside.all(axis=1), -np.inf, game.inside @ shares - game.costs)
    excess = float(over.max())
    if excess <= SMALL * game.whole:
        return None
    best = int(np.argmax(over >= excess - 1e-12 * game.whole))
    chosen = np.flatnonzero(game.inside[best])
    opening = players.member[chosen].sum(axis=0) @ fund.paths.opening_balance
    return Coalition(
        fund.paths.scheme, tuple(players.codes[p] for p in chosen),
        tuple(players.names[p] for p in chosen), excess, float(game.costs[best]), float(opening),
    )  # fmt: skip


def _margin(scheme: str, member: NDArray[np.bool_], spread: Spread) -> Margin:
    inside = member.astype(float)
    money = np.empty((spread.product.shape[0], len(member)))
    for t, product in enumerate(spread.product):
        deviation = np.sqrt(np.diagonal(product))
        sizes = inside @ deviation
        factor = ratio(inside @ (deviation * spread.factor[t]), sizes)
        squared = np.einsum("cp,pq,cq->c", inside, product, inside, optimize=True)
        money[t] = factor * np.sqrt(np.maximum(squared, 0.0))
    return Margin.of(scheme, money)
