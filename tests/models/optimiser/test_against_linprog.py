"""The same programs written a second time, in money and for scipy (:mod:`validation.plans`)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundpool.models.optimiser.limits import Unevenness
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.stages import optimised
from validation.plans import (
    AIMS,
    MEASURES,
    POLICY,
    TOLERANCE,
    compared,
    random_paths,
    stated,
    values_of,
)


@pytest.mark.parametrize("measure", MEASURES)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_objective_is_that_of_an_independent_statement(measure: Unevenness, seed: int) -> None:
    found = compared(random_paths(seed), measure)
    assert found.alike
    assert max(found.objective, found.recomputed, found.violation) < TOLERANCE


def test_a_worse_plan_and_a_broken_limit_would_be_seen() -> None:
    """A tenth of a per cent on every rate costs more; so much off the last year breaks a floor."""
    paths = random_paths(6)
    program = stated(paths, POLICY, AIMS.weights(), "range")
    plan = optimised([fund_problem(paths, POLICY)], AIMS).decisions[0]
    dearer = type(plan)(plan.rates * 1.001, plan.grants, plan.levies)
    assert program.cost @ values_of(program, paths, dearer) > program.solved() * 1.0005
    cheaper = type(plan)(plan.rates * 0.999, plan.grants, plan.levies)
    assert program.violation(values_of(program, paths, cheaper)) > 1e-4
    assert program.violation(values_of(program, paths, plan)) < TOLERANCE
    assert np.isfinite(program.solved())
