"""What was fitted as the tables of a case, without groups of few people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.raw import RawCase, RawTable, as_text
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.inputs.records.bands import merged_bands, shared_over_bands
from fundpool.inputs.records.estimates import Frequencies, county_credibility
from fundpool.inputs.records.experience import Experience
from fundpool.inputs.records.members import Members

WITHIN: Mapping[str, tuple[str, ...]] = {
    "population": ("region", "sex"),
    "coverage": ("region", "tie", "sex"),
    "morbidity": ("service", "sex"),
    "severity": ("service",),
}
"""Tables that can be fitted, and the columns within which fitted rows replace those of a case."""


def population_table(insured: pd.DataFrame, minimum: int) -> tuple[pd.DataFrame, list[str]]:
    """People of the members by county, sex and age at the end of the base year.

    Ages with fewer than ``minimum`` are shared evenly with those beside them.

    Args:
        insured: region, sex, age, persons and more, a row for each person or count.
        minimum: people that a group needs.

    Returns:
        the table; counties with a sex of fewer people, which are left out.
    """
    rows, few = [], []
    for (region, sex), group in insured.groupby(["region", "sex"]):
        counted = np.bincount(group["age"].astype(int), group["persons"].astype(float), AGES)
        people = np.asarray(counted, dtype=np.float64)
        if people.sum() < minimum:
            few.append(str(region))
            continue
        shared = shared_over_bands(merged_bands(people, minimum, range(AGES)), people)
        rows += [(region, sex, age, persons) for age, persons in enumerate(shared)]
    return pd.DataFrame(rows, columns=["region", "sex", "age", "persons"]), sorted(set(few))


def coverage_table(
    insured: pd.DataFrame, minimum: int, starts: Mapping[str, Sequence[int]]
) -> tuple[pd.DataFrame, int]:
    """Shares of coverage statuses by county, tie, sex and band of ages.

    Args:
        insured: region, tie, sex, age, status and persons, a row for each person or count.
        minimum: people that a group needs; bands with fewer get the shares of those beside them
            together with their own.
        starts: first age of each band by sex, the same for every county and tie.

    Returns:
        the table; statuses within a band that are left out since fewer than ``minimum`` have them.
    """
    rows, left_out = [], 0
    for (region, tie, sex), group in insured.groupby(["region", "tie", "sex"]):
        people = np.bincount(group["age"].astype(int), group["persons"].astype(float), AGES)
        if people.sum() < minimum:
            left_out += 1
            continue
        for first, last in merged_bands(people, minimum, starts[str(sex)]):
            band = group[group["age"].between(first, last)]
            by_status = band.groupby("status")["persons"].sum()
            shown = by_status[by_status >= minimum]
            if shown.empty:
                shown = by_status.nlargest(1)
            left_out += len(by_status) - len(shown)
            edges = [*(start for start in starts[str(sex)] if first <= start <= last), last + 1]
            rows += [
                (region, tie, sex, start, stop - 1, status, persons / shown.sum())
                for start, stop in pairwise(edges) for status, persons in shown.items()
            ]  # fmt: skip
    columns = ["region", "tie", "sex", "age_from", "age_to", "cover", "share"]
    return pd.DataFrame(rows, columns=columns), left_out


def morbidity_table(fitted: Sequence[Frequencies]) -> pd.DataFrame:
    """Frequency by service, sex and single year of age."""
    return pd.DataFrame(
        [(one.service, sex, age, one.by_age[number, age])
         for one in fitted for number, sex in enumerate(SEXES) for age in range(AGES)],
        columns=["service", "sex", "age", "frequency"],
    )  # fmt: skip


def exposure_table(experience: Experience, members: Members, minimum: int) -> pd.DataFrame:
    """Person-years by calendar year, county, scheme, sex and band of ages.

    Bands are those of a county, sex and scheme over all years with at least ``minimum`` people on
    average; smaller ones are merged, and groups that are smaller in all are left out.
    """
    periods = experience.periods
    by_period = []
    for place in range(periods.count):
        cells = members.exposure(*periods.days(place))
        groups = members.groups.iloc[cells["row"].to_numpy(np.int64)]
        cells_of_period = pd.DataFrame(
            {"year": periods.year(place), "age": cells["age"].to_numpy(np.int64),
             "exposure": cells["years"].to_numpy(),
             **{name: groups[name].to_numpy() for name in ("region", "scheme", "sex")}}
        )  # fmt: skip
        keys = ["year", "region", "scheme", "sex", "age"]
        by_period.append(cells_of_period.groupby(keys, as_index=False)["exposure"].sum())
    together = pd.concat(by_period, ignore_index=True)
    rows = []
    for (region, scheme, sex), group in together.groupby(["region", "scheme", "sex"]):
        people = np.bincount(group["age"], group["exposure"], AGES) / experience.years
        if people.sum() < minimum:
            continue
        for first, last in merged_bands(people, minimum):
            years = group[group["age"].between(first, last)].groupby("year")["exposure"].sum()
            rows += [
                (year, region, scheme, sex, first, last, value)
                for year, value in years.items() if value >= minimum / periods.a_year
            ]  # fmt: skip
    columns = ["year", "region", "scheme", "sex", "age_from", "age_to", "exposure"]
    return pd.DataFrame(rows, columns=columns).sort_values(columns[:5], ignore_index=True)


def completeness_table(experience: Experience, minimum: int) -> pd.DataFrame:
    """Claims booked and completed by service and period; small numbers are blank."""
    rows = []
    for number, service in enumerate(experience.services):
        booked = experience.claims[number].sum(axis=(1, 2, 3))
        complete = experience.complete[number]
        for place in range(experience.periods.count):
            small = 0 < booked[place] < minimum
            claims = float("nan") if small else float(booked[place])
            used = bool(experience.used[number, place])
            completed = claims / float(complete[place]) if used else float("nan")
            rows.append((service, experience.periods.label(place), claims, complete[place],
                         completed, used))  # fmt: skip
    columns = ["service", "period", "booked", "complete", "completed", "used"]
    return pd.DataFrame(rows, columns=columns)


def credibility_table(
    experience: Experience, fitted: Sequence[Frequencies], minimum: int
) -> pd.DataFrame:
    """Exposure, own ratio to what is expected, credibility and estimate of each county."""
    rows = []
    exposure = experience.exposure.sum(axis=(0, 2, 3))
    for number, one in enumerate(fitted):
        result = county_credibility(experience, number, one.by_age)
        mean = float(ratio((experience.weighted[number] * one.by_age).sum(), exposure.sum()))
        for place, region in enumerate(experience.regions):
            if exposure[place] / experience.years < minimum or result is None:
                continue
            estimate = float(result.estimate[place])
            rows.append(
                (one.service, region, exposure[place], result.experience[place],
                 result.factor[place], estimate, estimate * mean,
                 float(np.sqrt(result.squared_error[place])))
            )  # fmt: skip
    columns = ["service", "region", "exposure", "ratio", "credibility", "estimate", "frequency",
               "error"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def with_tables(case: RawCase, tables: Mapping[str, pd.DataFrame], source: str) -> RawCase:
    """A case with fitted rows in place of its own; rows of what was not fitted stay.

    Args:
        case: the case.
        tables: fitted tables by name.
        source: what the rows are said to come from.
    """
    changed = dict(case.tables)
    for name, table in tables.items():
        rows = table.map(as_text)
        rows["source"], rows["status"] = source, "derived"
        old = case.tables.get(name)
        if old is not None and len(old.cells):
            within = list(WITHIN[name])
            cells = old.cells.map(lambda cell: "" if cell != cell else as_text(cell))
            fitted = set(rows[within].itertuples(index=False, name=None))
            stays = [row not in fitted for row in cells[within].itertuples(index=False, name=None)]
            rows = pd.concat([cells.loc[stays], rows], ignore_index=True).fillna("")
        changed[name] = RawTable(f"tables/{name}.csv", rows)
    return replace(case, tables=changed)


def with_dispersion(case: RawCase, fitted: Sequence[Frequencies]) -> RawCase:
    """Dispersion in benefits that are reckoned by a person's year."""
    of_service = {one.service: one.dispersion for one in fitted if not np.isnan(one.dispersion)}
    schemes = {
        name: {
            **scheme,
            "benefits": {
                service: {**benefit, "dispersion": round(of_service[service], 6)}
                if isinstance(benefit, dict) and benefit.get("per") == "year"
                and service in of_service else benefit
                for service, benefit in scheme["benefits"].items()
            },
        } if isinstance(scheme.get("benefits"), dict) else scheme
        for name, scheme in case.schemes.items()
    }  # fmt: skip
    return replace(case, schemes=schemes)
