"""The census units of a nation, laid out in one order, and the regions above them."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case.bundled import case_root

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
HERE = case_root("nation")
AGES_FROM = (0, 1, *range(5, 90, 5))
INDUSTRIES = (
    "agriculture", "mining", "manufacturing", "utilities", "construction", "wholesale_retail",
    "transport", "accommodation_catering", "information", "finance", "real_estate",
    "leasing_business", "research", "environment", "resident_services", "education",
    "health_social", "culture", "public_management", "international",
)  # fmt: skip


@dataclass(frozen=True)
class Units:
    """Counties with what a census says of them.

    Attributes:
        table: one row a county: unit, name_local, province, city, residents,
            males_per_100_females, urban_share, from_province and from_elsewhere (shares registered
            elsewhere in the province, and in another), employed_share, latitude, longitude,
            area_km2, shares by age band (age_0, age_1, age_5 ... age_85) and by industry.
    """

    table: pd.DataFrame

    @cached_property
    def codes(self) -> list[str]:
        """Codes of the counties."""
        return list(self.table["unit"])

    @cached_property
    def cities(self) -> list[str]:
        """Codes of the cities, in order of their first county."""
        return list(dict.fromkeys(self.table["city"]))

    @cached_property
    def provinces(self) -> list[str]:
        """Codes of the provinces."""
        return list(dict.fromkeys(self.table["province"]))

    @cached_property
    def city(self) -> IntArray:
        """City of each county."""
        return np.asarray(pd.Categorical(self.table["city"], self.cities).codes, dtype=np.int64)

    @cached_property
    def province(self) -> IntArray:
        """Province of each county."""
        codes = pd.Categorical(self.table["province"], self.provinces).codes
        return np.asarray(codes, dtype=np.int64)

    def column(self, name: str) -> FloatArray:
        """A column of numbers; gaps take the mean of their city, weighted by residents."""
        values = self.table[name].to_numpy(dtype=float)
        gap = np.isnan(values)
        if gap.any():
            weight = np.where(gap, 0.0, self.residents)
            size = len(self.cities)
            total = np.bincount(self.city, np.where(gap, 0.0, values) * weight, minlength=size)
            known = np.bincount(self.city, weight, minlength=size)
            whole = total.sum() / known.sum()
            mean = ratio(total, known, whole)
            values = np.where(gap, mean[self.city], values)
        return values

    @cached_property
    def residents(self) -> FloatArray:
        """Residents by county."""
        return self.table["residents"].to_numpy(dtype=float)

    @cached_property
    def industry_shares(self) -> FloatArray:
        """Shares of the employed by industry, ``(n, 20)``, each row summing to one."""
        shares = np.stack([self.column(name) for name in INDUSTRIES], axis=1)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def regions(self, nation: str = "nation") -> pd.DataFrame:
        """The table ``regions``: counties, cities, provinces, the nation."""
        units = self.table
        counties = pd.DataFrame(
            {
                "region": units["unit"],
                "name": units["name_local"],
                "level": "county",
                "parent": [f"C{code}" for code in units["city"]],
                "latitude": units["latitude"],
                "longitude": units["longitude"],
                "area_km2": units["area_km2"],
            }
        )
        first = units.drop_duplicates("city")
        cities = pd.DataFrame(
            {
                "region": [f"C{code}" for code in first["city"]],
                "name": [f"City {code}" for code in first["city"]],
                "level": "city",
                "parent": [f"P{code}" for code in first["province"]],
            }
        )
        provinces = pd.DataFrame(
            {
                "region": [f"P{code}" for code in self.provinces],
                "name": [f"Province {code}" for code in self.provinces],
                "level": "province",
                "parent": nation,
            }
        )
        top = pd.DataFrame([{"region": nation, "name": "All", "level": "nation", "parent": ""}])
        return pd.concat([counties, cities, provinces, top], ignore_index=True)


def published_units() -> Units:
    """The census units of China, 2020."""
    text = {"unit": str, "province": str, "city": str}
    return Units(pd.read_csv(HERE / "published" / "units.csv", dtype=text))


def assumptions() -> dict[str, Any]:
    """What the nation's tables assume where nothing is published."""
    return tomllib.loads((HERE / "assumptions.toml").read_text("utf-8"))
