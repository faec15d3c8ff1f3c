"""The section ``pooling`` of case.toml: the pooling in force, and what other pooling changes."""

from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.parameters import Parameter, Part, Status, named_between, single


def _within(least: float, most: float) -> Callable[[dict[str, float]], dict[str, float]]:
    def check(values: dict[str, float]) -> dict[str, float]:
        for name, number in values.items():
            named_between(name, number, least, most)
        return values

    return check


class ByLevel(Part):
    """A relative change for some levels of the region tree, as a fraction: 0.05 for 5 %."""

    values: Annotated[dict[str, float], AfterValidator(_within(-0.95, 1.0))]
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    def value_of(self, level: str) -> float:
        """The number of a level; 0 where none is given."""
        return self.values.get(level, 0.0)


class Effect(ByLevel):
    """A relative change for some levels, of all schemes or of those that it was measured on."""

    schemes: Annotated[list[str], Field(min_length=1)] | None = None

    def of(self, level: str, scheme: str | None = None) -> float:
        """The number of a level for a scheme; 0 where the effect does not hold for it.

        Args:
            level: name of the level.
            scheme: name; None for one that the effect holds for.
        """
        elsewhere = scheme is not None and self.schemes is not None and scheme not in self.schemes
        return 0.0 if elsewhere else self.value_of(level)


class CostByLevel(ByLevel):
    """A sum of money for some levels of the region tree."""

    values: Annotated[dict[str, float], AfterValidator(_within(0.0, 1e15))]


class PoolingInForce(Part):
    """The level at which each scheme's funds are held when the case is valued.

    Attributes:
        values: level by scheme; a scheme that is not named has the lowest level.
        source, status, note: where it comes from.
    """

    unit: ClassVar[str] = ""
    values: dict[str, str]
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Pooling(Part):
    """What pooling itself changes, and what it costs to run pools and to rescue them.

    The ``_published`` estimates stand beside the assumptions: comparisons of pooling levels show
    the results with none of them, half and all; no other result follows from them.
    """

    moral_hazard: Effect
    moral_hazard_published: Effect | None = None
    administration_per_pool: CostByLevel | None = None
    rescue_price: Annotated[Parameter, AfterValidator(single(0.0, 100.0))] | None = None
    collection_effort: Effect | None = None
    collection_effort_published: Effect | None = None
    in_force: PoolingInForce | None = None

    def plan_in_force(self, schemes: Sequence[str], lowest: str) -> str:
        """The pooling in force as a plan in its short form; by ``lowest`` where none is stated.

        A level that holds for every scheme stands alone; else the first scheme's comes first and
        the schemes that differ from it follow, as in ``city,rural_cooperative:county``.

        Args:
            schemes: names of the schemes that stand, in order.
            lowest: lowest level of the case, which schemes have that are not named.
        """
        stated = {} if self.in_force is None else self.in_force.values
        levels = [stated.get(scheme, lowest) for scheme in schemes]
        apart = [
            f"{scheme}:{level}"
            for scheme, level in zip(schemes, levels, strict=True)
            if level != levels[0]
        ]
        return ",".join([levels[0], *apart])


def pooling_findings(
    pooling: Pooling, levels: Sequence[str], schemes: Sequence[str], file: str
) -> list[Finding]:
    """Levels and schemes that the case does not have.

    Args:
        pooling: the section.
        levels: of the case.
        schemes: of the case, optional ones included.
        file: name of the file, as findings say it.
    """
    a_level, a_scheme = Message("a level of the case"), Message("a scheme of the case")

    def unknown(path: str, name: str, expected: Message, known: Sequence[str]) -> Finding:
        return Finding.of_setting(file, path, name, expected, did_you_mean(name, known))

    findings = []
    for kind in type(pooling).model_fields:
        part = getattr(pooling, kind)
        if isinstance(part, ByLevel):
            findings += [
                unknown(f"pooling.{kind}.values.{level}", level, a_level, levels)
                for level in part.values
                if level.removesuffix(" adjustment fund") not in levels
            ]
        if isinstance(part, Effect):
            findings += [
                unknown(f"pooling.{kind}.schemes", scheme, a_scheme, schemes)
                for scheme in part.schemes or ()
                if scheme not in schemes
            ]
    stated = {} if pooling.in_force is None else pooling.in_force.values
    for scheme, level in stated.items():
        path = f"pooling.in_force.values.{scheme}"
        if scheme not in schemes:
            findings.append(unknown(path, scheme, a_scheme, schemes))
        if level not in levels:
            findings.append(unknown(path, level, a_level, levels))
    return findings
