"""Seasons and the year's end against figures by hand."""

import numpy as np
import pytest

from fundpool.actuarial.credibility import Credibility
from fundpool.actuarial.seasonality import monthly_shares, year_end


def test_shares_do_not_weigh_growth() -> None:
    flat, late = np.ones(12), np.array([0.0] * 11 + [1000.0])
    assert monthly_shares([flat, late]) == pytest.approx([1 / 24] * 11 + [1 / 24 + 0.5])
    assert monthly_shares(np.zeros((0, 12))) == pytest.approx([1 / 12] * 12)
    for wrong in (np.ones((2, 11)), np.ones(12), np.zeros((1, 12))):
        with pytest.raises(ValueError, match=r"twelve columns|more than zero"):
            monthly_shares(wrong)


def test_year_end_by_hand() -> None:
    """30 came, 100 are expected still, ratio 0.8 x 1.2 + 0.2 x 1 = 1.16: 146 at the end; variance
    100 x 0.09 + 100^2 x 0.0016 = 25; 1.645 x 5 = 8.22 to either side."""
    known = Credibility(np.array([0.8]), np.array([1.2]), 1.0, 0.09, 0.0, np.array([0.0016]))
    end = year_end([30.0], [100.0], known)
    assert end.estimate == pytest.approx([146.0])
    assert [end.low[0], end.high[0]] == pytest.approx([146.0 - 8.2243, 146.0 + 8.2243], abs=1e-3)
    done = year_end([30.0], [0.0], known)
    assert done.low[0] == done.high[0] == 30.0
    with pytest.raises(ValueError, match="at least 0"):
        year_end([30.0], [-1.0], known)
