"""What a plan is asked for, checked before anything is projected; command and function share it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from fundpool.calls.arguments import amount, of_kind, one_of, whole, words
from fundpool.calls.results import Frontiers, Plan, made_of
from fundpool.calls.wrong_argument import WrongArgumentError
from fundpool.inputs.case import Case
from fundpool.inputs.format.messages import Message, Word
from fundpool.inputs.format.messages import reason as message_of
from fundpool.models import optimiser
from fundpool.models.optimiser import Choices, Sample
from fundpool.models.optimiser.acceptance.terms import AcceptanceTerms
from fundpool.models.optimiser.explain.instruments import instruments
from fundpool.models.optimiser.explain.sensitivity import plan_sensitivity
from fundpool.models.optimiser.frontier import frontier
from fundpool.models.optimiser.limits import AIMS, aims_of, policy_of
from fundpool.models.optimiser.partition import Partition, best_partition
from fundpool.models.optimiser.problem.candidates import candidates
from fundpool.models.optimiser.program.solving import check_solver
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.pooling.plans import PoolingPlan, Stage
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Projection, Study
from fundpool.options import USUAL, USUAL_RUIN, Acceptable, Goals, Limits, Ruin
from fundpool.usual_ruin import usual_limit

CHOICES = ("rates", "swaps", "instruments", "pooling")
"""What a plan can decide."""


class NoPlanError(ValueError):
    """There is no plan as asked for, with a sentence that says why."""


@dataclass(frozen=True)
class Sampling:
    """Scenarios that a plan is made on.

    Attributes:
        scenarios: how many, or those already drawn; 0 plans on the central path.
        seed: of the sampling.
    """

    scenarios: int | Sample = 0
    seed: int = 1


@dataclass(frozen=True)
class PlanRequest:
    """What a plan is asked for.

    Attributes:
        decided: what is decided, of :data:`CHOICES`.
        reserve_months: reserve floor; None: the case's target.
        choices: limits, weights and solver as the model takes them.
        merge_years: years from which pools may merge.
        sampling: scenarios that it is made on.
        ruin: limit on the probability of a balance below zero.
        sensitivity: whether it is also made anew with each assumption changed.
    """

    decided: tuple[str, ...]
    reserve_months: float | None
    choices: Choices
    merge_years: tuple[int, ...] = ()
    sampling: Sampling = Sampling()
    ruin: RuinLimit | None = None
    sensitivity: bool = False

    @property
    def pooled(self) -> bool:
        """Whether pools are chosen."""
        return "pooling" in self.decided

    @property
    def rated(self) -> bool:
        """Whether rates or swaps are decided: not for pools that change on the way."""
        staged = self.pooled and len(self.merge_years) > 0
        return not staged and not {"rates", "swaps"}.isdisjoint(self.decided)


def plan_request(
    case: Case,
    years: int,
    reserve_months: float | None,
    sampling: Sampling,
    ruin: float | Ruin | str | None,
    limits: Limits | Choices,
    goals: Goals,
) -> PlanRequest:
    """What a plan is asked for, as the model takes it.

    Args:
        case: the case, with its policies.
        years: number of projected years.
        reserve_months: reserve floor; default: the case's target, and none with ``ruin``.
        sampling: scenarios that it is made on.
        ruin: limit on the probability of a balance below zero; a number is the probability,
            :data:`fundpool.options.USUAL` what is usual for the case.
        limits: what is decided, and what must be respected.
        goals: what is made small.

    Raises:
        TypeError: an argument of another kind.
        WrongArgumentError: an unknown word, level, solver or year, or a number out of range.
    """
    reserve_months = amount("reserve_months", reserve_months, 0.0, optional=True)
    of_kind("goals", goals, Goals, "Goals(...)")
    if not isinstance(sampling.scenarios, Sample):
        whole("scenarios", sampling.scenarios, 0)
    whole("seed", sampling.seed, 0, 2**64 - 1)
    if isinstance(limits, Choices):
        if replace(goals, sensitivity=False) != Goals():
            expected = Message("to be left out beside limits and weights as the model takes them")
            raise WrongArgumentError("goals", goals, expected)
        limit = _ruin_limit(case, years, None if ruin == USUAL else ruin)
        return PlanRequest(("rates", "swaps"), reserve_months, limits, (), sampling, limit,
                           goals.sensitivity)  # fmt: skip
    of_kind("limits", limits, Limits, "Limits(...)")
    decided = tuple(words("limits.choose", limits.choose, CHOICES))
    rule = one_of("limits.rule", limits.rule, ("fixed", "adjusting"))
    usual = ruin == USUAL
    if rule == "adjusting" and (usual or ruin is None):
        ruin, usual = USUAL_RUIN, False
    if usual:
        ruin = _usual_ruin(case, years, sampling, limits, goals)
    limit = _ruin_limit(case, years, ruin)
    months = 0.0 if limit is not None and reserve_months is None and not usual else reserve_months
    sampled = limit is None and sampling.scenarios != 0
    rules = policy_of(case, months, sampled)
    floor = one_of("limits.floor", limits.floor, ("every", "expectation", "cvar"), optional=True)
    policy = replace(
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
        order=tuple(words("goals.order", goals.order, AIMS)) if goals.order else (),
    )
    if limits.solver is not None:
        _check_solver(limits.solver)
    amount("limits.time_limit", limits.time_limit, 0.1, optional=True)
    choices = Choices(
        policy=policy, aims=aims, solver=limits.solver, time_limit=limits.time_limit, rule=rule,
        acceptable=_acceptance(limits.acceptable, years), instruments="instruments" in decided,
        mergers=True,
    )  # fmt: skip
    if sampled and choices.acceptable is not None:
        expected = Message("0 beside limits.acceptable, unless with a limit on ruin")
        raise WrongArgumentError("scenarios", sampling.scenarios, expected)
    if choices.instruments and (sampled or rule == "adjusting" or "rates" not in decided):
        expected = Message(
            "rates beside instruments, on one path or with a limit on ruin, and a fixed rule"
        )
        raise WrongArgumentError("limits.choose", limits.choose, expected)
    request = PlanRequest(decided, months, choices, _years(limits.merge_years), sampling, limit,
                          goals.sensitivity)  # fmt: skip
    if limit is not None and not request.rated:
        expected = Message("rates or swaps, and pools that stay the same, beside a limit on ruin")
        raise WrongArgumentError("limits.choose", limits.choose, expected)
    if limit is not None and goals.sensitivity:
        expected = Message("to be left out beside a limit on ruin, as it plans on one path")
        raise WrongArgumentError("goals.sensitivity", True, expected)
    return request


def chosen_pools(base: Study, request: PlanRequest) -> tuple[Partition, ...]:
    """Which regions to pool, scheme by scheme; none for schemes that others take in.

    Raises:
        NoPlanError: a scheme has no choice of pools that can be solved.
    """
    case, choices = base.case, request.choices
    months = (choices.policy or policy_of(case, request.reserve_months)).reserve_months
    lowest = base.pooled(case.levels[0])
    partitions = []
    last = int(base.flows.years[-1])
    for scheme in (scheme for scheme in case.schemes if scheme.in_force(last)):
        given = candidates(
            case,
            central_paths(lowest, scheme.name),
            base.flows,
            months,
            list(request.merge_years),
        )
        best, solution = best_partition(given, choices.solver, choices.time_limit)
        if best is None:
            raise NoPlanError(
                Message(
                    "no choice of pools for %(scheme)s: %(status)s",
                    scheme=Word(scheme.name),
                    status=Word(solution.status),
                )
            )
        partitions.append(best)
    return tuple(partitions)


def joined(case: Case, partitions: Sequence[Partition]) -> PoolingPlan:
    """The chosen pools of all schemes as one plan; at the lowest level where none were chosen."""
    stages = [stage for choice in partitions for stage in choice.plan.stages]
    return PoolingPlan("chosen", (Stage(case.levels[0]), *stages))


def planned(
    projection: Projection,
    request: PlanRequest,
    partitions: tuple[Partition, ...] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Rates and swaps for the pools of a projection.

    Args:
        projection: projected funds.
        request: what is asked for.
        partitions: how the pools were chosen; none where they were given.
        progress: called with the assumptions changed and all, if sensitivity is asked for.

    Raises:
        CaseError: scenarios are asked for and the case has no section on them.
        ValueError: a plan that cannot be made, in a sentence.
    """
    asked = request.sampling
    solved = optimiser.optimise(
        projection,
        request.reserve_months,
        0 if isinstance(asked.scenarios, Sample) else asked.scenarios,
        seed=asked.seed,
        sample=asked.scenarios if isinstance(asked.scenarios, Sample) else None,
        choices=request.choices,
        ruin=request.ruin,
    )
    table = pd.DataFrame()
    if request.sensitivity:
        years = len(projection.years)
        table = plan_sensitivity(
            projection.case, projection.plan, years, choices=request.choices, progress=progress
        )
    merged = any(fund.paths.merged is not None for fund, _, _ in solved.schemes)
    stated = solved.certificate.certified and not merged
    terms = instruments(projection, solved) if stated else pd.DataFrame()
    return made_of(Plan, solved, partitions=partitions, sensitivity=table, instruments=terms)


