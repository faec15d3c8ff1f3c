"""Rogers' multiregional model: a published two-region life table, and what is known exactly.

The figures in ``published/slovenia_1961.csv`` are females of Slovenia and of the rest of
Yugoslavia in 1961: death and out-migration rates a year by five-year age group (table 1.3 of
Willekens and Rogers, *Spatial Population Analysis: Methods and Computer Programs*, IIASA
RR-78-18, 1978) and, of 100,000 born in either region, those alive in either at an exact age
(table 2.3). They were read from a public replication, https://github.com/mhermans/mstls
(examples/willekens1978), not from the report.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd

from fundpool.actuarial.mobility import home_away_probabilities, transition_matrix
from fundpool.inputs.format.vocabulary import AGES, CELLS
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.population.year import births_by_pair, survive_and_age
from validation.part import Check, Part, bound, checks_table, equal, markdown_table

TABLE = Path(__file__).parent / "published" / "slovenia_1961.csv"
ROGERS = "Rogers, Introduction to Multiregional Mathematical Demography (1975)"
REPORT = "Willekens and Rogers, IIASA RR-78-18 (1978)"
REGIONS = ("slovenia", "rest")
WIDTH = 5
RADIX = 100_000.0
READ_TO = 1.5
"""Of 100,000, what the six printed decimals of the rates leave open."""


def hazards(table: pd.DataFrame) -> FloatArray:
    """Generators of each age group with death as the third state, ``(18, 3, 3)``."""
    generators = np.zeros((len(table), 3, 3))
    for here, name in enumerate(REGIONS):
        generators[:, here, 1 - here] = table[f"out_{name}"]
        generators[:, here, 2] = table[f"death_{name}"]
    generators[:, (0, 1), (0, 1)] = -generators.sum(axis=2)[:, :2]
    return generators


def rogers_linear(generators: FloatArray, steps: int = 1) -> FloatArray:
    """Rogers' probabilities over five years, ``(I - h/2 Q)^-1 (I + h/2 Q)`` in ``steps`` steps.

    Moves and deaths spread evenly over each step of ``h`` years (his equation for several moves
    in an interval), in place of constant hazards.
    """
    half = generators * (WIDTH / steps / 2.0)
    step = np.linalg.solve(np.eye(3) - half, np.eye(3) + half)
    return np.asarray(np.linalg.matrix_power(step, steps))


def survivors(chances: FloatArray) -> FloatArray:
    """Of 100,000 born in a region, those alive in each at the start of an age group.

    Args:
        chances: probabilities over each age group, ``(18, 3, 3)``.

    Returns:
        age group by region of birth by region, ``(18, 2, 2)``.
    """
    alive = [RADIX * np.eye(2)]
    for chance in chances[:-1]:
        alive.append(alive[-1] @ chance[:2, :2])
    return np.array(alive)


def published_table() -> tuple[pd.DataFrame, list[Check]]:
    """The published survivors beside Rogers' method and the project's, and what must hold."""
    table = pd.read_csv(TABLE)
    names = [f"{birth}_{place}" for birth in REGIONS for place in REGIONS]
    printed = table[names].to_numpy(dtype=float).reshape(-1, 2, 2)
    generators = hazards(table)
    exact = transition_matrix(generators, float(WIDTH))
    linear = survivors(rogers_linear(generators))
    computed = survivors(exact)
    read = float(np.abs(linear - printed).max())
    apart = np.abs(computed - printed).max(axis=(1, 2))
    leaving = WIDTH * -generators[:-1, (0, 1), (0, 1)].min(axis=1)
    lost = leaving**3 / 12.0 * printed[:-1].sum(axis=2).max(axis=1)
    allowed = READ_TO + np.concatenate([[0.0], np.cumsum(lost)])
    fine = float(np.abs(rogers_linear(generators, 64) - exact).max())
    orders = [float(np.abs(rogers_linear(generators, n) - exact).max()) for n in (8, 16)]
    rows = pd.DataFrame({"age": table["age"].astype(str)})
    for birth, born in enumerate(("Slovenia", "the rest")):
        for place, lives in enumerate(("Slovenia", "the rest")):
            head = f"born in {born}, alive in {lives}"
            rows[f"{head}: published"] = [f"{v:,.0f}" for v in printed[:, birth, place]]
            rows["found" + " " * (2 * birth + place)] = [
                f"{v:,.0f}" for v in computed[:, birth, place]
            ]
    return rows, [
        Check("published survivors of two regions at 18 ages: Rogers' linear method on the "
              "published rates", f"at most {read:.0f} of 100,000 apart", read < READ_TO, REPORT),
        Check("the same by constant hazards: apart by no more than the linear method's leading "
              "error, (5 m)^3 / 12 of the people an age group",
              f"at most {(apart / allowed).max():.2f} of it", bool((apart < allowed).all()),
              REPORT),
        Check("Rogers' linear method in 64 steps an age group is the constant-hazard method",
              bound(fine), fine < 1e-4, f"{ROGERS}, in the limit"),
        Check("twice the steps, a quarter of the difference",
              f"{orders[0] / orders[1]:.2f}", abs(orders[0] / orders[1] - 4.0) < 0.1,
              "order of the linear method"),
    ]  # fmt: skip


def life_table_of_constant_rates() -> list[Check]:
    """``l(x) = exp(-M x)`` and ``e = M^-1`` by the eigenvalues and the inverse of two by two."""
    death, out, back = (0.01, 0.02), 0.03, 0.05
    generator = np.array(
        [[-death[0] - out, out, death[0]], [back, -death[1] - back, death[1]], [0.0, 0.0, 0.0]]
    )
    after = transition_matrix(generator, 40.0)
    trace = generator[0, 0] + generator[1, 1]
    root = math.sqrt((generator[0, 0] - generator[1, 1]) ** 2 + 4 * out * back)
    high, low = (trace + root) / 2, (trace - root) / 2
    weight = (math.exp(high * 40) - math.exp(low * 40)) / root
    stay = math.exp(low * 40) + (generator[0, 0] - low) * weight
    # years lived in a year: Gauss-Legendre; then a geometric sum over years of age
    nodes, weights = np.polynomial.legendre.leggauss(12)
    lived = sum(
        0.5 * w * transition_matrix(generator, float(0.5 + 0.5 * x))[:2, :2]
        for x, w in zip(nodes, weights, strict=True)
    )
    year = transition_matrix(generator, 1.0)[:2, :2]
    years, alive = np.zeros((2, 2)), np.eye(2)
    for _ in range(2500):
        years += alive @ lived
        alive = alive @ year
    determinant = (death[0] + out) * (death[1] + back) - out * back
    source = f"{ROGERS}: e = M^-1"
    # of all person-years, so many end in a death: every life ends once
    return [
        equal("multiregional life table: born in region 1, alive there at 40",
              float(after[0, 0]), stay, f"{ROGERS}: l(x) = exp(-M x)"),
        equal("multiregional life table: born in region 1, alive in region 2 at 40",
              float(after[0, 1]), out * weight, ROGERS),
        equal("expectation of life: born in region 1, lived there",
              float(years[0, 0]), (death[1] + back) / determinant, source),
        equal("expectation of life: born in region 1, lived in region 2",
              float(years[0, 1]), out / determinant, source),
        equal("expectation of life: born in region 2, lived in both",
              float(years[1].sum()), (back + death[0] + out) / determinant, source),
        equal("every life ends: years in each region times its death rate, added",
              float(years[0] @ np.array(death)), 1.0, "every life ends once"),
    ]  # fmt: skip


def without_ages() -> list[Check]:
    """Two regions whose people all live alike."""
    out, back, natural = 0.03, 0.05, 0.004
    chances = home_away_probabilities(out, back, 0.0, years=25.0)
    whole = 1.0 - math.exp(-(out + back) * 25)
    # both regions grow alike: all people by natural increase, their division by migration alone
    people = np.array([0.9, 0.1])
    year = np.array([[chances.home_stay, chances.home_to_away],
                     [chances.away_to_home, chances.away_to_away]])  # fmt: skip
    for _ in range(200):
        people = people @ year * math.exp(natural)
    return [
        equal("two regions without deaths: away after 25 years", float(chances.home_to_away),
              out / (out + back) * whole, ROGERS),
        equal("multiregional stable growth: share of region 2 is o / (o + r)",
              float(people[1] / people.sum()), out / (out + back), ROGERS),
    ]  # fmt: skip


def two_region_growth() -> list[Check]:
    """The engine's ageing, births and moves over two regions against the growth matrix.

    With survival ``s``, births ``b`` a woman and daughters ``d`` a birth alive at the year's end
    that depend on the region alone, women of all ages in the two regions follow
    ``W' = W diag(s + d b (1 + s) / 2) P``, ``P`` the year's moves: its larger root is the growth,
    its left vector the division between regions, and women of age ``a`` are
    ``v [diag(s) P / growth]^a`` times the daughters ``v``.
    """
    survival, births, daughters = np.array([0.99, 0.98]), np.array([0.02, 0.03]), 0.48
    chances = home_away_probabilities(0.02, 0.01, 0.0)
    moves = np.array([[chances.home_stay, chances.home_to_away],
                      [chances.away_to_home, chances.away_to_away]])  # fmt: skip
    ratios = np.repeat(survival[:, None], CELLS, axis=1)
    people = np.zeros((2, 1, CELLS))
    people[:, 0, AGES:] = 1.0
    grown = 1.0
    for _ in range(4_000):
        after = survive_and_age(people, ratios)
        born = births_by_pair(people, after, np.repeat(births[:, None], AGES, axis=1))
        after[:, 0, AGES] = daughters * born
        after = np.einsum("pkc,pr->rkc", after, moves)
        grown = float(after[..., AGES:].sum() / people[..., AGES:].sum())
        people = after / after.sum()
    factors = survival + daughters * births * (1.0 + survival) / 2.0
    a, b, c, d = (factors[:, None] * moves).ravel()
    growth = (a + d + math.sqrt((a - d) ** 2 + 4.0 * b * c)) / 2.0
    women = people[:, 0, AGES:]
    share = float(women[1].sum() / women.sum())
    division = np.array([c, growth - a]) / (c + growth - a)
    shape = division * daughters * births * (1.0 + survival) / 2.0 @ moves / growth
    worst = 0.0
    for age in range(AGES - 1):
        worst = max(worst, float(np.abs(women[:, age] / women.sum() / shape - 1.0).max()))
        shape = (shape * survival) @ moves / growth
    source = f"{ROGERS}: the multiregional growth matrix"
    return [
        equal("growth of two regions: the larger root of the growth matrix", grown, growth, source,
              digits=9),
        equal("stable division between two regions: its left vector", share, float(division[1]),
              source),
        Check("stable ages in two regions: v [diag(s) P / growth]^a", bound(worst), worst < 1e-8,
              source),
    ]  # fmt: skip


def multiregional() -> Part:
    """The published table and the exact results."""
    rows, checks = published_table()
    checks += life_table_of_constant_rates() + without_ages() + two_region_growth()
    head = (
        "Females of Slovenia and the rest of Yugoslavia, 1961: of 100,000 born in a region, those "
        f"alive in either. Published: {REPORT}, table 2.3, from the rates of table 1.3; read from "
        "a public replication (https://github.com/mhermans/mstls, examples/willekens1978), as "
        "neither the report nor Rogers' book of 1975 could be opened. Found: the project's own "
        "transition probabilities. The report spreads moves and deaths evenly over five years "
        "where the project holds hazards constant; that, and nothing else, is the difference, "
        "which grows with mortality. Tables further on in the report (expectations of life, "
        "fertility, the projection) were not reproduced; results known exactly stand for them."
    )
    return Part("\n\n".join([head, markdown_table(rows), checks_table(checks)]), tuple(checks))
