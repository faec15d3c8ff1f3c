"""The projection's own path of a scheme's pools, for what-ifs and the optimiser."""

from collections.abc import Sequence

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.books import OTHER_INCOME, OUTGO
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.pooling.plans import Pools, pools_of
from fundpool.models.projection.study import Projection


def central_paths(projection: Projection, scheme: str, staged: bool = False) -> PoolPaths:
    """The projection's own path of a scheme as a single scenario.

    Balances of schemes that it takes in later stand among its subsidies, as money that comes to the
    same at the end of the year.

    >>> from fundpool import examples
    >>> paths = central_paths(examples.projection("city"), "employee")
    >>> paths.pools, paths.outgo.shape
    (('C00000', 'C00001'), (1, 3, 2))

    Args:
        projection: projected funds.
        scheme: name of the scheme.
        staged: whether pools may merge on the way. Pools are then those of the first year, and
            what a merged fund collects and pays stands by these in the shares that they had of its
            contribution base in the last year before any merged.

    Raises:
        ValueError: the plan changes its pools on the way, but for mergers where these are allowed,
            or has an adjustment fund, whose swaps are not part of these flows; or the scheme is
            taken in by another on the way.
    """
    years = projection.years
    if not projection.case.scheme(scheme).in_force(int(years[-1])):
        raise ValueError(f"{scheme} does not stand by itself in every projected year")
    stages = [projection.plan.stage(scheme, int(year)) for year in years]
    changed = len(set(stages)) > 1 and not staged
    if changed or any(stage.adjustment is not None for stage in stages):
        raise ValueError(
            f"plan {projection.plan.name} changes its pools or swaps money between them; take one "
            "with the same pools throughout"
        )
    case = projection.case
    pools = pools_of(case, stages[0])
    of_year = [pools_of(case, stage) for stage in stages]
    funds = _funds_of_pools(pools, of_year)
    table = projection.funds[projection.funds["scheme"] == scheme]
    indexed = table.set_index(["year", "pool"])

    def of_funds(name: str, t: int) -> FloatArray:
        keys = [(int(years[t]), code) for code in of_year[t].codes]
        values: FloatArray = indexed[name].loc[keys].to_numpy(dtype=float)
        return values[funds[t]]

    shares = np.ones(funds.shape)
    merged = (funds != funds[0]).any()
    if merged:
        before = int(np.argmax((funds != funds[0]).any(axis=1))) - 1
        base = of_funds("contribution_base", before)
        for t in range(before + 1, len(years)):
            whole = np.bincount(funds[t], base)
            even = 1.0 / np.bincount(funds[t])
            shares[t] = ratio(base, whole[funds[t]], even[funds[t]])

    def by_pool(name: str) -> FloatArray:
        return np.stack([of_funds(name, t) for t in range(len(years))]) * shares

    taken_over = by_pool("taken_over") * np.sqrt(1.0 + projection.flows.paths.interest)[:, None]
    taken_over[0] = 0.0  # part of the opening balance
    return PoolPaths(
        scheme=scheme,
        pools=pools.codes,
        names=pools.names,
        levels=pools.levels,
        of_county=pools.of_county,
        years=years,
        contribution_base=by_pool("contribution_base")[None],
        income=(by_pool("contributions") - by_pool("account_credits"))[None],
        subsidies=(np.sum([by_pool(name) for name in OTHER_INCOME], axis=0) + taken_over)[None],
        outgo=np.sum([by_pool(name) for name in OUTGO], axis=0)[None],
        outstanding=by_pool("outstanding")[None],
        outgo_next_year=by_pool("outgo_next_year")[None],
        interest=projection.flows.paths.interest[None],
        opening_balance=by_pool("opening_balance")[0],
        persons=by_pool("persons"),
        contributors=by_pool("contributors"),
        merged=funds if merged else None,
    )


def _funds_of_pools(first: Pools, of_year: Sequence[Pools]) -> IntArray:
    """Number of the year's fund that each pool of the first year lies in, ``(T, p)``.

    Raises:
        ValueError: a pool is divided later.
    """
    funds = np.empty((len(of_year), len(first.codes)), dtype=np.int64)
    for t, pools in enumerate(of_year):
        for pool, name in enumerate(first.names):
            later = np.unique(pools.of_county[first.of_county == pool])
            if later.size != 1:
                raise ValueError(f"{name} is divided on the way; pools may merge only")
            funds[t, pool] = later[0]
    return funds
