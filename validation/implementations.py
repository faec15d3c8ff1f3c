"""Second implementations beside the project's own: the same figures by another way."""

import math
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate

from fundpool.actuarial.aggregate_loss import compound_poisson, discretised
from fundpool.actuarial.benefits import RULES, BenefitFormula, coordinate
from fundpool.actuarial.severity import Exponential, Gamma, Lognormal, Pareto, Severity, Weibull
from fundpool.models.axes.arrays import FloatArray
from tests.models.population import test_lives
from validation.part import Check, Part, bound, checks_table, figure, markdown_table

SEVERITIES: tuple[Severity, ...] = (
    Lognormal.from_mean_cv(9_000.0, 1.5), Gamma.from_mean_cv(9_000.0, 1.2),
    Pareto.from_mean_cv(9_000.0, 1.8), Exponential(9_000.0), Weibull.from_mean_cv(9_000.0, 1.4),
)  # fmt: skip
SAMPLES = 400


def random_formula(draw: np.random.Generator) -> BenefitFormula:
    """A benefit formula of one to four bands."""
    starts = np.concatenate([[0.0], np.sort(draw.uniform(1_000.0, 60_000.0, draw.integers(0, 4)))])
    return BenefitFormula(
        deductible=float(draw.choice([0.0, draw.uniform(0.0, 2_000.0)])),
        bands=tuple((float(s), float(r)) for s, r in zip(starts, draw.random(starts.size),
                                                         strict=True)),
        ceiling=float(draw.choice([math.inf, draw.uniform(5_000.0, 200_000.0)])),
    )  # fmt: skip


def paid_by_hand(formula: BenefitFormula, cost: float) -> float:
    """What a formula pays for one cost, band by band, in plain Python."""
    left = max(0.0, cost - formula.deductible)
    total = 0.0
    for number, (start, rate) in enumerate(formula.bands):
        end = formula.bands[number + 1][0] if number + 1 < len(formula.bands) else math.inf
        total += rate * max(0.0, min(left, end) - start)
    return min(total, formula.ceiling)


def second_by_hand(first: BenefitFormula, second: BenefitFormula, rule: str, cost: float) -> float:
    """What the second fund pays for one cost under a rule of coordination."""
    paid = paid_by_hand(first, cost)
    if rule == "remaining_cost":
        return min(paid_by_hand(second, cost), cost - paid)
    if rule == "non_duplication":
        return max(0.0, paid_by_hand(second, cost) - paid)
    return paid_by_hand(second, cost - paid)


def benefits() -> list[Check]:
    """Benefit formulas against a sum over bands, and their expectations against integration."""
    draw = np.random.default_rng(11)
    payments = expectations = coordinated = repeated = 0.0
    for _ in range(SAMPLES):
        one, two = random_formula(draw), random_formula(draw)
        costs = draw.lognormal(8.5, 1.5, 20)
        rule = str(draw.choice(RULES))
        first, second = coordinate(one, two, rule=rule)
        for cost in costs:
            size = max(1.0, float(cost))
            payments = max(payments, abs(float(one(cost)) - paid_by_hand(one, cost)) / size)
            wanted = second_by_hand(one, two, rule, float(cost))
            coordinated = max(coordinated, abs(float(second(cost)) - wanted) / size)
            repeated = max(repeated, (float(first(cost)) + float(second(cost)) - cost) / size)
    for severity in SEVERITIES:
        for _ in range(4):
            formula = random_formula(draw)
            knots = [formula.deductible, *(formula.deductible + s for s, _ in formula.bands)]
            # E[b(X)] = integral of P(X > x) db(x); cut where the slope jumps
            by_hand = _integral(formula, severity, sorted({0.0, *knots}))
            expected = formula.expected_payment(severity)
            expectations = max(expectations, abs(expected - by_hand) / max(1.0, by_hand))
    return [
        Check(f"{SAMPLES} random formulas at 20 costs each, band by band", bound(payments),
              payments < 1e-12, "the sum over bands"),
        Check(f"{SAMPLES} random pairs of funds, all rules of coordination", bound(coordinated),
              coordinated < 1e-12, "the rules as written"),
        Check("both funds together never pay more than the cost", bound(max(repeated, 0.0)),
              repeated < 1e-12, "no repeat compensation"),
        Check("expected payments, five families, against numerical integration",
              bound(expectations), expectations < 1e-5, "scipy.integrate.quad"),
    ]  # fmt: skip


