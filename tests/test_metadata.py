"""What the project says of itself is said once, or the same everywhere."""

import re
import tomllib
from datetime import date

import fundpool
from tests.test_house import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CITATION = (ROOT / "CITATION.cff").read_text("utf-8")
HEADINGS = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
"""Versions of the changelog, the last first."""


def test_the_version_is_written_in_the_package_alone() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"] == {"path": "fundpool/version.py"}
    assert "version" not in PROJECT["project"]
    assert f"\nversion: {fundpool.__version__}\n" in CITATION


def test_the_changelog_goes_by_version_with_dates() -> None:
    parts = [heading.split(" - ") for heading in HEADINGS]
    versions = [tuple(int(number) for number in version.split(".")) for version, _ in parts]
    assert versions == sorted(versions, reverse=True)
    days = [when for _, when in parts if when != "not released"]
    assert days == sorted((date.fromisoformat(day).isoformat() for day in days), reverse=True)
    assert [when for _, when in parts[1:]] == days[-len(parts[1:]) :]  # only the next is undated


def test_the_version_of_the_package_is_in_the_changelog() -> None:
    assert fundpool.__version__ in [heading.split(" - ")[0] for heading in HEADINGS]


def test_authors_and_licence_are_those_of_the_citation() -> None:
    for author in PROJECT["project"]["authors"]:
        assert f"  - name: {author['name']}\n" in CITATION
    assert f"\nlicense: {PROJECT['project']['license']}\n" in CITATION


def test_classifiers_name_the_versions_of_python_that_are_promised() -> None:
    least, below = re.findall(r"3\.(\d+)", PROJECT["project"]["requires-python"])
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    assert named == [f"3.{minor}" for minor in range(int(least), int(below))]
