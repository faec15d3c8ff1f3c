"""The published figures of the Jiangsu case, each county and city in one order."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.inputs.case.bundled import case_root
from fundpool.inputs.format.vocabulary import AGES, SEXES

HERE = case_root("jiangsu")
CENSUS_YEAR = 2020
"""The people of the census of 1 November stand for those of its end."""
BASE_YEAR = 2024
"""The case is valued at the end of it."""
PROVINCE = "320000"
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Published:
    """The published figures, and what each county and city has of them in one order.

    Attributes:
        folder: folder of the province's figures.
        national: folder of the national figures.
    """

    folder: Path = HERE / "published"
    national: Path = HERE.parent / "national"

    def table(self, name: str) -> pd.DataFrame:
        """A published table; region codes stay text."""
        text = {"region": str, "parent": str, "unit": str}
        kept = {key: kind for key, kind in text.items() if not (name == "funds" and key == "unit")}
        return pd.read_csv(self.folder / f"{name}.csv", dtype=kept, keep_default_na=True)

    def of_nation(self, name: str) -> pd.DataFrame:
        """A national table."""
        return pd.read_csv(self.national / f"{name}.csv")

    @cached_property
    def _national_funds(self) -> pd.Series:
        table = self.of_nation("funds").set_index(["scheme", "measure", "year"])["value"]
        return table.astype(float)

    @cached_property
    def care_use(self) -> dict[tuple[str, str, int], float]:
        """Use and cost of care in the nation, by scheme, measure and year."""
        table = self.of_nation("care_use")
        keys = zip(table["scheme"], table["measure"], table["year"], strict=True)
        return dict(zip(keys, table["value"].astype(float), strict=True))

    def national_people(self, year: int) -> FloatArray:
        """People of the nation in 2015 or 2020 by sex and age, evenly within bands of age."""
        table = self.of_nation(f"population_{year}")
        starts = table["age_from"].to_numpy(dtype=int)
        width = np.diff(np.append(starts, AGES))
        return np.stack([np.repeat(table[sex].to_numpy(float) / width, width) for sex in SEXES])

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Contents of the case's settings file."""
        return tomllib.loads((self.folder.parent / "case.toml").read_text("utf-8"))

    def wage_growth(self, year: int) -> dict[int, float]:
        """Growth of wages in the years listed, of the case at the end of 2020 or 2024."""
        listed = dict(self.settings["economy"]["wage_growth"]["by_year"])
        if year == CENSUS_YEAR:
            other = tomllib.loads((self.folder.parent / "census_2020.toml").read_text("utf-8"))
            listed |= other["settings"]["economy"]["wage_growth"]["by_year"]
        return {int(at): float(value) for at, value in listed.items()}

    def of_bulletin(self, scheme: str, measure: str, year: int) -> float:
        """A figure of the nation's funds: bulletins of 2020 to 2025, by scheme."""
        return float(self._national_funds[scheme, measure, year])

    @cached_property
    def assumptions(self) -> dict[str, Any]:
        """What is assumed where nothing is published."""
        return tomllib.loads((self.folder.parent / "assumptions.toml").read_text("utf-8"))

    def assumed(self, name: str) -> Any:
        """Value of an assumption."""
        return self.assumptions[name]["value"]

    @cached_property
    def regions(self) -> pd.DataFrame:
        """All regions."""
        return self.table("regions").fillna({"parent": ""})

    @cached_property
    def counties(self) -> list[str]:
        """County codes."""
        regions = self.regions
        return list(regions.loc[regions["level"] == "county", "region"])

    @cached_property
    def cities(self) -> list[str]:
        """City codes."""
        regions = self.regions
        return list(regions.loc[regions["level"] == "city", "region"])

    @cached_property
    def city(self) -> NDArray[np.int64]:
        """City of each county."""
        counties = self.regions[self.regions["level"] == "county"]
        return np.array([self.cities.index(code) for code in counties["parent"]], dtype=np.int64)

    @cached_property
    def census(self) -> pd.DataFrame:
        """Census figures by county, in order."""
        return self.table("census_counties").set_index("region").loc[self.counties]

    @cached_property
    def residents(self) -> FloatArray:
        """Residents by county."""
        return self.census["residents"].to_numpy(dtype=float)

    @cached_property
    def units(self) -> pd.DataFrame:
        """Census units with workers by industry, folded into counties."""
        units = self.table("census_units")
        names = list(units.columns[5:])
        workers = units["residents_15_and_over"] * units["employed_share"]
        folded = units[names].mul(workers, axis=0)
        folded["workers"] = workers
        folded["adults"] = units["residents_15_and_over"]
        return folded.groupby(units["region"]).sum().loc[self.counties]

    @property
    def industries(self) -> list[str]:
        """Industries of the census."""
        return [name for name in self.units.columns if name not in ("workers", "adults")]

    def economy(self, measure: str, year: int) -> pd.Series:
        """A published economic figure by region."""
        figures = self.table("economy")
        figures = figures[(figures["measure"] == measure) & (figures["year"] == year)]
        return figures.drop_duplicates("region").set_index("region")["value"]

    def fund(self, scheme: str, region: str, year: int, measure: str) -> float:
        """A published figure of a fund."""
        figures = self.table("funds")
        rows = figures[
            (figures["scheme"] == scheme)
            & (figures["region"] == region)
            & (figures["year"] == year)
            & (figures["measure"] == measure)
        ]
        return float(rows["value"].iloc[0])

    def fact(self, topic: str, measure: str, year: int) -> float:
        """A published figure of another kind."""
        figures = self.table("facts")
        rows = figures[
            (figures["topic"] == topic)
            & (figures["measure"] == measure)
            & (figures["year"] == year)
        ]
        return float(rows["value"].iloc[0])
