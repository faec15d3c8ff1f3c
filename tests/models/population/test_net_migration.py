"""People who join and leave from abroad, against a plain cohort-component projection."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import fundpool
from fundpool.actuarial.lifetable import LifeTable
from fundpool.cli.commands import app
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.projection.study import Projection
from tests.cases.small import SmallCase, small_case
from validation.cohort_component import infant_part

BASE, YEARS = 2020, 6
RANDOM = np.random.default_rng(5)
KNOTS = {2021: RANDOM.normal(0.0, 20.0, (2, 2, AGES)), 2024: RANDOM.normal(0.0, 20.0, (2, 2, AGES))}
"""Persons added by county, sex and age in two knot years."""


def lively_case() -> SmallCase:
    """Everybody of every age, births and deaths, nobody moves between the counties."""
    case = small_case()
    population = case.tables["population"]
    population["persons"] = 400.0 + 3.0 * np.arange(len(population)) % 97
    case.tables["migrants"]["persons"] = 0.0
    case.tables["mobility"][["gross_migraproduction_rate", "return_rate", "onward_rate"]] = 0.0
    ages = pd.DataFrame({"age": range(15, 50)})
    case.tables["fertility"] = ages.assign(year=BASE, rate=0.03 + 0.0005 * ages["age"])
    mortality = case.tables["mortality"]
    mortality["death_rate"] = 0.001 + 0.2 * (mortality["age"] / 100.0) ** 4
    return case


def with_migration(case: SmallCase, knots: dict[int, np.ndarray]) -> SmallCase:  # type: ignore[type-arg]
    rows = [
        (county, year, sex, age, persons[n, s, age])
        for year, persons in knots.items()
        for n, county in enumerate(("ash", "birch"))
        for s, sex in enumerate(SEXES)
        for age in range(AGES)
    ]
    case.tables["net_migration"] = pd.DataFrame(
        rows, columns=["region", "year", "sex", "age", "persons"]
    )
    case.settings["tables"]["net_migration"] = {"source": "x", "status": "assumed"}
    return case


def projected(case: SmallCase, folder: Path, years: int = YEARS) -> Projection:
    return fundpool.project(fundpool.read_case(case.write(folder / "case")), "county", years=years)


def plain(case: SmallCase, county: int, added: dict[int, np.ndarray]) -> list[np.ndarray]:  # type: ignore[type-arg]
    """Cohort components by hand: survive, bear, add; people by sex and age at each year's end."""
    table = case.tables["population"]
    code = ("ash", "birch")[county]
    rows = table[table["region"] == code].sort_values(["sex", "age"], ascending=[False, True])
    people = rows["persons"].to_numpy(dtype=float).reshape(2, AGES)  # male, then female
    deaths = case.tables["mortality"]
    lives = [
        LifeTable.from_death_rates(
            deaths[deaths["sex"] == sex].sort_values("age")["death_rate"].to_numpy(dtype=float),
            infant_share=infant_part(float(deaths["death_rate"].iloc[0]), sex),
        )
        for sex in SEXES
    ]
    rate = np.zeros(AGES)
    rate[case.tables["fertility"]["age"]] = case.tables["fertility"]["rate"]
    ratio = float(case.tables["sex_ratio_at_birth"]["males_per_female"].iloc[0])
    share = np.array([ratio, 1.0]) / (1.0 + ratio)
    result = [people]
    for year in range(BASE + 1, BASE + YEARS + 1):
        older = np.zeros_like(people)
        for s, life in enumerate(lives):
            ratios = life.survivorship_ratios()
            older[s, 1:] = people[s, :-1] * ratios[:-1]
            older[s, -1] += people[s, -1] * ratios[-1]
        births = rate @ (people[1] + older[1]) / 2.0
        older[:, 0] = births * share * [life.Lx[0] / life.lx[0] for life in lives]
        people = older + added[year][county]
        result.append(people)
    return result


