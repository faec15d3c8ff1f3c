"""Why a plan is as it is, as messages with figures: shadow prices, and what stands in the way.

A shadow price is the change of the optimum with a limit, read from the duals: of a floor from the
reduced costs of the balances it bounds or the duals of its rows. It is given in money on every
million of the scheme's contributions at the rates in force, and in points of the level rate: of the
scheme as a whole, and of the pool if the pool were to bear it alone. Sentences name hundredths of a
point (basis points); a price below what the certificate vouches for is said to be none.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.messages import Message, Money, Value, Word
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.certificate import TOLERANCE, missing
from fundpool.models.optimiser.explain.remedies import has_plan, remedies_of
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.constraints import FundColumns
from fundpool.models.optimiser.program.tail import TailColumns
from fundpool.models.optimiser.stages import Outcome

MEASURABLE = 1e-7
"""Price, of the objective, below which a limit is said to have none."""


@dataclass(frozen=True)
class _PricedLimit:
    """A limit that has a price.

    Attributes:
        name: of the limit.
        unit: what is one more of it.
        effect: begins the sentence on a pool that feels the limit.
    """

    name: Message
    unit: str
    effect: Message


FLOOR = _PricedLimit(
    Message("reserve floor"), "month of reserve", Message("one more month of reserve costs")
)
RATE = _PricedLimit(
    Message("largest rate"), "0.1 point of the largest rate",
    Message("0.1 point on the largest rate would save"),
)  # fmt: skip
LEVY = _PricedLimit(
    Message("levy ceiling"), "point of the levy ceiling",
    Message("one more point of the levy ceiling would save"),
)  # fmt: skip


def shadow_prices(plan: Plan) -> pd.DataFrame:
    """What limits cost, the highest price first.

    A limit that no pool feels has one row without a pool, which says so.

    Columns: scheme, limit, pool, name, price (of the objective, for one more unit of the limit),
    unit, per_million (money on every million of the scheme's contributions), points_of_scheme,
    points_of_pool (percentage points of the level rate), sentence (a :class:`Message`).
    """
    rows: list[dict[str, object]] = []
    for outcome in plan.outcomes:
        reduced = _reduced_costs(outcome)
        for fund, columns, decision in zip(
            outcome.model.funds, outcome.model.columns, outcome.decisions, strict=True
        ):
            scale = outcome.model.scale
            floor = _floor_duals(outcome, fund, columns, reduced[columns.balance]) / scale
            month = fund.paths.outgo_next_year / 12.0 / fund.unit
            worth = (floor * month).sum(axis=(0, 1))
            rows += _priced(fund, FLOOR, worth)
            rates = reduced[columns.rate] / scale
            top = np.minimum(rates, 0.0).sum(axis=0) / fund.reference * 0.001
            by_pool = _from_groups(fund, top)
            rows += _priced(fund, RATE, -by_pool)
            numbers = outcome.model.program.rows.get(f"{fund.paths.scheme}_levy_ceiling")
            if numbers is not None:
                duals = _everywhere(fund, columns, outcome.solutions[-1].duals[numbers]) / scale
                income = decision.rates[:, fund.group] * fund.paths.contribution_base
                worth = -(duals * income / fund.unit).sum(axis=(0, 1)) * 0.01
                rows += _priced(fund, LEVY, worth)
    frame = pd.DataFrame(
        rows,
        columns=["scheme", "limit", "pool", "name", "price", "unit", "per_million",
                 "points_of_scheme", "points_of_pool"],
    )  # fmt: skip
    # as objects: a column of text would keep the English words alone
    frame["sentence"] = pd.Series([row["sentence"] for row in rows], dtype=object)
    order = frame["points_of_scheme"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _reduced_costs(outcome: Outcome) -> FloatArray:
    arrays = outcome.arrays
    duals = np.nan_to_num(outcome.solutions[-1].duals)
    return np.asarray(arrays.cost - arrays.matrix.T @ duals)


def _everywhere(
    fund: FundProblem, columns: FundColumns | TailColumns, values: FloatArray
) -> FloatArray:
    """Duals by scenario, year and pool, zero for those without rows, ``(s, T, p)``."""
    if not isinstance(columns, TailColumns):
        return values
    result = np.zeros_like(fund.paths.outgo)
    result[columns.pairs.scenario, :, columns.pairs.pool] = values
    return result


def _floor_duals(
    outcome: Outcome, fund: FundProblem, columns: FundColumns | TailColumns, reduced: FloatArray
) -> FloatArray:
    """Change of the objective with the floor in its unit, ``(s, T, p)``."""
    numbers = outcome.model.program.rows
    duals = np.nan_to_num(outcome.solutions[-1].duals)
    lead = fund.paths.scheme
    if fund.policy.floor == "cvar":
        return _everywhere(fund, columns, duals[numbers[f"{lead}_excess"]])
    if fund.policy.floor == "expectation":
        return duals[numbers[f"{lead}_floor"]][None] * fund.weight[:, None, None]
    if f"{lead}_floor" in numbers:
        return np.asarray(duals[numbers[f"{lead}_floor"]])
    return np.maximum(reduced, 0.0)


def _from_groups(fund: FundProblem, values: FloatArray) -> FloatArray:
    """A group's value at its first pool, zero at the others, ``(p,)``."""
    result = np.zeros(fund.pools)
    for number in range(fund.groups):
        result[int(np.argmax(fund.group == number))] = values[number]
    return result


def _priced(fund: FundProblem, limit: _PricedLimit, worth: FloatArray) -> list[dict[str, object]]:
    """Rows for the pools that feel the limit, or the one that says none does.

    An objective of one is what the rates in force collect.
    """
    present = (fund.base * fund.discount[:, None]).sum(axis=0)
    scheme = fund.paths.scheme
    felt = np.flatnonzero(np.abs(worth) > MEASURABLE)
    common = {"scheme": scheme, "limit": str(limit.name), "unit": limit.unit}
    if not felt.size:
        sentence = Message(
            "%(scheme)s: the %(limit)s has no measurable price in any pool.",
            scheme=Word(scheme), limit=limit.name,
        )  # fmt: skip
        return [
            {"pool": "", "name": "", "price": 0.0, "per_million": 0.0, "points_of_scheme": 0.0,
             "points_of_pool": 0.0, "sentence": sentence} | common
        ]  # fmt: skip
    rows: list[dict[str, object]] = []
    for pool in felt:
        price = float(worth[pool])
        scheme_points = price * fund.reference * 100.0
        pool_points = scheme_points * float(present.sum() / present[pool])
        name = fund.paths.names[pool]
        sentence = Message(
            "%(name)s, %(scheme)s: %(limit)s the plan, all aims weighed, as much as %(money)s on "
            "every million that the scheme collects (%(points)s basis points of the rate if borne "
            "there alone).",
            name=name, scheme=Word(scheme), limit=limit.effect,
            money=_figure(1e6 * abs(price)), points=_figure(100.0 * abs(pool_points)),
        )  # fmt: skip
        rows.append(
            {
                "pool": fund.paths.pools[pool], "name": name, "price": price,
                "per_million": 1e6 * price, "points_of_scheme": scheme_points,
                "points_of_pool": pool_points, "sentence": sentence,
            } | common
        )  # fmt: skip
    return rows


def _figure(value: float) -> str:
    """Three digits that can be read, however small.

    >>> _figure(12345.6), _figure(12.345), _figure(0.01234)
    ('12,346', '12.3', '0.0123')
    """
    if value >= 100.0:
        return f"{value:,.0f}"
    digits = 2 - int(np.floor(np.log10(value))) if value > 0 else 0
    return f"{value:.{digits}f}"


@dataclass(frozen=True)
class Obstacle:
    """Why no plan keeps all floors.

    Attributes:
        sentences: what is missing where, the largest first.
        remedies: what would let every floor be kept.
    """

    sentences: tuple[Message, ...]
    remedies: tuple[Message, ...]


def obstacle(plan: Plan, currency: str = "", remedies: bool = True) -> Obstacle:
    """Where and by how much floors are missed, and which single limit would have to give way.

    Empty for a plan that keeps every floor and its limit on ruin. A remedy is a limit that alone,
    the others unchanged, stands in the way, and how far it would have to give; of a plan that is
    not safe, the way to the margins that it would need.
    """
    sentences: list[Message] = []
    remedy_sentences: list[Message] = []
    if remedies and plan.beyond is not None:
        wanted = replace(plan, policy=plan.beyond)
        for outcome in plan.outcomes:
            if not has_plan(outcome, wanted, {}):
                remedy_sentences += remedies_of(outcome, wanted)
        return Obstacle((), tuple(remedy_sentences))
    for outcome in plan.outcomes:
        if not outcome.model.elastic or outcome.status != "optimal":
            continue
        for fund, run in zip(outcome.model.funds, outcome.runs, strict=True):
            sentences += missed_floors(fund, run.balance, currency)
        if remedies:
            remedy_sentences += remedies_of(outcome, plan)
    return Obstacle(tuple(sentences), tuple(remedy_sentences))


def missed_floors(fund: FundProblem, balance: FloatArray, currency: str) -> list[Message]:
    """A sentence for every pool that misses its floor: pool, years, amount, limit."""
    short = fund.mean(missing(fund, balance))
    outgo = fund.paths.outgo_next_year / 12.0
    months = fund.mean(ratio(balance - fund.paths.outstanding, outgo))
    wanted = fund.mean(ratio(fund.floor - fund.paths.outstanding, outgo))
    lines: list[tuple[float, Message]] = []
    for pool in range(fund.pools):
        under = np.flatnonzero(short[:, pool] > TOLERANCE * fund.unit[:, pool])
        if not under.size:
            continue
        worst = int(under[np.argmax(short[under, pool])])
        years = fund.paths.years
        amount = float(short[worst, pool])
        values: dict[str, Value] = {
            "name": fund.paths.names[pool], "scheme": Word(fund.paths.scheme),
            "span": _span(years[under]), "money": Money(amount, currency),
            "year": int(years[worst]), "months": f"{months[worst, pool]:.1f}",
            "floor": f"{wanted[worst, pool]:.1f}",
        }  # fmt: skip
        if fund.policy.floor == "cvar":
            line = Message(
                "%(name)s, %(scheme)s: misses its reserve floor in the mean of its worst %(tail)s "
                "%% of scenarios %(span)s; at worst %(money)s in %(year)s, where the floor is "
                "%(floor)s months of outgo and it holds %(months)s on average.",
                tail=f"{100 * fund.policy.tail:g}", **values,
            )  # fmt: skip
        else:
            line = Message(
                "%(name)s, %(scheme)s: misses its reserve floor %(span)s; at worst %(money)s in "
                "%(year)s, where it holds %(months)s months of outgo and the floor is %(floor)s.",
                **values,
            )
        lines.append((amount, line))
    return [line for _, line in sorted(lines, key=lambda item: -item[0])]


def _span(years: IntArray) -> Message:
    """In which of the years, ``(n,)``."""
    if years.size == 1:
        return Message("in %(first)s", first=int(years[0]))
    return Message(
        "in %(count)s years from %(first)s to %(last)s",
        count=years.size, first=int(years[0]), last=int(years[-1]),
    )  # fmt: skip
