"""fundpool: solvency of regional health-insurance funds where people move between regions.

>>> import fundpool
>>> case = fundpool.read_case("jiangsu")                         # doctest: +SKIP
>>> projection = fundpool.project(case, pooling="county")         # doctest: +SKIP
>>> levels = fundpool.compare(case, ["county", "city", "province"])  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
"""Version of the program; written here only."""

__all__ = [
    "CaseError",
    "__version__",
    "check_case",
    "compare",
    "convert",
    "doctor",
    "init",
    "new",
    "optimise",
    "plan_for",
    "project",
    "read_case",
    "synthesise",
]

if TYPE_CHECKING:
    from fundpool.case_files import convert, init, new, synthesise
    from fundpool.diagnosis import doctor
    from fundpool.inputs.case import read_case
    from fundpool.inputs.format.findings import CaseError
    from fundpool.models.calibration.checking import check_case
    from fundpool.models.optimiser import optimise
    from fundpool.models.pooling.short_form import plan_for
    from fundpool.models.projection.comparison import compare
    from fundpool.models.projection.study import project

# Looked up on first use, so that `fundpool --help` does not wait for numerical libraries.
_WHERE = {
    "read_case": "fundpool.inputs.case.case",
    "check_case": "fundpool.models.calibration.checking",
    "CaseError": "fundpool.inputs.format.findings",
    "project": "fundpool.models.projection.study",
    "compare": "fundpool.models.projection.comparison",
    "plan_for": "fundpool.models.pooling.short_form",
    "optimise": "fundpool.models.optimiser",
    "convert": "fundpool.case_files",
    "init": "fundpool.case_files",
    "new": "fundpool.case_files",
    "synthesise": "fundpool.case_files",
    "doctor": "fundpool.diagnosis",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'fundpool' has no attribute {name!r}")
