"""Contributions: what insured people, their employers and the state pay in.

Payroll scheme: ``rate * contribution base``; the base of a member is the wage declared within the
floor and ceiling of the local mean wage, ``E[min(max(c W, floor), ceiling)]`` over the distribution
of wages (:mod:`fundpool.actuarial.contribution_base`), with ``c`` the share declared. Retired
members who pay do so on their mean pension where the scheme has the rule ``pension``. Flat scheme:
``(premium + subsidy) * persons``, the premium times its factor by age where the case has one. The
table ``subsidies`` adds sums a head and lump sums; its shares of outgo come with the run-off of
claims (:func:`fundpool.models.funds.books.county_book`). All of it is linear in the rates, so the
coefficients (bases, persons) are kept.
"""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.contribution_base import expected_contribution_base
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import PairIndex, sum_by
from fundpool.models.axes.statuses import RETIRED_ELSEWHERE
from fundpool.models.contributions.members import register_of
from fundpool.models.economy import EconomicPaths
from fundpool.models.terms.schemes import PayrollTerms, SchemeTerms
from fundpool.models.terms.years import CountyTables, YearTerms

RETIRED = ("retired", "retired_elsewhere")


@dataclass(frozen=True)
class SchemeYear:
    """What a scheme collects in a year, by county of the collecting pool, ``(n + 1,)`` each.

    Attributes:
        persons: insured persons (retired members living elsewhere counted with their old pool).
        contributors: persons who pay.
        retirees: retired members who pay nothing.
        contribution_base: what the contribution rate is a share of: the payroll base, or in a
            flat scheme the disposable income of those who pay.
        contributions: paid in by members and employers.
        subsidies: paid in by the state and other payers.
        granted: of these, sums that the table ``subsidies`` says, by payer, ``(Y, n + 1)``; no
            rows without.
        account_credits: the part of contributions credited to personal accounts.
        contributor_credits: of these, the credits of contributors.
        contribution_a_head: what member and employer pay in a contributor into a payroll scheme,
            the premium into a flat one, ``(n + 1,)``.
        missing_years_paid: paid into the pooled fund for credited years missing at retirement.
        by_pair: contributions, with what is paid for missing years, subsidies, and credits of
            contributors by home and residence, ``(P, 3)``.
    """

    persons: FloatArray
    contributors: FloatArray
    retirees: FloatArray
    contribution_base: FloatArray
    contributions: FloatArray
    subsidies: FloatArray
    granted: FloatArray
    account_credits: FloatArray
    contributor_credits: FloatArray
    contribution_a_head: FloatArray
    missing_years_paid: FloatArray
    by_pair: FloatArray


@dataclass(frozen=True)
class Payers:
    """Who pays among people of a status, and what they pay over another contributor, summed.

    Attributes:
        persons: those who pay by pair and status, ``(P, K)``.
        full_payments: the same, each times what one pays over another contributor.
        elsewhere, full_payments_elsewhere: the same of retired members living elsewhere, by home
            and payer, ``(P,)``.
    """

    persons: FloatArray
    full_payments: FloatArray
    elsewhere: FloatArray
    full_payments_elsewhere: FloatArray

    def of(self, status: str) -> tuple[FloatArray, FloatArray]:
        """Persons who pay and full payments of a status by pair, ``(P,)`` each."""
        if status == "retired_elsewhere":
            return self.elsewhere, self.full_payments_elsewhere
        number = STATUSES.index(status)
        return self.persons[:, number], self.full_payments[:, number]


@dataclass(frozen=True)
class Insured:
    """People whom schemes insure in a year, in mean numbers.

    Attributes:
        persons: by pair and status, ``(P, K)``.
        elsewhere: retired members living outside their pool by home and payer, ``(P,)``.
        payers: who pays among those of a status that does, and how much; None: everybody, as one
            contributor.
    """

    persons: FloatArray
    elsewhere: FloatArray
    payers: Payers | None = None


