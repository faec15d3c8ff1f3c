"""Trends of single services: what prices and volumes have grown to since the base year.

``index[t] = index[t-1] (1 + g[t])`` with ``g`` linear between the years that a case lists and held
before the first and after the last of them. Growth of a price is beyond medical inflation, that of
a volume is in claims a person.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.models.axes.arrays import FloatArray


@dataclass(frozen=True)
class CareTrends:
    """Services in a year, ``(C,)`` each, one in the base year.

    Attributes:
        price: of a claim over what medical inflation makes of it.
        volume: claims of a person of an age and sex.
    """

    price: FloatArray
    volume: FloatArray


def care_trends(
    table: pd.DataFrame, services: tuple[str, ...], base_year: int, year: int
) -> CareTrends:
    """Trends of services in a year from the table ``service_trends``.

    >>> empty = pd.DataFrame(columns=["service", "kind", "year", "growth"])
    >>> care_trends(empty, ("inpatient",), 2020, 2025).price.tolist()
    [1.0]
    """
    of_service, of_kind = table["service"].to_numpy(), table["kind"].to_numpy()
    years, growth = table["year"].to_numpy(dtype=float), table["growth"].to_numpy(dtype=float)

    def index(service: str, kind: str) -> float:
        rows = np.flatnonzero((of_service == service) & (of_kind == kind))
        if not rows.size or year <= base_year:
            return 1.0
        rows = rows[np.argsort(years[rows])]
        later = np.arange(base_year + 1, year + 1)
        return float(np.prod(1.0 + np.interp(later, years[rows], growth[rows])))

    price, volume = (
        np.array([index(service, kind) for service in services]) for kind in ("price", "volume")
    )
    return CareTrends(price, volume)
