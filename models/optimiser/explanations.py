"""Why a plan is as it is, in words and units: shadow prices, and what stands in the way.

A shadow price is the change of the optimum with a limit, read from the duals: of a floor from the
reduced costs of the balances it bounds or the duals of its rows. It is given as points of the
level rate: of the scheme as a whole, and of the pool if the pool were to bear it alone.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from models.optimiser.certificate import TOLERANCE, missing
from models.optimiser.constraints import FundColumns
from models.optimiser.fund_problem import FundProblem, rebuilt
from models.optimiser.optimisation import Outcome, optimised
from models.optimiser.plan import Plan
from models.optimiser.tail_program import TailColumns
from models.rates import FloatArray


def shadow_prices(plan: Plan) -> pd.DataFrame:
    """What limits cost, the dearest first.

    Columns: scheme, limit, pool, name, price (of the objective, for one more unit of the limit),
    unit, points_of_scheme, points_of_pool (percentage points of the level rate), sentence.
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
            rows += _priced(fund, "reserve floor", worth, "month of reserve",
                            "one more month of reserve costs", 1.0)  # fmt: skip
            rates = reduced[columns.rate] / scale
            top = np.minimum(rates, 0.0).sum(axis=0) / fund.reference * 0.001
            by_pool = _from_groups(fund, top)
            rows += _priced(fund, "largest rate", -by_pool, "0.1 point of the largest rate",
                            "0.1 point on the largest rate would save", 1.0)  # fmt: skip
            numbers = outcome.model.program.rows.get(f"{fund.paths.scheme}_levy_ceiling")
            if numbers is not None:
                duals = _everywhere(fund, columns, outcome.solutions[-1].duals[numbers]) / scale
                income = decision.rates[:, fund.group] * fund.paths.contribution_base
                worth = -(duals * income / fund.unit).sum(axis=(0, 1)) * 0.01
                rows += _priced(fund, "levy ceiling", worth, "point of the levy ceiling",
                                "one more point of the levy ceiling would save", 1.0)  # fmt: skip
    frame = pd.DataFrame(
        rows,
        columns=["scheme", "limit", "pool", "name", "price", "unit", "points_of_scheme",
                 "points_of_pool", "sentence"],
    )  # fmt: skip
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


def _priced(
    fund: FundProblem, limit: str, worth: FloatArray, unit: str, words: str, per: float
) -> list[dict[str, object]]:
    """Rows for the pools where the limit binds."""
    present = (fund.base * fund.discount[:, None]).sum(axis=0)
    rows: list[dict[str, object]] = []
    for pool in np.flatnonzero(np.abs(worth) > 1e-9):
        scheme_points = float(worth[pool]) * fund.reference * 100.0 * per
        pool_points = scheme_points * float(present.sum() / present[pool])
        name = fund.paths.names[pool]
        rows.append(
            {
                "scheme": fund.paths.scheme, "limit": limit, "pool": fund.paths.pools[pool],
                "name": name, "price": float(worth[pool]), "unit": unit,
                "points_of_scheme": scheme_points, "points_of_pool": pool_points,
                "sentence": (
                    f"{name}, {fund.paths.scheme}: {words} the plan, all aims weighed, as much as "
                    f"{abs(pool_points):.3f} points of the rate there "
                    f"({abs(scheme_points):.5f} points over the scheme)."
                ),
            }
        )  # fmt: skip
    return rows


@dataclass(frozen=True)
class Obstacle:
    """Why no plan keeps all floors.

    Attributes:
        sentences: what is missing where, the largest first.
        remedies: what would let every floor be kept.
    """

    sentences: tuple[str, ...]
    remedies: tuple[str, ...]


def obstacle(plan: Plan, currency: str = "", remedies: bool = True) -> Obstacle:
    """Where and by how much floors are missed, and which single limit would have to give way.

    Empty for a plan that keeps every floor. A remedy is a limit without which, the others
    unchanged, a plan exists.
    """
    sentences: list[str] = []
    found: list[str] = []
    for outcome in plan.outcomes:
        if not outcome.model.elastic or outcome.status != "optimal":
            continue
        for fund, run in zip(outcome.model.funds, outcome.runs, strict=True):
            sentences += missed_floors(fund, run.balance, currency)
        if remedies:
            found += _remedies(outcome, plan)
    return Obstacle(tuple(sentences), tuple(found))


def missed_floors(fund: FundProblem, balance: FloatArray, currency: str) -> list[str]:
    """A sentence for every pool that misses its floor: pool, years, amount, limit."""
    short = fund.mean(missing(fund, balance))
    months = fund.mean(
        (balance - fund.paths.outstanding) / np.maximum(fund.paths.outgo_next_year / 12.0, 1e-300)
    )
    wanted = fund.mean(
        (fund.floor - fund.paths.outstanding)
        / np.maximum(fund.paths.outgo_next_year / 12.0, 1e-300)
    )
    lines: list[tuple[float, str]] = []
    for pool in range(fund.pools):
        under = np.flatnonzero(short[:, pool] > TOLERANCE * fund.unit[:, pool])
        if not under.size:
            continue
        worst = int(under[np.argmax(short[under, pool])])
        years = fund.paths.years
        span = (
            f"in {years[under[0]]}" if under.size == 1
            else f"in {under.size} years from {years[under[0]]} to {years[under[-1]]}"
        )  # fmt: skip
        amount = float(short[worst, pool])
        where = (
            f"where it holds {months[worst, pool]:.1f} months of outgo and the floor is "
            f"{wanted[worst, pool]:.1f}"
        )
        cases = ""
        if fund.policy.floor == "cvar":
            cases = f" in the mean of its worst {100 * fund.policy.tail:g} % of scenarios"
            where = (
                f"where the floor is {wanted[worst, pool]:.1f} months of outgo and it holds "
                f"{months[worst, pool]:.1f} on average"
            )
        lines.append(
            (
                amount,
                f"{fund.paths.names[pool]}, {fund.paths.scheme}: misses its reserve floor{cases} "
                f"{span}; at worst {amount / 1e6:,.1f} million {currency} in {years[worst]}, "
                f"{where}.".replace("million  in", "million in"),
            )
        )
    return [line for _, line in sorted(lines, key=lambda item: -item[0])]


def _remedies(outcome: Outcome, plan: Plan) -> list[str]:
    schemes = " and ".join(fund.paths.scheme for fund in outcome.model.funds)
    policy = plan.policy
    trials: dict[str, dict[str, Any]] = {
        "rates could rise above the corridor": {"rate_most": np.inf},
        "rates could change faster from year to year": {"yearly_change": np.inf},
        "rates were not frozen": {"frozen_years": 0},
        "pools could pay more than the levy ceiling": {"levy_ceiling": np.inf},
        "pools could draw on the hub without bearing part of the deficit": {
            "own_responsibility": None, "swaps": True,
        },
    }  # fmt: skip
    found = []
    for words, change in trials.items():
        if all(getattr(policy, name) == value for name, value in change.items()):
            continue
        relaxed = replace(policy, **change)
        funds = [rebuilt(fund, relaxed) for fund in outcome.model.funds]
        if not optimised(funds, replace(plan.aims, order=("burden",))).model.elastic:
            found.append(f"{schemes}: every floor could be kept if {words}.")
    return found or [f"{schemes}: no single limit stands in the way; more than one must give."]
