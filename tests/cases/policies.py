"""The worked example of two counties with policies laid over it."""

from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.inputs.case import Case, read_case
from fundpool.models.projection.study import Projection, study
from tests.cases.small import SmallCase, given, small_case

SOURCE = {"source": "worked example", "status": "assumed"}
BIRCH_COST = 1_500 * 1.1
DUAL, AT_HOME_IN_BIRCH = 37.64, 76.06

RURAL = {
    "add_schemes": ["rural"],
    "schemes": {
        "resident": {
            "statuses_paying": ["home_resident", "local_resident"],
            "statuses_covered": ["home_resident", "local_resident"],
        }
    },
}


def policy(**sections: Any) -> dict[str, Any]:
    """Contents of a policy file called ``tried``."""
    return {
        "schema_version": 1,
        "name": "tried",
        "title": "Tried",
        "about": "tried out on two counties",
        **SOURCE,
        **sections,
    }


def case_with(folder: Path, contents: dict[str, Any], base: SmallCase | None = None) -> Case:
    """The worked example, or another base, with one policy."""
    case = base or policy_case()
    case.policies["tried"] = contents
    return read_case(case.write(folder / "case")).with_policies(["tried"])


def policy_case() -> SmallCase:
    """The worked example with everything that policies may ask for kept ready."""
    case = small_case()
    case.settings["participation"] = {
        "awareness": given(0.5),
        "contract_coverage": given(1.0),
        "voluntary_compliance": given(0.5),
        "mandate_enforced": given(0.0),
        "premium_elasticity": given(0.5),
        "portability_effect": given(0.0),
        "direct_settlement_effect": given(0.0),
    }
    case.settings["optional_schemes"] = ["rural", "separate"]
    case.tables["demography"]["rural_share"] = 1.0
    treatment = case.tables["treatment"]
    territorial = treatment[treatment["regime"] == "manual"].assign(regime="territorial")
    further = 0.3 * (territorial["tie"] != "stayer")  # go home for care, who are treated away else
    territorial["residence"] -= further
    territorial["home"] += further
    case.tables["treatment"] = pd.concat([treatment, territorial], ignore_index=True)
    resident, employee = case.schemes["resident"], case.schemes["employee"]
    case.schemes["rural"] = {
        **resident,
        "name": "rural",
        "title": "Rural scheme",
        "statuses_paying": ["rural_resident", "dual"],
        "statuses_covered": ["rural_resident", "dual"],
        "rules": {"premium": given(50.0), "subsidy": given(150.0), "administration": given(0.0)},
        "benefits": {
            "outpatient": {"deductible": 0, "bands": [[0, 0.5]], "ceiling": 1e12, **SOURCE}
        },
    }
    case.schemes["separate"] = {
        **employee,
        "name": "separate",
        "title": "Scheme for migrant workers",
        "statuses_paying": ["migrant"],
        "statuses_covered": ["migrant"],
        "rules": {
            **employee["rules"],
            "employer_rate": given(0.04),
            "employee_rate": given(0.0),
            "account_share": given(0.0),
        },
        "enrolment": {
            "eligibility": "contract",
            "from_year": 2021,
            "intensity": given(2.0),
            **SOURCE,
        },
    }
    return case


def shock(**what: object) -> dict[str, object]:
    return policy(shocks=[{"title": "struck", "year": 2021, **SOURCE, **what}])


def projected(case: Case, years: int = 1) -> Projection:
    return study(case, years).pooled("county")


def row(projection: Projection, scheme: str, pool: str, year: int = 2021) -> "pd.Series[float]":
    table = projection.funds
    wanted = (table["scheme"] == scheme) & (table["pool"] == pool) & (table["year"] == year)
    return table[wanted].iloc[0]


def paid(projection: Projection, scheme: str, payer: str, place: str) -> float:
    table = projection.settlement
    wanted = (table["scheme"] == scheme) & (table["payer"] == payer) & (table["place"] == place)
    return float(table[wanted & (table["year"] == 2021)]["amount"].sum())
