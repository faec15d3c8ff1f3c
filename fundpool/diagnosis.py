"""What tonight's run would fail on: fonts, caches, rights, disk, solver, each tried for real."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    trials: list[tuple[str, Callable[[], str]]] = [
        ("fonts", _fonts),
        ("cache", _cache),
        ("temporary files", lambda: _writable(places[0])),
        ("results", lambda: _writable(places[1])),
        ("disk", lambda: _space(places)),
        ("solver", _solver),
        ("compiler", _compiler),
    ]
    if archive is not None:
        trials.insert(4, ("archive", lambda: _archive(Path(archive))))
    return tuple(_tried(name, trial) for name, trial in trials)


def _tried(name: str, trial: Callable[[], str]) -> Finding:
    from fundpool.inputs.files.writing import UnwritableError, reason

    try:
        return Finding(name, True, trial())
    except (_UnfitError, UnwritableError) as error:
        return Finding(name, False, f"{error}.")
    except Exception as error:
        return Finding(name, False, f"It fails: {reason(error)}.")


def _fonts() -> str:
    from fundpool.report.fonts import CHINESE, LATIN, unprintable

    lost = unprintable("Ash 基金 −")
    if lost:
        raise _UnfitError(f"the fonts lack {lost!r}; install fundpool again with its fonts")
    return f"{LATIN} and {CHINESE} are there."


def _cache() -> str:
    from fundpool.models.axes.compile_cache import VARIABLE, folder_for

    folder = folder_for("doctor")
    if folder is None:
        raise _UnfitError(
            f"no folder can keep compiled code, so that every start compiles again; set {VARIABLE} "
            "to a folder that is this user's alone"
        )
    folder.rmdir()
    return f"Compiled code is kept in {folder.parent}."


def _writable(folder: Path) -> str:
    from fundpool.inputs.files.writing import check_folder

    check_folder(folder)
    return f"{str(folder)!r} can be written to."


def _archive(folder: Path) -> str:
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
        raise _UnfitError(str(error)) from None
    damaged = [item.why for item in contents.unreadable if item.later is None]
    if damaged:
        raise _UnfitError(f"{len(damaged)} runs cannot be read: {damaged[0]}")
    return f"{len(contents.runs)} runs can be read, and one more can be kept."


def _space(places: list[Path]) -> str:
    least = None
    for place in places:
        there = next(folder for folder in (place.absolute(), *place.absolute().parents)
                     if folder.exists())  # fmt: skip
        free = shutil.disk_usage(there).free
        if free < LEAST_FREE:
            raise _UnfitError(
                f"{str(there)!r} has {free // 1024**2} MB left; a report needs up to "
                f"{LEAST_FREE // 1024**2} MB"
            )
        least = free if least is None else min(least, free)
    return f"{(least or 0) // 1024**2:,} MB are free."


def _solver() -> str:
    """Solve a program whose answer is known: the largest x of x <= 2."""
    import highspy

    make: Any = highspy.Highs  # without types
    solver = make()
    solver.silent()
    x = solver.addVariable(lb=0.0, ub=2.0)
    solver.maximize(x)
    value = float(solver.val(x))
    if abs(value - 2.0) > 1e-9:
        raise _UnfitError(f"HiGHS finds {value} where 2 is right; install highspy again")
    return f"HiGHS {solver.version()} solves a small program."


def _compiler() -> str:
    from fundpool.models.axes.compiling import COMPILER, COMPILING, compiler_works

    if not COMPILING:
        raise _UnfitError("compiling is switched off (FUNDPOOL_COMPILE), which is very slow")
    if not compiler_works():
        raise _UnfitError("numba computes wrongly; install it again")
    return f"{COMPILER} compiles."
