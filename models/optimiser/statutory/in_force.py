"""What a statute states of a scheme's pools at the rules in force: rates, premiums, subsidies."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.funds.totals import PAYER_COLUMN
from fundpool.models.optimiser.statutory.limits import InstrumentKind
from fundpool.models.projection.study import Projection


@dataclass(frozen=True)
class Instrument:
    """An instrument as it is in force, ``T`` years and ``p`` pools.

    Attributes:
        kind: members and employers, accounts, or another payer.
        heads: what the amount is paid on, ``(T, p)``.
        amount: money a head and year, or a share of the base, ``(T, p)``; zero without heads.
    """

    kind: InstrumentKind
    heads: FloatArray
    amount: FloatArray


def instruments_in_force(projection: Projection, paths: PoolPaths) -> dict[str, Instrument]:
    """Every instrument of a scheme by name; pooled contributions and subsidies are their money.

    >>> from fundpool import examples
    >>> from fundpool.models.projection.central import central_paths
    >>> projection = examples.projection("city")
    >>> list(instruments_in_force(projection, central_paths(projection, "employee")))
    ['employer_rate', 'employee_rate', 'account_rate', 'subsidy']

    Args:
        projection: projected funds.
        paths: the scheme's, with the same pools.
    """
    case = projection.case
    table = projection.funds[projection.funds["scheme"] == paths.scheme]

    def by_pool(name: str) -> FloatArray:
        wide = table.pivot(index="year", columns="pool", values=name)
        return np.asarray(wide[list(paths.pools)].to_numpy(dtype=float))

    base, collected = by_pool("contribution_base"), by_pool("contributions")
    by_name: dict[str, Instrument] = {}
    if case.scheme(paths.scheme).kind == "payroll":
        employee = employee_rates(case, projection, paths)
        by_name["employer_rate"] = Instrument("member", base, ratio(collected, base) - employee)
        by_name["employee_rate"] = Instrument("member", base, employee)
    else:
        by_name["premium"] = _a_head("member", by_pool("contributors"), collected)
    by_name["account_rate"] = _a_head("account", base, by_pool("account_credits"))
    payers = [str(name) for name in table.columns if str(name).startswith(PAYER_COLUMN)]
    paid: Mapping[str, str] = {
        f"subsidy_{column.removeprefix(PAYER_COLUMN)}": column for column in payers
    } or {"subsidy": "subsidies"}  # fmt: skip
    for name, column in paid.items():
        by_name[name] = _a_head("subsidy", by_pool("persons"), by_pool(column))
    return by_name


def _a_head(kind: InstrumentKind, heads: FloatArray, money: FloatArray) -> Instrument:
    return Instrument(kind, heads, ratio(money, heads))


def employee_rates(case: Case, projection: Projection, paths: PoolPaths) -> FloatArray:
    """Members' rate in force; where counties of a pool differ by insured persons, ``(T, p)``."""
    scheme, number = case.scheme(paths.scheme), case.scheme_number(paths.scheme)
    count = paths.of_county.size
    rates = np.empty((paths.years.size, len(paths.pools)))
    for t, year in enumerate(paths.years):
        persons = projection.flows.persons[number, t + 1, :count]
        of_county = scheme.rule_array("employee_rate", case.regions, int(year))[:count]
        total, weighted = (
            sum_by(paths.of_county, values, minlength=len(paths.pools))
            for values in (persons, persons * of_county)
        )
        rates[t] = ratio(weighted, total)
    return rates
