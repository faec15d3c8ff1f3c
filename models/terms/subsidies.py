"""Subsidies in force in a year, by county, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray, IntArray

STATE = "state"
"""Payer of the rule ``subsidy`` of a flat scheme."""
INTO = "into_"
"""What the outgo of a fund that pays into another is named by, before that fund's name."""


def payers_of(schemes: Sequence[Scheme]) -> tuple[str, ...]:
    """Who subsidises the schemes of a case, in the order of the table ``subsidies``.

    The state comes first where a flat scheme has a subsidy by rule; nobody is named where the
    case has no such table.

    >>> from fundpool import examples
    >>> payers_of(examples.case().schemes)
    ()
    """
    named = [subsidy.payer for scheme in schemes for subsidy in scheme.subsidies]
    by_rule = any(
        bool(rule.value)
        or bool(rule.by_year)
        or ("subsidy", "") in scheme.overrides
        or "premium_income_limit" in scheme.file.rules
        for scheme in schemes
        if (rule := scheme.file.rules.get("subsidy")) is not None
    )
    return tuple(dict.fromkeys([STATE] * by_rule + named)) if named else ()


def funds_paid_into(schemes: Sequence[Scheme]) -> tuple[str, ...]:
    """Names of schemes into whose funds those of others pay, in the order of the schemes.

    >>> from fundpool import examples
    >>> funds_paid_into(examples.case().schemes)
    ()
    """
    names = {scheme.name for scheme in schemes}
    return tuple(
        scheme.name
        for scheme in schemes
        if any(subsidy.payer in names for subsidy in scheme.subsidies)
    )


@dataclass(frozen=True)
class SubsidyTerms:
    """What payers other than members and employers add in a year, in money of the base year.

    ``S`` schemes of the case, ``Y`` payers.

    Attributes:
        a_head: money a person insured, by payer and county, ``(Y, n)``.
        lump_sums: money by region that has one, ``(r,)``.
        lump_counties: whether a county lies in that region, ``(r, n)``.
        lump_payers: number of the payer of each, ``(r,)``.
        outgo_share_of: share of outgo (claims paid, administration, benefits in cash), by payer and
            county, ``(Y, n)``.
        fund_of: number of the scheme whose fund a payer is, ``(Y,)``; -1 for others.
        counted: schemes whose insured have the layers that this fund pays, by payer, ``(Y, S)``;
            None where the fund insures people itself.
    """

    a_head: FloatArray
    lump_sums: FloatArray
    lump_counties: FloatArray
    lump_payers: IntArray
    outgo_share_of: FloatArray
    fund_of: IntArray
    counted: FloatArray | None = None

    @property
    def outgo_share(self) -> FloatArray:
        """Share of outgo that all payers bear, by county, ``(n,)``."""
        return np.asarray(self.outgo_share_of.sum(axis=0))

    def granted(self, insured: FloatArray) -> FloatArray:
        """Sums a head and lump sums by payer and county, ``(Y, n + 1)``; outside 0.

        In money of the base year.

        A lump sum is divided as the insured of its counties are, equally where nobody is insured.

        Args:
            insured: persons insured, ``(n + 1,)``; of each scheme, ``(S, n + 1)``, where the fund
                counts those of others.
        """
        heads = insured[None] if self.counted is None else self.counted @ insured
        inside = np.broadcast_to(heads[:, :-1], self.a_head.shape)
        result = np.pad(self.a_head * inside, ((0, 0), (0, 1)))
        lumps = zip(self.lump_sums, self.lump_counties, self.lump_payers, strict=True)
        for amount, members, payer in lumps:
            weights = members * inside[payer]
            weights = weights if weights.sum() > 0 else members
            result[payer, :-1] += amount * weights / weights.sum()
        return result


def subsidy_terms(
    scheme: Scheme, regions: RegionTree, year: int, schemes: Sequence[Scheme]
) -> SubsidyTerms | None:
    """Subsidies of a scheme in a year; None if the case has none for it.

    Args:
        scheme: the scheme.
        regions: the region tree.
        year: the year.
        schemes: of the case, whose payers there are (:func:`payers_of`).
    """
    if not scheme.subsidies or not scheme.in_force(year):
        return None
    payers = payers_of(schemes)
    mine = {subsidy.payer for subsidy in scheme.subsidies}
    funds = [_fund_of(payer, schemes, year) if payer in mine else -1 for payer in payers]
    fund_of = np.array(funds, dtype=np.int64)
    n = len(regions.codes)
    a_head, outgo_share = np.zeros((2, len(payers), n))
    lump_sums, lump_counties, lump_payers = [], [], []
    for subsidy in scheme.subsidies:
        payer = payers.index(subsidy.payer)
        since, value = subsidy.in_force(year)
        inside = np.array(
            [subsidy.region in regions.lineage(code) for code in regions.codes], float
        )
        if subsidy.basis == "share_of_outgo":
            outgo_share[payer] += value * inside
            continue
        value /= scheme.paid_in_index(since)
        if subsidy.basis == "a_head":
            a_head[payer] += value * inside
        elif value > 0:
            lump_sums.append(value)
            lump_counties.append(inside)
            lump_payers.append(payer)
    return SubsidyTerms(
        a_head,
        np.array(lump_sums),
        np.array(lump_counties).reshape(-1, n),
        np.array(lump_payers, dtype=np.int64),
        outgo_share,
        fund_of,
        None if scheme.covers(year) else _counted(scheme, schemes, year, fund_of),
    )


def _fund_of(payer: str, schemes: Sequence[Scheme], year: int) -> int:
    """Number of the scheme of a name, or of the one that has taken it in; -1 if none."""
    for number, scheme in enumerate(schemes):
        others = [file.name for since, file in scheme.taken_in if since <= year]
        if scheme.in_force(year) and payer in (scheme.name, *others):
            return number
    return -1


def _counted(scheme: Scheme, schemes: Sequence[Scheme], year: int, fund_of: IntArray) -> FloatArray:
    """Schemes whose insured have layers of a fund: the payer's where it is one, ``(Y, S)``."""
    naming = [
        other.in_force(year)
        and any(
            layer.fund == scheme.name
            for benefit in other.file.benefits.values()
            for layer in benefit.layers
        )
        for other in schemes
    ]
    result = np.tile(np.array(naming, dtype=np.float64), (fund_of.size, 1))
    for payer in np.flatnonzero(fund_of >= 0):
        result[payer] = np.arange(len(schemes)) == fund_of[payer]
    return result
