"""The solvency report as one page of HTML that needs nothing beside it."""

from typing import Any

import jinja2
import numpy as np

import fundpool
from fundpool.inputs.case import Case
from fundpool.languages import ENGLISH, Language
from fundpool.models.projection.comparison import Comparison
from fundpool.models.projection.study import Projection
from fundpool.report.charts import funds as charts
from fundpool.report.extras import Extras
from fundpool.report.page.plan import plan_section
from fundpool.report.page.policies import policies_section
from fundpool.report.page.sections import extra_context
from fundpool.report.page.stochastic import risk_context
from fundpool.report.words import sentences as wording
from fundpool.report.words.vocabulary import ALERT_WORDS, marked

MOST_FLOWS = 25
"""Migration flows listed one by one."""

MEASURES = {
    "contributions": marked("contributions (pooled)"),
    "account_credits": marked("credits to accounts"),
    "claims": marked("claims (pooled)"),
}


def report_page(
    comparison: Comparison,
    summary: dict[str, Any],
    extras: Extras | None = None,
    language: Language = ENGLISH,
) -> str:
    """The report.

    Args:
        comparison: a case under several pooling plans; the first is what holds today.
        summary: what :func:`fundpool.summary.summary` says of it.
        extras: sections that not every report has.
        language: of words and numbers.
    """
    case = comparison.study.case
    extras = extras or Extras()
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("fundpool.report"),
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=True
    )
    environment.filters |= {
        "percent": language.percent,
        "money": language.money,
        "people": language.people,
        "number": language.number,
        "year": language.year,
        "months": language.months,
    }
    years = comparison.study.flows.years
    titles = {scheme.name: language.title(scheme.file) for scheme in case.schemes}
    return environment.get_template("report.html.j2").render(
        case=case,
        version=fundpool.__version__,
        first_year=int(years[1]),
        last_year=int(years[-1]),
        plans=list(comparison.projections),
        lowest=language.plural(case.levels[0]),
        second=language.plural(case.levels[min(1, len(case.levels) - 1)]),
        target=case.value("solvency.target_reserve_months"),
        alert_years=round(case.value("solvency.alert_years")),
        alerts=summary["alerts"],
        alert_plan=summary["alert_plan"],
        titles=titles,
        schemes=[_scheme(comparison, name, title, language) for name, title in titles.items()],
        legend=[
            {"sign": sign, "colour": colour, "words": words}
            for sign, colour, words in zip(
                charts.CLASS_SIGNS, charts.CLASS_COLOURS, charts.CLASSES, strict=True
            )
        ],
        chance=risk_context(extras.risk, titles, language),
        overview=comparison.overview.to_dict("records"),
        conservation=_conservation(comparison),
        policies=policies_section(extras.effects, language) if extras.effects is not None else None,
        plan=_plan(comparison, extras, language),
        migrants=_migrants(comparison, language),
        people=_people(comparison),
        calibration=_calibration(comparison),
        assumptions=_assumptions(comparison, titles, language),
        tables=_tables(case, language),
        alert_lines=wording.alert_sentences(summary, case, language),
        rule_name=lambda rule: (
            language("target") if rule == "target" else wording.rule_name(case, rule, language)
        ),
        scenarios_run=bool(summary["scenarios"]),
        **_names(comparison, language),
        **extra_context(comparison, extras, language),
    )


def _plan(comparison: Comparison, extras: Extras, language: Language) -> dict[str, Any] | None:
    if extras.plan is None:
        return None
    projection = next(iter(comparison.projections.values()))
    return plan_section(projection, extras.plan, language, local_names(projection.case, language))


def local_names(case: Case, language: Language) -> dict[str, str]:
    """Regions' names in the reader's language by their name in the case."""
    regions = case.tables["regions"]
    if not language.chinese or "name_local" not in regions.columns:
        return {}
    pairs = zip(regions["name"], regions["name_local"], strict=True)
    return {str(name): str(own) for name, own in pairs if own}


def _names(comparison: Comparison, language: Language) -> dict[str, Any]:
    """Names in the reader's language, and counts that several sections give."""
    case = comparison.study.case
    local = local_names(case, language)
    assumptions = case.assumptions()
    plans = [language(plan) for plan in comparison.projections]

    def named(name: object) -> str:
        return local.get(str(name), str(name))

    return {
        "lang": "zh-CN" if language.chinese else language.code,
        "heading": report_title(comparison, language),
        "plan_words": language(", ").join(plans),
        "pooled_by": lambda plan: language("pooled by %(plan)s") % {"plan": language(plan)},
        "alert_words": lambda alert: language(ALERT_WORDS[alert["kind"]]),
        "alert_value": lambda alert: alert_value(alert, language),
        "people_unit": 1e4 if language.chinese else 1e6,
        "local": named,
        "place": lambda _code, name: named(name),
        "case_title": language.title(case.settings),
        "table_rows": f"{int(case.table_sources()['rows'].sum()):,}",
        "assumed_share": (int((assumptions["status"] == "assumed").sum()), len(assumptions)),
    }


def report_title(comparison: Comparison, language: Language) -> str:
    """Title of the report."""
    case, years = comparison.study.case, comparison.study.flows.years
    title = language("%(case)s: solvency of health-insurance funds, %(first)s–%(last)s")
    return title % {
        "case": language.title(case.settings), "first": int(years[1]), "last": int(years[-1]),
    }  # fmt: skip


