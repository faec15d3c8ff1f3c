"""Places of a case under each plan: their insured, when their fund runs dry, what it would ask."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.flows.record import CARE_GROUPS
from fundpool.models.funds.summary import NEVER
from fundpool.models.terms.years import county_tables

if TYPE_CHECKING:
    from fundpool.models.projection.study import Projection

UNCHANGED = 5e-5
"""A level rate that differs by less, half of what is shown, counts as the same."""
NAMED = 3
"""Places that are named for each share of the insured."""
PARTS = ("dry", "less", "more")
"""Places whose fund runs dry, whose level rate is lower than under the first plan, and higher."""

Row = dict[str, Any]


def rates_by_plan(
    projections: Mapping[str, "Projection"],
) -> Iterator[tuple[str, str, FloatArray, FloatArray]]:
    """Scheme, plan, level rates of places under it and under the first plan, ``(n,)`` each."""
    for scheme in next(iter(projections.values())).case.schemes:
        rates_today: FloatArray | None = None
        for plan, projection in projections.items():
            if scheme.name not in projection.summaries:
                continue
            summary = projection.summaries[scheme.name][1]
            rates = np.asarray(summary.level_rate[_funds_at_last(projection, scheme.name)])
            rates_today = rates if rates_today is None else rates_today
            yield scheme.name, plan, rates, rates_today


def insured_by_place(projection: "Projection", scheme: str) -> FloatArray:
    """Insured by region of the lowest level in the first year with any, ``(n,)``."""
    persons = projection.flows.persons[projection.case.scheme_number(scheme), 1:, :-1]
    return np.asarray(persons[int((persons.sum(axis=1) > 0).argmax())])


def places_compared(projections: Mapping[str, "Projection"]) -> pd.DataFrame:
    """What :func:`fundpool.decision.plans_compared` sums up, by place.

    Columns: scheme, plan, region, name (of the lowest level); fund, that it is in at last; insured,
    in the first year with any; dry_year, the first year in which its fund has run dry, 0 for none;
    level_rate, of that fund; rate_change, against the first plan; disposable_income, a head, base
    year; locals, migrants, residents in the first projected year.

    >>> from fundpool import examples
    >>> places = places_compared({"county": examples.projection("county")})
    >>> places["fund"].tolist() == places["name"].tolist()
    True
    """
    frames = []
    first = next(iter(projections.values()))
    regions, income = first.case.regions, county_tables(first.case).disposable_income[:-1]
    care = first.flows.care[1, :, 0, :-1]
    for scheme, plan, rates, rates_today in rates_by_plan(projections):
        summary = projections[plan].summaries[scheme][1]
        dry, funds = summary.county_dry, _funds_at_last(projections[plan], scheme)
        frames.append(
            pd.DataFrame(
                {
                    "scheme": scheme,
                    "plan": plan,
                    "region": list(regions.codes),
                    "name": [regions.name(code) for code in regions.codes],
                    "fund": [summary.names[fund] for fund in funds],
                    "insured": insured_by_place(projections[plan], scheme),
                    "dry_year": np.where(dry != NEVER, dry, 0),
                    "level_rate": rates,
                    "rate_change": rates - rates_today,
                    "disposable_income": income,
                    **dict(zip(CARE_GROUPS, care, strict=True)),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def largest_places(places: pd.DataFrame) -> list[Row]:
    """The places with the most insured behind each share of :func:`places_compared`.

    A fund all of whose places belong is named as one, by the plan itself for ``dry``, by the
    first plan for ``less`` and ``more``; of another fund the places that belong are named.

    >>> two = pd.DataFrame({"scheme": "a", "plan": ["county"] * 2 + ["city"] * 2,
    ...     "name": ["Ash", "Birch"] * 2, "fund": ["Ash", "Birch", "North", "North"],
    ...     "insured": 10.0, "dry_year": [0, 2030, 0, 0], "rate_change": [0.0, 0.0, 0.01, -0.01]})
    >>> [(row["plan"], row["part"], row["names"]) for row in largest_places(two)]
    [('county', 'dry', ['Birch']), ('city', 'less', ['Birch']), ('city', 'more', ['Ash'])]

    Args:
        places: of :func:`places_compared`.

    Returns:
        rows: scheme; plan; part, of :data:`PARTS`, those with any insured; names, at most
        :data:`NAMED`; others, whether there are more; dry_today, whether they are just the places
        whose fund runs dry under the first plan.
    """
    rows = []
    for scheme, of_scheme in places.groupby("scheme", sort=False):
        plans = dict(iter(of_scheme.groupby("plan", sort=False)))
        today = next(iter(plans.values()))
        dry_today = ((today["dry_year"] > 0) & (today["insured"] > 0)).to_numpy()
        for plan, table in plans.items():
            change, insured = table["rate_change"], table["insured"].to_numpy()
            belonging = (table["dry_year"] > 0, change < -UNCHANGED, change > UNCHANGED)
            for part, mask in zip(PARTS, belonging, strict=True):
                chosen = mask.to_numpy() & (insured > 0)
                if not chosen.any():
                    continue
                funds = table if part == "dry" else today
                names = _by_insured(table["name"].tolist(), funds["fund"].tolist(), insured, chosen)
                rows.append(
                    {
                        "scheme": scheme, "plan": plan, "part": part, "names": names[:NAMED],
                        "others": len(names) > NAMED,
                        "dry_today": bool((chosen == dry_today).all()),
                    }
                )  # fmt: skip
    return rows


def _by_insured(
    names: list[str], funds: list[str], insured: FloatArray, chosen: np.ndarray
) -> list[str]:
    """Names of funds that are chosen as a whole and of other chosen places, largest first."""
    left_out = (insured > 0) & ~chosen
    divided = {fund for fund, out in zip(funds, left_out, strict=True) if out}
    persons: dict[str, float] = {}
    for name, fund, number, here in zip(names, funds, insured, chosen, strict=True):
        if here:
            called = name if fund in divided else fund
            persons[called] = persons.get(called, 0.0) + float(number)
    return sorted(persons, key=lambda called: -persons[called])


def _funds_at_last(projection: "Projection", scheme: str) -> np.ndarray:
    """Number of the fund that each region is in at last, ``(n,)``."""
    run, summary = projection.summaries[scheme]
    return np.asarray(summary.place_of[run.layout.of_county()[-1]])
