"""Mortality and fertility by single age, and the level that meets a published crude rate."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.actuarial.lifetable import graduate_abridged
from fundpool.inputs.format.vocabulary import AGES, SEXES

FloatArray = NDArray[np.float64]
MIDDLE = 3
"""Mid-year to mid-year periods of five years are centred at the start of their fourth year."""
FIRST_FERTILE, LAST_FERTILE = 10, 54
FERTILITY_YEARS = [*range(2020, 2026), 2030, 2035, 2040, 2050, 2060, 2070]
"""Years for which the cases built here hold fertility."""


def mortality_table(abridged: pd.DataFrame, from_year: int) -> pd.DataFrame:
    """Death rates by knot year, sex and single age, from five-year periods and abridged ages.

    Args:
        abridged: columns first_year, age_from, male, female.
        from_year: periods whose centre lies more than five years before are left out.
    """
    frames = []
    for start, table in abridged.groupby("first_year"):
        year = int(str(start)) + MIDDLE
        if year < from_year - 5:
            continue
        table = table.sort_values("age_from")
        ages = table["age_from"].to_numpy(dtype=float)
        for sex in SEXES:
            rates = graduate_abridged(ages, table[sex].to_numpy(dtype=float), AGES)
            frames.append(
                pd.DataFrame({"year": year, "sex": sex, "age": range(AGES), "death_rate": rates})
            )
    return pd.concat(frames, ignore_index=True)


def fertility_table(total: pd.DataFrame, pattern: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Birth rates by year and age: total fertility times the period's age pattern, even in bands.

    Args:
        total: columns year, total_fertility.
        pattern: columns first_year, age_from, percent (of total fertility, five-year bands).
        years: knot years.
    """
    level = total.set_index("year")["total_fertility"]
    starts = np.sort(pattern["first_year"].unique())
    frames = []
    for year in years:
        first = starts[max(0, int(np.searchsorted(starts, year, side="right")) - 1)]
        percent = pattern[pattern["first_year"] == first].set_index("age_from")["percent"]
        share = percent / percent.sum()
        ages = np.arange(FIRST_FERTILE, LAST_FERTILE + 1)
        rate = [
            float(level.loc[year]) * float(share.get(int(age) // 5 * 5, 0.0)) / 5 for age in ages
        ]
        frames.append(pd.DataFrame({"year": year, "age": ages, "rate": rate}))
    return pd.concat(frames, ignore_index=True)


def at_year(table: pd.DataFrame, value: str, keys: list[str], year: int) -> pd.Series:
    """A table's values in a year, by its other keys: linear between knot years."""
    wide = table.pivot_table(index=keys, columns="year", values=value)
    knots = wide.columns.to_numpy(dtype=float)
    return pd.Series(
        [float(np.interp(year, knots, row)) for row in wide.to_numpy(dtype=float)],
        index=wide.index,
    )


def mortality_level(people: FloatArray, rates: FloatArray, crude: float) -> float:
    """Level at which death rates ``(2, 101)`` give a population ``(2, 101)`` its crude rate."""
    return float(crude * people.sum() / (people * rates).sum())


def fertility_levels(
    women: FloatArray, children: FloatArray, rates: FloatArray, crude: float, residents: float
) -> FloatArray:
    """Fertility level by county, ``(n,)``.

    Counties differ as their children under five do from what national birth rates would have
    given their women; the mean level meets the crude birth rate.

    Args:
        women: by county and age, ``(n, 101)``.
        children: residents under five by county, ``(n,)``.
        rates: births per woman-year by age, ``(101,)``.
        crude: births per resident of the whole.
        residents: residents of the whole.
    """
    expected = women @ rates
    level = children / expected
    return np.asarray(level * (crude * residents / (level * expected).sum()))
