"""The solvency report as one page of HTML that needs nothing beside it."""

from typing import Any

import jinja2
import numpy as np

import fundpool
from fundpool.report import charts, wording
from fundpool.report.plan import plan_section
from fundpool.report.policies import policies_section
from fundpool.report.stochastic import risk_context
from models.optimiser.plan import Plan
from models.policy_effects import PolicyEffects
from models.projection import Comparison, Projection
from models.solvency_risk import SolvencyRisk

MOST_FLOWS = 25
"""Migration flows listed one by one."""

MEASURES = {
    "contributions": "contributions (pooled)",
    "account_credits": "credits to accounts",
    "claims": "claims (pooled)",
}


def report_page(
    comparison: Comparison,
    summary: dict[str, Any],
    effects: PolicyEffects | None = None,
    plan: Plan | None = None,
    risk: SolvencyRisk | None = None,
) -> str:
    """The report.

    Args:
        comparison: a case under several pooling plans; the first is what holds today.
        summary: what :func:`fundpool.summary.summary` says of it.
        effects: policies measured against the case; no section on them without.
        plan: optimised rates and swaps for the first plan; no section without.
        risk: what scenarios say of the same plans.
    """
    case = comparison.study.case
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("fundpool.report"),
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.filters |= {
        "percent": wording.percent,
        "money": wording.money,
        "people": wording.people,
        "number": wording.number,
        "year": wording.year_or_never,
        "months": wording.months_or_never,
    }
    years = comparison.study.flows.years
    titles = {scheme.name: scheme.title for scheme in case.schemes}
    return environment.get_template("report.html.j2").render(
        case=case,
        version=fundpool.__version__,
        first_year=int(years[1]),
        last_year=int(years[-1]),
        plans=list(comparison.projections),
        lowest=wording.plural(case.levels[0]),
        second=wording.plural(case.levels[min(1, len(case.levels) - 1)]),
        target=case.value("solvency.target_reserve_months"),
        alert_years=round(case.value("solvency.alert_years")),
        alerts=summary["alerts"],
        alert_plan=summary["alert_plan"],
        titles=titles,
        schemes=[_scheme(comparison, name, title) for name, title in titles.items()],
        legend=[
            {"sign": sign, "colour": colour, "words": words}
            for sign, colour, words in zip(
                charts.CLASS_SIGNS, charts.CLASS_COLOURS, charts.CLASSES, strict=True
            )
        ],
        chance=risk_context(risk, titles),
        overview=comparison.overview.to_dict("records"),
        conservation=_conservation(comparison),
        policies=policies_section(effects) if effects is not None else None,
        plan=plan_section(next(iter(comparison.projections.values())), plan) if plan else None,
        migrants=_migrants(comparison),
        people=_people(comparison),
        calibration=_calibration(comparison),
        assumptions=_assumptions(comparison),
        tables=case.table_sources().to_dict("records"),
    )


def _panels(panels: dict[str, Any], name: str) -> list[dict[str, str]]:
    return [
        {"plan": plan, "svg": charts.svg(chart, f"{name}-{number}")}
        for number, (plan, chart) in enumerate(panels.items())
    ]


def _scheme(comparison: Comparison, name: str, title: str) -> dict[str, Any]:
    overview = comparison.overview
    evenness = comparison.evenness
    measures = comparison.measures
    own = measures[measures["scheme"] == name]
    pools = {
        plan: table.sort_values(
            ["exhaustion_year", "min_reserve_months"], na_position="last"
        ).to_dict("records")
        for plan, table in own.groupby("plan", sort=False)
    }
    return {
        "name": name,
        "title": title,
        "kind": comparison.study.case.scheme(name).kind,
        "headline": wording.headline(comparison, name, title),
        "overview": overview[overview["scheme"] == name].to_dict("records"),
        "payg": _scheme_rates(comparison, name),
        "evenness": evenness[evenness["scheme"] == name].to_dict("records"),
        "pools": pools,
        "maps": _panels(charts.exhaustion_map(comparison, name), f"{name}-map"),
        "paths": _panels(charts.pool_paths(comparison, name), f"{name}-paths"),
        "fans": _panels(charts.reserve_fan(comparison, name), f"{name}-fan"),
        "rates": charts.svg(charts.rate_paths(comparison, name), f"{name}-rates"),
    }


def _scheme_rates(comparison: Comparison, scheme: str) -> dict[str, dict[str, float]]:
    """Pay-as-you-go rates of a scheme as a whole by plan, in the first and last year."""
    rates = {}
    for plan, projection in comparison.projections.items():
        funds = projection.funds
        total = (
            funds[funds["scheme"] == scheme]
            .groupby("year")[["claims_paid", "administration", "subsidies", "contribution_base"]]
            .sum()
        )
        needed = (total["claims_paid"] + total["administration"] - total["subsidies"]) / total[
            "contribution_base"
        ]
        rates[plan] = {"first": float(needed.iloc[0]), "last": float(needed.iloc[-1])}
    return rates


