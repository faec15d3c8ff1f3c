"""A scheme's flows county by county, with claims run off and opening balances.

Claims incurred are paid by a lag pattern: care within the insuring territory by the short lag of
direct settlement, care elsewhere by the lag of the regime in force. What is unpaid is a liability.
A scheme that takes another in pays its open claims from then on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.coverage import base_year
from fundpool.models.flows.record import CountyFlows
from fundpool.models.flows.territory import near_and_away
from fundpool.models.funds.totals import BENEFIT_COLUMN, PAYER_COLUMN
from fundpool.models.pooling.effects import PooledCare
from fundpool.models.terms.cash_benefits import benefits_of
from fundpool.models.terms.subsidies import STATE, payers_of

OUTGO = ("claims_paid", "administration", "cash_benefits")
"""What a pooled fund pays, swaps and personal accounts aside."""

OTHER_INCOME = ("subsidies", "from_accounts", "missing_years_paid")
"""What a pooled fund takes in beside contributions: it needs no rate."""


@dataclass(frozen=True)
class CountyBook:
    """One scheme's flows by county with run-off, ``(T, n)`` each; outside is left out.

    ``paid_by`` are subsidies by payer; they add up to ``subsidies``. Nobody is named in a case
    without the table ``subsidies``. ``paid_for`` are benefits in cash by name, which add up to
    ``cash_benefits``.
    """

    persons: FloatArray
    contributors: FloatArray
    contribution_base: FloatArray
    contributions: FloatArray
    account_credits: FloatArray
    from_accounts: FloatArray
    missing_years_paid: FloatArray
    subsidies: FloatArray
    claims_incurred: FloatArray
    claims_paid: FloatArray
    outstanding: FloatArray
    administration: FloatArray
    cash_benefits: FloatArray
    expected_cost: FloatArray
    paid_by: Mapping[str, FloatArray] = field(default_factory=dict)
    paid_for: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def outgo(self) -> FloatArray:
        """All that is paid, ``(T, n)``."""
        return np.asarray(sum(getattr(self, name) for name in OUTGO))

    @property
    def money(self) -> dict[str, FloatArray]:
        """All flows by name, subsidies by payer and benefits in cash by name among them."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        by_payer: Mapping[str, FloatArray] = named.pop("paid_by")
        by_benefit: Mapping[str, FloatArray] = named.pop("paid_for")
        named |= {payer_column(payer): paid for payer, paid in by_payer.items()}
        return named | {benefit_column(name): paid for name, paid in by_benefit.items()}


def payer_column(payer: str) -> str:
    """Name of the flow that a payer's subsidies are.

    >>> payer_column("province")
    'subsidies_province'
    """
    return f"{PAYER_COLUMN}{payer}"


def benefit_column(name: str) -> str:
    """Name of the flow that a benefit in cash is.

    >>> benefit_column("maternity")
    'cash_benefits_maternity'
    """
    return f"{BENEFIT_COLUMN}{name}"


