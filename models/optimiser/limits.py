"""What a plan must respect, and what it aims at.

Limits on rates are multiples of the scheme's rate in force, so that one set of rules serves a
payroll scheme at 6 % of wages and a flat one at 1 % of incomes. A limit left out does not bind.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.optimiser.acceptance.limits import CoalitionLimit, IncomeLine, PaidLimit
from fundpool.models.optimiser.ruin.margins import Margin
from fundpool.models.optimiser.statutory.limits import InstrumentLimit

FloorKind = Literal["every", "expectation", "cvar"]
Unevenness = Literal["range", "deviation", "gini"]
BurdenOf = Literal["base", "person", "contributor"]
AIMS = ("burden", "unevenness", "movement", "swaps")
"""What a plan can minimise, after the shortfall."""


@dataclass(frozen=True)
class Policy:
    """Limits on rates and swaps.

    >>> Policy(reserve_months=3.0, yearly_change=0.002).swaps
    True

    Attributes:
        reserve_months: months of outgo that a pool must hold, net of claims owed.
        phase_in_years: year by whose end every pool must hold it; until then a pool need only be
            solvent, net of claims owed.
        rate_least, rate_most: corridor of the rate, multiples of the scheme's rate in force.
        yearly_change: largest change of a rate from year to year, as such a multiple.
        frozen_years: first years in which rates stay as they are.
        swaps: whether pools swap money through a hub.
        hub_level: level of the regions that have a hub each; None for one hub.
        hub_keeps: whether the hub may carry money over; else swaps net to zero every year.
        levy_ceiling: largest payment into the hub, share of a pool's contributions of the year.
        own_responsibility: share of its assessed deficit that a pool bears itself; None lets a
            pool draw without a deficit.
        effort: rate that a pool must charge in a year in which it may draw on the hub, and at
            which its deficit is assessed; a multiple of its own rate in force.
        floor: the reserve floor holds in ``every`` scenario, in ``expectation``, or so that the
            mean of the worst share ``tail`` of scenarios keeps it (``cvar``).
        tail: that share.
        group_level: level whose regions share a rate; None lets every pool have its own.
        margins: least balances in money by scheme, year and pool, beside the floor in months.
        paid_limits: most that pools collect in some years.
        worse_off_by: share by which they may collect more than that.
        coalition_limits: most that coalitions of pools collect over the plan.
        coalitions_worse_off_by: share by which they may collect more than that.
        income_lines: which pools count as poorer.
        poor_to_rich: most that poorer pools pay into the hub and others draw from it, together,
            money a year of each scheme, mean over the years.
        instruments: corridors of premiums, rates and subsidies that are decided beside the rate of
            the fund; none leaves them in force.
        subsidy_share_least, subsidy_share_most: what subsidies then are of contributions and
            subsidies together, in every year and group.
    """

    reserve_months: float = 6.0
    phase_in_years: int = 0
    rate_least: float = 0.0
    rate_most: float = np.inf
    yearly_change: float = np.inf
    frozen_years: int = 0
    swaps: bool = True
    hub_level: str | None = None
    hub_keeps: bool = True
    levy_ceiling: float = np.inf
    own_responsibility: float | None = None
    effort: float = 0.0
    floor: FloorKind = "every"
    tail: float = 0.05
    group_level: str | None = None
    margins: tuple[Margin, ...] = ()
    paid_limits: tuple[PaidLimit, ...] = ()
    worse_off_by: float = 0.0
    coalition_limits: tuple[CoalitionLimit, ...] = ()
    coalitions_worse_off_by: float = 0.0
    income_lines: tuple[IncomeLine, ...] = ()
    poor_to_rich: float = np.inf
    instruments: tuple[InstrumentLimit, ...] = ()
    subsidy_share_least: float = 0.0
    subsidy_share_most: float = 1.0

    def __post_init__(self) -> None:
        """Refuse limits that contradict themselves."""
        if self.rate_least > self.rate_most:
            raise ValueError("the least rate lies above the largest")
        if not 0.0 < self.tail <= 1.0:
            raise ValueError("the tail share must lie between 0 and 1")
        if self.floor not in ("every", "expectation", "cvar"):
            raise ValueError(f"{self.floor!r} is not every, expectation or cvar")


@dataclass(frozen=True)
class Aims:
    """What a plan minimises once shortfalls are as small as can be.

    >>> Aims(unevenness=2.0).measure
    'range'

    Attributes:
        burden, unevenness, movement, swaps: weights of the mean burden, of its unevenness, of
            rate movement and of the volume of swaps.
        measure: unevenness as ``range``, mean absolute ``deviation``, or absolute ``gini`` (the
            coefficient times the mean).
        burden_of: burden on the contribution ``base``, a ``person`` or a ``contributor``.
        joint: whether the burdens of all schemes together count, not each scheme's own.
        order: aims in strict order in place of weights.
    """

    burden: float = 1.0
    unevenness: float = 1.0
    movement: float = 1.0
    swaps: float = 0.01
    measure: Unevenness = "range"
    burden_of: BurdenOf = "base"
    joint: bool = False
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse unknown aims and measures."""
        for aim in self.order:
            if aim not in AIMS:
                raise ValueError(f"{aim!r} is not an aim: {', '.join(AIMS)}")
        if self.measure not in ("range", "deviation", "gini"):
            raise ValueError(f"{self.measure!r} is not range, deviation or gini")
        if self.burden_of not in ("base", "person", "contributor"):
            raise ValueError(f"{self.burden_of!r} is not base, person or contributor")
        if min(self.burden, self.unevenness, self.movement, self.swaps) < 0:
            raise ValueError("weights must not be negative")

    def weights(self) -> dict[str, float]:
        """Weight of every aim."""
        return {aim: float(getattr(self, aim)) for aim in AIMS}

    def stages(self) -> tuple[dict[str, float], ...]:
        """Objectives to be minimised one after the other, as weights of aims."""
        if self.order:
            return tuple({aim: 1.0} for aim in self.order)
        return ({aim: weight for aim, weight in self.weights().items() if weight > 0},)


def policy_of(case: Case, reserve_months: float | None = None, sampled: bool = False) -> Policy:
    """The limits that a case gives in its section ``optimiser``.

    Args:
        case: the case.
        reserve_months: floor in place of ``solvency.target_reserve_months``.
        sampled: whether the plan is made on scenarios: the floor is then ``cvar``, which bounds
            the worst cases of the whole sample and not only those of a few scenarios.
    """
    months = case.value("solvency.target_reserve_months")
    policy = Policy(
        reserve_months=months if reserve_months is None else reserve_months,
        floor="cvar" if sampled else "every",
    )
    given = case.settings.optimiser
    if given is None:
        return policy
    values = {
        name: getattr(given, name).value
        for name in (
            "phase_in_years", "rate_least", "rate_most", "yearly_change", "frozen_years",
            "levy_ceiling", "own_responsibility", "effort", "tail", "subsidy_share_least",
            "subsidy_share_most",
        )
        if getattr(given, name) is not None
    }  # fmt: skip
    for name in ("phase_in_years", "frozen_years"):
        if name in values:
            values[name] = round(values[name])
    return replace(policy, **values)


def aims_of(case: Case) -> Aims:
    """The weights that a case gives in its section ``optimiser``."""
    given = case.settings.optimiser
    if given is None:
        return Aims()
    values = {
        aim: getattr(given, f"weight_{aim}").value
        for aim in AIMS
        if getattr(given, f"weight_{aim}") is not None
    }
    return replace(Aims(), **values)
