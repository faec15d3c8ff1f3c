"""``report`` as a function."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from json import loads
from pathlib import Path

from fundpool.calls.arguments import (
    CaseLike,
    Policies,
    checked_pooling,
    folder,
    names_of,
    of_kind,
    one_of,
    opened,
    scenario_options,
    whole,
)
from fundpool.calls.results import Report
from fundpool.functions.requests import changed_values, origin_of, run_command
from fundpool.options import CASE, Outputs, ReportOptions, ScenarioOptions

AS_SUITS = ScenarioOptions(scenarios=None)
"""As many scenarios as suit a report, where the case has a section on them."""
WHOLE_REPORT = ReportOptions()
DEFAULT = Outputs(out=Path("fundpool-report"))


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
        case: a case as its files say, or its folder, its workbook or the name of a bundled case.
        pooling: levels or plans in their short form; default: that in force, every level, the
            policies' plan.
        years: number of projected years; default: ``solvency.horizon`` of the case.
        policy: policies laid over the case, by name or file.
        changes: assumptions by path, as ``--set`` gives them.
        scenarios: how many to run, or options with seed and engine; default: 1000 where the case
            has a section on them.
        options: what the report holds.
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
    asked = scenario_options(scenarios)
    of_kind("options", options, ReportOptions, "ReportOptions(...)")
    of_kind("outputs", outputs, Outputs, "Outputs(out=..., archive=...)")
    one_of("options.sensitivity", options.sensitivity, ("main", "all", "none"))
    one_of("options.lang", options.lang, ("en", "zh"), optional=True)
    whole("years", years, 1, 100, optional=True)
    origin = origin_of(case, "case")
    case_read = opened(case, policy, changes)
    plans = None if pooling is None else [
        of_kind("pooling", checked_pooling(case_read, plan), str, "levels or plans in short form")
        for plan in names_of("pooling", list(pooling) if isinstance(pooling, tuple) else pooling)
    ]  # fmt: skip
    out = folder("outputs.out", DEFAULT.out if outputs.out is None else outputs.out)
    values = asdict(options) | asdict(asked) | {
        "case": origin, "pooling": plans, "years": years,
        "policy": [str(name) for name in names_of("policy", policy)] or None,
        "changes": changed_values(changes) or None, "out": out, "archive": outputs.archive,
    }  # fmt: skip
    status, said = run_command("report", values)
    messages = tuple(line.removeprefix("fundpool: ") for line in said)
    if status == 2:
        raise ValueError(messages[-1] if messages else "the report was refused")
    if status == 1 and not (out / "summary.json").is_file():
        raise OSError(messages[-1] if messages else "the report could not be written")
    summary = loads((out / "summary.json").read_text(encoding="utf-8"))
    return Report(out, summary, messages)
