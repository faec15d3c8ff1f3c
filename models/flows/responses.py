"""How flows respond to moving and enrolment: linear coefficients from one more projection each.

The hazard of moving out (or of enrolling in work-based cover) is raised for good by a small share
from the first year on and the case projected once more. A flow's relative response in year ``t``,

``r[t] = (F raised[t] / F[t] - 1) / log(1 + share)``,

is what it gains for a level that has been one log unit higher since the start. A path of
deviations ``x`` that changes from year to year is a row of such steps, each with its own time to
build up, so that in year ``t`` it does what the constant level

``y[t] = sum over u of x[u] * (R[t-u+1] - R[t-u]) / R[t]``

would have done, ``R`` being the response of all counties together: ``F[t] * (1 + r[t] y[t])``.
Where a response builds up evenly ``y`` is the mean so far; where it fades, what is recent counts
more. The tests compare the rule with a projection that follows a path.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.settings.parameters import Parameter
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.threads import side_by_side
from fundpool.models.flows.record import CountyFlows, Multipliers
from fundpool.models.flows.years import OpeningYear, county_flows
from fundpool.models.population.preparation import Prepared

COPIED = 500_000_000
"""Bytes of people up to which both projections start from copies of them and run side by side;
more are laid out anew and changed in place, one projection after the other."""

BUMP = 0.05
"""Share by which a hazard is raised."""

MOVING, ENROLLING = 0, 1
PATHS_OF = (("mobility.out_migration_growth", "mobility.in_migration_growth"),
            ("coverage.employee_enrolment_growth",))  # fmt: skip


@dataclass(frozen=True)
class Responses:
    """Relative responses to moving and enrolment, ``(2, S, T, n)`` each."""

    income: FloatArray
    contribution_base: FloatArray
    subsidies: FloatArray
    claims: FloatArray

    def memory(self, flows: CountyFlows) -> FloatArray:
        """Weights of the deviations of each year in each later year, ``(2, T, T)``.

        Row ``t`` sums to one over the years up to ``t``; where nothing responds only the year
        itself counts.
        """
        years = flows.years.size - 1
        weights = np.zeros((2, years, years))
        money = responding(flows)
        for driver in (MOVING, ENROLLING):
            mine = (self.income, self.contribution_base, self.subsidies, self.claims)
            whole = sum(
                (np.abs(r[driver] * f).sum(axis=(0, 2)) for r, f in zip(mine, money, strict=True)),
                np.zeros(years),
            )
            scale = sum((np.abs(f).sum(axis=(0, 2)) for f in money), np.zeros(years))
            built = np.concatenate([[0.0], whole / scale])
            for t in range(years):
                if built[t + 1] > 0:
                    weights[driver, t, : t + 1] = np.diff(built[: t + 2])[::-1] / built[t + 1]
                else:
                    weights[driver, t, t] = 1.0
        return weights


def no_responses(schemes: int, years: int, counties: int) -> Responses:
    """Responses of a case in which nothing answers to either."""
    zero = np.zeros((2, schemes, years, counties))
    return Responses(zero, zero, zero, zero)


def with_growth(case: Case, path: str, growth: dict[int, float]) -> Case:
    """The case with a yearly growth compounded with more growth in some years.

    ``1 + new = (1 + old) * (1 + more)``.
    """
    section, name = path.split(".")
    part = getattr(case.settings, section)
    parameter: Parameter = getattr(part, name)
    by_year = dict(parameter.by_year)
    for year, more in growth.items():
        by_year[year] = (1.0 + parameter.at(year)) * (1.0 + more) - 1.0
    changed = part.model_copy(update={name: parameter.model_copy(update={"by_year": by_year})})
    return replace(case, settings=case.settings.model_copy(update={section: changed}))


def raised(case: Case, driver: int, share: float) -> Case:
    """The case with the hazard of moving out (0) or of enrolling (1) raised for good."""
    for path in PATHS_OF[driver]:
        case = with_growth(case, path, {case.base_year + 1: share})
    return case


def flow_responses(
    prepared: Callable[[], tuple[Prepared, OpeningYear]],
    flows: CountyFlows,
    multipliers: Multipliers,
    drivers: tuple[bool, bool] = (True, True),
) -> Responses:
    """Responses of a projected case.

    Args:
        prepared: lays the case out as arrays, as before the first projection.
        flows: the projection.
        multipliers: its calibration.
        drivers: whether moving and enrolment vary at all; without, no projection is spent.
    """
    schemes, years, width = flows.persons.shape
    result = [np.zeros((2, schemes, years - 1, width - 1)) for _ in range(4)]
    varying = [driver for driver in (MOVING, ENROLLING) if drivers[driver]]
    laid_out = [prepared()] if varying else []
    shared = bool(laid_out) and laid_out[0][0].people.nbytes <= COPIED

    def flows_of(driver: int) -> tuple[FloatArray, ...]:
        """What responds once a hazard is raised."""
        arrays, opening = laid_out[0] if shared else laid_out.pop() if laid_out else prepared()
        arrays = replace(arrays, case=raised(arrays.case, driver, BUMP))
        return responding(
            county_flows(arrays, opening, years - 1, multipliers, in_place=not shared)
        )

    answers = side_by_side(flows_of, varying, None if shared else 1)
    for driver, answer in zip(varying, answers, strict=True):
        for number, (before, after) in enumerate(zip(responding(flows), answer, strict=True)):
            change = np.zeros_like(before)
            np.divide(after - before, before, out=change, where=before != 0)
            result[number][driver] = change / np.log1p(BUMP)
    return Responses(*result)


def responding(flows: CountyFlows) -> tuple[FloatArray, ...]:
    """Income, contribution base, subsidies and claims by county, ``(S, T, n)`` each.

    What pooled funds gain from accounts and for missing years counts with the subsidies.
    """
    inside = np.s_[:, 1:, :-1]
    return (
        (flows.contributions - flows.account_credits)[inside],
        flows.contribution_base[inside],
        (flows.subsidies + flows.accounts_to_pool + flows.missing_years_paid)[inside],
        flows.claims_incurred[inside],
    )
