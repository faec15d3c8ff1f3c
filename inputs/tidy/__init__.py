"""Tables in common layouts as the tables of a case.

A file passes through the modules in this order: ``grids`` (text of its cells), ``layout`` (where
the table stands, and which column is which), ``cells`` (each cell as the format writes it),
``totals`` (rows that are sums of others), ``single_ages`` (bands as single years). What a layout
does not say is stated in a ``mapping``; nothing is guessed, and every conversion is a finding.
"""

from fundpool.inputs.tidy.tables import Account, Tidied, tidy_case, tidy_tables

__all__ = ["Account", "Tidied", "tidy_case", "tidy_tables"]