def _conservation(comparison: Comparison) -> dict[str, Any]:
    """Largest difference between plans in any scheme's yearly totals, relative."""
    totals = comparison.totals.drop(columns=["swaps_in", "swaps_out"])
    names = [c for c in totals.columns if c not in ("plan", "scheme", "year")]
    wide = totals.set_index(["plan", "scheme", "year"])[names]
    plans = list(comparison.projections)
    first = wide.loc[plans[0]]
    worst = 0.0
    for plan in plans[1:]:
        size = np.maximum(first.abs().to_numpy(), 1.0)
        apart = np.abs((wide.loc[plan] - first).to_numpy()) / size
        worst = max(worst, float(apart.max()))
    hazard = comparison.study.case.settings.pooling.moral_hazard.values
    return {"worst": worst, "same_behaviour": not any(hazard.values())}


def _migrants(comparison: Comparison) -> dict[str, Any]:
    """What migrants pay and draw in the first projected year, by origin and by destination."""
    case = comparison.study.case
    projection = next(iter(comparison.projections.values()))
    year = int(comparison.study.flows.years[1])
    table = projection.migrants
    table = table[table["year"] == year]
    sums = ["persons", "contributions", "from_host", "from_home", "cost", "out_of_pocket"]

    def grouped(column: str) -> list[dict[str, Any]]:
        frame = table.groupby(column)[sums].sum().sort_values("persons", ascending=False)
        frame = frame.reset_index().rename(columns={column: "region"})
        frame["name"] = [_place(case, code) for code in frame["region"]]
        frame["own_share"] = frame["out_of_pocket"] / frame["cost"]
        return frame.to_dict("records")  # type: ignore[return-value]

    residence = grouped("residence")
    inside = [row for row in residence if row["region"] != "outside"]
    chart = charts.migrant_balance(
        [row["name"] for row in inside],
        np.array([row["contributions"] - row["from_host"] for row in inside]),
        case.currency,
    )
    flows = table.sort_values("persons", ascending=False).head(MOST_FLOWS)
    rows = [
        row
        | {
            "from": _place(case, row["home"]),
            "to": _place(case, row["residence"]),
            "own_share": row["out_of_pocket"] / row["cost"] if row["cost"] else float("nan"),
        }
        for row in flows.to_dict("records")
    ]
    total = table[sums].sum()
    return {
        "year": year,
        "total": total.to_dict() | {"own_share": total["out_of_pocket"] / total["cost"]},
        "by_home": grouped("home"),
        "by_residence": residence,
        "flows": rows,
        "chart": charts.svg(chart, "migrants"),
    }


def _place(case: Any, code: str) -> str:
    return f"outside {case.title}" if code == "outside" else str(case.regions.name(code))


def _people(comparison: Comparison) -> list[dict[str, Any]]:
    """Population and cover of the whole case in some years."""
    projection: Projection = next(iter(comparison.projections.values()))
    totals = projection.people.groupby("year").sum(numeric_only=True).reset_index()
    last = int(totals["year"].max())
    first = int(totals["year"].min())
    shown = sorted({first, last, *range(first, last, 5)})
    return totals[totals["year"].isin(shown)].to_dict("records")  # type: ignore[return-value]


def _calibration(comparison: Comparison) -> dict[str, Any]:
    """Published figures beside modelled ones; sources numbered and listed once."""
    table = comparison.study.actual_to_expected
    if table.empty:
        return {"rows": [], "sources": []}
    sources = list(dict.fromkeys(table["source"]))
    rows = table.assign(
        people=table["measure"].isin(["participants", "contributors", "retirees"]),
        what=[MEASURES.get(name, name) for name in table["measure"]],
        note=[sources.index(source) + 1 for source in table["source"]],
    ).to_dict("records")
    return {"rows": rows, "sources": sources}


def _assumptions(comparison: Comparison) -> list[dict[str, Any]]:
    """Assumptions by section, numbers as they are written."""
    table = comparison.study.case.assumptions()
    sections: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_dict("records"):
        path = str(row["path"])
        parts = path.split(".")
        section = " ".join(parts[:2]) if parts[0] == "schemes" else parts[0]
        row["value"] = f"{row['value']:g}" if isinstance(row["value"], float) else row["value"]
        sections.setdefault(section, []).append({str(key): value for key, value in row.items()})
    return [
        {
            "section": section,
            "rows": rows,
            "assumed": sum(row["status"] == "assumed" for row in rows),
        }
        for section, rows in sections.items()
    ]
