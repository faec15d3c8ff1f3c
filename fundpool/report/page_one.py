"""Every number of the report's first page, with the formula of the workbook that it comes from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fundpool.decision import REMEMBERED, SOON
from fundpool.models.flows.record import CARE_GROUPS
from fundpool.report.sections.context import Context
from fundpool.report.sections.recommendation import NAMED, points
from fundpool.report.words.behaviour import signed


@dataclass(frozen=True)
class PageFigure:
    """A number of the first page.

    Attributes:
        sheet: of the workbook that it is worked out on.
        row: of the table on that sheet, from 0; None for a figure with a formula of its own.
        figure: column of the table, or what the number is.
        shown: as the page writes it.
        value: number behind it.
        formula: over ``table[column]``, of a figure without a row.
    """

    sheet: str
    row: int | None
    figure: str
    shown: str
    value: float
    formula: str = ""


def page_figures(context: Context) -> list[PageFigure]:
    """Numbers of the first page in the order of its parts.

    Numbers of places, funds, years, alerts and assumptions are counted in the workbook's tables;
    those of tables of the page stand in the tables of the same figures.
    """
    return [
        *_scope(context),
        *_tables(context),
        *_watched(context),
        *_inputs(context),
        *_bands(context),
        *_alerts(context),
    ]


def _counted(sheet: str, figure: str, value: float, formula: str) -> PageFigure:
    return PageFigure(sheet, None, figure, f"{value:g}", float(value), formula)


def _scope(context: Context) -> Iterator[PageFigure]:
    """Places, ways of pooling and years."""
    first_plan, scheme = "INDEX(overview[plan],1)", "INDEX(overview[scheme],1)"
    yield _counted(
        "places", "number of places", len(context.case.regions.codes),
        f"COUNTIFS(places[scheme],{scheme},places[plan],{first_plan})",
    )  # fmt: skip
    yield _counted(
        "overview", "ways of pooling", len(context.plans), f"COUNTIFS(overview[scheme],{scheme})"
    )
    base, last = context.case.base_year, context.last_year
    if context.extras.risk is not None:
        scenarios = context.extras.risk.run.scenarios
        shown = context.language.number(scenarios, 0)
        yield PageFigure(
            "scenario_shares", None, "scenarios", shown, scenarios,
            "MAX(scenario_shares[scenarios])",
        )  # fmt: skip
    yield _counted("totals", "base year", base, "MIN(totals[year])-1")
    yield _counted("totals", "last year", last, "MAX(totals[year])")
    for ahead in range(1, 3):
        if base + ahead <= last:
            yield _counted("totals", "year", base + ahead, f"MIN(totals[year])+{ahead - 1}")
    for number in SOON:
        yield _counted("decision", "years by definition", number, f"{number}")


def _tables(context: Context) -> Iterator[PageFigure]:
    """Cells of the tables of the first page, in the form that the page writes them."""
    _, decision = context.language, context.summary["decision"]

    def share(value: float) -> str:
        return _.percent(value, 1)

    def whole(value: float) -> str:
        return _.number(value, 0)

    def changed(value: float) -> str:
        return signed(_, value)

    forms: Mapping[str, Mapping[str, Callable[[Any], str]]] = {
        "funds_now": {
            **dict.fromkeys(("opening_balance", "income", "outgo", "net"), _.money),
            **dict.fromkeys(("months_of_outgo", "contributors_per_retired"), _.number),
        },
        "decision": {
            **dict.fromkeys(("funds", "first_dry"), str),
            "more_money": lambda money: _.money(abs(money)),
            "more_each": lambda money: whole(abs(money)),
            **dict.fromkeys(("collected_each", "needed_each"), whole),
            **dict.fromkeys((*(f"dry_within_{n}" for n in SOON), "dry_by_end"), share),
            **dict.fromkeys(("all_last_probability", "paying_less", "paying_more"), share),
            **dict.fromkeys((f"{group}_less" for group in CARE_GROUPS), share),
            **dict.fromkeys(("income_rate", "level_rate"), _.percent),
            "rate_change": lambda change: points(context, change),
            **dict.fromkeys(("income_less", "income_more"), whole),
        },
        "money_lacking": {"funds": str, "funds_below_zero": str, "lacking": _.money},
        "government": {"amount": _.money, "outgo_share": share},
        "own_share": {"persons": _.people, "own_share": share},
        "rate_errors": {"rate_error": _.percent},
        "scenario_shares": {"any_ruin_error": share},
        "behaviour": {
            "level_rate": _.percent,
            **dict.fromkeys(("claims_change", "income_change"), changed),
        },
        "break_even": {
            "period": str,
            "break_even": share,
            **dict.fromkeys(("claims_change", "income_change"), changed),
        },
    }
    rows = {
        "funds_now": decision["now"], "decision": decision["plans"],
        "money_lacking": decision["next_years"], "government": decision["government"],
        "own_share": decision["own_share"],
        "rate_errors": context.summary["formal"]["rate_errors"],
        "behaviour": context.summary["behaviour"]["results"],
        "break_even": context.summary["behaviour"]["break_even"],
    }  # fmt: skip
    if context.extras.risk is not None:
        rows["scenario_shares"] = context.extras.risk.overview.to_dict("records")
    for sheet, records in rows.items():
        for number, record in enumerate(records):
            for column, form in forms[sheet].items():
                value = record[column]
                if value is not None and value == value:
                    yield PageFigure(sheet, number, column, form(value), float(value))


def _watched(context: Context) -> Iterator[PageFigure]:
    """Funds that run dry soon, beyond those whose names stand on the page."""
    for scheme in context.titles:
        more = sum(fund["scheme"] == scheme for fund in context.summary["decision"]["watch"])
        if more > NAMED:
            where = f'measures[plan],INDEX(measures[plan],1),measures[scheme],"{scheme}"'
            soon = f'measures[exhaustion_year],"<"&(MIN(totals[year])+{SOON[0]})'
            yield _counted(
                "measures", "further funds to watch", more - NAMED,
                f"COUNTIFS({where},{soon})-{NAMED}",
            )  # fmt: skip


def _inputs(context: Context) -> Iterator[PageFigure]:
    """Assumptions, and those that are assumed."""
    inputs = context.summary["decision"]["inputs"]
    yield _counted(
        "parameters", "assumed", inputs.get("assumed", 0),
        'COUNTIFS(parameters[status],"assumed")',
    )  # fmt: skip
    yield _counted("parameters", "assumptions", sum(inputs.values()), "COUNTA(parameters[path])")
    unopened = context.summary["decision"]["remembered"]
    if unopened:
        said = f'"*{REMEMBERED}*"'
        formula = "+".join(f"COUNTIFS({name}[source],{said})" for name in ("parameters", "inputs"))
        yield _counted("parameters", "sources not opened", len(unopened), formula)


def _bands(context: Context) -> Iterator[PageFigure]:
    """Funds in each warning band at the valuation date, and limits of the bands.

    Funds are counted anew: months of outgo that the opening balance of the first year pays.
    """
    base = context.case.base_year
    rows = [row for row in context.summary["formal"]["warning_bands"] if row["year"] == base]
    lower: dict[str, float] = {}
    for row in rows:
        scheme, limit = row["scheme"], row["limit"]
        balance = "funds[opening_balance]"
        outgo = "(funds[claims_paid]+funds[administration]+funds[cash_benefits])"
        conditions = [
            "(funds[plan]=INDEX(funds[plan],1))", f'(funds[scheme]="{scheme}")',
            "(funds[year]=MIN(funds[year]))", "(funds[persons]>0)",
        ]  # fmt: skip
        if row["band"] == "below_zero":
            conditions.append(f"({balance}<0)")
        else:
            conditions.append(f"({balance}>=0)")
            if scheme in lower:
                conditions.append(f"(12*{balance}>={lower[scheme]!r}*{outgo})")
            if limit is not None:
                conditions.append(f"(12*{balance}<{limit!r}*{outgo})")
                lower[scheme] = limit
        formula = f"SUMPRODUCT({'*'.join(conditions)})"
        yield _counted("funds", f"funds in band {row['band']}", row["funds"], formula)
        if limit is not None:
            where = f'warning_bands[band],"{row["band"]}"'
            yield _counted(
                "warning_bands", "limit", limit, f"_xlfn.MINIFS(warning_bands[limit],{where})"
            )


def _alerts(context: Context) -> Iterator[PageFigure]:
    """Alerts by rule, and the limits that the sentence on them states."""
    alerts = context.summary["alerts"]
    for figure, name in (
        ("target months", "solvency.target_reserve_months"),
        ("years of alerts", "solvency.alert_years"),
    ):
        value = context.case.value(name)
        yield _counted(
            "parameters", figure, value, f'SUMIFS(parameters[value],parameters[path],"{name}")'
        )
    if not alerts:
        return
    yield _counted("alerts", "alerts", len(alerts), "COUNTA(alerts[rule])")
    for rule in dict.fromkeys(alert["rule"] for alert in alerts):
        number = sum(alert["rule"] == rule for alert in alerts)
        yield _counted(
            "alerts", f"alerts by rule {rule}", number, f'COUNTIFS(alerts[rule],"{rule}")'
        )
    dry = sum(alert["kind"] == "exhausted" and alert["rule"] == "target" for alert in alerts)
    yield _counted(
        "alerts", "funds that run dry soon", dry,
        'COUNTIFS(alerts[rule],"target",alerts[kind],"exhausted")',
    )  # fmt: skip
