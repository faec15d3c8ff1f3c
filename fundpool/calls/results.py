"""Results in Python: tables, methods that ask further, and a view for notebooks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from fundpool.calls.arguments import folder, of_kind, one_of, scenario_options, whole
from fundpool.calls.notebook import (
    change_html,
    comparison_html,
    effects_html,
    findings_html,
    frontier_html,
    plan_html,
    profile_html,
    projection_html,
    risk_html,
)
from fundpool.calls.wrong_argument import WrongArgumentError
from fundpool.inputs.case import Case
from fundpool.inputs.files.writing import UnwritableError, check_folder
from fundpool.inputs.format.findings import Finding, did_you_mean, findings_as_records
from fundpool.inputs.format.messages import Listed, Message
from fundpool.models.analysis import places as place_profiles
from fundpool.models.analysis import policies as effects
from fundpool.models.analysis.what_if import WhatIf
from fundpool.models.optimiser import frontier as frontiers
from fundpool.models.optimiser import plan as plans
from fundpool.models.optimiser import settlement as settlements
from fundpool.models.optimiser.partition import Partition
from fundpool.models.optimiser.settlement import SettlementTerms
from fundpool.models.projection import comparison as comparisons
from fundpool.models.projection import study as studies
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study
from fundpool.models.risk import solvency
from fundpool.models.scenarios.engines import engine_for
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.terms import scenario_terms
from fundpool.options import Outputs, ScenarioOptions
from fundpool.result_tables import projection_tables, risk_tables

Base = TypeVar("Base")


def made_of(kind: type[Base], base: Any, **more: Any) -> Base:
    """A result of a class with the fields of a result of its base class, and further ones."""
    return kind(**{item.name: getattr(base, item.name) for item in fields(base)}, **more)


@dataclass(frozen=True, repr=False)
class SolvencyRisk(solvency.SolvencyRisk):
    """What scenarios say: tables ``overview``, ``risk``, ``ruin`` and ``fans``."""

    def _repr_html_(self) -> str:
        return risk_html(self)


def scenarios_run(study: Study, plans: Sequence[Any], asked: ScenarioOptions) -> SolvencyRisk:
    """Scenarios of a study under pooling plans.

    Raises:
        CaseError: the case has no section on scenarios.
        ValueError: the scenarios cannot follow what the case or a plan asks for.
    """
    number = 1000 if asked.scenarios is None else asked.scenarios
    whole("scenarios", number, 2)
    risk = solvency.solvency_risk(study, plans, number, asked.seed, engine_for(asked.engine))
    return made_of(SolvencyRisk, risk)


def _asked(scenarios: int | ScenarioOptions, seed: int, engine: str) -> ScenarioOptions:
    """Scenarios as they are asked for: options, or their number with seed and engine."""
    if not isinstance(scenarios, ScenarioOptions):
        scenarios = ScenarioOptions(whole("scenarios", scenarios, 2), seed, engine)
    return scenario_options(scenarios)


@dataclass(frozen=True, repr=False)
class PlaceProfile(place_profiles.PlaceProfile):
    """Why a place's fund differs from the mean of its parent: table ``factors``."""

    def _repr_html_(self) -> str:
        return profile_html(self)


def place_code(case: Case, region: str, scheme: str | None = None) -> str:
    """Code of a place given by code or name; refuses a scheme that the case does not have.

    Raises:
        ValueError: no such place or scheme, or a name that several places have.
    """
    regions = case.regions
    codes = [code for level in case.levels for code in regions.codes_at(level)]
    one_of("scheme", scheme, [item.name for item in case.schemes], optional=True)
    if region in codes:
        return region
    named = regions.codes_named(region)
    if len(named) == 1:
        return named[0]
    hint = did_you_mean(str(region), [*codes, *map(regions.name, codes)])
    expected = Message("a region by code or name. %(hint)s", hint=hint)
    if named:
        expected = Message("one of the codes %(codes)s", codes=Listed.of(named))
    raise WrongArgumentError("region", region, expected)


def profile_of(study: Study, region: str, scheme: str | None) -> PlaceProfile:
    """The profile of a place, given by code or name.

    Raises:
        ValueError: no such place or scheme, or a name that several places have.
    """
    code = place_code(study.case, region, scheme)
    return made_of(PlaceProfile, place_profiles.place_profile(study, code, scheme))


