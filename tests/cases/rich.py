"""The worked example with everything a case may say, so that every input has something to do."""

import copy

import pandas as pd

from fundpool.inputs.settings.scheme_rules import RETIREMENT_RULES
from tests.cases.policies import SOURCE, policy_case
from tests.cases.small import SmallCase, given
from tests.cases.stochastic import scenario_section

INPATIENT = "inpatient"


def rich_case() -> SmallCase:
    """Two counties with births, deaths, retirement, movers from outside, two services, a separate
    rural and a separate migrant scheme with packages, scenarios, an optimiser and alert rules."""
    case = policy_case()
    settings = case.settings
    settings["optional_schemes"] = []
    settings["schemes"] = ["employee", "resident", "rural", "separate"]
    settings["services"] = ["outpatient", INPATIENT]
    settings["solvency"]["horizon"] = given(4)
    settings["solvency"]["alert_years"] = given(2)
    # one fund has more in the first year, and less in the second
    settings["solvency"]["target_reserve_months"] = given(115.0)
    settings["scenarios"] = scenario_section()
    settings["economy"]["consumer_inflation"] = given(0.02)
    settings["economy"]["premium_growth"] = given(0.05)
    settings["mobility"]["slack_season_share"] = given(0.1)
    settings["mobility"]["schedule"] |= {"a1": 0.02, "a2": 0.06, "c": 0.9}
    for name, value in (
        ("turnover_share_remaining", 0.4), ("turnover_years", 3.0),
        ("stayer_turnover_relativity", 0.5), ("resident_lapse_rate", 0.02),
        ("local_resident_lapse_rate", 0.1), ("dual_lapse_rate", 0.2),
        ("employee_enrolment_growth", 0.01), ("newborn_enrolment", 0.9),
        ("employee_kept_on_move", 0.6), ("fallback_resident", 0.8), ("credited_density", 0.6),
    ):  # fmt: skip
        settings["coverage"][name] = given(value)
    settings["participation"] |= {
        "contract_coverage": given(1.0, by_year={"2022": 1.1}),
        "portability_effect": given(0.2), "direct_settlement_effect": given(0.1),
        "mandate_enforced": given(0.2),
    }  # fmt: skip
    settings["pooling"] |= {
        "moral_hazard": {"values": {"city": 0.02, "province": 0.05}, **SOURCE},
        "administration_per_pool": {"values": {"county": 1000.0, "city": 1500.0}, **SOURCE},
        "rescue_price": given(1.2),
    }  # fmt: skip
    settings["optimiser"] = {
        "phase_in_years": given(2), "rate_least": given(0.5), "rate_most": given(2.0),
        "yearly_change": given(0.3), "frozen_years": given(1), "levy_ceiling": given(0.2),
        "own_responsibility": given(0.1), "effort": given(0.9), "tail": given(0.1),
        "weight_burden": given(1.0), "weight_unevenness": given(0.5),
        "weight_movement": given(0.2), "weight_swaps": given(0.1),
    }  # fmt: skip
    settings["alerts"] = {
        "low": {"measure": "reserve_months", "limit": 115.0, "within": 2, **SOURCE},
    }  # fmt: skip
    settings["statuses"] = {
        "worker": {"kind": "employee", "title": "Workers", "pays": 0.9, **SOURCE},
        "official": {"kind": "employee", "title": "Officials", "outside": True, **SOURCE},
    }
    people_of_all_ages(case.tables)
    care_of_two_services(case.tables)
    _cover(case.tables)
    _schemes(case)
    return case


