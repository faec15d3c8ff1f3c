"""Plans on scenarios: rates decided before them, swaps after."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from fundpool.inputs.regions import RegionTree
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.beside.swap_rule import ruled_swaps
from fundpool.models.optimiser.choices import Choices
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan, Trial, tried
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.problem.scenarios import (
    chosen_scenarios,
    features,
    forward_selection,
)
from fundpool.models.optimiser.stages import Outcome, optimised
from fundpool.models.optimiser.tail.rounds import Round, tail_applies, tail_optimised


def planned_under_risk(
    within: Sequence[PoolPaths],
    fresh: Sequence[PoolPaths],
    regions: RegionTree,
    policy: Policy,
    aims: Aims,
    choices: Choices,
) -> Plan:
    """A plan on a sample, tried on the sample and on a fresh one."""
    groups = [list(within)] if aims.joint else [[paths] for paths in within]

    def run(part: list[PoolPaths]) -> tuple[Outcome, tuple[Round, ...]]:
        return _on_sample(part, regions, policy, aims, choices)

    with ThreadPoolExecutor(max(1, min(choices.threads, len(groups)))) as pool:
        planned = list(pool.map(run, groups))
    outcomes = tuple(outcome for outcome, _ in planned)
    decisions = [decision for outcome in outcomes for decision in outcome.decisions]

    def trial(sample: Sequence[PoolPaths]) -> Trial:
        problems = [fund_problem(paths, policy, regions) for paths in sample]
        ruled = [ruled_swaps(f, d.rates) for f, d in zip(problems, decisions, strict=True)]
        return tried(problems, [r[0] for r in ruled], [r[1] for r in ruled])

    return Plan(
        policy, aims, outcomes, trial(within), trial(fresh),
        min(outcome.model.funds[0].scenarios for outcome in outcomes),
        tuple(rounds for _, rounds in planned),
    )  # fmt: skip


def _on_sample(
    within: Sequence[PoolPaths],
    regions: RegionTree,
    policy: Policy,
    aims: Aims,
    choices: Choices,
) -> tuple[Outcome, tuple[Round, ...]]:
    """One program on all scenarios, by those in some tail, or on few that stand for all."""
    weight: FloatArray | None = None
    taken = list(within)
    if within[0].outgo.shape[0] > choices.most_scenarios:
        whole = [fund_problem(paths, policy, regions) for paths in within]
        if tail_applies(whole) and aims.measure != "gini":
            solved_by_tail = tail_optimised(
                whole, aims, choices.stated_gap, choices.solver, choices.time_limit
            )
            if solved_by_tail is not None:
                return solved_by_tail
        keep, weight = forward_selection(features(within), choices.most_scenarios)
        taken = [chosen_scenarios(paths, keep) for paths in within]
    funds = [fund_problem(paths, policy, regions, weight) for paths in taken]
    if taken[0] is within[0]:
        return optimised(funds, aims, choices.solver, choices.time_limit), ()
    return (
        optimised(funds, aims, choices.solver, choices.time_limit, choices.stated_gap),
        (),
    )
