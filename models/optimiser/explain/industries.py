"""What a plan asks of each industry: rates weighted by where an industry works and what it pays.

A county's contribution base is divided over its industries by employment, relative wage and share
with a contract; the rate is the county's, so industries differ as their places do.
"""

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.optimiser.plan import Plan


def industry_burdens(case: Case, plan: Plan) -> pd.DataFrame:
    """Mean rate by scheme and industry, before and after, over the whole plan.

    Only payroll schemes, whose members have an industry. Columns: scheme, industry, share_of_base
    (in the first year), rate_in_force, rate.
    """
    mix = case.tables["industries"].merge(
        case.tables["industry_factors"][["industry", "wage", "contract_share"]], on="industry"
    )
    mix["weight"] = mix["share"] * mix["wage"] * mix["contract_share"]
    rows = []
    for fund, decision, _ in plan.schemes:
        if case.scheme(fund.paths.scheme).kind != "payroll":
            continue
        present = fund.base * fund.discount[:, None]
        before = ratio(fund.mean(fund.paths.income), fund.base)
        pool_of = dict(zip(case.regions.codes, fund.paths.of_county, strict=True))
        table = mix[mix["region"].isin(pool_of)].assign(
            pool=lambda frame: frame["region"].map(pool_of)  # noqa: B023
        )
        # people stand for the base where several counties share a pool
        table["part"] = table["weight"] / table.groupby("pool")["weight"].transform("sum")
        for industry, industry_rows in table.groupby("industry", sort=False):
            part = np.zeros(fund.pools)
            np.add.at(
                part, industry_rows["pool"].to_numpy(int), industry_rows["part"].to_numpy(float)
            )
            weight = present * part
            if not weight.sum() > 0:  # an industry that nobody of the case works in
                continue
            rows.append(
                {
                    "scheme": fund.paths.scheme,
                    "industry": industry,
                    "share_of_base": float((fund.base[0] * part).sum() / fund.base[0].sum()),
                    "rate_in_force": float((before * weight).sum() / weight.sum()),
                    "rate": float((decision.rates[:, fund.group] * weight).sum() / weight.sum()),
                }
            )
    columns = ["scheme", "industry", "share_of_base", "rate_in_force", "rate"]
    return pd.DataFrame(rows, columns=columns)
