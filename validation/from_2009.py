"""The 2009 case carried forward, beside the census of 2020 and what funds published since."""

import numpy as np
import pandas as pd

from fundpool.building.jiangsu.published import Published
from fundpool.building.jiangsu_2009 import funds as of_2009
from fundpool.building.jiangsu_2009.insured import rural_members
from fundpool.building.jiangsu_2009.published import BASE_YEAR, Published2009
from fundpool.inputs.case import read_case
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.funds.books import OTHER_INCOME
from fundpool.models.projection.study import Projection, study
from validation.part import Check, Part, figure, markdown_table, percent

CASE, POLICY, YEARS, CENSUS = "jiangsu-2009", "as-it-came", 15, 2020
BANDS = ((0, 15), (15, 30), (30, 45), (45, 60), (60, 75), (75, AGES))
NATION, PROVINCE = "nation", "320000"


def people_compared(projection: Projection) -> tuple[pd.DataFrame, dict[str, float]]:
    """Residents of 2020 by city and by age against the census, and errors by county."""
    flows, case = projection.flows, projection.case
    published = Published()
    t = CENSUS - BASE_YEAR
    cells = flows.by_cell[t, :-1].reshape(len(case.regions.codes), len(SEXES), AGES)
    census = published.census
    counted = census["residents"].to_numpy(float)
    projected = cells.sum(axis=(1, 2))
    by_age = published.table("census_ages").groupby("age_from")["persons"].sum()
    rows = []
    for name, modelled, real in (
        ("all", projected.sum(), counted.sum()),
        ("men", cells[:, 0].sum(), census["males"].sum()),
        ("women", cells[:, 1].sum(), census["females"].sum()),
    ):
        rows.append(("sex", name, float(modelled), float(real)))
    scale = counted.sum() / by_age.sum()
    for start, end in BANDS:
        inside = by_age[(by_age.index >= start) & (by_age.index < end)].sum() * scale
        label = f"{start} to {end - 1}" if end < AGES else f"{start} and over"
        rows.append(("age", label, float(cells[:, :, start:end].sum()), float(inside)))
    for number, code in enumerate(published.cities):
        here = published.city == number
        rows.append(
            ("city", case.regions.name(code), float(projected[here].sum()),
             float(counted[here].sum()))
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=["by", "group", "projected", "census"])
    error = projected / counted - 1.0
    spread = {
        "median": float(np.median(np.abs(error))),
        "weighted": float(np.abs(projected - counted).sum() / counted.sum()),
        "largest": float(np.abs(error).max()),
        "within_ten": float((np.abs(error) <= 0.1).mean()),
    }
    return table.assign(error=table["projected"] / table["census"] - 1.0), spread


def projected_money(projection: Projection) -> pd.DataFrame:
    """Members and money by scheme and year; ``flat`` is the rural and resident scheme together."""
    funds = projection.funds
    accounts = projection.accounts.groupby("year")[["credits", "spending"]].sum()
    kinds = {"employee": "employee", "resident": "flat", "rural_cooperative": "flat"}
    rows = []
    for (scheme, year), fund in funds.groupby(["scheme", "year"]):
        if scheme not in kinds:
            continue
        total = fund.sum(numeric_only=True)
        pooled = total["contributions"] - total["account_credits"] + sum(
            total[name] for name in OTHER_INCOME
        )  # fmt: skip
        payroll = scheme == "employee"
        number = projection.case.scheme_number(str(scheme))
        retired = float(projection.flows.retirees[number, int(year) - BASE_YEAR, :-1].sum())
        credited, spent = accounts.loc[year] if payroll else (0.0, 0.0)
        for name in {str(scheme), kinds[str(scheme)]}:
            rows.append(
                (name, int(year), total["persons"], retired, pooled + credited,
                 total["claims_paid"] + spent, pooled, total["claims_paid"])
            )  # fmt: skip
    columns = ["scheme", "year", "participants", "retirees", "revenue", "expenditure",
               "revenue_pooled", "expenditure_pooled"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).groupby(["scheme", "year"]).sum()


def nation_per_head(published: Published2009, scheme: str, year: int, measure: str) -> float:
    """A national figure a member; NaN where a year has none."""
    table = published.table("funds")
    rows = table[(table["region"] == NATION) & (table["year"] == year)]
    rows = rows[rows["scheme"] == scheme].set_index("measure")["value"].astype(float)
    direct = {"revenue": ("revenue_per_head", "premium_per_head")}.get(measure, ())
    for name in direct:
        if name in rows.index:
            return float(rows[name])
    if measure in rows.index and "participants" in rows.index:
        return float(rows[measure] / rows["participants"])
    return float("nan")


