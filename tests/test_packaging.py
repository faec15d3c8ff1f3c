"""One import name: what a build holds, and what a checkout without symbolic links reports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hatch_build import LINKED, missing_links
from tests.test_house import ROOT


def test_folders_are_linked_into_the_package() -> None:
    assert missing_links(ROOT) == []
    for name in LINKED:
        assert (ROOT / "fundpool" / name).resolve() == ROOT / name


def test_a_checkout_without_symbolic_links_is_not_built(tmp_path: Path) -> None:
    (tmp_path / "fundpool").mkdir()
    for name in LINKED:
        (tmp_path / "fundpool" / name).write_text(f"../{name}", encoding="utf-8")
    assert missing_links(tmp_path) == [f"fundpool/{name}" for name in LINKED]


@pytest.mark.parametrize("name", ["models", "inputs", "actuarial"])
def test_modules_of_a_user_are_their_own(name: str, tmp_path: Path) -> None:
    """A script beside a module called like one of the folders gets that module."""
    (tmp_path / f"{name}.py").write_text("HERE = True\n", encoding="utf-8")
    script = tmp_path / "script.py"
    script.write_text(
        f"import {name}\nimport fundpool.{name}\nfrom fundpool import read_case\n"
        f"print({name}.HERE, hasattr(fundpool.{name}, 'HERE'), read_case.__module__)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, encoding="utf-8",
        check=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.split()[:2] == ["True", "False"]
    assert done.stdout.split()[2].startswith("fundpool.inputs.")
