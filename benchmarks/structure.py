"""Counts of the project's structure: modules, packages, layers, imports, cycles, size, repetition.

``python -m benchmarks.structure`` prints them as a table, ``--root DIR`` those of another checkout.
Everything is read from the syntax of the files; nothing is imported or run. The rule that packages
keep their order (``tests/test_layout.py``) reads the imports from here as well.
"""

import argparse
import ast
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parent.parent
TOP_LEVEL = ("fundpool", "actuarial", "models", "inputs")
When = Literal["load", "call", "typing"]
"""An import runs when its module is loaded, when a function is called, or only in type checks."""
MOST_PARAMETERS = 8
REPEATED_LINES = 6
"""Lines of code in a row that must be the same for them to count as repeated."""

CALCULATIONS = {
    "balance recursion": r"(balance|before|closing|held|bare|opening|ACTUAL|BARE)[^=]*"
    r"\* \(?(growth|grown|interest|1\.0 \+)[^=]* \+ ",
    "run-off": r"\[source\] \* lag",
    "adjustment fund": r"(levy\b|levy\[).* \* (np\.)?max(imum)?\(",
    "outgo of the year after": r"last \* (ratio|np\.divide)\(last",
    "share of administration": r'rule_array\("administration"',
    "ratio": r"np\.divide\((.(?!np\.divide))*?where=",
    "second level": r"levels\[min\(1,",
    "number of a scheme": r"(for \w+ in [\w.]*schemes\]|names|scheme_names\(\w+\)|schemes)"
    r"\.index\(",
    "number of a status": r"STATUSES\.index",
}
"""Patterns by which calculations that should stand once are recognised; a ``ratio`` may span lines.

Each is counted wherever it stands, compiled twins and independent checks included.
"""


@dataclass(frozen=True)
class Import:
    """One module imported by another.

    Attributes:
        source: dotted name of the importing module.
        target: dotted name of the imported module; a package stands for its ``__init__.py``.
        name: the name taken from it; empty if the module itself is imported.
        when: whether it runs on loading, on a call, or only in type checks.
        line: line of the statement.
    """

    source: str
    target: str
    name: str
    when: When
    line: int


def modules(root: Path = ROOT) -> dict[str, Path]:
    """File of every module, by dotted name.

    The folders ``actuarial``, ``models`` and ``inputs`` stand beside ``fundpool`` and are linked
    into it; their modules have the names they are imported by.
    """
    module_files = {}
    for folder in TOP_LEVEL:
        linked = folder != "fundpool" and (root / "fundpool" / folder).is_dir()
        for file in sorted((root / folder).rglob("*.py")):
            names = file.relative_to(root).with_suffix("").parts
            if folder == "fundpool" and len(names) > 2 and names[1] in TOP_LEVEL:
                continue
            dotted = ".".join(("fundpool", *names) if linked else names)
            module_files[dotted.removesuffix(".__init__")] = file
    return module_files


def imports(files: Mapping[str, Path]) -> list[Import]:
    """Every import of one of these modules by another."""
    return [item for name, file in files.items() for item in _imports_of(name, file, files)]


def _imports_of(source: str, file: Path, files: Mapping[str, Path]) -> Iterator[Import]:
    def visit(node: ast.AST, when: When) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    if alias.name in files:
                        yield Import(source, alias.name, "", when, child.lineno)
            elif isinstance(child, ast.ImportFrom) and child.module:
                for alias in child.names:
                    inner = f"{child.module}.{alias.name}"
                    if inner in files:
                        yield Import(source, inner, "", when, child.lineno)
                    elif child.module in files:
                        yield Import(source, child.module, alias.name, when, child.lineno)
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                yield from visit(child, "typing" if when == "typing" else "call")
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                for inner_node in child.body:
                    yield from visit(ast.Module([inner_node], []), "typing")
                yield from visit(ast.Module(child.orelse, []), when)
            else:
                yield from visit(child, when)

    for item in visit(_parsed(file), "load"):
        if item.target != source:
            yield item


def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def edges(items: Iterable[Import], kinds: tuple[When, ...]) -> dict[str, set[str]]:
    """Imported modules by importing module, of imports of some kinds."""
    graph: dict[str, set[str]] = {}
    for item in items:
        if item.when in kinds:
            graph.setdefault(item.source, set()).add(item.target)
    return graph


