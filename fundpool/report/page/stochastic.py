"""What the report says of chance: fans, ruin probabilities, required reserves, pooling gain."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from fundpool.languages import ENGLISH, Language
from fundpool.models.pooling.plans import pools_of
from fundpool.models.risk.solvency import SolvencyRisk
from fundpool.report.charts import funds as charts

MOST_POOLS = 400
"""Pools of a plan listed one by one, the riskiest first."""


def risk_context(
    risk: SolvencyRisk | None, titles: dict[str, str], language: Language = ENGLISH
) -> dict[str, Any] | None:
    """Everything the section on chance shows; None without scenarios.

    Args:
        risk: scenarios of the plans that the report compares.
        titles: title of each scheme by name.
        language: of words.
    """
    if risk is None:
        return None
    run = risk.run
    return {
        "scenarios": run.scenarios,
        "seed": run.seed,
        "method": run.terms.model.method,
        "target": risk.probability,
        "last_year": int(run.years[-1]),
        "first_year": int(run.years[0]),
        "lattice_error": run.terms.lattice_error,
        "small_pools": len(run.terms.kernel.tabled),
        "events": [language(kind.name.replace("_", " ")) for kind in run.terms.model.events],
        "schemes": [_scheme(risk, name, title, language) for name, title in titles.items()],
    }


def _largest_pool(risk: SolvencyRisk, scheme: str, plan: str) -> str:
    """Code of the pool of the plan's last stage with most insured in the first projected year."""
    case, flows = risk.study.case, risk.study.flows
    number = [file.name for file in case.schemes].index(scheme)
    pools = pools_of(case, risk.run.plans[plan].stage(scheme, int(risk.run.years[-1])))
    return pools.codes[int(pools.total(flows.persons[number, 1, :-1]).argmax())]


def _scheme(risk: SolvencyRisk, name: str, title: str, language: Language) -> dict[str, Any]:
    overview = risk.overview[risk.overview["scheme"] == name]
    own = risk.risk[risk.risk["scheme"] == name]
    largest = {}
    for plan in risk.run.plans:
        listed = own[own["plan"] == plan]
        largest[plan] = listed[listed["pool"] == _largest_pool(risk, name, plan)].iloc[0]
    ordered = own.sort_values(["ruin_probability", "pool"], ascending=[False, True], kind="stable")
    pools = {
        plan: ordered[ordered["plan"] == plan].head(MOST_POOLS).to_dict("records")
        for plan in risk.run.plans
    }
    return {
        "name": name,
        "title": title,
        "headline": _headline(overview, title, risk, language),
        "overview": overview.to_dict("records"),
        "fans": [
            {"plan": plan, "pool": str(largest[plan]["name"]),
             "svg": charts.svg(chart, f"{name}-risk-fan-{i}", language)}
            for i, (plan, chart) in enumerate(_fans(risk, name, largest, language).items())
        ],
        "ruin": charts.svg(_ruin_by_year(risk, name), f"{name}-ruin", language),
        "pools": pools,
    }  # fmt: skip


def _headline(overview: pd.DataFrame, title: str, risk: SolvencyRisk, language: Language) -> str:
    fate = language.gettext(
        "pooled by %(plan)s a fund is ruined by %(year)s with a probability of %(share)s on average"
    )
    parts = [
        fate
        % {
            "plan": language.gettext(str(row["plan"])),
            "year": risk.run.years[-1],
            "share": language.percent(row["ruin_share"], 0),
        }
        for row in overview.to_dict("records")
    ]
    words = {"title": title, "fates": language.gettext("; ").join(parts)}
    return language.gettext("%(title)s: %(fates)s.") % words


def _fans(
    risk: SolvencyRisk, scheme: str, pools: dict[str, Any], language: Language
) -> dict[str, Any]:
    """Balance of each plan's largest fund: median, 50 % and 90 % of scenarios."""
    names = ["q05", "q25", "q50", "q75", "q95"]
    title = language("balance, %(currency)s billion") % {
        "currency": language(risk.study.case.currency)
    }
    unit = 1e8 if language.chinese else 1e9
    panels = {}
    fans = risk.fans[risk.fans["scheme"] == scheme]
    for plan, pool in pools.items():
        own = fans[(fans["plan"] == plan) & (fans["pool"] == pool["pool"])]
        data = own[["year"]].assign(**{name: own[name] / unit for name in names})
        base = alt.Chart(data).encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", tickCount=5, title=None, grid=False))
        )
        zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(
            color=charts.WARNING, strokeDash=[4, 3]
        )
        panels[plan] = alt.layer(
            base.mark_area(color=charts.BANDS[0]).encode(y=alt.Y("q05:Q", title=title), y2="q95:Q"),
            base.mark_area(color=charts.BANDS[1]).encode(y="q25:Q", y2="q75:Q"),
            base.mark_line(color=charts.ACCENT, strokeWidth=2).encode(y="q50:Q"),
            zero.encode(y="zero:Q"),
        ).properties(width=charts.WIDTH, height=charts.HEIGHT)
    return panels


def _ruin_by_year(risk: SolvencyRisk, scheme: str) -> Any:
    """Mean ruin probability of the funds by year, one line a plan; every county counts once."""
    ruin = risk.ruin[risk.ruin["scheme"] == scheme]
    weights = risk.risk[["plan", "scheme", "pool", "counties"]]
    data = ruin.merge(weights, on=["plan", "scheme", "pool"])
    rows = [
        {"pooled by": plan, "year": year,
         "ruined": float(np.average(table["ruin_probability"], weights=table["counties"]))}
        for (plan, year), table in data.groupby(["plan", "year"], sort=False)
    ]  # fmt: skip
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", title=None, grid=False)),
            y=alt.Y("ruined:Q", axis=alt.Axis(format="%"), title="ruined by then"),
            color=alt.Color(
                "pooled by:N",
                sort=None,
                title="pooled by",
                legend=alt.Legend(orient="bottom", symbolSize=300),
            ),
            strokeDash=alt.StrokeDash("pooled by:N", sort=None, title="pooled by"),
        )
        .properties(width=charts.WIDTH * 2, height=charts.HEIGHT)
    )
