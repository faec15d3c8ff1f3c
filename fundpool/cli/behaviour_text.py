"""Behaviour with pooling for a terminal."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from fundpool.cli.tables import aligned, scheme_titles
from fundpool.inputs.case import Case
from fundpool.languages import ENGLISH, Language
from fundpool.report.words.behaviour import SIZE_WORDS, behaviour_sentences, outside_columns
from fundpool.report.words.numbers import signed


def behaviour_text(
    behaviour: Mapping[str, Any], case: Case, years: int, language: Language = ENGLISH
) -> str:
    """Results at none, half and all of the measured behaviour; blank where none is published.

    Args:
        behaviour: of summary.json.
        case: for titles of schemes.
        years: projected.
        language: of words and numbers.
    """
    rows = behaviour["results"]
    if not rows:
        return ""
    titles = {scheme.name: language.title(scheme.file) for scheme in case.schemes}
    names = scheme_titles(case, language)
    outside = outside_columns(years, language)
    words = (
        "pooling", "scheme", "behaviour", "status", "claims", "income", "run dry", "first in",
        "level rate",
    )  # fmt: skip
    heads = [*(language.gettext(word) for word in words), *outside.values()]
    shown = pd.DataFrame(
        [
            (
                language(row["plan"]),
                names[row["scheme"]],
                language(SIZE_WORDS[row["behaviour"]]),
                "–" if row["status"] is None else language(row["status"]),
                *("–" if row[name] is None else signed(language, row[name])
                  for name in ("claims_change", "income_change")),
                language("%(n)s of %(all)s") % {"n": row["pools_exhausted"], "all": row["pools"]},
                language.year(row["first_exhaustion"]),
                language.percent(row["level_rate"]),
                *("–" if row[name] is None else language.money(row[name])
                  for name in outside),
            )
            for row in rows
        ],
        columns=heads,
    )  # fmt: skip
    sentences = [
        sentence
        for scheme, title in titles.items()
        for sentence in behaviour_sentences(behaviour, scheme, title, language)
    ]
    heading = language("Behaviour with pooling")
    return f"{heading}\n{aligned(shown, 4)}\n\n" + "\n".join(sentences)
