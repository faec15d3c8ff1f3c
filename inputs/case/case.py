"""A case that was read and checked, ready to be projected."""

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.inputs.case.assembly import (
    regional_schemes,
    settings_and_schemes,
)
from fundpool.inputs.case.assumptions import assumption_table, parameters, source_table
from fundpool.inputs.case.policies import (
    Shock,
    against_findings,
    changed_rules,
    laid_over,
    plan_findings,
    policy_contents,
    read_policy,
    shock_findings,
    year_findings_of_policy,
)
from fundpool.inputs.checks import tables as checks
from fundpool.inputs.checks.benefits import benefits_together_findings
from fundpool.inputs.checks.boundaries import Ring
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.levers import (
    idle_findings,
    is_lever,
    rule_of_region,
    rule_of_region_findings,
    set_value,
    with_rule_of_region,
)
from fundpool.inputs.rules.rule_findings import base_findings
from fundpool.inputs.rules.schemes import Scheme
from fundpool.inputs.settings.parameters import Parameter
from fundpool.inputs.settings.ranges import Range
from fundpool.inputs.settings.sections import Settings


@dataclass(frozen=True)
class Case:
    """A checked case.

    Attributes:
        settings: contents of case.toml.
        schemes: its schemes, in the order of case.toml.
        tables: typed tables by name; ``source`` and ``status`` of every row filled in.
        regions: the region tree.
        inputs_sha256: digest of the contents, changes included; the same for a folder and a
            workbook that say the same.
        origin: folder, workbook or bundled name it came from.
        input_digests: SHA-256 of every part that was read, by its name.
        policies: names of the policies laid over it, in order.
        pooling: pooling plan of the last of them that has one; None if none has.
        shocks: shocks of these policies.
        policy_texts: contents of the policy files that come with the case.
        laid_over: contents of the policies laid over it, in order.
        before: the case before the first policy was laid over it; None without policies.
        warnings: what was found and does not refuse the case.
        ranges: how far inputs may be off, where the case says so.
        boundaries: rings of regions by code, where the case has a file of them.
    """

    settings: Settings
    schemes: tuple[Scheme, ...]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    regions: RegionTree = field(repr=False)
    inputs_sha256: str
    origin: str
    input_digests: Mapping[str, str] = field(repr=False)
    _settings_text: Mapping[str, Any] = field(repr=False)
    _scheme_texts: Mapping[str, Mapping[str, Any]] = field(repr=False)
    policies: tuple[str, ...] = ()
    pooling: str | None = None
    shocks: tuple[Shock, ...] = ()
    policy_texts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    laid_over: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    before: "Case | None" = field(default=None, repr=False)
    warnings: tuple[Finding, ...] = field(default=(), repr=False)
    ranges: tuple[Range, ...] = field(default=(), repr=False)
    boundaries: Mapping[str, tuple[Ring, ...]] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        """What it is, in a line."""
        schemes = ", ".join(scheme.name for scheme in self.schemes)
        over = f", with {', '.join(self.policies)}" if self.policies else ""
        regions = f"{len(self.regions.codes)} regions"
        return f"<Case {self.name}, base year {self.base_year}: {regions}, {schemes}{over}>"

    @property
    def reference(self) -> "Case":
        """The case whose base year was observed: itself without policies."""
        return self if self.before is None else self.before

    @property
    def name(self) -> str:
        """Short name."""
        return self.settings.name

    @property
    def title(self) -> str:
        """Name for readers."""
        return self.settings.title

    @property
    def currency(self) -> str:
        """Currency of all money."""
        return self.settings.currency

    @property
    def base_year(self) -> int:
        """The last year that is observed."""
        return self.settings.base_year

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels of the region tree, lowest first."""
        return tuple(self.settings.levels)

    @property
    def second_level(self) -> str:
        """The level above the lowest; the lowest where it is the only one."""
        return self.regions.second_level

    @property
    def usual_pooling(self) -> str:
        """The pooling plan where none is asked for: that of its policies, or that in force."""
        return self.pooling or self.pooling_in_force

    @property
    def pooling_in_force(self) -> str:
        """The pooling in force as a plan in its short form; the lowest level if none is stated."""
        names = [scheme.name for scheme in self.schemes]
        return self.settings.pooling.plan_in_force(names, self.levels[0])

    @property
    def usual_plans(self) -> tuple[str, ...]:
        """The pooling plans compared where none are asked for: in force, every level, policies'."""
        return tuple(dict.fromkeys((self.pooling_in_force, *self.levels, self.usual_pooling)))

    @property
    def services(self) -> tuple[str, ...]:
        """Service classes; the first is outpatient care."""
        return tuple(self.settings.services)

    def scheme(self, name: str) -> Scheme:
        """A scheme by name; KeyError if there is none.

        >>> import fundpool
        >>> fundpool.read_case("jiangsu").scheme("employee").name
        'employee'
        """
        return self.schemes[self.scheme_number(name)]

    def scheme_number(self, name: str) -> int:
        """Place of a scheme in ``schemes``, and on the axis of schemes of every array.

        Raises:
            KeyError: no such scheme.

        >>> import fundpool
        >>> fundpool.read_case("jiangsu").scheme_number("resident")
        1
        """
        for number, scheme in enumerate(self.schemes):
            if scheme.name == name:
                return number
        raise KeyError(f"{self.name} has no scheme {name!r}")

    def value(self, path: str, year: int | None = None) -> float:
        """An assumption of case.toml, such as ``economy.wage_growth``.

        Args:
            path: section and name.
            year: a year whose own value counts where one is listed.

        Raises:
            KeyError: no such assumption.

        >>> import fundpool
        >>> 0 < fundpool.read_case("jiangsu").value("economy.medical_inflation") < 1
        True
        """
        here: Any = self.settings
        for part in path.split("."):
            here = getattr(here, part, None)
        if not isinstance(here, Parameter):
            raise KeyError(f"{self.name} has no assumption {path!r}")
        return here.at(year)

    def with_values(self, values: Mapping[str, float], levers_since: int | None = None) -> "Case":
        """The same case with other assumptions.

        Args:
            values: new value by path: ``economy.medical_inflation``, or of a scheme's rule,
                ``schemes.employee.rules.employer_rate``, or of a region and all that lies in it,
                ``schemes.resident.rules.premium.320100``. Values of single years are dropped.
            levers_since: year from which changed levers (rules of schemes, participation) hold.
                None is throughout, the base year included: participation is relative to the base
                year, and a case with published totals is calibrated anew, so that they cancel.

        Raises:
            CaseError: an unknown path, a value out of range, or one that no region follows.

        >>> import fundpool
        >>> low = fundpool.read_case("jiangsu").with_values({"economy.interest": 0.03})
        >>> low.value("economy.interest")
        0.03
        """
        settings = copy.deepcopy(dict(self._settings_text))
        texts = {name: copy.deepcopy(dict(text)) for name, text in self._scheme_texts.items()}
        known = self.paths()
        items = dict(parameters(self))
        tables = dict(self.tables)
        findings = idle_findings(self.schemes, values, self.base_year, "--set")
        for path, value in values.items():
            if rule := rule_of_region(path, known):
                files = {scheme.name: scheme.file for scheme in self.schemes}
                findings += rule_of_region_findings(rule, value, self.regions, files)
                tables["scheme_rules"] = with_rule_of_region(
                    tables["scheme_rules"], self.regions, rule, value,
                    self.base_year if levers_since is None else levers_since,
                )  # fmt: skip
                continue
            if path not in known:
                findings.append(
                    Finding.of_setting("--set", path, None, Message("the path of an assumption"),
                                       did_you_mean(path, known))
                )  # fmt: skip
                continue
            file = texts[path.split(".")[1]] if path.startswith("schemes.") else settings
            stated = items[path].model_dump() if isinstance(items[path], Parameter) else None
            set_value(file, path, value, stated, levers_since if is_lever(path) else None)
        if findings:
            raise CaseError(findings)
        changes = ";".join([f"{path}={value!r}" for path, value in sorted(values.items())])
        changes += "" if levers_since is None else f";{levers_since}"
        digest = hashlib.sha256(f"{self.inputs_sha256};{changes}".encode()).hexdigest()
        made, files = settings_and_schemes(settings, texts)
        schemes = regional_schemes(made, files, tables, self.regions)
        findings = base_findings(schemes, made.base_year, tables["economy"], "--set")
        if findings:
            raise CaseError(findings)
        return replace(
            self, settings=made, schemes=schemes,
            tables=tables, inputs_sha256=digest, _settings_text=settings, _scheme_texts=texts,
        )  # fmt: skip

    def with_policies(self, names: Iterable[str | Path]) -> "Case":
        """The same case with policies laid over it, one after the other.

        Args:
            names: policies that come with the case, by name, or policy files.

        Raises:
            CaseError: a policy that does not exist, or that the case cannot follow.

        >>> import fundpool
        >>> case = fundpool.read_case("jiangsu")
        >>> case.with_policies(sorted(case.policy_texts)[:1]).policies == ()
        False
        """
        case = self
        for name in names:
            case = case.with_policy_text(*policy_contents(name, self.policy_texts))
        return case

    def with_policy_text(self, file: str, contents: Mapping[str, Any]) -> "Case":
        """The case with a policy from what its file says; the file is named in findings.

        >>> import fundpool
        >>> case = fundpool.read_case("jiangsu")
        >>> name, contents = sorted(case.policy_texts.items())[0]
        >>> case.with_policy_text(f"{name}.toml", contents).policies == ()
        False
        """
        policy = read_policy(file, contents)
        if policy.name in self.policies:
            mend = Message("Name it once, or rename one of the two (the file and its key name).")
            once = Message("each policy once")
            raise CaseError([Finding.of_setting("--policy", None, policy.name, once, mend)])
        settings, texts = laid_over(policy, self._settings_text, self._scheme_texts)
        made, files = settings_and_schemes(settings, texts, file)
        shocks = (*self.shocks, *policy.shocks)
        findings = checks.status_findings(files, file)
        findings += benefits_together_findings(files, made.mergers, file)
        findings += year_findings_of_policy(made, files, file)
        findings += checks.regime_findings(made, self.tables["treatment"], files, file)
        findings += shock_findings(shocks, self.regions, made, file)
        findings += plan_findings(policy, made, file)
        findings += against_findings(policy, self.policy_texts, file)
        findings += idle_findings(self.schemes, changed_rules(policy), self.base_year, file)
        schemes = regional_schemes(made, files, self.tables, self.regions)
        findings += base_findings(schemes, made.base_year, self.tables["economy"], file)
        if findings:
            raise CaseError(findings)
        text = json.dumps(contents, sort_keys=True, default=str)
        digest = hashlib.sha256(f"{self.inputs_sha256};{file};{text}".encode()).hexdigest()
        return replace(
            self, settings=made, schemes=schemes,
            inputs_sha256=digest, policies=(*self.policies, policy.name), shocks=shocks,
            pooling=policy.pooling or self.pooling, before=self.reference,
            laid_over=(*self.laid_over, contents),
            _settings_text=settings, _scheme_texts=texts,
        )  # fmt: skip

    def paths(self) -> tuple[str, ...]:
        """Paths of everything :meth:`with_values` can change and a result depends on.

        >>> import fundpool
        >>> "economy.medical_inflation" in fundpool.read_case("jiangsu").paths()
        True
        """
        return tuple(
            path
            for path, value in parameters(self)
            if not isinstance(value, str) and "_published." not in path
        )

    def assumptions(self) -> pd.DataFrame:
        """Every assumption with value, unit, source, status and note, in a fixed order.

        >>> import fundpool
        >>> list(fundpool.read_case("jiangsu").assumptions().columns)
        ['path', 'value', 'unit', 'source', 'status', 'note']
        """
        return assumption_table(self)

    def table_sources(self) -> pd.DataFrame:
        """Every table with its rows, source, status and note.

        >>> import fundpool
        >>> list(fundpool.read_case("jiangsu").table_sources().columns)
        ['table', 'rows', 'source', 'status', 'note']
        """
        return source_table(self)
