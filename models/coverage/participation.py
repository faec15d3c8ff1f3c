"""Participation: how readily people enter work-based cover, and what moves it.

In a chain with hazard ``e`` of entering and turnover ``lambda`` of leaving, the share insured tends
to ``e / (e + lambda)``. The entry hazards of the base year are those that renew its cover; a year's
hazards are these times

``m[t] = awareness[t]/awareness[0] * contracts[t]/contracts[0] * compliance[t]/compliance[0]
* (rate[t]/rate[0])^-elasticity * portability * growth``

with ``compliance = voluntary + (1 - voluntary) * enforced``; a mandate makes ``enforced`` positive.
Awareness and portability move migrants only; contracts, compliance and the rate move everyone.
A scheme of its own for migrant workers has no base year to renew. Its entry hazard is

``e = intensity * employed * eligible * uptake * awareness * compliance``,

``eligible`` being the share of workers with a contract, weighted over the county's industries, or
one where those without an employer may join.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.format.vocabulary import TIES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.terms.coverage import ParticipationTerms
from fundpool.models.terms.years import YearTerms

MIGRANTS = tuple(tie != "stayer" for tie in TIES)


@dataclass(frozen=True)
class Participation:
    """Participation in a year.

    Attributes:
        entry: multiplier of the base-year hazards of entering the payroll scheme, by tie, ``(5,)``.
        migrant_scheme: hazard of entering the separate migrant scheme by tie and county of
            residence, ``(5, n + 1)``; zero for stayers and where there is none.
        lapse: multiplier of the hazard of dropping resident cover, by tie, ``(5,)``.
    """

    entry: FloatArray
    migrant_scheme: FloatArray
    lapse: FloatArray

    def same_as(self, other: "Participation | None") -> bool:
        """Whether another year's participation is the same."""
        return (
            other is not None
            and np.array_equal(self.entry, other.entry)
            and np.array_equal(self.migrant_scheme, other.migrant_scheme)
            and np.array_equal(self.lapse, other.lapse)
        )


def compliance(voluntary: float, enforced: float) -> float:
    """Share of employers who enrol their workers.

    >>> compliance(0.5, 0.0), compliance(0.5, 0.6)
    (0.5, 0.8)
    """
    return voluntary + (1.0 - voluntary) * enforced


def insured_share(entry: float, turnover: float, eligible: float = 1.0) -> float:
    """Share insured in the long run, ``eligible * entry / (entry + turnover)``.

    >>> round(insured_share(0.462, 0.462, 0.5), 3)
    0.25
    """
    return eligible * entry / (entry + turnover) if entry + turnover > 0 else 0.0


def entry_hazard(share: float, turnover: float, eligible: float = 1.0) -> float:
    """Hazard of entering at which a share is insured in the long run; the inverse of the above.

    >>> round(entry_hazard(0.25, 0.462, 0.5), 3)
    0.462

    Raises:
        ValueError: the share is not below the eligible share.
    """
    if not 0.0 <= share < eligible:
        raise ValueError("the insured share must lie between nothing and the eligible share")
    return turnover * share / (eligible - share)


def participation(terms: YearTerms) -> Participation:
    """What a year's levers make of participation.

    >>> from fundpool import examples
    >>> participation(examples.year_terms()).lapse.shape
    (5,)
    """
    everyone = terms.coverage.enrolment_growth
    migrants, lapse = 1.0, 1.0
    now, before = terms.participation, terms.participation_before
    if now is not None and before is not None:
        everyone *= now.contracts / before.contracts * complying(now) / complying(before)
        everyone *= (now.rate / before.rate) ** -now.elasticity
        migrants = now.awareness / before.awareness * now.portable / before.portable
        lapse = now.lapse / before.lapse
    entry = np.array([everyone * (migrants if migrant else 1.0) for migrant in MIGRANTS])
    lapses = np.array([lapse if migrant else 1.0 for migrant in MIGRANTS])
    return Participation(entry, migrant_scheme_entry(terms), lapses)


def complying(terms: ParticipationTerms) -> float:
    """Share of employers who enrol their workers in a year."""
    return compliance(terms.voluntary, terms.enforced)


def migrant_scheme_entry(terms: YearTerms) -> FloatArray:
    """Hazard of entering the separate migrant scheme, ``(5, n + 1)``."""
    result = np.zeros((len(TIES), len(terms.counties.codes) + 1))
    scheme, levers = terms.migrant_scheme, terms.participation
    if scheme is None:
        return result
    known = 1.0 if levers is None else levers.awareness
    obeyed = complying(levers) if levers is not None and scheme.by_contract else 1.0
    hazard = scheme.intensity * scheme.employed * known * obeyed * scheme.joining
    for tie, name in enumerate(TIES):
        if name in ("within", "between", "inbound"):
            result[tie, :-1] = hazard
    return result
