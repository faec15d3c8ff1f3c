"""How often people need care, what it costs, and where they go for it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.inputs.format.vocabulary import (
    AGES,
    OLDEST_AGE,
    OUTSIDE,
    REGIMES,
    SEXES,
    STATUSES,
    TIES,
)

FloatArray = NDArray[np.float64]
SERVICES = ("outpatient", "inpatient_1", "inpatient_2", "inpatient_3")
"""Services of the cases built here: outpatient care, then hospitals by tier."""
RATES_YEAR = 2018
"""Year of the published visits and admissions a head."""


def by_single_age(starts: Sequence[int], values: Sequence[float]) -> FloatArray:
    """Values of age bands at every single age, ``(101,)``."""
    place = np.searchsorted(np.array(starts), np.arange(AGES), side="right") - 1
    return np.asarray(values, dtype=float)[place]


def scaled_frequency(shape: FloatArray, people: FloatArray, per_head: float) -> FloatArray:
    """A shape by sex and age ``(2, 101)`` scaled to so many claims a head of ``people``."""
    return np.asarray(shape * (per_head * people.sum() / (shape * people).sum()))


def morbidity_table(
    outpatient: FloatArray, admissions: FloatArray, tiers: Mapping[str, float], first: str
) -> pd.DataFrame:
    """The table ``morbidity``: admissions divided over hospital tiers by fixed shares."""
    frames = []
    services = {first: outpatient} | {name: admissions * share for name, share in tiers.items()}
    for service, values in services.items():
        for sex_index, sex in enumerate(SEXES):
            frames.append(
                pd.DataFrame(
                    {"service": service, "sex": sex, "age": range(AGES),
                     "frequency": values[sex_index].round(6)}
                )
            )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def severity_table(
    starts: Sequence[int],
    means: Mapping[str, float],
    variation: Mapping[str, float],
    by_class: Mapping[str, Sequence[float]],
    family: str,
) -> pd.DataFrame:
    """The table ``severity``.

    Args:
        starts: first ages of the classes.
        means: mean cost of a claim by service.
        variation: coefficient of variation by service.
        by_class: cost relative to the mean by service and class.
        family: distribution.
    """
    ends = [start - 1 for start in starts[1:]] + [OLDEST_AGE]
    rows = [
        (service, start, end, family, round(means[service] * relative, 2), variation[service])
        for service in means
        for start, end, relative in zip(starts, ends, by_class[service], strict=True)
    ]
    return pd.DataFrame(rows, columns=["service", "age_from", "age_to", "family", "mean", "cv"])


def treatment_table(
    services: Sequence[str],
    referral: Mapping[str, float],
    home: Mapping[str, Mapping[str, float]],
    forgone: Mapping[str, Mapping[str, float]],
) -> pd.DataFrame:
    """The table ``treatment``: where wanted care is given, by regime, tie and service.

    Args:
        services: the first is outpatient care.
        referral: share of care sought at a referral centre, by service.
        home: share of the rest for which people travel home, by regime and ``outpatient`` or
            ``inpatient``.
        forgone: share of wanted care that people away go without, likewise.
    """
    rows = []
    for regime, tie, (number, service) in product(REGIMES, TIES, enumerate(services)):
        kind = "outpatient" if number == 0 else "inpatient"
        without = 0.0 if tie == "stayer" else forgone[regime][kind]
        sent = referral[service] * (1.0 - without)
        left = 1.0 - without - sent
        travels = 0.0 if tie == "stayer" else home[regime][kind]
        back = round(left * travels, 6)
        shares = (round(left - back, 6), back, round(sent, 6))
        rows.append((regime, tie, service, *shares, round(1.0 - sum(shares), 6)))
    columns = ["regime", "tie", "service", "residence", "home", "referral", "forgone"]
    return pd.DataFrame(rows, columns=columns)


def referral_table(
    counties: Sequence[str],
    city: NDArray[np.int64],
    health_workers: FloatArray,
    local: float,
    outside: float = 0.0,
) -> pd.DataFrame:
    """The table ``referral``: the city's and the whole's county with most health workers.

    Args:
        counties: codes.
        city: city of each county.
        health_workers: by county.
        local: share that goes to the centre of the own city.
        outside: share that leaves the case.
    """
    top = int(np.argmax(health_workers))
    rows = []
    for county, code in enumerate(counties):
        members = np.flatnonzero(city == city[county])
        centre = int(members[np.argmax(health_workers[members])])
        if centre == top:
            rows.append((code, counties[top], round(1.0 - outside, 6)))
        else:
            rows.append((code, counties[centre], local))
            rows.append((code, counties[top], round(1.0 - local - outside, 6)))
        if outside > 0:
            rows.append((code, OUTSIDE, outside))
    return pd.DataFrame(rows, columns=["region", "centre", "share"])


def care_tables(
    facts: pd.DataFrame, assumed: Mapping[str, Any], people: FloatArray,
    per_head: Mapping[str, float] | None = None, shapes: Mapping[str, FloatArray] | None = None,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Morbidity, severity, relativities and treatment of a case built on national figures.

    Args:
        facts: published figures: topic, measure, year, value.
        assumed: assumptions by name.
        people: the people whose visits and admissions a head are known, ``(2, 101)``.
        per_head: ``admission_rate`` and ``outpatient_visits``; default: those published for
            :data:`RATES_YEAR`.
        shapes: ``stays`` and ``visits`` by sex and age, ``(2, 101)``, of which only the relation
            between ages counts; default: those published and assumed of China.
    """
    if per_head is None:
        care = facts[(facts["topic"] == "care") & (facts["year"] == RATES_YEAR)]
        rates = care.drop_duplicates("measure").set_index("measure")["value"]
        per_head = {str(name): float(value) for name, value in rates.items()}
    shapes = shapes or assumed_shapes(facts, assumed)
    admissions = scaled_frequency(shapes["stays"], people, per_head["admission_rate"])
    outpatient = scaled_frequency(shapes["visits"], people, per_head["outpatient_visits"])
    classes = assumed["cost_classes"]
    inpatient = inpatient_cost_classes(facts, classes["starts"], admissions * people)
    relativity = [
        (factor, level, service, values[0 if service == SERVICES[0] else 1])
        for factor, name in (("tie", "tie_relativity"), ("status", "status_relativity"))
        for level, values in assumed[name].items()
        if level in (*TIES, *STATUSES)
        for service in SERVICES
    ]
    return {
        "morbidity": morbidity_table(
            outpatient, admissions, assumed["tiers"]["value"], SERVICES[0]
        ),
        "severity": severity_table(
            classes["starts"], assumed["mean_cost"]["value"], assumed["cost_variation"]["value"],
            dict.fromkeys(SERVICES[1:], inpatient) | {SERVICES[0]: classes["outpatient"]},
            "lognormal",
        ),
        "relativities": pd.DataFrame(
            relativity, columns=["factor", "level", "service", "relativity"]
        ),
        "treatment": treatment_table(
            SERVICES, assumed["referral_care"]["value"], assumed["travel_home"],
            assumed["care_forgone"],
        ),
    }  # fmt: skip


