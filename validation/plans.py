"""Plans of rates and swaps by a second formulation, beside the optimiser's.

The program of a small scheme is stated here as matrices in plain money for
``scipy.optimize.linprog``, with nothing of the optimiser's builder: no units, no rises and falls,
no highest and lowest burden. Symbols: years ``t < T``, pools ``p < P``; rate ``x``, balance ``B``,
grant ``g``, levy ``v``, hub reserve ``H``, move of a rate ``m >= |x[t] - x[t-1]|``, and ``d``
where unevenness needs absolute differences. All matrices are dense, ``(rows, columns)``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.limits import Aims, Policy, Unevenness
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.stages import optimised
from tests.cases.pool_flows import pool_flows
from validation.part import Check, Part, bound, checks_table, markdown_table

INSTANCES = 60
MEASURES: tuple[Unevenness, ...] = ("range", "deviation", "gini")
POLICY = Policy(reserve_months=3.0, rate_most=3.0, yearly_change=0.3, levy_ceiling=0.2)
AIMS = Aims(burden=1.0, unevenness=0.7, movement=0.3, swaps=0.05)
TOLERANCE = 1e-7
ROUNDING = 1e-9
"""Differences under this are the solver's rounding, printed alike on every machine."""


@dataclass
class Statement:
    """``minimise cost @ z``, ``below @ z <= below_side``, ``equal @ z = equal_side``, bounds.

    Attributes:
        places: column numbers of each kind of decision, ``(T, P)`` but ``(T,)`` of the hub.
        size: number of columns.
        cost, lower, upper: ``(columns,)``.
        below, equal: rows as (coefficients ``(columns,)``, right-hand side).
    """

    places: dict[str, IntArray]
    size: int
    cost: FloatArray = field(init=False)
    lower: FloatArray = field(init=False)
    upper: FloatArray = field(init=False)
    below: list[tuple[FloatArray, float]] = field(default_factory=list)
    equal: list[tuple[FloatArray, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """No cost, no rows, and every column at least nil."""
        self.cost, self.lower = np.zeros(self.size), np.zeros(self.size)
        self.upper = np.full(self.size, np.inf)

    def row(self, *terms: tuple[int | IntArray, float | FloatArray]) -> FloatArray:
        """A row from columns and their coefficients; those of one column add up."""
        row = np.zeros(self.size)
        for columns, values in terms:
            np.add.at(row, columns, values)
        return row

    def at_least_size(self, column: int, row: FloatArray, side: float = 0.0) -> None:
        """``z[column] >= |row @ z - side|``."""
        for sign in (1.0, -1.0):
            bounded = sign * row
            bounded[column] -= 1.0
            self.below.append((bounded, sign * side))

    def solved(self) -> float:
        """Least objective; not a number if nothing keeps the rows."""
        below, below_side = _stacked(self.below, self.size)
        equal, equal_side = _stacked(self.equal, self.size)
        bounds = list(zip(self.lower.tolist(), self.upper.tolist(), strict=True))
        solution = linprog(self.cost, below, below_side, equal, equal_side, bounds, method="highs")
        return float("nan") if solution.fun is None else float(solution.fun)

    def violation(self, values: FloatArray) -> float:
        """Largest excess over a row or bound, relative to the largest term of the row."""
        worst = 0.0
        for rows, of_equal in ((self.below, False), (self.equal, True)):
            for row, side in rows:
                over = float(row @ values) - side
                size = max(1e-3, abs(side), float(np.abs(row * values).max()))
                worst = max(worst, (abs(over) if of_equal else over) / size)
        outside = np.maximum(self.lower - values, values - self.upper)
        outside /= np.maximum(1e-3, np.abs(values))
        return max(worst, float(outside.max()))


def _stacked(rows: Iterable[tuple[FloatArray, float]], size: int) -> tuple[FloatArray, FloatArray]:
    pairs = list(rows)
    return (
        np.array([row for row, _ in pairs]).reshape(-1, size),
        np.array([side for _, side in pairs]),
    )


def stated(
    paths: PoolPaths, policy: Policy, weights: Mapping[str, float], measure: Unevenness
) -> Statement:
    """The program of one scheme on one path, every pool with its own rate, one hub that keeps.

    Args:
        paths: flows of one scenario, ``(1, T, P)``.
        policy: reserve months, largest rate, yearly change and levy ceiling count.
        weights: weight of every aim.
        measure: how unevenness is measured.
    """
    years, pools = paths.outgo.shape[1:]
    each = years * pools
    kinds = ("rate", "balance", "grant", "levy", "move", "off")
    places: dict[str, IntArray] = {
        kind: np.arange(n * each, (n + 1) * each).reshape(years, pools)
        for n, kind in enumerate(kinds)
    }
    start = len(kinds) * each
    places["hub"] = np.arange(start, start + years)
    places["apart"] = np.arange(start + years, start + years + each * pools).reshape(
        years, pools, pools
    )
    program = Statement(places, start + years + each * pools)
    _limits(program, paths, policy)
    _money(program, paths)
    _aims(program, paths, weights)
    _unevenness(program, paths, weights["unevenness"], measure)
    return program


def _reference(paths: PoolPaths) -> float:
    """The scheme's rate in force in the first year."""
    return float(paths.income[0, 0].sum() / paths.contribution_base[0, 0].sum())


def _limits(program: Statement, paths: PoolPaths, policy: Policy) -> None:
    """``x <= most``, ``m <= change``, ``B >= months / 12`` of next year's outgo, levy ceiling."""
    unit, at = _reference(paths), program.places
    program.upper[at["rate"]] = min(policy.rate_most * unit, 1.0)
    program.upper[at["move"]] = policy.yearly_change * unit
    program.lower[at["balance"]] = policy.reserve_months / 12.0 * paths.outgo_next_year[0]
    for (t, p), base in np.ndenumerate(paths.contribution_base[0]):
        x, v = at["rate"][t, p], at["levy"][t, p]
        program.below.append((program.row((v, 1.0), (x, -policy.levy_ceiling * base)), 0.0))
        row, side = program.row((x, 1.0)), 0.0
        if t:
            row[at["rate"][t - 1, p]] = -1.0
        else:
            side = float(paths.income[0, 0, p] / base)
        program.at_least_size(int(at["move"][t, p]), row, side)


def _money(program: Statement, paths: PoolPaths) -> None:
    """``B[t] = B[t-1] (1+i) + (x base - outgo + g - v) (1+i)^0.5``, and the hub alike."""
    at = program.places
    for t, growth in enumerate(1.0 + paths.interest[0]):
        half = float(growth) ** 0.5
        hub = program.row((at["hub"][t], 1.0), (at["grant"][t], half), (at["levy"][t], -half))
        if t:
            hub[at["hub"][t - 1]] = -growth
        program.equal.append((hub, 0.0))
        for p, (base, outgo) in enumerate(
            zip(paths.contribution_base[0, t], paths.outgo[0, t], strict=True)
        ):
            row = program.row(
                (at["balance"][t, p], 1.0), (at["rate"][t, p], -half * base),
                (at["grant"][t, p], -half), (at["levy"][t, p], half),
            )  # fmt: skip
            side = -half * outgo
            if t:
                row[at["balance"][t - 1, p]] = -growth
            else:
                side += growth * paths.opening_balance[p]
            program.equal.append((row, float(side)))


def _aims(program: Statement, paths: PoolPaths, weights: Mapping[str, float]) -> None:
    """Mean burden in present value, rates moved by first-year base, levies over outgo."""
    base, outgo, growth = paths.contribution_base[0], paths.outgo[0], 1.0 + paths.interest[0]
    unit, years, at = _reference(paths), base.shape[0], program.places
    present = base * (growth**0.5 / np.cumprod(growth))[:, None]
    program.cost[at["rate"]] += weights["burden"] * present / present.sum() / unit
    program.cost[at["move"]] += weights["movement"] * base[0] / base[0].sum() / unit / years
    program.cost[at["levy"]] += weights["swaps"] / outgo.sum(axis=1, keepdims=True) / years


def _unevenness(program: Statement, paths: PoolPaths, weight: float, measure: Unevenness) -> None:
    """By all pairs (range: the largest of them; Gini: weighted), or by distances to the mean."""
    base, at = paths.contribution_base[0], program.places
    share = base / base.sum(axis=1, keepdims=True)
    years, pools = base.shape
    rate = weight / _reference(paths) / years
    for t in range(years):
        x = at["rate"][t]
        for p in range(pools):
            if measure == "deviation":
                program.at_least_size(
                    int(at["off"][t, p]), program.row((x[p], 1.0), (x, -share[t]))
                )
                program.cost[at["off"][t, p]] = rate * share[t, p]
                continue
            for q in range(p):
                # one column bounds every pair for the range, one a pair for the Gini
                d = at["off"][t, 0] if measure == "range" else at["apart"][t, p, q]
                program.at_least_size(int(d), program.row((x[p], 1.0), (x[q], -1.0)))
                program.cost[d] = rate * (1.0 if measure == "range" else share[t, p] * share[t, q])


def values_of(program: Statement, paths: PoolPaths, plan: Decision) -> FloatArray:
    """A plan in the columns of the second formulation, money run forward here, ``(columns,)``."""
    at, values = program.places, np.zeros(program.size)
    values[at["rate"]] = plan.rates
    values[at["grant"]], values[at["levy"]] = plan.grants[0], plan.levies[0]
    in_force = paths.income[0, :1] / paths.contribution_base[0, :1]
    values[at["move"]] = np.abs(np.diff(plan.rates, axis=0, prepend=in_force))
    balance, kept = paths.opening_balance, 0.0
    for t, growth in enumerate(1.0 + paths.interest[0]):
        swapped = plan.grants[0, t] - plan.levies[0, t]
        paid = plan.rates[t] * paths.contribution_base[0, t] - paths.outgo[0, t] + swapped
        balance = balance * growth + paid * growth**0.5
        kept = kept * growth - swapped.sum() * growth**0.5
        values[at["balance"][t]], values[at["hub"][t]] = balance, kept
    base = paths.contribution_base[0]
    rates, mean = plan.rates, (plan.rates * base).sum(axis=1) / base.sum(axis=1)
    values[at["apart"]] = np.abs(rates[:, :, None] - rates[:, None, :])
    values[at["off"]] = np.abs(rates - mean[:, None])
    # for the range the first of these columns bounds all pairs
    if program.cost[at["off"][:, 1:]].sum() == 0.0:
        values[at["off"][:, 0]] = np.ptp(rates, axis=1)
    return values


@dataclass(frozen=True)
class Comparison:
    """One instance by both ways.

    Attributes:
        feasible: whether the second formulation has a plan.
        alike: whether the optimiser found the same of it.
        objective: relative difference of the least objectives; nil if there is no plan.
        recomputed: the same with the optimiser's plan priced by the second formulation.
        violation: largest violation of the second formulation by the optimiser's plan.
    """

    feasible: bool
    alike: bool
    objective: float = 0.0
    recomputed: float = 0.0
    violation: float = 0.0


def compared(paths: PoolPaths, measure: Unevenness) -> Comparison:
    """The optimiser's plan beside the second formulation."""
    program = stated(paths, POLICY, AIMS.weights(), measure)
    least = program.solved()
    outcome = optimised([fund_problem(paths, POLICY)], replace(AIMS, measure=measure))
    if np.isnan(least):
        return Comparison(False, outcome.model.elastic)
    values = values_of(program, paths, outcome.decisions[0])
    size = max(abs(least), TOLERANCE)
    return Comparison(
        feasible=True,
        alike=not outcome.model.elastic and outcome.certificate.certified,
        objective=abs(outcome.certificate.objective - least) / size,
        recomputed=abs(float(program.cost @ values) - least) / size,
        violation=program.violation(values),
    )


def random_paths(seed: int) -> PoolPaths:
    """Flows of one to four pools over one to four years, many of them short of money."""
    draw = np.random.default_rng(seed)
    years, pools = (int(n) for n in draw.integers(1, 5, 2))
    base = draw.uniform(200.0, 2000.0, (years, pools))
    outgo = base * draw.uniform(0.05, 0.15, (years, pools))
    income = base * draw.uniform(0.08, 0.1)
    opening = outgo[0] * draw.uniform(0.0, 1.2, pools)
    return pool_flows(outgo, base, income, opening, draw.uniform(0.0, 0.1, years))


def plans() -> Part:
    """Random instances under every measure of unevenness."""
    rows: list[dict[str, str]] = []
    checks: list[Check] = []
    for measure in MEASURES:
        comparisons = [compared(random_paths(seed), measure) for seed in range(INSTANCES)]
        alike = sum(one.alike for one in comparisons)
        solved = sum(one.feasible for one in comparisons)
        apart = max(max(one.objective, one.recomputed) for one in comparisons)
        violation = max(one.violation for one in comparisons)
        rows.append({
            "unevenness": measure, "instances": str(INSTANCES), "with a plan": str(solved),
            "objective, largest relative difference": bound(max(apart, ROUNDING)),
            "largest violation": bound(max(violation, ROUNDING)),
        })  # fmt: skip
        checks.append(
            Check(f"{measure}: both ways find a plan or none, the same least objective, no "
                  "violation", f"{alike} of {INSTANCES}; {bound(max(apart, violation, ROUNDING))}",
                  alike == INSTANCES and max(apart, violation) < TOLERANCE,
                  "scipy.optimize.linprog")
        )  # fmt: skip
    head = (
        "Schemes of one to four pools over one to four years, drawn at random, stated a second "
        "time as dense matrices in plain money (`validation/plans.py`) and given to "
        "`scipy.optimize.linprog`. The objective is compared as the optimiser reports it and as "
        "the second formulation prices the optimiser's plan; the violation is that of the second "
        "formulation's rows and bounds by that plan, relative to the row's largest term. Both "
        "ways end in the HiGHS library, so that formulations are compared here, not solvers; "
        "bounds from the duals, checked without a solver, belong to every plan's certificate."
    )
    return Part(
        "\n\n".join([head, markdown_table(pd.DataFrame(rows)), checks_table(checks)]),
        tuple(checks),
    )
