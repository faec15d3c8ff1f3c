"""Chance: ruin, the reserves that it takes, and what pooling is worth."""

import math
from typing import Any

import pandas as pd

from fundpool.models.pooling.plans import pools_of
from fundpool.models.risk.solvency import SolvencyRisk
from fundpool.report.charts.chance import balance_fans, ruin_by_year
from fundpool.report.document.making import (
    Row,
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
    Cell,
    Detail,
    Figure,
    Heading,
    Panel,
    Paragraph,
    Section,
    Table,
)
from fundpool.report.sections.context import Context

MOST_POOLS = 400
"""Pools of a plan listed one by one, the riskiest first."""


def chance_section(context: Context) -> Section | None:
    """What scenarios say of the plans; None without scenarios."""
    _, risk = context.language, context.extras.risk
    if risk is None:
        return None
    blocks = (
        _scenarios(context, risk),
        *(block for scheme in context.titles for block in _scheme(context, risk, scheme)),
        _notes(context, risk),
    )
    title = _("How safe: ruin, reserves and what pooling is worth")
    return Section("chance", title, _("How safe"), blocks)


def _scenarios(context: Context, risk: SolvencyRisk) -> Paragraph:
    """Which scenarios were run."""
    _, run = context.language, risk.run
    lead = _(
        "%(n)s scenarios to %(year)s (seed %(seed)s); wages, medical prices, interest, morbidity, "
        "moving and enrolment vary together, and claims vary within a year by %(level)s."
    ) % {
        "level": context.lowest_one,
        "n": f"{run.scenarios:,}",
        "year": int(run.years[-1]),
        "seed": run.seed,
    }
    events = [context.worded(kind.name.replace("_", " ")) for kind in run.terms.model.events]
    return sentences(
        lead,
        _("Catastrophes: %(events)s.") % {"events": _(", ").join(events)} if events else None,
        message(
            _("Every plan meets the same scenarios. ± is one standard error of sampling; the "
              "assumptions behind the spread stand under scenarios in "
              '<a href="#assumptions">Assumptions</a>.')
        ),
    )  # fmt: skip


def largest_pool(risk: SolvencyRisk, scheme: str, plan: str) -> str:
    """Code of the pool of the plan's last stage with most insured in the first projected year."""
    case, flows = risk.study.case, risk.study.flows
    number = case.scheme_number(scheme)
    pools = pools_of(case, risk.run.plans[plan].stage(scheme, int(risk.run.years[-1])))
    return pools.codes[int(pools.total(flows.persons[number, 1, :-1]).argmax())]


def _scheme(context: Context, risk: SolvencyRisk, scheme: str) -> list[Block]:
    _, title = context.language, context.titles[scheme]
    overview = risk.overview[risk.overview["scheme"] == scheme].to_dict("records")
    pools = risk.risk[risk.risk["scheme"] == scheme]
    ordered = pools.sort_values(
        ["ruin_probability", "pool"], ascending=[False, True], kind="stable"
    )
    return [
        Heading(spans(title)),
        paragraph(_headline(context, risk, title, overview)),
        _fans(context, risk, scheme, pools),
        figure(
            context.drawing(ruin_by_year(risk, scheme), f"{scheme}-ruin"),
            _(
                "Probability that a fund has been in debt by the end of a year, mean over "
                "%(lowest)s."
            )
            % {"lowest": context.lowest},
        ),
        _reserves(context, risk, overview),
        *(
            _funds(context, risk, plan, ordered[ordered["plan"] == plan].head(MOST_POOLS))
            for plan in risk.run.plans
        ),
    ]


def _headline(
    context: Context, risk: SolvencyRisk, title: str, overview: list[dict[Any, Any]]
) -> str:
    language = context.language
    fate = language.gettext(
        "pooled by %(plan)s a fund is ruined by %(year)s with a probability of %(share)s on average"
    )
    fates = [
        fate
        % {
            "plan": language.gettext(str(result["plan"])),
            "year": risk.run.years[-1],
            "share": language.percent(result["ruin_share"], 0),
        }
        for result in overview
    ]
    words = {"title": title, "fates": language.gettext("; ").join(fates)}
    return language.gettext("%(title)s: %(fates)s.") % words


