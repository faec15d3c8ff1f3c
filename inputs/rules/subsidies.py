"""Subsidies by payer and year, and premiums by age, from their tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import AGES
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.settings.scheme_file import SchemeFile


@dataclass(frozen=True)
class Subsidy:
    """What one payer adds to a scheme's fund in a region.

    Attributes:
        region: code of a region of any level.
        payer: who pays; a scheme of the case stands for its fund.
        basis: ``a_head``, ``lump_sum`` or ``share_of_outgo``.
        steps: year from which, and value, ascending.
    """

    region: str
    payer: str
    basis: str
    steps: tuple[tuple[int, float], ...]

    def in_force(self, year: int) -> tuple[int, float]:
        """The value of a year, with the year from which it holds; 0 before the first."""
        begun = [step for step in self.steps if step[0] <= year]
        return begun[-1] if begun else (year, 0.0)


def subsidies_of(table: pd.DataFrame | None, scheme: str) -> tuple[Subsidy, ...]:
    """Subsidies of a scheme from the table ``subsidies``."""
    if table is None or table.empty:
        return ()
    rows = table[table["scheme"] == scheme].sort_values("year", kind="stable")
    steps: dict[tuple[str, str, str], list[tuple[int, float]]] = {}
    columns = (rows[name] for name in ("region", "payer", "basis", "year", "value"))
    for region, payer, basis, year, value in zip(*columns, strict=True):
        key = (str(region), str(payer), str(basis))
        steps.setdefault(key, []).append((int(year), float(value)))
    return tuple(Subsidy(*key, tuple(listed)) for key, listed in steps.items())


def premium_by_age(table: pd.DataFrame | None, scheme: str) -> tuple[float, ...]:
    """Factor of a scheme's premium by age, ``(101,)``; empty where every age pays the same."""
    if table is None or table.empty:
        return ()
    rows = table[table["scheme"] == scheme]
    factors = np.ones(AGES)
    for first, last, factor in zip(rows["age_from"], rows["age_to"], rows["factor"], strict=True):
        factors[int(first) : int(last) + 1] = factor
    return () if rows.empty else tuple(factors.tolist())


def subsidy_findings(
    table: pd.DataFrame, tree: RegionTree, schemes: Mapping[str, SchemeFile], file: str, first: int
) -> list[Finding]:
    """Shares of outgo of more than all of it in some county and year, funds that cannot pay."""
    findings = list(_between_funds_findings(table, schemes, file, first))
    shares = (table["basis"] == "share_of_outgo").to_numpy()
    by_scheme = {name: subsidies_of(table[shares], name) for name in schemes}
    columns = (table[name] for name in ("scheme", "region", "year", "value"))
    for row, (scheme, region, year, value) in enumerate(zip(*columns, strict=True), start=first):
        if not shares[row - first] or scheme not in by_scheme:
            continue
        for code in tree.codes:
            lineage = tree.lineage(code)
            total = sum(
                subsidy.in_force(int(year))[1]
                for subsidy in by_scheme[scheme]
                if subsidy.region in lineage
            )
            if region in lineage and total > 1.0 + 1e-12:
                findings.append(
                    Finding(file, row, "value", f"{value:g}",
                            Message("shares of outgo of at most 1 together; they are %(total)s in "
                                    "%(code)s in %(year)s", total=f"{total:g}", code=code,
                                    year=int(year)),
                            Message("A share is a number such as 0.145. Lower one."))
                )  # fmt: skip
                break
    return findings


def _between_funds_findings(
    table: pd.DataFrame, schemes: Mapping[str, SchemeFile], file: str, first: int
) -> Iterator[Finding]:
    """Schemes that pay into their own fund, or a share of what another pays out."""
    columns = (table[name] for name in ("scheme", "payer", "basis"))
    for row, (scheme, payer, basis) in enumerate(zip(*columns, strict=True), start=first):
        if payer in schemes and payer == scheme:
            yield Finding(file, row, "payer", str(payer),
                          Message("another payer than the scheme itself"),
                          Message("Name who pays."))  # fmt: skip
        elif payer in schemes and basis == "share_of_outgo":
            yield Finding(file, row, "basis", str(basis),
                          Message("a_head or lump_sum where the fund of a scheme, %(payer)s, pays",
                                  payer=str(payer)),
                          Message("Correct the word, or name another payer."))  # fmt: skip


def fitted_findings(
    subsidies: pd.DataFrame, totals: pd.DataFrame, file: str, first: int
) -> list[Finding]:
    """Published subsidies that are to be fitted though a share of them follows outgo."""
    bound = set(subsidies.loc[subsidies["basis"] == "share_of_outgo", "scheme"])
    fitted = (totals["use"] == "fit") & (totals["measure"] == "subsidies")
    return [
        Finding(file, int(place) + first, "use", "fit",
                Message("compare, as subsidies of this scheme are a share of its outgo"),
                Message("Set use to compare."))
        for place in np.flatnonzero(fitted & totals["scheme"].isin(bound))
    ]  # fmt: skip


def premium_age_findings(
    table: pd.DataFrame, schemes: Mapping[str, SchemeFile], file: str, first: int
) -> Iterator[Finding]:
    """Bands of ages that are turned round or overlap, and schemes without a premium."""
    taken: dict[str, list[tuple[int, int]]] = {}
    rows = zip(table["scheme"], table["age_from"], table["age_to"], strict=True)
    for number, (scheme, low, high) in enumerate(rows, start=first):
        if scheme in schemes and schemes[scheme].kind != "flat":
            yield Finding(file, number, "scheme", str(scheme),
                          Message("a flat scheme, which has premiums"),
                          Message("Take the row out."))  # fmt: skip
        if high < low:
            yield Finding(file, number, "age_to", str(high),
                          Message("at least the first age, %(age)s", age=int(low)),
                          Message("Correct the number."))  # fmt: skip
            continue
        for other_low, other_high in taken.setdefault(str(scheme), []):
            if low <= other_high and high >= other_low:
                yield Finding(file, number, "age_from", str(low),
                              Message("an age that no other row covers"),
                              Message("Let every age stand in one band."))  # fmt: skip
                break
        taken[str(scheme)].append((int(low), int(high)))
