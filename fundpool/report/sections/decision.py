"""The first page: funds now, what each way of pooling changes, who gains, the next two years."""

from fundpool.decision import REMEMBERED, SOON
from fundpool.languages import Language
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
from fundpool.report.document.model import (
    Block,
    Deferrable,
    Heading,
    Listing,
    Paragraph,
    Table,
)
from fundpool.report.page_one import ABSENT, FORMS, Shown
from fundpool.report.sections.context import Context
from fundpool.report.sections.formal import decisions_due
from fundpool.report.sections.recommendation import BEHAVIOUR, statement

CAPTION_WAGES = marked(
    "Share of the insured whose fund runs dry; rates of contribution wages, means over the years"
)
CAPTION_INCOMES = marked(
    "Share of the insured whose fund runs dry; premiums as a share of disposable income, means "
    "over the years"
)
SCHEMES, TABLES, GOVERNMENT, CHANGES, REMARKS = range(5)
"""What the first sheet gives up where it is full, the last of these first: whole schemes but the
first, their tables, cost to government, what changed behaviour does, remarks."""
HALF_WORDS = {
    ALL: marked("all places"),
    "poorer": marked("poorer places"),
    "richer": marked("richer places"),
}


def decision_blocks(context: Context, page: Shown) -> tuple[Block, ...]:
    """What to decide: a statement a scheme, and the figures behind it.

    Args:
        context: what the report is about.
        page: keeps the numbers of the first page.
    """
    _ = context.language
    schemes = [row["scheme"] for row in page.rows["funds_now"]]
    due = decisions_due(context)
    remarks = sentences(
        _("Income: without what goes to personal accounts. Dry: on the central path. No fund "
          "fails: over scenarios."),
        _not_opened(context, page),
        soft=True,
    )  # fmt: skip
    of_schemes = [_of_scheme(context, page, scheme) for scheme in schemes]
    return (
        _now(context, page),
        *of_schemes[0],
        *(block for blocks in of_schemes[1:] for block in _whole(blocks)),
        *([Heading(spans(_("Decisions due"))), Listing(tuple(due))] if due else ()),
        *(Deferrable(GOVERNMENT, (), (each,)) for each in _government(context, page)),
        _inputs(context, page),
        Deferrable(REMARKS, (), (remarks,)),
    )


def _inputs(context: Context, page: Shown) -> Paragraph:
    """How many assumptions are working assumptions."""
    inputs = context.summary["decision"]["inputs"]
    assumed = page.counted(
        "parameters", "assumed", inputs.get("assumed", 0),
        'COUNTIFS(parameters[status],"assumed")',
    )  # fmt: skip
    every = page.counted(
        "parameters", "assumptions", sum(inputs.values()), "COUNTA(parameters[path])"
    )
    return paragraph(
        context.language("%(assumed)s of %(all)s inputs are working assumptions.")
        % {"assumed": assumed, "all": every}
    )


def _not_opened(context: Context, page: Shown) -> str | None:
    """Which sources were remembered; nothing where all were opened."""
    _, unopened = context.language, context.summary["decision"]["remembered"]
    if not unopened:
        return None
    said = f'"*{REMEMBERED}*"'
    formula = "+".join(f"COUNTIFS({name}[source],{said})" for name in ("parameters", "inputs"))
    number = page.counted("parameters", "sources not opened", len(unopened), formula)
    names = dict.fromkeys(name.partition(" (")[0] for name in unopened)
    return _(
        "The sources of %(n)s assumptions and tables were remembered and not opened: %(names)s."
    ) % {"n": number, "names": _(", ").join(names)}


def _of_scheme(context: Context, page: Shown, scheme: str) -> tuple[Block, ...]:
    """A scheme's heading, its statement, a line for each question, and its ways of pooling."""
    colon = "：" if context.language.chinese else ": "
    title = spans(context.titles[scheme])
    lines = {
        lead: spans(strong(f"{context.language(lead)}{colon}"), words)
        for lead, words in statement(context, scheme, page).items()
    }
    behaviour = lines.pop(BEHAVIOUR, None)
    if_changed = (Listing((behaviour,)),) if behaviour else ()
    return (
        Heading(title),
        Listing(tuple(lines.values())),
        *(Deferrable(CHANGES, title, (block,)) for block in if_changed),
        Deferrable(TABLES, title, (_plans(context, page, scheme),)),
    )


