"""``optimise``: a projection in, a plan out."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from fundpool.inputs.format.messages import Message
from fundpool.models.optimiser.acceptance.core import CorePolicy
from fundpool.models.optimiser.acceptance.measures import acceptability_of, incomes_of
from fundpool.models.optimiser.acceptance.terms import AcceptedPolicy
from fundpool.models.optimiser.choices import Choices, Sample
from fundpool.models.optimiser.limits import Aims, Policy, aims_of, policy_of
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.program.highs import WarmStart
from fundpool.models.optimiser.ruin.adjusting import AdjustingPlan, RuinTask, adjusting_plan
from fundpool.models.optimiser.ruin.flows import (
    BalanceOf,
    FlowBlocks,
    ScenarioFlows,
    drawn_blocks,
    joined,
    scenario_balance,
)
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.optimiser.ruin.planning import correlations, safe_plan, spreads_of
from fundpool.models.optimiser.stages import Outcome, optimised
from fundpool.models.optimiser.statutory.in_force import instruments_in_force
from fundpool.models.optimiser.statutory.terms import with_instruments
from fundpool.models.optimiser.under_risk import planned_under_risk
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Projection
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms

FRESH_SCENARIOS, IN_SAMPLE = 10_000, 2_000
"""Fresh scenarios on which a probability of ruin is tried, and most that margins are set on."""


def optimise(
    projection: Projection,
    reserve_months: float | None = None,
    scenarios: int = 0,
    *,
    seed: int = 1,
    sample: Sample | None = None,
    choices: Choices | None = None,
    ruin: RuinLimit | None = None,
    terms: ScenarioTerms | None = None,
) -> Plan:
    """Contribution rates and swaps that keep every fund solvent and even out costs.

    >>> from fundpool import examples
    >>> plan = optimise(examples.projection("city"), reserve_months=6)
    >>> plan.status, plan.rates["year"].unique().tolist()
    ('certified', [2021, 2022, 2023])

    Args:
        projection: projected funds; their pools stay the same throughout.
        reserve_months: reserve floor in months of outgo, net of claims owed; default: the
            case's ``solvency.target_reserve_months``, and none with ``ruin``.
        scenarios: scenarios sampled from the stochastic model; 0 plans on the central path. Rates
            are decided before the scenario, swaps after it, and the floor is kept in the mean of
            the worst cases (``cvar``) unless the policy says otherwise. With ``ruin`` the number
            of fresh scenarios (0: 10,000), while the plan is made on the central path.
        seed: of the sampling.
        sample: scenarios already drawn.
        choices: limits, weights and solver other than the case's.
        ruin: limit on the probability of a balance below zero.
        terms: coefficients of the scenarios that ``ruin`` is counted on; computed unless given.

    Raises:
        CaseError: scenarios are asked for and the case has no section on them.
        ValueError: the limit on ruin counts to a year that is not projected.
        ValueError: limits that regions are to accept beside a plan on scenarios without ``ruin``.
        ValueError: the pools change on the way, or are not the same in all schemes where burdens
            of all together are asked for.
        ValueError: premiums and subsidies are to be decided on a sample or beside a rule, or the
            case states none.
    """
    choices = choices or Choices()
    case = projection.case
    if ruin is None and choices.rule == "adjusting":
        raise ValueError("an adjusting rule needs a probability of ruin")
    if ruin is not None and reserve_months is None:
        reserve_months = 0.0
    sampled = ruin is None and (sample is not None or scenarios > 0)
    policy = choices.policy or policy_of(case, reserve_months, sampled)
    if choices.policy is not None and reserve_months is not None and ruin is None:
        policy = replace(policy, reserve_months=reserve_months)
    aims = choices.aims or aims_of(case)
    names = choices.schemes or lasting_schemes(projection)
    if choices.instruments:
        if sampled or choices.rule == "adjusting":
            raise ValueError(
                Message(
                    "premiums and subsidies are decided on one path or to --ruin, at fixed rates"
                )
            )
        policy = policy_with_instruments(projection, policy, names)
    limited = ruin is not None or choices.acceptable is not None or choices.instruments
    if limited and choices.mergers:
        _refuse_mergers(projection, names)
    if ruin is not None:
        if ruin.by not in projection.years:
            raise ValueError(f"{ruin.by} is not one of the projected years")
        return planned_within_ruin(
            projection, policy, replace(choices, aims=aims, schemes=names), ruin, sample,
            scenarios or FRESH_SCENARIOS, seed, terms,
        )  # fmt: skip
    if sampled and choices.acceptable is not None:
        raise ValueError(
            Message("a plan that regions are to accept is made on one path or to --ruin")
        )
    if sample is None and scenarios > 0:
        sample = drawn(projection, names, scenarios, seed)
    if sample is None:
        central = [
            fund_problem(central_paths(projection, name, choices.mergers), policy, case.regions)
            for name in names
        ]
        incomes = {} if choices.acceptable is None else incomes_of(projection, names)
        accepted = AcceptedPolicy(choices.acceptable, incomes, aims)
        outcomes = CorePolicy.of(choices.acceptable, case.regions).solved(
            accepted.problems(central), lambda funds: solved(funds, aims, choices)
        )
        plan = Plan(outcomes[0].model.funds[0].policy, aims, outcomes)
        if choices.acceptable is None:
            return plan
        measured = acceptability_of(
            outcomes, accepted.incomes, {}, case.regions, choices.acceptable.window
        )
        return replace(plan, acceptability=measured)
    return planned_under_risk(
        [sample.within[name] for name in names], [sample.fresh[name] for name in names],
        case.regions, policy, aims, choices,
    )  # fmt: skip


def planned_within_ruin(
    projection: Projection,
    policy: Policy,
    choices: Choices,
    limit: RuinLimit,
    sample: Sample | None,
    scenarios: int,
    seed: int,
    terms: ScenarioTerms | None = None,
) -> Plan:
    """A plan on the central path with margins that keep the probability of ruin.

    Args:
        projection: projected funds.
        policy: limits without margins.
        choices: with the aims and schemes.
        limit: on the probability.
        sample: scenarios already drawn; others are drawn unless given.
        scenarios: number of fresh ones.
        seed: of the sampling.
        terms: coefficients of scenarios that are drawn.
    """
    case, aims = projection.case, choices.aims or Aims()
    names = choices.schemes or lasting_schemes(projection)
    paths = [central_paths(projection, name) for name in names]
    years = limit.span(projection.years)
    accepted = AcceptedPolicy(choices.acceptable, incomes_of(projection, names), aims)
    # programs of the search differ in the margins alone, which are bounds
    warm = [WarmStart() for _ in names]

    core = CorePolicy(case.regions)

    def solve(limits: Policy, may_miss: bool) -> tuple[Outcome, ...]:
        problems = [fund_problem(scheme_paths, limits, case.regions) for scheme_paths in paths]
        return core.solved(
            accepted.problems(problems),
            lambda funds: solved(funds, aims, choices, warm, may_miss),
        )

    if sample is None:
        drawn_terms = terms or scenario_terms(projection.study)
        count = min(scenarios, IN_SAMPLE)
        within = joined(drawn_blocks(projection, names, range(count), years, seed, drawn_terms))

        def fresh(number: int) -> FlowBlocks:
            first = count + number * scenarios
            numbers = range(first, first + scenarios)
            return drawn_blocks(projection, names, numbers, years, seed, drawn_terms)
    else:
        given = sample
        within = {name: ScenarioFlows.of(given.within[name]) for name in names}

        def fresh(number: int) -> FlowBlocks:  # noqa: ARG001  one sample, whatever the round
            # the same ones in every round, as there are no others
            return iter([{name: ScenarioFlows.of(given.fresh[name]) for name in names}])

    if choices.acceptable is not None and choices.acceptable.stable:
        core.limit(correlations(solve(policy, True), within))
    safe = safe_plan(solve, within, fresh, limit, policy)
    rule: AdjustingPlan | None = None
    balance_of: BalanceOf = scenario_balance
    if choices.rule == "adjusting":
        task = RuinTask(solve, within, fresh, limit, policy)
        safe, rule, balance_of = adjusting_plan(task, safe, aims)
    window = None if choices.acceptable is None else choices.acceptable.window
    return Plan(
        safe.outcomes[0].model.funds[0].policy, aims, safe.outcomes, probability=safe.probability,
        acceptability=acceptability_of(
            safe.outcomes, accepted.incomes,
            core.spreads(safe.outcomes) or spreads_of(safe, within, balance_of), case.regions,
            window,
        ),
        rule=rule, beyond=safe.beyond,
    )  # fmt: skip


def drawn(projection: Projection, schemes: Sequence[str], scenarios: int, seed: int) -> Sample:
    """Scenarios of every scheme from the stochastic model, and as many fresh ones after them.

    Raises:
        CaseError: the case has no section ``scenarios``.
    """
    study, plan = projection.study, projection.plan
    terms = scenario_terms(study)
    within, fresh = (
        {name: sampled_paths(study, plan, name, scenarios, seed, first, terms) for name in schemes}
        for first in (0, scenarios)
    )
    return Sample(within, fresh)


def optimise_where_possible(
    projection: Projection,
    ruin: RuinLimit | None = None,
    scenarios: int = 0,
    seed: int = 1,
    terms: ScenarioTerms | None = None,
) -> Plan | None:
    """The plan by the case's own rules; None where the pools change or another fund swaps.

    >>> from fundpool import examples
    >>> optimise_where_possible(examples.projection("city")).status
    'certified'

    Args:
        projection: projected funds.
        ruin: limit on the probability of a balance below zero, beside the case's reserve floor.
        scenarios: fresh ones that the plan is tried on.
        seed: of the sampling.
        terms: coefficients of the scenarios; computed unless given.
    """
    months = projection.case.value("solvency.target_reserve_months")
    try:
        return optimise(projection, months, scenarios, seed=seed, ruin=ruin, terms=terms)
    except ValueError:
        return None


def _refuse_mergers(projection: Projection, schemes: Sequence[str]) -> None:
    """Refuse pools that merge on the way, where scenarios, regions or payers keep theirs.

    Raises:
        ValueError: some do.
    """
    for name in schemes:
        if central_paths(projection, name, staged=True).merged is not None:
            raise ValueError(
                Message(
                    "plan %(plan)s changes its pools on the way: rates and swaps for it are "
                    "decided on the one path (--one-path), without limits that regions are to "
                    "accept and without instruments",
                    plan=projection.plan.name,
                )
            )


def policy_with_instruments(
    projection: Projection, policy: Policy, schemes: Sequence[str]
) -> Policy:
    """A policy whose plans also decide what the case states under ``optimiser.instruments``.

    Args:
        projection: projected funds.
        policy: the other limits.
        schemes: that are planned.

    Raises:
        ValueError: the case states nothing for these schemes, an instrument that one does not
            have, or corridors that no rate of the fund keeps.
    """
    case = projection.case
    paths = [central_paths(projection, name) for name in schemes]
    funds = [fund_problem(scheme_paths, policy, case.regions) for scheme_paths in paths]
    in_force = {one.scheme: instruments_in_force(projection, one) for one in paths}
    given = case.settings.optimiser
    return with_instruments(policy, funds, {} if given is None else given.instruments, in_force)


def lasting_schemes(projection: Projection) -> tuple[str, ...]:
    """Schemes that collect contributions in every projected year."""
    table = projection.funds.groupby(["scheme", "year"], sort=False)["contribution_base"].sum()
    least = table.groupby("scheme", sort=False).min()
    count = table.groupby("scheme", sort=False).size()
    whole = (least > 0) & (count == len(projection.years))
    return tuple(str(name) for name in whole.index[whole])


def solved(
    funds: Sequence[FundProblem],
    aims: Aims,
    choices: Choices,
    warm: Sequence[WarmStart] | None = None,
    may_miss: bool = True,
) -> tuple[Outcome, ...]:
    """Outcomes of one program a scheme, or of one program where burdens join them.

    Args:
        funds: problems of the schemes.
        aims: what is minimised.
        choices: solver, limit on its time, and how many programs are solved at once.
        warm: what each program starts from where it can.
        may_miss: whether floors may be missed where no plan keeps them.
    """
    programs = [list(funds)] if aims.joint else [[fund] for fund in funds]
    starts = [None] * len(programs) if warm is None else warm[: len(programs)]

    def run(group: list[FundProblem], start: WarmStart | None) -> Outcome:
        return optimised(
            group, aims, choices.solver, choices.time_limit, warm=start, may_miss=may_miss
        )

    if len(programs) == 1 or choices.threads < 2:
        return tuple(map(run, programs, starts))
    with ThreadPoolExecutor(choices.threads) as pool:
        return tuple(pool.map(run, programs, starts))
