"""Numbers that cannot be meant: gaps in ages, people without a scheme, totals that contradict."""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from fundpool.actuarial.severity import Exponential, Gamma, Lognormal, Pareto, Weibull
from fundpool.inputs.format.columns import MOST_SHOWN, more_of_the_same
from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.library_words import library_words
from fundpool.inputs.format.messages import Listed, Message, sentence
from fundpool.inputs.format.raw import RawTable
from fundpool.inputs.format.tables import FITTED_MEASURES
from fundpool.inputs.format.vocabulary import AGES, CELLS, SEXES, STATUSES, TIES
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Settings
from fundpool.inputs.settings.statuses import unused_findings

Tables = Mapping[str, pd.DataFrame]
Raw = Mapping[str, RawTable]

FAMILIES: Mapping[str, Callable[[float, float], object]] = {
    "lognormal": Lognormal.from_mean_cv,
    "gamma": Gamma.from_mean_cv,
    "pareto": Pareto.from_mean_cv,
    "weibull": Weibull.from_mean_cv,
}


def age_findings(tables: Tables, raw: Raw) -> list[Finding]:
    """Ages left out between the first and the last that a group has."""
    findings = []
    for name, group in (
        ("fertility", ["year"]), ("migrant_ages", ["tie", "sex"]),
    ):  # fmt: skip
        for key, rows in tables[name].groupby(group, sort=False):
            ages = sorted(set(rows["age"].astype(int)))
            absent = sorted(set(range(ages[0], ages[-1] + 1)) - set(ages))
            if absent:
                words = ", ".join(str(part) for part in key)
                findings.append(
                    Finding(raw[name].file, int(rows.index[0]) + raw[name].first_row, "age",
                            f"no age {_listed(absent)}",
                            Message("every age of %(words)s from %(first)s to %(last)s",
                                    words=words, first=ages[0], last=ages[-1]),
                            Message("Give every single year of age; write 0 where there is "
                                    "nobody."))
                )  # fmt: skip
    return findings


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:6])
    return shown + (f", ... ({len(numbers)} in all)" if len(numbers) > 6 else "")


def cost_findings(tables: Tables, raw: Raw) -> list[Finding]:
    """Costs of claims that no distribution of their family has."""
    findings = []
    table, file = tables["severity"], raw["severity"]
    rows = zip(table["family"], table["mean"], table["cv"], strict=True)
    for row, (family, mean, cv) in enumerate(rows, start=file.first_row):
        expected: Message | None = None
        mend: Message | None = None
        try:
            if family == "exponential":
                Exponential(float(mean))
                if abs(cv - 1.0) > 1e-9:
                    expected = Message("1 for an exponential cost")
                    mend = Message(
                        "Write 1, or choose gamma, which takes any coefficient of variation."
                    )
            else:
                FAMILIES[family](float(mean), float(cv))
        except ValueError as error:
            expected = Message(
                "a coefficient of variation that a %(family)s cost can have", family=family
            )
            mend = sentence(library_words(error))
        if expected and mend:
            findings.append(Finding(file.file, row, "cv", f"{cv:g}", expected, mend))
    return findings


def relativity_findings(settings: Settings, tables: Tables, raw: Raw) -> list[Finding]:
    """Relativities of a tie that is a status, or the other way round, or of who is not insured."""
    findings = []
    statuses = (*STATUSES, *settings.statuses)
    table, file = tables["relativities"], raw["relativities"]
    for row, (factor, level) in enumerate(
        zip(table["factor"], table["level"], strict=True), start=file.first_row
    ):
        known = TIES if factor == "tie" else statuses
        if level not in known:
            other = "status" if factor == "tie" else "tie"
            findings.append(
                Finding(file.file, row, "level", str(level), Message("a %(factor)s", factor=factor),
                        Message("It is a %(other)s: set factor to %(other)s, or name a "
                                "%(factor)s: %(words)s.", other=other, factor=factor,
                                words=Listed.of(known)))
            )  # fmt: skip
        elif level in settings.statuses and settings.statuses[level].outside:
            findings.append(
                Finding(file.file, row, "level", str(level),
                        Message("a status that a scheme covers, as claims of others are not "
                                "counted"),
                        Message("It has no effect. Take the row out."), severity="warning")
            )  # fmt: skip
    return findings


