"""The terms of a year's claims: who pays which share of which care, by county."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.person_rules import OWN_FUND
from fundpool.actuarial.severity import Severity
from fundpool.inputs.case import Case
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import REGIMES
from fundpool.models.axes import statuses
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import PairIndex, next_level
from fundpool.models.claims.benefits import (
    ClassFrequency,
    Coordination,
    class_frequency,
    coordinated_payments,
    expected_payments,
    mean_costs,
    scheme_costs,
    severities,
    status_costs,
)
from fundpool.models.claims.treatment import (
    HOME,
    REFERRAL,
    RESIDENCE,
    CarePlaces,
    Referral,
    care_places,
    frequency_relativities,
    place_shares,
)
from fundpool.models.terms.schemes import SchemeTerms
from fundpool.models.terms.years import YearTerms

K = statuses.K

DUAL, ELSEWHERE = statuses.DUAL, statuses.RETIRED_ELSEWHERE

PAID_AT_HOME = (*statuses.HOME_COVER, ELSEWHERE)
"""Statuses whose fund is that of the home; ``retired_elsewhere`` until the register is asked."""

MOST_IN_DETAIL = 400
"""Counties up to which payments are kept by county of treatment; beyond, by its next level."""


@dataclass(frozen=True)
class LayerTerms:
    """What one scheme's fund pays above the benefits of others.

    Attributes:
        fund: number of the scheme.
        payments, together: as :class:`ClaimTerms` has them, of this fund; what it pays for doubly
            covered people stands with the local scheme.
    """

    fund: int
    payments: FloatArray
    together: FloatArray


@dataclass(frozen=True)
class ClaimTerms:
    """Everything that turns expected claims into money, for years with the same rules.

    ``S`` schemes, ``F`` distinct rule sets, ``C`` services, ``J`` age classes, ``M`` referral
    centres; money in base-year prices.

    Attributes:
        pairs: the pairs.
        row: row of ``relativity`` that each pair uses, by tie and residence, ``(P,)``.
        relativity: of claim frequency, ``(ties * (n + 1), K, C)``.
        places: share of wanted care by tie and place, ``(ties, K, C, 3)``.
        referral: referral centres.
        mean_cost: mean cost of a claim, ``(C, J)``.
        status_cost: cost of a claim of a status over that, ``(K, C)``.
        price: price level by place, ``(n + 1,)``.
        payments: expected payment for a claim, ``(S, F, 2, C, J, n + 1)``.
        formula_of: rule set of each county, ``(S, n + 1)``.
        together: what the local and the home scheme pay for a claim of a doubly covered person
            made to both (:func:`fundpool.models.claims.benefits.coordinated_payments`).
        cover: part of a member's claims that the packages of the scheme cover, by insuring
            county, ``(S, n + 1, C, J)``; one without packages.
        scheme_of: scheme that pays for each status, for dual cover where the person works,
            ``(K,)``; -1 none.
        second_scheme: home scheme of dual cover; -1 none.
        share_claimed: share of off-site claims ever claimed, by scheme, ``(S,)``.
        territory: region within which care counts as on-site in the base year, ``(n + 1,)``.
        regions: region of each level of the tree that a county lies in, lowest level first,
            ``(L, n + 1)``; -1 outside.
        level: multiplier of care by first-paying scheme and county, ``(S, n + 1)``.
        column: column of the settlement matrix that a place counts in, ``(n + 1,)``: the place
            itself, or in large cases the region of the next level that it lies in.
        layers: what other schemes' funds pay above the benefits.
    """

    pairs: PairIndex
    row: IntArray
    relativity: FloatArray
    places: FloatArray
    referral: Referral
    mean_cost: FloatArray
    status_cost: FloatArray
    price: FloatArray
    payments: FloatArray
    formula_of: IntArray
    together: FloatArray
    cover: FloatArray
    scheme_of: IntArray
    second_scheme: int
    share_claimed: FloatArray
    territory: IntArray
    regions: IntArray
    level: FloatArray
    column: IntArray
    layers: tuple[LayerTerms, ...] = ()

    @property
    def columns(self) -> int:
        """Number of columns of the settlement matrix."""
        return int(self.column.max()) + 1

    def of_layer(self, layer: LayerTerms) -> "ClaimTerms":
        """The same care as one fund pays for it above the benefits."""
        return replace(self, payments=layer.payments, together=layer.together, layers=())

    def at_level(self, level: FloatArray) -> "ClaimTerms":
        """The same terms with other multipliers of care."""
        return replace(self, level=level)


@dataclass(frozen=True)
class ClaimTables:
    """What a case says of care, whatever the rules of a year.

    Attributes:
        price: price level by place, ``(n + 1,)``.
        costs: cost of a claim by service and age class, in base-year money.
        scheme_cost: cost of a claim over that by service, ``(C,)``, of schemes that have their own.
        frequency: expected claims of a person, and their variation.
        relativity, territory, regions, column: as :class:`ClaimTerms` has them.
        places: where care is given, by year.
    """

    price: FloatArray
    costs: tuple[tuple[Severity, ...], ...]
    scheme_cost: Mapping[str, FloatArray]
    frequency: ClassFrequency
    relativity: FloatArray
    places: CarePlaces
    territory: IntArray
    regions: IntArray
    column: IntArray

    def at_prices(self, index: FloatArray) -> "ClaimTables":
        """The same with the cost of each service's claims times an index, ``(C,)``."""
        if (index == 1.0).all():
            return self
        scaled = zip(self.costs, index.tolist(), strict=True)
        return replace(
            self, costs=tuple(tuple(cost.scaled(by) for cost in row) for row, by in scaled)
        )

    def of_scheme(self, name: str) -> "ClaimTables":
        """The same with the cost of claims that a scheme pays."""
        return self.at_prices(self.scheme_cost[name]) if name in self.scheme_cost else self


