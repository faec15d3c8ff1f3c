"""Cases of three other countries: their rules and words, with the people of the worked example.

The figures are rounded after the laws of about 2024; only the shape of the rules counts.
"""

import pandas as pd

from tests.cases.policies import policy
from tests.cases.small import SmallCase, given, small_case
from tests.cases.stochastic import scenario_section

SUBSIDIES = ["scheme", "region", "payer", "year", "basis", "value"]
RULES = ["scheme", "region", "year", "rule", "service", "value"]


def _in_words_of(levels: list[str], currency: str, schemes: list[str]) -> SmallCase:
    """The worked example with other levels, currency and schemes, of which none is written yet."""
    case = small_case()
    settings, tables = case.settings, case.tables
    names = dict(zip(settings["levels"], levels, strict=True))
    settings |= {"levels": levels, "currency": currency, "name": "tried", "title": "Tried",
                 "schemes": schemes}  # fmt: skip
    for values in ("moral_hazard", "moral_hazard_published"):
        part = settings["pooling"][values]
        part["values"] = {names[level]: value for level, value in part["values"].items()}
    settings["scenarios"] = scenario_section()
    for catastrophe in settings["scenarios"]["catastrophes"].values():
        catastrophe["reach"] = names.get(catastrophe["reach"], catastrophe["reach"])
    regions = tables["regions"]
    regions["level"] = regions["level"].map(names)
    case.policies["tried"] = policy(pooling=levels[1]) | {"about": "tried out"}
    balances = tables["fund_balances"].query("scheme == 'employee'")
    tables["fund_balances"] = pd.concat(
        [balances.assign(scheme=scheme, account_balance=0.0) for scheme in schemes]
    )
    return case


def _covered(case: SmallCase, **cover: str) -> None:
    """Put people under other statuses; from 60 on (women 55 on) all are ``old``."""
    table = case.tables["coverage"]
    old = table["age_from"].isin([55, 60])
    table["cover"] = table["cover"].where(~old, "old").replace(cover)
    keys = [name for name in table.columns if name != "share"]
    case.tables["coverage"] = table.groupby(keys, sort=False, as_index=False).agg({"share": "sum"})


def german() -> SmallCase:
    """One payroll scheme with family members who pay nothing, and pensioners who pay.

    The ceiling is one sum for the whole country, indexed by itself; the federation adds a lump
    sum.
    """
    case = _in_words_of(["Kreis", "Bezirk", "Land"], "EUR", ["gkv"])
    case.settings["plurals"] = {"Kreis": "Kreise", "Bezirk": "Bezirke", "Land": "Länder"}
    case.settings["economy"]["base_limit_growth"] = given(0.03)
    case.settings["status_titles"] = {"home_resident": "Familienversicherte"}
    scheme = case.schemes.pop("employee")
    del case.schemes["resident"]
    scheme |= {
        "name": "gkv", "title": "Gesetzliche Krankenversicherung",
        "statuses_paying": ["employee", "retired", "retired_elsewhere"],
        "statuses_covered": ["employee", "retired", "retired_elsewhere", "home_resident"],
    }  # fmt: skip
    del scheme["rules"]["base_ceiling"]
    scheme["rules"] |= {
        "employer_rate": given(0.0815), "employee_rate": given(0.0815),
        "account_share": given(0.0), "base_ceiling_money": given(62_100.0),
        "pension": given(0.4), "pension_rate_share": given(1.0),
    }  # fmt: skip
    case.schemes["gkv"] = scheme
    _covered(case, dual="employee", old="retired")
    case.tables["subsidies"] = pd.DataFrame(
        [("gkv", "land", "Bund", 2020, "lump_sum", 300_000.0)], columns=SUBSIDIES
    )
    return case


