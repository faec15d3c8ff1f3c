"""Funds: balances of every pool by year.

``B[t] = B[t-1] * (1+i) + (contributions - account credits + from accounts + subsidies + swaps in -
swaps out - claims paid - administration) * (1+i)^0.5``

``from accounts`` is what the pooled fund gains when accounts are forfeited or converted on a move.

Claims incurred are paid by a lag pattern: care within the insuring territory by the short lag of
direct settlement, care elsewhere by the lag of the regime in force. What is unpaid is a liability
of the pool. Merging pools adds their balances. A scheme that takes another in has its balances and
pays its open claims from then on.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from actuarial.solvency import reserve_months
from inputs.case import Case
from models.flow_record import CountyFlows
from models.pairs import IntArray, sum_by
from models.pooling import AdjustmentFund, PoolingPlan, Pools, Stage, pools_of
from models.rates import FloatArray

MONEY = (
    "contribution_base",
    "contributions",
    "account_credits",
    "from_accounts",
    "subsidies",
    "claims_incurred",
    "claims_paid",
    "outstanding",
    "administration",
)


@dataclass(frozen=True)
class CountyBook:
    """One scheme's flows by county with run-off, ``(T, n)`` each; outside is left out."""

    persons: FloatArray
    contributors: FloatArray
    contribution_base: FloatArray
    contributions: FloatArray
    account_credits: FloatArray
    from_accounts: FloatArray
    subsidies: FloatArray
    claims_incurred: FloatArray
    claims_paid: FloatArray
    outstanding: FloatArray
    administration: FloatArray
    expected_cost: FloatArray


