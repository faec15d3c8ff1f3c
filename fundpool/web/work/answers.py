"""What the page shows of a plan: the case as it stands (a), the plan (b), and the difference.

Numbers come from the models as they are; nothing is rounded here.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import FlowLevers, SchemeLevers
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.county_effects import (
    county_effect,
    yearly_swaps,
)
from fundpool.models.funds.overview import headline_of
from fundpool.models.funds.pool_money import Chance, PoolFactors, pool_factors
from fundpool.models.funds.recursion import PoolRun, RatePlan, scheme_run, standing_runs
from fundpool.models.funds.summary import (
    evenness_between,
    pool_summary,
    ruin_by_year,
)
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.pooling.timeline import layout
from fundpool.models.projection.study import Study
from fundpool.web.requests.plan import PlanRequest, pooling_of
from fundpool.web.work.places import counties, migrants, profile, swaps
from fundpool.web.work.projection_cache import OpenedCase
from fundpool.web.work.sides import Side, listed, number, year_or_none
from fundpool.web.work.years import YearView, year_view

if TYPE_CHECKING:
    from fundpool.web.work.optimising import Optimum

BANDS = {"p05": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95}


@dataclass(frozen=True)
class Material:
    """What an answer is made of.

    Attributes:
        opened: the case that was asked for.
        base, plan: projections of the unchanged case and of the plan.
        base_chance, plan_chance: scenarios of the scheme around them.
        optimum: optimised rates and swaps.
    """

    opened: OpenedCase
    base: Study
    plan: Study
    base_chance: Chance | None = None
    plan_chance: Chance | None = None
    optimum: "Optimum | None" = None


def levers_of(case: Case, request: PlanRequest) -> FlowLevers:
    """The request's levers in the model's terms."""
    values = request.levers
    return FlowLevers(
        from_year=values.from_year,
        wage_growth=values.wage_growth,
        medical_inflation=values.medical_inflation,
        interest=values.interest,
        care=values.care,
        schemes={
            scheme.name: SchemeLevers(
                rate=values.rate if scheme.kind == "payroll" else 0.0,
                premium=values.premium,
                subsidy=values.premium,
            )
            for scheme in case.schemes
        },
    )


def flows_of(study: Study, request: PlanRequest) -> CountyFlows:
    """A projection's flows with the request's levers moved."""
    if request.full or not request.levers.moved:
        return study.flows
    return with_levers(study.case, study.flows, levers_of(study.case, request))


def scheme_names(case: Case) -> list[str]:
    """Names of a case's schemes."""
    return [scheme.name for scheme in case.schemes]


def answer(material: Material, request: PlanRequest) -> dict[str, Any]:
    """Everything the page shows.

    Raises:
        ValueError: a plan, scheme or county that the case does not have.
    """
    study, case = material.plan, material.plan.case
    scheme = request.scheme or case.schemes[0].name
    if scheme not in scheme_names(case):
        raise ValueError(
            Message("the case has no scheme %(scheme)s under this plan", scheme=repr(scheme))
        )
    lowest = case.levels[0]
    flows = flows_of(study, request)
    b = _side(
        material, (case, study.flows, flows), scheme, pooling_of(case, request),
        material.plan_chance, None if material.optimum is None else material.optimum.rate_plan,
    )  # fmt: skip
    alone = _side(material, (case, study.flows, flows), scheme, lowest, None, None)
    a = None
    if scheme in scheme_names(material.base.case):
        before = material.base
        a = material.opened.remembered(
            ("base", scheme, request.stress, material.base_chance is not None),
            lambda: _side(
                material, (before.case, before.flows, before.flows), scheme,
                before.case.pooling_in_force, material.base_chance, None,
            ),
        )  # fmt: skip
    effect = county_effect(alone.summary, b.summary, b.run)
    swapped = yearly_swaps(b.run)
    views = year_view(a, request.year), year_view(b, request.year)
    return {
        "scheme": scheme,
        "kind": case.scheme(scheme).kind,
        "currency": case.currency,
        "years": [int(year) for year in flows.years[1:]],
        "scenarios": 0 if material.plan_chance is None else len(material.plan_chance.interest),
        "inputs_sha256": case.inputs_sha256,
        "pooling": pooling_of(case, request),
        "target_months": case.value("solvency.target_reserve_months"),
        "a": None if a is None else _totals(a, flows),
        "b": _totals(b, flows),
        "paths": _paths(a, b, request.county, case),
        "year": request.year,
        "pools": _pools(b, swapped, views[1]),
        "counties": counties((a, b, alone), views, effect, swapped, flows),
        **swaps(b, effect, swapped),
        **migrants(study, flows),
        "profile": profile(replace(study, flows=flows), scheme, request.county),
        "plan": None if material.optimum is None else material.optimum.record,
    }


