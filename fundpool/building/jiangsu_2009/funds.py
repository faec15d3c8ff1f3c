"""Fund money of Jiangsu in 2009: published for 2008 and 2011, the nation's path between."""

import numpy as np
import pandas as pd

from fundpool.building import money
from fundpool.building.jiangsu.published import FloatArray
from fundpool.building.jiangsu_2009.insured import PROVINCE, Insured, rural_members
from fundpool.building.jiangsu_2009.published import BASE_YEAR, Published2009

NATION = "nation"


def rural_relative(published: Published2009) -> float:
    """The province's rural scheme relative to the nation's: premium a head in 2011."""
    return published.fund("rural_cooperative", PROVINCE, 2011, "premium_per_head") / published.fund(
        "rural_cooperative", NATION, 2011, "premium_per_head"
    )


def resident_claims(published: Published2009) -> float:
    """The nation's payments of the resident scheme a head in 2009.

    Those of 2008 are what all urban schemes spent less the employee scheme; they are taken to have
    risen as those of the rural scheme.
    """
    spent = published.fund("all", NATION, 2008, "expenditure") - published.fund(
        "employee", NATION, 2008, "expenditure"
    )
    members = published.fund("all", NATION, 2008, "participants") - published.fund(
        "rural_cooperative", NATION, 2008, "participants"
    ) - published.fund("employee", NATION, 2008, "participants")  # fmt: skip
    rural = [
        published.per_head("rural_cooperative", NATION, year, "expenditure")
        for year in (BASE_YEAR - 1, BASE_YEAR)
    ]
    return spent / members * rural[1] / rural[0]


def employee_money(published: Published2009) -> tuple[float, float, float]:
    """Revenue, expenditure and closing balance of the province's employee scheme in 2009.

    A head, the figures of 2008 times the nation's growth; the nation's expenditure of 2009 is that
    of all urban schemes less the resident scheme.
    """
    members = published.fund("employee", PROVINCE, BASE_YEAR, "participants")
    then = 2008
    growth = published.fund("employee", NATION, BASE_YEAR, "revenue_per_head") / published.per_head(
        "employee", NATION, then, "revenue"
    )
    revenue = published.per_head("employee", PROVINCE, then, "revenue") * growth * members
    resident = resident_claims(published) * published.fund(
        "resident", NATION, BASE_YEAR, "participants"
    )
    spent = published.fund("all", NATION, BASE_YEAR, "expenditure") - resident
    growth = (
        spent
        / published.fund("employee", NATION, BASE_YEAR, "participants")
        / published.per_head("employee", NATION, then, "expenditure")
    )
    expenditure = published.per_head("employee", PROVINCE, then, "expenditure") * growth * members
    balance = published.fund("employee", PROVINCE, then, "balance_end") + revenue - expenditure
    return revenue, expenditure, balance


