"""What the cost of care leaves with people: own shares of locals and migrants, by income of places.

``own share = 1 - paid by funds / cost of care`` of all people who live in the case and whose home
is in it. What funds outside the case pay is not known, so people from outside are left out.
Places are the lowest regions, sorted by disposable income a head; the poorer half are those up to
the middle of the people who live in them. Care that people go without costs them nothing and is
not in these figures; :mod:`fundpool.models.analysis.care_away` has it.
"""

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import BoolArray, FloatArray
from fundpool.models.flows.record import CARE_GROUPS
from fundpool.models.projection.study import Study
from fundpool.models.terms.years import county_tables

ALL = "all"
HALVES = ("poorer", "richer")


def poorer_half(income: FloatArray, persons: FloatArray) -> BoolArray:
    """Whether places belong to the poorer half of the people.

    >>> poorer_half(np.array([30.0, 10.0, 20.0]), np.array([1.0, 1.0, 1.0])).tolist()
    [False, True, False]

    Args:
        income: a head, ``(n,)``.
        persons: who live there, ``(n,)``.

    Returns:
        ``(n,)``; a place counts as a whole, by where the middle of its people lies.
    """
    order = np.argsort(income, kind="stable")
    upto = np.cumsum(persons[order]) - 0.5 * persons[order]
    result = np.zeros(income.size, dtype=bool)
    result[order] = upto < 0.5 * persons.sum() - 1e-9 * persons.sum()
    return result


def care_by_place(study: Study, year: int) -> pd.DataFrame:
    """Cost of care and what funds pay of it, of locals and migrants by the place lived in.

    Args:
        study: a projected case.
        year: one of its years, the base year included.

    Returns:
        one row a region of the lowest level and group: region, name, people (``locals``: at their
        home; ``migrants``), half (``poorer``, ``richer``), disposable_income (a head, base year),
        persons, cost, paid (by funds of the case; money of the year), own_share.
    """
    regions, flows = study.case.regions, study.flows
    t = int(np.flatnonzero(flows.years == year)[0])
    income = county_tables(study.case).disposable_income[:-1]
    poorer = poorer_half(income, flows.residents[0, :-1])
    frames = []
    for group, people in enumerate(CARE_GROUPS):
        persons, cost, paid = flows.care[t, group, :, :-1]
        frames.append(
            pd.DataFrame(
                {
                    "region": list(regions.codes),
                    "name": [regions.name(code) for code in regions.codes],
                    "people": people,
                    "half": np.where(poorer, *HALVES),
                    "disposable_income": income,
                    "persons": persons,
                    "cost": cost,
                    "paid": paid,
                    "own_share": ratio(cost - paid, cost, np.nan),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def own_shares(places: pd.DataFrame) -> pd.DataFrame:
    """Own shares of all people, and by group and half.

    Args:
        places: :func:`care_by_place`.

    Returns:
        one row for each of all places, the poorer and the richer half with each of all people,
        locals and migrants: half, people, persons, cost, paid, own_share, None without any cost.
    """
    rows = []
    for half in (ALL, *HALVES):
        for people in (ALL, *CARE_GROUPS):
            chosen = places[
                ((places["half"] == half) | (half == ALL))
                & ((places["people"] == people) | (people == ALL))
            ]
            persons, cost, paid = (float(chosen[key].sum()) for key in ("persons", "cost", "paid"))
            share = (cost - paid) / cost if cost > 0 else None
            rows.append((half, people, persons, cost, paid, share))
    return pd.DataFrame(rows, columns=["half", "people", "persons", "cost", "paid", "own_share"])
