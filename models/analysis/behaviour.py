"""Pooling with the behaviour that was measured of it: none, half and published size, break-even.

Measured effects hold for the levels and schemes that they were measured on. What must come *from
outside* keeps every fund at zero or above: a balance earns the rate of interest and a debt costs
it, so that the largest debt, discounted to the start, is what is needed there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.records import plain_records
from fundpool.models.funds.overview import headline_of
from fundpool.models.funds.recursion import PoolRun, scheme_run, standing_runs
from fundpool.models.funds.summary import pool_summary
from fundpool.models.pooling.effects import with_published_effects
from fundpool.models.pooling.plans import Stage
from fundpool.models.pooling.timeline import layout
from fundpool.models.projection.study import Projection

SIZES: Mapping[str, float] = {"none": 0.0, "half": 0.5, "published": 1.0}
"""Parts of the published size that a comparison shows."""
SOON = 15
"""Years of the shorter of the two horizons over which money from outside is counted."""
MOST = 5.0
"""Largest multiple of the published size at which a break-even is looked for."""
REACHED, WITHOUT_ANY, BEYOND = "reached", "without any", "beyond"
"""A break-even was found; more is needed even without behaviour; not up to :data:`MOST`."""
RANGE_COLUMNS = (
    "scheme", "plan", "behaviour", "status", "claims_change", "income_change", "pools",
    "pools_exhausted", "first_exhaustion", "level_rate", f"from_outside_{SOON}", "from_outside",
)  # fmt: skip
BREAK_EVEN_COLUMNS = (
    "scheme", "plan", "against", "period", "outcome", "break_even", "claims_change",
    "income_change",
)  # fmt: skip


@dataclass(frozen=True)
class BehaviourRange:
    """Results with measured behaviour as a range.

    Attributes:
        results: a row a scheme, plan and size of the effects, after a row of the plan against which
            break-evens are taken: scheme, plan, behaviour (``none``, ``half``, ``published``;
            blank for that plan), status (of the size as an input: ``assumed``, but for the
            published one), claims_change and income_change, relative; pools, pools_exhausted,
            first_exhaustion, level_rate (mean of the funds); from_outside_15 and from_outside, in
            the first 15 years and in all, present value at the start, None where fewer are
            projected or pools change.
        break_even: a row a scheme, plan and period (years): scheme, plan, against (the other plan),
            outcome (:data:`REACHED`, :data:`WITHOUT_ANY` or :data:`BEYOND`), break_even (part of
            the published size at which as much is needed as under the other plan; None unless
            reached), and the changes that it stands for.
    """

    results: pd.DataFrame
    break_even: pd.DataFrame

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Both tables as rows of plain data, None where there is no figure."""
        return {
            "results": plain_records(self.results), "break_even": plain_records(self.break_even)
        }  # fmt: skip


def behaviour_range(projections: Mapping[str, Projection]) -> BehaviourRange:
    """Every plan and scheme on which behaviour was measured, with none of it, half and all.

    >>> from fundpool import examples
    >>> levels = {name: examples.projection(name) for name in ("county", "province")}
    >>> behaviour_range(levels).results["behaviour"].tolist()[:4]
    ['', 'none', 'half', 'published']

    Args:
        projections: one a pooling plan, of the same study. Break-evens are against the first on
            which nothing was measured.
    """
    results: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    for scheme in next(iter(projections.values())).case.schemes:
        measured = {
            plan: changes
            for plan, projection in projections.items()
            if (changes := measured_changes(projection, scheme.name)) is not None
        }
        if not measured:
            continue
        other = next((plan for plan in projections if plan not in measured), None)
        against = None
        if other is not None:
            row, against = _result(projections[other], scheme.name, projections[other].case)
            results.append({"scheme": scheme.name, "plan": other, "behaviour": "", **row})
        for plan, changes in measured.items():
            rows, reached = _of_plan(projections[plan], scheme.name, changes, against)
            results += [{"scheme": scheme.name, "plan": plan, **row} for row in rows]
            ends += [{"scheme": scheme.name, "plan": plan, "against": other, **end}
                     for end in reached]  # fmt: skip
    return BehaviourRange(
        pd.DataFrame(results, columns=RANGE_COLUMNS).astype({"first_exhaustion": "Int64"}),
        pd.DataFrame(ends, columns=BREAK_EVEN_COLUMNS),
    )


def measured_changes(projection: Projection, scheme: str) -> tuple[float, float] | None:
    """Published changes of claims and income of a scheme under a plan; None if none is published.

    Of plans whose funds are all of one level, from the first projected year to the last.
    """
    case, stage = projection.case, only_stage(projection, scheme)
    if stage is None:
        return None
    levels = set(layout(case, projection.plan, scheme, projection.years).pools[0].bearing)
    if len(levels) != 1:
        return None
    (level,) = levels
    pooling = case.settings.pooling
    claims, income = pooling.moral_hazard_published, pooling.collection_effort_published
    changes = [0.0, 0.0]
    if claims is not None:
        changes[0] = claims.of(level, scheme)
    if income is not None:
        kept = 1.0 + income.of(level, scheme)
        if stage.adjustment is not None:
            kept *= 1.0 + income.of(f"{stage.adjustment.level} adjustment fund", scheme)
        changes[1] = kept - 1.0
    return (changes[0], changes[1]) if any(changes) else None


