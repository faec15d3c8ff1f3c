"""Flows of pools given outright, for programs small enough to solve by hand."""

import numpy as np
from numpy.typing import ArrayLike

from fundpool.models.funds.paths import PoolPaths


def pool_flows(
    outgo: ArrayLike,
    base: ArrayLike,
    income: ArrayLike,
    opening: ArrayLike,
    interest: ArrayLike = 0.0,
    outstanding: ArrayLike = 0.0,
    next_outgo: ArrayLike | None = None,
) -> PoolPaths:
    """Arrays of (years, pools) for one path, or (scenarios, years, pools)."""
    paid = np.asarray(outgo, dtype=float)
    paid = paid[None] if paid.ndim == 2 else paid
    scenarios, years, pools = paid.shape
    full = paid.shape
    following = paid if next_outgo is None else np.broadcast_to(np.asarray(next_outgo, float), full)
    names = tuple(f"p{k}" for k in range(pools))
    return PoolPaths(
        scheme="employee", pools=names, names=names, levels=("county",) * pools,
        of_county=np.arange(pools), years=np.arange(2021, 2021 + years),
        contribution_base=np.broadcast_to(np.asarray(base, float), full).copy(),
        income=np.broadcast_to(np.asarray(income, float), full).copy(),
        subsidies=np.zeros(full), outgo=paid,
        outstanding=np.broadcast_to(np.asarray(outstanding, float), full).copy(),
        outgo_next_year=following.copy(),
        interest=np.broadcast_to(np.asarray(interest, float), (scenarios, years)).copy(),
        opening_balance=np.asarray(opening, dtype=float),
        persons=np.ones((years, pools)), contributors=np.ones((years, pools)),
    )  # fmt: skip
