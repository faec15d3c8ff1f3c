"""What levers and other economic paths multiply recorded flows by.

For fixed people and cover every flow is proportional to an index and linear in rates, premiums,
prices and the frequency of care:

* payroll bases, contributions, what is paid for missing years and credits follow wages, flat
  premiums and subsidies their own index, claims the price of care;
* a growth that changes by ``d`` from a year on: ``prod (1 + g + d) / (1 + g)`` on what follows it;
* the contribution rate: ``(r + d) / r`` on contributions and on what is paid for missing years,
  in proportion on what accounts are credited with out of contributions;
* premium and subsidy of a flat scheme, and the frequency of care: a factor from a year on.
"""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.contributions.between_funds import with_paid_into_others
from fundpool.models.economy import EconomicPaths
from fundpool.models.flows.levers import FlowLevers, SchemeLevers
from fundpool.models.flows.record import CountyFlows
from fundpool.models.terms.subsidies import funds_paid_into


@dataclass(frozen=True)
class FlowFactors:
    """New over recorded flows; ``S`` schemes, ``T`` years after the base year, ``n`` counties.

    Attributes:
        paths: the economy after the change.
        wage, medical_price: new over old index, ``(T + 1,)``.
        paid_in: the same of what a scheme's contributions follow: wages, or premiums in a flat
            scheme, ``(S, T + 1)``.
        rate: new over old contribution rate or premium, ``(S, T + 1, n + 1)``.
        subsidy: new over old subsidy, ``(S, T + 1)``.
        account_share: share of contributions that goes to personal accounts where the rate
            changes, ``(S, T + 1, n + 1)``.
        care: new over old frequency of care, ``(T + 1,)``.
        receiving: numbers of schemes into whose funds others pay.
    """

    paths: EconomicPaths
    wage: FloatArray
    medical_price: FloatArray
    paid_in: FloatArray
    rate: FloatArray
    subsidy: FloatArray
    account_share: FloatArray
    care: FloatArray
    receiving: tuple[int, ...]

    def applied(self, flows: CountyFlows) -> CountyFlows:
        """The flows times the factors.

        Participation and personal accounts are held, so what pooled funds gain from accounts on
        moves stays as it was.
        """
        index, cost = self.paid_in[..., None], self.care * self.medical_price
        paid = 1.0 + flows.claims_following * (cost[:, None] - 1.0)
        contributions = scaled(flows.contributions, index)
        added = contributions * (self.rate - 1.0)
        granted = scaled(flows.granted, index * self.subsidy[..., None])
        cash = scaled(flows.cash_benefits, index)
        return replace(
            flows,
            contribution_base=scaled(flows.contribution_base, self.wage[:, None]),
            contributions=contributions + added,
            subsidies=scaled(flows.subsidies, index * self.subsidy[..., None]),
            cash_benefits=with_paid_into_others(cash, granted, flows.terms, self.receiving),
            granted=granted,
            account_credits=scaled(flows.account_credits, index) + added * self.account_share,
            missing_years_paid=scaled(flows.missing_years_paid, index * self.rate),
            claims_incurred=scaled(flows.claims_incurred, paid),
            claims_offsite=scaled(flows.claims_offsite, paid),
            claims_by_distance=scaled(flows.claims_by_distance, paid[..., None, None, None]),
            settlement=scaled(flows.settlement, cost[:, None, None]),
            cost_of_care=scaled(flows.cost_of_care, cost[:, None]),
            care=_care(flows.care, cost),
            expected_cost=scaled(flows.expected_cost, cost[:, None]),
            duplicate_avoided=scaled(flows.duplicate_avoided, cost[:, None]),
            paths=self.paths,
        )


def _care(care: FloatArray, cost: FloatArray) -> FloatArray:
    """Care by residence with its money times the cost of care, and people as they are."""
    factor = np.ones((cost.size, 1, care.shape[2], 1))
    factor[:, 0, 1:, 0] = cost[:, None]
    return scaled(care, factor)


def scaled(values: FloatArray, factor: FloatArray) -> FloatArray:
    """Values times a factor; themselves where the factor is one throughout.

    >>> values = np.array([1.0, 2.0])
    >>> scaled(values, np.ones(2)) is values, scaled(values, np.array([1.0, 1.5])).tolist()
    (True, [1.0, 3.0])
    """
    return values if (factor == 1.0).all() else values * factor


def factors_of_paths(case: Case, flows: CountyFlows, paths: EconomicPaths) -> FlowFactors:
    """Factors from the economy that flows were recorded in to another one.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> same = factors_of_paths(study.case, study.flows, study.flows.paths)
    >>> bool((same.wage == 1.0).all())
    True

    Args:
        case: the case that the flows come from.
        flows: its flows.
        paths: other paths over the same years.
    """
    wage = paths.wage / flows.paths.wage
    premium = paths.premium / flows.paths.premium
    ones = np.ones(flows.contributions.shape)
    return FlowFactors(
        paths=paths,
        wage=wage,
        medical_price=paths.medical_price / flows.paths.medical_price,
        paid_in=np.stack([wage if s.kind == "payroll" else premium for s in case.schemes]),
        rate=ones,
        subsidy=ones[..., 0],
        account_share=np.zeros(ones.shape),
        care=np.ones(wage.size),
        receiving=tuple(map(case.scheme_number, funds_paid_into(case.schemes))),
    )