def wage_base_per_head(terms: PayrollTerms, counties: CountyTables) -> FloatArray:
    """Expected contribution base of a member in base-year wages, ``(n + 1,)``; outside 0.

    A declared wage ``c W`` is lognormal with the variation of ``W``; who declares nothing pays on
    the floor.
    """
    wage, cv = counties.contribution_wage, counties.wage_cv
    floor, ceiling = wage * terms.base_floor, wage * terms.base_ceiling
    declared = wage * terms.compliance
    base, some = floor.copy(), declared > 0
    base[some] = expected_contribution_base(declared[some], cv[some], floor[some], ceiling[some])
    return np.append(base, 0.0)


@dataclass(frozen=True)
class Charge:
    """What a scheme takes a person who pays, by county, ``(n + 1,)`` each; outside 0.

    Attributes:
        contribution, subsidy: money.
        base: what the contribution rate is a share of.
        pension: base of a retired member, with the share of the rate that is charged on it; None
            where it is that of contributors.
        pension_contribution: money a retired member pays; None likewise.
        account_share: share of the contribution that goes to a personal account.
        retiree_credit: credited to the account of a retired member.
        own_choice: what a member who chooses rate and base pays over what another does; None
            where nobody chooses.
    """

    contribution: FloatArray
    subsidy: FloatArray
    base: FloatArray
    account_share: FloatArray
    retiree_credit: FloatArray
    pension: FloatArray | None = None
    pension_contribution: FloatArray | None = None
    own_choice: FloatArray | None = None

    def of(self, status: str) -> tuple[FloatArray, FloatArray]:
        """Contribution and base of a person of a coverage status who pays, ``(n + 1,)`` each."""
        if status in RETIRED and self.pension is not None and self.pension_contribution is not None:
            return self.pension_contribution, self.pension
        return self.contribution, self.base


def charge_of(
    terms: YearTerms, scheme: SchemeTerms, paths: EconomicPaths, level: FloatArray
) -> Charge:
    """What a scheme takes a person who pays in a year.

    Args:
        terms: of the year.
        scheme: the scheme's own.
        paths: economic paths.
        level: multipliers of contributions and subsidies by county, ``(n + 1, 2)``.
    """
    wage = paths.wage[terms.elapsed]
    nothing = np.zeros(level.shape[0])
    payroll, flat = scheme.payroll, scheme.flat
    if payroll is not None:
        in_base_wages = wage_base_per_head(payroll, terms.counties)
        base = in_base_wages * wage
        rate = np.append(payroll.rate * scheme.package_rate, 0.0)
        pension = pension_contribution = None
        if payroll.pension is not None:
            pensions = terms.counties.contribution_wage * payroll.pension * wage
            pension = np.append(pensions, 0.0) * level[:, 0]
            pension_contribution = pension * np.append(payroll.rate, 0.0)
        return Charge(
            contribution=base * rate * level[:, 0],
            subsidy=nothing,
            base=base * level[:, 0],
            account_share=np.append(payroll.account_share, 0.0),
            retiree_credit=np.append(payroll.retiree_account_credit * wage, 0.0),
            pension=pension,
            pension_contribution=pension_contribution,
            own_choice=_own_choice(terms, payroll, in_base_wages * rate),
        )
    assert flat is not None
    income = terms.counties.disposable_income * wage
    index = paths.premium[terms.elapsed]
    amounts = flat.premium * index, flat.subsidy * index
    if flat.classes is not None:
        amounts = flat.classes.charged(amounts[0], amounts[1], income[:-1])
    premium, subsidy = (
        np.append(amount, 0.0) * level[:, column] for column, amount in enumerate(amounts)
    )
    return Charge(premium, subsidy, income, nothing, nothing)


