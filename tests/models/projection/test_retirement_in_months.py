"""Retirement ages between whole years, worked out by hand.

Men of 59 of the two counties of tests/models/projection/test_missing_years.py, all of whom buy what
they lack. A retirement age of 60 years and 9 months: of those who are 60 at the end of a year a
quarter have passed it, the others pass it in the next.

Ash has 542.92 contributors who reach 60 in 2021, 135.73 of whom retire. Half of the 43 years since
16 are credited to each, 21.5. Who retires in 2021 was born in the first quarter of a year and
reaches the age in the last, 0.25 to 0 years before the end of it: 0.875 years after the end of the
year before on average. So 25 - 22.375 = 2.625 years are missing, at 5,500 each. Who retires in 2022
has 22.5 years at the end of 2021 and reaches the age 0.375 years after it: 25 - 22.875 = 2.125
years are missing, at 6,050 each.
"""

from pathlib import Path

import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.inputs.settings.retirement import ages_by_year
from fundpool.models.projection.study import Projection, study
from tests.cases.small import given
from tests.models.projection.test_missing_years import near_retirement

REACHING = 542.92
SURVIVAL = 0.98


def projected(folder: Path, years: int, by_year: dict[str, float]) -> Projection:
    contents = near_retirement(buys_missing_years_share=1.0)
    contents.schemes["employee"]["rules"]["retirement_age_male"] = given(60, by_year=by_year)
    return study(read_case(contents.write(folder)), years).pooled("county")


def working(projection: Projection, year: int) -> float:
    """Contributors of the province in a year."""
    people = projection.people[projection.people["year"] == year]
    return float(people[["employee", "dual"]].to_numpy().sum())


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    return projected(tmp_path_factory.mktemp("months") / "case", 2, {"2021": 60.75})


def test_a_quarter_retires_in_the_year_in_which_it_is_sixty(months: Projection) -> None:
    people = months.people.set_index(["region", "year"])
    assert people.loc[("ash", 2021), "retired"] == pytest.approx(0.25 * REACHING)
    assert people.loc[("birch", 2021), "retired"] == pytest.approx(0.25 * 770.28)
    assert working(months, 2021) == pytest.approx(0.75 * (REACHING + 770.28))


def test_the_others_retire_in_the_next(months: Projection) -> None:
    assert working(months, 2022) == 0.0
    reached = months.flows.retiring[:, 0].sum(axis=(1, 2))
    assert reached[1] == pytest.approx(0.25 * (REACHING + 770.28))
    # whom a move takes from contributing falls back on other cover: nobody does here
    assert reached[2] == pytest.approx(SURVIVAL * 0.75 * (REACHING + 770.28))


def test_credited_years_up_to_the_month(months: Projection) -> None:
    funds = months.funds.set_index(["scheme", "pool", "year"])
    paid = funds["missing_years_paid"]
    assert paid["employee", "ash", 2021] == pytest.approx(0.25 * REACHING * 2.625 * 5_500)
    number = months.flows.retiring[2, 2, 0, :2].sum() + months.flows.retiring[2, 2, 1, :2].sum()
    assert number == pytest.approx(SURVIVAL * 0.75 * (REACHING + 770.28))
    in_ash = months.flows.retiring[2, 0, :, 0].sum()
    assert paid["employee", "ash", 2022] == pytest.approx(in_ash * 2.125 * 6_050)


def test_an_age_that_rises_by_three_months_a_year(tmp_path: Path) -> None:
    """In the year of 60 and a quarter a quarter waits, which retires in the next."""
    rising = projected(tmp_path / "case", 2, {"2021": 60.25, "2022": 60.5})
    assert working(rising, 2021) == pytest.approx(0.25 * (REACHING + 770.28))
    assert working(rising, 2022) == 0.0


def test_from_nine_months_to_a_whole_year(tmp_path: Path) -> None:
    rising = projected(tmp_path / "case", 2, {"2021": 60.75, "2022": 61})
    assert working(rising, 2021) == pytest.approx(0.75 * (REACHING + 770.28))
    assert working(rising, 2022) == 0.0


