"""Personal accounts: one year by hand."""

import numpy as np
import pytest

from fundpool.models.contributions.accounts import account_year

pytestmark = pytest.mark.plain


def test_a_year_by_hand() -> None:
    """Half of 100 and of 40 credited is spent: 70. At 21 % a half year earns 10 %.

    Interest 100 * 0.21 + (40 - 70) * 0.10 = 18; closing 100 + 18 + 40 - 70 + 9 - 5 = 92.
    """
    moved = (9.0, 5.0, 2.0, 1.0)
    moves = tuple(np.array([value]) for value in moved)
    year = account_year(np.array([100.0]), np.array([40.0]), 0.21, np.array([0.5]), moves)
    assert year.spending == pytest.approx(70.0)
    assert year.interest == pytest.approx(18.0)
    assert year.closing == pytest.approx(92.0)
    assert (year.to_pool.item(), year.surrendered.item()) == (2.0, 1.0)
