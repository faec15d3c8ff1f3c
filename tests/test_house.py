"""Rules of the house: imports run one way, modules stay small, the documentation is current."""

import ast
import doctest
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "actuarial": {"actuarial"},
    "inputs": {"inputs", "actuarial"},
    "models": {"models", "inputs", "actuarial"},
    "fundpool": {"fundpool", "models", "inputs", "actuarial"},
}
REFUSED = re.compile(
    r"shel(f|ves)\b|clerk|\btold\b|said again|astray|dear to have|\bdearest\b|nothing less than",
    re.IGNORECASE,
)
"""Turns of speech: code, messages and pages say ``cache``, ``writer``, ``default: ...`` instead."""

BARE = {"own", "held", "found", "parts"}
"""Names that do not say what they hold."""

NAMED = (
    "actuarial", "inputs", "models", "fundpool", "release", "benchmarks", "validation",
    "tests/actuarial", "tests/cases", "tests/docs", "tests/inputs", "tests/release",
    "tests/fundpool/cli",
)  # fmt: skip
"""Folders without such names; in other ``tests`` some are left."""

INNER = tuple(str(Path("fundpool", name)) for name in ("actuarial", "models", "inputs"))
"""Folders that stand at the top and are linked into ``fundpool``."""

FOLDERS = (*ALLOWED, "docs", "tests", "validation", "benchmarks", "release", ".ci")

WRITTEN = [
    file
    for file in sorted(
        {*ROOT.glob("*.md"), *(f for top in FOLDERS for f in (ROOT / top).rglob("*"))}
    )
    if file != Path(__file__)
    and file.suffix in ("", ".css", ".html", ".js", ".md", ".po", ".py", ".toml")
    and file.is_file()
]
"""Everything written by hand: code, settings, messages, pages."""
MODULES = [file for room in ALLOWED for file in sorted((ROOT / room).rglob("*.py"))]


def dotted_name(file: Path) -> str:
    """Name that a module is imported by."""
    names = file.relative_to(ROOT).with_suffix("").parts
    inside = ("fundpool", *names) if names[0] in ("actuarial", "inputs", "models") else names
    return ".".join(inside).removesuffix(".__init__")


def _imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {_top_level(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {_top_level(f"{node.module}.{alias.name}") for alias in node.names}
    return names & set(ALLOWED)


def _top_level(name: str) -> str:
    """Top-level folder of a module: ``fundpool.models.flows.years`` lies in ``models``."""
    first, _, rest = name.partition(".")
    inner = rest.split(".")[0]
    return inner if first == "fundpool" and inner in ALLOWED else first


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_run_one_way(file: Path) -> None:
    room = file.relative_to(ROOT).parts[0]
    assert _imported(file) <= ALLOWED[room]


def _lines(text: str) -> int:
    """Lines of a module, its examples and the blank line before them left out."""
    texts = [
        inspect.cleandoc(node.value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" in node.value
    ]
    examples = [example for one in texts for example in doctest.DocTestParser().get_examples(one)]
    lines = sum(len((one.source + one.want).splitlines()) for one in examples)
    return len(text.splitlines()) - lines - len(texts)


def test_modules_hold_one_idea() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in MODULES
        if (lines := _lines(file.read_text(encoding="utf-8"))) > 400
    }
    assert long == {}


def test_words_are_those_of_a_textbook() -> None:
    assert len(WRITTEN) > 600
    said = {
        f"{file.relative_to(ROOT)}:{number}": line.strip()
        for file in WRITTEN
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if REFUSED.search(line)
    }
    assert said == {}


def test_a_word_that_is_refused_is_seen() -> None:
    assert REFUSED.search("doubles unless told.")
    assert not REFUSED.search("a total of clocks, itself shelled")


def _bare_names(source: str) -> list[str]:
    """Names of variables, arguments and fields that say nothing, with their lines."""
    nodes = ast.walk(ast.parse(source))
    names = [
        (node.lineno, node.id if isinstance(node, ast.Name) else node.arg)
        for node in nodes
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))
    ]
    return [f"{line}: {name}" for line, name in sorted(names) if name in BARE]


def test_names_say_what_they_hold() -> None:
    bare = {
        str(file.relative_to(ROOT)): names
        for folder in NAMED
        for file in sorted((ROOT / folder).rglob("*.py"))
        if not str(file.relative_to(ROOT)).startswith(INNER)
        and (names := _bare_names(file.read_text(encoding="utf-8")))
    }
    assert bare == {}


def test_a_bare_name_is_seen() -> None:
    assert _bare_names("def f(found):\n    own = found\n    return own\n") == ["1: found", "2: own"]


MOST_PARAMETERS = 8


def parameters_by_function(file: Path) -> dict[str, int]:
    """Number of parameters of each function of a module; the instance is not one of them."""
    numbers: dict[str, int] = {}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            asked = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            names = [argument.arg for argument in asked]
            number = len(names) - (names[:1] in (["self"], ["cls"]))
            name = f"{file.relative_to(ROOT).as_posix()} {node.name}"
            numbers[name] = max(number, numbers.get(name, 0))
    return numbers


def test_functions_take_few_parameters() -> None:
    """Commands of the tool are exempt: each of their parameters is an option."""
    many = {
        name: number
        for file in MODULES
        if file.parent != ROOT / "fundpool" / "cli"
        for name, number in parameters_by_function(file).items()
        if number > MOST_PARAMETERS
    }
    assert many == {}


def test_a_name_means_one_class_in_models() -> None:
    """Two classes of one name say different things by one word; private ones count as well."""
    places: dict[str, list[str]] = {}
    for file in sorted((ROOT / "models").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
