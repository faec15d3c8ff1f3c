"""The closed cohort fund as users of other programs would write it.

Every function gives closing balances by county of residence after the last year, ``(n + 1,)``, as
:func:`benchmarks.cohort_fund.by_kernel` does, but for :func:`in_modelx_numbers`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.cohort_fund import CONTRIBUTION, COST, INTEREST, YEARS, ClosedFund, K
from fundpool.inputs.format.vocabulary import AGES, OLDEST_AGE
from fundpool.models.axes.arrays import FloatArray


def formulas(fund: ClosedFund) -> int:
    """Formulas of the fund in a spreadsheet: a cell's persons and money, and balances."""
    funds = int(np.unique(fund.year.pairs.residence).size)
    return YEARS * (2 * fund.year.people.size + funds)


def _rates(fund: ClosedFund) -> tuple[FloatArray, FloatArray]:
    """Survival by pair, ``(P, 1, 2, AGES)``, and money by sex and age, ``(2, AGES)``."""
    year = fund.year
    survival = np.asarray(year.rates.survival, dtype=float).reshape(-1, 1, 2, AGES)
    frequency = np.asarray(year.care.frequency[0], dtype=float).reshape(2, AGES)
    return survival[year.pairs.residence], CONTRIBUTION - COST * frequency


def _aged(persons: FloatArray) -> FloatArray:
    """Survivors a year later; those of the last age stay in it."""
    older = np.zeros_like(persons)
    older[..., 1:] = persons[..., :-1]
    older[..., -1] += persons[..., -1]
    return older


def in_numpy(fund: ClosedFund) -> FloatArray:
    """An array a year."""
    pairs, size = fund.year.pairs, fund.year.pairs.counties + 1
    survival, money = _rates(fund)
    persons = fund.year.people.reshape(pairs.count, K, 2, AGES)
    balance = np.zeros(size)
    for _ in range(YEARS):
        persons = _aged(persons * survival)
        by_pair = np.einsum("pksx,sx->p", persons, money)
        net = np.bincount(pairs.residence, weights=by_pair, minlength=size)
        balance = balance * (1 + INTEREST) + net * (1 + INTEREST) ** 0.5
    return balance


BALANCE = """lambda t: (
    balance(t - 1) * (1 + interest) + net(t) * (1 + interest) ** 0.5 if t else 0.0
)"""
ARRAYS = {
    "persons": "lambda t: aged(persons(t - 1) * survival) if t else opening",
    "net": """lambda t: bincount(
        residence, weights=einsum("pksx,sx->p", persons(t), money), minlength=size
    )""",
    "balance": BALANCE,
}
"""Formulas of cells by year; other names are references of their space."""

NUMBERS = {
    "persons": """lambda t, status, sex, age: (
        opening[status][sex][age] if t == 0
        else 0.0 if age == 0
        else survivors(t - 1, status, sex, age - 1) if age < last
        else survivors(t - 1, status, sex, age - 1) + survivors(t - 1, status, sex, age)
    )""",
    "survivors": "lambda t, status, sex, age: persons(t, status, sex, age) * survival[sex][age]",
    "net": """lambda t: sum(
        persons(t, status, sex, age) * money[sex][age]
        for status in range(statuses) for sex in range(2) for age in range(last + 1)
    )""",
    "balance": BALANCE,
}
"""Formulas of cells by year, status, sex and age."""


def _in_modelx(formulas: Mapping[str, str], references: Mapping[str, object]) -> Any:
    import modelx

    model = modelx.new_model()
    space = model.new_space("Fund", refs=dict(references))
    for name, formula in formulas.items():
        space.new_cells(name, formula=formula)
    balance = space.balance(YEARS)
    model.close()
    return balance


def in_modelx_arrays(fund: ClosedFund) -> FloatArray:
    """The modelx framework with a cell a year, each an array of all funds."""
    pairs = fund.year.pairs
    survival, money = _rates(fund)
    references = {
        "survival": survival,
        "money": money,
        "opening": fund.year.people.reshape(pairs.count, K, 2, AGES),
        "residence": pairs.residence,
        "size": pairs.counties + 1,
        "interest": INTEREST,
        "aged": _aged,
        "einsum": np.einsum,
        "bincount": np.bincount,
    }
    return np.asarray(_in_modelx(ARRAYS, references))


