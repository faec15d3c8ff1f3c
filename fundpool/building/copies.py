"""New case folders: a copy of a bundled case, or a synthetic one."""

import shutil
from importlib import import_module
from pathlib import Path

from fundpool.building.files import write_parquet
from fundpool.inputs.case import bundled_cases, case_root
from fundpool.inputs.files.writing import whole_folder
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.template import check_new


def copy_case(name: str, target: Path) -> None:
    """Copy a bundled case into a new folder.

    Raises:
        CaseError: no such case, or the folder exists and holds something.
        OSError: the folder cannot be written to.
    """
    if name not in bundled_cases():
        raise CaseError(
            [Finding.of_setting("--case", None, name, Message("the name of a bundled case"),
                                did_you_mean(name, bundled_cases()))]
        )  # fmt: skip
    check_new(target)
    with whole_folder(target) as draft:
        _fill(name, draft)


def _fill(name: str, draft: Path) -> None:
    """A bundled case's files; tables that are not carried along are derived."""
    source = case_root(name)
    shutil.copyfile(source / "case.toml", draft / "case.toml")
    for part in ("schemes", "policies"):
        if (source / part).is_dir():
            shutil.copytree(source / part, draft / part)
    if (source / "tables").is_dir():
        shutil.copytree(source / "tables", draft / "tables")
        return
    (draft / "tables").mkdir()
    build = import_module(f"fundpool.building.{name.replace('-', '_')}.build")
    write_parquet(build.tables(), draft / "tables")


def synthesise_case(target: Path, counties: int, seed: int) -> None:
    """Write a synthetic case into a new folder.

    Raises:
        CaseError: the folder exists and holds something.
        ValueError: a number of counties or a seed that cannot be.
        OSError: the folder cannot be written to.
    """
    from fundpool.building.synthetic import synthetic_settings, synthetic_tables

    check_new(target)
    tables = synthetic_tables(counties, seed)
    with whole_folder(target) as draft:
        settings = synthetic_settings(counties, seed)
        (draft / "case.toml").write_text(settings, encoding="utf-8", newline="\n")
        shutil.copytree(case_root("nation") / "schemes", draft / "schemes")
        (draft / "tables").mkdir()
        write_parquet(tables, draft / "tables")