def cover_findings(
    settings: Settings, tables: Tables, raw: Raw, schemes: Mapping[str, SchemeFile],
    optional: Mapping[str, SchemeFile],
) -> list[Finding]:  # fmt: skip
    """People in a status that no scheme of the case covers, unless it lies outside them."""
    covered = {status for scheme in schemes.values() for status in scheme.statuses_covered}
    named = settings.statuses.items()
    covered |= {name for name, status in named if status.outside or status.kind in covered}
    ready = {status for scheme in optional.values() for status in scheme.statuses_covered}
    findings = []
    table, file = tables["coverage"], raw["coverage"]
    wrong = ((table["share"] > 0) & ~table["cover"].isin([*covered, "none"])).to_numpy()
    for status in dict.fromkeys(table["cover"][wrong]):
        places = np.flatnonzero(wrong & (table["cover"] == status).to_numpy())
        findings.append(
            Finding(file.file, int(places[0]) + file.first_row, "cover", str(status),
                    Message("a status that a scheme covers (%(words)s) or none",
                            words=Listed.of(sorted(covered))),
                    Message("%(rows)s rows: no scheme would collect for them or pay. Add "
                            "%(status)s to statuses_covered of a scheme, or choose another status.",
                            rows=places.size, status=status))
        )  # fmt: skip
    paying = {status for scheme in schemes.values() for status in scheme.statuses_paying}
    words = frozenset(table["cover"][table["share"] > 0])
    lapse = settings.coverage.local_resident_lapse_rate
    findings += unused_findings(
        settings.statuses, paying, words, any((lapse.value, *lapse.by_year.values()))
    )
    shares = tables["demography"]["rural_share"].fillna(0.0).to_numpy(dtype=float)
    if (shares > 0).any() and "rural_resident" not in covered | ready:
        place = int(np.flatnonzero(shares > 0)[0])
        findings.append(
            Finding(raw["demography"].file, place + raw["demography"].first_row, "rural_share",
                    f"{shares[place]:g}", Message("0, as no scheme covers rural_resident"),
                    Message("It has no effect: empty the column, or add a rural scheme."),
                    severity="warning")
        )  # fmt: skip
    return findings


def placement_findings(tree: RegionTree, tables: Tables, raw: Raw) -> list[Finding]:
    """Migrants of ages at which fewer people live in the county than there are migrants.

    Migrants of some ties can all be placed exactly if, for every set of ties, those in it are no
    more than the residents of the ages at which one of the ties has a share (Hall's condition).
    """
    migrants, file = tables["migrants"], raw["migrants"]
    level = tree.second_level
    group = tree.ancestor_index(level)
    index = {code: region_index for region_index, code in enumerate(tree.codes)}
    n = len(tree.codes)
    stock = np.zeros((n, len(TIES)))
    for home, residence, persons in zip(
        migrants["home"], migrants["residence"], migrants["persons"], strict=True
    ):
        if residence in index and home != residence:
            place = index[residence]
            tie = (
                "inbound" if home not in index
                else "within" if group[index[home]] == group[place] else "between"
            )  # fmt: skip
            stock[place, TIES.index(tie)] += persons
    people = np.zeros((n, CELLS))
    table = tables["population"]
    inside = table["region"].isin(index).to_numpy()
    people[table["region"][inside].map(index), _cells(table[inside])] = table["persons"][inside]
    support = np.zeros((len(TIES), CELLS), dtype=bool)
    ages = tables["migrant_ages"]
    support[ages["tie"].map(TIES.index), _cells(ages)] = (ages["share"] > 0).to_numpy()
    kinds = [TIES.index(tie) for tie in ("within", "between", "inbound")]
    worst = np.zeros(n)
    asked = np.zeros(n)
    for size in range(1, len(kinds) + 1):
        for some in combinations(kinds, size):
            wanted = stock[:, list(some)].sum(axis=1)
            excess = wanted - people[:, support[list(some)].any(axis=0)].sum(axis=1)
            asked = np.where(excess > worst, wanted, asked)
            worst = np.maximum(worst, excess)
    wrong = np.flatnonzero(worst > 1e-6 * np.maximum(asked, 1.0))
    findings = [
        Finding.of_setting(file.file, "persons", f"{asked[place]:.0f}",
                           Message("at most %(most)s migrants in %(code)s: so many residents it "
                                   "has at their ages in migrant_ages",
                                   most=f"{asked[place] - worst[place]:.0f}",
                                   code=tree.codes[place]),
                           Message("%(excess)s cannot be placed. Correct migrants, migrant_ages "
                                   "or the population by age.", excess=f"{worst[place]:.0f}"))
        for place in wrong[:MOST_SHOWN]
    ]  # fmt: skip
    return findings + more_of_the_same(
        file.file, "persons", wrong.size, Message("migrants with an age")
    )


