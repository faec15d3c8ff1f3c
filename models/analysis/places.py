"""Why a place's fund does better or worse than the mean of its parent.

The result of a fund per insured person is a product and sum of what describes its place:

    result = participation * wages * collection + subsidy - ages * claims * care_away + other

A place differs from the mean of its parent in all of them at once. What each contributes to the
distance is its Shapley value in the game whose coalitions are the factors taken from the place, the
others being those of the mean: contributions add up to the distance exactly, whatever the order in
which factors are listed (Shapley 1953; Shorrocks, *Decomposition procedures for distributional
analysis: a unified framework based on the Shapley value*, 2013).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.sharing import coalition_members, shapley_value
from fundpool.actuarial.solvency import discount_factors
from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.funds.books import recorded_care
from fundpool.models.funds.recursion import PoolRun, scheme_run
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import Study

FACTORS = (
    "participation", "wages", "collection", "subsidy", "ages", "claims", "care_away", "other",
)  # fmt: skip
"""What the result of a fund is made of, in the order of the equation."""

TITLES = {
    "participation": Message("contributors among the insured"),
    "wages": Message("contribution base a contributor"),
    "collection": Message("contributions to the fund over the base"),
    "subsidy": Message("subsidies"),
    "ages": Message("ages and sexes of the insured"),
    "claims": Message("claims at given ages"),
    "care_away": Message("care away from home"),
    "other": Message("accounts, bought years, administration"),
}
"""What each factor is called."""

ROUNDING = 1e-12
"""Of a place's money: what is smaller is no factor of its own."""


def result_per_person(factors: FloatArray) -> FloatArray:
    """Result of a fund per insured person and year, ``(...)``.

    >>> float(result_per_person(np.array([0.5, 100.0, 0.1, 1.0, 4.0, 1.0, 1.25, -0.5])))
    0.5

    Args:
        factors: by :data:`FACTORS` along the last axis, ``(..., 8)``: contributors an insured
            person; base a contributor, money; contributions to the fund over the base; subsidies a
            person, money; cost expected by ages and sexes at the case's mean price a person, money;
            claims paid within the territory over that cost; all claims over those within the
            territory; and the rest a person, money.
    """
    paying, wages, collection, subsidy, ages, claims, away, other = np.moveaxis(factors, -1, 0)
    return np.asarray(paying * wages * collection + subsidy - ages * claims * away + other)


def contributions(place: FloatArray, mean: FloatArray) -> FloatArray:
    """What each factor contributes to the distance of a place from a mean, ``(8,)`` money a person.

    >>> mean = np.array([0.5, 100.0, 0.1, 0.0, 4.0, 1.0, 1.0, 0.0])
    >>> place = np.array([0.6, 120.0, 0.1, 0.0, 4.0, 1.0, 1.0, 0.0])
    >>> contributions(place, mean)[:3].round(6).tolist()  # 0.1 * 0.1 * 110 and 20 * 0.1 * 0.55
    [1.1, 1.1, 0.0]

    Args:
        place, mean: factors as :func:`result_per_person` takes them.
    """
    taken = coalition_members(len(FACTORS))
    worth = result_per_person(np.where(taken, place, mean))
    return shapley_value(worth - worth[0])


@dataclass(frozen=True)
class PlaceProfile:
    """A place's fund beside the mean of its parent, per insured person and year.

    Money and persons are present values over the projection at the fund's interest, so that years
    to come count as they do in level rates.

    Attributes:
        region, parent: codes; the parent of the top level is itself.
        scheme: name of the scheme.
        result, mean: income less outgo of the fund a person, and of the parent's places together.
        factors: index :data:`FACTORS`; columns ``place``, ``mean``, ``contribution``: the factors
            of both, and what the difference contributes, money a person and year.
    """

    region: str
    parent: str
    scheme: str
    result: float
    mean: float
    factors: pd.DataFrame

    def __repr__(self) -> str:
        """What it is, in a line."""
        return (
            f"<PlaceProfile of {self.region} beside {self.parent}, {self.scheme}: "
            f"{self.result:.0f} against {self.mean:.0f} a person and year>"
        )

    @property
    def distance(self) -> float:
        """Result less the mean's; the contributions add up to it."""
        return self.result - self.mean


