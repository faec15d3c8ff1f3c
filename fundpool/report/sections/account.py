"""Fund accounts: every flow from the opening to the closing balance, and the warning bands."""

import pandas as pd

from fundpool.languages.wording import marked
from fundpool.models.funds.books import OUTGO
from fundpool.models.funds.totals import INFLOWS, OUTFLOWS, flow_totals
from fundpool.report.document.making import (
    Row,
    bad_if,
    left,
    paragraph,
    right,
    row,
    sentences,
    spans,
    strong,
    table,
)
from fundpool.report.document.model import Block, Detail, Heading, Section, Table
from fundpool.report.sections.context import Context
from fundpool.report.words.vocabulary import MEASURE_WORDS

ITEMS = {
    "taken_over": marked("balances taken over"),
    "contributions": marked("contributions"),
    "from_accounts": marked("paid from personal accounts"),
    "missing_years_paid": marked("missing years paid"),
    "subsidies": marked("subsidies"),
    "swaps_in": marked("received from other funds"),
    "interest": marked("interest"),
    "account_credits": marked("credited to personal accounts"),
    "claims_paid": marked("claims paid"),
    "administration": marked("administration"),
    "cash_benefits": marked("benefits in cash"),
    "swaps_out": marked("paid to other funds"),
}
"""Flows of an account with their names; those of :data:`OUTFLOWS` are taken off."""
BANDS = {"below_zero": marked("below zero"), "above": marked("in no warning band")}


def account_section(context: Context) -> Section:
    """Opening to closing balance of every scheme, funds by warning band, and the earlier run."""
    _ = context.language
    title = _("Fund accounts")
    plan = context.plans[0]
    lead = _(
        "All funds of a scheme together, pooled by %(plan)s. Opening balance and flows add up to "
        "the closing balance, which opens the next year; the last line is what is left over. The "
        "workbook has every year and fund. Income rate and cost rate are of the contribution base."
    ) % {"plan": context.worded(plan)}
    blocks: list[Block] = [paragraph(lead)]
    funds = context.comparison.projections[plan].funds
    for scheme, scheme_title in context.titles.items():
        of_scheme = funds[funds["scheme"] == scheme]
        if not of_scheme.empty:
            blocks += _account(context, scheme_title, of_scheme)
    blocks += [*_bands(context), *_budgets(context), *_earlier(context)]
    return Section("account", title, title, tuple(blocks))


def shown_years(first: int, last: int) -> list[int]:
    """The first five years, then every fifth, and the last."""
    return sorted({*range(first, min(first + 5, last + 1)), *range(first + 9, last + 1, 5), last})


def _account(context: Context, title: str, funds: pd.DataFrame) -> list[Block]:
    _ = context.language
    totals = flow_totals(funds).set_index("year")
    base = funds.groupby("year")["contribution_base"].sum()
    years = shown_years(context.first_year, context.last_year)
    years = [year for year in years if year in totals.index]
    halves = [years[:5], years[5:]] if len(years) > 6 else [years]
    tables: list[Block] = []
    for part in halves:
        flows = totals.loc[part]
        rows: list[Row] = [
            row(strong(_("opening balance")), *map(_.money, flows["opening_balance"]))
        ]
        left_over = flows["opening_balance"] - flows["balance"]
        for name, words in ITEMS.items():
            sign = -1.0 if name in OUTFLOWS else 1.0
            left_over = left_over + sign * flows[name]
            if (totals[name] != 0).any():
                rows.append(row(_(words), *(_.money(sign * value + 0.0) for value in flows[name])))
        rows += [
            row(
                strong(_("closing balance")),
                *(bad_if(value < 0, _.money(value)) for value in flows["balance"]),
            ),
            row(_("left over"), *(_.money(_residue(value, flows)) for value in left_over)),
        ]
        pooled = flows["contributions"] - flows["account_credits"]
        outgo = flows[list(OUTGO)].sum(axis=1)
        for words, amount in ((_("income rate"), pooled), (_("cost rate"), outgo)):
            rates = amount / base.loc[part].where(base.loc[part] > 0)
            rows.append(row(words, *(_.percent(value) for value in rates)))
        columns = (left(_("flow")), *(right(str(year)) for year in part))
        tables.append(table(columns, rows))
    return [Heading(spans(title)), *tables]


def _residue(value: float, flows: pd.DataFrame) -> float:
    """What is left over of an account, zero where it is the rounding of its amounts."""
    largest = float(flows[["opening_balance", *INFLOWS, *OUTFLOWS]].abs().to_numpy().max())
    return 0.0 if abs(value) <= 1e-9 * max(largest, 1.0) else value