def traced(
    projection: Projection,
    points: int,
    reserve_months: float | None,
    progress: Callable[[int, int], None] | None = None,
    choices: Choices | None = None,
) -> Frontiers:
    """Efficient plans between the cheapest and the most even, scheme by scheme.

    Args:
        projection: projected funds.
        points: steps each way.
        reserve_months: reserve floor in months of outgo; default: the case's target.
        progress: called with the points done and all points.
        choices: limits and schemes other than the case's.

    Raises:
        NoPlanError: a scheme has no plan that keeps its floors.
    """
    try:
        return Frontiers(frontier(projection, points, reserve_months, progress, choices))
    except ValueError as error:
        raise NoPlanError(message_of(error)) from None


def _usual_ruin(
    case: Case, years: int, sampling: Sampling, limits: Limits, goals: Goals
) -> Ruin | None:
    """The limit that a plan is made to where none is asked for; None where it cannot or need not.

    Scenarios or a kind of floor that are asked for, a sensitivity and pools chosen in stages say
    by themselves how the plan is made.
    """
    sampled = isinstance(sampling.scenarios, Sample) or sampling.scenarios > 0
    otherwise = sampled or limits.floor is not None or goals.sensitivity
    chosen = "pooling" in words("limits.choose", limits.choose, CHOICES)
    if case.settings.scenarios is None or otherwise or chosen:
        return None
    usual = usual_limit(case, years)
    return Ruin(usual.most, usual.by)


