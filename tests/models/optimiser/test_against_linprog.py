"""The same programs written a second time, in money and for scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from models.optimiser.fund_problem import fund_problem
from models.optimiser.optimisation import optimised
from models.optimiser.policy import Aims, Policy
from models.pool_paths import PoolPaths
from tests.cases.pool_flows import pool_flows

MOST, CHANGE, LEVY, MONTHS = 3.0, 0.5, 0.2, 3.0


@st.composite
def instances(draw: st.DrawFn) -> PoolPaths:
    seed = draw(st.integers(0, 10**6))
    years, pools = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    random = np.random.default_rng(seed)
    base = random.uniform(200.0, 2000.0, (years, pools))
    outgo = base * random.uniform(0.05, 0.15, (years, pools))
    income = base * random.uniform(0.08, 0.1)
    opening = outgo[0] * random.uniform(0.3, 1.5, pools)
    return pool_flows(outgo, base, income, opening, random.uniform(0.0, 0.1, years))


def written_again(paths: PoolPaths, measure: str, weights: dict[str, float]) -> float:
    """Least objective by scipy: rates, swaps, balances and hub in plain money."""
    years, pools = paths.outgo.shape[1:]
    base, outgo = paths.contribution_base[0], paths.outgo[0]
    reference = paths.income[0, 0].sum() / base[0].sum()
    growth = 1.0 + paths.interest[0]
    names: dict[tuple[object, ...], int] = {}

    def column(*key: object) -> int:
        return names.setdefault(key, len(names))

    cost: dict[int, float] = {}
    equal: list[tuple[dict[int, float], float]] = []
    below: list[tuple[dict[int, float], float]] = []
    bounds: dict[int, tuple[float | None, float | None]] = {}
    discount = growth**0.5 / np.cumprod(growth)
    present = base * discount[:, None]
    present = present / present.sum()
    for t in range(years):
        share = base[t] / base[t].sum()
        first = base[0] / base[0].sum()
        hub = {column("hub", t): 1.0}
        if t:
            hub[column("hub", t - 1)] = -growth[t]
        bounds[column("hub", t)] = (0.0, None)
        for p in range(pools):
            x, b = column("rate", t, p), column("balance", t, p)
            g, v = column("grant", t, p), column("levy", t, p)
            bounds[x] = (0.0, min(MOST * reference, 1.0))
            bounds[b] = (MONTHS / 12.0 * paths.outgo_next_year[0, t, p], None)
            bounds[g] = bounds[v] = (0.0, None)
            row = {b: 1.0, x: -base[t, p] * growth[t] ** 0.5, g: -(growth[t] ** 0.5),
                   v: growth[t] ** 0.5}  # fmt: skip
            side = -outgo[t, p] * growth[t] ** 0.5
            if t:
                row[column("balance", t - 1, p)] = -growth[t]
            else:
                side += growth[t] * paths.opening_balance[p]
            equal.append((row, side))
            below.append(({v: 1.0, x: -LEVY * base[t, p]}, 0.0))
            hub[g], hub[v] = growth[t] ** 0.5, -(growth[t] ** 0.5)
            cost[x] = cost.get(x, 0.0) + weights["burden"] * present[t, p] / reference
            cost[v] = weights["swaps"] / outgo[t].sum() / years
            m = column("move", t, p)
            bounds[m] = (0.0, CHANGE * reference)
            cost[m] = weights["movement"] * first[p] / reference / years
            start = paths.income[0, 0, p] / base[0, p]
            for sign in (1.0, -1.0):
                row = {x: sign, m: -1.0}
                if t:
                    row[column("rate", t - 1, p)] = -sign
                below.append((row, sign * start if t == 0 else 0.0))
            for q in range(p):
                d = column("apart", t, p, q)
                bounds[d] = (0.0, None)
                if measure == "gini":
                    cost[d] = weights["unevenness"] * share[p] * share[q] / reference / years
                y = column("rate", t, q)
                below.append(({x: 1.0, y: -1.0, d: -1.0}, 0.0))
                below.append(({x: -1.0, y: 1.0, d: -1.0}, 0.0))
                if measure == "range":
                    r = column("range", t)
                    bounds[r] = (0.0, None)
                    cost[r] = weights["unevenness"] / reference / years
                    below.append(({d: 1.0, r: -1.0}, 0.0))
            if measure == "deviation":
                d = column("off", t, p)
                bounds[d] = (0.0, None)
                cost[d] = weights["unevenness"] * share[p] / reference / years
                for sign in (1.0, -1.0):
                    row = {column("rate", t, q): -sign * share[q] for q in range(pools)}
                    row[x] += sign
                    row[d] = -1.0
                    below.append((row, 0.0))
        equal.append((hub, 0.0))
    size = len(names)

    def dense(rows: list[tuple[dict[int, float], float]]) -> tuple[np.ndarray, np.ndarray]:
        matrix = np.zeros((len(rows), size))
        for number, (row, _) in enumerate(rows):
            for place, value in row.items():
                matrix[number, place] += value
        return matrix, np.array([side for _, side in rows])

    a_eq, b_eq = dense(equal)
    a_ub, b_ub = dense(below)
    costs = np.array([cost.get(k, 0.0) for k in range(size)])
    limits = [bounds[k] for k in range(size)]
    found = linprog(costs, a_ub, b_ub, a_eq, b_eq, limits, method="highs")
    return float(found.fun) if found.status == 0 else np.nan


@pytest.mark.parametrize("measure", ["range", "deviation", "gini"])
@settings(max_examples=25, deadline=None)
@given(paths=instances())
def test_objective_is_that_of_an_independent_statement(measure: str, paths: PoolPaths) -> None:
    aims = Aims(burden=1.0, unevenness=0.7, movement=0.3, swaps=0.05, measure=measure)  # type: ignore[arg-type]
    policy = Policy(reserve_months=MONTHS, rate_most=MOST, yearly_change=CHANGE, levy_ceiling=LEVY)
    outcome = optimised([fund_problem(paths, policy)], aims)
    wanted = written_again(paths, measure, aims.weights())
    if np.isnan(wanted):
        assert outcome.model.elastic
        return
    assert not outcome.model.elastic
    assert outcome.certificate.certified
    assert outcome.certificate.objective == pytest.approx(wanted, rel=1e-7, abs=1e-9)