def factors_of_levers(case: Case, flows: CountyFlows, levers: FlowLevers) -> FlowFactors:
    """Factors that levers put on recorded flows.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> factors_of_levers(study.case, study.flows, FlowLevers(care=0.1)).care.tolist()
    [1.0, 1.1, 1.1, 1.1]

    Args:
        case: the case that the flows come from.
        flows: its flows.
        levers: what changes.

    Raises:
        ValueError: a rate that would fall below zero, or a growth of -100 % and less.
    """
    changed = changed_years(levers, flows)
    factors = factors_of_paths(case, flows, moved_paths(levers, flows.paths, changed))
    rate, subsidy = factors.rate.copy(), factors.subsidy.copy()
    account_share = factors.account_share
    for number, scheme in enumerate(case.schemes):
        change = levers.schemes.get(scheme.name, SchemeLevers())
        if scheme.kind != "payroll":
            rate[number] *= (1.0 + change.premium * changed)[:, None]
            subsidy[number] *= 1.0 + change.subsidy * changed
        elif change.rate:
            rate[number], account_share[number] = _rate_factor(flows, number, change.rate, changed)
    return replace(factors, rate=rate, subsidy=subsidy, care=1.0 + levers.care * changed)


def changed_years(levers: FlowLevers, flows: CountyFlows) -> FloatArray:
    """1 in years that are changed, ``(T + 1,)``; the base year never is."""
    first = int(flows.years[1]) if levers.from_year is None else levers.from_year
    changed = (flows.years >= first).astype(np.float64)
    changed[0] = 0.0
    return changed


def moved_paths(levers: FlowLevers, paths: EconomicPaths, changed: FloatArray) -> EconomicPaths:
    """Economic paths with the growths and the interest that levers add.

    Raises:
        ValueError: a growth or interest of -100 % and less.
    """
    growths = {
        "wage": levers.wage_growth,
        "medical_price": levers.medical_inflation,
        "premium": levers.premium_growth,
    }
    moved = {
        name: getattr(paths, name) * index_factor(getattr(paths, name), change, changed)
        for name, change in growths.items()
    }
    interest = paths.interest + levers.interest * changed[1:]
    if min(*(index.min() for index in moved.values()), 1.0 + interest.min()) <= 0:
        raise ValueError("a growth or interest of -100 % and less")
    return replace(paths, **moved, interest=interest)


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
    return factors_of_levers(case, flows, levers).applied(flows)


def can_be_repriced(flows: CountyFlows) -> bool:
    """Whether flows follow prices and wages by factors alone.

    Accounts feed on their own interest and are not carried over, where pooled funds gain from them;
    budgets do not follow the price of care; nor does a premium that is limited by income follow
    premiums.

    >>> from fundpool import examples
    >>> can_be_repriced(examples.study().flows)
    True
    """
    limited = any(
        scheme.flat is not None
        and scheme.flat.classes is not None
        and scheme.flat.classes.limit is not None
        for terms in flows.terms
        for scheme in terms.schemes
    )
    return not (flows.accounts_to_pool.any() or flows.provider_payments or limited)


def repriced(case: Case, flows: CountyFlows, paths: EconomicPaths) -> CountyFlows:
    """Flows of the same people under other economic paths.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> same = repriced(study.case, study.flows, study.flows.paths)
    >>> bool(np.allclose(same.claims_incurred, study.flows.claims_incurred))
    True

    Args:
        case: the case that the flows come from.
        flows: its flows.
        paths: other paths over the same years.

    Raises:
        ValueError: the paths run over another number of years, or flows do not
            follow them (:func:`can_be_repriced`).
    """
    if not can_be_repriced(flows):
        raise ValueError("flows do not follow prices and wages by factors; project anew")
    if paths.wage.shape != flows.paths.wage.shape:
        raise ValueError("paths and flows must run over the same years")
    return factors_of_paths(case, flows, paths).applied(flows)


def _rate_factor(
    flows: CountyFlows, number: int, change: float, changed: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """New over old contribution rate, and the accounts' share of contributions, ``(T + 1, n + 1)``.

    Outside the case the factor is one.
    """
    factor = np.ones(flows.persons.shape[1:])
    share = np.zeros_like(factor)
    for t in np.flatnonzero(changed):
        scheme = flows.terms[t].schemes[number]
        assert scheme.payroll is not None
        rate = scheme.payroll.rate
        if (rate + change < 0).any():
            raise ValueError(f"a contribution rate of {scheme.name} below zero")
        factor[t, :-1] = ratio(rate + change, rate, 1.0)
        share[t, :-1] = scheme.payroll.account_share
    return factor, share
