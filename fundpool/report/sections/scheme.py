"""A scheme: when its funds run dry, their paths and reserves, and the rates they need."""

from typing import Any

from fundpool.models.funds.totals import flow_totals
from fundpool.report.charts import funds as charts
from fundpool.report.document.making import figure, left, right, row, spans, table
from fundpool.report.document.model import Block, Detail, Heading, LegendEntry, Section, Table
from fundpool.report.sections.context import Context
from fundpool.report.sections.providers import provider_blocks
from fundpool.report.words.cover import payer_labels


def scheme_section(context: Context, scheme: str) -> Section:
    """Charts and tables of a scheme, given by its name."""
    _, comparison = context.language, context.comparison
    title = context.titles[scheme]
    lowest, year = context.lowest.capitalize(), context.case.base_year
    maps = charts.exhaustion_map(comparison, scheme)
    blocks: list[Block] = []
    if maps:
        caption = _(
            "%(lowest)s at their centres; size by residents in %(year)s; years counted from "
            "%(year)s."
        ) % {"lowest": lowest, "year": year}
        blocks += [
            Heading(
                spans(
                    _("When the fund that insures %(level)s runs dry")
                    % {"level": context.language.one(context.case.levels[0])}
                )
            ),
            context.by_plan(maps, f"{scheme}-map", spans(caption), _legend(context)),
        ]
    blocks += [
        Heading(spans(_("Funds by year"))),
        context.by_plan(
            charts.pool_paths(comparison, scheme),
            f"{scheme}-paths",
            spans(_("One line a fund: its balance in years of its own outgo. Below the dashed line "
                    "the fund owes money.")),
        ),
        Heading(spans(_("Reserve behind an insured person"))),
        context.by_plan(
            charts.reserve_fan(comparison, scheme),
            f"{scheme}-fan",
            spans(_("Reserve months of the fund that insures a person: the median insured person "
                    "(line), the middle half (dark), all but the highest and lowest twentieth "
                    "(light).")),
        ),
        Heading(spans(_("Rate needed and rate collected"))),
        figure(
            context.drawing(charts.rate_paths(comparison, scheme), f"{scheme}-rates"),
            _("All funds of the scheme together."),
        ),
        Heading(spans(_("Evenness of what funds would have to ask"))),
        _evenness(context, scheme),
        *_payers(context, scheme),
        *provider_blocks(context, scheme),
        *_funds(context, scheme),
    ]  # fmt: skip
    return Section(scheme, title, title, tuple(blocks))


def _legend(context: Context) -> tuple[LegendEntry, ...]:
    return tuple(
        LegendEntry(sign, colour, context.language(words))
        for sign, colour, words in zip(
            charts.CLASS_SIGNS, charts.CLASS_COLOURS, charts.CLASSES, strict=True
        )
    )


def _evenness(context: Context, scheme: str) -> Table:
    _ = context.language
    caption = _(
        "Level rate that keeps a fund solvent and ends at %(months)s months of outgo, between "
        "funds, weighted by contribution base"
    ) % {"months": context.target_months}
    second = {"second": context.second}
    columns = (
        left(_("pooled by")), right(_("funds")), right(_("mean")), right(_("range")),
        right(_("coefficient of variation")), right(_("Gini")), right(_("Theil")),
        right(_("within %(second)s") % second), right(_("between %(second)s") % second),
    )  # fmt: skip
    evenness = context.comparison.evenness
    rows = [
        row(
            context.worded(plan["plan"]),
            plan["pools"],
            _.percent(plan["mean"]),
            _.percent(plan["range"]),
            _.number(plan["cv"], 3),
            _.number(plan["gini"], 3),
            *(_.number(plan[key], 4) for key in ("theil", "theil_within", "theil_between")),
        )
        for plan in evenness[evenness["scheme"] == scheme].to_dict("records")
    ]
    return table(columns, rows, caption)


def _payers(context: Context, scheme: str) -> list[Block]:
    """Who pays the subsidies of all funds of a scheme together, every five years."""
    _ = context.language
    labels = payer_labels(context.case, _)
    totals = flow_totals(next(iter(context.comparison.projections.values())).funds)
    totals = totals[totals["scheme"] == scheme]
    paying = [name for name in labels if (totals[name] != 0).any()]
    if not paying:
        return []
    first, last = context.first_year, context.last_year
    shown = totals[totals["year"].isin([first, last, *range(first, last, 5)])]
    columns = (
        right(_("year")), right(_("contributions")), right(_("subsidies")),
        *(right(labels[name]) for name in paying), right(_("claims paid")),
    )  # fmt: skip
    names = ["contributions", "subsidies", *paying, "claims_paid"]
    rows = [
        row(_.year(year["year"]), *(_.money(year[name]) for name in names))
        for year in shown.to_dict("records")
    ]
    caption = _("All funds of the scheme together, pooled by %(plan)s")
    plan = context.worded(context.plans[0])
    return [Heading(spans(_("Who pays subsidies"))), table(columns, rows, caption % {"plan": plan})]


def _funds(context: Context, scheme: str) -> list[Detail]:
    """Every fund of a scheme, a table a plan, the first to run dry first."""
    _ = context.language
    columns = (
        left(_("fund")), right(_("insured %(year)s") % {"year": context.first_year}),
        right(_("opening balance"), "short"), right(_("closing balance"), "short"),
        right(_("runs dry")), right(_("least reserve, months")), right(_("pay-as-you-go first")),
        right(_("last")), right(_("level rate")), right(_("actuarial balance")),
        left(_("10-year test")),
    )  # fmt: skip
    measures = context.comparison.measures
    details = []
    for plan, funds in measures[measures["scheme"] == scheme].groupby("plan", sort=False):
        ordered = funds.sort_values(["exhaustion_year", "min_reserve_months"], na_position="last")
        words = _("Every fund, pooled by %(plan)s (%(n)s)") % {
            "plan": context.worded(str(plan)), "n": len(ordered),
        }  # fmt: skip
        rows = [
            row(
                _fund_name(context, fund),
                _.people(fund["persons"]),
                _.money(fund["opening_balance"]),
                _.money(fund["closing_balance"]),
                _.year(fund["exhaustion_year"]),
                _.number(fund["min_reserve_months"]),
                *(_.percent(fund[key]) for key in (
                    "payg_rate_first", "payg_rate_last", "level_rate", "actuarial_balance")),
                _("met") if fund["short_range_test"] else _("failed"),
            )
            for fund in ordered.to_dict("records")
        ]  # fmt: skip
        details.append(Detail(spans(words), (table(columns, rows),)))
    return details


def _fund_name(context: Context, fund: dict[Any, Any]) -> str:
    """Name of a fund, with its years where it is not there all the time."""
    name = context.name(fund["name"])
    if fund["first_year"] > context.first_year or fund["last_year"] < context.last_year:
        name += f" ({fund['first_year']}–{fund['last_year']})"
    return name
