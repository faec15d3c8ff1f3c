"""Life tables against closed forms, and graduation of abridged rates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundpool.actuarial.lifetable import LifeTable, graduate_abridged, usual_infant_share

probabilities = st.lists(st.floats(0.0, 1.0), min_size=2, max_size=60)


def test_three_ages_by_hand() -> None:
    """q = 0.1, 0.5, 1: l = 1, 0.9, 0.45; d = 0.1, 0.45, 0.45.

    L[0] = 0.9 + 0.1/2 = 0.95, L[1] = 0.45 + 0.45/2 = 0.675, L[2] = 0.45 * 0.5 = 0.225.
    T = 1.85, 0.9, 0.225; e = 1.85, 1, 0.5.
    """
    table = LifeTable([0.1, 0.5, 1.0])
    assert table.lx.tolist() == pytest.approx([1.0, 0.9, 0.45])
    assert table.dx.tolist() == pytest.approx([0.1, 0.45, 0.45])
    assert table.Lx.tolist() == pytest.approx([0.95, 0.675, 0.225])
    assert table.Tx.tolist() == pytest.approx([1.85, 0.9, 0.225])
    assert table.ex.tolist() == pytest.approx([1.85, 1.0, 0.5])
    # S[0] = L[1]/L[0]; the last closed age shares T[2]/T[1] with the open one
    assert table.survivorship_ratios().tolist() == pytest.approx([0.675 / 0.95, 0.25, 0.25])


def test_constant_mortality_gives_a_constant_ratio() -> None:
    """With one death rate m everywhere l falls by p = (1 - m/2)/(1 + m/2) a year, so does L."""
    m = 2 / 99
    table = LifeTable.from_death_rates(np.full(101, m))
    ratios = table.survivorship_ratios()
    assert ratios[:99] == pytest.approx(np.full(99, 0.98))
    assert table.ex[-1] == pytest.approx(1 / m)


@given(probabilities)
@settings(deadline=None, max_examples=80, derandomize=True)
def test_everybody_dies_once(q: list[float]) -> None:
    table = LifeTable(q)
    assert table.dx.sum() == pytest.approx(1.0)
    assert (np.diff(table.lx) <= 1e-15).all()
    ratios = table.survivorship_ratios()
    assert (ratios >= 0).all()
    # a stationary population projected by the ratios stays as it is, births replacing deaths
    stationary = table.Lx
    moved = stationary[:-1] * ratios[:-1]
    assert moved[:-1] == pytest.approx(stationary[1:-1], abs=1e-12)
    last = (stationary[-2] + stationary[-1]) * ratios[-1]
    assert last == pytest.approx(stationary[-1], abs=1e-12)


@given(st.lists(st.floats(1e-5, 1.5), min_size=3, max_size=40))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_death_rates_come_back(m: list[float]) -> None:
    """d[x] / L[x] is the central death rate that went in, where q stays under 1."""
    table = LifeTable.from_death_rates(m)
    live = table.lx > 1e-9
    back = table.dx[live] / table.Lx[live]
    assert back == pytest.approx(np.array(m)[live], rel=1e-9)


def test_graduation_gives_gompertz_back() -> None:
    """Rates 0.00005 exp(0.095 x), averaged over five-year groups and graduated."""
    starts = [0, 1, *range(5, 101, 5)]
    truth = 5e-5 * np.exp(0.095 * np.arange(101))
    ends = [*starts[1:], 101]
    groups = [truth[a:b].mean() for a, b in zip(starts, ends, strict=True)]
    single = graduate_abridged(starts, groups)
    for start, end, rate in zip(starts, ends, groups, strict=True):
        assert single[start:end].mean() == pytest.approx(rate)
    assert (np.diff(single) > 0).all()
    assert single[5:95] == pytest.approx(truth[5:95], rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"probabilities": [0.1, 1.2]}, "between 0 and 1"),
        ({"probabilities": [-0.1, 1.0]}, "between 0 and 1"),
        ({"probabilities": []}, "qx"),
        ({"probabilities": [0.1, 1.0], "radix": 0.0}, "radix"),
        ({"probabilities": [0.1, 1.0], "infant_share": 2.0}, "infant share"),
        ({"probabilities": [0.1, 1.0], "open_interval_life": 0.0}, "open interval"),
        ({"probabilities": [float("nan"), 1.0]}, "qx"),
    ],
)
def test_bad_life_tables(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        LifeTable(**arguments)  # type: ignore[arg-type]


def test_bad_rates() -> None:
    with pytest.raises(ValueError, match="open age interval"):
        LifeTable.from_death_rates([0.1, 0.0])
    with pytest.raises(ValueError, match="mx"):
        LifeTable.from_death_rates([-0.1, 0.5])
    with pytest.raises(ValueError, match="three groups"):
        graduate_abridged([0, 1], [0.1, 0.2])
    with pytest.raises(ValueError, match="ascend"):
        graduate_abridged([0, 5, 1], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="positive"):
        graduate_abridged([0, 1, 5], [0.1, 0.0, 0.3])


def test_infants_who_die_early_in_the_year() -> None:
    """m[0] = 0.02 and a[0] = 0.1: q[0] = 0.02 / (1 + 0.9 * 0.02), L[0] = l[1] + 0.1 d[0].

    Deaths over person-years give the central death rate back, which fixes both formulas.
    """
    table = LifeTable.from_death_rates([0.02, 0.01, 0.5], infant_share=0.1)
    assert table.qx[0] == pytest.approx(0.02 / 1.018)
    assert table.Lx[0] == pytest.approx(1.0 - 0.9 * table.qx[0])
    assert table.dx[0] / table.Lx[0] == pytest.approx(0.02)
    assert LifeTable([0.2, 1.0], infant_share=0.25).Lx[0] == pytest.approx(0.8 + 0.25 * 0.2)


@pytest.mark.parametrize(
    ("sex", "rate", "share"),
    [
        ("male", 0.0, 0.14929),
        ("male", 0.01, 0.1293355),
        ("male", 0.05, 0.1913305),
        ("male", 0.2, 0.29915),
        ("female", 0.01, 0.1284773),
        ("female", 0.05, 0.2407145),
        ("female", 0.2, 0.31411),
    ],
)
def test_usual_infant_share(sex: str, rate: float, share: float) -> None:
    """The lines of the Human Mortality Database's protocol, worked out by hand."""
    assert usual_infant_share(rate, sex) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize("sex", ["male", "female"])
def test_usual_infant_share_has_no_steps(sex: str) -> None:
    """The lines meet, so that a slightly higher level of mortality changes little."""
    shares = [usual_infant_share(rate, sex) for rate in np.arange(0.0, 0.2, 1e-5)]
    assert np.abs(np.diff(shares)).max() < 2e-4


def test_usual_infant_share_of_no_rate() -> None:
    with pytest.raises(ValueError, match="negative"):
        usual_infant_share(-0.1, "male")
    with pytest.raises(ValueError, match="negative"):
        usual_infant_share(float("nan"), "male")
