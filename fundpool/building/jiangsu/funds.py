"""Fund money of the Jiangsu case in the base year, scaled from national figures."""

import tomllib
from typing import Any

import numpy as np
import pandas as pd

from fundpool.building import money
from fundpool.building.jiangsu.published import BASE_YEAR, PROVINCE, FloatArray, Published

REFORM_OF_ACCOUNTS = 2023
"""First year in which employers pay into the pooled fund alone and it pays for outpatient care."""


def per_head(published: Published, measure: str, year: int, region: str) -> float:
    """A fund figure of the employee scheme per participant."""
    return published.fund("employee", region, year, measure) / published.fund(
        "employee", region, year, "participants"
    )


def relative(published: Published, measure: str) -> float:
    """The province's employee scheme relative to the nation's, per participant, in 2008."""
    return per_head(published, measure, 2008, PROVINCE) / per_head(
        published, measure, 2008, "nation"
    )


def resident_relative(published: Published) -> float:
    """The province's resident scheme relative to the nation's: premium per head in 2011."""
    return published.fund("rural_cooperative", PROVINCE, 2011, "premium_per_head") / published.fund(
        "rural_cooperative", "nation", 2011, "premium_per_head"
    )


def national_per_head(published: Published) -> dict[str, tuple[float, float]]:
    """Revenue and expenditure per participant of 2020 by scheme, from the totals of all schemes.

    Revenue: the resident scheme's of 2022 brought back by the growth of the minimum premium and
    subsidy; the rest is the employee scheme's. Expenditure: divided as per participant in 2022.
    """
    year = 2022
    number = {
        scheme: published.fund(scheme, "nation", BASE_YEAR, "participants")
        for scheme in ("employee", "resident")
    }
    revenue = published.fund("all", "nation", BASE_YEAR, "revenue")
    expenditure = published.fund("all", "nation", BASE_YEAR, "expenditure")
    later = {
        (scheme, measure): published.fund(scheme, "nation", year, measure)
        / published.fund(scheme, "nation", year, "participants")
        for scheme in number
        for measure in ("revenue", "expenditure")
    }
    resident = later["resident", "revenue"] * published.assumed("resident_revenue_growth")
    employee = (revenue - resident * number["resident"]) / number["employee"]
    ratio = later["resident", "expenditure"] / later["employee", "expenditure"]
    spent = expenditure / (number["employee"] + ratio * number["resident"])
    return {"employee": (employee, spent), "resident": (resident, spent * ratio)}


def insured_residents(published: Published, members: FloatArray) -> float:
    """Members of the resident scheme: all insured less those of the employee scheme."""
    return published.fund("all", PROVINCE, BASE_YEAR, "participants") - float(members.sum())


