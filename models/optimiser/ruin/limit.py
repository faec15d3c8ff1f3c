"""The limit on the probability of a balance below zero, and what came of it."""

from dataclasses import asdict, dataclass

from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import IntArray


@dataclass(frozen=True)
class RuinLimit:
    """Probability that a fund's balance is below zero at the end of some year.

    Attributes:
        most: largest probability.
        by: last year that counts.
        joint: whether it is that of any fund of any scheme, not of each.
    """

    most: float
    by: int
    joint: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no probability."""
        if not 0.0 < self.most < 1.0:
            raise ValueError(f"the probability of ruin {self.most:g} must lie between 0 and 1")

    def span(self, years: IntArray) -> int:
        """How many of the years, ``(T,)`` in order, count."""
        return int((years <= self.by).sum())


@dataclass(frozen=True)
class FundRuin:
    """Probabilities of one fund: on the scenarios planned on, and on fresh ones."""

    scheme: str
    pool: str
    name: str
    in_sample: float
    out_of_sample: float


@dataclass(frozen=True)
class Probability:
    """Shares of scenarios with a balance below zero by the last year.

    Attributes:
        limit: what was asked for.
        in_sample, out_of_sample: that of the worst fund, or that of any fund, on the scenarios
            planned on and on fresh ones; None where there is no plan to try.
        scenarios, scenarios_in_sample: how many fresh ones, and how many planned on.
        standard_error: of ``out_of_sample``, were it at the limit.
        funds: each fund's.
        safe: whether the limit is kept: in sample, and on fresh scenarios to two standard errors.
        sentence: what there is to say.
    """

    limit: RuinLimit
    in_sample: float | None
    out_of_sample: float | None
    scenarios: int
    scenarios_in_sample: int
    standard_error: float
    funds: tuple[FundRuin, ...]
    safe: bool
    sentence: Message

    def record(self) -> dict[str, object]:
        """As plain data."""
        return {
            "limit": self.limit.most,
            "by": self.limit.by,
            "joint": self.limit.joint,
            "in_sample": self.in_sample,
            "out_of_sample": self.out_of_sample,
            "scenarios": self.scenarios,
            "scenarios_in_sample": self.scenarios_in_sample,
            "standard_error": self.standard_error,
            "safe": self.safe,
            "sentence": self.sentence,
            "funds": [asdict(fund) for fund in self.funds],
        }
