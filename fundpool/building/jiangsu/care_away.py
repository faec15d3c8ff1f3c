"""How care given in referral centres grows: levels of two years, and growth that comes to an end.

The shares of 2020 and of 2024 are fitted to the nation's expenses outside the insured place. After
a valuation they grow on a line for some years, at a part of the yearly growth seen before it, and
are held from then on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from fundpool.building import care
from fundpool.building.care_trends import CARE, FIRST, LAST
from fundpool.building.jiangsu.published import BASE_YEAR, CENSUS_YEAR, FloatArray, Published


@dataclass(frozen=True)
class ReferralCare:
    """Care sought at referral centres in a year.

    Attributes:
        share: of wanted care, by service.
        local: share of it that goes to the centre of the own city.
        outside: share of it that goes to other provinces.
    """

    share: Mapping[str, float]
    local: float
    outside: float

    def grown(self, by: Mapping[str, float]) -> "ReferralCare":
        """Outpatient and inpatient shares and the share outside, each grown by a part of it.

        >>> plain = ReferralCare({"outpatient": 0.1, "inpatient_1": 0.4}, 0.5, 0.1)
        >>> more = plain.grown({"outpatient": 0.5, "inpatient": 0.0, "outside": 1.0})
        >>> round(more.share["outpatient"], 4), more.share["inpatient_1"], more.outside
        (0.15, 0.4, 0.2)
        """
        first = care.SERVICES[0]
        share = {
            name: round(value * (1.0 + by["outpatient" if name == first else "inpatient"]), 4)
            for name, value in self.share.items()
        }
        return ReferralCare(share, self.local, round(self.outside * (1.0 + by["outside"]), 4))


def referral_years(published: Published, year: int) -> dict[int, ReferralCare]:
    """Referral care in the year of a valuation and in the year its growth ends.

    That of 2024, or of 2020 brought to an earlier or later year by the growth before 2020.
    """
    growth = published.assumptions["referral_growth"]
    if year >= BASE_YEAR:
        level, yearly = referral_of(published, "referral_care_2024"), growth["since_2020"]
    else:
        seen = growth_before_2020(published)
        yearly = {"outpatient": seen, "inpatient": seen, "outside": 0.0}
        since = (1.0 + seen) ** (year - CENSUS_YEAR) - 1.0
        level = referral_of(published, "referral_care").grown(
            {"outpatient": since, "inpatient": since, "outside": 0.0}
        )
    years = int(growth["years"])
    later = {name: growth["part"] * years * each for name, each in yearly.items()}
    return {year: level, year + years: level.grown(later)}


def referral_of(published: Published, name: str) -> ReferralCare:
    """Referral care as an assumption has it."""
    entry = published.assumptions[name]
    return ReferralCare(entry["value"], entry["local"], entry["outside"])


def growth_before_2020(published: Published) -> float:
    """Yearly growth of the share of expenses outside the insured place, employee scheme 2013-19."""
    use = published.care_use

    def share(year: int) -> float:
        spent = sum(use["employee", what, year] for _, costs in CARE.values() for what in costs)
        return use["employee", "out_of_area_expenses", year] / spent

    return float((share(LAST) / share(FIRST)) ** (1.0 / (LAST - FIRST)) - 1.0)


def dated_places(
    published: Published, by_year: Mapping[int, ReferralCare], health_workers: FloatArray
) -> dict[str, pd.DataFrame]:
    """The tables ``treatment`` and ``referral`` with a year in every row.

    Args:
        published: figures.
        by_year: referral care of the years listed.
        health_workers: by county.
    """
    assumed = published.assumptions
    treatment = [
        care.treatment_table(
            care.SERVICES, each.share, assumed["travel_home"], assumed["care_forgone"]
        ).assign(year=year)
        for year, each in by_year.items()
    ]
    referral = [
        care.referral_table(
            published.counties, published.city, health_workers, each.local, each.outside
        ).assign(year=year)
        for year, each in by_year.items()
    ]
    return {
        "treatment": pd.concat(treatment, ignore_index=True),
        "referral": pd.concat(referral, ignore_index=True),
    }
