"""Schemes: who is covered, what is paid in, what is paid out, by region and year.

A scheme file gives rules for the whole case; the table ``scheme_rules`` overrides them for a
region, and all that lies in it, from a year on. The nearest region up the tree wins.

An amount that is given for a year is money of that year; one without a year, or of a year up to
the base year, is money of the base year. From its year on it grows as the economy says. Rules are
returned in money of the base year, which the projection multiplies by the growth since then.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.person_rules import PersonLayer, PersonRule
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.cash_benefits import CashBenefit
from fundpool.inputs.rules.member_groups import IncomeClasses, OwnChoice
from fundpool.inputs.rules.provider_payments import PaymentMethods
from fundpool.inputs.rules.subsidies import Subsidy
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.scheme_rules import (
    BENEFIT_RULES,
    COMMON_RULES,
    OPTIONAL_RULES,
    RETIREMENT_RULES,
)

Overrides = dict[tuple[str, str], dict[str, list[tuple[int, float]]]]
"""(rule, service) -> region -> (year, value), ascending."""

MONEY_RULES = {
    "premium": "premium_growth",
    "subsidy": "premium_growth",
    "retiree_account_credit": "wage_growth",
    "administration_a_head": "wage_growth",
    "deductible": "medical_inflation",
    "ceiling": "medical_inflation",
    "base_floor_money": "base_limit_growth",
    "base_ceiling_money": "base_limit_growth",
}
"""Rules that are amounts of money, and the growth of ``economy`` that they follow."""


@dataclass(frozen=True)
class Scheme:
    """A scheme with its regional rules.

    Attributes:
        file: contents of the scheme file.
        overrides: rules of regions, from the table ``scheme_rules``.
        regions: the region tree.
        growth: index of the growth of ``economy`` that money follows, by its name and year, one
            in the base year; years that are not listed have one.
        merger: year from which another scheme has taken this one in; None if none has.
        taken_in: schemes that this one takes in, each with the year from which.
        subsidies: by payer, beside the rule ``subsidy`` of a flat scheme.
        premium_by_age: factor of a flat scheme's premium by age, ``(101,)``; empty where every age
            pays the same.
        income_classes: of a flat scheme's members, by region and year.
        own_choice: members of a payroll scheme who choose rate and base, by region.
        cash_benefits: benefits in cash that it pays beside care.
        payment_methods: how it pays for services, by region; by claim where nothing is listed.
    """

    file: SchemeFile
    overrides: Overrides = field(repr=False)
    regions: RegionTree = field(repr=False)
    growth: Mapping[str, Mapping[int, float]] = field(default_factory=dict, repr=False)
    merger: int | None = None
    taken_in: tuple[tuple[int, SchemeFile], ...] = ()
    subsidies: tuple[Subsidy, ...] = ()
    premium_by_age: tuple[float, ...] = ()
    income_classes: IncomeClasses = field(default_factory=dict, repr=False)
    own_choice: OwnChoice = field(default_factory=dict, repr=False)
    cash_benefits: tuple[CashBenefit, ...] = ()
    payment_methods: PaymentMethods = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Short name."""
        return self.file.name

    @property
    def title(self) -> str:
        """Name for readers."""
        return self.file.title

    @property
    def kind(self) -> str:
        """``payroll`` or ``flat``."""
        return self.file.kind

    @property
    def statuses_paying(self) -> tuple[str, ...]:
        """Coverage statuses that pay contributions."""
        return tuple(self.file.statuses_paying)

    @property
    def statuses_covered(self) -> tuple[str, ...]:
        """Coverage statuses whose care the scheme pays."""
        return tuple(self.file.statuses_covered)

    def in_force(self, year: int) -> bool:
        """Whether the scheme still stands by itself in a year."""
        return self.merger is None or year < self.merger

    def covers(self, year: int) -> tuple[str, ...]:
        """Coverage statuses whose care the scheme pays in a year, mergers counted."""
        return self._with_taken_in("statuses_covered", year)

    def charges(self, year: int) -> tuple[str, ...]:
        """Coverage statuses that pay contributions to the scheme in a year, mergers counted."""
        return self._with_taken_in("statuses_paying", year)

    @property
    def charges_in_some_year(self) -> frozenset[str]:
        """Coverage statuses that pay contributions in any year, mergers counted."""
        others = (other.statuses_paying for _, other in self.taken_in)
        return frozenset(self.file.statuses_paying).union(*others)

    def _with_taken_in(self, key: str, year: int) -> tuple[str, ...]:
        if not self.in_force(year):
            return ()
        statuses = list(getattr(self.file, key))
        for since, other in self.taken_in:
            if since <= year:
                statuses += [s for s in getattr(other, key) if s not in statuses]
        return tuple(statuses)

    def account_on_move(self, year: int) -> str:
        """What becomes of an account on a move: ``transfer``, ``forfeit`` or ``surrender``."""
        rule = self.file.portability
        return "transfer" if rule is None else rule.account.since(year)

    def time_recognised(self, year: int) -> bool:
        """Whether insured time counts in another territory."""
        rule = self.file.portability
        return rule is None or rule.insured_time.since(year) == "recognised"

    @property
    def coordination_order(self) -> str:
        """Which fund settles first for people with double cover."""
        return self.file.coordination_order

    @property
    def reimbursement_quota(self) -> float:
        """Share of the cost up to which the second fund adds to the first."""
        quota = self.file.reimbursement_quota
        return 1.0 if quota is None else quota.value

    @property
    def settlement_pool(self) -> str:
        """Pool that holds dual members: ``residence`` pays first, ``home`` second."""
        return self.file.settlement_pool

    @property
    def coordination(self) -> str:
        """How it pays beside another scheme."""
        return self.file.coordination

    def rule(self, rule: str, region: str | None, year: int, service: str | None = None) -> float:
        """A rule in force in a region (None: the scheme's own) and year.

        Raises:
            KeyError: the scheme has no such rule.
        """
        override = self._override(rule, region, year, service)
        if override is not None:
            return override
        for optional in (OPTIONAL_RULES, COMMON_RULES):
            if rule in optional and rule not in self.file.rules:
                return optional[rule][1]
        if rule in RETIREMENT_RULES and rule not in self.file.rules:
            return RETIREMENT_RULES[rule]
        parameter = self.file.rules[rule]
        begun = max((listed for listed in parameter.by_year if listed <= year), default=None)
        return parameter.since(year) / self._grown(rule, begun)

    def _grown(self, rule: str, year: int | None) -> float:
        """What money of a year has grown to since the base year; one for rules without money."""
        index = self.growth.get(MONEY_RULES.get(rule, ""), {})
        return 1.0 if year is None else index.get(year, 1.0)

    def paid_in_index(self, year: int) -> float:
        """What subsidies of a year have grown to since the base year: with wages or premiums."""
        name = "wage_growth" if self.kind == "payroll" else "premium_growth"
        return self.growth.get(name, {}).get(year, 1.0)

    def _override(
        self, rule: str, region: str | None, year: int, service: str | None
    ) -> float | None:
        listed = self.overrides.get((rule, service or ""))
        if not listed or region is None:
            return None
        for code in self.regions.lineage(region):
            begun = [step for step in listed.get(code, []) if step[0] <= year]
            if begun:
                since, value = begun[-1]
                return value / self._grown(rule, since)
        return None

    def base_limit(
        self, rule: str, regions: RegionTree, year: int, wages: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """``base_floor`` or ``base_ceiling`` over the mean wage of a year, by county, ``(n,)``.

        A limit in money has an indexation of its own, ``economy.base_limit_growth``, so that it
        may fall behind wages or run ahead of them.

        Args:
            rule: the limit.
            regions: the region tree.
            year: the year.
            wages: mean wages of the base year, ``(n,)``.
        """
        money = f"{rule}_money"
        if money not in self.file.rules:
            return self.rule_array(rule, regions, year)
        indexed = self.growth.get("base_limit_growth", {}).get(year, 1.0)
        wage_index = self.growth.get("wage_growth", {}).get(year, 1.0)
        return self.rule_array(money, regions, year) * indexed / (wages * wage_index)

    def set_by_every_region(self, rule: str, year: int) -> bool:
        """Whether every county has its own value of a rule from a year on or before."""
        return (rule, "") in self.overrides and all(
            self._override(rule, code, year, None) is not None for code in self.regions.codes
        )

    def rule_array(self, rule: str, regions: RegionTree, year: int) -> NDArray[np.float64]:
        """A rule by county, ``(n,)``."""
        if (rule, "") not in self.overrides:
            return np.full(len(regions.codes), self.rule(rule, None, year))
        return np.array([self.rule(rule, code, year) for code in regions.codes])

    def benefits_differ(self, service: str) -> bool:
        """Whether some region has a rule of its own for a service."""
        return any(self.overrides.get((rule, service)) for rule in BENEFIT_RULES)

    def benefit(self, service: str, region: str, year: int) -> BenefitFormula:
        """Benefit formula of a service in a region and year, in base-year money."""
        terms = self.file.benefits[service]
        leader = terms.shared_with or service
        values = {rule: self._override(rule, region, year, leader) for rule in BENEFIT_RULES}
        formula = BenefitFormula(
            deductible=terms.deductible if values["deductible"] is None else values["deductible"],
            bands=tuple((start, rate) for start, rate in terms.bands),
            ceiling=terms.ceiling if values["ceiling"] is None else values["ceiling"],
        )
        return formula if values["rate"] is None else formula.with_rate(values["rate"])

    def person_rule(self, service: str, region: str, year: int) -> PersonRule | None:
        """The rule of a service that looks at a person's year, if only in layers; None if none."""
        terms, formula = self.file.benefits[service], self.benefit(service, region, year)
        if terms.per == "claim" and not terms.layers:
            return None
        later = (min(amount, formula.deductible) for amount in terms.later_deductibles)
        formulas = (formula, *(replace(formula, deductible=amount) for amount in later))
        layers = tuple(
            PersonLayer("" if layer.fund == self.name else layer.fund, layer.formula(), layer.share)
            for layer in terms.layers
        )
        yearly = np.inf if terms.annual_ceiling is None else terms.annual_ceiling
        return PersonRule(
            terms.per, formulas, terms.dispersion, terms.copayment_limit, layers, yearly
        )

    def benefit_signature(self, year: int) -> Hashable:
        """Something that changes exactly when a rule of paying for care changes."""
        in_force = tuple(
            (key, region, begun[-1])
            for key, listed in sorted(self.overrides.items())
            if key[0] in BENEFIT_RULES
            for region, steps in sorted(listed.items())
            # the year as well: the same amount, stated again, is money of another year
            if (begun := [step for step in steps if step[0] <= year])
        )
        return (self.regime(year), self.offsite_penalty(year), in_force, self.covers(year))

    def regime(self, year: int) -> str:
        """Settlement regime in force in a year."""
        regime = self.file.settlement.regime
        begun = [listed for listed in regime.by_year if listed <= year]
        return regime.by_year[max(begun)] if begun else regime.value

    def share_claimed(self, regime: str) -> float:
        """Share of payments for off-site care that is ever claimed."""
        return self.file.settlement.share_claimed.values[regime]

    def offsite_penalty(self, year: int) -> float:
        """Points off the reimbursement rate of off-site care."""
        return self.file.settlement.offsite_penalty.since(year)

    def lag(self, regime: str) -> tuple[float, ...]:
        """Shares of claims paid in the year of care, the next, ..."""
        return tuple(self.file.settlement.lag.values[regime])


def scheme_overrides(table: pd.DataFrame | None, scheme: str) -> Overrides:
    """Regional rules of a scheme from the table ``scheme_rules``."""
    result: Overrides = {}
    if table is None:
        return result
    scheme_rows = table[table["scheme"] == scheme].sort_values("year", kind="stable")
    for rule, service, region, year, value in zip(
        scheme_rows["rule"],
        scheme_rows["service"],
        scheme_rows["region"],
        scheme_rows["year"],
        scheme_rows["value"],
        strict=True,
    ):
        steps = result.setdefault((rule, service), {}).setdefault(region, [])
        steps.append((int(year), float(value)))
    return result
