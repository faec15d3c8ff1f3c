"""What runs on Linux runs on macOS and Windows, as far as the source shows it.

tests/fundpool/test_windows.py runs the program with Windows' restrictions laid over it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest

from fundpool.inputs.files.disk import RESERVED, portable_name

ROOT = Path(__file__).parent.parent
PRODUCT = ("actuarial", "inputs", "models", "fundpool")
FOLDERS = (*PRODUCT, "release", "validation", "benchmarks", "tests")
SOURCES = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
POSIX_MODULES = {
    "crypt", "fcntl", "grp", "nis", "posix", "pty", "pwd", "resource", "spwd", "syslog", "termios",
    "tty",
}  # fmt: skip
POSIX_NAMES = {
    "os": {
        "O_NONBLOCK", "chown", "fork", "forkpty", "geteuid", "getgid", "getloadavg", "getpgid",
        "getuid", "kill", "killpg", "link", "mkfifo", "nice", "sched_getaffinity", "setsid",
        "statvfs", "symlink", "sysconf", "umask", "uname", "wait",
    },
    "signal": {"SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "alarm", "pause"},
    "time": {"tzset"},
}  # fmt: skip
POSIX_METHODS = {"symlink_to", "hardlink_to", "is_mount"}
GUARDED = {
    ("inputs/files/writing.py", "hardlink_to"),  # with a copy where the disk has no links
    ("models/axes/compile_cache.py", "os.getuid"),  # after hasattr
    ("tests/inputs/files/test_writing.py", "symlink_to"),  # not run on Windows
    ("tests/models/axes/test_compiling.py", "symlink_to"),  # not run on Windows
    ("tests/models/axes/test_compiling.py", "os.getuid"),  # not run on Windows
    ("validation/faults_inputs.py", "symlink_to"),  # with an empty file where links are refused
    ("validation/faults_machine.py", "symlink_to"),  # with another fault where links are refused
    ("benchmarks/memory.py", "resource"),  # after a branch for Windows
    ("benchmarks/machine.py", "os.sched_getaffinity"),  # after hasattr
    ("benchmarks/machine.py", "os.getloadavg"),  # after hasattr
}
MODE = re.compile(r"[rwax][bt+]{0,2}")
TEMPORARY = "/" + "tmp"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _mode(call: ast.Call, place: int) -> str | None:
    """The mode of an ``open``; None if the call is not of a file."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    given += call.args[place : place + 1]
    if not given:
        return "r"
    (mode, *_) = given
    if (
        isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and MODE.fullmatch(mode.value)
    ):
        return mode.value
    return None


def _text_access(call: ast.Call) -> tuple[bool, int] | None:
    """Whether a call writes text, and at which place it may take the encoding; None if no text."""
    name = _name(call.func) or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    last = name.rsplit(".", 1)[-1]
    if last in ("read_text", "write_text"):
        return last == "write_text", int(last == "write_text")
    if name in ("open", "io.open", "os.fdopen"):
        mode, place = _mode(call, 1), 3
    elif last == "open" and isinstance(call.func, ast.Attribute):
        mode, place = _mode(call, 0), 2
    else:
        return None
    return None if mode is None or "b" in mode else (mode[0] != "r", place)


def faults(source: str, name: str = "") -> Iterator[str]:
    """What of a module does not run, or gives other bytes, on another system."""
    product = name.split("/")[0] in PRODUCT
    for node in ast.walk(ast.parse(source)):
        line = f"{name}:{getattr(node, 'lineno', 0)}"
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
            yield from (
                f"{line} {node.module}.{alias.name}"
                for alias in node.names
                if alias.name in POSIX_NAMES.get(node.module or "", ())
            )
        for module in modules:
            if module.split(".")[0] in POSIX_MODULES and (name, module) not in GUARDED:
                yield f"{line} import {module}"
        if isinstance(node, ast.Attribute):
            whole = _name(node)
            lead, _, last = whole.rpartition(".")
            if last in POSIX_NAMES.get(lead, ()) and (name, whole) not in GUARDED:
                yield f"{line} {whole}"
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and re.search(rf"{TEMPORARY}\b", text):
            yield f"{line} {TEMPORARY}"
        if isinstance(node, ast.Call):
            yield from (
                f"{line} {fault}"
                for fault in _call_faults(node, product)
                if (name, fault) not in GUARDED
            )


