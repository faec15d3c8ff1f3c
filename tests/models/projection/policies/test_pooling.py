"""Adjustment funds, and what pooling itself changes."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.plans import AdjustmentFund
from fundpool.models.projection.study import study
from tests.cases.policies import (
    case_with,
    policy,
)


def test_adjustment_fund_by_need_and_deficit() -> None:
    """Two pools with contributions 100 and 60, results +10 and -10, expected costs 1 and 3.

    Levy 10 %: 10 + 6 = 16, half by need: 2 and 6. After levy and need: +2 and -10; of the
    deficit of 10 the fund bears 70 %, 7, out of the 8 left. What is left is 1.
    """
    fund = AdjustmentFund("land", 0.1, 0.3, 0.5)
    flow = PoolFlow(np.array([100.0, 60.0]), np.array([10.0, -10.0]), np.array([1.0, 3.0]))
    levies, grants, left = swaps_of_year(np.array([0, 0]), fund, flow, np.zeros(1))
    assert levies == pytest.approx([10.0, 6.0])
    assert grants == pytest.approx([2.0, 13.0])
    assert left == pytest.approx([1.0])
    assert levies.sum() == pytest.approx(grants.sum() + left.sum())


def test_pooling_may_slacken_collection_and_raise_claims(tmp_path: Path) -> None:
    """At the province contributions fall by 11.5 % and claims rise by 18.6 %."""
    change = {
        "pooling": {
            "moral_hazard": {"values": {"province": 0.186}},
            "collection_effort": {"values": {"province": -0.115}},
        }
    }
    case = case_with(tmp_path, policy(case=change, pooling="province"))
    plain = (
        study(case_with(tmp_path / "plain", policy(pooling="province")), 1).pooled("province").funds
    )
    province = study(case, 1).pooled("province").funds
    for name, factor in (
        ("contributions", 0.885),
        ("claims_incurred", 1.186),
        ("subsidies", 1.0),
    ):
        assert province[name].sum() == pytest.approx(factor * plain[name].sum())
