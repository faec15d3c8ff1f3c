"""Growth of the price and the volume of care, from the published use of the employee scheme.

Over the years from :data:`FIRST` to :data:`LAST`, which no comparison of a projection looks at, a
price or a volume grew by so much for each per cent that product a head grew by: its elasticity. A
case's trend is its elasticity times the case's own growth of wages, until the wages' last listed
year; from then it moves on a line to its end value.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fundpool.building.care import SERVICES

FIRST, LAST = 2013, 2019
"""Before 2013 costs are not published; 2020 and later are compared with what is projected."""
KINDS = ("price", "volume")
CARE = {
    "outpatient": (("outpatient_visits", "chronic_outpatient_visits"),
                   ("outpatient_expenses", "chronic_outpatient_expenses")),
    "inpatient": (("discharges",), ("inpatient_expenses",)),
}  # fmt: skip
"""Measures of the number and of the cost of claims, by kind of care."""


def elasticities(
    use: Mapping[tuple[str, str, int], float],
    population_growth: float,
    old_age: Mapping[str, float],
) -> pd.DataFrame:
    """How much prices and volumes grew as product a head grew by one, in logarithms.

    Volume is in claims a member, less what more retired members make of it: one of them counts
    ``old_age`` times an active one.

    Args:
        use: the national table ``care_use``, by scheme, measure and year.
        population_growth: of the nation, a year.
        old_age: claims of a retired member over those of an active one, by kind of care.

    Returns:
        a row for outpatient and inpatient care: columns ``price``, ``volume``, and the growth a
        year ``price_growth``, ``volume_growth``, ``ageing`` that they are of.
    """
    years = LAST - FIRST

    def growth(values: list[float]) -> float:
        return float(np.log(values[1] / values[0]) / years)

    def total(measures: tuple[str, ...], year: int) -> float:
        return sum(use["employee", measure, year] for measure in measures)

    product = growth([use["nation", "gdp", year] for year in (FIRST, LAST)])
    product -= float(np.log1p(population_growth))
    active = [use["employee", "active_per_retired", year] for year in (FIRST, LAST)]
    rows = {}
    for care, (numbers, costs) in CARE.items():
        claims = [total(numbers, year) for year in (FIRST, LAST)]
        members = [use["employee", "participants", year] for year in (FIRST, LAST)]
        ageing = growth([(each + old_age[care]) / (each + 1.0) for each in active])
        volume = growth([claims[i] / members[i] for i in range(2)]) - ageing
        spent = [total(costs, year) for year in (FIRST, LAST)]
        price = growth([spent[i] / claims[i] for i in range(2)])
        rows[care] = (price / product, volume / product, price, volume, ageing)
    columns = ["price", "volume", "price_growth", "volume_growth", "ageing"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def service_trends(
    elastic: pd.DataFrame,
    wage_growth: Mapping[int, float],
    price_growth: float,
    end_year: int,
    end_volume: float,
) -> pd.DataFrame:
    """The table ``service_trends``.

    Args:
        elastic: :func:`elasticities`.
        wage_growth: of the case, by year; each has a row.
        price_growth: what prices of all care grow by in the case (``economy.medical_inflation``),
            which a service's price grows beyond; at the end nothing beyond it.
        end_year: in which the end values are reached.
        end_volume: growth of claims a person then and later.
    """
    rows: list[tuple[str, str, int, float]] = []
    for service in SERVICES:
        care = "outpatient" if service == SERVICES[0] else "inpatient"
        for kind in KINDS:
            power = float(elastic[kind].to_numpy(float)[elastic.index.get_loc(care)])
            for year, wages in sorted(wage_growth.items()):
                grown = (1.0 + wages) ** power
                beyond = grown / (1.0 + price_growth) if kind == "price" else grown
                rows.append((service, kind, year, round(beyond - 1.0, 5)))
            rows.append((service, kind, end_year, end_volume if kind == "volume" else 0.0))
    return pd.DataFrame(rows, columns=["service", "kind", "year", "growth"])
