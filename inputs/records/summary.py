"""What a fit comes to, as plain data."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from fundpool.inputs.records.estimates import Frequencies
from fundpool.inputs.records.experience import Experience
from fundpool.inputs.records.reading import Rows


def summary_of(
    members: Rows, claims: Rows, experience: Experience, fitted: list[Frequencies],
    evidence: Mapping[str, pd.DataFrame], base_year: int, minimum: int,
) -> dict[str, Any]:  # fmt: skip
    """Contents of ``fit.json``: rows of both sources, exposure, services and counties."""
    periods = experience.periods
    ends = f"{periods.label(0)} to {periods.label(periods.count - 1)}"
    return {
        "period": ends,
        "base_year": base_year,
        "minimum": minimum,
        "rows": {
            name: {"read": rows.read, "used": rows.read - sum(rows.set_aside.values()),
                   "set_aside": {str(why): n for why, n in rows.set_aside.items()}}
            for name, rows in (("members", members), ("claims", claims))
        },
        "exposure": float(experience.exposure.sum()),
        "services": {
            one.service: {
                "claims_booked": float(experience.claims[number].sum()),
                "claims_completed": float(one.bands["claims"].sum()),
                "frequency": float(one.bands["claims"].sum() / one.bands["exposure"].sum()),
                "dispersion": None if np.isnan(one.dispersion) else one.dispersion,
                "complete": float(experience.complete[number, -1]),
                "completeness_by_delay": None if experience.by_delay is None
                else experience.by_delay[number].complete_by_delay.tolist(),
            }
            for number, one in enumerate(fitted)
        },
        "credibility": evidence["credibility"].to_dict("records"),
    }  # fmt: skip
