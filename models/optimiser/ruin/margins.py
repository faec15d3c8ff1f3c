"""Money that funds hold against deviations from the path they are planned on.

A leaf of the package: the policy carries margins, so that the program and the second statement of
its limits both see them.
"""

from dataclasses import dataclass

from fundpool.models.axes.arrays import FloatArray


@dataclass(frozen=True)
class Margin:
    """Least balances of a scheme's funds, beside the floor in months; plain data, to compare.

    Attributes:
        scheme: name of the scheme.
        money: by year and fund, ``T`` tuples of ``p`` amounts; zero where there is none.
    """

    scheme: str
    money: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, scheme: str, money: FloatArray) -> "Margin":
        """Those of an array, ``(T, p)``."""
        return cls(scheme, tuple(tuple(row) for row in money.tolist()))