def people_of_all_ages(tables: dict[str, pd.DataFrame]) -> None:
    """Give the tables people of all ages, with births, deaths and movers also from outside."""
    people = tables["population"]
    men = people["sex"] == "male"
    people["persons"] = 5.0 + 10.0 * people["age"].between(15, 64) + 2.0 * men
    outside = people[people["region"] == "ash"].assign(region="outside")
    outside["persons"] = 100.0
    tables["population"] = pd.concat([people, outside], ignore_index=True)
    tables["migrants"] = pd.DataFrame(
        [("ash", "birch", 200.0), ("birch", "ash", 60.0), ("outside", "ash", 80.0),
         ("outside", "birch", 90.0), ("ash", "outside", 70.0), ("birch", "outside", 50.0)],
        columns=["home", "residence", "persons"],
    )  # fmt: skip
    pattern = tables["migrant_ages"].copy()
    pattern["share"] = 1.0 * pattern["age"].between(16, 59) + 0.2 * pattern["age"].between(0, 10)
    pattern["share"] /= pattern["share"].sum()
    tables["migrant_ages"] = pd.concat(
        [pattern.assign(tie=tie) for tie in ("between", "inbound", "outbound")], ignore_index=True
    )
    tables["mobility"] = pd.DataFrame(
        [("ash", 0.6, 0.05, 0.02), ("birch", 0.4, 0.06, 0.03), ("outside", 0.3, 0.05, 0.02)],
        columns=["home", "gross_migraproduction_rate", "return_rate", "onward_rate"],
    )
    ages = tables["mortality"]["age"]
    tables["mortality"]["death_rate"] = 0.001 + 0.3 * (ages / 100.0) ** 6
    later = tables["mortality"].assign(year=2023)
    later["death_rate"] *= 0.9
    tables["mortality"] = pd.concat([tables["mortality"], later], ignore_index=True)
    births = tables["fertility"].copy()
    births["rate"] = 0.08 * births["age"].between(20, 35)
    tables["fertility"] = pd.concat(
        [births, births.assign(year=2023, rate=births["rate"] * 0.9)], ignore_index=True
    )
    tables["sex_ratio_at_birth"] = pd.DataFrame(
        {"year": [2020, 2023], "males_per_female": [1.1, 1.05]}
    )
    tables["demography"]["rural_share"] = [0.5, 0.3]
    tables["employment"]["employed_share"] = [0.6, 0.7]
    tables["industries"] = pd.DataFrame(
        [("ash", "building", 0.7), ("ash", "trade", 0.3), ("birch", "building", 0.2),
         ("birch", "trade", 0.8)],
        columns=["region", "industry", "share"],
    )  # fmt: skip
    tables["industry_factors"] = pd.DataFrame(
        [("building", 0.9, 0.4, 1.1, 1.3), ("trade", 1.1, 0.6, 0.9, 0.8)],
        columns=["industry", "wage", "contract_share", "outpatient", "inpatient"],
    )


def care_of_two_services(tables: dict[str, pd.DataFrame]) -> None:
    """Give the tables outpatient and inpatient care by age."""
    outpatient = tables["morbidity"]
    outpatient["frequency"] = 2.0 + 0.5 * (outpatient["sex"] == "female")
    stays = outpatient.assign(service=INPATIENT, frequency=0.05 + 0.002 * outpatient["age"])
    tables["morbidity"] = pd.concat([outpatient, stays], ignore_index=True)
    tables["severity"] = pd.DataFrame(
        [("outpatient", 0, 59, "exponential", 300.0, 1.0),
         ("outpatient", 60, 100, "gamma", 400.0, 1.5),
         (INPATIENT, 0, 59, "lognormal", 8000.0, 1.2), (INPATIENT, 60, 100, "pareto", 9000.0, 1.3)],
        columns=["service", "age_from", "age_to", "family", "mean", "cv"],
    )  # fmt: skip
    tables["relativities"] = pd.DataFrame(
        [("tie", "between", "outpatient", 0.5), ("status", "employee", INPATIENT, 0.9)],
        columns=["factor", "level", "service", "relativity"],
    )
    places = tables["treatment"]
    stays = places.assign(service=INPATIENT)
    stays["residence"] -= 0.1
    stays["referral"] += 0.1
    tables["treatment"] = pd.concat([places, stays], ignore_index=True)
    tables["referral"] = pd.DataFrame(
        [("ash", "birch", 0.8), ("ash", "ash", 0.2), ("birch", "birch", 1.0)],
        columns=["region", "centre", "share"],
    )


