"""Power cuts at every step of writing an output and a run: validation/kills.py in small."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fundpool.archive.runs import Archive
from fundpool.archive.verify import verify
from fundpool.inputs.files.writing import whole_folder
from tests.fundpool.archive.test_archive import a_manifest
from validation.kills import chosen_steps
from validation.power_loss import Loss, Tree, cuts, lay_out
from validation.watched_run import Recorder, Recording


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Recorder]:
    """Starts to record what happens in a folder, at each rename and fsync."""

    def start() -> Recorder:
        made = Recorder(tmp_path / "place")
        plain_replace, plain_fsync = Path.replace, os.fsync

        def replace(source: Path, target: Path) -> Path:
            made.step(f"rename {target.name}")
            return plain_replace(source, target)

        def fsync(handle: int) -> None:
            made.step("fsync")
            plain_fsync(handle)
            made.waited_for(os.fstat(handle).st_ino)

        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(os, "fsync", fsync)
        return made

    (tmp_path / "place").mkdir()
    return start


def trees(recording: Recording) -> list[tuple[bool, Tree]]:
    """Every folder after a cut, and whether everything had been done before it."""
    last = len(recording.moments) - 1
    return [(step == last, tree) for step, _, tree in cuts(recording, lots=3, seed=1)]


def write_output(folder: Path, age: str) -> None:
    with whole_folder(folder) as draft:
        for name in ("a.csv", "b.csv", "summary.json"):
            (draft / name).write_text(age, encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be waited for there")
@pytest.mark.parametrize("earlier", [True, False])
def test_an_output_survives_power_cuts(
    tmp_path: Path, recorder: Callable[[], Recorder], earlier: bool
) -> None:
    out = tmp_path / "place" / "deep" / "out"
    if earlier:
        write_output(out, "old")
    started = recorder()
    write_output(out, "new")
    started.step("end")
    seen = set()
    for number, (done, tree) in enumerate(trees(started.recording)):
        lay_out(tree, started.recording, tmp_path / str(number))
        left = {
            path.name: path.read_text(encoding="utf-8")
            for path in (tmp_path / str(number) / "deep" / "out").glob("[!.]*")
        }
        ages = set(left.values())
        assert ages <= {"old", "new"}, left
        if done or "summary.json" in left:
            assert len(left) == 3
            assert len(ages) == 1
            assert ages == {"new"} or not done
        seen |= ages
    assert seen == ({"old", "new"} if earlier else {"new"})


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be waited for there")
def test_a_run_survives_power_cuts(tmp_path: Path, recorder: Callable[[], Recorder]) -> None:
    started = recorder()
    archive = Archive(tmp_path / "place" / "archive")
    digest = archive.objects.keep(b"input")
    manifest = a_manifest(1)
    manifest.request.case_files["case.toml"] = digest  # type: ignore[index]
    with archive.incoming() as draft:
        (draft / "outputs").mkdir()
        (draft / "outputs" / "a").write_bytes(b"result")
        archive.admit(draft, manifest)
    started.step("end")
    listed = set()
    for number, (done, tree) in enumerate(trees(started.recording)):
        lay_out(tree, started.recording, tmp_path / str(number))
        checked = verify(Archive(tmp_path / str(number) / "archive"))
        assert checked.damaged == {}
        assert checked.runs == 1 or not done
        listed.add(checked.runs)
    assert listed == {0, 1}


def test_what_nobody_waited_for_is_lost(tmp_path: Path, recorder: Callable[[], Recorder]) -> None:
    started = recorder()
    (tmp_path / "place" / "a").write_bytes(b"contents")
    started.step("end")
    outcomes = {loss: tree for _, loss, tree in cuts(started.recording, lots=0, seed=1)}
    assert outcomes == {Loss.contents: (("a", -1),), Loss.names: ()}


def test_of_the_writes_of_a_file_the_first_and_the_last_are_tried() -> None:
    steps = ["open a", "write a", "write a", "write b", "write a", "fsync 1"]
    assert chosen_steps(steps) == [0, 1, 3, 4, 5]
