"""Every input of weight of the Jiangsu case: its range, its mark and what hangs on it.

The weight of an input is half the distance between the level rates of its low and high case, in
per cent of the level rate (one rate for all years that leaves the target reserve), mean over
the cities' funds. Each case is calibrated anew to the published totals.
"""

import os
import tomllib
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd

from fundpool.building.jiangsu.published import HERE
from fundpool.models.projection.study import study
from validation.moved_inputs import Input, case_with, inputs_of_weight
from validation.part import Check, Part, markdown_table

YEARS = 10
MARKS = ("published", "derived", "assumed")
LEAST = 0.1
"""Weight in per cent below which inputs are listed by name only."""
WORKERS = int(os.environ.get("VALIDATION_WORKERS", str(os.cpu_count() or 1)))


def level_rates(entry: dict[str, object], by: float) -> tuple[dict[str, float], dict[str, float]]:
    """Level rate and first year's claims of each scheme, with an input moved."""
    case = case_with(entry, by)
    projection = study(case, YEARS).pooled(case.usual_pooling)
    rates = projection.overview.set_index("scheme")["level_rate_mean"].astype(float)
    funds = projection.funds
    first = funds[funds["year"] == case.base_year + 1].groupby("scheme")["claims_paid"].sum()
    return (
        {str(name): float(value) for name, value in rates.items()},
        {str(name): float(value) for name, value in first.items()},
    )


Rates = tuple[dict[str, float], dict[str, float]]


def moves_of(listed: list[Input]) -> list[tuple[dict[str, object], float]]:
    """The case as it is, then every input at its low and at its high end."""
    moves: list[tuple[dict[str, object], float]] = [({}, 1.0)]
    return moves + [(dict(one.entry), by) for one in listed for by in (one.low, one.high)]


def weighed(listed: list[Input], results: list[Rates]) -> pd.DataFrame:
    """Weights by input, heaviest first.

    Args:
        listed: inputs.
        results: :func:`level_rates` of each of :func:`moves_of`.

    Returns:
        a row an input: ``name``, ``range``, ``mark``, ``source``, ``employee`` and ``resident``
        (change of the level rate from the low to the high case, halved, per cent of the level
        rate), ``weight`` (mean of their sizes, weighted by claims of the first year).
    """
    plain, claims = results[0]
    names = list(plain)
    size = np.array([claims[name] for name in names])
    rows = []
    for number, one in enumerate(listed):
        low, high = results[1 + 2 * number][0], results[2 + 2 * number][0]
        change = np.array([(high[name] - low[name]) / 2.0 / plain[name] for name in names]) * 100
        rows.append(
            {"name": one.name, "range": range_of(one), "mark": one.mark, "source": one.source}
            | dict(zip(names, change, strict=True))
            | {"weight": float(np.average(np.abs(change), weights=size))}
        )
    return pd.DataFrame(rows).sort_values("weight", ascending=False, kind="stable")


def range_of(one: Input) -> str:
    """The range as printed: values, or factors and powers of the values in use."""
    if "rates" in one.entry:
        return f"{100 * one.low:+g} to {100 * one.high:+g} points"
    ends = f"{one.low:g} to {one.high:g}"
    if one.entry.get("power"):
        return f"to the power {ends}"
    return ends if {"path", "assumption"} & set(one.entry) and not one.entry.get(
        "factor"
    ) else f"times {ends}"  # fmt: skip


def sums(table: pd.DataFrame) -> pd.DataFrame:
    """Number and weight of the inputs of each mark."""
    total = float(table["weight"].sum())
    rows = []
    for mark in MARKS:
        chosen = table[table["mark"] == mark]["weight"]
        rows.append((mark, len(chosen), f"{chosen.sum():.1f}",
                     f"{100 * chosen.sum() / total:.0f} %"))  # fmt: skip
    return pd.DataFrame(rows, columns=["mark", "inputs", "sum of weights, %", "of all"])


def weights() -> Part:
    """The inputs of the case of Jiangsu by weight."""
    listed = inputs_of_weight()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(level_rates, *zip(*moves_of(listed), strict=True)))
    return described(weighed(listed, results))


def with_weights(text: str, by_name: Mapping[str, float]) -> str:
    """The file of ranges with the weight of each input that has one worth stating.

    >>> with_weights('[[input]]\\nname = "a"\\nweight = 3\\nlow = 0\\n', {"a": 1.234})
    '[[input]]\\nname = "a"\\nweight = 1.2\\nlow = 0\\n'
    >>> with_weights('[[input]]\\nname = "a"\\nweight = 3\\nlow = 0\\n', {"a": 0.01})
    '[[input]]\\nname = "a"\\nlow = 0\\n'
    """
    lines = []
    for line in text.splitlines(keepends=True):
        if line.startswith("weight ="):
            continue
        lines.append(line)
        if line.startswith("name ="):
            weight = by_name[tomllib.loads(line)["name"]]
            if weight >= LEAST:
                lines.append(f"weight = {weight:.1f}\n".replace(".0\n", "\n"))
    return "".join(lines)


def described(table: pd.DataFrame) -> Part:
    """The table of weights as a part of the page, with the file of ranges that states them."""
    heavy = table[table["weight"] >= LEAST]
    shown = pd.DataFrame(
        {
            "input": heavy["name"],
            "range": heavy["range"],
            "mark": heavy["mark"],
            "employee, %": heavy["employee"].map("{:+.1f}".format),
            "resident, %": heavy["resident"].map("{:+.1f}".format),
            "weight, %": heavy["weight"].map("{:.1f}".format),
            "value and range from": heavy["source"],
        }
    )
    light = table[table["weight"] < LEAST]["name"]
    stated = (HERE / "ranges.toml").read_text("utf-8")
    by_name = dict(zip(table["name"], table["weight"], strict=True))
    remembered = heavy[heavy["source"].str.contains("remembered")]
    text = (
        f"Level rate of {YEARS} years, mean of the cities' funds. *Weight*: half the distance "
        "between the level rates with the input at the low and at the high end of its range, in "
        "per cent of the level rate, each end calibrated anew to the totals of 2024; signed by "
        "scheme (+: the high end costs more), and the mean of both sizes by claims. Weights are "
        "of one input at a time: they do not add up to a range of the result.\n\n"
        + markdown_table(sums(table))
        + "\n\n"
        + markdown_table(shown)
        + f"\n\nBelow {LEAST:g} %: {'; '.join(light)}."
        + f"\n\nRemembered, no page of the source was opened: {'; '.join(remembered['name'])}; "
        f"together {remembered['weight'].sum():.1f} %."
    )
    return Part(
        text,
        (
            Check("every input has a range, a mark and a source", f"{len(table)} inputs",
                  bool(table["source"].str.len().gt(0).all() and table["mark"].isin(MARKS).all())),
        ),
        {HERE / "ranges.toml": with_weights(stated, by_name)},
    )  # fmt: skip
