"""Cover and care of the Jiangsu case: who is insured where, how often they need care."""

from itertools import pairwise

import numpy as np
import pandas as pd

from inputs.building import care, cover
from inputs.jiangsu.people import People
from inputs.jiangsu.published import FloatArray, Published
from inputs.vocabulary import AGES, SEXES

SERVICES = ("outpatient", "inpatient_1", "inpatient_2", "inpatient_3")


def coverage_tables(published: Published, own: People) -> tuple[pd.DataFrame, FloatArray, float]:
    """The table ``coverage``, members of the employee scheme by county, and the active share."""
    growth = published.fund("employee", "nation", 2023, "participants") / published.fund(
        "employee", "nation", 2020, "participants"
    )
    product = published.economy("gdp_per_resident", 2022)
    residents = dict(zip(published.counties, published.residents, strict=True))
    by_city = np.bincount(published.city, published.residents)
    of_city = dict(zip(published.cities, by_city, strict=True))
    changzhou, nantong, sheyang = "320400", "320600", "320924"
    known = {
        changzhou: published.fund("employee", changzhou, 2023, "participants")
        / growth
        / of_city[changzhou],
        # three years of the national growth lie between 2017 and 2020
        nantong: published.fund("employee", nantong, 2017, "participants")
        * growth
        / of_city[nantong],
        sheyang: published.fund("employee", sheyang, 2023, "participants")
        / growth
        / residents[sheyang],
    }
    parent = published.regions.set_index("region")["parent"]
    at = [float(product[code if code in product.index else parent[code]]) for code in known]
    units = published.units
    non_farm = (units["workers"] - units["agriculture"]).to_numpy(float) / published.residents
    members = cover.members_by_county(
        published.residents, published.city, product.loc[published.cities].to_numpy(float),
        non_farm, np.array(at), np.array(list(known.values())),
    )  # fmt: skip
    active = published.fund("employee", "320000", 2009, "participants_active") / published.fund(
        "employee", "320000", 2009, "participants"
    )
    table, _ = cover.coverage_table(
        published.counties,
        own.by_tie,
        members,
        active,
        published.fund("all", "320000", 2020, "participants"),
        cover.CoverAssumptions.of(published.assumptions),
    )
    return table, members, active


def care_tables(published: Published, own: People) -> dict[str, pd.DataFrame]:
    """Morbidity, severity, relativities, treatment and referral."""
    assumed = published.assumptions
    nation = own.outside + own.residents.sum(axis=0)
    facts = published.table("facts")
    shape = facts[facts["topic"] == "admission_by_age"]
    starts = shape["measure"].str.extract(r"age_(\d+)")[0].astype(int).tolist()
    by_age = care.by_single_age(starts, shape["value"].tolist())
    sexes = assumed["admissions_sex"]
    both = np.stack([by_age * care.by_single_age(sexes["starts"], sexes[sex]) for sex in SEXES])
    admissions = care.scaled_frequency(both, nation, published.fact("care", "admission_rate", 2018))
    visits = assumed["outpatient_ages"]
    flat = np.tile(care.by_single_age(visits["starts"], visits["values"]), (2, 1))
    outpatient = care.scaled_frequency(
        flat, nation, published.fact("care", "outpatient_visits", 2018)
    )
    classes = assumed["cost_classes"]
    inpatient = inpatient_cost_classes(published, classes["starts"], admissions * nation)
    by_class = dict.fromkeys(SERVICES[1:], inpatient) | {SERVICES[0]: classes["outpatient"]}
    relativity = [
        (factor, level, service, values[0 if service == SERVICES[0] else 1])
        for factor, name in (("tie", "tie_relativity"), ("status", "status_relativity"))
        for level, values in assumed[name].items()
        if isinstance(values, list)
        for service in SERVICES
    ]
    travel, without = assumed["travel_home"], assumed["care_forgone"]
    return {
        "morbidity": care.morbidity_table(
            outpatient, admissions, published.assumed("tiers"), SERVICES[0]
        ),
        "severity": care.severity_table(
            classes["starts"], published.assumed("mean_cost"), published.assumed("cost_variation"),
            by_class, "lognormal",
        ),
        "relativities": pd.DataFrame(
            relativity, columns=["factor", "level", "service", "relativity"]
        ),
        "treatment": care.treatment_table(
            SERVICES, published.assumed("referral_care"), travel, without
        ),
        "referral": care.referral_table(
            published.counties, published.city,
            published.units["health_social"].to_numpy(float), assumed["referral_care"]["local"],
        ),
    }  # fmt: skip


def inpatient_cost_classes(
    published: Published, starts: list[int], admissions: FloatArray
) -> list[float]:
    """Cost of an admission by age class relative to the mean over admissions."""
    facts = published.table("facts")
    own = facts[facts["topic"] == "cost_by_age"]
    first = own["measure"].str.extract(r"_(\d+)_\d+$")[0].astype(int).to_numpy()
    values = own["value"].to_numpy(dtype=float)
    at_age = values[
        np.clip(np.searchsorted(first, np.arange(AGES), side="right") - 1, 0, values.size - 1)
    ]
    weight = admissions.sum(axis=0)
    mean = np.average(at_age, weights=weight)
    edges = [*starts, AGES]
    return [
        round(float(np.average(at_age[a:b], weights=weight[a:b]) / mean), 4)
        for a, b in pairwise(edges)
    ]
