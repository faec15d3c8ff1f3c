"""Exposure and claims by period, county, sex and age."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.actuarial.arrays import FloatArray
from fundpool.actuarial.completeness import Completeness, chain_ladder
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.inputs.records.members import Members

LEAST_COMPLETE = 0.5
"""Periods of which less has been booked are left out: their factor rests on too little."""


@dataclass(frozen=True)
class Periods:
    """Periods of one month or one year each.

    Attributes:
        first: number of the first period.
        count: how many there are.
        a_year: periods of a year, 12 or 1.
    """

    first: int
    count: int
    a_year: int

    def index(self, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Place of the period that holds each day, ``(n,)``; it may lie outside."""
        return number_of_period(days, self.a_year) - self.first

    def label(self, place: int) -> str:
        """A period as it is written: ``2024-05`` or ``2024``."""
        number = self.first + place
        if self.a_year == 1:
            return str(number)
        return f"{number // 12}-{number % 12 + 1:02}"

    def days(self, place: int) -> tuple[str, str]:
        """First and last day of a period."""
        unit = "M8[Y]" if self.a_year == 1 else "M8[M]"
        begin = np.datetime64(self.label(place)).astype(unit)
        return str(begin.astype("M8[D]")), str((begin + 1).astype("M8[D]") - 1)

    def year(self, place: int) -> int:
        """Calendar year of a period."""
        return (self.first + place) // self.a_year


def number_of_period(days: NDArray[np.datetime64], a_year: int) -> NDArray[np.int64]:
    """Months or years since the year 0 of each day, ``(n,)``."""
    if a_year == 1:
        return days.astype("M8[Y]").astype(np.int64) + 1970
    return days.astype("M8[M]").astype(np.int64) + 1970 * 12


@dataclass(frozen=True)
class Experience:
    """What was seen, for ``P`` periods, ``R`` counties, ``S`` services, two sexes and all ages.

    Attributes:
        periods: the periods.
        regions: codes of the counties.
        services: service classes.
        exposure: person-years, ``(P, R, 2, ages)``.
        relative: relativity of each row of the members' groups, ``(S, groups)``.
        weighted: person-years times the relativities of the case, ``(S, P, R, 2, ages)``.
        claims: claims booked, ``(S, P, R, 2, ages)``.
        complete: share booked of each period, ``(S, P)``.
        by_delay: development of each service's claims; None without dates of booking.
    """

    periods: Periods
    regions: tuple[str, ...]
    services: tuple[str, ...]
    exposure: FloatArray
    relative: FloatArray
    weighted: FloatArray
    claims: FloatArray
    complete: FloatArray
    by_delay: tuple[Completeness, ...] | None

    @property
    def used(self) -> NDArray[np.bool_]:
        """Periods complete enough to be used, ``(S, P)``."""
        return np.asarray(self.complete >= LEAST_COMPLETE)

    @property
    def years(self) -> float:
        """Length of all periods."""
        return self.periods.count / self.periods.a_year


def relative_frequency(
    groups: pd.DataFrame,
    relativities: Mapping[tuple[str, str, str], float],
    service: str,
    kinds: Mapping[str, str] | None = None,
) -> FloatArray:
    """Claim frequency of each group relative to all, as the case has it, ``(groups,)``.

    Args:
        groups: with tie and status.
        relativities: by factor, level and service.
        service: service class.
        kinds: coverage status that each status named by the case is a part of.
    """
    by_tie = groups["tie"].map(lambda level: relativities.get(("tie", level, service), 1.0))
    of_kind, by_name = (
        statuses.map(lambda level: relativities.get(("status", level, service), 1.0))
        for statuses in (groups["status"].map(lambda name: (kinds or {}).get(name, name)),
                         groups["status"].where(groups["status"].isin(list(kinds or {}))))
    )  # fmt: skip
    return np.asarray(by_tie * of_kind * by_name, dtype=np.float64)


def experience_of(
    members: Members, claims: pd.DataFrame, periods: Periods, services: tuple[str, ...],
    relativities: Mapping[tuple[str, str, str], float], kinds: Mapping[str, str] | None = None,
) -> Experience:  # fmt: skip
    """Exposure, claims and completeness of the periods.

    Args:
        members: who was insured.
        claims: as :func:`inputs.records.claims.claims_of` gives them, all within the periods.
        periods: the periods.
        services: service classes, in order.
        relativities: by factor, level and service.
        kinds: coverage status that each status named by the case is a part of.
    """
    regions = tuple(sorted(set(members.groups["region"]) | set(claims["region"])))
    place = {code: number for number, code in enumerate(regions)}
    shape = (periods.count, len(regions), len(SEXES), AGES)
    group_region = members.groups["region"].map(place).to_numpy(np.int64)
    group_sex = members.groups["sex"].map(SEXES.index).to_numpy(np.int64)
    relative = np.array(
        [relative_frequency(members.groups, relativities, name, kinds) for name in services]
    )
    exposure = np.zeros(shape)
    weighted = np.zeros((len(services), *shape))
    for period in range(periods.count):
        cells = members.exposure(*periods.days(period))
        row = cells["row"].to_numpy(np.int64)
        flat = np.ravel_multi_index(
            (group_region[row], group_sex[row], cells["age"].to_numpy(np.int64)), shape[1:]
        )
        years = cells["years"].to_numpy(np.float64)
        size = int(np.prod(shape[1:]))
        exposure[period] = np.bincount(flat, years, size).reshape(shape[1:])
        for number, weights in enumerate(relative):
            sums = np.bincount(flat, years * weights[row], size)
            weighted[number, period] = sums.reshape(shape[1:])
    counted = np.zeros((len(services), *shape))
    at = (
        claims["service"].map(services.index).to_numpy(np.int64),
        periods.index(claims["first"].to_numpy().astype("M8[D]")),
        claims["region"].map(place).to_numpy(np.int64),
        claims["sex"].map(SEXES.index).to_numpy(np.int64),
        claims["age"].to_numpy(np.int64),
    )
    np.add.at(counted, at, claims["number"].to_numpy(np.float64))
    complete, by_delay = _completeness(claims, periods, services)
    return Experience(
        periods, regions, services, exposure, relative, weighted, counted, complete, by_delay
    )  # fmt: skip


def _completeness(
    claims: pd.DataFrame, periods: Periods, services: tuple[str, ...]
) -> tuple[FloatArray, tuple[Completeness, ...] | None]:
    """Share booked of each service's periods, ``(S, P)``, and how they develop."""
    booked = claims["booked"].to_numpy().astype("M8[D]")
    if np.isnat(booked).all():
        return np.ones((len(services), periods.count)), None
    service_period = periods.index(claims["first"].to_numpy().astype("M8[D]"))
    booked = np.where(np.isnat(booked), claims["first"].to_numpy().astype("M8[D]"), booked)
    booked_period = periods.index(booked)
    n = max(periods.count, int(booked_period.max()) + 1)
    number = claims["number"].to_numpy(np.float64)
    development = []
    for service in services:
        rows = (claims["service"] == service).to_numpy()
        table = np.zeros((n, n))
        delay = np.clip(booked_period - service_period, 0, n - 1)
        np.add.at(table, (service_period[rows], delay[rows]), number[rows])
        development.append(chain_ladder(table))
    complete = np.array([result.complete[: periods.count] for result in development])
    return complete, tuple(development)
