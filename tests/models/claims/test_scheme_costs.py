"""Costs of a claim that differ between schemes, by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.models.calibration.multipliers import no_multipliers
from fundpool.models.flows.years import opening_year
from fundpool.models.population.preparation import prepare
from fundpool.models.projection.study import Study, study
from fundpool.models.scenarios.claims_noise import payment_moments
from tests.cases.small import SmallCase, small_case

pytestmark = pytest.mark.plain

EXPENSIVE = 1.5
MEAN, DEDUCTIBLE = 1_000.0, 400.0


def with_costs(*rows: tuple[str, str, float], deductible: float = 0.0) -> SmallCase:
    """Outpatient claims of an exponential cost of 1,000 in the mean, of which 80 % are paid."""
    made = small_case()
    for scheme in made.schemes.values():
        scheme["benefits"]["outpatient"]["deductible"] = deductible
    if rows:
        made.tables["scheme_costs"] = pd.DataFrame(
            rows, columns=["scheme", "service", "relativity"]
        )
    return made


def projected(made: SmallCase, folder: Path) -> Study:
    return study(read_case(made.write(folder / "case")), 1)


def test_members_of_a_scheme_cost_more(tmp_path: Path) -> None:
    """What is paid above a deductible ``d`` at a cost of ``c m``: ``0.8 c m exp(-d / (c m))``."""
    plain = projected(with_costs(deductible=DEDUCTIBLE), tmp_path / "plain").flows
    dear = projected(
        with_costs(("employee", "outpatient", EXPENSIVE), deductible=DEDUCTIBLE), tmp_path / "dear"
    ).flows
    local = MEAN * np.array([1.0, 1.5])  # prices of Ash and Birch
    grown = EXPENSIVE * np.exp(-DEDUCTIBLE / (EXPENSIVE * local) + DEDUCTIBLE / local)
    np.testing.assert_allclose(
        dear.claims_incurred[0, :, :2], plain.claims_incurred[0, :, :2] * grown, rtol=1e-6
    )
    # in Birch nobody is covered twice, in Ash the resident fund pays of dearer claims too
    after, before = dear.claims_incurred[1], plain.claims_incurred[1]
    np.testing.assert_allclose(after[:, 1], before[:, 1], rtol=1e-12)
    assert (after[:, 0] > before[:, 0]).all()


def test_the_cost_of_all_care_is_that_of_each_scheme(tmp_path: Path) -> None:
    """Who has no cover at all costs what severity says, everybody else half as much again."""
    both = (("employee", "outpatient", EXPENSIVE), ("resident", "outpatient", EXPENSIVE))
    dear = projected(with_costs(*both), tmp_path / "dear").flows.cost_of_care[:, :2]
    plain = projected(with_costs(), tmp_path / "plain").flows.cost_of_care[:, :2]
    np.testing.assert_allclose(dear, EXPENSIVE * plain, rtol=1e-9)


def test_moments_of_payments_grow_with_powers_of_the_cost(tmp_path: Path) -> None:
    """Without limits a payment is a share of the cost: its moments grow as c, c^2 and c^3."""
    moments = []
    for number, rows in enumerate(((), (("employee", "outpatient", EXPENSIVE),))):
        case = read_case(with_costs(*rows).write(tmp_path / str(number)))
        moments.append(payment_moments(opening_year(prepare(case)), no_multipliers(case)))
    plain, dear = moments
    for power, name in enumerate(("first", "second", "third"), start=1):
        before, after = getattr(plain, name), getattr(dear, name)
        np.testing.assert_allclose(after[0], before[0] * EXPENSIVE**power, rtol=1e-9)
        assert after[1, 1] == before[1, 1]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("employees", "outpatient", 1.0), "scheme"),
        (("employee", "dental", 1.0), "service"),
        (("employee", "outpatient", 0.0), "relativity"),
    ],
)
def test_costs_that_cannot_stand(row: tuple[str, str, float], column: str, tmp_path: Path) -> None:
    findings = check_case(with_costs(row).write(tmp_path / "case"))
    assert [finding.column for finding in findings] == [column]
