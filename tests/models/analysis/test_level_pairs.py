"""Pairs of pooling levels: break-evens checked by runs at the size found, regret by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fundpool.cli.level_pairs_text import level_pairs_text
from fundpool.inputs.case import read_case
from fundpool.models.analysis.behaviour import REACHED, discounted, from_outside
from fundpool.models.analysis.level_pairs import (
    _choices,
    _Level,
    _weight_of_rises,
    _with_effects,
    level_pairs,
)
from fundpool.models.funds.recursion import scheme_run
from fundpool.models.projection.comparison import Comparison, compare
from tests.cases.small import small_case

YEARS = 4


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("pairs") / "case"
    case = read_case(small_case().write(folder))
    return compare(case, ("county", "province"), YEARS)


def by_hand(none: list[float], published: list[float], plan: str) -> _Level:
    """Funds over one year, without costs of running them."""
    low, high = np.array([none]), np.array([published])
    count = len(none)
    return _Level(
        plan, np.arange(count) if count > 1 else np.zeros(2, dtype=np.int64), low, low - 1.0,
        low - 1.0, high, np.ones((1, count)), np.zeros(1), np.array([0.05, 0.09])[:count]
        if count > 1 else np.array([0.07]), np.full(count, 100.0),
    )  # fmt: skip


def test_regret_by_hand() -> None:
    # apart: 6 from outside whatever the size; together 2 without effects and 10 with all
    apart = by_hand([4.0, -6.0], [4.0, -6.0], "county")
    together = by_hand([-2.0], [-10.0], "city")
    rows = list(_choices([apart, together]))
    assert [row["worst_regret"] for row in rows] == pytest.approx([4.0, 4.0])
    assert [row["worst_at"] for row in rows] == [0.0, 1.0]
    milder = replace(together, published=np.array([[-9.0]]))
    rows = list(_choices([apart, milder]))
    assert [row["chosen"] for row in rows] == [False, True]
    assert rows[1]["worst_regret"] == pytest.approx(3.0)
    # 4 saved; the county at 5 % pays 2 points more of 100
    assert _weight_of_rises(apart, together, 4.0) == (REACHED, pytest.approx(2.0))


def test_what_is_found_is_where_costs_are_alike(done: Comparison) -> None:
    pairs = level_pairs(done.projections).pairs
    assert set(zip(pairs["lower"], pairs["higher"], strict=True)) == {("county", "province")}
    reached = pairs[(pairs["outcome"] == REACHED) & pairs["effect"].isin(["claims", "income"])]
    assert len(reached)
    for row in reached.itertuples():
        claims, income = (row.break_even, 0.0) if row.effect == "claims" else (0.0, -row.break_even)
        projection = done.projections["province"]
        case = _with_effects(projection.case, claims, income)
        run = scheme_run(case, projection.flows, projection.plan, row.scheme)
        county = done.projections["county"]
        apart = scheme_run(county.case, county.flows, county.plan, row.scheme)
        assert from_outside(discounted(run)) == pytest.approx(
            from_outside(discounted(apart)), rel=1e-6, abs=1e-3
        )


def test_tables_in_words(done: Comparison) -> None:
    found = level_pairs(done.projections)
    text = level_pairs_text(found, done.study.case)
    assert "weight of a rise of rates" in text
    assert len(text.splitlines()) == 1 + 1 + len(found.pairs) + 1 + 1 + len(found.choice) + 2
    assert found.records["pairs"][0]["lower"] == "county"
