"""Which tests belong to the short runs; the rest runs in the whole suite only."""

import pytest

QUICK = (
    "actuarial/",
    "inputs/test_broken_cases.py",
    "inputs/test_broken_workbooks.py",
    "inputs/test_building.py",
    "models/optimiser/test_against_linprog.py",
    "models/optimiser/test_certificate.py",
    "models/optimiser/test_hand_solved.py",
    "models/test_claims.py",
    "models/test_flow_levers.py",
    "models/test_funds.py",
    "models/test_measures.py",
    "models/test_pool_paths.py",
    "models/test_population.py",
    "models/test_two_counties.py",
    "models/test_what_if.py",
    "models/test_whole_horizon.py",
    "fundpool/test_commands.py",
    "fundpool/test_languages.py",
    "fundpool/test_report_files.py",
    "fundpool/test_summary.py",
    "fundpool/test_writing.py",
    "web/test_server.py",
)
"""Folders and modules below ``tests`` of the mark ``quick``: every stage of the work once, in
less than three minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the short runs."""
    for item in items:
        path = item.nodeid.partition("::")[0].removeprefix("tests/")
        if path.startswith(QUICK):
            item.add_marker(pytest.mark.quick)
