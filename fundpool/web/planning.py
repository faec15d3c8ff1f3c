"""From a request to an answer: what is kept, what must be worked out first."""

from dataclasses import dataclass
from typing import Any

from fundpool.web.answers import Material, answer
from fundpool.web.jobs import Job
from fundpool.web.plan_request import PlanRequest
from fundpool.web.shelf import Shelf


@dataclass(frozen=True)
class Pending:
    """An answer that waits for a job."""

    job: Job


def plan_material(shelf: Shelf, asked: PlanRequest) -> Material | Pending:
    """Projections, scenarios and decisions that a request is answered from, or what it waits for.

    Raises:
        CaseError, ValueError: a plan that the case cannot follow.
        UnknownCaseError: the case is not open.
    """
    opened = shelf.opened(asked.case)
    base_request = shelf.base_request(asked)
    base = shelf.study(base_request)
    if base is None:
        return Pending(shelf.project(base_request))
    plan = shelf.study(asked)
    if plan is None:
        shelf.changed_case(asked)  # refuses what cannot be projected before a job begins
        return Pending(shelf.project(asked))
    scheme = asked.scheme or opened.case.schemes[0].name
    chance = shelf.chance(asked)
    base_chance = shelf.chance(base_request)
    both = base_chance is not None and chance is not None
    return Material(
        opened,
        base,
        plan,
        base_chance.get(scheme) if base_chance is not None and both else None,
        chance.get(scheme) if chance is not None and both else None,
    )


def plan_answer(shelf: Shelf, asked: PlanRequest) -> dict[str, Any] | Pending:
    """A request's answer; ``waiting`` names the job that will add scenarios to it."""
    material = plan_material(shelf, asked)
    if isinstance(material, Pending):
        return material
    found = answer(material, asked)
    found["waiting"] = None
    if material.plan_chance is None:
        jobs = [
            shelf.draw(request)
            for request in (shelf.base_request(asked), asked)
            if shelf.chance(request) is None
        ]
        under_way = [job for job in jobs if job is not None]
        found["waiting"] = under_way[-1].record() if under_way else None
    return found
