"""The words a case is written in: sexes, ages, ties to a place, coverage statuses.

Everything that numbers these things (arrays of the projection, columns of results) uses the
order given here, so the order is part of the case format.
"""

from typing import Final

SEXES: Final = ("male", "female")

OLDEST_AGE: Final = 100
"""The open age interval: 100 stands for 100 and over."""

AGES: Final = OLDEST_AGE + 1
"""Number of single years of age, 0 ... 100."""

CELLS: Final = len(SEXES) * AGES
"""Length of a sex-by-age profile laid flat: male 0 ... 100, then female 0 ... 100."""

OUTSIDE: Final = "outside"
"""Reserved region code for everywhere that the case does not cover."""

TIES: Final = ("stayer", "within", "between", "inbound", "outbound")
"""How a person is tied to the place lived in.

``stayer``: registered there; ``within``: registered in another county of the same next-level
region (the same city); ``between``: registered in another city of the case; ``inbound``:
registered outside the case; ``outbound``: registered in the case, living outside it.
"""

STATUSES: Final = (
    "none",
    "home_resident",
    "local_resident",
    "employee",
    "retired",
    "migrant",
    "dual",
    "retired_elsewhere",
    "rural_resident",
)
"""Coverage statuses.

``retired_elsewhere`` is a retired member of the payroll scheme who has left the territory of
the pool that last insured them; that pool still pays. ``rural_resident`` is insured at home in a
rural scheme that is kept apart from the resident scheme of the towns.
"""

REGIMES: Final = ("territorial", "manual", "direct")
"""Settlement regimes for care away from the insuring pool."""

DATA_STATUSES: Final = ("published", "derived", "assumed")

PLACES: Final = ("residence", "home", "referral")
"""Where a person may be treated; in the table ``treatment`` beside the share forgone."""

DRIVERS: Final = (
    "wage_growth",
    "medical_inflation",
    "interest",
    "morbidity",
    "mobility",
    "participation",
)
"""What varies between scenarios: yearly growth of wages and medical prices and the interest rate
as deviations in points; the levels of morbidity, moving out and enrolment as log deviations."""
