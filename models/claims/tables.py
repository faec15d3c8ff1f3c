"""Terms of claims as the tables that compiled code takes
(:mod:`fundpool.models.claims.compiled`).

A kind of claim is a service and an age class, ``N = C * J`` kinds side by side in one axis; all
that one place pays lies side by side too.
"""

from typing import NamedTuple

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.claims.register import shares_of_payers
from fundpool.models.claims.terms import ClaimTerms


class ClaimPairs(NamedTuple):
    """Pairs of home and residence, sorted by home.

    Attributes:
        start: first pair of each home, and the number of pairs, ``(n + 2,)``.
        residence: county where the people of a pair live, ``(P,)``; ``n`` is outside.
        tie: tie between home and residence, ``(P,)``.
        register_share: share of the home's retired members living elsewhere whose pool is that of
            the pair's residence, ``(P,)``.
    """

    start: IntArray
    residence: IntArray
    tie: IntArray
    register_share: FloatArray


class CareTables(NamedTuple):
    """How much care is asked for, where it is given and what it costs.

    ``N`` kinds of claim, ``M`` referral centres of a county.

    Attributes:
        relativity_row: row of ``relativity`` that a pair uses, ``(P,)``.
        relativity: of claim frequency, by status and kind, ``(rows, K, N)``.
        place_share: share of claims made at the residence, at home and at referral centres, by tie,
            ``(ties, 3, K, N)``.
        centre: referral centres of each county, ``(n + 1, M)``.
        centre_share: share of its referrals that each receives, ``(n + 1, M)``.
        mean_cost: mean cost of a claim in base-year money at price level one, ``(N,)``.
        status_cost: cost of a claim of a status over that, ``(K, N)``.
        price: price level of each place, ``(n + 1,)``.
    """

    relativity_row: IntArray
    relativity: FloatArray
    place_share: FloatArray
    centre: IntArray
    centre_share: FloatArray
    mean_cost: FloatArray
    status_cost: FloatArray
    price: FloatArray


class PaymentRules(NamedTuple):
    """Which fund pays how much: ``S`` schemes, ``F`` distinct rule sets, ``N`` kinds of claim.

    Parts: the benefits of the schemes, then what each fund pays for layers above them.

    Attributes:
        payments: expected payment for a claim in base-year money by place, part, scheme, rule set
            and whether the care is off-site, ``(n + 1, parts, S, F, 2, N)``.
        together: the same for claims of dual cover made to both funds: of the local and of the
            home fund, by their rule sets and whether each sees off-site care,
            ``(n + 1, parts, 2, F, F, 2, 2, N)``.
        fund: scheme whose fund pays a part, ``(parts,)``; -1 that of the benefits.
        rule_set: rule set of each scheme's county, ``(S, n + 1)``.
        cover: part of a member's claims that the packages of the scheme cover, ``(S, n + 1, N)``.
        level: multiplier of care by first-paying scheme and county, ``(S, n + 1)``.
        share_claimed: share of off-site claims ever claimed, ``(S,)``.
        scheme_of: scheme that pays for each status, ``(K,)``; -1 none.
        second_scheme: home scheme of dual cover; -1 none.
    """

    payments: FloatArray
    together: FloatArray
    fund: IntArray
    rule_set: IntArray
    cover: FloatArray
    level: FloatArray
    share_claimed: FloatArray
    scheme_of: IntArray
    second_scheme: int


class Places(NamedTuple):
    """Where places of care count.

    Attributes:
        territory: region within which care is on-site in the base year, ``(n + 1,)``; -1 outside.
        regions: region of each level, lowest first, ``(L, n + 1)``; -1 outside.
        column: column of the settlement matrix that a place counts in, ``(n + 1,)``.
        territory_of_column: region that a column lies in, ``(columns,)``.
    """

    territory: IntArray
    regions: IntArray
    column: IntArray
    territory_of_column: IntArray


def home_pairs(terms: ClaimTerms, retiree_pool: FloatArray) -> ClaimPairs:
    """The pairs, with shares of the register of retired members elsewhere, ``(P,)``."""
    pairs = terms.pairs
    share = shares_of_payers(retiree_pool, pairs)
    return ClaimPairs(pairs.start, pairs.residence, pairs.tie, share)


def care_tables(terms: ClaimTerms) -> CareTables:
    """Terms of care with kinds of claim in one axis."""
    classes = terms.mean_cost.shape[1]
    by_service = np.ascontiguousarray(terms.places.transpose(0, 3, 1, 2))
    return CareTables(
        relativity_row=terms.row,
        relativity=np.repeat(terms.relativity, classes, axis=2),
        place_share=np.repeat(by_service, classes, axis=3),
        centre=terms.referral.centre,
        centre_share=terms.referral.share,
        mean_cost=terms.mean_cost.ravel(),
        status_cost=np.repeat(terms.status_cost, classes, axis=1),
        price=terms.price,
    )


def payment_rules(terms: ClaimTerms) -> PaymentRules:
    """Terms of payment with kinds of claim in one axis, and all of one place side by side."""
    return PaymentRules(
        payments=_place_first(
            np.stack([terms.payments, *(layer.payments for layer in terms.layers)])
        ),
        together=_place_first(
            np.stack([terms.together, *(layer.together for layer in terms.layers)])
        ),
        fund=np.array([-1, *(layer.fund for layer in terms.layers)]),
        rule_set=terms.formula_of,
        cover=terms.cover.reshape(*terms.cover.shape[:2], terms.mean_cost.size),
        level=terms.level,
        share_claimed=terms.share_claimed,
        scheme_of=terms.scheme_of,
        second_scheme=terms.second_scheme,
    )


def places_of(terms: ClaimTerms) -> Places:
    """Territories and columns of places."""
    territory_of_column = np.empty(terms.columns, dtype=np.int64)
    territory_of_column[terms.column] = terms.territory
    return Places(terms.territory, terms.regions, terms.column, territory_of_column)


def _place_first(payments: FloatArray) -> FloatArray:
    """With all that one place pays side by side, kinds of claim in one axis."""
    first = np.ascontiguousarray(np.moveaxis(payments, -1, 0))
    return first.reshape(*first.shape[:-2], -1)
