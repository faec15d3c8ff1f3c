"""``python -m`` of every module that can be run: ``--help`` explains and does nothing else."""

import os
import re
import runpy
import subprocess
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from benchmarks.environment import unforced
from tests.test_house import dotted_name

ROOT = Path(__file__).parent.parent
FOLDERS = ("actuarial", "benchmarks", "fundpool", "inputs", "models", "release", "tests",
           "validation")  # fmt: skip
MODULES = sorted(
    dotted_name(file).removesuffix(".__main__")
    for folder in FOLDERS
    for file in (ROOT / folder).rglob("*.py")
    if not file.name.startswith(("test_", "simulated_"))  # these change the process they run in
    and re.search(r"^if __name__ == .__main__.", file.read_text(encoding="utf-8"), re.MULTILINE)
)


def test_the_modules_are_found() -> None:
    some = {"fundpool", "benchmarks", "fundpool.languages.case_format", "tests.docs.blocks"}
    assert some <= set(MODULES)
    listed = re.findall(r"python -m ([\w.]+)", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert set(listed) - {"venv"} <= set(MODULES)


def ended(module: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit status of a module run here; whatever it writes or starts is an error."""

    def refused(*_arguments: Any, **_options: Any) -> None:
        raise AssertionError(f"{module} {words} did something")

    package = hasattr(import_module(module), "__path__")
    import_module(f"{module}.__main__" if package else module)  # may make a folder of compiled code
    monkeypatch.setattr(sys, "argv", [module, *words])
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in set(os.environ) - set(unforced(os.environ)):  # or it would start itself afresh
        monkeypatch.delenv(name)
    for owner, name in (
        (Path, "write_text"), (Path, "write_bytes"), (Path, "mkdir"),
        (subprocess, "run"), (subprocess, "Popen"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, refused)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # some are imported already
        with pytest.raises(SystemExit) as end:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
    return int(end.value.code or 0)


@pytest.mark.parametrize("module", MODULES)
def test_help(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(module, ["--help"], monkeypatch) == 0
    printed = capsys.readouterr()
    assert "usage:" in printed.out.lower()
    assert printed.err == ""


@pytest.mark.parametrize("module", MODULES)
def test_what_is_not_known(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(module, ["--no-such-option"], monkeypatch) == 2
    assert "usage:" in capsys.readouterr().err.lower()
