"""What a plan means to each county, who pays whom, and who lives elsewhere than at home."""

from typing import Any

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.analysis.places import place_profile
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.county_effects import CountyEffect, payments_between
from fundpool.models.funds.summary import PoolSummary
from fundpool.models.projection.study import Study
from fundpool.web.work.sides import Side, number, year_or_none
from fundpool.web.work.years import YearView

MOST_ARCS = 60


def counties(
    sides: tuple[Side | None, Side, Side],
    views: tuple[YearView | None, YearView | None],
    effect: CountyEffect,
    swapped: FloatArray,
    flows: CountyFlows,
) -> list[dict[str, Any]]:
    """Each county: its fund, own level rate, gain, and how its fund stands on both sides."""
    a, b, alone = sides
    case, pools = b.case, b.run.layout.pools[-1]
    scheme = case.scheme_number(b.run.layout.scheme)
    rated = b.summary.rated[b.summary.last]
    share = _county_share(b, alone.summary)
    rows = []
    for i, code in enumerate(case.regions.codes):
        p = int(pools.of_county[i])
        gain = effect.gain[i] + swapped[p] * share[i] if rated[p] else np.nan
        persons = float(flows.persons[scheme, -1, i])
        income = float(flows.contributions[scheme, 1:, i].mean())
        rows.append(
            {
                "code": code,
                "pool": pools.codes[p],
                "persons": number(flows.persons[scheme, 1, i]),
                "income": number(flows.terms[0].counties.disposable_income[i]),
                "own_rate": number(effect.own_rate[i]),
                "gain": number(gain),
                "gain_per_person": number(gain / persons) if persons > 0 else None,
                "gain_share": number(gain / income) if income > 0 else None,
                "a": None if a is None else _county_side(a, i, views[0]),
                "b": _county_side(b, i, views[1]),
            }
        )
    return rows


def _county_side(side: Side, county: int, view: YearView | None) -> dict[str, Any]:
    by_pool = side.summary
    p = int(by_pool.last[side.run.layout.pools[-1].of_county[county]])
    return {
        "exhaustion_year": year_or_none(by_pool.county_dry[county]),
        "final_reserve_months": number(by_pool.final_reserve_months[p]),
        "min_reserve_months": number(by_pool.min_reserve_months[p]),
        "level_rate": number(by_pool.level_rate[p]),
        "ruin_probability": number(by_pool.county_ruin[county]),
        "then": None if view is None else view.county(county),
    }


def _county_share(side: Side, alone: PoolSummary) -> FloatArray:
    """Each county's share of its pool's contribution base, in present values."""
    pools = side.run.layout.pools[-1]
    worth = np.nan_to_num(alone.window_worth[alone.last])
    total = pools.total(worth)[pools.of_county]
    return ratio(worth, total)


def profile(study: Study, scheme: str, county: str) -> dict[str, Any] | None:
    """Why the fund that a county would have of its own differs from the mean of its parent."""
    if not county:
        return None
    made = place_profile(study, county, scheme)
    return {
        "region": made.region,
        "parent": made.parent,
        "result": number(made.result),
        "mean": number(made.mean),
        "factors": [
            {"factor": name, **{column: number(value) for column, value in row.items()}}
            for name, row in made.factors.to_dict("index").items()
        ],
    }


def swaps(side: Side, effect: CountyEffect, swapped: FloatArray) -> dict[str, Any]:
    """Who pays whom, money a year: between counties of a pool, and between pools.

    The largest payments, and what all of them come to.
    """
    pools = side.run.layout.pools[-1]
    codes = side.case.regions.codes
    lead = [int(np.flatnonzero(pools.of_county == p)[0]) for p in range(len(pools.codes))]
    payments = []
    for p in range(len(pools.codes)):
        members = np.flatnonzero(pools.of_county == p)
        if members.size > 1:
            payments += [
                (codes[members[i]], codes[members[j]], amount, "shared")
                for i, j, amount in payments_between(np.nan_to_num(effect.gain[members]))
            ]
    if np.abs(swapped).max() > 0:
        payments += [
            (codes[lead[i]], codes[lead[j]], amount, "swap")
            for i, j, amount in payments_between(swapped)
        ]
    payments.sort(key=lambda row: -row[2])
    listed = [
        {"payer": payer, "receiver": receiver, "amount": float(amount), "kind": kind}
        for payer, receiver, amount, kind in payments[:MOST_ARCS]
    ]
    amount = float(sum(row[2] for row in payments))
    return {"swaps": listed, "swaps_in_all": {"count": len(payments), "amount": amount}}


def migrants(study: Study, flows: CountyFlows) -> dict[str, Any]:
    """Migrants by home and residence region of the second level in the last year.

    The largest groups, and what all of them come to.
    """
    case = study.case
    level = case.second_level
    codes = [*case.regions.codes_at(level), "outside"]
    people = flows.migrants[-1, 0]
    order = np.argsort(people, axis=None)[::-1][:MOST_ARCS]
    pairs = zip(*np.unravel_index(order, people.shape), strict=True)
    listed = [
        {"home": codes[i], "residence": codes[j], "persons": float(people[i, j])}
        for i, j in pairs
        if people[i, j] > 0
    ]
    in_all = {"count": int((people > 0).sum()), "persons": float(people.sum())}
    return {"migrants": listed, "migrants_in_all": in_all}
