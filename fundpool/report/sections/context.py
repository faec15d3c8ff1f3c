"""What every section of the report is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from fundpool.inputs.case import Case
from fundpool.languages import ENGLISH, Language
from fundpool.languages.wording import local_names
from fundpool.models.analysis.care_away import care_away
from fundpool.models.funds.books import OTHER_INCOME
from fundpool.models.projection.comparison import Comparison
from fundpool.report.charts import funds as charts
from fundpool.report.document.model import Figure, LegendEntry, Panel, Spans
from fundpool.report.extras import Extras
from fundpool.report.page_one import Shown

ROUNDING = 1e-9
"""Relative difference of sums of the same money that is the rounding of their terms."""


@dataclass(frozen=True)
class Context:
    """The results that a report is about, and its language.

    Attributes:
        comparison: a case under several pooling plans; the first is what holds today.
        summary: what :func:`fundpool.summary.summary` says of it.
        extras: what not every report has.
        language: of words and numbers.
    """

    comparison: Comparison
    summary: Mapping[str, Any]
    extras: Extras = field(default_factory=Extras)
    language: Language = ENGLISH

    @property
    def case(self) -> Case:
        """The case."""
        return self.comparison.study.case

    @property
    def first_year(self) -> int:
        """The first projected year."""
        return int(self.comparison.study.flows.years[1])

    @property
    def last_year(self) -> int:
        """The last projected year."""
        return int(self.comparison.study.flows.years[-1])

    @property
    def plans(self) -> list[str]:
        """The pooling plans, that of today first."""
        return list(self.comparison.projections)

    def shown(self) -> Shown:
        """Numbers of the first page, of which none is shown yet."""
        return Shown(self.summary, self.language, self.extras.risk, self.first_year)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Title of every scheme by its name."""
        return {scheme.name: self.language.title(scheme.file) for scheme in self.case.schemes}

    @property
    def case_title(self) -> str:
        """Title of the case."""
        return self.language.title(self.case.settings)

    @property
    def target_months(self) -> str:
        """Months of outgo that a fund should hold."""
        return self.language.number(self.case.value("solvency.target_reserve_months"), 0)

    @property
    def alert_plan(self) -> str:
        """The plan whose funds raise alerts, in words."""
        return self.worded(self.summary["alert_plan"])

    @property
    def lowest(self) -> str:
        """Regions of the lowest level, as a noun in the plural."""
        return self.language.plural(self.case.levels[0], stated=self.case.settings.plurals)

    @property
    def lowest_one(self) -> str:
        """A region of the lowest level, as a noun."""
        return self.language.plural(self.case.levels[0], 1)

    @property
    def second(self) -> str:
        """Regions of the level above the lowest, as a noun in the plural."""
        level = self.case.second_level
        return self.language.plural(level, stated=self.case.settings.plurals)

    @cached_property
    def local_names(self) -> dict[str, str]:
        """Regions' names in the reader's language by their name in the case."""
        return local_names(self.case.tables["regions"], self.language)

    @cached_property
    def care_away(self) -> pd.DataFrame:
        """Hospital stays of people away from home and care forgone, rules of the first year."""
        study = self.comparison.study
        return care_away(study.case, study.calibration, self.first_year)

    def worded(self, word: object) -> str:
        """A word of the data, of a level, a status or a measure, in the reader's language."""
        return self.language(str(word))

    def name(self, name: object) -> str:
        """A region's name in the reader's language."""
        return self.local_names.get(str(name), str(name))

    def place(self, code: str) -> str:
        """A region's name by its code, or that it lies outside the case."""
        if code == "outside":
            return self.language("outside %(case)s") % {"case": self.case_title}
        return self.name(self.case.regions.name(code))

    def pooled_by(self, plan: str) -> str:
        """How funds are pooled under a plan."""
        return self.language("pooled by %(plan)s") % {"plan": self.language(plan)}

    def drawing(self, chart: Any, name: str) -> str:
        """A chart as SVG text; ``name`` keeps its ids apart from those of other charts."""
        return charts.svg(chart, name, self.language)

    def by_plan(
        self,
        drawings: Mapping[str, Any],
        name: str,
        caption: Spans,
        legend: tuple[LegendEntry, ...] = (),
    ) -> Figure:
        """A figure with a chart of each plan.

        Args:
            drawings: chart of each plan.
            name: of the charts.
            caption: what they show.
            legend: signs that they do not explain themselves.
        """
        panels = tuple(
            Panel(self.drawing(chart, f"{name}-{drawing}"), self.pooled_by(plan))
            for drawing, (plan, chart) in enumerate(drawings.items())
        )
        return Figure(panels, caption, legend)

    @cached_property
    def income_apart(self) -> float:
        """Largest difference between plans in what all funds of a scheme take in, relative."""
        return self._apart("contributions", "account_credits", *OTHER_INCOME)

    @property
    def income_agreement(self) -> str:
        """That all funds together take in the same under every plan, or by how much it differs."""
        _ = self.language
        if self.income_apart <= ROUNDING:
            return _("what all funds of a scheme take in a year is the same at every pooling level")
        return _(
            "what all funds of a scheme take in a year differs between pooling levels by up to "
            "%(worst)s"
        ) % {"worst": _.percent(self.income_apart)}

    @cached_property
    def claims_apart(self) -> float:
        """The same in claims incurred."""
        return self._apart("claims_incurred")

    def _apart(self, *names: str) -> float:
        """Largest difference between plans in any scheme's yearly totals, relative."""
        by_plan = self.comparison.totals.set_index(["plan", "scheme", "year"])[list(names)]
        first = by_plan.loc[self.plans[0]]
        worst = 0.0
        for plan in self.plans[1:]:
            size = np.maximum(first.abs().to_numpy(), 1.0)
            apart = np.abs((by_plan.loc[plan] - first).to_numpy()) / size
            worst = max(worst, float(apart.max()))
        return worst
