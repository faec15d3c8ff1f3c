"""Two hundred thousand lives, one by one, beside the cohort model.

Every person has a residence, a cover, credited years and an account. In each year they die with the
model's probability; leave home and return in continuous time; keep or lose cover on a move; change
cover in continuous time by the generator's hazards, jump by jump; gain a year or start again. The
cohort model must agree within three standard errors, taken from twenty groups of lives.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.vocabulary import SEXES, STATUSES, TIES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.coverage.base_year import base_coverage
from fundpool.models.coverage.chain import coverage_generator
from fundpool.models.coverage.leaving import coverage_hazards
from fundpool.models.flows.record import CountyFlows
from fundpool.models.population import moving as moving_people
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import YEARS as CREDITED
from fundpool.models.population.preparation import prepare
from fundpool.models.projection.study import study
from fundpool.models.terms.years import year_terms
from tests.cases.policies import SOURCE, policy_case
from tests.cases.small import given

pytestmark = pytest.mark.plain

LIVES, GROUPS, HORIZON = 200_000, 20, 6
KEPT, FALLBACK, PRIOR = 0.7, 0.8, 0.5
NONE, HOME, EMPLOYEE, DUAL = (
    STATUSES.index(name) for name in ("none", "home_resident", "employee", "dual")
)
ASH, BIRCH = 0, 1
RATE, TO_ACCOUNTS, WAGES = 0.10, 0.3, (50_000.0, 100_000.0)


def lives_case(folder: Path, account: str, time: str) -> Case:
    """The worked example with turnover, lapses and moves that cost cover; no interest."""
    case = policy_case()
    case.settings["economy"] |= {"interest": given(0.0), "wage_growth": given(0.0)}
    case.settings["coverage"] |= {
        "turnover_share_remaining": given(0.25),
        "stayer_turnover_relativity": given(0.5),
        "resident_lapse_rate": given(0.1),
        "dual_lapse_rate": given(0.3),
        "employee_kept_on_move": given(KEPT),
        "fallback_resident": given(FALLBACK),
        "prior_credit_share": given(PRIOR),
    }
    case.schemes["employee"]["portability"] = {
        "account": {"value": account, **SOURCE},
        "insured_time": {"value": time, **SOURCE},
    }
    rows = []
    bands = {"male": [(0, 15), (16, 59), (60, 100)], "female": [(0, 15), (16, 54), (55, 100)]}
    for region in ("ash", "birch"):
        for tie in TIES:
            for sex in SEXES:
                for start, end in bands[sex]:
                    mix = {"none": 0.1, "home_resident": 0.4, "employee": 0.5}
                    if tie != "stayer":
                        mix = {"none": 0.2, "home_resident": 0.3, "employee": 0.3, "dual": 0.2}
                    if start != 16:
                        mix = {"home_resident": 1.0}
                    rows += [(region, tie, sex, start, end, *item) for item in mix.items()]
    names = ["region", "tie", "sex", "age_from", "age_to", "cover", "share"]
    case.tables["coverage"] = pd.DataFrame(rows, columns=names)
    return read_case(case.write(folder))


@dataclass
class Lives:
    """The people: one entry each."""

    home: np.ndarray
    place: np.ndarray
    status: np.ndarray
    years: np.ndarray
    money: np.ndarray
    alive: np.ndarray

    def contributing(self) -> np.ndarray:
        return self.alive & np.isin(self.status, (EMPLOYEE, DUAL))


def born(draw: np.random.Generator, lives: int) -> Lives:
    """People as the base year has them: 1,000 in Ash, 200 from Ash in Birch, 1,000 of Birch."""
    where = draw.choice(3, lives, p=np.array([1_000, 200, 1_000]) / 2_200)
    home, place = np.array([ASH, ASH, BIRCH])[where], np.array([ASH, BIRCH, BIRCH])[where]
    mixes = np.array([[0.1, 0.4, 0.5, 0.0], [0.2, 0.3, 0.3, 0.2]])[(where == 1).astype(int)]
    chosen = (draw.random(lives)[:, None] > np.cumsum(mixes, axis=1)).sum(axis=1)
    status = np.array([NONE, HOME, EMPLOYEE, DUAL])[chosen]
    mean, cv = 0.5 * (30 - 16), 0.5
    years = draw.gamma(1 / cv**2, mean * cv**2, lives)
    members = np.array([1_000 * 0.5, 1_000 * 0.5 + 200 * 0.5])
    money = np.array([60_000.0, 148_000.0])[place] / members[place]
    at_work = np.isin(status, (EMPLOYEE, DUAL))
    return Lives(home, place, status, years * at_work, money * at_work, np.ones(lives, bool))


def jump(status: np.ndarray, generators: FloatArray, draw: np.random.Generator) -> np.ndarray:
    """Status after a year of a jump process; ``generators`` one for each person's type."""
    status, left = status.copy(), np.ones(status.size)
    moving = np.arange(status.size)
    while moving.size:
        rates = generators[moving, status[moving]].copy()
        rates[np.arange(moving.size), status[moving]] = 0.0
        total = rates.sum(axis=1)
        with np.errstate(divide="ignore"):
            left[moving] -= draw.exponential(1.0, moving.size) / total
        now = left[moving] > 0
        moving, rates, total = moving[now], rates[now], total[now]
        if moving.size:
            pick = draw.random(moving.size) * total
            status[moving] = (np.cumsum(rates, axis=1) < pick[:, None]).sum(axis=1)
    return status


