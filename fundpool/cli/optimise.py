"""``optimise``: rates, swaps and pools chosen at the command line."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import (
    AsJson,
    CaseArgument,
    Months,
    Out,
    Policies,
    Quiet,
    Seed,
    Settings,
    TableFormat,
    Years,
    finite,
)
from fundpool.cli.session import (
    ALERT,
    NO_PLAN,
    UsageError,
    checked_folder,
    checked_plans,
    item_progress,
    listed,
    opened_case,
    projected_years,
    refusing_bad_input,
    results_in,
    say,
    say_of_fit,
    year_progress,
)

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.models.optimiser.limits import Aims, Policy
    from fundpool.models.optimiser.partition import Partition
    from fundpool.models.optimiser.plan import Plan
    from fundpool.models.pooling.plans import PoolingPlan
    from fundpool.models.projection.study import Study


CHOICES = ("rates", "swaps", "pooling")
USUAL_RUIN = 0.05  # that an adjusting rule is made to


class Unevenness(StrEnum):
    """Measures of unevenness."""

    range = "range"
    deviation = "deviation"
    gini = "gini"


class BurdenOf(StrEnum):
    """What a burden is spread over."""

    base = "base"
    person = "person"
    contributor = "contributor"


class Rule(StrEnum):
    """How rates are set."""

    fixed = "fixed"
    adjusting = "adjusting"


class Floor(StrEnum):
    """How the reserve floor holds over scenarios."""

    every = "every"
    expectation = "expectation"
    cvar = "cvar"


Solver = Annotated[
    str | None, typer.Option("--solver", help="A solver PuLP knows by name. Default: HiGHS.")
]


@app.command()
def optimise(
    case: CaseArgument = "jiangsu",
    choose: Annotated[
        str,
        typer.Option(
            "--choose", metavar="LIST", help="What is decided, of rates, swaps and pooling."
        ),
    ] = "rates,swaps",
    pooling: Annotated[
        str | None,
        typer.Option("--pooling", help="Pools that the plan is for. Default: the lowest level."),
    ] = None,
    reserve_months: Months = None,
    scenarios: Annotated[
        int,
        typer.Option(
            "--scenarios",
            min=0,
            help="Scenarios to plan on; 0 for the one path. With --ruin: fresh ones to try the "
            "plan on, 10,000 if 0.",
        ),
    ] = 0,
    ruin: Annotated[
        float | None,
        typer.Option(
            "--ruin",
            metavar="P",
            callback=finite,
            help="Most that each fund's probability of a balance below zero may be; the reserve "
            "floor is then --reserve-months, or none.",
        ),
    ] = None,
    by: Annotated[
        int | None,
        typer.Option("--by", metavar="YEAR", help="Last year that counts for --ruin."),
    ] = None,
    rule: Annotated[
        Rule,
        typer.Option(
            "--rule",
            help="A fixed path of rates, or a rule decided today, made to --ruin (0.05).",
        ),
    ] = Rule.fixed,
    seed: Seed = 1,
    floor: Annotated[
        Floor | None, typer.Option("--floor", help="How the floor holds over scenarios.")
    ] = None,
    measure: Annotated[
        Unevenness, typer.Option("--measure", help="Measure of unevenness.")
    ] = Unevenness.range,
    burden_of: Annotated[
        BurdenOf, typer.Option("--burden-of", help="What burdens are spread over.")
    ] = BurdenOf.base,
    order: Annotated[
        str | None,
        typer.Option(
            "--order",
            metavar="LIST",
            help="Aims in strict order in place of weights: burden, unevenness, movement, swaps.",
        ),
    ] = None,
    joint: Annotated[
        bool,
        typer.Option(
            "--joint",
            help="Even out burdens of all schemes together. With --ruin instead: the probability "
            "is that of any fund.",
        ),
    ] = False,
    share_rates: Annotated[
        str | None, typer.Option("--share-rates", metavar="LEVEL", help="One rate a region of it.")
    ] = None,
    hubs: Annotated[
        str | None, typer.Option("--hubs", metavar="LEVEL", help="One hub a region of it.")
    ] = None,
    merge_years: Annotated[
        str | None,
        typer.Option("--merge-years", metavar="LIST", help="Years from which pools may merge."),
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Also plan anew with each assumption changed.")
    ] = False,
    policy: Policies = None,
    years: Years = None,
    solver: Solver = None,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", min=0.1, callback=finite, help="Seconds for each solve."),
    ] = None,
    out: Out = Path("fundpool-plan"),
    table_format: Annotated[TableFormat, typer.Option("--format")] = TableFormat.parquet,
    changes: Settings = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Choose rates, swaps and pools; write the plan with its certificate."""
    with refusing_bad_input():
        checked_folder(out)
        opened = opened_case(case, changes, policy, quiet)
        span = projected_years(opened, years)
        decided = listed(choose, CHOICES, "--choose")
        stages = _years(merge_years)
        if rule is Rule.adjusting and ruin is None:
            ruin = USUAL_RUIN
        last = _ruin_terms(opened, ruin, by, span, decided, stages, sensitivity)
        chosen_pooling = checked_plans(opened, [pooling or opened.levels[0]])[0]
        months = 0.0 if ruin is not None and reserve_months is None else reserve_months
        rules, aims = _rules(opened, months, decided, span)
        rules = replace(
            rules, floor=rules.floor if floor is None else floor.value,
            group_level=_level(opened, share_rates), hub_level=_level(opened, hubs),
        )  # fmt: skip
        aims = replace(
            aims, measure=measure.value, burden_of=burden_of.value,
            joint=joint and ruin is None,
            order=tuple(listed(order, ("burden", "unevenness", "movement", "swaps"), "--order"))
            if order else (),
        )  # fmt: skip
        _check_solver(solver)
        from fundpool.plan_files import TABLES, partition_record, plan_record, plan_tables

        files = [f"{name}.{table_format.value}" for name in (*TABLES, "sensitivity")]
        checked_folder(out, [*files, "plan.json"])
    from fundpool.cli.plan_text import plan_text
    from fundpool.models.optimiser import Choices
    from fundpool.models.optimiser import optimise as run
    from fundpool.models.projection.study import study
    from fundpool.summary import as_json
    from fundpool.writing import write_table

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        projected = study(opened, span, progress)
        say_of_fit(projected, quiet)
    record: dict[str, Any] = {"schema_version": 1}
    tables: dict[str, Any] = {}
    certified = True
    pools: str | PoolingPlan = chosen_pooling
    if "pooling" in decided:
        say("Choosing pools", quiet)
        partitions = _partitions(projected, rules.reserve_months, stages, solver, time_limit)
        record["pooling"] = [partition_record(partition) for partition in partitions]
        certified = all(partition.certified for partition in partitions)
        pools = _joined(partitions)
    plan: Plan | None = None
    if {"rates", "swaps"} & set(decided) and not ("pooling" in decided and stages):
        say("Optimising", quiet)
        choices = Choices(
            policy=rules, aims=aims, solver=solver, time_limit=time_limit, rule=rule.value
        )
        with refusing_bad_input(), usage_from_value_error():
            plan = run(
                projected.pooled(pools), None, scenarios, seed=seed, choices=choices, ruin=ruin,
                by=last, joint=joint and ruin is not None,
            )  # fmt: skip
        record |= plan_record(opened, plan)
        tables = plan_tables(opened, plan)
        certified = certified and plan.status == "certified"
        if sensitivity:
            tables["sensitivity"] = _sensitivity(opened, pools, span, choices, quiet)
    with results_in(out) as folder:
        for name, table in tables.items():
            write_table(table, folder / name, table_format)
        (folder / "plan.json").write_text(as_json(record), encoding="utf-8", newline="\n")
    if json:
        print_result(as_json(record))
    else:
        typer.echo(plan_text(record, tables))
    say(f"Plan written to {out}", quiet)
    _end(opened, plan, certified)


