"""What the page asks for: a plan as plain data, the same for its address, the API and scripts."""

import hashlib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fundpool.inputs.case import Case

Word = Annotated[str, StringConstraints(max_length=200)]
Growth = Annotated[float, Field(ge=-0.2, le=0.2)]


class Request(BaseModel):
    """Frozen; unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LeverValues(Request):
    """Levers that move stored coefficients.

    Attributes:
        from_year: first year that is changed; the first projected year unless given.
        rate: points added to the contribution rate of payroll schemes.
        premium: relative change of premiums and subsidies of flat schemes.
        care: relative change of the frequency of care.
        medical_inflation, wage_growth, interest: added to the yearly rate.
    """

    from_year: int | None = Field(default=None, ge=1900, le=2300)
    rate: float = Field(default=0.0, ge=-0.2, le=0.2)
    premium: float = Field(default=0.0, ge=-0.9, le=5.0)
    care: float = Field(default=0.0, ge=-0.9, le=5.0)
    medical_inflation: Growth = 0.0
    wage_growth: Growth = 0.0
    interest: Growth = 0.0

    @property
    def moved(self) -> bool:
        """Whether any of them changes anything."""
        return any(
            getattr(self, name) != 0.0 for name in type(self).model_fields if name != "from_year"
        )


class Optimised(Request):
    """That rates and swaps are optimised.

    Attributes:
        months: reserve floor in months of outgo.
        unevenness: weight of unevenness against the mean burden; the case's own unless given.
        swaps: whether pools may swap money.
        one_path: plan on the one path, without a limit on the probability of ruin.
        burden_ceiling, swap_ceiling: of a point of the frontier, which is then what is solved for.
    """

    months: float = Field(default=6.0, ge=0.0, le=60.0)
    unevenness: float | None = Field(default=None, ge=0.0, le=1000.0)
    swaps: bool = True
    one_path: bool = False
    burden_ceiling: float | None = Field(default=None, ge=0.0)
    swap_ceiling: float | None = Field(default=None, ge=0.0)


class PlanRequest(Request):
    """A plan.

    Attributes:
        case: key of an opened case; the one the server was started with unless given.
        scheme: whose funds are shown; the first of the case unless given.
        pooling: plan in its short form; default: that of the policies, else that in force.
        policies: policies that come with the case, in order.
        mobility: added to the yearly growth of moves; needs a projection of its own.
        levers: levers that do not.
        optimised: optimise rates and swaps of the plan's funds.
        county: county whose fund is followed; all funds together unless given.
        full: project the levers as a policy instead of moving stored coefficients.
        values: assumptions by path and the value that ``--set`` would give them, beneath policies.
        stress: what is laid over every plan, the case as it stands included: a policy that holds
            nothing but shocks, or ``high_cost`` or ``low_cost``, the joint alternatives.
        year: year of which figures ``then`` are given.
    """

    case: Word = ""
    scheme: Word = ""
    pooling: Annotated[str, StringConstraints(max_length=4000)] = ""
    policies: tuple[Word, ...] = Field(default=(), max_length=30)
    mobility: float = Field(default=0.0, ge=-0.1, le=0.1)
    levers: LeverValues = Field(default_factory=LeverValues)
    optimised: Optimised | None = None
    county: Word = ""
    full: bool = False
    values: Annotated[dict[Word, float], Field(max_length=40)] = Field(default_factory=dict)
    stress: Word = ""
    year: int | None = Field(default=None, ge=1900, le=2300)

    @property
    def digest(self) -> str:
        """The same for the same request, whatever is looked at in it."""
        text = self.model_copy(update={"county": "", "year": None}).model_dump_json()
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    @property
    def limits_ruin(self) -> bool:
        """Whether rates and swaps are made safe on scenarios, of all schemes together."""
        wanted = self.optimised
        return wanted is not None and not wanted.one_path and wanted.burden_ceiling is None


def pooling_of(case: Case, request: PlanRequest) -> str:
    """The pooling plan that a request asks for, in its short form.

    Args:
        case: the case with the request's policies.
        request: the plan.
    """
    return request.pooling or case.usual_pooling


class ReportRequest(Request):
    """A report of a plan, in a language."""

    plan: PlanRequest
    lang: Literal["en", "zh"] = "en"


class NeededRequest(Request):
    """What keeps a plan's funds above zero to a year, in so large a share of scenarios."""

    plan: PlanRequest
    until: int = Field(ge=1900, le=2300)
    probability: float = Field(default=0.9, gt=0.0, le=1.0)


class FrontierRequest(Request):
    """A frontier of a plan's funds: ``points`` steps of each ceiling."""

    plan: PlanRequest
    points: int = Field(default=4, ge=2, le=8)
