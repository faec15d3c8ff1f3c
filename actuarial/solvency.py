"""Solvency of a fund: reserves, level rates, actuarial balance, short-range test.

Arrays run over projection years ``1 ... n`` on their last axis. Flows fall at mid-year, stocks
stand at year ends. Definitions follow the summarised income and cost rates of social-security
trustees' reports and ISAP 2 (International Actuarial Association).
"""

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, numbers, same_kind


def _interest(interest: ArrayLike, years: int) -> FloatArray:
    rate = numbers(interest, "the interest")
    if (rate <= -1).any():
        raise ValueError("the interest must lie above -100 %")
    if rate.ndim == 0:
        return np.full(years, float(rate))
    if rate.shape[-1] != years:
        raise ValueError(f"the interest must be one rate or one for each of the {years} years")
    return rate


def _years(values: ArrayLike, name: str) -> FloatArray:
    array = numbers(values, name)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{name} must run over at least one year")
    return array


def discount_factors(interest: ArrayLike, years: int) -> FloatArray:
    """Value at the start of money paid in the middle of years ``1 ... years``, ``(years,)``.

    ``v[t] = prod_{s<t} (1+i[s])^-1 * (1+i[t])^-0.5``.

    >>> discount_factors(0.21, 2).round(6).tolist()  # 1 / 1.1 and 1 / (1.1 * 1.21)
    [0.909091, 0.751315]
    """
    rate = _interest(interest, years)
    ends = np.cumprod(1.0 + rate, axis=-1)
    return np.asarray(np.sqrt(1.0 + rate) / ends)


def reserve_months(
    balance: ArrayLike, outgo_next_year: ArrayLike, outstanding: ArrayLike = 0.0
) -> float | FloatArray:
    """Months of outgo that the balance net of outstanding claims lasts.

    ``(balance - outstanding) / (outgo_next_year / 12)``; infinite (with the sign of the net
    balance) for a fund without outgo, zero if there is no balance either.

    >>> reserve_months(60.0, 120.0, 10.0)
    5.0

    Raises:
        ValueError: outgo or outstanding claims are negative.
    """
    reserve = numbers(balance, "the balance") - not_negative(outstanding, "outstanding claims")
    outgo = not_negative(outgo_next_year, "next year's outgo")
    reserve, outgo = np.broadcast_arrays(reserve, outgo)
    with np.errstate(divide="ignore", invalid="ignore"):
        months = reserve / (outgo / 12.0)
    months = np.where((outgo == 0) & (reserve == 0), 0.0, months)
    return same_kind(np.asarray(months), balance, outgo_next_year, outstanding)


def exhaustion_year(balances: ArrayLike, first_year: int) -> int | None:
    """First year whose closing balance is negative; None if there is none.

    >>> exhaustion_year([5.0, 0.0, -1.0], 2026)
    2028
    """
    closing = _years(balances, "balances")
    if closing.ndim != 1:
        raise ValueError("balances must be one row, a value a year")
    negative = np.flatnonzero(closing < 0)
    return int(first_year) + int(negative[0]) if negative.size else None


def _base(values: ArrayLike) -> FloatArray:
    base = numbers(values, "the contribution base")
    if (base <= 0).any():
        raise ValueError("the contribution base must be positive")
    return base


def payg_rate(outgo: ArrayLike, subsidies: ArrayLike, base: ArrayLike) -> float | FloatArray:
    """Pay-as-you-go rate of each year: ``(outgo - subsidies) / base``.

    >>> payg_rate([90.0, 110.0], 10.0, 1_000.0).tolist()
    [0.08, 0.1]

    Raises:
        ValueError: the base is not positive.
    """
    rate = (numbers(outgo, "outgo") - numbers(subsidies, "subsidies")) / _base(base)
    return same_kind(np.asarray(rate), outgo, subsidies, base)


def level_rate(
    outgo: ArrayLike,
    subsidies: ArrayLike,
    base: ArrayLike,
    opening_balance: ArrayLike,
    interest: ArrayLike,
    target_reserve: ArrayLike = 0.0,
) -> float | FloatArray:
    """Constant rate over the horizon that ends exactly at the target reserve.

    ``(PV outgo + PV target reserve - opening balance - PV subsidies) / PV base``; flows at
    mid-year, the target at the end of the last year.

    >>> round(level_rate([121.0, 121.0], 0.0, 1_000.0, opening_balance=0.0, interest=0.03), 6)
    0.121

    Args:
        outgo: ``(..., n)``.
        subsidies: ``(..., n)``.
        base: contribution base, ``(..., n)``, positive in present value.
        opening_balance: at the start of year 1, ``(...)``.
        interest: one rate or ``(n,)``.
        target_reserve: at the end of year ``n``, ``(...)``.

    Raises:
        ValueError: the base has no positive present value, or shapes do not fit.
    """
    out, helped, paid_on = _matched(outgo, subsidies, base)
    factors = discount_factors(interest, out.shape[-1])
    worth = (paid_on * factors).sum(axis=-1)
    if (worth <= 0).any():
        raise ValueError("the contribution base must have a positive present value")
    target = numbers(target_reserve, "the target reserve") * _end_factor(interest, out.shape[-1])
    need = ((out - helped) * factors).sum(axis=-1) + target
    rate = (need - numbers(opening_balance, "the opening balance")) / worth
    return _reduced(rate)