def _rules(
    case: "Case", reserve_months: float | None, decided: list[str], years: int
) -> "tuple[Policy, Aims]":
    from fundpool.models.optimiser.limits import aims_of, policy_of

    rules = policy_of(case, reserve_months)
    if "swaps" not in decided:
        rules = replace(rules, swaps=False)
    if "rates" not in decided:
        rules = replace(rules, frozen_years=years)
    return rules, aims_of(case)


def _ruin_terms(
    case: "Case",
    ruin: float | None,
    by: int | None,
    years: int,
    decided: list[str],
    stages: list[int],
    sensitivity: bool,
) -> int | None:
    """Last year that counts for the probability of ruin; None without one.

    Raises:
        UsageError: options that mean nothing together, no probability, or no projected year.
    """
    if ruin is None:
        if by is not None:
            raise UsageError("--by is the last year for --ruin, which is not given")
        return None
    if not 0.0 < ruin < 1.0:
        raise UsageError(f"--ruin {ruin:g} must lie between 0 and 1")
    if not {"rates", "swaps"} & set(decided) or ("pooling" in decided and stages):
        raise UsageError("--ruin needs rates or swaps to decide on, and pools that stay the same")
    if sensitivity:
        raise UsageError("--sensitivity plans on one path; leave it or --ruin out")
    first, end = case.base_year + 1, case.base_year + years
    if by is not None and not first <= by <= end:
        raise UsageError(f"--by {by} must be a projected year, {first} to {end}")
    return end if by is None else by


