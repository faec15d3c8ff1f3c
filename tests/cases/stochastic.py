"""The small case with a section on scenarios, and cases of many like counties."""

from typing import Any

import pandas as pd

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


def like_counties(count: int, base: SmallCase | None = None, **changes: Any) -> SmallCase:
    """A case of ``count`` counties that differ in nothing, each with 1,000 people and no migrants.

    A city for every four counties. Scenarios as in :func:`scenario_section`. Another case of the
    worked example's counties may be given as ``base``.
    """
    made = stochastic_case(**changes) if base is None else base
    codes = [f"c{number:03d}" for number in range(count)]
    cities = [f"city{number // 4:03d}" for number in range(count)]
    rows: list[tuple[object, ...]] = [
        (code, code, "county", city, 30.0, 110.0) for code, city in zip(codes, cities, strict=True)
    ]
    rows += [(city, city, "city", "land", None, None) for city in dict.fromkeys(cities)]
    rows.append(("land", "Land", "province", "", None, None))
    tables = made.tables
    tables["regions"] = pd.DataFrame(rows, columns=tables["regions"].columns)
    for name, column in (
        ("population", "region"), ("mobility", "home"), ("demography", "region"),
        ("economy", "region"), ("employment", "region"), ("industries", "region"),
        ("coverage", "region"), ("fund_balances", "region"), ("referral", "region"),
    ):  # fmt: skip
        one = tables[name][tables[name][column] == "ash"]
        tables[name] = pd.concat([one.assign(**{column: code}) for code in codes])
    tables["referral"]["centre"] = tables["referral"]["region"]
    tables["migrants"] = pd.DataFrame(
        {"home": [codes[0]], "residence": [codes[1]], "persons": [0.0]}
    )
    return made
