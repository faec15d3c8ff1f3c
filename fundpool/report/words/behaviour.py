"""Behaviour with pooling in words: what was measured, the range of results, the break-even."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fundpool.languages.wording import marked
from fundpool.models.analysis.behaviour import BEYOND, MOST, SOON, WITHOUT_ANY, periods
from fundpool.report.words.numbers import signed

if TYPE_CHECKING:
    from fundpool.languages import Language
    from fundpool.report.page_one import Shown

SIZE_WORDS = {
    "": marked("nothing measured"),
    "none": marked("none of it"),
    "half": marked("half of it"),
    "published": marked("published size"),
}
"""Sizes of the effects."""
MEASURED = marked(
    "%(title)s, pooled by %(plan)s: claims a head %(claims)s and income a head %(income)s were "
    "measured elsewhere."
)
LEVEL_RATES = marked(
    "The level rate is %(none)s with none of it, %(half)s with half and %(published)s with all."
)
BRIEFLY = marked(
    "Pooled by %(plan)s, claims a head %(claims)s and income a head %(income)s were measured "
    "elsewhere: level rate %(none)s with none of it, %(half)s with half, %(published)s with all."
)
HELD_HERE = marked("That it holds here, and how much of it, is assumed.")
NOT_MEASURED = marked("Of other schemes and levels nothing is published: they are shown without.")
TURNS = {
    WITHOUT_ANY: marked(
        "Over %(years)s years funds pooled by %(plan)s ask for more from outside than by "
        "%(against)s even without it."
    ),
    BEYOND: marked(
        "Over %(years)s years funds pooled by %(plan)s ask for no more from outside than by "
        "%(against)s, even at %(most)s times its size."
    ),
}
BREAK_EVEN = marked(
    "Over %(years)s years funds pooled by %(plan)s ask for more from outside than by %(against)s "
    "from %(share)s of its size on (claims %(claims)s, income %(income)s)."
)


def outside_columns(years: int, language: "Language") -> dict[str, str]:
    """Columns of money from outside with their heads: of 15 years if more are projected, of all."""
    head = language("from outside, %(years)s years")
    names = [*([f"from_outside_{SOON}"] if years > SOON else []), "from_outside"]
    return {
        name: head % {"years": period} for name, period in zip(names, periods(years), strict=True)
    }


def measured_sentence(row: Mapping[str, Any], title: str, language: "Language") -> str:
    """What was measured of a scheme and plan.

    Args:
        row: results at the published size.
        title: the scheme's.
        language: of words and numbers.
    """
    return language(MEASURED) % {
        "title": title, "plan": language(str(row["plan"])),
        "claims": signed(language, row["claims_change"]),
        "income": signed(language, row["income_change"]),
    }  # fmt: skip


def break_even_sentences(rows: list[Mapping[str, Any]], language: "Language") -> Iterator[str]:
    """The break-evens of a scheme and plan, the shorter period first."""
    for row in rows:
        words = {"plan": language(str(row["plan"])), "against": language(str(row["against"])),
                 "years": row["period"]}  # fmt: skip
        if row["outcome"] in TURNS:
            yield language(TURNS[row["outcome"]]) % (words | {"most": language.number(MOST, 0)})
        else:
            yield (
                language(BREAK_EVEN)
                % (
                    words
                    | {
                        "share": language.percent(row["break_even"], 1),
                        "claims": signed(language, row["claims_change"]),
                        "income": signed(language, row["income_change"]),
                    }
                )
            )


def measured_in(behaviour: Mapping[str, Any], scheme: str) -> list[str]:
    """Plans whose behaviour was measured for a scheme, in order."""
    rows = (row for row in behaviour["results"] if row["scheme"] == scheme and row["behaviour"])
    return list(dict.fromkeys(str(row["plan"]) for row in rows))


def rows_of(rows: list[dict[str, Any]], scheme: str, plan: str) -> list[Mapping[str, Any]]:
    """Rows of a scheme and plan."""
    return [row for row in rows if row["scheme"] == scheme and row["plan"] == plan]


def _by_size(behaviour: Mapping[str, Any], scheme: str, plan: str) -> dict[str, Mapping[str, Any]]:
    """Results of a scheme and plan by size of the effects."""
    return {row["behaviour"]: row for row in rows_of(behaviour["results"], scheme, plan)}


def _level_rates(sizes: Mapping[str, Mapping[str, Any]], language: "Language") -> dict[str, str]:
    return {name: language.percent(row["level_rate"]) for name, row in sizes.items() if name}


def brief_sentences(page: "Shown", scheme: str) -> list[str]:
    """What was measured and the level rates that follow, a sentence a plan, for the first page.

    Args:
        page: its numbers.
        scheme: name of the scheme.
    """
    behaviour, said = {"results": page.rows["behaviour"]}, []
    for plan in measured_in(behaviour, scheme):
        sizes = _by_size(behaviour, scheme, plan)
        words = {
            name: page.cell("behaviour", row, "level_rate") for name, row in sizes.items() if name
        }
        for change in ("claims", "income"):
            words[change] = page.cell("behaviour", sizes["published"], f"{change}_change")
        said.append(page.language(BRIEFLY) % (words | {"plan": page.language(plan)}))
    return said


def behaviour_sentences(
    behaviour: Mapping[str, Any], scheme: str, title: str, language: "Language"
) -> list[str]:
    """What behaviour with pooling may do to a scheme; nothing where none was measured.

    Args:
        behaviour: of summary.json.
        scheme: name of the scheme.
        title: its title.
        language: of words and numbers.
    """
    said = []
    for plan in measured_in(behaviour, scheme):
        sizes = _by_size(behaviour, scheme, plan)
        said.append(measured_sentence(sizes["published"], title, language))
        said.append(language(LEVEL_RATES) % _level_rates(sizes, language))
        said += break_even_sentences(rows_of(behaviour["break_even"], scheme, plan), language)
    return [*said, language(HELD_HERE)] if said else []
