"""Analysis of change: why a fund's reserve and level rate are not what they were last time.

The old valuation is turned into the new one a step at a time; each step is charged with what the
figures move by when it is taken. Order: method (the program itself), passage of time (the old
case valued at the new date, over the new years), data, assumptions by group, rules, responses and
shocks. What a step is charged with depends on this order; the sum does not: it is the whole
movement, to rounding.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from fundpool.inputs.case import Case
from fundpool.inputs.case.variation import (
    ALL_DATA,
    ASSUMPTION_PARTS,
    DATA_PARTS,
    RESPONSES,
    RULES,
    CasePart,
    differs,
    exchanged,
    same_frame,
)
from fundpool.inputs.format.messages import Message
from fundpool.models.funds.evenness import weighted_mean
from fundpool.models.funds.measures import pool_measures, scheme_summaries
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import study

MEASURES = {
    "reserve": "opening_balance",
    "final_reserve": "closing_balance",
    "level_rate": "level_rate",
}
"""Measures analysed: the pooled balance at the valuation date and at the end of the projected
years, and the level rate; with the column of ``measures`` that holds each."""

COLUMNS = ["scheme", "pool", "name", "measure", "kind", "step", "before", "after", "change"]
METHOD, TIME, ALL = "method", "passage of time", "all at once"
LATER_METHOD, REST = "method of the later run", "not explained"

WEIGHTS = ("base_present_value", "contribution_base")
"""Weight of a pool's level rate in its scheme's; the first column that a run has counts."""

Values = Mapping[tuple[str, str, str], float]
"""By scheme, pool (blank for the scheme as a whole) and measure."""


class NotComparableError(ValueError):
    """Two valuations that no chain of steps connects."""


@dataclass(frozen=True)
class Valuation:
    """One end of the analysis.

    Attributes:
        case: the case, with all changes laid over it.
        years: projected years.
        measures: what the run said of every pool under the plan analysed.
        same_program: whether this program computed it; if not, what it does differently is a
            step: ``method`` for the old valuation, ``method of the later run`` for the new.
    """

    case: Case
    years: int
    measures: pd.DataFrame
    same_program: bool = True


def analysis_of_change(
    old: Valuation,
    new: Valuation,
    plan: str,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Attribute the movement between two valuations.

    >>> from fundpool import examples
    >>> from fundpool.models.projection import project
    >>> before = examples.projection()
    >>> later = before.case.with_values({"economy.medical_inflation": 0.06})
    >>> after = project(later, "county", years=3)
    >>> old, new = Valuation(before.case, 3, before.measures), Valuation(later, 3, after.measures)
    >>> change = analysis_of_change(old, new, "county")
    >>> whole = change[(change["scheme"] == "employee") & (change["measure"] == "level_rate")]
    >>> whole[whole["pool"] == ""]["step"].iloc[[0, 1, -1]].tolist()
    ['method', 'passage of time', 'movement']

    Args:
        old: the valuation before.
        new: the valuation after, pooled alike.
        plan: the pooling plan that both sets of measures are of.
        progress: called with the name of each step that is projected.

    Returns:
        one row per scheme, pool (blank: the scheme as a whole), measure and step, in order; then
        one row of kind ``total``, the movement from the old figure to the new. Columns
        ``COLUMNS``. A scheme's level rate is the mean over its pools weighted by the present
        value of their contribution bases. Pools that only one valuation has are left to their
        scheme.

    Raises:
        NotComparableError: the new valuation is of an earlier date than the old.
    """
    if new.case.base_year < old.case.base_year:
        raise NotComparableError(
            Message(
                "the second run is of %(second)s, before the first (%(first)s); "
                "name the earlier run first",
                second=new.case.base_year,
                first=old.case.base_year,
            )
        )
    chain = list(_chain(old, new, plan, progress or (lambda _step: None)))
    names = (
        pd.concat([old.measures, new.measures]).drop_duplicates("pool").set_index("pool")["name"]
    )
    keys = [key for key in chain[-1][1] if all(key in values for _, values in chain)]
    rows = []
    for scheme, pool, measure in keys:
        key = (scheme, pool, measure)
        label = "" if pool == "" else str(names[pool])
        lead = {"scheme": scheme, "pool": pool, "name": label, "measure": measure}
        for (_, before), (step, after) in pairwise(chain):
            rows.append(
                lead | {"kind": "step", "step": step, "before": before[key], "after": after[key],
                        "change": after[key] - before[key]}
            )  # fmt: skip
        first, last = chain[0][1][key], chain[-1][1][key]
        rows.append(
            lead | {"kind": "total", "step": "movement", "before": first, "after": last,
                    "change": last - first}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _chain(
    old: Valuation, new: Valuation, plan: str, progress: Callable[[str], None]
) -> Sequence[tuple[str, Values]]:
    """The figures after each step, the old ones first and the new ones last."""
    recorded = values_of(old.measures)
    chain: list[tuple[str, Values]] = [("", recorded)]

    def valued(step: str, case: Case, since: int, years: int) -> None:
        progress(step)
        chain.append((step, values_of(measures_at(case, plan, since, years))))

    def unmoved(step: str) -> None:
        chain.append((step, chain[-1][1]))

    date, years = new.case.base_year, new.years
    if old.same_program:
        unmoved(METHOD)
    else:
        valued(METHOD, old.case, old.case.base_year, old.years)
    if (old.case.base_year, old.years) == (date, years):
        unmoved(TIME)
    else:
        valued(TIME, old.case, date, years)
    if not same_frame(old.case, new.case):
        chain.append((ALL, values_of(new.measures)))
        return chain
    data_parts: tuple[CasePart, ...] = DATA_PARTS if old.case.base_year == date else (ALL_DATA,)
    taken: list[CasePart] = []
    for part in (*data_parts, *ASSUMPTION_PARTS, RULES, RESPONSES):
        taken.append(part)
        if not differs(old.case, new.case, part):
            unmoved(part.name)
        elif new.same_program and not _more(old.case, new.case, part, data_parts):
            # nothing is left to exchange: this is the new case, whose figures are known
            chain.append((part.name, values_of(new.measures)))
        else:
            valued(part.name, exchanged(old.case, new.case, taken), date, years)
    last, final = chain[-1][1], values_of(new.measures)
    if any(abs(last[key] - final[key]) > 0 for key in final if key in last):
        chain.append((REST if new.same_program else LATER_METHOD, final))
    return chain


def _more(old: Case, new: Case, part: CasePart, data: tuple[CasePart, ...]) -> bool:
    """Whether the cases differ in a part that comes later in the chain."""
    order = [*data, *ASSUMPTION_PARTS, RULES, RESPONSES]
    later = order[order.index(part) + 1 :]
    return any(differs(old, new, other) for other in later)


def measures_at(case: Case, plan: str, since: int, years: int) -> pd.DataFrame:
    """Measures of every pool over the ``years`` after the end of ``since``.

    A case whose base year is earlier is projected to that date first: its balances there are what
    it expected them to be.
    """
    waited = since - case.base_year
    done = study(case, waited + years)
    summaries = scheme_summaries(case, done.flows, plan_for(case, plan), waited)
    return pool_measures({name: summary for name, (_, summary) in summaries.items()})


def values_of(measures: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """The measures analysed by scheme and pool, then of each scheme as a whole."""
    figures: dict[tuple[str, str, str], float] = {}
    edges = {"reserve": _in_force(measures, "first_year"),
             "final_reserve": _in_force(measures, "last_year")}  # fmt: skip
    for scheme, table in measures.groupby("scheme", sort=False):
        for measure, column in MEASURES.items():
            values = table[column].to_numpy(dtype=float)
            if measure == "level_rate":
                # runs archived before the column was written know the first year's base only
                column = next(name for name in WEIGHTS if name in table)
                whole = weighted_mean(values, table[column])
            else:
                whole = float(values[edges[measure][table.index]].sum())
            if not np.isnan(whole):
                figures[str(scheme), "", measure] = whole
            for pool, value in zip(table["pool"], values, strict=True):
                if not np.isnan(value):
                    figures[str(scheme), str(pool), measure] = float(value)
    return figures


def _in_force(measures: pd.DataFrame, column: str) -> pd.Series:
    """Which pools stand at the start (``first_year``) or the end (``last_year``) of the years.

    All of them in runs archived before the columns were written, which leave out pools that end.
    """
    if column not in measures:
        return pd.Series(True, index=measures.index)
    years = measures[column]
    return pd.Series(years == (years.min() if column == "first_year" else years.max()))