def _call_faults(call: ast.Call, product: bool) -> Iterator[str]:
    keywords = {keyword.arg for keyword in call.keywords}
    if keywords & {"text", "universal_newlines"} and "encoding" not in keywords:
        module = _name(call.func).split(".")[0]
        if module == "subprocess":
            yield "text of a process without encoding"
    if isinstance(call.func, ast.Attribute) and call.func.attr in POSIX_METHODS:
        yield call.func.attr
    access = _text_access(call)
    if access is None or None in keywords:
        return
    writes, place = access
    if "encoding" not in keywords and len(call.args) <= place:
        yield "text without encoding"
    if product and writes and "newline" not in keywords:
        yield "text written with the system's line ends"


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_nothing_needs_one_system(file: Path) -> None:
    name = file.relative_to(ROOT).as_posix()
    if file == Path(__file__):
        return
    assert list(faults(file.read_text(encoding="utf-8"), name)) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import fcntl", "import fcntl"),
        ("def f():\n    from resource import getrusage", "import resource"),
        ("import os\nos.kill(1, 9)", "os.kill"),
        ("from os import fork", "os.fork"),
        ("import signal\nsignal.SIGKILL", "signal.SIGKILL"),
        ("open('a')", "text without encoding"),
        ("p.open('w', newline='')", "text without encoding"),
        ("p.read_text()", "text without encoding"),
        ("p.write_text('x', newline='')", "text without encoding"),
        ("p.write_text('x', 'utf-8')", "line ends"),
        ("with a.b().open('a', encoding='utf-8') as s: pass", "line ends"),
        ("import subprocess\nsubprocess.run(['a'], text=True)", "process without encoding"),
        (f"name = '{TEMPORARY}/x'", TEMPORARY),
        ("p.symlink_to(q)", "symlink_to"),
    ],
)
def test_faults_are_found(source: str, fault: str) -> None:
    (found,) = faults(source, "fundpool/some.py")
    assert fault in found


@pytest.mark.parametrize(
    "source",
    ["p.open('rb')", "opener.open(request)", "p.read_text('utf-8')", "os.fdopen(1, 'wb')",
     "p.write_text('x', encoding='utf-8', newline='')", "open('a', 'rb')"],
)  # fmt: skip
def test_other_calls_are_no_faults(source: str) -> None:
    assert list(faults(source, "fundpool/some.py")) == []


def windows_fault(name: str) -> str:
    """Why Windows refuses a relative path with ``/``; empty if it takes it."""
    for part in name.split("/"):
        if re.search(r'[<>:"|?*\\\x00-\x1f]', part):
            return f"{part}: a sign that names cannot have"
        if part != part.rstrip(". "):
            return f"{part}: ends with a dot or a blank"
        if part.split(".")[0].lower() in RESERVED:
            return f"{part}: a device"
    return "" if len(name) < 180 else f"{name}: too long below a folder of the user"


def test_files_of_the_project_have_names_for_windows() -> None:
    names = [
        file.relative_to(ROOT).as_posix()
        for folder in (*FOLDERS, "docs")
        for file in (ROOT / folder).rglob("*")
        if "__pycache__" not in file.parts
    ]
    assert [fault for name in names if (fault := windows_fault(name))] == []
    assert len({name.lower() for name in names}) == len(names)


@pytest.mark.parametrize(
    "text",
    ["case", "江苏", "a/b", "C:\\x", "con", "NUL.2030", "COM1", "lpt³", "x.", "x. ", "..", "",
     "a" * 300, 'q"?*<>|', "trailing ", "line\nbreak", ".hidden", "aux .txt"],
)  # fmt: skip
def test_generated_names_are_names_everywhere(text: str) -> None:
    name = portable_name(text)
    assert windows_fault(name) == ""
    assert PureWindowsPath(name).name == name
    assert not PureWindowsPath(name).is_reserved()
    assert len(name) <= 61


def test_usual_names_stay() -> None:
    assert [portable_name(name) for name in ("jiangsu", "江苏", "v1.2")] == [
        "jiangsu",
        "江苏",
        "v1.2",
    ]
