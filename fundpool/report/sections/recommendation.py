"""What the first page says of a scheme: what to do, at what rate, who gains, and how sure it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from fundpool.decision import SOON, best_plan
from fundpool.languages.wording import marked
from fundpool.places import NAMED
from fundpool.report.page_one import Shown
from fundpool.report.sections.context import Context
from fundpool.report.words.behaviour import brief_sentences

NEVER_DRY = 9999
"""Stands for the first dry year of a plan whose funds all last."""

MOVE = marked(
    "Move to pooling by %(plan)s: %(share)s of the insured are in funds that run dry by %(last)s"
    "%(places)s, instead of %(now)s%(places_now)s by %(today)s, as today."
)
MOVE_AGAINST = marked("Against it: places with %(more)s of the insured would need a higher rate.")
KEEP = marked(
    "Keep pooling by %(plan)s: %(share)s of the insured are in funds that run dry by %(last)s"
    "%(places)s; no other level leaves fewer."
)
ONLY = marked(
    "No other level than %(plan)s was projected: %(share)s of the insured are in funds that run "
    "dry by %(last)s%(places)s."
)
PLACES = {False: marked(" (%(names)s)"), True: marked(" (%(names)s and others)")}
"""Whether there are more places than are named."""
LATER = marked(
    "Against it: by %(plan)s the first fund runs dry later, in %(first)s instead of %(now)s, but "
    "by %(last)s %(share)s of the insured are in dry funds."
)
LATER_ALL = marked(
    "Against it: the first fund runs dry in %(now)s, by %(plan)s only in %(first)s; but then the "
    "one fund of all fails."
)
LATEST_LASTS = marked("By %(plan)s every fund lasts to %(last)s.")
RATES_OF_WAGES = {
    True: marked(
        "To last to %(last)s, pooled by %(plan)s, %(level)s of contribution wages instead of "
        "%(collected)s: %(money)s a year more, %(each)s %(currency)s a contributor in %(year)s."
    ),
    False: marked(
        "To last to %(last)s, pooled by %(plan)s, %(level)s of contribution wages instead of "
        "%(collected)s: %(money)s a year less, %(each)s %(currency)s a contributor in %(year)s."
    ),
}
"""Whether more is needed, and how it is said of a payroll scheme."""
RATES_IN_MONEY = {
    True: marked(
        "To last to %(last)s, pooled by %(plan)s, a premium of %(needed)s %(currency)s a member in "
        "%(year)s instead of %(paid)s, growing with incomes, subsidies as now: %(money)s a year "
        "more."
    ),
    False: marked(
        "To last to %(last)s, pooled by %(plan)s, a premium of %(needed)s %(currency)s a member in "
        "%(year)s instead of %(paid)s, growing with incomes, subsidies as now: %(money)s a year "
        "less."
    ),
}
"""The same of a flat scheme."""
WHO = marked(
    "Pooled by %(plan)s instead of %(today)s, places with %(less)s of the insured%(places_less)s "
    "would need a lower rate than in today's fund, places with %(more)s%(places_more)s a higher "
    "one."
)
DRY_GAIN = marked("The former are the places whose funds run dry by %(today)s.")
SCENARIOS = marked(
    "Chance that no fund fails by %(last)s: %(shares)s (%(n)s scenarios, "
    "standard error up to %(error)s)."
)
BY_LEVEL = marked("%(share)s by %(plan)s")
MODEL_ERRORS = {
    True: marked(
        "Pooled by %(plan)s, the rate needed less the rate collected is %(gap)s. In the backtest "
        "the model was off by %(error)s (one standard error), which is more: whether the rate must "
        "rise or fall is not certain."
    ),
    False: marked(
        "Pooled by %(plan)s, the rate needed less the rate collected is %(gap)s. In the backtest "
        "the model was off by %(error)s (one standard error), which is less."
    ),
}
"""Whether the backtest's error exceeds the change of the rate."""
NOBODY_CHANGES = marked("No other way of pooling changes what a fund would have to ask.")
BEHAVIOUR = marked("If behaviour changes")
"""What the sentences on behaviour with pooling answer."""
LEADS = (
    marked("Recommendation"),
    marked("Rate"),
    marked("Who gains and loses"),
    marked("How sure"),
    marked("Next years"),
    BEHAVIOUR,
)
"""What each part of a statement answers."""
FROM_RICHER = marked(
    "Money runs from richer places (%(more)s %(currency)s of income a head) to poorer ones "
    "(%(less)s)."
)
FROM_POORER = marked(
    "Money runs from poorer places (%(more)s %(currency)s of income a head) to richer ones "
    "(%(less)s)."
)
NONE_LACKS = {
    True: marked(
        "Pooled by %(plan)s, as today, no fund is below zero at the end of %(first)s or "
        "%(last)s: nothing to add to contributions and subsidies as now."
    ),
    False: marked(
        "Pooled by %(plan)s, as today, no fund is below zero at the end of %(first)s or "
        "%(last)s: nothing to add to contributions as now (no subsidy)."
    ),
}
"""Whether the scheme is subsidised."""
LACKS = marked(
    "Pooled by %(plan)s, as today, %(below)s of %(funds)s funds stand below zero at the end of "
    "%(year)s: they lack %(money)s together, beyond contributions and subsidies as now."
)
WATCH = marked("Watch %(names)s: dry within %(years)s years as pooled today.")
WATCH_MORE = marked("Watch %(names)s and %(n)s more: dry within %(years)s years as pooled today.")


