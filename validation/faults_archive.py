"""Faults of the archive: manifests, inputs, files of runs, options that are repeated."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from fundpool.archive.runs import Archive
from validation.fault_bench import Bench, Fault, wrong_unless

Contents = dict[str, Any]

WHOLE = {
    "empty": b"", "a list": b"[]", "a number": b"1", "null": b"null", "not UTF-8": b"\xff\xfe{}",
    "cut short": b'{"schema_version": 1, "run": "x"', "schema version 0": b'{"schema_version": 0}',
    "schema version in words": b'{"schema_version": "one"}', "nested deep": b"[" * 20_000,
    "binary": bytes(range(256)),
}  # fmt: skip
KEYS = ("run", "case_name", "base_year", "command_line", "recorded_at", "exit_status", "request",
        "packages", "files")  # fmt: skip
REQUEST_KEYS = ("command", "case", "parameters", "case_files", "parameter_files", "inputs_sha256",
                "code_version", "code_sha256")  # fmt: skip
PATHS = ("../x", "/etc/x", "..", ".", "", "a/../../x", "C:\\x", "a\\..\\x", "a\nb", "\0")


def faults() -> Iterator[Fault]:
    """Every fault of the archive."""
    yield from _manifests()
    yield from _inputs()
    yield from _files_of_runs()
    yield from _repeats()
    yield from _archives()


def _damage(change: Callable[[Path], None], bench: Bench, place: Path) -> str:
    """A damaged manifest is named, counted, and stops nothing."""
    archive = bench.archive(place)
    folder = bench.run_folder(archive)
    change(folder / "manifest.json")
    listed = bench.run("runs", "--archive", archive)
    verified = bench.run("runs", "--archive", archive, "--verify")
    asked = bench.run("runs", "--archive", archive, "--sql", "SELECT count(*) FROM measures")
    return (
        wrong_unless(listed, 0, says=folder.name)
        or wrong_unless(verified, 1, says=folder.name)
        or wrong_unless(verified, 1, says="3 runs, 1 damaged")
        or wrong_unless(asked, 0, says=folder.name)
    )


def _edited(edit: Callable[[Contents], object]) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        contents = json.loads(file.read_text("utf-8"))
        edit(contents)
        file.write_text(json.dumps(contents), encoding="utf-8")

    return change


def _manifests() -> Iterator[Fault]:
    def fault(name: str, change: Callable[[Path], None], case: str = "F2", quick: bool = False,
              ) -> Fault:  # fmt: skip
        return Fault("manifests", name, partial(_damage, change), case, quick)

    for name, contents in WHOLE.items():
        yield fault(name, lambda file, contents=contents: file.write_bytes(contents),
                    quick=name in ("empty", "not UTF-8"))  # fmt: skip
    yield fault("removed", Path.unlink)
    yield fault("a folder", lambda file: (file.unlink(), file.mkdir())[1])
    for key in KEYS:
        yield fault(f"without {key}", _edited(lambda c, key=key: c.pop(key)))
        yield fault(f"{key} is null", _edited(lambda c, key=key: c.update({key: None})))
        yield fault(f"{key} is a list", _edited(lambda c, key=key: c.update({key: [[]]})))
    for key in REQUEST_KEYS:
        yield fault(f"request without {key}", _edited(lambda c, key=key: c["request"].pop(key)))
        yield fault(f"{key} of the request is null",
                    _edited(lambda c, key=key: c["request"].update({key: None})))  # fmt: skip
    for path in PATHS:
        yield fault(f"case {path!r}", _edited(lambda c, path=path: c["request"].update(case=path)),
                    "F3", path == "../x")  # fmt: skip
        for files in ("case_files", "parameter_files"):
            yield fault(
                f"{files} {path!r}",
                _edited(lambda c, f=files, path=path: c["request"][f].update({path: "0" * 64})),
                "F3",
            )
        yield fault(
            f"files {path!r}",
            _edited(lambda c, path=path: c["files"].update({path: "0" * 64})),
            "F3",
        )
        yield fault(
            f"digest {path!r}",
            _edited(lambda c, path=path: c["request"]["case_files"].update(x=path)),
            "F3",
        )
    for path in [path for path in PATHS if path]:
        yield fault(f"previous {path!r}", _edited(lambda c, path=path: c.update(previous=path)),
                    "F3")  # fmt: skip


def _inputs() -> Iterator[Fault]:
    def spoil(way: str, number: int, bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        archive = Archive(root)
        files = archive.runs()[0].manifest.request.case_files
        name, digest = sorted(files.items())[number % len(files)]
        target = archive.objects.path(digest)
        contents = target.read_bytes()
        if way == "lost":
            target.unlink()
        elif way == "empty":
            target.write_bytes(b"")
        elif way == "cut":
            target.write_bytes(contents[:20])
        else:
            middle = len(contents) // 2
            flipped = bytes([contents[middle] ^ 1])
            target.write_bytes(contents[:middle] + flipped + contents[middle + 1 :])
        wrong = wrong_unless(bench.run("runs", "--archive", root, "--verify"), 1, says=name)
        if archive.objects.keep(contents) != digest or archive.objects.damage(digest):
            wrong = wrong or "the object is not written anew"
        return wrong or wrong_unless(
            bench.run("runs", "--archive", root, "--verify"), 0, says="3 runs, 0 damaged"
        )

    for number in range(12):
        for way in ("lost", "empty", "cut", "one bit flipped"):
            yield Fault("inputs kept", f"input {number} {way}", partial(spoil, way, number), "F1",
                        number == 0)  # fmt: skip


def _files_of_runs() -> Iterator[Fault]:
    def spoil(way: str, number: int, bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        folder = bench.run_folder(root)
        files = sorted(f for f in folder.rglob("*") if f.is_file() and f.name != "manifest.json")
        file = files[number % len(files)]
        if way == "lost":
            file.unlink()
        elif way == "empty":
            file.write_bytes(b"")
        else:
            file.write_bytes(b"x" * 60 + file.read_bytes()[60:])
        wrong = wrong_unless(bench.run("runs", "--archive", root, "--verify"), 1, says=file.name)
        sql = bench.run("runs", "--archive", root, "--sql", "SELECT 1")
        return wrong or wrong_unless(sql, 0, 1)

    for number in range(6):
        for way in ("lost", "empty", "overwritten"):
            yield Fault("files of runs", f"file {number} {way}", partial(spoil, way, number),
                        "F10", number == 0)  # fmt: skip

    def tonight(bench: Bench, place: Path) -> str:
        """The report is written all the same, and says what it could not compare."""
        root = bench.archive(place)
        folder = bench.run_folder(root, "report")
        (folder / "tables" / "measures.parquet").write_bytes(b"")
        wrong = wrong_unless(bench.report(place, "--archive", root), 3)
        page = place / "out" / "report.html"
        if not wrong and "There is no analysis of the change" not in page.read_text("utf-8"):
            return "the page does not say why there is no analysis of the change"
        return wrong

    yield Fault("files of runs", "table of the previous run empty, report", tonight, "F10")

    def other_manifest(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        folder = bench.run_folder(root)
        (folder / "manifest.json").write_bytes(b"")
        outcome = bench.report(place, "--archive", root)
        return wrong_unless(outcome, 3, says=folder.name)

    yield Fault("files of runs", "manifest of another run empty, report", other_manifest, "F2")


def _repeats() -> Iterator[Fault]:
    options: dict[str, Any] = {
        "--out": "evil", "--webhook": "http://127.0.0.1:9/", "--archive": "evil",
        "--webhook-file": "evil", "--out=evil": True, "--no-such": "x", "-x": True, "evil": True,
        "--quiet": True, "--json": True, "--help": True,
    }  # fmt: skip
    for flag, value in options.items():

        def trial(bench: Bench, place: Path, flag: str = flag, value: Any = value) -> str:
            root = bench.archive(place)
            folder = bench.run_folder(root, "report")
            edit = _edited(lambda c: c["request"]["parameters"].update({flag: value}))
            edit(folder / "manifest.json")
            outcome = bench.run("rerun", folder.name, "--archive", root)
            return wrong_unless(outcome, 1, says=flag)

        yield Fault("repeats", f"option {flag} in a manifest", trial, "F3", flag == "--out")
    for command in ("serve", "init", "synthesise", "runs", "no-such", "--help"):

        def other(bench: Bench, place: Path, command: str = command) -> str:
            root = bench.archive(place)
            folder = bench.run_folder(root, "report")
            _edited(lambda c: c["request"].update(command=command))(folder / "manifest.json")
            return wrong_unless(bench.run("rerun", folder.name, "--archive", root), 1,
                                says="keeps no runs")  # fmt: skip

        yield Fault("repeats", f"command {command} in a manifest", other, "F3")

    def smuggled(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        folder = bench.run_folder(root, "report")
        edit = _edited(lambda c: c["request"]["parameters"].update({"--no-optimise": "--out=evil"}))
        edit(folder / "manifest.json")
        return wrong_unless(bench.run("rerun", folder.name, "--archive", root), 1, says="evil")

    yield Fault("repeats", "an option as the value of a flag", smuggled, "F3")

    def relative(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        name = bench.run_folder(root).name
        here = Path.cwd()
        os.chdir(place)
        try:
            return wrong_unless(bench.run("rerun", name, "--archive", "archive"), 0, says="bit for")
        finally:
            os.chdir(here)

    yield Fault("repeats", "archive named by a relative path", relative, "F5")

    def forgotten(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        folder = bench.run_folder(root, "report")
        _edited(lambda c: c.update(previous="gone"))(folder / "manifest.json")
        return wrong_unless(bench.run("rerun", folder.name, "--archive", root), 1,
                            says="which is not in this archive")  # fmt: skip

    yield Fault("repeats", "the previous run has been removed", forgotten, "F19")


def _archives() -> Iterator[Fault]:
    def changed(change: Callable[[Path], object], status: int, says: str) -> Any:
        def trial(bench: Bench, place: Path) -> str:
            root = bench.archive(place)
            change(root)
            return wrong_unless(bench.run("runs", "--archive", root), status, says=says)

        return trial

    mark = "fundpool-archive.json"
    later = _edited(lambda c: c.update(schema_version=2, news=True))
    for name, change, status, says in (
        ("mark lost", lambda root: (root / mark).unlink(), 0, "report"),
        ("mark empty", lambda root: (root / mark).write_bytes(b""), 0, "report"),
        ("mark of a later format",
         lambda root: (root / mark).write_bytes(b'{"schema_version": 99}'), 1, "has format 99"),
        ("a run of a later version",
         lambda root: later(next((root / "runs").iterdir()) / "manifest.json"), 0, "version 2"),
        ("a file among the runs", lambda root: (root / "runs" / "x").write_bytes(b""), 0, "report"),
        ("an empty folder among the runs", lambda root: (root / "runs" / "x").mkdir(), 0, "x"),
        ("runs removed", lambda root: shutil.rmtree(root / "runs"), 0, "none"),
    ):  # fmt: skip
        yield Fault("archives", name, changed(change, status, says), "F2", quick=True)

    def quoted(bench: Bench, place: Path) -> str:
        """The name of a table in a manifest from elsewhere is a name, whatever is in it."""
        root = bench.archive(place)
        folder = bench.run_folder(root)
        name = "x\" AS SELECT 1 AS run; COPY (SELECT 1) TO 'evil.csv' --.parquet"
        edit = _edited(lambda c: c["files"].update({f"tables/{name}": "0" * 64}))
        edit(folder / "manifest.json")
        here = Path.cwd()
        os.chdir(place)
        try:
            asked = bench.run("runs", "--archive", root, "--sql", "SELECT 1")
        finally:
            os.chdir(here)
        written = "a file was written" if (place / "evil.csv").exists() else ""
        return written or wrong_unless(asked, 1, says="cannot be read")

    yield Fault("archives", "a table whose name is SQL", quoted, "F3", quick=True)

    def obeyed(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        before = os.environ.get("FUNDPOOL_ARCHIVE")
        os.environ["FUNDPOOL_ARCHIVE"] = str(root)
        try:
            wrong = wrong_unless(bench.report(place), 3, says="Kept in")
        finally:
            if before is None:
                del os.environ["FUNDPOOL_ARCHIVE"]
            else:
                os.environ["FUNDPOOL_ARCHIVE"] = before
        return wrong or ("" if len(Archive(root).runs()) == 4 else "the run is not kept")

    yield Fault("archives", "named by FUNDPOOL_ARCHIVE", obeyed, "F18")

    def other_folder(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        shutil.move(bench.case(place), place / "copy")
        outcome = bench.run("report", place / "copy", "--years", "2", "--formats", "html",
                            "--no-optimise", "--scenarios", "0", "--policies", "none",
                            "--out", place / "out", "--archive", root)  # fmt: skip
        wrong = wrong_unless(outcome, 3, says="comes from another folder")
        return wrong or ("compared" if "Comparing with" in outcome.err else "")

    yield Fault("archives", "a run of a copy of the case", other_folder, "F16")

    def what_if(bench: Bench, place: Path) -> str:
        """A what-if between two nights is not what the second night is compared with."""
        root = bench.archive(place)
        first = bench.run_folder(root, "report").name
        changed = bench.report(place, "--archive", root, "--set", "economy.interest=0.01")
        outcome = bench.report(place, "--archive", root)
        return (
            wrong_unless(changed, 3, says="differs in --set")
            or wrong_unless(outcome, 3, says=f"Comparing with {first}")
        )  # fmt: skip

    yield Fault("archives", "a what-if kept between two reports", what_if, "F16")

    def wrong_clock(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        first = bench.run_folder(root, "report")
        edit = _edited(lambda c: c.update(recorded_at="2999-01-01T00:00:00+00:00"))
        edit(first / "manifest.json")
        second = bench.report(place, "--archive", root)
        names = {run.id for run in Archive(root).runs()}
        bench.report(place, "--archive", root)
        (third,) = [run for run in Archive(root).runs() if run.id not in names]
        wrong = wrong_unless(second, 3, says="check the clock")
        follows = third.manifest.previous in names - {first.name}
        return wrong or ("" if follows else "the wrong date stays the previous run")

    yield Fault("archives", "a run dated in the far future", wrong_clock, "F16")
