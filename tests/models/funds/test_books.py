"""Opening balances where a rural scheme is kept apart."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.models.funds.books import opening_balances, run_off, run_off_parts
from tests.cases.policies import case_with, policy, policy_case

pytestmark = pytest.mark.plain


def test_a_rural_scheme_kept_apart_takes_its_part_of_the_balance(tmp_path: Path) -> None:
    """A quarter of Ash's residents insured at home and half of Birch's are rural.

    The table has 50,000 and 80,000 for the scheme of both, which is all the money there is.
    """
    base = policy_case()
    base.tables["demography"]["rural_share"] = [0.25, 0.5]
    apart = policy(
        add_schemes=["rural"],
        schemes={
            "resident": {
                "statuses_paying": ["home_resident", "local_resident"],
                "statuses_covered": ["home_resident", "local_resident"],
            }
        },
    )
    case = case_with(tmp_path, apart, base)
    rural, other = opening_balances(case, "rural"), opening_balances(case, "resident")
    assert rural == pytest.approx([12_500.0, 40_000.0])
    assert other == pytest.approx([37_500.0, 40_000.0])
    assert opening_balances(case, "employee") == pytest.approx([100_000.0, 2_000_000.0])


def test_each_year_of_care_is_run_off_by_its_own_lag() -> None:
    """Care of 100, 200 and 300, from the second year on paid half a year later.

    The base year is paid 60, 30 and 10 in a hundred; the years before it are taken to be like it,
    so year 1 pays 0.5 x 200 + 30 + 10 and owes 100 + 10, year 2 pays 0.5 x 300 + 100 + 10 and owes
    150.
    """
    incurred = np.array([[100.0], [200.0], [300.0]])
    lag = np.array([[0.6, 0.3, 0.1], [0.5, 0.5, 0.0], [0.5, 0.5, 0.0]])
    paid, owed = run_off_parts(incurred, lag)
    assert pytest.approx(np.array([[100.0, 30.0, 10.0], [150.0, 100.0, 10.0]])) == paid[..., 0].T
    assert pytest.approx(np.array([[100.0, 10.0, 0.0], [150.0, 0.0, 0.0]])) == owed[..., 0].T
    together = run_off(incurred, lag)
    assert together[0][:, 0] == pytest.approx([140.0, 260.0])
    assert together[1][:, 0] == pytest.approx([110.0, 150.0])
