"""The order of packages: imports go from later ones to earlier ones, and never in a circle."""

import re

import pytest

from benchmarks.structure import (
    ROOT,
    Import,
    between_packages,
    copies,
    cycles,
    edges,
    imports,
    modules,
    with_parents,
)

ORDER = (
    ("axes",),
    ("economy", "pooling", "terms"),
    ("coverage",),
    ("population",),
    ("claims", "contributions"),
    ("flows",),
    ("funds",),
    ("calibration",),
    ("projection",),
    ("analysis", "scenarios"),
    ("optimiser", "risk"),
)
"""Packages of ``models``: each imports only from earlier groups, and from itself."""
INPUTS = (
    ("format",),
    ("files", "region_names"),
    ("regions", "settings"),
    ("rules",),
    ("checks",),
    ("case",),
    ("template",),
    ("folders",),
    ("accounts", "new", "tidy"),
    ("records",),
)
"""The same of ``inputs``."""
WEB = (("serving", "words"), ("requests",), ("work",), ("api",), ("server",))
"""The same of ``fundpool.web``."""
FUNDPOOL = (
    ("actuarial",),
    ("inputs",),
    ("models",),
    ("archive", "building", "languages"),
    ("report", "web"),
    ("scheduled",),
    ("calls",),
    ("cli",),
    ("functions",),
)
"""The same of ``fundpool`` itself; modules beside the packages may lie between them."""
ORDERS = {
    "fundpool": FUNDPOOL,
    "fundpool.models": ORDER,
    "fundpool.inputs": INPUTS,
    "fundpool.web": WEB,
}
RANK = {
    f"{folder}.{package}": rank
    for folder, order in ORDERS.items()
    for rank, group in enumerate(order)
    for package in group
}
PLACES = {
    "balance recursion": {
        "actuarial/solvency.py",  # the equation, for one fund
        "models/funds/recursion.py",
        "models/funds/compiled.py",  # its compiled twin
        "models/funds/table.py",  # interest of the year, which the table shows
        "models/scenarios/pools.py",  # what a scenario lacks, with nothing at the opening
        "models/contributions/accounts.py",  # accounts of members, no fund
        "models/optimiser/certificate.py",  # kept apart on purpose: it checks the others
        "models/optimiser/beside/swap_rule.py",
        "models/optimiser/partition.py",
        "models/optimiser/plan.py",
        "models/optimiser/statement/partition.py",
    },
    "run-off": {"models/funds/books.py"},
    "adjustment fund": {"models/pooling/adjustment.py", "models/funds/compiled.py"},
    "outgo of the year after": {"models/funds/books.py"},
    "share of administration": {"models/terms/schemes.py"},
    "ratio": {
        "actuarial/arrays.py",
        "models/contributions/accounts.py",
        "models/flows/responses.py",  # these two divide by what is not zero, of either sign
        "models/funds/pool_money.py",
    },
    "number of a status": {"models/contributions/books.py", "models/contributions/year.py"},
    "second level": {"inputs/regions.py"},
    "number of a scheme": {
        "models/calibration/multipliers.py",  # of a list of names that is not the case's
        "models/terms/packages.py",
    },
}
"""Where a calculation may stand, of those that ``benchmarks.structure`` counts."""
CASE_READERS = {
    "resolve it into terms and index paths": """
        economy terms.coverage terms.packages terms.schemes terms.shocks terms.years""",
    "lay out the base year, before any year is projected": """
        axes.pairs claims.benefits claims.terms claims.treatment coverage.base_year
        coverage.named_statuses flows.record flows.years
        population.care population.demography population.net_migration population.opening
        population.preparation""",
    "pool flows by its plans, mergers, reserves and regions": """
        analysis.places funds.books funds.evenness funds.measures funds.overview funds.pool_money
        funds.recursion funds.summary funds.table pooling.effects pooling.plans pooling.short_form
        pooling.timeline""",
    "set accounts against it and roll it forward": """
        analysis.account_funds analysis.roll_forward""",
    "fit it, vary it or project it": """
        analysis.account_funds analysis.alternatives analysis.behaviour analysis.care_away
        analysis.change analysis.level_pairs analysis.own_shares analysis.policies
        analysis.roll_forward
        analysis.sensitivity analysis.what_if
        calibration.checking calibration.experience calibration.multipliers flows.factors
        flows.responses optimiser.explain.sensitivity projection.central projection.comparison
        projection.settlement projection.study""",
    "read settings of scenarios and of the optimiser": """
        optimiser.acceptance.measures optimiser.explain.industries
        optimiser.frontier optimiser.limits optimiser.planning optimiser.problem.candidates
        optimiser.statutory.in_force
        risk.solvency
        scenarios.county_money scenarios.layouts scenarios.model scenarios.pool_paths scenarios.run
        scenarios.terms""",
}
"""Modules of ``models`` that read a case, by what for. All others take terms or arrays; a module
that reads it no longer leaves the list."""
FILES = modules()
IMPORTS = imports(FILES)


