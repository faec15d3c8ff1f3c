"""The optimised plan: rates and swaps that keep every fund at its floor."""

from collections.abc import Iterable
from typing import Any

from fundpool.languages.wording import marked, worded
from fundpool.models.optimiser.explain.comparison import compared
from fundpool.models.optimiser.explain.industries import industry_burdens
from fundpool.models.optimiser.explain.instruments import instruments, mean_instruments
from fundpool.models.optimiser.explain.prices import obstacle, shadow_prices
from fundpool.models.optimiser.plan import Plan
from fundpool.models.projection.study import Projection
from fundpool.report.charts import plans as plan_charts
from fundpool.report.document.making import (
    bad_if,
    figure,
    left,
    message,
    paragraph,
    right,
    row,
    sentences,
    spans,
    table,
)
from fundpool.report.document.model import (
    Block,
    Detail,
    Figure,
    Heading,
    Listing,
    Note,
    Panel,
    Paragraph,
    Section,
    Spans,
    Table,
)
from fundpool.report.sections.context import Context

MOST_LINES = 8
"""Shadow prices and missed floors shown."""


def plan_section(context: Context) -> Section | None:
    """The plan for the first way of pooling; None without one."""
    _, plan = context.language, context.extras.plan
    if plan is None:
        return None
    projection = next(iter(context.comparison.projections.values()))
    policies = compared(plan)
    schemes = [name for name in context.titles if name in set(policies["scheme"])]
    headlines = [_headline(policies, name, context) for name in schemes]
    blocks = [
        Listing(tuple(spans(line) for line in headlines), "answers"),
        _certificate(context, projection, plan),
        *_missed(context, plan),
        *_trials(context, plan),
        *(block for name in schemes for block in _scheme(context, projection, name, policies)),
        *_prices(context, plan),
        *_industries(context, plan),
    ]
    title = _("Rates and swaps that keep every fund at its floor")
    return Section("plan", title, _("Plan"), tuple(blocks))


def _headline(policies: Any, scheme: str, context: Context) -> str:
    language = context.language
    policy_rows = policies[policies["scheme"] == scheme].set_index("policy")
    mine, before = policy_rows.loc["this plan"], policy_rows.loc["rates in force"]
    if mine["below_floor"] == 0:
        kept = language.gettext("every fund keeps its floor")
    else:
        kept = language.gettext("%(n)s funds miss their floor for a time") % {
            "n": mine["below_floor"]
        }
    sentence = language.gettext(
        "%(title)s: at a mean rate of %(rate)s instead of %(before)s %(kept)s; without a change "
        "%(dry)s do not. Swaps move %(swaps)s of outgo a year."
    )
    return sentence % {
        "title": context.titles[scheme], "rate": language.percent(mine["mean_rate"]), "kept": kept,
        "before": language.percent(before["mean_rate"]), "dry": before["below_floor"],
        "swaps": language.percent(mine["swaps"], 1),
    }  # fmt: skip


def _certificate(context: Context, projection: Projection, plan: Plan) -> Paragraph:
    """How far the plan can be relied on."""
    _, certificate = context.language, plan.certificate.record()
    violation = f"{certificate['largest_violation']:.0e}"
    gap = f"{certificate['relative_gap']:.0e}"
    if plan.status in ("certified", "unsafe"):  # how safe it is, is said after it
        verdict = message(
            _("<strong>Certified</strong>: an independent recursion of every fund with these rates "
              "and swaps breaks no limit by more than %(violation)s of a fund's yearly outgo, "
              "gives the objective %(objective)s again, and no plan under the same limits can be "
              "better by more than %(gap)s of it."),
            violation=violation, gap=gap, objective=f"{certificate['objective']:.6f}",
        )  # fmt: skip
    elif plan.status == "shortfall":
        verdict = message(
            _("<strong>No plan keeps every floor under the limits.</strong> This one misses them "
              "by the least money; that is certified (largest violation of the other limits "
              "%(violation)s, gap %(gap)s)."),
            violation=violation, gap=gap,
        )  # fmt: skip
    else:
        verdict = message(
            _('<strong class="bad">Not certified (%(status)s)</strong>: largest violation '
              "%(violation)s, gap %(gap)s. Do not act on it."),
            status=plan.status, violation=violation, gap=gap,
        )  # fmt: skip
    near_zero = plan.certificate.gap_sentence
    said_of_plan = (plan.safety,) if near_zero is None else (near_zero, plan.safety)
    lead = context.pooled_by(projection.plan.name).capitalize() + _(". ")
    return sentences(
        spans(lead, verdict),
        *(worded(said, _, context.local_names) for said in said_of_plan),
        _("Limits and weights are listed under assumptions, section optimiser."),
    )


