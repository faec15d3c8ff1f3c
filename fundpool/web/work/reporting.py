"""The report of what is on screen: made by the command of that name, in a process of its own."""

import io
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from fundpool.inputs.format.messages import Message
from fundpool.web.requests.plan import PlanRequest, ReportRequest, pooling_of
from fundpool.web.requests.policy_text import NAME, toml_text
from fundpool.web.work.jobs import Job
from fundpool.web.work.projection_cache import ProjectionCache, can_draw
from fundpool.web.work.stresses import ALTERNATIVES

PAUSE = 0.2
MOST_SECONDS = 3600.0
WHOLE = (0, 3, 4)
"""Exit statuses of a report that is there: done, with alerts, without a certified plan."""


class ReportFailedError(ValueError):
    """The report could not be made; the words are those of the command."""


def report_job(cache: ProjectionCache, asked: ReportRequest) -> Job:
    """The job that writes a plan's report; its result is a ZIP of the files.

    Raises:
        CaseError, ValueError: a plan that the case cannot follow.
        UnknownCaseError: the case is not open.
    """
    cache.changed_case(asked.plan)  # refuses what cannot be projected before a job begins

    def work(job: Job) -> bytes:
        with tempfile.TemporaryDirectory(dir=cache.serving.folder) as folder:
            words = report_command(cache, asked, Path(folder))
            return _written(words, Path(folder), job)

    return cache.jobs.submit(f"report {asked.lang} {asked.plan.digest}", "report", work)


def report_command(cache: ProjectionCache, asked: ReportRequest, folder: Path) -> list[str]:
    """Arguments of ``fundpool``; files that it needs are written to a folder.

    The plan stands first, beside the pooling in force; scenarios and years are those of the page.
    """
    request, serving = asked.plan, cache.serving
    opened = cache.opened(request.case)
    case = cache.case_with_policies(request)
    words = ["report", _case_file(opened.workbook, opened.label, serving.case, folder)]
    for policy in request.policies:
        words += ["--policy", policy]
    if needs_policy(request):
        file = folder / f"{NAME}.toml"
        contents = toml_text(cache.policy_contents(request))
        file.write_text(contents, encoding="utf-8", newline="\n")
        words += ["--policy", str(file)]
    if shock_beside(request):
        words += ["--policy", request.stress]
    for plan in dict.fromkeys((pooling_of(case, request), case.pooling_in_force)):
        words += ["--pooling", plan]
    words += ["--years", str(serving.years), "--seed", str(serving.seed), "--lang", asked.lang]
    if serving.scenarios and can_draw(case):
        words += ["--scenarios", str(max(2, serving.scenarios))]
    words += ["--optimise" if request.optimised is not None else "--no-optimise"]
    for change in serving.changes if not request.case else ():
        words += ["--set", change]
    for path, value in request.values.items():
        words += ["--set", f"{path}={value!r}"]
    return [*words, "--sensitivity", "none", "--out", str(folder / "report"), "--quiet"]


def needs_policy(request: PlanRequest) -> bool:
    """Whether a plan has levers that only a policy file says to a command."""
    moved = request.levers.moved or request.mobility != 0.0
    return moved or request.stress in ALTERNATIVES


def shock_beside(request: PlanRequest) -> bool:
    """Whether a plan's stress is a policy that a command names besides those of the plan."""
    return request.stress not in ("", *ALTERNATIVES, *request.policies)


def _case_file(workbook: bytes | None, label: str, served: str, folder: Path) -> str:
    """What the command opens: the case that is served, or the uploaded file written again."""
    if workbook is None:
        return served
    file = folder / label
    file.write_bytes(workbook)
    return str(file)


def _written(words: list[str], folder: Path, job: Job) -> bytes:
    """Run the command, ending it when the job is cancelled, and pack what it writes.

    Raises:
        CancelledError: the job was cancelled.
        ReportFailedError: the command failed; the words are its last message.
    """
    begun = time.monotonic()
    said = folder / "messages"
    with said.open("wb") as messages:
        process = subprocess.Popen(
            [sys.executable, "-m", "fundpool", *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=messages,
        )  # fmt: skip
        try:
            while process.poll() is None:
                seconds = time.monotonic() - begun
                if seconds > MOST_SECONDS:
                    raise ReportFailedError(Message("the report took too long"))
                job.step(0.0, Message("writing the report, %(s)s s", s=f"{seconds:.0f}"))
                time.sleep(PAUSE)
        finally:
            process.kill()
            process.wait()
    files = sorted((folder / "report").glob("*")) if (folder / "report").is_dir() else []
    if process.returncode not in WHOLE or not files:
        lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        words_of_it = lines[-1].removeprefix("fundpool: ") if lines else ""
        raise ReportFailedError(
            Message("the report could not be written: %(words)s", words=words_of_it)
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for file in files:
            if file.is_file():
                book.write(file, file.name)
    return packed.getvalue()