def _cells(table: pd.DataFrame) -> np.ndarray:
    sex = table["sex"].map(SEXES.index).to_numpy(dtype=np.int64)
    return np.asarray(sex * AGES + table["age"].to_numpy(dtype=np.int64))


def death_findings(tables: Tables, raw: Raw) -> list[Finding]:
    """Counties whose death rate would exceed one."""
    most = float(tables["mortality"]["death_rate"].max())
    table, file = tables["demography"], raw["demography"]
    wrong = (table["mortality_level"] * most > 1.0).to_numpy()
    return [
        Finding(file.file, int(place) + file.first_row, "mortality_level",
                f"{table['mortality_level'].iloc[place]:g}",
                Message("at most %(most)s, so that no death rate exceeds 1",
                        most=f"{1.0 / most:.4g}"),
                Message("Correct the level, or the table mortality."), severity="warning")
        for place in np.flatnonzero(wrong)[:MOST_SHOWN]
    ]  # fmt: skip


def figure_findings(
    settings: Settings, tree: RegionTree, tables: Tables, raw: Raw
) -> list[Finding]:
    """Published figures that are not fitted though marked so, contradict, or are never compared."""
    findings: list[Finding] = []
    if "fund_totals" in tables:
        table, file = tables["fund_totals"], raw["fund_totals"]
        unfit = ((table["use"] == "fit") & ~table["measure"].isin(FITTED_MEASURES)).to_numpy()
        for place in np.flatnonzero(unfit)[:MOST_SHOWN]:
            findings.append(
                Finding(file.file, int(place) + file.first_row, "measure",
                        str(table["measure"].iloc[place]),
                        Message("one of %(words)s for a figure that is fitted",
                                words=Listed.of(FITTED_MEASURES)), Message("Set use to compare."))
            )  # fmt: skip
        findings += _contradictions(settings, tree, table, file)
        never = (table["measure"] == "pooled_balance").to_numpy()
        findings += _never_compared(file, table, never, "measure",
                                    Message("a figure that is projected"))  # fmt: skip
        findings += _before_base(settings, file, table)
    if "actuals" in tables:
        table, file = tables["actuals"], raw["actuals"]
        findings += _before_base(settings, file, table)
        findings += _counted_twice(table, file)
    return findings


def _before_base(settings: Settings, file: RawTable, table: pd.DataFrame) -> list[Finding]:
    early = (table["year"] < settings.base_year).to_numpy()
    late = (table["year"] > settings.base_year + 100).to_numpy()
    wanted = Message("a year from %(first)s on", first=settings.base_year)
    return _never_compared(file, table, early, "year", wanted) + _never_compared(
        file, table, late, "year", Message("a year up to %(last)s", last=settings.base_year + 100)
    )


