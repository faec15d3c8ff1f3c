"""Every kind of mistake in a case: what the message says, and that nothing else is reported."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.vocabulary import TIES
from tests.cases.small import SmallCase, small_case

Change = Callable[[SmallCase], None]
SOURCE = {"source": "worked example", "status": "assumed"}


def _table(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Change:
    def apply(case: SmallCase) -> None:
        case.tables[name] = change(case.tables[name].copy())

    return apply


def _cell(name: str, row: int, column: str, value: object) -> Change:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table[column] = table[column].astype(object)
        table.loc[row, column] = value
        return table

    return _table(name, change)


def _drop_row(name: str, row: int) -> Change:
    return _table(name, lambda table: table.drop(index=row))


def _setting(path: str, value: object) -> Change:
    def apply(case: SmallCase) -> None:
        *parents, last = path.split(".")
        here = case.settings
        for part in parents:
            here = here[part]
        if value is None:
            del here[last]
        else:
            here[last] = value

    return apply


def _scheme(name: str, path: str, value: object) -> Change:
    def apply(case: SmallCase) -> None:
        *parents, last = path.split(".")
        here = case.schemes[name]
        for part in parents:
            here = here[part]
        if value is None:
            del here[last]
        else:
            here[last] = value

    return apply


def _file(name: str, contents: bytes) -> Change:
    def apply(case: SmallCase) -> None:
        case.extra_files[name] = contents

    return apply


def _instead(table: str, name: str, contents: bytes) -> Change:
    """A file in place of a table."""

    def apply(case: SmallCase) -> None:
        del case.tables[table]
        case.extra_files[name] = contents

    return apply


def _rename_scheme_file(case: SmallCase) -> None:
    case.schemes["residents"] = case.schemes.pop("resident")


def _scheme_rules(rule: str, service: str, value: float) -> Change:
    def apply(case: SmallCase) -> None:
        case.tables["scheme_rules"] = pd.DataFrame(
            [("employee", "ash", 2020, rule, service, value)],
            columns=["scheme", "region", "year", "rule", "service", "value"],
        )

    return apply


def _fund_total(year: int, measure: str = "claims", use: str = "fit") -> Change:
    def apply(case: SmallCase) -> None:
        case.tables["fund_totals"] = pd.DataFrame(
            [("land", "employee", year, measure, 1e6, use)],
            columns=["region", "scheme", "year", "measure", "value", "use"],
        )

    return apply


def _second_service(case: SmallCase) -> None:
    """In-patient care like out-patient care, whose costs change at the age of 60."""
    case.settings["services"].append("inpatient")
    for scheme in case.schemes.values():
        scheme["benefits"]["inpatient"] = scheme["benefits"]["outpatient"]
    for name in ("morbidity", "treatment"):
        table = case.tables[name]
        case.tables[name] = pd.concat([table, table.assign(service="inpatient")])
    costs = case.tables["severity"].assign(service="inpatient")
    young, old = costs.assign(age_to=59), costs.assign(age_from=60)
    case.tables["severity"] = pd.concat([case.tables["severity"], young, old])


BROKEN: dict[str, tuple[Change, list[str]]] = {
    "missing column": (
        _table("population", lambda t: t.drop(columns="persons")),
        ["tables/population.csv, row 1, column persons: expected the column persons (residents). "
         "Add the column."],
    ),
    "misspelt column": (
        _table("population", lambda t: t.rename(columns={"persons": "person"})),
        ["tables/population.csv, row 1, column persons: expected the column persons (residents). "
         "Is it 'person'? Then rename that one.",
         "tables/population.csv, row 1, column person: found 'person'; expected a column of "
         "population. Did you mean 'persons'? Remove or rename it."],
    ),
    "unknown region": (
        _cell("economy", 0, "region", "asch"),
        ["tables/economy.csv, row 2, column region: found 'asch'; expected a county of the table "
         "regions. Did you mean 'ash'?"],
    ),
    "migration pair of unknown regions": (
        _cell("migrants", 0, "home", "elm"),
        ["tables/migrants.csv, row 2, column home: found 'elm'; expected a county of the table "
         "regions, or outside. Known: ash, birch, outside."],
    ),
    "negative persons": (
        _cell("population", 30, "persons", -5),
        ["tables/population.csv, row 32, column persons: found '-5'; expected a number of at "
         "least 0. Correct the number."],
    ),
    "share over one": (
        _cell("employment", 1, "employed_share", 1.6),
        ["tables/employment.csv, row 3, column employed_share: found '1.6'; expected a number "
         "from 0 to 1. Correct the number."],
    ),
    "duplicate key": (
        _table("demography", lambda t: pd.concat([t, t.iloc[[0]]])),
        ["tables/demography.csv, row 4, column region: found 'ash'; expected each key once. "
         "Row 2 has it already; remove one of them."],
    ),
    "text in a number": (
        _cell("economy", 0, "contribution_wage", "fifty"),
        ["tables/economy.csv, row 2, column contribution_wage: found 'fifty'; expected a number "
         "above 0. Write a plain number."],
    ),
    "thousands separators": (
        _cell("economy", 0, "contribution_wage", "50,000"),
        ["tables/economy.csv, row 2, column contribution_wage: found '50,000'; expected a number "
         "above 0. Write numbers with a point and without separators, as in 1234.5."],
    ),
    "per cent sign": (
        _cell("employment", 0, "employed_share", "60%"),
        ["tables/employment.csv, row 2, column employed_share: found '60%'; expected a number "
         "from 0 to 1. Write a share as a fraction, as in 0.05 for 5 %."],
    ),
    "not a number": (
        _cell("economy", 1, "price_level", "nan"),
        ["tables/economy.csv, row 3, column price_level: found 'nan'; expected a number above 0 to "
         "10. Write a plain number."],
    ),
    "fraction of a year of age": (
        _cell("population", 5, "age", 5.5),
        ["tables/population.csv, row 7, column age: found '5.5'; expected a whole number."],
    ),
    "empty cell": (
        _cell("regions", 0, "name", ""),
        ["tables/regions.csv, row 2, column name: found ''; expected name. Fill the cell."],
    ),
    "unknown word": (
        _cell("population", 0, "sex", "man"),
        ["tables/population.csv, row 2, column sex: found 'man'; expected one of male, female. "
         "Known: male, female."],
    ),
    "wrong encoding": (
        _file("tables/economy.csv", "region,name\nash,Köln\n".encode("latin-1")),
        ["tables/economy.csv, row 2: found 'bytes f6 6c 6e 0a'; expected text in UTF-8. "
         "Save the file as UTF-8 (in a spreadsheet: CSV UTF-8)."],
    ),
    "empty file": (
        _file("tables/demography.csv", b""),
        ["tables/demography.csv: expected a header and rows. The file is empty; fill it."],
    ),
    "header without rows": (
        _file("tables/employment.csv", b"region,employed_share\n"),
        ["tables/employment.csv: expected at least one row. There is only a header; fill it."],
    ),
    "a row too short": (
        _file("tables/employment.csv", b"region,employed_share\nash,0.6\nbirch\n"),
        ["tables/employment.csv, row 3: found '1 cells'; expected 2 cells. Put text that holds a "
         "comma in quotes, or add what is missing."],
    ),
    "the same column twice": (
        _file("tables/employment.csv", b"region,region\nash,0.6\n"),
        ["tables/employment.csv, row 1, column region: found 'region'; expected each column once. "
         "Remove one of them."],
    ),
    "broken quotes": (
        _file("tables/employment.csv", b'region,employed_share\n"ash"x,0.6\n'),
        ["tables/employment.csv: expected a readable CSV file. The reader says:"],
    ),
    "not Parquet": (
        _instead("employment", "tables/employment.parquet", b"PAR1 not really"),
        ["tables/employment.parquet: expected a Parquet file. The file cannot be opened as one."],
    ),
    "missing table": (
        _instead("morbidity", "tables/notes.txt", b"about the tables"),
        ["tables/morbidity: expected this table. Add it."],
    ),
    "table twice": (
        _file("tables/economy.parquet", b"x"),
        ["tables/economy.parquet: expected each table once. Remove this file or economy.csv."],
    ),
    "no source for a table": (
        _setting("tables.economy", None),
        ["case.toml, column tables.economy: expected source and status of the table economy. "
         "Add [tables.economy]; tables/economy.csv inherits from it."],
    ),
    "source of an unknown table": (
        _setting("tables.econmy", {"source": "x", "status": "assumed"}),
        ["case.toml, column tables.econmy: found 'econmy'; expected the name of a table. "
         "Did you mean 'economy'?"],
    ),
    "unknown status of a row": (
        _table("economy", lambda t: t.assign(status=["guessed", ""])),
        ["tables/economy.csv, row 2, column status: found 'guessed'; expected one of published, "
         "derived, assumed. Known: published, derived, assumed."],
    ),
    "county without a city": (
        _cell("regions", 0, "parent", ""),
        ["tables/regions.csv, row 2, column parent: found ''; expected the city it lies in. "
         "Fill the cell."],
    ),
    "unknown parent": (
        _cell("regions", 0, "parent", "nord"),
        ["tables/regions.csv, row 2, column parent: found 'nord'; expected the code of a region. "
         "Did you mean 'north'?"],
    ),
    "cyclic parents": (
        _cell("regions", 2, "parent", "ash"),
        ["tables/regions.csv, row 2, column parent: found 'north'; expected parents that lead to "
         "the top level. ash lies in itself; correct one parent on the way."],
    ),
    "parent of the wrong level": (
        _cell("regions", 0, "parent", "land"),
        ["tables/regions.csv, row 2, column parent: found 'land'; expected a region of the level "
         "city. land has the level province."],
    ),
    "city without counties": (
        _table("regions", lambda t: pd.concat(
            [t, pd.DataFrame([("west", "West", "city", "land", None, None)], columns=t.columns)])),
        ["tables/regions.csv, row 7, column region: found 'west'; expected a county that lies in "
         "it. Remove the region, or give it members."],
    ),
    "unknown level": (
        _cell("regions", 1, "level", "district"),
        ["tables/regions.csv, row 3, column level: found 'district'; expected one of county, city, "
         "province."],
    ),
    "reserved code": (
        _cell("regions", 0, "region", "outside"),
        ["tables/regions.csv, row 2, column region: found 'outside'; expected a code other than "
         "outside."],
    ),
    "region without population": (
        _table("population", lambda t: t[t["region"] != "birch"]),
        ["tables/population.csv, column region: expected a row for birch. Add its people."],
    ),
    "an age missing": (
        _drop_row("population", 44),
        ["tables/population.csv, column region + sex + age: expected a row for ash, male, 44. "
         "Give every sex and age; write 0 where nobody lives."],
    ),
    "shares that do not sum to one": (
        _cell("coverage", 1, "share", 0.7),
        ["tables/coverage.csv, row 3, column share: found '1.1'; expected shares of ash, stayer, "
         "male, 16 that sum to 1. Correct the shares from this row on."],
    ),
    "places that do not sum to one": (
        _cell("treatment", 1, "forgone", 0.3),
        ["tables/treatment.csv, row 3, column residence + home + referral + forgone: found '1.2'; "
         "expected shares that sum to 1. Correct the row."],
    ),
    "stayers treated at home": (
        _table("treatment", lambda t: t.assign(
            home=t["home"].where(t.index != 0, 0.2),
            residence=t["residence"].where(t.index != 0, 0.8))),
        ["tables/treatment.csv, row 2, column home: found '0.2'; expected 0 for stayers. Their "
         "home is the residence; put the share there."],
    ),
    "a later regime without places of treatment": (
        _scheme("resident", "settlement.regime",
                {"value": "manual", "by_year": {"2023": "territorial"}, **SOURCE}),
        [f"tables/treatment.csv, column regime + tie + service: expected a row for territorial, "
         f"{tie}, outpatient. Add the row." for tie in TIES],
    ),
    "age classes that differ by service": (
        _second_service,
        ["tables/severity.csv, column age_from: expected the same age classes for every service. "
         "Split classes where they differ."],
    ),
    "migrant at home": (
        _cell("migrants", 0, "home", "birch"),
        ["tables/migrants.csv, row 2, column home + residence: found 'birch'; expected a home "
         "other than the residence."],
    ),
    "more migrants than residents": (
        _cell("migrants", 0, "persons", 1300),
        ["tables/migrants.csv, column persons: found '1300'; expected at most the 1200 residents "
         "of birch."],
    ),
    "ages of migrants missing": (
        _table("migrant_ages", lambda t: t.assign(tie="within")),
        ["tables/migrant_ages.csv, column tie: expected ages of the tie between. There are "
         "migrants of that tie; add their age pattern."],
    ),
    "in-migrants from nowhere": (
        _table("migrants", lambda t: pd.concat(
            [t, pd.DataFrame([("outside", "ash", 5.0)], columns=t.columns)])),
        ["tables/migrant_ages.csv, column tie: expected ages of the tie inbound.",
         "tables/mobility.csv, column home: expected a row for outside.",
         "tables/population.csv, column region: expected rows for outside."],
    ),
    "gap between age bands": (
        _table("severity", lambda t: t.assign(age_to=80)),
        ["tables/severity.csv, column age_to: found '80'; expected the classes of outpatient to "
         "reach 100. Extend the last one."],
    ),
    "hole between age classes": (
        _table("severity", lambda t: pd.concat([t.assign(age_to=49), t.assign(age_from=60)])),
        ["tables/severity.csv, column age_from + age_to: found '60 to 100'; expected the classes "
         "of outpatient without gap or overlap: one from 50. Correct the ages."],
    ),
    "no band at the retirement age": (
        _scheme("employee", "rules.retirement_age_male.value", 62),
        ["tables/coverage.csv, column age_from: expected a band of male that begins at 62. It is "
         "the retirement age of employee; split the band there."],
    ),
    "missing setting": (
        _setting("economy.interest", None),
        ["case.toml, column economy.interest: expected this setting. Add it."],
    ),
    "misspelt setting": (
        _setting("economy.intrest", {"value": 0.02, "source": "x", "status": "assumed"}),
        ["case.toml, column economy.intrest: found 'intrest'; expected a known setting. "
         "Did you mean 'interest'?"],
    ),
    "setting out of range": (
        _setting("economy.wage_growth.value", 4.0),
        ["case.toml, column economy.wage_growth: expected a number in range. 4 is not a number "
         "from -0.5 to 1."],
    ),
    "setting without a source": (
        _setting("economy.wage_growth.source", None),
        ["case.toml, column economy.wage_growth.source: expected this setting. Add it."],
    ),
    "moral hazard at an unknown level": (
        _setting("pooling.moral_hazard.values", {"state": 0.1}),
        ["case.toml, column pooling.moral_hazard.values.state: found 'state'; expected a level of "
         "the case. Known: county, city, province."],
    ),
    "invalid TOML": (
        _file("case.toml", b"name = \n"),
        ["case.toml: expected valid TOML. The parser says:"],
    ),
    "missing scheme file": (
        _rename_scheme_file,
        ["schemes/resident.toml: expected this scheme file. case.toml lists the scheme; add the "
         "file. Did you mean 'residents'?",
         "schemes/residents.toml: expected a scheme of case.toml. List it under schemes or "
         "optional_schemes, or remove the file."],
    ),
    "missing rule": (
        _scheme("employee", "rules.employer_rate", None),
        ["schemes/employee.toml, column rules.employer_rate: expected this rule of a payroll "
         "scheme. Add it."],
    ),
    "rate over one": (
        _scheme("employee", "rules.employer_rate.value", 8.0),
        ["schemes/employee.toml, column rules.employer_rate: found '8'; expected a number from 0 "
         "to 1. Correct the number."],
    ),
    "unknown coverage status": (
        _scheme("resident", "statuses_covered", ["home_resident", "local_residents", "dual"]),
        ["schemes/resident.toml, column statuses_covered: found 'local_residents'; expected a "
         "coverage status. Did you mean 'local_resident'?",
         "schemes/resident.toml, column statuses_paying: found 'local_resident'; expected a status "
         "that the scheme covers. Add it to statuses_covered."],
    ),
    "status covered twice": (
        _scheme("resident", "statuses_covered",
                ["home_resident", "local_resident", "dual", "employee"]),
        ["schemes/resident.toml, column statuses_covered: found 'employee'; expected a status "
         "that no other scheme covers. employee covers it already; take it out of one."],
    ),
    "bad benefit formula": (
        _scheme("resident", "benefits.outpatient.bands", [[0, 1.4]]),
        ["schemes/resident.toml, column benefits.outpatient: expected a benefit formula."],
    ),
    "benefits of a service missing": (
        _scheme("resident", "benefits", {}),
        ["schemes/resident.toml, column benefits.outpatient: expected the benefits of this "
         "service. Add them."],
    ),
    "lag that does not sum to one": (
        _scheme("resident", "settlement.lag.values.manual", [0.6, 0.3]),
        ["schemes/resident.toml, column settlement.lag.values: expected a number in range. The "
         "shares paid by year under manual must sum to 1."],
    ),
    "unknown rule of a region": (
        _scheme_rules("employer_rte", "", 0.09),
        ["tables/scheme_rules.csv, row 2, column rule: found 'employer_rte'; expected a rule of "
         "employee. Did you mean 'employer_rate'?"],
    ),
    "benefit rule without a service": (
        _scheme_rules("rate", "", 0.5),
        ["tables/scheme_rules.csv, row 2, column service: found ''; expected a service for the "
         "rule rate. Fill the cell."],
    ),
    "fund total of a later year": (
        _fund_total(2023),
        ["tables/fund_totals.csv, row 2, column year: found '2023'; expected the base year 2020 "
         "for a figure that is fitted. Set use to compare."],
    ),
    "unknown scheme": (
        _cell("fund_balances", 0, "scheme", "employees"),
        ["tables/fund_balances.csv, row 2, column scheme: found 'employees'; expected a scheme of "
         "case.toml. Did you mean 'employee'?"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_message(kind: str, tmp_path: Path) -> None:
    change, expected = BROKEN[kind]
    case = small_case()
    change(case)
    messages = [finding.message for finding in check_case(case.write(tmp_path / "case"))]
    assert len(messages) == len(expected), messages
    for message, start in zip(sorted(messages), sorted(expected), strict=True):
        assert message.startswith(start), message


def test_a_broken_case_is_refused_with_all_its_findings(tmp_path: Path) -> None:
    case = small_case()
    for kind in ("negative persons", "share over one", "text in a number", "missing rule"):
        BROKEN[kind][0](case)
    with pytest.raises(CaseError) as refused:
        read_case(case.write(tmp_path / "case"))
    assert len(refused.value.findings) == 4
    assert str(refused.value).endswith("4 errors")


def test_many_mistakes_of_one_kind_are_counted(tmp_path: Path) -> None:
    case = small_case()
    case.tables["population"]["persons"] = -1.0
    findings = check_case(case.write(tmp_path / "case"))
    assert len(findings) == 21
    assert findings[-1].message.endswith("And 384 more cells of this column.")


def test_places_that_hold_no_case(tmp_path: Path) -> None:
    assert "Known: fujian, jiangsu" in check_case(tmp_path / "nothing")[0].message
    text = tmp_path / "case.txt"
    text.write_text("x", encoding="utf-8")
    assert "a case folder or an .xlsx workbook" in check_case(text)[0].message
    book = tmp_path / "case.xlsx"
    book.write_bytes(b"not a workbook")
    assert "expected an .xlsx workbook" in check_case(book)[0].message


def test_the_small_case_has_nothing_to_mend(tmp_path: Path) -> None:
    assert check_case(small_case().write(tmp_path / "case")) == ()