def _fans(context: Context, risk: SolvencyRisk, scheme: str, pools: pd.DataFrame) -> Figure:
    """Balance of each plan's largest fund."""
    largest = {}
    for plan in risk.run.plans:
        listed = pools[pools["plan"] == plan]
        largest[plan] = listed[listed["pool"] == largest_pool(risk, scheme, plan)].iloc[0]
    drawings = balance_fans(risk, scheme, largest, context.language)
    panels = tuple(
        Panel(
            context.drawing(chart, f"{scheme}-risk-fan-{drawing}"),
            f"{context.pooled_by(plan)}: {context.name(largest[plan]['name'])}",
        )
        for drawing, (plan, chart) in enumerate(drawings.items())
    )
    caption = context.language(
        "Balance of each plan's largest fund: median scenario (line), half of the scenarios "
        "(dark), nine in ten (light)."
    )
    return Figure(panels, spans(caption))


def _with_error(written: Any, result: dict[Any, Any], key: str) -> str:
    """A figure and its standard error of sampling."""
    return f"{written(result[key])} ± {written(result[f'{key}_error'])}"


def _reserves(context: Context, risk: SolvencyRisk, overview: list[dict[Any, Any]]) -> Table:
    """Opening reserves that funds need, and what pooling saves."""
    _ = context.language
    caption = _(
        "Opening reserves that keep each fund solvent to %(year)s but for %(target)s of the "
        "scenarios, all funds together, and what pooling saves against %(plan)s funds"
    ) % {
        "year": int(risk.run.years[-1]), "target": _.percent(risk.probability, 0),
        "plan": context.worded(overview[0]["plan"]),
    }  # fmt: skip
    columns = (
        left(_("pooled by")), right(_("funds")), right(_("ruin, mean fund")),
        right(_("some fund ruined")), right(_("held")), right(_("needed")), right(_("saved")),
        right(_("by funds carrying one another")), right(_("by chance evening out")),
        right(_("needed without chance in a year's claims")),
    )  # fmt: skip
    return table(columns, [_reserves_of(context, result) for result in overview], caption)


def _reserves_of(context: Context, result: dict[Any, Any]) -> Row:
    _ = context.language

    def share(value: float) -> str:
        return _.percent(value, 1)

    lead = row(
        context.worded(result["plan"]),
        result["pools"],
        _with_error(share, result, "ruin_share"),
        _with_error(share, result, "any_ruin"),
    )
    if math.isnan(result["required_reserve"]):
        return (*lead, Cell(spans(_("pools change on the way")), columns=6))
    return lead + row(
        _.money(result["opening_balance"]),
        _with_error(_.money, result, "required_reserve"),
        _with_error(_.money, result, "gain"),
        _.money(result["levelling"] + result["systematic"]),
        _.money(result["noise"]),
        _.money(result["systematic_reserve"]),
    )


def _funds(context: Context, risk: SolvencyRisk, plan: str, funds: pd.DataFrame) -> Detail:
    """Every fund of a plan, the riskiest first."""
    _ = context.language
    words = _("Every fund, pooled by %(plan)s (%(n)s)") % {
        "plan": context.worded(plan),
        "n": len(funds),
    }
    columns = (
        left(_("fund")), right(_("from")), right(_("opening balance")),
        right(_("ruin probability")),
        right(_("needed at %(target)s") % {"target": _.percent(risk.probability, 0)}),
        right(_("one-year deficit, value at risk")), right(_("tail mean")),
        right(_("deficit to the end, value at risk")), right(_("tail mean")),
    )  # fmt: skip
    deficits = ("required_reserve", "var_one_year", "tvar_one_year", "var_horizon", "tvar_horizon")
    rows = [
        row(
            context.name(fund["name"]),
            fund["first_year"],
            "–" if math.isnan(fund["opening_balance"]) else _.money(fund["opening_balance"]),
            _with_error(lambda value: _.percent(value, 1), fund, "ruin_probability"),
            *(_with_error(_.money, fund, key) for key in deficits),
        )
        for fund in funds.to_dict("records")
    ]
    return Detail(spans(words), (table(columns, rows),))


def _notes(context: Context, risk: SolvencyRisk) -> Paragraph:
    _, terms = context.language, risk.run.terms
    small_pools = len(terms.kernel.tabled)
    deficits = _(
        "Deficits are present values at the opening of outgo less income, at levels of %(level)s. "
        "Savings divide into what is left without chance in a year's claims (richer funds carry "
        "poorer ones, and regional events are shared) and what that chance adds, which evens out "
        "between %(lowest)s; what drivers do to all %(lowest)s alike cannot be pooled away and "
        "stays needed."
    ) % {"level": _.percent(1 - risk.probability, 0), "lowest": context.lowest}
    small = _(
        "%(n)s small funds take the shape of their own aggregate loss (lattice error of the "
        "standard deviation at most %(error)s)."
    ) % {"n": small_pools, "error": _.percent(terms.aggregate.deviation, 2)}
    return sentences(deficits, small if small_pools else None, soft=True)
