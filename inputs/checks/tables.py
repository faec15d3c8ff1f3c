"""What must hold across the tables of a case."""

from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np
import pandas as pd

from fundpool.inputs.checks.years import years_outside
from fundpool.inputs.format.columns import MOST_SHOWN, more_of_the_same
from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message, Word
from fundpool.inputs.format.raw import RawTable
from fundpool.inputs.format.tables import TABLE_OF, TABLES
from fundpool.inputs.format.vocabulary import AGES, OUTSIDE, SEXES, TIES
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Settings

Tables = Mapping[str, pd.DataFrame]
Raw = Mapping[str, RawTable]


def presence_findings(settings: Settings | None, raw: Raw) -> list[Finding]:
    """Tables that are missing, and tables without a source."""
    findings = [
        Finding.of_file(f"tables/{table.name}", Message("this table"),
                        Message("Add it. %(about)s", about=Word(table.about)))
        for table in TABLES
        if table.required and table.name not in raw
    ]  # fmt: skip
    if settings is None:
        return findings
    for name, table in raw.items():
        if name not in settings.tables:
            findings.append(
                Finding.of_setting("case.toml", f"tables.{name}", None,
                                   Message("source and status of the table %(name)s", name=name),
                                   Message("Add [tables.%(name)s]; %(file)s inherits from it.",
                                           name=name, file=table.file))
            )  # fmt: skip
    for name in settings.tables:
        if name not in TABLE_OF:
            findings.append(
                Finding.of_setting("case.toml", f"tables.{name}", name,
                                   Message("the name of a table"), did_you_mean(name, TABLE_OF))
            )  # fmt: skip
    return findings


def reference_findings(
    settings: Settings, tree: RegionTree, tables: Tables, raw: Raw
) -> list[Finding]:
    """Cells that name a region, scheme, service or industry that does not exist."""
    every = {code for codes in tree.members for code in codes}
    known: dict[str, set[str]] = {
        "region": every,
        "county": set(tree.codes),
        "county_or_outside": {*tree.codes, OUTSIDE},
        "scheme": set(settings.schemes),
        "scheme_or_optional": {*settings.schemes, *settings.optional_schemes},
        "service": set(settings.services),
    }
    if "industry_factors" in tables:
        known["industry"] = set(tables["industry_factors"]["industry"])
    words = {
        "region": Message("a region of the table regions"),
        "county": Message("a %(level)s of the table regions", level=Word(tree.levels[0])),
        "county_or_outside": Message(
            "a %(level)s of the table regions, or outside", level=Word(tree.levels[0])
        ),
        "scheme": Message("a scheme of case.toml"),
        "scheme_or_optional": Message("a scheme of case.toml"),
        "service": Message("a service of case.toml"),
        "industry": Message("an industry of the table industry_factors"),
    }
    findings = []
    for name, frame in tables.items():
        for column in TABLE_OF[name].columns:
            if column.refers not in known:
                continue
            cells = frame[column.name].astype(str)
            wrong = ~cells.isin(known[column.refers])
            if column.blank:
                wrong &= cells != ""
            places = np.flatnonzero(wrong.to_numpy())
            for place in places[:MOST_SHOWN]:
                value = str(cells.iloc[place])
                findings.append(
                    Finding(raw[name].file, int(place) + raw[name].first_row, column.name, value,
                            words[column.refers], did_you_mean(value, sorted(known[column.refers])))
                )  # fmt: skip
            findings += more_of_the_same(
                raw[name].file, column.name, places.size, words[column.refers]
            )
    return findings


def missing_rows(
    file: str, column: str, wanted: list[tuple[object, ...]], frame: pd.DataFrame,
    keys: list[str], mend: Message,
) -> list[Finding]:  # fmt: skip
    """Key combinations that a table lacks."""
    present = set(frame[keys].itertuples(index=False, name=None))
    absent = [key for key in wanted if key not in present]
    shown = [
        Finding.of_setting(file, column, None,
                           Message("a row for %(words)s", words=Listed.of(key)), mend)
        for key in absent[:MOST_SHOWN]
    ]  # fmt: skip
    return shown + more_of_the_same(file, column, len(absent), Message("a row for each"))


