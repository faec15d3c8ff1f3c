"""Pooling levels and plans side by side, on the same projected flows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from fundpool.inputs.case import Case
from fundpool.models.funds.totals import flow_totals
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import Projection, Study, in_html, study


@dataclass(frozen=True)
class Comparison:
    """The same case under several pooling plans.

    Attributes:
        study: the case and its flows.
        projections: one a plan, by the plan's name.
    """

    study: Study
    projections: dict[str, Projection]

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Comparison of {self.study.case.name}: {', '.join(self.projections)}>"

    def _repr_html_(self) -> str:
        return in_html(self, self.overview)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Solvency measures of every pool under every plan; column ``plan`` first."""
        return _stacked({name: p.measures for name, p in self.projections.items()})

    @cached_property
    def evenness(self) -> pd.DataFrame:
        """Evenness by plan and scheme."""
        return _stacked({name: p.evenness for name, p in self.projections.items()})

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Flows of all pools together by plan, scheme, year
        (:func:`fundpool.models.funds.totals.flow_totals`)."""
        return _stacked({name: flow_totals(p.funds) for name, p in self.projections.items()})

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every result as a table, by name: what an archive keeps."""
        first = next(iter(self.projections.values()))
        return {
            "overview": self.overview,
            "measures": self.measures,
            "funds": _stacked({name: p.funds for name, p in self.projections.items()}),
            "totals": self.totals,
            "evenness": self.evenness,
            "people": first.people,
            "migrants": first.migrants,
            "accounts": first.accounts,
            "calibration": first.calibration,
            "assumptions": self.study.case.assumptions().astype(str),
        }

    @cached_property
    def overview(self) -> pd.DataFrame:
        """One row per plan and scheme (:func:`fundpool.models.funds.overview.scheme_overview`)."""
        result = _stacked({name: p.overview for name, p in self.projections.items()})
        result["first_exhaustion"] = result["first_exhaustion"].astype("Int64")
        return result


def _stacked(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(
        [frame.assign(plan=name)[["plan", *frame.columns]] for name, frame in frames.items()],
        ignore_index=True,
    )


def compare(
    case: Case,
    plans: Sequence[str | PoolingPlan] | None = None,
    years: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Project a case once and pool it in several ways.

    >>> from fundpool import examples
    >>> levels = compare(examples.case(), ["county", "city"], years=2)
    >>> list(levels.projections), len(levels.overview)  # two plans, two schemes
    (['county', 'city'], 4)

    Args:
        case: a checked case.
        plans: levels or plans; default: that in force, every level of the case, its policies' plan.
        years: number of projected years; default: ``solvency.horizon`` of the case.
        progress: called with each finished year.

    Raises:
        ValueError: a plan that the case cannot follow.
    """
    named = [plan_for(case, plan) for plan in (plans or case.usual_plans)]
    done = study(case, years, progress)
    return Comparison(done, {plan.name: done.pooled(plan) for plan in named})