@pytest.mark.parametrize("age", [60.0, 61.0])
def test_months_end_in_whole_ages(tmp_path: Path, age: float) -> None:
    """A millionth of a year more or less changes as little."""
    whole = projected(tmp_path / "whole", 2, {"2021": age})
    for name, months in (("more", 1e-6), ("less", -1e-6)):
        near = projected(tmp_path / name, 2, {"2021": age + months})
        assert near.flows.by_status == pytest.approx(whole.flows.by_status, rel=1e-5, abs=0.01)
        assert near.flows.missing_years_paid == pytest.approx(
            whole.flows.missing_years_paid, rel=1e-5, abs=100.0
        )


def test_an_age_in_months_from_the_base_year_on(tmp_path: Path) -> None:
    """The age band that begins in its year of age holds those who wait."""
    contents = near_retirement(buys_missing_years_share=1.0)
    contents.schemes["employee"]["rules"]["retirement_age_male"] = given(60.75)
    projection = study(read_case(contents.write(tmp_path / "case")), 1).pooled("county")
    assert working(projection, 2021) == pytest.approx(0.75 * (REACHING + 770.28))


BY_BIRTH = {"source": "worked example", "status": "assumed"}


def test_ages_by_year_of_birth() -> None:
    """A quarter of a year later for each birth year from 1965 to 1968, then none in between.

    In 2028 nobody turns the age: those of 1967 who wait turn 61, those of 1968 do so in 2029.
    """
    births = {1965: 60.25, 1966: 60.5, 1967: 60.75, 1968: 61.0}
    assert ages_by_year(60.0, births) == {2025: 60.25, 2026: 60.5, 2027: 60.75, 2028: 61.0}
    assert ages_by_year(60.0, {1965: 63.0}) == {2025: 61.0, 2026: 62.0, 2027: 63.0}
    assert ages_by_year(60.0, {1964: 60.0, 1965: 60.0}) == {}


def test_ages_by_year_of_birth_in_a_case(tmp_path: Path) -> None:
    """Men of 59 at the end of 2020 are born in 1961: they retire as in the first test."""
    contents = near_retirement(buys_missing_years_share=1.0)
    contents.schemes["employee"]["retirement_age_by_birth_year"] = {
        "male": {1961: 60.75}, **BY_BIRTH,
    }  # fmt: skip
    projection = study(read_case(contents.write(tmp_path / "case")), 2).pooled("county")
    assert working(projection, 2021) == pytest.approx(0.75 * (REACHING + 770.28))
    assert working(projection, 2022) == 0.0


def test_who_is_born_before_retires_at_the_old_age(tmp_path: Path) -> None:
    contents = near_retirement(buys_missing_years_share=1.0)
    contents.schemes["employee"]["retirement_age_by_birth_year"] = {
        "male": {1962: 63.0}, **BY_BIRTH,
    }  # fmt: skip
    projection = study(read_case(contents.write(tmp_path / "case")), 1).pooled("county")
    assert working(projection, 2021) == 0.0


@pytest.mark.parametrize(
    ("ages", "by_year", "column"),
    [
        ({1961: 60.5, 1962: 60.25}, {}, "retirement_age_by_birth_year.male.1962"),
        ({1961: 59.0}, {}, "retirement_age_by_birth_year.male.1961"),
        ({1961: 160.0}, {}, "retirement_age_by_birth_year.male.1961"),
        ({1961: 61.0}, {"2025": 61.0}, "rules.retirement_age_male.by_year"),
    ],
)
def test_ages_that_cannot_stand(
    ages: dict[int, float], by_year: dict[str, float], column: str, tmp_path: Path
) -> None:
    contents = near_retirement(buys_missing_years_share=1.0)
    contents.schemes["employee"]["rules"]["retirement_age_male"] = given(60, by_year=by_year)
    contents.schemes["employee"]["retirement_age_by_birth_year"] = {"male": ages, **BY_BIRTH}
    found = check_case(contents.write(tmp_path / "case"))
    assert [finding.column for finding in found] == [column]


def test_ages_in_a_scheme_without_retirement(tmp_path: Path) -> None:
    contents = near_retirement(buys_missing_years_share=1.0)
    contents.schemes["resident"]["retirement_age_by_birth_year"] = {"male": {1961: 61}, **BY_BIRTH}
    (finding,) = check_case(contents.write(tmp_path / "case"))
    assert (finding.column, finding.severity) == ("retirement_age_by_birth_year", "warning")
