"""How far a county's claims of a year stray from what is expected of its people.

Claims of a scheme in a county are a compound distribution: a Poisson number ``N`` of claims whose
yearly level varies by a gamma factor of variance ``omega`` (overdispersion: negative binomial),
and payments ``Y = b(X)``. Its cumulants are closed forms,

``k1 = l E[Y]``,  ``k2 = l E[Y^2] + omega k1^2``,
``k3 = l E[Y^3] + 3 omega k1 l E[Y^2] + 2 omega^2 k1^3``,

with the moments of the payment from :mod:`fundpool.actuarial.limited_moments`: the claims of the
year are added up once more with every expected payment replaced by its second (third) moment. A
claim that is only sometimes claimed is a Bernoulli factor and keeps its place before the moment.
Where a rule looks at a person's year, the variance is that of persons' years
(:mod:`fundpool.models.claims.person_years`); the table of a small pool keeps the shape of claims.

The shape is the normal with a correction for skewness, ``z + g (z^2 - 1) / 6`` (Cornish and
Fisher, first order); for small pools, whose skewness is beyond what that can do, the quantiles of
the aggregate loss itself, computed by FFT.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr
from scipy.stats import pearson3

from fundpool.actuarial.aggregate_check import AggregateCheck
from fundpool.actuarial.aggregate_loss import compound_negative_binomial
from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.limited_moments import payment_moment_grid
from fundpool.actuarial.payment_severity import PaymentSeverity
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.claims.compiled import claims_of_year
from fundpool.models.claims.terms import (
    DUAL,
    ClaimTerms,
    K,
    layers_of_all,
    payer_of,
    payments_of_all,
)
from fundpool.models.flows.record import CountyFlows, Multipliers
from fundpool.models.flows.years import OpeningYear
from fundpool.models.scenarios.compiled import GRID_HALF, GRID_STEP

SMALL_POOL_SKEWNESS = 0.4
"""Skewness from which a county's quantiles are taken from its aggregate loss."""

LATTICE = 8192
"""Points of the lattice of an aggregate loss."""


@dataclass(frozen=True)
class PaymentMoments:
    """Sums over the base year's expected claims of powers of the payment, ``(S, n)`` each.

    Base-year money: ``first`` is the expected claims, ``second`` the variance of a Poisson
    number of them, ``third`` its third cumulant.
    """

    first: FloatArray
    second: FloatArray
    third: FloatArray


@dataclass(frozen=True)
class ClaimsNoise:
    """Relative noise of claims by county and year.

    Attributes:
        variation: coefficient of variation, ``(S, T, n)``.
        skewness: ``(S, T, n)``.
        small: scheme and county of pools with a table of their own, ``(m, 2)``.
        tables: their standardised quantiles at normals from -6 to 6, ``(m, 241)``.
        check: of their aggregate losses, the largest errors.
    """

    variation: FloatArray
    skewness: FloatArray
    small: IntArray
    tables: FloatArray
    check: AggregateCheck


def payment_moments(opening: OpeningYear, multipliers: Multipliers) -> PaymentMoments:
    """Moments of what the base year's claims cost every scheme and county.

    Raises:
        CaseError: a payment without ceiling for a cost without variance.
    """
    terms = opening.terms.at_level(multipliers.claims)
    sums = []
    for order in (1, 2, 3):
        terms_of_order = terms if order == 1 else moment_terms(opening, terms, order)
        claims = claims_of_year(opening.exposure, terms_of_order, opening.people.register)
        sums.append(claims.settlement.sum(axis=2)[:, :-1])
    return PaymentMoments(*sums)


