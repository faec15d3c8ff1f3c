"""A small case as plain data: change a piece, write it, read it.

Two counties in two cities of one province, one age alive, rates chosen so that every figure can
be worked out by hand (tests/models/projection/test_two_counties.py does).
"""

import copy
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.inputs.format.tables import TABLES
from fundpool.inputs.format.vocabulary import AGES, SEXES, TIES

HALF_MOVE = -math.log(0.8) / 2  # hazard out and back of a chain that moves one in ten a year
DEATH_RATE = 2 / 99  # central death rate at which 98 of 100 survive a year


@dataclass
class SmallCase:
    """Contents of a case.

    Attributes:
        settings: contents of case.toml.
        schemes: contents of the scheme files.
        tables: the tables.
        policies: contents of the policy files.
    """

    settings: dict[str, Any]
    schemes: dict[str, dict[str, Any]]
    tables: dict[str, pd.DataFrame]
    extra_files: dict[str, bytes] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def copy(self) -> "SmallCase":
        return copy.deepcopy(self)

    def write(self, folder: Path) -> Path:
        """Write the case as a folder."""
        (folder / "tables").mkdir(parents=True)
        (folder / "schemes").mkdir()
        (folder / "case.toml").write_text(toml_text(self.settings), encoding="utf-8")
        for name, scheme in self.schemes.items():
            (folder / "schemes" / f"{name}.toml").write_text(toml_text(scheme), encoding="utf-8")
        for name, policy in self.policies.items():
            (folder / "policies").mkdir(exist_ok=True)
            (folder / "policies" / f"{name}.toml").write_text(toml_text(policy), encoding="utf-8")
        for name, table in self.tables.items():
            table.to_csv(folder / "tables" / f"{name}.csv", index=False, lineterminator="\n")
        for name, contents in self.extra_files.items():
            (folder / name).write_bytes(contents)
        return folder


