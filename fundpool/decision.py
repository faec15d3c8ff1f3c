"""What a reader must know first: funds now, what each way of pooling changes, the next two years.

Plain numbers for ``summary.json``, the workbook and the first page of the report alike.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.models.analysis.own_shares import care_by_place, own_shares
from fundpool.models.axes.arrays import BoolArray, FloatArray
from fundpool.models.axes.records import plain_records
from fundpool.models.flows.record import CARE_GROUPS
from fundpool.models.funds.books import OTHER_INCOME, OUTGO, payer_column
from fundpool.models.funds.summary import NEVER
from fundpool.models.funds.totals import flow_totals
from fundpool.models.terms.subsidies import payers_of
from fundpool.models.terms.years import county_tables
from fundpool.places import (
    UNCHANGED,
    insured_by_place,
    largest_places,
    places_compared,
    rates_by_plan,
)

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.models.projection.study import Projection
    from fundpool.models.risk.solvency import SolvencyRisk

SOON = (5, 10)
"""Years from the start within which funds that run dry are counted."""
REMEMBERED = "remembered"
"""Word by which a source says that it was not opened."""

Row = dict[str, Any]


def decision(
    projections: Mapping[str, "Projection"], risk: "SolvencyRisk | None" = None
) -> dict[str, Any]:
    """Figures of the first page.

    >>> from fundpool import examples
    >>> figures = decision({"county": examples.projection("county")})
    >>> list(figures)[:5]
    ['now', 'plans', 'places', 'next_years', 'watch']
    >>> [row["scheme"] for row in figures["now"]]
    ['employee', 'resident']

    Args:
        projections: one a pooling plan, of the same study; the first is what holds today.
        risk: what scenarios say of the same plans.

    Returns:
        ``now``, rows by scheme (:func:`funds_now`); ``plans``, rows by scheme and plan
        (:func:`plans_compared`); ``places``, names behind their shares
        (:func:`fundpool.places.largest_places`); ``next_years``, rows by scheme and year
        (:func:`money_lacking`); ``watch``, funds that run dry soon (:func:`dry_soon`);
        ``government``, rows by scheme, payer and year
        (:func:`paid_by_government`); ``own_share``, rows by half of places and group of people
        (:func:`fundpool.models.analysis.own_shares.own_shares`) of the first projected year;
        ``inputs``, number of assumptions by status; ``remembered``, paths of assumptions and names
        of tables whose source was not opened (:func:`remembered`).
    """
    today = next(iter(projections.values()))
    return {
        "now": funds_now(today),
        "plans": plans_compared(projections, risk),
        "places": largest_places(places_compared(projections)),
        "next_years": money_lacking(today),
        "watch": dry_soon(today),
        "government": paid_by_government(today),
        "own_share": own_shares(care_by_place(today.study, int(today.years[0]))).to_dict("records"),
        "inputs": {
            str(status): int(count)
            for status, count in today.case.assumptions()["status"].value_counts().items()
        },
        "remembered": remembered(today.case),
    }


def remembered(case: "Case") -> list[str]:
    """Paths of assumptions, then names of tables, whose source says that it was not opened.

    >>> from fundpool import examples
    >>> remembered(examples.case())[0]
    'economy.premium_growth'
    """
    names: list[str] = []
    for table, key in ((case.assumptions(), "path"), (case.table_sources(), "table")):
        names += table.loc[table["source"].str.contains(REMEMBERED, case=False), key].tolist()
    return names


def funds_now(projection: "Projection") -> list[Row]:
    """All funds of each scheme together at the start, and in the first projected year.

    Rows: scheme; opening_balance, at the end of the base year; year; income, interest included
    and less what goes to personal accounts; outgo, claims paid and administration; net, income
    less outgo; months_of_outgo, that the opening balance pays; contributors_per_retired, of
    a scheme with retired members. None where a figure does not exist.
    """
    retired = float(projection.people.groupby("year", sort=False)["retired"].sum().iloc[0])
    year = int(projection.years[0])
    rows = []
    totals = flow_totals(projection.funds)
    first_year = projection.funds[projection.funds["year"] == year]
    contributors = first_year.groupby("scheme")["contributors"].sum()
    for flows in totals[totals["year"] == year].to_dict("records"):
        income, outgo = _income_and_outgo(flows)
        scheme = projection.case.scheme(flows["scheme"])
        has_retired = scheme.kind == "payroll" and "retired" in scheme.statuses_covered
        paying = float(contributors[scheme.name])
        rows.append(
            {
                "scheme": scheme.name,
                "opening_balance": flows["opening_balance"],
                "year": year,
                "income": income,
                "outgo": outgo,
                "net": income - outgo,
                "months_of_outgo": 12 * flows["opening_balance"] / outgo if outgo > 0 else None,
                "contributors_per_retired": paying / retired if has_retired and retired else None,
            }
        )
    return rows


def income_and_outgo(
    projection: "Projection", scheme: str, year: int
) -> tuple[float, float] | None:
    """Income and outgo of all funds of a scheme in a year, as :func:`funds_now` has them; None in
    a year that is not projected."""
    totals = flow_totals(projection.funds)
    rows = totals[(totals["scheme"] == scheme) & (totals["year"] == year)].to_dict("records")
    return _income_and_outgo(rows[0]) if rows else None


def plans_compared(
    projections: Mapping[str, "Projection"], risk: "SolvencyRisk | None" = None
) -> list[Row]:
    """How long funds last under each plan, what it takes, and who would pay more or less.

    Rows: scheme, plan; funds, their number; first_dry, the first year in which a fund has run dry,
    None if none has; dry_within_5, dry_within_10, dry_by_end, share of the insured whose fund
    has run dry by then on the central path, None where fewer years are projected;
    all_last_probability, chance that no fund runs dry, None without scenarios; income_rate and
    level_rate, means over funds; rate_change, the second less the first; paying_less, paying_more,
    share of the insured whose fund has another level rate than under the first plan; income_less,
    income_more, mean disposable income a head of their places in the base year; the same shares of
    locals and of migrants by where they live, insured or not (locals_less and so on); and of the
    first projected year base, what rates are a share of; payers; more_money, what the level rate
    brings in more, ``rate_change * base``, and more_each, a payer; collected_each, contributions to
    the pooled fund a payer; needed_each, their sum. None where a figure does not exist.
    """
    rows = []
    first = next(iter(projections.values()))
    income = county_tables(first.case).disposable_income[:-1]
    care = first.flows.care[1, :, 0, :-1]
    for name, plan, rates, rates_today in rates_by_plan(projections):
        projection = projections[plan]
        insured = insured_by_place(projection, name)
        less, more = rates_today - rates > UNCHANGED, rates - rates_today > UNCHANGED
        overview = projection.overview
        means = overview[overview["scheme"] == name].iloc[0]
        rows.append(
            {"scheme": name, "plan": plan, "funds": int(means["pools"])}
            | {"first_dry": _first_dry(projection, name, insured)}
            | _shares_dry(projection, name, insured)
            | {
                "all_last_probability": _all_last(risk, plan, name),
                "income_rate": float(means["income_rate_mean"]),
                "level_rate": float(means["level_rate_mean"]),
                "rate_change": float(means["level_rate_mean"] - means["income_rate_mean"]),
                "paying_less": _share(insured, less),
                "paying_more": _share(insured, more),
                "income_less": _mean(income, insured, less),
                "income_more": _mean(income, insured, more),
            }
            | {
                f"{group}_{way}": _share(persons, where)
                for group, persons in zip(CARE_GROUPS, care, strict=True)
                for way, where in (("less", less), ("more", more))
            }
            | _in_money(projection, name, means)
        )
    return rows


def _in_money(projection: "Projection", scheme: str, means: "pd.Series[Any]") -> Row:
    """The change of the rate in money of the first projected year."""
    funds = projection.funds
    rows = funds[(funds["scheme"] == scheme) & (funds["year"] == projection.years[0])]
    base, payers = float(rows["contribution_base"].sum()), float(rows["contributors"].sum())
    more = float(means["level_rate_mean"] - means["income_rate_mean"]) * base
    collected = float(rows["contributions"].sum() - rows["account_credits"].sum())
    each: Row = dict.fromkeys(("more_each", "collected_each", "needed_each"))
    if payers > 0:
        each = {
            "more_each": more / payers,
            "collected_each": collected / payers,
            "needed_each": (collected + more) / payers,
        }
    return {"base": base, "payers": payers, "more_money": more} | each


def money_lacking(projection: "Projection") -> list[Row]:
    """What funds below zero lack at the ends of the first two projected years.

    Rows: scheme, year, where it stands then; level of the funds, those of several levels joined by
    commas; funds, their number; funds_below_zero; lacking,
    money that would bring these to zero at the end of that year. Adjustment funds do not count.
    """
    rows = []
    pools = projection.measures[["scheme", "pool"]].drop_duplicates()
    funds = projection.funds.merge(pools, on=["scheme", "pool"])
    for scheme in projection.case.schemes:
        for year in projection.years[:2]:
            chosen = funds[(funds["scheme"] == scheme.name) & (funds["year"] == year)]
            balances = chosen["balance"]
            if balances.empty:
                continue
            below = balances[balances < 0]
            rows.append(
                {
                    "scheme": scheme.name,
                    "year": int(year),
                    "level": ", ".join(dict.fromkeys(chosen["level"])),
                    "funds": len(balances),
                    "funds_below_zero": len(below),
                    "lacking": float(-below.sum()) if len(below) else 0.0,
                }
            )
    return rows


def dry_soon(projection: "Projection") -> list[Row]:
    """Funds that run dry within the first five years, the earliest first, then the largest.

    Rows: scheme; pool; name; year in which it has run dry.
    """
    measures = projection.measures
    soon = measures[measures["exhaustion_year"] < projection.years[0] + SOON[0]]
    soon = soon.sort_values(["exhaustion_year", "persons"], ascending=[True, False], kind="stable")
    names = {"scheme": "scheme", "pool": "pool", "name": "name", "exhaustion_year": "year"}
    return plain_records(soon[list(names)].rename(columns=names).astype({"year": int}))


def paid_by_government(projection: "Projection") -> list[Row]:
    """What each level of government pays into funds in the first two projected years.

    Rows: scheme; payer, as the case names it, ``""`` for subsidies that it gives no payer of; year;
    column, of the table of totals that holds the amount; amount; outgo_share, of claims paid,
    administration and benefits in cash. Schemes that nobody subsidises have none; what one scheme's
    fund pays into another's is left out.
    """
    rows: list[Row] = []
    totals = flow_totals(projection.funds)
    schemes = projection.case.schemes
    funds = {scheme.name for scheme in schemes}
    names = {payer_column(p): p for p in payers_of(schemes) if p not in funds}
    for scheme in schemes:
        flows = totals[
            (totals["scheme"] == scheme.name) & totals["year"].isin(projection.years[:2])
        ]
        columns = [column for column in names if (flows[column] != 0).any()]
        for column in columns or ([] if payers_of(schemes) else ["subsidies"]):
            for year in flows.to_dict("records"):
                if not year["subsidies"]:
                    continue
                outgo = _income_and_outgo(year)[1]
                rows.append(
                    {
                        "scheme": scheme.name,
                        "payer": names.get(column, ""),
                        "year": int(year["year"]),
                        "column": column,
                        "amount": float(year[column]),
                        "outgo_share": float(year[column]) / outgo if outgo > 0 else None,
                    }
                )
    return rows


def best_plan(rows: Sequence[Mapping[str, Any]], scheme: str) -> Mapping[str, Any]:
    """The plan of a scheme that leaves the fewest insured in funds that run dry.

    Of plans that are alike in this the first counts, which is that of today where it is one.

    >>> rows = [{"scheme": "a", "plan": "county", "dry_by_end": 0.5},
    ...         {"scheme": "a", "plan": "city", "dry_by_end": 0.2}]
    >>> best_plan(rows, "a")["plan"]
    'city'
    """
    of_scheme = [row for row in rows if row["scheme"] == scheme]
    return min(of_scheme, key=lambda row: round(row["dry_by_end"], 6))


def _income_and_outgo(flows: Mapping[Any, Any]) -> tuple[float, float]:
    """Income, with interest and without what goes to accounts, and outgo, of a row of totals."""
    income = flows["contributions"] - flows["account_credits"] + flows["interest"]
    income += sum(flows[name] for name in OTHER_INCOME)
    return float(income), float(sum(flows[name] for name in OUTGO))


def _shares_dry(projection: "Projection", scheme: str, insured: FloatArray) -> Row:
    dry = projection.summaries[scheme][1].county_dry
    begun = (dry != NEVER) & (insured > 0)
    first = int(projection.years[0])
    years = len(projection.years)
    within = {
        f"dry_within_{n}": _share(insured, begun & (dry < first + n)) if years >= n else None
        for n in SOON
    }
    return within | {"dry_by_end": _share(insured, begun)}


def _first_dry(projection: "Projection", scheme: str, insured: FloatArray) -> int | None:
    dry = projection.summaries[scheme][1].county_dry[insured > 0]
    years = dry[dry != NEVER]
    return int(years.min()) if years.size else None


def _all_last(risk: "SolvencyRisk | None", plan: str, scheme: str) -> float | None:
    if risk is None:
        return None
    overview = risk.overview
    rows = overview[(overview["plan"] == plan) & (overview["scheme"] == scheme)]
    return 1.0 - float(rows["any_ruin"].iloc[0]) if len(rows) else None


def _share(insured: FloatArray, where: BoolArray) -> float:
    return float(insured[where].sum() / insured.sum()) if insured.sum() > 0 else 0.0


def _mean(income: FloatArray, insured: FloatArray, where: BoolArray) -> float | None:
    persons = insured[where].sum()
    return float((income * insured)[where].sum() / persons) if persons > 0 else None