def assumed_shapes(facts: pd.DataFrame, assumed: Mapping[str, Any]) -> dict[str, FloatArray]:
    """Stays by age of a survey, with assumed sexes, and assumed visits by age, ``(2, 101)``."""
    shape = facts[facts["topic"] == "admission_by_age"]
    starts = shape["measure"].str.extract(r"age_(\d+)")[0].astype(int).tolist()
    by_age = by_single_age(starts, shape["value"].tolist())
    sexes, visits = assumed["admissions_sex"], assumed["outpatient_ages"]
    return {
        "stays": np.stack([by_age * by_single_age(sexes["starts"], sexes[sex]) for sex in SEXES]),
        "visits": np.tile(by_single_age(visits["starts"], visits["values"]), (2, 1)),
    }


def inpatient_cost_classes(
    facts: pd.DataFrame, starts: Sequence[int], admissions: FloatArray
) -> list[float]:
    """Cost of an admission by age class relative to the mean over admissions.

    Args:
        facts: published figures, of which the cost by age counts.
        starts: first ages of the classes.
        admissions: by sex and age, ``(2, 101)``.
    """
    costs = facts[facts["topic"] == "cost_by_age"]
    first = costs["measure"].str.extract(r"_(\d+)_\d+$")[0].astype(int).to_numpy()
    values = costs["value"].to_numpy(dtype=float)
    at_age = values[
        np.clip(np.searchsorted(first, np.arange(AGES), side="right") - 1, 0, values.size - 1)
    ]
    weight = admissions.sum(axis=0)
    mean = np.average(at_age, weights=weight)
    return [
        round(float(np.average(at_age[a:b], weights=weight[a:b]) / mean), 4)
        for a, b in pairwise([*starts, AGES])
    ]