@dataclass(frozen=True, repr=False)
class Projection(studies.Projection):
    """Projected funds under one pooling plan, with what scenarios say of them if any were run.

    Tables: ``funds``, ``measures``, ``overview``, ``evenness``, ``people``, ``ages``,
    ``migrants``, ``settlement``, ``accounts``, ``retiring``, ``calibration``, ``economy``.

    Attributes:
        risk: what scenarios say; None if none were run.
    """

    risk: SolvencyRisk | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table that ``fundpool project`` writes, by name."""
        return projection_tables(self) | risk_tables(self.risk)

    def scenarios(
        self, scenarios: int | ScenarioOptions = 1000, seed: int = 1, engine: str = "local"
    ) -> SolvencyRisk:
        """Run scenarios around the projection.

        Args:
            scenarios: how many, or options with seed and engine of their own.
            seed: of all draws.
            engine: ``local``, ``processes``, ``dask`` or ``dask=ADDRESS``.

        Raises:
            CaseError: the case has no section on scenarios.
            ValueError: fewer than two, or something that scenarios cannot follow.

        Examples:
            >>> import fundpool
            >>> projection = fundpool.project("jiangsu", years=2)
            >>> risk = projection.scenarios(20, seed=7)
            >>> sorted(risk.overview["scheme"])
            ['employee', 'resident']
        """
        return scenarios_run(self.study, [self.plan], _asked(scenarios, seed, engine))

    def profile(self, region: str, scheme: str | None = None) -> PlaceProfile:
        """Why the fund that a place would have of its own differs from the mean of its parent.

        Args:
            region: code or name of a region of any level.
            scheme: its name; default: the first.

        Raises:
            ValueError: no such place or scheme, or a name that several places have.

        Examples:
            >>> import fundpool
            >>> projection = fundpool.project("jiangsu", years=2)
            >>> found = projection.profile(projection.case.regions.codes[0])
            >>> bool(abs(found.factors["contribution"].sum() - found.distance) < 1e-6)
            True
        """
        return profile_of(self.study, region, scheme)

    def what_if(
        self, schemes: str | Sequence[str] | None = None, scenarios: int = 0, seed: int = 1
    ) -> WhatIf:
        """The projection's flows, ready for changed rates, premiums, levies and reserves.

        Args:
            schemes: one or several; default: all.
            scenarios: how many to draw; 0 for the central path.
            seed: of the draws.

        Raises:
            ValueError: no such scheme, or pools that change on the way.

        Examples:
            >>> import fundpool
            >>> from fundpool.models.analysis.what_if import PoolLevers
            >>> projection = fundpool.project("jiangsu", years=2)
            >>> asked = projection.what_if("employee")
            >>> asked.balances(PoolLevers(income_factor=1.1)).shape[:2]  # scenarios, years, pools
            (1, 2)
            >>> from fundpool.models.flows.levers import FlowLevers
            >>> asked.balances(FlowLevers(from_year=2022, care=0.05)).shape[:2]
            (1, 2)
        """
        known = [scheme.name for scheme in self.case.schemes]
        names = [schemes] if isinstance(schemes, str) else list(schemes or known)
        for name in names:
            one_of("schemes", name, known)
        if whole("scenarios", scenarios, 0) == 0:
            return WhatIf([central_paths(self, name) for name in names], self)
        terms = scenario_terms(self.study)
        return WhatIf([
            sampled_paths(self.study, self.plan, name, scenarios, seed, terms=terms)
            for name in names
        ], self)  # fmt: skip

    def _repr_html_(self) -> str:
        return projection_html(self)


@dataclass(frozen=True, repr=False)
class Comparison(comparisons.Comparison):
    """A case under several pooling plans.

    Tables: ``overview``, ``measures``, ``evenness``, ``totals``; ``projections`` by plan.

    Attributes:
        risk: what scenarios say; None if none were run.
        base: the case without its policies, pooled alike; None for a case without policies.
    """

    risk: SolvencyRisk | None = None
    base: "Comparison | None" = None

    def scenarios(
        self, scenarios: int | ScenarioOptions = 1000, seed: int = 1, engine: str = "local"
    ) -> SolvencyRisk:
        """Run scenarios under every plan (:meth:`Projection.scenarios`).

        Examples:
            >>> import fundpool
            >>> levels = fundpool.compare("jiangsu", ["county", "city"], years=1)
            >>> list(dict.fromkeys(levels.scenarios(20).overview["plan"]))
            ['county', 'city']
        """
        plans = [projection.plan for projection in self.projections.values()]
        return scenarios_run(self.study, plans, _asked(scenarios, seed, engine))

    def _repr_html_(self) -> str:
        return comparison_html(self)


@dataclass(frozen=True, repr=False)
class Plan(plans.Plan):
    """Optimised rates and swaps: tables ``rates``, ``swaps``, ``reserves``; ``certificate``.

    Attributes:
        partitions: the chosen pools by scheme; empty where pools were given.
        sensitivity: plans made anew with each assumption changed; empty unless asked for.
        instruments: rates of employers and members, premiums and subsidies a head, by year.
    """

    partitions: tuple[Partition, ...] = ()
    sensitivity: pd.DataFrame = field(default_factory=pd.DataFrame)
    instruments: pd.DataFrame = field(default_factory=pd.DataFrame)

    def settlement(self, year: int, terms: SettlementTerms | None = None) -> pd.DataFrame:
        """A year's swaps by scheme, region and quarter, to the cent, the hub's own rows included.

        Args:
            year: of the plan.
            terms: shares of quarters and advances (``fundpool.models.optimiser.settlement``).

        Raises:
            ValueError: the plan has no such year.

        Examples:
            >>> import fundpool
            >>> projection = fundpool.project("jiangsu", years=1)
            >>> plan = fundpool.optimise(projection, 0, ruin=None)
            >>> table = plan.settlement(int(projection.years[0]))
            >>> bool(table.groupby(["scheme", "part"])["net"].sum().abs().max() < 0.005)
            True
        """
        return settlements.settlement(self, year, terms)

    def write_settlement(
        self, file: Path | str, year: int, terms: SettlementTerms | None = None,
        currency: str = "", lang: str = "en",
    ) -> None:  # fmt: skip
        """The same as a workbook of formulas, in English (``en``) or Chinese (``zh``).

        Raises:
            ValueError: the plan has no such year, or there is no such language.
            OSError: the disk does not take it.

        Examples:
            >>> import fundpool
            >>> projection = fundpool.project("jiangsu", years=1)
            >>> plan = fundpool.optimise(projection, 0, ruin=None)
            >>> plan.write_settlement("settlement.xlsx", int(projection.years[0]))
        """
        from fundpool.languages import LANGUAGES, language
        from fundpool.report.workbook.settlement import SettlementBook, write_settlement

        words = language(one_of("lang", lang, LANGUAGES))
        annual = settlements.annual_swaps(self, year)
        book = SettlementBook(year, currency, annual, terms or SettlementTerms())
        write_settlement(Path(file), book, words)

    def _repr_html_(self) -> str:
        return plan_html(self)


@dataclass(frozen=True, repr=False)
class PolicyEffects(effects.PolicyEffects):
    """What policies change: ``base``, tables ``policies``, ``changes`` and ``endurance``."""

    def _repr_html_(self) -> str:
        return effects_html(self)


class Frontiers(tuple[frontiers.Frontier, ...]):
    """Efficient plans of every scheme; ``table`` holds all."""

    __slots__ = ()

    @property
    def table(self) -> pd.DataFrame:
        """All points, column ``scheme`` first."""
        return frontiers.frontiers_table(self)

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Frontiers: {', '.join(f'{f.scheme} {len(f.points)} points' for f in self)}>"

    def _repr_html_(self) -> str:
        return frontier_html(self)


class Findings(tuple[Finding, ...]):
    """What is wrong with a case: errors, which refuse it, and warnings; empty if nothing is."""

    __slots__ = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those that refuse the case."""
        return tuple(finding for finding in self if finding.severity == "error")

    @property
    def table(self) -> pd.DataFrame:
        """One row a finding: file, row, column, value, expected, mend, severity, message."""
        columns = [*(item.name for item in fields(Finding)), "message"]
        return pd.DataFrame(findings_as_records(self), columns=columns)

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Findings: {len(self.errors)} errors, {len(self) - len(self.errors)} warnings>"

    def _repr_html_(self) -> str:
        return findings_html(self)


