"""The small case with a section on scenarios, and cases of many like counties."""

from typing import Any

from tests.cases.small import SmallCase, given, small_case

SOURCE = {"source": "worked example", "status": "assumed"}


def scenario_section(**changes: Any) -> dict[str, Any]:
    """A section in which everything varies; changes replace single entries."""
    section = {
        "volatility": {
            "values": {
                "wage_growth": 0.02,
                "medical_inflation": 0.03,
                "interest": 0.01,
                "morbidity": 0.02,
                "mobility": 0.1,
                "participation": 0.1,
            },
            **SOURCE,
        },
        "persistence": {
            "values": {"wage_growth": 0.5, "interest": 0.8, "participation:wage_growth": 0.4},
            **SOURCE,
        },
        "correlation": {
            "values": {"wage_growth:medical_inflation": 0.4, "mobility:participation": -0.2},
            **SOURCE,
        },
        "premium_follows_wages": given(0.5),
        "interest_floor": given(0.0),
        "claims_overdispersion": given(0.001),
        "ruin_target": given(0.05),
        "catastrophes": {
            "epidemic": {
                "yearly_rate": 0.2, "reach": "province", "claims": 0.2, "wages": -0.05,
                "variation": 0.5, **SOURCE,
            },
            "closures": {
                "yearly_rate": 0.1, "reach": "county", "years": 2, "wages": -0.1,
                "participation": -0.1, **SOURCE,
            },
        },
    }  # fmt: skip
    return section | changes


def still_section() -> dict[str, Any]:
    """A section in which nothing varies."""
    nothing = {"values": {}, **SOURCE}
    return scenario_section(
        volatility=nothing, persistence=nothing, correlation=nothing, catastrophes={},
        claims_overdispersion=given(0.0), interest_floor=given(-0.5),
    )  # fmt: skip


def stochastic_case(**changes: Any) -> SmallCase:
    """The worked example with scenarios."""
    made = small_case()
    made.settings["scenarios"] = scenario_section(**changes)
    return made
