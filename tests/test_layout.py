"""The order of packages: imports go from later ones to earlier ones, and never in a circle."""

import pytest

from benchmarks.structure import Import, cycles, edges, imports, modules, with_parents

ORDER = (
    ("axes",),
    ("coverage", "economy", "pooling"),
    ("population",),
    ("claims", "contributions"),
    ("flows",),
    ("calibration", "funds"),
    ("projection",),
    ("analysis", "scenarios"),
    ("optimiser", "risk"),
)
"""Packages of ``models``: each imports only from earlier groups, and from itself."""
RANK = {package: rank for rank, group in enumerate(ORDER) for package in group}
FILES = modules()
IMPORTS = imports(FILES)


def package_of(module: str) -> str:
    """The package below ``models`` that a module lies in; empty outside of ``models``."""
    names = module.split(".")
    return names[2] if names[:2] == ["fundpool", "models"] and len(names) > 2 else ""


def out_of_order(found: Import) -> bool:
    """Whether an import within ``models`` goes to the same group or a later one."""
    source, target = package_of(found.source), package_of(found.target)
    return bool(source and target) and source != target and RANK[target] >= RANK[source]


def test_every_package_has_its_place_in_the_order() -> None:
    assert {package_of(name) for name in FILES} - {""} == set(RANK)


def test_imports_keep_the_order_of_packages() -> None:
    """Imports on loading, within functions and for type checks alike."""
    assert [found for found in IMPORTS if out_of_order(found)] == []


def test_the_rule_sees_an_import_out_of_order() -> None:
    assert out_of_order(
        Import("fundpool.models.axes.pairs", "fundpool.models.flows", "", "call", 1)
    )
    assert out_of_order(
        Import("fundpool.models.claims.year", "fundpool.models.contributions.year", "", "load", 1)
    )


def test_no_module_needs_itself_to_be_loaded() -> None:
    """Packages count as well: Python runs their ``__init__.py`` on the way to a module."""
    loading = [found for found in IMPORTS if found.source.startswith("fundpool.models")]
    assert cycles(with_parents(edges(loading, ("load",)))) == []


@pytest.mark.parametrize("package", sorted(RANK))
def test_a_package_says_what_it_is_for(package: str) -> None:
    text = FILES[f"fundpool.models.{package}"].read_text(encoding="utf-8")
    assert text.startswith('"""')