def claim_tables(case: Case) -> ClaimTables:
    """Prices, costs and places of care of a case.

    >>> from fundpool import examples
    >>> claim_tables(examples.case()).price.shape
    (5,)
    """
    economy = case.tables["economy"]
    price = np.ones(len(case.regions.codes) + 1)
    price[[case.regions.index(code) for code in economy["region"]]] = economy["price_level"]
    return ClaimTables(
        price=price,
        costs=severities(case),
        scheme_cost=scheme_costs(case),
        frequency=class_frequency(case),
        relativity=frequency_relativities(case),
        places=care_places(case),
        territory=np.append(next_level(case), -1),
        regions=regions_by_level(case),
        column=settlement_columns(case),
    )


def claim_terms(tables: ClaimTables, pairs: PairIndex, terms: YearTerms) -> ClaimTerms:
    """The rules of a year as arrays.

    >>> from fundpool import examples
    >>> tables, pairs = claim_tables(examples.case()), examples.prepared().pairs
    >>> terms = claim_terms(tables, pairs, examples.year_terms())
    >>> bool((terms.share_claimed <= 1.0).all())
    True

    Args:
        tables: of the case.
        pairs: its pairs.
        terms: of the year; rules do not follow what shocks make of the price of care.
    """
    n = pairs.counties
    tables = tables.at_prices(terms.trends.price)
    price, costs = tables.price * terms.shocks.price, tables.costs
    schemes = terms.schemes
    rules = [scheme.benefits for scheme in schemes]
    scheme_of = np.full(K, -1, dtype=np.int64)
    regime = np.full(K, REGIMES.index("direct"), dtype=np.int64)
    for number, scheme in enumerate(schemes):
        for status in scheme.covers:
            if status == "dual" and scheme.settlement_pool == "home":
                continue  # the other fund
            scheme_of[statuses.Status.of(status)] = number
            regime[statuses.Status.of(status)] = REGIMES.index(scheme.regime)
    second = [i for i, one in enumerate(schemes) if "dual" in one.covers and i != scheme_of[DUAL]]
    second_scheme = second[0] if second and scheme_of[DUAL] >= 0 else -1
    dual = int(scheme_of[DUAL]), second_scheme
    payments, together = payments_of_all(tables, schemes, dual, price)
    return ClaimTerms(
        pairs=pairs,
        row=pairs.tie * (n + 1) + pairs.residence,
        relativity=tables.relativity,
        places=place_shares(
            tables.places.treatment.at(terms.year), regime, terms.mobility.slack_season_share
        ),
        referral=tables.places.centres(terms.year),
        mean_cost=mean_costs(costs),
        status_cost=status_costs(tables.scheme_cost, schemes, scheme_of, len(costs)),
        price=price,
        payments=payments,
        formula_of=np.stack([rule.formula_of for rule in rules]),
        together=together,
        cover=np.stack([scheme.package_cover for scheme in schemes]),
        scheme_of=scheme_of,
        second_scheme=second_scheme,
        share_claimed=np.array([scheme.share_claimed for scheme in schemes]),
        territory=tables.territory,
        regions=tables.regions,
        level=np.ones((len(rules), n + 1)),
        column=tables.column,
        layers=layers_of_all(tables, schemes, dual, price),
    )


