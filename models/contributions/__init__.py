"""What insured people, their employers and the state pay in.

``year`` holds contributions and subsidies of a year, ``accounts`` and ``books`` the personal
accounts.
"""

from fundpool.models.contributions.accounts import AccountYear, account_year
from fundpool.models.contributions.books import AccountBooks
from fundpool.models.contributions.year import SchemeYear, pool_county, scheme_year

__all__ = [
    "AccountBooks",
    "AccountYear",
    "SchemeYear",
    "account_year",
    "pool_county",
    "scheme_year",
]
