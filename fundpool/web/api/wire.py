"""Answers that routes share, as OpenAPI describes them."""

from typing import Any

from pydantic import BaseModel


class Refusal(BaseModel):
    """Why there is no answer.

    Attributes:
        error: a sentence.
        error_local: the same in Chinese, where there are words for it.
    """

    error: str
    error_local: str | None = None


class JobState(BaseModel):
    """How far long work is.

    Attributes:
        job: name by which it is watched and cancelled.
        kind: ``projection``, ``scenarios``, ``optimisation``, ``frontier`` or ``report``.
        status: ``waiting``, ``running``, ``done``, ``failed`` or ``cancelled``.
        done: share that is done.
        words: what it is doing, or why it failed.
        words_local: the same in Chinese, where there are words for it.
    """

    job: str
    kind: str
    status: str
    done: float
    words: str
    words_local: str | None = None


class Health(BaseModel):
    """That the server answers.

    Attributes:
        status: ``ok``, or ``starting`` until the case's own projection has been made.
        version: of the program.
        jobs: number of jobs that wait or run.
    """

    status: str
    version: str
    jobs: int


class UploadedCase(BaseModel):
    """A case that has been read.

    Attributes:
        case: key by which requests name it.
        findings: warnings, with sheet, row and column.
    """

    case: str
    findings: list[dict[str, Any]]


class Findings(BaseModel):
    """What is wrong with a case, with sheet, row and column."""

    findings: list[dict[str, Any]]


def described(model: type[BaseModel], words: str) -> dict[str, Any]:
    """An answer in JSON, for routes whose own answer is of another kind."""
    schema = model.model_json_schema()
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _refused(words: str) -> dict[str, Any]:
    return described(Refusal, words)


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: _refused("A mistake in what is asked for."),
    401: _refused("No token, where one is needed."),
    403: _refused("Asked by the page of another site."),
    404: _refused("There is no such case, job or place."),
    405: _refused("Another method than those described."),
    408: _refused("The request took too long to arrive."),
    413: _refused("The body is too large."),
    421: _refused("Asked under another name than the server's."),
    422: _refused("A value that cannot be taken."),
    429: _refused("The session has too much under way."),
    503: _refused("The server has too much to do."),
}
"""Refusals of every route."""

PENDING: dict[int | str, dict[str, Any]] = {
    202: described(JobState, "Long work is needed first; ask again when it is done.")
}
