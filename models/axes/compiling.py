"""Compilation: every function that is compiled is decorated here.

Numba keeps compiled code between runs, but looks for changes only in the file of the function that
is called, not in those of the functions and constants that it uses. So compiled code is kept in a
folder of its own (:mod:`fundpool.models.axes.compile_cache`) for each digest of all sources that it
may depend on, with the versions of Python, numba, llvmlite and numpy, the processor and numba's
settings: no code outlives what it was made of. Only functions decorated here go there; numba's own
settings, and what users compile themselves, stay as they are.

With ``FUNDPOOL_COMPILE=0`` in the environment nothing is compiled and all runs as plain Python, a
hundred times as slow: for tests, for debuggers, and for machines that numba does not know.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding
import numba
import numpy as np
from numba.core.caching import FunctionCache
from numba.extending import intrinsic as numba_intrinsic

from fundpool.models.axes.code_digest import files_sha256, users_and_their_imports
from fundpool.models.axes.compile_cache import folder_for

PACKAGES = ("fundpool.actuarial", "fundpool.inputs", "fundpool.models")
"""Packages that compiled functions, and the constants in them, come from."""

SETTINGS = (
    "BOUNDSCHECK", "CPU_FEATURES", "CPU_NAME", "DEBUGINFO_DEFAULT", "DISABLE_INTEL_SVML",
    "ENABLE_AVX", "LOOP_VECTORIZE", "OPT", "SLP_VECTORIZE", "USING_SVML",
)  # fmt: skip
"""Settings of numba that change the code it makes."""

CONFIG: Any = numba.config  # without types

COMPILING = os.environ.get("FUNDPOOL_COMPILE", "").strip() != "0" and not CONFIG.DISABLE_JIT
"""Whether functions are compiled; read once, when the module is imported."""

COMPILER = f"numba {numba.__version__}"
"""What compiles, with its version."""

EXACT: tuple[str, ...] = ()
"""No liberties: sums in the order in which they are written."""

LOOSE = ("reassoc", "contract", "nsz")
"""Liberties the compiler may take with sums; NaN and infinity keep their meaning."""

FAST = ("contract", "nsz", "nnan")
"""Liberties that change no order of summation; values are checked to be numbers."""

prange: Any = numba.prange if COMPILING else range
"""A range that a function compiled with ``parallel`` shares out over the processors."""


def compiled(
    liberties: tuple[str, ...] = EXACT, *, parallel: bool = False, inline: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Decorator: compile a function at its first call with each kind of arguments, and keep it.

    Compiled functions let other threads run.

    Args:
        liberties: ``EXACT``, ``LOOSE`` or ``FAST``.
        parallel: share out the passes of loops over :data:`prange`.
        inline: copy the function into those that call it.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        if not COMPILING:
            return function
        dispatcher: Any = numba.njit(
            nogil=True,
            fastmath=set(liberties) or False,
            parallel=parallel,
            inline="always" if inline else "never",
            # a function that is called stands within its caller: else the caller runs whichever
            # copy of it is loaded, which in the process that compiled it is another one than in
            # those that read the cache, with sums in another order
            forceinline=not parallel,
        )(function)
        folder = cache_folder()
        if folder is not None:
            # numba finds no place for functions without a file: they are not kept
            with _numba_caching_in(folder), suppress(RuntimeError):
                dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]
        return dispatcher

    return decorate


def intrinsic(plain: Callable[..., Any]) -> Callable[[Callable[..., Any]], Any]:
    """Decorator: a function that writes machine code itself, for compiled functions to call.

    Args:
        plain: does the same in plain Python.
    """

    def decorate(generator: Callable[..., Any]) -> Any:
        return numba_intrinsic(generator) if COMPILING else plain

    return decorate


def compiler_works() -> bool:
    """Whether a function of a line, compiled now and kept nowhere, computes what it should."""
    return int(numba.njit(lambda number: number + 1)(1)) == 2


@cache
def cache_folder() -> Path | None:
    """Where this program's compiled code is kept on this machine; None if nowhere."""
    root = Path(__file__).parents[__name__.count(".")]
    sources = users_and_their_imports(root, PACKAGES, __name__)
    if not sources:  # packed in an archive
        return None
    target = llvmlite.binding
    facts = (
        files_sha256(root, sources),
        sys.version,
        numba.__version__,
        llvmlite.__version__,
        np.__version__,
        target.get_process_triple(),
        target.get_host_cpu_name(),
        target.get_host_cpu_features().flatten(),
        [(name, getattr(CONFIG, name, None)) for name in SETTINGS],
    )
    return folder_for(hashlib.sha256(repr(facts).encode()).hexdigest()[:16])


@contextmanager
def _numba_caching_in(folder: Path) -> Iterator[None]:
    """Numba's cache of functions that are decorated meanwhile lies in a folder."""
    settings = {"CACHE_DIR": str(folder), "CACHE_LOCATOR_CLASSES": ""}  # the latter since 0.62
    before = {name: getattr(CONFIG, name) for name in settings if hasattr(CONFIG, name)}
    try:
        for name in before:
            setattr(CONFIG, name, settings[name])
        yield
    finally:
        for name, value in before.items():
            setattr(CONFIG, name, value)


class _Cache(FunctionCache):
    """Numba's cache, of which nothing ends a run: not a full disk, not a damaged file."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Compiled code for a signature; None if there is none that can be used."""
        try:
            result = super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception:  # whatever unpickling raises on damaged files
            return None
        # two processes that compile for different kinds of arguments at once name files alike
        if result is not None and result.signature.args != getattr(sig, "args", sig):
            return None
        return result

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code for a signature, if possible."""
        with suppress(OSError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
