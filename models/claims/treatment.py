"""Where people are treated, and how often: relativities and places of treatment by pair.

Places: at the residence, at home (the insuring county, for those insured away from where they
live), at a referral centre. The split follows how a person stands to the *insuring* county:
someone insured where they live is treated like a stayer; someone insured at home follows the row
of their tie under the scheme's settlement regime; the rest of the shares is care forgone. Shares
listed by year are linear between the years, the first and the last held.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import REGIMES, TIES
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.axes.statuses import HOME_COVER, RETIRED_ELSEWHERE, WORK_BASED, K, Status

RESIDENCE, HOME, REFERRAL = range(3)


@dataclass(frozen=True)
class DatedShares:
    """Shares of listed years.

    Attributes:
        years: calendar years, rising, ``(Y,)``.
        shares: of each year, ``(Y, ...)``.
    """

    years: FloatArray
    shares: FloatArray

    def at(self, year: int) -> FloatArray:
        """Shares of a year: linear between listed years, the first and the last held.

        >>> dated = DatedShares(np.array([2024.0, 2028.0]), np.array([[0.2], [0.4]]))
        >>> [round(float(dated.at(year)[0]), 3) for year in (2020, 2024, 2025, 2028, 2050)]
        [0.2, 0.2, 0.25, 0.4, 0.4]
        """
        place = float(np.interp(year, self.years, np.arange(self.years.size)))
        before = int(place)
        part = place - before
        if part == 0.0:
            return np.asarray(self.shares[before])
        return np.asarray((1.0 - part) * self.shares[before] + part * self.shares[before + 1])


@dataclass(frozen=True)
class Referral:
    """Referral centres: for each residence up to ``M`` centres and their shares in a year.

    Attributes:
        centre: county of each centre, ``(n + 1, M)``; outside refers to outside.
        share: share of referral care, ``(n + 1, M)``, rows sum to one.
    """

    centre: IntArray
    share: FloatArray


def frequency_relativities(case: Case) -> FloatArray:
    """Relativities of claim frequency by tie and residence, status and service.

    ``(ties * (n + 1), K, C)``, the row being ``tie * (n + 1) + residence``.
    ``tie * status * industry``; the industry relativity of a county is the mean over its
    industries and applies to those insured through work. Relativities of statuses that the case
    names are in the expected claims already
    (:func:`fundpool.models.contributions.members.care_of_named`).
    """
    services = case.services
    by_tie = np.ones((len(TIES), len(services)))
    by_status = np.ones((K, len(services)))
    table = case.tables["relativities"]
    for factor, level, service, value in zip(
        table["factor"], table["level"], table["service"], table["relativity"], strict=True
    ):
        if factor == "tie":
            by_tie[TIES.index(level), services.index(service)] = value
        elif level not in case.settings.statuses:  # those count where people are counted
            by_status[Status.of(level), services.index(service)] = value
    industry = industry_relativities(case)
    result = np.empty((len(TIES), industry.shape[0], K, len(services)))
    result[:] = by_tie[:, None, None, :] * by_status
    for status in WORK_BASED:
        result[:, :, status] *= industry
    return result.reshape(-1, K, len(services))


def industry_relativities(case: Case) -> FloatArray:
    """Mean relativity of claim frequency over a county's industries, ``(n + 1, C)``.

    The first service is outpatient care; all others take the inpatient relativity. Scaled so that
    the mean over counties, weighted by the employed, is one: the industry mix moves claims
    between counties, not their level.
    """
    mix = case.tables["industries"].merge(case.tables["industry_factors"], on="industry")
    n = len(case.regions.codes)
    result = np.ones((n + 1, len(case.services)))
    weight = mix["share"].to_numpy(dtype=float)
    employed = _employed(case)
    county = np.array([case.regions.index(code) for code in mix["region"]])
    for column, services in (("outpatient", slice(0, 1)), ("inpatient", slice(1, None))):
        total = sum_by(county, weight * mix[column].to_numpy(dtype=float), minlength=n)
        share = sum_by(county, weight, minlength=n)
        mean = ratio(total, share, 1.0)
        level = float((mean * employed).sum() / employed.sum())
        result[:n, services] = (mean / level if level > 0 else np.ones(n))[:, None]
    return result


def _employed(case: Case) -> FloatArray:
    """Residents of 15 and over who work by county in the base year, ``(n,)``; all ones if none."""
    people = case.tables["population"]
    adults = people[people["age"] >= 15].groupby("region")["persons"].sum()
    shares = case.tables["employment"].set_index("region")["employed_share"]
    employed: FloatArray = np.array(
        [float(adults.get(code, 0.0)) * float(shares[code]) for code in case.regions.codes]
    )
    return employed if employed.sum() > 0 else np.ones(employed.size)


@dataclass(frozen=True)
class CarePlaces:
    """Where a case has care given, by year.

    Attributes:
        treatment: :func:`treatment_shares`.
        centre: county of each referral centre in any of the years, ``(n + 1, M)``.
        referral: shares of centres, ``(Y, n + 1, M)``.
    """

    treatment: DatedShares
    centre: IntArray
    referral: DatedShares

    def centres(self, year: int) -> Referral:
        """Referral centres in a year."""
        return Referral(self.centre, self.referral.at(year))

    def signature(self, year: int) -> Hashable:
        """Something that changes when shares do."""
        return self.treatment.at(year).tobytes(), self.referral.at(year).tobytes()


def care_places(case: Case) -> CarePlaces:
    """Where care is given, from the tables ``treatment`` and ``referral``.

    >>> from fundpool import examples
    >>> care_places(examples.case()).centres(2021).share.sum(axis=1).round(9).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    return CarePlaces(treatment_shares(case), *referral_centres(case))


