"""How a plan is made, and the scenarios that it is made on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.acceptance.terms import AcceptanceTerms
from fundpool.models.optimiser.limits import Aims, Policy

RuleKind = Literal["fixed", "adjusting"]


@dataclass(frozen=True)
class Choices:
    """How to optimise, where the case's own rules are not wanted.

    >>> Choices(policy=Policy(reserve_months=3.0)).stated_gap
    0.0001

    Attributes:
        policy, aims: limits and weights; the case's unless given.
        schemes: names of the schemes; all unless given.
        solver: any solver PuLP knows by name; HiGHS unless given.
        time_limit: seconds for each solve.
        most_scenarios: scenarios that are put into one program as they are. A larger sample is
            planned on by the scenarios in some tail (:mod:`.tail_rounds`), and reduced to so many
            where its floors cannot be kept or are not of that kind.
        stated_gap: relative gap to the bound at which a plan on a larger sample is certified.
        threads: programs solved at once.
        rule: rates are a ``fixed`` path, or follow an ``adjusting`` rule
            (:mod:`.ruin.rule`), for which a probability of ruin is needed.
        acceptable: what regions are asked to accept; None for nothing.
        instruments: whether the premiums, rates and subsidies that the case states under
            ``optimiser.instruments`` are decided, too; else they stay as they are in force but for
            the rate of the fund.
        mergers: whether pools may merge on the way; such a plan is made on the one path.
    """

    policy: Policy | None = None
    aims: Aims | None = None
    schemes: tuple[str, ...] | None = None
    solver: str | None = None
    time_limit: float | None = None
    most_scenarios: int = 12
    stated_gap: float = 1e-4
    threads: int = 2
    rule: RuleKind = "fixed"
    acceptable: AcceptanceTerms | None = None
    instruments: bool = False
    mergers: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown rule."""
        if self.rule not in ("fixed", "adjusting"):
            raise ValueError(f"{self.rule!r} is not fixed or adjusting")


@dataclass(frozen=True)
class Sample:
    """Scenarios of every scheme: those the plan is made on, and fresh ones to try it on.

    Attributes:
        within, fresh: flows by scheme; all schemes on the same scenarios.
    """

    within: Mapping[str, PoolPaths]
    fresh: Mapping[str, PoolPaths]
