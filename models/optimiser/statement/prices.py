"""A solver's duals as prices of the limits of the second statement, by what each row means.

The program's rows are scaled (:mod:`..program.constraints`): a row of a pool by its outgo of
the year, one of a hub by that of its pools, one of rates by the scheme's rate in force. A family
that is not there has no price. No price can make a bound wrong, only weak.
"""

from collections.abc import Sequence

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.problem.mergers import mergers_of
from fundpool.models.optimiser.program.acceptance import coalition_unit, paid_unit
from fundpool.models.optimiser.program.constraints import FundColumns
from fundpool.models.optimiser.program.instruments import instrument_arrays
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.objectives import Burden, LorenzGrid, even_grid
from fundpool.models.optimiser.program.tail import TailColumns
from fundpool.models.optimiser.statement.program import Held, Key, LimitPrices


def prices_of(
    program: LinearProgram,
    funds: Sequence[FundProblem],
    columns: Sequence[FundColumns | TailColumns],
    burdens: Sequence[Burden],
    duals: FloatArray,
    earlier_aims: Sequence[Held] = (),
    grids: Sequence[LorenzGrid | None] | None = None,
) -> LimitPrices:
    """Prices of all limits.

    Args:
        program: the solved program.
        funds, columns: problem and columns of each scheme.
        burdens: whose unevenness may count.
        duals: of the program's rows, over the objective's scale.
        earlier_aims: sums of aims that are held, by the names of their rows.
        grids: points of the Lorenz curves of each burden, where other than even.
    """
    duals = np.nan_to_num(duals)
    rows: dict[Key, FloatArray] = {}
    for number, (fund, scheme_columns) in enumerate(zip(funds, columns, strict=True)):
        prices = _Prices(program, fund, scheme_columns, duals)
        for name, values in prices.all().items():
            rows[number, name] = values
    spread = tuple(
        _spread(
            program, f"unevenness{number}", burden, duals, None if grids is None else grids[number]
        )
        for number, burden in enumerate(burdens)
    )
    return LimitPrices(
        rows, spread, tuple(float(duals[program.rows[h.name]]) for h in earlier_aims)
    )