def referral_centres(case: Case) -> tuple[IntArray, DatedShares]:
    """Referral centres of every residence; a county without any in a year refers to itself.

    Returns:
        centres, and their shares, as :class:`CarePlaces` has them.
    """
    table = case.tables["referral"]
    years, number = listed_years(table, case.base_year)
    n = len(case.regions.codes)
    listed: list[dict[int, list[float]]] = [{} for _ in range(n + 1)]
    for region, to, year, share in zip(
        table["region"], table["centre"], number.tolist(), table["share"], strict=True
    ):
        if share > 0:
            row = listed[case.regions.index(region)]
            row.setdefault(case.regions.index(to), [0.0] * years.size)[year] = float(share)
    for region, row in enumerate(listed):
        to_itself = [
            float(not any(shares[year] for shares in row.values())) for year in range(years.size)
        ]
        if any(to_itself):
            listed_too = row.get(region, [0.0] * years.size)
            row[region] = [sum(both) for both in zip(listed_too, to_itself, strict=True)]
    width = max(len(row) for row in listed)
    centre = np.tile(np.arange(n + 1)[:, None], (1, width))
    weight = np.zeros((years.size, n + 1, width))
    for region, row in enumerate(listed):
        for place, (target, shares) in enumerate(row.items()):
            centre[region, place], weight[:, region, place] = target, shares
    return centre, DatedShares(years, weight)


def treatment_shares(case: Case) -> DatedShares:
    """Share of wanted care by listed year, regime, tie, service and place, ``(Y, 3, 5, C, 3)``.

    What is missing to one is forgone.
    """
    table = case.tables["treatment"]
    years, number = listed_years(table, case.base_year)
    result = np.zeros((years.size, len(REGIMES), len(TIES), len(case.services), 3))
    regime = table["regime"].map(REGIMES.index).to_numpy()
    tie = table["tie"].map(TIES.index).to_numpy()
    service = table["service"].map(case.services.index).to_numpy()
    for place, column in enumerate(("residence", "home", "referral")):
        result[number, regime, tie, service, place] = table[column].to_numpy(dtype=float)
    return DatedShares(years, result)


def listed_years(table: pd.DataFrame, base_year: int) -> tuple[FloatArray, IntArray]:
    """Years that a table lists, ``(Y,)``, and the number of each row's; without any, one year."""
    listed = table["year"].fillna(base_year).to_numpy(dtype=float)
    years, number = np.unique(np.append(listed, [] if listed.size else [base_year]),
                              return_inverse=True)  # fmt: skip
    return years, number[: listed.size]


def place_shares(shares: FloatArray, regime_of_status: IntArray, slack: float) -> FloatArray:
    """Share of wanted care given in each place by tie, ``(ties, K, C, 3)``.

    Args:
        shares: :func:`treatment_shares`.
        regime_of_status: index into ``REGIMES`` for each coverage status, ``(K,)``.
        slack: share of the year that migrants spend at home.
    """
    stayer = TIES.index("stayer")
    result = np.empty((len(TIES), K, *shares.shape[2:]))
    for status in range(K):
        regime = int(regime_of_status[status])
        if status in HOME_COVER:
            result[:, status] = shares[regime]
        elif status == RETIRED_ELSEWHERE:
            away = shares[regime, TIES.index("between")].copy()
            away[:, RESIDENCE] += away[:, HOME]  # the old pool's territory is not gone back to
            away[:, HOME] = 0.0
            result[:, status] = away
        else:
            result[:, status] = shares[regime, stayer]
    migrant = [TIES.index(t) for t in ("within", "between", "inbound")]
    at_home = slack * result[migrant, :, :, RESIDENCE]
    result[migrant, :, :, RESIDENCE] -= at_home
    result[migrant, :, :, HOME] += at_home
    return result
