"""How the page is served: one value object, made once by the command."""

from dataclasses import dataclass, field
from pathlib import Path

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one request may cost.

    Attributes:
        json_bytes, upload_bytes: largest bodies.
        unpacked_bytes: largest workbook once unpacked.
        seconds: longest time until a body has arrived, and until an answer has begun.
        check_seconds: longest time for reading and checking an uploaded case.
        check_bytes: largest address space of the process that does so.
        uploads: uploaded cases kept at once; the one unused longest goes first.
        studies: projections kept at once.
        jobs: jobs kept, those that wait included.
        requests: requests answered at once; further ones are refused.
        session_requests, session_jobs, session_uploads: the same for one session: requests
            answered, jobs waiting or running, and uploaded cases kept.
    """

    json_bytes: int = MEGABYTE // 4
    upload_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    seconds: float = 60.0
    check_seconds: float = 120.0
    check_bytes: int = 4096 * MEGABYTE
    uploads: int = 8
    studies: int = 12
    jobs: int = 64
    requests: int = 128
    session_requests: int = 32
    session_jobs: int = 8
    session_uploads: int = 3


@dataclass(frozen=True)
class Serving:
    """How the page is served.

    Attributes:
        case: name, folder or workbook of the case opened first.
        changes: values laid over it by ``--set``.
        hosts: values of the header ``Host`` that are answered.
        folder: temporary folder for uploads, removed when the server ends.
        years: projected years.
        scenarios: scenarios behind the fans; 0 for none.
        seed: seed of their draws.
        token: word that every request must carry; None on this machine alone.
        limits: what one request may cost.
        access_log: file that gets a line for every request; None for none.
        log_style: of its lines, ``text`` or ``json``.
    """

    case: str
    hosts: frozenset[str]
    folder: Path
    changes: tuple[str, ...] = ()
    years: int = 30
    scenarios: int = 500
    seed: int = 1
    token: str | None = None
    limits: Limits = field(default_factory=Limits)
    access_log: Path | None = None
    log_style: str = "text"

    def answers_to(self, host: str) -> bool:
        """Whether a value of the header ``Host`` is one of this server's."""
        return host.lower() in self.hosts