def moment_terms(opening: OpeningYear, terms: ClaimTerms, order: int) -> ClaimTerms:
    """The base year's claim terms with payments replaced by their second or third moment.

    Raises:
        CaseError: the moment does not exist.
    """
    asked = opening.tables, opening.base.schemes, (int(terms.scheme_of[DUAL]), terms.second_scheme)
    payments, together = payments_of_all(*asked, terms.price, order)
    layers = layers_of_all(*asked, terms.price, order)
    of_layers = [moments for layer in layers for moments in (layer.payments, layer.together)]
    if not all(np.isfinite(moments).all() for moments in (payments, together, *of_layers)):
        raise CaseError(
            [
                Finding.of_setting("tables/severity", "cv", None,
                                   Message("costs whose payments have a variance and a skewness"),
                                   Message("Give the benefit a ceiling, or the Pareto costs a "
                                           "smaller variation."))
            ]
        )  # fmt: skip
    return replace(terms, payments=payments, together=together, layers=layers)


def claims_noise(flows: CountyFlows, opening: OpeningYear, overdispersion: float) -> ClaimsNoise:
    """Noise of every county's claims in every projected year.

    The mix of claims is the base year's; their number follows the projection: expected claims in
    base-year money over those of the base year.

    Args:
        flows: of a projected case.
        opening: its opening year.
        overdispersion: variance ``omega`` of a county's yearly frequency beyond Poisson.
    """
    moments = payment_moments(opening, flows.multipliers)
    inside = np.s_[:, 1:, :-1]
    volume = flows.claims_incurred[inside] / flows.paths.medical_price[None, 1:, None]
    base = moments.first[:, None]
    grown = ratio(volume, base)
    poisson = ratio(ratio(moments.second, moments.first**2)[:, None], grown)
    third = ratio(ratio(moments.third, moments.first**3)[:, None], grown**2)
    variance = np.where(volume > 0, poisson + overdispersion, 0.0)
    cumulant = third + 3.0 * overdispersion * poisson + 2.0 * overdispersion**2
    skewness = ratio(cumulant, variance**1.5)
    small = np.argwhere((skewness[:, 0] > SMALL_POOL_SKEWNESS) & (volume[:, 0] > 0))
    tables, check = _tables(opening, flows.multipliers, overdispersion, small, skewness[:, 0])
    return ClaimsNoise(np.sqrt(variance), skewness, small.astype(np.int64), tables, check)


def _tables(
    opening: OpeningYear, multipliers: Multipliers, overdispersion: float,
    small: IntArray, skewness: FloatArray,
) -> tuple[FloatArray, AggregateCheck]:  # fmt: skip
    """Quantile tables of small pools, and the check of the aggregate losses that they come from.

    The shape is that of on-site care of the county's insured under its own rules; mean and
    variance are those of all their care. A fund that pays layers only, and insures nobody, has the
    shape of a shifted gamma distribution with its ``skewness``, ``(S, n)``.

    Raises:
        CaseError: an aggregate loss does not pass its own check.
    """
    tables = np.zeros((len(small), 2 * GRID_HALF + 1))
    worst = AggregateCheck()
    if len(small) == 0:
        return tables, worst
    terms = opening.terms.at_level(multipliers.claims)
    for row, (number, county) in enumerate(small.tolist()):
        expected = claims_by_kind(opening.exposure, terms, number, county)
        if not expected.any():
            tables[row] = _shifted_gamma(float(skewness[number, county]))
            continue
        scheme = opening.base.schemes[number]
        rules, costs = scheme.benefits, opening.tables.of_scheme(scheme.name).costs
        formulas = rules.formulas[rules.formula_of[county]]
        price = float(terms.price[county])
        kinds = [
            (float(expected[c, j]), formulas[c], costs[c][j].scaled(price))
            for c in range(expected.shape[0])
            for j in range(expected.shape[1])
            if expected[c, j] > 0
        ]
        payment = PaymentSeverity(*zip(*kinds, strict=True))
        tables[row], check = standardised_quantiles(float(expected.sum()), overdispersion, payment)
        if not check.passed:
            raise CaseError([_not_settled(scheme.name, check)])
        worst = worst.worst_with(check)
    return tables, worst


