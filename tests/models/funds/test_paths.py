"""Paths of pools: the coefficients reproduce the fund table, and a changed rate needs no more."""

import numpy as np
import pytest

from fundpool.actuarial.solvency import balance_recursion
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study, project

SCHEMES = ("employee", "resident")
LEVELS = {"county": 95, "city": 13, "province": 1}


def _balances(paths: PoolPaths, income: FloatArray) -> FloatArray:
    """``B[t] = B[t-1] (1+i) + (income + subsidies - outgo) (1+i)^0.5``, ``(T, p)``."""
    balance, rows = paths.opening_balance, []
    for t in range(paths.years.size):
        growth = 1.0 + paths.interest[0, t]
        flow = income[t] + paths.subsidies[0, t] - paths.outgo[0, t]
        balance = balance * growth + flow * growth**0.5
        rows.append(balance)
    return np.array(rows)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("level", LEVELS)
def test_the_recursion_gives_the_balances_of_the_fund_table(
    jiangsu_study: Study, level: str, scheme: str
) -> None:
    projection = jiangsu_study.pooled(level)
    paths = central_paths(projection, scheme)
    assert (len(paths.pools), set(paths.levels)) == (LEVELS[level], {level})
    assert paths.contribution_base.shape == (1, 6, LEVELS[level])
    assert paths.years.tolist() == list(range(2025, 2031))
    table = projection.funds[projection.funds["scheme"] == scheme]
    expected = table.pivot(index="year", columns="pool", values="balance")[list(paths.pools)]
    found = _balances(paths, paths.rate[0] * paths.contribution_base[0])
    size = np.abs(expected.to_numpy()).max()
    assert np.abs(found - expected.to_numpy()).max() <= 1e-12 * size
    months = table.pivot(index="year", columns="pool", values="reserve_months")[list(paths.pools)]
    reserve = (found - paths.outstanding[0]) / (paths.outgo_next_year[0] / 12)
    assert reserve == pytest.approx(months.to_numpy(), rel=1e-9, abs=1e-9)


def test_counties_are_numbered_as_their_pools(jiangsu: Case, jiangsu_study: Study) -> None:
    paths = central_paths(jiangsu_study.pooled("city"), "employee")
    for county, code in enumerate(jiangsu.regions.codes):
        assert paths.pools[paths.of_county[county]] == jiangsu.regions.lineage(code)[1]
        assert paths.names[paths.of_county[county]] == jiangsu.regions.name(
            jiangsu.regions.lineage(code)[1]
        )


def test_a_changed_rate_is_a_new_projection(small: Case) -> None:
    """Flows are linear in the rate: the recursion on old coefficients is the new projection.

    The employers' rate rises from 8 % to 11 %; 30 % of contributions go to accounts.
    """
    paths = central_paths(project(small, "county", years=5), "employee")
    assert paths.rate == pytest.approx(0.10 * 0.7)
    dearer = small.with_values({"schemes.employee.rules.employer_rate": 0.11})
    projected = project(dearer, "county", years=5).funds
    table = projected[projected["scheme"] == "employee"]
    expected = table.pivot(index="year", columns="pool", values="balance")[list(paths.pools)]
    found = _balances(paths, 0.13 * 0.7 * paths.contribution_base[0])
    assert found == pytest.approx(expected.to_numpy(), rel=1e-12)


def test_by_hand(small: Case) -> None:
    """The first year of the worked example (tests/models/projection/test_two_counties.py)."""
    paths = central_paths(project(small, "county", years=1), "resident")
    assert paths.pools == ("ash", "birch")
    assert paths.income[0, 0] == pytest.approx([49_304, 39_600])
    assert paths.subsidies[0, 0] == pytest.approx([98_608, 79_200])
    assert paths.outgo[0, 0] == pytest.approx([549_174.3525, 784_080])
    assert paths.outstanding[0, 0] == pytest.approx([16_903.755, 0])
    assert paths.opening_balance.tolist() == [50_000.0, 80_000.0]
    assert paths.interest.tolist() == [[0.21]]
    # a flat scheme's base is the disposable income of those who pay, risen by 10 %
    assert paths.contribution_base[0, 0] == pytest.approx([493.04 * 22_000, 396 * 44_000])
    assert paths.persons[0] == pytest.approx([493.04, 396])
    assert paths.contributors[0] == pytest.approx([493.04, 396])
    closing = balance_recursion(50_000.0, np.array([49_304 + 98_608 - 549_174.3525]), 0.21)
    assert _balances(paths, paths.income[0])[0, 0] == pytest.approx(closing[-1])


def test_administration_is_outgo(small: Case) -> None:
    """4 % of what is paid goes to administration: outgo 1,005,769.6 x 1.04 in Ash."""
    changed = small.with_values({"schemes.employee.rules.administration": 0.04})
    projection = project(changed, "county", years=1)
    paths = central_paths(projection, "employee")
    assert paths.outgo[0, 0] == pytest.approx([1_005_769.6 * 1.04, 1_780_864.8 * 1.04])
    funds = projection.funds[projection.funds["scheme"] == "employee"]
    assert _balances(paths, paths.income[0])[0] == pytest.approx(funds["balance"].to_numpy())


@pytest.mark.parametrize("plan", ["county,city@2027", "city+province:0.05:0.3"])
def test_plans_without_paths_of_their_own(jiangsu_study: Study, plan: str) -> None:
    with pytest.raises(ValueError, match="changes its pools or swaps money"):
        central_paths(jiangsu_study.pooled(plan), "employee")


def test_a_stage_after_the_last_year_changes_nothing(jiangsu_study: Study) -> None:
    late = central_paths(jiangsu_study.pooled("county,city@2090"), "employee")
    plain = central_paths(jiangsu_study.pooled("county"), "employee")
    assert late.pools == plain.pools
    assert (late.outgo == plain.outgo).all()