def actuarial_balance(
    rate: ArrayLike,
    outgo: ArrayLike,
    subsidies: ArrayLike,
    base: ArrayLike,
    opening_balance: ArrayLike,
    interest: ArrayLike,
    target_reserve: ArrayLike = 0.0,
) -> float | FloatArray:
    """Summarised income rate less summarised cost rate, the target reserve included.

    Income: contributions at ``rate`` (one or ``(..., n)``), subsidies and the opening balance;
    cost: outgo and the target reserve; both as present values over that of the base. Zero at the
    level rate.

    >>> terms = {"outgo": [121.0, 121.0], "subsidies": 0.0, "base": 1_000.0, "opening_balance": 0.0}
    >>> round(actuarial_balance(0.12, **terms, interest=0.03), 6)  # the level rate is 0.121
    -0.001

    Raises:
        ValueError: as :func:`level_rate`.
    """
    out, helped, paid_on = _matched(outgo, subsidies, base)
    factors = discount_factors(interest, out.shape[-1])
    worth = (paid_on * factors).sum(axis=-1)
    if (worth <= 0).any():
        raise ValueError("the contribution base must have a positive present value")
    collected = numbers(rate, "the rate")
    if collected.ndim and collected.shape[-1] != out.shape[-1]:
        collected = collected[..., None]
    income = ((collected * paid_on + helped) * factors).sum(axis=-1)
    income = income + numbers(opening_balance, "the opening balance")
    target = numbers(target_reserve, "the target reserve") * _end_factor(interest, out.shape[-1])
    cost = (out * factors).sum(axis=-1) + target
    return _reduced((income - cost) / worth)


def _matched(*values: ArrayLike) -> list[FloatArray]:
    names = ("outgo", "subsidies", "the contribution base")
    arrays = [numbers(v, name) for v, name in zip(values, names, strict=True)]
    try:
        matched = np.broadcast_arrays(*arrays)
    except ValueError:
        raise ValueError("outgo, subsidies and base must run over the same years") from None
    if matched[0].ndim == 0 or matched[0].shape[-1] == 0:
        raise ValueError("outgo must run over at least one year")
    return [np.asarray(array) for array in matched]


def _end_factor(interest: ArrayLike, years: int) -> FloatArray:
    return np.asarray(1.0 / np.prod(1.0 + _interest(interest, years), axis=-1))


def _reduced(value: FloatArray) -> float | FloatArray:
    return float(value) if np.ndim(value) == 0 else value


def balance_recursion(
    opening_balance: ArrayLike, net_flow: ArrayLike, interest: ArrayLike
) -> FloatArray:
    """Closing balances: ``B[t] = B[t-1] (1+i[t]) + flow[t] (1+i[t])^0.5``, ``(..., n)``.

    >>> balance_recursion(100.0, [11.0, -11.0], interest=0.21).round(6).tolist()
    [133.1, 148.951]

    Args:
        opening_balance: ``(...)``.
        net_flow: income less outgo of each year, ``(..., n)``.
        interest: one rate, ``(n,)``, or ``(..., n)`` as the flow or broadcast to it.
    """
    flow = _years(net_flow, "the net flow")
    rate = _interest(interest, flow.shape[-1])
    balance = np.broadcast_to(
        numbers(opening_balance, "the opening balance"), flow.shape[:-1]
    ).astype(np.float64)
    closing = np.empty(flow.shape)
    for t in range(flow.shape[-1]):
        balance = balance * (1.0 + rate[..., t]) + flow[..., t] * np.sqrt(1.0 + rate[..., t])
        closing[..., t] = balance
    return closing


def fund_ratio(opening_balance: ArrayLike, outgo: ArrayLike) -> float | FloatArray:
    """Opening balance over the year's outgo.

    >>> fund_ratio(60.0, 120.0)
    0.5

    Raises:
        ValueError: outgo is not positive.
    """
    out = numbers(outgo, "outgo")
    if (out <= 0).any():
        raise ValueError("outgo must be positive")
    ratio = numbers(opening_balance, "the opening balance") / out
    return same_kind(np.asarray(ratio), opening_balance, outgo)


def short_range_test(
    reserve_months: ArrayLike,
    target: float,
    years: int = 10,
    grace: int = 5,
    opening: float | None = None,
) -> bool:
    """Whether reserves pass the short-range test of financial adequacy.

    A fund that starts at the target or above passes if it stays there in each of the first
    ``years`` years. One that starts below passes if it is never depleted (no months below zero,
    the start included), reaches the target within ``grace`` years, and stays at or above it from
    then to the end of the ``years``. Fewer years projected than asked for are tested as far as
    they go. This is the test of the trustees of the United States' social insurance funds, with
    months of outgo in place of their ratio to a year's cost.

    Args:
        reserve_months: at the end of each projected year, ``(n,)``.
        target: least number of months.
        years: length of the test.
        grace: years within which a fund that starts below must reach the target.
        opening: months at the start of the first year; default: ``reserve_months[0]``.

    Raises:
        ValueError: not one row, or years and grace that make no sense.

    >>> short_range_test([2, 4, 7, 8, 8], target=6, opening=1)
    True
    >>> short_range_test([-2, 4, 7, 8, 8], target=6, opening=1)  # depleted in the first year
    False
    """
    months = _years(reserve_months, "reserve months")
    if months.ndim != 1:
        raise ValueError("reserve months must be one row, a value a year")
    if years < 1 or not 0 <= grace <= years:
        raise ValueError("the test needs at least one year, and a grace no longer than the test")
    tested = months[:years]
    least = float(numbers(target, "the target"))
    start = float(tested[0] if opening is None else numbers(opening, "the opening months"))
    met = tested >= least
    if start >= least:
        return bool(met.all())
    if not met.any():
        return False
    reached = int(np.argmax(met))
    depleted = start < 0 or bool((tested[:reached] < 0).any())
    return not depleted and reached < grace and bool(met[reached:].all())
