"""What rate or premium keeps funds to a year, with a chosen probability.

The lever of the plan is moved in steps and stored flows are multiplied, as for its slider; the
smallest that will do is found by halving, since a fund holds more the more is paid in.
"""

from typing import Any

import numpy as np

from fundpool.inputs.format.messages import Message
from fundpool.web.requests.plan import NeededRequest, PlanRequest, pooling_of
from fundpool.web.work.answers import Material, fund_run

STEPS = {"rate": (0.001, -200, 200), "premium": (0.01, -90, 500)}
"""Step of each lever, and the least and most steps that are tried."""


def needed(material: Material, asked: NeededRequest) -> dict[str, Any]:
    """The smallest lever with which funds stay above zero to a year often enough.

    Args:
        material: projections and scenarios of the plan.
        asked: the plan, the year and the probability. The fund of its county counts, or every
            fund of the scheme at once.

    Returns:
        lever, ``rate`` or ``premium``; change, its value, None where none will do; probability with
        it; now, the probability under the plan; scenarios, 0 where only the central path is known.

    Raises:
        ValueError: a year that is not projected, or a plan whose rates do not follow a lever.
    """
    plan, case = asked.plan, material.plan.case
    if plan.full or plan.optimised is not None:
        raise ValueError(
            Message("take off the optimised rates, or the levers projected in full, first")
        )
    scheme = plan.scheme or case.schemes[0].name
    first, last = case.base_year + 1, int(material.plan.flows.years[-1])
    if not first <= asked.until <= last:
        raise ValueError(
            Message("%(year)s is not projected, only %(first)s to %(last)s",
                    year=str(asked.until), first=str(first), last=str(last))
        )  # fmt: skip
    lever = "rate" if case.scheme(scheme).kind == "payroll" else "premium"
    step, least, most = STEPS[lever]
    place = case.regions.index(plan.county) if plan.county in case.regions.codes else None

    def kept(request: PlanRequest) -> float:
        run = fund_run(material, request, scheme, pooling_of(case, request))
        years = run.years <= asked.until
        of_county = run.layout.of_county()
        if place is None:
            paths = run.balance[:, years].reshape(len(run.balance), -1)
        else:
            paths = run.balance[:, np.arange(of_county.shape[0]), of_county[:, place]][:, years]
        broken = np.asarray((paths < 0).any(axis=1))
        return float(1.0 - (broken[1:] if len(broken) > 1 else broken).mean())

    def kept_at(steps: int) -> float:
        levers = plan.levers.model_copy(update={lever: round(steps * step, 6)})
        try:
            return kept(plan.model_copy(update={"levers": levers}))
        except ValueError:
            if steps >= 0:
                raise
            return 0.0  # a rate below zero

    change: float | None = None
    low, high, share = least - 1, most, kept_at(most)
    if share >= asked.probability:
        while high - low > 1:
            middle = (low + high) // 2
            here = kept_at(middle)
            if here >= asked.probability:
                high, share = middle, here
            else:
                low = middle
        change = round(high * step, 6)
    chance = material.plan_chance
    return {
        "lever": lever, "change": change, "probability": share, "now": kept(plan),
        "scenarios": 0 if chance is None else len(chance.interest),
    }  # fmt: skip
