"""The case of Jiangsu from 2018 and from 2022, beside what was published of the years since."""

import pandas as pd

from validation.from_2020 import (
    ABROAD,
    ACTIVE,
    AWAY,
    LAST_YEAR,
    MEMBERS,
    MONEY,
    SCHEMES,
    SHARES,
    projected_figures,
    published_figures,
    starting_figures,
)
from validation.jiangsu_starts import BORROWED, DIVIDED_AS, start_case, start_parts
from validation.outgo_decomposed import decomposed, shown
from validation.part import Check, Part, figure, markdown_table, percent
from validation.use_of_care import published_use, use_of_case

FITTED = {(scheme, AWAY, 2020): "fitted" for scheme in SCHEMES}
"""Figures that the start cases were made to meet."""
SPLIT = f"divided as {DIVIDED_AS}"
"""Note of what rests on a later year's division of money between the schemes."""
ORDER = {name: place for place, name in enumerate((MEMBERS, ACTIVE, *MONEY, AWAY, ABROAD))}


def compared(year: int) -> pd.DataFrame:
    """Published and projected figures of every year after the start.

    Columns: scheme, what, year, published, now, error (relative for numbers and money, in points
    for shares), note.
    """
    case = start_case(year)
    table = pd.DataFrame(
        {
            "published": published_figures(starting_figures(case), year),
            "now": projected_figures(case),
        }
    ).dropna()
    share = table.index.get_level_values("what").isin(SHARES)
    apart = table["now"] - table["published"]
    table["error"] = apart.where(share, apart / table["published"])
    table["note"] = [note_of(*key, start=year) for key in table.index]
    table = table.reset_index()
    keys = table["scheme"].map(SCHEMES.index), table["what"].map(ORDER)
    return (
        table.assign(s=keys[0], w=keys[1]).sort_values(["s", "w", "year"]).drop(columns=["s", "w"])
    )


def note_of(scheme: str, what: str, year: int, start: int) -> str:
    """What of a figure was known at the start or fitted.

    >>> note_of("employee", "care away", 2020, 2018), note_of("employee", "members", 2020, 2018)
    ('fitted', '')
    """
    if start < DIVIDED_AS and ("expenditure" in what or what == "balance"):
        return SPLIT
    return FITTED.get((scheme, what, year), "")


def resident_outgo(year: int, table: pd.DataFrame) -> pd.DataFrame:
    """Errors of the resident scheme's expenditure by factor, from the end of a year."""
    made = start_parts(year)
    use = use_of_case(made.tables, made.settings, made.schemes, LAST_YEAR - year)
    return decomposed(table, use, published_use(year + 1, LAST_YEAR), "resident")


def from_start(year: int) -> Part:
    """The case at the end of a year carried to the last published year."""
    table = compared(year)
    rows = []
    for row in table.to_dict("records"):
        what, share = str(row["what"]), row["what"] in SHARES
        scale, unit = (1e-2, "%") if share else (1e6, "million") if what == MEMBERS else (1e9, "bn")
        rows.append(
            {
                "scheme": row["scheme"],
                "what": f"{what}, {unit}",
                "year": row["year"],
                "published": figure(row["published"] / scale),
                "projected": figure(row["now"] / scale),
                "error": f"{100 * row['error']:+.1f} points" if share else percent(row["error"]),
                "note": row["note"],
            }
        )
    money = table[table["what"].isin(MONEY)]
    heavy = [
        f"{scheme} {100 * part['error'].abs().mean():.1f} % on average, at most "
        f"{100 * part['error'].abs().max():.1f} %"
        for scheme, part in money.groupby("scheme", sort=False)
    ]
    text = (
        f"Valued at the end of {year}, with wages to 2023 and rules as they came; *published* is "
        "the nation's figure brought to the province as from 2020. No figure of a later year is "
        "fitted but those so marked: entry into the employee scheme grows as the case assumes, "
        f"whatever members did. Taken from other years: {BORROWED[year]}.\n\n"
        + markdown_table(pd.DataFrame(rows))
        + f"\n\nMoney, size of error: {'; '.join(heavy)}.\n\n"
        "Where the error of the resident scheme's expenditure comes from: four factors that "
        "multiply to it. *Use of care*: stays and visits a member at published costs; *price*: "
        "their costs; *paid of the cost*: the rest, what the fund pays of it, with the money of "
        f"the start. In 2020 to 2022, the years of the epidemic, less care was sought.\n\n"
        + shown(resident_outgo(year, table))
    )
    later = set(range(year + 1, LAST_YEAR + 1))
    return Part(
        text,
        (
            Check("every scheme and year is compared", f"{len(table)} figures",
                  set(table["scheme"]) == set(SCHEMES) and set(table["year"]) == later),
            Check("members of the start year grow from the case's own",
                  f"{(table['what'] == MEMBERS).sum()} figures",
                  int((table["what"] == MEMBERS).sum()) == len(SCHEMES) * len(later)),
        ),
    )  # fmt: skip


def from_2018() -> Part:
    """From the end of 2018."""
    return from_start(2018)


def from_2022() -> Part:
    """From the end of 2022."""
    return from_start(2022)
