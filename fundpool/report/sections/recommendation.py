"""What the first page says of a scheme: what to do, at what rate, who gains, and how sure it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from fundpool.decision import SOON, best_plan
from fundpool.languages.wording import marked
from fundpool.report.sections.context import Context
from fundpool.report.words.behaviour import NOTHING_MEASURED, brief_sentences

NEVER_DRY = 9999
"""Stands for the first dry year of a plan whose funds all last."""

NAMED = 3
"""Funds to watch that are named on the page."""

MOVE = marked(
    "Move to pooling by %(plan)s: %(share)s of the insured have a fund that runs dry by %(last)s, "
    "instead of %(now)s by %(today)s, as today."
)
MOVE_AGAINST = marked("Against it: %(more)s would need a higher rate.")
KEEP = marked(
    "Keep pooling by %(plan)s: no other level leaves fewer insured in funds dry by %(last)s "
    "(%(share)s)."
)
ONLY = marked(
    "No other level than %(plan)s was projected: %(share)s of the insured have a fund that runs "
    "dry by %(last)s."
)
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
    "Pooled by %(plan)s, %(less)s of the insured are in a fund that needs a lower rate than "
    "today's, %(more)s a higher one."
)
SCENARIOS = marked(
    "Chance that no fund fails by %(last)s: %(shares)s (%(n)s scenarios, "
    "standard error up to %(error)s)."
)
BY_LEVEL = marked("%(share)s by %(plan)s")
MODEL_ERRORS = {
    True: marked(
        "The backtest's error (one standard error: %(error)s) is larger than the gap of %(gap)s: "
        "the gap is not certain."
    ),
    False: marked(
        "The backtest's error (one standard error: %(error)s) is smaller than the gap of %(gap)s."
    ),
}
"""Whether the backtest's error exceeds the gap."""
NOBODY_CHANGES = marked("No other way of pooling changes what a fund would have to ask.")
LEADS = (
    marked("Recommendation"),
    marked("Rate"),
    marked("Who gains and loses"),
    marked("If behaviour changes"),
    marked("How sure"),
    marked("Next years"),
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


def statement(context: Context, scheme: str) -> dict[str, str]:
    """Sentences by their lead, in the order of :data:`LEADS`."""
    _, figures = context.language, context.summary["decision"]
    plans = [each for each in figures["plans"] if each["scheme"] == scheme]
    today, best = plans[0], best_plan(plans, scheme)
    latest = max(plans, key=lambda plan: plan["first_dry"] or NEVER_DRY)
    answers = (
        _level(context, plans, best, latest),
        _rate(context, best),
        _who(context, latest if best is today else best),
        brief_sentences(
            context.summary.get("behaviour", NOTHING_MEASURED), scheme, context.language
        ),
        _sure(context, plans, best),
        _next_years(context, today),
    )
    joint = "" if _.chinese else " "
    return {lead: joint.join(part) for lead, part in zip(LEADS, answers, strict=True) if part}


def _level(
    context: Context,
    plans: Sequence[Mapping[str, Any]],
    best: Mapping[str, Any],
    latest: Mapping[str, Any],
) -> list[str]:
    """The level to pool at, the test that it rests on, and what speaks against it."""
    _, today = context.language, plans[0]
    where = MOVE if best is not today else KEEP if len(plans) > 1 else ONLY
    said = [
        _(where)
        % {
            "plan": context.worded(best["plan"]),
            "share": _.percent(best["dry_by_end"], 1), "last": context.last_year,
            "today": context.worded(today["plan"]), "now": _.percent(today["dry_by_end"], 1),
        }
    ]  # fmt: skip
    if best is not today and best["paying_more"] > 0:
        said.append(_(MOVE_AGAINST) % {"more": _.percent(best["paying_more"], 1)})
    if (latest["first_dry"] or NEVER_DRY) > (best["first_dry"] or NEVER_DRY):
        words = {
            "plan": context.worded(latest["plan"]), "first": latest["first_dry"],
            "best": context.worded(best["plan"]), "now": best["first_dry"],
            "last": context.last_year, "share": _.percent(latest["dry_by_end"], 1),
        }  # fmt: skip
        later = LATER_ALL if latest["funds"] == 1 else LATER
        if latest["first_dry"] is None:
            later = LATEST_LASTS
        said.append(_(later) % words)
    return said


def _rate(context: Context, plan: Mapping[str, Any]) -> list[str]:
    """The rate that makes funds last, in money too."""
    _, change = context.language, plan["rate_change"]
    if change != change or plan["more_each"] is None:
        return []
    payroll = context.case.scheme(plan["scheme"]).kind == "payroll"
    words = {
        "plan": context.worded(plan["plan"]), "last": context.last_year,
        "level": _.percent(plan["level_rate"]), "collected": _.percent(plan["income_rate"]),
        "money": _.money(abs(plan["more_money"])), "each": _.number(abs(plan["more_each"]), 0),
        "needed": _.number(plan["needed_each"], 0), "paid": _.number(plan["collected_each"], 0),
        "currency": context.worded(context.case.currency), "year": context.first_year,
    }  # fmt: skip
    return [_((RATES_OF_WAGES if payroll else RATES_IN_MONEY)[change >= 0]) % words]


def _who(context: Context, plan: Mapping[str, Any]) -> list[str]:
    """Who would pay less and more under a plan than today, and which of them are richer."""
    _ = context.language
    if not plan["paying_less"] and not plan["paying_more"]:
        return [_(NOBODY_CHANGES)]
    less, more = plan["income_less"], plan["income_more"]
    shares = {name: _.percent(plan[f"paying_{name}"], 1) for name in ("less", "more")}
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


def _next_years(context: Context, today: Mapping[str, Any]) -> list[str]:
    """Which funds lack money at the ends of the next two years, and which to watch."""
    _, figures = context.language, context.summary["decision"]
    scheme, plan = today["scheme"], {"plan": context.worded(today["plan"])}
    rows = [each for each in figures["next_years"] if each["scheme"] == scheme]
    said = [
        _(LACKS)
        % (plan | {
            "year": each["year"], "below": each["funds_below_zero"], "funds": each["funds"],
            "money": _.money(each["lacking"]),
        })
        for each in rows
        if each["funds_below_zero"]
    ]  # fmt: skip
    if rows and not said:
        subsidised = any(each["scheme"] == scheme for each in figures["government"])
        years = {"first": rows[0]["year"], "last": rows[-1]["year"]}
        said.append(_(NONE_LACKS[subsidised]) % (plan | years))
    names = [context.name(fund["name"]) for fund in figures["watch"] if fund["scheme"] == scheme]
    if names:
        words = {
            "names": _(", ").join(names[:NAMED]), "n": len(names) - NAMED, "years": SOON[0],
        }  # fmt: skip
        said.append(_(WATCH_MORE if len(names) > NAMED else WATCH) % words)
    return said


def points(context: Context, change: float) -> str:
    """A change of a rate in percentage points, with its sign."""
    shown = round(100 * change, 2) + 0.0  # no minus before zero
    sign = "+" if shown > 0 else ""
    points = context.language("%(n)s percentage points")
    return points % {"n": sign + context.language.number(shown, 2)}


def _sure(
    context: Context, plans: Sequence[Mapping[str, Any]], best: Mapping[str, Any]
) -> list[str]:
    """Chance that all funds of a scheme last, by plan, and the model's error beside the gap."""
    _, risk = context.language, context.extras.risk
    scheme, said = plans[0]["scheme"], []
    if risk is not None:
        errors = risk.overview.loc[risk.overview["scheme"] == scheme, "any_ruin_error"]
        shares = (
            _(BY_LEVEL)
            % {
                "plan": context.worded(plan["plan"]),
                "share": _.percent(plan["all_last_probability"], 1),
            }
            for plan in plans
            if plan["all_last_probability"] is not None
        )
        words = {
            "n": _.number(risk.run.scenarios, 0), "last": context.last_year,
            "shares": _(", ").join(shares),
            "error": f"±\N{NO-BREAK SPACE}{_.percent(float(errors.max()), 1)}",
        }  # fmt: skip
        said.append(_(SCENARIOS) % words)
    formal, gap = context.summary.get("formal", {}), best["rate_change"]
    error_points = _("%(n)s percentage points")
    for each in formal.get("rate_errors", ()):
        if each["scheme"] == scheme and gap == gap:
            message = MODEL_ERRORS[each["rate_error"] > abs(gap)]
            size = f"±\N{NO-BREAK SPACE}{_.number(100 * each['rate_error'], 2)}"
            words = {"error": error_points % {"n": size}, "gap": points(context, gap)}
            said.append(_(message) % words)
    return said
