"""Every pair of pooling levels: at what size of an effect the higher level stops being better.

A level *costs* what must come from outside so that every fund is at zero or above
(:mod:`.behaviour`), and what it takes to run its funds (``pooling.administration_per_pool``), both
in present value. Merging funds never asks for more from outside as long as nothing else changes:
balances add up. What it saves is eaten up by an effect of some size:

* ``claims``: relative rise of claims under the higher level;
* ``income``: relative loss of contributions under it;
* ``administration``: further cost of running its funds, as a share of their outgo;
* ``acceptability``: weight of a rise of rates. Regions whose own level rate lies below that of
  the fund they join pay more in present value; the break-even is what a unit of that must count,
  in units from outside, for the saving to be none.

Robust choice: the level with the least worst regret, its cost less that of the best level, over
sizes of the published effects from none to all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from fundpool.actuarial.solvency import discount_factors
from fundpool.inputs.case import Case
from fundpool.inputs.settings.pooling import Effect
from fundpool.models.analysis.behaviour import (
    BEYOND,
    REACHED,
    WITHOUT_ANY,
    break_even,
    discounted,
    from_outside,
    only_stage,
    periods,
)
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.records import plain_records
from fundpool.models.funds.recursion import PoolRun, scheme_run, standing_runs
from fundpool.models.funds.summary import pool_summary
from fundpool.models.pooling.effects import with_published_effects
from fundpool.models.projection.study import Projection

EFFECTS = ("claims", "income", "administration", "acceptability")
SIZES = np.linspace(0.0, 1.0, 21)
"""Parts of the published effects over which regret is looked for."""
LOST = 0.5
"""Loss of income that is run; others are in proportion."""
PAIR_COLUMNS = (
    "scheme", "lower", "higher", "period", "saved", "effect", "outcome", "break_even",
)  # fmt: skip
CHOICE_COLUMNS = (
    "scheme", "plan", "period", "cost_without", "cost_published", "worst_regret", "worst_at",
    "chosen",
)  # fmt: skip


@dataclass(frozen=True)
class LevelPairs:
    """Levels beside each other.

    Attributes:
        pairs: a row a scheme, pair of levels, period and effect: scheme, lower, higher (plans),
            period (years), saved (cost of the lower level less that of the higher, without
            effects), effect (of :data:`EFFECTS`), outcome (``reached``, ``without any``: the
            higher level is no better even without; ``beyond``: no size looked at is enough),
            break_even (the size; None unless reached).
        choice: a row a scheme, plan and period: cost_without and cost_published (of what is
            published of the level), worst_regret, worst_at (the part of the published size at
            which it is worst) and chosen, whether it has the least.
    """

    pairs: pd.DataFrame
    choice: pd.DataFrame

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Both tables as rows of plain data, None where there is no figure."""
        return {"pairs": plain_records(self.pairs), "choice": plain_records(self.choice)}


@dataclass(frozen=True)
class _Level:
    """One plan of one scheme; ``T`` years, ``P`` funds, ``n`` counties.

    Attributes:
        plan: its name.
        pool_of: fund of each county, ``(n,)``.
        none, claims, income, published: discounted balances without effects, with claims
            doubled, with income less by :data:`LOST`, and with all that is published, ``(T, P)``.
        outgo: discounted, accumulated to each year, ``(T, P)``.
        running: discounted cost of running the funds, accumulated to each year, ``(T,)``.
        level_rate, worth: level rate of each fund without effects, and present value of its base
            over all years, ``(P,)``.
    """

    plan: str
    pool_of: IntArray
    none: FloatArray
    claims: FloatArray
    income: FloatArray
    published: FloatArray
    outgo: FloatArray
    running: FloatArray
    level_rate: FloatArray
    worth: FloatArray

    def cost(self, size: float, years: int) -> float:
        """Cost of so many years at a part of the published effects."""
        balances = self.none + size * (self.published - self.none)
        return from_outside(balances, years) + float(self.running[years - 1])


def level_pairs(projections: Mapping[str, Projection]) -> LevelPairs:
    """Break-evens of every pair of plans, scheme by scheme, and the robust choice.

    >>> from fundpool import examples
    >>> levels = {name: examples.projection(name) for name in ("county", "city")}
    >>> pairs = level_pairs(levels).pairs
    >>> pairs[["lower", "higher"]].drop_duplicates().to_dict("records")
    [{'lower': 'county', 'higher': 'city'}]

    Args:
        projections: one a pooling plan, of the same study; plans whose funds are of one level and
            stay the same are compared.
    """
    pairs: list[dict[str, Any]] = []
    choices: list[dict[str, Any]] = []
    for scheme in next(iter(projections.values())).case.schemes:
        levels = [
            level
            for plan, projection in projections.items()
            if (level := _level_of(plan, projection, scheme.name)) is not None
        ]
        levels.sort(key=lambda level: -level.none.shape[1])
        for lower, higher in combinations(levels, 2):
            if _nested(lower, higher):
                rows = _of_pair(lower, higher)
                pairs += [{"scheme": scheme.name, **row} for row in rows]
        if len(levels) > 1:
            choices += [{"scheme": scheme.name, **row} for row in _choices(levels)]
    return LevelPairs(
        pd.DataFrame(pairs, columns=PAIR_COLUMNS), pd.DataFrame(choices, columns=CHOICE_COLUMNS)
    )


