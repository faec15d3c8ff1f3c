"""What would empty the funds of a plan: reverse stress of what is on screen, by scheme.

The smallest joint moves of the drivers are those of
:func:`fundpool.models.risk.reverse_stress.reverse_stress`, looked for in a process of its own.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.models.axes.records import plain_records
from fundpool.models.flows.responses import Responses
from fundpool.models.risk.reverse_stress import LARGEST_MOVE, reverse_stress
from fundpool.models.scenarios.terms import scenario_terms
from fundpool.web.requests.plan import PlanRequest, pooling_of
from fundpool.web.work.answers import flows_of
from fundpool.web.work.jobs import Job
from fundpool.web.work.optimising import Tell, in_child
from fundpool.web.work.projection_cache import ProjectionCache, can_draw

if TYPE_CHECKING:
    from fundpool.models.projection.study import Study


def emptied_job(cache: ProjectionCache, asked: PlanRequest, study: "Study") -> Job:
    """The job that looks for the smallest moves; its result holds rows of the funds of all schemes.

    Raises:
        ValueError: a case that does not say how its drivers vary, or a plan whose rates do not
            follow its levers.
    """
    if asked.full or asked.optimised is not None:
        raise ValueError(
            Message("take off the optimised rates, or the levers projected in full, first")
        )
    if not can_draw(study.case):
        raise ValueError(Message("the case does not say how its drivers vary (section scenarios)"))
    plain = asked.model_copy(update={"scheme": "", "county": ""})

    def work(job: Job) -> Any:
        return in_child(smallest_moves, (study, plain), job)

    return cache.jobs.submit(f"reverse stress {plain.digest}", "reverse", work)


def smallest_moves(study: "Study", asked: PlanRequest, tell: Tell) -> list[dict[str, Any]]:
    """Rows of the table of :func:`reverse_stress` for a plan with its levers moved.

    How cover and moves respond to the drivers is that of the plan without its levers, as in its
    scenarios.
    """
    tell(0.0, Message("what moving and enrolment change"))
    terms = scenario_terms(study)
    flows = flows_of(study, asked)
    if flows is not study.flows:
        kernel = terms.kernel
        responses = Responses(
            kernel.respond_income, terms.respond_base, kernel.respond_subsidies,
            kernel.respond_claims,
        )  # fmt: skip
        study = replace(study, flows=flows)
        terms = scenario_terms(study, responses=responses)
    tell(0.0, Message("looking for the smallest moves that empty funds"))
    return plain_records(reverse_stress(study, pooling_of(study.case, asked), terms).table)


def emptied(rows: list[dict[str, Any]], scheme: str) -> dict[str, Any]:
    """The rows of a scheme as the page reads them."""
    funds = [
        {
            "pool": row["pool"],
            "name": row["name"],
            "move": row["move"],
            "verified": row["verified"],
            "means": {name: row[f"{name}_mean"] for name in DRIVERS},
        }
        for row in rows
        if row["scheme"] == scheme
    ]
    return {"scheme": scheme, "largest": LARGEST_MOVE, "funds": funds}
