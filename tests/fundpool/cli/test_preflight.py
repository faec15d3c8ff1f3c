"""What cannot be written, posted to or imported is refused before the work, by every command.

The commands and the options that name places come from the command line itself, so that a new
command is tested without being listed here.
"""

import errno
import os
import sys
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import typer

from fundpool.__main__ import app
from fundpool.inputs.files import writing
from fundpool.webhook import check_address
from tests.fundpool.conftest import Run
from tests.inputs.accounts.statements import monthly, wide

GROUP: Any = typer.main.get_command(app)
HINTS = {name: get_type_hints(command.callback) for name, command in GROUP.commands.items()}
NEEDED = {
    "synthesise": {"counties": "5"},
    "diff": {"first": "one", "second": "two"},
    "rerun": {"run": "one"},
    "convert": {"source": "jiangsu"},
    "tidy": {"source": "population.csv", "case": "jiangsu"},
    "accounts": {"statement": "statement.csv"},
    "fit": {"members": "members.csv", "claims": "claims.csv"},
}
"""What a command does not run without, beside a case and places."""

NAMES_A_FILE = {("diff", "out"), ("report", "metrics"), ("serve", "access_log")}
"""Options that name a file; all others name a folder."""

READ = {
    ("report", "webhook_file"), ("report", "secret_file"), ("doctor", "out"), ("doctor", "archive"),
    ("tidy", "source"), ("tidy", "mapping"),
    ("accounts", "statement"), ("accounts", "mapping"), ("accounts", "against"),
    ("fit", "members"), ("fit", "claims"), ("fit", "mapping"),
}  # fmt: skip
"""Places that are read or tried, not written."""

WORK = (
    "fundpool.inputs.case.reading.read_case",
    "fundpool.building.synthetic.synthetic_tables",
    "fundpool.building.copies._fill",
    "fundpool.models.analysis.change.analysis_of_change",
    "fundpool.archive.reruns.rerun",
    "fundpool.cli.serve._listener",
    "fundpool.calls.fitting.fit",
)
"""How the work of every command begins."""


def is_place(command: str, parameter: str) -> bool:
    """Whether a parameter is declared as a path."""
    hint = HINTS[command].get(parameter)
    return Path in (hint, *get_args(hint)) and (command, parameter) not in READ


PLACES = [
    (name, parameter.name)
    for name, command in sorted(GROUP.commands.items())
    for parameter in command.params
    if is_place(name, parameter.name)
]
MAKES_A_FOLDER = {"fit"}
"""Commands whose ``--out`` is a new folder: there is nothing in it that could be in the way."""
OUTPUTS = [
    name
    for name, place in PLACES
    if place == "out" and (name, "out") not in NAMES_A_FILE and name not in MAKES_A_FOLDER
]


def words(command: str, case: Path, **given: str) -> list[str]:
    """A command line that runs, with values for some of the parameters."""
    line, values = [command], {"case": str(case)} | NEEDED.get(command, {}) | given
    for parameter in GROUP.commands[command].params:
        if parameter.name in values:
            option = parameter.param_type_name == "option"
            line += [parameter.opts[0]] if option else []
            line.append(values[parameter.name])
        elif parameter.required:
            # a place that is not the one on trial, or something that NEEDED should say
            assert is_place(command, parameter.name), f"{command}: {parameter.name} in NEEDED"
            line.append("elsewhere")
    return line


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def begun(*_: object, **__: object) -> None:
        raise AssertionError("the work has begun")

    for name in WORK:
        monkeypatch.setattr(name, begun)


def refused_in_a_sentence(run: Run, line: list[str]) -> str:
    before = tree(Path())
    result = run(*line)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("fundpool: ")
    assert tree(Path()) == before
    return sentence


def test_the_commands_that_write_are_known() -> None:
    """The generated list holds what is known to write; a place must be declared as a path."""
    assert set(PLACES) >= {
        ("report", "out"), ("report", "archive"), ("project", "out"), ("project", "archive"),
        ("compare", "archive"), ("optimise", "out"), ("frontier", "out"), ("diff", "out"),
        ("diff", "archive"), ("runs", "archive"), ("rerun", "archive"), ("init", "directory"),
        ("synthesise", "directory"), ("new", "target"), ("convert", "target"),
    }  # fmt: skip
    for name, command in GROUP.commands.items():
        for parameter in command.params:
            named = parameter.name in ("out", "archive", "directory", "target", "file")
            if named and (name, parameter.name) not in READ:
                assert is_place(name, parameter.name), (name, parameter.name)


