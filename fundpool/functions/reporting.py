"""``report`` as a function, of one case and of several."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from json import loads
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.calls.arguments import (
    CaseLike,
    Policies,
    amount,
    checked_pooling,
    folder,
    names_of,
    of_kind,
    one_of,
    opened,
    scenario_options,
    whole,
)
from fundpool.calls.notebook import view
from fundpool.calls.results import Report
from fundpool.calls.wrong_argument import WrongArgumentError, sentence
from fundpool.functions.requests import Ended, changed_values, origin_of, run_command
from fundpool.inputs.format.messages import Message
from fundpool.options import CASE, Outputs, ReportOptions, ScenarioOptions
from fundpool.scheduled.outcomes import Outcome, outcome_table

AS_SUITS = ScenarioOptions(scenarios=None)
"""As many scenarios as suit a report, where the case has a section on them."""
WHOLE_REPORT = ReportOptions()
DEFAULT = Outputs(out=Path("fundpool-report"))
SUMMARY = "summary.json"
FAILED, REFUSED = 1, 2
"""Exit statuses of the command (docs/commands.md)."""


@dataclass(frozen=True)
class Reports:
    """Reports of several cases.

    Attributes:
        folder: where the folders of the cases and ``cases.csv`` lie.
        table: one row a case: status (docs/commands.md), alerts, first year in which a fund runs
            dry, files that failed, run.
        reports: of the cases that have one, by name.
        errors: what went wrong, by name of the case; empty where nothing did.
    """

    folder: Path
    table: pd.DataFrame
    reports: Mapping[str, Report]
    errors: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_records(cls, place: Path, records: Sequence[Mapping[str, Any]]) -> "Reports":
        """Reports as the command prints them with ``--json``.

        Args:
            place: folder of all.
            records: one a case (:func:`fundpool.scheduled.outcomes.outcome_records`).
        """
        outcomes = [
            Outcome(**{item.name: record[item.name] for item in fields(Outcome)})
            for record in records
        ]
        return cls(
            place,
            outcome_table(outcomes),
            {one.case: Report(Path(one.folder), one.summary) for one in outcomes if one.summary},
            {one.case: tuple(one.errors) for one in outcomes},
        )

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Reports: {len(self.reports)} of {len(self.table)} cases>"

    def _repr_html_(self) -> str:
        return view(repr(self)[1:-1], self.table)


def report(
    case: CaseLike = CASE,
    pooling: Sequence[str] | None = None,
    years: int | None = None,
    *,
    policy: Policies = None,
    changes: Mapping[str, float] | None = None,
    scenarios: int | ScenarioOptions = AS_SUITS,
    options: ReportOptions = WHOLE_REPORT,
    outputs: Outputs = DEFAULT,
) -> Report:
    """Check, project, compare and optimise a case; write the solvency report.

    The command ``fundpool report`` is run in this process, so that files and archive are the same.

    Args:
        case: a case as its files say, or its folder, its workbook or the name of a bundled case
            (several: :func:`reports`).
        pooling: levels or plans in their short form; default: that in force, every level, the
            policies' plan.
        years: number of projected years; default: ``solvency.horizon`` of the case.
        policy: policies laid over the case, by name or file.
        changes: assumptions by path, as ``--set`` gives them.
        scenarios: how many to run, or options with seed and engine; default: 1000 where the case
            has a section on them.
        options: what the report holds, who hears of it, how long to wait for another of the case.
        outputs: folder it is written to, and archive that the run is kept in.

    Raises:
        CaseError: the case is refused; all findings.
        TypeError, ValueError: a wrong argument, or what the command refuses, in its sentence.
        OSError: nothing could be written.

    Examples:
        >>> import fundpool
        >>> page_only = fundpool.ReportOptions(formats="html", optimised=False, sensitivity="none")
        >>> written = fundpool.report("jiangsu", years=2, scenarios=0, options=page_only)
        >>> sorted(file.name for file in written.folder.iterdir())
        ['report.html', 'summary.json']
    """
    values = _values(pooling, years, policy, changes, scenarios, options, outputs)
    origin = origin_of(case, "case")
    case_read = opened(case, policy, changes)
    for plan in values["pooling"] or ():
        checked_pooling(case_read, plan)
    ended = run_command("report", values | {"case": origin})
    out = values["out"]
    if ended.status == REFUSED:
        raise ValueError(_last(ended, "the report was refused"))
    if ended.status == FAILED and not (out / SUMMARY).is_file():
        raise OSError(_last(ended, "the report could not be written"))
    summary = loads((out / SUMMARY).read_text(encoding="utf-8"))
    return Report(out, summary, ended.messages)


def reports(
    cases: Sequence[CaseLike],
    pooling: Sequence[str] | None = None,
    years: int | None = None,
    *,
    policy: Policies = None,
    changes: Mapping[str, float] | None = None,
    scenarios: int | ScenarioOptions = AS_SUITS,
    options: ReportOptions = WHOLE_REPORT,
    outputs: Outputs = DEFAULT,
) -> Reports:
    """Report several cases as ``fundpool report CASE CASE ...`` does, as a scheduled job needs it.

    Each has a process of its own, whose messages go to stderr, so that one that is refused or
    fails leaves the others alone.

    Args:
        cases: as :func:`report` takes them; each gets a folder of its name.
        pooling: for every case, as of :func:`report`.
        years: likewise.
        policy: likewise.
        changes: likewise.
        scenarios: likewise.
        options: likewise.
        outputs: folder that the cases' folders and ``cases.csv`` are written to, and archive.

    Returns:
        how each case ended, and the reports that were written.

    Raises:
        TypeError, ValueError: a wrong argument, or what the command refuses, in its sentence.
        OSError: nothing could be written.

    Examples:
        >>> import fundpool
        >>> done = fundpool.reports(["cases/nowhere", "cases/lost"])  # neither is there
        >>> done.table[["case", "status"]].to_numpy().tolist()
        [['nowhere', 2], ['lost', 2]]
        >>> len(done.reports), len(done.errors["lost"])
        (0, 1)
    """
    values = _values(pooling, years, policy, changes, scenarios, options, outputs)
    if isinstance(cases, str) or not isinstance(cases, Sequence):
        raise TypeError(sentence("cases", cases, "a list of cases"))
    if len(cases) < 2:
        raise WrongArgumentError(
            "cases", cases, Message("two cases or more; fundpool.report takes one")
        )
    first, *more = [origin_of(case, "cases") for case in cases]
    ended = run_command("report", values | {"case": first, "more": more, "json": True})
    contents = loads(ended.printed) if ended.printed else {}
    if "cases" not in contents:
        kind = OSError if ended.status == FAILED else ValueError
        raise kind(_last(ended, "the reports were refused"))
    return Reports.from_records(values["out"], contents["cases"])


def _values(
    pooling: Sequence[str] | None, years: int | None, policy: Policies,
    changes: Mapping[str, float] | None, scenarios: int | ScenarioOptions,
    options: ReportOptions, outputs: Outputs,
) -> dict[str, Any]:  # fmt: skip
    """Arguments, checked, as options of the command by its parameters.

    Raises:
        TypeError, ValueError: a wrong argument.
    """
    asked = scenario_options(scenarios)
    of_kind("options", options, ReportOptions, "ReportOptions(...)")
    of_kind("outputs", outputs, Outputs, "Outputs(out=..., archive=...)")
    one_of("options.sensitivity", options.sensitivity, ("main", "all", "none"))
    one_of("options.lang", options.lang, ("en", "zh"), optional=True)
    amount("options.wait", options.wait, 0.0)
    whole("years", years, 1, 100, optional=True)
    whole("options.long_range", options.long_range, 0, 100)
    plans = None if pooling is None else [
        of_kind("pooling", plan, str, "levels or plans in short form")
        for plan in names_of("pooling", list(pooling) if isinstance(pooling, tuple) else pooling)
    ]  # fmt: skip
    return asdict(options) | asdict(asked) | {
        "pooling": plans, "years": years,
        "policy": [str(name) for name in names_of("policy", policy)] or None,
        "changes": changed_values(changes) or None, "archive": outputs.archive,
        "out": folder("outputs.out", DEFAULT.out if outputs.out is None else outputs.out),
    }  # fmt: skip


def _last(ended: Ended, otherwise: str) -> str:
    """The last sentence of a command."""
    return ended.messages[-1] if ended.messages else otherwise
