"""``python -m tests.fundpool.simulated_windows WORDS``: the command line as if on Windows.

What the program would miss or be refused on Windows is taken from it or refused here, as far as a
POSIX system lets one do so:

* modules and functions of POSIX systems are gone for the project's own code;
* a file that this process has open cannot be replaced, renamed or removed, nor a folder with one;
* folders cannot be opened, and files opened for reading only cannot be flushed;
* a name that Windows does not take is refused;
* text without an encoding is an error in the project's own code, and so is a sign that the code
  page of the console lacks (the caller sets ``PYTHONIOENCODING``).

The lock on files is the POSIX one of filelock; its Windows one is tested by filelock.
"""

import builtins
import errno
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.test_portability import POSIX_MODULES, POSIX_NAMES, PRODUCT, windows_fault

DESCRIPTORS = Path("/proc/self/fd")


def _refusal(number: int, path: object, windows_error: int) -> PermissionError:
    error = PermissionError(number, "refused as on Windows", str(path))
    error.winerror = windows_error  # type: ignore[attr-defined, unused-ignore]
    return error


def _open_files() -> set[str]:
    found = set()
    for link in DESCRIPTORS.iterdir():
        try:
            found.add(str(link.readlink()))
        except OSError:
            continue
    return found


def _in_use(path: object) -> bool:
    whole = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type] # noqa: PTH100
    return any(name == whole or name.startswith(whole + os.sep) for name in _open_files())


def _guarded_names(function: Callable[..., Any], moves: bool) -> Callable[..., Any]:
    def guarded(source: Any, *rest: Any, **options: Any) -> Any:
        touched = [source, *rest[:1]] if moves else [source]
        if options.get("dir_fd") is None and not options.get("src_dir_fd"):
            for path in touched:
                if not isinstance(path, int) and _in_use(path):
                    raise _refusal(errno.EACCES, path, 32)
        if moves and Path(rest[0]).is_dir():
            raise _refusal(errno.EACCES, rest[0], 5)
        return function(source, *rest, **options)

    return guarded


def _check_name(path: object) -> None:
    if not isinstance(path, str | bytes | os.PathLike):
        return
    name = os.path.normpath(os.fsdecode(path)).lstrip("/.")
    if fault := windows_fault(name[-170:].split("/", 1)[-1] if len(name) > 170 else name):
        raise OSError(errno.EINVAL, f"refused as on Windows: {fault}", str(path))


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, mode, flags = arguments
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR)) or (mode or "r")[0] in "wax"
        if writes and not str(path).startswith(("/dev/", "/proc/")):
            _check_name(path)
    elif event == "os.mkdir":
        _check_name(arguments[0])
    elif event == "os.rename":
        _check_name(arguments[1])


def _guard_folders_and_flushing() -> None:
    plain_open, plain_fsync = os.open, os.fsync

    def guarded_open(path: Any, flags: int, *rest: Any, **options: Any) -> int:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if caller.split(".")[0] in PRODUCT and Path(path).is_dir():
            raise _refusal(errno.EACCES, path, 5)
        return plain_open(path, flags, *rest, **options)

    def guarded_fsync(handle: int) -> None:
        details = Path(f"/proc/self/fdinfo/{handle}").read_text(encoding="ascii")
        flags = int(details.split("flags:")[1].split()[0], 8)
        if not flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EBADF, "refused as on Windows: flushing what is only read")
        plain_fsync(handle)

    os.open, os.fsync = guarded_open, guarded_fsync  # type: ignore[assignment]


def _take_away() -> None:
    plain_import = builtins.__import__

    def guarded_import(name: str, names: Any = None, *rest: Any, **options: Any) -> Any:
        caller = (names or {}).get("__name__") or ""
        if caller.split(".")[0] in PRODUCT and name.split(".")[0] in POSIX_MODULES:
            raise ImportError(f"No module named {name!r}, as on Windows")
        return plain_import(name, names, *rest, **options)

    builtins.__import__ = guarded_import
    for module_name, gone in POSIX_NAMES.items():
        module = sys.modules.get(module_name) or plain_import(module_name)
        for name in gone - {"O_NONBLOCK", "getuid", "geteuid", "getgid"}:  # filelock reads these
            if hasattr(module, name):
                delattr(module, name)


def _pretend() -> None:
    """Make ``os.name`` read ``nt`` for the project's own code that asks for it."""
    import fundpool.inputs.files.disk as disk

    class WindowsOs:
        name = "nt"

        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

    disk.os = WindowsOs()  # type: ignore[attr-defined, assignment]


def main() -> None:
    """Lay the restrictions over this process, then run the command line."""
    assert not sys.flags.utf8_mode
    packages = "|".join(PRODUCT)
    warnings.filterwarnings("error", category=EncodingWarning, module=rf"({packages})(\.|$)")
    # what the program uses of others is loaded first: their imports are their own business
    import duckdb  # noqa: F401
    import filelock  # noqa: F401
    import numba  # noqa: F401

    from fundpool.__main__ import main as command_line

    for name in ("replace", "rename"):
        setattr(os, name, _guarded_names(getattr(os, name), moves=True))
    for name in ("remove", "unlink", "rmdir"):
        setattr(os, name, _guarded_names(getattr(os, name), moves=False))
    _guard_folders_and_flushing()
    _take_away()
    _pretend()
    sys.addaudithook(_watch)
    command_line()


if __name__ == "__main__":
    main()
