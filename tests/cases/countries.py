"""Cases of three other countries: their rules and words, on two counties of the worked example.

Every figure is assumed, rounded after the laws of about 2024; only the shape of the rules counts.
Persons are scaled so that the money of a fund is of the size that the country has.
"""

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import pandas as pd

from fundpool.inputs.format.vocabulary import SEXES, TIES
from tests.cases.policies import policy
from tests.cases.rich import INPATIENT, care_of_two_services, people_of_all_ages
from tests.cases.small import SmallCase, given, small_case
from tests.cases.stochastic import scenario_section

SOURCE = {"source": "rounded after the law of about 2024", "status": "assumed"}
SUBSIDIES = ["scheme", "region", "payer", "year", "basis", "value"]
RULES = ["scheme", "region", "year", "rule", "service", "value"]
CODES = ("ash", "birch", "north", "south", "land")
WORKING_AGE = 16


def _in_words_of(
    levels: list[str], currency: str, places: list[str], services: list[str], persons: float
) -> SmallCase:
    """Two counties with people of all ages, in other words and without schemes.

    Args:
        levels: names of the three levels, lowest first.
        currency: code of the currency.
        places: names of the two counties, of the two regions above them and of the country.
        services: names of outpatient and inpatient care.
        persons: factor of persons.
    """
    case = small_case()
    settings, tables = case.settings, case.tables
    people_of_all_ages(tables)
    care_of_two_services(tables)
    tables["demography"] = tables["demography"].drop(columns="rural_share")
    for table in ("population", "migrants"):
        tables[table]["persons"] *= persons
    names = dict(zip(settings["levels"], levels, strict=True))
    settings |= {"levels": levels, "currency": currency, "services": services}
    settings["pooling"] = {
        values: {"values": {levels[2]: 0.02}, **SOURCE}
        for values in ("moral_hazard", "moral_hazard_published")
    }
    for name, value in (
        ("wage_growth", 0.03), ("medical_inflation", 0.04), ("interest", 0.02),
        ("consumer_inflation", 0.02), ("premium_growth", 0.04),
    ):  # fmt: skip
        settings["economy"][name] = given(value)
    settings["scenarios"] = scenario_section()
    for catastrophe in settings["scenarios"]["catastrophes"].values():
        catastrophe["reach"] = names.get(catastrophe["reach"], catastrophe["reach"])
    regions = tables["regions"]
    regions["level"] = regions["level"].map(names)
    regions["name"] = regions["region"].map(dict(zip(CODES, places, strict=True)))
    care = dict(zip(("outpatient", INPATIENT), services, strict=True))
    for table in ("morbidity", "severity", "relativities", "treatment"):
        tables[table]["service"] = tables[table]["service"].map(care)
    tables["relativities"] = tables["relativities"].query("factor == 'tie'")
    case.policies["tried"] = policy(pooling=levels[1]) | {"about": "tried out"}
    return case


def _covered(case: SmallCase, by_age: Mapping[int, Mapping[str, float]]) -> None:
    """Shares of the statuses by first age of the band, the same for every region, tie and sex."""
    starts = sorted(by_age)
    ends = [start - 1 for start in starts[1:]] + [100]
    case.tables["coverage"] = pd.DataFrame(
        [
            (region, tie, sex, start, end, status, share)
            for region, tie, sex in product(CODES[:2], TIES, SEXES)
            for start, end in zip(starts, ends, strict=True)
            for status, share in by_age[start].items()
        ],
        columns=["region", "tie", "sex", "age_from", "age_to", "cover", "share"],
    )


