"""The report's section on policies: what each changes, and how funds stand a shock."""

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
    "funds_exhausted": (marked("funds run dry"), "count"),
    "level_rate": (marked("level rate, payroll"), "points"),
    "level_rate_flat": (marked("level rate, flat"), "points"),
    "gini": (marked("Gini of level rates"), "index"),
}
"""Figures of the table with their heading and how they are written: people in thousands, money,
percentage points, a count or an index."""


def policies_section(effects: PolicyEffects, language: Language = ENGLISH) -> dict[str, Any]:
    """What the template needs: the base, a row a policy, and endurance by pooling level."""
    changes = effects.changes
    rows = [
        {
            "name": policy["name"],
            "title": (language.chinese and policy["title_local"]) or policy["title"],
            "about": policy["about"],
            "figures": [changes.loc[policy["name"], key] for key in COLUMNS],
        }
        for policy in effects.policies.to_dict("records")
    ]
    return {
        "columns": [
            {"words": words, "kind": kind, "about": FIGURES[key]}
            for key, (words, kind) in COLUMNS.items()
        ],
        "base": [effects.base[key] for key in COLUMNS],
        "rows": rows,
        "endurance": [] if effects.endurance.empty else effects.endurance.to_dict("records"),
    }
