"""Routes: what a case is, and uploading one."""

from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from fundpool.languages import LANGUAGES
from fundpool.languages import language as language_of
from fundpool.languages.wording import worded
from fundpool.web.api.plan import BINARY, WORKBOOK
from fundpool.web.api.wire import Assumptions, Findings, UploadedCase, described
from fundpool.web.words.page import words_of_page
from fundpool.web.work.case_record import case_record
from fundpool.web.work.projection_cache import ProjectionCache
from fundpool.web.work.uploads import UploadRefusedError, checked_upload
from fundpool.web.work.values import assumption_records
from fundpool.web.work.workbooks import case_workbook, empty_workbook

router = APIRouter()
UPLOAD = "application/octet-stream"


@router.get("/words/{code}.json", include_in_schema=False)
def words(code: str) -> JSONResponse:
    """Words of the page in a language, from the catalogue."""
    if code not in LANGUAGES:
        return JSONResponse({"error": f"No language {code}."}, status_code=404)
    return JSONResponse(words_of_page(language_of(code)), headers={"cache-control": "no-cache"})


@router.get("/api/case")
def case(request: Request, case: str = "") -> dict[str, Any]:
    """A case: schemes, levels, regions, policies, years."""
    cache: ProjectionCache = request.app.state.cache
    serving = cache.serving
    return case_record(cache.opened(case), serving.years, serving.scenarios)


@router.get("/api/case/assumptions", response_model=Assumptions)
def assumptions(request: Request, case: str = "") -> dict[str, Any]:
    """Every assumption of a case with mark, source, range and weight."""
    cache: ProjectionCache = request.app.state.cache
    opened = cache.opened(case)
    rows = opened.remembered(("assumptions",), lambda: assumption_records(opened.case))
    return {"assumptions": rows}


FILE: dict[int | str, dict[str, Any]] = {200: {"content": {WORKBOOK: {"schema": BINARY}}}}


@router.get("/api/case/workbook", response_class=Response, responses=FILE)
def workbook_of_case(request: Request, case: str = "") -> Response:
    """A case as a workbook, as it was read: to be changed and uploaded again."""
    cache: ProjectionCache = request.app.state.cache
    return Response(case_workbook(cache.opened(case), cache.serving), media_type=WORKBOOK)


@router.get("/api/case/template", response_class=Response, responses=FILE)
def template(request: Request) -> Response:
    """An empty workbook with every table's columns and what they hold."""
    cache: ProjectionCache = request.app.state.cache
    return Response(empty_workbook(cache.serving), media_type=WORKBOOK)


@router.post(
    "/api/cases",
    response_model=UploadedCase,
    responses={422: described(Findings, "What is wrong with the case.")},
    openapi_extra={
        "requestBody": {"required": True, "content": {UPLOAD: {"schema": BINARY}}},
        "parameters": [
            {
                "name": "X-File-Name",
                "in": "header",
                "required": True,
                "description": "Name of the workbook, percent-encoded.",
                "schema": {"type": "string", "pattern": "^[a-z0-9]{1,20}[.]xlsx$"},
            }
        ],
    },
)
async def upload(request: Request) -> JSONResponse:
    """Read and check a case workbook: the body is the file, ``X-File-Name`` its name."""
    cache: ProjectionCache = request.app.state.cache
    name = unquote(request.headers.get("x-file-name", ""))
    contents = await request.body()
    try:
        checked = await run_in_threadpool(checked_upload, name, contents, cache.serving)
    except UploadRefusedError as error:
        local = worded(error.words, language_of("zh"))
        return JSONResponse({"error": str(error), "error_local": local}, status_code=400)
    if checked.case is None:
        return JSONResponse({"findings": checked.findings}, status_code=422)
    opened = cache.add(name, checked.case, contents)
    return JSONResponse({"case": opened.key, "findings": checked.findings})
