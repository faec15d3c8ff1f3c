"""Figures of a small case, for a process of its own: ``python -m tests.models.figures FILE``."""

import argparse
import tempfile
from dataclasses import fields
from pathlib import Path

import numpy as np

from fundpool.inputs.case import read_case
from fundpool.models.analysis.what_if import PoolLevers, WhatIf
from fundpool.models.projection.study import study
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.run import run_scenarios
from tests.cases.rich import rich_case
from tests.cases.stochastic import stochastic_case

PLANS = ["county", "province", "county+province:0.1:0.2"]


def figures(folder: Path) -> dict[str, np.ndarray]:
    """Funds, scenarios and what-ifs of one case and the flows of a richer one, by name."""
    made = stochastic_case()
    made.tables["severity"][["family", "cv"]] = "lognormal", 4.0  # small pools with long tails
    done = study(read_case(made.write(folder)), years=5)
    result = {
        f"funds {plan}": done.pooled(plan).funds.select_dtypes("number").to_numpy(float)
        for plan in PLANS
    }
    run = run_scenarios(done, PLANS, 64, seed=3)
    for (plan, scheme), outcome in run.outcomes.items():
        for name in ("need", "one_year", "horizon", "ruin"):
            result[f"{name} {plan} {scheme}"] = np.asarray(getattr(outcome, name), float)
    levers = PoolLevers(levy=0.1, own_responsibility=0.25, interest=-0.01, outgo_factor=1.1)
    for scheme in ("employee", "resident"):
        what_if = WhatIf([sampled_paths(done, "county", scheme, 16, 3)])
        result[f"levy {scheme}"] = what_if.balances(levers, scheme)
        result[f"linear {scheme}"] = what_if.balances(PoolLevers(income_factor=1.05), scheme)
    flows = study(read_case(rich_case().write(folder.with_name("rich"))), years=4).flows
    return result | {
        f"flows {field.name}": values
        for field in fields(flows)
        if isinstance(values := getattr(flows, field.name), np.ndarray)
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.models.figures", description=__doc__)
    parser.add_argument("file", help="where to write the arrays")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made_in:
        np.savez(asked.file, **figures(Path(made_in) / "case"))  # type: ignore[arg-type]
