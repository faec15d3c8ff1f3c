"""What balances of many scenarios need, and no more, so that thousands fit into memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.solvency import balance_recursion
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.projection.study import Projection
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.terms import ScenarioTerms

BLOCK = 500
"""Scenarios drawn at once."""


@dataclass(frozen=True)
class ScenarioFlows:
    """A scheme's funds in ``s`` scenarios and the first ``T`` years.

    Attributes:
        base: contribution base, ``(s, T, p)``, money.
        outgo: ``(s, T, p)``, money.
        net_outgo: outgo less subsidies, ``(s, T, p)``, money.
        interest: ``(s, T)``.
    """

    base: FloatArray
    outgo: FloatArray
    net_outgo: FloatArray
    interest: FloatArray

    @classmethod
    def of(cls, paths: PoolPaths, years: int | None = None) -> "ScenarioFlows":
        """Those of whole paths, up to a number of years."""
        first = np.s_[:, :years]
        return cls(
            paths.contribution_base[first].copy(),
            paths.outgo[first].copy(),
            paths.outgo[first] - paths.subsidies[first],
            paths.interest[first].copy(),
        )

    def first_years(self, years: int) -> "ScenarioFlows":
        """Those of the first years."""
        return ScenarioFlows(
            self.base[:, :years], self.outgo[:, :years], self.net_outgo[:, :years],
            self.interest[:, :years],
        )  # fmt: skip


FlowBlocks = Iterator[Mapping[str, ScenarioFlows]]
"""Blocks of scenarios, each with the flows of every scheme."""


def drawn_blocks(
    projection: Projection,
    schemes: Sequence[str],
    scenarios: range,
    years: int,
    seed: int,
    terms: ScenarioTerms,
) -> FlowBlocks:
    """Scenarios by number, all schemes on the same ones."""
    for first in range(scenarios.start, scenarios.stop, BLOCK):
        count = min(BLOCK, scenarios.stop - first)
        yield {
            name: ScenarioFlows.of(
                sampled_paths(
                    projection.study, projection.plan, name, count, seed, first, terms, years
                )
            )
            for name in schemes
        }


def joined(blocks: FlowBlocks) -> dict[str, ScenarioFlows]:
    """All blocks as one."""
    every = list(blocks)
    return {
        name: ScenarioFlows(
            *(
                np.concatenate([getattr(block[name], part) for block in every])
                for part in ("base", "outgo", "net_outgo", "interest")
            )
        )
        for name in every[0]
    }


BalanceOf = Callable[[FundProblem, Decision, ScenarioFlows], FloatArray]
"""Balances that a plan leads to in every scenario, ``(s, T, p)``."""


def scenario_balance(fund: FundProblem, decision: Decision, flows: ScenarioFlows) -> FloatArray:
    """Balances at the plan's rates and with its swaps in money, ``(s, T, p)``.

    ``B[t] = B[t-1](1+i) + (x base - net outgo + grant - levy)(1+i)^0.5``; rates ``x``, grants and
    levies are those of the one path that the plan is made on, in every scenario.
    """
    years = flows.base.shape[1]
    swaps = fund.mean(decision.grants - decision.levies)[:years]
    flow = decision.rates[:years, fund.group] * flows.base - flows.net_outgo + swaps
    balance = balance_recursion(
        fund.paths.opening_balance, flow.swapaxes(1, 2), flows.interest[:, None]
    )
    return balance.swapaxes(1, 2)
