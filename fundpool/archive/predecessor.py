"""Which earlier run of an archive a run is to be compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fundpool.archive.objects import sha256
from fundpool.archive.requests import case_name
from fundpool.archive.run import Run
from fundpool.inputs.case import Case, case_path

FREE_OPTIONS = frozenset({"--against", "--engine", "--formats", "--lang"})
"""Options that may differ between a run and its predecessor: none moves a figure."""


@dataclass(frozen=True)
class Predecessor:
    """What was chosen.

    Attributes:
        run: the run to compare with; None if there is none.
        warnings: sentences for the operator.
    """

    run: Run | None
    warnings: tuple[str, ...] = ()


def place_sha256(case: Case) -> str:
    """Digest of the place that a case was read from, which itself is not kept."""
    return sha256(str(case_path(case.origin).resolve()).encode("utf-8", "surrogatepass"))


def predecessor(
    runs: Sequence[Run], command: str, case: Case, parameters: Mapping[str, Any]
) -> Predecessor:
    """The last run of the same command, case and options.

    A case is known by the name of its folder or workbook and by its title: copies keep the name
    that case.toml gives. Options are the same but for :data:`FREE_OPTIONS`; where no run has the
    same, the latest of the case is taken, with a warning. Runs form a chain, as each names the one
    that it was compared with; the end of the chain is chosen, so that a run recorded under a wrong
    date does not stay the last one for ever.

    Args:
        runs: all runs of the archive, in the order of their dates.
        command: name of the command.
        case: the case at hand.
        parameters: its options in force, by flag.
    """
    folder = case_name(case.origin)
    same_case = [
        run
        for run in runs
        if run.manifest.request.command == command
        and run.manifest.request.case == folder
        and run.title() in (None, case.title)
    ]
    wanted = _compared(parameters)
    alike = [run for run in same_case if _compared(run.manifest.request.parameters) == wanted]
    warnings = []
    if not alike and same_case:
        # what changed the options on purpose is still compared, and said to differ
        alike = same_case[-1:]
        differing = _differing(alike[0].manifest.request.parameters, parameters)
        warnings.append(
            f"no earlier run of this case has the same options; {alike[0].id} differs in "
            f"{', '.join(differing)}"
        )
    if not alike:
        return Predecessor(None, _of_name(runs, command, case))
    followed = {run.manifest.previous for run in alike}
    last = [run for run in alike if run.id not in followed] or alike
    chosen = last[-1]
    place = chosen.manifest.place_sha256
    if place is not None and place != place_sha256(case):
        warnings.append(f"{chosen.id} was made from another folder that is also called {folder!r}")
    if chosen.manifest.recorded_at > datetime.now(UTC).isoformat():
        warnings.append(
            f"{chosen.id} bears the date {chosen.manifest.recorded_at[:10]}, which is still to "
            "come; check the clock"
        )
    return Predecessor(chosen, tuple(warnings))


def _compared(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Options that must be the same; those not given are left out, as later versions add some."""
    return {
        flag: list(value) if isinstance(value, list | tuple) else value
        for flag, value in parameters.items()
        if flag not in FREE_OPTIONS and value not in (None, False, [], ())
    }


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Options in which two runs differ."""
    was, now = _compared(first), _compared(second)
    return sorted(flag for flag in was.keys() | now.keys() if was.get(flag) != now.get(flag))


def _of_name(runs: Sequence[Run], command: str, case: Case) -> tuple[str, ...]:
    """A warning of runs of another case that bears the same name."""
    of_name = [
        run for run in runs
        if run.manifest.case_name == case.name and run.manifest.request.command == command
    ]  # fmt: skip
    if not of_name:
        return ()
    return (
        f"{of_name[-1].id} bears the name {case.name!r} too, but comes from another folder or has "
        "another title; it is not compared with (--against does)",
    )
