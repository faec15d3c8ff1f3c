"""Behaviour with pooling as a range: by hand, by other runs, and only where it was measured."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fundpool.cli.behaviour_text import behaviour_text
from fundpool.inputs.case import read_case
from fundpool.models.analysis.behaviour import (
    BEYOND,
    REACHED,
    WITHOUT_ANY,
    behaviour_range,
    break_even,
    discounted,
    from_outside,
    periods,
)
from fundpool.models.funds.recursion import scheme_run
from fundpool.models.pooling.effects import with_published_effects
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.comparison import Comparison, compare
from tests.cases.small import small_case

YEARS = 4
CLAIMS, INCOME = 0.3, -0.1
SOURCE = {"source": "worked example", "status": "published"}
PLANS = ("county", "city", "county,city@2023", "county+city:0.1:0.3")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Measured of employees in funds of the cities and in an adjustment fund."""
    made = small_case()
    effects = {
        "moral_hazard_published": {"city": CLAIMS},
        "collection_effort_published": {"city": INCOME, "city adjustment fund": INCOME / 2.0},
    }
    for name, values in effects.items():
        made.settings["pooling"][name] = {"values": values, "schemes": ["employee"], **SOURCE}
    made.settings["pooling"]["collection_effort"] = {"values": {"city": 0.0}, **SOURCE}
    folder: Path = tmp_path_factory.mktemp("behaviour") / "case"
    return compare(read_case(made.write(folder)), PLANS, YEARS)


def _debts(done: Comparison, size: float) -> np.ndarray:
    """Discounted balances of the city's fund of employees by the recursion itself."""
    case = with_published_effects(done.study.case, size)
    return discounted(scheme_run(case, done.study.flows, plan_for(case, "city"), "employee"))


def test_only_what_was_measured_is_shown(done: Comparison) -> None:
    table = behaviour_range(done.projections).results
    assert set(table["scheme"]) == {"employee"}
    shown = list(zip(table["plan"], table["behaviour"], strict=True))
    sizes = ("none", "half", "published")
    assert shown == [("county", ""), *(("city", size) for size in sizes),
                     *((PLANS[3], size) for size in sizes)]  # fmt: skip
    assert table["status"].tolist()[1:] == ["assumed", "assumed", "published"] * 2
    at_half = table[table["behaviour"] == "half"].set_index("plan")
    assert at_half.loc["city", "claims_change"] == pytest.approx(CLAIMS / 2.0)
    assert at_half.loc[PLANS[3], "income_change"] == pytest.approx(INCOME / 4.0)


def test_results_are_those_of_the_case_with_the_effects_set(done: Comparison) -> None:
    """The effects as settings of the case, which all results then follow."""
    city = behaviour_range(done.projections).results.query("plan == 'city'")
    city = city.set_index("behaviour")
    growth = np.cumprod(1.0 + done.study.flows.paths.interest)
    for name, size in (("none", 0.0), ("half", 0.5), ("published", 1.0)):
        values = {"moral_hazard": size * CLAIMS, "collection_effort": size * INCOME}
        case = done.study.case.with_values(
            {f"pooling.{effect}.values.city": value for effect, value in values.items()}
        )
        projection = replace(done.study, case=case).pooled("city")
        overview = projection.overview.set_index("scheme").loc["employee"]
        assert city.loc[name, "level_rate"] == pytest.approx(overview["level_rate_mean"])
        funds = projection.funds.query("scheme == 'employee'")
        balances = funds.pivot(index="year", columns="pool", values="balance").to_numpy()
        wanted = sum(max(0.0, -(balance / growth).min()) for balance in balances.T)
        assert city.loc[name, "from_outside"] == pytest.approx(wanted, rel=1e-9)


def test_balances_follow_the_size_in_proportion(done: Comparison) -> None:
    none, half, published = (_debts(done, size) for size in (0.0, 0.5, 1.0))
    assert half == pytest.approx((none + published) / 2.0, rel=1e-12)
    assert np.abs(published - none).max() > 0


def test_at_the_break_even_as_much_is_needed(done: Comparison) -> None:
    found = behaviour_range(done.projections).break_even
    assert found["plan"].tolist() == ["city"]  # an adjustment fund's debts are not proportional
    (row,) = found.to_dict("records")
    county = scheme_run(done.study.case, done.study.flows, plan_for(done.study.case, "county"),
                        "employee")  # fmt: skip
    wanted = from_outside(discounted(county))
    if row["outcome"] == REACHED:
        assert from_outside(_debts(done, row["break_even"])) == pytest.approx(wanted, abs=1e-3)
        assert row["claims_change"] == pytest.approx(row["break_even"] * CLAIMS)
    else:
        most = from_outside(_debts(done, 0.0 if row["outcome"] == WITHOUT_ANY else 5.0))
        assert (most > wanted) == (row["outcome"] == WITHOUT_ANY)


def test_break_evens_by_hand() -> None:
    """Two funds, two years: needs of 1 and 2 at the start, growing by 2 and 1 with the size."""
    none = np.array([[-1.0, 5.0], [3.0, -2.0]])
    published = np.array([[-3.0, 4.0], [1.0, -3.0]])
    assert from_outside(none) == 3.0
    assert break_even(none, published, 4.5) == (REACHED, pytest.approx(0.5))
    assert break_even(none, published, 3.0) == (REACHED, pytest.approx(0.0, abs=1e-9))
    assert break_even(none, published, 2.9) == (WITHOUT_ANY, None)
    assert break_even(none, published, 18.0) == (BEYOND, None)
    assert from_outside(none, 1) == 1.0
    assert periods(15) == [15]


def test_effects_hold_for_the_schemes_that_they_name(done: Comparison) -> None:
    """Both schemes share stages; only the one that is named changes."""
    before = done.projections["city"].funds.groupby("scheme")[["claims_incurred", "contributions"]]
    case = with_published_effects(done.study.case, 1.0)
    after = replace(done.study, case=case).pooled("city").funds.groupby("scheme")
    factor = after[["claims_incurred", "contributions"]].sum() / before.sum()
    assert factor.loc["employee"].tolist() == pytest.approx([1.0 + CLAIMS, 1.0 + INCOME])
    assert factor.loc["resident"].tolist() == [1.0, 1.0]


def test_a_terminal_shows_range_and_break_even(done: Comparison) -> None:
    case, found = done.study.case, behaviour_range(done.projections).records
    text = behaviour_text(found, case, YEARS)
    assert "+15.0\u00a0%" in text
    assert "Over 4 years funds pooled by city" in text
    assert "is assumed." in text
    assert behaviour_text({"results": [], "break_even": []}, case, YEARS) == ""
