"""Routes: a plan's numbers, its policy file and the command that reproduces it."""

import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from fundpool.web.plan_request import FrontierRequest, PlanRequest, pooling_of
from fundpool.web.planning import Pending, frontier_job, plan_answer, plan_material
from fundpool.web.policy_text import command_of, policy_contents_of, toml_text
from fundpool.web.shelf import Shelf

router = APIRouter()


@router.post("/api/plan")
def plan(request: Request, asked: PlanRequest) -> JSONResponse:
    """A plan beside the case as it stands; 202 and a job where a projection is needed first."""
    shelf: Shelf = request.app.state.shelf
    begun = time.perf_counter()
    found = plan_answer(shelf, asked)
    if isinstance(found, Pending):
        return JSONResponse(found.job.record(), status_code=202)
    took = 1000.0 * (time.perf_counter() - begun)
    return JSONResponse(
        found | {"command": _command(shelf, asked)},
        headers={"server-timing": f"model;dur={took:.1f}"},
    )


@router.post("/api/frontier")
def frontier(asked: FrontierRequest, request: Request) -> JSONResponse:
    """Efficient plans of one scheme's funds; 202 and a job until they are there."""
    shelf: Shelf = request.app.state.shelf
    without = asked.plan.model_copy(update={"optimised": None})
    material = plan_material(shelf, without)
    job = (
        material.job
        if isinstance(material, Pending)
        else frontier_job(shelf, asked.plan, asked.points)
    )
    if isinstance(material, Pending) or not job.ended:
        return JSONResponse(job.record(), status_code=202)
    if job.status != "done":
        return JSONResponse({"error": f"{job.words.rstrip('.')}."}, status_code=400)
    return JSONResponse({"points": job.result})


@router.post("/api/policy")
def policy(request: Request, asked: PlanRequest) -> PlainTextResponse:
    """The plan's levers as a policy file for the command line."""
    shelf: Shelf = request.app.state.shelf
    case = shelf.opened(asked.case).case.with_policies(asked.policies)
    return PlainTextResponse(
        toml_text(policy_contents_of(case, asked)), media_type="application/toml"
    )


@router.post("/api/workbook")
def workbook(request: Request, asked: PlanRequest) -> Response:
    """The plan as a workbook; 202 and a job where a projection is needed first."""
    from fundpool.web.workbook import plan_workbook

    shelf: Shelf = request.app.state.shelf
    material = plan_material(shelf, asked)
    if isinstance(material, Pending):
        return JSONResponse(material.job.record(), status_code=202)
    found = plan_answer(shelf, asked)
    assert not isinstance(found, Pending)
    contents = plan_workbook(material, asked, found, _command(shelf, asked))
    return Response(
        contents,
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"content-disposition": 'attachment; filename="fundpool-plan.xlsx"'},
    )


def _command(shelf: Shelf, asked: PlanRequest) -> dict[str, Any]:
    opened = shelf.opened(asked.case)
    needs = asked.levers.moved or asked.mobility != 0.0
    years = shelf.serving.years
    case = opened.case.with_policies(asked.policies)
    pooling = case.levels[0], pooling_of(case, asked)
    text = command_of(opened.label, pooling, asked, years, needs)
    changes = "".join(f" --set {change}" for change in shelf.serving.changes if not asked.case)
    return {"text": text + changes, "needs_policy": needs}