def travel(lives: Lives, draw: np.random.Generator, hazard: float) -> np.ndarray:
    """Residence after a year: only people of Ash move, out and back with the same hazard."""
    place, left = lives.place.copy(), np.ones(lives.place.size)
    moving = np.flatnonzero((lives.home == ASH) & lives.alive)
    while moving.size:
        left[moving] -= draw.exponential(1.0 / hazard, moving.size)
        moving = moving[left[moving] > 0]
        place[moving] = 1 - place[moving]
    return place


def year_of_lives(
    lives: Lives, generators: FloatArray, restarts: bool, carried: bool, draw: np.random.Generator
) -> float:
    """One year of every life; returns the account money that left a county with its holder."""
    before = lives.contributing()
    number_before = [int((before & (lives.place == place)).sum()) for place in (ASH, BIRCH)]
    lives.alive &= draw.random(lives.alive.size) < 0.98
    place = travel(lives, draw, -math.log(0.8) / 2)
    moved = lives.alive & (place != lives.place)
    status = lives.status.copy()
    status[moved & (status == DUAL) & (place == ASH)] = EMPLOYEE
    kept = draw.random(moved.size) < KEPT
    lost = moved & ~kept & np.isin(lives.status, (EMPLOYEE, DUAL))
    fallback = np.where((draw.random(moved.size) < FALLBACK) | (lives.status == DUAL), HOME, NONE)
    status = np.where(lost, fallback, status)
    pair = np.where(lives.home == BIRCH, 2, place)  # Ash at home, from Ash in Birch, of Birch
    old_pair = np.where(lives.home == BIRCH, 2, lives.place)
    took = moved & lives.contributing() & ~lost
    left_with = float(lives.money[took].sum())

    contributing = lives.alive & np.isin(status, (EMPLOYEE, DUAL))
    gained = lives.years + 1.0
    money = lives.money.copy()
    if restarts:
        gained = np.where(took, 0.5, gained)
    if not carried:
        money = np.where(took, 0.0, money)
    start = status.copy()
    lives.status = np.where(lives.alive, jump(start, generators[pair], draw), status)
    # only those who moved to a place and stayed in cover, or stayed, have gone on contributing
    went_on = contributing & lives.contributing()
    entered = lives.contributing() & ~went_on
    years = np.where(went_on, gained, 0.0)
    for number in range(3):
        # who enters a pair brings the years of a contributor who was there, times the prior share
        there = np.flatnonzero(before & lives.alive & (old_pair == number))
        new = np.flatnonzero(entered & (pair == number))
        years[new] = PRIOR * lives.years[draw.choice(there, new.size)] + 0.5
    lives.years, lives.money, lives.place = years, np.where(went_on, money, 0.0), place
    for county in (ASH, BIRCH):
        here = lives.contributing() & (place == county)
        mean = 0.5 * (number_before[county] + here.sum())
        lives.money[here] += mean * WAGES[county] * RATE * TO_ACCOUNTS / here.sum()
    return left_with


