"""The API pages: each line names a module, and together they show everything that a user calls.

The pages are made from the docstrings when the site is built; nothing of them is committed.
"""

import re
import shutil
import subprocess
import sys
import zlib
from importlib import import_module
from importlib.util import find_spec
from inspect import isclass, isfunction
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

PAGES = sorted((ROOT / "docs" / "api").glob("*.md"))
SCIENCE = [
    f"fundpool.actuarial.{file.stem}"
    for file in sorted((ROOT / "actuarial").glob("*.py"))
    if file.stem not in ("__init__", "arrays")
]
"""Modules of the science; ``arrays`` checks arguments for the others."""

FACES = [
    f"fundpool.models.{file.parent.name}"
    for file in sorted((ROOT / "models").glob("*/__init__.py"))
]
"""Packages of the models."""


def public_names(module: str) -> list[str]:
    """What a module offers: its ``__all__``, else the functions and classes that it defines."""
    loaded = import_module(module)
    names = getattr(loaded, "__all__", None) or [
        name
        for name, value in vars(loaded).items()
        if (isfunction(value) or isclass(value))
        and value.__module__ == module
        and not name.startswith("_")
    ]
    return [f"{module}.{name}" for name in names]


def listed() -> list[str]:
    """What the pages name."""
    return [
        name
        for page in PAGES
        for name in re.findall(r"^::: (\S+)$", page.read_text("utf-8"), re.MULTILINE)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_holds_a_title_and_what_it_shows(page: Path) -> None:
    title, *lines = filter(None, page.read_text("utf-8").splitlines())
    assert title.startswith("# fundpool")
    assert [line for line in lines if not line.startswith("::: fundpool")] == []


def test_pages_name_the_package_the_science_and_the_faces_of_the_models() -> None:
    assert {"fundpool", *SCIENCE, *FACES} <= set(listed())


@pytest.mark.skipif(find_spec("zensical") is None, reason="the documentation is not built here")
def test_every_public_name_is_on_a_page(tmp_path: Path) -> None:
    """Builds the site as ``.ci/run`` does and reads the index of what it describes."""
    settings = (ROOT / "zensical.toml").read_text("utf-8")
    assert 'paths = ["."]' in settings
    settings = settings.replace('paths = ["."]', f"paths = ['{ROOT}']")
    (tmp_path / "zensical.toml").write_text(settings, "utf-8")
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "griffe:" not in done.stdout + done.stderr  # a docstring that could not be read
    inventory = (tmp_path / "site" / "objects.inv").read_bytes().split(b"\n", 4)[4]
    shown = {line.split()[0] for line in zlib.decompress(inventory).decode().splitlines()}
    called = [name for module in (*SCIENCE, *FACES) for name in public_names(module)]
    called += public_names("fundpool")
    # the package of the report has the name of its function
    called = [
        "fundpool.functions.reporting.report" if name == "fundpool.report" else name
        for name in called
    ]
    assert len(called) > 200
    assert sorted(set(called) - shown) == []
