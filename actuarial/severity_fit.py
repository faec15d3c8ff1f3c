"""The family, mean and variation that fit observed costs of claims."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar
from scipy.stats import gamma, lognorm, lomax

from fundpool.actuarial.arrays import FloatArray, not_negative, one_row
from fundpool.actuarial.severity import Gamma, Lognormal, Pareto

FAMILIES = ("lognormal", "gamma", "pareto")
LARGEST_CV = 50.0


@dataclass(frozen=True)
class SeverityFit:
    """A distribution fitted to costs.

    >>> fit_severity([100.0, 200.0, 400.0]).mean == 700.0 / 3.0
    True

    Attributes:
        family: the likeliest of :data:`FAMILIES`.
        mean: mean of the costs.
        cv: coefficient of variation at which the family is likeliest.
        log_likelihoods: mean log likelihood of a claim, by family.
    """

    family: str
    mean: float
    cv: float
    log_likelihoods: dict[str, float]


def _log_density(family: str, costs: FloatArray, mean: float, cv: float) -> FloatArray:
    if family == "lognormal":
        log = Lognormal.from_mean_cv(mean, cv)
        return np.asarray(lognorm.logpdf(costs, s=log.sigma, scale=np.exp(log.mu)))
    if family == "gamma":
        shape = Gamma.from_mean_cv(mean, cv)
        return np.asarray(gamma.logpdf(costs, a=shape.shape, scale=shape.scale))
    tail = Pareto.from_mean_cv(mean, cv)
    return np.asarray(lomax.logpdf(costs, c=tail.shape, scale=tail.scale))


def fit_severity(costs: ArrayLike, weights: ArrayLike | None = None) -> SeverityFit:
    """The likeliest family for costs, with their mean.

    The mean is that of the costs, so that total cost is met whatever the family; the coefficient of
    variation of each family maximises ``sum w ln f(cost; mean, cv)``. Each family has one parameter
    left, so that their likelihoods compare directly (Klugman, Panjer and Willmot, Loss Models,
    chapters on maximum likelihood estimation and model selection).

    >>> rng = np.random.default_rng(1)
    >>> fit = fit_severity(rng.gamma(4.0, 250.0, 4000))
    >>> fit.family, round(fit.cv, 1)
    ('gamma', 0.5)

    Args:
        costs: of each claim, ``(n,)``, above 0.
        weights: of each, such as one over the share complete, ``(n,)``; equal ones by default.

    Raises:
        ValueError: fewer than two different costs, or one that is not above 0.
    """
    x = one_row(costs, "costs")
    w = np.ones(x.size) if weights is None else not_negative(weights, "weights")
    if not (x > 0).all() or np.unique(x).size < 2:
        raise ValueError("a severity needs at least two different costs, all above 0")
    mean, total = float(np.average(x, weights=w)), float(w.sum())
    cvs: dict[str, float] = {}
    likelihoods: dict[str, float] = {}
    for family in FAMILIES:
        least = 1.0 + 1e-6 if family == "pareto" else 1e-3

        def minus(log_cv: float, family: str = family) -> float:
            return -float(w @ _log_density(family, x, mean, float(np.exp(log_cv)))) / total

        best = minimize_scalar(
            minus, bounds=(np.log(least), np.log(LARGEST_CV)), method="bounded",
            options={"xatol": 1e-7},
        )  # fmt: skip
        cvs[family], likelihoods[family] = float(np.exp(best.x)), -float(best.fun)
    family = max(FAMILIES, key=likelihoods.__getitem__)
    return SeverityFit(family, mean, cvs[family], likelihoods)


def frequency_dispersion(counts: ArrayLike, expected: ArrayLike) -> float:
    """Variance of persons' own frequency relative to its mean, by the method of moments.

    Counts of a person with frequency ``mu Z``, ``E[Z] = 1`` and ``Var[Z] = phi`` (negative binomial
    where ``Z`` is gamma) have the variance ``mu + phi mu^2``, so
    ``phi = sum ((y - mu)^2 - mu) / sum mu^2``, at least 0 (Klugman, Panjer and Willmot, Loss
    Models, chapter on discrete distributions).

    >>> frequency_dispersion([0.0, 4.0], [2.0, 2.0]), frequency_dispersion([2.0, 2.0], [2.0, 2.0])
    (0.5, 0.0)

    Args:
        counts: claims of each person, ``(n,)``.
        expected: what they are expected to be, ``(n,)``.

    Raises:
        ValueError: lengths that differ, or nothing expected.
    """
    y, mu = one_row(counts, "counts"), not_negative(expected, "expected claims")
    if y.shape != mu.shape or not mu.sum() > 0:
        raise ValueError("dispersion needs expected claims for every person, and some above 0")
    return max(0.0, float(((y - mu) ** 2 - mu).sum() / (mu**2).sum()))