def _insured_by(case: SmallCase, schemes: dict[str, dict[str, Any]], reserve: float) -> None:
    """Give the case its schemes, each region's fund a reserve, and the settlement of the example.

    Args:
        case: the case.
        schemes: contents of the scheme files without name and settlement.
        reserve: pooled balance of every fund.
    """
    example = case.schemes["employee"]
    case.settings["schemes"] = list(schemes)
    case.schemes = {
        name: {"name": name, "settlement_pool": "home", "settlement": example["settlement"]}
        | scheme
        for name, scheme in schemes.items()
    }
    case.tables["fund_balances"] = pd.DataFrame(
        [(region, scheme, reserve, 0.0) for scheme in schemes for region in CODES[:2]],
        columns=["region", "scheme", "pooled_balance", "account_balance"],
    )


def _paid(**rules: Any) -> dict[str, Any]:
    """A benefit; all cost is paid unless the rules say otherwise."""
    return {"deductible": 0, "bands": [[0, 1.0]], "ceiling": math.inf, **SOURCE} | rules


def _rules(**values: float) -> dict[str, Any]:
    return {name: given(value) for name, value in values.items()}


def german() -> SmallCase:
    """One payroll scheme with co-insured family members, pensioners who pay, and people outside.

    Civil servants and the privately insured have insurers of their own, as their families do.

    Employer and employee pay half of the general and of the additional rate each, the latter by
    region; the ceiling is one sum for the whole country, indexed by itself; the federation adds a
    lump sum. A hospital stay costs the patient 10 a day, other care 5 % up to a sum a year. The
    administration costs a sum a head. A policy adjusts between regions by need.
    """
    case = _in_words_of(
        ["Kreis", "Bezirk", "Land"], "EUR",
        ["Eschenau", "Birkenfeld", "Nordmark", "Südmark", "Musterland"],
        ["ambulant", "stationär"], persons=10_000.0,
    )  # fmt: skip
    case.settings |= {
        "name": "german", "title": "Gesetzliche Krankenversicherung nach Kreisen",
        "plurals": {"Kreis": "Kreise", "Bezirk": "Bezirke", "Land": "Länder"},
        "status_titles": {"retired_elsewhere": "Rentner aus anderen Kreisen"},
        "statuses": {
            "member": {"kind": "employee", "title": "Beschäftigte", **SOURCE},
            "private": {
                "kind": "employee", "title": "privat Versicherte", "outside": True, **SOURCE,
            },
            "family": {
                "kind": "local_resident", "title": "Familienversicherte", "dependant_of": "member",
                **SOURCE,
            },
            "private_family": {
                "kind": "local_resident", "title": "privat Mitversicherte",
                "dependant_of": "private", "outside": True, **SOURCE,
            },
            "pensioner": {"kind": "retired", "title": "Rentner", **SOURCE},
            "former_official": {
                "kind": "retired", "title": "Pensionäre", "outside": True, **SOURCE,
            },
        },
    }  # fmt: skip
    case.settings["economy"]["base_limit_growth"] = given(0.03)
    case.policies["tried"]["pooling"] = "Bezirk+Land:0.05:0.3"
    members = ["employee", "retired", "retired_elsewhere"]
    rules = _rules(
        employer_rate=0.073 + 0.0085, employee_rate=0.073 + 0.0085, base_floor=0.0,
        base_ceiling_money=62_100.0, compliance=1.0, account_share=0.0, pension=0.4,
        pension_rate_share=1.0, retiree_account_credit=0.0, account_spending=0.0,
        retirement_age_male=66, retirement_age_female=66, min_credited_years_male=5,
        min_credited_years_female=5, administration=0.0, administration_a_head=170.0,
    )  # fmt: skip
    scheme = {
        "title": "Gesetzliche Krankenversicherung", "kind": "payroll", "statuses_paying": members,
        "statuses_covered": [*members, "local_resident"], "settlement_pool": "residence",
        "rules": rules,
        "benefits": {
            "ambulant": _paid(per="year", bands=[[0, 0.95]], copayment_limit=900.0),
            "stationär": _paid(per="stay", deductible=80.0, later_deductibles=[80.0]),
        },
    }  # fmt: skip
    _insured_by(case, {"gkv": scheme}, reserve=2e9)
    _covered(
        case,
        {
            0: {"family": 0.88, "private_family": 0.12},
            WORKING_AGE: {"member": 0.72, "private": 0.1, "family": 0.16, "private_family": 0.02},
            66: {"pensioner": 0.9, "former_official": 0.1},
        },
    )
    case.tables["scheme_rules"] = pd.DataFrame(
        [
            ("gkv", "north", 2022, f"{who}_rate", "", 0.073 + 0.01)
            for who in ("employer", "employee")
        ],
        columns=RULES,
    )
    case.tables["subsidies"] = pd.DataFrame(
        [("gkv", "land", "Bund", 2020, "lump_sum", 2.5e9)], columns=SUBSIDIES
    )
    return case


