"""Assumptions as they stand in a settings file: a value with its unit, source and status."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fundpool.inputs.format.messages import Listed, Message

Status = Literal["published", "derived", "assumed"]


class Part(BaseModel):
    """A part of a settings file: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True)


class Parameter(Part):
    """One assumption.

    Attributes:
        value: what holds unless a year is listed.
        by_year: values of single years.
        unit, source, status, note: where it comes from.
    """

    value: float
    by_year: dict[int, float] = Field(default_factory=dict)
    unit: str = ""
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    def at(self, year: int | None) -> float:
        """The value of a year: the year's own if listed, else ``value``."""
        return self.value if year is None else self.by_year.get(year, self.value)

    def since(self, year: int | None) -> float:
        """The value in force: that of the latest listed year not after ``year``."""
        begun = [listed for listed in self.by_year if year is not None and listed <= year]
        return self.by_year[max(begun)] if begun else self.value


def named_between(name: str, number: float, least: float, most: float) -> None:
    """Refuse a number of a table of numbers by name that lies out of a range.

    Raises:
        ValueError: it does.
    """
    if not least <= number <= most:
        raise ValueError(
            Message("%(name)s: %(number)s is not a number from %(least)s to %(most)s",
                    name=name, number=f"{number:g}", least=f"{least:g}", most=f"{most:g}")
        )  # fmt: skip


def between(least: float, most: float) -> Callable[[Parameter], Parameter]:
    """A check that every value of a parameter lies in a range."""

    def check(parameter: Parameter) -> Parameter:
        for number in (parameter.value, *parameter.by_year.values()):
            if not least <= number <= most:
                raise ValueError(
                    Message("%(number)s is not a number from %(least)s to %(most)s",
                            number=f"{number:g}", least=f"{least:g}", most=f"{most:g}")
                )  # fmt: skip
        return parameter

    return check


def throughout(parameter: Parameter) -> Parameter:
    """A check that a parameter lists no single years, where none can have an effect."""
    if parameter.by_year:
        raise ValueError(
            Message("it holds throughout: give one value and take by_year out (years listed: "
                    "%(years)s)", years=Listed.of(sorted(parameter.by_year)))
        )  # fmt: skip
    return parameter


def single(least: float, most: float) -> Callable[[Parameter], Parameter]:
    """A check of a parameter that holds throughout and lies in a range."""
    inside = between(least, most)
    return lambda parameter: inside(throughout(parameter))


def whole(least: int, most: int) -> Callable[[Parameter], Parameter]:
    """A check of a whole number that holds throughout and lies in a range."""
    inside = single(least, most)

    def check(parameter: Parameter) -> Parameter:
        if inside(parameter).value != round(parameter.value):
            raise ValueError(
                Message("%(number)s is not a whole number", number=f"{parameter.value:g}")
            )
        return parameter

    return check


Growth = Annotated[Parameter, AfterValidator(between(-0.5, 1.0))]
Share = Annotated[Parameter, AfterValidator(between(0.0, 1.0))]
Hazard = Annotated[Parameter, AfterValidator(between(0.0, 20.0))]
Years = Annotated[Parameter, AfterValidator(between(0.01, 100.0))]
Count = Annotated[Parameter, AfterValidator(single(0.0, 1200.0))]
WholeYears = Annotated[Parameter, AfterValidator(whole(1, 100))]
FixedShare = Annotated[Parameter, AfterValidator(single(0.0, 1.0))]
FixedGrowth = Annotated[Parameter, AfterValidator(single(-0.5, 1.0))]
Multiple = Annotated[Parameter, AfterValidator(single(0.0, 100.0))]
