"""``optimise`` and ``frontier`` as functions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from fundpool.functions.arguments import (
    CaseLike,
    amount,
    of_kind,
    one_of,
    opened,
    sentence,
    whole,
    words,
)
from fundpool.functions.results import Frontiers, Plan, Projection, made_of, written_to
from fundpool.inputs.case import Case
from fundpool.inputs.files.writing import whole_folder
from fundpool.models import optimiser
from fundpool.models.optimiser import Choices, Sample
from fundpool.models.optimiser import frontier as frontiers
from fundpool.models.optimiser.explain.sensitivity import plan_sensitivity
from fundpool.models.optimiser.limits import AIMS, aims_of, policy_of
from fundpool.models.optimiser.partition import Partition, best_partition
from fundpool.models.optimiser.problem.candidates import candidates
from fundpool.models.optimiser.program.solving import named_solver
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.projection import study as studies
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study, study
from fundpool.options import CASE, POINTS, Goals, Limits, Outputs
from fundpool.plan_files import partition_record, plan_record, plan_tables
from fundpool.summary import as_json
from fundpool.writing import write_table

CHOICES = ("rates", "swaps", "pooling")
DEFAULT_LIMITS, DEFAULT_GOALS, NOTHING_WRITTEN = Limits(), Goals(), Outputs()


def optimise(
    projection: studies.Projection | CaseLike = CASE,
    reserve_months: float | None = None,
    scenarios: int = 0,
    *,
    seed: int = 1,
    sample: Sample | None = None,
    choices: Choices | None = None,
    limits: Limits = DEFAULT_LIMITS,
    goals: Goals = DEFAULT_GOALS,
    outputs: Outputs = NOTHING_WRITTEN,
) -> Plan:
    """Contribution rates and swaps that keep every fund solvent and even out costs.

    Args:
        projection: projected funds (:func:`fundpool.project` takes pooling, policies, changes and
            years), or a case, which is then projected by its lowest level.
        reserve_months: reserve floor in months of outgo, net of claims owed; default: the case's
            ``solvency.target_reserve_months``.
        scenarios: scenarios sampled from the stochastic model; 0 plans on the central path.
        seed: of the sampling.
        sample: scenarios already drawn.
        choices: limits, weights and solver as the model takes them; then no ``limits`` or
            ``goals``.
        limits: what is decided, and what must be respected.
        goals: what is made small.
        outputs: where the plan is written; by default nowhere.

    Raises:
        CaseError: a case is refused, or scenarios are asked for and it has no section on them.
        TypeError, ValueError: a wrong argument, or a plan that cannot be made, in a sentence.

    Example:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", pooling="city", years=3)
        >>> plan = fundpool.optimise(projection, reserve_months=1)
        >>> plan.certificate.certified
        True
    """
    amount("reserve_months", reserve_months, 0.0, optional=True)
    whole("scenarios", scenarios, 0)
    whole("seed", seed, 0, 2**64 - 1)
    target = _target(outputs)
    if outputs.archive is not None:
        expected = "None: archives keep reports, projections and comparisons"
        raise ValueError(sentence("outputs.archive", outputs.archive, expected))
    base = projected(projection)
    decided = words("limits.choose", limits.choose, CHOICES)
    own = choices
    if (limits, goals) != (DEFAULT_LIMITS, DEFAULT_GOALS):
        if choices is not None:
            raise ValueError("choices is given; expected limits and goals to be left out then")
        own = choices_of(base.case, reserve_months, limits, goals, len(base.years))
    partitions: tuple[Partition, ...] = ()
    if "pooling" in decided:
        if limits.merge_years is not None or decided == ["pooling"]:
            expected = (
                "rates or swaps beside pooling, and no merge_years; fundpool.partition chooses "
                "pools alone, also in stages"
            )
            raise ValueError(sentence("limits.choose", limits.choose, expected))
        partitions = partition(base, reserve_months, limits=limits)
        base = base.study.pooled(joined(partitions))
    solved = optimiser.optimise(
        base, reserve_months, scenarios, seed=seed, sample=sample, choices=own
    )
    table = pd.DataFrame()
    if goals.sensitivity:
        table = plan_sensitivity(base.case, base.plan, len(base.years), choices=own or Choices())
    plan = made_of(Plan, solved, partitions=partitions, sensitivity=table)
    if target is not None:
        _write(plan, base.case, target[0], target[1])
    return plan


def partition(
    projection: studies.Projection | CaseLike = CASE,
    reserve_months: float | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[Partition, ...]:
    """Which regions to pool, scheme by scheme: ``fundpool optimise --choose pooling``.

    Args:
        projection: projected funds, or a case, which is then projected.
        reserve_months: floor of every pool; default: the case's target.
        limits: ``merge_years``, ``solver`` and ``time_limit`` count.

    Raises:
        ValueError: a scheme has no choice of pools that can be solved.

    Example:
        >>> import fundpool
        >>> pools = fundpool.partition(fundpool.project("jiangsu", years=2))
        >>> [choice.scheme for choice in pools]
        ['employee', 'resident']
    """
    base = projected(projection)
    case = base.case
    months = policy_of(case, amount("reserve_months", reserve_months, 0.0, True)).reserve_months
    stages = _years(limits.merge_years)
    lowest = base.study.pooled(case.levels[0])
    found = []
    for scheme in case.schemes:
        given = candidates(case, central_paths(lowest, scheme.name), months, stages)
        best, solution = best_partition(given, limits.solver, limits.time_limit)
        if best is None:
            raise ValueError(f"no choice of pools for {scheme.name}: {solution.status}")
        found.append(best)
    return tuple(found)


def frontier(
    projection: studies.Projection | CaseLike = CASE,
    points: int = POINTS,
    reserve_months: float | None = None,
    progress: Callable[[int, int], None] | None = None,
    choices: Choices | None = None,
    *,
    outputs: Outputs = NOTHING_WRITTEN,
) -> Frontiers:
    """Efficient plans between the cheapest and the most even, scheme by scheme.

    Args:
        projection: projected funds (:func:`fundpool.project` takes pooling, policies, changes and
            years), or a case, which is then projected by its lowest level.
        points: steps each way, from 2 to 50.
        reserve_months: reserve floor; default: the case's target.
        progress: called with the points done and all points.
        choices: limits and schemes other than the case's.
        outputs: where the table is written; by default nowhere.

    Raises:
        CaseError: a case is refused.
        TypeError, ValueError: a wrong argument, or a scheme without a plan that keeps its floors.

    Example:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", pooling="city", years=3)
        >>> found = fundpool.frontier(projection, points=2, reserve_months=0)
        >>> sorted(set(found.table["scheme"]))
        ['employee', 'resident']
    """
    whole("points", points, 2, 50)
    amount("reserve_months", reserve_months, 0.0, optional=True)
    target = _target(outputs)
    found = Frontiers(
        frontiers.frontier(projected(projection), points, reserve_months, progress, choices)
    )
    if target is not None:
        with whole_folder(target[0]) as place:
            write_table(found.table, place / "frontier", target[1])
    return found


def projected(projection: object) -> studies.Projection:
    """A projection as given, or of a case by its lowest level."""
    if isinstance(projection, studies.Projection):
        return projection
    if not isinstance(projection, Case | str) and not hasattr(projection, "__fspath__"):
        raise TypeError(sentence(
            "projection", projection, "what fundpool.project returns, or a case or its name"
        ))  # fmt: skip
    case = opened(projection)
    done: Study = study(case)
    return made_of(Projection, done.pooled(case.levels[0]))


def choices_of(
    case: Case, reserve_months: float | None, limits: Limits, goals: Goals, years: int
) -> Choices:
    """Limits, weights and solver as the model takes them.

    Raises:
        TypeError, ValueError: an unknown word, level or solver.
    """
    of_kind("limits", limits, Limits, "Limits(...)")
    of_kind("goals", goals, Goals, "Goals(...)")
    decided = words("limits.choose", limits.choose, CHOICES)
    rules = policy_of(case, reserve_months)
    floor = one_of("limits.floor", limits.floor, ("every", "expectation", "cvar"), optional=True)
    rules = replace(
        rules,
        floor=floor or rules.floor,
        swaps="swaps" in decided,
        frozen_years=rules.frozen_years if "rates" in decided else years,
        group_level=one_of("limits.share_rates", limits.share_rates, case.levels, optional=True),
        hub_level=one_of("limits.hubs", limits.hubs, case.levels, optional=True),
    )
    aims = replace(
        aims_of(case),
        measure=one_of("goals.measure", goals.measure, ("range", "deviation", "gini")),
        burden_of=one_of("goals.burden_of", goals.burden_of, ("base", "person", "contributor")),
        joint=goals.joint,
        order=tuple(words("goals.order", goals.order, AIMS)) if goals.order is not None else (),
    )
    if limits.solver is not None:
        named_solver(limits.solver, 0)
    amount("limits.time_limit", limits.time_limit, 0.1, optional=True)
    return Choices(policy=rules, aims=aims, solver=limits.solver, time_limit=limits.time_limit)


def joined(partitions: tuple[Partition, ...]) -> PoolingPlan:
    """The chosen pools of all schemes as one plan."""
    stages = [stage for choice in partitions for stage in choice.plan.stages]
    return PoolingPlan("chosen", tuple(stages))


def _years(text: str | None) -> list[int]:
    try:
        return [int(part) for part in (text or "").split(",") if part.strip()]
    except (ValueError, AttributeError):
        expected = "years separated by commas, as in '2027,2033'"
        raise ValueError(sentence("limits.merge_years", text, expected)) from None


def _target(outputs: object) -> tuple[Path, str] | None:
    asked = of_kind("outputs", outputs, Outputs, "Outputs(out=..., table_format=...)")
    return None if asked.out is None else written_to(asked.out, asked.table_format)


def _write(plan: Plan, case: Case, target: Path, table_format: str) -> None:
    """The tables of a plan and ``plan.json``, as the command writes them."""
    record: dict[str, object] = {"schema_version": 1}
    if plan.partitions:
        record["pooling"] = [partition_record(choice) for choice in plan.partitions]
    record |= plan_record(case, plan)
    tables = plan_tables(case, plan)
    if len(plan.sensitivity.columns):
        tables["sensitivity"] = plan.sensitivity
    with whole_folder(target) as place:
        for name, table in tables.items():
            write_table(table, place / name, table_format)
        (place / "plan.json").write_text(as_json(record), encoding="utf-8", newline="\n")