def toml_text(contents: Mapping[str, Any]) -> str:
    """A mapping as TOML: one line a key, tables inline."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in contents.items())


def _key(key: object) -> str:
    return json.dumps(str(key))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, float) and math.isinf(value):
        return "inf"
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return json.dumps(value, ensure_ascii=False)


def given(value: float, **more: Any) -> dict[str, Any]:
    """A parameter that is assumed."""
    return {"value": value, "source": "worked example", "status": "assumed", **more}


def small_settings() -> dict[str, Any]:
    source = {"source": "worked example", "status": "assumed"}
    return {
        "schema_version": 1,
        "name": "two_counties",
        "title": "Two counties",
        "base_year": 2020,
        "currency": "CNY",
        "levels": ["county", "city", "province"],
        "schemes": ["employee", "resident"],
        "services": ["outpatient"],
        "economy": {
            "wage_growth": given(0.1),
            "medical_inflation": given(0.1),
            "interest": given(0.21),
            "consumer_inflation": given(0.0),
            "premium_growth": given(0.0),
        },
        "mobility": {
            "schedule": {
                "a1": 0.0, "alpha1": 0.1, "a2": 0.0, "mu2": 20.0, "alpha2": 0.1, "lambda2": 0.4,
                "c": 1.0, **source,
            },
            "child_accompanies": given(0.5),
            "out_migration_growth": given(0.0),
            "in_migration_growth": given(0.0),
            "slack_season_share": given(0.0),
        },
        "coverage": {
            "turnover_share_remaining": given(1.0),
            "turnover_years": given(3.0),
            "stayer_turnover_relativity": given(1.0),
            "resident_lapse_rate": given(0.0),
            "local_resident_lapse_rate": given(0.0),
            "dual_lapse_rate": given(0.0),
            "employee_enrolment_growth": given(0.0),
            "newborn_enrolment": given(1.0),
            "working_age_from": given(16),
            "employee_kept_on_move": given(1.0),
            "fallback_resident": given(1.0),
            "credited_density": given(0.5),
            "credited_cv": given(0.5),
            "prior_credit_share": given(0.5),
        },
        "solvency": {
            "target_reserve_months": given(6),
            "alert_years": given(5),
            "horizon": given(30),
        },
        "pooling": {
            "moral_hazard": {"values": {"city": 0.0}, **source},
            "moral_hazard_published": {"values": {"city": 0.1}, **source},
        },
        "tables": {table.name: dict(source) for table in TABLES},
    }  # fmt: skip


def _settlement() -> dict[str, Any]:
    source = {"source": "worked example", "status": "assumed"}
    return {
        "regime": {"value": "manual", **source},
        "share_claimed": {
            "values": {"direct": 1.0, "manual": 0.75, "territorial": 0.5}, **source,
        },
        "offsite_penalty": given(0.1),
        "lag": {
            "values": {"direct": [1.0], "manual": [0.6, 0.4], "territorial": [0.5, 0.5]}, **source,
        },
    }  # fmt: skip


def small_schemes() -> dict[str, dict[str, Any]]:
    source = {"source": "worked example", "status": "assumed"}
    rules = {
        "employer_rate": 0.08, "employee_rate": 0.02, "base_floor": 0.0, "base_ceiling": 100.0,
        "compliance": 1.0, "account_share": 0.3, "retiree_account_credit": 0.0,
        "retirement_age_male": 60, "retirement_age_female": 55, "min_credited_years_male": 25,
        "min_credited_years_female": 20, "administration": 0.0, "account_spending": 0.0,
    }  # fmt: skip
    return {
        "employee": {
            "name": "employee",
            "title": "Employee scheme",
            "kind": "payroll",
            "statuses_paying": ["employee", "dual"],
            "statuses_covered": ["employee", "retired", "retired_elsewhere", "dual"],
            "settlement_pool": "residence",
            "rules": {name: given(value) for name, value in rules.items()},
            "benefits": {
                "outpatient": {"deductible": 0, "bands": [[0, 0.8]], "ceiling": math.inf, **source}
            },
            "settlement": _settlement(),
        },
        "resident": {
            "name": "resident",
            "title": "Resident scheme",
            "kind": "flat",
            "statuses_paying": ["home_resident", "local_resident", "dual"],
            "statuses_covered": ["home_resident", "local_resident", "dual"],
            "settlement_pool": "home",
            "rules": {
                "premium": given(100.0), "subsidy": given(200.0), "administration": given(0.0),
            },
            "benefits": {
                "outpatient": {"deductible": 0, "bands": [[0, 0.6]], "ceiling": math.inf, **source}
            },
            "settlement": _settlement(),
        },
    }  # fmt: skip


def _grid(**lead: list[Any]) -> list[tuple[Any, ...]]:
    return list(product(*lead.values(), SEXES, range(AGES)))


def small_tables() -> dict[str, pd.DataFrame]:
    """Tables of the worked example: 1,000 men of 30 in Ash, 1,000 in Birch, 200 from Ash there."""
    counties = ["ash", "birch"]
    regions = pd.DataFrame(
        [
            ("ash", "Ash", "county", "north", 32.0, 119.0),
            ("birch", "Birch", "county", "south", 31.0, 120.0),
            ("north", "North", "city", "land", None, None),
            ("south", "South", "city", "land", None, None),
            ("land", "Land", "province", "", None, None),
        ],
        columns=["region", "name", "level", "parent", "latitude", "longitude"],
    )
    population = pd.DataFrame(_grid(region=counties), columns=["region", "sex", "age"])
    alive = (population["sex"] == "male") & (population["age"] == 30)
    population["persons"] = 0.0
    population.loc[alive, "persons"] = [1000.0, 1200.0]
    migrants = pd.DataFrame([("ash", "birch", 200.0)], columns=["home", "residence", "persons"])
    ages = pd.DataFrame(_grid(tie=list(TIES[1:])), columns=["tie", "sex", "age"])
    ages["share"] = ((ages["sex"] == "male") & (ages["age"] == 30)).astype(float)
    mortality = pd.DataFrame(_grid(year=[2020]), columns=["year", "sex", "age"])
    mortality["death_rate"] = DEATH_RATE
    fertility = pd.DataFrame(
        [(2020, age, 0.0) for age in range(10, 55)], columns=["year", "age", "rate"]
    )
    morbidity = pd.DataFrame(_grid(service=["outpatient"]), columns=["service", "sex", "age"])
    morbidity["frequency"] = 2.0
    coverage = []
    bands = {"male": [(0, 15), (16, 59), (60, 100)], "female": [(0, 15), (16, 54), (55, 100)]}
    for region, tie, sex in product(counties, TIES, SEXES):
        for start, end in bands[sex]:
            working = start == 16
            mix = {"employee": 0.6, "home_resident": 0.4}
            if tie != "stayer":
                mix = {"employee": 0.5, "home_resident": 0.3, "dual": 0.2}
            if not working:
                mix = {"home_resident": 1.0}
            for status, share in mix.items():
                coverage.append((region, tie, sex, start, end, status, share))
    treatment = [
        (regime, tie, "outpatient", 1.0 if tie == "stayer" else 0.7,
         0.0 if tie == "stayer" else 0.2, 0.0, 0.0 if tie == "stayer" else 0.1)
        for regime in ("direct", "manual")
        for tie in TIES
    ]  # fmt: skip
    return {
        "regions": regions,
        "population": population,
        "migrants": migrants,
        "migrant_ages": ages[ages["tie"] == "between"].reset_index(drop=True),
        "mobility": pd.DataFrame(
            {
                "home": counties,
                "gross_migraproduction_rate": [AGES * HALF_MOVE] * 2,
                "return_rate": [HALF_MOVE] * 2,
                "onward_rate": [0.0] * 2,
            }
        ),
        "mortality": mortality,
        "fertility": fertility,
        "sex_ratio_at_birth": pd.DataFrame({"year": [2020], "males_per_female": [1.05]}),
        "demography": pd.DataFrame(
            {"region": counties, "mortality_level": 1.0, "fertility_level": 1.0}
        ),
        "economy": pd.DataFrame(
            {
                "region": counties,
                "contribution_wage": [50_000.0, 100_000.0],
                "wage_cv": 0.5,
                "disposable_income": [20_000.0, 40_000.0],
                "price_level": [1.0, 1.5],
            }
        ),
        "employment": pd.DataFrame({"region": counties, "employed_share": 0.6}),
        "industries": pd.DataFrame({"region": counties, "industry": "all", "share": 1.0}),
        "industry_factors": pd.DataFrame(
            {"industry": ["all"], "wage": 1.0, "contract_share": 0.5, "outpatient": 1.0,
             "inpatient": 1.0}
        ),
        "morbidity": morbidity,
        "severity": pd.DataFrame(
            [("outpatient", 0, 100, "exponential", 1000.0, 1.0)],
            columns=["service", "age_from", "age_to", "family", "mean", "cv"],
        ),
        "relativities": pd.DataFrame(
            [("tie", "between", "outpatient", 0.5)],
            columns=["factor", "level", "service", "relativity"],
        ),
        "treatment": pd.DataFrame(
            treatment,
            columns=["regime", "tie", "service", "residence", "home", "referral", "forgone"],
        ),
        "referral": pd.DataFrame({"region": counties, "centre": "birch", "share": 1.0}),
        "coverage": pd.DataFrame(
            coverage, columns=["region", "tie", "sex", "age_from", "age_to", "cover", "share"]
        ),
        "fund_balances": pd.DataFrame(
            {
                "region": ["ash", "birch"] * 2,
                "scheme": ["employee"] * 2 + ["resident"] * 2,
                "pooled_balance": [100_000.0, 2_000_000.0, 50_000.0, 80_000.0],
                "account_balance": [60_000.0, 148_000.0, 0.0, 0.0],
            }
        ),
    }  # fmt: skip


def small_case() -> SmallCase:
    """The worked example."""
    return SmallCase(small_settings(), small_schemes(), small_tables())
