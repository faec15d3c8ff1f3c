"""The Jiangsu case carried from 2020, beside what was published of the years since."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from fundpool.building.jiangsu import funds as built
from fundpool.building.jiangsu.census_case import census_case, census_tables, vital_tables
from fundpool.building.jiangsu.people import people
from fundpool.building.jiangsu.published import CENSUS_YEAR, Published
from fundpool.inputs.case import Case
from fundpool.models.flows.territory import paid_by_distance
from fundpool.models.funds.books import OTHER_INCOME
from fundpool.models.projection.study import Projection, study
from validation.part import Check, Part, figure, markdown_table, percent
from validation.use_of_care import BEFORE as USE_BEFORE
from validation.use_of_care import compared_use, shown_use, use_from_2020

LAST_YEAR = 2025
EARLIER = Path(__file__).parent / "published_2018.csv"
"""National figures of 2018 and 2019 by scheme."""
BEFORE = Path(__file__).parent / "jiangsu_before.csv"
"""What :func:`projected_figures` gave for the case before the rules in force were its base."""

SCHEMES = ("employee", "resident")
MEMBERS, ACTIVE = "members", "active share"
MONEY = ("revenue", "pooled revenue", "expenditure", "pooled expenditure", "balance")
AWAY, ABROAD = "care away", "care in other provinces"
PLACES = {AWAY: "out_of_area_expenses", ABROAD: "cross_province_expenses"}
"""Shares of care away, and what the nation's bulletins call the expenses."""
SHARES = (ACTIVE, AWAY, ABROAD)
FITTED = {("employee", MEMBERS, year): "fitted" for year in (2021, 2022, 2023)}
"""Years whose published figure the case was made to meet."""


def projected_figures(case: Case) -> pd.Series:
    """What the model says, by scheme, figure and year; money in CNY, shares as fractions."""
    projection = study(case, LAST_YEAR - case.base_year).pooled(case.usual_pooling)
    accounts = projection.accounts.groupby("year")[["credits", "spending"]].sum()
    values: dict[tuple[str, str, int], float] = {}
    for (name, year), fund in projection.funds.groupby(["scheme", "year"], observed=True):
        scheme, total = str(name), fund.sum(numeric_only=True)
        pooled = float(total["contributions"] - total["account_credits"])
        pooled += float(sum(total[item] for item in OTHER_INCOME))
        payroll = scheme == "employee"
        credited, spent = accounts.loc[year] if payroll else (0.0, 0.0)
        away, abroad = away_shares(projection, scheme, int(year))
        figures = {
            MEMBERS: total["persons"],
            "revenue": pooled + credited,
            "expenditure": total["claims_paid"] + spent,
            AWAY: away,
            ABROAD: abroad,
        }
        if payroll:
            number = case.scheme_number(scheme)
            retired = projection.flows.retirees[number, int(year) - case.base_year, :-1].sum()
            figures |= {ACTIVE: 1.0 - retired / total["persons"], "pooled revenue": pooled,
                      "pooled expenditure": total["claims_paid"]}  # fmt: skip
        else:
            figures["balance"] = total["balance"]
        values |= {(scheme, what, int(year)): float(value) for what, value in figures.items()}
    return pd.Series(values, name="value").rename_axis(["scheme", "what", "year"])


def away_shares(projection: Projection, scheme: str, year: int) -> tuple[float, float]:
    """Shares of a scheme's claims for care outside the payer's city, and outside the province."""
    case, flows = projection.case, projection.flows
    recorded = flows.claims_by_distance[case.scheme_number(scheme), year - case.base_year, :-1]
    city = np.full(recorded.shape[0], case.levels.index("city"))
    paid = paid_by_distance(recorded, city, city).sum(axis=0)
    places = case.levels.index("city") + 1, case.levels.index("province") + 1
    return float(paid[places[0] :].sum() / paid.sum()), float(paid[places[1] :].sum() / paid.sum())


@cache
def nation() -> pd.Series:
    """Published figures of the nation by scheme, measure and year, 2018 and 2019 included."""
    table = pd.concat([Published().of_nation("funds"), pd.read_csv(EARLIER)], ignore_index=True)
    return table.set_index(["scheme", "measure", "year"])["value"].astype(float)


@cache
def case_of_2020() -> Case:
    """The case at the end of 2020, from which that of 2024 is carried."""
    published = Published()
    counted = people(published, vital_tables(published, CENSUS_YEAR)[0])
    return census_case(census_tables(published, counted))


