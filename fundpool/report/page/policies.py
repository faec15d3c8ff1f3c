"""The report's section on policies: what each changes, and how funds stand a shock."""

from collections.abc import Mapping
from typing import Any

from fundpool.languages import ENGLISH, Language
from fundpool.models.analysis.policies import FIGURES, PolicyEffects
from fundpool.report.words.vocabulary import marked

COLUMNS = {
    "insured_migrants": (marked("migrants insured"), "people"),
    "uninsured_spells": (marked("losses of all cover"), "people"),
    "out_of_pocket_share": (marked("migrants' own share"), "points"),
    "from_host": (marked("paid by funds where they live"), "money"),
    "from_home": (marked("paid by funds at home"), "money"),
    "retiree_share": (marked("movers who earn retiree cover"), "points"),
    "funds_exhausted": (marked("funds run dry"), "of"),
    "exhausted_share": (marked("insured people in them"), "points"),
    "level_rate": (marked("level rate, payroll"), "points"),
    "level_rate_flat": (marked("level rate, flat"), "points"),
    "gini": (marked("Gini of level rates"), "index"),
}
"""Figures of the table with their heading and how they are written: people in thousands, money,
percentage points, an index, or a number of funds of all there are under the policy itself: numbers
of funds say nothing about each other where the insured are divided differently."""


def policies_section(effects: PolicyEffects, language: Language = ENGLISH) -> dict[str, Any]:
    """What the template needs: the base, a row a policy, and endurance by pooling level."""
    changes = effects.changes
    titles = {
        policy["name"]: (language.chinese and policy["title_local"]) or policy["title"]
        for policy in effects.policies.to_dict("records")
    }
    rows = [
        {
            "name": policy["name"],
            "title": titles[policy["name"]],
            "against": titles.get(policy["against"], policy["against"]),
            "about": policy["about"],
            "figures": [
                _of_all(policy, language) if kind == "of" else changes.loc[policy["name"], key]
                for key, (_, kind) in COLUMNS.items()
            ],
        }
        for policy in effects.policies.to_dict("records")
    ]
    return {
        "columns": [
            {"words": words, "kind": kind, "about": FIGURES[key]}
            for key, (words, kind) in COLUMNS.items()
        ],
        "base": [
            _of_all(effects.base, language) if kind == "of" else effects.base[key]
            for key, (_, kind) in COLUMNS.items()
        ],
        "rows": rows,
        "endurance": [] if effects.endurance.empty else effects.endurance.to_dict("records"),
    }


def _of_all(figures: Mapping[Any, Any], language: Language) -> str:
    """Funds that run dry, of all: ``2 of 190``."""
    words = language("%(dry)s of %(funds)s funds")
    return words % {"dry": int(figures["funds_exhausted"]), "funds": int(figures["funds"])}
