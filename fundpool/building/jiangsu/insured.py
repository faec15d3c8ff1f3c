"""Cover and care of the Jiangsu case: who is insured where, how often they need care."""

import numpy as np
import pandas as pd

from fundpool.building import care, cover
from fundpool.building.jiangsu.people import People
from fundpool.building.jiangsu.published import FloatArray, Published


def coverage_tables(published: Published, people: People) -> tuple[pd.DataFrame, FloatArray, float]:
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
        people.by_tie,
        members,
        active,
        published.fund("all", "320000", 2020, "participants"),
        cover.CoverAssumptions.of(published.assumptions),
    )
    return table, members, active


def care_tables(published: Published, people: People) -> dict[str, pd.DataFrame]:
    """Morbidity, severity, relativities, treatment and referral."""
    nation = people.outside + people.residents.sum(axis=0)
    assumed = published.assumptions
    tables = care.care_tables(published.table("facts"), assumed, nation)
    referral = care.referral_table(
        published.counties, published.city, published.units["health_social"].to_numpy(float),
        assumed["referral_care"]["local"], assumed["referral_care"]["outside"],
    )  # fmt: skip
    return tables | {"referral": referral}
