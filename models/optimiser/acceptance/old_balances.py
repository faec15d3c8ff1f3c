"""What becomes of old reserves and deficits if regions merge into one fund.

``pooled``: the fund opens with all of them. ``kept``: it opens with nothing; each region keeps its
reserve, which lowers what its residents bear, or clears its own deficit. ``paid in``: the fund
opens with all of them, and within some years regions with fewer months of reserve than the mean pay
the difference in, with interest, and those with more are paid back. The fund charges one level rate
in each case, approached as fast as the yearly change allows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.acceptance.coalitions import Players, Spread, coalition_problem
from fundpool.models.optimiser.beside.naive import own
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem

PAID_IN_YEARS = 5
"""Years within which regions come to the same months of reserve."""

SMALL = 1e-6
"""Difference of rates, over that in force, that counts as none."""


@dataclass(frozen=True)
class RegionCost:
    """What a region bears.

    Attributes:
        region, name: which.
        opening: its balance before the merger, money.
        payment: what it pays in (negative: is paid back) in each of the years, money.
        rate: contributions and what else it bears, as present value over that of its base.
    """

    region: str
    name: str
    opening: float
    payment: float
    rate: float


@dataclass(frozen=True)
class OldBalances:
    """One treatment of old balances of a scheme.

    Attributes:
        scheme: name of the scheme.
        treatment: ``pooled``, ``kept`` or ``paid in``.
        years: within which it is paid in; 0 otherwise.
        level_rate: of the merged fund, present value of contributions over that of the base.
        worse_off: how many regions bear more than where balances are pooled.
        regions: each region's cost.
    """

    scheme: str
    treatment: str
    years: int
    level_rate: float
    worse_off: int
    regions: tuple[RegionCost, ...]

    def record(self) -> dict[str, object]:
        """As plain data."""
        return asdict(self) | {"regions": [asdict(region) for region in self.regions]}


def old_balances(
    fund: FundProblem, players: Players, spread: Spread | None, years: int = PAID_IN_YEARS
) -> tuple[OldBalances, ...]:
    """Every treatment of the balances that regions bring into one fund.

    Args:
        fund: the scheme.
        players: the regions that merge.
        spread: deviations of the funds; None for no margin.
        years: within which balances are paid in.
    """
    merged = coalition_problem(fund, np.ones((1, fund.pools), dtype=bool), spread)
    opening = players.member @ fund.paths.opening_balance
    first_outgo = players.member @ fund.mean(fund.paths.outgo)[0]
    years = min(years, fund.years)
    mean = ratio(opening.sum(), first_outgo.sum())
    short = mean * first_outgo - opening
    payment = short / fund.discount[:years].sum()
    nothing = np.zeros(players.count)
    empty = fund_problem(
        replace(merged.paths, opening_balance=np.zeros(1)), merged.policy, weight=fund.weight
    )
    # what is borne beside contributions, present value
    cases: Mapping[str, tuple[FundProblem, FloatArray, FloatArray]] = {
        "pooled": (merged, nothing, nothing),
        "kept": (empty, -opening, nothing),
        "paid in": (merged, short, payment),
    }
    present = fund.discount[:, None] * fund.base
    base = players.member @ present.sum(axis=0)
    treatments: list[OldBalances] = []
    pooled: FloatArray | None = None
    for treatment, (problem, beside, paid) in cases.items():
        level = own(problem).rates
        contributions = players.member @ (level * present).sum(axis=0)
        rates = ratio(contributions + beside, base)
        pooled = rates if pooled is None else pooled
        treatments.append(
            OldBalances(
                fund.paths.scheme, treatment, years if treatment == "paid in" else 0,
                float(contributions.sum() / base.sum()),
                int((rates > pooled + SMALL * fund.reference).sum()),
                tuple(
                    RegionCost(players.codes[k], players.names[k], float(opening[k]),
                               float(paid[k]), float(rates[k]))
                    for k in range(players.count)
                ),
            )
        )  # fmt: skip
    return tuple(treatments)
