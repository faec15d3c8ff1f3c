"""Long work: projections and optimisations, one at a time, watched and cancelled from the page."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from fundpool.inputs.format.messages import Message
from fundpool.languages import language as language_of
from fundpool.languages.wording import worded
from fundpool.web.work.sessions import asking_session

APART = ("optimisation", "frontier", "report", "reverse")
"""Kinds of jobs in processes of their own, for which projections do not wait."""


class CancelledError(Exception):
    """A job that was cancelled."""


class BusyError(Exception):
    """Too many jobs wait."""


class SessionBusyError(Exception):
    """Too many jobs of one session wait or run."""


@dataclass
class Job:
    """One piece of long work.

    Attributes:
        key: what it is for; the same key is not worked on twice.
        name: unguessable name by which it is watched and cancelled.
        kind: ``projection``, ``scenarios``, ``optimisation``, ``frontier``, ``reverse`` or
            ``report``.
        status: ``waiting``, ``running``, ``done``, ``failed`` or ``cancelled``.
        done: share that is done.
        words: what it is doing, or why it failed; a message is sent in Chinese as well.
        result: what it made; None where that is kept elsewhere.
        stop: set when it is to end.
        session: who asked for it first; empty for the server itself.
    """

    key: str
    kind: str
    name: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    status: str = "waiting"
    done: float = 0.0
    words: str = ""
    result: Any = None
    stop: threading.Event = field(default_factory=threading.Event)
    session: str = ""

    def step(self, done: float, words: str = "") -> None:
        """Say how far it is.

        Raises:
            CancelledError: it was cancelled.
        """
        if self.stop.is_set():
            raise CancelledError
        self.done, self.words = done, words or self.words

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in ("done", "failed", "cancelled")

    def record(self) -> dict[str, Any]:
        """As plain data, without the result."""
        return {
            "job": self.name, "kind": self.kind, "status": self.status,
            "done": round(self.done, 4), **in_both("words", self.words),
        }  # fmt: skip


class Jobs:
    """The jobs of a server: one worker a kind, so that a projection does not wait for a solver."""

    def __init__(self, most: int, most_of_session: int | None = None) -> None:
        """Keep at most so many in all, and under way at most so many of one session."""
        self.most, self.most_of_session = most, most_of_session or most
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._workers = {
            kind: ThreadPoolExecutor(1, thread_name_prefix=kind) for kind in ("project", "optimise")
        }

    def submit(self, key: str, kind: str, work: Callable[[Job], Any]) -> Job:
        """Begin a job, or join the one for the same key that is under way or holds its result.

        A job that has ended without a result of its own is not joined: it failed, was cancelled,
        or made something that is kept elsewhere and is asked for because it was dropped there.

        Raises:
            BusyError: too many wait.
            SessionBusyError: too many of the session that asks.
        """
        with self._lock:
            for job in self._jobs.values():
                usable = not job.ended or job.result is not None
                if job.key == key and usable and not job.stop.is_set():
                    self._jobs.move_to_end(job.name)
                    return job
            session = asking_session()
            under_way = [job for job in self._jobs.values() if not job.ended]
            if len(under_way) >= self.most:
                raise BusyError
            of_session = sum(job.session == session for job in under_way)
            if session and of_session >= self.most_of_session:
                raise SessionBusyError
            job = Job(key, kind, session=session)
            self._jobs[job.name] = job
            while len(self._jobs) > self.most:
                oldest = next((name for name, j in self._jobs.items() if j.ended), None)
                if oldest is None:
                    break
                del self._jobs[oldest]
        room = "optimise" if kind in APART else "project"
        self._workers[room].submit(self._run, job, work)
        return job

    @property
    def under_way(self) -> int:
        """Number of jobs that wait or run."""
        with self._lock:
            return sum(not job.ended for job in self._jobs.values())

    def named(self, name: str) -> Job | None:
        """A job by its name."""
        with self._lock:
            return self._jobs.get(name)

    def cancel(self, job: Job) -> None:
        """Stop a job; whoever else waits for it asks again, which begins it anew."""
        with self._lock:
            if not job.ended:
                job.stop.set()
                if job.status == "waiting":
                    job.status = "cancelled"

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            for job in self._jobs.values():
                job.stop.set()
        for worker in self._workers.values():
            worker.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: Job, work: Callable[[Job], Any]) -> None:
        with self._lock:
            if job.stop.is_set():
                job.status = "cancelled"
                return
            job.status = "running"
        try:
            job.result = work(job)
            job.done, job.status = 1.0, "done"
        except CancelledError:
            job.status = "cancelled"
        except Exception as error:  # a job's mistake is the job's, not the server's
            job.words, job.status = sentence(error), "failed"


def sentence(error: Exception) -> str:
    """An error in words for the page."""
    from fundpool.inputs.format.findings import CaseError

    if error.args and isinstance(error.args[0], Message):
        return error.args[0]
    if isinstance(error, CaseError | ValueError):
        text = str(error).strip() or type(error).__name__
        return text[0].upper() + text[1:]
    return Message(
        "The work failed (%(kind)s); the server's messages say more.", kind=type(error).__name__
    )


def in_both(name: str, words: str) -> dict[str, str]:
    """A sentence under ``name`` and, where it is a message, its Chinese under ``name_local``."""
    if not isinstance(words, Message):
        return {name: words}
    return {name: str(words), f"{name}_local": worded(words, language_of("zh"))}
