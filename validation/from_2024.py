"""The Jiangsu case at the end of 2024: how its people were carried there, and its first year."""

import numpy as np
import pandas as pd

from fundpool.building.jiangsu.build import rolled_people, tables
from fundpool.building.jiangsu.published import BASE_YEAR, CENSUS_YEAR, PROVINCE, Published
from fundpool.building.jiangsu.rolled import AGE_GROUPS, COUNTED_YEAR, Rolled
from fundpool.inputs.case import read_case
from fundpool.models.projection import project
from validation.from_2020 import (
    MEMBERS,
    SHARES,
    case_of_2020,
    projected_figures,
    published_figures,
    starting_figures,
)
from validation.part import Check, Part, figure, markdown_table, percent
from validation.use_of_care import compared_use, shown_repeats, shown_use, use_from_2024

CASE = "jiangsu"
FIRST_YEAR, LAST_PROJECTED = 2025, 2054
AGE_NAMES = {"residents_0_14": "0 to 14", "residents_15_64": "15 to 64",
             "residents_65_and_over": "65 and over"}  # fmt: skip


def people_carried(published: Published, people: Rolled) -> pd.DataFrame:
    """Residents at the end of 2023 as the model carried the census there, beside those counted.

    Columns: who, counted, carried, error (relative).
    """
    table = published.table("residents_2023").set_index(["region", "measure"])["value"]
    names = published.regions.set_index("region")["name"]
    carried = people.carried
    by_city = np.bincount(published.city, carried.sum(axis=(1, 2)))
    rows = [("all", table[PROVINCE, "residents"], carried.sum())]
    rows += [
        (name, table[PROVINCE, name], carried[:, sex].sum())
        for sex, name in enumerate(("males", "females"))
    ]
    rows += [
        (AGE_NAMES[name], table[PROVINCE, name],
         carried[:, :, first:end].sum())
        for name, (first, end) in AGE_GROUPS.items()
    ]  # fmt: skip
    rows += [
        (str(names[city]), table[city, "residents"], by_city[number])
        for number, city in enumerate(published.cities)
    ]
    result = pd.DataFrame(rows, columns=["who", "counted", "carried"])
    return result.assign(error=result["carried"] / result["counted"] - 1.0)


def first_year() -> pd.DataFrame:
    """Projected figures of 2025 beside published ones.

    Columns: scheme, what, published, projected, error (relative, of shares in points).
    """
    case = read_case(CASE)
    table = pd.DataFrame(
        {
            "published": published_figures(starting_figures(case), case.base_year),
            "projected": projected_figures(case),
        }
    ).dropna().reset_index()  # fmt: skip
    apart = table["projected"] - table["published"]
    share = table["what"].isin(SHARES)
    table["error"] = np.where(share, apart, apart / table["published"])
    return table


def funds_by_city() -> pd.DataFrame:
    """Funds by city from the case of 2020 carried on, and from the case of 2024.

    Columns, after scheme and city: ``dry``, ``months``, ``margin`` and ``growth``, each with
    ``_before`` and ``_now``: first year below zero (missing: none to 2054), months of the outgo of
    2025 held at its beginning, income of 2025 over outgo, and outgo of 2034 over that of 2025, as
    against income.
    """
    sides = {}
    for name, case in (("before", case_of_2020()), ("now", read_case(CASE))):
        projection = project(case, "city", LAST_PROJECTED - case.base_year)
        dry = projection.measures.set_index(["scheme", "name"])["exhaustion_year"]
        funds = projection.funds.set_index(["scheme", "name", "year"])
        income = funds["contributions"] - funds["account_credits"] + funds["subsidies"]
        income = income + funds[["from_accounts", "missing_years_paid"]].sum(axis=1)
        first, later = (
            pd.DataFrame({"income": income, "outgo": funds["claims_paid"]}).xs(year, level="year")
            for year in (FIRST_YEAR, FIRST_YEAR + 9)
        )
        opening = funds["opening_balance"].xs(FIRST_YEAR, level="year")
        sides[name] = pd.DataFrame(
            {
                "dry": dry,
                "months": 12.0 * opening / first["outgo"],
                "margin": first["income"] / first["outgo"],
                "growth": later["outgo"] / first["outgo"] / (later["income"] / first["income"]),
            }
        )
    return sides["before"].join(sides["now"], lsuffix="_before", rsuffix="_now")


