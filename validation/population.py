"""The population engine beside a plain cohort-component projection, and an official population."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.projection.study import study
from validation.backtest import read
from validation.cohort_component import VitalRates, projected
from validation.nation import figures, people_of, rates_by_year, start_of_2022, vital_tables
from validation.part import Check, Part, bound, figure, markdown_table, percent

FIRST = 2015
YEARS = (2020, 2030, 2050, 2070)
BANDS = (0, 20, 40, 60, 80)
ALIKE = 1e-10
"""Largest relative difference between the two implementations; they differ in code alone."""


def case_of_2015() -> Case:
    """China from 2015: who is insured plays no part here."""
    return read(replace(start_of_2022(figures()), year=FIRST))


def engine(case: Case, year: int) -> FloatArray:
    """Residents of a later year by sex and single age as the project's engine has them."""
    flows = study(case, year - case.base_year).flows
    return np.asarray(flows.by_cell[-1, 0].reshape(len(SEXES), AGES))


def second_opinion() -> dict[int, FloatArray]:
    """The same years by the plain implementation."""
    tables = vital_tables(FIRST)
    start = people_of(FIRST)

    def rates_of(year: int) -> VitalRates:
        return rates_by_year(tables, year)

    path = projected(
        {sex: start[number].tolist() for number, sex in enumerate(SEXES)},
        rates_of, FIRST, YEARS[-1],
    )  # fmt: skip
    return {year: np.array([path[year][sex] for sex in SEXES]) for year in YEARS}


def by_band(people: FloatArray) -> FloatArray:
    """People of both sexes by the age bands shown, ``(5,)``."""
    return np.asarray(np.add.reduceat(people.sum(axis=0), BANDS))


def official_bands(people: FloatArray) -> FloatArray:
    """People by sex in five-year bands, the last one open, ``(2, 21)``."""
    return np.asarray(np.add.reduceat(people, np.arange(0, AGES, 5), axis=1))


def population() -> Part:
    """Both comparisons."""
    case = case_of_2015()
    ours = {year: engine(case, year) for year in YEARS}
    theirs = second_opinion()
    names = [f"{a} to {b - 1}" for a, b in pairwise(BANDS)] + ["80 and over"]
    rows, checks = [], []
    for year in YEARS:
        one, other = by_band(ours[year]), by_band(theirs[year])
        for name, a, b in zip(names, one, other, strict=True):
            rows.append(
                {"year": year, "age": name, "engine, million": figure(a / 1e6),
                 "plain, million": figure(b / 1e6), "difference": bound(a / b - 1.0)}
            )  # fmt: skip
        worst = float(np.abs(ours[year] / theirs[year] - 1.0).max())
        checks.append(
            Check(f"{year}: every age and sex alike within {ALIKE:g}", bound(worst), worst < ALIKE,
                  "cohort-component method, Preston, Heuveline and Guillot (2001), box 6.1")
        )  # fmt: skip
    published = official_bands(people_of(2020))
    computed = official_bands(ours[2020])
    gaps = pd.DataFrame(
        [
            {
                "age": f"{5 * band} to {5 * band + 4}" if band < 20 else "100 and over",
                "male, published": figure(published[0, band] / 1e6),
                "male, projected": figure(computed[0, band] / 1e6),
                "male, error": percent(computed[0, band] / published[0, band] - 1.0),
                "female, published": figure(published[1, band] / 1e6),
                "female, projected": figure(computed[1, band] / 1e6),
                "female, error": percent(computed[1, band] / published[1, band] - 1.0),
            }
            for band in range(published.shape[1])
        ]
    )
    total = computed.sum() / published.sum() - 1.0
    text = "\n\n".join(
        [
            "China from 2015 with the mortality, fertility and sex ratio at birth of World "
            "Population Prospects 2022 by year, sex and single age, written as a case. The engine "
            "is the one every projection uses; the plain projection is written in two loops "
            "without any of its code (`validation/cohort_component.py`). Differences are "
            "relative, for the band.",
            markdown_table(pd.DataFrame(rows)),
            "Against an official population: 2020 as projected from 2015, and as published in "
            "World Population Prospects 2019, in millions.",
            markdown_table(gaps),
            f"In all {percent(total)}. Three things stand behind the differences: the rates are "
            "those of the revision of 2022 and the populations those of 2019, so that births (the "
            "youngest band) and mortality over 70 are not those the published figures were made "
            "with; net migration is left out, as the tables hold none; and single ages are "
            "interpolated from five-year bands, which moves people between neighbouring bands as "
            "they age, most where numbers fall fast, over 95.",
        ]
    )
    return Part(text, tuple(checks))
