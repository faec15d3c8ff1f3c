"""No sentence of a command stands outside the catalogue."""

import ast
import re
from pathlib import Path

import pytest

from fundpool.cli.commands import app
from tests.fundpool.conftest import Run
from tests.fundpool.web.conftest import page_case
from tests.test_house import MODULES

COMMANDS = Path(__file__).parents[3] / "fundpool" / "cli"
SPEAKING = {"say", "say_failure", "say_warning", "echo"}
WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,} +[A-Za-z]{2,}")


def names_in(file: Path) -> set[str]:
    """Names that a module uses."""
    return set(re.findall(r"\w+", file.read_text(encoding="utf-8")))


def _literal(node: ast.expr) -> str:
    """The text of a literal, with a sign where a value stands."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) or "x" for part in node.values)
    return ""


def unworded(text: str) -> list[str]:
    """Sentences that a module says without the catalogue."""
    return [
        _literal(argument)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in SPEAKING
        for argument in node.args[:1]
        if WORDS.search(_literal(argument))
    ]


@pytest.mark.parametrize("file", sorted(COMMANDS.glob("*.py")), ids=lambda file: file.stem)
def test_commands_speak_through_the_catalogue(file: Path) -> None:
    assert unworded(file.read_text(encoding="utf-8")) == []


def test_a_sentence_outside_is_found() -> None:
    assert unworded('say(f"{n} pools hold less", quiet)') == ["x pools hold less"]
    assert unworded('say(spoken().gettext("it is all said"))') == []


REFUSALS = {
    "UsageError": 0, "BadParameter": 0, "EngineError": 0, "UnwritableError": 0, "WebhookError": 0,
    "NoticeError": 0, "BusyError": 0, "DamagedError": 0, "NoSuchRunError": 0, "_UnfitError": 0,
    "ChangedInputError": 0, "NotComparableError": 0, "NoPlanError": 0, "WrongArgumentError": 2,
}  # fmt: skip
"""Exceptions whose sentence a command says, and the place of it among their arguments."""


def unworded_refusals(text: str) -> list[str]:
    """Exceptions that are raised with a text outside the catalogue: a literal, or none of ours."""
    unworded_calls = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        place = REFUSALS.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
        if place is None or len(node.args) <= place:
            continue
        said = node.args[place]
        if isinstance(said, ast.Constant | ast.JoinedStr) or (
            isinstance(said, ast.Call) and ast.unparse(said.func) == "str"
        ):
            unworded_calls.append(ast.unparse(node))
    return unworded_calls


@pytest.mark.parametrize(
    "file", [file for file in MODULES if set(REFUSALS) & names_in(file)], ids=lambda f: f.stem
)
def test_refusals_are_messages(file: Path) -> None:
    assert unworded_refusals(file.read_text(encoding="utf-8")) == []


def test_a_refusal_outside_is_found() -> None:
    assert unworded_refusals('raise UsageError(f"no {x}")') == ["UsageError(f'no {x}')"]
    assert unworded_refusals('WrongArgumentError("a", 1, "two")') != []
    assert unworded_refusals("raise UsageError(str(error))") != []
    assert unworded_refusals('raise UsageError(Message("no"))') == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small case with a policy to measure."""
    return page_case().write(tmp_path_factory.mktemp("spoken") / "case")


TERMINAL = (
    ("compare", "--pooling", "county", "--scenarios", "0"),
    ("policies",),
    ("frontier", "--points", "2", "--reserve-months", "0"),
    ("optimise", "--choose", "rates,pooling", "--reserve-months", "0"),
    ("optimise", "--reserve-months", "0", "--out", "plan-of-rates"),
)


@pytest.mark.parametrize("words", TERMINAL, ids=lambda words: words[0])
def test_terminal_text_is_chinese(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    """What a command prints for a person; ids, names of files and options stay as they are."""
    command, *options = words
    done = run(command, folder, "--years", 1, *options, "--lang", "zh")
    text = re.sub(r"\S*/\S*|--\S+", "", done.stdout + done.stderr)
    assert re.search("[\u4e00-\u9fff]", text), text
    left = [line for line in text.splitlines() if WORDS.search(line)]
    assert left == [], done.stdout


def test_every_command_is_known() -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    assert {words[0] for words in TERMINAL} <= names