def in_modelx_numbers(fund: ClosedFund) -> float:
    """The modelx framework with a number a cell: balance of the first county's own people."""
    survival, money = _rates(fund)
    pair = int(fund.year.pairs.own_pair[0])
    references = {
        "survival": survival[pair, 0].tolist(),
        "money": money.tolist(),
        "opening": fund.year.people[pair].reshape(K, 2, AGES).tolist(),
        "statuses": K,
        "last": OLDEST_AGE,
        "interest": INTEREST,
    }
    return float(_in_modelx(NUMBERS, references))


def in_pandas(fund: ClosedFund) -> FloatArray:
    """A row a cell, with merges and a group-by a year."""
    year = fund.year
    pairs, size = year.pairs, year.pairs.counties + 1
    cells = pd.MultiIndex.from_product(
        [range(pairs.count), range(K), range(2), range(AGES)],
        names=["pair", "status", "sex", "age"],
    )
    frame = pd.DataFrame({"persons": year.people.ravel()}, index=cells).reset_index()
    frame["residence"] = pairs.residence[frame["pair"].to_numpy()]
    survival, frequency = _rate_frames(fund)
    balance = np.zeros(size)
    for _ in range(YEARS):
        frame = frame.merge(survival, on=["residence", "sex", "age"])
        frame["persons"] *= frame.pop("survival")
        frame["age"] = (frame["age"] + 1).clip(upper=OLDEST_AGE)
        money = frame.merge(frequency, on=["sex", "age"])
        money["net"] = money["persons"] * (CONTRIBUTION - COST * money["frequency"])
        net = money.groupby("residence")["net"].sum().to_numpy(dtype=float)
        balance = balance * (1 + INTEREST) + net * (1 + INTEREST) ** 0.5
    return balance


def _rate_frames(fund: ClosedFund) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Survival by residence, sex and age, and frequency by sex and age."""
    year = fund.year
    ages = pd.MultiIndex.from_product(
        [range(year.pairs.counties + 1), range(2), range(AGES)], names=["residence", "sex", "age"]
    )
    survival = pd.DataFrame({"survival": year.rates.survival.ravel()}, index=ages).reset_index()
    frequency = survival[["sex", "age"]].iloc[: 2 * AGES].assign(frequency=year.care.frequency[0])
    return survival, frequency


def in_polars(fund: ClosedFund) -> FloatArray:
    """The same as :func:`in_pandas` in polars' expressions, a lazy query a year."""
    import polars

    year = fund.year
    pairs, size = year.pairs, year.pairs.counties + 1
    pair, _, sex, age = np.indices((pairs.count, K, 2, AGES)).reshape(4, -1)
    residence = pairs.residence[pair]
    column = polars.col
    frame = polars.DataFrame(
        {"residence": residence, "sex": sex, "age": age, "persons": year.people.ravel()}
    )
    survival, frequency = (
        polars.DataFrame({name: rates[name].to_numpy() for name in rates.columns})
        for rates in _rate_frames(fund)
    )
    balance = np.zeros(size)
    for _ in range(YEARS):
        frame = (
            frame.lazy()
            .join(survival.lazy(), on=["residence", "sex", "age"])
            .select(
                "residence",
                "sex",
                (column("age") + 1).clip(upper_bound=OLDEST_AGE),
                column("persons") * column("survival"),
            )
            .collect()
        )
        money = frame.lazy().join(frequency.lazy(), on=["sex", "age"])
        net = column("persons") * (CONTRIBUTION - COST * column("frequency"))
        totals = money.group_by("residence").agg(net.sum().alias("net")).sort("residence").collect()
        balance = balance * (1 + INTEREST) + totals["net"].to_numpy() * (1 + INTEREST) ** 0.5
    return balance
