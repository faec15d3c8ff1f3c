"""The page on the Python interface: every public module, class and function, from their docstrings.

``python -m fundpool.reference`` writes ``docs/reference.md``; a test compares it.
"""

import argparse
import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("fundpool", "models", "actuarial", "inputs")
INNER = ("fundpool/building", "fundpool/cli", "fundpool/report", "fundpool/web")
"""Folders left out: behind commands and pages, or scripts of one case."""
INTRODUCTION = """# Reference

This page is written by `python -m fundpool.reference` from the docstrings of the code: every public
module with its classes and functions. Shapes, units and errors stand in the docstrings themselves.
"""


def reference_page() -> str:
    """The whole page."""
    lines = [INTRODUCTION]
    for room in ROOMS:
        lines.append(f"\n## {room if room == 'fundpool' else f'fundpool.{room}'}\n")
        for file in sorted((ROOT / room).rglob("*.py")):
            if not file.relative_to(ROOT).as_posix().startswith(INNER):
                lines += _module(file)
    return "\n".join(lines) + "\n"


def _module(file: Path) -> Iterator[str]:
    names = file.relative_to(ROOT).with_suffix("").parts
    names = names if names[0] == "fundpool" else ("fundpool", *names)
    if any(name.startswith("_") and name != "__init__" for name in names):
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    listed = [line for node in tree.body for line in _listed(node)]
    if not listed:
        return
    yield f"### {'.'.join(names).removesuffix('.__init__')}\n"
    yield f"{_first(tree)}\n"
    yield from listed
    yield ""


def _listed(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
        yield f"* `{node.name}({_arguments(node)})`: {_first(node)}"
    if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
        yield f"* class `{node.name}`: {_first(node)}"
        for part in node.body:
            if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
                plain = any(_name(d).endswith("property") for d in part.decorator_list)
                call = "" if plain else f"({_arguments(part)})"
                yield f"    * `.{part.name}{call}`: {_first(part)}"


def _name(decorator: ast.expr) -> str:
    return ast.unparse(decorator)


def _arguments(node: ast.FunctionDef) -> str:
    every = ast.arguments(**{name: getattr(node.args, name) for name in node.args._fields})
    every.posonlyargs = [_bare(item) for item in every.posonlyargs]
    every.args = [_bare(item) for item in every.args if item.arg not in ("self", "cls")]
    every.kwonlyargs = [_bare(item) for item in every.kwonlyargs]
    every.defaults = every.defaults[-len(every.args) :] if every.args else []
    return ast.unparse(every)


def _bare(item: ast.arg) -> ast.arg:
    return ast.arg(item.arg)


def _first(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> str:
    """The first sentence of a docstring, on one line."""
    text = (ast.get_docstring(node) or "").split("\n\n")[0]
    return " ".join(text.split()).replace("|", "\\|")


def main(words: list[str] | None = None) -> None:
    """Write docs/reference.md beside the package."""
    parser = argparse.ArgumentParser("python -m fundpool.reference", description=main.__doc__)
    parser.parse_args(words)
    (ROOT / "docs" / "reference.md").write_text(reference_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
