"""Claim terms of each year, made anew only where rules change."""

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.claims.terms import ClaimTerms, claim_terms
from fundpool.models.population import shocks
from fundpool.models.population.preparation import Prepared


class RuleBook:
    """Claim terms by year; rebuilt only in years in which a rule changes."""

    def __init__(self, prepared: Prepared, opening: ClaimTerms, level: FloatArray) -> None:
        """Keep the case whose rules are asked for, and the rules of its base year."""
        self._prepared = prepared
        self._level = level
        self._signature = self._signed(prepared.case.base_year)
        self._terms = opening.at_level(level)

    def _signed(self, year: int) -> tuple[object, float, bytes]:
        """Something that changes when the rules, or the places where people are treated, do."""
        case = self._prepared.case
        prices = shocks.price_factor(case, year)
        rules = tuple(scheme.benefit_signature(year) for scheme in case.schemes)
        return rules, case.value("mobility.slack_season_share", year), prices.tobytes()

    def terms(self, year: int) -> ClaimTerms:
        """Claim terms in force in a year."""
        signature = self._signed(year)
        if signature != self._signature:
            prices = shocks.price_factor(self._prepared.case, year)
            terms = claim_terms(self._prepared.case, self._prepared.pairs, year, prices)
            self._terms, self._signature = terms.at_level(self._level), signature
        return self._terms
