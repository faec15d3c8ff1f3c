"""What a case already says that a fit needs: counties, services, relativities, prices, classes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.vocabulary import SEXES, STATUSES
from fundpool.inputs.records.bands import FIVE_YEARS
from fundpool.inputs.tidy.places import Places, places_of

CLASS_STARTS = (0, 15, 60)
"""First ages of classes of severity where no case has others."""


RELATIVITY = ("factor", "level", "service", "relativity")
SEVERITY = ("service", "age_from", "family", "cv")


@dataclass(frozen=True)
class PriorCase:
    """Settings and tables of a case.

    Attributes:
        places: its regions.
        services: its service classes; empty without a case.
        base_year: its base year; None without a case.
        inflation: yearly growth of medical prices.
        relativities: of claim frequency, by factor, level and service.
        prices: price level by county.
        class_starts: first ages of its classes of severity.
        coverage_starts: first ages of its bands of coverage by sex.
        severities: family and variation by service and first age; None without such a table.
        kinds: coverage status that each status named by the case is a part of.
    """

    places: Places = field(default_factory=Places)
    services: tuple[str, ...] = ()
    base_year: int | None = None
    inflation: float = 0.0
    relativities: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    class_starts: tuple[int, ...] = CLASS_STARTS
    coverage_starts: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: dict.fromkeys(SEXES, FIVE_YEARS)
    )
    severities: Mapping[tuple[str, int], tuple[str, float]] | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def statuses(self) -> tuple[str, ...]:
        """What a member's status may be: kinds that are not divided, and names of the others."""
        divided = set(self.kinds.values())
        return (*(kind for kind in STATUSES if kind not in divided), *self.kinds)


def prior_of(case: RawCase | None) -> PriorCase:
    """What a case says; nothing without one."""
    if case is None:
        return PriorCase()
    settings = case.settings or {}
    levels = settings.get("levels") or [""]
    economy = settings.get("economy", {})
    severity = _numbered(case, "severity", ("age_from", "cv"))
    starts = sorted({int(age) for age in severity["age_from"]}) if len(severity) else []
    coverage = _numbered(case, "coverage", ("age_from",))
    bands = {
        sex: tuple(sorted({int(age) for age in coverage.loc[coverage["sex"] == sex, "age_from"]}))
        for sex in SEXES
    } if len(coverage) else {}  # fmt: skip
    relativities = _numbered(case, "relativities", ("relativity",))
    prices = _numbered(case, "economy", ("price_level",))
    regions = case.tables.get("regions")
    return PriorCase(
        places=places_of(regions.cells if regions is not None else None, str(levels[0])),
        services=tuple(settings.get("services", ())),
        base_year=settings.get("base_year"),
        inflation=float(economy.get("medical_inflation", {}).get("value", 0.0)),
        kinds={
            str(name): str(status.get("kind", ""))
            for name, status in settings.get("statuses", {}).items()
            if isinstance(status, Mapping)
        },
        relativities={
            (str(factor), str(level), str(service)): float(relativity)
            for factor, level, service, relativity in zip(
                *(relativities[name].tolist() for name in RELATIVITY), strict=True
            )
        } if len(relativities) else {},
        prices=dict(
            zip(prices["region"].astype(str).tolist(), prices["price_level"].tolist(), strict=True)
        ) if len(prices) else {},
        class_starts=tuple(starts) or CLASS_STARTS,
        coverage_starts={sex: bands.get(sex) or FIVE_YEARS for sex in SEXES},
        severities={
            (str(service), int(age)): (str(family), float(cv))
            for service, age, family, cv in zip(
                *(severity[name].tolist() for name in SEVERITY), strict=True
            )
        } if len(severity) else None,
    )  # fmt: skip


def _numbered(case: RawCase, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows of a table with numbers in some columns; none where it is missing or a cell is none."""
    table = case.tables.get(name)
    if table is None or not set(columns) <= set(table.cells.columns):
        return pd.DataFrame(columns=list(columns))
    cells = table.cells.copy()
    for column in columns:
        cells[column] = pd.to_numeric(cells[column], errors="coerce")
    return cells.dropna(subset=list(columns))
