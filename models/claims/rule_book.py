"""Claim terms of each year, made anew only where rules change."""

from collections.abc import Hashable

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.claims.terms import ClaimTables, ClaimTerms, claim_terms
from fundpool.models.terms.years import YearTerms


class RuleBook:
    """Claim terms by year; rebuilt only in years in which a rule changes."""

    def __init__(
        self,
        tables: ClaimTables,
        opening: ClaimTerms,
        level: FloatArray,
        base: YearTerms,
        known: dict[Hashable, ClaimTerms] | None = None,
    ) -> None:
        """Begin with the rules of the base year.

        Args:
            tables: what holds in every year.
            opening: claim terms of the base year.
            level: multipliers of care, ``(S, n + 1)``.
            base: terms of the base year.
            known: terms by :func:`signature`, at the opening's level, of earlier projections of
                the same case; those that are made here are added.
        """
        self._known = {} if known is None else known
        self._tables, self._level = tables, level
        self._signature = signature(base, tables)
        self._terms = opening.at_level(level)

    def terms(self, year: YearTerms) -> ClaimTerms:
        """Claim terms in force in a year."""
        changed = signature(year, self._tables)
        if changed != self._signature:
            if changed not in self._known:
                self._known[changed] = claim_terms(self._tables, self._terms.pairs, year)
            self._terms = self._known[changed].at_level(self._level)
            self._signature = changed
        return self._terms


def signature(year: YearTerms, tables: ClaimTables) -> Hashable:
    """Something that changes when the rules, or the places where people are treated, do."""
    rules = tuple(scheme.benefit_signature for scheme in year.schemes)
    prices = year.shocks.price.tobytes(), year.trends.price.tobytes()
    return rules, year.mobility.slack_season_share, tables.places.signature(year.year), prices
