"""Cover and care of the Jiangsu case: who is insured where, how often they need care."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fundpool.building import care, cover
from fundpool.building.jiangsu.people import People
from fundpool.building.jiangsu.published import CENSUS_YEAR, PROVINCE, FloatArray, Published


@dataclass(frozen=True)
class Insured:
    """Who is insured at the end of a year.

    Attributes:
        coverage: the table ``coverage``.
        members: of the employee scheme, by county, ``(n,)``.
        active: share of them who pay.
        everyone: members of both schemes in the province.
        residents: of each county, ``(n,)``.
    """

    coverage: pd.DataFrame
    members: FloatArray
    active: float
    everyone: float
    residents: FloatArray

    @property
    def in_resident_scheme(self) -> float:
        """Members of the resident scheme: all insured less those of the employee scheme."""
        return self.everyone - float(self.members.sum())


def insured(published: Published, people: People, year: int) -> Insured:
    """Who is insured at the end of 2020 or 2024.

    Membership of three places is published, of 2017 and 2023; it is brought to the year by the
    growth of the nation's members. So are all insured of the province, from 2020. The active share
    of 2020 is that of the province in 2009, the one of 2024 the nation's.
    """

    def growth_from(earlier: int) -> float:
        return published.of_bulletin("employee", "participants", year) / published.of_bulletin(
            "employee", "participants", earlier
        )

    residents_of = people.residents.sum(axis=(1, 2))
    product = published.economy("gdp_per_resident", 2022)
    residents = dict(zip(published.counties, residents_of, strict=True))
    by_city = np.bincount(published.city, residents_of)
    of_city = dict(zip(published.cities, by_city, strict=True))
    changzhou, nantong, sheyang = "320400", "320600", "320924"
    known = {
        changzhou: published.fund("employee", changzhou, 2023, "participants")
        * growth_from(2023)
        / of_city[changzhou],
        # the nation's growth from 2020 to 2023 stands for the three years from 2017
        nantong: published.fund("employee", nantong, 2017, "participants")
        * growth_from(2020)
        * published.of_bulletin("employee", "participants", 2023)
        / published.of_bulletin("employee", "participants", 2020)
        / of_city[nantong],
        sheyang: published.fund("employee", sheyang, 2023, "participants")
        * growth_from(2023)
        / residents[sheyang],
    }
    parent = published.regions.set_index("region")["parent"]
    at = [float(product[code if code in product.index else parent[code]]) for code in known]
    units = published.units
    non_farm = (units["workers"] - units["agriculture"]).to_numpy(float) / published.residents
    members = cover.members_by_county(
        residents_of, published.city, product.loc[published.cities].to_numpy(float),
        non_farm, np.array(at), np.array(list(known.values())),
    )  # fmt: skip
    if year == CENSUS_YEAR:
        active = published.fund("employee", PROVINCE, 2009, "participants_active")
        active /= published.fund("employee", PROVINCE, 2009, "participants")
    else:
        active = published.of_bulletin("employee", "participants_active", year)
        active /= published.of_bulletin("employee", "participants", year)
    everyone = published.fund("all", PROVINCE, CENSUS_YEAR, "participants")
    if year != CENSUS_YEAR:
        everyone *= published.of_bulletin("all", "participants", year)
        everyone /= published.fund("all", "nation", CENSUS_YEAR, "participants")
    table, _ = cover.coverage_table(
        published.counties,
        people.by_tie,
        members,
        active,
        everyone,
        cover.CoverAssumptions.of(published.assumptions),
    )
    return Insured(table, members, active, everyone, residents_of)


def care_tables(published: Published, people: People, year: int) -> dict[str, pd.DataFrame]:
    """Morbidity, severity, relativities, treatment and referral of 2020 or 2024."""
    nation = people.outside + people.residents.sum(axis=0)
    assumed, per_head = published.assumptions, None
    if year != CENSUS_YEAR:
        per_head, assumed = _care_of(published, year)
    tables = care.care_tables(published.table("facts"), assumed, nation, per_head)
    referral = care.referral_table(
        published.counties, published.city, published.units["health_social"].to_numpy(float),
        assumed["referral_care"]["local"], assumed["referral_care"]["outside"],
    )  # fmt: skip
    return tables | {"referral": referral}


def _care_of(published: Published, year: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Stays and visits a head, and the assumptions with mean costs, by the bulletin of a year.

    Both schemes together: stays and outpatient visits, listed chronic diseases included, a member;
    the cost of a stay, divided over tiers as assumed; the rest of what institutions were paid, a
    visit.
    """

    def total(*measures: str) -> float:
        return sum(
            published.of_bulletin(scheme, measure, year)
            for scheme in ("employee", "resident")
            for measure in measures
        )

    members = total("participants")
    visits = total("outpatient_visits", "chronic_outpatient_visits")
    outpatient = total("medical_expenses_institutions") - total("inpatient_expenses")
    stays = {
        scheme: published.of_bulletin(scheme, "inpatient_admissions", year)
        for scheme in ("employee", "resident")
    }
    cost = sum(
        number * published.of_bulletin(scheme, "cost_per_admission", year)
        for scheme, number in stays.items()
    ) / sum(stays.values())
    tiers = published.assumed("tiers")
    means = dict(published.assumed("mean_cost"))
    relative = cost / sum(share * means[tier] for tier, share in tiers.items())
    means = {name: round(mean * relative, 0) for name, mean in means.items()}
    means["outpatient"] = round(outpatient / visits, 0)
    per_head = {
        "admission_rate": sum(stays.values()) / members, "outpatient_visits": visits / members
    }  # fmt: skip
    mean_cost = published.assumptions["mean_cost"] | {"value": means}
    return per_head, published.assumptions | {"mean_cost": mean_cost}