def place_profile(study: Study, region: str, scheme: str | None = None) -> PlaceProfile:
    """Why the fund that a place would have of its own differs from the mean of its parent.

    Every place of the region's level stands by itself, whatever the plan in force, so that places
    are compared and not pools.

    >>> from fundpool import examples
    >>> found = place_profile(examples.study(), "000000")
    >>> bool(np.isclose(found.factors["contribution"].sum(), found.distance))
    True

    Args:
        study: the projection.
        region: code of a region of any level.
        scheme: name of the scheme; default: the first.

    Raises:
        ValueError: the case has no such region or scheme, or nobody is insured there.
    """
    case = study.case
    if not case.regions.has(region):
        raise ValueError(Message("the case has no region %(region)s", region=repr(region)))
    name = case.schemes[0].name if scheme is None else scheme
    if name not in [item.name for item in case.schemes]:
        raise ValueError(Message("the case has no scheme %(scheme)s", scheme=repr(name)))
    level = case.regions.level_of(region)
    plan = plan_for(case, level)
    run = scheme_run(case, study.flows, plan, name)
    codes = case.regions.codes_at(level)
    parent = case.regions.parent(region) or region
    beside = [i for i, code in enumerate(codes) if parent in (code, case.regions.parent(code))]
    money = _worth(study, plan, run)
    place, mean = (_factors(money, np.array(rows)) for rows in ([codes.index(region)], beside))
    if not np.isfinite(place).all():
        raise ValueError(
            Message("nobody is insured with %(scheme)s in %(region)s",
                    scheme=repr(name), region=repr(region))
        )  # fmt: skip
    table = pd.DataFrame(
        {"place": place, "mean": mean, "contribution": contributions(place, mean)},
        index=pd.Index(FACTORS, name="factor"),
    )
    result, usual = float(result_per_person(place)), float(result_per_person(mean))
    return PlaceProfile(region, parent, name, result, usual, table)


def _worth(study: Study, plan: PoolingPlan, run: PoolRun) -> dict[str, FloatArray]:
    """Present values of what the factors are ratios of, by pool in the order of its level."""
    case, scheme = study.case, run.layout.scheme
    factors = discount_factors(run.interest, run.interest.size)[:, None]
    money = {
        name: (np.nan_to_num(values) * factors).sum(axis=0) for name, values in run.money.items()
    }
    care = recorded_care(case, study.flows, case.scheme_number(scheme)).pooled(
        run.layout.care.get(scheme)
    )
    pools = run.layout.pools[-1]
    for name, values in (("near", care.near[1:]), ("incurred", care.incurred[1:])):
        by_pool = np.stack([pools.total(row) for row in values])
        money[name] = (by_pool * factors).sum(axis=0)
    order = [pools.codes.index(code) for code in case.regions.codes_at(plan.name)]
    return {name: values[order] for name, values in money.items()}


def _factors(money: dict[str, FloatArray], rows: np.ndarray) -> FloatArray:
    """Factors of places together; what the product leaves by a base of nil stands in ``other``."""
    total = {name: float(values[rows].sum()) for name, values in money.items()}

    def over(one: str, other: str) -> float:
        return float(ratio(np.array(total[one]), np.array(total[other])))

    if total["persons"] <= 0:
        return np.full(len(FACTORS), np.nan)
    away = over("incurred", "near")
    local = over("claims_paid", "expected_cost")
    factors = np.array([
        over("contributors", "persons"), over("contribution_base", "contributors"),
        over("income", "contribution_base"), over("subsidies", "persons"),
        over("expected_cost", "persons"), local / away if away else local, away or 1.0, 0.0,
    ])  # fmt: skip
    result = (total["income"] + total["other_income"] - total["outgo"]) / total["persons"]
    rest = result - float(result_per_person(factors))
    money_a_person = (abs(total["income"]) + total["outgo"]) / total["persons"]
    factors[-1] = rest if abs(rest) > ROUNDING * money_a_person else 0.0
    return factors
