"""Analysis of change: closes on random pairs, charges a change to its own step."""

import copy
import random
from pathlib import Path

import pandas as pd
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.analysis.change import (
    MEASURES,
    NotComparableError,
    Valuation,
    analysis_of_change,
    measures_at,
)
from fundpool.models.projection.study import study
from tests.cases.small import SmallCase, given, small_case

PLAN = "county"


def valuation(case: Case, years: int = 4, same_program: bool = True) -> Valuation:
    return Valuation(case, years, study(case, years).pooled(PLAN).measures, same_program)


def analysed(old: Valuation, new: Valuation) -> pd.DataFrame:
    return analysis_of_change(old, new, PLAN)


def assert_closes(change: pd.DataFrame, old: Valuation, new: Valuation) -> None:
    for (scheme, pool, measure), table in change.groupby(["scheme", "pool", "measure"]):
        steps = table[table["kind"] == "step"]
        (total,) = table[table["kind"] == "total"].to_dict("records")
        size = max(abs(total["before"]), abs(total["after"]), abs(total["change"]), 1e-12)
        assert abs(steps["change"].sum() - total["change"]) <= 1e-9 * size
        if pool:
            column = MEASURES[str(measure)]
            for end, one in (("before", old), ("after", new)):
                own = one.measures
                own = own[(own["scheme"] == scheme) & (own["pool"] == pool)]
                assert total[end] == own[column].item()


def charged(change: pd.DataFrame) -> set[str]:
    """Steps to which anything is charged."""
    steps = change[(change["kind"] == "step") & (change["change"] != 0)]
    return set(steps["step"])


def varied(draw: random.Random, base: SmallCase) -> SmallCase:
    """A case in which a random choice of things differs."""
    case = base.copy()
    tables, settings = case.tables, case.settings
    if draw.random() < 0.5:
        tables["population"]["persons"] *= draw.uniform(0.8, 1.2)
    if draw.random() < 0.5:
        tables["mortality"]["death_rate"] *= draw.uniform(0.8, 1.2)
    if draw.random() < 0.5:
        tables["morbidity"]["frequency"] *= draw.uniform(0.8, 1.2)
    if draw.random() < 0.5:
        tables["economy"]["contribution_wage"] *= draw.uniform(0.8, 1.2)
    if draw.random() < 0.5:
        tables["fund_balances"]["pooled_balance"] *= draw.uniform(0.5, 1.5)
    if draw.random() < 0.5:
        settings["economy"]["wage_growth"] = given(draw.uniform(0.0, 0.1))
    if draw.random() < 0.5:
        settings["mobility"]["child_accompanies"] = given(draw.random())
    if draw.random() < 0.5:
        settings["coverage"]["resident_lapse_rate"] = given(draw.uniform(0.0, 0.1))
    if draw.random() < 0.5:
        settings["solvency"]["target_reserve_months"] = given(draw.uniform(3, 9))
    if draw.random() < 0.5:
        case.schemes["employee"]["rules"]["employer_rate"] = given(draw.uniform(0.05, 0.1))
    if draw.random() < 0.3:
        settings["base_year"] = 2020 + draw.randint(1, 2)
        tables["mortality"]["year"] = settings["base_year"]
        tables["fertility"]["year"] = settings["base_year"]
        tables["sex_ratio_at_birth"]["year"] = settings["base_year"]
    return case


