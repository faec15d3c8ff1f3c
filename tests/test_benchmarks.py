"""The benchmarks: their table, their page, and that what they compare is the same work."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("threadpoolctl", reason="benchmarks need the packages of the group develop")

from benchmarks import BENCHMARKS, cohort_fund, handwritten, memory, peers, table
from benchmarks.environment import unforced
from benchmarks.province import case_year, dense_year
from benchmarks.table import BEGIN, END, Row, as_markdown, as_records, as_text, figure, with_table
from benchmarks.timing import best_in_turn
from fundpool.inputs.format.vocabulary import CELLS, STATUSES

ROOT = Path(__file__).parent.parent


def test_every_benchmark_can_be_measured() -> None:
    for name in BENCHMARKS:
        assert callable(import_module(f"benchmarks.{name}").measure)


def test_figures() -> None:
    values = [0.0, 0.04167, 0.5, 1.0, 42.0, 444.4, 999.0, 12345.0, 1234567.0, 3.1e-15, 2e-5]
    assert [figure(value) for value in values] == [
        "0.00", "0.0417", "0.500", "1.00", "42.0", "444", "999", "12,300", "1,230,000", "3.1e-15",
        "2.0e-05",
    ]  # fmt: skip


def test_goals() -> None:
    assert Row("a", 21.0, "times", 20.0).met is True
    assert Row("a", 19.0, "times", 20.0).met is False
    assert Row("a", 4.0, "s", 5.0, "at most").met is True
    assert Row("a", 6.0, "s", 5.0, "at most").met is False
    assert Row("a", 6.0, "s").met is None


def test_the_table() -> None:
    rows = [Row("one", 21.0, "times", 20.0), Row("another", 0.25, "", 0.45)]
    assert as_text(rows).splitlines() == [
        "what       measured  goal",
        "one      21.0 times  at least 20    met",
        "another       0.250  at least 0.45  not met",
    ]
    assert as_markdown(rows, "machine", 1.25) == [
        "| machine | one | 21.0 times | at least 20 | met | 1.2 |",
        "| machine | another | 0.250 | at least 0.45 | not met | 1.2 |",
    ]
    assert as_records(rows, "A machine.")["rows"][1]["met"] is False


def test_the_page_keeps_everything_else() -> None:
    """Another benchmark's lines, and whatever stands outside the markers."""
    held = "| a | old | 1 |\n| b | kept | 2 |\n| gone | dropped | 3 |"
    page = f"before\n{BEGIN}\n{held}\n{END}\nafter\n"
    written = with_table(page, {"a": ["| a | new | 4 |"]}, ["a", "b", "c"], "A machine.")
    assert written.startswith(f"before\n{BEGIN}\n\nA machine.\n\n| benchmark | what |")
    assert written.endswith(f"| a | new | 4 |\n| b | kept | 2 |\n\n{END}\nafter\n")
    assert with_table(written, {}, ["a", "b", "c"], "A machine.") == written
    with pytest.raises(ValueError, match="needs the lines"):
        with_table("no markers", {}, [], "A machine.")


def test_the_page_holds_a_table_of_the_command() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    part = page.split(BEGIN)[1].split(END)[0]
    assert f"| {' | '.join(table.PAGE_HEAD)} |" in part
    for what in ("readable over fused", "share of DGEMM", "peak memory", "30 years", "closed fund"):
        assert what in part


def test_forced_libraries_are_let_go() -> None:
    assert unforced({"OPENBLAS_CORETYPE": "Haswell", "PATH": "x"}) == {"PATH": "x"}


def test_the_least_of_all_rounds() -> None:
    calls: list[str] = []
    best = best_in_turn({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 3)
    assert calls == ["a", "b"] * 3
    assert set(best) == {"a", "b"}
    assert all(0 <= seconds < np.inf for seconds in best.values())


def test_the_dense_year_is_dense() -> None:
    year = dense_year()
    assert year.pairs.count == (year.pairs.counties + 1) ** 2 == 96**2
    assert year.people.shape == (9216, len(STATUSES), CELLS)
    assert (np.delete(year.people, year.pairs.reservoir, axis=0) > 0).all()
    for matrices in (year.rates.transition, year.rates.move_onward, year.rates.move_out):
        assert (matrices > 0).all()
        assert matrices.sum(axis=-1) == pytest.approx(1.0)


def test_memory_is_that_of_the_process() -> None:
    assert 1e8 < memory.peak_memory() < 1e11


def test_fewer_pairs_are_the_largest() -> None:
    year = case_year()
    fewer = year.with_fewer_pairs(10)
    assert fewer.pairs.count <= 11 * 96
    assert fewer.people.shape[0] == fewer.pairs.count == fewer.rates.destination.size
    share = np.add.reduceat(fewer.rates.destination, fewer.pairs.start[:-1])
    assert share[share > 0] == pytest.approx(1.0)
    own = fewer.people[fewer.pairs.own_pair]
    assert (own == year.people[year.pairs.own_pair]).all()


def test_kernel_and_other_programs_run_the_same_fund() -> None:
    fund = cohort_fund.closed_fund(destinations=0)
    balances = cohort_fund.by_kernel(fund)
    assert np.ptp(balances) > 0
    for program in (peers.in_numpy, peers.in_pandas):
        assert program(fund) == pytest.approx(balances, rel=1e-12)


def test_formulas_of_a_spreadsheet_by_hand() -> None:
    fund = cohort_fund.closed_fund(destinations=0)
    pairs = 96  # 95 counties and the world outside
    assert peers.formulas(fund) == 5 * (2 * pairs * 9 * 202 + pairs)


def test_an_unknown_name_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "speed"],
        capture_output=True, encoding="utf-8", cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert "unknown: speed; machine, population_step" in done.stderr


def test_what_is_written_by_hand_is_replaced_wherever_it_is_called() -> None:
    """A function that no longer is called by the name would be measured against itself."""
    step = handwritten.in_place.step_in_place
    for loops in handwritten.LOOPS.values():
        copy = handwritten.with_replaced(step, loops)
        assert copy is not step
        year = copy.__globals__["year_of_homes"]
        names = getattr(year, "py_func", year).__globals__
        for name, function in loops.items():
            assert names[name] is function
    assert handwritten.with_replaced(step, {"no_such_name": print}) is step
