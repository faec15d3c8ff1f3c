"""Everything that scenarios say of a study: one call, tables out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.pooling.timeline import layout
from fundpool.models.projection.study import Study, in_html
from fundpool.models.risk.measures import PoolingGain, pooling_gain, risk_table, ruin_table
from fundpool.models.scenarios.engines import Engine
from fundpool.models.scenarios.model import scenario_settings
from fundpool.models.scenarios.run import StochasticRun, run_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms

BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of the fans: the median and the ends of the 50 % and 90 % bands."""


@dataclass(frozen=True)
class SolvencyRisk:
    """Scenarios of a study and what follows from them.

    Attributes:
        study: the projected case.
        run: scenarios under every plan.
        quiet: the same without chance in the claims of a year beyond drivers and events.
        probability: ruin probability at which reserves are stated.
    """

    study: Study
    run: StochasticRun
    quiet: StochasticRun
    probability: float

    def __repr__(self) -> str:
        """What it is, in a line."""
        plans = ", ".join(dict.fromkeys(plan for plan, _ in self.run.outcomes))
        return f"<SolvencyRisk of {self.study.case.name}, {self.run.scenarios} scenarios: {plans}>"

    def _repr_html_(self) -> str:
        return in_html(self, self.overview)

    @cached_property
    def risk(self) -> pd.DataFrame:
        """Risk by plan, scheme and pool (:func:`fundpool.models.risk.measures.risk_table`)."""
        return risk_table(self.run, self.probability)

    @cached_property
    def ruin(self) -> pd.DataFrame:
        """Ruin probability by plan, scheme, pool and year, with its standard error."""
        return ruin_table(self.run)

    @cached_property
    def gain(self) -> PoolingGain:
        """What pooling saves in required reserves, and why."""
        return pooling_gain(self.study, self.run, self.quiet, self.probability)

    @cached_property
    def fans(self) -> pd.DataFrame:
        """Balances by plan, scheme, pool and year: quantiles ``q05 ... q95`` and their error.

        ``error`` is the width of a bin, the most that counting in bins can be off.
        """
        frames = []
        for (plan, scheme), outcome in self.run.outcomes.items():
            quantiles = {f"q{round(100 * p):02d}": outcome.fan.quantile(p) for p in BANDS}
            lives = ~np.isnan(outcome.fan.low)
            pool, year = np.nonzero(lives)
            frames.append(
                pd.DataFrame(
                    {
                        "plan": plan,
                        "scheme": scheme,
                        "pool": np.array(outcome.pools.codes)[pool],
                        "year": self.run.years[year],
                        **{name: values[lives] for name, values in quantiles.items()},
                        "error": outcome.fan.bin_width[lives],
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def overview(self) -> pd.DataFrame:
        """One row per plan and scheme.

        Columns: plan, scheme, pools, ruin_share (mean over counties of the probability that
        a pool is ruined while the county is in it), any_ruin (share of scenarios in
        which some pool is ruined), required reserve and gain, each with its error;
        opening_balance, and the gain's parts.
        """
        rows = []
        gains = self.gain.table
        for (plan, scheme), outcome in self.run.outcomes.items():
            risk_rows = self.risk[(self.risk["plan"] == plan) & (self.risk["scheme"] == scheme)]
            ruined = outcome.ruin < self.run.years.size
            laid = layout(self.study.case, self.run.plans[plan], scheme, self.run.years)
            counties = np.zeros((ruined.shape[0], len(self.study.case.regions.codes)), dtype=bool)
            for offset, pools in zip(laid.offsets, laid.pools, strict=False):
                counties |= ruined[:, offset + pools.of_county]
            mean_ruin = counties.mean(axis=1)
            p = float(ruined.any(axis=1).mean())
            row = {
                "plan": plan,
                "scheme": scheme,
                "pools": len(risk_rows),
                "ruin_share": float(mean_ruin.mean()),
                "ruin_share_error": float(mean_ruin.std() / np.sqrt(self.run.scenarios)),
                "any_ruin": p,
                "any_ruin_error": float(np.sqrt(p * (1 - p) / self.run.scenarios)),
                "opening_balance": float(risk_rows["opening_balance"].sum()),
            }
            gain_rows = gains[(gains["plan"] == plan) & (gains["scheme"] == scheme)]
            names = ("required_reserve", "required_reserve_error", "gain", "gain_error",
                     "levelling", "systematic", "noise", "systematic_reserve")  # fmt: skip
            row |= {
                name: float(gain_rows[name].iloc[0]) if len(gain_rows) else np.nan for name in names
            }
            rows.append(row)
        return pd.DataFrame(rows)


def solvency_risk(
    study: Study,
    plans: Sequence[str | PoolingPlan],
    scenarios: int,
    seed: int = 1,
    engine: Engine | None = None,
    method: str = "pseudo",
    progress: Callable[[int], None] | None = None,
    terms: ScenarioTerms | None = None,
) -> SolvencyRisk:
    """Run the scenarios of a study under several plans.

    >>> from fundpool import examples
    >>> risk = solvency_risk(examples.study(), ["county", "city"], scenarios=50)
    >>> risk.overview["plan"].unique().tolist()
    ['county', 'city']

    Args:
        study: a projected case with a section ``scenarios``.
        plans: levels or plans; gains are counted against the first.
        scenarios: how many, at least two.
        seed: seed of all draws.
        engine: where scenarios run; default: threads of this process.
        method: ``pseudo`` or ``sobol`` for the drivers.
        progress: called with the number of scenarios done.
        terms: the study's coefficients by the same method; computed unless given.

    Raises:
        CaseError: the case has no section ``scenarios``.
        ValueError: fewer than two scenarios, a bad seed, plan or method, or schemes that merge.
        EngineError: the engine cannot be used.
    """
    settings = scenario_settings(study.case)
    terms = terms or scenario_terms(study, method)
    run = run_scenarios(study, plans, scenarios, seed, engine, terms, progress=progress)
    quiet = run_scenarios(study, plans, scenarios, seed, engine, terms.without_noise())
    return SolvencyRisk(study, run, quiet, settings.ruin_target.value)
