"""Whatever stands in the files of a case: findings, never a traceback.

Whole files of random bytes, and the worked example spoiled at random. A case that is still
accepted must also be projected, or be refused with findings.
"""

import contextlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fundpool.inputs.case import Case, check_case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.template import write_case_workbook
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import study
from tests.cases.policies import policy_case
from tests.cases.small import small_case, toml_text
from tests.inputs.mutations import Bytes, byte_changes, settings_changes, table_changes

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
spoiled = settings(
    deadline=None,
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == 25,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FILES = sorted(f"tables/{name}.csv" for name in small_case().tables)
SETTINGS = ("case.toml", "schemes/employee.toml", "schemes/resident.toml")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example as it should be."""
    return small_case().write(tmp_path_factory.mktemp("sound") / "case")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory, sound: Path) -> Path:
    """The same as a workbook."""
    file = tmp_path_factory.mktemp("book") / "case.xlsx"
    write_case_workbook(sound, file)
    return file


@pytest.fixture
def copied(sound: Path) -> Iterator[Path]:
    """A copy to be spoiled."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(sound, Path(folder) / "case")
        yield Path(folder) / "case"


def refused_or_projected(path: Path) -> None:
    """Findings, or a case that can be projected."""
    findings = check_case(path)
    for finding in findings:
        assert str(finding).strip()
    if any(finding.severity == "error" for finding in findings):
        with pytest.raises(CaseError):
            read_case(path)
        return
    case = read_case(path)
    with contextlib.suppress(CaseError):
        study(case, 1)


def with_file(case: Path, name: str, contents: bytes) -> None:
    """Check the case with one file changed, then put the file back."""
    file = case / name
    before = file.read_bytes() if file.exists() else None
    file.write_bytes(contents)
    try:
        refused_or_projected(case)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)


@given(name=st.sampled_from([*FILES, *SETTINGS]), contents=st.binary(max_size=300))
@spoiled
def test_random_bytes(copied: Path, name: str, contents: bytes) -> None:
    with_file(copied, name, contents)


@given(name=st.sampled_from([*FILES, *SETTINGS]), change=byte_changes())
@spoiled
def test_changed_bytes(copied: Path, name: str, change: Bytes) -> None:
    with_file(copied, name, change((copied / name).read_bytes()))


@given(name=st.sampled_from(FILES), change=table_changes())
@spoiled
def test_changed_tables(copied: Path, name: str, change: Bytes) -> None:
    with_file(copied, name, change((copied / name).read_bytes()))


@given(
    name=st.sampled_from([".xlsx", ".toml", ".csv", ".parquet", "case.toml.csv"]),
    contents=st.binary(max_size=200),
)
@spoiled
def test_files_of_other_kinds(tmp_path: Path, name: str, contents: bytes) -> None:
    file = tmp_path / f"case{name}"
    file.write_bytes(contents)
    assert any(finding.severity == "error" for finding in check_case(file))


@given(contents=st.binary(max_size=300), name=st.sampled_from(["population", "economy"]))
@spoiled
def test_random_parquet(copied: Path, name: str, contents: bytes) -> None:
    kept = (copied / "tables" / f"{name}.csv").read_bytes()
    (copied / "tables" / f"{name}.csv").unlink()
    try:
        with_file(copied, f"tables/{name}.parquet", b"PAR1" + contents + b"PAR1")
    finally:
        (copied / "tables" / f"{name}.csv").write_bytes(kept)


@given(change=settings_changes(), name=st.sampled_from(["settings", "employee", "resident"]))
@spoiled
def test_changed_settings(
    copied: Path, name: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    case = small_case()
    contents = case.settings if name == "settings" else case.schemes[name]
    file = "case.toml" if name == "settings" else f"schemes/{name}.toml"
    with_file(copied, file, toml_text(change(contents)).encode())


@given(change=settings_changes(), data=st.data())
@spoiled
def test_changed_policies(
    copied: Path, change: Callable[[dict[str, Any]], dict[str, Any]], data: st.DataObject
) -> None:
    policies = policy_case().policies or {"nothing": {"schema_version": 1, "name": "nothing"}}
    name = data.draw(st.sampled_from(sorted(policies)))
    (copied / "policies").mkdir(exist_ok=True)
    with_file(copied, f"policies/{name}.toml", toml_text(change(policies[name])).encode())


@given(change=byte_changes())
@spoiled
def test_changed_workbooks(tmp_path: Path, workbook: Path, change: Bytes) -> None:
    file = tmp_path / "case.xlsx"
    file.write_bytes(change(workbook.read_bytes()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile on names that stand twice
        refused_or_projected(file)


@given(text=st.text(alphabet="countyprovince+@:,0123456789. -x", max_size=25))
@spoiled
def test_pooling_plans(small_read: Case, text: str) -> None:
    with contextlib.suppress(ValueError):
        assert plan_for(small_read, text).stages


@given(
    path=st.sampled_from(["economy.interest", "schemes.employee.rules.employer_rate", "nothing",
                          "coverage.working_age_from", "schemes.resident.rules.premium", ""]),
    value=st.floats(),
)  # fmt: skip
@spoiled
def test_changed_assumptions(small_read: Case, path: str, value: float) -> None:
    with contextlib.suppress(CaseError):
        study(small_read.with_values({path: value}), 1)


@pytest.fixture(scope="module")
def small_read(sound: Path) -> Case:
    """The worked example, read."""
    return read_case(sound)
