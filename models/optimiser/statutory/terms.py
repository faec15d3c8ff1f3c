"""Corridors of premiums, rates and subsidies that a case states, worked out for a scheme's groups.

The plan's rate ``X`` is then what all payers together bring to the fund above the subsidies in
force, ``X base = sum of members' money - accounts + sum of (subsidies - subsidies in force)``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.messages import Listed, Message, Word
from fundpool.inputs.settings.optimiser import InstrumentTerms
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.limits import Policy
from fundpool.models.optimiser.problem.fund import FundProblem, rebuilt
from fundpool.models.optimiser.statutory.in_force import Instrument
from fundpool.models.optimiser.statutory.limits import InstrumentLimit, by_year

Stated = Mapping[str, Mapping[str, InstrumentTerms]]
"""Corridors by scheme and instrument."""


def decided_instruments(
    fund: FundProblem,
    terms: Mapping[str, InstrumentTerms],
    in_force: Mapping[str, Instrument],
) -> tuple[InstrumentLimit, ...]:
    """Every instrument of a scheme, those that are stated with their corridor.

    An amount that lies outside its corridor moves towards it as fast as it may.

    Args:
        fund: the scheme's problem.
        terms: corridors by instrument.
        in_force: all its instruments.

    Raises:
        ValueError: a corridor of an instrument that the scheme does not have.
    """
    unknown = [name for name in terms if name not in in_force]
    if unknown:
        raise ValueError(
            Message(
                "%(scheme)s: optimiser.instruments names %(name)s; expected one of %(known)s",
                scheme=Word(fund.paths.scheme), name=unknown[0], known=Listed.of(in_force),
            )
        )  # fmt: skip
    return tuple(
        _limit(fund, name, instrument, terms.get(name)) for name, instrument in in_force.items()
    )


def _limit(
    fund: FundProblem, name: str, instrument: Instrument, terms: InstrumentTerms | None
) -> InstrumentLimit:
    heads = fund.by_group(instrument.heads)
    amount = ratio(fund.by_group(instrument.heads * instrument.amount), heads)
    least = most = amount
    change = np.inf
    if terms is not None:
        years = fund.paths.years
        change = np.inf if terms.yearly_change is None else terms.yearly_change.value
        frozen = fund.policy.frozen_years
        elapsed = np.maximum(np.arange(1, years.size + 1) - frozen, 0)[:, None]
        # a step of nothing and an endless one both leave years of a freeze where they are
        reach = np.where(elapsed > 0, elapsed * change if np.isfinite(change) else np.inf, 0.0)
        start = amount[max(min(frozen, years.size) - 1, 0)]
        least = np.minimum(_of_years(terms.least.since, years), start + reach)
        most = np.maximum(_of_years(terms.most.since, years), np.maximum(start - reach, 0.0))
        fixed = (elapsed <= 0) | (heads <= 0)
        most = np.where(fixed, amount, np.maximum(most, least))
        least = np.where(fixed, amount, least)
    return InstrumentLimit(
        scheme=fund.paths.scheme, name=name, kind=instrument.kind, heads=by_year(heads),
        in_force=by_year(amount), least=by_year(least), most=by_year(most),
        yearly_change=float(change), decided=terms is not None,
    )  # fmt: skip


def _of_years(since: object, years: IntArray) -> FloatArray:
    assert callable(since)
    return np.array([since(int(year)) for year in years], dtype=float)[:, None]


def with_instruments(
    policy: Policy,
    funds: Sequence[FundProblem],
    stated: Stated,
    in_force: Mapping[str, Mapping[str, Instrument]],
) -> Policy:
    """A policy whose plans also decide the instruments that a case states.

    Args:
        policy: the limits.
        funds: problems of the schemes under it.
        stated: corridors.
        in_force: all instruments of every scheme.

    Raises:
        ValueError: no corridor of a scheme that is planned, one of an instrument that a scheme
            does not have, or corridors that no rate within its own keeps.
    """
    names = [fund.paths.scheme for fund in funds]
    limits: list[InstrumentLimit] = []
    for fund in funds:
        terms = stated.get(fund.paths.scheme, {})
        if terms:
            limits += decided_instruments(fund, terms, in_force[fund.paths.scheme])
    if not limits:
        raise ValueError(
            Message(
                "optimiser.instruments states no premium, rate or subsidy of %(schemes)s to decide",
                schemes=Listed(tuple(Word(name) for name in names)),
            )
        )
    decided = replace(policy, instruments=tuple(limits))
    for fund in funds:
        _refuse_contradiction(rebuilt(fund, decided))
    return decided


def _refuse_contradiction(fund: FundProblem) -> None:
    """Refuse corridors that no rate of the fund within its own corridor can be made up from."""
    mine = [limit for limit in fund.policy.instruments if limit.scheme == fund.paths.scheme]
    if not mine:
        return
    base = fund.by_group(fund.base)
    low, high = np.zeros_like(base), np.zeros_like(base)
    for limit in mine:
        heads, before = np.array(limit.heads), np.array(limit.in_force)
        off = before if limit.kind == "subsidy" else 0.0
        ends = [limit.sign * ratio((np.array(e) - off) * heads, base)
                for e in (limit.least, limit.most)]  # fmt: skip
        low, high = low + np.minimum(*ends), high + np.maximum(*ends)
    slack = 1e-9 * fund.reference
    apart = (base > 0) & ((low > fund.rate_upper + slack) | (high < fund.rate_lower - slack))
    if apart.any():
        t, group = (int(place) for place in np.argwhere(apart)[0])
        raise ValueError(
            Message(
                "%(name)s, %(scheme)s, %(year)s: limits contradict each other; the corridors of "
                "optimiser.instruments make up %(low)s to %(high)s %% of the base, and the rate of "
                "the fund is to be %(least)s to %(most)s %%",
                name=fund.group_names[group], scheme=Word(fund.paths.scheme),
                year=int(fund.paths.years[t]), low=f"{100 * low[t, group]:.3f}",
                high=f"{100 * high[t, group]:.3f}", least=f"{100 * fund.rate_lower[t, group]:.3f}",
                most=f"{100 * fund.rate_upper[t, group]:.3f}",
            )
        )  # fmt: skip
