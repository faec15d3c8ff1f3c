"""A plan in the terms of a statute: rates of employers and members, premiums, subsidies a head.

A plan decides the rate of the pooled fund. Unless it also decides what makes it up
(:mod:`..statutory.terms`), members' rate of a payroll scheme and what goes to accounts stay as
they are in force, so that the employers' rate rises and falls with the pooled one; of a flat scheme
the premium a contributor does, and subsidies stay.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.statutory.in_force import Instrument, instruments_in_force
from fundpool.models.projection.study import Projection

RESIDUAL = ("employer_rate", "premium")
"""What rises and falls with the rate of a pool, when all else is as it is."""


def instruments(projection: Projection, plan: Plan) -> pd.DataFrame:
    """What members, employers and the state pay under a plan, by scheme, pool and year.

    Columns: scheme, pool, name, year, employer_rate_in_force, employer_rate, employee_rate,
    account_rate (shares of the base; payroll schemes), premium_in_force, premium (money a
    contributor and year; flat schemes), subsidy_in_force, subsidy (money an insured person and
    year), subsidy_share (of contributions and subsidies together), and a column ``subsidy_PAYER``
    for each payer that the case names.

    Where pools share a rate, instruments that the plan decides change alike in all of them, as
    shares of the base.

    Args:
        projection: that the plan was made for.
        plan: the plan.
    """
    frames = [_of_scheme(projection, fund, decision) for fund, decision, _ in plan.schemes]
    table = pd.concat(frames, ignore_index=True)
    first = ["scheme", "pool", "name", "year", "employer_rate_in_force", "employer_rate",
             "employee_rate", "account_rate", "premium_in_force", "premium", "subsidy_in_force",
             "subsidy", "subsidy_share"]  # fmt: skip
    for name in first:
        if name not in table:
            table[name] = np.nan
    return table[[*first, *(str(name) for name in table.columns if name not in first)]]


def mean_instruments(table: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Means over funds by contribution base, a row for each scheme and year.

    Args:
        table: of :func:`instruments`.
        rates: of the plan.
    """
    keys = ["scheme", "pool", "year"]
    base = rates.set_index(keys)["contribution_base"]
    keyed = table.drop(columns="name").set_index(keys).join(base)
    groups = ["scheme", "year"]
    weight = keyed.pop("contribution_base")
    whole = weight.groupby(groups, sort=False).sum()
    summed = keyed.mul(weight, axis=0).groupby(groups, sort=False).sum(min_count=1)
    return summed.div(whole, axis=0).reset_index()


def _of_scheme(projection: Projection, fund: FundProblem, decision: Decision) -> pd.DataFrame:
    paths = fund.paths
    in_force = instruments_in_force(projection, paths)
    amounts = _amounts(fund, decision, in_force)
    subsidies = [name for name in in_force if name.startswith("subsidy")]
    persons = in_force[subsidies[0]].heads
    columns: dict[str, FloatArray] = {}
    collected = np.zeros_like(persons)
    for name, instrument in in_force.items():
        if name in RESIDUAL:
            columns[f"{name}_in_force"] = instrument.amount
        if name != "account_rate" or "employer_rate" in in_force:
            columns[name] = amounts[name]
        if instrument.kind == "member":
            collected = collected + amounts[name] * instrument.heads
    paid = np.sum([amounts[name] for name in subsidies], axis=0)
    columns["subsidy_in_force"] = np.sum([in_force[name].amount for name in subsidies], axis=0)
    columns["subsidy"] = paid
    columns["subsidy_share"] = ratio(paid * persons, collected + paid * persons)
    return pd.DataFrame(
        {
            "scheme": paths.scheme,
            "pool": np.repeat(paths.pools, fund.years),
            "name": np.repeat(paths.names, fund.years),
            "year": np.tile(paths.years, fund.pools),
        }
        | {name: values.T.ravel() for name, values in columns.items()}
    )


def _amounts(
    fund: FundProblem, decision: Decision, in_force: Mapping[str, Instrument]
) -> dict[str, FloatArray]:
    """Amount of every instrument under the plan, ``(T, p)``."""
    base = fund.base
    change = decision.rates[:, fund.group] - ratio(fund.mean(fund.paths.income), base)
    by_name = {name: instrument.amount for name, instrument in in_force.items()}
    limits = [one for one in fund.policy.instruments if one.scheme == fund.paths.scheme]
    decided = () if decision.amounts is None else tuple(decision.amounts)
    for limit, amount in zip(limits[: len(decided)], decided, strict=True):
        if limit.name in RESIDUAL:
            continue
        heads = in_force[limit.name].heads
        # what the whole group pays more, as a share of its base
        more = ratio((amount - np.array(limit.in_force)) * np.array(limit.heads),
                     fund.by_group(base))[:, fund.group]  # fmt: skip
        by_name[limit.name] = by_name[limit.name] + ratio(more * base, heads)
        change = change - limit.sign * more
    residual = next(name for name in RESIDUAL if name in in_force)
    by_name[residual] = by_name[residual] + ratio(change * base, in_force[residual].heads)
    return by_name