def published_figures(start: pd.Series, first: int = CENSUS_YEAR) -> pd.Series:
    """What was published, brought to the province; as :func:`projected_figures` has it.

    Members (the mean of a year) grow from the case's own of the base year as the nation's, the
    active share moves by as many points, money a member is the nation's times what the province had
    of it in 2008 (employees) and 2011 (residents), shares of care away are the nation's.

    Args:
        start: the case's members and active share of its base year, by scheme and figure.
        first: that year.
    """
    known, published = nation(), Published()
    flat = built.resident_relative(published)
    relative = {
        ("employee", "revenue"): built.relative(published, "revenue"),
        ("employee", "expenditure"): built.relative(published, "expenditure"),
        ("resident", "revenue"): flat, ("resident", "expenditure"): flat,
        ("resident", "balance"): flat,
    }  # fmt: skip
    source = {"pooled revenue": "revenue_pooled", "pooled expenditure": "expenditure_pooled",
              "balance": "balance_end"}  # fmt: skip
    values: dict[tuple[str, str, int], float] = {}
    for scheme in SCHEMES:
        for year in range(first + 1, LAST_YEAR + 1):
            participants = known[scheme, "participants", year]
            members = start[scheme, MEMBERS] * participants
            members /= known[scheme, "participants", first]
            earlier = known[scheme, "participants", year - 1]
            values[scheme, MEMBERS, year] = members * (1.0 + earlier / participants) / 2.0
            for what in MONEY:
                total = known.get((scheme, source.get(what, what), year))
                level = relative.get((scheme, what.removeprefix("pooled ")))
                if total is not None and level is not None:
                    values[scheme, what, year] = total / participants * level * members
            spent = known.get((scheme, "medical_expenses_institutions", year), np.nan)
            for what, measure in PLACES.items():
                values[scheme, what, year] = known.get((scheme, measure, year), np.nan) / spent
            if scheme == "employee":
                shares = [1.0 - 1.0 / (1.0 + known[scheme, "active_per_retired", at])
                          for at in (first, year)]  # fmt: skip
                values[scheme, ACTIVE, year] = start[scheme, ACTIVE] + shares[1] - shares[0]
    return pd.Series(values, name="published").rename_axis(["scheme", "what", "year"])


def starting_figures(case: Case) -> pd.Series:
    """Members and active share of the base year as the case has them, by scheme and figure."""
    flows = study(case, 1).flows
    values = {}
    for scheme in SCHEMES:
        number = case.scheme_number(scheme)
        persons = float(flows.persons[number, 0, :-1].sum())
        values[scheme, MEMBERS] = persons
        values[scheme, ACTIVE] = 1.0 - float(flows.retirees[number, 0, :-1].sum()) / persons
    return pd.Series(values)


def away_at_start(case: Case) -> pd.DataFrame:
    """Shares of care away in the base year, which the case's referral care was fitted to.

    Index: scheme. Columns: published (the nation's), fitted (the case's), expenses (the nation's).
    """
    known, year = nation(), case.base_year
    projection = study(case, 1).pooled(case.usual_pooling)
    rows = []
    for scheme in SCHEMES:
        spent = known[scheme, "medical_expenses_institutions", year]
        away = known[scheme, "out_of_area_expenses", year] / spent
        rows.append((scheme, away, away_shares(projection, scheme, year)[0], spent))
    columns = ["scheme", "published", "fitted", "expenses"]
    return pd.DataFrame(rows, columns=columns).set_index("scheme")


def compared(case: Case) -> pd.DataFrame:
    """Published figures beside those of the case and of the case as it was before.

    Columns: scheme, what, year, published, before, now, and the errors ``before_error`` and
    ``now_error``: relative for numbers and money, in points for shares.
    """
    before = pd.read_csv(BEFORE).set_index(["scheme", "what", "year"])["value"]
    table = pd.DataFrame(
        {
            "published": published_figures(starting_figures(case)),
            "before": before,
            "now": projected_figures(case),
        }
    ).dropna()
    share = table.index.get_level_values("what").isin(SHARES)
    for name in ("before", "now"):
        apart = table[name] - table["published"]
        table[f"{name}_error"] = np.where(share, apart, apart / table["published"])
    order = {name: place for place, name in enumerate((MEMBERS, ACTIVE, *MONEY, AWAY, ABROAD))}
    return table.reset_index().sort_values(
        ["scheme", "what", "year"], key=lambda column: column.map(order).fillna(0)
        if column.name == "what" else column, kind="stable",
    )  # fmt: skip


