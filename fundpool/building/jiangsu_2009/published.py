"""The published figures of the 2009 case, each county and city in one order."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from fundpool.building.jiangsu.published import FloatArray, Published
from fundpool.inputs.case.bundled import case_root

HERE = case_root("jiangsu-2009")
BASE_YEAR = 2009


@dataclass(frozen=True)
class Published2009(Published):
    """Census of 2010, funds of 2008 to 2011 and migrants of their time.

    What is not of the time (regions, incomes by city relative to the province, costs by age) is
    read from the folder of the Jiangsu case.
    """

    folder: Path = HERE / "published"

    def table(self, name: str) -> pd.DataFrame:
        """A published table, of the Jiangsu case where this one has none."""
        here = (self.folder / f"{name}.csv").is_file()
        return super().table(name) if here else Published().table(name)

    @cached_property
    def census(self) -> pd.DataFrame:
        """Census figures by county, in order, with the shares that are made of them."""
        table = self.table("census_counties").set_index("region").loc[self.counties]
        return table.assign(
            urban_share=table["urban"] / table["residents"],
            rural_share=1.0 - table["non_agricultural"] / table["registered"],
        )

    @cached_property
    def units(self) -> pd.DataFrame:
        """Workers of the long form by industry, with all workers and adults."""
        table = self.table("census_workers").set_index("region").loc[self.counties]
        return table.astype(float).assign(
            workers=self.census["workers_sample"].astype(float),
            adults=self.census["adults_sample"].astype(float),
        )

    @cached_property
    def non_farm_mix(self) -> FloatArray:
        """Workers outside farming by industry, shares by county, ``(n, industries)``."""
        workers = self.units[self.industries].to_numpy(dtype=float)
        workers[:, self.industries.index("agriculture")] = 0.0
        return np.asarray(workers / workers.sum(axis=1, keepdims=True))

    def of_migrants(self, measure: str, group: str, year: int) -> float:
        """A published figure of migrant workers."""
        table = self.table("migrants")
        rows = table[
            (table["measure"] == measure) & (table["group"] == group) & (table["year"] == year)
        ]
        return float(rows["value"].iloc[0])

    def per_head(self, scheme: str, region: str, year: int, measure: str) -> float:
        """A figure of a fund for each participant."""
        return self.fund(scheme, region, year, measure) / self.fund(
            scheme, region, year, "participants"
        )