def _bands(context: Context) -> list[Block]:
    """Insured and funds by warning band, a table a scheme; nothing without bands in the case."""
    _, rows = context.language, context.summary["formal"]["warning_bands"]
    if not rows:
        return []
    rules = context.case.settings.alerts
    bands = pd.DataFrame(rows)
    blocks: list[Block] = [Heading(spans(_("Warning bands")))]
    for scheme, of_scheme in bands.groupby("scheme", sort=False):
        years = list(dict.fromkeys(of_scheme["year"]))
        columns = (
            left(_("band")),
            *(right(_("insured at the end of %(year)s") % {"year": year}) for year in years),
            *(right(_("funds %(year)s") % {"year": year}) for year in years),
        )
        body = []
        for band, cells in of_scheme.groupby("band", sort=False):
            by_year = cells.set_index("year")
            insured = of_scheme.groupby("year")["insured"].sum()
            body.append(
                row(
                    band_words(context, str(band)),
                    *(
                        _.percent(by_year["insured"][year] / insured[year], 1)
                        if insured[year] > 0
                        else "–"
                        for year in years
                    ),
                    *(int(by_year["funds"][year]) for year in years),
                )
            )
        blocks.append(table(columns, body, context.titles[str(scheme)]))
    sources = "; ".join(
        f"{band_words(context, name)}: {rule.source}"
        for name, rule in rules.items()
        if rule.measure == "month_end_reserve"
    )
    blocks.append(
        sentences(
            _("A band holds funds whose reserve is under its limit and not under that of a lower "
              "one; at the valuation date in months of the first year's outgo."),
            _("Source of the bands: %(sources)s.") % {"sources": sources},
            soft=True,
        )
    )  # fmt: skip
    return blocks


def band_words(context: Context, band: str) -> str:
    """A warning band with its limit."""
    _ = context.language
    if band in BANDS:
        return _(BANDS[band])
    rule = context.case.settings.alerts[band]
    name = rule.title_local if _.chinese and rule.title_local else band.replace("_", " ")
    return _("%(band)s, under %(months)s months") % {"band": name, "months": f"{rule.limit:g}"}


def _budgets(context: Context) -> list[Block]:
    """Budgets beside the projection; nothing without budgets in the case."""
    _, rows = context.language, context.summary["formal"]["budgets"]
    if not rows:
        return []
    columns = (
        left(_("scheme")), right(_("year")), right(_("income, budget")),
        right(_("income, projected")), right(_("outgo, budget")), right(_("outgo, projected")),
        left(_("source"), "wide"),
    )  # fmt: skip
    names = ("budget_income", "projected_income", "budget_outgo", "projected_outgo")
    body = [
        row(
            context.titles[item["scheme"]], item["year"], *(_.money(item[name]) for name in names),
            item["source"],
        )
        for item in rows
    ]  # fmt: skip
    return [Heading(spans(_("Against the budget"))), table(columns, body)]


def _earlier(context: Context) -> list[Block]:
    """Balances of the last archived run, turned into those of this one."""
    _, since = context.language, context.extras.since
    if since is None or since.table.empty:
        return []
    moves = since.table[(since.table["pool"] == "") & (since.table["measure"] != "level_rate")]
    columns = (
        left(_("scheme")), left(_("balance")), right(_("previous run")), right(_("movement")),
        right(_("this run")), right(_("left over")),
    )  # fmt: skip
    body = []
    for (scheme, measure), steps in moves.groupby(["scheme", "measure"], sort=False):
        total = steps[steps["kind"] == "total"].iloc[0]
        moved = float(steps.loc[steps["kind"] == "step", "change"].sum())
        rest = float(total["after"] - total["before"] - moved)
        size = max(abs(float(total["after"])), abs(float(total["before"])), 1.0)
        body.append(
            row(
                context.titles[str(scheme)],
                context.worded(MEASURE_WORDS[str(measure)]),
                _.money(total["before"]),
                _.money(moved),
                _.money(total["after"]),
                _.money(0.0 if abs(rest) <= 1e-9 * size else rest),
            )
        )
    if not body:
        return []
    lead = _(
        "From the balances of the previous run to those of this one; the section on what changed "
        "has the steps of the movement."
    )
    reconciled: Table = table(columns, body)
    return [Detail(spans(_("Reconciliation with the last archived run")),
                   (paragraph(lead), reconciled), open=True)]  # fmt: skip
