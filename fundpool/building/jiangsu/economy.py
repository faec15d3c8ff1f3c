"""Wages, incomes, prices and industries of the Jiangsu case."""

import numpy as np
import pandas as pd

from fundpool.building import money
from fundpool.building.jiangsu.published import CENSUS_YEAR, Published


def economy_table(published: Published, year: int = CENSUS_YEAR) -> pd.DataFrame:
    """Wages, incomes and prices by county at the level of 2020 or of 2024.

    Cities stand to each other as published of 2022 (wages) and 2023 (incomes); the province's level
    of 2024 is that of 2023 with a year of assumed growth.
    """
    province = published.regions.loc[published.regions["level"] == "province", "region"].iloc[0]
    product = published.economy("gdp_per_resident", 2022)
    by_city = product.loc[published.cities].to_numpy(dtype=float)
    income = published.economy("disposable_income", 2023)
    known = income.reindex(published.cities).to_numpy(dtype=float)
    incomes = money.filled_by_power(known, by_city)
    wages = published.economy("wage_urban_non_private", 2022)
    published_wage = wages.reindex(published.cities).to_numpy(dtype=float)
    power = published.assumed("wage_power")
    estimated = float(wages[province]) * (incomes / float(income[province])) ** power
    wage = np.where(np.isnan(published_wage), estimated, published_wage)
    if year == CENSUS_YEAR:
        level = published.economy("wage_urban_non_private", year)[province]
        earlier = published.economy("disposable_income", 2022)[province] / income[province]
        growth = earlier / (1.0 + published.assumed("income_growth_before")) ** 2
    else:
        of_2023 = published.economy("wage_urban_non_private", 2023)[province]
        level = of_2023 * (1.0 + published.assumed("wage_growth_after"))
        growth = 1.0 + published.assumed("income_growth_after")
    wage = wage * (level / wages[province])
    incomes = incomes * growth
    urban = published.economy("disposable_income_urban", 2022)[province]
    rural = published.economy("disposable_income_rural", 2022)[province]
    income_of = money.income_by_urban_share(
        incomes, published.city, published.census["urban_share"].to_numpy(float),
        published.residents, float(urban), float(rural),
    )  # fmt: skip
    workers = published.units["workers"].to_numpy(float)
    wage_of = money.within_city(wage, published.city, income_of, workers, power)
    price = money.price_levels(income_of, published.residents, published.assumed("price_power"))
    return pd.DataFrame(
        {
            "region": published.counties,
            "contribution_wage": wage_of.round(0),
            "wage_cv": published.assumed("wage_cv"),
            "disposable_income": income_of.round(0),
            "price_level": price.round(4),
        }
    )


def employment_table(published: Published) -> pd.DataFrame:
    """Share of residents of 15 and over who work."""
    share = published.units["workers"] / published.units["adults"]
    return pd.DataFrame({"region": published.counties, "employed_share": share.round(4).to_numpy()})


def industries_table(published: Published) -> pd.DataFrame:
    """Industry mix by county."""
    names = published.industries
    workers = published.units[names]
    shares = workers.div(workers.sum(axis=1), axis=0)
    return pd.DataFrame(
        {
            "region": np.repeat(published.counties, len(names)),
            "industry": np.tile(names, len(published.counties)),
            "share": shares.to_numpy().ravel().round(9),
        }
    )


def industry_factors(published: Published) -> pd.DataFrame:
    """How industries compare."""
    names = published.industries
    inpatient = published.assumed("industry_inpatient")
    return pd.DataFrame(
        {
            "industry": names,
            "wage": [published.assumed("industry_wage")[name] for name in names],
            "contract_share": [published.assumed("industry_contract")[name] for name in names],
            "outpatient": 1.0,
            "inpatient": [inpatient.get(name, 1.0) for name in names],
        }
    )


def place_tables(published: Published) -> dict[str, pd.DataFrame]:
    """Regions, and who works where: the same in 2020 and 2024."""
    return {
        "regions": published.regions,
        "employment": employment_table(published),
        "industries": industries_table(published),
        "industry_factors": industry_factors(published),
    }