def money_compared(money: pd.DataFrame, base: pd.Series) -> pd.DataFrame:
    """Projected figures beside published ones.

    Args:
        money: as :func:`projected_money` gives it.
        base: Jiangsu's figures of 2009, from which the nation's growth is reckoned, by scheme and
            measure.
    """
    published = Published2009()
    rows: list[tuple[str, int, str, float, float, str]] = []
    rural = money.loc["rural_cooperative"].loc[2011]
    rows.append(("rural_cooperative", 2011, "members, million", rural["participants"] / 1e6,
                 published.fund("rural_cooperative", PROVINCE, 2011, "participants") / 1e6,
                 "Jiangsu"))  # fmt: skip
    rows.append(("rural_cooperative", 2011, "premiums, bn CNY", rural["revenue"] / 1e9,
                 published.fund("rural_cooperative", PROVINCE, 2011, "premiums") / 1e9,
                 "Jiangsu"))  # fmt: skip
    insured = sum(money.loc[name].loc[CENSUS, "participants"] for name in ("employee", "flat"))
    rows.append(("all", CENSUS, "members, million", insured / 1e6,
                 published.fund("all", PROVINCE, CENSUS, "participants") / 1e6,
                 "Jiangsu"))  # fmt: skip
    members = published.table("funds").query("region == 'nation' and measure == 'participants'")
    employee = members[members["scheme"] == "employee"].set_index("year")["value"].astype(float)
    ratio = published.table("funds").query("measure == 'active_per_retired'")
    actives = ratio.set_index("year")["value"].astype(float)
    for year in (2012, 2015, 2018, 2020, 2022, 2024):
        now = money.loc["employee"].loc[year]
        rows.append(("employee", year, "members, million", now["participants"] / 1e6,
                     base["employee", "participants"] * employee[year] / employee[BASE_YEAR] / 1e6,
                     "nation's growth"))  # fmt: skip
        rows.append(("employee", year, "active per retired",
                     now["participants"] / now["retirees"] - 1.0,
                     base["employee", "active"] * actives[year] / actives[BASE_YEAR],
                     "nation's growth"))  # fmt: skip
    per_head = [("employee", "revenue", (2018, 2022, 2023, 2024), "employee"),
                ("employee", "expenditure", (2022, 2023, 2024), "employee"),
                ("rural_cooperative", "revenue", (2010, 2011, 2013), "rural_cooperative"),
                ("rural_cooperative", "expenditure", (2010, 2011, 2013), "rural_cooperative"),
                ("flat", "revenue", (2018, 2022, 2023, 2024), "resident"),
                ("flat", "expenditure", (2022, 2023, 2024), "resident")]  # fmt: skip
    for scheme, measure, years, source in per_head:
        start = base["nation_" + scheme, measure]
        for year in years:
            now = money.loc[scheme].loc[year]
            real = nation_per_head(published, source, year, measure) / start
            rows.append((scheme, year, f"{measure} a member, CNY",
                         now[measure] / now["participants"], base[scheme, measure] * real,
                         "nation's growth"))  # fmt: skip
    table = pd.DataFrame(rows, columns=["scheme", "year", "what", "projected", "published", "of"])
    return table.assign(error=table["projected"] / table["published"] - 1.0)


def starting_figures() -> pd.Series:
    """Figures a member of 2009, of Jiangsu and of the nation, from which growth is reckoned."""
    published = Published2009()
    relative = of_2009.rural_relative(published)
    revenue, spent, _ = of_2009.employee_money(published)
    members = published.fund("employee", PROVINCE, BASE_YEAR, "participants")
    retired = published.fund("employee", PROVINCE, BASE_YEAR, "participants_retired")
    rural, town = rural_members(published), published.fund(
        "resident", PROVINCE, BASE_YEAR, "participants"
    )  # fmt: skip
    of_nation = {
        (scheme, measure): nation_per_head(published, scheme, BASE_YEAR, measure)
        for scheme in ("rural_cooperative", "resident", "employee")
        for measure in ("revenue", "expenditure")
    }
    of_nation["resident", "expenditure"] = of_2009.resident_claims(published)
    nation_rural = published.fund("rural_cooperative", NATION, BASE_YEAR, "participants")
    nation_town = published.fund("resident", NATION, BASE_YEAR, "participants")
    nation_spent = published.fund("all", NATION, BASE_YEAR, "expenditure")
    nation_spent -= of_nation["resident", "expenditure"] * nation_town
    nation_members = published.fund("employee", NATION, BASE_YEAR, "participants")
    values = {
        ("employee", "participants"): members,
        ("employee", "active"): members / retired - 1.0,
        ("employee", "revenue"): revenue / members,
        ("employee", "expenditure"): spent / members,
        ("nation_employee", "revenue"): of_nation["employee", "revenue"],
        ("nation_employee", "expenditure"): nation_spent / nation_members,
    }
    for measure in ("revenue", "expenditure"):
        country, town_too = of_nation["rural_cooperative", measure], of_nation["resident", measure]
        values["nation_rural_cooperative", measure] = country
        values["rural_cooperative", measure] = country * relative
        values["flat", measure] = (country * rural + town_too * town) / (rural + town) * relative
        values["nation_flat", measure] = (country * nation_rural + town_too * nation_town) / (
            nation_rural + nation_town
        )
    return pd.Series(values)