def _cover(tables: dict[str, pd.DataFrame]) -> None:
    cover = tables["coverage"]
    old = cover["age_from"] >= 55
    work = cover["age_from"] == 16
    extra = []
    retired = cover[old & (cover["cover"] == "home_resident")].copy()
    cover.loc[retired.index, "share"] = 0.6
    extra.append(retired.assign(cover="retired", share=0.4))
    mine = cover[work & (cover["cover"] == "home_resident")].copy()
    cover.loc[mine.index, "share"] -= 0.15
    extra.append(mine.assign(cover="none", share=0.05))
    local = (mine["tie"] != "stayer").map({True: "local_resident", False: "none"})
    extra.append(mine.assign(cover=local.where(local != "none", "home_resident"), share=0.1))
    key = ["region", "tie", "sex", "age_from", "age_to", "cover"]
    grouped = pd.concat([cover, *extra], ignore_index=True).groupby(key, sort=False)
    tables["coverage"] = _by_name(grouped["share"].sum().reset_index())
    balances = tables["fund_balances"]
    more = [
        (region, scheme, pooled, accounts)
        for region, pooled in (("ash", 40_000.0), ("birch", 30_000.0))
        for scheme, accounts in (("rural", 0.0), ("separate", 5_000.0))
    ]
    tables["fund_balances"] = pd.concat(
        [balances, pd.DataFrame(more, columns=balances.columns)], ignore_index=True
    )
    tables["fund_totals"] = pd.DataFrame(
        [("land", "employee", 2020, "participants", 2_000.0, "compare"),
         ("land", "resident", 2020, "subsidies", 150_000.0, "fit")],
        columns=["region", "scheme", "year", "measure", "value", "use"],
    )  # fmt: skip
    tables["scheme_rules"] = pd.DataFrame(
        [("employee", "ash", 2022, "employer_rate", "", 0.09),
         ("resident", "birch", 2021, "premium", "", 120.0)],
        columns=["scheme", "region", "year", "rule", "service", "value"],
    )  # fmt: skip


def _by_name(cover: pd.DataFrame) -> pd.DataFrame:
    """Cover with a twentieth of employees as officials."""
    employees = cover["cover"] == "employee"
    officials = cover[employees].assign(cover="official", share=cover["share"] * 0.05)
    cover = cover.assign(
        share=cover["share"].where(~employees, cover["share"] * 0.95),
        cover=cover["cover"].where(~employees, "worker"),
    )
    return pd.concat([cover, officials], ignore_index=True)


def _schemes(case: SmallCase) -> None:
    for name, scheme in case.schemes.items():
        plain = {**scheme["benefits"]["outpatient"], "ceiling": 2000.0, "deductible": 20.0}
        stay = {**plain, "bands": [[0, 0.5], [3000, 0.7]], "ceiling": 50_000.0, "deductible": 200.0}
        scheme["benefits"] = {"outpatient": plain, INPATIENT: stay}
        rules = scheme["rules"]
        rules["administration"] = given(0.01)
        scheme["settlement"] = copy.deepcopy(scheme["settlement"])
        scheme["settlement"]["regime"]["by_year"] = {"2022": "direct", "2023": "territorial"}
        if scheme["kind"] == "payroll":
            rules |= {
                "base_floor": given(0.6), "base_ceiling": given(3.0), "compliance": given(0.9),
                "account_share": given(0.2),
                "employer_rate": given(0.08, by_year={"2022": 0.07}),
            }  # fmt: skip
        for rule in RETIREMENT_RULES if name == "separate" else ():
            del rules[rule]
        if name == "employee":
            rules |= {
                "retiree_account_credit": given(300.0), "account_spending": given(0.5),
                "account_conversion": given(0.9),
            }  # fmt: skip
            scheme["portability"] = {
                "account": {"value": "forfeit", "by_year": {"2022": "transfer"}, **SOURCE},
                "insured_time": {"value": "restarts", "by_year": {"2022": "recognised"}, **SOURCE},
            }
        if name == "separate":
            scheme["packages"] = {
                "small": {
                    "services": ["outpatient"], "contribution": given(0.4),
                    "uptake": {"building": 0.3, "trade": 0.4}, "uptake_by_age": {"40": 0.8},
                    **SOURCE,
                },
                "whole": {
                    "services": ["outpatient", INPATIENT], "contribution": given(1.0),
                    "uptake": {"building": 0.4, "other": 0.2}, **SOURCE,
                },
            }  # fmt: skip
        if name == "rural":
            scheme["statuses_paying"] = scheme["statuses_covered"] = ["rural_resident"]
        if name == "resident":
            scheme["reimbursement_quota"] = given(0.8)
