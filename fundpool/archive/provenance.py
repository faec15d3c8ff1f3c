"""Which code, which packages and which machine a run came from."""

import platform
from functools import cache
from importlib import metadata
from pathlib import Path

import fundpool
from fundpool.models.axes.code_digest import files_sha256, source_files

ROOMS = ("fundpool", "fundpool.actuarial", "fundpool.inputs", "fundpool.models")
SOURCES = (".py", ".css", ".typ", ".xml", ".mo")
PACKAGES = (
    "altair", "babel", "duckdb", "highspy", "numba", "numpy", "pandas", "pulp",
    "pydantic", "python-calamine", "python-docx", "scipy", "typer", "typst", "vl-convert-python",
    "xlsxwriter",
)  # fmt: skip
"""Packages whose version can change a figure or a byte of a report."""


@cache
def code_sha256() -> str:
    """Digest of the program itself: every source file of its packages, by name and content."""
    root = Path(fundpool.__file__).parent.parent
    return files_sha256(root, source_files(root, ROOMS, SOURCES))


def package_versions() -> dict[str, str]:
    """Versions of Python and of the packages that figures pass through; absent ones left out."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def machine() -> str:
    """System and processor family; floating-point libraries may differ between them."""
    return f"{platform.system()} {platform.machine()}"
