"""The terms of each year: what a case says of it, resolved into frozen arrays.

``schemes`` holds rules, settlement and benefits of a scheme, ``coverage`` cover, participation,
moves and retirement ages, ``shocks`` what shocks do, ``packages`` tiered packages, ``years`` all
of a year together. After them the yearly science takes these terms and does not read the case.
"""

from fundpool.models.terms.packages import package_cover, package_rate
from fundpool.models.terms.schemes import SchemeTerms, scheme_rules, scheme_terms
from fundpool.models.terms.years import YearTerms, terms_of_years, year_terms

__all__ = [
    "SchemeTerms",
    "YearTerms",
    "package_cover",
    "package_rate",
    "scheme_rules",
    "scheme_terms",
    "terms_of_years",
    "year_terms",
]
