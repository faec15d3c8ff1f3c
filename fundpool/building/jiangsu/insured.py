"""Cover and care of the Jiangsu case: who is insured where, how often they need care."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.building import care, care_ages, care_trends, cover, scheme_use
from fundpool.building.jiangsu import care_away
from fundpool.building.jiangsu.people import People
from fundpool.building.jiangsu.published import CENSUS_YEAR, PROVINCE, FloatArray, Published

WORKING_AGE, RETIREMENT_AGE = 16, 60
"""Between them members of the employee scheme are taken to be active, from the second retired."""


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


def care_tables(
    published: Published, people: People, year: int, coverage: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Morbidity, severity, relativities, costs by scheme, treatment and referral of 2020 or 2024.

    Claims a member and costs a claim are the nation's of each scheme in the year; ages are those of
    official tables of other nations. Tiers keep the ratios of their assumed costs.
    """
    nation = people.outside + people.residents.sum(axis=0)
    referral = care_away.referral_years(published, year)
    use = {scheme: use_of(published, scheme, year) for scheme in scheme_use.PAID_BY}
    both = use_of(published, "all", year)
    assumed = published.assumptions | {
        "mean_cost": published.assumptions["mean_cost"] | {"value": _mean_costs(published, both)},
        "referral_care": {"value": referral[year].share},
    }
    ages = published.of_nation("care_ages")
    per_head = {"admission_rate": both.claims["inpatient"],
                "outpatient_visits": both.claims["outpatient"]}  # fmt: skip
    shapes = {"stays": care_ages.stays_by_age(ages), "visits": care_ages.visits_by_age(ages)}
    tables = care.care_tables(published.table("facts"), assumed, nation, per_head, shapes)
    members = scheme_use.members_by_cover(coverage, published.counties, people.by_tie)
    places = care_away.dated_places(
        published, referral, published.units["health_social"].to_numpy(float)
    )
    met = scheme_use.met_by_scheme(
        members, tables, care.SERVICES, use, published.settings["optional_schemes"]
    )
    return tables | met | places


def _mean_costs(published: Published, both: scheme_use.SchemeUse) -> dict[str, float]:
    """Cost of a claim by service, both schemes together; tiers as they stand to each other."""
    tiers, means = published.assumed("tiers"), published.assumed("mean_cost")
    relative = both.cost["inpatient"] / sum(share * means[name] for name, share in tiers.items())
    costs = {name: round(means[name] * relative, 0) for name in tiers}
    return {care.SERVICES[0]: round(both.cost["outpatient"], 0)} | costs


def use_of(published: Published, scheme: str, year: int) -> scheme_use.SchemeUse:
    """Claims a member and cost of a claim in the nation, of a scheme or of ``all``.

    Visits for listed chronic diseases count as visits.
    """
    schemes = tuple(scheme_use.PAID_BY) if scheme == "all" else (scheme,)

    def total(*measures: str) -> float:
        return sum(published.care_use[name, what, year] for name in schemes for what in measures)

    members = total("participants")
    claims = {name: total(*numbers) for name, (numbers, _) in care_trends.CARE.items()}
    spent = {name: total(*costs) for name, (_, costs) in care_trends.CARE.items()}
    return scheme_use.SchemeUse(
        {name: number / members for name, number in claims.items()},
        {name: spent[name] / number for name, number in claims.items()},
    )


def trends(published: Published, wage_growth: Mapping[int, float]) -> pd.DataFrame:
    """The table ``service_trends`` of a case whose wages grow as given, by year.

    What a member claims and a claim costs grow with the case's own wages as the nation's did with
    its product from 2013 to 2019, and reach end values on a line: prices those of all care, claims
    what leaves the cost of care at an age growing as wages do.
    """
    economy = published.settings["economy"]
    price, wages = economy["medical_inflation"]["value"], economy["wage_growth"]["value"]
    return care_trends.service_trends(
        elasticities(published), wage_growth, price,
        published.assumed("trend_end_year"), round((1.0 + wages) / (1.0 + price) - 1.0, 5),
    )  # fmt: skip


def elasticities(published: Published) -> pd.DataFrame:
    """Growth of prices and volumes over that of product a head, with the nation's people."""
    people = {year: published.national_people(year) for year in (2015, 2020)}
    growth = (people[2020].sum() / people[2015].sum()) ** (1.0 / 5.0) - 1.0
    ages = published.of_nation("care_ages")
    working, retired = slice(WORKING_AGE, RETIREMENT_AGE), slice(RETIREMENT_AGE, None)
    old_age = {
        name: np.average(shape[:, retired], weights=people[2020][:, retired])
        / np.average(shape[:, working], weights=people[2020][:, working])
        for name, shape in (("inpatient", care_ages.stays_by_age(ages)),
                            ("outpatient", care_ages.visits_by_age(ages)))
    }  # fmt: skip
    return care_trends.elasticities(published.care_use, growth, old_age)
