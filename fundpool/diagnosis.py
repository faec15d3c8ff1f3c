"""What tonight's run would fail on: fonts, caches, rights, disk, solver, each tried for real."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fundpool.inputs.format.messages import Message, sentence
from fundpool.inputs.format.messages import reason as message_of

LEAST_FREE = 200 * 1024 * 1024
"""Bytes that a report of a province with its run in the archive needs at most."""


@dataclass(frozen=True)
class Finding:
    """One thing that was tried.

    Attributes:
        name: ``fonts``, ``cache``, ``temporary files``, ``results``, ``archive``, ``disk``,
            ``solver`` or ``compiler``.
        ok: whether a run can rely on it.
        message: a sentence on what was found, and how to mend it where that is needed.
    """

    name: str
    ok: bool
    message: str


class _UnfitError(Exception):
    """A sentence that says what a run would fail on."""


def doctor(
    out: str | Path = "fundpool-report", archive: str | Path | None = None
) -> tuple[Finding, ...]:
    """Try everything that a run needs of the machine; nothing is left behind.

    Args:
        out: folder that results would be written to; it need not exist; default: that of
            ``fundpool report``.
        archive: the archive of runs; None for none.

    Returns:
        one finding for each thing tried, in a fixed order; none raises.

    Examples:
        >>> import fundpool
        >>> [finding.name for finding in fundpool.doctor("results")][:2]
        ['fonts', 'cache']
        >>> list(Path().iterdir())  # nothing is left behind
        []
    """
    places = [Path(tempfile.gettempdir()), Path(out), *([] if archive is None else [Path(archive)])]
    trials: list[tuple[Message, Callable[[], Message]]] = [
        (Message("fonts"), _fonts),
        (Message("cache"), _cache),
        (Message("temporary files"), lambda: _writable(places[0])),
        (Message("results"), lambda: _writable(places[1])),
        (Message("disk"), lambda: _space(places)),
        (Message("solver"), _solver),
        (Message("compiler"), _compiler),
    ]
    if archive is not None:
        trials.insert(4, (Message("archive"), lambda: _archive(Path(archive))))
    return tuple(_tried(name, trial) for name, trial in trials)


def _tried(name: Message, trial: Callable[[], Message]) -> Finding:
    from fundpool.inputs.files.writing import UnwritableError, reason

    try:
        return Finding(name, True, trial())
    except (_UnfitError, UnwritableError) as error:
        return Finding(name, False, sentence(message_of(error)))
    except Exception as error:
        return Finding(name, False, Message("It fails: %(why)s.", why=reason(error)))


def _fonts() -> Message:
    from fundpool.report.fonts import CHINESE, LATIN, unprintable

    lost = unprintable("Ash 基金 −")
    if lost:
        raise _UnfitError(
            Message(
                "the fonts lack %(signs)s; install fundpool again with its fonts", signs=repr(lost)
            )
        )
    return Message("%(latin)s and %(chinese)s are there.", latin=LATIN, chinese=CHINESE)


def _cache() -> Message:
    from fundpool.models.axes.compile_cache import VARIABLE, folder_for

    folder = folder_for("doctor")
    if folder is None:
        raise _UnfitError(
            Message(
                "no folder can keep compiled code, so that every start compiles again; set "
                "%(variable)s to a folder that is this user's alone",
                variable=VARIABLE,
            )
        )
    folder.rmdir()
    return Message("Compiled code is kept in %(folder)s.", folder=str(folder.parent))


def _writable(folder: Path) -> Message:
    from fundpool.inputs.files.writing import check_folder

    check_folder(folder)
    return Message("%(folder)s can be written to.", folder=repr(str(folder)))


def _archive(folder: Path) -> Message:
    from fundpool.archive.runs import Archive, DamagedError
    from fundpool.inputs.files.writing import check_folder, check_one_disk

    check_folder(folder, ["fundpool-archive.json"])
    for name in ("runs", "drafts", "inputs"):
        check_folder(folder / name)
    check_one_disk(folder / "runs", folder / "drafts")
    archive = Archive(folder)
    try:
        archive.check_format()
        contents = archive.contents()
    except DamagedError as error:
        raise _UnfitError(message_of(error)) from None
    damaged = [item.why for item in contents.unreadable if item.later is None]
    if damaged:
        raise _UnfitError(
            Message("%(n)s runs cannot be read: %(why)s", n=len(damaged), why=damaged[0])
        )
    return Message("%(n)s runs can be read, and one more can be kept.", n=len(contents.runs))


def _space(places: list[Path]) -> Message:
    least = None
    for place in places:
        there = next(folder for folder in (place.absolute(), *place.absolute().parents)
                     if folder.exists())  # fmt: skip
        free = shutil.disk_usage(there).free
        if free < LEAST_FREE:
            raise _UnfitError(
                Message(
                    "%(folder)s has %(free)s MB left; a report needs up to %(needed)s MB",
                    folder=repr(str(there)),
                    free=free // 1024**2,
                    needed=LEAST_FREE // 1024**2,
                )
            )
        least = free if least is None else min(least, free)
    return Message("%(free)s MB are free.", free=f"{(least or 0) // 1024**2:,}")


def _solver() -> Message:
    """Solve a program whose answer is known: the largest x of x <= 2."""
    import highspy

    make: Any = highspy.Highs  # without types
    solver = make()
    solver.silent()
    x = solver.addVariable(lb=0.0, ub=2.0)
    solver.maximize(x)
    value = float(solver.val(x))
    if abs(value - 2.0) > 1e-9:
        raise _UnfitError(
            Message(
                "HiGHS finds %(value)s where 2 is right; install highspy again", value=str(value)
            )
        )
    return Message("HiGHS %(version)s solves a small program.", version=str(solver.version()))


def _compiler() -> Message:
    from fundpool.models.axes.compiling import COMPILER, COMPILING, compiler_works

    if not COMPILING:
        raise _UnfitError(
            Message("compiling is switched off (FUNDPOOL_COMPILE), which is very slow")
        )
    if not compiler_works():
        raise _UnfitError(Message("numba computes wrongly; install it again"))
    return Message("%(compiler)s compiles.", compiler=COMPILER)
