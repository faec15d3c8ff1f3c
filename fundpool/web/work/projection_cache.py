"""Opened cases and their projections.

A projection is kept by case, policies and growth of moves: everything else is answered from it.
An uploaded case is known by an unguessable key, so that sessions do not see each other's.
"""

import secrets
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fundpool.inputs.format.messages import Message
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.requests.policy_text import NAME, policy_contents_of, toml_text
from fundpool.web.serving import Serving
from fundpool.web.work.jobs import Job, Jobs
from fundpool.web.work.recently_used import RecentlyUsed
from fundpool.web.work.sessions import asking_session
from fundpool.web.work.stresses import (
    ALTERNATIVES,
    stress_contents,
    with_contents,
    with_stress,
)
from fundpool.web.work.values import with_checked_values

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.models.funds.pool_money import Chance
    from fundpool.models.projection.study import Study


MOST_CHANCES = 5
"""Sets of scenarios kept at once; one of 500 takes some 17 MB a scheme."""

MOST_DERIVED = 24
"""Results kept a case that were worked out from its projections."""

UNCHANGED = ("", (), 0.0, "", (), "")
"""Key of the first case without any change, which everyone asks for."""


class UnknownCaseError(ValueError):
    """A case that is not open (any more)."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(Message("This case is not open any more; upload it again."))


@dataclass(frozen=True)
class OpenedCase:
    """A case that the server has read.

    Attributes:
        key: how requests name it.
        label: what the command line calls it.
        case: the case.
        derived: what has been worked out about it, by whatever it depends on.
        session: who uploaded it; empty for the server's own.
        workbook: the file that was uploaded; None for the server's own, whose files are there.
    """

    key: str
    label: str
    case: "Case"
    derived: "RecentlyUsed[Any, Any]" = field(default_factory=lambda: RecentlyUsed(MOST_DERIVED))
    session: str = ""
    workbook: bytes | None = field(default=None, repr=False)

    def remembered(self, key: Any, make: Callable[[], Any]) -> Any:
        """What ``make`` makes, made once."""
        return self.derived.remembered(key, make)


class ProjectionCache:
    """The cases of a server, their projections and scenarios, and the jobs that make these."""

    def __init__(self, serving: Serving, opened: "Case") -> None:
        """Begin with one case."""
        self.serving = serving
        self.first = OpenedCase("", serving.case, opened)
        self._uploads = RecentlyUsed[str, OpenedCase](serving.limits.uploads)
        self._studies = RecentlyUsed[tuple[Any, ...], "Study"](serving.limits.studies, UNCHANGED)
        self._moves = RecentlyUsed[str, dict[str, float]](serving.limits.uploads + 1, "")
        self._chances = RecentlyUsed[tuple[Any, ...], "dict[str, Chance]"](MOST_CHANCES, UNCHANGED)
        self.jobs = Jobs(serving.limits.jobs, serving.limits.session_jobs)

    def opened(self, key: str) -> OpenedCase:
        """A case by its key.

        Raises:
            UnknownCaseError: it is not open.
        """
        opened = self._uploads.get(key) if key else self.first
        if opened is None:
            raise UnknownCaseError
        return opened

    def add(self, label: str, case: "Case", workbook: bytes | None = None) -> OpenedCase:
        """Keep an uploaded case; the one unused longest makes room, with all that it has.

        Where the session that asks has as many as one session may, that is one of its own.
        """
        session = asking_session()
        made = OpenedCase(
            secrets.token_urlsafe(16), label, case, session=session, workbook=workbook
        )
        most = self.serving.limits.session_uploads
        of_session = [o.key for o in self._uploads.values() if session and o.session == session]
        gone = of_session[: max(0, len(of_session) + 1 - most)]
        self._uploads.discard(lambda key: key in gone)
        gone += self._uploads.put(made.key, made)
        for results in (self._studies, self._chances):
            results.discard(lambda key: key[0] in gone)
        return made

    def case_with_policies(self, request: PlanRequest) -> "Case":
        """The case with the values, the policies and the stress that a request names.

        Levers among the values change from the first projected year, as with ``--set``.

        Raises:
            CaseError, ValueError: a value, a policy or a stress that the case does not have or
                cannot follow.
            UnknownCaseError: the case is not open.
        """
        case = self.opened(request.case).case
        unknown = [name for name in request.policies if name not in case.policy_texts]
        if unknown:
            raise ValueError(Message("the case has no policy %(policy)s", policy=repr(unknown[0])))
        if request.values:
            case = with_checked_values(case, request.values, request.policies)
        case = case.with_policies(request.policies)
        if not request.stress:
            return case
        return with_stress(case, request.stress, self.moves(request))

    def policy_contents(self, request: PlanRequest) -> dict[str, Any]:
        """Contents of the policy file that says what a request's levers and stress say.

        A shock is named beside it; joint alternatives stand in it.
        """
        case = self.case_with_policies(request)
        contents = policy_contents_of(case, request)
        if request.stress not in ALTERNATIVES:
            return contents
        plain = self.case_with_policies(request.model_copy(update={"stress": ""}))
        stress = stress_contents(plain, request.stress, self.moves(request))
        return with_contents(stress, contents)

    def changed_case(self, request: PlanRequest) -> "Case":
        """The case with what needs a projection laid over it.

        Raises:
            CaseError: a policy that the case does not have or cannot follow.
        """
        changed = self.case_with_policies(request)
        if request.full:
            contents = toml_text(policy_contents_of(changed, request))
            return changed.with_policy_text(f"{NAME}.toml", tomllib.loads(contents))
        if request.mobility:
            mobility = changed.settings.mobility
            changed = changed.with_values(
                {
                    f"mobility.{name}": getattr(mobility, name).value + request.mobility
                    for name in ("out_migration_growth", "in_migration_growth")
                }
            )
        return changed

    def moves(self, request: PlanRequest) -> dict[str, float]:
        """Signed steps of the assumptions that a request's stress moves; empty for none yet."""
        dear = self._moves.get(request.case) or {}
        sign = -1.0 if request.stress == "low_cost" else 1.0
        return {path: sign * step for path, step in dear.items()}

    def find_moves(self, request: PlanRequest) -> Job | None:
        """Begin looking for the dear sides of a case's assumptions; None where they are known."""
        if request.stress not in ALTERNATIVES or self._moves.get(request.case) is not None:
            return None
        plain = PlanRequest(case=request.case)
        base = self.study(plain)
        if base is None:
            return self.project(plain)

        def work(job: Job) -> None:
            from fundpool.models.analysis.alternatives import dear_moves
            from fundpool.models.analysis.sensitivity import sensitivity, steps_of

            steps = steps_of(base.case)
            words = Message("moving each assumption")
            paths: list[str] = []

            def moved(path: str) -> None:
                paths.append(path)
                job.step(len(paths) / len(steps), words)

            table = sensitivity(base, base.case.pooling_in_force, steps, moved)
            self._moves.put(request.case, dear_moves(steps, table))

        return self.jobs.submit(f"moves {request.case}", "projection", work)

    def study_key(self, request: PlanRequest) -> tuple[Any, ...]:
        """What a request's projection depends on."""
        levers = request.levers.model_dump_json() if request.full else ""
        values = tuple(sorted(request.values.items()))
        return (request.case, request.policies, request.mobility, levers, values, request.stress)

    def base_request(self, request: PlanRequest) -> PlanRequest:
        """The same case with nothing changed, under the same stress."""
        return PlanRequest(case=request.case, scheme=request.scheme, stress=request.stress)

    def study(self, request: PlanRequest) -> "Study | None":
        """A request's projection, if it has been made."""
        return self._studies.get(self.study_key(request))

    def chance(self, request: PlanRequest) -> "dict[str, Chance] | None":
        """Scenarios around a request's projection by scheme, if they have been drawn."""
        return self._chances.get(self.study_key(request))

    def put_chance(self, request: PlanRequest, drawn: "dict[str, Chance]") -> None:
        """Keep the scenarios around a request's projection."""
        self._chances.put(self.study_key(request), drawn)

    def project(self, request: PlanRequest) -> Job:
        """Begin a request's projection; that of the unchanged case comes first."""
        key = self.study_key(request)

        def work(job: Job) -> None:
            from fundpool.models.projection.study import study

            # policies and stresses change what comes: the base year is that of the values
            base = PlanRequest(case=request.case, values=request.values)
            opened = self.opened(request.case)
            years = self.serving.years
            first = opened.case.base_year

            def progress(year: int) -> None:
                done = year - first if year >= first else year
                job.step(min(1.0, done / years), Message("projecting %(year)s", year=year))

            if self.study(request) is not None:
                return
            known = self.study(base)
            calibration = None if known is None else known.calibration
            made = study(self.changed_case(request), years, progress, calibration)
            self._studies.put(key, made)

        return self.jobs.submit(f"study {key}", "projection", work)

    def draw(self, request: PlanRequest) -> Job | None:
        """Begin drawing scenarios around a request's projection; None where there are none."""
        key = self.study_key(request)
        projected = self.study(request)
        if projected is None or not self.serving.scenarios or not can_draw(projected.case):
            return None

        def work(job: Job) -> None:
            from fundpool.models.scenarios.county_money import county_chance
            from fundpool.models.scenarios.terms import scenario_terms

            scenarios = self.serving.scenarios
            job.step(0.05, Message("what moving and enrolment change"))
            terms = scenario_terms(projected)
            made = county_chance(
                projected.case, terms, scenarios, self.serving.seed,
                lambda done: job.step(0.7 + 0.3 * done / scenarios, Message("drawing scenarios")),
            )  # fmt: skip
            self.put_chance(request, made)

        return self.jobs.submit(f"chance {key}", "scenarios", work)


def can_draw(case: "Case") -> bool:
    """Whether a case says how its drivers vary."""
    return getattr(case.settings, "scenarios", None) is not None
