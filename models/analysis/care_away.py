"""Care of people who live away from home: where they get it, and what they go without.

The people of the base year under the rules of any year, so that rules of settlement can be set
side by side on the same people. Stays are hospital stays wanted; the money of care forgone is its
mean cost at the price of the place lived in, in base-year money.
"""

import numpy as np
import pandas as pd

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import TIES
from fundpool.models.axes.statuses import K
from fundpool.models.calibration.multipliers import Calibration
from fundpool.models.claims.terms import ClaimTerms, claim_terms, payer_of
from fundpool.models.flows.years import opening_year
from fundpool.models.population.preparation import prepare
from fundpool.models.terms.years import year_terms


def care_away(case: Case, calibration: Calibration, year: int) -> pd.DataFrame:
    """Hospital stays of people away from home by place, and care forgone.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> list(care_away(study.case, study.calibration, 2021).columns)
    ['tie', 'wanted', 'residence', 'home', 'referral', 'forgone', 'cost_forgone']

    Args:
        case: the case, with its policies.
        calibration: multipliers of care.
        year: year whose rules hold.

    Returns:
        One row a tie but stayers: stays wanted, given at the residence, at home, at a referral
        centre and forgone, all a year; ``cost_forgone``: money of all care forgone, outpatient
        care with it.
    """
    prepared = prepare(case)
    opening = opening_year(prepared)
    terms = claim_terms(opening.tables, prepared.pairs, year_terms(case, year))
    return care_away_of(opening.exposure, terms.at_level(calibration.multipliers.claims))


def care_away_of(exposure: np.ndarray, terms: ClaimTerms) -> pd.DataFrame:
    """The same from claims before relativities by pair, status, service and age class.

    Args:
        exposure: ``(P, K, C, J)``.
        terms: rules of the year.
    """
    pairs = terms.pairs
    stays = np.zeros((len(TIES), 4))
    money = np.zeros(len(TIES))
    for status in range(K):
        scheme = int(terms.scheme_of[status])
        level = terms.level[scheme, payer_of(terms, status)] if scheme >= 0 else 1.0
        wanted = terms.relativity[terms.row, status] * np.reshape(level, (-1, 1))  # (P, C)
        given = terms.places[pairs.tie, status]  # (P, C, 3)
        missing = 1.0 - given.sum(axis=-1)
        claims = exposure[:, status].sum(axis=-1) * wanted
        shares = np.concatenate([given, missing[..., None]], axis=-1)[:, 1:]
        by_pair = (claims[:, 1:, None] * shares).sum(axis=1)
        np.add.at(stays, pairs.tie, by_pair)
        cost = np.einsum("psj,sj->ps", exposure[:, status], terms.mean_cost) * wanted * missing
        np.add.at(money, pairs.tie, cost.sum(axis=1) * terms.price[pairs.residence])
    table = pd.DataFrame(stays, columns=["residence", "home", "referral", "forgone"])
    table.insert(0, "tie", list(TIES))
    table.insert(1, "wanted", stays.sum(axis=1))
    table["cost_forgone"] = money
    return table[table["tie"] != "stayer"].reset_index(drop=True)
