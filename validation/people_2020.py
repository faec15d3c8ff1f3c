"""The people of 2010 carried to 2020 by the engine, beside the census of 2020.

Errors by county, sex and age. Nothing of 2020 enters the first run; the second is fitted to two
figures of 2020, the numbers of migrants from other counties and from other provinces.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.building.jiangsu_2009.published import BASE_YEAR, Published2009
from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.projection.study import study
from validation.part import Check, Part, markdown_table

CASE, POLICY, CENSUS = "jiangsu-2009", "as-it-came", 2020
WIDE = {"0 to 14": (0, 15), "15 to 59": (15, 60), "60 and over": (60, AGES)}
FloatArray = NDArray[np.float64]


def counted() -> tuple[list[int], FloatArray]:
    """First ages of the census of 2020 and its residents by county, sex and age, ``(n, 2, 19)``."""
    table = Published2009().table("census_ages_2020")
    starts = sorted(table["age_from"].unique())
    regions = read_case(CASE).regions.codes
    by_place = table.set_index(["region", "age_from"])
    wanted = pd.MultiIndex.from_product([regions, starts])
    cells = by_place.loc[wanted, list(SEXES)].to_numpy(float)
    return [int(start) for start in starts], cells.reshape(len(regions), len(starts), 2).swapaxes(
        1, 2
    )


def carried(case: Case, starts: list[int]) -> FloatArray:
    """Residents of the end of 2020 by county, sex and the ages of the census, ``(n, 2, 19)``."""
    years = CENSUS - BASE_YEAR
    cells = study(case, years).flows.by_cell[years, :-1]
    single = cells.reshape(len(case.regions.codes), len(SEXES), AGES)
    return np.add.reduceat(single, starts, axis=2)


def misplaced(projected: FloatArray, census: FloatArray) -> float:
    """Sum of the sizes of errors over cells, as a share of all people counted."""
    return float(np.abs(projected - census).sum() / census.sum())


def by_county(case: Case, starts: list[int], census: FloatArray, came: FloatArray) -> pd.DataFrame:
    """Errors of every county: all, each sex, three age groups."""
    columns = {"all": (slice(None), slice(None))}
    columns |= {
        name: (slice(sex, sex + 1), slice(None)) for sex, name in enumerate(("men", "women"))
    }
    for name, (first, end) in WIDE.items():
        inside = [place for place, start in enumerate(starts) if first <= start < end]
        columns[name] = (slice(None), slice(inside[0], inside[-1] + 1))
    rows = []
    for county, code in enumerate(case.regions.codes):
        row = {
            "county": case.regions.name(code),
            "census, thousand": f"{census[county].sum() / 1e3:.0f}",
        }
        for name, (sexes, ages) in columns.items():
            real = census[county][sexes, ages].sum()
            row[f"{name}, %"] = f"{100 * (came[county][sexes, ages].sum() / real - 1):+.1f}"
        rows.append(row)
    return pd.DataFrame(rows)


def by_age(starts: list[int], census: FloatArray, runs: dict[str, FloatArray]) -> pd.DataFrame:
    """Errors of the province by age and sex, of each run."""
    rows = []
    ends = [*(start - 1 for start in starts[1:]), None]
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        label = f"{start} and over" if end is None else f"{start}" if start == end else (
            f"{start} to {end}"
        )  # fmt: skip
        row = {"age": label, "census, thousand": f"{census[:, :, place].sum() / 1e3:.0f}"}
        for name, projected in runs.items():
            for sex, word in enumerate(("men", "women")):
                error = projected[:, sex, place].sum() / census[:, sex, place].sum() - 1
                row[f"{word}, {name}, %"] = f"{100 * error:+.1f}"
        rows.append(row)
    return pd.DataFrame(rows)


def spread(census: FloatArray, runs: dict[str, FloatArray]) -> pd.DataFrame:
    """How far apart counties are, with every age and sex together and apart."""
    rows = []
    real = census.sum(axis=(1, 2))
    for name, projected in runs.items():
        error = projected.sum(axis=(1, 2)) / real - 1
        rows.append(
            {
                "run": name,
                "all, %": f"{100 * (projected.sum() / census.sum() - 1):+.1f}",
                "median size of a county's error, %": f"{100 * np.median(np.abs(error)):.1f}",
                "largest, %": f"{100 * np.abs(error).max():.0f}",
                "counties within 5 %": f"{(np.abs(error) <= 0.05).sum()}",
                "within 10 %": f"{(np.abs(error) <= 0.1).sum()}",
                "misplaced by county, %": f"{100 * misplaced(projected.sum((1, 2)), real):.1f}",
                "by county, sex and age, %": f"{100 * misplaced(projected, census):.1f}",
            }
        )
    return pd.DataFrame(rows)


def people_2020() -> Part:
    """People of the end of 2009 carried to 2020, against the census."""
    case = read_case(CASE)
    starts, census = counted()
    runs = {
        "held": carried(case, starts),
        "fitted": carried(case.with_policies([POLICY]), starts),
    }
    text = (
        "People of the end of 2009 (census of 2010 carried back ten months) carried to the end of "
        "2020 by the engine, two months after the census of 1 November 2020. *Held*: moves stay at "
        "the pace of 2009, nothing of 2020 is used. *Fitted*: growth of moves by the policy "
        f"`{POLICY}`, chosen so that residents from other counties and from other provinces of "
        "2020 are met in all; these two totals are fitted, every county, sex and age is not. "
        "*Misplaced*: sum of the sizes of errors over the cells, in per cent of all people.\n\n"
        + markdown_table(spread(census, runs))
        + "\n\nBy age and sex, the province:\n\n"
        + markdown_table(by_age(starts, census, runs))
        + "\n\nErrors of every county, fitted run:\n\n"
        + markdown_table(by_county(case, starts, census, runs["fitted"]))
    )
    total = abs(float(runs["fitted"].sum() / census.sum()) - 1)
    return Part(
        text,
        (
            Check("the census of 2020 counts 84,748,016 people", f"{census.sum():,.0f}",
                  int(census.sum()) == 84_748_016, "communique of the census"),
            Check("people in all within 6 %", f"{100 * total:.1f} %", total < 0.06),
        ),
    )  # fmt: skip