@dataclass(frozen=True, repr=False)
class Change:
    """What moved reserves and level rates between two runs.

    Attributes:
        first, second: ids of the runs.
        plan: pooling plan that is compared.
        table: one row a scheme, pool, measure and step
            (:func:`fundpool.models.analysis.change.analysis_of_change`).
    """

    first: str
    second: str
    plan: str
    table: pd.DataFrame

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Change from {self.first} to {self.second}, pooled by {self.plan}>"

    def _repr_html_(self) -> str:
        return change_html(self.table, repr(self))


@dataclass(frozen=True)
class Report:
    """A report that was written.

    Attributes:
        folder: where it lies.
        summary: contents of ``summary.json``.
        messages: what the command said, warnings included.
    """

    folder: Path
    summary: Mapping[str, Any] = field(repr=False)
    messages: tuple[str, ...] = field(default=(), repr=False)

    @property
    def alerts(self) -> pd.DataFrame:
        """Solvency alerts, one row each."""
        return pd.DataFrame(self.summary["alerts"])

    @property
    def failed_outputs(self) -> pd.DataFrame:
        """Files that could not be written, with the reason."""
        return pd.DataFrame(self.summary["failed_outputs"], columns=["file", "reason"])

    def _repr_html_(self) -> str:
        page = self.folder / "report.html"
        return page.read_text(encoding="utf-8") if page.is_file() else f"<p>{self.folder}</p>"


def target_of(outputs: object, expected: str) -> tuple[Path, str] | None:
    """Folder and format of the tables that are asked for; None where nothing is written.

    Args:
        outputs: as given.
        expected: what may be given, in words.

    Raises:
        TypeError: something else than outputs, or no folder is named.
        ValueError: an unknown format.
        OSError: the folder cannot be written to.
    """
    asked = of_kind("outputs", outputs, Outputs, expected)
    if asked.out is None:
        return None
    place = folder("outputs.out", asked.out)
    written = str(one_of("outputs.table_format", asked.table_format, ("parquet", "csv")))
    try:
        check_folder(place)
    except UnwritableError as error:
        raise OSError(str(error)) from None
    return place, written
