"""Frequencies, dispersion, severities and credibility from experience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import FloatArray, ratio
from fundpool.actuarial.credibility import Credibility, buhlmann_straub
from fundpool.actuarial.severity_fit import fit_severity, frequency_dispersion
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.inputs.records.bands import merged_bands
from fundpool.inputs.records.experience import Experience
from fundpool.inputs.records.members import Members


@dataclass(frozen=True)
class Frequencies:
    """Claims a person-year of one service.

    Attributes:
        service: the service class.
        bands: sex, first and last age, exposure (person-years times relativities), claims
            completed, frequency and its standard error.
        by_age: frequency, ``(2, ages)``.
        dispersion: variance of persons' frequencies relative to their mean; NaN for counts.
    """

    service: str
    bands: pd.DataFrame
    by_age: FloatArray
    dispersion: float


def frequencies(
    experience: Experience, members: Members, claims: pd.DataFrame, number: int, minimum: int
) -> Frequencies:  # fmt: skip
    """Frequencies of one service by sex and band of ages.

    ``frequency = completed claims / exposure`` over periods complete enough; its standard error is
    ``sqrt(sum of claims / complete^2 (1 + dispersion * mean)) / exposure`` with the mean number of
    claims of a person in a year.

    Args:
        experience: what was seen.
        members, claims: for the dispersion between persons.
        number: of the service.
        minimum: people insured at a time that a band needs.
    """
    used = experience.used[number]
    complete = experience.complete[number][used]
    exposure = experience.weighted[number][used].sum(axis=(0, 1))
    booked = experience.claims[number][used].sum(axis=1)
    completed = (booked / complete[:, None, None]).sum(axis=0)
    spread = (booked / complete[:, None, None] ** 2).sum(axis=0)
    people = experience.exposure.sum(axis=(0, 1)) / experience.years
    rows = []
    by_age = np.zeros((len(SEXES), AGES))
    for sex, name in enumerate(SEXES):
        for first, last in merged_bands(people[sex], minimum):
            ages = slice(first, last + 1)
            years, total = exposure[sex, ages].sum(), completed[sex, ages].sum()
            frequency = float(ratio(total, years))
            by_age[sex, ages] = frequency
            variance = float(spread[sex, ages].sum())
            rows.append((experience.services[number], name, first, last, years, total, frequency,
                         variance))  # fmt: skip
    columns = ["service", "sex", "age_from", "age_to", "exposure", "claims", "frequency", "error"]
    bands = pd.DataFrame(rows, columns=columns)
    dispersion = _dispersion(experience, members, claims, number, by_age)
    more = 1.0 + (0.0 if np.isnan(dispersion) else dispersion) * bands["frequency"]
    bands["error"] = ratio(np.sqrt(bands["error"] * more), bands["exposure"])
    return Frequencies(experience.services[number], bands, by_age, dispersion)


def _dispersion(
    experience: Experience, members: Members, claims: pd.DataFrame, number: int, by_age: FloatArray
) -> float:  # fmt: skip
    """Dispersion between persons' years; NaN where members or claims are counts."""
    known = claims["person_number"].to_numpy(np.int64) >= 0
    if members.are_counts or not known.all() or not len(claims):
        return float("nan")
    periods, service = experience.periods, experience.services[number]
    years = [periods.year(place) for place in range(periods.count)]
    persons, first_year = int(members.person.max()) + 1, years[0]
    size = persons * (years[-1] - first_year + 1)
    sexes = members.groups["sex"].map(SEXES.index).to_numpy(np.int64)
    expected, observed = np.zeros(size), np.zeros(size)
    for place in np.flatnonzero(experience.used[number]):
        cells = members.exposure(*periods.days(int(place)))
        row = cells["row"].to_numpy(np.int64)
        mean = cells["years"].to_numpy() * by_age[sexes[row], cells["age"].to_numpy(np.int64)]
        unit = (years[place] - first_year) * persons + members.person[row]
        expected += np.bincount(
            unit, mean * experience.relative[number][row] * experience.complete[number][place], size
        )  # fmt: skip
    at = periods.index(claims["first"].to_numpy().astype("M8[D]"))
    rows = (claims["service"] == service).to_numpy() & experience.used[number][at]
    unit = (
        (np.array(years)[at[rows]] - first_year) * persons
        + claims.loc[rows, "person_number"].to_numpy(np.int64)
    )  # fmt: skip
    observed += np.bincount(unit, claims.loc[rows, "number"].to_numpy(np.float64), size)
    if not expected.sum() > 0:
        return float("nan")
    return frequency_dispersion(observed[expected > 0], expected[expected > 0])


def severities(
    costs: pd.DataFrame, starts: Sequence[int], minimum: int,
    given: Mapping[tuple[str, int], tuple[str, float]] | None,
) -> tuple[pd.DataFrame, list[str]]:  # fmt: skip
    """Severity by service and class of ages.

    Args:
        costs: service, age, cost of a claim in money of the base year, number, ``weight`` (one over
            the share complete), person_number (-1 where claims are counts).
        starts: first age of each class.
        minimum: people with claims that a class needs; one with fewer is merged with its
            neighbour, both classes getting the same severity.
        given: family and variation by service and first age, for counts.

    Returns:
        service, age_from, age_to, family, mean, cv, claims; services without a severity.
    """
    rows: list[tuple[object, ...]] = []
    lacking = []
    edges = [*starts, AGES]
    for service, of_service in costs.groupby("service", sort=False):
        records = bool((of_service["person_number"] >= 0).all())
        if not records and given is None:
            lacking.append(str(service))
            continue
        each = of_service.drop_duplicates(["age", "person_number"]) if records else of_service
        people = np.bincount(each["age"], None if records else each["number"], AGES)
        if people.sum() < minimum:
            lacking.append(str(service))
            continue
        bands = merged_bands(people, minimum, starts)
        for first, stop in zip(starts, edges[1:], strict=False):
            band = next(band for band in bands if band[0] <= first <= band[1])
            chosen = of_service[of_service["age"].between(*band)]
            weight = chosen["weight"] * chosen["number"]
            mean = float(np.average(chosen["cost"], weights=weight)) if len(chosen) else 0.0
            if records and chosen["cost"].nunique() > 1:
                fit = fit_severity(chosen["cost"].to_numpy(), weight.to_numpy())
                family, cv = fit.family, fit.cv
            elif given and (service, first) in given:
                family, cv = given[str(service), first]
            else:
                lacking.append(str(service))
                continue
            rows.append((service, first, stop - 1, family, mean, cv, float(chosen["number"].sum())))
    columns = ["service", "age_from", "age_to", "family", "mean", "cv", "claims"]
    table = pd.DataFrame(rows, columns=columns)
    lacking = sorted(set(lacking))
    return table[~table["service"].isin(lacking)].reset_index(drop=True), lacking


def county_credibility(
    experience: Experience, number: int, by_age: FloatArray
) -> Credibility | None:
    """Credibility of each county's claims over what all counties' frequencies let expect.

    Expected claims of a county and period are its exposure times the frequencies, scaled so that
    all counties together meet what was booked in that period: seasons and delays of booking cancel.
    None for a single county or period.
    """
    used = experience.used[number]
    expected = (experience.weighted[number][used] * by_age).sum(axis=(2, 3)).T
    actual = experience.claims[number][used].sum(axis=(2, 3)).T
    expected = expected * ratio(actual.sum(axis=0), expected.sum(axis=0))
    try:
        return buhlmann_straub(ratio(actual, expected), expected)
    except ValueError:
        return None
