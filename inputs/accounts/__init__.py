"""Monthly accounts: statements of funds read, corrected, and reconciled month by month."""

from fundpool.inputs.accounts.statements import Accounts, read_statements

__all__ = ["Accounts", "read_statements"]