def _own_choice(
    terms: YearTerms, payroll: PayrollTerms, contribution: FloatArray
) -> FloatArray | None:
    """What a member who chooses pays over what another does, ``(n + 1,)``; None if nobody does.

    It counts in the base in this proportion, so that contributions stay rate times base.

    Args:
        terms: of the year.
        payroll: the scheme's.
        contribution: of another member, in wages of the base year, ``(n + 1,)``.
    """
    chosen = payroll.own_choice
    if chosen is None:
        return None
    index = ratio(contribution[:-1], terms.counties.contribution_wage, 0.0)
    return np.append(ratio(chosen.rate * chosen.base, index, 1.0), 1.0)


def scheme_year(
    terms: YearTerms,
    number: int,
    pairs: PairIndex,
    people: Insured,
    paths: EconomicPaths,
    level: FloatArray,
    paying: FloatArray | None = None,
) -> SchemeYear:
    """What one scheme collects in a year.

    >>> from fundpool import examples
    >>> study, opening = examples.study(), examples.opening()
    >>> pairs, people = opening.terms.pairs, opening.people
    >>> year = scheme_year(
    ...     examples.year_terms(2020), 0, pairs, Insured(people.persons, people.register),
    ...     study.flows.paths, np.ones((pairs.counties + 1, 2)),
    ... )
    >>> bool(year.contributions.sum() > 0)
    True

    Args:
        terms: of the year.
        number: of the scheme.
        pairs: its pairs.
        people: whom schemes insure.
        paths: economic paths.
        level: multipliers of contributions and subsidies by county, ``(n + 1, 2)``.
        paying: by pair and status, ``(P, K)``: in a flat scheme premiums that people pay, in those
            of an age with factor 1 (default: one each); in a payroll scheme members who choose
            rate and base themselves (default: nobody).
    """
    n = pairs.counties
    scheme = terms.schemes[number]
    charge = charge_of(terms, scheme, paths, level)
    insured, retirees = np.zeros((2, n + 1))
    for status in scheme.covers:
        county, members = _members(scheme, status, pairs, people)
        by_county = sum_by(county, members, minlength=n + 1)
        insured += by_county
        if status in RETIRED:
            retirees += by_county

    by_pair = np.zeros((pairs.count, 3))
    contributors, base, contributions = np.zeros((3, n + 1))
    if paying is not None:
        paying = _by_payer(paying, people, pairs)
    for status in scheme.charges:
        county, members = _members(scheme, status, pairs, people)
        premiums = members
        if people.payers is not None:
            members, premiums = people.payers.of(status)
        contribution, base_a_head = charge.of(status)
        paying_persons = sum_by(county, members, minlength=n + 1)
        if paying is not None:
            premiums = _payments(charge, status, county, premiums, paying)
        paid = sum_by(county, premiums, minlength=n + 1)
        contributors += paying_persons
        base += (paying_persons if scheme.payroll is None else paid) * base_a_head
        contributions += paid * contribution
        by_pair[:, 0] += premiums * contribution[county]
        by_pair[:, 1] += members * charge.subsidy[county]
        by_pair[:, 2] += premiums * (contribution * charge.account_share)[county]
    subsidies = contributors * charge.subsidy
    granted = np.zeros((0, n + 1))
    if scheme.subsidies is not None and scheme.subsidies.counted is None:
        granted = granted_in_year(terms, number, insured, paths, level)
        subsidies += granted.sum(axis=0)
        by_pair[:, 1] += _of_insured(scheme, pairs, people, granted.sum(axis=0), insured)
    contributor_credits = contributions * charge.account_share
    return SchemeYear(
        persons=insured,
        contributors=contributors,
        retirees=retirees,
        contribution_base=base,
        contributions=contributions,
        subsidies=subsidies,
        granted=granted,
        account_credits=contributor_credits + retirees * charge.retiree_credit,
        contributor_credits=contributor_credits,
        contribution_a_head=charge.contribution,
        missing_years_paid=np.zeros(n + 1),
        by_pair=by_pair,
    )


