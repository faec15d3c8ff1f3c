"""fundpool: solvency of regional health-insurance funds where people move between regions.

>>> import fundpool
>>> case = fundpool.read_case("jiangsu")                         # doctest: +SKIP
>>> projection = fundpool.project(case, pooling="county")         # doctest: +SKIP
>>> levels = fundpool.compare(case, ["county", "city", "province"])  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fundpool.version import __version__

__all__ = [
    "Acceptable",
    "CaseError",
    "FitOptions",
    "Goals",
    "Limits",
    "NewOptions",
    "Outputs",
    "ReportOptions",
    "Ruin",
    "ScenarioOptions",
    "__version__",
    "accounts",
    "check",
    "check_case",
    "compare",
    "convert",
    "diff",
    "doctor",
    "fit",
    "frontier",
    "init",
    "new",
    "optimise",
    "partition",
    "plan_for",
    "policies",
    "profile",
    "project",
    "read_case",
    "report",
    "reports",
    "rerun",
    "runs",
    "synthesise",
    "tidy",
]

if TYPE_CHECKING:
    from fundpool.calls.accounting import accounts
    from fundpool.calls.fitting import fit
    from fundpool.case_files import convert, init, new, synthesise, tidy
    from fundpool.diagnosis import doctor
    from fundpool.functions.archiving import diff, rerun, runs
    from fundpool.functions.planning import frontier, optimise, partition
    from fundpool.functions.projecting import check, compare, policies, profile, project
    from fundpool.functions.reporting import report, reports
    from fundpool.inputs.case import read_case
    from fundpool.inputs.format.findings import CaseError
    from fundpool.inputs.records import FitOptions
    from fundpool.models.calibration.checking import check_case
    from fundpool.models.pooling.short_form import plan_for
    from fundpool.options import (
        Acceptable,
        Goals,
        Limits,
        NewOptions,
        Outputs,
        ReportOptions,
        Ruin,
        ScenarioOptions,
    )

# Looked up on first use, so that `fundpool --help` does not wait for numerical libraries.
_WHERE = {
    "check": "fundpool.functions.projecting",
    "project": "fundpool.functions.projecting",
    "compare": "fundpool.functions.projecting",
    "policies": "fundpool.functions.projecting",
    "profile": "fundpool.functions.projecting",
    "optimise": "fundpool.functions.planning",
    "partition": "fundpool.functions.planning",
    "frontier": "fundpool.functions.planning",
    "accounts": "fundpool.calls.accounting",
    "fit": "fundpool.calls.fitting",
    "FitOptions": "fundpool.inputs.records",
    "reports": "fundpool.functions.reporting",
    "runs": "fundpool.functions.archiving",
    "diff": "fundpool.functions.archiving",
    "rerun": "fundpool.functions.archiving",
    "ScenarioOptions": "fundpool.options",
    "Outputs": "fundpool.options",
    "Acceptable": "fundpool.options",
    "Limits": "fundpool.options",
    "NewOptions": "fundpool.options",
    "Goals": "fundpool.options",
    "ReportOptions": "fundpool.options",
    "Ruin": "fundpool.options",
    "convert": "fundpool.case_files",
    "init": "fundpool.case_files",
    "new": "fundpool.case_files",
    "synthesise": "fundpool.case_files",
    "tidy": "fundpool.case_files",
    "doctor": "fundpool.diagnosis",
    "read_case": "fundpool.inputs.case.reading",
    "check_case": "fundpool.models.calibration.checking",
    "CaseError": "fundpool.inputs.format.findings",
    "plan_for": "fundpool.models.pooling.short_form",
}


def __getattr__(name: str) -> Any:
    if name == "report":  # the package of that name, which can be called
        return import_module("fundpool.report")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'fundpool' has no attribute {name!r}")