def indonesian() -> SmallCase:
    """Wage earners with their families, others by premium, and the poor whom the state insures.

    The floor is the minimum wage of each region, the ceiling one sum; what the state pays for the
    poor is a sum a head of the nation and of the regions. Levels whose plural is the word itself.
    """
    case = _in_words_of(["kabupaten", "provinsi", "negara"], "IDR", ["ppu", "pbpu", "pbi"])
    wages, flat = case.schemes.pop("employee"), case.schemes.pop("resident")
    in_thousands = {"economy": ["contribution_wage", "disposable_income"],
                    "fund_balances": ["pooled_balance"], "severity": ["mean"]}  # fmt: skip
    for table, columns in in_thousands.items():
        case.tables[table][columns] *= 1_000.0
    wages |= {
        "name": "ppu", "title": "Pekerja Penerima Upah", "statuses_paying": ["employee"],
        "statuses_covered": ["employee", "retired", "retired_elsewhere", "local_resident"],
    }  # fmt: skip
    for rule in ("base_floor", "base_ceiling"):
        del wages["rules"][rule]
    wages["rules"] |= {
        "employer_rate": given(0.04), "employee_rate": given(0.01), "account_share": given(0.0),
        "base_floor_money": given(24_000_000.0), "base_ceiling_money": given(144_000_000.0),
    }  # fmt: skip
    others = {"statuses_paying": ["home_resident"], "statuses_covered": ["home_resident"]}
    poor = {"statuses_paying": ["rural_resident"], "statuses_covered": ["rural_resident"]}
    case.schemes = {
        "ppu": wages,
        "pbpu": flat | others | {"name": "pbpu", "title": "Bukan Penerima Upah"},
        "pbi": flat | poor | {"name": "pbi", "title": "Penerima Bantuan Iuran"},
    }
    case.schemes["pbpu"]["rules"] = {
        "premium": given(420_000.0), "subsidy": given(84_000.0), "administration": given(0.04),
    }  # fmt: skip
    case.schemes["pbi"]["rules"] = {
        "premium": given(0.0), "subsidy": given(0.0), "administration": given(0.04),
    }  # fmt: skip
    _covered(case, dual="local_resident", old="home_resident")
    cover = case.tables["coverage"]
    poor_people = (cover["tie"] == "stayer") & (cover["cover"] == "home_resident")
    cover["cover"] = cover["cover"].where(~poor_people, "rural_resident")
    case.tables["scheme_rules"] = pd.DataFrame(
        [("ppu", "birch", 2021, "base_floor_money", "", 60_000_000.0)], columns=RULES
    )
    case.tables["subsidies"] = pd.DataFrame(
        [
            ("pbi", "land", "pusat", 2020, "a_head", 450_000.0),
            ("pbi", "ash", "daerah", 2020, "a_head", 54_000.0),
            ("pbi", "land", "pusat", 2022, "a_head", 500_000.0),
        ],
        columns=SUBSIDIES,
    )
    return case


def swiss() -> SmallCase:
    """Premiums by place and age; federation and regions bear a share of outgo and a lump sum."""
    case = _in_words_of(["Kanton", "Grossregion", "Bund"], "CHF", ["okp"])
    case.settings["plurals"] = {
        "Kanton": "Kantone", "Grossregion": "Grossregionen", "Bund": "Bund",
    }  # fmt: skip
    del case.schemes["employee"]
    scheme = case.schemes.pop("resident")
    scheme |= {
        "name": "okp", "title": "Obligatorische Krankenpflegeversicherung",
        "statuses_paying": ["home_resident"], "statuses_covered": ["home_resident"],
    }  # fmt: skip
    scheme["rules"] = {
        "premium": given(4_800.0), "subsidy": given(0.0), "administration": given(0.05),
    }  # fmt: skip
    case.schemes["okp"] = scheme
    _covered(case, employee="home_resident", dual="home_resident", old="home_resident")
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
            ("okp", "ash", "Kanton", 2020, "lump_sum", 200_000.0),
        ],
        columns=SUBSIDIES,
    )
    return case


COUNTRIES = {"german": german, "indonesian": indonesian, "swiss": swiss}