def payments_of_all(
    tables: ClaimTables,
    schemes: Sequence[SchemeTerms],
    dual: tuple[int, int],
    price: FloatArray,
    order: int = 1,
    fund: str = OWN_FUND,
) -> tuple[FloatArray, FloatArray]:
    """``payments`` and ``together`` of :class:`ClaimTerms`.

    Args:
        tables: of the case.
        schemes: in a year.
        dual: numbers of the schemes that pay for doubly covered people: local and home, which is
            -1 where there is none.
        price: price level by place, ``(n + 1,)``.
        order: 1, or 2 or 3 for the second or third moment.
        fund: scheme whose fund pays layers; default: what each scheme's own fund pays.

    Raises:
        CaseError: the payment of a person's year does not pass its own check.
    """
    costs = tables.costs
    most = max(len(scheme.benefits.formulas) for scheme in schemes)
    payments = np.zeros((len(schemes), most, 2, len(costs), len(costs[0]), price.size))
    for number, scheme in enumerate(schemes):
        if fund == OWN_FUND or fund in scheme.benefits.layer_funds:
            sets = len(scheme.benefits.formulas)
            payments[number, :sets] = payments_of_scheme(tables, scheme, price, order, fund)
    together = np.zeros((2, 1, 1, 2, 2, *payments.shape[3:]))
    if dual[1] >= 0:
        local, home = schemes[dual[0]], schemes[dual[1]]
        with _settled(local):
            together = coordinated_payments(
                local.benefits, home.benefits, tables.of_scheme(local.name).costs, price,
                coordination_of(local, home),
                tables.frequency, order, fund,
            )  # fmt: skip
    return payments, together


def layers_of_all(
    tables: ClaimTables,
    schemes: Sequence[SchemeTerms],
    dual: tuple[int, int],
    price: FloatArray,
    order: int = 1,
) -> tuple[LayerTerms, ...]:
    """What every fund pays above the benefits of other schemes; see :func:`payments_of_all`."""
    funds = frozenset[str]().union(*(scheme.benefits.layer_funds for scheme in schemes))
    return tuple(
        LayerTerms(number, *payments_of_all(tables, schemes, dual, price, order, scheme.name))
        for number, scheme in enumerate(schemes)
        if scheme.name in funds
    )


def payments_of_scheme(
    tables: ClaimTables,
    scheme: SchemeTerms,
    price: FloatArray,
    order: int = 1,
    fund: str = OWN_FUND,
) -> FloatArray:
    """A scheme's :func:`fundpool.models.claims.benefits.expected_payments` in a year.

    Raises:
        CaseError: the payment of a person's year does not pass its own check.
    """
    with _settled(scheme):
        return expected_payments(
            scheme.benefits, tables.of_scheme(scheme.name).costs, price, scheme.offsite_penalty,
            tables.frequency, order, fund,
        )  # fmt: skip


