"""A ceiling of the year on what is paid stay by stay.

With ``N`` stays the year's payment is ``S = Y_1 + ... + Y_N``, stays paid by the formula of their
number, so that its transform is nested: ``p_0 + f_1 (p_1 + f_2 (p_2 + ...))``, where ``p_n`` is
the probability of ``n`` stays and ``f_k`` the transform of what the ``k``-th is paid. The moments
of ``min(S, u)`` come from the distribution on a lattice that ends at ``u``, refined until they
settle.
"""

from collections.abc import Sequence

import numpy as np

from fundpool.actuarial.aggregate_loss import lattice_mass
from fundpool.actuarial.arrays import FloatArray, ratio
from fundpool.actuarial.benefits import Payment
from fundpool.actuarial.payment_severity import PaymentSeverity
from fundpool.actuarial.severity import Severity

POINTS = (2**10, 2**12, 2**14, 2**16)
"""Lattice points tried, coarse to fine."""
SETTLED, ACCEPTED = 1e-6, 1e-4
"""Relative change between two lattices at which moments count as exact, and at most."""
TILT = 20.0
"""Exponential tilt over the transform, which keeps what lies beyond it from wrapping round."""


def limited_by_stay(
    chances: FloatArray, severity: Severity, formulas: Sequence[Payment], ceiling: float
) -> tuple[float, float]:
    """Mean and variance of a year's payments by stay under a ceiling of the year.

    >>> from fundpool.actuarial.benefits import BenefitFormula
    >>> from fundpool.actuarial.severity import Empirical
    >>> full, two_stays = BenefitFormula(bands=((0, 1.0),)), np.array([0.0, 0.0, 1.0])
    >>> mean, variance = limited_by_stay(two_stays, Empirical([100.0], [1.0]), [full], 150.0)
    >>> round(mean, 6), round(variance, 6)
    (150.0, 0.0)

    Args:
        chances: probability of 0, 1, 2 ... stays, ``(most + 1,)``.
        severity: cost of a stay.
        formulas: by number of the stay; the last one holds for all later ones.
        ceiling: largest payment of a year, finite and positive.

    Raises:
        ArithmeticError: the finest lattice does not settle the result, or the probabilities on it
            do not add up.
    """
    paid = [PaymentSeverity((1.0,), (formula,), (severity,)) for formula in formulas]
    coarse = before = np.full(2, np.nan)
    change = np.inf
    for points in POINTS:
        fine = limited_moments_by_stay(chances, paid, [ceiling], points)[0]
        # the error falls as the square of the step (Richardson)
        settled = fine + np.where(np.isnan(coarse), 0.0, (fine - coarse) / 15.0)
        apart = np.abs(settled - before)
        # a payment of nothing is settled once it was nothing before
        relative = np.where(apart == 0.0, 0.0, ratio(apart, np.abs(settled), np.inf))
        change = float(relative.max())
        if change <= SETTLED:
            break
        coarse, before = fine, settled
    if not change <= ACCEPTED:
        raise ArithmeticError(
            f"a year's payments by stay are not settled on {POINTS[-1]:,} lattice points "
            f"(relative change {change:.1e})"
        )
    mean, square = settled
    return float(mean), float(max(square - mean**2, 0.0))


def limited_moments_by_stay(
    chances: FloatArray, paid: Sequence[PaymentSeverity], limits: Sequence[float], points: int
) -> FloatArray:
    """``E[min(S, u)]`` and ``E[min(S, u)^2]`` at each limit ``u`` on one lattice, ``(u, 2)``.

    >>> from fundpool.actuarial.benefits import BenefitFormula
    >>> from fundpool.actuarial.severity import Empirical
    >>> full = PaymentSeverity((1.0,), (BenefitFormula(bands=((0, 1.0),)),), (Empirical([100.0]),))
    >>> one_stay = np.array([0.0, 1.0])
    >>> limited_moments_by_stay(one_stay, [full], [50.0, 200.0], 1024)[:, 0].round(6).tolist()
    [50.0, 100.0]

    Args:
        chances: probability of 0, 1, 2 ... stays, ``(most + 1,)``.
        paid: for a stay, by its number; the last one holds for all later ones.
        limits: positive and finite; the lattice ends at the largest.
        points: of the lattice.

    Raises:
        ArithmeticError: the probabilities do not add up.
    """
    step, size = max(limits) / points, 2 * points
    tilted = np.exp(-TILT / size * np.arange(points))
    transforms = [np.fft.rfft(lattice_mass(each, step, points) * tilted, size) for each in paid]
    total = np.full(size // 2 + 1, chances[-1], dtype=complex)
    for number in range(chances.size - 2, -1, -1):
        total = chances[number] + transforms[min(number, len(paid) - 1)] * total
    mass = np.fft.irfft(total, size)[:points] / tilted
    beyond = float(chances.sum() - mass.sum())
    if not -1e-6 < beyond <= 1.0 + 1e-9:
        raise ArithmeticError(f"probabilities of a year by stay add up to {mass.sum():.9f}")
    amounts = step * np.arange(points)
    return np.array(
        [
            [mass @ np.minimum(amounts, u) ** power + u**power * beyond for power in (1, 2)]
            for u in limits
        ]
    )