def fund_totals(published: Published2009) -> pd.DataFrame:
    """Totals of the base year to be met, and members to be compared."""
    revenue, expenditure, _ = employee_money(published)
    relative = rural_relative(published)
    rural, resident = rural_members(published), published.fund(
        "resident", PROVINCE, BASE_YEAR, "participants"
    )  # fmt: skip
    rural_premium = published.fund("rural_cooperative", NATION, BASE_YEAR, "premium_per_head")
    subsidy = {
        scheme: published.fund(scheme, NATION, BASE_YEAR, "subsidy_per_head")
        for scheme in ("rural_cooperative", "resident")
    }
    premium = published.fund("resident", NATION, BASE_YEAR, "premium_per_head")
    rural_claims = published.per_head("rural_cooperative", NATION, BASE_YEAR, "expenditure")
    of_2008 = "Jiangsu 2008 a member times the nation's growth to 2009; accounts assumed"
    of_2011 = "The nation's figures of 2009 a head times Jiangsu's premium relative to it in 2011"
    values = [
        ("employee", "contributions",
         revenue * (1.0 - published.assumed("account_share_of_revenue")), "fit", of_2008),
        ("employee", "claims",
         expenditure * (1.0 - published.assumed("account_share_of_expenditure")), "fit", of_2008),
        ("resident", "contributions",
         (premium - subsidy["resident"]) * relative * resident, "fit", of_2011),
        ("resident", "subsidies", subsidy["resident"] * relative * resident, "fit", of_2011),
        ("resident", "claims", resident_claims(published) * relative * resident, "fit", of_2011),
        ("rural_cooperative", "contributions",
         (rural_premium - subsidy["rural_cooperative"]) * relative * rural, "fit", of_2011),
        ("rural_cooperative", "subsidies",
         subsidy["rural_cooperative"] * relative * rural, "fit", of_2011),
        ("rural_cooperative", "claims", rural_claims * relative * rural, "fit", of_2011),
        ("rural_cooperative", "participants", rural, "compare",
         "Jiangsu 2011 times the nation's change since 2009"),
    ]  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (PROVINCE, scheme, BASE_YEAR, measure, round(value), use, source, "derived")
        for scheme, measure, value, use, source in values
    ]
    names = {"participants": "participants", "participants_retired": "retirees"}
    for scheme in ("employee", "resident"):
        table = published.table("funds")
        table = table[
            (table["scheme"] == scheme) & (table["region"] == PROVINCE)
            & (table["year"] == BASE_YEAR) & table["measure"].isin(list(names))
        ]  # fmt: skip
        rows += [
            (PROVINCE, scheme, BASE_YEAR, names[str(row["measure"])], row["value"], "compare",
             row["source"], "published")
            for row in table.to_dict("records")
        ]  # fmt: skip
    columns = ["region", "scheme", "year", "measure", "value", "use", "source", "status"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(value=frame["value"].astype(float).round(0))


def rural_balance(published: Published2009) -> float:
    """The nation's rural reserves a head: what came in less what was paid from 2005 to 2009."""
    saved = sum(
        published.fund("rural_cooperative", NATION, year, "premium_per_head")
        * published.fund("rural_cooperative", NATION, year, "participants")
        - published.fund("rural_cooperative", NATION, year, "expenditure")
        for year in range(2005, BASE_YEAR + 1)
    )
    return saved / published.fund("rural_cooperative", NATION, BASE_YEAR, "participants")


def resident_balance(published: Published2009) -> float:
    """The nation's reserves of the resident scheme a head: what 2008 and 2009 left over."""
    members = published.fund("resident", NATION, BASE_YEAR, "participants")
    first = [
        published.fund("all", NATION, 2008, measure)
        - published.fund("employee", NATION, 2008, measure)
        for measure in ("revenue", "expenditure")
    ]
    second = published.fund("resident", NATION, BASE_YEAR, "premium_per_head") - resident_claims(
        published
    )
    return (first[0] - first[1]) / members + second


def fund_balances(
    published: Published2009, base: Insured, economy: pd.DataFrame, old_share: FloatArray
) -> pd.DataFrame:
    """Balances by county at the end of the base year.

    Args:
        published: figures.
        base: who is insured.
        economy: the table.
        old_share: residents of 60 and over as a share of all, ``(n,)``.
    """
    _, _, balance = employee_money(published)
    accounts = balance * published.assumed("account_share_of_balance")
    wage = economy["contribution_wage"].to_numpy(float)
    income = economy["disposable_income"].to_numpy(float)
    support = (1.0 - old_share) / old_share
    power = published.assumed("reserve_power")
    relative = rural_relative(published)
    rural = rural_members(published)
    resident = published.fund("resident", PROVINCE, BASE_YEAR, "participants")
    in_pool = {
        "employee": money.spread_balance(
            balance - accounts, base.members, wage, support, power["employee"]
        ),
        "resident": money.spread_balance(
            resident_balance(published) * relative * resident, base.at_home * (1.0 - base.rural),
            income, support, power["resident"],
        ),
        "rural_cooperative": money.spread_balance(
            rural_balance(published) * relative * rural, base.at_home * base.rural, income,
            support, power["resident"],
        ),
        "migrant_contract": np.zeros(len(published.counties)),
    }  # fmt: skip
    in_accounts = money.spread_balance(accounts, base.members, wage, support, 0.0)
    frames = [
        pd.DataFrame(
            {
                "region": published.counties,
                "scheme": scheme,
                "pooled_balance": values.round(0),
                "account_balance": in_accounts.round(0) if scheme == "employee" else 0.0,
            }
        )
        for scheme, values in in_pool.items()
    ]
    return pd.concat(frames, ignore_index=True)


def scheme_rules(published: Published2009, economy: pd.DataFrame) -> pd.DataFrame:
    """Premium and subsidy by city, and the shares of hospital costs paid from 2013 on.

    Amounts follow a city's income relative to the province's to a power. Shares paid rise in 2013
    by what surveys found for the nation: those of 2013 over those of 2008.
    """
    size = len(published.cities)
    people = np.bincount(published.city, published.residents, minlength=size)
    income = economy["disposable_income"].to_numpy(float) * published.residents
    level = np.bincount(published.city, income, minlength=size) / people
    level = (level * people.sum() / income.sum()) ** published.assumed("resident_premium_power")
    relative = rural_relative(published)
    rows: list[tuple[object, ...]] = []
    for scheme in ("resident", "rural_cooperative"):
        paid = published.fund(scheme, NATION, BASE_YEAR, "premium_per_head")
        subsidy = published.fund(scheme, NATION, BASE_YEAR, "subsidy_per_head")
        for rule, amount in (("premium", paid - subsidy), ("subsidy", subsidy)):
            rows += [
                (scheme, code, BASE_YEAR, rule, "", round(amount * relative * factor, 1))
                for code, factor in zip(published.cities, level, strict=True)
            ]
    for scheme in ("employee", "resident", "rural_cooperative"):
        rise = published.fund(scheme, NATION, 2013, "paid_share_inpatient") / published.fund(
            scheme, NATION, 2008, "reimbursement_rate"
        )
        rates = published.assumed("paid_shares")[scheme]
        rows += [
            (scheme, PROVINCE, 2013, "rate", service, round(min(rate * rise, 0.95), 4))
            for service, rate in rates.items()
        ]
    return pd.DataFrame(rows, columns=["scheme", "region", "year", "rule", "service", "value"])