def packages_of(module: str) -> set[str]:
    """The packages of ordered folders that a module is or lies in."""
    names = module.split(".")
    return {".".join(names[:depth]) for depth in (2, 3)} & set(RANK)


def out_of_order(found: Import) -> bool:
    """Whether an import within an ordered folder goes to the same group or a later one."""
    return any(
        source != target
        and source.rpartition(".")[0] == target.rpartition(".")[0]
        and RANK[target] >= RANK[source]
        for source in packages_of(found.source)
        for target in packages_of(found.target)
    )


def reads_case(text: str) -> bool:
    """Whether a module's source takes a case, or one from what holds it."""
    code = re.sub(r'''"""[\s\S]*?"""''', "", text).replace("inputs.case", "inputs")
    return bool(re.search(r"\bCase\b|\.case\b", code))


def test_the_rule_sees_who_reads_a_case() -> None:
    assert reads_case("from fundpool.inputs.case import Case\n")
    assert reads_case("codes = prepared.case.regions.codes\n")
    assert not reads_case('"""Terms of a Case."""\nfrom fundpool.inputs.case.bundled import x\n')


def test_the_case_is_read_where_it_is_resolved_and_not_after() -> None:
    lead = "fundpool.models."
    readers = {
        name.removeprefix(lead)
        for name, file in FILES.items()
        if name.startswith(lead) and reads_case(file.read_text(encoding="utf-8"))
    }
    assert readers == {name for names in CASE_READERS.values() for name in names.split()}


def test_every_package_has_its_place_in_the_order() -> None:
    parts = {name for name in FILES if name.rpartition(".")[0] in ORDERS}
    beside = {name for name in parts if name.count(".") == 1 and FILES[name].stem != "__init__"}
    assert parts - beside == set(RANK)


def test_imports_keep_the_order_of_packages() -> None:
    """Imports on loading, within functions and for type checks alike."""
    assert [found for found in IMPORTS if out_of_order(found)] == []


def test_the_rule_sees_an_import_out_of_order() -> None:
    assert out_of_order(
        Import("fundpool.models.axes.pairs", "fundpool.models.flows", "", "call", 1)
    )
    assert out_of_order(
        Import("fundpool.cli.session", "fundpool.functions.planning", "", "call", 1)
    )
    assert out_of_order(
        Import("fundpool.models.claims.year", "fundpool.models.contributions.year", "", "load", 1)
    )


def test_no_module_needs_itself_to_be_loaded() -> None:
    """Packages count as well: Python runs their ``__init__.py`` on the way to a module."""
    assert cycles(with_parents(edges(IMPORTS, ("load",)))) == []


def test_no_package_imports_itself_by_another() -> None:
    """Modules beside the packages count as packages; imports within functions count as well."""
    assert cycles(between_packages(IMPORTS, ("load", "call", "typing"))) == []


def test_no_module_imports_itself_by_another() -> None:
    """Imports within functions and for type checks count as well."""
    assert cycles(edges(IMPORTS, ("load", "call", "typing"))) == []


@pytest.mark.parametrize("package", sorted(RANK))
def test_a_package_says_what_it_is_for(package: str) -> None:
    text = FILES[package].read_text(encoding="utf-8")
    assert text.startswith('"""')


@pytest.mark.parametrize("calculation", PLACES)
def test_a_calculation_stands_in_one_place(calculation: str) -> None:
    places = {file.relative_to(ROOT).as_posix() for file in copies(FILES.values())[calculation]}
    assert places <= PLACES[calculation]
