"""A case: read, checked, and ready to be projected."""

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from inputs import checks
from inputs.bundled import case_path
from inputs.columns import typed_table
from inputs.findings import CaseError, Finding, did_you_mean
from inputs.regions import RegionTree, region_tree, tree_findings
from inputs.schemes import Scheme, SchemeFile, read_scheme, scheme_overrides
from inputs.settings import Parameter, Settings, read_settings, unknown_paths
from inputs.sources import RawCase, read_raw
from inputs.tables import TABLE_OF, TABLES

ASSUMPTION_COLUMNS = ("path", "value", "unit", "source", "status", "note")


@dataclass(frozen=True)
class Case:
    """A checked case.

    Attributes:
        settings: contents of case.toml.
        schemes: its schemes, in the order of case.toml.
        tables: typed tables by name; ``source`` and ``status`` of every row filled in.
        regions: the region tree.
        inputs_sha256: digest of everything that was read, changes included.
        origin: folder, workbook or bundled name it came from.
        input_digests: SHA-256 of every part that was read, by its name.
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
    def services(self) -> tuple[str, ...]:
        """Service classes; the first is outpatient care."""
        return tuple(self.settings.services)

    def scheme(self, name: str) -> Scheme:
        """A scheme by name.

        Raises:
            KeyError: no such scheme.
        """
        for scheme in self.schemes:
            if scheme.name == name:
                return scheme
        raise KeyError(f"{self.name} has no scheme {name!r}")

    def value(self, path: str, year: int | None = None) -> float:
        """An assumption of case.toml, such as ``economy.wage_growth``.

        Args:
            path: section and name.
            year: a year whose own value counts where one is listed.

        Raises:
            KeyError: no such assumption.
        """
        here: Any = self.settings
        for part in path.split("."):
            here = getattr(here, part, None)
        if not isinstance(here, Parameter):
            raise KeyError(f"{self.name} has no assumption {path!r}")
        return here.at(year)

    def with_values(self, values: Mapping[str, float]) -> "Case":
        """The same case with other assumptions.

        Args:
            values: new value by path: ``economy.medical_inflation``, or of a scheme's rule,
                ``schemes.employee.rules.employer_rate``. Values of single years are dropped.

        Raises:
            CaseError: an unknown path, or a value out of range.
        """
        settings = copy.deepcopy(dict(self._settings_text))
        texts = {name: copy.deepcopy(dict(text)) for name, text in self._scheme_texts.items()}
        findings = []
        known = self.paths()
        for path, value in values.items():
            if path not in known:
                findings.append(
                    Finding("--set", None, path, None, "the path of an assumption",
                            did_you_mean(path, known))
                )  # fmt: skip
                continue
            parts = path.split(".")
            here: Any = settings
            if parts[0] == "schemes":
                here, parts = texts[parts[1]], parts[2:]
            for part in parts[:-1]:
                here = here[part]
            last = here[parts[-1]]
            if isinstance(last, dict):
                last.pop("by_year", None)
                last.update(value=value, source="set by the user", status="assumed")
            else:
                here[parts[-1]] = value
        if findings:
            raise CaseError(findings)
        changes = ";".join(f"{path}={value!r}" for path, value in sorted(values.items()))
        digest = hashlib.sha256(f"{self.inputs_sha256};{changes}".encode()).hexdigest()
        made, files = _settings_and_schemes(settings, texts)
        schemes = tuple(replace(scheme, file=files[scheme.name]) for scheme in self.schemes)
        return replace(
            self, settings=made, schemes=schemes, inputs_sha256=digest,
            _settings_text=settings, _scheme_texts=texts,
        )  # fmt: skip

    def paths(self) -> tuple[str, ...]:
        """Paths of everything :meth:`with_values` can change."""
        return tuple(path for path, value in self._parameters() if not isinstance(value, str))

    def _parameters(self) -> list[tuple[str, Any]]:
        """Every assumption with its path: parameters, and bare numbers beside a source."""
        listed: list[tuple[str, Any]] = []
        for section in ("economy", "mobility", "coverage", "solvency", "pooling"):
            part = getattr(self.settings, section)
            for name in type(part).model_fields:
                listed += _flattened(f"{section}.{name}", getattr(part, name))
        for scheme in self.schemes:
            for name, rule in scheme.file.rules.items():
                listed.append((f"schemes.{scheme.name}.rules.{name}", rule))
            penalty = scheme.file.settlement.offsite_penalty
            listed.append((f"schemes.{scheme.name}.settlement.offsite_penalty", penalty))
        return listed

    def assumptions(self) -> pd.DataFrame:
        """Every assumption with value, unit, source, status and note, in a fixed order."""
        rows: list[tuple[object, ...]] = []
        for path, item in self._parameters():
            if isinstance(item, Parameter):
                rows.append((path, item.value, item.unit, item.source, item.status, item.note))
                rows += [
                    (f"{path} ({year})", value, item.unit, item.source, item.status, item.note)
                    for year, value in sorted(item.by_year.items())
                ]
            elif path.startswith("mobility.schedule."):
                form = self.settings.mobility.schedule
                rows.append((path, item, "", form.source, form.status, form.note))
            else:
                kind = path.split(".")[1]
                own = getattr(self.settings.pooling, kind)
                rows.append((path, item, "share", own.source, own.status, own.note))
        for scheme in self.schemes:
            file, lead = scheme.file, f"schemes.{scheme.name}"
            for service, benefit in file.benefits.items():
                bands = "; ".join(f"{rate:.0%} above {start:,.0f}" for start, rate in benefit.bands)
                text = (
                    f"deductible {benefit.deductible:,.0f}; {bands}; ceiling {benefit.ceiling:,.0f}"
                )
                rows.append(
                    (f"{lead}.benefits.{service}", text, self.currency, benefit.source,
                     benefit.status, benefit.note)
                )  # fmt: skip
            terms = file.settlement
            regime = terms.regime.value + "".join(
                f", {regime} from {year}" for year, regime in sorted(terms.regime.by_year.items())
            )
            for name, value, part in (
                ("regime", regime, terms.regime),
                ("share_claimed", _listed(terms.share_claimed.values), terms.share_claimed),
                ("lag", _listed(terms.lag.values), terms.lag),
            ):
                rows.append(
                    (f"{lead}.settlement.{name}", value, "", part.source, part.status, part.note)
                )
        return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))

    def table_sources(self) -> pd.DataFrame:
        """Every table with its rows, source, status and note.

        The status is that of the rows: where they differ, each with its number.
        """
        rows = []
        for table in TABLES:
            frame = self.tables[table.name]
            if frame.empty:
                continue
            own = self.settings.tables[table.name]
            counts = frame["status"].value_counts()
            status = (
                str(counts.index[0])
                if len(counts) == 1
                else ", ".join(f"{name} {number}" for name, number in counts.sort_index().items())
            )
            rows.append((table.name, len(frame), own.source, status, own.note))
        return pd.DataFrame(rows, columns=["table", "rows", "source", "status", "note"])


def _listed(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{key} {value}" for key, value in values.items())


def _flattened(path: str, item: Any) -> list[tuple[str, Any]]:
    if isinstance(item, Parameter):
        return [(path, item)]
    if hasattr(item, "values") and isinstance(item.values, dict):
        return [(f"{path}.values.{key}", value) for key, value in item.values.items()]
    return [
        (f"{path}.{name}", getattr(item, name))
        for name in type(item).model_fields
        if name not in ("source", "status", "note")
    ]


def _settings_and_schemes(
    settings_text: Mapping[str, Any], scheme_texts: Mapping[str, Mapping[str, Any]]
) -> tuple[Settings, dict[str, SchemeFile]]:
    settings, findings = read_settings(settings_text)
    files = {}
    if settings is not None:
        for name in settings.schemes:
            file, problems = read_scheme(name, scheme_texts[name], tuple(settings.services))
            findings += problems
            if file is not None:
                files[name] = file
    if settings is None or any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    return settings, files


def read_case(name: str | Path) -> Case:
    """Read a case and check it.

    Args:
        name: a case folder, a workbook (.xlsx), or the name of a bundled case.

    Raises:
        CaseError: anything is wrong; all findings at once.
    """
    case, findings = _assembled(read_raw(case_path(name)), str(name))
    if case is None:
        raise CaseError(findings)
    return case


def check_case(name: str | Path) -> tuple[Finding, ...]:
    """Everything that is wrong with a case; empty if nothing is."""
    try:
        _, findings = _assembled(read_raw(case_path(name)), str(name))
    except CaseError as error:
        return error.findings
    return tuple(findings)


def _assembled(raw: RawCase, origin: str) -> tuple[Case | None, list[Finding]]:
    findings = list(raw.findings)
    settings: Settings | None = None
    if raw.settings is not None:
        settings, problems = read_settings(raw.settings)
        findings += problems
    unread = {finding.file for finding in raw.findings}
    findings += [
        finding
        for finding in checks.presence_findings(settings, raw.tables)
        if not any(name.startswith((finding.file + ".", finding.file)) for name in unread)
    ]
    tables: dict[str, pd.DataFrame] = {}
    for name, table in raw.tables.items():
        frame, problems = typed_table(table, TABLE_OF[name])
        findings += problems
        if frame is not None and not frame.empty:
            tables[name] = frame
    schemes: dict[str, SchemeFile] = {}
    if settings is not None:
        schemes, problems = _schemes(raw, settings)
        findings += problems
        if "regions" in tables:
            findings += _cross_checked(settings, tables, raw, schemes)
    if settings is None or any(finding.severity == "error" for finding in findings):
        return None, findings
    tree = region_tree(tables["regions"], settings.levels)
    case = Case(
        settings=settings,
        schemes=tuple(
            Scheme(schemes[name], scheme_overrides(tables.get("scheme_rules"), name), tree)
            for name in settings.schemes
        ),
        tables=_with_provenance(tables, settings),
        regions=tree,
        inputs_sha256=_digest(raw),
        origin=origin,
        input_digests=dict(raw.digests),
        _settings_text=raw.settings or {},
        _scheme_texts=raw.schemes,
    )
    wrong = unknown_paths("sensitivity", settings.sensitivity, case.paths())
    return (None if wrong else case), findings + wrong


def _schemes(raw: RawCase, settings: Settings) -> tuple[dict[str, SchemeFile], list[Finding]]:
    files, findings = {}, []
    for name in settings.schemes:
        if name not in raw.schemes:
            if not any(finding.file == f"schemes/{name}.toml" for finding in raw.findings):
                findings.append(
                    Finding(f"schemes/{name}.toml", None, None, None, "this scheme file",
                            "case.toml lists the scheme; add the file. "
                            + did_you_mean(name, raw.schemes))
                )  # fmt: skip
            continue
        file, problems = read_scheme(name, raw.schemes[name], tuple(settings.services))
        findings += problems
        if file is not None:
            files[name] = file
    for name in raw.schemes:
        if name not in settings.schemes:
            findings.append(
                Finding(f"schemes/{name}.toml", None, None, None, "a scheme of case.toml",
                        "List it under schemes, or remove the file.", "warning")
            )  # fmt: skip
    return files, findings


def _cross_checked(
    settings: Settings, tables: dict[str, pd.DataFrame], raw: RawCase,
    schemes: dict[str, SchemeFile],
) -> list[Finding]:  # fmt: skip
    regions = raw.tables["regions"]
    findings = tree_findings(tables["regions"], settings.levels, regions.file, regions.first_row)
    if findings:
        return findings
    tree = region_tree(tables["regions"], settings.levels)
    findings = checks.reference_findings(settings, tree, tables, raw.tables)
    complete = all(table.name in tables for table in TABLES if table.required)
    # the later checks lean on the earlier ones; their messages would only repeat the cause
    if findings or not complete:
        return findings
    findings += checks.completeness_findings(settings, tree, tables, raw.tables)
    findings += checks.people_findings(tree, tables, raw.tables)
    findings += checks.band_findings(settings, tree, tables, raw.tables, schemes)
    findings += checks.care_findings(settings, tables, raw.tables, schemes)
    findings += checks.scheme_findings(settings, tables, raw.tables, schemes)
    return findings


def _with_provenance(
    tables: dict[str, pd.DataFrame], settings: Settings
) -> dict[str, pd.DataFrame]:
    """Tables whose blank sources and statuses are filled from case.toml; optional ones empty."""
    names = ("source", "status", "note")
    filled = {
        table.name: pd.DataFrame(columns=[*table.column_names, *names], dtype=object)
        for table in TABLES
        if table.name not in tables
    }
    for name, frame in tables.items():
        own = settings.tables[name]
        filled[name] = frame.assign(
            source=frame["source"].replace("", own.source),
            status=frame["status"].replace("", own.status),
        )
    return filled


def _digest(raw: RawCase) -> str:
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(raw.digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