def completeness_findings(
    settings: Settings, tree: RegionTree, tables: Tables, raw: Raw
) -> list[Finding]:
    """Rows that must be there: every county, every sex and age, every service."""
    findings: list[Finding] = []
    counties = list(tree.codes)
    grid = list(product(SEXES, range(AGES)))

    def ask(table: str, keys: list[str], wanted: list[tuple[object, ...]], mend: Message) -> None:
        findings.extend(
            missing_rows(raw[table].file, " + ".join(keys), wanted, tables[table], keys, mend)
        )

    for table in ("demography", "economy", "employment", "industries"):
        ask(table, ["region"], [(code,) for code in counties], Message("Add the row."))
    ask("mobility", ["home"], [(code,) for code in counties], Message("Add the row."))
    populated = set(tables["population"]["region"])
    ask("population", ["region"], [(code,) for code in counties], Message("Add its people."))
    present = [code for code in (*counties, OUTSIDE) if code in populated]
    ask("population", ["region", "sex", "age"], [(c, s, a) for c in present for s, a in grid],
        Message("Give every sex and age; write 0 where nobody lives."))  # fmt: skip
    for table, lead in (("mortality", "year"), ("morbidity", "service")):
        firsts = sorted(set(tables[table][lead]))
        if lead == "service":
            firsts = list(settings.services)
        ask(table, [lead, "sex", "age"], [(f, s, a) for f in firsts for s, a in grid],
            Message("Give every sex and age."))  # fmt: skip
    ask("severity", ["service"], [(service,) for service in settings.services],
        Message("Add its costs."))  # fmt: skip
    ask("fund_balances", ["region", "scheme"], list(product(counties, settings.schemes)),
        Message("Add the row; write 0 for a fund without money."))  # fmt: skip
    return findings


def people_findings(tree: RegionTree, tables: Tables, raw: Raw) -> list[Finding]:
    """Migrants: not at home, not twice outside, no more than there are residents."""
    findings: list[Finding] = []
    migrants, file = tables["migrants"], raw["migrants"]
    same = (migrants["home"] == migrants["residence"]).to_numpy()
    for place in np.flatnonzero(same)[:MOST_SHOWN]:
        findings.append(
            Finding(file.file, int(place) + file.first_row, "home + residence",
                    str(migrants["home"].iloc[place]), Message("a home other than the residence"),
                    Message("Remove the row; those who live at home are counted in population."))
        )  # fmt: skip
    residents = tables["population"].groupby("region")["persons"].sum()
    arrived = migrants.groupby("residence")["persons"].sum()
    for code in tree.codes:
        if code not in residents.index:
            continue  # a missing county is said elsewhere
        most = float(residents[code])
        if most <= 0:
            findings.append(
                Finding.of_setting(raw["population"].file, "persons", "0",
                                   Message("people in %(code)s", code=code),
                                   Message("Give the region a population, or remove it."))
            )  # fmt: skip
        elif float(arrived.get(code, 0.0)) > most:
            findings.append(
                Finding.of_setting(file.file, "persons", f"{arrived[code]:.0f}",
                                   Message("at most the %(most)s residents of %(code)s",
                                           most=f"{most:.0f}", code=code),
                                   Message("Correct the migrants who live there, or the "
                                           "population."))
            )  # fmt: skip
    counted = migrants[(migrants["persons"] > 0) & ~same]
    ties = _ties_of(tree, counted)
    known = set(tables["migrant_ages"]["tie"])
    for tie in TIES[1:]:
        if tie in ties and tie not in known:
            findings.append(
                Finding.of_setting(raw["migrant_ages"].file, "tie", None,
                                   Message("ages of the tie %(tie)s", tie=tie),
                                   Message("There are migrants of that tie; add their age "
                                           "pattern."))
            )  # fmt: skip
    inbound = OUTSIDE in set(counted["home"])
    if inbound and OUTSIDE not in set(tables["mobility"]["home"]):
        findings.append(
            Finding.of_setting(raw["mobility"].file, "home", None,
                               Message("a row for %(outside)s", outside=OUTSIDE),
                               Message("People come from outside the case; say how readily."))
        )  # fmt: skip
    if inbound and OUTSIDE not in set(tables["population"]["region"]):
        findings.append(
            Finding.of_setting(raw["population"].file, "region", None,
                               Message("rows for %(outside)s", outside=OUTSIDE),
                               Message("People come from outside the case; give the population "
                                       "they come from."))
        )  # fmt: skip
    return findings


