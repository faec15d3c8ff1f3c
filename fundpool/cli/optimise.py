"""``optimise``: rates, swaps and pools chosen at the command line."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from fundpool.cli.progress import item_progress, year_progress
from fundpool.cli.saying import say_failure
from fundpool.cli.session import (
    ALERT,
    NO_PLAN,
    UsageError,
    checked_folder,
    checked_plans,
    opened_case,
    projected_years,
    refusing_bad_input,
    results_in,
    say,
    say_of_fit,
)
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of
from fundpool.options import CASE, USUAL, USUAL_RUIN, Acceptable, Goals, Limits, Ruin

if TYPE_CHECKING:
    from fundpool.calls.plan_requests import PlanRequest
    from fundpool.calls.results import Plan
    from fundpool.inputs.case import Case
    from fundpool.models.optimiser.partition import Partition
    from fundpool.models.pooling.plans import PoolingPlan


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


class NoWorse(StrEnum):
    """What no region is to be worse off than."""

    alone = "alone"
    in_force = "in-force"


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
    case: CaseArgument = CASE,
    choose: Annotated[
        str,
        typer.Option(
            "--choose",
            metavar="LIST",
            help="What is decided, of rates, swaps, instruments (the case's premiums, rates and "
            "subsidies of optimiser.instruments) and pooling.",
        ),
    ] = Limits.choose,
    pooling: Annotated[
        str | None,
        typer.Option("--pooling", help="Pools that the plan is for. Default: those in force."),
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
            "floor is then --reserve-months, or none. Default where the case has scenarios: 0.05 "
            "up to the last year of alerts, beside the reserve floor.",
        ),
    ] = None,
    one_path: Annotated[
        bool,
        typer.Option(
            "--one-path",
            help="Plan on the one path; how likely a balance below zero is is then not known.",
        ),
    ] = False,
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
    acceptable: Annotated[
        bool,
        typer.Option(
            "--acceptable",
            help="No region pays more than alone, nor does money run from poorer to richer ones.",
        ),
    ] = False,
    no_worse_than: Annotated[
        NoWorse | None,
        typer.Option(
            "--no-worse-than",
            help="No region pays more than alone, or than under the rates in force.",
        ),
    ] = None,
    window: Annotated[
        int | None,
        typer.Option(
            "--window",
            metavar="YEARS",
            min=1,
            help="No region pays more in any so many years in a row, not over the plan alone.",
        ),
    ] = None,
    poor_to_rich: Annotated[
        float | None,
        typer.Option(
            "--poor-to-rich",
            metavar="MONEY",
            min=0.0,
            callback=finite,
            help="Most that poorer regions pay into the hub and richer ones draw, a year.",
        ),
    ] = None,
    stable: Annotated[
        bool,
        typer.Option(
            "--stable", help="No coalition of regions pays more than as one fund of its own."
        ),
    ] = False,
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
    settlement: Annotated[
        int | None,
        typer.Option(
            "--settlement",
            metavar="YEAR",
            help="Also write settlement.xlsx: that year's swaps by region and quarter.",
        ),
    ] = None,
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
        if one_path and (ruin is not None or scenarios or rule is Rule.adjusting):
            raise UsageError(
                Message("--one-path goes with neither --ruin, --scenarios nor --rule adjusting")
            )
        if ruin is None and rule is Rule.adjusting:
            ruin = USUAL_RUIN
        if ruin is None and by is not None:
            raise UsageError(Message("--by is the last year for --ruin, which is not given"))
        from fundpool.calls.plan_requests import Sampling, plan_request
        from fundpool.plan_files import TABLES, plan_contents

        limits = Limits(
            choose, None if floor is None else floor.value, share_rates, hubs, merge_years,
            solver, time_limit, rule.value,
            _accepted(acceptable, no_worse_than, window, poor_to_rich, stable),
        )  # fmt: skip
        goals = Goals(measure.value, burden_of.value, order, joint and ruin is None, sensitivity)
        request = plan_request(
            opened, span, reserve_months, Sampling(scenarios, seed),
            Ruin(ruin, by, joint) if ruin is not None else None if one_path else USUAL, limits,
            goals,
        )  # fmt: skip
        pools: str | PoolingPlan = checked_plans(opened, [pooling or opened.pooling_in_force])[0]
        files = [f"{name}.{table_format.value}" for name in (*TABLES, "sensitivity", "instruments")]
        checked_folder(out, [*files, "plan.json", "settlement.xlsx"])
        if settlement is not None:
            _check_settlement(settlement, opened, span, request)
    from fundpool.calls.plan_requests import NoPlanError, chosen_pools, joined, planned
    from fundpool.cli.plan_text import plan_text
    from fundpool.languages.wording import local_names
    from fundpool.models.projection.study import study
    from fundpool.summary import as_json
    from fundpool.writing import write_results

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        projected = study(opened, span, progress)
        say_of_fit(projected, quiet)
    partitions: tuple[Partition, ...] = ()
    if request.pooled:
        say(spoken().gettext("Choosing pools"), quiet)
        try:
            partitions = chosen_pools(projected, request)
        except NoPlanError as error:
            say_failure(error)
            raise typer.Exit(NO_PLAN) from None
        pools = joined(opened, partitions)
    plan: Plan | None = None
    if request.rated:
        say(spoken().gettext("Optimising"), quiet)
        number = len(opened.paths()) if sensitivity else 0
        with (
            refusing_bad_input(),
            usage_from_value_error(),
            item_progress(
                spoken().gettext("Changing assumptions"), number, quiet or not sensitivity
            ) as step,
        ):
            plan = planned(
                projected.pooled(pools), request, partitions,
                lambda done, of: step(f"{done} of {of}"),
            )  # fmt: skip
    record, tables = plan_contents(opened, plan, partitions)
    with results_in(out, ["settlement.xlsx"]) as folder:
        write_results(folder, "plan.json", record, tables, table_format)
        if settlement is not None and plan is not None:
            plan.write_settlement(
                folder / "settlement.xlsx", settlement, None, opened.currency, spoken().code
            )
    if json:
        print_result(as_json(record))
    else:
        names = local_names(opened.tables["regions"], spoken())
        typer.echo(plan_text(record, tables, spoken(), names))
    say(spoken().gettext("Plan written to %(folder)s") % {"folder": out}, quiet)
    certified = all(partition.certified for partition in partitions)
    _end(opened, plan, certified and (plan is None or plan.status == "certified"))


def _check_settlement(year: int, case: "Case", years: int, request: "PlanRequest") -> None:
    """Refuse a year that is not projected, or a plan without swaps."""
    first, last = case.base_year + 1, case.base_year + years
    if not first <= year <= last:
        raise UsageError(
            Message("--settlement: expected a projected year, %(first)s to %(last)s",
                    first=first, last=last)
        )  # fmt: skip
    if not request.rated or "swaps" not in request.decided:
        raise UsageError(Message("--settlement: expected a plan with swaps (--choose)"))


def _accepted(
    acceptable: bool,
    no_worse_than: NoWorse | None,
    window: int | None,
    poor_to_rich: float | None,
    stable: bool,
) -> Acceptable | None:
    """What regions are asked to accept: all of it with ``--acceptable``, else what is named."""
    usual = Acceptable()
    than = None if no_worse_than is None else no_worse_than.value.replace("-", " ")
    if acceptable or (window is not None and than is None):
        than = than or usual.no_worse_than
    if acceptable and poor_to_rich is None:
        poor_to_rich = usual.poor_to_rich
    if than is None and poor_to_rich is None and not stable:
        return None
    return Acceptable(than, window, poor_to_rich, stable)


class usage_from_value_error:  # noqa: N801  reads as a context
    """A plan asked for that cannot be made is a usage error, with its sentence."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        """Turn a ValueError into a usage error."""
        if isinstance(error, ValueError):
            raise UsageError(message_of(error)) from error


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
        sentence = spoken().ngettext(
            "%(n)s pool holds less than %(months)s months at some time up to %(year)s",
            "%(n)s pools hold less than %(months)s months at some time up to %(year)s", pools,
        )  # fmt: skip
        say(sentence % {"n": pools, "months": f"{target:g}", "year": last})
        raise typer.Exit(ALERT)
