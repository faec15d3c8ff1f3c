"""Pooling by province with the behaviour that was measured of it: none, half and published size.

Outcome: the level rate, and the money that must come from outside so that no fund is ever below
zero, in present value. The break-even is the rise of claims at which one provincial fund asks for
as much as the cities' funds do together.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from fundpool.inputs.case import Case, read_case
from fundpool.models.projection.study import Projection, Study, study
from validation.part import Check, Part, markdown_table

CASE, LEVEL, YEARS = "jiangsu", "province", 30
HORIZONS = (15, 30)
SHARES = {"none": 0.0, "half": 0.5, "published": 1.0}
MOST = 1.0
"""Largest rise of claims looked at: claims doubled."""


def published_effects(case: Case) -> tuple[float, float]:
    """Relative rise of claims and change of contributions under one provincial fund."""
    pooling = case.settings.pooling
    claims, income = pooling.moral_hazard_published, pooling.collection_effort_published
    assert claims is not None
    assert income is not None
    return float(claims.value_of(LEVEL)), float(income.value_of(LEVEL))


def with_behaviour(base: Study, claims: float, income: float) -> Study:
    """A study whose provincial fund pays and collects as said: flows do not follow from it."""
    values = {
        f"pooling.moral_hazard.values.{LEVEL}": claims,
        f"pooling.collection_effort.values.{LEVEL}": income,
    }
    return replace(base, case=base.case.with_values(values))


def from_outside(projection: Projection, scheme: str, years: int) -> float:
    """Money that keeps every fund of a scheme at zero or above, present value in CNY.

    A balance earns the rate of interest, a debt costs it: the largest debt, discounted, is what
    is needed at the start.
    """
    case = projection.case
    funds = projection.funds[projection.funds["scheme"] == scheme]
    balances = funds.pivot_table(index="year", columns="pool", values="balance", aggfunc="sum")
    balances = balances.loc[: case.base_year + years]
    earned = [
        1.0 if year == case.base_year else 1.0 + case.value("economy.interest", int(year))
        for year in balances.index
    ]
    discounted = balances.to_numpy(float) / np.cumprod(earned)[:, None]
    return float(np.maximum(-discounted.min(axis=0), 0.0).sum())


def break_even(outside: Callable[[float], float], wanted: float) -> float:
    """The rise of claims at which as much is needed as ``wanted``; NaN if at none up to one.

    >>> round(break_even(lambda rise: 10 * rise, 2.0), 6)
    0.2
    >>> break_even(lambda rise: 1 + rise, 0.5)
    nan
    """
    low, high = 0.0, MOST
    if outside(low) > wanted or outside(high) < wanted:
        return float("nan")
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if outside(middle) < wanted else (low, middle)
    return (low + high) / 2.0


def behaviour() -> Part:
    """The cities' funds beside one provincial fund, with behaviour as a range."""
    base = study(read_case(CASE), YEARS)
    case = base.case
    claims, income = published_effects(case)
    cities = base.pooled(case.usual_pooling)
    schemes = list(cities.overview["scheme"])
    rows, ends, checks = [], [], []
    runs = {"cities' funds": cities} | {
        f"one fund, {name}": with_behaviour(base, share * claims, share * income).pooled(LEVEL)
        for name, share in SHARES.items()
    }
    for scheme in schemes:
        needed = {}
        for name, projection in runs.items():
            overview = projection.overview.set_index("scheme").loc[scheme]
            needed[name] = [from_outside(projection, scheme, years) for years in HORIZONS]
            first = overview["first_exhaustion"]
            rows.append(
                {
                    "scheme": scheme,
                    "funds": name,
                    "level rate, %": f"{100 * overview['level_rate_mean']:.2f}",
                    "runs dry": f"{int(overview['pools_exhausted'])} of {int(overview['pools'])}",
                    "first": "-" if pd.isna(first) else str(int(first)),
                }
                | {
                    f"from outside, {years} years, bn": f"{value / 1e9:.0f}"
                    for years, value in zip(HORIZONS, needed[name], strict=True)
                }
            )
        for place, years in enumerate(HORIZONS):
            wanted = needed["cities' funds"][place]

            def outside(rise: float, years: int = years, scheme: str = scheme) -> float:
                return from_outside(with_behaviour(base, rise, 0.0).pooled(LEVEL), scheme, years)

            rise = break_even(outside, wanted)
            ends.append(
                {
                    "scheme": scheme,
                    "years": years,
                    "break-even rise of claims": "none" if rise != rise else f"{100 * rise:.1f} %",
                    "published": f"{100 * claims:.1f} %",
                }
            )
        none, most = needed["one fund, none"][-1], needed["one fund, published"][-1]
        together = needed["cities' funds"][-1]
        checks += [
            Check(f"{scheme}: one fund without behaviour asks for no more than the cities' funds",
                  f"{none / 1e9:.1f} and {together / 1e9:.1f} bn", none <= together * (1 + 1e-9)),
            Check(f"{scheme}: behaviour makes it ask for more", f"{most / 1e9:.1f} bn",
                  most > none),
        ]  # fmt: skip
    text = (
        f"Published of full provincial pooling of the employee scheme (eight provinces, 2023): "
        f"spending a head {100 * claims:+.1f} %, income a head {100 * income:+.1f} %. Nothing like "
        "it is published of one fund of a province for residents; the same is taken of them. The "
        "comparison at none of it, half and all. *From outside*: money that keeps every fund at "
        "zero or above, present value.\n\n"
        + markdown_table(pd.DataFrame(rows))
        + "\n\nBreak-even: the rise of claims, income unchanged, at which one fund asks for as "
        "much from outside as the cities' funds; a larger one eats up what merging saves. Where "
        "most cities run dry in any case, little is saved and little behaviour is needed.\n\n"
        + markdown_table(pd.DataFrame(ends))
    )
    return Part(text, tuple(checks))
