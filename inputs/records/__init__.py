"""Tables of a case from records of insured people and of their claims.

Rows pass through the modules in this order: ``reading`` (columns and words as the tables of
``tidy`` are read), ``members`` (spells of insurance, or counts of people), ``claims`` (each with
the person that it is of), ``experience`` (exposure and claims by period, county, sex and age),
``estimates`` (frequency, dispersion, severity, credibility) and ``tables`` (as the format writes
them, without groups of few people). No row of a person and no pseudonym is ever written.
"""

from fundpool.inputs.records.fit import Fit, FitOptions, fit_tables

__all__ = ["Fit", "FitOptions", "fit_tables"]