def indonesian() -> SmallCase:
    """Wage earners, others by premium of an income class, and the poor whom the state insures.

    The ceiling of wages is one sum, the floor the minimum wage of each region; what the state pays
    for the poor is a sum a head of the nation and of the regions. First care is paid by capitation,
    hospitals by case group under a budget of the region. One fund pools the nation. The plural of
    a level is the word itself.
    """
    case = _in_words_of(
        ["kabupaten", "provinsi", "negara"], "IDR",
        ["Padi", "Kelapa", "Utara", "Selatan", "Nusa"],
        ["rawat jalan", "rawat inap"], persons=25_000.0,
    )  # fmt: skip
    case.settings |= {
        "name": "indonesian", "title": "Jaminan Kesehatan Nasional",
        "plurals": {"kabupaten": "kabupaten", "provinsi": "provinsi", "negara": "negara"},
        "status_titles": {
            "employee": "PPU aktif", "retired": "PPU pensiun",
            "retired_elsewhere": "PPU pensiun daerah lain", "home_resident": "PBPU aktif",
            "rural_resident": "PBI aktif", "none": "belum terdaftar",
        },
    }  # fmt: skip
    case.settings["pooling"]["in_force"] = {
        "values": dict.fromkeys(("ppu", "pbpu", "pbi"), "negara"),
        **SOURCE,
    }
    tables = case.tables
    tables["economy"][["contribution_wage", "disposable_income"]] *= 800.0
    tables["severity"]["mean"] *= 230.0
    benefits = {"rawat jalan": _paid(), "rawat inap": _paid()}
    workers = ["employee", "retired", "retired_elsewhere"]
    wage_rules = _rules(
        employer_rate=0.04, employee_rate=0.01, base_floor_money=24e6, base_ceiling_money=144e6,
        compliance=0.9, account_share=0.0, retiree_account_credit=0.0, account_spending=0.0,
        retirement_age_male=57, retirement_age_female=57, min_credited_years_male=0,
        min_credited_years_female=0, administration=0.04,
    )  # fmt: skip
    flat = {"kind": "flat", "benefits": benefits}
    _insured_by(
        case,
        {
            "ppu": {
                "title": "Pekerja Penerima Upah", "kind": "payroll", "settlement_pool": "residence",
                "statuses_paying": ["employee"], "statuses_covered": workers,
                "rules": wage_rules, "benefits": benefits,
            },
            "pbpu": flat | {
                "title": "Bukan Penerima Upah", "statuses_paying": ["home_resident"],
                "statuses_covered": ["home_resident"],
                "rules": _rules(premium=1_800_000.0, subsidy=84_000.0, administration=0.04),
            },
            "pbi": flat | {
                "title": "Penerima Bantuan Iuran", "statuses_paying": ["rural_resident"],
                "statuses_covered": ["rural_resident"],
                "rules": _rules(premium=0.0, subsidy=0.0, administration=0.04),
            },
        },
        reserve=8e12,
    )  # fmt: skip
    _covered(
        case,
        {
            0: {"home_resident": 0.35, "rural_resident": 0.55, "none": 0.1},
            WORKING_AGE: {
                "employee": 0.35, "home_resident": 0.2, "rural_resident": 0.35, "none": 0.1,
            },
            57: {"retired": 0.1, "home_resident": 0.3, "rural_resident": 0.5, "none": 0.1},
        },
    )  # fmt: skip
    tables["scheme_rules"] = pd.DataFrame(
        [("ppu", "birch", 2021, "base_floor_money", "", 54e6)], columns=RULES
    )
    tables["income_classes"] = pd.DataFrame(
        [
            ("pbpu", "land", 2020, "kelas 1", 0.15, 1.0, 0.0),
            ("pbpu", "land", 2020, "kelas 2", 0.2, 0.667, 0.0),
            ("pbpu", "land", 2020, "kelas 3", 0.65, 0.233, 1.0),
        ],
        columns=["scheme", "region", "year", "class", "share", "premium", "subsidy"],
    )
    tables["subsidies"] = pd.DataFrame(
        [
            ("pbi", "land", "pusat", 2020, "a_head", 450_000.0),
            ("pbi", "ash", "daerah", 2020, "a_head", 54_000.0),
            ("pbi", "land", "pusat", 2022, "a_head", 500_000.0),
        ],
        columns=SUBSIDIES,
    )
    schemes = case.settings["schemes"]
    tables["provider_payments"] = pd.DataFrame(
        [(scheme, "land", "rawat jalan", 2021, "capitation", 0.05, 140_000.0) for scheme in schemes]
        + [
            (scheme, region, "rawat inap", 2021, "case_group", 0.08, None)
            for scheme, region in product(schemes, ("north", "south"))
        ],
        columns=["scheme", "region", "service", "year", "method", "growth", "amount"],
    )
    return case