def simulated(case: Case, restarts: bool, carried: bool, seed: int) -> FloatArray:
    """Statistics of each group, ``(groups, statistics)``, in the order of ``modelled``."""
    held = prepare(case)
    q = coverage_generator(base_coverage(case), coverage_hazards(year_terms(case, 2021)))
    n = held.pairs.counties
    rows = [TIES.index("stayer") * (n + 1) + ASH, TIES.index("between") * (n + 1) + BIRCH,
            TIES.index("stayer") * (n + 1) + BIRCH]  # fmt: skip
    generators = q[rows, 1]
    result = []
    for group in range(GROUPS):
        draw = np.random.default_rng([seed, group])
        lives = born(draw, LIVES // GROUPS)
        scale = 2_200 / (LIVES // GROUPS)
        moved = [year_of_lives(lives, generators, restarts, carried, draw) for _ in range(HORIZON)]
        numbers = []
        for county in (ASH, BIRCH):
            here = lives.alive & (lives.place == county)
            numbers += [scale * float((here & (lives.status == k)).sum())
                        for k in (NONE, HOME, EMPLOYEE, DUAL)]  # fmt: skip
        at_work = lives.contributing()
        for home, place in ((ASH, ASH), (ASH, BIRCH), (BIRCH, BIRCH)):
            own = at_work & (lives.home == home) & (lives.place == place)
            numbers.append(float(lives.years[own].mean()))
        result.append([*numbers, *(scale * money for money in moved)])
    return np.array(result)


def modelled(case: Case, monkeypatch: pytest.MonkeyPatch) -> FloatArray:
    """The same statistics of the cohort model."""
    seen: list[tuple[FloatArray, FloatArray]] = []
    step = moving_people.step_in_place

    def watched(
        people: FloatArray, holdings: FloatArray, *rest: object, cells: HeldCells, **room: object
    ) -> object:
        count = step(people, holdings, *rest, cells=cells, **room)  # type: ignore[arg-type]
        seen.append((cells.spread(people), cells.spread_amounts(holdings)))
        return count

    monkeypatch.setattr(moving_people, "step_in_place", watched)
    flows: CountyFlows = study(case, HORIZON).flows
    people, holdings = seen[-1]
    pairs = prepare(case).pairs
    numbers = []
    for county in (ASH, BIRCH):
        numbers += [float(flows.by_status[-1, county, k]) for k in (NONE, HOME, EMPLOYEE, DUAL)]
    for home, place in ((ASH, ASH), (ASH, BIRCH), (BIRCH, BIRCH)):
        pair = (pairs.home == home) & (pairs.residence == place)
        contributors = people[pair][:, [EMPLOYEE, DUAL]].sum()
        numbers.append(float(holdings[pair, CREDITED].sum() / contributors))
    return np.array([*numbers, *flows.accounts_out[0, 1:, :2].sum(axis=1)])


@pytest.mark.parametrize(("account", "time"), [("transfer", "recognised"), ("forfeit", "restarts")])
def test_lives_agree_with_the_cohort_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: str, time: str
) -> None:
    """Cover by county, credited years by pair, account money moved in each year: 17 figures."""
    case = lives_case(tmp_path / "case", account, time)
    expected = modelled(case, monkeypatch)
    groups = simulated(case, time == "restarts", account == "transfer", seed=2_026)
    mean, error = groups.mean(axis=0), groups.std(axis=0, ddof=1) / math.sqrt(GROUPS)
    away = (mean - expected) / np.where(error > 0, error, 1.0)
    assert np.abs(away).max() < 3.0, away.round(2).tolist()
    assert (error[:3] < 0.02 * expected[:3]).all()  # the errors are small enough to tell
