"""Ruin, value at risk, required reserves and what pooling is worth, with standard errors.

A pool's required reserve at a ruin probability is a quantile of the opening reserves that the
scenarios ask for (:attr:`fundpool.models.scenarios.run.Outcomes.need`), never below zero. Standard
errors: binomial for probabilities, order statistics for quantiles (the half-width of the ranks one
standard deviation of a binomial count away), the asymptotic formula for tail means; where
scenarios are Sobol points, or estimates are sums over pools, from groups of scenarios.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fundpool.actuarial.risk import CLOSE, tail_value_at_risk, value_at_risk
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.projection.study import Study
from fundpool.models.scenarios.draws import REPLICATES
from fundpool.models.scenarios.pools import NEVER
from fundpool.models.scenarios.run import Outcomes, StochasticRun, replicate_of, run_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms


def reserves_needed(need: FloatArray, probability: float) -> FloatArray:
    """Smallest opening reserve by pool that keeps the ruin probability low enough, ``(p,)``.

    The rule of :func:`fundpool.actuarial.risk.required_reserve`, of all pools at once.

    Args:
        need: opening reserve that each scenario asks for, ``(N, p)``.
        probability: share of scenarios that may ruin the pool.
    """
    count = need.shape[0]
    allowed = probability * count
    ruined = int(np.floor(allowed + CLOSE * max(1.0, allowed)))
    if ruined >= count:
        return np.zeros(need.shape[1])
    place = count - 1 - ruined
    return np.asarray(np.maximum(np.partition(need, place, axis=0)[place], 0.0))


def quantile_error(values: FloatArray, level: float) -> FloatArray:
    """Standard error of a quantile by order statistics, ``(p,)``, of ``values`` ``(N, p)``."""
    count = values.shape[0]
    spread = np.sqrt(count * level * (1.0 - level))
    low = int(np.clip(np.floor(count * level - spread), 0, count - 1))
    high = int(np.clip(np.ceil(count * level + spread), 0, count - 1))
    ordered = np.partition(values, (low, high), axis=0)
    return np.asarray((ordered[high] - ordered[low]) / 2.0)


def tail_error(values: FloatArray, level: float, at_risk: float, tail: float) -> float:
    """Standard error of a tail mean (Manistre and Hancock 2005).

    ``sqrt((Var(X | X >= VaR) + level (TVaR - VaR)^2) / (N (1 - level)))``.
    """
    worst = values[values >= at_risk]
    number = max(values.size * (1.0 - level), 1.0)
    return float(np.sqrt((worst.var() + level * (tail - at_risk) ** 2) / number))


def group_error(
    estimate: Callable[[FloatArray], FloatArray], groups: list[FloatArray]
) -> FloatArray:
    """Standard error from independent groups of scenarios: spread of their own estimates."""
    each = np.stack([estimate(group) for group in groups])
    return np.asarray(each.std(axis=0, ddof=1) / np.sqrt(len(groups)))


def jackknife_error(estimate: Callable[[FloatArray], float], values: FloatArray) -> float:
    """Standard error of an estimate from scenarios by leaving out one group at a time."""
    group = replicate_of(values.shape[0])
    size = min(REPLICATES, values.shape[0])
    left = np.array([estimate(values[group != g]) for g in range(size)])
    return float(np.sqrt((size - 1) / size * ((left - left.mean()) ** 2).sum()))


def ruin_of_pools(outcome: Outcomes) -> tuple[np.ndarray, IntArray]:
    """Year of ruin of each pool known by its code, and the places that stand for the pools.

    A pool that goes on into a later stage is listed once a stage; its later place says whether it
    was ruined in any of them, and stands for it.

    Returns:
        years of ruin, ``(N, p)``, and the last place of each code, in order.
    """
    ruin, place_of = outcome.ruin.copy(), dict[str, int]()
    for place, code in enumerate(outcome.pools.codes):
        if code in place_of:
            ruin[:, place] = np.minimum(ruin[:, place], ruin[:, place_of[code]])
        place_of[code] = place
    return ruin, np.array(sorted(place_of.values()), dtype=np.int64)


def ruin_table(run: StochasticRun) -> pd.DataFrame:
    """Ruin probability by plan, scheme, pool and year, with its standard error.

    >>> from fundpool import examples
    >>> table = ruin_table(examples.risk().run)
    >>> table["year"].unique().tolist()
    [2021, 2022, 2023]
    """
    frames = []
    for (plan, scheme), outcome in run.outcomes.items():
        pools = outcome.pools
        ruin, _ = ruin_of_pools(outcome)
        for t, year in enumerate(run.years):
            alive = (pools.first_year <= t) & (t <= pools.last_year)
            gone = ruin[:, alive] <= t
            probability = gone.mean(axis=0)
            frames.append(
                pd.DataFrame(
                    {
                        "plan": plan,
                        "scheme": scheme,
                        "pool": np.array(pools.codes)[alive],
                        "year": int(year),
                        "ruin_probability": probability,
                        "standard_error": _probability_error(run, gone.astype(float)),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def _probability_error(run: StochasticRun, gone: FloatArray) -> FloatArray:
    if run.terms.model.method == "sobol":
        return _by_group(run, lambda part: part.mean(axis=0), gone)
    p = gone.mean(axis=0)
    return np.asarray(np.sqrt(p * (1.0 - p) / len(gone)))


def _by_group(
    run: StochasticRun, estimate: Callable[[FloatArray], FloatArray], values: FloatArray
) -> FloatArray:
    group = replicate_of(run.scenarios)
    size = min(REPLICATES, run.scenarios)
    return group_error(estimate, [values[group == g] for g in range(size)])


def risk_table(run: StochasticRun, probability: float) -> pd.DataFrame:
    """Risk of every pool: ruin, required reserve, value at risk of one year and of the horizon.

    >>> from fundpool import examples
    >>> table = risk_table(examples.risk().run, probability=0.05)
    >>> table["plan"].unique().tolist(), len(table)  # by scheme and pool
    (['county', 'city'], 12)

    Args:
        run: the scenarios.
        probability: ruin probability of the required reserves; values at risk are at one less it.

    Columns: plan, scheme, pool, name, level, counties, first_year, last_year, opening_balance,
    ruin_probability, required_reserve, and var and tvar of ``one_year`` and ``horizon`` deficits
    (present values at the opening of outgo less income); each with ``_error``. A pool that goes
    on into a later stage of its plan has one row, its ruin over all of them, and no reserve.
    """
    frames = []
    level = 1.0 - probability
    sobol = run.terms.model.method == "sobol"
    for (plan, scheme), outcome in run.outcomes.items():
        pools = outcome.pools
        ruin, kept = ruin_of_pools(outcome)
        gone = (ruin < NEVER).astype(float)
        first = {code: i for i, code in reversed(list(enumerate(pools.codes)))}
        begun = np.array([first[code] for code in pools.codes])
        table: dict[str, object] = {
            "plan": plan,
            "scheme": scheme,
            "pool": pools.codes,
            "name": pools.names,
            "level": pools.levels,
            "counties": pools.counties,
            "first_year": run.years[pools.first_year[begun]],
            "last_year": run.years[pools.last_year],
            "opening_balance": pools.opening[begun],
            "ruin_probability": gone.mean(axis=0),
            "ruin_probability_error": _probability_error(run, gone),
            "required_reserve": reserves_needed(outcome.need, probability),
            "required_reserve_error": _by_group(
                run, lambda part: reserves_needed(part, probability), outcome.need
            )
            if sobol
            else quantile_error(np.maximum(outcome.need, 0.0), level),
        }
        for name in ("one_year", "horizon"):
            losses = getattr(outcome, name)
            table |= _values_at_risk(run, name, losses, level)
        rows = pd.DataFrame(table)
        # of a pool that goes on into a later stage the scenarios know the reserve of each stage
        # only, not that of its whole life
        amounts = [name for name in table if name.startswith(("required", "var_", "tvar_"))]
        rows.loc[begun != np.arange(begun.size), amounts] = np.nan
        frames.append(rows.iloc[kept])
    return pd.concat(frames, ignore_index=True)


def _values_at_risk(
    run: StochasticRun, name: str, losses: FloatArray, level: float
) -> dict[str, object]:
    at_risk = np.array([value_at_risk(column, level) for column in losses.T])
    tail = np.array([tail_value_at_risk(column, level) for column in losses.T])
    if run.terms.model.method == "sobol":

        def tails(part: FloatArray) -> FloatArray:
            return np.array([tail_value_at_risk(column, level) for column in part.T])

        def quantiles(part: FloatArray) -> FloatArray:
            return np.array([value_at_risk(column, level) for column in part.T])

        errors = (_by_group(run, quantiles, losses), _by_group(run, tails, losses))
    else:
        errors = (
            quantile_error(losses, level),
            np.array(
                [
                    tail_error(column, level, v, t)
                    for column, v, t in zip(losses.T, at_risk, tail, strict=True)
                ]
            ),
        )
    return {
        f"var_{name}": at_risk,
        f"var_{name}_error": errors[0],
        f"tvar_{name}": tail,
        f"tvar_{name}_error": errors[1],
    }


GAIN_COLUMNS = ["plan", "scheme", "pools", "required_reserve", "required_reserve_error", "gain",
                "gain_error", "levelling", "systematic", "noise", "central_reserve",
                "systematic_reserve"]  # fmt: skip


@dataclass(frozen=True)
class PoolingGain:
    """Required reserves of all pools together under each plan, and where gains come from.

    Attributes:
        table: by plan and scheme: pools, required_reserve and its error, gain over the first plan
            and its error; the gain's parts: ``levelling`` (on the central path, rich pools carry
            poor ones), ``systematic`` (drivers and catastrophes), ``noise`` (chance in the claims
            of a year, which evens out between counties); ``systematic_reserve``: what the merged
            pools still need without that chance.
        probability: ruin probability of the reserves.
    """

    table: pd.DataFrame
    probability: float


def pooling_gain(
    study: Study, run: StochasticRun, quiet: StochasticRun, probability: float
) -> PoolingGain:
    """What each plan saves in required reserves against the first, and why.

    >>> from fundpool import examples
    >>> risk = examples.risk()
    >>> gain = pooling_gain(risk.study, risk.run, risk.quiet, probability=0.05)
    >>> gain.probability
    0.05

    Args:
        study: the study of the runs.
        run: scenarios under several plans.
        quiet: the same scenarios without noise in the claims
            (:meth:`fundpool.models.scenarios.terms.ScenarioTerms.without_noise`).
        probability: ruin probability of the reserves.

    Plans that change their pools on the way are left out: their pools have no common opening.
    """
    still = run_scenarios(study, list(run.plans.values()), 2, 0, terms=without_chance(run))
    rows = []
    for scheme in dict.fromkeys(scheme for _, scheme in run.outcomes):
        steady = [
            plan
            for plan in run.plans
            if not np.isnan(run.outcomes[plan, scheme].pools.opening).any()
        ]
        reference = steady[0] if steady else ""
        for plan in steady:
            every = [side.outcomes[plan, scheme] for side in (run, quiet, still)]
            first = [side.outcomes[reference, scheme] for side in (run, quiet, still)]
            full, quietly, central = (_total(one.need, probability) for one in every)
            gains = [
                _total(base.need, probability) - _total(one.need, probability)
                for base, one in zip(first, every, strict=True)
            ]
            rows.append(
                {
                    "plan": plan,
                    "scheme": scheme,
                    "pools": len(every[0].pools.codes),
                    "required_reserve": full,
                    "required_reserve_error": _total_error(every[0], None, probability),
                    "gain": gains[0],
                    "gain_error": _total_error(every[0], first[0], probability),
                    "levelling": gains[2],
                    "systematic": gains[1] - gains[2],
                    "noise": gains[0] - gains[1],
                    "central_reserve": central,
                    "systematic_reserve": quietly,
                }
            )
    return PoolingGain(pd.DataFrame(rows, columns=GAIN_COLUMNS), probability)


def _total(need: FloatArray, probability: float) -> float:
    return float(reserves_needed(need, probability).sum())


def _total_error(outcome: Outcomes, base: Outcomes | None, probability: float) -> float:
    """Standard error of a plan's reserves, or of what it saves against another."""
    if base is outcome:
        return 0.0
    pools = outcome.need.shape[1]
    values = outcome.need if base is None else np.hstack([outcome.need, base.need])

    def estimate(part: FloatArray) -> float:
        total = _total(part[:, :pools], probability)
        return total if base is None else _total(part[:, pools:], probability) - total

    return jackknife_error(estimate, values)


def without_chance(run: StochasticRun) -> ScenarioTerms:
    """The run's coefficients with no volatility, no events and no noise: the central path."""
    model = run.terms.model
    still = replace(
        model,
        drivers=replace(model.drivers, scale=np.zeros_like(model.drivers.scale)),
        events=(),
        noise=False,
        interest_floor=-1.0,
    )
    return replace(run.terms, model=still)
