"""The report's section on policies: what each changes, and how funds stand a shock."""

from typing import Any

from models.policy_effects import FIGURES, PolicyEffects

SHOWN = (
    "insured_migrants", "uninsured_spells", "out_of_pocket_share", "from_host", "from_home",
    "retiree_share", "funds_exhausted", "first_exhaustion", "level_rate", "level_rate_flat", "gini",
)  # fmt: skip
KINDS = {
    "insured_migrants": "people",
    "uninsured_spells": "people",
    "out_of_pocket_share": "points",
    "from_host": "money",
    "from_home": "money",
    "retiree_share": "points",
    "funds_exhausted": "count",
    "first_exhaustion": "year",
    "level_rate": "points",
    "level_rate_flat": "points",
    "gini": "index",
}
"""How a figure is written: people, money, percentage points, a count, a year or an index."""


def policies_section(effects: PolicyEffects) -> dict[str, Any]:
    """What the template needs: the base, a row a policy, and endurance by pooling level."""
    changes = effects.changes
    rows = [
        {
            "name": policy["name"],
            "title": policy["title"],
            "title_local": policy["title_local"],
            "about": policy["about"],
            "figures": [changes.loc[policy["name"], key] for key in SHOWN],
        }
        for policy in effects.policies.to_dict("records")
    ]
    return {
        "columns": [{"key": key, "words": FIGURES[key], "kind": KINDS[key]} for key in SHOWN],
        "base": [effects.base[key] for key in SHOWN],
        "rows": rows,
        "endurance": [] if effects.endurance.empty else effects.endurance.to_dict("records"),
    }
