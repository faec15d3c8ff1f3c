"""Compiled code: never stale, kept where nobody else may write, and the same as plain Python."""

import ast
import errno
import os
import pickle
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fundpool.models.axes import compile_cache
from fundpool.models.axes import compiling as compiled
from fundpool.models.axes.code_digest import source_files, users_and_their_imports
from fundpool.models.population.compiled.people import dead_among

ROOT = Path(__file__).parents[3]
PACKAGES = ("fundpool.actuarial", "fundpool.inputs", "fundpool.models", "fundpool", "benchmarks")
MODULES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in source_files(ROOT, PACKAGES)
}
IF_COMPILING = pytest.mark.skipif(not compiled.COMPILING, reason="nothing is compiled")
BY_OWNER = pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owners here")


def _process(code: list[str], folder: Path, **environment: str) -> Any:
    keep = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FUNDPOOL_", "NUMBA_", "XDG_"))
    }
    done = subprocess.run(
        [sys.executable, *code], cwd=folder, env=keep | environment, capture_output=True,
        encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


def _imported(name: str) -> set[str]:
    """Full names of what a module imports, from its syntax tree."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has relative imports, which are not followed"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    parents = {one[:i] for one in names for i, letter in enumerate(one) if letter == "."}
    return names | parents


def test_one_module_compiles() -> None:
    users = {name for name in MODULES if _imported(name) & {"numba", "llvmlite"}}
    assert users == {
        "fundpool.models.axes.compiling",
        "fundpool.models.population.compiled.vectors",
    }


def test_the_digest_covers_all_that_compiled_code_depends_on() -> None:
    inside = {name for name in MODULES if name.startswith(compiled.PACKAGES)}
    imports = {name: _imported(name) & inside for name in inside}
    reached = {
        name for name, imported in imports.items() if "fundpool.models.axes.compiling" in imported
    }
    assert reached
    todo = list(reached)
    while todo:
        new = imports[todo.pop()] - reached
        reached |= new
        todo += new
    digested = set(
        users_and_their_imports(ROOT, compiled.PACKAGES, "fundpool.models.axes.compiling")
    )
    assert {MODULES[name] for name in reached} <= digested
    assert MODULES["fundpool.inputs.format.vocabulary"] in digested


ENTRY = """
import numpy as np
from fundpool.models.axes.compiling import compiled
from fundpool.models.population.holdings import HALF_YEAR
from fundpool.models.population.compiled.people import dead_among

@compiled()
def entry(everyone, survival):
    return HALF_YEAR * dead_among(everyone, survival, 0)

if __name__ == "__main__":
    print(entry(np.ones(202), np.full((1, 202), 0.75)))
    print(entry.stats.cache_hits.total(), entry.stats.cache_misses.total())
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    package = [ROOT / "fundpool" / name for name in ("__init__.py", "version.py")]
    for file in [*package, *source_files(ROOT, compiled.PACKAGES)]:
        target = tmp_path / "copy" / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    (tmp_path / "copy" / "fundpool" / "models" / "entry.py").write_text(ENTRY, encoding="utf-8")
    return tmp_path / "copy"


def test_an_edit_of_what_is_called_is_seen(copy: Path, tmp_path: Path) -> None:
    def result() -> list[str]:
        cache = str(tmp_path / "cache")
        run = _process(["-m", "fundpool.models.entry"], copy, FUNDPOOL_CACHE_DIR=cache)
        assert run.stderr == ""
        return list(run.stdout.split())

    def edit(module: str, old: str, new: str) -> None:
        file = copy / "fundpool" / "models" / module
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")

    assert result() == ["25.25", "0", "1"]
    assert result() == ["25.25", "1", "0"]
    edit(
        "population/compiled/people.py",
        "total += everyone[c] * (one",
        "total += 2.0 * everyone[c] * (one",
    )
    assert result() == ["50.5", "0", "1"]
    edit(
        "population/holdings.py", "HALF_YEAR = 0.5", "HALF_YEAR = 1.0"
    )  # a constant, in a plain module
    assert result() == ["101.0", "0", "1"]
    assert result() == ["101.0", "1", "0"]


CALL = """
import numpy as np
import sys
import fundpool.models.axes.compiling
from fundpool.models.population.compiled.people import dead_among
kind = np.dtype(sys.argv[1])
print(dead_among(np.ones(202, kind), np.full((1, 202), 0.5, kind), 0))
print(fundpool.models.axes.compiling.cache_folder())
"""


def test_without_a_home_there_is_one_sentence(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "none" / "such" / "home")
    run = _process(["-c", CALL, "f8"], ROOT, HOME=nowhere, LOCALAPPDATA=nowhere,
                   TMPDIR=str(tmp_path), TEMP=str(tmp_path))  # fmt: skip
    assert run.stdout.split()[0] == "101.0"
    assert Path(run.stdout.split()[1]).is_relative_to(tmp_path)
    assert run.stderr.startswith("fundpool: compiled code is kept in ")
    assert len(run.stderr.splitlines()) == 1
    assert not Path(nowhere).exists()


def test_two_processes_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CALL]
    environment = os.environ | {"FUNDPOOL_CACHE_DIR": str(tmp_path)}
    running = [
        subprocess.Popen([*command, kind], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for kind in ("f4", "f8")
    ]
    assert [process.communicate()[0].split()[0] for process in running] == [b"101.0"] * 2


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "asked"
    monkeypatch.setenv(compile_cache.VARIABLE, str(folder))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return folder


@pytest.mark.plain
@BY_OWNER
@pytest.mark.parametrize("fault", ["file", "writable", "link", "other user"])
def test_a_folder_that_others_may_write_is_not_used(
    fault: str,
    asked: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if fault == "file":
        asked.write_text("", encoding="utf-8")
    elif fault == "writable":
        asked.mkdir()
        asked.chmod(0o777)
    elif fault == "link":
        asked.mkdir()
        (asked / compile_cache.STORE).symlink_to(tmp_path)
    else:
        somebody = os.getuid() + 1
        monkeypatch.setattr(os, "getuid", lambda: somebody)
    folder = compile_cache.folder_for("0123456789abcdef")
    if fault == "other user":  # the temporary folder is not theirs either
        assert folder is None
        assert "compiled code is not kept" in caplog.text
    else:
        assert folder is not None
        assert folder.is_relative_to(tmp_path / "temporary")
        assert "among temporary files" in caplog.text
    assert len(caplog.records) == 1


@pytest.mark.plain
def test_nowhere_at_all(
    asked: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked.write_text("", encoding="utf-8")
    monkeypatch.setattr("tempfile.tempdir", str(asked))
    assert compile_cache.folder_for("0123456789abcdef") is None
    assert [r.getMessage().count("every start compiles again") for r in caplog.records] == [1]


@pytest.mark.plain
@BY_OWNER
def test_folders_are_the_users_alone(asked: Path) -> None:
    folder = compile_cache.folder_for("0123456789abcdef")
    assert folder is not None
    assert all(f.stat().st_mode & 0o777 == 0o700 for f in (asked, folder.parent, folder))


@pytest.mark.plain
def test_old_folders_are_pruned(asked: Path) -> None:
    made = [compile_cache.folder_for(f"{n:016x}") for n in range(8)]
    assert all(folder and folder.is_dir() for folder in made)  # in use until lately
    for n, folder in enumerate(made):
        assert folder is not None
        os.utime(folder, (time.time() - 1e6 + n,) * 2)
    compile_cache.folder_for(f"{3:016x}")  # used again
    new = compile_cache.folder_for(f"{99:016x}")
    left = {int(folder.name, 16) for folder in (asked / compile_cache.STORE).iterdir()}
    assert new is not None
    assert left == {99, 3, 7, 6}


@IF_COMPILING
def test_no_fault_of_the_cache_ends_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_more(x):  # type: ignore[no-untyped-def]
        return x + 1

    def raising(error: Exception) -> Any:
        def method(*_: object) -> None:
            raise error

        return method

    other = SimpleNamespace(signature=SimpleNamespace(args=("other",)))
    for load in (raising(EOFError()), raising(pickle.UnpicklingError()), lambda *_: other):
        monkeypatch.setattr(compiled.FunctionCache, "load_overload", load)
        monkeypatch.setattr(
            compiled.FunctionCache, "save_overload", raising(OSError(errno.ENOSPC, "disk full"))
        )
        function = compiled.compiled()(one_more)
        assert type(function._cache) is compiled._Cache
        assert function(1) == 2


def test_compiled_functions_can_be_sent() -> None:
    sent = pickle.loads(pickle.dumps(dead_among))
    assert sent(np.ones(202), np.full((1, 202), 0.5), 0) == 101.0
