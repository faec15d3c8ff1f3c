"""Sections of the report that come from its extras: what each template is given."""

from typing import Any

import numpy as np
import pandas as pd

from fundpool.languages import Language
from fundpool.models.analysis.change import COLUMNS, MEASURES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.projection.comparison import Comparison
from fundpool.report.charts import funds as charts
from fundpool.report.charts.changes import tornado, waterfall
from fundpool.report.extras import Extras, SincePrevious
from fundpool.report.words.vocabulary import MEASURE_WORDS, assumption_words

ROUNDING = 1e-9
"""Relative movement that is no movement."""

MOST_MOVERS = 10
"""Funds listed whose level rate moved most."""


def extra_context(comparison: Comparison, extras: Extras, language: Language) -> dict[str, Any]:
    """What the templates of the extra sections are given, by name."""
    case = comparison.study.case
    titles = {scheme.name: language.title(scheme.file) for scheme in case.schemes}
    return {
        "extras": extras,
        "identity": extras.identity,
        "since": _since(extras.since, titles, language),
        "sensitivity": _sensitivity(extras.sensitivity, titles, language),
        "experience": _experience(extras.experience, titles),
        "tests": tests_of_solvency(comparison, titles),
    }


def _since(
    since: SincePrevious | None, titles: dict[str, str], language: Language
) -> dict[str, Any] | None:
    """The movement since the previous run, by scheme and measure."""
    if since is None:
        return None
    parts = []
    table = since.table if len(since.table.columns) else pd.DataFrame(columns=COLUMNS)
    whole = table[table["pool"] == ""]
    for scheme, title in titles.items():
        for measure in MEASURES:
            own = whole[(whole["scheme"] == scheme) & (whole["measure"] == measure)]
            if own.empty:
                continue
            percent = measure == "level_rate"
            own = own[moved_steps(own) | (own["kind"] == "total")]
            moved = len(own) > 1
            part = {
                "title": title,
                "measure": language(MEASURE_WORDS[measure]),
                "percent": percent,
                "moved": moved,
                "steps": own[own["kind"] == "step"].to_dict("records"),
                "total": own[own["kind"] == "total"].to_dict("records")[0],
            }
            if moved:
                chart = waterfall(own, language, percent)
                part["svg"] = charts.svg(chart, f"change-{scheme}-{measure}", language)
            parts.append(part)
    movers = table[
        (table["kind"] == "total") & (table["pool"] != "") & (table["measure"] == "level_rate")
    ]
    movers = movers[movers["change"].abs() > ROUNDING]
    movers = movers.reindex(movers["change"].abs().sort_values(ascending=False).index)
    return {
        "run": since.run,
        "base_year": since.base_year,
        "inputs_sha256": since.inputs_sha256,
        "trouble": since.trouble,
        "moved": any(part["moved"] for part in parts),
        "parts": parts,
        "movers": movers.head(MOST_MOVERS).to_dict("records"),
    }


def moved_steps(own: pd.DataFrame) -> pd.Series:
    """Steps of one scheme and measure that move more than rounding does."""
    size = max(float(own[["before", "after"]].abs().to_numpy().max()), 1e-300)
    return (own["kind"] == "step") & (own["change"].abs() > ROUNDING * size)


def _sensitivity(
    table: pd.DataFrame, titles: dict[str, str], language: Language
) -> list[dict[str, Any]]:
    """Each scheme's results with each assumption down and up."""
    if table.empty:
        return []
    schemes = []
    for scheme, title in titles.items():
        own = table[table["scheme"] == scheme]
        rows = []
        for path, group in own.groupby("path", sort=False):
            ways = {row["direction"]: row for row in group.to_dict("records")}
            rows.append(
                {
                    "path": path,
                    "words": assumption_words(str(path)),
                    "step": ways["base"]["step"],
                    **ways,
                }
            )
        schemes.append(
            {
                "title": title,
                "rows": rows,
                "svg": charts.svg(tornado(own, language), f"tornado-{scheme}", language),
            }
        )
    return schemes


def _experience(table: pd.DataFrame, titles: dict[str, str]) -> list[dict[Any, Any]]:
    """Actual against expected, the furthest from one first."""
    if table.empty:
        return []
    far = (table["actual_to_expected"] - 1.0).abs()
    ordered = table.reindex(far.sort_values(ascending=False).index)
    people = ("participants", "contributors", "retirees")
    return [
        row | {"title": titles[row["scheme"]], "people": row["measure"] in people}
        for row in ordered.to_dict("records")
    ]


def tests_of_solvency(comparison: Comparison, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Short- and long-range tests by scheme and plan: how many funds pass, and the weakest."""
    rows = []
    measures = comparison.measures
    for scheme, title in titles.items():
        for plan in comparison.projections:
            own = measures[(measures["scheme"] == scheme) & (measures["plan"] == plan)]
            if own.empty:
                continue
            rated = own[own["actuarial_balance"].notna()]
            balance = rated["actuarial_balance"].to_numpy(dtype=float)
            level = rated["level_rate"].to_numpy(dtype=float)
            base = rated["base_present_value"].to_numpy(dtype=float)
            weakest = int(balance.argmin()) if balance.size else None
            rows.append(
                {
                    "title": title,
                    "plan": plan,
                    "pools": len(own),
                    "short": int(own["short_range_test"].sum()),
                    "long": int((balance >= 0).sum()),
                    "income": _mean(level + balance, base),
                    "cost": _mean(level, base),
                    "balance": _mean(balance, base),
                    "weakest": "" if weakest is None else str(rated["name"].iloc[weakest]),
                    "weakest_balance": float("nan") if weakest is None else float(balance[weakest]),
                }
            )
    return rows


def _mean(values: FloatArray, weights: FloatArray) -> float:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else float("nan")