BAD_PLACES = ("taken", "taken/inside", "folder", "unwritable")


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("place", BAD_PLACES)
@pytest.mark.parametrize(("command", "parameter"), PLACES)
def test_bad_places(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, parameter: str,
    place: str,
) -> None:  # fmt: skip
    """A file in the way, above or at the place; a folder where a file is to be; no right to."""
    names_a_file = (command, parameter) in NAMES_A_FILE
    if (place == "folder") != names_a_file and place in ("folder", "taken"):
        return  # a file that is replaced, a folder that is written into
    Path("taken").write_text("mine", encoding="utf-8")
    Path("folder").mkdir()
    if place == "unwritable":

        def refused(*_: object, **__: object) -> str:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr(writing.FileLock, "acquire", refused)
    refused_in_a_sentence(run, words(command, small_folder, **{parameter: place}))
    assert Path("taken").read_text(encoding="utf-8") == "mine"


QUICKLY = {
    "report": ("--years", "1", "--no-optimise", "--sensitivity", "none"),
    "frontier": ("--years", "2", "--points", "2"),
    "accounts": (),
}


@pytest.mark.parametrize("command", OUTPUTS)
def test_a_folder_in_place_of_each_file(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Whatever a command writes, it looks for a folder of that name before."""
    wide(monthly(1), Path("statement.csv"))
    line = words(command, small_folder, out="out")
    run(*line, *QUICKLY.get(command, ("--years", "2")))
    written = [path.name for path in Path("out").iterdir()]
    assert written

    def begun(*_: object, **__: object) -> None:
        raise AssertionError("the work has begun")

    for name in ("study.study", "study.project", "comparison.compare"):
        monkeypatch.setattr(f"fundpool.models.projection.{name}", begun)
    for name in written:
        Path("blocked", name).mkdir(parents=True)
        sentence = refused_in_a_sentence(
            run, [*words(command, small_folder, out="blocked"), "--quiet"]
        )
        assert f"{str(Path('blocked', name))!r} is a folder where a file is" in sentence
        Path("blocked", name).rmdir()


@pytest.mark.usefixtures("no_work")
def test_an_archive_of_which_a_part_is_a_file(run: Run, small_folder: Path) -> None:
    for part in ("runs", "drafts", "inputs"):
        Path("kept").mkdir(exist_ok=True)
        Path("kept", part).write_text("mine", encoding="utf-8")
        for command in ("report", "project", "compare"):
            refused_in_a_sentence(run, words(command, small_folder, archive="kept"))
        Path("kept", part).unlink()


@pytest.mark.usefixtures("no_work")
def test_no_place_for_temporary_files(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    for command in ("report", "rerun", "diff", "serve"):
        assert "TMPDIR" in refused_in_a_sentence(run, words(command, small_folder))


# addresses

BAD_ADDRESSES = (
    "",
    "example.org",
    "ftp://example.org",
    "file:///x",
    "http://",
    "https:///path",
    "http://:80",
    "http://exa mple.org",
    " http://example.org",
    "http://example.org/a b",
    "http://基金.中国/",
    "http://example.org/基金",
    "http://example.org:port",
    "http://example.org:70000",
    "http://example.org:-1",
    "http://example.org:0",
    "http://example.org/\r\nX-Evil: 1",
    "http://example.org\n",
    "http://exam\tple.org",
    "http://[::1",
    "http://[::zz]/",
    "http://user:secret@example.org",
    "http://us er:secret@example.org",
    "http://a..b/",
    "http://" + "a" * 64 + ".org",
    "http://999.1.1.1/",
    "http://example.org\\x",
    "http://exam%20ple/",
)


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_addresses_that_cannot_be_posted_to(run: Run, small_folder: Path, url: str) -> None:
    sentence = refused_in_a_sentence(run, words("report", small_folder, webhook=url))
    assert "--webhook" in sentence
    assert "secret" not in sentence, "a password is not repeated"


@pytest.mark.parametrize(
    "url",
    ["http://localhost", "https://example.org:8443/hook?a=b&c=%20", "http://127.0.0.1:1/",
     "http://[::1]:80/x", "https://xn--bcher-kva.example/", "http://a_b.internal./"],
)  # fmt: skip
def test_addresses_that_can(url: str) -> None:
    assert check_address(url) == url


# what is not installed


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("missing", ["fastapi", "uvicorn"])
def test_the_page_without_its_libraries(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    sentence = refused_in_a_sentence(run, words("serve", small_folder))
    assert "pip install 'fundpool[web]'" in sentence


WITH_ENGINE = [
    name
    for name, command in GROUP.commands.items()
    if any(p.name == "engine" for p in command.params)
]


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("missing", ["dask", "distributed"])
@pytest.mark.parametrize("command", WITH_ENGINE)
def test_a_cluster_without_its_libraries(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    sentence = refused_in_a_sentence(run, words(command, small_folder, engine="dask"))
    assert "fundpool[cluster]" in sentence
