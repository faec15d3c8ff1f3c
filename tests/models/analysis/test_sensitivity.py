"""Moved assumptions: exact where they only re-price, by projection elsewhere."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.case.variation import shifted, value_at
from fundpool.inputs.format.findings import CaseError
from fundpool.models.analysis.sensitivity import Step, sensitivity, steps_of
from fundpool.models.economy import economic_paths
from fundpool.models.flows.factors import repriced
from fundpool.models.projection.study import Study, study
from tests.cases.small import small_case

ECONOMY = ("wage_growth", "medical_inflation", "interest", "premium_growth")
UNPRICED = {"migrants", "paths", "multipliers", "terms"}


def assert_repriced(case: Case, base: Study, years: int, path: str, change: float) -> None:
    moved = shifted(case, path, change)
    projected = study(moved, years).flows
    quick = repriced(case, base.flows, economic_paths(moved, years))
    for item in fields(projected):
        if item.name in UNPRICED or item.name.startswith("accounts_"):
            continue
        np.testing.assert_allclose(
            getattr(quick, item.name), getattr(projected, item.name), rtol=1e-12, atol=1e-9,
            err_msg=item.name,
        )  # fmt: skip
    np.testing.assert_array_equal(quick.paths.interest, projected.paths.interest)


@pytest.mark.parametrize("name", ECONOMY)
def test_repricing_is_projection(small: Case, name: str) -> None:
    assert_repriced(small, study(small, 4), 4, f"economy.{name}", 0.013)


def test_repricing_is_projection_on_the_reference_case(jiangsu: Case, jiangsu_study: Study) -> None:
    assert_repriced(jiangsu, jiangsu_study, 6, "economy.wage_growth", -0.01)
    assert_repriced(jiangsu, jiangsu_study, 6, "economy.medical_inflation", 0.01)


def test_repricing_refuses_other_years(small: Case) -> None:
    with pytest.raises(ValueError, match="the same years"):
        repriced(small, study(small, 3).flows, economic_paths(small, 2))


def test_a_shift_moves_single_years_too(tmp_path: Path) -> None:
    contents = small_case()
    contents.settings["economy"]["wage_growth"]["by_year"] = {2022: 0.07}
    case = shifted(read_case(contents.write(tmp_path / "case")), "economy.wage_growth", -0.02)
    assert case.value("economy.wage_growth") == pytest.approx(0.08)
    assert case.value("economy.wage_growth", 2022) == pytest.approx(0.05)


def test_a_share_stops_at_one(small: Case) -> None:
    moved = shifted(small, "coverage.newborn_enrolment", 0.2)
    assert value_at(moved, "coverage.newborn_enrolment") == 1.0
    with pytest.raises(CaseError):
        shifted(small, "coverage.turnover_years", -40.0)
    with pytest.raises(KeyError):
        shifted(small, "economy.wages", 0.1)


def test_each_assumption_down_and_up(small: Case) -> None:
    base = study(small, 4)
    steps = [Step("economy.interest", 0.01), Step("coverage.employee_enrolment_growth", 0.05)]
    table = sensitivity(base, "county", steps)
    assert len(table) == 2 * 3 * 2
    for step in steps:
        for direction, sign in (("down", -1), ("up", 1)):
            moved = study(shifted(small, step.path, sign * step.size), 4).pooled("county")
            own = table[(table["path"] == step.path) & (table["direction"] == direction)]
            closing = moved.measures.groupby("scheme", sort=False)["closing_balance"].sum()
            assert own["closing_balance"].tolist() == pytest.approx(closing.tolist(), rel=1e-12)
    middle = table[table["direction"] == "base"]
    assert (middle["level_rate_change"] == 0).all()
    # more interest on a fund in surplus: a lower level rate; on one in debt: a higher one
    rates = table[table["path"] == "economy.interest"].set_index(["scheme", "direction"])
    assert rates.loc[("employee", "up"), "level_rate_change"] < 0
    assert rates.loc[("employee", "down"), "level_rate_change"] > 0


def test_steps_come_from_the_case(jiangsu: Case, small: Case) -> None:
    assert steps_of(small) == []
    main, every = steps_of(jiangsu), steps_of(jiangsu, every=True)
    assert 0 < len(main) < len(every)
    assert {step.path for step in main} <= {step.path for step in every}


def test_an_unknown_path_is_refused(tmp_path: Path) -> None:
    contents = small_case()
    contents.settings["sensitivity"] = {
        "economy.wage_growht": {"step": 0.01, "source": "x", "status": "assumed"}
    }
    with pytest.raises(CaseError, match=r"Did you mean 'economy\.wage_growth'"):
        read_case(contents.write(tmp_path / "case"))
