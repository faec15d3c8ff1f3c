"""Flows of a scheme's pools in many scenarios, for the optimiser and for what-ifs."""

import numpy as np

from fundpool.models.funds.books import subsidised_share, year_after
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.pooling.effects import care_by_pool, collection_effort
from fundpool.models.pooling.plans import PoolingPlan, Stage, pools_of
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import Study
from fundpool.models.scenarios.flows import county_scratch, draws, fill
from fundpool.models.scenarios.model import refuse_beyond_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms, added_parts, scenario_terms


def sampled_paths(
    study: Study,
    plan: str | PoolingPlan,
    scheme: str,
    scenarios: int,
    seed: int,
    first: int = 0,
    terms: ScenarioTerms | None = None,
    years: int | None = None,
) -> PoolPaths:
    """Flows of a scheme's pools in scenarios ``first ... first + scenarios - 1``.

    A scenario depends on seed and number alone, so the same one drawn in another block, or with
    another plan or scheme, is the same state of the world.

    >>> from fundpool import examples
    >>> paths = sampled_paths(examples.study(), "city", "employee", scenarios=10, seed=7)
    >>> paths.outgo.shape  # scenarios, years, pools
    (10, 3, 2)

    Args:
        study: a projected case with a section ``scenarios``.
        plan: a pooling plan with the same pools throughout and no adjustment fund.
        scheme: name of the scheme.
        scenarios: how many.
        seed: seed of all draws.
        first: number of the first one.
        terms: the study's coefficients; computed unless given, which costs two projections.
        years: first years that are wanted; all unless given.

    Raises:
        CaseError: the case has no section ``scenarios``.
        ValueError: no scenario asked for, a plan that changes its pools or swaps money, or schemes
            that merge.
        KeyError: no such scheme.
    """
    if scenarios < 1 or first < 0:
        raise ValueError("ask for at least one scenario, from number 0 on")
    refuse_beyond_scenarios(study.case)
    case = study.case
    drawn_terms = terms or scenario_terms(study)
    number = case.scheme_number(scheme)
    stage = _only_stage(plan_for(case, plan), scheme, drawn_terms)
    pools = pools_of(case, stage)
    effort = collection_effort(case, stage, pools, scheme)
    all_years, n = drawn_terms.shape[1:]
    wanted = all_years if years is None else min(years, all_years)
    span = min(wanted + 1, all_years)  # with the outgo of the year after
    care, pooled = (
        drawn_terms.care[number],
        care_by_pool(case, plan_for(case, plan), scheme, drawn_terms.years),
    )
    added = added_parts(care, pooled)[:, :span]
    owing = care.pooled(pooled).run_off_parts()[1][:, :span]
    share = subsidised_share(study.flows, number)[:span]
    respond = drawn_terms.respond_base[:, number, :span]
    shape = (scenarios, wanted, len(pools.codes))
    result = {
        name: np.empty(shape)
        for name in ("contribution_base", "income", "subsidies", "outgo", "outstanding")
    }
    following = np.empty(shape)
    interest = np.empty((scenarios, wanted))
    scratch = county_scratch(drawn_terms)
    for row, draw in enumerate(draws(drawn_terms, seed, first, scenarios)):
        fill(scratch, drawn_terms, draw)
        owed, outgo = np.zeros((span, n)), scratch.outgo[number, :span].copy()
        subsidies = scratch.subsidies[number, :span].copy()
        for late in range(min(added.shape[0], span)):
            factor = np.ones((span, n))
            factor[late:] = scratch.claims[number, : span - late]
            owed += factor * owing[late]
            outgo += factor * added[late]
            subsidies += share * factor * added[late]
        mean = draw.drivers[:span, 3:5].T[..., None]
        base = drawn_terms.contribution_base[number, :span] * draw.drivers[:span, :1]
        base *= 1.0 + (respond * mean).sum(axis=0)
        base *= draw.factors[2, :span] * draw.factors[1, :span]
        result["contribution_base"][row] = pools.total(base[:wanted]) * effort
        result["income"][row] = pools.total(scratch.income[number, :wanted]) * effort
        result["subsidies"][row] = pools.total(subsidies[:wanted])
        result["outgo"][row] = pools.total(outgo[:wanted])
        result["outstanding"][row] = pools.total(owed[:wanted])
        following[row] = pools.total(year_after(outgo)[:wanted])
        interest[row] = draw.drivers[:wanted, 5]
    inside = np.s_[number, 1 : wanted + 1, :n]
    return PoolPaths(
        scheme=scheme,
        pools=pools.codes,
        names=pools.names,
        levels=pools.levels,
        of_county=pools.of_county,
        years=drawn_terms.years[:wanted],
        **result,
        outgo_next_year=following,
        interest=interest,
        opening_balance=pools.total(drawn_terms.opening[number]),
        persons=pools.total(study.flows.persons[inside]),
        contributors=pools.total(study.flows.contributors[inside]),
        aggregate=drawn_terms.aggregate,
        merged=None,
    )


def _only_stage(plan: PoolingPlan, scheme: str, terms: ScenarioTerms) -> Stage:
    stages = list(dict.fromkeys(plan.stage(scheme, int(year)) for year in terms.years))
    if len(stages) > 1 or any(stage.adjustment is not None for stage in stages):
        raise ValueError(
            f"plan {plan.name} changes its pools or swaps money between them; take one "
            "with the same pools throughout"
        )
    return stages[0]