def only_stage(projection: Projection, scheme: str) -> Stage | None:
    """The stage of a scheme's funds if it is the same in all projected years."""
    laid = layout(projection.case, projection.plan, scheme, projection.years)
    if len(laid.stages) != 1 or laid.stage_of.size < projection.years.size:
        return None
    return laid.stages[0]


def _of_plan(
    projection: Projection,
    scheme: str,
    changes: tuple[float, float],
    against: FloatArray | None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Results of a plan by size of the effects, and its break-evens against another's debts."""
    rows, debts = [], {}
    published = projection.case.settings.pooling
    measured = published.moral_hazard_published or published.collection_effort_published
    assert measured is not None  # or there would be no changes
    for name, size in SIZES.items():
        case = with_published_effects(projection.case, size)
        row, debts[name] = _result(projection, scheme, case)
        rows.append(
            {
                "behaviour": name,
                "status": measured.status if size == 1.0 else "assumed",
                "claims_change": size * changes[0] + 0.0,
                "income_change": size * changes[1] + 0.0,
                **row,
            }
        )
    none, all_of_it = debts["none"], debts["published"]
    if against is None or none is None or all_of_it is None:
        return rows, []
    ends = []
    for period in periods(projection.years.size):
        wanted = from_outside(against, period)
        outcome, share = break_even(none[:period], all_of_it[:period], wanted)
        ends.append(
            {
                "period": period,
                "outcome": outcome,
                "break_even": share,
                "claims_change": None if share is None else share * changes[0],
                "income_change": None if share is None else share * changes[1],
            }
        )
    return rows, ends


def periods(years: int) -> list[int]:
    """Horizons over which money from outside is counted.

    >>> periods(30), periods(10)
    ([15, 30], [10])
    """
    return [SOON, years] if years > SOON else [years]


def _result(
    projection: Projection, scheme: str, case: Case
) -> tuple[dict[str, Any], FloatArray | None]:
    """Results of a scheme's funds under a plan, and their discounted balances, ``(T, p)``.

    Args:
        projection: the plan and its flows.
        scheme: name of the scheme.
        case: the projection's, or with other behaviour.
    """
    flows, plan = projection.flows, projection.plan
    run = scheme_run(case, flows, plan, scheme)
    target = case.value("solvency.target_reserve_months")
    summary = pool_summary(run, target, standing_runs(case, flows, plan, run))
    persons = flows.persons[case.scheme_number(scheme), 1:, :-1]
    headline = headline_of(case, run, summary, persons, int(flows.years[-1]))
    stage = only_stage(projection, scheme)
    # an adjustment fund takes and gives by what funds lack, so that debts do not follow alone
    balances = None if stage is None or stage.adjustment is not None else discounted(run)
    needed = {
        f"from_outside_{SOON}": SOON if projection.years.size >= SOON else None,
        "from_outside": projection.years.size,
    }
    return {
        "pools": headline["pools"],
        "pools_exhausted": headline["pools_exhausted"],
        "first_exhaustion": headline["first_exhaustion"],
        "level_rate": headline["level_rate_mean"],
        **{
            name: None if balances is None or years is None else from_outside(balances, years)
            for name, years in needed.items()
        },
    }, balances


def discounted(run: PoolRun) -> FloatArray:
    """Balances of a run's pools at year ends, discounted to the start, ``(T, P)``."""
    return np.asarray(run.balance[0] / np.cumprod(1.0 + run.interest)[:, None], dtype=float)


def from_outside(balances: FloatArray, years: int | None = None) -> float:
    """Money at the start that keeps every fund at zero or above for so many years.

    ``sum over pools of max(0, -min over years of the discounted balance)``

    >>> from_outside(np.array([[1.0, -2.0], [-3.0, 4.0]]))
    5.0

    Args:
        balances: discounted to the start, ``(T, p)``.
        years: the first of them; all unless given.
    """
    return float(np.maximum(-balances[:years].min(axis=0), 0.0).sum())


def break_even(none: FloatArray, published: FloatArray, wanted: float) -> tuple[str, float | None]:
    """The part of the published size at which no more than ``wanted`` must come from outside.

    Claims and income, hence balances, change in proportion to the size, as debts bear the interest
    that balances earn: ``B(s) = B(0) + s (B(1) - B(0))``.

    >>> outcome, size = break_even(np.array([[-1.0]]), np.array([[-3.0]]), 2.0)
    >>> outcome, round(size, 9)
    ('reached', 0.5)
    >>> break_even(np.array([[-1.0]]), np.array([[-3.0]]), 0.5)
    ('without any', None)

    Args:
        none: discounted balances without behaviour, ``(T, p)``.
        published: with all that is published, alike.
        wanted: money.

    Returns:
        how it came out, and the part; None unless reached.
    """

    def more(size: float) -> bool:
        return from_outside(none + size * (published - none)) > wanted * (1.0 + 1e-12)

    if more(0.0):
        return WITHOUT_ANY, None
    if not more(MOST):
        return BEYOND, None
    low, high = 0.0, MOST
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (low, middle) if more(middle) else (middle, high)
    return REACHED, round(low, 12)
