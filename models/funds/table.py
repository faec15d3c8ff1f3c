"""Funds: balances of every pool by year.

``B[t] = B[t-1] * (1+i) + (contributions - account credits + from accounts + missing years paid +
subsidies + swaps in - swaps out - claims paid - administration) * (1+i)^0.5``

``from accounts`` is what the pooled fund gains when accounts are forfeited or converted on a move,
``missing years paid`` what contributors pay at retirement for credited years that they are short
of; local offices collect no less of it for a larger fund.
Merging pools adds their balances. A scheme that takes another in has its balances from then on.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.solvency import reserve_months
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.books import opening_balances, with_taken_in
from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.plans import PoolingPlan, Pools, Stage, pools_of

MONEY = (
    "contribution_base",
    "contributions",
    "account_credits",
    "from_accounts",
    "missing_years_paid",
    "subsidies",
    "claims_incurred",
    "claims_paid",
    "outstanding",
    "administration",
)


def moral_hazard(case: Case, level: str) -> float:
    """Relative rise of claims when funds are merged at a level; zero at the lowest."""
    return float(case.settings.pooling.moral_hazard.value_of(level))


@dataclass(frozen=True)
class TakenOver:
    """Balances that a scheme hands to the one that takes it in.

    Attributes:
        into: name of the scheme that takes it in.
        year: year at whose start it does.
        pools: the pools that held them.
        balance: by pool, ``(p,)``.
    """

    into: str
    year: int
    pools: Pools
    balance: FloatArray


def fund_table(case: Case, flows: CountyFlows, plan: PoolingPlan) -> pd.DataFrame:
    """Balances of every scheme and pool by year, one row each.

    Money in nominal currency; stocks (balance, outstanding) at the end of the year.
    ``opening_balance`` holds what is taken over from merged schemes in the year (``taken_over``).
    The hub of an adjustment fund is a row of its own, level ``<level> adjustment fund``; one
    whose stage is over keeps its money at interest until a pool of its own takes it in.
    """
    frames: dict[str, list[pd.DataFrame]] = {}
    handed: list[TakenOver] = []
    # a scheme that is taken in is carried to its end before the one that takes it in
    for scheme in sorted(case.schemes, key=lambda s: (s.merger is None, s.merger or 0)):
        arriving = [over for over in handed if over.into == scheme.name]
        frames[scheme.name], over = _scheme_funds(case, flows, plan, scheme.name, arriving)
        handed += over
    return pd.concat(
        [frame for scheme in case.schemes for frame in frames[scheme.name]], ignore_index=True
    )


def _scheme_funds(
    case: Case, flows: CountyFlows, plan: PoolingPlan, name: str, arriving: list[TakenOver]
) -> tuple[list[pd.DataFrame], list[TakenOver]]:
    scheme = case.scheme(name)
    book = with_taken_in(case, flows, case.schemes.index(scheme))
    years = flows.years[1:]
    outgo_next = year_after(book.claims_paid + book.administration)
    stage = plan.stage(name, int(years[0]))
    pools = pools_of(case, stage)
    balance = pools.total(opening_balances(case, name))
    reserve: FloatArray | None = None
    hubs: Pools | None = None
    frames = []
    for t, year in enumerate(years):
        if not scheme.in_force(int(year)):
            break
        following = plan.stage(name, int(year))
        if following != stage:
            merged = pools_of(case, following)
            balance, reserve = _carry_over(pools, merged, balance, reserve)
            stage, pools = following, merged
        taken_over = np.zeros_like(balance)
        for over in arriving:
            if over.year == year:
                taken_over += sum_by(
                    members(over.pools, pools), over.balance, minlength=balance.size
                )
        balance = balance + taken_over
        interest = float(flows.paths.interest[t])
        flow = {
            key: pools.total(getattr(book, key)[t]) for key in ("persons", "contributors", *MONEY)
        }
        rise = np.array([1.0 + _rise(case, level) for level in pools.levels])
        for key in ("claims_incurred", "claims_paid", "outstanding", "administration"):
            flow[key] = flow[key] * rise
        effort = collection_effort(case, stage, pools)
        for key in ("contribution_base", "contributions", "account_credits"):
            flow[key] = flow[key] * effort
        net = flow["claims_paid"] + flow["administration"]
        result = (
            flow["contributions"]
            - flow["account_credits"]
            + flow["from_accounts"]
            + flow["missing_years_paid"]
            + flow["subsidies"]
            - net
        )
        swaps_in, swaps_out = np.zeros_like(result), np.zeros_like(result)
        if stage.adjustment is not None:
            hubs = pools_of(case, stage_at(stage.adjustment.level))
            member = members(pools, hubs)
            opened = np.zeros(len(hubs.codes)) if reserve is None else reserve
            half = (1.0 + interest) ** 0.5
            money = PoolFlow(
                flow["contributions"] - flow["account_credits"],
                result,
                pools.total(book.expected_cost[t]),
            )
            swaps_out, swaps_in, left = swaps_of_year(
                member, stage.adjustment, money, opened * half
            )
            reserve = left * half
            frames.append(
                _hub_rows(
                    name, hubs, int(year), opened, reserve,
                    sum_by(member, swaps_out, minlength=left.size),
                    sum_by(member, swaps_in, minlength=left.size),
                )
            )  # fmt: skip
        elif reserve is not None and hubs is not None:
            opened, reserve = reserve, reserve * (1.0 + interest)
            nothing = np.zeros_like(opened)
            frames.append(_hub_rows(name, hubs, int(year), opened, reserve, nothing, nothing))
        opening = balance
        earned = opening * interest + (result + swaps_in - swaps_out) * (
            (1.0 + interest) ** 0.5 - 1.0
        )
        balance = opening + earned + result + swaps_in - swaps_out
        outgo = pools.total(outgo_next[t]) * rise
        base = flow["contribution_base"]
        frames.append(
            pd.DataFrame(
                {
                    "scheme": name,
                    "pool": pools.codes,
                    "name": pools.names,
                    "level": pools.levels,
                    "year": int(year),
                    **flow,
                    "swaps_in": swaps_in,
                    "swaps_out": swaps_out,
                    "interest": earned,
                    "opening_balance": opening,
                    "taken_over": taken_over,
                    "balance": balance,
                    "outgo_next_year": outgo,
                    "reserve_months": _months(balance, outgo, flow["outstanding"]),
                    "payg_rate": _over(net - flow["subsidies"], base),
                    "income_rate": _over(flow["contributions"] - flow["account_credits"], base),
                    "funding_ratio": _over(opening, net),
                }
            )
        )
    if scheme.merger is None or scheme.merger > years[-1]:
        return frames, []
    into = next(m.into for m in case.settings.mergers if m.scheme == name)
    return frames, [TakenOver(into, scheme.merger, pools, balance)]


def collection_effort(case: Case, stage: Stage, pools: Pools) -> FloatArray:
    """What pooling leaves of contributions where local offices collect for a larger fund."""
    values = case.settings.pooling.collection_effort
    if values is None:
        return np.ones(len(pools.levels))
    kept = [1.0 + (0.0 if level == "custom" else values.value_of(level)) for level in pools.levels]
    if stage.adjustment is not None:
        share = values.value_of(f"{stage.adjustment.level} adjustment fund")
        kept = [factor * (1.0 + share) for factor in kept]
    return np.array(kept)


def stage_at(level: str) -> Stage:
    """A plain stage at a level."""
    return Stage(level=level)


def _rise(case: Case, level: str) -> float:
    return 0.0 if level == "custom" else moral_hazard(case, level)


def _over(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _months(balance: FloatArray, outgo: FloatArray, outstanding: FloatArray) -> FloatArray:
    """Reserve months; a pool without outgo has none to count, or zero if it owes money."""
    months = np.where(balance - outstanding < 0, 0.0, np.nan)
    paying = outgo > 0
    if paying.any():
        months[paying] = reserve_months(balance[paying], outgo[paying], outstanding[paying])
    return months


def year_after(outgo: FloatArray) -> FloatArray:
    """Outgo a year later; after the last year it grows as it did into the last year."""
    last = outgo[-1]
    if outgo.shape[0] > 1:
        before = outgo[-2]
        last = last * np.divide(last, before, out=np.ones_like(last), where=before > 0)
    return np.concatenate([outgo[1:], last[None]])


def members(pools: Pools, upper: Pools) -> IntArray:
    """Which upper pool each pool belongs to, by its first county."""
    first = np.array([np.flatnonzero(pools.of_county == p)[0] for p in range(len(pools.codes))])
    return np.asarray(upper.of_county[first], dtype=np.int64)


def _carry_over(
    pools: Pools, merged: Pools, balance: FloatArray, reserve: FloatArray | None
) -> tuple[FloatArray, FloatArray | None]:
    """Balances of the pools of the next stage; what a hub holds stays or joins its successors."""
    carried = sum_by(members(pools, merged), balance, minlength=len(merged.codes))
    if reserve is not None and len(merged.codes) == reserve.size:
        return carried + reserve, None
    return carried, reserve


def _hub_rows(
    name: str,
    hubs: Pools,
    year: int,
    opening: FloatArray,
    closing: FloatArray,
    levies: FloatArray,
    grants: FloatArray,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scheme": name,
            "pool": [f"{code}-adjustment" for code in hubs.codes],
            "name": hubs.names,
            "level": [f"{level} adjustment fund" for level in hubs.levels],
            "year": year,
            "swaps_in": levies,
            "swaps_out": grants,
            "interest": closing - opening - levies + grants,
            "opening_balance": opening,
            "balance": closing,
        }
    )
