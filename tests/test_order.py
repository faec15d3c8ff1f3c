"""Nothing that is computed or written depends on the order of a set, which differs by run."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("actuarial", "inputs", "models", "fundpool")
ORDER_FREE = {"all", "any", "frozenset", "len", "max", "min", "set", "sorted"}
"""Functions whose result is the same in any order; a sum of floats is not."""

IN_ORDER = {"dict", "enumerate", "iter", "list", "map", "next", "sum", "tuple", "zip"}
SET_METHODS = {"difference", "intersection", "symmetric_difference", "union"}
ALGEBRA = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)


def _is_set(node: ast.AST, sets: set[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Name(id=name):
            return name in sets
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Call(func=ast.Attribute(value=whole, attr=method)):
            return method == "keys" or (method in SET_METHODS and _is_set(whole, sets))
        case ast.BinOp(left=left, op=operator, right=right):
            return isinstance(operator, ALGEBRA) and (_is_set(left, sets) or _is_set(right, sets))
    return False


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function or module without those of functions inside it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield from _inside(child)


def _names_of_sets(scope: ast.AST) -> set[str]:
    sets: set[str] = set()
    for node in _inside(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if _is_set(value, sets) and not _plain_keys(value):
                    sets.add(name)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
                if ast.unparse(kind).startswith(("set[", "frozenset[")):
                    sets.add(name)
            case ast.arg(arg=name, annotation=ast.expr() as kind):
                if ast.unparse(kind).startswith(("set[", "frozenset[")):
                    sets.add(name)
    return sets


def _plain_keys(node: ast.AST) -> bool:
    """Whether it is the keys of a mapping, which have its order."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".keys")


def loops_over_sets(source: str) -> list[str]:
    """Loops, sums and comprehensions over a set whose result depends on its order."""
    tree = ast.parse(source)
    parent = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    lines = []
    kinds = ast.FunctionDef | ast.ClassDef
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, kinds))]:
        sets = _names_of_sets(scope)
        for node in _inside(scope):
            walked: list[ast.expr] = []
            match node:
                case ast.For(iter=values):
                    walked = [values]
                case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                    walked = [clause.iter for clause in node.generators]
                case ast.Call(func=ast.Name(id=name), args=values) if name in IN_ORDER:
                    walked = values
                case ast.Call(func=ast.Attribute(attr="join" | "array" | "fromkeys"), args=values):
                    walked = values
            above = parent.get(node)
            free = isinstance(above, ast.Call) and ast.unparse(above.func) in ORDER_FREE
            if not free and any(_is_set(v, sets) and not _plain_keys(v) for v in walked):
                lines.append(f"line {node.lineno}: {ast.unparse(node).splitlines()[0]}")
    return lines


def test_no_loop_depends_on_the_order_of_a_set() -> None:
    assert not [
        f"{file.relative_to(ROOT)}, {line}"
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        for line in loops_over_sets(file.read_text("utf-8"))
    ]


def test_a_loop_over_a_set_is_seen() -> None:
    total = "funds = {f(a) for a in alerts}\ntotal = sum(insured[fund] for fund in funds)\n"
    assert loops_over_sets(total) == ["line 2: (insured[fund] for fund in funds)"]
    assert loops_over_sets("for flag in options.keys() & FILES:\n    keep(flag)\n")
    assert loops_over_sets("def f(names: set[str]) -> str:\n    return ', '.join(names)\n")
    assert not loops_over_sets("for name in options.keys():\n    keep(name)\n")
    assert not loops_over_sets("most = max(len(fund) for fund in {*a, *b})\n")
    assert not loops_over_sets("for fund in sorted({*a, *b}):\n    keep(fund)\n")