def _never_compared(
    file: RawTable, table: pd.DataFrame, wrong: np.ndarray, column: str, expected: Message
) -> list[Finding]:
    return [
        Finding(file.file, int(place) + file.first_row, column, str(table[column].iloc[place]),
                expected,
                Message("The row has no effect: nothing is projected beside it. Remove it."),
                severity="warning")
        for place in np.flatnonzero(wrong)[:MOST_SHOWN]
    ]  # fmt: skip


def _contradictions(
    settings: Settings, tree: RegionTree, table: pd.DataFrame, file: RawTable
) -> list[Finding]:
    """Totals of a region that the totals of its parts exceed, or, all being given, do not make."""
    findings = []
    fit = table[(table["use"] == "fit") & (table["year"] == settings.base_year)]
    children: dict[str, list[str]] = {}
    for code, parent in tree.parents.items():
        children.setdefault(parent, []).append(code)
    for (scheme, measure), rows in fit.groupby(["scheme", "measure"], sort=False):
        known = dict(zip(rows["region"], rows["value"].astype(float), strict=True))
        place = dict(zip(rows["region"], rows.index, strict=True))
        for region in known:
            total, whole = _of_parts(region, known, children)
            value = known[region]
            if total <= 0 and not whole:
                continue
            near = abs(total - value) <= 1e-6 * max(abs(total), abs(value))
            if (whole and not near) or (not whole and total >= value):
                expected = (
                    Message("%(total)s, the sum of its parts, as every one is given",
                            total=f"{total:.12g}") if whole
                    else Message("more than %(total)s, the sum of those of its parts that are "
                                 "given", total=f"{total:.12g}")
                )  # fmt: skip
                findings.append(
                    Finding(file.file, int(place[region]) + file.first_row, "value",
                            f"{value:.12g}", expected,
                            Message("All cannot be met: correct %(measure)s of %(scheme)s in "
                                    "%(region)s or in its parts, or set use of one of them to "
                                    "compare.", measure=str(measure), scheme=str(scheme),
                                    region=region))
                )  # fmt: skip
    return findings


def _of_parts(
    region: str, known: Mapping[str, float], children: Mapping[str, Iterable[str]]
) -> tuple[float, bool]:
    """What is given for the parts of a region, and whether that is all of it."""
    total, whole = 0.0, bool(children.get(region))
    for part in children.get(region, ()):
        if part in known:
            total += known[part]
        else:
            more, all_of_it = _of_parts(part, known, children)
            total, whole = total + more, whole and all_of_it
    return total, whole


def _counted_twice(table: pd.DataFrame, file: RawTable) -> list[Finding]:
    """Months of a year that is given as a whole too."""
    keys = ["region", "scheme", "year", "measure"]
    whole = set(table[table["month"] == 0][keys].itertuples(index=False, name=None))
    findings = []
    for place, key in enumerate(table[keys].itertuples(index=False, name=None)):
        if key in whole and table["month"].iloc[place] != 0:
            findings.append(
                Finding(file.file, place + file.first_row, "month", str(table["month"].iloc[place]),
                        Message("either the year %(year)s as a whole (month 0) or its months",
                                year=key[2]),
                        Message("Remove the row of the year, or those of its months."))
            )  # fmt: skip
    return findings[:MOST_SHOWN]


def industry_findings(tables: Tables, schemes: Iterable[SchemeFile]) -> list[Finding]:
    """Industries named by packages that no county has."""
    known = set(tables["industries"]["industry"]) | {"other"}
    return [
        Finding.of_setting(f"schemes/{scheme.name}.toml", f"packages.{name}.uptake.{industry}",
                           industry, Message("an industry of the table industries, or other"),
                           did_you_mean(industry, known))
        for scheme in schemes
        for name, package in scheme.packages.items()
        for industry in package.uptake
        if industry not in known
    ]  # fmt: skip
