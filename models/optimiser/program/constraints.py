"""The constraints of one scheme's funds, a function a family.

Symbols: ``x`` rate over the reference rate ``rho``; ``b``, ``g``, ``l``, ``e`` balance, grant,
levy and shortfall in the pool's money unit ``u[t, p]``; ``h`` hub reserve; ``i`` interest; ``s``,
``t``, ``p`` scenario, year and pool; ``q(p)`` the pool's rate group. Every inequality below is
divided through by a unit of its own, so that coefficients are near one.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.problem.mergers import mergers_of
from fundpool.models.optimiser.program.instruments import add_instruments
from fundpool.models.optimiser.program.linear import LinearProgram


@dataclass(frozen=True)
class RateColumns:
    """Column numbers of a scheme's rates.

    Attributes:
        rate, rise, fall: rate and its yearly change up and down, ``(T, G)``.
    """

    rate: IntArray
    rise: IntArray
    fall: IntArray


@dataclass(frozen=True)
class FundColumns(RateColumns):
    """Column numbers of a scheme's decisions.

    Attributes:
        balance: ``(s, T, p)``.
        grant, levy: from and to the hub, ``(s, T, p)``; None without swaps.
        hub: reserve of each hub, ``(s, T, F)``; None without swaps or if it keeps nothing.
        shortfall: ``(s, T, p)``; None where the floor is hard.
        instruments: ``(K, T, G)``; None where they stay in force.
        within: what a merged fund moves between its pools, ``(s, N)``; None without mergers.
    """

    balance: IntArray
    grant: IntArray | None
    levy: IntArray | None
    hub: IntArray | None
    shortfall: IntArray | None
    instruments: IntArray | None = None
    within: IntArray | None = None


def add_fund(
    program: LinearProgram,
    fund: FundProblem,
    elastic: bool,
    barred: NDArray[np.bool_] | None = None,
) -> FundColumns:
    """Columns and rows of one scheme.

    Args:
        program: the program under construction.
        fund: the scheme's problem.
        elastic: whether the floor may be missed, by a shortfall.
        barred: scenarios, years and pools that must not pay into the hub, ``(s, T, p)``.
    """
    lead = fund.paths.scheme
    money = (fund.scenarios, fund.years, fund.pools)
    swaps = fund.policy.swaps
    rates = add_rates(program, fund)
    columns = FundColumns(
        rate=rates.rate, rise=rates.rise, fall=rates.fall,
        balance=program.add_columns(f"{lead}_balance", money, _least_balance(fund, elastic)),
        grant=program.add_columns(f"{lead}_grant", money, 0.0, fund.grant_limit / fund.unit)
        if swaps else None,
        levy=program.add_columns(
            f"{lead}_levy", money, 0.0, np.inf if barred is None else np.where(barred, 0.0, np.inf)
        )
        if swaps else None,
        hub=program.add_columns(f"{lead}_hub", (*money[:2], fund.hubs), 0.0)
        if swaps and fund.policy.hub_keeps else None,
        shortfall=program.add_columns(f"{lead}_shortfall", money, 0.0) if elastic else None,
        instruments=add_instruments(program, fund, rates.rate),
    )  # fmt: skip
    fund_recursion(program, fund, columns)
    columns = replace(columns, within=merged_funds(program, fund, columns))
    reserve_floor(program, fund, columns)
    if swaps:
        levy_ceiling(program, fund, columns)
        hub_reserve(program, fund, columns)
    return columns


def add_rates(program: LinearProgram, fund: FundProblem) -> RateColumns:
    """Rates within their corridor, and their yearly change."""
    lead, shape, most = fund.paths.scheme, (fund.years, fund.groups), fund.policy.yearly_change
    columns = RateColumns(
        rate=program.add_columns(
            f"{lead}_rate", shape,
            fund.rate_lower / fund.reference, fund.rate_upper / fund.reference,
        ),
        rise=program.add_columns(f"{lead}_rise", shape, 0.0, most),
        fall=program.add_columns(f"{lead}_fall", shape, 0.0, most),
    )  # fmt: skip
    rate_change(program, fund, columns)
    return columns


def _least_balance(fund: FundProblem, elastic: bool) -> FloatArray:
    """Floor as a bound: ``b[s,t,p] >= floor[s,t,p]``, where it is hard in every scenario."""
    if elastic or fund.policy.floor != "every":
        return np.full((fund.scenarios, fund.years, fund.pools), -np.inf)
    return fund.floor / fund.unit


def rate_change(program: LinearProgram, fund: FundProblem, columns: RateColumns) -> None:
    """``x[t] - x[t-1] = rise[t] - fall[t]``, ``0 <= rise, fall <= yearly change``.

    The year before the first is the rate in force; years of a freeze are free of the limit and
    their rates are fixed by the corridor. In the first free year the change counts from there.
    """
    lead, frozen = fund.paths.scheme, fund.policy.frozen_years
    start = fund.rate_in_force[max(frozen - 1, 0)] / fund.reference
    begin = min(frozen, fund.years - 1)
    program.add_rows(
        f"{lead}_first_change", (fund.groups,),
        [(columns.rate[begin], 1.0), (columns.rise[begin], -1.0), (columns.fall[begin], 1.0)],
        start, start,
    )  # fmt: skip
    later = slice(begin + 1, None)
    shape = columns.rate[later].shape
    program.add_rows(
        f"{lead}_change", shape,
        [(columns.rate[later], 1.0), (columns.rate[begin:-1], -1.0),
         (columns.rise[later], -1.0), (columns.fall[later], 1.0)],
        0.0, 0.0,
    )  # fmt: skip


def fund_recursion(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """``B[t] = B[t-1] (1+i) + (rho x[t,q(p)] base - net outgo + grant - levy) (1+i)^0.5``."""
    lead, unit = fund.paths.scheme, fund.unit
    growth = (1.0 + fund.paths.interest)[:, :, None]
    half = np.sqrt(growth)
    rate = columns.rate[:, fund.group][None]
    income = -half * fund.paths.contribution_base * fund.reference / unit
    constant = -half * fund.net_outgo / unit

    def terms(years: slice) -> list[tuple[IntArray, FloatArray | float]]:
        balance_terms: list[tuple[IntArray, FloatArray | float]] = [
            (columns.balance[:, years], 1.0),
            (rate[:, years], income[:, years]),
        ]
        if columns.grant is not None and columns.levy is not None:
            balance_terms += [
                (columns.grant[:, years], -half[:, years]),
                (columns.levy[:, years], half[:, years]),
            ]
        return balance_terms

    first, later = slice(0, 1), slice(1, None)
    opened = growth[:, first] * fund.paths.opening_balance / unit[first] + constant[:, first]
    program.add_rows(
        f"{lead}_opening", columns.balance[:, first].shape, terms(first), opened, opened
    )
    if fund.years > 1:
        carried = -growth[:, later] * unit[:-1] / unit[1:]
        program.add_rows(
            f"{lead}_recursion", columns.balance[:, later].shape,
            [*terms(later), (columns.balance[:, :-1], carried)],
            constant[:, later], constant[:, later],
        )  # fmt: skip


def merged_funds(
    program: LinearProgram, fund: FundProblem, columns: FundColumns
) -> IntArray | None:
    """Pools of one fund: one rate, and money moves between them as it is needed.

    ``x[t,q(p)] = x[t,q(p')]`` for pools ``p, p'`` of one fund, and what moves nets to zero in each
    scenario, year and fund. So pools keep their floors if and only if the fund keeps its own, which
    is their sum.
    """
    mergers = mergers_of(fund.paths)
    if mergers is None:
        return None
    lead, at = fund.paths.scheme, (mergers.year, mergers.pool)
    within = program.add_columns(f"{lead}_within", (fund.scenarios, mergers.pool.size))
    opening, later = program.rows[f"{lead}_opening"], program.rows.get(f"{lead}_recursion")
    rows = opening if later is None else np.concatenate([opening, later], axis=1)
    half = np.sqrt(1.0 + fund.paths.interest)
    program.add_terms(rows[:, at[0], at[1]], [(within, -half[:, mergers.year])])
    unit = mergers.together(fund.unit)
    nets = program.add_rows(f"{lead}_within", (fund.scenarios, mergers.funds), [], 0.0, 0.0)
    program.add_terms(nets[:, mergers.fund], [(within, fund.unit[at] / unit[mergers.fund])])
    one, other = fund.group[mergers.pool], fund.group[mergers.first]
    apart = one != other
    years = mergers.year[apart]
    program.add_rows(
        f"{lead}_one_rate", years.shape,
        [(columns.rate[years, one[apart]], 1.0), (columns.rate[years, other[apart]], -1.0)],
        0.0, 0.0,
    )  # fmt: skip
    return within


def reserve_floor(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """The reserve floor, where it is not a bound of the balance.

    ``every``: ``b + e >= floor`` for each scenario. ``expectation``: the same for the means over
    scenarios. ``cvar``: with the loss ``L[s] = floor[s] - b[s] - e[s]``, the mean of its worst
    share ``tail`` is at most zero: ``v + sum_s w[s] z[s] / tail <= 0``, ``z[s] >= L[s] - v``,
    ``z >= 0`` (Rockafellar and Uryasev, 2000), which keeps the floor in all but about that share.
    """
    lead = fund.paths.scheme
    floor = fund.floor / fund.unit
    floor_terms: list[tuple[IntArray, float]] = [(columns.balance, 1.0)]
    if columns.shortfall is not None:
        floor_terms.append((columns.shortfall, 1.0))
    if fund.policy.floor == "every":
        if columns.shortfall is not None:
            program.add_rows(f"{lead}_floor", columns.balance.shape, floor_terms, lower=floor)
        return
    by_year = (fund.years, fund.pools)
    if fund.policy.floor == "expectation":
        mean = [(np.moveaxis(part, 0, -1), fund.weight) for part, _ in floor_terms]
        program.add_rows(f"{lead}_floor", by_year, mean, lower=fund.mean(floor))
        return
    quantile = program.add_columns(f"{lead}_quantile", by_year)
    excess = program.add_columns(f"{lead}_excess", columns.balance.shape, 0.0)
    program.add_rows(
        f"{lead}_excess",
        excess.shape,
        [*floor_terms, (excess, 1.0), (quantile[None], 1.0)],
        lower=floor,
    )
    weight = fund.weight / fund.policy.tail
    program.add_rows(
        f"{lead}_floor", by_year,
        [(quantile, 1.0), (np.moveaxis(excess, 0, -1), weight)], upper=0.0,
    )  # fmt: skip


def levy_ceiling(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """``levy[s,t,p] <= ceiling * rho x[t,q(p)] base[s,t,p]``."""
    if not np.isfinite(fund.policy.levy_ceiling):
        return
    assert columns.levy is not None
    income = fund.reference * fund.paths.contribution_base / fund.unit
    program.add_rows(
        f"{fund.paths.scheme}_levy_ceiling", columns.levy.shape,
        [(columns.levy, 1.0),
         (columns.rate[:, fund.group][None], -fund.policy.levy_ceiling * income)],
        upper=0.0,
    )  # fmt: skip


def hub_reserve(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """``H[t] = H[t-1] (1+i) + (sum of levies - sum of grants) (1+i)^0.5``, ``H >= 0``.

    A hub that keeps nothing: levies equal grants every year. No pool need both pay and draw in
    a year: taking the smaller of the two off both leaves its balance and the hub as they are,
    keeps every limit, and lowers the volume of swaps. The plan is netted so.
    """
    assert columns.grant is not None
    assert columns.levy is not None
    lead, size = fund.paths.scheme, hub_unit(fund)
    growth = 1.0 + fund.paths.interest
    for number in range(fund.hubs):
        hub_pools = np.flatnonzero(fund.hub == number)
        share = (
            np.sqrt(growth)[:, :, None] * (fund.unit[:, hub_pools] / size[:, number, None])[None]
        )
        swaps = [(columns.grant[:, :, hub_pools], share), (columns.levy[:, :, hub_pools], -share)]
        name = f"{lead}_hub{number}"
        if columns.hub is None:
            program.add_rows(name, growth.shape, swaps, 0.0, 0.0)
            continue
        reserve = columns.hub[:, :, number]
        first, later = slice(0, 1), slice(1, None)
        program.add_rows(
            f"{name}_opening", reserve[:, first].shape,
            [(reserve[:, first], 1.0), *((c[:, first], v[:, first]) for c, v in swaps)], 0.0, 0.0,
        )  # fmt: skip
        if fund.years > 1:
            carried = -growth[:, later] * (size[:-1, number] / size[1:, number])
            program.add_rows(
                name, reserve[:, later].shape,
                [(reserve[:, later], 1.0), (reserve[:, :-1], carried),
                 *((c[:, later], v[:, later]) for c, v in swaps)],
                0.0, 0.0,
            )  # fmt: skip


def hub_unit(fund: FundProblem) -> FloatArray:
    """Money unit of each hub: what its pools pay out in the year, ``(T, F)``."""
    size = np.zeros((fund.years, fund.hubs))
    np.add.at(size.T, fund.hub, fund.unit.T)
    return size