def fund_totals(published: Published, members: FloatArray, active: float) -> pd.DataFrame:
    """Totals to be met in the base year, and published ones of other years to compare."""
    nation = national_per_head(published)
    in_accounts = published.assumed("account_share_of_revenue")
    from_accounts = published.assumed("account_share_of_expenditure")
    employees = float(members.sum())
    residents = insured_residents(published, members)
    income, outgo = nation["employee"]
    income *= relative(published, "revenue")
    outgo *= relative(published, "expenditure")
    premium, paid = (value * resident_relative(published) for value in nation["resident"])
    subsidy = published.assumed("subsidy_share")
    scaled = "National totals of 2020 scaled to the province; see docs/jiangsu-case.md"
    rows: list[tuple[object, ...]] = [
        (PROVINCE, "employee", BASE_YEAR, "contributions",
         income * (1.0 - in_accounts) * employees, "fit", scaled, "derived"),
        (PROVINCE, "employee", BASE_YEAR, "claims",
         outgo * (1.0 - from_accounts) * employees, "fit", scaled, "derived"),
        (PROVINCE, "resident", BASE_YEAR, "contributions",
         premium * (1.0 - subsidy) * residents, "fit", scaled, "derived"),
        (PROVINCE, "resident", BASE_YEAR, "subsidies",
         premium * subsidy * residents, "fit", scaled, "derived"),
        (PROVINCE, "resident", BASE_YEAR, "claims", paid * residents, "fit", scaled, "derived"),
        (PROVINCE, "employee", BASE_YEAR, "participants", employees, "compare",
         "Estimated from places with published membership", "derived"),
        (PROVINCE, "employee", BASE_YEAR, "retirees", employees * (1.0 - active), "compare",
         "Members by the active share of 2009", "derived"),
    ]  # fmt: skip
    table = published.table("funds")
    wanted = {
        ("employee", "participants"): "participants",
        ("resident", "participants"): "participants",
        ("employee", "revenue_pooled"): "contributions",
        ("employee", "expenditure_pooled"): "claims",
        ("employee", "revenue_personal_accounts"): "account_credits",
        ("resident", "revenue_government_subsidy"): "subsidies",
        ("resident", "expenditure"): "claims",
    }
    for row in table.to_dict("records"):
        measure = wanted.get((str(row["scheme"]), str(row["measure"])))
        if measure and row["region"] != "nation" and int(row["year"]) > BASE_YEAR:
            rows.append(
                (row["region"], row["scheme"], int(row["year"]), measure, row["value"], "compare",
                 row["source"], "published")
            )  # fmt: skip
    columns = ["region", "scheme", "year", "measure", "value", "use", "source", "status"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(value=frame["value"].astype(float).round(0))


def scheme_rules(published: Published, economy: pd.DataFrame) -> pd.DataFrame:
    """Rules that differ from the scheme files: by city for residents, by year for employees."""
    residents = resident_rules(published, economy).assign(source="", status="")
    return pd.concat([outpatient_rule(published), residents], ignore_index=True)


def _scheme_file(published: Published, name: str) -> dict[str, Any]:
    """Contents of a scheme file of the case."""
    return tomllib.loads((published.folder.parent / "schemes" / f"{name}.toml").read_text("utf-8"))


def outpatient_rule(published: Published) -> pd.DataFrame:
    """What the employee scheme's pooled fund pays of outpatient care once accounts are reformed.

    The scheme file's rate times what the pooled fund pays of a yuan of outpatient expenses of 2024
    over that of 2022: listed chronic diseases at their rate throughout, the rest at the ordinary
    rate after the reform and at none before.
    """
    chronic = {
        year: published.fact("employee_outpatient", "chronic_expenses", year)
        / published.fact("employee_outpatient", "expenses", year)
        for year in (2022, 2024)
    }
    rates = published.assumed("outpatient_rates")
    before = chronic[2022] * rates["chronic"]
    after = chronic[2024] * rates["chronic"] + (1.0 - chronic[2024]) * rates["ordinary"]
    rate = _scheme_file(published, "employee")["benefits"]["outpatient"]["bands"][0][1]
    return pd.DataFrame(
        [("employee", PROVINCE, REFORM_OF_ACCOUNTS, "rate", "outpatient",
          round(rate * after / before, 2),
          "Rate before the reform times the growth of what the pooled fund pays of outpatient "
          "expenses, 2022 to 2024 (NHSA data bank); see docs/jiangsu-case.md", "derived")],
        columns=["scheme", "region", "year", "rule", "service", "value", "source", "status"],
    )  # fmt: skip


def resident_rules(published: Published, economy: pd.DataFrame) -> pd.DataFrame:
    """Premium and subsidy of the resident scheme by city, for the table ``scheme_rules``.

    The scheme file's amounts times the city's income relative to the province's to a power.
    """
    scheme = _scheme_file(published, "resident")
    size = len(published.cities)
    people = np.bincount(published.city, published.residents, minlength=size)
    income = economy["disposable_income"].to_numpy(float) * published.residents
    relative_income = np.bincount(published.city, income, minlength=size) / people
    relative_income /= income.sum() / people.sum()
    factor = relative_income ** published.assumed("resident_premium_power")
    return pd.DataFrame(
        [
            ("resident", code, BASE_YEAR, rule, "", round(scheme["rules"][rule]["value"] * level))
            for code, level in zip(published.cities, factor, strict=True)
            for rule in ("premium", "subsidy")
        ],
        columns=["scheme", "region", "year", "rule", "service", "value"],
    )


def fund_balances(published: Published, members: FloatArray, economy: pd.DataFrame) -> pd.DataFrame:
    """Balances by county at the end of the base year.

    The national balance of 2020, less personal accounts, is divided between the schemes as in
    2022, scaled to the province per participant, and spread over counties
    (:func:`fundpool.building.money.spread_balance`).
    """
    accounts = published.fund("employee", "nation", BASE_YEAR, "personal_accounts_balance_end")
    pooled = published.fund("all", "nation", BASE_YEAR, "balance_end") - accounts
    later = published.fund("all", "nation", 2022, "balance_end") - published.fund(
        "employee", "nation", 2022, "personal_accounts_balance_end"
    )
    share = published.fund("resident", "nation", 2022, "balance_end") / later
    number = {
        scheme: published.fund(scheme, "nation", BASE_YEAR, "participants")
        for scheme in ("employee", "resident")
    }
    level = relative(published, "balance_end")
    employees, residents = float(members.sum()), insured_residents(published, members)
    employee_total = pooled * (1.0 - share) / number["employee"] * level * employees
    account_total = accounts / number["employee"] * level * employees
    resident_total = pooled * share / number["resident"] * resident_relative(published) * residents

    wage = economy["contribution_wage"].to_numpy(float)
    income = economy["disposable_income"].to_numpy(float)
    census = published.table("census_ages").pivot(
        index="region", columns="age_from", values="persons"
    )
    census = census.loc[published.counties]
    of_age = census.columns.to_numpy(dtype=int) >= 60
    old = census.to_numpy(dtype=float)[:, of_age].sum(axis=1)
    young = census.sum(axis=1).to_numpy(float) - old
    support = young / old
    power = published.assumed("reserve_power")
    in_pool = money.spread_balance(employee_total, members, wage, support, power["employee"])
    in_accounts = money.spread_balance(account_total, members, wage, support, 0.0)
    rest = np.maximum(published.residents - members, 0.0)
    flat = money.spread_balance(resident_total, rest, income, support, power["resident"])
    return pd.DataFrame(
        {
            "region": np.repeat(published.counties, 2),
            "scheme": np.tile(["employee", "resident"], len(published.counties)),
            "pooled_balance": np.stack([in_pool, flat], axis=1).ravel().round(0),
            "account_balance": np.stack([in_accounts, np.zeros_like(flat)], axis=1)
            .ravel()
            .round(0),
        }
    )
