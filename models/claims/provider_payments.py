"""Payment by case group, by budget and by capitation: what funds pay in place of claims.

The claims of a service in a group of counties, valued by the benefit rules, are worth ``C``. A
budget ``B`` is what they were worth in the year before the method began (in the base year, if it is
in force then) and grows by its rule, ``B[t] = B[t-1] (1 + g)``. Points are claims at prices of the
base year; a point is worth the budget over the points. The fund pays the budget, with a share of
what claims exceed it by, or less a share of what they leave of it, between a floor and a ceiling:

``min(max(B + overspend (C - B), floor C), ceiling C)`` where ``C > B``,
``min(max(B - savings (B - C), floor C), ceiling C)`` where not.

Hospitals bear or keep the rest. A plain budget is ``B`` alone; capitation is money a head times the
insured of each county. The base year's payments are those by claim.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.rules.provider_payments import PaymentMethod
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.claims.compiled import claims_of_year
from fundpool.models.claims.terms import ClaimTerms
from fundpool.models.claims.year import YearClaims
from fundpool.models.terms.provider_payments import ProviderPayment
from fundpool.models.terms.schemes import SchemeTerms
from fundpool.models.terms.years import YearTerms


@dataclass(frozen=True)
class ProviderYear:
    """What a scheme paid for a service in a group of counties in a year, money.

    Attributes:
        scheme: its name.
        region: code of the region whose rule it was.
        service: number of the service.
        year: calendar year.
        method: in force.
        claims: worth of the claims by the benefit rules.
        budget: of the year; for capitation the sum of the heads.
        points: claims at prices of the base year.
        paid: by the fund.
    """

    scheme: str
    region: str
    service: int
    year: int
    method: str
    claims: float
    budget: float
    points: float
    paid: float


def paid_under(rule: PaymentMethod, claims: float, budget: float) -> float:
    """What a fund pays for claims under a budget.

    >>> rule = PaymentMethod(2021, "case_group", 0.0, 0.0, 0.9, 1.1, 0.25, 0.5)
    >>> [paid_under(rule, claims, 100.0) for claims in (80.0, 90.0, 100.0, 108.0, 200.0)]
    [88.0, 95.0, 100.0, 102.0, 180.0]

    Args:
        rule: the method.
        claims: worth of the claims by the benefit rules.
        budget: of the year.
    """
    if rule.method != "case_group":
        return budget
    shared = rule.overspend if claims > budget else rule.savings
    paid = budget + shared * (claims - budget)
    return min(max(paid, rule.floor * claims), rule.ceiling * claims)


def _key(scheme: SchemeTerms, payment: ProviderPayment) -> Hashable:
    """What a budget is kept by; it begins anew for a group of other counties."""
    return scheme.name, payment.region, payment.service, payment.counties.tobytes()


def follows_claims(rule: PaymentMethod, claims: float, budget: float) -> float:
    """What a fund pays more for a unit of claims more, at claims under a budget.

    >>> rule = PaymentMethod(2021, "case_group", 0.0, 0.0, 0.9, 1.1, 0.25, 0.5)
    >>> [follows_claims(rule, claims, 100.0) for claims in (80.0, 95.0, 108.0, 200.0)]
    [1.1, 0.5, 0.25, 0.9]
    """
    if rule.method != "case_group":
        return 0.0
    shared = rule.overspend if claims > budget else rule.savings
    paid = budget + shared * (claims - budget)
    if paid <= rule.floor * claims:
        return rule.floor
    return rule.ceiling if paid >= rule.ceiling * claims else shared


class ProviderBudgets:
    """Budgets of a case, carried from year to year, and what was paid under them."""

    def __init__(self, terms_by_year: Sequence[YearTerms]) -> None:
        """Find the services that some scheme ever pays for otherwise than by claim.

        Args:
            terms_by_year: of the base year and of each projected year.
        """
        self.paid: list[ProviderYear] = []
        self._services = sorted(
            {
                payment.service
                for terms in terms_by_year
                for scheme in terms.schemes
                for payment in scheme.provider_payments
            }
        )
        self._worth: dict[int, FloatArray] = {}
        self._budgets: dict[Hashable, float] = {}

    def begin(self, exposure: FloatArray, terms: ClaimTerms, register: FloatArray) -> None:
        """Value the claims of the base year; see :meth:`settle`."""
        for service in self._services:
            claims = self._claims_of(service, exposure, terms, register)
            self._worth[service] = claims.settlement.sum(axis=2)

    def settle(
        self,
        claims: YearClaims,
        exposure: FloatArray,
        rules: ClaimTerms,
        register: FloatArray,
        terms: YearTerms,
        persons: FloatArray,
        price: float,
    ) -> tuple[YearClaims, FloatArray]:
        """The claims of a year as funds pay for them, and how far that follows claims.

        The second, ``(S, n + 1)``, is by how many per cent what a county's fund pays rises where
        the claims of its region rise by one per cent: one where all is paid by claim.

        Args:
            claims: of all services, by claim.
            exposure: claims before relativities, ``(P, K, C, J)``.
            rules: claim terms of the year.
            register: retired members living outside their pool, ``(P,)``.
            terms: of the year.
            persons: insured by scheme and county, ``(S, n + 1)``.
            price: index of medical prices.
        """
        settlement, by_distance = claims.settlement, claims.by_distance
        following = settlement.sum(axis=2)
        earlier, self._worth = self._worth, {}
        budgets, self._budgets = self._budgets, {}
        for service in self._services:
            by_claim = self._claims_of(service, exposure, rules, register)
            points = by_claim.settlement.sum(axis=2)
            self._worth[service] = points * price
            change, slope = np.zeros_like(points), np.ones_like(points)
            for number, scheme in enumerate(terms.schemes):
                for payment in scheme.provider_payments:
                    if payment.service == service:
                        worth = float(earlier[service][number] @ payment.counties)
                        before = budgets.get(_key(scheme, payment), worth)
                        added, following_here = self._change(
                            scheme, payment, terms.year, before, points[number], persons[number],
                            price,
                        )  # fmt: skip
                        change[number] += added
                        slope[number] += (following_here - 1.0) * payment.counties
            following = following + (slope - 1.0) * points
            settlement = settlement + change[:, :, None] * by_claim.settlement
            by_distance = by_distance + change[:, :, None, None, None] * by_claim.by_distance
        settled = replace(claims, settlement=settlement, by_distance=by_distance)
        return settled, ratio(following, settlement.sum(axis=2), 1.0)

    def _change(
        self,
        scheme: SchemeTerms,
        payment: ProviderPayment,
        year: int,
        before: float,
        points: FloatArray,
        persons: FloatArray,
        price: float,
    ) -> tuple[FloatArray, float]:
        """What is paid over the claims' worth, less one, by county, ``(n + 1,)``; 0 elsewhere.

        Beside it :func:`follows_claims`.
        """
        counties, rule = payment.counties, payment.rule
        worth = points * price * counties
        total = float(worth.sum())
        if rule.method == "capitation":
            heads = payment.a_head * persons * counties
            budget, paid = float(heads.sum()), float(heads[worth > 0].sum())
            share = ratio(heads, worth, 1.0)
        else:
            budget = before * (1.0 + rule.growth)
            paid = paid_under(rule, total, budget) if total > 0 else 0.0
            share = np.full(worth.size, paid / total if total > 0 else 1.0)
            self._budgets[_key(scheme, payment)] = budget
        self.paid.append(
            ProviderYear(scheme.name, payment.region, payment.service, year, rule.method, total,
                         budget, float(points @ counties), paid)
        )  # fmt: skip
        return np.asarray((share - 1.0) * counties), follows_claims(rule, total, budget)

    @staticmethod
    def _claims_of(
        service: int, exposure: FloatArray, terms: ClaimTerms, register: FloatArray
    ) -> YearClaims:
        """Claims of a service alone, by claim."""
        alone = np.zeros_like(exposure)
        alone[:, :, service] = exposure[:, :, service]
        return claims_of_year(alone, terms, register)
