"""How far inputs of a case may be off, and how much that weighs: the file ``ranges.toml``."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.mistakes import findings_of
from fundpool.inputs.settings.parameters import Part, Status

FILE = "ranges.toml"


class Range(BaseModel):
    """An input and its range; further keys say what a new build of the case moves.

    Attributes:
        name: the input in words.
        path: of the assumption; empty for an input that only a new build changes.
        low, high: ends of the range; of a path its values.
        mark: published, derived or assumed.
        source: of the value and its range.
        weight: half the distance between the level rates at both ends, per cent of the level
            rate; None where it is not known.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str = Field(min_length=1)
    path: str = ""
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    mark: Status
    source: str = Field(min_length=1)
    weight: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if self.low > self.high:
            raise ValueError(
                Message("low %(low)s is above high %(high)s", low=f"{self.low:g}",
                        high=f"{self.high:g}")
            )  # fmt: skip
        return self


class Ranges(Part):
    """All of ``ranges.toml``."""

    input: tuple[Range, ...] = ()


def read_ranges(contents: Mapping[str, Any]) -> tuple[tuple[Range, ...], list[Finding]]:
    """Ranges of a case from what its file says, none where anything is wrong, and findings."""
    try:
        return Ranges.model_validate(contents).input, []
    except ValidationError as error:
        return (), findings_of(error, FILE, Ranges)


def range_findings(ranges: Iterable[Range], known: tuple[str, ...]) -> list[Finding]:
    """Ranges of what is no assumption of the case, or given twice."""
    findings, seen = [], []
    for number, entry in enumerate(ranges):
        if not entry.path:
            continue
        place = f"input.{number}.path"
        if entry.path not in known:
            findings.append(
                Finding.of_setting(FILE, place, entry.path, Message("the path of an assumption"),
                                   did_you_mean(entry.path, known))
            )  # fmt: skip
        elif entry.path in seen:
            findings.append(
                Finding.of_setting(FILE, place, entry.path, Message("each assumption once"),
                                   Message("Remove one of them."))
            )  # fmt: skip
        seen.append(entry.path)
    return findings
