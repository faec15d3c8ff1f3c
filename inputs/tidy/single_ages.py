"""Bands of ages as the single years that the format wants."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.actuarial.lifetable import LifeTable
from fundpool.inputs.format.declaration import Table
from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.inputs.tidy.ages import AgeBand, shared_as_survivors, shared_evenly
from fundpool.inputs.tidy.layout import LINE
from fundpool.inputs.tidy.totals import additive_columns

Survivors = Callable[[str], NDArray[np.float64] | None]
"""Person-years of a life table at single ages, by sex; None where there is no table."""


def single_ages(
    rows: pd.DataFrame, table: Table, open_band: str, survivors: Survivors, file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """A row for each year of the bands of a table's column ``age``.

    What adds up over rows is shared: evenly in closed bands, in the open band as is stated. Rates
    are held over a band's years.

    Args:
        rows: as :func:`convert_cells` returns them, without totals.
        table: what it is.
        open_band: ``evenly``, ``survivors``, or empty where nothing is stated.
        survivors: the case's life table.
        file: where the rows came from.

    Returns:
        the rows, ages as text; what was done, and open bands that cannot be shared.
    """
    if "age" not in rows or not len(rows):
        return rows, []
    additive = [name for name in additive_columns(table) if name in rows]
    shares: dict[tuple[AgeBand, str], NDArray[np.float64]] = {}
    findings: list[Finding] = []
    records: list[dict[Hashable, Any]] = []
    seen: set[str] = set()
    for record in rows.to_dict("records"):
        band = record["age"]
        if not isinstance(band, AgeBand):
            continue
        if len(band.ages) == 1:
            records.append(record | {"age": str(band.first)})
            continue
        sex = str(record.get("sex", ""))
        if (band, sex) not in shares:
            share, finding = _share(band, sex, open_band, survivors, bool(additive))
            shares[band, sex] = share
            if finding is not None and str(finding) not in seen:
                seen.add(str(finding))
                expected, mend, is_error = finding
                findings.append(
                    Finding(
                        file,
                        int(str(record[LINE])),
                        "age",
                        f"{band.first}+" if band.is_open else f"{band.first}-{band.last}",
                        expected,
                        mend,
                        "error" if is_error else "warning",
                    )
                )
        for age, share in zip(band.ages, shares[band, sex], strict=True):
            values = {
                name: float(number * share)
                for name in additive
                if isinstance(number := record[name], float)
            }
            records.append(record | values | {"age": str(age)})
    return pd.DataFrame(records, columns=rows.columns, dtype=object), findings


Remark = tuple[Message, Message, bool]
"""What is expected, what was done or is to be done, and whether it is an error."""


def _share(
    band: AgeBand, sex: str, open_band: str, survivors: Survivors, additive: bool
) -> tuple[NDArray[np.float64], Remark | None]:
    """Shares of a band's years, and what is said of it."""
    expected = Message("single years of age")
    even = shared_evenly(band)
    if not additive:
        return even, (expected, Message("The value of a band is held over its years."), False)
    if not band.is_open or open_band == "evenly":
        return even, (expected, Message("People of a band are shared evenly among its years."),
                      False)  # fmt: skip
    if open_band == "survivors":
        years = survivors(sex)
        if years is not None:
            return shared_as_survivors(band, years), (
                expected,
                Message("People of the open band are shared as the survivors of the life table."),
                False,
            )
        return even, (Message("a life table for the open band"),
                      Message("Add the table mortality to the case, or state open_band as "
                              "evenly."), True)  # fmt: skip
    return even, (
        Message("single years of age up to %(oldest)s", oldest=AGES - 1),
        Message("How people of the open band are spread is not known: state open_band, evenly or "
                "survivors, in a mapping file."),
        True,
    )  # fmt: skip


def survivors_of(mortality: pd.DataFrame | None) -> Survivors:
    """Person-years lived at each age by the first year of a table ``mortality``.

    Rows without a sex get the mean of both.
    """

    def years_of(sex: str) -> NDArray[np.float64] | None:
        if mortality is None or not len(mortality):
            return None
        rows = mortality.astype({"year": int, "age": int, "death_rate": float})
        rows = rows.loc[rows["year"] == rows["year"].min()]
        chosen: Sequence[str] = [sex] if sex in SEXES else SEXES
        tables = []
        for name in chosen:
            rates = rows.loc[rows["sex"] == name].sort_values("age")["death_rate"]
            if len(rates) != AGES:
                return None
            tables.append(LifeTable.from_death_rates(rates.to_numpy()).Lx)
        years: NDArray[np.float64] = np.mean(tables, axis=0)
        return years

    return years_of