def statement(context: Context, scheme: str, shown: Shown | None = None) -> dict[str, str]:
    """Sentences by their lead, in the order of :data:`LEADS`.

    Args:
        context: what the report is about.
        scheme: name of the scheme.
        shown: keeps the numbers of the sentences.
    """
    page = shown or context.shown()
    plans = [each for each in page.rows["decision"] if each["scheme"] == scheme]
    today, best = plans[0], best_plan(plans, scheme)
    latest = max(plans, key=lambda plan: plan["first_dry"] or NEVER_DRY)
    answers = (
        _level(context, page, plans, best, latest),
        _rate(context, page, best),
        _who(context, page, today, latest if best is today else best),
        _sure(context, page, plans, best),
        _next_years(context, page, today),
        brief_sentences(page, scheme),
    )
    joint = "" if context.language.chinese else " "
    return {lead: joint.join(part) for lead, part in zip(LEADS, answers, strict=True) if part}


def _places(context: Context, plan: Mapping[str, Any], part: str) -> str:
    """Names of the places behind a share of a plan, in brackets; nothing where none is."""
    for named in context.summary["decision"].get("places", ()):
        if (named["scheme"], named["plan"], named["part"]) == (plan["scheme"], plan["plan"], part):
            names = context.language(", ").join(map(context.name, named["names"]))
            words = PLACES[named["others"]]
            return context.language(words) % {"names": names}
    return ""


def _level(
    context: Context,
    page: Shown,
    plans: Sequence[Mapping[str, Any]],
    best: Mapping[str, Any],
    latest: Mapping[str, Any],
) -> list[str]:
    """The level to pool at, the test that it rests on, and what speaks against it."""
    _, today = context.language, plans[0]
    last = page.year("last year", context.last_year)
    moved = best is not today
    words = {
        "plan": context.worded(best["plan"]), "last": last,
        "share": page.cell("decision", best, "dry_by_end"),
        "places": _places(context, best, "dry"),
        "today": context.worded(today["plan"]),
    }  # fmt: skip
    if moved:
        words["now"] = page.cell("decision", today, "dry_by_end")
        words["places_now"] = _places(context, today, "dry")
    said = [_(MOVE if moved else KEEP if len(plans) > 1 else ONLY) % words]
    if moved and best["paying_more"] > 0:
        said.append(_(MOVE_AGAINST) % {"more": page.cell("decision", best, "paying_more")})
    if (latest["first_dry"] or NEVER_DRY) > (best["first_dry"] or NEVER_DRY):
        words = {
            "plan": context.worded(latest["plan"]), "last": last,
            "first": page.cell("decision", latest, "first_dry"),
            "now": page.cell("decision", best, "first_dry"),
            "share": page.cell("decision", latest, "dry_by_end"),
        }  # fmt: skip
        later = LATER_ALL if latest["funds"] == 1 else LATER
        if latest["first_dry"] is None:
            later = LATEST_LASTS
        said.append(_(later) % words)
    return said


def _rate(context: Context, page: Shown, plan: Mapping[str, Any]) -> list[str]:
    """The rate that makes funds last, in money too."""
    _, change = context.language, plan["rate_change"]
    if change != change or plan["more_each"] is None:
        return []
    payroll = context.case.scheme(plan["scheme"]).kind == "payroll"
    words = {
        "plan": context.worded(plan["plan"]), "last": page.year("last year", context.last_year),
        "currency": context.worded(context.case.currency),
        "year": page.year("first year", context.first_year),
    }  # fmt: skip
    names = {"money": "more_money"} | (
        {"level": "level_rate", "collected": "income_rate", "each": "more_each"}
        if payroll
        else {"needed": "needed_each", "paid": "collected_each"}
    )
    words |= {word: page.cell("decision", plan, name) for word, name in names.items()}
    return [_((RATES_OF_WAGES if payroll else RATES_IN_MONEY)[change >= 0]) % words]


