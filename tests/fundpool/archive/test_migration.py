"""Archives of earlier versions: listed as they are, and brought to the present form once asked."""

import json
from pathlib import Path
from typing import Any

from fundpool.archive.manifest import SCHEMA_VERSION
from fundpool.archive.runs import Archive
from fundpool.archive.verify import verify
from tests.fundpool.conftest import Run
from tests.fundpool.scheduled.test_many_cases import QUICK

ADDED_SINCE = ("case_title", "place_sha256")


def manifest_of(folder: Path) -> dict[str, Any]:
    contents: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return contents


def test_an_archive_of_an_earlier_version(run: Run, small_folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    words = ("report", small_folder, *QUICK, "--archive", root)
    assert run(*words).exit_code == 3
    (folder,) = (root / "runs").iterdir()
    present = manifest_of(folder)
    earlier = {key: value for key, value in present.items() if key not in ADDED_SINCE}
    (folder / "manifest.json").write_text(json.dumps(earlier), encoding="utf-8")
    (root / "fundpool-archive.json").unlink()
    listed = json.loads(run("runs", "--archive", root, "--json").stdout)
    assert [item["run"] for item in listed] == [folder.name]

    done = run("runs", "--archive", root, "--migrate", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "current": 0, "written_anew": [folder.name], "later": [], "unreadable": {},
    }  # fmt: skip
    assert manifest_of(folder) == present | {"place_sha256": None}
    assert (root / "fundpool-archive.json").is_file()
    assert verify(Archive(root)).damaged == {}
    assert sorted(path.name for path in (root / "runs").iterdir()) == [folder.name]
    assert run(*words).exit_code == 3  # the next run is compared with it
    assert sum(manifest_of(path)["previous"] == folder.name
               for path in (root / "runs").iterdir()) == 1  # fmt: skip
    again = run("runs", "--archive", root, "--migrate")
    assert again.stdout == "0 runs brought to the present form, 2 were in it\n"


def test_runs_of_a_later_version_and_damaged_ones_are_named(
    run: Run, small_folder: Path, tmp_path: Path
) -> None:
    root = tmp_path / "archive"
    for _ in range(2):
        run("report", small_folder, *QUICK, "--archive", root)
    later, damaged = sorted((root / "runs").iterdir())
    contents = manifest_of(later) | {"schema_version": SCHEMA_VERSION + 1}
    (later / "manifest.json").write_text(json.dumps(contents), encoding="utf-8")
    (damaged / "manifest.json").write_text("{", encoding="utf-8")
    done = run("runs", "--archive", root, "--migrate")
    assert done.exit_code == 1
    assert f"{later.name}: left as it is; a later version" in done.stdout
    assert f"cannot be read: {damaged / 'manifest.json'}" in done.stdout
    assert manifest_of(later) == contents
