"""Levers: what a planner can change without a new projection.

For fixed people and cover every flow is linear in rates, premiums, prices and the frequency of
care, so a changed lever multiplies recorded flows:

* a growth that changes by ``d`` from a year on: ``prod (1 + g + d) / (1 + g)`` on what follows it;
* the contribution rate: ``(r + d) / r`` on contributions and on what is paid for missing years,
  in proportion on what accounts are credited with out of contributions;
* premium and subsidy of a flat scheme, and the frequency of care: a factor from a year on.

Participation is held: what a rate does to enrolment needs a new projection, as do moves, cover
and rules of payment. Personal accounts are held too, so what pooled funds gain from accounts on
moves stays as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.flows.record import CountyFlows


@dataclass(frozen=True)
class SchemeLevers:
    """Changes to one scheme's income.

    >>> SchemeLevers(rate=0.01).premium
    0.0

    Attributes:
        rate: points added to the contribution rate of a payroll scheme, as a fraction of the base.
        premium, subsidy: relative change of premium and subsidy of a flat scheme.
    """

    rate: float = 0.0
    premium: float = 0.0
    subsidy: float = 0.0


@dataclass(frozen=True)
class FlowLevers:
    """Changes from a year on.

    >>> FlowLevers(from_year=2025, medical_inflation=0.01).care
    0.0

    Attributes:
        from_year: first year that is changed; None for the first projected year.
        wage_growth, medical_inflation, premium_growth, interest: added to the yearly rate.
        care: relative change of the frequency of care.
        schemes: changes to single schemes' income.
    """

    from_year: int | None = None
    wage_growth: float = 0.0
    medical_inflation: float = 0.0
    premium_growth: float = 0.0
    interest: float = 0.0
    care: float = 0.0
    schemes: Mapping[str, SchemeLevers] = field(default_factory=dict)

    def changed_years(self, flows: CountyFlows) -> FloatArray:
        """1 in years that are changed, ``(T + 1,)``; the base year never is."""
        first = int(flows.years[1]) if self.from_year is None else self.from_year
        changed = (flows.years >= first).astype(np.float64)
        changed[0] = 0.0
        return changed


def index_factor(index: FloatArray, change: float, changed: FloatArray) -> FloatArray:
    """What an index is multiplied by when its growth changes in some years, ``(T + 1,)``.

    >>> index_factor(np.array([1.0, 1.1, 1.21]), 0.11, np.array([0.0, 0.0, 1.0])).round(6).tolist()
    [1.0, 1.0, 1.1]
    """
    growth = index[1:] / index[:-1]
    return np.concatenate([[1.0], np.cumprod((growth + change * changed[1:]) / growth)])


def with_levers(case: Case, flows: CountyFlows, levers: FlowLevers) -> CountyFlows:
    """The flows as they are with levers moved.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> levers = FlowLevers(schemes={"employee": SchemeLevers(rate=0.01)})
    >>> raised = with_levers(study.case, study.flows, levers)
    >>> bool((raised.contributions[0, 1:] >= study.flows.contributions[0, 1:]).all())
    True

    Args:
        case: the case that was projected.
        flows: its flows.
        levers: what changes.

    Raises:
        ValueError: a rate that would fall below zero, or a growth of -100 % and less.
    """
    changed = levers.changed_years(flows)
    paths = flows.paths
    wage = index_factor(paths.wage, levers.wage_growth, changed)
    price = index_factor(paths.medical_price, levers.medical_inflation, changed)
    premium = index_factor(paths.premium, levers.premium_growth, changed)
    interest = paths.interest + levers.interest * changed[1:]
    if min(wage.min(), price.min(), premium.min(), 1.0 + interest.min()) <= 0:
        raise ValueError("a growth or interest of -100 % and less")
    care = (price * (1.0 + levers.care * changed))[:, None]
    base = flows.contribution_base * wage[:, None]
    contributions, subsidies = flows.contributions.copy(), flows.subsidies.copy()
    account_credits = flows.account_credits * wage[:, None]
    missing_years_paid = flows.missing_years_paid * wage[:, None]
    for number, scheme in enumerate(case.schemes):
        own = levers.schemes.get(scheme.name, SchemeLevers())
        if scheme.kind == "payroll":
            contributions[number] *= wage[:, None]
            if own.rate:
                factor, share = _rate_factor(case, number, own.rate, changed)
                more = contributions[number] * (factor - 1.0)
                contributions[number] += more
                account_credits[number] += more * share
                missing_years_paid[number] *= factor
        else:
            contributions[number] *= (premium * (1.0 + own.premium * changed))[:, None]
            subsidies[number] *= (premium * (1.0 + own.subsidy * changed))[:, None]
    return replace(
        flows,
        contribution_base=base,
        contributions=contributions,
        subsidies=subsidies,
        account_credits=account_credits,
        missing_years_paid=missing_years_paid,
        claims_incurred=flows.claims_incurred * care,
        claims_offsite=flows.claims_offsite * care,
        claims_by_distance=flows.claims_by_distance * care[..., None, None, None],
        expected_cost=flows.expected_cost * care,
        paths=replace(
            paths,
            wage=paths.wage * wage,
            medical_price=paths.medical_price * price,
            premium=paths.premium * premium,
            interest=interest,
        ),
    )


def _rate_factor(
    case: Case, number: int, change: float, changed: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """New over old contribution rate, and the accounts' share of contributions, ``(T + 1, n + 1)``.

    Outside the case the factor is one.
    """
    scheme, regions = case.schemes[number], case.regions
    factor = np.ones((changed.size, len(regions.codes) + 1))
    share = np.zeros_like(factor)
    for t in np.flatnonzero(changed):
        year = case.base_year + int(t)
        rate = scheme.rule_array("employer_rate", regions, year) + scheme.rule_array(
            "employee_rate", regions, year
        )
        if (rate + change < 0).any():
            raise ValueError(f"a contribution rate of {scheme.name} below zero")
        factor[t, :-1] = ratio(rate + change, rate, 1.0)
        share[t, :-1] = scheme.rule_array("account_share", regions, year)
    return factor, share