def shown_funds(table: pd.DataFrame) -> str:
    """The funds by city as Markdown."""

    def both(row: dict[str, float], name: str, digits: int) -> str:
        return " / ".join(f"{row[f'{name}_{side}']:.{digits}f}" for side in ("before", "now"))

    def dry(row: dict[str, float]) -> str:
        years = (row[f"dry_{side}"] for side in ("before", "now"))
        return " / ".join("-" if pd.isna(year) else str(int(year)) for year in years)

    rows = [
        {
            "scheme": scheme,
            "city": city,
            "runs dry": dry(row),
            "months held": both(row, "months", 1),
            "income over outgo": both(row, "margin", 2),
            "outgo against income, 2034": both(row, "growth", 2),
        }
        for (scheme, city), row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    return markdown_table(pd.DataFrame(rows))


def from_2024() -> Part:
    """How the people of 2024 were made, and what the case says of 2025."""
    published = Published()
    people = rolled_people(published)
    carried, year, funds = people_carried(published, people), first_year(), funds_by_city()
    built = tables(published, people)
    now = use_from_2024(built, FIRST_YEAR - BASE_YEAR)
    repeats = shown_repeats(built["morbidity"], people.people.residents.sum(axis=0))
    use = compared_use({"now": now}, BASE_YEAR, FIRST_YEAR, BASE_YEAR)
    met = float(use.loc[use["met"], "now_error"].abs().max())
    shown_people = markdown_table(
        pd.DataFrame(
            {
                "who": carried["who"],
                "counted, million": [figure(value / 1e6) for value in carried["counted"]],
                "carried, million": [figure(value / 1e6) for value in carried["carried"]],
                "error": [percent(value) for value in carried["error"]],
            }
        )
    )
    rows = []
    for row in year.to_dict("records"):
        share, what = row["what"] in SHARES, str(row["what"])
        scale, unit = (1e-2, "%") if share else (1e6, "million") if what == MEMBERS else (1e9, "bn")
        error = row["error"]
        rows.append(
            {
                "scheme": row["scheme"],
                "what": f"{what}, {unit}",
                "published": figure(row["published"] / scale),
                "projected": figure(row["projected"] / scale),
                "error": f"{100 * error:+.1f} points" if share else percent(error),
            }
        )
    text = (
        f"The model carries the people of the census of {CENSUS_YEAR} on. Residents of the end of "
        f"{COUNTED_YEAR} as it has them, beside those counted; the case is then *fitted* to the "
        "counted ones, so that these errors are the model's before it was.\n\n"
        + shown_people
        + "\n\nThe first projected year, none of whose figures was used, beside the nation's "
        "bulletin of 2025 brought to the province as in the table from 2020.\n\n"
        + markdown_table(pd.DataFrame(rows))
        + "\n\nStays and visits a member and what they cost, before prices of counties and before "
        "calibration, beside the nation's; *fitted* in the base year.\n\n"
        + shown_use(use, ("now",))
        + "\n\nPatients with two stays or more, of those with one: with a Poisson number at the "
        "case's stays a person, and as published. *Dispersion*: of a negative binomial number that "
        "meets it; 0 where a Poisson number does.\n\n"
        + repeats
        + f"\n\nFunds by city under the rules in force to {LAST_PROJECTED}, before / now: from the "
        "case of 2020 carried on, and from that of 2024. "
        "*Runs dry*: first year below zero. What lies behind a change: months of the outgo of "
        f"{FIRST_YEAR} held at its beginning, income over outgo in that year, and how much faster "
        "outgo than income grows in the nine years after.\n\n" + shown_funds(funds)
    )
    inside = people.counted.sum() / float(carried["counted"].iloc[0]) - 1.0
    largest = float(carried["error"].abs().max())
    return Part(
        text,
        (
            Check("fitted residents are those counted", f"{inside:+.1e}", abs(inside) < 1e-9),
            Check("no group is carried more than 6 % off", percent(largest), largest < 0.06),
            Check("use and cost of care of 2024 are met by scheme", percent(met), met < 0.015),
            Check("both schemes are compared", f"{len(rows)} figures",
                  set(year["scheme"]) == {"employee", "resident"}),
        ),
    )  # fmt: skip
