"""What scenarios say of a study: ruin, value at risk, required reserves, the gain of pooling."""

from fundpool.models.risk.measures import PoolingGain, pooling_gain, risk_table, ruin_table
from fundpool.models.risk.solvency import SolvencyRisk, solvency_risk

__all__ = [
    "PoolingGain",
    "SolvencyRisk",
    "pooling_gain",
    "risk_table",
    "ruin_table",
    "solvency_risk",
]
