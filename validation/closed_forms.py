"""Closed forms and worked examples of the literature, against the project's own functions."""

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from fundpool.actuarial.aggregate_loss import compound_poisson, compound_poisson_moments
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.evenness import gini, theil
from fundpool.actuarial.lifetable import LifeTable
from fundpool.actuarial.mobility import transition_matrix, turnover_hazard
from fundpool.actuarial.severity import Exponential, Pareto
from fundpool.actuarial.solvency import (
    actuarial_balance,
    balance_recursion,
    discount_factors,
    level_rate,
)
from fundpool.inputs.format.vocabulary import AGES, CELLS
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.population.year import births_by_pair, survive_and_age
from validation.nation import rates_by_year, vital_tables
from validation.part import ALIKE, Check, Part, bound, checks_table, equal

PHG = "Preston, Heuveline and Guillot, Demography (2001)"
LM = "Klugman, Panjer and Willmot, Loss Models"


def china(year: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Death rates ``(2, 101)``, birth rates ``(101,)``, share of births by sex ``(2,)``."""
    rates = rates_by_year(vital_tables(2015), year)
    ratio = rates.males_per_female
    return (
        np.array([rates.deaths["male"], rates.deaths["female"]]),
        np.array(rates.births),
        np.array([ratio, 1.0]) / (1.0 + ratio),
    )


def year_by_engine(
    people: FloatArray, tables: list[LifeTable], births: FloatArray, sex: FloatArray
) -> FloatArray:
    """A year of one closed region by the engine's own steps, ``(1, 1, 202) -> (1, 1, 202)``."""
    ratios = np.concatenate([table.survivorship_ratios() for table in tables])[None]
    after = survive_and_age(people, ratios)
    born = float(births_by_pair(people, after, births[None])[0])
    for number, table in enumerate(tables):
        after[0, 0, number * AGES] = born * sex[number] * table.Lx[0] / table.lx[0]
    return after


def stationary_population() -> list[Check]:
    """Constant births and constant mortality hold the life table's own population."""
    deaths, _, _ = china(2020)
    table = LifeTable.from_death_rates(deaths[1])
    people = np.zeros((1, 1, CELLS))
    people[0, 0, AGES:] = table.Lx
    after = survive_and_age(people, np.tile(table.survivorship_ratios(), 2)[None])
    worst = float(np.abs(after[0, 0, AGES + 1 :] / table.Lx[1:] - 1.0).max())
    return [
        Check("stationary population: ages 1 to 100 and over unchanged by a year", bound(worst),
              worst < ALIKE, f"{PHG}, chapter 3"),
        equal("stationary population: its crude death rate is 1 / e[0]",
              float(table.dx.sum() / table.Lx.sum()), 1.0 / float(table.ex[0]),
              f"{PHG}, chapter 3"),
    ]  # fmt: skip


def stable_population() -> list[Check]:
    """Fixed rates lead to Lotka's growth and age structure, whatever the start."""
    deaths, births, sex = china(2020)
    births = births * 1.7  # near replacement, so that growth is not the whole story
    tables = [LifeTable.from_death_rates(deaths[number]) for number in range(2)]
    people = np.full((1, 1, CELLS), 1000.0)
    for _ in range(600):
        people = year_by_engine(people, tables, births, sex)
        people *= 1e6 / people.sum()
    grown = year_by_engine(people, tables, births, sex)
    growth = math.log(float(grown.sum() / people.sum()))
    female = tables[1].Lx / tables[1].lx[0]

    def lotka(r: float) -> float:
        """Daughters a daughter, discounted; the engine counts women at both ends of a year."""
        lived = female * np.exp(-r * np.arange(AGES))
        return float(sex[1] * 0.5 * (1.0 + math.exp(-r)) * (births * lived).sum()) - 1.0

    root = brentq(lotka, -0.1, 0.1, xtol=1e-15)
    shape = people[0, 0, AGES : AGES + 90] / people[0, 0, AGES]
    wanted = female[:90] * np.exp(-root * np.arange(90)) / female[0]
    worst = float(np.abs(shape / wanted - 1.0).max())
    return [
        equal("stable population: yearly growth is Lotka's r", growth, root,
              f"{PHG}, chapter 7, in discrete form"),
        Check("stable population: women by age as exp(-r a) L[a]", bound(worst), worst < 1e-8,
              f"{PHG}, chapter 7"),
    ]  # fmt: skip


def life_tables() -> list[Check]:
    """De Moivre's and constant-force life tables."""
    moivre = LifeTable([1.0 / (100 - x) for x in range(100)])
    force = LifeTable.from_death_rates(np.full(300, 0.02))
    bowers = "Bowers et al., Actuarial Mathematics (1997), chapter 3"
    return [
        equal("de Moivre's law with limiting age 100: e[40] = (100 - 40) / 2",
              float(moivre.ex[40]), 30.0, bowers),
        equal("constant mortality: e[0] = 1 / m", float(force.ex[0]), 50.0, bowers),
    ]  # fmt: skip


def annuities() -> list[Check]:
    """Annuities-certain behind the level rate and the balance recursion."""
    n, i = 20, 0.06
    certain = (1.0 - (1.0 + i) ** -n) / i
    half = (1.0 + i) ** 0.5
    outgo, base, opening = np.full(n, 120.0), np.full(n, 1000.0), 300.0
    rate = level_rate(outgo, np.zeros(n), base, opening, i)
    wanted = 0.12 - opening / (1000.0 * certain * half)
    reserve = balance_recursion(0.0, np.full(n, 1.0), i)
    accumulated = ((1.0 + i) ** n - 1.0) / i * half
    kellison = "Kellison, The Theory of Interest (1991), chapter 3"
    return [
        equal("annuity-certain of 20 years at 6 %: 11.4699",
              round(float(discount_factors(i, n).sum()) / half, 4), 11.4699, kellison),
        equal("present value of 1 a year at mid-year: a[20] (1 + i)^0.5",
              float(discount_factors(i, n).sum()), certain * half, kellison),
        equal("a fund that takes 1 a year at mid-year: s[20] (1 + i)^0.5",
              float(np.asarray(reserve)[-1]), accumulated, kellison),
        equal("level rate: cost rate less the opening balance as an annuity", float(rate), wanted,
              "social-security level-rate formula, mid-year flows"),
        equal("actuarial balance of the level rate is nil",
              float(actuarial_balance(rate, outgo, np.zeros(n), base, opening, i)), 0.0,
              "definition"),
    ]  # fmt: skip


def loss_models() -> list[Check]:
    """Deductible, limit and inflation examples with Pareto losses of shape 3 and scale 2,000."""
    loss, dearer = Pareto(3.0, 2000.0), Pareto(3.0, 2000.0).scaled(1.1)
    deductible = BenefitFormula(deductible=500.0, bands=((0.0, 1.0),))
    limit = BenefitFormula(bands=((0.0, 1.0),), ceiling=3000.0)
    over = 1.0 - float(loss.cdf(500.0))
    paid, paid_dearer = (deductible.expected_payment(x) for x in (loss, dearer))
    capped, capped_dearer = (limit.expected_payment(x) for x in (loss, dearer))
    chapter = f"{LM}, chapter 8, Pareto with shape 3 and scale 2,000"
    return [
        equal("loss elimination ratio of a deductible of 500: 0.36",
              float(loss.limited_expected_value(500.0)) / loss.mean(), 0.36, chapter),
        equal("expected cost a loss above it: 640", paid, 640.0, chapter),
        equal("expected cost a payment: 1,250", paid / over, 1250.0, chapter),
        equal("after 10 % inflation, cost a payment: (2,200 + 500) / 2",
              paid_dearer / (1.0 - float(dearer.cdf(500.0))), 1350.0, chapter),
        equal("expected cost under a limit of 3,000: 840", capped, 840.0, chapter),
        equal("after 10 % inflation: 903.11", round(capped_dearer, 2), 903.11, chapter),
    ]  # fmt: skip


def aggregate_losses() -> list[Check]:
    """Compound Poisson with exponential claims: no claim, mean and variance in closed form."""
    rate, severity = 2.5, Exponential(1000.0)
    step, points = 10.0, 8192
    chances = compound_poisson(rate, severity, step, points)
    amounts = step * np.arange(points)
    mean = float(chances @ amounts)
    mean_exact, variance_exact = compound_poisson_moments(rate, severity)
    chapter = f"{LM}, chapter 9"
    return [
        equal("compound Poisson: mean is rate times mean cost", mean, 2500.0, chapter),
        equal("compound Poisson: variance is rate times E[X^2]", variance_exact, 5e6, chapter),
        equal("compound Poisson: mean as stated by the moments", mean_exact, 2500.0, chapter),
    ]  # fmt: skip


def evenness() -> list[Check]:
    """Gini and Theil where they are known."""
    one = np.array([0.0, 0.0, 0.0, 0.0, 5.0])
    cowell = "Cowell, Measuring Inequality (2011)"
    return [
        equal("Gini of 1, 2, 3, 4", gini([1.0, 2.0, 3.0, 4.0]), 0.25, cowell),
        equal("Gini when one of five has all: 4 / 5", gini(one), 0.8, cowell),
        equal("Theil when one of five has all: ln 5", theil(one), math.log(5.0), cowell),
    ]


def turnover() -> list[Check]:
    """Job turnover from the share with one unit after three years."""
    hazard = float(turnover_hazard(0.25, 3.0))
    stays = float(transition_matrix(np.array([[-hazard, hazard], [0.0, 0.0]]), 3.0)[0, 0])
    return [equal("job turnover: a quarter left after three years", stays, 0.25,
                  "survival of a constant hazard")]  # fmt: skip


TOPICS: tuple[Callable[[], list[Check]], ...] = (
    stationary_population, stable_population, life_tables, annuities, loss_models,
    aggregate_losses, evenness, turnover,
)  # fmt: skip


def closed_forms() -> Part:
    """All of them."""
    checks = tuple(check for topic in TOPICS for check in topic())
    text = (
        f"{len(checks)} results known in closed form or as worked examples, each from the "
        "project's own functions; they must agree to nine figures.\n\n" + checks_table(checks)
    )
    return Part(text, checks)
