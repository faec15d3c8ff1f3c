"""What a scheme's rules say in a year, by county, as arrays."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np

from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.person_rules import PersonRule
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import SEXES
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.terms.cash_benefits import (
    CashBenefitTerms,
    benefits_of,
    cash_benefit_terms,
)
from fundpool.models.terms.member_groups import (
    ClassTerms,
    OwnChoiceTerms,
    class_terms,
    own_choice_terms,
)
from fundpool.models.terms.packages import package_cover, package_rate
from fundpool.models.terms.provider_payments import ProviderPayment, provider_payments
from fundpool.models.terms.subsidies import SubsidyTerms, subsidy_terms


@dataclass(frozen=True)
class PayrollTerms:
    """Rules of a payroll scheme in a year, by county, ``(n,)`` each, in money of the base year.

    Attributes:
        employer_rate, employee_rate: shares of the contribution base.
        base_floor, base_ceiling: over the local mean wage of the year.
        compliance: share of the wage that is declared.
        account_share: share of contributions credited to personal accounts.
        account_spending: share of balance and credits spent in the year.
        account_conversion: factor of account money brought from another territory.
        retiree_account_credit: money a retired member.
        min_credited_years: by sex, ``(2, n)``.
        buys_missing_years: share of those short of credited years who pay the missing ones.
        pension: base of a retired member who pays, over the local mean wage, with the share of
            the rate that is charged on it; None where it is the base of contributors.
        own_choice: members who choose rate and base themselves; None where nobody does.
    """

    employer_rate: FloatArray
    employee_rate: FloatArray
    base_floor: FloatArray
    base_ceiling: FloatArray
    compliance: FloatArray
    account_share: FloatArray
    account_spending: FloatArray
    account_conversion: FloatArray
    retiree_account_credit: FloatArray
    min_credited_years: FloatArray
    buys_missing_years: FloatArray
    pension: FloatArray | None
    own_choice: OwnChoiceTerms | None = None

    @property
    def rate(self) -> FloatArray:
        """Rates of employers and members together, ``(n,)``."""
        return self.employer_rate + self.employee_rate


@dataclass(frozen=True)
class FlatTerms:
    """What a flat scheme takes a person.

    Attributes:
        premium, subsidy: by county, ``(n,)``, base-year money.
        by_age: factor of the premium by age, ``(101,)``; None where every age pays the same.
        classes: income classes; None where all pay alike and no premium is limited.
    """

    premium: FloatArray
    subsidy: FloatArray
    by_age: FloatArray | None = None
    classes: ClassTerms | None = None


@dataclass(frozen=True)
class SchemeRules:
    """The benefit rules of one scheme in one year.

    Attributes:
        formulas: distinct sets of formulas, one formula a service.
        formula_of: which set each county uses, ``(n + 1,)``; outside uses set 0, unpaid.
        person_rules: of each set, by service, rules that look at a person's year; None where the
            formula is that of a claim without layers above it.
        shared: of each service, the one whose limit of the year it is under; itself if its own.
    """

    formulas: tuple[tuple[BenefitFormula, ...], ...]
    formula_of: IntArray
    person_rules: tuple[tuple[PersonRule | None, ...], ...]
    shared: tuple[int, ...]

    @property
    def layer_funds(self) -> frozenset[str]:
        """Other schemes whose funds pay a layer above these benefits."""
        rules = [rule for of_set in self.person_rules for rule in of_set if rule is not None]
        return frozenset[str]().union(*(rule.funds for rule in rules))


@dataclass(frozen=True)
class SchemeTerms:
    """What holds in a scheme in a year.

    Attributes:
        name: of the scheme.
        covers, charges: coverage statuses whose care it pays and that pay contributions, mergers
            counted; none once another has taken it in.
        charges_in_some_year: statuses that pay contributions in any year.
        settlement_pool: pool that holds dual members, ``residence`` or ``home``.
        payroll, flat: what is paid in; one of the two.
        subsidies: by the table of that name; None where it has none for the scheme.
        package_rate: contribution of a member relative to the scheme's rate, ``(n,)``.
        package_cover: part of a member's claims that packages cover, ``(n + 1, C, J)``.
        administration: over claims paid, ``(n,)``.
        administration_a_head: money an insured person, base-year money, ``(n,)``.
        administration_of_contributions: over contributions, ``(n,)``.
        cash_benefits: benefits in cash; None where the case has none for the scheme.
        provider_payments: services that it pays for otherwise than by claim.
        waiting: part of a year between joining and entitlement to benefits, ``(n,)``.
        regime: settlement regime of care elsewhere.
        lag, direct_lag: shares of claims paid in the year of care, the next, ...; of care
            elsewhere under the regime, and of care within the territory.
        share_claimed: share of payments for care elsewhere that is ever claimed.
        offsite_penalty: points off the reimbursement rate of care elsewhere.
        account_on_move: ``transfer``, ``forfeit`` or ``surrender``.
        time_recognised: whether insured time counts in another territory.
        coordination, home_first, quota: how it pays beside another scheme
            (:class:`fundpool.models.claims.benefits.Coordination`).
        benefits: what it pays for care.
        benefit_signature: changes exactly when a rule of paying for care does.
    """

    name: str
    covers: tuple[str, ...]
    charges: tuple[str, ...]
    charges_in_some_year: frozenset[str]
    settlement_pool: str
    payroll: PayrollTerms | None
    flat: FlatTerms | None
    subsidies: SubsidyTerms | None
    package_rate: FloatArray
    package_cover: FloatArray
    administration: FloatArray
    administration_a_head: FloatArray
    administration_of_contributions: FloatArray
    cash_benefits: CashBenefitTerms | None
    provider_payments: tuple[ProviderPayment, ...]
    waiting: FloatArray
    regime: str
    lag: FloatArray
    direct_lag: FloatArray
    share_claimed: float
    offsite_penalty: float
    account_on_move: str
    time_recognised: bool
    coordination: str
    home_first: bool
    quota: float
    benefits: SchemeRules = field(repr=False)
    benefit_signature: Hashable = field(repr=False)

    def insured_at_home(self, status: str) -> bool:
        """Whether the pool of the home insures people of a status, not that of the residence."""
        return status in ("home_resident", "rural_resident", "retired_elsewhere") or (
            status == "dual" and self.settlement_pool == "home"
        )


def scheme_terms(
    case: Case,
    scheme: Scheme,
    year: int,
    wages: FloatArray,
    before: SchemeTerms | None = None,
) -> SchemeTerms:
    """A scheme's rules in force in a year.

    >>> from fundpool import examples
    >>> case = examples.case()
    >>> wages = examples.year_terms().counties.contribution_wage
    >>> terms = scheme_terms(case, case.schemes[0], 2021, wages)
    >>> terms.administration.shape, float(terms.lag.sum())
    ((4,), 1.0)

    Args:
        case: the case.
        scheme: one of its schemes.
        year: the year.
        wages: mean wages of the base year by county, ``(n,)``.
        before: its terms of an earlier year, of which what has not changed is shared.
    """
    regime, signature = scheme.regime(year), scheme.benefit_signature(year)
    unchanged = before is not None and before.benefit_signature == signature
    flat = scheme.kind != "payroll"
    return SchemeTerms(
        name=scheme.name,
        covers=scheme.covers(year),
        charges=scheme.charges(year),
        charges_in_some_year=scheme.charges_in_some_year,
        settlement_pool=scheme.settlement_pool,
        payroll=None if flat else payroll_terms(case, scheme, year, wages),
        flat=flat_terms(case, scheme, year) if flat else None,
        subsidies=subsidy_terms(scheme, case.regions, year, case.schemes),
        package_rate=package_rate(case, scheme) if before is None else before.package_rate,
        package_cover=package_cover(case, scheme) if before is None else before.package_cover,
        administration=scheme.rule_array("administration", case.regions, year),
        administration_a_head=scheme.rule_array("administration_a_head", case.regions, year),
        administration_of_contributions=scheme.rule_array(
            "administration_of_contributions", case.regions, year
        ),
        cash_benefits=cash_benefit_terms(scheme, case.regions, year, benefits_of(case.schemes)),
        provider_payments=provider_payments(
            scheme, case.regions, tuple(case.services), year, case.base_year
        ),
        waiting=scheme.rule_array("waiting_months", case.regions, year) / 12.0,
        regime=regime,
        lag=np.array(scheme.lag(regime)),
        direct_lag=np.array(scheme.lag("direct")),
        share_claimed=scheme.share_claimed(regime),
        offsite_penalty=scheme.offsite_penalty(year),
        account_on_move=scheme.account_on_move(year),
        time_recognised=scheme.time_recognised(year),
        coordination=scheme.coordination,
        home_first=scheme.coordination_order == "home_first",
        quota=scheme.reimbursement_quota,
        benefits=before.benefits if before and unchanged else scheme_rules(case, scheme, year),
        benefit_signature=signature,
    )


def payroll_terms(case: Case, scheme: Scheme, year: int, wages: FloatArray) -> PayrollTerms:
    """Rules of a payroll scheme in a year; ``wages``: mean ones of the base year, ``(n,)``."""

    def limit(name: str) -> FloatArray:
        return scheme.base_limit(name, case.regions, year, wages)

    def rule(name: str) -> FloatArray:
        return scheme.rule_array(name, case.regions, year)

    return PayrollTerms(
        employer_rate=rule("employer_rate"),
        employee_rate=rule("employee_rate"),
        base_floor=limit("base_floor"),
        base_ceiling=limit("base_ceiling"),
        compliance=rule("compliance"),
        account_share=rule("account_share"),
        account_spending=rule("account_spending"),
        account_conversion=rule("account_conversion"),
        retiree_account_credit=rule("retiree_account_credit"),
        min_credited_years=np.stack([rule(f"min_credited_years_{sex}") for sex in SEXES]),
        buys_missing_years=rule("buys_missing_years_share"),
        pension=rule("pension") * rule("pension_rate_share")
        if "pension" in scheme.file.rules
        else None,
        own_choice=own_choice_terms(
            scheme, case.regions, year, limit("base_floor"), limit("base_ceiling")
        ),
    )


def flat_terms(case: Case, scheme: Scheme, year: int) -> FlatTerms:
    """Rules of a flat scheme in a year."""
    return FlatTerms(
        premium=scheme.rule_array("premium", case.regions, year),
        subsidy=scheme.rule_array("subsidy", case.regions, year),
        by_age=np.array(scheme.premium_by_age) if scheme.premium_by_age else None,
        classes=class_terms(scheme, case.regions, year),
    )


def scheme_rules(case: Case, scheme: Scheme, year: int) -> SchemeRules:
    """Benefit rules of a scheme by county in a year.

    >>> from fundpool import examples
    >>> case = examples.case()
    >>> len(scheme_rules(case, case.schemes[0], 2021).formulas)
    1
    """
    sets: dict[tuple[BenefitFormula, ...], int] = {}
    person_rules: list[tuple[PersonRule | None, ...]] = []
    formula_of = np.zeros(len(case.regions.codes) + 1, dtype=np.int64)
    differ = any(scheme.benefits_differ(service) for service in case.services)
    for county, code in enumerate(case.regions.codes if differ else case.regions.codes[:1]):
        formulas = tuple(scheme.benefit(service, code, year) for service in case.services)
        if formulas not in sets:
            person_rules.append(
                tuple(scheme.person_rule(service, code, year) for service in case.services)
            )
        formula_of[county] = sets.setdefault(formulas, len(sets))
    shared = tuple(
        case.services.index(scheme.file.benefits[service].shared_with or service)
        for service in case.services
    )
    return SchemeRules(tuple(sets), formula_of, tuple(person_rules), shared)
