"""A case: read, checked, varied, with policies laid over it."""

from fundpool.inputs.case.bundled import bundled_cases, case_path, case_root
from fundpool.inputs.case.case import Case
from fundpool.inputs.case.reading import check_case, read_case

__all__ = [
    "Case",
    "bundled_cases",
    "case_path",
    "case_root",
    "check_case",
    "read_case",
]