def _ruin_limit(case: Case, years: int, ruin: float | Ruin | str | None) -> RuinLimit | None:
    if ruin is None:
        return None
    # any other text than the usual is refused as no number
    asked = ruin if isinstance(ruin, Ruin) else Ruin(amount("ruin", ruin, 0.0))
    if not 0.0 < amount("ruin", asked.most, 0.0) < 1.0:
        raise WrongArgumentError("ruin", asked.most, Message("a probability between 0 and 1"))
    first, end = case.base_year + 1, case.base_year + years
    last = end if asked.by is None else asked.by
    if not first <= last <= end:
        raise WrongArgumentError(
            "ruin.by", last, Message("a projected year, %(first)s to %(end)s", first=first, end=end)
        )
    return RuinLimit(asked.most, last, asked.joint)


def _acceptance(asked: Acceptable | None, years: int) -> AcceptanceTerms | None:
    if asked is None:
        return None
    of_kind("limits.acceptable", asked, Acceptable, "Acceptable(...)")
    lead = "limits.acceptable"
    than = one_of(f"{lead}.no_worse_than", asked.no_worse_than, ("alone", "in force"), True)
    if asked.window is not None:
        whole(f"{lead}.window", asked.window, 1, years)
    of_kind(f"{lead}.stable", asked.stable, bool, "True or False")
    most = amount(f"{lead}.poor_to_rich", asked.poor_to_rich, 0.0, optional=True)
    return AcceptanceTerms("in force" if than == "in force" else "alone" if than else None,
                           asked.window, most, asked.stable)  # fmt: skip


def _years(text: object) -> tuple[int, ...]:
    try:
        given = "" if text is None else str(text)
        return tuple(int(part) for part in given.split(",") if part.strip())
    except ValueError:
        expected = Message("years separated by commas, as in '2027,2033'")
        raise WrongArgumentError("limits.merge_years", text, expected) from None


def _check_solver(name: str) -> None:
    try:
        check_solver(name)
    except ValueError as error:
        expected = str(error).partition("at hand: ")[2]
        raise WrongArgumentError(
            "limits.solver", name, Message("one of %(known)s", known=expected)
        ) from None