@pytest.mark.parametrize("seed", range(8))
def test_it_closes_on_random_pairs(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    first = small_case()
    old = valuation(read_case(varied_date(draw, first).write(tmp_path / "a")), draw.randint(2, 4))
    new_case = varied(draw, first)
    new = valuation(read_case(new_case.write(tmp_path / "b")), draw.randint(2, 4))
    change = analysed(old, new)
    assert_closes(change, old, new)
    assert "not explained" not in set(change["step"])


def varied_date(draw: random.Random, base: SmallCase) -> SmallCase:
    case = varied(draw, base)
    case.settings["base_year"] = 2020
    for name in ("mortality", "fertility", "sex_ratio_at_birth"):
        case.tables[name]["year"] = 2020
    return case


def test_the_same_run_twice_moves_nothing(small: Case) -> None:
    one = valuation(small)
    change = analysed(one, one)
    assert (change["change"] == 0).all()
    assert set(change["measure"]) == set(MEASURES)


def test_a_change_is_charged_to_its_step(small: Case, tmp_path: Path) -> None:
    old = valuation(small)
    contents = small_case()
    contents.tables["morbidity"]["frequency"] *= 1.1
    new = valuation(read_case(contents.write(tmp_path / "care")))
    assert charged(analysed(old, new)) == {"data: care"}
    dearer = valuation(small.with_values({"economy.medical_inflation": 0.12}))
    assert charged(analysed(old, dearer)) == {"assumptions: economy"}
    rate = valuation(small.with_values({"schemes.employee.rules.employer_rate": 0.09}))
    change = analysed(old, rate)
    assert charged(change) == {"rules"}
    assert set(change.loc[change["change"] != 0, "scheme"]) == {"employee"}


def test_a_source_alone_changes_nothing(small: Case, tmp_path: Path) -> None:
    contents = small_case()
    contents.settings["economy"]["wage_growth"]["source"] = "another book"
    contents.tables["economy"]["source"] = "another book"
    new = valuation(read_case(contents.write(tmp_path / "case")))
    assert (analysed(valuation(small), new)["change"] == 0).all()


def test_passage_of_time_alone(small: Case, tmp_path: Path) -> None:
    """The next valuation stands where the last expected to be: all of it is passage of time.

    The new case repeats the old a year on, so data moves it back; the step ``passage of time``
    is the old case's own projection seen a year later.
    """
    contents = small_case()
    contents.settings["base_year"] = 2021
    for name in ("mortality", "fertility", "sex_ratio_at_birth"):
        contents.tables[name]["year"] = 2021
    old, new = valuation(small), valuation(read_case(contents.write(tmp_path / "case")))
    change = analysed(old, new)
    assert_closes(change, old, new)
    assert charged(change) == {"passage of time", "data"}
    funds = study(small, 5).pooled(PLAN).funds
    expected = funds[(funds["year"] == 2021) & (funds["pool"] == "ash")].set_index("scheme")
    moved = change[(change["step"] == "passage of time") & (change["pool"] == "ash")]
    reserve = moved[moved["measure"] == "reserve"].set_index("scheme")
    # worked by hand in test_two_counties: 1,434,786.54 at the end of 2021
    assert reserve.loc["employee", "after"] == expected.loc["employee", "balance"]
    assert reserve.loc["employee", "after"] == pytest.approx(1_434_786.54)


def test_another_program_is_charged_to_method(small: Case) -> None:
    """Figures that the old program had wrong by a tenth are charged to the method."""
    true = valuation(small)
    wrong = true.measures.copy()
    wrong["level_rate"] *= 1.1
    old = Valuation(small, 4, wrong, same_program=False)
    change = analysed(old, true)
    assert charged(change) == {"method"}
    step = change[(change["step"] == "method") & (change["measure"] == "level_rate")]
    assert step["change"].to_numpy() == pytest.approx(-step["before"].to_numpy() / 11)


def test_a_later_run_of_another_program(small: Case) -> None:
    """Nothing is taken for granted of it: what its program made different is a step by itself."""
    dearer = small.with_values({"economy.medical_inflation": 0.12})
    wrong = valuation(dearer).measures.copy()
    wrong["level_rate"] *= 1.1
    change = analysed(valuation(small), Valuation(dearer, 4, wrong, same_program=False))
    assert charged(change) == {"assumptions: economy", "method of the later run"}


def test_what_no_step_explains_is_shown(small: Case) -> None:
    """A figure that the inputs do not give is not hidden in another step."""
    true = valuation(small)
    wrong = copy.deepcopy(true.measures)
    wrong["closing_balance"] += 1.0
    change = analysed(true, Valuation(small, 4, wrong))
    assert charged(change) == {"not explained"}


def test_other_regions_are_one_step(small: Case, tmp_path: Path) -> None:
    contents = small_case()
    contents.tables["regions"] = contents.tables["regions"].replace({"north": "upper"})
    new = valuation(read_case(contents.write(tmp_path / "case")))
    change = analysed(valuation(small), new)
    assert "all at once" in set(change["step"])


def test_an_earlier_date_is_refused(small: Case, tmp_path: Path) -> None:
    contents = small_case()
    contents.settings["base_year"] = 2019
    new = valuation(read_case(contents.write(tmp_path / "case")))
    with pytest.raises(NotComparableError, match="name the earlier run first"):
        analysed(valuation(small), new)


def test_the_window_of_measures(small: Case) -> None:
    """Valued at its own date, a case has the measures of its own projection."""
    own = study(small, 4).pooled(PLAN).measures
    pd.testing.assert_frame_equal(measures_at(small, PLAN, 2020, 4), own)