def swiss() -> SmallCase:
    """Premiums by place and age, subsidised by a sum a head and by a share of outgo.

    Deductible, share and co-payment limit act on a person's year of all services together.
    """
    case = _in_words_of(
        ["Kanton", "Grossregion", "Bund"], "CHF",
        ["Eschental", "Birkental", "Mittelland", "Alpenland", "Eidgenossenschaft"],
        ["Praxis", "Spital"], persons=3_000.0,
    )  # fmt: skip
    case.settings |= {
        "name": "swiss", "title": "Krankenpflegeversicherung nach Kantonen",
        "plurals": {"Kanton": "Kantone", "Grossregion": "Grossregionen", "Bund": "Bund"},
        "status_titles": {"home_resident": "Prämienzahlende", "none": "ohne Deckung"},
    }  # fmt: skip
    case.tables["severity"]["mean"] *= 2.0
    year = _paid(per="year", deductible=300.0, bands=[[0, 0.9]], copayment_limit=1_000.0)
    scheme = {
        "title": "Obligatorische Krankenpflegeversicherung", "kind": "flat",
        "statuses_paying": ["home_resident"], "statuses_covered": ["home_resident"],
        "rules": _rules(premium=4_800.0, subsidy=0.0, administration=0.05),
        "benefits": {"Praxis": year, "Spital": {**year, "shared_with": "Praxis"}},
    }  # fmt: skip
    _insured_by(case, {"okp": scheme}, reserve=8e8)
    insured = {"home_resident": 1.0}
    _covered(case, {0: insured, WORKING_AGE: insured, 60: insured})
    case.tables["scheme_rules"] = pd.DataFrame(
        [("okp", "birch", 2020, "premium", "", 5_600.0)], columns=RULES
    )
    case.tables["premium_ages"] = pd.DataFrame(
        [("okp", 0, 18, 0.25), ("okp", 19, 25, 0.75)],
        columns=["scheme", "age_from", "age_to", "factor"],
    )
    case.tables["subsidies"] = pd.DataFrame(
        [
            ("okp", "land", "Bund", 2020, "share_of_outgo", 0.075),
            ("okp", "ash", "Kanton", 2020, "a_head", 300.0),
        ],
        columns=SUBSIDIES,
    )
    return case


COUNTRIES = {"german": german, "indonesian": indonesian, "swiss": swiss}