def _side(
    material: Material,
    sources: tuple[Case, CountyFlows, CountyFlows],
    scheme: str,
    pooling: str,
    chance: Chance | None,
    rate_plan: RatePlan | None,
) -> Side:
    """One side: flows before and after levers under a pooling plan."""
    case, _, flows = sources
    run = _run(material, sources, scheme, pooling, chance, rate_plan)
    target = case.value("solvency.target_reserve_months")
    plan = plan_for(case, pooling)
    summary = pool_summary(run, target, standing_runs(case, flows, plan, run))
    persons = flows.persons[case.scheme_number(scheme), 1:, :-1]
    return Side(case, run, summary, headline_of(case, run, summary, persons, int(flows.years[-1])))


def fund_run(material: Material, request: PlanRequest, scheme: str, pooling: str) -> PoolRun:
    """Balances of a plan's funds with a request's levers moved, in every scenario."""
    study = material.plan
    sources = (study.case, study.flows, flows_of(study, request))
    return _run(material, sources, scheme, pooling, material.plan_chance, None)


def _run(
    material: Material,
    sources: tuple[Case, CountyFlows, CountyFlows],
    scheme: str,
    pooling: str,
    chance: Chance | None,
    rate_plan: RatePlan | None,
) -> PoolRun:
    """Balances under a pooling plan; what scenarios change is known by chance and pooling."""
    case, untouched, flows = sources
    plan = plan_for(case, pooling)
    factors = None
    if chance is not None:

        def drawn() -> tuple[Chance, PoolFactors]:
            laid = layout(case, plan, scheme, flows.years[1:])
            return chance, pool_factors(case, untouched, laid, chance)

        factors = material.opened.remembered(("factors", id(chance), scheme, pooling), drawn)[1]
    return scheme_run(case, flows, plan, scheme, factors, rate_plan)


def _totals(side: Side, flows: CountyFlows) -> dict[str, Any]:
    """The headline figures of a side."""
    by_pool, run, headline = side.summary, side.run, side.headline
    names = ("pools", "pools_exhausted", "persons_exhausted_share", "short_range_failed",
             "min_reserve_months", "closing_balance")  # fmt: skip
    chance = run.balance.shape[0] > 1
    return {
        **{name: number(headline[name]) for name in names},  # type: ignore[literal-required]
        "first_exhaustion": headline["first_exhaustion"],
        # in scenarios' middle; the closing balance is that of the central path throughout
        "closing_balance_median": number(np.median(run.total[1:, -1])) if chance else None,
        "level_rate": number(headline["level_rate_mean"]),
        "income_rate": number(headline["income_rate_mean"]),
        "largest_ruin": number(by_pool.ruin.max()),
        "persons": number(np.nansum(run.money["persons"][0])),
        "evenness": {name: number(v) for name, v in evenness_between(side.case, by_pool).items()},
        "last_year": int(flows.years[-1]),
    }