def _whole(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks of a scheme that goes to the next sheet as a whole where many do not fit on one."""
    heading, listing, *rest = blocks
    assert isinstance(heading, Heading)
    return (Deferrable(SCHEMES, heading.spans, (heading, listing)), *rest)


def _now(context: Context, page: Shown) -> Table:
    _, rows = context.language, page.rows["funds_now"]
    base = page.counted("totals", "base year", context.case.base_year, "MIN(totals[year])-1")
    year = page.year("first year", rows[0]["year"])
    columns = (
        left(_("scheme")),
        right(_("balance at the end of %(year)s") % {"year": base}),
        right(_("months of spending in reserve")),
        right(_("income in %(year)s") % {"year": year}),
        right(_("spending in %(year)s") % {"year": year}),
        right(_("income less spending")),
        right(_("contributors a retired member")),
    )
    body = []
    for each in rows:
        cells = {name: page.cell("funds_now", each, name) for name in FORMS["funds_now"]}
        body.append(
            row(
                context.titles[each["scheme"]],
                cells["opening_balance"],
                cells["months_of_outgo"],
                cells["income"],
                cells["outgo"],
                bad_if(each["net"] < 0, cells["net"]),
                cells["contributors_per_retired"],
            )
        )
    return table(columns, body, _("Funds now"))


def _plans(context: Context, page: Shown, scheme: str) -> Table:
    _ = context.language
    soon, later = (page.by_definition("years in which funds run dry", n) for n in SOON)
    columns = (
        left(_("pooled by")), right(_("funds")),
        right(_("dry within %(years)s years") % {"years": soon}),
        right(_("within %(years)s years") % {"years": later}),
        right(_("by %(year)s") % {"year": page.year("last year", context.last_year)}),
        right(_("first in")), right(_("no fund fails")), right(_("rate collected")),
        right(_("rate needed")), right(_("need less than today's fund")),
        right(_("need more")),
    )  # fmt: skip
    figures = [each for each in page.rows["decision"] if each["scheme"] == scheme]
    body = []
    for number, each in enumerate(figures):
        names = [
            "funds", *(f"dry_within_{n}" for n in SOON), "dry_by_end", "first_dry",
            "all_last_probability", "income_rate", "level_rate",
        ]  # fmt: skip
        # against itself the way of today says nothing
        names += [f"paying_{way}" for way in ("less", "more") if number]
        cells = {name: page.cell("decision", each, name) for name in names}
        body.append(
            row(
                context.worded(each["plan"]),
                *(
                    bad_if(name == "dry_by_end" and each[name] > 0, words)
                    for name, words in cells.items()
                ),
                *([] if number else (ABSENT, ABSENT)),
            )
        )
    payroll = context.case.scheme(scheme).kind == "payroll"
    caption = CAPTION_WAGES if payroll else CAPTION_INCOMES
    return table(columns, body, _(caption))


def _government(context: Context, page: Shown) -> list[Table]:
    """What each level of government pays in the first two years; nothing where none pays."""
    _, rows = context.language, page.rows["government"]
    if not rows:
        return []
    years = sorted({each["year"] for each in rows})
    heads = [page.year("year", year) for year in years]
    payers = dict.fromkeys((each["scheme"], each["payer"]) for each in rows)
    by_year = {(each["scheme"], each["payer"], each["year"]): each for each in rows}
    columns = (
        left(_("scheme")), left(_("paid by")), *(right(year) for year in heads),
        *(right(_("of spending in %(year)s") % {"year": year}) for year in heads),
    )  # fmt: skip
    body = []
    for scheme, payer in payers:
        of_years = [by_year.get((scheme, payer, year)) for year in years]
        body.append(
            row(
                context.titles[scheme],
                payer_words(context, payer),
                *(
                    page.cell("government", each, name) if each else ABSENT
                    for name in ("amount", "outgo_share")
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
            *(_share(_, shares[half, people]["own_share"]) for people in (ALL, *CARE_GROUPS)),
        )
        for half, words in HALF_WORDS.items()
    ]
    caption = _(
        "Own share of the cost of care in %(year)s; poorer and richer places by disposable income "
        "a head, about half of the people each; locals and migrants, insured or not"
    )
    return table(columns, body, caption % {"year": context.first_year})


def _share(language: Language, share: float | None) -> str:
    return ABSENT if share is None else language.percent(share, 1)
