"""Break-evens of every pair of pooling levels and the robust choice, for a terminal."""

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.cli.tables import aligned, scheme_titles
from fundpool.inputs.case import Case
from fundpool.languages import ENGLISH, Language
from fundpool.languages.wording import marked
from fundpool.models.analysis.behaviour import BEYOND, REACHED, WITHOUT_ANY

if TYPE_CHECKING:
    from fundpool.models.analysis.level_pairs import LevelPairs

EFFECT_WORDS = {
    "claims": marked("rise of claims"),
    "income": marked("loss of income"),
    "administration": marked("administration, share of outgo"),
    "acceptability": marked("weight of a rise of rates"),
}
"""Effects of which a break-even is looked for."""
OUTCOME_WORDS = {WITHOUT_ANY: marked("no better without"), BEYOND: marked("not within reach")}
NOTE = marked(
    "Break-even: the size of the effect at which the higher level costs as much as the lower: "
    "money from outside that keeps every fund at zero or above, and running the funds, present "
    "value. The weight is what a unit that regions pay more counts against a unit from outside. "
    "Regret: cost less that of the best level, the worst over none to all of what is published."
)


def level_pairs_text(compared: "LevelPairs", case: Case, language: Language = ENGLISH) -> str:
    """Both tables and what their figures are.

    Args:
        compared: the pairs.
        case: for titles of schemes.
        language: of words and numbers.
    """
    titles = scheme_titles(case, language)
    pairs = pd.DataFrame(
        [
            (
                titles[row["scheme"]], _spoken(row, "lower", language),
                _spoken(row, "higher", language), str(row["period"]), language.money(row["saved"]),
                language(EFFECT_WORDS[row["effect"]]),
                _size(row["effect"], row["outcome"], row["break_even"], language),
            )
            for row in compared.pairs.to_dict("records")
        ],
        columns=[
            language("scheme"), language("lower level"), language("higher level"),
            language("years"), language("saved"), language("effect"), language("break-even"),
        ],
    )  # fmt: skip
    choice = pd.DataFrame(
        [
            (
                titles[row["scheme"]], _spoken(row, "plan", language), str(row["period"]),
                language.money(row["cost_without"]), language.money(row["cost_published"]),
                language.money(row["worst_regret"]), language.percent(row["worst_at"], 0),
                language("least") if row["chosen"] else "",
            )
            for row in compared.choice.to_dict("records")
        ],
        columns=[
            language("scheme"), language("pooling"), language("years"), language("cost without"),
            language("cost with all"), language("worst regret"), language("at size"),
            language("choice"),
        ],
    )  # fmt: skip
    heading = language("Break-even of pooling levels")
    return f"{heading}\n{aligned(pairs, 4)}\n\n{aligned(choice, 3)}\n\n{language(NOTE)}"


def _size(effect: str, outcome: str, size: float, language: Language) -> str:
    if outcome != REACHED:
        return language(OUTCOME_WORDS[outcome])
    if effect == "acceptability":
        return f"{size:.2f}"
    return language.percent(size, 1)


def _spoken(row: Mapping[Hashable, Any], column: str, language: Language) -> str:
    """The word of a column whose values are names, in the reader's language."""
    return language(str(row[column]))