def _partitions(
    projected: "Study",
    months: float,
    stages: list[int],
    solver: str | None,
    time_limit: float | None,
) -> "list[Partition]":
    from fundpool.models.optimiser.partition import best_partition
    from fundpool.models.optimiser.problem.candidates import candidates
    from fundpool.models.projection.central import central_paths

    case = projected.case
    projection = projected.pooled(case.levels[0])
    found = []
    for scheme in case.schemes:
        given = candidates(case, central_paths(projection, scheme.name), months, stages)
        partition, solution = best_partition(given, solver, time_limit)
        if partition is None:
            say(f"fundpool: no choice of pools for {scheme.name}: {solution.status}")
            raise typer.Exit(NO_PLAN)
        found.append(partition)
    return found


def _joined(partitions: "list[Partition]") -> "PoolingPlan":
    from fundpool.models.pooling.plans import PoolingPlan

    stages = [stage for partition in partitions for stage in partition.plan.stages]
    return PoolingPlan("chosen", tuple(stages))


def _sensitivity(
    case: "Case", pools: "str | PoolingPlan", years: int, choices: Any, quiet: bool
) -> Any:
    from fundpool.models.optimiser.explain.sensitivity import plan_sensitivity

    with item_progress("Changing assumptions", len(case.paths()), quiet) as step:
        return plan_sensitivity(
            case, pools, years, choices=choices,
            progress=lambda done, of: step(f"{done} of {of}"),
        )  # fmt: skip


class usage_from_value_error:  # noqa: N801  reads as a context
    """A plan asked for that cannot be made is a usage error, with its sentence."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        """Turn a ValueError into a usage error."""
        if isinstance(error, ValueError):
            raise UsageError(str(error)) from error


def _years(text: str | None) -> list[int]:
    try:
        return [int(part) for part in (text or "").split(",") if part.strip()]
    except ValueError:
        raise UsageError(f"--merge-years {text!r} should list years, as in 2027,2033") from None


def _level(case: "Case", level: str | None) -> str | None:
    if level is not None and level not in case.levels:
        raise UsageError(f"{level!r} is not a level of {case.name}: {', '.join(case.levels)}")
    return level


def _check_solver(solver: str | None) -> None:
    from fundpool.models.optimiser.program.solving import check_solver

    try:
        check_solver(solver)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _end(case: "Case", plan: "Plan | None", certified: bool) -> None:
    """Status 4 without a certified plan, 3 if a pool is under its target in the alert years."""
    if not certified:
        raise typer.Exit(NO_PLAN)
    if plan is None:
        return
    last = case.base_year + round(case.value("solvency.alert_years"))
    target = case.value("solvency.target_reserve_months")
    near = plan.reserves[plan.reserves["year"] <= last]
    under = near[near["reserve_months"] < target - 1e-6]
    if len(under):
        pools = len(under.groupby(["scheme", "pool"]))
        say(f"{pools} pools hold less than {target:g} months at some time up to {last}")
        raise typer.Exit(ALERT)
