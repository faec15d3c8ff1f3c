"""Which tables of a result are written and kept, by the names of their files."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # commands check where they write before anything is loaded
    import pandas as pd

    from fundpool.models.projection.study import Projection
    from fundpool.models.risk.solvency import SolvencyRisk

PROJECTED = (
    "funds", "measures", "people", "ages", "accounts", "migrants", "retiring", "settlement",
    "calibration", "evenness", "economy",
)  # fmt: skip
"""Tables of a projection."""

RISK_TABLES = ("risk", "ruin", "fans")
"""Tables of what scenarios say."""


def projection_tables(projection: "Projection") -> "dict[str, pd.DataFrame]":
    """A projection as tables, without those of scenarios."""
    return {name: getattr(projection, name) for name in PROJECTED}


def risk_tables(risk: "SolvencyRisk | None") -> "dict[str, pd.DataFrame]":
    """What scenarios say, as tables; none without scenarios."""
    names = RISK_TABLES if risk is not None else ()
    return {name: getattr(risk, name) for name in names}