@contextmanager
def _settled(scheme: SchemeTerms) -> Iterator[None]:
    """Refuse the case where the payment of a person's year does not pass its own check."""
    try:
        yield
    except ArithmeticError:
        raise CaseError(
            [
                Finding.of_setting(f"schemes/{scheme.name}.toml", "benefits", None,
                                   Message("amounts of a person's year that can be set against "
                                           "its claims"),
                                   Message("Check deductible, limit and ceiling per year against "
                                           "the costs in severity, or pay per claim."))
            ]
        ) from None  # fmt: skip


def coordination_of(local: SchemeTerms, home: SchemeTerms) -> Coordination:
    """How two schemes settle the claims of people with double cover; the home scheme says.

    >>> from fundpool import examples
    >>> employee, resident = examples.year_terms().schemes
    >>> coordination_of(employee, resident).rule
    'remaining_cost'
    """
    return Coordination(
        home.coordination, home.home_first, home.quota, local.offsite_penalty,
        home.offsite_penalty,
    )  # fmt: skip


def settlement_columns(case: Case) -> IntArray:
    """Column of the settlement matrix of each place, ``(n + 1,)``; outside has the last.

    >>> from fundpool import examples
    >>> settlement_columns(examples.case()).tolist()
    [0, 1, 2, 3, 4]
    """
    n = len(case.regions.codes)
    if n <= MOST_IN_DETAIL:
        return np.arange(n + 1)
    regions = next_level(case)
    return np.append(regions, int(regions.max()) + 1)


def regions_by_level(case: Case) -> IntArray:
    """Region of each level that a county lies in, lowest level first, ``(L, n + 1)``; -1 outside.

    >>> from fundpool import examples
    >>> regions_by_level(examples.case())[:2].tolist()  # four counties, two cities
    [[0, 1, 2, 3, -1], [0, 0, 1, 1, -1]]
    """
    listed = [case.regions.ancestor_index(level) for level in case.levels]
    return np.pad(np.array(listed, dtype=np.int64), ((0, 0), (0, 1)), constant_values=-1)


def distance(regions: IntArray, one: IntArray, other: IntArray) -> IntArray:
    """Lowest level of the tree with one region around two counties; the number of levels if none.

    Care is on-site in a territory of a level that is at least as high.

    >>> regions = np.array([[0, 1, 2, -1], [0, 0, 1, -1]])
    >>> distance(regions, np.array([0, 0, 0, 0]), np.array([0, 1, 2, 3])).tolist()
    [0, 1, 2, 2]

    Args:
        regions: of each level, ``(L, n + 1)``.
        one, other: counties, of shapes that go together.
    """
    return np.asarray((regions[:, one] != regions[:, other]).sum(axis=0), dtype=np.int64)


def payer_of(terms: ClaimTerms, status: int) -> IntArray:
    """County whose fund pays first, by pair, ``(P,)``.

    For ``retired_elsewhere`` the payers are spread by the retiree register; this returns home.

    >>> from fundpool import examples
    >>> from fundpool.models.axes.statuses import EMPLOYEE
    >>> terms = examples.opening().terms
    >>> bool((payer_of(terms, EMPLOYEE) == terms.pairs.residence).all())
    True
    """
    if status in PAID_AT_HOME:
        return terms.pairs.home
    return terms.pairs.residence


def places_of_care(terms: ClaimTerms) -> list[tuple[int, IntArray, FloatArray]]:
    """Every (kind of place, county by pair, share by pair); referral centres one by one.

    >>> from fundpool import examples
    >>> kinds = [kind for kind, _, _ in places_of_care(examples.opening().terms)]
    >>> kinds[0] == RESIDENCE, kinds[1] == HOME
    (True, True)
    """
    pairs = terms.pairs
    every = np.ones(pairs.count)
    listed = [(RESIDENCE, pairs.residence, every), (HOME, pairs.home, every)]
    for number in range(terms.referral.centre.shape[1]):
        listed.append(
            (
                REFERRAL,
                terms.referral.centre[pairs.residence, number],
                terms.referral.share[pairs.residence, number],
            )
        )
    return listed
