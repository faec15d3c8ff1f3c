"""A cost of a claim and its mean apart: what years and schemes at other costs can share.

Where the price of a service grows from year to year, or a claim costs more in one scheme than in
another, ``X`` becomes ``c X``. Both are ``X / E[X]`` at two prices.
"""

from typing import cast

import numpy as np

from fundpool.actuarial.mixed_severity import MixedSeverity
from fundpool.actuarial.severity import (
    Exponential,
    Gamma,
    Lognormal,
    Pareto,
    Severity,
    Weibull,
)

DIGITS = 12
"""Significant digits of the means of a mixture's kinds over that of all."""


def at_mean_one(cost: Severity) -> tuple[Severity, float]:
    """``X / E[X]`` and ``E[X]``; ``X`` itself and 1 for other distributions than the closed forms.

    That of ``c X`` equals that of ``X`` bit by bit, as it comes of the shape alone. Those of a
    mixture do where all its costs grow alike, as the ratios of its means are rounded.

    >>> at_mean_one(Exponential(100.0))
    (Exponential(scale=1.0), 100.0)
    >>> visits, stays = Lognormal.from_mean_cv(250.0, 1.8), Gamma(0.4, 9_000.0)
    >>> mixed = MixedSeverity((6.0, 0.2), (visits, stays))
    >>> dearer = MixedSeverity((6.0, 0.2), (visits.scaled(1.1), stays.scaled(1.1)))
    >>> at_mean_one(mixed)[0] == at_mean_one(dearer)[0]
    True
    """
    one: Severity
    match cost:
        case Lognormal():
            one = Lognormal(-0.5 * cost.sigma**2, cost.sigma)
        case Gamma():
            one = Gamma(cost.shape, 1.0 / cost.shape)
        case Pareto() if cost.shape > 1.0:
            one = Pareto(cost.shape, cost.shape - 1.0)
        case Exponential():
            one = Exponential(1.0)
        case Weibull():
            one = Weibull(cost.shape, 1.0 / Weibull(cost.shape, 1.0).mean())
        case MixedSeverity() if np.isfinite(mean := cost.mean()):
            kinds = [at_mean_one(kind) for kind in cost.severities]
            ones = tuple(kind.scaled(_rounded(of_kind / mean)) for kind, of_kind in kinds)
            # it has what payment by year asks of a severity
            one = cast(Severity, MixedSeverity(cost.weights, ones))
        case _:
            return cost, 1.0
    return one, cost.mean()


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