def _paths(a: Side | None, b: Side, county: str, case: Case) -> dict[str, Any]:
    """Balances of all funds together, and of the fund of one county."""
    result: dict[str, Any] = {"total": {}, "county": None}
    for name, side in (("a", a), ("b", b)):
        result["total"][name] = (
            None if side is None else _fan(side.run.total) | {"in_debt": _in_debt(side.run)}
        )
    if county:
        if county not in case.regions.codes:
            raise ValueError(Message("the case has no region %(county)s", county=repr(county)))
        place = case.regions.index(county)
        result["county"] = {"code": county}
        for name, side in (("a", a), ("b", b)):
            if side is None:
                result["county"][name] = None
                continue
            pool_by_year = side.run.layout.of_county()[:, place]
            balance = side.run.balance[:, np.arange(pool_by_year.size), pool_by_year]
            last = int(pool_by_year[-1])
            result["county"][name] = _fan(balance) | {
                "pool": side.run.layout.codes[last],
                "persons": listed(
                    side.run.money["persons"][np.arange(pool_by_year.size), pool_by_year]
                ),
                "ruin": listed(ruin_by_year(balance[1:])) if balance.shape[0] > 1 else None,
                "months": listed(
                    side.run.reserve_months[np.arange(pool_by_year.size), pool_by_year]
                ),
            }
    return result


def _in_debt(run: PoolRun) -> list[Any]:
    """Share of the insured whose fund's balance is below zero, by year, central path."""
    persons = np.nan_to_num(run.money["persons"])
    in_debt = np.where(run.balance[0] < 0, persons, 0.0).sum(axis=1)
    return listed(ratio(in_debt, persons.sum(axis=1)))


def _fan(balance: FloatArray) -> dict[str, Any]:
    """Central path, and bands where there are scenarios."""
    if balance.shape[0] == 1:
        return {"central": listed(balance[0])}
    bands = np.percentile(balance[1:], list(BANDS.values()), axis=0)
    return {name: listed(row) for name, row in zip(BANDS, bands, strict=True)} | {
        "central": listed(balance[0])
    }


def _pools(side: Side, swapped: FloatArray, view: YearView | None) -> list[dict[str, Any]]:
    by_pool = side.summary
    swaps = np.zeros(len(by_pool.codes))
    swaps[by_pool.last] = swapped
    median = _closing_medians(side)
    return [
        {
            "pool": by_pool.codes[i],
            "name": by_pool.names[i],
            "level": by_pool.levels[i],
            "first_year": int(by_pool.first_year[i]),
            "last_year": int(by_pool.last_year[i]),
            "counties": int(by_pool.counties[i]),
            "persons": number(by_pool.persons_last[i]),
            "opening_balance": number(by_pool.opening_balance[i]),
            "closing_balance": number(by_pool.closing_balance[i]),
            "closing_balance_median": None if median is None else number(median[i]),
            "exhaustion_year": year_or_none(by_pool.exhaustion_year[i]),
            "min_reserve_months": number(by_pool.min_reserve_months[i]),
            "final_reserve_months": number(by_pool.final_reserve_months[i]),
            "income_rate": number(by_pool.income_rate[i]),
            "level_rate": number(by_pool.level_rate[i]),
            "payg_rate_last": number(by_pool.payg_rate_last[i]),
            "short_range_test": bool(by_pool.short_range_test[i]),
            "ruin_probability": number(by_pool.ruin[i]),
            "swaps_a_year": number(swaps[i]),
            "then": None if view is None else view.fund(i),
        }
        for i in range(len(by_pool.codes))
    ]


def _closing_medians(side: Side) -> FloatArray | None:
    """Median of the scenarios' balances at the end of each pool's life; None without scenarios."""
    run, by_pool = side.run, side.summary
    if run.balance.shape[0] == 1:
        return None
    last_year = by_pool.last_year[by_pool.place_of] - run.years[0]
    balance = run.balance[1:, last_year, np.arange(last_year.size)]
    in_force = ~np.isnan(balance).any(axis=0)
    medians = np.full(len(by_pool.codes), np.nan)
    medians[by_pool.place_of[in_force]] = np.median(balance[:, in_force], axis=0)
    return medians
