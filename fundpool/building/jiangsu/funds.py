"""Fund money of the Jiangsu case at the end of 2020 and of 2024, scaled from national figures."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.building.jiangsu.insured import Insured, use_of
from fundpool.building.jiangsu.published import (
    BASE_YEAR,
    CENSUS_YEAR,
    PROVINCE,
    FloatArray,
    Published,
)
from fundpool.building.money import spread_balance

SCHEMES = ("employee", "resident")

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


@dataclass(frozen=True)
class PerHead:
    """Money a member of a scheme in a year, in CNY.

    Attributes:
        revenue: of the pooled fund.
        expenditure: of the pooled fund.
        balance: of the pooled fund at the end of the year.
        accounts: balance of personal accounts at the end of the year.
    """

    revenue: float
    expenditure: float
    balance: float
    accounts: float = 0.0


DIVIDED_AS = 2022
"""First year whose expenditure and balances are published by scheme."""


def expenses_ratio(published: Published, year: int) -> float:
    """Medical expenses a member of the resident scheme over those of the employee scheme."""
    use = {scheme: use_of(published, scheme, year) for scheme in SCHEMES}
    resident, employee = (
        sum(use[name].claims[kind] * use[name].cost[kind] for kind in use[name].claims)
        for name in ("resident", "employee")
    )
    return resident / employee


def national_per_head(
    published: Published, divided_by: float = 1.0
) -> dict[str, tuple[float, float]]:
    """Revenue and expenditure per participant of 2020 by scheme, from the totals of all schemes.

    Revenue: the resident scheme's of 2022 brought back by the growth of the minimum premium and
    subsidy; the rest is the employee scheme's. Expenditure: divided as per participant in 2022.

    Args:
        published: figures.
        divided_by: expenditure a member, residents' over employees', relative to that of 2022.
    """
    year = DIVIDED_AS
    number = {
        scheme: published.fund(scheme, "nation", CENSUS_YEAR, "participants") for scheme in SCHEMES
    }
    revenue = published.fund("all", "nation", CENSUS_YEAR, "revenue")
    expenditure = published.fund("all", "nation", CENSUS_YEAR, "expenditure")
    later = {
        (scheme, measure): published.fund(scheme, "nation", year, measure)
        / published.fund(scheme, "nation", year, "participants")
        for scheme in number
        for measure in ("revenue", "expenditure")
    }
    resident = later["resident", "revenue"] * published.assumed("resident_revenue_growth")
    employee = (revenue - resident * number["resident"]) / number["employee"]
    ratio = divided_by * later["resident", "expenditure"] / later["employee", "expenditure"]
    spent = expenditure / (number["employee"] + ratio * number["resident"])
    return {"employee": (employee, spent), "resident": (resident, spent * ratio)}


def in_2020(published: Published) -> dict[str, PerHead]:
    """Money a member in the nation in 2020.

    Expenditure is divided between the schemes as in 2022, with what medical expenses a member have
    moved apart since; the balance of 2020, less personal accounts, as in 2022.
    """
    moved = expenses_ratio(published, CENSUS_YEAR) / expenses_ratio(published, DIVIDED_AS)
    money = national_per_head(published, moved)
    number = {
        scheme: published.fund(scheme, "nation", CENSUS_YEAR, "participants") for scheme in SCHEMES
    }
    accounts = published.fund("employee", "nation", CENSUS_YEAR, "personal_accounts_balance_end")
    pooled = published.fund("all", "nation", CENSUS_YEAR, "balance_end") - accounts
    later = published.fund("all", "nation", 2022, "balance_end") - published.fund(
        "employee", "nation", 2022, "personal_accounts_balance_end"
    )
    share = published.fund("resident", "nation", 2022, "balance_end") / later
    income, outgo = money["employee"]
    premium, paid = money["resident"]
    return {
        "employee": PerHead(
            income * (1.0 - published.assumed("account_share_of_revenue")),
            outgo * (1.0 - published.assumed("account_share_of_expenditure")),
            pooled * (1.0 - share) / number["employee"],
            accounts / number["employee"],
        ),
        "resident": PerHead(premium, paid, pooled * share / number["resident"]),
    }


def in_base_year(published: Published) -> dict[str, PerHead]:
    """Money a member in the nation in 2024, by the bulletin.

    The balance of pooled funds less that of the resident scheme is the employee scheme's. Personal
    accounts: the balance of 2022 and what came in less what was spent in the two years since.
    """
    year = BASE_YEAR

    def of(scheme: str, measure: str) -> float:
        members = published.of_bulletin(scheme, "participants", year)
        return published.of_bulletin(scheme, measure, year) / members

    accounts = published.fund("employee", "nation", 2022, "personal_accounts_balance_end")
    for later in (2023, 2024):
        accounts += published.of_bulletin("employee", "revenue_personal_accounts", later)
        accounts -= published.of_bulletin("employee", "expenditure_personal_accounts", later)
    employees = published.of_bulletin("employee", "participants", year)
    pooled = published.of_bulletin("all", "pooled_balance_end", year)
    pooled -= published.of_bulletin("resident", "balance_end", year)
    return {
        "employee": PerHead(
            of("employee", "revenue_pooled"),
            of("employee", "expenditure_pooled"),
            pooled / employees,
            accounts / employees,
        ),
        "resident": PerHead(
            of("resident", "revenue"), of("resident", "expenditure"), of("resident", "balance_end")
        ),
    }


def in_province(
    published: Published, year: int, nation: Mapping[str, PerHead] | None = None
) -> dict[str, PerHead]:
    """Money a member in the province: the nation's times what the province had of it before.

    Args:
        published: figures.
        year: 2020 or 2024, or another whose ``nation`` is given.
        nation: money a member in the nation in that year, by scheme.
    """
    if nation is None:
        nation = in_2020(published) if year == CENSUS_YEAR else in_base_year(published)
    level = {name: relative(published, name) for name in ("revenue", "expenditure", "balance_end")}
    flat = resident_relative(published)
    employee, resident = nation["employee"], nation["resident"]
    return {
        "employee": PerHead(
            employee.revenue * level["revenue"],
            employee.expenditure * level["expenditure"],
            employee.balance * level["balance_end"],
            employee.accounts * level["balance_end"],
        ),
        "resident": PerHead(
            resident.revenue * flat, resident.expenditure * flat, resident.balance * flat
        ),
    }


def fund_totals(
    published: Published, base: Insured, year: int, nation: Mapping[str, PerHead] | None = None
) -> pd.DataFrame:
    """Totals to be met in the base year, and published ones of later years to compare."""
    money = in_province(published, year, nation)
    employees, residents = float(base.members.sum()), base.in_resident_scheme
    flat, subsidy = money["resident"], published.assumed("subsidy_share")
    scaled = f"National totals of {year} scaled to the province; see docs/jiangsu-case.md"
    rows: list[tuple[object, ...]] = [
        (PROVINCE, "employee", year, "contributions",
         money["employee"].revenue * employees, "fit", scaled, "derived"),
        (PROVINCE, "employee", year, "claims",
         money["employee"].expenditure * employees, "fit", scaled, "derived"),
        (PROVINCE, "resident", year, "contributions",
         flat.revenue * (1.0 - subsidy) * residents, "fit", scaled, "derived"),
        (PROVINCE, "resident", year, "subsidies",
         flat.revenue * subsidy * residents, "fit", scaled, "derived"),
        (PROVINCE, "resident", year, "claims", flat.expenditure * residents, "fit", scaled,
         "derived"),
        (PROVINCE, "employee", year, "participants", employees, "compare",
         "Estimated from places with published membership", "derived"),
        (PROVINCE, "employee", year, "retirees", employees * (1.0 - base.active), "compare",
         "Members by the active share "
         + ("of 2009" if year == CENSUS_YEAR else f"of the nation in {year}"), "derived"),
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
        if measure and row["region"] != "nation" and int(row["year"]) > year:
            rows.append(
                (row["region"], row["scheme"], int(row["year"]), measure, row["value"], "compare",
                 row["source"], "published")
            )  # fmt: skip
    columns = ["region", "scheme", "year", "measure", "value", "use", "source", "status"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(value=frame["value"].astype(float).round(0))


def outpatient_rule(published: Published, rate: float) -> pd.DataFrame:
    """What the employee scheme's pooled fund pays of outpatient care once accounts are reformed.

    The ``rate`` before times what the pooled fund pays of a yuan of outpatient expenses of 2024
    over that of 2022: listed chronic diseases at their rate throughout, the rest at the ordinary
    rate after the reform and at none before.
    """
    use, chronic = published.care_use, {}
    for year in (2022, 2024):
        listed = use["employee", "chronic_outpatient_expenses", year]
        # what the data bank calls outpatient expenses is without those for listed diseases
        chronic[year] = listed / (listed + use["employee", "outpatient_expenses", year])
    rates = published.assumed("outpatient_rates")
    before = chronic[2022] * rates["chronic"]
    after = chronic[2024] * rates["chronic"] + (1.0 - chronic[2024]) * rates["ordinary"]
    return pd.DataFrame(
        [("employee", PROVINCE, REFORM_OF_ACCOUNTS, "rate", "outpatient",
          round(rate * after / before, 2),
          "Rate before the reform times the growth of what the pooled fund pays of outpatient "
          "expenses, 2022 to 2024 (NHSA data bank); see docs/jiangsu-case.md", "derived")],
        columns=["scheme", "region", "year", "rule", "service", "value", "source", "status"],
    )  # fmt: skip


def resident_rules(
    published: Published, economy: pd.DataFrame, amounts: Mapping[str, float], year: int
) -> pd.DataFrame:
    """Premium and subsidy of the resident scheme by city, for the table ``scheme_rules``.

    The province's ``amounts`` of both times the city's income relative to the province's to a
    power.
    """
    size = len(published.cities)
    people = np.bincount(published.city, published.residents, minlength=size)
    income = economy["disposable_income"].to_numpy(float) * published.residents
    relative_income = np.bincount(published.city, income, minlength=size) / people
    relative_income /= income.sum() / people.sum()
    factor = relative_income ** published.assumed("resident_premium_power")
    return pd.DataFrame(
        [
            ("resident", code, year, rule, "", round(amounts[rule] * level))
            for code, level in zip(published.cities, factor, strict=True)
            for rule in ("premium", "subsidy")
        ],
        columns=["scheme", "region", "year", "rule", "service", "value"],
    ).assign(source="", status="")


def fund_balances(
    published: Published,
    base: Insured,
    economy: pd.DataFrame,
    residents: FloatArray,
    year: int,
    nation: Mapping[str, PerHead] | None = None,
) -> pd.DataFrame:
    """Balances by county at the end of 2020 or 2024.

    The province's a member (:func:`in_province`), spread over counties
    (:func:`fundpool.building.money.spread_balance`).

    Args:
        published: figures.
        base: who is insured.
        economy: wages and incomes of the year.
        residents: by county, sex and age, ``(n, 2, 101)``.
        year: 2020 or 2024, or another whose ``nation`` is given.
        nation: as :func:`in_province` takes it.
    """
    money = in_province(published, year, nation)
    employees, members = float(base.members.sum()), base.members
    wage = economy["contribution_wage"].to_numpy(float)
    income = economy["disposable_income"].to_numpy(float)
    by_age = residents.sum(axis=1)
    old = by_age[:, 60:].sum(axis=1)
    support = (by_age.sum(axis=1) - old) / old
    power = published.assumed("reserve_power")
    in_pool = spread_balance(
        money["employee"].balance * employees, members, wage, support, power["employee"]
    )
    in_accounts = spread_balance(
        money["employee"].accounts * employees, members, wage, support, 0.0
    )
    rest = np.maximum(base.residents - members, 0.0)
    flat = spread_balance(
        money["resident"].balance * base.in_resident_scheme, rest, income, support,
        power["resident"],
    )  # fmt: skip
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
