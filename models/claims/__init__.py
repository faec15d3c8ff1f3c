"""What care costs, where it is given and which fund pays.

``treatment`` says where people are treated and how often, ``benefits`` what a benefit rule pays
(its formula is one of :mod:`fundpool.actuarial.benefits`; docs/extending.md adds one), ``terms``
puts both together for a year (``rule_book`` keeps them while rules stay), ``year`` is the readable
specification of a year's claims and ``compiled`` the same compiled, with what funds pay in
``payments``; ``register`` follows retired members who live outside the pool that last insured them.
"""

from fundpool.models.claims.benefits import coordinated_payments, expected_payments
from fundpool.models.claims.terms import (
    ClaimTables,
    ClaimTerms,
    claim_tables,
    claim_terms,
    coordination_of,
    payer_of,
    places_of_care,
    settlement_columns,
)
from fundpool.models.claims.year import (
    YearClaims,
    claims_of_year,
    paid_by_rule,
    paid_elsewhere,
    paid_together,
    settled_elsewhere,
    shares_of_rules,
)

__all__ = [
    "ClaimTables",
    "ClaimTerms",
    "YearClaims",
    "claim_tables",
    "claim_terms",
    "claims_of_year",
    "coordinated_payments",
    "coordination_of",
    "expected_payments",
    "paid_by_rule",
    "paid_elsewhere",
    "paid_together",
    "payer_of",
    "places_of_care",
    "settled_elsewhere",
    "settlement_columns",
    "shares_of_rules",
]