def _not_settled(scheme: str, check: AggregateCheck) -> Finding:
    return Finding.of_setting(
        f"schemes/{scheme}.toml", "benefits", None,
        Message("claims of a small fund whose aggregate loss passes its own check"),
        Message("The lattice leaves out %(truncated)s of the probability and misses the mean by "
                "%(mean)s, the standard deviation by %(deviation)s: give the benefit a ceiling, or "
                "costs in severity a smaller variation.", truncated=f"{check.truncated:.2%}",
                mean=f"{check.mean:.2%}", deviation=f"{check.deviation:.2%}"),
    )  # fmt: skip


def _shifted_gamma(skewness: float) -> FloatArray:
    """Standardised quantiles of a skewness at standard normals from -6 to 6, ``(241,)``."""
    chances = ndtr(GRID_STEP * np.arange(-GRID_HALF, GRID_HALF + 1))
    return np.asarray(pearson3.ppf(chances, skewness), dtype=np.float64)


def claims_by_kind(expected: FloatArray, terms: ClaimTerms, scheme: int, county: int) -> FloatArray:
    """Claims a year that a county's fund pays first, by service and age class, ``(C, J)``."""
    total = np.zeros(expected.shape[2:])
    for status in range(K):
        if terms.scheme_of[status] != scheme:
            continue
        pair_rows = np.flatnonzero(payer_of(terms, status) == county)
        tie = terms.pairs.tie[pair_rows]
        wanted = terms.relativity[terms.row[pair_rows], status] * terms.places[tie, status].sum(
            axis=2
        )
        total += (expected[pair_rows, status] * wanted[..., None]).sum(axis=0)
    return np.asarray(total * terms.level[scheme, county])


def standardised_quantiles(
    rate: float, dispersion: float, payment: PaymentSeverity
) -> tuple[FloatArray, AggregateCheck]:
    """Quantiles of ``(S - E[S]) / sd(S)`` of an aggregate loss at standard normals from -6 to 6.

    Args:
        rate: expected number of claims.
        dispersion: overdispersion of their number.
        payment: what is paid for one.

    Returns:
        quantiles ``(241,)``, and the check of the lattice.
    """
    second = _second_moment(payment)
    mean = rate * payment.mean()
    deviation = float(np.sqrt(rate * second + dispersion * mean**2))
    step = (mean + 15.0 * deviation) / LATTICE
    mass = compound_negative_binomial(rate, dispersion, payment, step, LATTICE)
    value = step * np.arange(LATTICE)
    whole = float(mass.sum())
    mass = mass / whole
    centre = float(mass @ value)
    spread = float(np.sqrt(mass @ (value - centre) ** 2))
    reached = np.cumsum(mass)
    normals = GRID_STEP * np.arange(-GRID_HALF, GRID_HALF + 1)
    place = np.minimum(np.searchsorted(reached, ndtr(normals), side="left"), LATTICE - 1)
    # within a lattice cell the mass is spread evenly, so that quantiles move continuously
    below = np.concatenate([[0.0], reached])[place]
    part = np.clip(ratio(ndtr(normals) - below, mass[place]), 0.0, 1.0)
    quantile = np.maximum(value[place] + (part - 0.5) * step, 0.0)
    quantile = np.where((place == 0) & (mass[0] > 0), 0.0, quantile)
    check = AggregateCheck(
        probabilities=max(whole - 1.0, 0.0),
        truncated=max(1.0 - whole, 0.0),
        mean=abs(centre / mean - 1.0),
        deviation=abs(spread / deviation - 1.0),
    )
    return (quantile - centre) / spread, check


def _second_moment(payment: PaymentSeverity) -> float:
    pieces: Sequence[float] = [
        weight * float(payment_moment_grid(formula, severity, 1.0, 2))
        for weight, formula, severity in zip(
            payment.weights, payment.formulas, payment.severities, strict=True
        )
    ]
    return float(sum(pieces))
