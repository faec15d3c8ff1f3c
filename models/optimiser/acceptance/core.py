"""Plans in the core: no coalition of regions pays more than as one fund of its own.

Of 13 regions 8,190 coalitions have a limit each, of which few bind. The program is solved without
any; of each size the coalition that pays most beyond its own cost joins it, and it is solved again,
until none pays more (constraint generation). What the last program leaves out is then kept too, so
that its plan is the best of the program with all limits, and its bound one of that program: leaving
limits out cannot raise it. Where those that joined leave no plan that keeps the floors, there is
none in the core: floors are then missed by the least these ask for, and no more join.

With margins against ruin a coalition's margin is the root of ``m' C m``, ``m`` the margins of its
members and ``C`` the correlation of their balances over scenarios at the plan without these limits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.sharing import coalition_members
from fundpool.inputs.format.messages import Message, Word
from fundpool.inputs.regions import RegionTree
from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.optimiser.acceptance.coalitions import (
    MOST_PLAYERS,
    Spread,
    coalition_costs,
    players_of,
)
from fundpool.models.optimiser.acceptance.limits import CoalitionLimit
from fundpool.models.optimiser.acceptance.terms import ROOM, AcceptanceTerms
from fundpool.models.optimiser.problem.fund import FundProblem, rebuilt
from fundpool.models.optimiser.stages import Outcome, solved_funds

ROUNDS = 60
"""Most often that coalitions join; two or three rounds are usual."""

SMALL = 1e-9
"""Share of the cost of all by which a coalition may pay more: that of rounding."""

Solve = Callable[[Sequence[FundProblem]], tuple[Outcome, ...]]


@dataclass(frozen=True)
class CoreGame:
    """Most that each coalition of a scheme's regions may pay.

    Attributes:
        member: whether each coalition holds each fund, ``(c, p)``; that of all is left out.
        size: regions of each coalition, ``(c,)``.
        money: what each may pay, present value, ``(c,)``.
    """

    member: BoolArray
    size: IntArray
    money: FloatArray


class CorePolicy:
    """Limits on coalitions of some schemes; those found once are kept from the start."""

    def __init__(self, regions: RegionTree) -> None:
        """Nothing is limited until :meth:`limit` is called.

        Args:
            regions: the region tree, for coalitions of regions where funds are many.
        """
        self.regions = regions
        self.limits = False
        self.correlation: Mapping[str, FloatArray] = {}
        self.known: dict[str, list[int]] = {}

    @classmethod
    def of(cls, terms: AcceptanceTerms | None, regions: RegionTree) -> "CorePolicy":
        """Those that some terms ask for, of plans without margins."""
        made = cls(regions)
        if terms is not None and terms.stable:
            made.limit({})
        return made

    def limit(self, correlation: Mapping[str, FloatArray]) -> None:
        """Limit coalitions from now on.

        Args:
            correlation: of the balances by scheme, ``(T, p, p)``, where margins are held.
        """
        self.limits, self.correlation = True, correlation

    def solved(self, funds: Sequence[FundProblem], solve: Solve) -> tuple[Outcome, ...]:
        """Outcomes that no coalition would leave, or that miss floors where there are none.

        Args:
            funds: problems of the schemes, with their other limits.
            solve: solves such problems.

        Raises:
            ValueError: more regions than coalitions can be worked out of, or a coalition whose
                least rates cost more than it would pay as one fund.
        """
        if not self.limits:
            return solve(funds)
        games = {fund.paths.scheme: self.game(fund) for fund in funds}
        for _ in range(ROUNDS):
            limits = tuple(
                CoalitionLimit(name, tuple(game.member[k].tolist()), float(game.money[k]))
                for name, game in games.items() if game is not None
                for k in self.known.get(name, [])
            )  # fmt: skip
            policy = replace(funds[0].policy, coalition_limits=limits)
            outcomes = solve([rebuilt(fund, policy) for fund in funds])
            kept = [o for o in outcomes if o.status == "optimal" and not o.model.elastic]
            joined = False
            for fund, decision, _ in solved_funds(kept):
                game = games[fund.paths.scheme]
                if game is not None:
                    money = fund.discount[:, None] * decision.rates[:, fund.group] * fund.base
                    joined |= self._join(fund.paths.scheme, game, money.sum(axis=0))
            if not joined:
                break
        return outcomes

    def game(self, fund: FundProblem) -> CoreGame | None:
        """Most that each coalition of a scheme may pay; None of a single region.

        That is its cost as one fund at a level rate, but not less than what the limits on rates
        ask of its members in the plan.
        """
        players = players_of(fund, self.regions)
        if players.count < 2:
            return None
        if players.count > MOST_PLAYERS:
            raise ValueError(
                Message(
                    "%(scheme)s: coalitions of %(count)s regions are too many to keep; at most "
                    "%(most)s regions",
                    scheme=Word(fund.paths.scheme), count=players.count, most=MOST_PLAYERS,
                )
            )  # fmt: skip
        inside = coalition_members(players.count)[1:-1]
        member = np.asarray(inside @ players.member, dtype=bool)
        costs = coalition_costs(fund, member, self.spread(fund))
        least = fund.discount[:, None] * fund.rate_lower[:, fund.group] * fund.base
        money = np.maximum(costs, member @ least.sum(axis=0)) * (1.0 + ROOM)
        return CoreGame(member, inside.sum(axis=1), money)

    def spreads(self, outcomes: Sequence[Outcome]) -> dict[str, Spread]:
        """The margins of a plan's funds, by scheme; none where coalitions are not limited."""
        margins = {fund.paths.scheme: self.spread(fund) for fund, _, _ in solved_funds(outcomes)}
        return {name: spread for name, spread in margins.items() if spread is not None}

    def spread(self, fund: FundProblem) -> Spread | None:
        """Margins of a problem's funds as deviations held once; None without margins."""
        correlation = self.correlation.get(fund.paths.scheme)
        margins = [one for one in fund.policy.margins if one.scheme == fund.paths.scheme]
        if correlation is None or not margins:
            return None
        money = np.maximum(np.array(margins[0].money)[: len(correlation)], 0.0)
        product = correlation[: len(money)] * money[:, :, None] * money[:, None, :]
        return Spread(np.ones_like(money), product)

    def _join(self, scheme: str, game: CoreGame, paid: FloatArray) -> bool:
        """Take in the worst coalition of each size; whether any pays too much."""
        over = game.member @ paid - game.money
        known = self.known.setdefault(scheme, [])
        over[known] = -np.inf
        joined = False
        for count in range(1, int(game.size.max()) + 1):
            of_size = np.flatnonzero(game.size == count)
            worst = int(of_size[np.argmax(over[of_size])])
            if over[worst] > SMALL * float(paid.sum()):
                known.append(worst)
                joined = True
        return joined
