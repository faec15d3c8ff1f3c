"""The report's section on the optimised plan."""

from collections.abc import Iterable, Mapping
from typing import Any

from fundpool.languages import ENGLISH, Language
from fundpool.models.optimiser.explain.comparison import compared
from fundpool.models.optimiser.explain.industries import industry_burdens
from fundpool.models.optimiser.explain.prices import obstacle, shadow_prices
from fundpool.models.optimiser.plan import Plan
from fundpool.models.projection.study import Projection
from fundpool.report.charts import funds as charts
from fundpool.report.charts import plans as plan_charts
from fundpool.report.words.plans import reworded
from fundpool.report.words.vocabulary import marked

MOST_LINES = 8
"""Shadow prices and missed floors shown."""


def plan_section(
    projection: Projection,
    plan: Plan,
    language: Language = ENGLISH,
    local: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What the template shows of a plan.

    Args:
        projection: the projection that was optimised.
        plan: the plan.
        language: of words.
        local: regions' names in the reader's language.
    """
    case = projection.case

    def said(sentences: Iterable[str]) -> list[str]:
        return [reworded(sentence, language, local or {}) for sentence in sentences]

    table = compared(plan)
    why = obstacle(plan, case.currency)
    prices = shadow_prices(plan)
    industries = industry_burdens(case, plan)
    return {
        "pooling": projection.plan.name,
        "status": plan.status,
        "certificate": plan.certificate.record(),
        "policy": plan.policy,
        "aims": plan.aims,
        "missed": said(why.sentences[:MOST_LINES]),
        "missed_more": max(len(why.sentences) - MOST_LINES, 0),
        "remedies": said(why.remedies),
        "prices": said(_leading(prices)),
        "industries": [
            row | {"industry": language(str(row["industry"]).replace("_", " "))}
            for row in industries.to_dict("records")
        ],
        "trials": [
            trial.record() | {"name": name}
            for name, trial in ((marked("on the scenarios of the plan"), plan.in_sample),
                                (marked("on fresh scenarios"), plan.out_of_sample))
            if trial is not None
        ],
        "schemes": [
            _scheme(projection, plan, scheme.name, language)
            | {
                "comparison": table[table["scheme"] == scheme.name].to_dict("records"),
                "headline": _headline(table, scheme.name, language.title(scheme.file), language),
            }
            for scheme in case.schemes
            if scheme.name in set(table["scheme"])
        ],
    }  # fmt: skip


def _leading(prices: Any) -> list[str]:
    """The dearest prices of every limit and scheme."""
    if prices.empty:
        return []
    return list(prices.groupby(["scheme", "limit"], sort=False)["sentence"].head(2))


def _headline(table: Any, scheme: str, title: str, language: Language) -> str:
    own = table[table["scheme"] == scheme].set_index("policy")
    mine, before = own.loc["this plan"], own.loc["rates in force"]
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
        "title": title, "rate": language.percent(mine["mean_rate"]), "kept": kept,
        "before": language.percent(before["mean_rate"]), "dry": before["below_floor"],
        "swaps": language.percent(mine["swaps"], 1),
    }  # fmt: skip


def _scheme(projection: Projection, plan: Plan, scheme: str, language: Language) -> dict[str, Any]:
    swaps = plan.swaps[plan.swaps["scheme"] == scheme]
    totals = swaps.groupby(["pool", "name"], sort=False)[["paid", "received", "net"]].sum()
    totals = totals[(totals["paid"] > 0) | (totals["received"] > 0)].reset_index()
    transfers = plan.transfers[plan.transfers["scheme"] == scheme]
    drawing = plan_charts.swap_map(projection, plan, scheme)

    def panels(found: dict[str, Any], name: str) -> list[dict[str, str]]:
        return [
            {"words": words, "svg": charts.svg(chart, f"plan-{scheme}-{name}-{number}", language)}
            for number, (words, chart) in enumerate(found.items())
        ]

    yearly = transfers.groupby("year")
    return {
        "name": scheme,
        "title": language.title(projection.case.scheme(scheme).file),
        "map": None if drawing is None else charts.svg(drawing, f"plan-{scheme}-map", language),
        "arcs": plan_charts.MOST_ARCS,
        "rates": panels(plan_charts.rate_fan(plan, scheme), "rates"),
        "reserves": panels(plan_charts.reserve_fan(plan, scheme), "reserves"),
        "burdens": charts.svg(
            plan_charts.burden_distribution(plan, scheme), f"plan-{scheme}-burdens", language
        ),
        "pools": totals.sort_values("net", kind="stable").to_dict("records"),
        "sum_of_swaps": float(swaps["net"].sum()),
        "hub": float(plan.hub[plan.hub["scheme"] == scheme].groupby("hub")["balance"].last().sum()),
        "most_transfers": int(yearly.size().max()) if len(transfers) else 0,
        "least_transfers": int(yearly["at_least"].first().max()) if len(transfers) else 0,
    }
