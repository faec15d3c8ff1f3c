"""``optimise``, ``partition`` and ``frontier`` as functions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fundpool.calls.arguments import CaseLike, amount, of_kind, opened, whole
from fundpool.calls.plan_requests import (
    PlanRequest,
    Sampling,
    chosen_pools,
    joined,
    plan_request,
    planned,
    traced,
)
from fundpool.calls.results import Frontiers, Plan, Projection, made_of, target_of
from fundpool.calls.wrong_argument import WrongArgumentError, sentence
from fundpool.deprecation import grouped, renamed
from fundpool.inputs.case import Case
from fundpool.inputs.files.writing import whole_folder
from fundpool.inputs.format.messages import Message
from fundpool.models.optimiser import Choices, Sample
from fundpool.models.optimiser.partition import Partition
from fundpool.models.projection import study as studies
from fundpool.models.projection.study import study
from fundpool.options import CASE, POINTS, USUAL, Goals, Limits, Outputs, Ruin
from fundpool.plan_files import plan_contents, write_frontiers
from fundpool.writing import write_results

DEFAULT_LIMITS, DEFAULT_GOALS, NOTHING_WRITTEN = Limits(), Goals(), Outputs()
WRITTEN = "Outputs(out=..., table_format=...)"
"""What may be said of where a plan is written."""


@renamed(choices="limits", sample="scenarios")
@grouped("ruin", Ruin, "by", "joint")
def optimise(
    projection: studies.Projection | CaseLike = CASE,
    reserve_months: float | None = None,
    scenarios: int | Sample = 0,
    *,
    seed: int = 1,
    ruin: float | Ruin | str | None = USUAL,
    limits: Limits | Choices = DEFAULT_LIMITS,
    goals: Goals = DEFAULT_GOALS,
    outputs: Outputs = NOTHING_WRITTEN,
) -> Plan:
    """Contribution rates and swaps that keep every fund solvent and even out costs.

    Args:
        projection: projected funds (:func:`fundpool.project` takes pooling, policies, changes and
            years), or a case, which is then projected by the pooling in force.
        reserve_months: reserve floor in months of outgo, net of claims owed; default: the case's
            ``solvency.target_reserve_months``, and none where ``ruin`` is given.
        scenarios: how many are sampled from the stochastic model, or those already drawn; 0 plans
            on the central path. With ``ruin`` the number of fresh ones that the plan is tried on,
            10,000 if 0.
        seed: of the sampling, from 0 to 2^64 - 1.
        ruin: limit on the probability of a balance below zero; a number is the probability. By
            default (``"usual"``) 5 % for each fund up to the last year of alerts, beside the
            reserve floor, where the case has scenarios and neither ``scenarios``, a kind of floor,
            a sensitivity nor a choice of pools is asked for. None: not limited, not computed.
        limits: what is decided, and what must be respected; limits, weights and solver as the
            model takes them (``fundpool.models.optimiser.Choices``) stand for the goals as well.
        goals: what is made small.
        outputs: where the plan is written; by default nowhere.

    Returns:
        the plan: tables ``rates``, ``swaps`` and ``reserves`` (one row a scheme, pool and year;
        rates as fractions of the base, money in the case's currency), ``certificate``, ``status``.

    Raises:
        CaseError: a case is refused, or scenarios are asked for and it has no section on them.
        TypeError, ValueError: a wrong argument, or a plan that cannot be made, in a sentence.

    Examples:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", pooling="city", years=3)
        >>> plan = fundpool.optimise(projection, reserve_months=1)
        >>> plan.certificate.certified
        True
    """
    target = _target(outputs)
    given = projection_or_case(projection)
    sampling = Sampling(scenarios, seed)
    request = request_for(given, reserve_months, sampling, ruin, limits, goals)
    if not request.rated:
        expected = Message(
            "rates or swaps beside pooling, and no merge_years; fundpool.partition chooses "
            "pools alone, also in stages"
        )
        chosen = ",".join(request.decided)
        raise WrongArgumentError("limits.choose", chosen, expected)
    base = projected(given)
    partitions: tuple[Partition, ...] = ()
    if request.pooled:
        partitions = chosen_pools(base.study, request)
        base = base.study.pooled(joined(base.case, partitions))
    plan = planned(base, request, partitions)
    if target is not None:
        record, tables = plan_contents(base.case, plan, partitions)
        with whole_folder(target[0]) as place:
            write_results(place, "plan.json", record, tables, target[1])
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
        reserve_months: floor of every pool in months of outgo; default: the case's target.
        limits: ``merge_years``, ``solver`` and ``time_limit`` count.

    Returns:
        one choice of pools a scheme: ``plan``, ``pools``, ``cost`` in the case's currency, and the
        ``bound`` that no other choice can beat.

    Raises:
        TypeError, ValueError: a wrong argument, or a scheme without a choice of pools.

    Examples:
        >>> import fundpool
        >>> pools = fundpool.partition(fundpool.project("jiangsu", years=2))
        >>> [choice.scheme for choice in pools]
        ['employee', 'resident']
    """
    of_kind("limits", limits, Limits, "Limits(...)")
    given = projection_or_case(projection)
    asked = replace(limits, choose="pooling")
    request = request_for(given, reserve_months, Sampling(), None, asked, DEFAULT_GOALS)
    return chosen_pools(projected(given).study, request)


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
            years), or a case, which is then projected by the pooling in force.
        points: steps each way, from 2 to 50.
        reserve_months: reserve floor in months of outgo; default: the case's target.
        progress: called with the points done and all points.
        choices: limits and schemes other than the case's.
        outputs: where the table and a chart of each scheme are written; by default nowhere.

    Returns:
        one frontier a scheme; ``table`` has a row a plan (``mean_rate`` and ``burden`` as
        fractions, ``swaps`` as a share of outgo).

    Raises:
        CaseError: a case is refused.
        TypeError, ValueError: a wrong argument.
        NoPlanError: a scheme has no plan that keeps its floors (a ValueError).

    Examples:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", pooling="city", years=3)
        >>> front = fundpool.frontier(projection, points=2, reserve_months=0)
        >>> sorted(set(front.table["scheme"]))
        ['employee', 'resident']
    """
    whole("points", points, 2, 50)
    amount("reserve_months", reserve_months, 0.0, optional=True)
    target = _target(outputs)
    base = projected(projection_or_case(projection))
    frontiers_solved = traced(base, points, reserve_months, progress, choices)
    if target is not None:
        with whole_folder(target[0]) as place:
            write_frontiers(frontiers_solved, frontiers_solved.table, place, target[1])
    return frontiers_solved


def _target(outputs: Outputs) -> tuple[Path, str] | None:
    """Folder and format of the tables of a plan (:func:`.target_of`), which no archive keeps."""
    target = target_of(outputs, WRITTEN)
    if outputs.archive is not None:
        expected = Message("None: archives keep reports, projections and comparisons")
        raise WrongArgumentError("outputs.archive", outputs.archive, expected)
    return target


def projection_or_case(projection: object) -> studies.Projection | Case:
    """A projection as given, or a case that was read.

    Raises:
        CaseError: the case is refused.
        TypeError: something else is given.
    """
    if isinstance(projection, studies.Projection):
        return projection
    if not isinstance(projection, Case | str) and not hasattr(projection, "__fspath__"):
        raise TypeError(sentence(
            "projection", projection, "what fundpool.project returns, or a case or its name"
        ))  # fmt: skip
    return opened(projection)


def projected(given: studies.Projection | Case) -> studies.Projection:
    """A projection as given, or of a case by the pooling in force."""
    if isinstance(given, studies.Projection):
        return given
    return made_of(Projection, study(given).pooled(given.pooling_in_force))


def request_for(
    given: studies.Projection | Case,
    reserve_months: float | None,
    sampling: Sampling,
    ruin: float | Ruin | str | None,
    limits: Limits | Choices,
    goals: Goals,
) -> PlanRequest:
    """What is asked for (:func:`.plan_request`), by the years of a projection or a case."""
    if isinstance(given, studies.Projection):
        case, years = given.case, len(given.years)
    else:
        case, years = given, round(given.value("solvency.horizon"))
    return plan_request(case, years, reserve_months, sampling, ruin, limits, goals)
