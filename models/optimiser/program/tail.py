"""The program of a floor in the tail, with only the scenarios of each pool that lie in a tail.

A floor under ``cvar`` looks at the worst share of scenarios of each pool and year. So few of all
``s x p`` pairs of a scenario and a pool matter, here the *pairs* ``k = (s, p)``. They have a
balance, grants, levies and an excess of their own. The other pools of a scenario do one thing
only: they pay into the hub, together and up to their levy ceiling. Their floors, and what they
might draw, are left out; so this program is a relaxation of the whole one and its optimum a lower
bound. :func:`fundpool.models.optimiser.tail.extension.extended` completes its solution to a plan
for all.

A levy costs the same in every pool of a year, so that the sum of the others' levies has their cost.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.constraints import RateColumns, add_rates, hub_unit
from fundpool.models.optimiser.program.linear import LinearProgram, Term


@dataclass(frozen=True)
class TailPairs:
    """Pairs of a scenario and a pool; ``K`` of them, in the order of scenarios.

    Attributes:
        scenario, pool: of each pair, ``(K,)``.
    """

    scenario: IntArray
    pool: IntArray

    @property
    def count(self) -> int:
        """Number of pairs."""
        return int(self.scenario.size)


@dataclass(frozen=True)
class TailColumns(RateColumns):
    """Column numbers; ``A`` accounts, one for each scenario and hub with a pair.

    Attributes:
        pairs: the pairs.
        pools: pools with a pair, ``(P,)``.
        account: account of each pair, ``(K,)``.
        account_scenario, account_hub: of each account, ``(A,)``.
        balance, excess: of each pair and year, ``(K, T)``.
        quantile: loss above which there is an excess, ``(T, P)``.
        grant, levy: ``(K, T)``; None without swaps.
        hub, others: reserve of each account, and levies of the pools without a pair,
            ``(A, T)``; None without swaps.
        shortfall: ``(K, T)``; None where the floor is hard.
    """

    pairs: TailPairs
    pools: IntArray
    account: IntArray
    account_scenario: IntArray
    account_hub: IntArray
    balance: IntArray
    excess: IntArray
    quantile: IntArray
    grant: IntArray | None
    levy: IntArray | None
    hub: IntArray | None
    others: IntArray | None
    shortfall: IntArray | None


def of_pairs(values: FloatArray, pairs: TailPairs) -> FloatArray:
    """Values of the pairs, ``(K, T)``, of values by scenario, year and pool, ``(s, T, p)``."""
    return np.asarray(values[pairs.scenario, :, pairs.pool])


def add_tail_fund(
    program: LinearProgram, fund: FundProblem, elastic: bool, pairs: TailPairs
) -> TailColumns:
    """Columns and rows of one scheme whose floor is of the kind ``cvar``.

    Args:
        program: the program under construction.
        fund: the scheme's problem.
        elastic: whether the floor may be missed, by a shortfall.
        pairs: pairs that have columns.
    """
    lead, money = fund.paths.scheme, (pairs.count, fund.years)
    swaps = fund.policy.swaps
    of_account, account = np.unique(
        pairs.scenario * fund.hubs + fund.hub[pairs.pool], return_inverse=True
    )
    pools = np.unique(pairs.pool)
    accounts = (of_account.size, fund.years)
    rates = add_rates(program, fund)
    limit = of_pairs(fund.grant_limit, pairs) / fund.unit[:, pairs.pool].T
    columns = TailColumns(
        rate=rates.rate, rise=rates.rise, fall=rates.fall, pairs=pairs, pools=pools,
        account=account.astype(np.int64), account_scenario=of_account // fund.hubs,
        account_hub=of_account % fund.hubs,
        balance=program.add_columns(f"{lead}_balance", money),
        excess=program.add_columns(f"{lead}_excess", money, 0.0),
        quantile=program.add_columns(f"{lead}_quantile", (fund.years, pools.size)),
        grant=program.add_columns(f"{lead}_grant", money, 0.0, limit) if swaps else None,
        levy=program.add_columns(f"{lead}_levy", money, 0.0) if swaps else None,
        hub=program.add_columns(f"{lead}_hub", accounts, 0.0) if swaps else None,
        others=program.add_columns(f"{lead}_others", accounts, 0.0) if swaps else None,
        shortfall=program.add_columns(f"{lead}_shortfall", money, 0.0) if elastic else None,
    )  # fmt: skip
    if not pairs.count:
        return columns
    pair_recursion(program, fund, columns)
    tail_floor(program, fund, columns)
    if swaps:
        levy_ceilings(program, fund, columns)
        account_reserve(program, fund, columns)
    return columns


def pair_recursion(program: LinearProgram, fund: FundProblem, columns: TailColumns) -> None:
    """The recursion of :func:`fundpool.models.optimiser.program.constraints.fund_recursion`, for
    the pairs."""
    lead, pairs = fund.paths.scheme, columns.pairs
    unit = fund.unit[:, pairs.pool].T
    growth = 1.0 + fund.paths.interest[pairs.scenario]
    half = np.sqrt(growth)
    base = of_pairs(fund.paths.contribution_base, pairs)
    terms: list[tuple[IntArray, FloatArray]] = [
        (columns.balance, np.ones(unit.shape)),
        (columns.rate[:, fund.group[pairs.pool]].T, -half * base * fund.reference / unit),
    ]
    if columns.grant is not None and columns.levy is not None:
        terms += [(columns.grant, -half), (columns.levy, half)]
    constant = -half * of_pairs(fund.net_outgo, pairs) / unit
    opened = growth[:, :1] * fund.paths.opening_balance[pairs.pool, None] / unit[:, :1]
    for name, years in (("opening", slice(0, 1)), ("recursion", slice(1, None))):
        year_terms: list[Term] = [(c[:, years], v[:, years]) for c, v in terms]
        side = constant[:, years]
        if name == "opening":
            side = side + opened
        else:
            carried = -growth[:, 1:] * unit[:, :-1] / unit[:, 1:]
            year_terms.append((columns.balance[:, :-1], carried))
        if side.size:
            program.add_rows(f"{lead}_{name}", side.shape, year_terms, side, side)


def tail_floor(program: LinearProgram, fund: FundProblem, columns: TailColumns) -> None:
    """``v + sum_k w z_k / tail <= 0``, ``z_k >= floor - b_k - e_k - v``, ``z >= 0``.

    Scenarios without a pair have no excess over ``v``.
    """
    lead, pairs = fund.paths.scheme, columns.pairs
    floor = of_pairs(fund.floor, pairs) / fund.unit[:, pairs.pool].T
    place = np.searchsorted(columns.pools, pairs.pool)
    floor_terms: list[Term] = [(columns.balance, 1.0), (columns.excess, 1.0)]
    if columns.shortfall is not None:
        floor_terms.append((columns.shortfall, 1.0))
    program.add_rows(
        f"{lead}_excess",
        floor.shape,
        [*floor_terms, (columns.quantile[:, place].T, 1.0)],
        lower=floor,
    )
    weight = fund.weight[pairs.scenario] / fund.policy.tail
    for number, pool in enumerate(columns.pools):
        of_pool = np.flatnonzero(pairs.pool == pool)
        program.add_rows(
            f"{lead}_floor{pool}", (fund.years,),
            [(columns.quantile[:, number], 1.0), (columns.excess[of_pool].T, weight[of_pool])],
            upper=0.0,
        )  # fmt: skip


def levy_ceilings(program: LinearProgram, fund: FundProblem, columns: TailColumns) -> None:
    """``levy <= ceiling * rho x base`` of each pair, and of the others of an account together."""
    assert columns.levy is not None
    assert columns.others is not None
    lead, pairs, paths = fund.paths.scheme, columns.pairs, fund.paths
    ceiling = fund.policy.levy_ceiling
    income = of_pairs(paths.contribution_base, pairs) / fund.unit[:, pairs.pool].T * fund.reference
    program.add_rows(
        f"{lead}_levy_ceiling", columns.levy.shape,
        [(columns.levy, 1.0), (columns.rate[:, fund.group[pairs.pool]].T, -ceiling * income)],
        upper=0.0,
    )  # fmt: skip
    size = hub_unit(fund)[:, columns.account_hub].T
    base = paths.contribution_base[columns.account_scenario] * other_pools(fund, columns)[:, None]
    program.add_rows(
        f"{lead}_others_ceiling", columns.others.shape,
        [(columns.others, 1.0),
         (columns.rate[:, fund.group][None], -ceiling * fund.reference * base / size[:, :, None])],
        upper=0.0,
    )  # fmt: skip


def other_pools(fund: FundProblem, columns: TailColumns) -> FloatArray:
    """One where a pool is under the hub of an account and no pair of its scenario, ``(A, p)``."""
    result: FloatArray = (fund.hub == columns.account_hub[:, None]).astype(float)
    result[columns.account, columns.pairs.pool] = 0.0
    return result


def account_reserve(program: LinearProgram, fund: FundProblem, columns: TailColumns) -> None:
    """``H[t] = H[t-1] (1+i) + (levies + others - grants) (1+i)^0.5``, ``H >= 0``.

    A hub that keeps nothing carries nothing over; what it would have left is not levied.
    """
    assert columns.grant is not None
    assert columns.levy is not None
    assert columns.others is not None
    assert columns.hub is not None
    lead, pairs = fund.paths.scheme, columns.pairs
    size = hub_unit(fund)[:, columns.account_hub].T
    growth = 1.0 + fund.paths.interest[columns.account_scenario]
    half = np.sqrt(growth)
    carried = -growth[:, 1:] * size[:, :-1] / size[:, 1:]
    unit = fund.unit[:, pairs.pool].T
    for number in range(size.shape[0]):
        of_account = np.flatnonzero(columns.account == number)
        share = (half[number] * unit[of_account] / size[number]).T
        terms: list[Term] = [
            (columns.hub[number], 1.0), (columns.others[number], -half[number]),
            (columns.grant[of_account].T, share), (columns.levy[of_account].T, -share),
        ]  # fmt: skip
        rows = program.add_rows(f"{lead}_hub{number}", (fund.years,), terms, 0.0, 0.0)
        if fund.policy.hub_keeps:
            program.add_terms(rows[1:], [(columns.hub[number, :-1], carried[number])])


def swap_cost(fund: FundProblem, columns: TailColumns) -> list[tuple[IntArray, FloatArray]]:
    """As :func:`fundpool.models.optimiser.program.objectives.swap_volume`."""
    if columns.levy is None or columns.others is None:
        return []
    pairs, year = columns.pairs, fund.unit.sum(axis=1) * fund.years
    coefficient = fund.weight[pairs.scenario, None] * fund.unit[:, pairs.pool].T / year
    size = hub_unit(fund)[:, columns.account_hub].T
    return [
        (columns.levy, coefficient),
        (columns.others, fund.weight[columns.account_scenario, None] * size / year),
    ]


def shortfall_cost(fund: FundProblem, columns: TailColumns) -> list[tuple[IntArray, FloatArray]]:
    """As :func:`fundpool.models.optimiser.program.objectives.shortfall`."""
    assert columns.shortfall is not None
    pairs, year = columns.pairs, fund.unit.sum(axis=1) * fund.years
    return [
        (columns.shortfall, fund.weight[pairs.scenario, None] * fund.unit[:, pairs.pool].T / year)
    ]
