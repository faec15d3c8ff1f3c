"""What a report holds beside the comparison of pooling levels."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from fundpool.models.analysis.policies import PolicyEffects
from fundpool.models.axes.records import plain_records
from fundpool.models.optimiser.plan import Plan
from fundpool.models.risk.solvency import SolvencyRisk


@dataclass(frozen=True)
class Identity:
    """Which run this is: what it takes to repeat it.

    Attributes:
        run: the beginning of the run's id: case, command and digest of the request.
        command: the command, in its shortest form.
        code_version, code_sha256: the program.
        packages: versions of Python and of packages that figures pass through.
        machine: system and processor family.
        seed: of random scenarios; None without.
    """

    run: str
    command: str
    code_version: str
    code_sha256: str
    packages: dict[str, str] = field(default_factory=dict)
    machine: str = ""
    seed: int | None = None


@dataclass(frozen=True)
class SincePrevious:
    """The movement since an earlier run.

    Attributes:
        run: id of the earlier run.
        base_year: its base year.
        inputs_sha256: its inputs.
        table: :func:`fundpool.models.analysis.change.analysis_of_change`.
        trouble: why there is no analysis, in a sentence; blank if there is one.
    """

    run: str
    base_year: int
    inputs_sha256: str
    table: pd.DataFrame
    trouble: str = ""


@dataclass(frozen=True)
class Extras:
    """Parts of the report that not every report has.

    Attributes:
        identity: the run.
        sensitivity: :func:`fundpool.models.analysis.sensitivity.sensitivity`; empty if nothing was
            moved.
        experience: :func:`fundpool.models.calibration.experience.experience`; empty without actual
            figures.
        periods: :func:`fundpool.models.calibration.experience.periods`, what it was summed from.
        since: the movement since the previous run.
        risk: what scenarios say of the plans.
        plan: optimised rates and swaps for the first plan.
        effects: policies measured against the case; no section on them without.
        warnings: findings of the check of the case that do not refuse it.
        alternatives: :func:`fundpool.models.analysis.alternatives.joint_alternatives`; empty if
            nothing was moved.
        long_range: :func:`fundpool.models.analysis.alternatives.long_range`; empty unless asked
            for.
        reverse_stress: table of :func:`fundpool.models.risk.reverse_stress.reverse_stress`; empty
            without scenarios.
    """

    identity: Identity | None = None
    sensitivity: pd.DataFrame = field(default_factory=pd.DataFrame)
    experience: pd.DataFrame = field(default_factory=pd.DataFrame)
    periods: pd.DataFrame = field(default_factory=pd.DataFrame)
    since: SincePrevious | None = None
    risk: SolvencyRisk | None = None
    plan: Plan | None = None
    effects: PolicyEffects | None = None
    warnings: tuple[str, ...] = ()
    alternatives: pd.DataFrame = field(default_factory=pd.DataFrame)
    long_range: pd.DataFrame = field(default_factory=pd.DataFrame)
    reverse_stress: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Rows for summary.json: alternatives, long_range and reverse_stress."""
        return {
            name: plain_records(getattr(self, name))
            for name in ("alternatives", "long_range", "reverse_stress")
        }

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Result tables to keep and to put into the workbook, by name."""
        tables = {
            "sensitivity": self.sensitivity,
            "experience": self.experience,
            "periods": self.periods,
            "alternatives": self.alternatives,
            "long_range": self.long_range,
            "reverse_stress": self.reverse_stress,
        }
        if self.risk is not None:
            tables |= {name: getattr(self.risk, name) for name in ("risk", "ruin", "fans")}
        if self.plan is not None:
            names = {"rates": "plan_rates", "swaps": "plan_swaps", "hub": "plan_hub",
                     "transfers": "plan_transfers"}  # fmt: skip
            tables |= {kept_as: getattr(self.plan, name) for name, kept_as in names.items()}
        if self.effects is not None:
            tables["policy_changes"] = self.effects.changes.reset_index(names="policy")
            tables["endurance"] = self.effects.endurance
        if self.since is not None:
            tables["change"] = self.since.table
        return {name: table for name, table in tables.items() if not table.empty}
