"""The archive: whole runs only, inputs once, reruns bit for bit, many writers at once."""

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import fundpool.cli.archive  # noqa: F401  (registers its commands)
from fundpool.archive.manifest import Manifest, Request, read_manifest
from fundpool.archive.objects import DamagedError, ObjectStore
from fundpool.archive.requests import _words
from fundpool.archive.runs import Archive, NoSuchRunError
from fundpool.cli.commands import app
from tests.cases.small import small_case

ROOT = Path(__file__).parent.parent.parent.parent

WRITER = """
import sys
from pathlib import Path
from tests.fundpool.archive.test_archive import keep_one
for number in range(int(sys.argv[2])):
    keep_one(Path(sys.argv[1]), number)
"""


def a_manifest(number: int) -> Manifest:
    request = Request("report", "case", {"--years": number}, {}, {}, "a" * 64, "0", "b" * 64)
    return Manifest("", request, "case", 2020, "fundpool report case", None, None, {}, "any", 0, "")


def keep_one(root: Path, number: int) -> str:
    """A made-up run of a few files, some of them large enough to be caught half written."""
    archive = Archive(root)
    archive.objects.keep(f"input {number % 3}".encode() * 1000)
    with archive.incoming() as draft:
        (draft / "tables").mkdir()
        (draft / "outputs").mkdir()
        for name in ("a", "b", "c"):
            (draft / "outputs" / name).write_bytes(os.urandom(200_000))
        return archive.admit(draft, a_manifest(number % 2)).id


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return small_case().write(tmp_path / "case")


def run(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "fundpool", *map(str, words)],
        capture_output=True, encoding="utf-8", cwd=ROOT, check=False,
    )  # fmt: skip