def run_off(incurred: FloatArray, lag: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Claims paid and outstanding by year, when every year pays by the same-shaped lag rows.

    Args:
        incurred: ``(T + 1, n)``, the base year first; years before it are taken to equal it.
        lag: share of a year's claims paid in that year, the next, ..., one row a year of
            incurral, ``(T + 1, L)``, rows summing to one.

    Returns:
        paid and outstanding in years 1 ... T, ``(T, n)`` each;
        ``paid[t] = incurred[t] + outstanding[t-1] - outstanding[t]``.
    """
    years, length = incurred.shape[0] - 1, lag.shape[1]
    paid = np.zeros_like(incurred)
    outstanding = np.zeros_like(incurred)
    for late in range(length):
        for t in range(years + 1):
            source = max(t - late, 0)
            paid[t] += incurred[source] * lag[source, late]
            outstanding[t] += incurred[source] * lag[source, late + 1 :].sum()
    return paid[1:], outstanding[1:]


def county_book(case: Case, flows: CountyFlows, scheme: int) -> CountyBook:
    """One scheme's flows by county, with claims run off."""
    n = flows.residents.shape[1] - 1
    terms = case.schemes[scheme]
    years = [int(year) for year in flows.years]
    lags = [terms.lag(terms.regime(year)) for year in years]
    length = max(len(lag) for lag in (*lags, terms.lag("direct")))
    by_regime = np.array([np.pad(lag, (0, length - len(lag))) for lag in lags])
    direct = np.pad(terms.lag("direct"), (0, length - len(terms.lag("direct"))))
    away = flows.claims_offsite[scheme, :, :n]
    near = flows.claims_incurred[scheme, :, :n] - away
    paid_near, owed_near = run_off(near, np.tile(direct, (len(years), 1)))
    paid_away, owed_away = run_off(away, by_regime)
    paid = paid_near + paid_away
    share = np.stack([terms.rule_array("administration", case.regions, y) for y in years[1:]])
    return CountyBook(
        persons=flows.persons[scheme, 1:, :n],
        contributors=flows.contributors[scheme, 1:, :n],
        contribution_base=flows.contribution_base[scheme, 1:, :n],
        contributions=flows.contributions[scheme, 1:, :n],
        account_credits=flows.account_credits[scheme, 1:, :n],
        from_accounts=flows.accounts_to_pool[scheme, 1:, :n],
        subsidies=flows.subsidies[scheme, 1:, :n],
        claims_incurred=flows.claims_incurred[scheme, 1:, :n],
        claims_paid=paid,
        outstanding=owed_near + owed_away,
        administration=paid * share,
        expected_cost=flows.expected_cost[scheme, 1:, :n],
    )


def with_taken_in(case: Case, flows: CountyFlows, scheme: int) -> CountyBook:
    """One scheme's book, with the open claims of the schemes it takes in from their year on."""
    book = county_book(case, flows, scheme)
    for since, file in case.schemes[scheme].taken_in:
        other = county_book(case, flows, [s.name for s in case.schemes].index(file.name))
        later = (flows.years[1:] >= since)[:, None]
        book = replace(
            book,
            **{
                name: getattr(book, name) + getattr(other, name) * later
                for name in ("claims_paid", "outstanding", "administration")
            },
        )
    return book


def opening_balances(case: Case, scheme: str) -> FloatArray:
    """Pooled balance of each county at the end of the base year, ``(n,)``.

    Where a rural scheme is kept apart that the table does not know, the balance of the scheme that
    insures people at home is divided between the two as its insured are.
    """
    table = case.tables["fund_balances"]
    own = table[table["scheme"] == scheme]
    rural = coverage.rural_shares(case)[:-1]
    part: FloatArray = np.ones_like(rural)
    covered = case.scheme(scheme).statuses_covered
    if own.empty and "rural_resident" in covered:
        others = [s.name for s in case.schemes if "home_resident" in s.statuses_covered]
        own, part = table[table["scheme"].isin(others)], rural
    elif "home_resident" in covered and "rural_resident" not in covered:
        part = 1.0 - rural
    balances = np.zeros(rural.size)
    balances[[case.regions.index(code) for code in own["region"]]] = own["pooled_balance"]
    return balances * part


@dataclass(frozen=True)
class PoolFlow:
    """What an adjustment fund looks at in a year, by pool, ``(p,)``.

    Attributes:
        pooled_contributions: contributions without what goes to accounts.
        result: income less outgo before swaps.
        expected_cost: cost expected of the insured by age and sex.
    """

    pooled_contributions: FloatArray
    result: FloatArray
    expected_cost: FloatArray


def swaps_of_year(
    pools: Pools,
    member: IntArray,
    fund: AdjustmentFund,
    flow: PoolFlow,
    reserve: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Levies paid to and grants received from the adjustment funds above the pools.

    A share of the year's levies is paid out by need, in proportion to the cost expected of the
    insured by age and sex; what is left, with the reserve, meets deficits.

    Args:
        pools: the pools.
        member: adjustment fund that each pool belongs to, ``(p,)``.
        fund: its rules.
        flow: the year's money of each pool.
        reserve: money each adjustment fund holds, ``(f,)``.

    Returns:
        levies ``(p,)``, grants ``(p,)``, money left in each fund ``(f,)``. Grants are cut in
        proportion where a fund cannot meet all of them, so that it never turns negative.
    """
    levies = fund.levy * np.maximum(flow.pooled_contributions, 0.0)
    collected = sum_by(member, levies, minlength=reserve.size)
    needed = sum_by(member, flow.expected_cost, minlength=reserve.size)
    each = np.divide(
        fund.need * collected, needed, out=np.zeros_like(collected), where=needed > 0
    )
    by_need = each[member] * flow.expected_cost
    deficit = np.maximum(-(flow.result - levies + by_need), 0.0)
    wanted = (1.0 - fund.own_responsibility) * (
        deficit if fund.need > 0 else np.maximum(-flow.result, 0.0)
    )
    available = reserve + collected - sum_by(member, by_need, minlength=reserve.size)
    asked = sum_by(member, wanted, minlength=reserve.size)
    share = np.divide(available, asked, out=np.ones_like(asked), where=asked > 0).clip(0.0, 1.0)
    grants = by_need + wanted * share[member]
    assert len(pools.codes) == levies.size
    left = reserve + collected - sum_by(member, grants, minlength=reserve.size)
    return levies, grants, np.maximum(left, 0.0)


def moral_hazard(case: Case, level: str) -> float:
    """Relative rise of claims when funds are merged at a level; zero at the lowest."""
    return float(case.settings.pooling.moral_hazard.value_of(level))


def fund_table(case: Case, flows: CountyFlows, plan: PoolingPlan) -> pd.DataFrame:
    """Balances of every scheme and pool by year, one row each.

    Money in nominal currency; stocks (balance, outstanding) at the end of the year. The hub of
    an adjustment fund is a row of its own, level ``<level> adjustment fund``.
    """
    frames = [
        frame
        for number, scheme in enumerate(case.schemes)
        for frame in _scheme_funds(case, flows, plan, number, scheme.name)
    ]
    return pd.concat(frames, ignore_index=True)


def _scheme_funds(
    case: Case, flows: CountyFlows, plan: PoolingPlan, scheme: int, name: str
) -> list[pd.DataFrame]:
    book = county_book(case, flows, scheme)
    years = flows.years[1:]
    outgo_next = _next_year(book.claims_paid + book.administration)
    stage = plan.stage(name, int(years[0]))
    pools = pools_of(case, stage)
    balance = pools.total(opening_balances(case, name))
    reserve: FloatArray | None = None
    frames = []
    for t, year in enumerate(years):
        following = plan.stage(name, int(year))
        if following != stage:
            merged = pools_of(case, following)
            balance, reserve = _carry_over(pools, merged, balance, reserve)
            stage, pools = following, merged
        interest = float(flows.paths.interest[t])
        flow = {
            key: pools.total(getattr(book, key)[t]) for key in ("persons", "contributors", *MONEY)
        }
        rise = np.array([1.0 + _rise(case, level) for level in pools.levels])
        for key in ("claims_incurred", "claims_paid", "outstanding", "administration"):
            flow[key] = flow[key] * rise
        result = (
            flow["contributions"]
            - flow["account_credits"]
            + flow["subsidies"]
            - flow["claims_paid"]
            - flow["administration"]
        )
        swaps_in, swaps_out = np.zeros_like(result), np.zeros_like(result)
        if stage.adjustment is not None:
            hubs = pools_of(case, stage_at(stage.adjustment.level))
            member = _member(pools, hubs)
            opened = np.zeros(len(hubs.codes)) if reserve is None else reserve
            half = (1.0 + interest) ** 0.5
            swaps_out, swaps_in, left = swaps_of_year(
                pools, member, stage.adjustment,
                flow["contributions"] - flow["account_credits"], result, opened * half,
            )  # fmt: skip
            reserve = left * half
            frames.append(
                _hub_rows(
                    name, hubs, int(year), opened, reserve,
                    sum_by(member, swaps_out, minlength=left.size),
                    sum_by(member, swaps_in, minlength=left.size),
                )
            )  # fmt: skip
        opening = balance
        earned = opening * interest + (result + swaps_in - swaps_out) * (
            (1.0 + interest) ** 0.5 - 1.0
        )
        balance = opening + earned + result + swaps_in - swaps_out
        outgo = pools.total(outgo_next[t]) * rise
        base = flow["contribution_base"]
        net = flow["claims_paid"] + flow["administration"]
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
                    "balance": balance,
                    "outgo_next_year": outgo,
                    "reserve_months": _months(balance, outgo, flow["outstanding"]),
                    "payg_rate": _over(net - flow["subsidies"], base),
                    "income_rate": _over(flow["contributions"] - flow["account_credits"], base),
                    "funding_ratio": _over(opening, net),
                }
            )
        )
    return frames


def stage_at(level: str) -> Stage:
    """A plain stage at a level."""
    return Stage(level=level)


def _rise(case: Case, level: str) -> float:
    return 0.0 if level == "custom" else moral_hazard(case, level)


def _over(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _months(balance: FloatArray, outgo: FloatArray, outstanding: FloatArray) -> FloatArray:
    """Reserve months, zero for a pool without outgo."""
    months = np.zeros_like(balance)
    paying = outgo > 0
    if paying.any():
        months[paying] = reserve_months(balance[paying], outgo[paying], outstanding[paying])
    return months


def _next_year(outgo: FloatArray) -> FloatArray:
    """Outgo a year later; after the last year it grows as it did into the last year."""
    last = outgo[-1]
    if outgo.shape[0] > 1:
        before = outgo[-2]
        last = last * np.divide(last, before, out=np.ones_like(last), where=before > 0)
    return np.concatenate([outgo[1:], last[None]])


def _member(pools: Pools, upper: Pools) -> IntArray:
    """Which upper pool each pool belongs to, by its first county."""
    first = np.array([np.flatnonzero(pools.of_county == p)[0] for p in range(len(pools.codes))])
    return np.asarray(upper.of_county[first], dtype=np.int64)


def _carry_over(
    pools: Pools, merged: Pools, balance: FloatArray, reserve: FloatArray | None
) -> tuple[FloatArray, FloatArray | None]:
    """Balances of the pools of the next stage; what a hub holds stays or joins its successors."""
    carried = sum_by(_member(pools, merged), balance, minlength=len(merged.codes))
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
