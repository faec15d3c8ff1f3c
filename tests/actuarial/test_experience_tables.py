"""Exposure in days, completeness by delay, and severity and dispersion from observed claims."""

import datetime

import numpy as np
import pytest

from fundpool.actuarial.completeness import chain_ladder
from fundpool.actuarial.exposure import exposed_ages
from fundpool.actuarial.severity_fit import fit_severity, frequency_dispersion


def _day(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def test_exposure_by_hand() -> None:
    """A year is one, a day is 1/365 or 1/366, and the age moves on the birthday."""
    years = exposed_ages(
        _day("2023-01-01", "2023-06-30", "2022-12-01", "2023-05-01"),
        _day("2023-12-31", "2023-06-30", "2023-01-31", "2023-12-31"),
        _day("1950-01-01", "1980-06-30", "1990-12-31", "2023-11-01"),
        "2023-01-01", "2023-12-31",
    )  # fmt: skip
    rows = sorted(zip(years.spell, years.age, (years.years * 365).round(9), strict=True))
    assert rows == [(0, 73, 365.0), (1, 43, 1.0), (2, 32, 31.0), (3, 0, 61.0)]
    leap = exposed_ages(
        _day("2024-01-01"), _day("2024-12-31"), _day("2004-02-29"), "2024-01-01", "2024-12-31"
    )
    assert (leap.years * 366).round(9).tolist() == [59.0, 307.0]
    with pytest.raises(ValueError, match="one calendar year"):
        exposed_ages(_day("2024-01-01"), _day("2024-12-31"), _day("2000-01-01"), "2023-12-01",
                     "2024-01-31")  # fmt: skip


def test_exposure_is_the_count_of_days() -> None:
    """The same by walking through every day, for spells and births at random."""
    rng = np.random.default_rng(3)
    zero = np.datetime64("2022-10-01")
    start = zero + rng.integers(0, 600, 40)
    end = start + rng.integers(0, 400, 40)
    birth = np.datetime64("1999-01-01") + rng.integers(0, 9200, 40)
    walked: dict[tuple[int, int], int] = {}
    for spell in range(40):
        born = birth[spell].astype(object)
        for number in range(366):
            day = datetime.date(2024, 1, 1) + datetime.timedelta(days=number)
            if start[spell] <= np.datetime64(day) <= end[spell] and day >= born:
                age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
                walked[spell, age] = walked.get((spell, age), 0) + 1
    years = exposed_ages(start, end, birth, "2024-01-01", "2024-12-31")
    counted = {
        (int(spell), int(age)): round(days * 366)
        for spell, age, days in zip(years.spell, years.age, years.years, strict=True)
    }
    assert counted == walked


def test_chain_ladder_by_hand() -> None:
    """Factors 150/100... of a triangle of three; a triangle that follows them is completed."""
    result = chain_ladder([[100.0, 50.0, 15.0], [200.0, 100.0, 9.0], [80.0, 9.0, 9.0]])
    assert result.factors == pytest.approx([450 / 300, 165 / 150])
    assert result.completed == pytest.approx([165.0, 330.0, 80 * 1.5 * 1.1])
    assert result.complete == pytest.approx([1.0, 1 / 1.1, 1 / 1.65])
    assert chain_ladder([[0.0, 0.0], [0.0, 0.0]]).factors.tolist() == [1.0]


@pytest.mark.parametrize(("family", "cv"), [("lognormal", 1.5), ("gamma", 0.7), ("pareto", 1.6)])
def test_families_are_recovered(family: str, cv: float) -> None:
    from fundpool.actuarial.severity import Gamma, Lognormal, Pareto

    made = {"lognormal": Lognormal, "gamma": Gamma, "pareto": Pareto}[family]
    costs = made.from_mean_cv(1000.0, cv).sample(np.random.default_rng(5), 20_000)
    fit = fit_severity(costs)
    assert fit.family == family
    assert fit.mean == pytest.approx(costs.mean())
    assert fit.cv == pytest.approx(cv, rel=0.1)


def test_dispersion_is_recovered() -> None:
    rng = np.random.default_rng(2)
    expected = rng.uniform(0.5, 4.0, 20_000)
    counts = rng.poisson(expected * rng.gamma(1 / 0.6, 0.6, 20_000))
    assert frequency_dispersion(counts, expected) == pytest.approx(0.6, abs=0.05)
    assert frequency_dispersion(rng.poisson(expected), expected) < 0.02