def granted_in_year(
    terms: YearTerms, number: int, insured: FloatArray, paths: EconomicPaths, level: FloatArray
) -> FloatArray:
    """Sums of the table ``subsidies`` for a scheme by payer and county, ``(Y, n + 1)``.

    Args:
        terms: of the year.
        number: of the scheme, which has such.
        insured: as :meth:`fundpool.models.terms.subsidies.SubsidyTerms.granted` has it.
        paths: economic paths.
        level: multipliers of contributions and subsidies by county, ``(n + 1, 2)``.
    """
    scheme = terms.schemes[number]
    assert scheme.subsidies is not None
    index = paths.premium if scheme.payroll is None else paths.wage
    return np.asarray(scheme.subsidies.granted(insured) * index[terms.elapsed] * level[:, 1])


def _by_payer(paying: FloatArray, people: Insured, pairs: PairIndex) -> FloatArray:
    """Full payments of ``paying``, of retired members living elsewhere by home and payer.

    These pay what the retired members of their home who live elsewhere pay in mean.
    """
    result = paying.copy()
    result[:, RETIRED_ELSEWHERE] = register_of(people.elsewhere, pairs, paying, people.persons)
    return result


def _payments(
    charge: Charge, status: str, county: IntArray, members: FloatArray, paying: FloatArray
) -> FloatArray:
    """Full payments that members of a status make, by pair, ``(P,)``; arguments as above."""
    mine = paying[:, STATUSES.index(status)]
    if charge.own_choice is None:
        return np.asarray(mine)
    if status in RETIRED:
        return members
    return np.asarray(members + mine * (charge.own_choice[county] - 1.0))


def _of_insured(
    scheme: SchemeTerms,
    pairs: PairIndex,
    people: Insured,
    granted: FloatArray,
    insured: FloatArray,
) -> FloatArray:
    """What is granted to counties, ``(n + 1,)``, divided equally among their insured, ``(P,)``."""
    each = ratio(granted, insured, 0.0)
    result = np.zeros(pairs.count)
    for status in scheme.covers:
        county, members = _members(scheme, status, pairs, people)
        result += members * each[county]
    return result


def _members(
    scheme: SchemeTerms,
    status: str,
    pairs: PairIndex,
    people: Insured,
) -> tuple[IntArray, FloatArray]:
    """County that insures people of a status, and their number, by pair, ``(P,)`` each."""
    if status == "retired_elsewhere":  # by home and payer, as the register has them
        return pairs.residence, people.elsewhere
    return pool_county(scheme, status, pairs), people.persons[:, STATUSES.index(status)]


def with_years_bought(
    collected: SchemeYear, years_bought: FloatArray, pairs: PairIndex
) -> SchemeYear:
    """A payroll scheme's year with what is paid for credited years missing at retirement.

    Members and employers' rates together on the county's mean base of the year in which the
    contributor retires, a missing year; a lump sum into the pooled fund, none of it in accounts.

    Args:
        collected: the year without it.
        years_bought: missing years paid by pair, ``(P,)``.
        pairs: the pairs; the fund where the contributor lives is paid.
    """
    paid = years_bought * collected.contribution_a_head[pairs.residence]
    by_pair = collected.by_pair.copy()
    by_pair[:, 0] += paid
    by_county = sum_by(pairs.residence, paid, minlength=pairs.counties + 1)
    return replace(collected, missing_years_paid=by_county, by_pair=by_pair)


def pool_county(scheme: SchemeTerms, status: str, pairs: PairIndex) -> np.ndarray:
    """County of the pool that a status belongs to under a scheme, by pair.

    >>> from fundpool import examples
    >>> pairs, terms = examples.prepared().pairs, examples.year_terms()
    >>> pool_county(terms.schemes[0], "employee", pairs).size == pairs.count
    True
    """
    return pairs.home if scheme.insured_at_home(status) else pairs.residence