def run_off(incurred: FloatArray, lag: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Claims paid and outstanding by year, when every year pays by the same-shaped lag rows.

    >>> lag = np.array([[0.75, 0.25], [0.75, 0.25]])
    >>> paid, outstanding = run_off(np.array([[100.0], [120.0]]), lag)
    >>> paid.tolist(), outstanding.tolist()  # 0.75 * 120 + 0.25 * 100 and 0.25 * 120
    ([[115.0]], [[30.0]])

    Args:
        incurred: ``(T + 1, n)``, the base year first; years before it are taken to equal it.
        lag: share of a year's claims paid in that year, the next, ..., one row a year of
            incurral, ``(T + 1, L)``, rows summing to one.

    Returns:
        paid and outstanding in years 1 ... T, ``(T, n)`` each;
        ``paid[t] = incurred[t] + outstanding[t-1] - outstanding[t]``.
    """
    paid, owed = run_off_parts(incurred, lag)
    return paid.sum(axis=0), owed.sum(axis=0)


def run_off_parts(incurred: FloatArray, lag: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Paid and unpaid claims by the year of care, ``(L, T, n)`` each.

    ``paid[l, t]`` is paid in year ``t`` for care of year ``t - l``; ``owed[l, t]`` is the rest of
    that care unpaid at the end of ``t``.

    Args:
        incurred: ``(T + 1, n)``, the base year first, which stands for the years before it.
        lag: as :func:`run_off` has it, ``(T + 1, L)``.
    """
    years, length = incurred.shape[0] - 1, lag.shape[1]
    unpaid = np.stack([lag[:, late + 1 :].sum(axis=1) for late in range(length)], axis=1)
    late = np.arange(length)[:, None]
    source = np.maximum(np.arange(1, years + 1) - late, 0)  # year of care, by lag and year
    care = incurred[source]
    return care * lag[source, late][..., None], care * unpaid[source, late][..., None]


@dataclass(frozen=True)
class CareByLag:
    """A scheme's claims by county, apart by what lag pays them; the base year first.

    Attributes:
        near, away: claims of care within the territory of the insuring pool and elsewhere,
            ``(T + 1, n)``.
        near_lag, away_lag: their lag rows, ``(T + 1, L)``: that of direct settlement, and those of
            the regimes in force.
    """

    near: FloatArray
    away: FloatArray
    near_lag: FloatArray
    away_lag: FloatArray

    @property
    def incurred(self) -> FloatArray:
        """All claims, ``(T + 1, n)``."""
        return self.near + self.away

    def run_off(self) -> tuple[FloatArray, FloatArray]:
        """Claims paid and outstanding of both together, ``(T, n)`` each."""
        return self._run_off

    def run_off_parts(self) -> tuple[FloatArray, FloatArray]:
        """The same by the year of care, ``(L, T, n)`` each."""
        return self._run_off_parts

    @cached_property
    def _run_off(self) -> tuple[FloatArray, FloatArray]:
        paid_near, owed_near = run_off(self.near, self.near_lag)
        paid_away, owed_away = run_off(self.away, self.away_lag)
        return paid_near + paid_away, owed_near + owed_away

    @cached_property
    def _run_off_parts(self) -> tuple[FloatArray, FloatArray]:
        paid_near, owed_near = run_off_parts(self.near, self.near_lag)
        paid_away, owed_away = run_off_parts(self.away, self.away_lag)
        return paid_near + paid_away, owed_near + owed_away


@dataclass(frozen=True)
class RecordedCare:
    """A scheme's claims as recorded, for the territory of any pools; the base year first.

    Attributes:
        usual: as in the territory of the base year.
        by_distance: for any other, ``(T + 1, n, L + 1, 2, L)``; see
            :attr:`fundpool.models.flows.record.CountyFlows.claims_by_distance`.
    """

    usual: CareByLag
    by_distance: FloatArray

    def pooled(self, care: PooledCare | None) -> CareByLag:
        """What a plan makes of the claims; as in the base year without."""
        if care is None:
            return self.usual
        near, away = near_and_away(self.by_distance, care.territory, care.other)
        return replace(self.usual, near=near * care.factor, away=away * care.factor)


def recorded_care(case: Case, flows: CountyFlows, scheme: int, length: int = 0) -> RecordedCare:
    """Claims incurred of one scheme with the lags that pay them.

    Args:
        case: the case.
        flows: its flows.
        scheme: number of the scheme.
        length: least number of years that the lag rows run over.
    """
    n, terms = flows.residents.shape[1] - 1, [year.schemes[scheme] for year in flows.terms]
    direct, by_regime = terms[0].direct_lag, [of_year.lag for of_year in terms]
    longest = max(length, *(len(lag) for lag in (direct, *by_regime)))
    near_lag, away_lag = np.zeros((2, len(by_regime), longest))
    near_lag[:, : len(direct)] = direct
    for t, lag in enumerate(by_regime):
        away_lag[t, : len(lag)] = lag
    by_distance = flows.claims_by_distance[scheme, :, :n]
    level = np.full(by_distance.shape[:2], case.levels.index(case.second_level))
    near, away = near_and_away(by_distance, level, level)
    return RecordedCare(CareByLag(near, away, near_lag, away_lag), by_distance)


def outgo_by_lag(
    flows: CountyFlows, scheme: int, recorded: RecordedCare, pooled: PooledCare | None
) -> FloatArray:
    """Claims paid and administration that follows them, by the year of care, ``(L, T, n)``.

    What else a scheme pays is :func:`fixed_outgo`.

    Args:
        flows: flows of a case.
        scheme: number of the scheme.
        recorded: its claims.
        pooled: what a plan makes of them; administration does not move with it.
    """
    paid, _ = recorded.pooled(pooled).run_off_parts()
    usual, _ = recorded.usual.run_off_parts()
    return paid + usual * administration_share(flows, scheme)


def administration_share(flows: CountyFlows, scheme: int) -> FloatArray:
    """Administration over claims paid by projected year and county, ``(T, n)``."""
    return np.stack([terms.schemes[scheme].administration for terms in flows.terms[1:]])


def fixed_administration(flows: CountyFlows, scheme: int) -> FloatArray:
    """Administration that does not follow claims by projected year and county, ``(T, n)``.

    A sum an insured person, which grows with wages, and a share of contributions.
    """
    n = flows.residents.shape[1] - 1
    terms = [year.schemes[scheme] for year in flows.terms[1:]]
    a_head = np.stack([each.administration_a_head for each in terms])
    share = np.stack([each.administration_of_contributions for each in terms])
    persons, paid_in = flows.persons[scheme, 1:, :n], flows.contributions[scheme, 1:, :n]
    return np.asarray(a_head * flows.paths.wage[1:, None] * persons + share * paid_in)


def fixed_outgo(flows: CountyFlows, scheme: int) -> FloatArray:
    """Outgo that does not follow claims by projected year and county, ``(T, n)``."""
    in_cash = flows.cash_benefits[:, scheme, 1:, : flows.residents.shape[1] - 1].sum(axis=0)
    return np.asarray(fixed_administration(flows, scheme) + in_cash)


def subsidised_share(flows: CountyFlows, scheme: int) -> FloatArray:
    """Share of outgo that subsidies bear by projected year and county, ``(T, n)``."""
    n = flows.residents.shape[1] - 1
    by_year = [terms.schemes[scheme].subsidies for terms in flows.terms[1:]]
    return np.stack([np.zeros(n) if of is None else of.outgo_share for of in by_year])


def _borne(case: Case, flows: CountyFlows, scheme: int, outgo: FloatArray) -> FloatArray:
    """What payers bear of outgo ``(T, n)`` as a share of it, ``(Y, T, n)``."""
    result = np.zeros((len(payers_of(case.schemes)), *outgo.shape))
    for t, terms in enumerate(flows.terms[1:]):
        subsidies = terms.schemes[scheme].subsidies
        if subsidies is not None:
            result[:, t] = subsidies.outgo_share_of * outgo[t]
    return result


def year_after(outgo: FloatArray, breaks: Collection[int] = ()) -> FloatArray:
    """Outgo a year later, ``(T, ...)``; after the last year it grows as it did into the last.

    >>> year_after(np.array([[100.0], [110.0]])).round(6).tolist()
    [[110.0], [121.0]]

    Args:
        outgo: by year.
        breaks: numbers of years, counted from 0, after which the outgo is another's: from them,
            too, it grows as it did before.
    """
    following = np.concatenate([outgo[1:], outgo[-1:]])
    for t in sorted({*breaks, outgo.shape[0] - 1}):
        following[t] = outgo[t]
        if t > 0:
            following[t] = outgo[t] * ratio(outgo[t], outgo[t - 1], 1.0)
    return following


def years_before_mergers(case: Case, scheme: str, years: IntArray) -> list[int]:
    """Numbers of projected years, counted from 0, after which a scheme merges with another.

    What it pays from then on is not for those whom its reserve of that year is for: the members
    and the money of the other come together, a year later.
    """
    the_scheme = case.scheme(scheme)
    mergers = {the_scheme.merger, *(since for since, _ in the_scheme.taken_in)}
    return [t for t, year in enumerate(years) if int(year) + 1 in mergers]


def county_book(
    case: Case, flows: CountyFlows, scheme: int, pooled: PooledCare | None = None
) -> CountyBook:
    """One scheme's flows by county, with claims run off.

    >>> from fundpool import examples
    >>> book = county_book(examples.case(), examples.study().flows, scheme=0)
    >>> bool((book.outstanding >= 0).all()), book.claims_paid.shape
    (True, (3, 4))

    Args:
        case: the case.
        flows: its flows.
        scheme: number of the scheme.
        pooled: what a plan makes of claims; default: all stays as in the base year.
            Administration does not move with it.
    """
    n = flows.residents.shape[1] - 1
    recorded = recorded_care(case, flows, scheme)
    usual, _ = recorded.usual.run_off()
    care = recorded.pooled(pooled)
    paid, outstanding = care.run_off()
    administration = usual * administration_share(flows, scheme)
    administration = administration + fixed_administration(flows, scheme)
    by_benefit = flows.cash_benefits[:, scheme, 1:, :n]
    in_cash = by_benefit.sum(axis=0)
    borne = _borne(case, flows, scheme, paid + administration + in_cash)
    granted = flows.granted[:, scheme, 1:, :n]
    by_payer = dict(zip(payers_of(case.schemes), granted + borne, strict=True))
    if STATE in by_payer:  # the rest is by rule
        rest = flows.subsidies[scheme, 1:, :n] - granted.sum(axis=0)
        by_payer[STATE] = by_payer[STATE] + rest
    return CountyBook(
        persons=flows.persons[scheme, 1:, :n],
        contributors=flows.contributors[scheme, 1:, :n],
        contribution_base=flows.contribution_base[scheme, 1:, :n],
        contributions=flows.contributions[scheme, 1:, :n],
        account_credits=flows.account_credits[scheme, 1:, :n],
        from_accounts=flows.accounts_to_pool[scheme, 1:, :n],
        missing_years_paid=flows.missing_years_paid[scheme, 1:, :n],
        subsidies=flows.subsidies[scheme, 1:, :n] + borne.sum(axis=0),
        claims_incurred=care.incurred[1:],
        claims_paid=paid,
        outstanding=outstanding,
        administration=administration,
        cash_benefits=in_cash,
        expected_cost=flows.expected_cost[scheme, 1:, :n],
        paid_by=by_payer,
        paid_for=dict(zip(benefits_of(case.schemes), by_benefit, strict=True)),
    )


def with_taken_in(
    case: Case,
    flows: CountyFlows,
    scheme: int,
    pooled: Mapping[str, PooledCare] | None = None,
) -> CountyBook:
    """One scheme's book, with the open claims of the schemes it takes in from their year on.

    Args:
        case: the case.
        flows: its flows.
        scheme: number of the scheme.
        pooled: what a plan makes of claims, as :func:`county_book` has it, by name of scheme.
    """
    care = pooled or {}
    book = county_book(case, flows, scheme, care.get(case.schemes[scheme].name))
    for since, file in case.schemes[scheme].taken_in:
        number = case.scheme_number(file.name)
        other = county_book(case, flows, number, care.get(file.name))
        later = (flows.years[1:] >= since)[:, None]
        added = (other.claims_paid + other.administration) * later
        borne = _borne(case, flows, scheme, added)
        paid_by = {
            payer: paid + more
            for (payer, paid), more in zip(book.paid_by.items(), borne, strict=True)
        }
        book = replace(book, subsidies=book.subsidies + borne.sum(axis=0), paid_by=paid_by)
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
    scheme_rows = table[table["scheme"] == scheme]
    rural = base_year.rural_shares(case)[:-1]
    part: FloatArray = np.ones_like(rural)
    covered = case.scheme(scheme).statuses_covered
    if scheme_rows.empty and "rural_resident" in covered:
        others = [s.name for s in case.schemes if "home_resident" in s.statuses_covered]
        scheme_rows, part = table[table["scheme"].isin(others)], rural
    elif "home_resident" in covered and "rural_resident" not in covered:
        part = 1.0 - rural
    balances = np.zeros(rural.size)
    balances[[case.regions.index(code) for code in scheme_rows["region"]]] = scheme_rows[
        "pooled_balance"
    ]
    return balances * part