def invoked(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_a_run_is_kept_whole(case: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    status, _ = invoked("compare", case, "--years", "2", "--archive", root, "--json")
    assert status == 3
    (kept,) = Archive(root).runs()
    assert kept.damage() == []
    assert kept.manifest.exit_status == 3
    assert kept.manifest.request.parameters["--years"] == 2
    assert kept.manifest.request.parameters["--pooling"] == ["county", "city", "province"]
    assert set(kept.manifest.request.case_files) >= {"case.toml", "tables/regions.csv"}
    assert {"funds", "measures", "overview", "people"} <= set(kept.tables)
    levels = kept.table("measures")
    pools = kept.summary()["pooling"]["county"]["pools"]
    by_county = levels[levels["plan"] == "county"]
    assert by_county["level_rate"].tolist() == [pool["level_rate"] for pool in pools]
    assert not list((root / "drafts").glob("run-*"))


def test_inputs_are_kept_once(case: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    for years in ("2", "3"):
        invoked("compare", case, "--years", years, "--archive", root)
    objects = [path for path in (root / "inputs").rglob("*") if path.is_file()]
    files = {path.read_bytes() for path in case.rglob("*") if path.is_file()}
    assert len(objects) == len(files)
    assert len(Archive(root).runs()) == 2


def test_a_rerun_comes_out_bit_for_bit(case: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    invoked("project", case, "--years", "2", "--set", "economy.interest=0.03", "--archive", root,
            "--out", tmp_path / "out")  # fmt: skip
    kept = Archive(root).runs()[0]
    assert "--engine" not in kept.manifest.request.parameters
    # as of an earlier version, on a machine that is not there
    parameters = {**kept.manifest.request.parameters, "--engine": "dask=localhost:1"}
    earlier = replace(kept.manifest, request=replace(kept.manifest.request, parameters=parameters))
    (kept.folder / "manifest.json").write_text(earlier.text(), encoding="utf-8")
    status, text = invoked("rerun", kept.id, "--archive", root)
    assert status == 0
    assert "come out bit for bit" in text


def test_a_rerun_says_what_differs(case: Path, tmp_path: Path) -> None:
    """Forge an archived figure and the code's digest: both are named, with the size."""
    root = tmp_path / "archive"
    invoked("compare", case, "--years", "2", "--archive", root)
    kept = Archive(root).runs()[0]
    table = kept.table("evenness")
    table["mean"] *= 1.01
    from fundpool.archive.objects import sha256
    from fundpool.writing import write_table

    file = write_table(table, kept.folder / "tables" / "evenness", "parquet")
    files = kept.manifest.files | {"tables/evenness.parquet": sha256(file.read_bytes())}
    forged = replace(
        kept.manifest,
        files=files,
        request=replace(kept.manifest.request, code_sha256="0" * 64),
    )
    (kept.folder / "manifest.json").write_text(forged.text(), encoding="utf-8")
    status, text = invoked("rerun", kept.id, "--archive", root)
    assert status == 1
    assert "code fundpool" in text
    assert "table evenness" in text
    assert "largest relative difference 9.9e-03" in text
    assert f"1 of {len(files)} files differ" in text


def test_an_altered_file_is_found(case: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    invoked("compare", case, "--years", "2", "--archive", root)
    kept = Archive(root).runs()[0]
    assert invoked("runs", "--archive", root, "--verify")[0] == 0
    (kept.folder / "outputs" / "summary.json").write_text("{}", encoding="utf-8")
    status, text = invoked("runs", "--archive", root, "--verify")
    assert status == 1
    assert "outputs/summary.json has been altered" in text


def test_runs_are_listed_and_asked_across(case: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    for years in ("2", "3"):
        invoked("compare", case, "--years", years, "--archive", root)
    status, text = invoked("runs", "--archive", root, "--json")
    assert status == 0
    rows = json.loads(text)
    assert [row["exit_status"] for row in rows] == [3, 3]
    question = "SELECT run, count(*) AS n FROM funds GROUP BY run ORDER BY n"
    _, text = invoked("runs", "--archive", root, "--sql", question, "--json")
    # five pools in all at three levels, two schemes, two and three years
    assert [row["n"] for row in json.loads(text)] == [20, 30]
    _, text = invoked("runs", "--archive", root, "--sql", "SHOW TABLES", "--json")
    assert {"runs", "funds", "measures"} <= {row["name"] for row in json.loads(text)}
    both = "SELECT count(*) AS n FROM Funds JOIN runs USING (run)"
    _, text = invoked("runs", "--archive", root, "--sql", both, "--json")
    assert json.loads(text) == [{"n": 50}]
    assert invoked("runs", "--archive", root, "--sql", "SELECT nothing FROM funds")[0] == 2
    assert invoked("runs", "--archive", tmp_path / "none")[0] == 2
    assert invoked("rerun", "no-such-run", "--archive", root)[0] == 2


def test_an_input_changed_under_way_is_refused(case: Path) -> None:
    from fundpool.archive.requests import ChangedInputError, case_files
    from fundpool.inputs.case import read_case

    read = read_case(case)
    table = case / "tables" / "economy.csv"
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(ChangedInputError, match=r"tables/economy\.csv was changed"):
        case_files(read)


def test_objects_are_checked_when_read(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    digest = store.keep(b"figures")
    assert store.read(digest) == b"figures"
    with pytest.raises(DamagedError, match="outside the case"):
        store.restore({"../elsewhere": digest}, tmp_path / "case")
    store.path(digest).write_bytes(b"altered")
    with pytest.raises(DamagedError, match="altered"):
        store.read(digest)
    with pytest.raises(DamagedError, match="missing"):
        store.read("0" * 64)


def test_manifest_text_and_back() -> None:
    manifest = replace(a_manifest(3), run="x", files={"a": "b" * 64})
    assert read_manifest(manifest.text()) == manifest
    with pytest.raises(DamagedError):
        read_manifest("{}")
    newer = manifest.text().replace('"schema_version": 1', '"schema_version": 9')
    with pytest.raises(DamagedError, match="schema version 9"):
        read_manifest(newer)


def test_equal_requests_are_numbered(tmp_path: Path) -> None:
    names = [keep_one(tmp_path, 0) for _ in range(3)]
    assert [name.rsplit("-", 1)[1] for name in names] == ["1", "2", "3"]
    assert len({name.rsplit("-", 1)[0] for name in names}) == 1
    archive = Archive(tmp_path)
    assert archive.run(names[1]).id == names[1]
    with pytest.raises(NoSuchRunError, match="fits 3 runs"):
        archive.run("case-report")


def test_words_of_options() -> None:
    assert _words("--set", ["a=1", "b=2"]) == ["--set", "a=1", "--set", "b=2"]
    assert _words("--no-more", False) == []


def test_writers_at_once_all_land(tmp_path: Path) -> None:
    """Eight processes keep five runs each under two requests, so that names collide."""
    program = [sys.executable, "-c", WRITER, str(tmp_path), "5"]
    writers = [subprocess.Popen(program, cwd=ROOT) for _ in range(8)]
    assert [writer.wait() for writer in writers] == [0] * 8
    runs = Archive(tmp_path).runs()
    assert len(runs) == 40
    assert all(run.damage() == [] for run in runs)
    assert not list((tmp_path / "drafts").glob("run-*"))


def test_killed_writers_leave_no_half_run(tmp_path: Path) -> None:
    """Writers killed while they write; validation/kills.py does it to whole commands."""
    draw = random.Random(7)
    for _ in range(6):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), "1000"], cwd=ROOT)
        drafts = tmp_path / "drafts"
        while not (drafts.exists() and any(drafts.glob("run-*"))):
            time.sleep(0.002)
        time.sleep(draw.uniform(0.0, 0.05))
        writer.kill()
        writer.wait()
        assert all(run.damage() == [] for run in Archive(tmp_path).runs())
        keep_one(tmp_path, 0)
        assert not list(drafts.glob("run-*"))


def test_commands_at_once_all_land(case: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    words = [sys.executable, "-m", "fundpool", "compare", str(case), "--years", "1", "--quiet",
             "--archive", str(root)]  # fmt: skip
    runs = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait() for process in runs] == [3] * 3
    kept = Archive(root).runs()
    assert len(kept) == 3
    assert pd.concat([one.table("overview") for one in kept]).groupby(["plan", "scheme"])[
        "level_rate_mean"
    ].nunique().max() == 1  # fmt: skip


def test_nothing_is_kept_of_a_refused_case(tmp_path: Path) -> None:
    done = run("compare", "no-such-case", "--archive", tmp_path / "archive")
    assert done.returncode == 2
    assert not (tmp_path / "archive").exists()
