"""The first page: funds now, what each way of pooling changes, who gains, the next two years."""

from collections.abc import Mapping, Sequence
from typing import Any

from fundpool.decision import SOON, best_plan
from fundpool.languages.wording import marked
from fundpool.models.analysis.own_shares import ALL
from fundpool.models.flows.record import CARE_GROUPS
from fundpool.models.terms.subsidies import STATE
from fundpool.report.document.making import (
    bad_if,
    left,
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
from fundpool.report.words.behaviour import NOTHING_MEASURED, brief_sentences

NEVER_DRY = 9999
"""Stands for the first dry year of a plan whose funds all last."""

BETTER_ELSEWHERE = marked(
    "Pooling by %(plan)s leaves the fewest of the insured with a fund that runs dry by %(last)s: "
    "%(share)s, instead of %(now)s as today, by %(today)s."
)
BEST_AS_TODAY = marked(
    "Pooling by %(plan)s, as today, leaves the fewest of the insured with a fund that runs dry by "
    "%(last)s: %(share)s."
)
RATE = marked(
    "%(level)s of the base is needed, the level rate; %(collected)s is collected: a change of "
    "%(change)s."
)
LATEST = marked(
    "By %(plan)s the first fund runs dry later, in %(first)s instead of %(now)s, but by %(last)s "
    "%(share)s are dry."
)
LATEST_LASTS = marked("By %(plan)s every fund lasts to %(last)s.")
WHO = marked(
    "Pooled by %(plan)s, %(less)s of the insured would need a lower rate than today, %(more)s "
    "a higher one; %(locals)s of locals and %(migrants)s of migrants live where it would be lower."
)
SCENARIOS = marked(
    "All funds last to %(last)s in so many of %(n)s scenarios: %(shares)s (sampling error "
    "%(error)s)."
)
MODEL_ERROR = marked("Errors of the model's backtest move the level rate by %(error)s.")
NOBODY_CHANGES = marked("No other way of pooling changes what a fund would have to ask.")
LEADS = (
    marked("Level to pool at"),
    marked("Rate"),
    marked("Who gains and loses"),
    marked("If behaviour changes"),
    marked("How sure"),
    marked("Next years"),
)
"""What each part of a statement answers."""
FROM_RICHER = marked(
    "Money runs from richer to poorer places: %(more)s %(currency)s of income a head where more is "
    "paid, %(less)s where less."
)
FROM_POORER = marked(
    "Money runs from poorer to richer places: %(more)s %(currency)s of income a head where more is "
    "paid, %(less)s where less."
)
HALF_WORDS = {
    ALL: marked("all places"),
    "poorer": marked("the poorer half"),
    "richer": marked("the richer half"),
}
NONE_LACKS = marked("No fund stands below zero at the end of %(first)s or %(last)s.")
LACKS = marked("At the end of %(year)s %(below)s of %(funds)s funds stand below zero and lack "
               "%(money)s together.")  # fmt: skip


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
        _own_share(context),
        sentences(
            _("Income includes interest, not what goes to personal accounts. Dry: on the central "
              "path. All last: over scenarios. Less, more: level rate of a place's last fund "
              "against today's. Locals and migrants: insured or not."),
            _("%(assumed)s of %(all)s assumptions are assumed, not published or derived.")
            % {"assumed": inputs.get("assumed", 0), "all": sum(inputs.values())},
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


def statement(context: Context, scheme: str) -> dict[str, str]:
    """Sentences by their lead, in the order of :data:`LEADS`."""
    _, figures = context.language, context.summary["decision"]
    plans = [each for each in figures["plans"] if each["scheme"] == scheme]
    today, best = plans[0], best_plan(plans, scheme)
    latest = max(plans, key=lambda plan: plan["first_dry"] or NEVER_DRY)
    where = BEST_AS_TODAY if best is today else BETTER_ELSEWHERE
    level = [
        _(where)
        % {
            "plan": context.worded(best["plan"]),
            "share": _.percent(best["dry_by_end"], 1), "last": context.last_year,
            "today": context.worded(today["plan"]), "now": _.percent(today["dry_by_end"], 1),
        }
    ]  # fmt: skip
    if (latest["first_dry"] or NEVER_DRY) > (best["first_dry"] or NEVER_DRY):
        words = {
            "plan": context.worded(latest["plan"]), "first": latest["first_dry"],
            "now": best["first_dry"], "last": context.last_year,
            "share": _.percent(latest["dry_by_end"], 1),
        }  # fmt: skip
        runs_dry = latest["first_dry"] is not None
        level.append(_(LATEST if runs_dry else LATEST_LASTS) % words)
    rate = []
    if best["rate_change"] == best["rate_change"]:
        rate.append(
            _(RATE)
            % {
                "level": _.percent(best["level_rate"]),
                "collected": _.percent(best["income_rate"]),
                "change": points(context, best["rate_change"]),
            }
        )
    answers = (
        level,
        rate,
        _who(context, latest if best is today else best),
        brief_sentences(context.summary.get("behaviour", NOTHING_MEASURED), scheme, _),
        _sure(context, plans),
        _next_years(context, scheme),
    )
    joint = "" if _.chinese else " "
    return {lead: joint.join(part) for lead, part in zip(LEADS, answers, strict=True) if part}


def _who(context: Context, plan: Mapping[str, Any]) -> list[str]:
    """Who would pay less and more under a plan than today, and which of them are richer."""
    _ = context.language
    if not plan["paying_less"] and not plan["paying_more"]:
        return [_(NOBODY_CHANGES)]
    less, more = plan["income_less"], plan["income_more"]
    shares = {name: _.percent(plan[f"paying_{name}"], 1) for name in ("less", "more")}
    shares |= {name: _.percent(plan[f"{name}_less"], 1) for name in CARE_GROUPS}
    said = [_(WHO) % (shares | {"plan": context.worded(plan["plan"])})]
    if less is not None and more is not None and less != more:
        direction = FROM_RICHER if more > less else FROM_POORER
        said.append(
            _(direction)
            % {
                "more": _.number(more, 0), "less": _.number(less, 0),
                "currency": context.worded(context.case.currency),
            }
        )  # fmt: skip
    return said


def _next_years(context: Context, scheme: str) -> list[str]:
    """Which funds lack money at the ends of the next two years."""
    _ = context.language
    rows = [each for each in context.summary["decision"]["next_years"] if each["scheme"] == scheme]
    if not any(each["funds_below_zero"] for each in rows):
        return (
            [_(NONE_LACKS) % {"first": rows[0]["year"], "last": rows[-1]["year"]}] if rows else []
        )
    return [
        _(LACKS)
        % {
            "year": each["year"], "below": each["funds_below_zero"], "funds": each["funds"],
            "money": _.money(each["lacking"]),
        }
        for each in rows
        if each["funds_below_zero"]
    ]  # fmt: skip


def points(context: Context, change: float) -> str:
    """A change of a rate in percentage points, with its sign."""
    shown = round(100 * change, 2) + 0.0  # no minus before zero
    sign = "+" if shown > 0 else ""
    points = context.language("%(n)s percentage points")
    return points % {"n": sign + context.language.number(shown, 2)}


def _now(context: Context) -> Table:
    _, rows = context.language, context.summary["decision"]["now"]
    year = rows[0]["year"]
    columns = (
        left(_("scheme")),
        right(_("balance at the end of %(year)s") % {"year": context.case.base_year}),
        right(_("months of outgo it pays")),
        right(_("income in %(year)s") % {"year": year}),
        right(_("outgo in %(year)s") % {"year": year}),
        right(_("income less outgo")),
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
        left(_("pooled by")), right(_("dry within 5 years")),
        right(_("within 10 years")), right(_("by %(year)s") % {"year": context.last_year}),
        right(_("first in")), right(_("all funds last")), right(_("collected")),
        right(_("level rate")), right(_("pay less than today")), right(_("pay more")),
    )  # fmt: skip
    body = [
        row(
            context.worded(each["plan"]),
            *(_dash_or(each[f"dry_within_{n}"], lambda share: _.percent(share, 1)) for n in SOON),
            bad_if(each["dry_by_end"] > 0, _.percent(each["dry_by_end"], 1)),
            _dash_or(each["first_dry"], str),
            _dash_or(each["all_last_probability"], lambda share: _.percent(share, 1)),
            _.percent(each["income_rate"]),
            _.percent(each["level_rate"]),
            _.percent(each["paying_less"], 1),
            _.percent(each["paying_more"], 1),
        )
        for each in context.summary["decision"]["plans"]
        if each["scheme"] == scheme
    ]
    return table(columns, body, _("Share of the insured whose fund runs dry, and what it takes"))


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
        *(right(_("of outgo in %(year)s") % {"year": year}) for year in years),
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
    return [table(columns, body, _("Cost to government: subsidies, pooled as today"))]


def payer_words(context: Context, payer: str) -> str:
    """Who pays subsidies, in words."""
    if payer in ("", STATE):
        return context.language("the state, by rule")
    return payer


def _own_share(context: Context) -> Table:
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
    caption = _("Own share of the cost of care in %(year)s, halves by disposable income a head")
    return table(columns, body, caption % {"year": context.first_year})


def _sure(context: Context, plans: Sequence[Mapping[str, Any]]) -> list[str]:
    """Chance that all funds of a scheme last, by plan, and the errors of scenarios and model."""
    _, risk = context.language, context.extras.risk
    scheme, said = plans[0]["scheme"], []
    if risk is not None:
        errors = risk.overview.loc[risk.overview["scheme"] == scheme, "any_ruin_error"]
        shares = (
            f"{context.worded(plan['plan'])} {_.percent(plan['all_last_probability'], 1)}"
            for plan in plans
            if plan["all_last_probability"] is not None
        )
        words = {
            "n": _.number(risk.run.scenarios, 0), "last": context.last_year,
            "shares": _(", ").join(shares),
            "error": f"±\N{NO-BREAK SPACE}{_.percent(float(errors.max()), 1)}",
        }  # fmt: skip
        said.append(_(SCENARIOS) % words)
    formal = context.summary.get("formal", {})
    said += [
        _(MODEL_ERROR)
        % {
            "error": _("%(n)s percentage points")
            % {"n": f"±\N{NO-BREAK SPACE}{_.number(100 * each['rate_error'], 2)}"}
        }
        for each in formal.get("rate_errors", ())
        if each["scheme"] == scheme
    ]
    return said


def _dash_or(value: float | None, words: Any) -> str:
    """A figure, or a dash where it does not exist."""
    return "–" if value is None else str(words(value))
