"""Pooling by province with the behaviour that was measured of it: none, half and published size.

Employees as the program's comparison shows them; residents, of whom nothing is published, alike.
Outcome: the level rate, and the money that must come from outside so that no fund is ever below
zero, in present value.
"""

from dataclasses import replace

import pandas as pd

from fundpool.inputs.case import Case, read_case
from fundpool.models.analysis.behaviour import REACHED, BehaviourRange, behaviour_range
from fundpool.models.projection.comparison import Comparison, compare
from validation.part import Check, Part, markdown_table

CASE, LEVEL, YEARS = "jiangsu", "province", 30
SIZE_WORDS = {
    "": "cities' funds", "none": "one fund, none", "half": "one fund, half",
    "published": "one fund, published",
}  # fmt: skip


def with_effects(case: Case, claims_alone: bool) -> Case:
    """A case whose published effects hold for every scheme, that on income left out if asked."""
    pooling = case.settings.pooling
    claims, income = pooling.moral_hazard_published, pooling.collection_effort_published
    assert claims is not None
    assert income is not None
    update = {
        "moral_hazard_published": claims.model_copy(update={"schemes": None}),
        "collection_effort_published": None
        if claims_alone
        else income.model_copy(update={"schemes": None}),
    }
    settings = case.settings.model_copy(update={"pooling": pooling.model_copy(update=update)})
    return replace(case, settings=settings)


def ranges(levels: Comparison, claims_alone: bool) -> BehaviourRange:
    """The range of every scheme, whatever it was measured on."""
    study = replace(levels.study, case=with_effects(levels.study.case, claims_alone))
    return behaviour_range(
        {name: replace(each, study=study) for name, each in levels.projections.items()}
    )


def behaviour() -> Part:
    """The cities' funds beside one provincial fund, with behaviour as a range."""
    case = read_case(CASE)
    levels = compare(case, [case.usual_pooling, LEVEL], YEARS)
    measured = behaviour_range(levels.projections)
    both, claims = ranges(levels, False), ranges(levels, True)
    rows = [
        {
            "scheme": row["scheme"],
            "funds": SIZE_WORDS[row["behaviour"]],
            "level rate, %": f"{100 * row['level_rate']:.2f}",
            "runs dry": f"{row['pools_exhausted']} of {row['pools']}",
            "first": "-" if row["first_exhaustion"] is None else str(row["first_exhaustion"]),
            "from outside, 15 years, bn": f"{row['from_outside_15'] / 1e9:.0f}",
            "from outside, 30 years, bn": f"{row['from_outside'] / 1e9:.0f}",
        }
        for row in both.records["results"]
    ]
    alone = {(row["scheme"], row["period"]): row for row in claims.records["break_even"]}
    ends = [
        {
            "scheme": row["scheme"],
            "years": row["period"],
            "break-even, % of the published size": _percent(row),
            "break-even rise of claims alone": _percent(
                alone[row["scheme"], row["period"]], "claims_change"
            ),
        }
        for row in both.records["break_even"]
    ]
    published = both.results[both.results["behaviour"] == "published"].iloc[0]
    text = (
        f"Published of full provincial pooling of the employee scheme (eight provinces, 2023): "
        f"spending a head {100 * published['claims_change']:+.1f} %, income a head "
        f"{100 * published['income_change']:+.1f} %. The program's comparison shows employees "
        "so; nothing like it is published of one fund of a province for residents, of whom the "
        "same is taken here (assumed). At none of it and half it is assumed for either scheme. "
        "*From outside*: money that keeps every fund at zero or above, present value.\n\n"
        + markdown_table(pd.DataFrame(rows))
        + "\n\nBreak-even: the part of both effects, or the rise of claims with income unchanged, "
        "at which one fund asks for as much from outside as the cities' funds; a larger one eats "
        "up what merging saves. Where most cities run dry in any case, little is saved and little "
        "behaviour is needed; and care in other cities, at 5 points less in the cities' funds, is "
        "paid in full by one fund of the province, which over a long time may cost more than "
        "merging saves: *without any*.\n\n" + markdown_table(pd.DataFrame(ends))
    )
    return Part(text, tuple(_checks(measured, both)))


def _percent(row: dict[str, object], name: str = "break_even") -> str:
    share = row[name]
    return f"{100 * float(str(share)):.1f} %" if row["outcome"] == REACHED else str(row["outcome"])


def _checks(measured: BehaviourRange, both: BehaviourRange) -> list[Check]:
    """What must hold: merging saves at first, behaviour costs, and what is shown was measured."""
    by_size = both.results.set_index(["scheme", "behaviour"])
    soon, needed = (by_size[name].astype(float) / 1e9
                    for name in ("from_outside_15", "from_outside"))  # fmt: skip
    checks = [
        Check("the program's comparison shows employees alone",
              ", ".join(dict.fromkeys(measured.results["scheme"])),
              set(measured.results["scheme"]) == {"employee"}),
    ]  # fmt: skip
    for scheme in dict.fromkeys(both.results["scheme"]):
        none, most = (needed[scheme, size] for size in ("none", "published"))
        early, together = (soon[scheme, size] for size in ("none", ""))
        checks += [
            Check(f"{scheme}: one fund without behaviour asks for no more in 15 years than the "
                  "cities' funds", f"{early:.1f} and {together:.1f} bn",
                  bool(early <= together * (1 + 1e-9))),
            Check(f"{scheme}: behaviour makes it ask for more", f"{most:.1f} bn",
                  bool(most > none)),
        ]  # fmt: skip
    return checks