class _Prices:
    """Prices of one scheme's limits."""

    def __init__(
        self,
        program: LinearProgram,
        fund: FundProblem,
        columns: FundColumns | TailColumns,
        duals: FloatArray,
    ) -> None:
        """The scheme's part of a solved program."""
        self.program, self.fund, self.duals = program, fund, duals
        self.columns = columns
        self.tail = columns if isinstance(columns, TailColumns) else None
        size = np.zeros((fund.years, fund.hubs))
        for pool, hub in enumerate(fund.hub):
            size[:, hub] += fund.unit[:, pool]
        self.hub_unit = size

    def named(self, name: str) -> FloatArray | None:
        """Duals of a family of rows of the scheme; None if it is not there."""
        numbers = self.program.rows.get(f"{self.fund.paths.scheme}_{name}")
        return None if numbers is None else self.duals[numbers]

    def in_time(self, first: str, later: str) -> FloatArray:
        """Duals of two families that follow each other in time, along the second axis."""
        named = [part for part in (self.named(first), self.named(later)) if part is not None]
        return np.concatenate(named, axis=1) if named else np.zeros((0, 0))

    def everywhere(self, values: FloatArray | None) -> FloatArray:
        """By scenario, year and pool, a money unit each; zero where the program has none."""
        fund = self.fund
        result = np.zeros(fund.paths.outgo.shape)
        if values is not None and values.size:
            if self.tail is None:
                result += values
            else:
                pairs = self.tail.pairs
                result[pairs.scenario, :, pairs.pool] = values
        return np.asarray(result / fund.unit)

    def all(self) -> dict[str, FloatArray]:
        """Every family's."""
        return {
            **self.change(),
            "money": self.everywhere(self.in_time("opening", "recursion")),
            "ceiling": self.ceiling(),
            "hub": self.hub(),
            **self.floor(),
            **self.acceptance(),
            **self.instruments(),
            **self.mergers(),
        }

    def mergers(self) -> dict[str, FloatArray]:
        """Of what nets to zero within merged funds, and of their one rate."""
        mergers, nets, alike = (
            mergers_of(self.fund.paths),
            self.named("within"),
            self.named("one_rate"),
        )
        if mergers is None or nets is None or alike is None:
            return {}
        return {"within": nets / mergers.together(self.fund.unit),
                "one_rate": alike / self.fund.reference}  # fmt: skip

    def instruments(self) -> dict[str, FloatArray]:
        """Of what amounts make up, of their steps and of the share of subsidies."""
        fund, result = self.fund, {}
        arrays = instrument_arrays(fund)
        if arrays is None:
            return {}
        worth = fund.by_group(fund.base) * fund.reference
        for name in ("split", "share_least", "share_most"):
            value = self.named(name)
            if value is not None:
                result[name] = ratio(value, worth)
        for number, amount_of in enumerate(arrays.amount_of):
            steps = [self.step(number, way) for way in ("rise", "fall")]
            if steps[0].size:
                result[f"step{number}"] = ratio(steps[0] - steps[1], amount_of[-len(steps[0]) :])
        return result

    def step(self, number: int, way: str) -> FloatArray:
        """Duals of an instrument's changes one way, by year; nothing where it has no step."""
        first, later = (self.named(f"step{number}_{part}") for part in (f"first_{way}", way))
        if first is None or later is None:
            return np.zeros((0, 0))
        return np.concatenate([first[None], later])

    def acceptance(self) -> dict[str, FloatArray]:
        """Of what pools pay in some years, and of what runs from poorer to richer ones."""
        fund, result = self.fund, {}
        for number, limit in enumerate(fund.policy.paid_limits):
            value = self.named(f"paid{number}")
            if value is not None:
                result[f"paid{number}"] = value / paid_unit(fund, limit.first, limit.last)
        for number, coalition in enumerate(fund.policy.coalition_limits):
            value = self.named(f"coalition{number}")
            if value is not None:
                size = coalition_unit(fund, coalition.member)
                result[f"coalition{number}"] = np.reshape(value / size, (1,))
        for number in range(len(fund.policy.income_lines)):
            value = self.named(f"line{number}")
            if value is not None:
                result[f"line{number}"] = np.reshape(value / fund.unit.sum(), (1,))
        return result

    def change(self) -> dict[str, FloatArray]:
        """Of rises and falls of rates, from one dual for both."""
        fund = self.fund
        free = max(fund.years - fund.policy.frozen_years, 0)
        value = np.zeros((free, fund.groups))
        first, later = self.named("first_change"), self.named("change")
        if free and first is not None and later is not None:
            priced = np.vstack([first[None], later])[-free:] / fund.reference
            value[free - len(priced) :] = priced
        return {"rise": np.maximum(-value, 0.0), "fall": np.maximum(value, 0.0)}

    def ceiling(self) -> FloatArray:
        """Of the levy ceilings; pools that pay together have one price."""
        result = self.everywhere(self.named("levy_ceiling"))
        others = self.named("others_ceiling")
        if self.tail is None or others is None:
            return result
        tail, fund = self.tail, self.fund
        paired = np.zeros((fund.scenarios, fund.pools), dtype=bool)
        paired[tail.pairs.scenario, tail.pairs.pool] = True
        for account, (scenario, hub) in enumerate(
            zip(tail.account_scenario, tail.account_hub, strict=True)
        ):
            rest = np.flatnonzero((fund.hub == hub) & ~paired[scenario])
            result[scenario][:, rest] = (others[account] / self.hub_unit[:, hub])[:, None]
        return result

    def hub(self) -> FloatArray:
        """Of the recursions of the hubs."""
        fund = self.fund
        result = np.zeros((fund.scenarios, fund.years, fund.hubs))
        if self.tail is not None:
            for account, (scenario, hub) in enumerate(
                zip(self.tail.account_scenario, self.tail.account_hub, strict=True)
            ):
                value = self.named(f"hub{account}")
                if value is not None:
                    result[scenario, :, hub] = value / self.hub_unit[:, hub]
            return result
        for hub in range(fund.hubs):
            value = self.in_time(f"hub{hub}_opening", f"hub{hub}")
            if value.size:
                result[:, :, hub] = value / self.hub_unit[:, hub]
        return result

    def floor(self) -> dict[str, FloatArray]:
        """Of floors that are rows."""
        fund = self.fund
        if fund.policy.floor == "every":
            return {"floor": self.everywhere(self.named("floor"))}
        mean = np.zeros((fund.years, fund.pools))
        if self.tail is None:
            value = self.named("floor")
            mean = mean if value is None else value
        else:
            for pool in self.tail.pools:
                value = self.named(f"floor{pool}")
                if value is not None:
                    mean[:, pool] = value
        return {"floor": mean / fund.unit, "excess": self.everywhere(self.named("excess"))}


def _spread(
    program: LinearProgram, name: str, burden: Burden, duals: FloatArray, grid: LorenzGrid | None
) -> FloatArray:
    """What the rows that measure unevenness ask on each burden, up to the same for all units."""
    result = np.zeros(burden.share.shape)
    prices_by_row = {key: duals[numbers] for key, numbers in program.rows.items()
             if key.startswith(f"{name}_")}  # fmt: skip
    for family, sign in (("highest", 1.0), ("above", 1.0), ("lowest", -1.0)):
        if f"{name}_{family}" in prices_by_row:
            result += sign * prices_by_row[f"{name}_{family}"]
    if f"{name}_apart_up" in prices_by_row:
        first, second = np.triu_indices(burden.units, 1)
        value = prices_by_row[f"{name}_apart_up"] - prices_by_row[f"{name}_apart_down"]
        for pair, (u, v) in enumerate(zip(first, second, strict=True)):
            result[:, u] += value[:, pair]
            result[:, v] -= value[:, pair]
    if f"{name}_below" in prices_by_row:
        # a row for each point of a Lorenz curve; a point belongs to one year
        year, _ = grid or even_grid(burden.share.shape[0])
        np.subtract.at(result, year, prices_by_row[f"{name}_below"])
    return result
