"""Joint alternatives against a case moved by hand; sub-periods against discounted sums."""

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import read_case
from fundpool.inputs.case.variation import value_at
from fundpool.models.analysis.alternatives import dear_sides, joint_alternatives, long_range
from fundpool.models.analysis.sensitivity import Step, scheme_results, sensitivity
from fundpool.models.projection.study import Study, study
from tests.cases.small import small_case

STEPS = [Step("economy.wage_growth", 0.02), Step("economy.medical_inflation", 0.01),
         Step("schemes.employee.rules.employer_rate", 0.005)]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study(read_case(small_case().write(tmp_path_factory.mktemp("a") / "case")), 6)


@pytest.fixture(scope="module")
def moved(base: Study) -> pd.DataFrame:
    return sensitivity(base, "county", STEPS)


def test_dear_sides(moved: pd.DataFrame) -> None:
    """Higher wages bring money in, dearer care takes it out."""
    sides = dear_sides(moved)
    assert sides["economy.wage_growth"] == -1.0
    assert sides["economy.medical_inflation"] == 1.0


def test_alternatives_are_the_case_with_everything_moved(base: Study, moved: pd.DataFrame) -> None:
    table = joint_alternatives(base, "county", STEPS, moved)
    assert list(dict.fromkeys(table["alternative"])) == ["low_cost", "central", "high_cost"]
    sides = dear_sides(moved)
    high = {
        step.path: value_at(base.case, step.path) + sides[step.path] * step.size for step in STEPS
    }
    anew = scheme_results(study(base.case.with_values(high), 6).pooled("county"))
    rows = table[table["alternative"] == "high_cost"].set_index("scheme")
    for scheme, results in anew.items():
        for name in ("closing_balance", "level_rate_mean", "min_reserve_months"):
            assert rows[name][scheme] == pytest.approx(results[name], rel=1e-9)
    held = table.groupby("alternative")["closing_balance"].sum()
    assert held["high_cost"] < held["central"] < held["low_cost"]


def test_level_rate_of_a_period_pays_for_it(base: Study) -> None:
    """At the level rate of a period its balance, carried year by year, ends at the target."""
    projection = base.pooled("county")
    table = long_range(projection, (2, 6, 9))
    assert list(table["period"]) == [2, 6, 2, 6]  # nine years are not projected
    for row in table.to_dict("records"):
        funds = projection.funds[projection.funds["scheme"] == row["scheme"]]
        yearly = funds.groupby("year").sum(numeric_only=True).iloc[: row["period"]]
        balance = yearly["opening_balance"].iloc[0]
        for flows in yearly.to_dict("records"):
            net = row["level_rate"] * flows["contribution_base"] - flows["claims_paid"]
            net += flows["subsidies"]
            balance = balance * 1.21 + net * np.sqrt(1.21)
        assert balance == pytest.approx(0.5 * yearly["claims_paid"].iloc[-1])
        assert row["closing_balance"] == yearly["balance"].iloc[-1]
        assert row["actuarial_balance"] == pytest.approx(row["income_rate"] - row["level_rate"])
    dry = table.set_index(["scheme", "period"])
    assert dry["funds_dry"]["resident", 6] == 1.0
    assert dry["funds_dry"]["employee", 6] == 0.0
    assert not dry["stable"]["resident", 6]