def shown(table: pd.DataFrame) -> str:
    """The comparison as Markdown."""
    rows = []
    for row in table.to_dict("records"):
        share, what = row["what"] in SHARES, str(row["what"])
        scale, unit = (1e-2, "%") if share else (1e6, "million") if what == MEMBERS else (1e9, "bn")

        def error(value: float, share: bool = share) -> str:
            return f"{100 * value:+.1f} points" if share else percent(value)

        rows.append(
            {
                "scheme": row["scheme"],
                "what": f"{what}, {unit}",
                "year": row["year"],
                "published": figure(row["published"] / scale),
                "before": figure(row["before"] / scale),
                "error before": error(row["before_error"]),
                "now": figure(row["now"] / scale),
                "error now": error(row["now_error"]),
                "note": FITTED.get((row["scheme"], what, row["year"]), ""),
            }
        )
    return markdown_table(pd.DataFrame(rows))


def from_2020() -> Part:
    """The case of Jiangsu from 2020: rules held as before, and rules in force."""
    case = case_of_2020()
    table, start = compared(case), away_at_start(case)
    both = np.average(start["fitted"] - start["published"], weights=start["expenses"])
    known = pd.read_csv(USE_BEFORE).set_index(["scheme", "what", "year"])["value"]
    sides = {"before": known, "now": use_from_2020(LAST_YEAR - CENSUS_YEAR)}
    use = compared_use(sides, CENSUS_YEAR - 1, LAST_YEAR, CENSUS_YEAR)
    met = float(use.loc[use["met"], "now_error"].abs().max())
    money = table[table["what"].isin(MONEY)]
    sizes = {name: money[f"{name}_error"].abs() for name in ("before", "now")}
    text = (
        "Valued at the end of 2020, with wages to 2023 and rules as they came. *Before* is the "
        "case with the rules of before 2017 held, funds by county. Nothing is published of the "
        "province's funds after 2014: *published* is the nation's figure a member times what the "
        "province had of it in 2008 (employees) and 2011 (residents), members grow as the nation's "
        "from the case's of 2020, and care away is the nation's share of expenses beside the "
        "case's share of payments outside the payer's city. A figure that no bulletin gives "
        "is left out. Mean wages rose by 20.7 % from 2020 to 2023 in the province and by 23.9 % in "
        "the nation, so that published revenue of employees is some 3 % high from 2023 on. "
        "*Fitted*: entry into the employee scheme to 2023 follows the members; care away is fitted "
        "to 2020, and grows for six years at half its pace of 2013 to 2019, as was known: on the "
        "spot, outpatient care between provinces has been settled only since. The "
        "outpatient rate of employees from 2023 was derived from the nation's outpatient expenses "
        "of 2022 and 2024, not from any figure below.\n\n"
        + shown(table)
        + "\n\nCare away in 2020, published and as fitted: "
        + ", ".join(
            f"{scheme} {100 * row['published']:.1f} and {100 * row['fitted']:.1f} %"
            for scheme, row in start.iterrows()
        )
        + f".\n\nMoney, mean size of error: before {percent(float(sizes['before'].mean()))}, now "
        f"{percent(float(sizes['now'].mean()))}; largest: before "
        f"{percent(float(sizes['before'].max()))}, now {percent(float(sizes['now'].max()))}.\n\n"
        "Stays and visits a member and what they cost, before prices of counties and before "
        "calibration, beside the nation's; *before*: with one rate and one cost for both schemes, "
        "ages remembered and assumed, and 6 % a year of medical inflation. *Fitted*: 2020, the "
        "base year. Trends come from 2013 to 2019 and the wages of the case; no figure of 2021 or "
        "later was used. Visits include those for listed chronic diseases; from 2023 pooled funds "
        "of employees pay for ordinary visits, and more of them are counted.\n\n"
        + shown_use(use, ("before", "now"))
    )
    return Part(
        text,
        (
            Check("every scheme and year is compared", f"{len(table)} figures",
                  set(table["scheme"]) == set(SCHEMES)
                  and set(table["year"]) == set(range(CENSUS_YEAR + 1, LAST_YEAR + 1))),
            Check("care away of 2020 is met by both schemes together",
                  f"{100 * both:+.2f} points", abs(both) < 0.002),
            Check("use and cost of care of 2020 are met by scheme", percent(met), met < 0.015),
        ),
    )  # fmt: skip