def _missed(context: Context, plan: Plan) -> list[Note]:
    """Floors, or a limit on ruin, that cannot be kept, and what would help."""
    _ = context.language
    why = obstacle(plan, context.case.currency)
    if not why.sentences and not why.remedies:
        return []
    items = _worded(context, why.sentences[:MOST_LINES])
    if len(why.sentences) > MOST_LINES:
        items.append(spans(_("and %(n)s more.") % {"n": len(why.sentences) - MOST_LINES}))
    remedies = [Paragraph(line) for line in _worded(context, why.remedies)]
    return [Note((*([Listing(tuple(items))] if items else []), *remedies))]


def _worded(context: Context, lines: Iterable[str]) -> list[Spans]:
    """Sentences of the model in the reader's language."""
    return [spans(worded(line, context.language, context.local_names)) for line in lines]


def _trials(context: Context, plan: Plan) -> list[Paragraph]:
    """How the plan does in scenarios."""
    _ = context.language
    tried = (
        (marked("on the scenarios of the plan"), plan.in_sample),
        (marked("on fresh scenarios"), plan.out_of_sample),
    )
    lines = []
    for name, trial in tried:
        if trial is not None:
            record = trial.record()
            lines.append(
                _("Tried %(name)s (%(n)s), swaps by a rule without foresight: %(below)s of "
                  "fund-years under the floor, %(ruined)s of funds ever negative.")
                % {"name": context.worded(name), "n": record["scenarios"],
                   "below": _.percent(record["below_floor"]),
                   "ruined": _.percent(record["ruined"])}
            )  # fmt: skip
    return [paragraph(line) for line in lines]


def _scheme(context: Context, projection: Projection, scheme: str, policies: Any) -> list[Block]:
    """A scheme under the plan: beside simpler policies, its rates, reserves, swaps."""
    _, plan = context.language, context.extras.plan
    assert plan is not None
    heading = _("%(scheme)s: this plan and simpler policies, by the same certificate") % {
        "scheme": context.titles[scheme]
    }
    burdens = plan_charts.burden_distribution(plan, scheme)
    rates = (
        *_panels(context, plan_charts.rate_fan(plan, scheme), f"plan-{scheme}-rates"),
        Panel(
            context.drawing(burdens, f"plan-{scheme}-burdens"),
            _("by fund, mean over the years"),
        ),
    )
    reserves = _panels(context, plan_charts.reserve_fan(plan, scheme), f"plan-{scheme}-reserves")
    return [
        Heading(spans(heading)),
        _simpler_policies(context, policies[policies["scheme"] == scheme].to_dict("records")),
        *_map(context, projection, plan, scheme),
        Figure(
            rates,
            spans(_("Rates of the pooled fund: median of the contribution base (line), the middle "
                    "half (dark), all but the highest and lowest twentieth (light); on the right "
                    "the rates of the funds in order.")),
        ),
        Figure(reserves, spans(_("Reserve months net of claims owed, on the same axis."))),
        _statute(context, projection, plan, scheme),
        _swaps(context, plan, scheme),
    ]  # fmt: skip


def _panels(context: Context, drawings: dict[str, Any], name: str) -> tuple[Panel, ...]:
    return tuple(
        Panel(context.drawing(chart, f"{name}-{drawing}"), context.language(words))
        for drawing, (words, chart) in enumerate(drawings.items())
    )


def _simpler_policies(context: Context, policies: list[dict[str, Any]]) -> Table:
    _ = context.language
    columns = (
        left(_("policy")), right(_("mean rate")), right(_("burden")), right(_("unevenness")),
        right(_("movement of rates")), right(_("swaps")), right(_("objective")),
        right(_("funds under floor")), right(_("shortfall"), "short"), left(_("breaks")),
    )  # fmt: skip
    rows = [
        row(
            context.worded(policy["policy"]),
            _.percent(policy["mean_rate"]),
            *(_.number(policy[key], 3) for key in ("burden", "unevenness", "movement")),
            _.percent(policy["swaps"]),
            _.number(policy["objective"], 4),
            bad_if(policy["below_floor"] > 0, policy["below_floor"]),
            _.money(policy["shortfall"]),
            context.worded(policy["broken_rule"]) if policy["broken_rule"] else "–",
        )
        for policy in policies
    ]
    caption = _(
        "Burden, unevenness, movement in units of the burden of the rates in force; swaps as share "
        "of outgo. Shortfall: each fund's largest miss of its floor, summed. A policy with a "
        "shortfall or a broken rule is not a plan, whatever its objective."
    )
    return table(columns, rows, caption)