def _level_of(plan: str, projection: Projection, scheme: str) -> _Level | None:
    """Runs of a scheme's funds; None where they change or are helped by an adjustment fund."""
    case, stage = projection.case, only_stage(projection, scheme)
    if stage is None or stage.adjustment is not None:
        return None

    def run_of(changed: Case) -> PoolRun:
        return scheme_run(changed, projection.flows, projection.plan, scheme)

    none = run_of(_with_effects(case, 0.0, 0.0))
    pools = none.layout.pools[0]
    if len(set(pools.bearing)) != 1:
        return None
    target = case.value("solvency.target_reserve_months")
    standing = standing_runs(case, projection.flows, projection.plan, none)
    summary = pool_summary(none, target, standing)
    present = discount_factors(none.interest, none.interest.size)
    given = case.settings.pooling.administration_per_pool
    each = 0.0 if given is None else given.value_of(pools.bearing[0])
    wage = projection.flows.paths.wage[1 : none.years.size + 1]
    return _Level(
        plan=plan, pool_of=pools.of_county, none=discounted(none),
        claims=discounted(run_of(_with_effects(case, 1.0, 0.0))),
        income=discounted(run_of(_with_effects(case, 0.0, -LOST))),
        published=discounted(run_of(with_published_effects(_with_effects(case, 0.0, 0.0), 1.0))),
        outgo=np.cumsum(none.money["outgo"] * present[:, None], axis=0),
        running=np.cumsum(len(pools.bearing) * each * wage * present),
        level_rate=summary.level_rate, worth=summary.window_worth,
    )  # fmt: skip


def _with_effects(case: Case, claims: float, income: float) -> Case:
    """A case with the same change of claims and income at every level, for every scheme."""
    adjustments = [f"{level} adjustment fund" for level in case.levels]
    # sizes looked at lie beyond what a case may state
    effects = {
        name: Effect.model_construct(
            values=values, source="what if", status="assumed", note="", schemes=None
        )
        for name, values in (
            ("moral_hazard", dict.fromkeys(case.levels, claims)),
            ("collection_effort",
             dict.fromkeys(case.levels, income) | dict.fromkeys(adjustments, 0.0)),
        )
    }  # fmt: skip
    pooling = case.settings.pooling.model_copy(update=effects)
    settings = case.settings.model_copy(update={"pooling": pooling})
    return replace(case, settings=settings)


def _nested(lower: _Level, higher: _Level) -> bool:
    """Whether every fund of one plan lies in a larger one of the other."""
    inside = {(int(low), int(high)) for low, high in zip(lower.pool_of, higher.pool_of,
                                                         strict=True)}  # fmt: skip
    fewer = higher.none.shape[1] < lower.none.shape[1]
    return bool(fewer) and len(inside) == lower.none.shape[1]


def _of_pair(lower: _Level, higher: _Level) -> Iterator[dict[str, Any]]:
    years = lower.none.shape[0]
    for period in periods(years):
        cost = lower.cost(0.0, period)
        saved = cost - higher.cost(0.0, period)
        # what the higher level may ask for from outside once its funds are run
        wanted = cost - float(higher.running[period - 1])
        none = higher.none[:period]
        break_evens = {
            "claims": break_even(none, higher.claims[:period], wanted),
            "income": _scaled(break_even(none, higher.income[:period], wanted)),
            "administration": break_even(none, none - higher.outgo[:period], wanted),
        }
        if period == years:
            break_evens["acceptability"] = _weight_of_rises(lower, higher, saved)
        for effect, (outcome, size) in break_evens.items():
            yield {
                "lower": lower.plan, "higher": higher.plan, "period": period, "saved": saved,
                "effect": effect, "outcome": outcome, "break_even": size,
            }  # fmt: skip


def _scaled(multiple: tuple[str, float | None]) -> tuple[str, float | None]:
    """A loss of income from a multiple of :data:`LOST`; no more can be lost than there is."""
    outcome, size = multiple
    if size is None:
        return multiple
    return (outcome, LOST * size) if LOST * size <= 1.0 else (BEYOND, None)


def rises(alone: FloatArray, joined: FloatArray, worth: FloatArray) -> float:
    """What regions pay more in a larger fund, present value.

    ``sum max(0, joined - alone) worth``

    >>> round(rises(np.array([0.05, 0.09]), np.array([0.07, 0.07]), np.array([100.0, 100.0])), 9)
    2.0

    Args:
        alone: level rate of each region's own fund.
        joined: of the fund that it joins.
        worth: present value of its base.
    """
    return float((np.maximum(joined - alone, 0.0) * worth).sum())


def _weight_of_rises(lower: _Level, higher: _Level, saved: float) -> tuple[str, float | None]:
    if saved <= 0.0:
        return WITHOUT_ANY, None
    joined = np.zeros(lower.level_rate.size)
    joined[lower.pool_of] = higher.level_rate[higher.pool_of]
    more = np.nan_to_num(rises(lower.level_rate, joined, lower.worth))
    return (REACHED, saved / float(more)) if more > 0.0 else (BEYOND, None)


def _choices(levels: list[_Level]) -> Iterator[dict[str, Any]]:
    for period in periods(levels[0].none.shape[0]):
        costs = np.array([[level.cost(size, period) for size in SIZES] for level in levels])
        regret = costs - costs.min(axis=0)
        worst = regret.max(axis=1)
        for number, level in enumerate(levels):
            yield {
                "plan": level.plan, "period": period, "cost_without": float(costs[number, 0]),
                "cost_published": float(costs[number, -1]), "worst_regret": float(worst[number]),
                "worst_at": float(SIZES[regret[number].argmax()]),
                "chosen": number == int(worst.argmin()),
            }  # fmt: skip
