"""Tables of a case from members and claims: what ``fundpool fit`` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fundpool.inputs.format.declaration import Table
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.records import tables as made
from fundpool.inputs.records.claims import claims_of
from fundpool.inputs.records.columns import CLAIMS, MAPPED, MEMBER_COUNTS, MEMBER_RECORDS
from fundpool.inputs.records.estimates import Frequencies, frequencies, severities
from fundpool.inputs.records.experience import (
    Experience,
    Periods,
    experience_of,
    number_of_period,
)
from fundpool.inputs.records.members import Members, counts_of, spells_of
from fundpool.inputs.records.prior import PriorCase, prior_of
from fundpool.inputs.records.reading import Rows, Source, read_rows
from fundpool.inputs.records.summary import summary_of
from fundpool.inputs.tidy.mapping import TableMapping, read_mapping

TABLES = tuple(made.WITHIN)


@dataclass(frozen=True)
class FitOptions:
    """What a fit is made with.

    >>> FitOptions(first="2023-01", last="2024-12").minimum
    10

    Attributes:
        first: first month of the experience, as ``2023-01``; that of the claims if empty.
        last: last month of the experience, likewise.
        base_year: year at whose end the population is counted and whose money costs are in; that of
            the case, or of the last month.
        minimum: people that a group needs to be shown.
        tables: tables that are made, of :data:`TABLES`.
    """

    first: str = ""
    last: str = ""
    base_year: int | None = None
    minimum: int = 10
    tables: tuple[str, ...] = TABLES


@dataclass(frozen=True)
class Fit:
    """Tables fitted to members and claims.

    Attributes:
        tables: tables of a case by name.
        exposure, frequency, severity, completeness, credibility: what they rest on.
        summary: contents of ``fit.json``.
        findings: conversions, assumptions and rows set aside.
        case: the case with these tables in place of its own; None without one.
    """

    tables: Mapping[str, pd.DataFrame]
    exposure: pd.DataFrame
    frequency: pd.DataFrame
    severity: pd.DataFrame
    completeness: pd.DataFrame
    credibility: pd.DataFrame
    summary: Mapping[str, Any]
    findings: tuple[Finding, ...]
    case: RawCase | None

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Fit of {', '.join(self.tables)}: {self.summary['period']}>"

    @property
    def evidence(self) -> dict[str, pd.DataFrame]:
        """Tables that are no part of a case, by name."""
        return {name: getattr(self, name) for name in (
            "exposure", "frequency", "severity", "completeness", "credibility")}  # fmt: skip


def fit_tables(
    members: Source, claims: Source, case: RawCase | None = None, mapping: Path | None = None,
    options: FitOptions = FitOptions(),
) -> Fit:  # fmt: skip
    """Population, coverage, frequency and severity from members and claims.

    Args:
        members: spells of persons or counts, a file or a data frame.
        claims: claims of persons or counts.
        case: whose counties, services, relativities, prices and classes of ages are taken.
        mapping: TOML file with ``[members]`` and ``[claims]``, as for :mod:`inputs.tidy`.
        options: period, base year, smallest group and tables.

    Raises:
        CaseError: something cannot be read, or is too small to be shown; all findings.
        OSError: a file cannot be opened.
    """
    _check(options)
    mappings = read_mapping(mapping, MAPPED)
    prior = prior_of(case)
    member_rows = read_rows(members, _member_table, mappings.get("members", TableMapping()),
                            prior.places, {"status": prior.statuses})  # fmt: skip
    services = {"service": prior.services} if prior.services else {}
    claim_rows = read_rows(claims, lambda _names: CLAIMS, mappings.get("claims", TableMapping()),
                           prior.places, services)  # fmt: skip
    base_year = options.base_year or prior.base_year or _last_year(claim_rows)
    names = pd.Index([])
    if member_rows.table is MEMBER_RECORDS:
        insured, names = spells_of(member_rows, base_year)
    else:
        insured = counts_of(member_rows)
    seen = claims_of(claim_rows, insured, names)
    periods = _periods(insured, seen, options, claim_rows)
    place = periods.index(seen["first"].to_numpy().astype("M8[D]"))
    outside = (place < 0) | (place >= periods.count)
    _outside(claim_rows, int(outside.sum()), periods)
    finest = seen.attrs["finest"]
    seen = seen.loc[~outside].reset_index(drop=True)
    seen.attrs["finest"] = finest
    _refuse_few(insured, seen, periods, member_rows, options.minimum)
    order = prior.services or tuple(sorted(set(seen["service"])))
    fitted_services = tuple(name for name in order if name in set(seen["service"]))
    experience = experience_of(insured, seen, periods, fitted_services, prior.relativities,
                               prior.kinds)  # fmt: skip
    fitted = [
        frequencies(experience, insured, seen, number, options.minimum)
        for number in range(len(fitted_services))
    ]
    costs = _costs(seen, experience, prior, base_year, claim_rows)
    severity, lacking = severities(costs, prior.class_starts, options.minimum, prior.severities)
    findings: list[Finding] = []
    tables = _tables(insured, fitted, severity, base_year, options, prior, findings)
    findings += _notes(experience, lacking, prior)
    findings = [*member_rows.findings, *claim_rows.findings, *findings]
    evidence = {
        "exposure": made.exposure_table(experience, insured, options.minimum),
        "frequency": pd.concat([one.bands for one in fitted], ignore_index=True),
        "severity": severity,
        "completeness": made.completeness_table(experience, options.minimum),
        "credibility": made.credibility_table(experience, fitted, options.minimum),
    }
    summary = summary_of(
        member_rows, claim_rows, experience, fitted, evidence, base_year, options.minimum
    )
    summary["tables"] = {name: len(table) for name, table in tables.items()}
    merged = None
    if case is not None:
        source = f"fundpool fit, {summary['period']}"
        merged = made.with_tables(case, tables, source)
        merged = made.with_dispersion(merged, fitted)
    return Fit(tables, **evidence, summary=summary, findings=tuple(findings), case=merged)


def _member_table(names: set[str]) -> Table:
    return MEMBER_RECORDS if not names or "person" in names else MEMBER_COUNTS


def _check(options: FitOptions) -> None:
    findings = [
        Finding.of_setting("--tables", None, name, Message("a table that can be fitted"),
                           did_you_mean(name, TABLES))
        for name in options.tables if name not in TABLES
    ]  # fmt: skip
    for option, text in (("--from", options.first), ("--to", options.last)):
        try:
            readable = not text or (len(text) == 7 and bool(np.datetime64(text, "M")))
        except ValueError:
            readable = False
        if not readable:
            findings.append(
                Finding.of_setting(option, None, text, Message("a month, as in 2024-05"),
                                   Message("Correct the option."))
            )  # fmt: skip
    if options.minimum < 1:
        findings.append(
            Finding.of_setting("--minimum", None, str(options.minimum),
                               Message("a number of people of at least 1"),
                               Message("Correct the option."))
        )  # fmt: skip
    if findings:
        raise CaseError(findings)


def _last_year(rows: Rows) -> int:
    from fundpool.inputs.records.reading import dates_of

    last = pd.Series(dates_of(rows, "date")[1]).max()
    return int(last.year)


def _periods(members: Members, claims: pd.DataFrame, options: FitOptions, rows: Rows) -> Periods:
    """Months of the experience; calendar years where members are counted by year.

    Raises:
        CaseError: no claim is left, or the last month lies before the first.
    """
    yearly = members.are_counts or claims.attrs["finest"] == "year"
    a_year = 1 if yearly else 12
    if claims.empty:
        raise CaseError(
            [Finding.of_file(rows.place, Message("a claim of somebody insured"),
                             Message("Compare pseudonyms, counties and dates of both files."))]
        )  # fmt: skip
    numbers = number_of_period(claims["first"].to_numpy().astype("M8[D]"), a_year)
    ends = [int(numbers.min()), int(numbers.max())]
    for which, text in enumerate((options.first, options.last)):
        if text:
            day = np.array([text], dtype="M8[M]").astype("M8[D]")
            ends[which] = int(number_of_period(day, a_year)[0])
    if ends[1] < ends[0]:
        raise CaseError(
            [Finding.of_setting("--to", None, options.last, Message("a month after the first"),
                                Message("Correct the option."))]
        )  # fmt: skip
    periods = Periods(ends[0], ends[1] - ends[0] + 1, a_year)
    if not (options.first and options.last):
        rows.say("date", Message("Experience from %(first)s to %(last)s, as the claims have it.",
                                 first=periods.label(0), last=periods.label(periods.count - 1)),
                 Message("a period; --from and --to state it"))  # fmt: skip
    return periods


def _outside(rows: Rows, number: int, periods: Periods) -> None:
    """Count claims of other periods among those set aside."""
    if number:
        why = Message("a claim of the period")
        rows.set_aside[why] = number
        rows.findings.append(
            Finding.of_setting(rows.place, "date", f"{number}", why,
                               Message("Rows set aside: before %(first)s or after %(last)s.",
                                       first=periods.label(0),
                                       last=periods.label(periods.count - 1)), severity="warning")
        )  # fmt: skip


def _refuse_few(
    members: Members, claims: pd.DataFrame, periods: Periods, rows: Rows,
    minimum: int,
) -> None:  # fmt: skip
    """Refuse records of fewer people than a group needs.

    Raises:
        CaseError: the members of a sex, or nobody insured in the period.
    """
    cells = [members.exposure(*periods.days(place)) for place in range(periods.count)]
    every = pd.concat(cells, ignore_index=True)
    years = every["years"].to_numpy(np.float64)
    sexes = members.groups["sex"].to_numpy()[every["row"].to_numpy(np.int64)]
    average = pd.Series(years).groupby(sexes).sum() / (periods.count / periods.a_year)
    few = [str(sex) for sex, people in average.items() if people < minimum]
    if few or average.empty or claims.empty:
        raise CaseError(
            [Finding.of_setting(rows.place, "sex", Listed.of(few).__str__() or None,
                                Message("at least %(minimum)s people of a sex insured at a time",
                                        minimum=minimum),
                                Message("Nothing is fitted to fewer; add members, or lower "
                                        "--minimum."))]
        )  # fmt: skip


def _costs(
    claims: pd.DataFrame, experience: Experience, prior: PriorCase, base_year: int, rows: Rows
) -> pd.DataFrame:
    """Cost of a claim in money of the base year at the price level of one."""
    periods = experience.periods
    place = periods.index(claims["first"].to_numpy().astype("M8[D]"))
    service = claims["service"].map(experience.services.index).to_numpy(np.int64)
    years = np.array([periods.year(int(number)) for number in place])
    growth = (1.0 + prior.inflation) ** (base_year - years)
    price = claims["care_region"].map(lambda code: prior.prices.get(code, 1.0))
    if (growth != 1.0).any():
        rows.say("cost", Message("Costs of other years brought to %(year)s at %(rate)s %% a year.",
                                 year=str(base_year), rate=f"{100 * prior.inflation:g}"),
                 Message("money of the base year"))  # fmt: skip
    elif (years != base_year).any():
        rows.say("cost", Message("Costs of other years taken as they are: there is no case that "
                                 "states medical inflation."),
                 Message("money of the base year"))  # fmt: skip
    if (price != 1.0).any():
        rows.say("cost", Message("Divided by the price level of the region of care."),
                 Message("costs at the mean price level"))  # fmt: skip
    costs = claims[["service", "age", "number", "person_number"]].copy()
    costs["cost"] = claims["cost"] / claims["number"] * growth / price.to_numpy()
    costs["weight"] = 1.0 / experience.complete[service, place]
    used: pd.DataFrame = costs.loc[experience.used[service, place]]
    return used.reset_index(drop=True)


def _tables(
    members: Members, fitted: list[Frequencies], severity: pd.DataFrame, base_year: int,
    options: FitOptions, prior: PriorCase, findings: list[Finding],
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """The tables asked for; those that the records do not hold are named in findings."""
    there = members.at_end_of(base_year)
    groups = members.groups.iloc[there["row"].to_numpy(np.int64)].reset_index(drop=True)
    insured = pd.concat([groups, there.reset_index(drop=True)], axis=1)
    tables: dict[str, pd.DataFrame] = {}

    def note(name: str, expected: Message, mend: Message, value: str | None = None) -> None:
        findings.append(Finding.of_setting(name, None, value, expected, mend, severity="warning"))

    if "population" in options.tables:
        people = insured
        table, few = made.population_table(people, options.minimum)
        if few:
            note("population", Message("groups of at least %(minimum)s people",
                                       minimum=options.minimum),
                 Message("Not shown: counties with fewer of a sex."), ", ".join(few))  # fmt: skip
        if len(table):
            tables["population"] = table
            note("population", Message("all residents of a region"),
                 Message("Made of the members at the end of %(year)s: who has no row among them is "
                         "missing.", year=str(base_year)))  # fmt: skip
        else:
            note("population", Message("members at the end of %(year)s", year=str(base_year)),
                 Message("The table is not made."))  # fmt: skip
    if "coverage" in options.tables:
        known = insured[insured["status"] != ""]
        if len(known) < len(insured) or known.empty:
            note("coverage", Message("a coverage status of every member"),
                 Message("The table is not made."))  # fmt: skip
        else:
            table, left_out = made.coverage_table(known, options.minimum, prior.coverage_starts)
            if left_out:
                note("coverage", Message("groups of at least %(minimum)s people",
                                         minimum=options.minimum),
                     Message("Left out: smaller groups; the other shares sum to one."),
                     str(left_out))  # fmt: skip
            if len(table):
                tables["coverage"] = table
    if "morbidity" in options.tables:
        tables["morbidity"] = made.morbidity_table(fitted)
    if "severity" in options.tables and len(severity):
        tables["severity"] = severity.drop(columns="claims")
    return tables


def _notes(experience: Experience, lacking: list[str], prior: PriorCase) -> list[Finding]:
    findings = []
    if experience.by_delay is None:
        findings.append(
            Finding.of_setting("claims", "booked", None, Message("a date of booking of each claim"),
                               Message("Claims are taken as complete: there is no such column."),
                               severity="warning")
        )  # fmt: skip
    for number, service in enumerate(experience.services):
        left = [experience.periods.label(int(place))
                for place in np.flatnonzero(~experience.used[number])]  # fmt: skip
        if left:
            findings.append(
                Finding.of_setting("claims", "booked", ", ".join(left),
                                   Message("periods of which half of the claims are booked"),
                                   Message("Left out of %(service)s.", service=service),
                                   severity="warning")
            )  # fmt: skip
    if lacking:
        findings.append(
            Finding.of_setting("severity", "service", ", ".join(lacking),
                               Message("claims one by one, of enough people, with several costs"),
                               Message("No severity is made; that of the case stays."),
                               severity="warning")
        )  # fmt: skip
    if prior.severities is None:
        findings.append(
            Finding.of_setting("severity", "age_from", None, Message("classes of ages of a case"),
                               Message("Classes from the ages %(ages)s are taken.",
                                       ages=Listed.of(prior.class_starts)), severity="warning")
        )  # fmt: skip
    return findings
