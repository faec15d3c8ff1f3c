"""People by sex and single year of age, from age bands and totals by sex."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.lifetable import LifeTable
from fundpool.inputs.format.vocabulary import AGES, SEXES

FloatArray = NDArray[np.float64]
ROUNDS = 2000


def fitted_table(
    seed: FloatArray, rows: FloatArray, columns: FloatArray, tolerance: float = 1e-10
) -> FloatArray:
    """Iterative proportional fitting of a table to both margins.

    Args:
        seed: first guess, not negative, ``(r, c)``.
        rows: row totals, ``(r,)``.
        columns: column totals, ``(c,)``, with the same sum.
        tolerance: largest relative error of a row left when the columns are met.

    Raises:
        ValueError: the margins have different sums, or cannot be met from this seed.
    """
    if abs(rows.sum() - columns.sum()) > 1e-6 * columns.sum():
        raise ValueError(f"rows sum to {rows.sum():.6g} but columns to {columns.sum():.6g}")
    table = np.array(seed, dtype=float)
    for _ in range(ROUNDS):
        by_row = table.sum(axis=1)
        table *= ratio(rows, by_row)[:, None]
        by_column = table.sum(axis=0)
        table *= ratio(columns, by_column)
        if np.abs(table.sum(axis=1) - rows).max() <= tolerance * max(1.0, rows.max()):
            return table
    raise ValueError("the margins cannot be met from this seed")


def residents_by_sex(
    bands: FloatArray, males: FloatArray, females: FloatArray, seed: FloatArray
) -> FloatArray:
    """Residents by county, sex and age band, ``(n, 2, b)``.

    Fitted to each county's bands (scaled to its total) and totals by sex, starting from a sex
    ratio by band that holds for all.

    Args:
        bands: residents of both sexes by county and band, ``(n, b)``.
        males: by county, ``(n,)``.
        females: by county, ``(n,)``.
        seed: people by sex and band elsewhere, ``(2, b)``.
    """
    share = seed / seed.sum(axis=0)
    result = np.empty((bands.shape[0], 2, bands.shape[1]))
    for county in range(bands.shape[0]):
        total = males[county] + females[county]
        columns = bands[county] * (total / bands[county].sum())
        rows = np.array([males[county], females[county]])
        result[county] = fitted_table(share * columns, rows, columns)
    return result


def stationary_tail(death_rates: FloatArray, start: int) -> FloatArray:
    """Shares of the open band by single age: the life table's person-years from ``start`` on."""
    lived = LifeTable.from_death_rates(death_rates).Lx[start:]
    return np.asarray(lived / lived.sum())


def single_ages(starts: FloatArray, persons: FloatArray, tail: FloatArray) -> FloatArray:
    """People by single year of age, ``(..., 101)``, from bands; every band's total is kept.

    The cumulated numbers are interpolated by a monotone cubic, so no age is negative; the open
    band is divided by ``tail``.

    Args:
        starts: first age of each band, ``(b,)``, from 0 upwards.
        persons: people by band, ``(..., b)``.
        tail: shares of the last band by single age, ``(101 - starts[-1],)``.
    """
    last = int(starts[-1])
    edges = np.append(0.0, np.cumsum(persons[..., :-1], axis=-1)) if persons.ndim == 1 else None
    if edges is None:
        flat = persons.reshape(-1, persons.shape[-1])
        return np.stack([single_ages(starts, row, tail) for row in flat]).reshape(
            *persons.shape[:-1], AGES
        )
    cumulated = PchipInterpolator(starts, edges)(np.arange(last + 1))
    return np.concatenate([np.diff(cumulated), persons[-1] * tail])


def national_bands(nation: pd.DataFrame, starts: Sequence[float]) -> FloatArray:
    """National people by sex in census bands, ``(2, bands)``.

    The first five years, which the census divides and the national table does not, share one
    sex ratio; the last band is open.

    Args:
        nation: columns age_from, male, female; bands of five years.
        starts: first ages of the census bands.
    """
    columns = []
    for start in starts:
        first = 0 if start < 5 else start
        at = nation["age_from"] >= first if start == starts[-1] else nation["age_from"] == first
        columns.append([nation.loc[at, sex].sum() for sex in SEXES])
    return np.array(columns, dtype=float).T


def people_table(regions: Sequence[str], people: FloatArray) -> pd.DataFrame:
    """The table ``population`` from people by region, sex and age, ``(n, 2, 101)``."""
    return pd.DataFrame(
        {
            "region": np.repeat(regions, len(SEXES) * AGES),
            "sex": np.tile(np.repeat(SEXES, AGES), len(regions)),
            "age": np.tile(np.arange(AGES), len(regions) * len(SEXES)),
            "persons": people.ravel().round(2),
        }
    )
