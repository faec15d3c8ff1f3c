"""How scenarios differ from the central path: the section ``scenarios`` of case.toml."""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.inputs.settings.parameters import (
    FixedGrowth,
    FixedShare,
    Parameter,
    Part,
    Status,
    named_between,
    single,
)


def _drivers(
    least: float, most: float, singles: bool = False, pairs: bool = False, ordered: bool = False
) -> Callable[[dict[str, float]], dict[str, float]]:
    """A check of numbers for drivers.

    Args:
        least, most: range.
        singles: whether single drivers may be named.
        pairs: whether pairs ``one:other`` may be named.
        ordered: whether ``one:other`` and ``other:one`` are two things.
    """

    def check(values: dict[str, float]) -> dict[str, float]:
        seen: dict[tuple[str, ...], str] = {}
        for name, number in values.items():
            drivers = name.split(":")
            for driver in drivers:
                if driver not in DRIVERS:
                    raise ValueError(
                        Message("%(name)s is not a driver: %(words)s",
                                name=repr(driver), words=Listed.of(DRIVERS))
                    )  # fmt: skip
            if len(drivers) > 2 or (len(drivers) == 2 and not pairs):
                raise ValueError(Message("%(name)s is not a single driver", name=repr(name)))
            if (len(drivers) == 1 and not singles) or len(set(drivers)) < len(drivers):
                raise ValueError(
                    Message("%(name)s is not a pair of two drivers, written one:other",
                            name=repr(name))
                )  # fmt: skip
            key = tuple(drivers) if ordered else tuple(sorted(drivers))
            if key in seen:
                raise ValueError(
                    Message("%(name)s is given already as %(other)s; remove one of them",
                            name=repr(name), other=repr(seen[key]))
                )  # fmt: skip
            seen[key] = name
            named_between(name, number, least, most)
        return values

    return check


class _Sourced(Part):
    unit: str = ""
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Volatilities(_Sourced):
    """Standard deviation of the yearly innovation of each driver; 0 where none is given."""

    values: Annotated[dict[str, float], AfterValidator(_drivers(0.0, 1.0, singles=True))]


class Persistence(_Sourced):
    """How much of a deviation lasts: of single drivers, or ``driver:other`` on another's."""

    values: Annotated[
        dict[str, float],
        AfterValidator(_drivers(-0.999, 0.999, singles=True, pairs=True, ordered=True)),
    ]


class Correlations(_Sourced):
    """Correlations of pairs of drivers, written ``one:other``."""

    values: Annotated[dict[str, float], AfterValidator(_drivers(-0.999, 0.999, pairs=True))]


class Catastrophe(_Sourced):
    """A kind of event that strikes some regions in some years.

    Attributes:
        yearly_rate: expected events a year in each region of the level ``reach``.
        reach: level of the region tree that one event strikes as a whole.
        years: how many years its effects last.
        claims, wages, participation: mean relative change in these years.
        variation: coefficient of variation of an event's size.
    """

    yearly_rate: float = Field(ge=0, le=5)
    reach: str
    years: int = Field(default=1, ge=1, le=30)
    claims: float = Field(default=0.0, ge=0, le=5)
    wages: float = Field(default=0.0, ge=-0.5, le=0.5)
    participation: float = Field(default=0.0, ge=-0.5, le=0.5)
    variation: float = Field(default=0.0, ge=0, le=3)


class Scenarios(Part):
    """How scenarios differ from the central path.

    Attributes:
        volatility: of the drivers' yearly innovations.
        persistence: coefficients of the vector autoregression: ``driver`` on its own value of the
            year before, ``driver:other`` on another's.
        correlation: of the innovations, ``one:other``.
        premium_follows_wages: share of a wage deviation that flat premiums and subsidies follow.
        interest_floor: lowest interest rate.
        claims_overdispersion: variance of a county's yearly claim frequency beyond Poisson.
        ruin_target: ruin probability at which required reserves are stated.
        catastrophes: kinds of events by name.
    """

    volatility: Volatilities
    persistence: Persistence
    correlation: Correlations
    premium_follows_wages: FixedShare
    interest_floor: FixedGrowth
    claims_overdispersion: FixedShare
    ruin_target: Annotated[Parameter, AfterValidator(single(0.0001, 0.5))]
    catastrophes: dict[str, Catastrophe] = Field(default_factory=dict)


def persistence_matrix(scenarios: Scenarios) -> np.ndarray:
    """Coefficients of the vector autoregression, ``(6, 6)``; a row is the driver explained."""
    matrix = np.zeros((len(DRIVERS), len(DRIVERS)))
    for name, value in scenarios.persistence.values.items():
        one, _, other = name.partition(":")
        matrix[DRIVERS.index(one), DRIVERS.index(other or one)] = value
    return matrix


def correlation_matrix(scenarios: Scenarios) -> np.ndarray:
    """Correlation of the innovations, ``(6, 6)``; zero where none is given."""
    matrix = np.eye(len(DRIVERS))
    for name, value in scenarios.correlation.values.items():
        one, _, other = name.partition(":")
        i, j = DRIVERS.index(one), DRIVERS.index(other)
        matrix[i, j] = matrix[j, i] = value
    return matrix


def scenario_findings(scenarios: Scenarios, levels: list[str], file: str) -> list[Finding]:
    """Numbers that cannot hold together, and levels that the case does not have."""
    findings = []
    if np.linalg.eigvalsh(correlation_matrix(scenarios)).min() <= 0:
        findings.append(
            Finding.of_setting(file, "scenarios.correlation.values", None,
                               Message("correlations that can hold together (a positive definite "
                                       "matrix)"), Message("Bring them nearer to zero."))
        )  # fmt: skip
    if np.abs(np.linalg.eigvals(persistence_matrix(scenarios))).max() >= 1:
        findings.append(
            Finding.of_setting(file, "scenarios.persistence.values", None,
                               Message("deviations that die out (every eigenvalue below 1)"),
                               Message("Bring the coefficients nearer to zero."))
        )  # fmt: skip
    for name, kind in scenarios.catastrophes.items():
        if kind.yearly_rate == 0 or (kind.claims, kind.wages, kind.participation) == (0, 0, 0):
            findings.append(
                Finding.of_setting(file, f"scenarios.catastrophes.{name}", None,
                                   Message("an event that can happen and changes something"),
                                   Message("Give yearly_rate and claims, wages or participation, "
                                           "or take it out."), severity="warning")
            )  # fmt: skip
        if kind.reach not in levels:
            findings.append(
                Finding.of_setting(file, f"scenarios.catastrophes.{name}.reach", kind.reach,
                                   Message("a level of the case"), did_you_mean(kind.reach, levels))
            )  # fmt: skip
    return findings
