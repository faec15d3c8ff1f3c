"""The own check of an aggregate loss on a lattice: is it the distribution it stands for?"""

from dataclasses import astuple, dataclass

LIMITS = (1e-6, 1e-3, 1e-2, 5e-2)
"""Largest errors of each kind with which an aggregate loss counts as computed."""


@dataclass(frozen=True)
class AggregateCheck:
    """Errors of an aggregate loss, or the largest of several.

    >>> AggregateCheck().passed, AggregateCheck(truncated=0.01).passed
    (True, False)

    Attributes:
        probabilities: by which probabilities exceed one together.
        truncated: probability beyond the end of the lattice.
        mean: relative error of the mean.
        deviation: relative error of the standard deviation.
    """

    probabilities: float = 0.0
    truncated: float = 0.0
    mean: float = 0.0
    deviation: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether every error is within its limit; a number that is none is not."""
        return all(error <= most for error, most in zip(astuple(self), LIMITS, strict=True))

    def worst_with(self, other: "AggregateCheck") -> "AggregateCheck":
        """The larger error of each kind."""
        return AggregateCheck(*map(max, astuple(self), astuple(other)))

    def record(self) -> dict[str, float | bool]:
        """As plain data."""
        return {
            "passed": self.passed, "probabilities": self.probabilities,
            "truncated": self.truncated, "mean": self.mean, "deviation": self.deviation,
        }  # fmt: skip
