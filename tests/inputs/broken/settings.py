"""Mistakes in case.toml, scheme files and files: the change, and what every message begins with."""

from fundpool.inputs.format.vocabulary import TIES
from tests.inputs.broken.changes import (
    SOURCE,
    Change,
    file,
    instead,
    rename_scheme_file,
    scheme,
    setting,
)

IN_SETTINGS: dict[str, tuple[Change, list[str]]] = {
    "wrong encoding": (
        file("tables/economy.csv", "region,name\nash,Köln\n".encode("latin-1")),
        ["tables/economy.csv, row 2: found 'bytes f6 6c 6e 0a'; expected text in UTF-8. "
         "Save the file as UTF-8 (in a spreadsheet: CSV UTF-8)."],
    ),
    "empty file": (
        file("tables/demography.csv", b""),
        ["tables/demography.csv: expected a header and rows. The file is empty; fill it."],
    ),
    "header without rows": (
        file("tables/employment.csv", b"region,employed_share\n"),
        ["tables/employment.csv: expected at least one row. There is only a header; fill it."],
    ),
    "a row too short": (
        file("tables/employment.csv", b"region,employed_share\nash,0.6\nbirch\n"),
        ["tables/employment.csv, row 3: found '1 cells'; expected 2 cells. Put text that holds a "
         "comma in quotes, or add what is missing."],
    ),
    "the same column twice": (
        file("tables/employment.csv", b"region,region\nash,0.6\n"),
        ["tables/employment.csv, row 1, column region: found 'region'; expected each column once. "
         "Remove one of them."],
    ),
    "broken quotes": (
        file("tables/employment.csv", b'region,employed_share\n"ash"x,0.6\n'),
        ["tables/employment.csv: expected a readable CSV file. The reader says:"],
    ),
    "not Parquet": (
        instead("employment", "tables/employment.parquet", b"PAR1 not really"),
        ["tables/employment.parquet: expected a Parquet file. The file cannot be opened as one."],
    ),
    "missing table": (
        instead("morbidity", "tables/notes.txt", b"about the tables"),
        ["tables/morbidity: expected this table. Add it."],
    ),
    "table twice": (
        file("tables/economy.parquet", b"x"),
        ["tables/economy.parquet: expected each table once. Remove this file or economy.csv."],
    ),
    "no source for a table": (
        setting("tables.economy", None),
        ["case.toml, column tables.economy: expected source and status of the table economy. "
         "Add [tables.economy]; tables/economy.csv inherits from it."],
    ),
    "source of an unknown table": (
        setting("tables.econmy", {"source": "x", "status": "assumed"}),
        ["case.toml, column tables.econmy: found 'econmy'; expected the name of a table. "
         "Did you mean 'economy'?"],
    ),
    "a later regime without places of treatment": (
        scheme("resident", "settlement.regime",
                {"value": "manual", "by_year": {"2023": "territorial"}, **SOURCE}),
        [f"tables/treatment.csv, column regime + tie + service: expected a row for territorial, "
         f"{tie}, outpatient. Add the row." for tie in TIES],
    ),
    "no band at the retirement age": (
        scheme("employee", "rules.retirement_age_male.value", 62),
        ["tables/coverage.csv, column age_from: expected a band of male that begins at 62. It is "
         "the retirement age of employee; split the band there."],
    ),
    "missing setting": (
        setting("economy.interest", None),
        ["case.toml, column economy.interest: expected this setting. Add it."],
    ),
    "misspelt setting": (
        setting("economy.intrest", {"value": 0.02, "source": "x", "status": "assumed"}),
        ["case.toml, column economy.intrest: found 'intrest'; expected a known setting. "
         "Did you mean 'interest'?"],
    ),
    "setting out of range": (
        setting("economy.wage_growth.value", 4.0),
        ["case.toml, column economy.wage_growth: expected a number in range. 4 is not a number "
         "from -0.5 to 1."],
    ),
    "setting without a source": (
        setting("economy.wage_growth.source", None),
        ["case.toml, column economy.wage_growth.source: expected this setting. Add it."],
    ),
    "moral hazard at an unknown level": (
        setting("pooling.moral_hazard.values", {"state": 0.1}),
        ["case.toml, column pooling.moral_hazard.values.state: found 'state'; expected a level of "
         "the case. Known: county, city, province."],
    ),
    "moral hazard of an unknown scheme": (
        setting("pooling.moral_hazard_published.schemes", ["employe"]),
        ["case.toml, column pooling.moral_hazard_published.schemes: found 'employe'; expected a "
         "scheme of the case. Did you mean 'employee'?"],
    ),
    "pooling in force of an unknown scheme, at an unknown level": (
        setting("pooling.in_force", {"values": {"residents": "cty"}, **SOURCE}),
        ["case.toml, column pooling.in_force.values.residents: found 'residents'; expected a "
         "scheme of the case. Did you mean 'resident'?",
         "case.toml, column pooling.in_force.values.residents: found 'cty'; expected a level of "
         "the case. Did you mean 'city'?"],
    ),
    "invalid TOML": (
        file("case.toml", b"name = \n"),
        ["case.toml: expected valid TOML. The parser says:"],
    ),
    "missing scheme file": (
        rename_scheme_file,
        ["schemes/resident.toml: expected this scheme file. case.toml lists the scheme; add the "
         "file. Did you mean 'residents'?",
         "schemes/residents.toml: expected a scheme of case.toml. List it under schemes or "
         "optional_schemes, or remove the file."],
    ),
    "missing rule": (
        scheme("employee", "rules.employer_rate", None),
        ["schemes/employee.toml, column rules.employer_rate: expected this rule of a payroll "
         "scheme. Add it."],
    ),
    "rate over one": (
        scheme("employee", "rules.employer_rate.value", 8.0),
        ["schemes/employee.toml, column rules.employer_rate: found '8'; expected a number from 0 "
         "to 1. Correct the number."],
    ),
    "unknown coverage status": (
        scheme("resident", "statuses_covered", ["home_resident", "local_residents", "dual"]),
        ["schemes/resident.toml, column statuses_covered: found 'local_residents'; expected a "
         "coverage status. Did you mean 'local_resident'?",
         "schemes/resident.toml, column statuses_paying: found 'local_resident'; expected a status "
         "that the scheme covers. Add it to statuses_covered."],
    ),
    "status covered twice": (
        scheme("resident", "statuses_covered",
                ["home_resident", "local_resident", "dual", "employee"]),
        ["schemes/resident.toml, column statuses_covered: found 'employee'; expected a status "
         "that no other scheme covers. employee covers it already; take it out of one."],
    ),
    "bad benefit formula": (
        scheme("resident", "benefits.outpatient.bands", [[0, 1.4]]),
        ["schemes/resident.toml, column benefits.outpatient: expected a benefit formula."],
    ),
    "benefits of a service missing": (
        scheme("resident", "benefits", {}),
        ["schemes/resident.toml, column benefits.outpatient: expected the benefits of this "
         "service. Add them."],
    ),
    "lag that does not sum to one": (
        scheme("resident", "settlement.lag.values.manual", [0.6, 0.3]),
        ["schemes/resident.toml, column settlement.lag.values: expected a number in range. The "
         "shares paid by year under manual must sum to 1."],
    ),
}  # fmt: skip
