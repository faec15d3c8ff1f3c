"""Which tests belong to the short runs (the rest runs in the whole suite only), and memory."""

import gc

import pytest

QUICK = (
    "actuarial/",
    "inputs/test_broken_cases.py",
    "inputs/test_broken_workbooks.py",
    "models/optimiser/test_against_linprog.py",
    "models/optimiser/test_certificate.py",
    "models/optimiser/test_fund_problem.py",
    "models/optimiser/test_hand_solved.py",
    "models/optimiser/test_partition.py",
    "models/contributions/test_accounts.py",
    "models/claims/test_year.py",
    "models/funds/test_books.py",
    "models/coverage/test_chain.py",
    "models/population/test_demography.py",
    "models/flows/test_levers.py",
    "models/flows/test_years.py",
    "models/funds/test_table.py",
    "models/funds/test_measures.py",
    "models/funds/test_paths.py",
    "models/funds/test_recursion.py",
    "models/population/test_year.py",
    "models/claims/test_treatment.py",
    "models/projection/test_two_counties.py",
    "models/projection/test_whole_horizon.py",
    "fundpool/languages/test_languages.py",
    "fundpool/report/test_report_files.py",
    "fundpool/test_summary.py",
    "inputs/files/test_writing.py",
    "fundpool/web/test_server.py",
)
"""Folders and modules below ``tests`` of the mark ``quick``: every stage of the work once, in
less than three minutes."""

SLOW = (
    "docs/test_pages.py::test_code_on_a_page_runs_and_prints_what_it_shows",
    "fundpool/archive/test_archive.py",
    "fundpool/building/test_fujian.py",
    "fundpool/building/test_nation.py",
    "fundpool/cli/test_process.py",
    "fundpool/cli/test_scheduling.py",
    "fundpool/report/test_outputs.py",
    "fundpool/report/test_report.py",
    "fundpool/test_words_of_a_case.py",
    "fundpool/web/test_agreement.py",
    "fundpool/web/test_feedback.py",
    "fundpool/web/test_truth.py",
    "inputs/test_fuzzed_cases.py",
    "inputs/test_idle_inputs.py",
    "models/axes/test_compiling.py",
    "models/optimiser/test_tail.py",
    "models/population/test_held_cells.py",
    "models/population/test_real_year.py",
    "models/projection/policies/",
    "models/scenarios/test_dask.py",
    "models/scenarios/test_pooling_of_risk.py",
    "models/scenarios/test_run.py",
    "test_faults.py",
    "test_same_bytes.py",
    "test_validation.py",
)
"""Modules, and one test, of the mark ``slow``: each takes more than twenty seconds in all as
``pytest --durations=0`` counts them. Daily work leaves them out; a change of what they test does
not."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the short runs, and the slow ones."""
    for item in items:
        path = item.nodeid.removeprefix("tests/")
        if path.startswith(QUICK):
            item.add_marker(pytest.mark.quick)
        if path.startswith(SLOW):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look at it after every test."""
    gc.collect()
    gc.freeze()