def with_parents(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same with the packages that Python loads on the way to a module.

    ``import a.b.c`` first runs ``a/__init__.py`` and ``a/b/__init__.py``, unless the importing
    module lies in them: then they have begun already.
    """
    result = {}
    for source, targets in graph.items():
        reached = set(targets)
        for target in targets:
            names = target.split(".")
            parents = {".".join(names[:length]) for length in range(1, len(names))}
            reached |= {p for p in parents if not f"{source}.".startswith(f"{p}.")}
        result[source] = reached
    return result


def components(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Strongly connected components, each after those that it imports (Tarjan)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    result: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = lowest[node] = len(number)
        stack.append(node)
        for target in sorted(graph.get(node, ())):
            if target not in number:
                visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in stack:
                lowest[node] = min(lowest[node], number[target])
        if lowest[node] == number[node]:
            members = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            result.append(sorted(members))

    for node in sorted(graph):
        if node not in number:
            visit(node)
    return result


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import one another."""
    return [members for members in components(graph) if len(members) > 1]


def layers(graph: Mapping[str, set[str]]) -> int:
    """Modules on the longest chain of imports; a cycle counts as one."""
    depth: dict[str, int] = {}
    for members in components(graph):
        below = {target for node in members for target in graph.get(node, ())} - set(members)
        level = 1 + max((depth[target] for target in below), default=0)
        depth.update(dict.fromkeys(members, level))
    return max(depth.values(), default=0)


def package_of(module: str) -> str:
    """The package a module lies in, at most one level below a top-level folder.

    A module that stands beside packages counts as one of its own.
    """
    names = module.split(".")
    top = 2 if names[0] == "fundpool" and len(names) > 1 and names[1] in TOP_LEVEL else 1
    return ".".join(names[: top + 1])


def between_packages(items: Iterable[Import], kinds: tuple[When, ...]) -> dict[str, set[str]]:
    """Imported packages by importing package."""
    graph: dict[str, set[str]] = {}
    for item in items:
        source, target = package_of(item.source), package_of(item.target)
        if item.when in kinds and source != target:
            graph.setdefault(source, set()).add(target)
    return graph


def parameters(file: Path) -> Iterator[tuple[int, str]]:
    """Number of parameters of each function of a file, with its name."""
    for node in ast.walk(_parsed(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
            counted = [item for item in every if item.arg not in ("self", "cls")]
            yield len(counted), node.name


def _is_command(file: Path) -> bool:
    """Whether functions of a file are commands, whose parameters are the options they take."""
    return "cli" in file.parts


def code_lines(file: Path) -> list[str]:
    """Lines of code without comments, docstrings, imports and blanks, stripped."""
    tree = _parsed(file)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            skipped |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    kept: dict[int, list[str]] = {}
    with file.open("rb") as stream:
        for token in tokenize.tokenize(stream.readline):
            if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING):
                kept.setdefault(token.start[0], []).append(token.string)
    return [" ".join(words) for line, words in sorted(kept.items()) if line not in skipped]


def repeated(files: Iterable[Path]) -> int:
    """Lines that stand in a run of at least ``REPEATED_LINES`` found in more than one place."""
    places: dict[tuple[str, ...], list[tuple[Path, int]]] = {}
    for file in files:
        lines = code_lines(file)
        for start in range(len(lines) - REPEATED_LINES + 1):
            window = tuple(lines[start : start + REPEATED_LINES])
            places.setdefault(window, []).append((file, start))
    again = {
        (file, start + step)
        for places_of_line in places.values()
        if len(places_of_line) > 1
        for file, start in places_of_line
        for step in range(REPEATED_LINES)
    }
    return len(again)


def copies(files: Iterable[Path]) -> dict[str, dict[Path, int]]:
    """How often each of the ``CALCULATIONS`` stands in each file that has it."""
    result: dict[str, dict[Path, int]] = {name: {} for name in CALCULATIONS}
    for file in files:
        text = file.read_text("utf-8")
        for name, pattern in CALCULATIONS.items():
            spans_lines = re.DOTALL if name == "ratio" else 0
            number = len(re.findall(pattern, text, spans_lines))
            if number:
                result[name][file] = number
    return result


def counts(files: Mapping[str, Path]) -> dict[str, str]:
    """The table of one set of modules."""
    items = [item for item in imports(files) if item.source in files]
    loading = edges(items, ("load",))
    every = edges(items, ("load", "call", "typing"))
    packages = between_packages(items, ("load", "call", "typing"))
    sizes = {name: len(file.read_text("utf-8").splitlines()) for name, file in files.items()}
    longest = max(sizes, key=lambda name: sizes[name])
    folders: dict[Path, int] = {}
    for file in files.values():
        folders[file.parent] = folders.get(file.parent, 0) + 1
    fullest = max(folders, key=lambda folder: folders[folder])
    wide = [
        (number, f"{name}.{function}")
        for name, file in files.items()
        if not _is_command(file)
        for number, function in parameters(file)
    ]
    many, function = max(wide)
    return {
        "modules": str(len(files)),
        "packages": str(sum(file.name == "__init__.py" for file in files.values())),
        "modules in the fullest folder": f"{folders[fullest]} ({fullest.name})",
        "layers of modules": str(layers(loading)),
        "imports between modules": str(sum(len(targets) for targets in every.values())),
        "cycles on loading": str(len(cycles(with_parents(loading)))),
        "cycles with imports in functions and for types": str(len(cycles(every))),
        "packages and modules beside them": str(len({package_of(n) for n in files})),
        "layers of these": str(layers(packages)),
        "imports between these": str(sum(len(targets) for targets in packages.values())),
        "cycles between these": str(len(cycles(packages))),
        "lines": str(sum(sizes.values())),
        "longest module": f"{sizes[longest]} ({longest})",
        "most parameters, commands apart": f"{many} ({function})",
        f"functions with more than {MOST_PARAMETERS}": str(
            sum(number > MOST_PARAMETERS for number, _ in wide)
        ),
        f"lines repeated, {REPEATED_LINES} or more in a row": str(repeated(files.values())),
        **{
            f"copies: {name}": str(sum(by_file.values()))
            for name, by_file in copies(files.values()).items()
        },
    }


def table(root: Path = ROOT) -> str:
    """Counts of the whole and of its top-level folders, as a Markdown table."""
    files = modules(root)
    columns = {"all": files}
    for folder in TOP_LEVEL:
        columns[folder] = {
            name: file for name, file in files.items() if file.relative_to(root).parts[0] == folder
        }
    figures = {title: counts(chosen) for title, chosen in columns.items()}
    lines = [
        "| | " + " | ".join(figures) + " |",
        "| --- " * (len(figures) + 1) + "|",
    ]
    for row in figures["all"]:
        lines.append(f"| {row} | " + " | ".join(values[row] for values in figures.values()) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    words.add_argument("--root", type=Path, default=ROOT, help="checkout to count")
    print(table(words.parse_args().root))


if __name__ == "__main__":
    main()
