"""Opening balances where a rural scheme is kept apart."""

from pathlib import Path

import pytest

from fundpool.models.funds.books import opening_balances
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