def _statute(context: Context, projection: Projection, plan: Plan, scheme: str) -> Table:
    """What the plan is in the terms of a statute, in its first and last year."""
    _ = context.language
    every = mean_instruments(instruments(projection, plan), plan.rates)
    years = every[every["scheme"] == scheme].to_dict("records")
    shown = [years[0], years[-1]] if len(years) > 1 else years
    if context.case.scheme(scheme).kind == "payroll":
        kinds = {
            "employer_rate": _("employers"), "employer_rate_in_force": _("employers, in force"),
            "employee_rate": _("members"), "account_rate": _("to accounts"),
        }  # fmt: skip
    else:
        kinds = {"premium": _("premium"), "premium_in_force": _("premium, in force")}
    kinds |= {
        "subsidy": _("subsidy a head"), "subsidy_in_force": _("subsidy a head, in force"),
        "subsidy_share": _("subsidy, share of both"),
    }  # fmt: skip
    rows = [
        row(
            str(means_of["year"]),
            *(
                _.percent(means_of[name], 2)
                if "rate" in name or name == "subsidy_share"
                else _.number(means_of[name], 0)
                for name in kinds
            ),
        )
        for means_of in shown
    ]
    columns = (left(_("year")), *(right(words, "short") for words in kinds.values()))
    caption = _(
        "The plan in the terms of a statute, mean over funds by contribution base: rates are "
        "shares of the base, premiums and subsidies money a head and year. What the plan does not "
        "decide stays as it is in force."
    )
    return table(columns, rows, caption)


def _map(context: Context, projection: Projection, plan: Plan, scheme: str) -> list[Figure]:
    """Who pays whom; nothing where the case does not say where its regions lie."""
    _ = context.language
    drawing = plan_charts.swap_map(projection, plan, scheme)
    if drawing is None:
        return []
    hub = plan.hub[plan.hub["scheme"] == scheme].groupby("hub")["balance"].last().sum()
    caption = _(
        "Who pays whom over the whole plan, the %(arcs)s largest transfers as arcs from payer to "
        "receiver, width by amount; triangles receive, circles pay, size by net amount. Payments "
        "less receipts leave %(hub)s in the hub at the end."
    ) % {"arcs": plan_charts.MOST_ARCS, "hub": _.money(float(hub))}
    return [figure(context.drawing(drawing, f"plan-{scheme}-map"), caption)]


def _swaps(context: Context, plan: Plan, scheme: str) -> Detail:
    """What every fund pays and receives over the whole plan."""
    _ = context.language
    swaps = plan.swaps[plan.swaps["scheme"] == scheme]
    totals = swaps.groupby(["pool", "name"], sort=False)[["paid", "received", "net"]].sum()
    totals = totals[(totals["paid"] > 0) | (totals["received"] > 0)].reset_index()
    transfers = plan.transfers[plan.transfers["scheme"] == scheme]
    yearly = transfers.groupby("year")
    most = int(yearly.size().max()) if len(transfers) else 0
    least = int(yearly["at_least"].first().max()) if len(transfers) else 0
    columns = (
        left(_("fund")),
        *(right(words, "short") for words in (_("pays"), _("receives"), _("net"))),
    )
    rows = [
        row(context.name(fund["name"]),
            *(_.money(fund[key]) for key in ("paid", "received", "net")))
        for fund in totals.sort_values("net", kind="stable").to_dict("records")
    ]  # fmt: skip
    words = _("Who pays and who receives (%(n)s funds)") % {"n": len(rows)}
    settled = _(
        "At most %(most)s transfers a year settle it; in that year no settlement needs fewer than "
        "%(least)s."
    ) % {"most": most, "least": least}
    return Detail(spans(words), (paragraph(settled), table(columns, rows)))


def _prices(context: Context, plan: Plan) -> list[Block]:
    """The highest prices of every limit and scheme."""
    prices = shadow_prices(plan)
    if prices.empty:
        return []
    leading = prices.groupby(["scheme", "limit"], sort=False)["sentence"].head(2)
    return [
        Heading(spans(context.language("What the limits cost"))),
        Listing(tuple(_worded(context, leading))),
    ]


def _industries(context: Context, plan: Plan) -> list[Detail]:
    _ = context.language
    industries = industry_burdens(context.case, plan).to_dict("records")
    if not industries:
        return []
    columns = (
        left(_("industry")), left(_("scheme")), right(_("share of base")),
        right(_("rate in force")), right(_("this plan")),
    )  # fmt: skip
    rows = [
        row(
            context.worded(str(industry["industry"]).replace("_", " ")),
            context.worded(industry["scheme"]),
            _.percent(industry["share_of_base"], 1),
            _.percent(industry["rate_in_force"], 3),
            _.percent(industry["rate"], 3),
        )
        for industry in industries
    ]
    return [Detail(spans(_("By industry")), (table(columns, rows),))]
