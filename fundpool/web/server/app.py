"""The application: routes of the API, the page's files, and the guard around them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.messages import Clause, Message
from fundpool.version import __version__
from fundpool.web.api import case as api_case
from fundpool.web.api import jobs as api_jobs
from fundpool.web.api import plan as api_plan
from fundpool.web.api.wire import REFUSALS, Health
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.server.access_log import AccessLog
from fundpool.web.server.messages import App
from fundpool.web.server.security import BUSY, HEALTH, Guard
from fundpool.web.serving import Serving
from fundpool.web.work.jobs import BusyError, SessionBusyError, in_both, sentence
from fundpool.web.work.projection_cache import ProjectionCache, UnknownCaseError

if TYPE_CHECKING:
    from fundpool.inputs.case import Case

OPENAPI = "/api/openapi.json"
SESSION_BUSY = Message("Too much long work at once from one session; wait for some.")
STATIC = Path(__file__).parent.parent / "static"


def create_app(serving: Serving, case: "Case", charts: Path) -> App:
    """The page and its API.

    Args:
        serving: how it is served.
        case: the case that is open at first.
        charts: file with the chart library (:func:`fundpool.web.server.bundle.chart_bundle`).
    """
    cache = ProjectionCache(serving, case)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        cache.project(PlanRequest())
        yield
        cache.jobs.close()

    app = FastAPI(
        title="fundpool",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI,
        responses=REFUSALS,
        lifespan=lifespan,
    )
    app.state.cache = cache
    for module in (api_case, api_plan, api_jobs):
        app.include_router(module.router)
    _explain_errors(app)

    @app.get(HEALTH)
    async def health() -> Health:
        """Whether the server answers and has made the case's own projection."""
        ready = cache.study(PlanRequest()) is not None
        return Health(
            status="ok" if ready else "starting", version=__version__, jobs=cache.jobs.under_way
        )

    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(STATIC / "index.html", headers={"cache-control": "no-cache"})

    @app.get("/charts.js", include_in_schema=False)
    def chart_library() -> FileResponse:
        return FileResponse(charts, media_type="text/javascript")

    app.mount("/static", StaticFiles(directory=STATIC))
    guard = Guard(app, serving)
    if serving.access_log is None:
        return guard
    return AccessLog(guard, serving.access_log, serving.log_style)


def _sentence(error: Exception) -> str:
    """A mistake as a sentence: capital, full stop, in every language where it is a message."""
    words = sentence(error)
    if not isinstance(words, Message):
        return f"{words.rstrip('.')}."
    return words if words.endswith(".") else Message("%(mistake)s.", mistake=Clause(words))


def _findings(_request: Request, error: Exception) -> JSONResponse:
    """Findings of a case, a line each, in every language."""
    assert isinstance(error, CaseError)
    both = [in_both("error", finding.message_of_form) for finding in error.findings]
    names = ("error", "error_local")
    said = {name: "\n".join(line[name] for line in both) for name in names}
    return JSONResponse(said, status_code=400)


def _explain_errors(app: FastAPI) -> None:
    """A user's mistake is answered with a sentence."""

    def answering(status: int, words: Callable[[Exception], str]) -> Callable[..., JSONResponse]:
        def answer(_request: Request, error: Exception) -> JSONResponse:
            return JSONResponse(in_both("error", words(error)), status_code=status)

        return answer

    def first_mistake(error: Exception) -> str:
        assert isinstance(error, RequestValidationError)
        mistake = error.errors()[0]
        place = ".".join(str(part) for part in mistake["loc"][1:])
        return f"{place}: {mistake['msg']}." if place else f"{mistake['msg']}."

    app.add_exception_handler(RequestValidationError, answering(422, first_mistake))
    app.add_exception_handler(ValueError, answering(400, _sentence))
    app.add_exception_handler(CaseError, _findings)
    app.add_exception_handler(UnknownCaseError, answering(404, _sentence))
    app.add_exception_handler(SessionBusyError, answering(429, lambda _: SESSION_BUSY))
    app.add_exception_handler(BusyError, answering(503, lambda _: BUSY))

    def refused(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        words = {
            404: Message("There is nothing here."), 405: Message("This cannot be done here."),
        }  # fmt: skip
        standard = HTTPStatus(error.status_code).phrase
        said = error.detail if error.detail != standard else words.get(error.status_code, standard)
        return JSONResponse(in_both("error", said), error.status_code, error.headers)

    app.add_exception_handler(HTTPException, refused)
