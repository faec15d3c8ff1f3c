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

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import TIES
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.coverage.packages import joining_share

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


def participation(case: Case, year: int) -> Participation:
    """What a case's levers make of participation in a year."""
    growth = [
        1.0 + case.value("coverage.employee_enrolment_growth", y)
        for y in range(case.base_year + 1, year + 1)
    ]
    everyone = float(np.prod(growth)) if growth else 1.0
    migrants, lapse = 1.0, 1.0
    if case.settings.participation is not None:
        now, then = _levers(case, year), _levers(case.reference, case.base_year)
        everyone *= now["contracts"] / then["contracts"] * now["compliance"] / then["compliance"]
        everyone *= (now["rate"] / then["rate"]) ** -case.value(
            "participation.premium_elasticity", year
        )
        migrants = now["awareness"] / then["awareness"] * now["portable"] / then["portable"]
        lapse = now["lapse"] / then["lapse"]
    entry = np.array([everyone * (migrants if migrant else 1.0) for migrant in MIGRANTS])
    lapses = np.array([lapse if migrant else 1.0 for migrant in MIGRANTS])
    return Participation(entry, migrant_scheme_entry(case, year), lapses)


def _levers(case: Case, year: int) -> dict[str, float]:
    """The levers of a year as plain numbers; a rate of one where nothing is paid on wages."""
    rate, portable, direct = 1.0, False, True
    for scheme in case.schemes:
        if scheme.kind == "payroll" and "employee" in scheme.statuses_covered:
            rate = scheme.rule("employer_rate", None, year) + scheme.rule(
                "employee_rate", None, year
            )
            portable = scheme.account_on_move(year) == "transfer" and scheme.time_recognised(year)
        if "home_resident" in scheme.statuses_covered:
            direct = scheme.regime(year) == "direct"
    effect = case.value("participation.portability_effect", year)
    eased = case.value("participation.direct_settlement_effect", year)
    return {
        "awareness": case.value("participation.awareness", year),
        "contracts": case.value("participation.contract_coverage", year),
        "compliance": compliance(
            case.value("participation.voluntary_compliance", year),
            case.value("participation.mandate_enforced", year),
        ),
        "rate": rate if rate > 0 else 1.0,
        "portable": 1.0 + effect * portable,
        "lapse": 1.0 - eased * direct,
    }


def migrant_scheme(case: Case) -> Scheme | None:
    """The scheme that people enter by its own enrolment rule, if the case has one."""
    for scheme in case.schemes:
        if scheme.file.enrolment is not None:
            return scheme
    return None


def migrant_scheme_entry(case: Case, year: int) -> FloatArray:
    """Hazard of entering the separate migrant scheme, ``(5, n + 1)``."""
    n = len(case.regions.codes)
    result = np.zeros((len(TIES), n + 1))
    scheme = migrant_scheme(case)
    if scheme is None or scheme.file.enrolment is None:
        return result
    enrolment = scheme.file.enrolment
    if year < enrolment.from_year:
        return result
    levers = case.settings.participation
    known = case.value("participation.awareness", year) if levers is not None else 1.0
    obeyed = (
        compliance(
            case.value("participation.voluntary_compliance", year),
            case.value("participation.mandate_enforced", year),
        )
        if levers is not None and enrolment.eligibility == "contract"
        else 1.0
    )
    table = case.tables["employment"]
    employed = np.zeros(n)
    employed[[case.regions.index(code) for code in table["region"]]] = table["employed_share"]
    hazard = enrolment.intensity.since(year) * employed * known * obeyed
    hazard = hazard * joining_share(case, scheme)
    for tie, name in enumerate(TIES):
        if name in ("within", "between", "inbound"):
            result[tie, :n] = hazard
    return result