def from_2009() -> Part:
    """People of 2020 and funds of 2010 to 2024: rules of 2009 held, and as it came."""
    case = read_case(CASE)
    unchanged = study(case, YEARS)
    came = study(case.with_policies([POLICY]), YEARS, calibration=unchanged.calibration)
    start = starting_figures()
    people, funds, spreads = [], [], []
    for done in (unchanged, came):
        projection = done.pooled("county")
        table, spread = people_compared(projection)
        people.append(table)
        spreads.append(spread)
        funds.append(money_compared(projected_money(projection), start))
    moved = came.flows.migrants[CENSUS - BASE_YEAR, 0]
    text = (
        "Two runs: the rules, moves and entry of 2009 held (wages, premiums, subsidies and shares "
        f"paid as they came), and the policy `{POLICY}`, fitted to residents from other provinces "
        "and from other counties in 2020 in all (so the totals of moves are met by fit, their "
        "places and ages are not) and to members of the employee scheme in 2012.\n\n"
        "People of the end of 2020 against the census of 1 November 2020, in millions:\n\n"
        + markdown_table(_people_shown(*people))
        + "\n\n"
        + " ".join(
            f"{name}: median error of a county {100 * spread['median']:.1f} %, people in the "
            f"wrong county {100 * spread['weighted']:.1f} %, largest error of a county "
            f"{100 * spread['largest']:.0f} %, {100 * spread['within_ten']:.0f} % of counties "
            "within 10 %."
            for name, spread in zip(("Held", "As it came"), spreads, strict=True)
        )
        + f" People of Jiangsu living in other provinces come to {moved[:-1, -1].sum() / 1e6:.1f} "
        "million, as destinations of 2009 are held; some 4 million did (registered less residents "
        "of 2022, with those who arrived).\n\n"
        "Funds. Little is published of Jiangsu after 2009; elsewhere the published figure is "
        "Jiangsu's of 2009 times the nation's growth a member (for members: in all). The members "
        "of 2012 are fitted:\n\n" + markdown_table(_funds_shown(*funds))
    )
    errors = funds[1].set_index(["scheme", "year", "what"])["error"]
    checks = tuple(
        Check(f"{scheme}, {year}: {what} within 3 %", percent(float(error)), abs(error) < 0.03,
              "China Statistical Yearbook 2012; bulletins")
        for (scheme, year, what), error in errors.items()
        if scheme == "rural_cooperative" and year == 2011 and "expenditure" not in what
    )  # fmt: skip
    return Part(text, checks)


def _people_shown(unchanged: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
    millions = "{:.3f}".format
    return pd.DataFrame(
        {
            "by": unchanged["by"],
            "group": unchanged["group"],
            "census": (unchanged["census"] / 1e6).map(millions),
            "held": (unchanged["projected"] / 1e6).map(millions),
            "error": unchanged["error"].map(percent),
            "as it came": (came["projected"] / 1e6).map(millions),
            "error ": came["error"].map(percent),
        }
    )


def _funds_shown(unchanged: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scheme": unchanged["scheme"].replace("flat", "rural and resident").replace("_", " "),
            "year": unchanged["year"],
            "what": unchanged["what"],
            "published": unchanged["published"].map(figure),
            "of": unchanged["of"],
            "held": unchanged["projected"].map(figure),
            "error": unchanged["error"].map(percent),
            "as it came": came["projected"].map(figure),
            "error ": came["error"].map(percent),
        }
    )
