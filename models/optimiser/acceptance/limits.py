"""Limits that regions are to accept a plan by; plain data, to compare.

A leaf of the package: the policy carries them, so that the program and the second statement of its
limits both see them.
"""

from dataclasses import dataclass

from fundpool.models.axes.arrays import FloatArray


@dataclass(frozen=True)
class PaidLimit:
    """Most that a scheme's funds may collect in some years.

    Attributes:
        scheme: name of the scheme.
        first, last: years, counted from 0, the last included.
        money: present value by fund, ``p`` amounts.
    """

    scheme: str
    first: int
    last: int
    money: tuple[float, ...]

    @classmethod
    def of(cls, scheme: str, first: int, last: int, money: FloatArray) -> "PaidLimit":
        """That of an array, ``(p,)``."""
        return cls(scheme, first, last, tuple(money.tolist()))


@dataclass(frozen=True)
class CoalitionLimit:
    """Most that some of a scheme's funds may collect together, over the plan.

    Attributes:
        scheme: name of the scheme.
        member: whether each fund belongs to the coalition, ``p`` of them.
        money: present value, what they would pay as one fund.
    """

    scheme: str
    member: tuple[bool, ...]
    money: float


@dataclass(frozen=True)
class IncomeLine:
    """Which of a scheme's funds count as poorer.

    Attributes:
        scheme: name of the scheme.
        poorer: whether each fund lies below the line, ``p`` of them.
        income: disposable income a head at the line.
    """

    scheme: str
    poorer: tuple[bool, ...]
    income: float