def test_as_a_plain_projection(tmp_path: Path) -> None:
    """Knot years 2021 and 2024, linear between, held from 2024 on."""
    case = with_migration(lively_case(), KNOTS)
    ages = projected(case, tmp_path).ages
    added = {
        year: KNOTS[2021] + (KNOTS[2024] - KNOTS[2021]) * min((year - 2021) / 3.0, 1.0)
        for year in range(2021, BASE + YEARS + 1)
    }
    for number, county in enumerate(("ash", "birch")):
        expected = plain(case, number, added)
        for t, people in enumerate(expected):
            rows = ages[(ages["region"] == county) & (ages["year"] == BASE + t)]
            assert rows["persons"].to_numpy() == pytest.approx(people.ravel(), rel=1e-9), t


def test_moves_in_and_out_count_them(tmp_path: Path) -> None:
    """End = start + births - deaths + in - out, and without the table nobody moves."""
    people = projected(with_migration(lively_case(), KNOTS), tmp_path).people
    for _, rows in people.groupby("region"):
        change = np.diff(rows["persons"])
        parts = (rows["births"] - rows["deaths"] + rows["moved_in"] - rows["moved_out"])[1:]
        assert change == pytest.approx(parts.to_numpy(), rel=1e-9)
    first = people[(people["region"] == "ash") & (people["year"] == 2021)].iloc[0]
    assert first["moved_in"] == pytest.approx(np.maximum(KNOTS[2021][0], 0.0).sum())
    assert first["moved_out"] == pytest.approx(np.maximum(-KNOTS[2021][0], 0.0).sum())


def test_newcomers_are_insured_as_residents_of_their_age(tmp_path: Path) -> None:
    """Doubling everybody of 40 leaves the shares of statuses among people as they are."""
    without = projected(lively_case(), tmp_path / "a", 1)
    only = np.zeros((2, 2, AGES))
    living = (
        without.ages[without.ages["year"] == 2021].set_index(["region", "sex", "age"]).sort_index()
    )
    for number, county in enumerate(("ash", "birch")):
        for s, sex in enumerate(SEXES):
            only[number, s] = living.loc[(county, sex), "persons"].sort_index().to_numpy()
    twice = projected(with_migration(lively_case(), {2021: only}), tmp_path / "b", 1)
    columns = ["persons", "employee", "dual", "home_resident", "retired", "none"]
    before, after = (
        done.people[done.people["year"] == 2021][columns].to_numpy() for done in (without, twice)
    )
    assert after == pytest.approx(2.0 * before, rel=1e-9)
    # mean numbers of a year are those of its ends: (o + 2 e) / 2 after (o + e) / 2
    opening, mean = without.flows.contributors[:, 0, :2], without.flows.contributors[:, 1, :2]
    expected = 2.0 * mean - opening / 2.0
    assert twice.flows.contributors[:, 1, :2] == pytest.approx(expected, rel=1e-9)


def test_newcomers_where_nobody_lives_have_no_cover(tmp_path: Path) -> None:
    """Only men of 30 live in the small case; ten women of 50 arrive."""
    only = np.zeros((2, 2, AGES))
    only[0, 1, 50] = 10.0
    done = projected(with_migration(small_case(), {2021: only}), tmp_path, 2)
    ages = done.ages.set_index(["region", "year", "sex", "age"])["persons"]
    assert ages[("ash", 2021, "female", 50)] == pytest.approx(10.0)
    people = done.people.set_index(["region", "year"])
    assert people.loc[("ash", 2021), "none"] >= 10.0


def test_more_leave_than_live_there(tmp_path: Path) -> None:
    only = np.zeros((2, 2, AGES))
    only[1, 0, 20] = -1e6
    case = with_migration(lively_case(), {2022: only})
    with pytest.raises(CaseError, match="male stayers of 20 in birch in 2021") as refused:
        projected(case, tmp_path)
    assert len(refused.value.findings) == 1
    said = CliRunner().invoke(
        app, ["project", str(tmp_path / "case"), "--out", str(tmp_path / "o")]
    )
    assert said.exit_code == 2
    assert "Let fewer people leave" in said.stderr
    assert not (tmp_path / "o").exists()
