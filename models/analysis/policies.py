"""What a policy changes, against the case without it.

A policy is projected on the same opening people and the same calibration. Money is a present value
at the case's interest over all projected years; persons are those of the last year.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.solvency import discount_factors
from fundpool.inputs.case import Case
from fundpool.inputs.case.policies import policy_contents, read_policy
from fundpool.inputs.format.messages import Message
from fundpool.models.analysis.endurance import endurance_table
from fundpool.models.calibration.multipliers import Calibration
from fundpool.models.flows.record import MIGRANT_MEASURES
from fundpool.models.funds.evenness import weighted_mean
from fundpool.models.funds.summary import exhausted_share
from fundpool.models.projection.study import Projection, Study, in_html, study

FIGURES = {
    "insured_migrants": Message("migrants insured, last year"),
    "work_insured_migrants": Message("insured through work, people living away, last year"),
    "uninsured_spells": Message("times migrants lost all cover, all years"),
    "out_of_pocket_share": Message("own share of the cost of care, migrants inside the case"),
    "from_host": Message("paid for migrants by funds where they live, present value"),
    "from_home": Message("paid for migrants by funds at home, present value"),
    "retiree_share": Message("movers who earn retiree cover at retirement age, all years"),
    "accounts_moved": Message("account money moved between regions, present value"),
    "duplicate_avoided": Message("double payment avoided, present value"),
    "funds": Message("funds of all schemes and stages"),
    "funds_exhausted": Message("of these, funds that run dry"),
    "exhausted_share": Message("insured people whose fund runs dry"),
    "first_exhaustion": Message("first year in which one does"),
    "level_rate": Message("level rate of the payroll scheme"),
    "level_rate_flat": Message("level rate of the flat schemes"),
    "gini": Message("Gini of level rates between funds"),
}
"""Columns of the table of effects and what they say."""


@dataclass(frozen=True)
class PolicyEffects:
    """Policies measured against a case.

    Attributes:
        base: figures of the case without policy, by the names in ``FIGURES``.
        policies: one row a policy: name, title, title_local, about, about_local, against (the
            policy it is measured against, empty for the case without policy), then the figures.
        bases: the figures that each policy is measured against, by its name.
        endurance: for policies with shocks how funds at each level stand them: policy, title,
            year, the columns of :class:`fundpool.models.analysis.endurance.Endurance`, and the same
            figures without the shock (``shortest_without``, ``within_five_without``).
    """

    base: dict[str, float]
    policies: pd.DataFrame
    bases: dict[str, dict[str, float]]
    endurance: pd.DataFrame

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<PolicyEffects of {', '.join(self.policies['name'])}>"

    def _repr_html_(self) -> str:
        return in_html(self, self.changes.T.reset_index(names="change of"))

    @property
    def changes(self) -> pd.DataFrame:
        """The figures less those that a policy is measured against, by policy name."""
        table = self.policies.set_index("name")[list(FIGURES)].astype(float)
        return table - pd.DataFrame(self.bases, dtype=float).T.reindex(table.index)[list(FIGURES)]


def figures(projection: Projection) -> dict[str, float]:
    """The figures of a projection by which policies are compared."""
    flows, case = projection.flows, projection.case
    discount = np.asarray(discount_factors(flows.paths.interest, flows.paths.interest.size))
    totals = flows.migrants[1:].sum(axis=(2, 3))
    of = {name: totals[:, number] for number, name in enumerate(MIGRANT_MEASURES)}
    # what funds outside the case pay is not known, so the own share is of people in it
    inside = flows.migrants[1:, :, :-1, :-1].sum(axis=(0, 2, 3))
    known = dict(zip(MIGRANT_MEASURES, inside, strict=True))
    own_share = 1.0 - float(ratio(known["from_host"] + known["from_home"], known["cost"]))
    moved = ~np.eye(flows.retiring.shape[-1], dtype=bool)
    reaching, earned = (flows.retiring[1:, i][:, moved].sum() for i in range(2))
    measures = projection.measures
    dry = measures["exhaustion_year"].dropna()
    kinds = {scheme.name: scheme.kind for scheme in case.schemes}
    return {
        "insured_migrants": float(of["persons"][-1] - of["uninsured"][-1]),
        "work_insured_migrants": _work_insured(projection),
        "uninsured_spells": float(of["spells"].sum()),
        "out_of_pocket_share": float(own_share),
        "from_host": float(of["from_host"] @ discount),
        "from_home": float(of["from_home"] @ discount),
        "retiree_share": float(earned / reaching) if reaching else 0.0,
        "accounts_moved": float(flows.accounts_in[:, 1:].sum(axis=(0, 2)) @ discount),
        "duplicate_avoided": float(flows.duplicate_avoided[1:].sum(axis=1) @ discount),
        "funds": float(len(measures)),
        "funds_exhausted": float(len(dry)),
        "exhausted_share": _exhausted_share(projection),
        "first_exhaustion": float(dry.min()) if len(dry) else float("nan"),
        "level_rate": _mean_rate(measures, kinds, "payroll"),
        "level_rate_flat": _mean_rate(measures, kinds, "flat"),
        "gini": float(projection.evenness_overall["gini"]),
    }


def _work_insured(projection: Projection) -> float:
    """Migrants living in the case who are insured through work, in the last year."""
    return float(projection.flows.migrants[-1, MIGRANT_MEASURES.index("work"), :, :-1].sum())


def _exhausted_share(projection: Projection) -> float:
    """Share of the insured of all schemes together whose fund runs dry while they are in it.

    Insured of a scheme are those of its first year with any, as in the overview.
    """
    flows = projection.flows
    dry = insured = 0.0
    for name, (_, summary) in projection.summaries.items():
        persons = flows.persons[projection.case.scheme_number(name), 1:, :-1]
        joined = persons.sum(axis=1) > 0
        if joined.any():
            first = float(persons[int(joined.argmax())].sum())
            dry, insured = dry + first * exhausted_share(summary, persons), insured + first
    return dry / insured if insured else 0.0


def _mean_rate(measures: pd.DataFrame, kinds: dict[str, str], kind: str) -> float:
    rows_of_kind = measures[measures["scheme"].map(kinds) == kind]
    return weighted_mean(rows_of_kind["level_rate"], rows_of_kind["base_present_value"])


def only_pools(case: Case) -> bool:
    """Whether the policies of a case change nothing but how funds are pooled."""
    return case.before is not None and not any(map(_touches_flows, case.laid_over))


def _touches_flows(contents: Mapping[str, Any]) -> bool:
    changed = set(contents.get("case", {})) - {"pooling"}
    return bool(
        changed or contents.get("schemes") or contents.get("shocks") or contents.get("add_schemes")
    )


def policy_effects(
    base: Study,
    names: Iterable[str | Path],
    plan: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> PolicyEffects:
    """Measure policies one by one against a case.

    >>> from fundpool import examples
    >>> policy_effects(examples.study(), []).policies.empty
    True

    Args:
        base: the case without policies, projected.
        names: policies of the case by name, or policy files.
        plan: pooling plan where a policy has none; default: the one in force.
        progress: called with the name of each finished policy.

    Raises:
        CaseError: a policy that does not exist, or that the case cannot follow.
        ValueError: a pooling plan that the case cannot follow.
    """
    case, years = base.case, len(base.flows.years) - 1
    usual = plan or case.pooling_in_force
    start = figures(base.pooled(usual))
    rows, stood = [], []
    bases: dict[str, dict[str, float]] = {}
    for name in names:
        changed = case.with_policies([name])
        done = followed(base, changed, years)
        policy = read_policy(*policy_contents(name, case.policy_texts))
        beside, bases[policy.name] = base, start
        if policy.against:
            other = case.with_policies([policy.against])
            beside = followed(base, other, years)
            bases[policy.name] = figures(beside.pooled(other.pooling or usual))
        rows.append(
            {
                "name": policy.name,
                "title": policy.title,
                "title_local": policy.title_local,
                "about": policy.about,
                "about_local": policy.about_local,
                "against": policy.against,
                **figures(done.pooled(changed.pooling or usual)),
            }
        )
        if changed.shocks:
            year = min(shock.year for shock in changed.shocks)
            struck = endurance_table([done.pooled(level) for level in case.levels], year)
            spared = endurance_table([beside.pooled(level) for level in case.levels], year)
            stood.append(
                struck.assign(
                    policy=policy.name, title=policy.title, year=year,
                    shortest_without=spared["shortest"],
                    within_five_without=spared["within_five"],
                )
            )  # fmt: skip
        if progress is not None:
            progress(policy.name)
    columns = ["name", "title", "title_local", "about", "about_local", "against", *FIGURES]
    return PolicyEffects(
        base=start,
        policies=pd.DataFrame(rows, columns=columns),
        bases=bases,
        endurance=pd.concat(stood, ignore_index=True) if stood else pd.DataFrame(),
    )


def followed(base: Study, case: Case, years: int, calibration: Calibration | None = None) -> Study:
    """The study of a case with policies; the base's flows where they only change the pools."""
    if only_pools(case):
        return Study(case, base.flows, base.calibration)
    return study(case, years, calibration=calibration or base.calibration)
