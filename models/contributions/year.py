"""Contributions: what insured people, their employers and the state pay in.

Payroll scheme: ``rate * contribution base``; the base of a member is the wage declared within the
floor and ceiling of the local mean wage, ``E[min(max(c W, floor), ceiling)]`` over the distribution
of wages (:mod:`fundpool.actuarial.contribution_base`), with ``c`` the share declared. Flat scheme:
``(premium + subsidy) * persons``. All of it is linear in the rates, so the coefficients (bases,
persons) are kept.
"""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.contribution_base import expected_contribution_base
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex, sum_by
from fundpool.models.coverage.packages import package_rate
from fundpool.models.economy import EconomicPaths


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
        subsidies: paid in by the state.
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
    account_credits: FloatArray
    contributor_credits: FloatArray
    contribution_a_head: FloatArray
    missing_years_paid: FloatArray
    by_pair: FloatArray


def wage_base_per_head(case: Case, scheme: Scheme, year: int) -> FloatArray:
    """Expected contribution base of a member in base-year wages, ``(n + 1,)``; outside 0.

    A declared wage ``c W`` is lognormal with the variation of ``W``; who declares nothing pays on
    the floor.
    """
    regions = case.regions
    economy = case.tables["economy"]
    order = [regions.index(code) for code in economy["region"]]
    wage, cv = np.empty(len(order)), np.empty(len(order))
    wage[order] = economy["contribution_wage"].to_numpy(dtype=float)
    cv[order] = economy["wage_cv"].to_numpy(dtype=float)
    floor = wage * scheme.rule_array("base_floor", regions, year)
    ceiling = wage * scheme.rule_array("base_ceiling", regions, year)
    declared = wage * scheme.rule_array("compliance", regions, year)
    base, some = floor.copy(), declared > 0
    base[some] = expected_contribution_base(declared[some], cv[some], floor[some], ceiling[some])
    return np.append(base, 0.0)


def disposable_income(case: Case) -> FloatArray:
    """Disposable income per head in the base year, ``(n + 1,)``; outside 0."""
    economy = case.tables["economy"]
    income = np.zeros(len(case.regions.codes) + 1)
    order = [case.regions.index(code) for code in economy["region"]]
    income[order] = economy["disposable_income"].to_numpy(dtype=float)
    return income


def scheme_year(
    case: Case,
    scheme: Scheme,
    pairs: PairIndex,
    persons: FloatArray,
    retiree_pool: FloatArray,
    paths: EconomicPaths,
    year: int,
    level: FloatArray,
) -> SchemeYear:
    """What one scheme collects in a year.

    >>> from fundpool import examples
    >>> study, opening = examples.study(), examples.opening()
    >>> case, people = study.case, opening.people
    >>> level = np.ones((opening.terms.pairs.counties + 1, 2))
    >>> scheme = case.schemes[0]
    >>> year = scheme_year(
    ...     case, scheme, opening.terms.pairs, people.persons, people.register, study.flows.paths,
    ...     case.base_year, level,
    ... )
    >>> bool(year.contributions.sum() > 0)
    True

    Args:
        case: the case.
        scheme: the scheme.
        pairs: its pairs.
        persons: mean number of people in the year by pair and status, ``(P, K)``.
        retiree_pool: retired members living outside their pool by home and payer, ``(P,)``.
        paths: economic paths.
        year: the year.
        level: multipliers of contributions and subsidies by county, ``(n + 1, 2)``.
    """
    n = pairs.counties
    regions = case.regions
    elapsed = year - case.base_year
    insured = np.zeros(n + 1)
    retirees = np.zeros(n + 1)
    for status in scheme.covers(year):
        number = persons[:, STATUSES.index(status)]
        if status == "retired_elsewhere":
            by_pool = sum_by(pairs.residence, retiree_pool, minlength=n + 1)
            insured += by_pool
            retirees += by_pool
            continue
        by_county = sum_by(pool_county(scheme, status, pairs), number, minlength=n + 1)
        insured += by_county
        if status == "retired":
            retirees += by_county

    per_head = np.zeros((n + 1, 2))
    base_per_head = np.zeros(n + 1)
    if scheme.kind == "payroll":
        base = wage_base_per_head(case, scheme, year) * paths.wage[elapsed]
        rate = scheme.rule_array("employer_rate", regions, year) + scheme.rule_array(
            "employee_rate", regions, year
        )
        base_per_head = base * level[:, 0]
        per_head[:, 0] = base * np.append(rate * package_rate(case, scheme), 0.0) * level[:, 0]
    else:
        for column, rule in enumerate(("premium", "subsidy")):
            amount = scheme.rule_array(rule, regions, year) * paths.premium[elapsed]
            per_head[:, column] = np.append(amount, 0.0) * level[:, column]
        base_per_head = disposable_income(case) * paths.wage[elapsed]

    share = np.zeros(n + 1)
    if scheme.kind == "payroll":
        share = np.append(scheme.rule_array("account_share", regions, year), 0.0)
    per_payer = np.column_stack([per_head, per_head[:, 0] * share])
    by_pair = np.zeros((pairs.count, 3))
    contributors = np.zeros(n + 1)
    for status in scheme.charges(year):
        county = pool_county(scheme, status, pairs)
        number = persons[:, STATUSES.index(status)]
        contributors += sum_by(county, number, minlength=n + 1)
        by_pair += number[:, None] * per_payer[county]
    contributions = contributors * per_head[:, 0]
    credits, contributor_credits = np.zeros(n + 1), np.zeros(n + 1)
    if scheme.kind == "payroll":
        each = scheme.rule_array("retiree_account_credit", regions, year) * paths.wage[elapsed]
        contributor_credits = contributions * share
        credits = contributor_credits + retirees * np.append(each, 0.0)
    return SchemeYear(
        persons=insured,
        contributors=contributors,
        retirees=retirees,
        contribution_base=contributors * base_per_head,
        contributions=contributions,
        subsidies=contributors * per_head[:, 1],
        account_credits=credits,
        contributor_credits=contributor_credits,
        contribution_a_head=per_head[:, 0],
        missing_years_paid=np.zeros(n + 1),
        by_pair=by_pair,
    )


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


def pool_county(scheme: Scheme, status: str, pairs: PairIndex) -> np.ndarray:
    """County of the pool that a status belongs to under a scheme, by pair.

    >>> from fundpool import examples
    >>> pairs = examples.prepared().pairs
    >>> pool_county(examples.case().schemes[0], "employee", pairs).size == pairs.count
    True
    """
    at_home = status in ("home_resident", "rural_resident", "retired_elsewhere") or (
        status == "dual" and scheme.settlement_pool == "home"
    )
    return pairs.home if at_home else pairs.residence