def _ties_of(tree: RegionTree, migrants: pd.DataFrame) -> set[str]:
    level = tree.second_level
    group = dict(zip(tree.codes, tree.ancestor_index(level).tolist(), strict=True))
    ties = set()
    for home, residence in zip(migrants["home"], migrants["residence"], strict=True):
        if home == OUTSIDE:
            ties.add("inbound")
        elif residence == OUTSIDE:
            ties.add("outbound")
        else:
            ties.add("within" if group[home] == group[residence] else "between")
    return ties


def care_findings(
    settings: Settings, tables: Tables, raw: Raw, schemes: Mapping[str, SchemeFile]
) -> list[Finding]:
    """Places of treatment: a row for every regime in use, tie and service; stayers stay."""
    table, file = tables["treatment"], raw["treatment"]
    findings = regime_findings(settings, table, schemes, file.file)
    for name in ("treatment", "referral"):
        findings += listed_year_findings(tables[name], raw[name], settings.base_year)
    away = ((table["tie"] == "stayer") & (table["home"] > 0)).to_numpy()
    for place in np.flatnonzero(away)[:MOST_SHOWN]:
        findings.append(
            Finding(file.file, int(place) + file.first_row, "home",
                    f"{table['home'].iloc[place]:g}", Message("0 for stayers"),
                    Message("Their home is the residence; put the share there."))
        )  # fmt: skip
    return findings


def regime_findings(
    settings: Settings, table: pd.DataFrame, schemes: Mapping[str, SchemeFile], file: str
) -> list[Finding]:
    """Settlement regimes in use for which the table ``treatment`` has no rows."""
    regimes = {"direct"}
    for scheme in schemes.values():
        regimes |= {scheme.settlement.regime.value, *scheme.settlement.regime.by_year.values()}
    keys: list[str] = ["regime", "tie", "service"]
    asked: list[Iterable[object]] = [sorted(regimes), TIES, settings.services]
    if table["year"].notna().any():
        keys.append("year")
        asked.append(sorted(set(table["year"].dropna().astype(int))))
    wanted: list[tuple[object, ...]] = list(product(*asked))
    return missing_rows(file, " + ".join(keys), wanted, table, keys, Message("Add the row."))


def listed_year_findings(table: pd.DataFrame, file: RawTable, base: int) -> list[Finding]:
    """Years of shares: in every row or in none, and none that no projected year follows."""
    blank = table["year"].isna().to_numpy()
    if blank.all():
        return []
    places = np.flatnonzero(blank)
    expected = Message("a year in every row, or in none")
    findings = [
        Finding(file.file, int(place) + file.first_row, "year", None, expected,
                Message("Fill the cell."))
        for place in places[:MOST_SHOWN]
    ]  # fmt: skip
    findings += more_of_the_same(file.file, "year", places.size, expected)
    years = sorted(set(table.loc[~blank, "year"].astype(int)))
    first = max((year for year in years if year <= base), default=base)
    return findings + list(years_outside(file.file, "year", years, first, base))


def status_findings(schemes: Mapping[str, SchemeFile], source: str = "") -> list[Finding]:
    """Coverage statuses that two schemes cover.

    Args:
        schemes: the schemes in force together.
        source: the file that brought them together; default: the scheme files.
    """
    findings: list[Finding] = []
    holder: dict[str, str] = {}
    for name, scheme in schemes.items():
        for status in scheme.statuses_covered:
            key = f"dual {scheme.settlement_pool}" if status == "dual" else status
            if key in holder:
                findings.append(
                    Finding.of_setting(source or f"schemes/{name}.toml", "statuses_covered", status,
                                       Message("a status that no other scheme covers"),
                                       Message("%(scheme)s covers it already; take it out of one.",
                                               scheme=holder[key]))
                )  # fmt: skip
            holder.setdefault(key, name)
    return findings
