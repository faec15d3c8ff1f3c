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
from fundpool.models.funds.books import OTHER_INCOME, opening_balances, with_taken_in
from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.effects import claims_with_taken_in, collection_effort
from fundpool.models.pooling.plans import PoolingPlan, Pools, Stage, pools_of
from fundpool.models.pooling.timeline import hub_moves

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
    whose stage is over hands its money on (``hub_moves``) or keeps it at interest.
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
    years = flows.years[1:]
    claims = claims_with_taken_in(case, plan, name, years)
    book = with_taken_in(case, flows, case.schemes.index(scheme), claims)
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
            balance = sum_by(members(pools, merged), balance, minlength=len(merged.codes))
            stage, pools = following, merged
            if reserve is not None and hubs is not None:
                rules = stage.adjustment
                upper = None if rules is None else pools_of(case, stage_at(rules.level))
                moves = hub_moves(hubs, pools, upper)
                taken, reserve = moves.carry(
                    reserve, balance.size, None if upper is None else len(upper.codes)
                )
                balance = balance + taken
                hubs = upper or hubs
                if upper is None and (moves.to_pool >= 0).all():
                    reserve = None
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
        effort = collection_effort(case, stage, pools)
        for key in ("contribution_base", "contributions", "account_credits"):
            flow[key] = flow[key] * effort
        net = flow["claims_paid"] + flow["administration"]
        other_income = np.sum([flow[name] for name in OTHER_INCOME], axis=0)
        result = flow["contributions"] - flow["account_credits"] + other_income - net
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
        outgo = pools.total(outgo_next[t])
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
                    "payg_rate": _over(net - other_income, base),
                    "income_rate": _over(flow["contributions"] - flow["account_credits"], base),
                    "funding_ratio": _over(opening, net),
                }
            )
        )
    if scheme.merger is None or scheme.merger > years[-1]:
        return frames, []
    into = next(m.into for m in case.settings.mergers if m.scheme == name)
    return frames, [TakenOver(into, scheme.merger, pools, balance)]


def stage_at(level: str) -> Stage:
    """A plain stage at a level."""
    return Stage(level=level)


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
