"""From a request to an answer: what is kept, what must be worked out first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fundpool.inputs.format.messages import Message, Word
from fundpool.models.projection.study import Projection, Study
from fundpool.web.requests.plan import Optimised, PlanRequest, pooling_of
from fundpool.web.work.answers import Material, answer, flows_of
from fundpool.web.work.jobs import Job
from fundpool.web.work.projection_cache import ProjectionCache
from fundpool.web.work.values import changes_nothing


@dataclass(frozen=True)
class Pending:
    """An answer that waits for a job."""

    job: Job


def plan_material(cache: ProjectionCache, asked: PlanRequest) -> Material | Pending:
    """Projections, scenarios and decisions that a request is answered from, or what it waits for.

    Raises:
        CaseError, ValueError: a plan that the case cannot follow.
        UnknownCaseError: the case is not open.
    """
    opened = cache.opened(asked.case)
    moves = cache.find_moves(asked)
    if moves is not None:
        return Pending(moves)
    base_request = cache.base_request(asked)
    base = cache.study(base_request)
    if base is None:
        cache.changed_case(base_request)
        return Pending(cache.project(base_request))
    plan = cache.study(asked)
    if plan is None:
        cache.changed_case(asked)  # refuses what cannot be projected before a job begins
        return Pending(cache.project(asked))
    scheme = asked.scheme or opened.case.schemes[0].name
    optimised = None
    if asked.optimised is not None:
        optimised = optimisation(cache, asked, plan)
        if not optimised.ended or optimised.status == "cancelled":
            return Pending(optimised)
        if optimised.status == "failed":
            raise ValueError(optimised.words)
    chance = cache.chance(asked)
    base_chance = cache.chance(base_request)
    both = base_chance is not None and chance is not None
    return Material(
        opened,
        base,
        plan,
        base_chance.get(scheme) if base_chance is not None and both else None,
        chance.get(scheme) if chance is not None and both else None,
        None if optimised is None else _of_scheme(optimised.result, scheme),
    )


def _of_scheme(made: Mapping[str, Any], scheme: str) -> Any:
    """What was decided for a scheme.

    Raises:
        ValueError: it has no plan.
    """
    if scheme not in made:
        raise ValueError(
            Message(
                "%(scheme)s: no plan, as the scheme does not collect contributions in every "
                "projected year",
                scheme=Word(scheme),
            )
        )
    return made[scheme]


def projected(asked: PlanRequest, study: Study) -> Projection:
    """The plan as a projection, levers moved: what the optimiser and the workbook take."""
    return replace(study, flows=flows_of(study, asked)).pooled(pooling_of(study.case, asked))


def optimisation(cache: ProjectionCache, asked: PlanRequest, study: Study) -> Job:
    """The job that decides a plan's rates and swaps; the one there is, if there is one.

    A safe plan is one of all schemes, as at the command line: whichever is shown, it is made once.
    """
    wanted = asked.optimised
    assert wanted is not None
    scheme = asked.scheme or study.case.schemes[0].name

    def work(job: Job) -> Any:
        from fundpool.web.work.optimising import in_child, optima

        return in_child(optima, (projected(asked, study), scheme, wanted), job)

    key = asked.model_copy(update={"scheme": ""}).digest if asked.limits_ruin else asked.digest
    return cache.jobs.submit(f"optimum {key}", "optimisation", work)


def frontier_job(cache: ProjectionCache, asked: PlanRequest, study: Study, points: int) -> Job:
    """The job that traces the frontier of a plan's funds."""
    wanted = asked.optimised or Optimised()
    scheme = asked.scheme or study.case.schemes[0].name

    def work(job: Job) -> Any:
        from fundpool.web.work.optimising import frontier_points, in_child

        arguments = (projected(asked, study), scheme, wanted, points)
        return in_child(frontier_points, arguments, job)

    return cache.jobs.submit(f"frontier {points} {asked.digest}", "frontier", work)


def needed_material(cache: ProjectionCache, asked: PlanRequest) -> Material | Pending:
    """What a question about probabilities is answered from: scenarios are waited for."""
    material = plan_material(cache, asked)
    if isinstance(material, Pending) or material.plan_chance is not None:
        return material
    requests = (cache.base_request(asked), asked)
    missing = [request for request in requests if cache.chance(request) is None]
    under_way = [job for job in map(cache.draw, missing) if job is not None]
    return Pending(under_way[-1]) if under_way else material


def _idle(cache: ProjectionCache, asked: PlanRequest, study: Study) -> bool:
    """Whether the values of a request are known to change nothing."""
    without = cache.study(asked.model_copy(update={"values": {}})) if asked.values else None
    return without is not None and changes_nothing(asked.values, study.flows, without.flows)


def plan_answer(cache: ProjectionCache, asked: PlanRequest) -> dict[str, Any] | Pending:
    """A request's answer; ``waiting`` names the job that will add scenarios to it."""
    material = plan_material(cache, asked)
    if isinstance(material, Pending):
        return material
    requests = (cache.base_request(asked), asked)
    missing = [request for request in requests if cache.chance(request) is None]
    if material.plan_chance is None and not missing:  # drawn since the material was gathered
        material = plan_material(cache, asked)
        if isinstance(material, Pending):
            return material
    result = answer(material, asked)
    result["idle"] = _idle(cache, asked, material.plan)
    result["waiting"] = None
    if material.plan_chance is None:
        under_way = [job for job in map(cache.draw, missing) if job is not None]
        result["waiting"] = under_way[-1].record() if under_way else None
    return result