def _who(
    context: Context, page: Shown, today: Mapping[str, Any], plan: Mapping[str, Any]
) -> list[str]:
    """Who would pay less and more under a plan than today, and which of them are richer."""
    _ = context.language
    if not plan["paying_less"] and not plan["paying_more"]:
        return [_(NOBODY_CHANGES)]
    words = {"plan": context.worded(plan["plan"]), "today": context.worded(today["plan"])}
    for way in ("less", "more"):
        words[way] = page.cell("decision", plan, f"paying_{way}")
        words[f"places_{way}"] = _places(context, plan, way)
    said = [_(WHO) % words]
    if _dry_gain(context, plan):
        said.append(_(DRY_GAIN) % words)
    less, more = plan["income_less"], plan["income_more"]
    if less is not None and more is not None and less != more:
        incomes = {way: page.cell("decision", plan, f"income_{way}") for way in ("less", "more")}
        currency = {"currency": context.worded(context.case.currency)}
        said.append(_(FROM_RICHER if more > less else FROM_POORER) % (incomes | currency))
    return said


def _dry_gain(context: Context, plan: Mapping[str, Any]) -> bool:
    """Whether just the places whose fund runs dry as pooled today would need a lower rate."""
    return any(
        named["dry_today"]
        for named in context.summary["decision"].get("places", ())
        if (named["scheme"], named["plan"]) == (plan["scheme"], plan["plan"])
        and named["part"] == "less"
    )


def _next_years(context: Context, page: Shown, today: Mapping[str, Any]) -> list[str]:
    """Which funds lack money at the ends of the next two years, and which to watch."""
    _, scheme = context.language, today["scheme"]
    plan = {"plan": context.worded(today["plan"])}
    rows = [each for each in page.rows["money_lacking"] if each["scheme"] == scheme]
    names = {"year": "year", "below": "funds_below_zero", "funds": "funds", "money": "lacking"}
    said = [
        _(LACKS)
        % (plan | {word: page.cell("money_lacking", each, name) for word, name in names.items()})
        for each in rows
        if each["funds_below_zero"]
    ]
    if rows and not said:
        subsidised = any(each["scheme"] == scheme for each in page.rows["government"])
        ends = {"first": rows[0], "last": rows[-1]}
        years = {word: page.cell("money_lacking", each, "year") for word, each in ends.items()}
        said.append(_(NONE_LACKS[subsidised]) % (plan | years))
    return [*said, *_watched(context, page, scheme)]


def _watched(context: Context, page: Shown, scheme: str) -> list[str]:
    """The sentence on funds that run dry soon; none where none does."""
    _, watch = context.language, context.summary["decision"]["watch"]
    names = [context.name(fund["name"]) for fund in watch if fund["scheme"] == scheme]
    if not names:
        return []
    words = {
        "names": _(", ").join(names[:NAMED]),
        "years": page.by_definition("years in which funds are watched", SOON[0]),
    }
    if len(names) <= NAMED:
        return [_(WATCH) % words]
    where = f'measures[plan],INDEX(measures[plan],1),measures[scheme],"{scheme}"'
    soon = f'measures[exhaustion_year],"<"&(MIN(totals[year])+{SOON[0]})'
    more = page.counted(
        "measures", "further funds to watch", len(names) - NAMED,
        f"COUNTIFS({where},{soon})-{NAMED}",
    )  # fmt: skip
    return [_(WATCH_MORE) % (words | {"n": more})]


def _sure(
    context: Context,
    page: Shown,
    plans: Sequence[Mapping[str, Any]],
    best: Mapping[str, Any],
) -> list[str]:
    """Chance that all funds of a scheme last, by plan, and the model's error of the rate."""
    _, scheme, said = context.language, plans[0]["scheme"], []
    of_scenarios = [row for row in page.rows["scenario_shares"] if row["scheme"] == scheme]
    if of_scenarios:
        shares = (
            _(BY_LEVEL)
            % {
                "plan": context.worded(plan["plan"]),
                "share": page.cell("decision", plan, "all_last_probability"),
            }
            for plan in plans
            if plan["all_last_probability"] is not None
        )
        widest = max(of_scenarios, key=lambda row: float(row["any_ruin_error"]))
        words = {
            "n": page.cell("scenario_shares", widest, "scenarios"),
            "last": page.year("last year", context.last_year),
            "shares": _(", ").join(shares),
            "error": page.cell("scenario_shares", widest, "any_ruin_error"),
        }
        said.append(_(SCENARIOS) % words)
    gap = best["rate_change"]
    for each in page.rows["rate_errors"]:
        if each["scheme"] == scheme and gap == gap:
            words = {
                "plan": context.worded(best["plan"]),
                "error": page.cell("rate_errors", each, "rate_error"),
                "gap": page.cell("decision", best, "rate_change"),
            }
            message = MODEL_ERRORS[each["rate_error"] > abs(gap)]
            said.append(_(message) % words)
    return said
