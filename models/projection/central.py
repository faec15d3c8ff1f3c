"""The projection's own path of a scheme's pools, for what-ifs and the optimiser."""

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.funds.books import OTHER_INCOME, OUTGO
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.pooling.plans import pools_of
from fundpool.models.projection.study import Projection


def central_paths(projection: Projection, scheme: str) -> PoolPaths:
    """The projection's own path of a scheme as a single scenario.

    Balances of schemes that it takes in later stand among its subsidies, as money that comes to the
    same at the end of the year.

    >>> from fundpool import examples
    >>> paths = central_paths(examples.projection("city"), "employee")
    >>> paths.pools, paths.outgo.shape
    (('C00000', 'C00001'), (1, 3, 2))

    Raises:
        ValueError: the plan changes its pools on the way, or has an adjustment fund, whose swaps
            are not part of these flows; or the scheme is taken in by another on the way.
    """
    years = projection.years
    if not projection.case.scheme(scheme).in_force(int(years[-1])):
        raise ValueError(f"{scheme} does not stand by itself in every projected year")
    stages = list(dict.fromkeys(projection.plan.stage(scheme, int(year)) for year in years))
    if len(stages) > 1 or any(stage.adjustment is not None for stage in stages):
        raise ValueError(
            f"plan {projection.plan.name} changes its pools or swaps money between them; take one "
            "with the same pools throughout"
        )
    case = projection.case
    pools = pools_of(case, stages[0])
    table = projection.funds[projection.funds["scheme"] == scheme]

    def by_pool(name: str) -> FloatArray:
        wide = table.pivot(index="year", columns="pool", values=name)
        return wide[list(pools.codes)].to_numpy(dtype=float)

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
    )
