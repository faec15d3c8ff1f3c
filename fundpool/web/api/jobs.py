"""Routes: watching and cancelling long work."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse

from fundpool.inputs.format.messages import Message
from fundpool.web.api.wire import JobState
from fundpool.web.work.jobs import Job
from fundpool.web.work.projection_cache import ProjectionCache

router = APIRouter()
PAUSE = 0.2


def _job(request: Request, name: str) -> Job:
    cache: ProjectionCache = request.app.state.cache
    job = cache.jobs.named(name)
    if job is None:
        raise HTTPException(404, Message("There is no such job."))
    return job


@router.get("/api/jobs/{name}", response_model=JobState)
def state(request: Request, name: str) -> dict[str, Any]:
    """How far a job is."""
    return _job(request, name).record()


@router.get(
    "/api/jobs/{name}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def events(request: Request, name: str) -> StreamingResponse:
    """How far a job is, as server-sent events until it ends."""
    job = _job(request, name)

    async def progress_events() -> AsyncIterator[str]:
        before = ""
        while True:
            record = json.dumps(job.record())
            if record != before:
                yield f"data: {record}\n\n"
                before = record
            if job.ended or await request.is_disconnected():
                return
            await asyncio.sleep(PAUSE)

    return StreamingResponse(
        progress_events(), media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


@router.delete("/api/jobs/{name}", response_model=JobState)
def cancel(request: Request, name: str) -> dict[str, Any]:
    """Stop a job; another session that waits for it asks again."""
    cache: ProjectionCache = request.app.state.cache
    job = _job(request, name)
    cache.jobs.cancel(job)
    return job.record()