def _integral(formula: BenefitFormula, severity: Severity, edges: list[float]) -> float:
    """``E[b(X)]`` by integrating the survival function piece by piece."""
    total, far = 0.0, float(severity.quantile(1.0 - 1e-12))
    at_ceiling = _cost_at_ceiling(formula, far)
    cuts = sorted({edge for edge in (*edges, at_ceiling, far) if edge <= min(far, at_ceiling)})
    for low, high in pairwise(cuts):
        middle = 0.5 * (low + high)
        width = 1e-6 * (high - low)
        slope = (paid_by_hand(formula, middle + width) - paid_by_hand(formula, middle - width)) / (
            2 * width
        )
        area = integrate.quad(lambda x: 1.0 - float(severity.cdf(x)), low, high, limit=500)[0]
        total += slope * area
    return total


def _cost_at_ceiling(formula: BenefitFormula, far: float) -> float:
    """The cost from which the ceiling is paid, by bisection; ``far`` if none."""
    if paid_by_hand(formula, far) < formula.ceiling:
        return far
    low, high = 0.0, far
    for _ in range(200):
        middle = 0.5 * (low + high)
        if paid_by_hand(formula, middle) < formula.ceiling:
            low = middle
        else:
            high = middle
    return high


def aggregate() -> list[Check]:
    """Compound Poisson by transform against Panjer's recursion."""
    rate, step, points = 3.0, 200.0, 4096
    severity = Lognormal.from_mean_cv(4_000.0, 1.0)
    claims = discretised(severity, step, points)
    recursion = np.zeros(points)
    recursion[0] = math.exp(-rate * (1.0 - claims[0]))
    for n in range(1, points):
        k = np.arange(1, n + 1)
        recursion[n] = rate / n * float((k * claims[1 : n + 1]) @ recursion[n - k])
    worst = float(np.abs(compound_poisson(rate, severity, step, points) - recursion).max())
    return [Check("compound Poisson by transform against Panjer's recursion", bound(worst),
                  worst < 1e-9, "Panjer, ASTIN Bulletin 12 (1981)")]  # fmt: skip


def lives(account: str, time: str) -> tuple[pd.DataFrame, float]:
    """Person-by-person simulation beside the cohort model: a table, and the largest z."""
    names = [
        f"{status}, {county}"
        for county in ("Ash", "Birch")
        for status in ("uninsured", "resident scheme", "employee scheme", "both")
    ]
    names += [f"credited years, {pair}" for pair in ("Ash at home", "Ash in Birch", "Birch")]
    names += [f"account money moved, year {year}" for year in range(1, test_lives.HORIZON + 1)]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        case = test_lives.lives_case(Path(folder) / "case", account, time)
        expected: FloatArray = test_lives.modelled(case, patch)
        groups = test_lives.simulated(case, time == "restarts", account == "transfer", seed=2_026)
    mean = groups.mean(axis=0)
    error = groups.std(axis=0, ddof=1) / math.sqrt(test_lives.GROUPS)
    z = (mean - expected) / np.where(error > 0, error, 1.0)
    rows = [
        {"figure": name, "cohort model": figure(a), "lives": figure(b), "standard error": figure(c),
         "errors apart": f"{d:+.2f}"}
        for name, a, b, c, d in zip(names, expected, mean, error, z, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows), float(np.abs(z).max())


def implementations() -> Part:
    """The fast ones."""
    checks = tuple(benefits() + aggregate())
    return Part("Differences are relative to the cost or the expectation, and absolute for "
                "probabilities.\n\n" + checks_table(checks), checks)  # fmt: skip


def person_by_person() -> Part:
    """Two hundred thousand lives under two arrangements."""
    blocks, checks = [], []
    for account, time in (("transfer", "recognised"), ("forfeit", "restarts")):
        table, worst = lives(account, time)
        title = f"Accounts {account}, insured time {time}"
        blocks += [f"### {title}", markdown_table(table)]
        checks.append(
            Check(f"{title}: all figures within three standard errors", f"largest {worst:.2f}",
                  worst < 3.0, "person-by-person simulation, tests/models/population/test_lives.py")
        )  # fmt: skip
    head = (
        f"{test_lives.LIVES:,} lives, one by one, each with a residence, a cover, credited years "
        f"and an account, over {test_lives.HORIZON} years; standard errors from "
        f"{test_lives.GROUPS} groups of lives."
    )
    return Part("\n\n".join([head, *blocks]), tuple(checks))
