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
        kind: ``projection``, ``scenarios``, ``optimisation``, ``frontier``, ``reverse`` or
            ``report``.
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


class Needed(BaseModel):
    """What keeps funds above zero to a year.

    Attributes:
        lever: ``rate`` of a payroll scheme, or ``premium`` of a flat one.
        change: value of that lever; null where none that can be set will do.
        probability: with it, share of scenarios in which the funds hold.
        now: the same under the plan as it is.
        scenarios: their number; 0 where only the central path is known.
    """

    lever: str
    change: float | None
    probability: float
    now: float
    scenarios: int


class EmptiedFund(BaseModel):
    """The smallest joint move of the drivers that empties a fund.

    Attributes:
        pool, name: of the fund.
        move: its length in standard deviations; 0 where the fund is empty on the central path,
            null where no move that is looked for empties it.
        verified: whether the fund is empty at the move and not at one a hundredth shorter.
        means: mean deviation of each driver over the years, in its own standard deviations; null
            where it does not vary.
    """

    pool: str
    name: str
    move: float | None
    verified: bool
    means: dict[str, float | None]


class Emptied(BaseModel):
    """What would empty the funds of a scheme.

    Attributes:
        scheme: whose funds.
        largest: longest move that is looked for, in standard deviations.
        funds: of the plan.
    """

    scheme: str
    largest: float
    funds: list[EmptiedFund]


class Assumption(BaseModel):
    """An assumption of a case, or another input whose range is known.

    Attributes:
        path: as ``--set`` names it; empty for an input that only a new build of the case changes.
        name: in words, where the case has some.
        now: value in the first projected year; null where it is no number.
        words, words_local: what it says, where it is no number.
        unit: of the value.
        mark: ``published``, ``derived`` or ``assumed``.
        source, note: where it comes from.
        low, high: ends of its range, where one is known.
        range_source: where the range comes from.
        weight: half the distance between the level rates at both ends, per cent, where known.
        changeable: whether a plan can give it another value.
        years: number of years that have a value of their own; another value takes their place.
    """

    path: str
    name: str
    now: float | None
    words: str
    words_local: str | None = None
    unit: str
    mark: str
    source: str
    note: str
    low: float | None
    high: float | None
    range_source: str
    weight: float | None
    changeable: bool
    years: int


class Assumptions(BaseModel):
    """The assumptions of a case, those that weigh most first."""

    assumptions: list[Assumption]


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
