"""The first page: funds now, what each way of pooling changes, who gains, the next two years."""

from collections.abc import Mapping
from typing import Any

from fundpool.decision import SOON
from fundpool.languages.wording import marked
from fundpool.models.analysis.own_shares import ALL
from fundpool.models.flows.record import CARE_GROUPS
from fundpool.models.terms.subsidies import STATE
from fundpool.report.document.making import (
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
from fundpool.report.document.model import Block, Heading, Listing, Table
from fundpool.report.sections.context import Context
from fundpool.report.sections.formal import decisions_due
from fundpool.report.sections.recommendation import statement

CAPTION_WAGES = marked(
    "Share of the insured whose fund runs dry; rates of contribution wages, means over the years"
)
CAPTION_INCOMES = marked(
    "Share of the insured whose fund runs dry; premiums as a share of disposable income, means "
    "over the years"
)
HALF_WORDS = {
    ALL: marked("all places"),
    "poorer": marked("poorer places"),
    "richer": marked("richer places"),
}


def decision_blocks(context: Context) -> tuple[Block, ...]:
    """What to decide: a statement a scheme, and the figures behind it."""
    _ = context.language
    figures: Mapping[str, Any] = context.summary["decision"]
    schemes = [row["scheme"] for row in figures["now"]]
    inputs = figures["inputs"]
    unopened = figures["remembered"]
    doubt = _(
        "The sources of %(n)s assumptions and tables were remembered and not opened: %(names)s."
    ) % {
        "n": len(unopened),
        "names": _(", ").join(dict.fromkeys(name.partition(" (")[0] for name in unopened)),
    }
    due = decisions_due(context)
    return (
        _now(context),
        *(block for scheme in schemes for block in _of_scheme(context, scheme)),
        *([Heading(spans(_("Decisions due"))), Listing(tuple(due))] if due else ()),
        *_government(context),
        paragraph(
            _("%(assumed)s of %(all)s inputs are working assumptions.")
            % {"assumed": inputs.get("assumed", 0), "all": sum(inputs.values())}
        ),
        sentences(
            _("Income: without what goes to personal accounts. Dry: on the central path. No fund "
              "fails: over scenarios."),
            doubt if unopened else None,
            soft=True,
        ),
    )  # fmt: skip


def _of_scheme(context: Context, scheme: str) -> tuple[Block, ...]:
    """A scheme's heading, its statement, a line for each question, and its ways of pooling."""
    colon = "：" if context.language.chinese else ": "
    lines = (
        spans(strong(f"{context.language(lead)}{colon}"), words)
        for lead, words in statement(context, scheme).items()
    )
    return (
        Heading(spans(context.titles[scheme])), Listing(tuple(lines)), _plans(context, scheme),
    )  # fmt: skip


def _now(context: Context) -> Table:
    _, rows = context.language, context.summary["decision"]["now"]
    year = rows[0]["year"]
    columns = (
        left(_("scheme")),
        right(_("balance at the end of %(year)s") % {"year": context.case.base_year}),
        right(_("months of spending in reserve")),
        right(_("income in %(year)s") % {"year": year}),
        right(_("spending in %(year)s") % {"year": year}),
        right(_("income less spending")),
        right(_("contributors a retired member")),
    )
    body = [
        row(
            context.titles[each["scheme"]],
            _.money(each["opening_balance"]),
            _dash_or(each["months_of_outgo"], _.number),
            _.money(each["income"]),
            _.money(each["outgo"]),
            bad_if(each["net"] < 0, _.money(each["net"])),
            _dash_or(each["contributors_per_retired"], _.number),
        )
        for each in rows
    ]
    return table(columns, body, _("Funds now"))


def _plans(context: Context, scheme: str) -> Table:
    _ = context.language
    columns = (
        left(_("pooled by")), right(_("funds")), right(_("dry within 5 years")),
        right(_("within 10 years")), right(_("by %(year)s") % {"year": context.last_year}),
        right(_("first in")), right(_("no fund fails")), right(_("rate collected")),
        right(_("rate needed")), right(_("need less than today's fund")),
        right(_("need more")),
    )  # fmt: skip
    figures = [each for each in context.summary["decision"]["plans"] if each["scheme"] == scheme]
    body = [
        row(
            context.worded(each["plan"]),
            str(each["funds"]),
            *(_dash_or(each[f"dry_within_{n}"], lambda share: _.percent(share, 1)) for n in SOON),
            bad_if(each["dry_by_end"] > 0, _.percent(each["dry_by_end"], 1)),
            _dash_or(each["first_dry"], str),
            _dash_or(each["all_last_probability"], lambda share: _.percent(share, 1)),
            _.percent(each["income_rate"]),
            _.percent(each["level_rate"]),
            # against itself the way of today says nothing
            *(
                "–" if number == 0 else _.percent(each[f"paying_{way}"], 1)
                for way in ("less", "more")
            ),
        )
        for number, each in enumerate(figures)
    ]
    payroll = context.case.scheme(scheme).kind == "payroll"
    caption = CAPTION_WAGES if payroll else CAPTION_INCOMES
    return table(columns, body, _(caption))


def _government(context: Context) -> list[Table]:
    """What each level of government pays in the first two years; nothing where none pays."""
    _, rows = context.language, context.summary["decision"]["government"]
    if not rows:
        return []
    years = sorted({each["year"] for each in rows})
    payers = dict.fromkeys((each["scheme"], each["payer"]) for each in rows)
    by_year = {(each["scheme"], each["payer"], each["year"]): each for each in rows}
    columns = (
        left(_("scheme")), left(_("paid by")), *(right(str(year)) for year in years),
        *(right(_("of spending in %(year)s") % {"year": year}) for year in years),
    )  # fmt: skip
    body = []
    for scheme, payer in payers:
        of_years = [by_year.get((scheme, payer, year)) for year in years]
        body.append(
            row(
                context.titles[scheme],
                payer_words(context, payer),
                *(_dash_or(each and each["amount"], _.money) for each in of_years),
                *(
                    _dash_or(each and each["outgo_share"], lambda share: _.percent(share, 1))
                    for each in of_years
                ),
            )
        )
    return [
        table(
            columns,
            body,
            _("Cost to government: subsidies, pooled as today (schemes not shown have none)"),
        )
    ]


def payer_words(context: Context, payer: str) -> str:
    """Who pays subsidies, in words."""
    if payer in ("", STATE):
        return context.language("the state, by rule")
    return payer


def own_share_table(context: Context) -> Table:
    """Own shares of all people, of locals and migrants, by half of the places."""
    _, rows = context.language, context.summary["decision"]["own_share"]
    shares = {(each["half"], each["people"]): each for each in rows}
    columns = (
        left(_("people living in")), right(_("people")), right(_("own share")),
        right(_("locals")), right(_("migrants")),
    )  # fmt: skip
    body = [
        row(
            _(words),
            _.people(shares[half, ALL]["persons"]),
            *(
                _dash_or(shares[half, people]["own_share"], lambda share: _.percent(share, 1))
                for people in (ALL, *CARE_GROUPS)
            ),
        )
        for half, words in HALF_WORDS.items()
    ]
    caption = _(
        "Own share of the cost of care in %(year)s; poorer and richer places by disposable income "
        "a head, about half of the people each; locals and migrants, insured or not"
    )
    return table(columns, body, caption % {"year": context.first_year})


def _dash_or(value: float | None, words: Any) -> str:
    """A figure, or a dash where it does not exist."""
    return "–" if value is None else str(words(value))
