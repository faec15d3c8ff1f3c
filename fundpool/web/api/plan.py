"""Routes: a plan's numbers, its policy file and the command that reproduces it."""

import shlex
import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from fundpool.web.api.wire import PENDING, Emptied, Needed
from fundpool.web.requests.plan import (
    FrontierRequest,
    NeededRequest,
    PlanRequest,
    ReportRequest,
    pooling_of,
)
from fundpool.web.requests.policy_text import command_of, toml_text
from fundpool.web.work.answers import answer
from fundpool.web.work.emptied import emptied, emptied_job
from fundpool.web.work.jobs import in_both
from fundpool.web.work.needed import needed
from fundpool.web.work.planning import (
    Pending,
    frontier_job,
    needed_material,
    plan_answer,
    plan_material,
)
from fundpool.web.work.projection_cache import ProjectionCache
from fundpool.web.work.reporting import needs_policy, report_job, shock_beside

router = APIRouter()
TOML = "application/toml"
ZIP = "application/zip"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BINARY = {"type": "string", "format": "binary"}


@router.post("/api/plan", response_model=dict[str, Any], responses=PENDING)
def plan(request: Request, asked: PlanRequest) -> JSONResponse:
    """A plan beside the case as it stands; 202 and a job where a projection is needed first."""
    cache: ProjectionCache = request.app.state.cache
    begun = time.perf_counter()
    outcome = plan_answer(cache, asked)
    if isinstance(outcome, Pending):
        return JSONResponse(outcome.job.record(), status_code=202)
    took = 1000.0 * (time.perf_counter() - begun)
    return JSONResponse(
        outcome | {"command": _command(cache, asked)},
        headers={"server-timing": f"model;dur={took:.1f}"},
    )


@router.post("/api/needed", response_model=Needed, responses=PENDING)
def needed_lever(asked: NeededRequest, request: Request) -> Any:
    """The rate or premium that keeps funds to a year; 202 and a job where one is needed first."""
    cache: ProjectionCache = request.app.state.cache
    material = needed_material(cache, asked.plan)
    if isinstance(material, Pending):
        return JSONResponse(material.job.record(), status_code=202)
    return needed(material, asked)


@router.post("/api/emptied", response_model=Emptied, responses=PENDING)
def emptied_funds(asked: PlanRequest, request: Request) -> Any:
    """The smallest joint moves that empty a scheme's funds; 202 and a job until they are there."""
    cache: ProjectionCache = request.app.state.cache
    material = plan_material(cache, asked)
    job = (
        material.job if isinstance(material, Pending) else emptied_job(cache, asked, material.plan)
    )
    if isinstance(material, Pending) or not job.ended:
        return JSONResponse(job.record(), status_code=202)
    if job.status != "done":
        return JSONResponse(in_both("error", job.words), status_code=400)
    return emptied(job.result, asked.scheme or material.plan.case.schemes[0].name)


@router.post("/api/frontier", response_model=dict[str, Any], responses=PENDING)
def frontier(asked: FrontierRequest, request: Request) -> JSONResponse:
    """Efficient plans of one scheme's funds; 202 and a job until they are there."""
    cache: ProjectionCache = request.app.state.cache
    without = asked.plan.model_copy(update={"optimised": None})
    material = plan_material(cache, without)
    job = (
        material.job
        if isinstance(material, Pending)
        else frontier_job(cache, asked.plan, material.plan, asked.points)
    )
    if isinstance(material, Pending) or not job.ended:
        return JSONResponse(job.record(), status_code=202)
    if job.status != "done":
        return JSONResponse(in_both("error", job.words), status_code=400)
    return JSONResponse({"points": job.result})


@router.post(
    "/api/policy",
    response_class=Response,
    responses=PENDING | {200: {"content": {TOML: {"schema": {"type": "string"}}}}},
)
def policy(request: Request, asked: PlanRequest) -> Response:
    """The plan's levers as a policy file; 202 and a job while the stress is worked out."""
    cache: ProjectionCache = request.app.state.cache
    job = cache.find_moves(asked)
    if job is not None:
        return JSONResponse(job.record(), status_code=202)
    return PlainTextResponse(toml_text(cache.policy_contents(asked)), media_type=TOML)


@router.post(
    "/api/workbook",
    response_class=Response,
    responses=PENDING | {200: {"content": {WORKBOOK: {"schema": BINARY}}}},
)
def workbook(request: Request, asked: PlanRequest) -> Response:
    """The plan as a workbook; 202 and a job where a projection is needed first."""
    from fundpool.web.work.workbook import plan_workbook

    cache: ProjectionCache = request.app.state.cache
    material = plan_material(cache, asked)
    if isinstance(material, Pending):
        return JSONResponse(material.job.record(), status_code=202)
    contents_of_answer = answer(material, asked)
    contents = plan_workbook(material, asked, contents_of_answer, _command(cache, asked))
    return Response(
        contents,
        media_type=WORKBOOK,
        headers={"content-disposition": 'attachment; filename="fundpool-plan.xlsx"'},
    )


@router.post(
    "/api/report",
    response_class=Response,
    responses=PENDING | {200: {"content": {ZIP: {"schema": BINARY}}}},
)
def report(request: Request, asked: ReportRequest) -> Response:
    """The report of a plan, its files as a ZIP; 202 and a job until they are written."""
    cache: ProjectionCache = request.app.state.cache
    job = cache.find_moves(asked.plan) or report_job(cache, asked)
    if not job.ended:
        return JSONResponse(job.record(), status_code=202)
    if job.status != "done":
        return JSONResponse(in_both("error", job.words), status_code=400)
    return Response(job.result, media_type=ZIP)


def _command(cache: ProjectionCache, asked: PlanRequest) -> dict[str, Any]:
    opened = cache.opened(asked.case)
    needs = needs_policy(asked)
    years = cache.serving.years
    case = opened.case.with_policies(asked.policies)
    pooling = case.pooling_in_force, pooling_of(case, asked)
    shock = asked.stress if shock_beside(asked) else ""
    text = command_of(opened.label, pooling, asked, years, needs, shock)
    changes = [*cache.serving.changes] if not asked.case else []
    changes += [f"{path}={value!r}" for path, value in asked.values.items()]
    said = "".join(f" --set {shlex.quote(change)}" for change in changes)
    return {"text": text + said, "needs_policy": needs}