def alert_value(alert: dict[str, Any], language: Language) -> str:
    """What was found, in the unit of the rule."""
    kind = alert["kind"]
    if kind == "ruin_probability":
        return language.percent(alert["value"], 1)
    if kind == "exhaustion":
        return language.money(alert["value"])
    if kind == "actual_to_expected":
        return language.number(alert["value"], 3)
    months = float(alert["reserve_months"] if "reserve_months" in alert else alert["value"])
    return language("%(months)s months") % {"months": language.number(months)}


def _panels(panels: dict[str, Any], name: str, language: Language) -> list[dict[str, str]]:
    return [
        {"plan": plan, "svg": charts.svg(chart, f"{name}-{number}", language)}
        for number, (plan, chart) in enumerate(panels.items())
    ]


def _scheme(comparison: Comparison, name: str, title: str, language: Language) -> dict[str, Any]:
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
        "headline": wording.headline(comparison, name, title, language),
        "overview": overview[overview["scheme"] == name].to_dict("records"),
        "payg": _scheme_rates(comparison, name),
        "evenness": evenness[evenness["scheme"] == name].to_dict("records"),
        "pools": pools,
        "maps": _panels(charts.exhaustion_map(comparison, name), f"{name}-map", language),
        "paths": _panels(charts.pool_paths(comparison, name), f"{name}-paths", language),
        "fans": _panels(charts.reserve_fan(comparison, name), f"{name}-fan", language),
        "rates": charts.svg(charts.rate_paths(comparison, name), f"{name}-rates", language),
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


def _migrants(comparison: Comparison, language: Language) -> dict[str, Any]:
    """What migrants pay and draw in the first projected year, by origin and by destination."""
    case = comparison.study.case
    projection = next(iter(comparison.projections.values()))
    year = int(comparison.study.flows.years[1])
    table = projection.migrants
    table = table[table["year"] == year]
    sums = ["persons", "contributions", "account_credits", "net_contributions", "from_host",
            "from_home", "cost", "out_of_pocket"]  # fmt: skip

    def grouped(column: str) -> list[dict[str, Any]]:
        frame = table.groupby(column)[sums].sum().sort_values("persons", ascending=False)
        frame = frame.reset_index().rename(columns={column: "region"})
        frame["name"] = [_place(case, code, language) for code in frame["region"]]
        frame["own_share"] = frame["out_of_pocket"] / frame["cost"]
        return frame.to_dict("records")  # type: ignore[return-value]

    residence = grouped("residence")
    inside = [row for row in residence if row["region"] != "outside"]
    chart = charts.migrant_balance(
        [row["name"] for row in inside],
        np.array([row["net_contributions"] - row["from_host"] for row in inside]),
        (1e8, language("%(currency)s, hundred millions") % {"currency": language(case.currency)})
        if language.chinese
        else (1e9, f"{case.currency} billion"),
    )
    flows = table.sort_values("persons", ascending=False).head(MOST_FLOWS)
    rows = [
        row
        | {
            "from": _place(case, row["home"], language),
            "to": _place(case, row["residence"], language),
            "own_share": row["out_of_pocket"] / row["cost"] if row["cost"] else float("nan"),
        }
        for row in flows.to_dict("records")
    ]
    total = table[sums].sum()
    return {
        "year": year,
        "total": total.to_dict()
        | {"own_share": total["out_of_pocket"] / total["cost"] if total["cost"] else float("nan")},
        "by_home": grouped("home"),
        "by_residence": residence,
        "flows": rows,
        "chart": charts.svg(chart, "migrants", language),
    }


def _place(case: Any, code: str, language: Language) -> str:
    if code == "outside":
        return language("outside %(case)s") % {"case": language.title(case.settings)}
    name = str(case.regions.name(code))
    return local_names(case, language).get(name, name)


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


def _assumptions(
    comparison: Comparison, titles: dict[str, str], language: Language
) -> list[dict[str, Any]]:
    """Assumptions by section, numbers as they are written."""
    table = comparison.study.case.assumptions()
    sections: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_dict("records"):
        path = str(row["path"])
        parts = path.split(".")
        section = f"schemes: {parts[1]}" if parts[0] == "schemes" else parts[0]
        row["value"] = f"{row['value']:g}" if isinstance(row["value"], float) else row["value"]
        lead, _, year = path.removesuffix(")").partition(" (")
        base = sections.get(section, [{}])[-1]
        if year and base.get("path") == lead:  # values of single years stand beside the rest
            base["value"] += f"; {year}: {row['value']}"
            continue
        sections.setdefault(section, []).append({str(key): value for key, value in row.items()})
    return [
        {
            "section": _section_words(section, titles, language),
            "rows": rows,
            "assumed": sum(row["status"] == "assumed" for row in rows),
        }
        for section, rows in sections.items()
    ]


def _section_words(section: str, titles: dict[str, str], language: Language) -> str:
    """A section of the assumptions: its name in case.toml, or the title of a scheme."""
    lead, _, scheme = section.partition(": ")
    return titles[scheme] if scheme else language(lead)


def _tables(case: Case, language: Language) -> list[dict[str, Any]]:
    """Tables of the case; a status that differs between rows comes with the number of each."""
    rows: list[dict[str, Any]] = case.table_sources().to_dict("records")  # type: ignore[assignment]
    for row in rows:
        statuses = [part.partition(" ") for part in str(row["status"]).split(", ")]
        row["status_words"] = language(", ").join(
            language(word) + space + number for word, space, number in statuses
        )
    return rows
