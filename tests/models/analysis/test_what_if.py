"""What-ifs: against the plain recursion, against new projections, and what is linear."""

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.analysis.what_if import LINEAR, Levers, WhatIf, lever_kind, readable_balances
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import study
from fundpool.models.scenarios.pool_paths import sampled_paths
from tests.cases.stochastic import stochastic_case

pytestmark = pytest.mark.plain


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(stochastic_case().write(tmp_path_factory.mktemp("what_if") / "case"))


@pytest.fixture(scope="module")
def asked(case: Case) -> WhatIf:
    done = study(case, 6)
    return WhatIf([sampled_paths(done, "county", name, 40, 3) for name in ("employee", "resident")])


@pytest.mark.parametrize(
    "levers",
    [
        Levers(),
        Levers(income_factor=1.1, claims_factor=[[0.9], [1.0], [1.0], [1.1], [1.2], [1.3]]),
        Levers(added_rate=[0.01, -0.005], opening_factor=0.5, added_opening=[1e5, 0.0]),
        Levers(levy=0.1, own_responsibility=0.25, interest_shift=-0.01, subsidy_factor=0.8),
    ],
    ids=["none", "factors", "rates", "levy"],
)
def test_kernel_matches_the_readable_recursion(asked: WhatIf, levers: Levers) -> None:
    for paths in asked.paths:
        got = asked.balances(levers, paths.scheme)
        np.testing.assert_allclose(got, readable_balances(paths, levers), rtol=1e-11, atol=1e-4)


def test_a_changed_rate_is_a_new_projection(case: Case) -> None:
    before = study(case, 6)
    changed = case.with_values({"schemes.employee.rules.employer_rate": 0.10})
    after = study(changed, 6).pooled("county").funds
    paths = central_paths(before.pooled("county"), "employee")
    got = WhatIf([paths]).balances(Levers(income_factor=0.12 / 0.10))[0]
    own = after[after["scheme"] == "employee"].pivot(index="year", columns="pool", values="balance")
    np.testing.assert_allclose(got, own[list(paths.pools)].to_numpy(), rtol=1e-12)


def test_a_levy_is_the_adjustment_fund_plan(case: Case) -> None:
    done = study(case, 6)
    paths = central_paths(done.pooled("county"), "resident")
    got = WhatIf([paths]).balances(Levers(levy=0.1, own_responsibility=0.2))[0]
    funds = done.pooled("county+province:0.1:0.2").funds
    own = funds[(funds["scheme"] == "resident") & funds["pool"].isin(paths.pools)]
    table = own.pivot(index="year", columns="pool", values="balance")[list(paths.pools)]
    np.testing.assert_allclose(got, table.to_numpy(), rtol=1e-12)


@pytest.mark.parametrize("lever", LINEAR)
def test_linear_levers_have_half_the_effect_at_half_the_change(asked: WhatIf, lever: str) -> None:
    neutral = getattr(Levers(), lever)
    change = {"added_rate": 0.02, "added_opening": 1e5}.get(lever, 0.2)
    base = asked.balances(Levers(), "employee")
    whole = asked.balances(Levers(**{lever: neutral + change}), "employee") - base
    half = asked.balances(Levers(**{lever: neutral + change / 2}), "employee") - base
    np.testing.assert_allclose(half, whole / 2, rtol=1e-9, atol=1e-3)
    assert np.abs(whole).max() > 0 or lever == "subsidy_factor"


def test_stored_coefficients_give_the_balances_of_a_year(asked: WhatIf) -> None:
    levers = Levers(
        income_factor=1.05, added_rate=[0.01, 0.0], claims_factor=0.97, subsidy_factor=1.1,
        opening_factor=1.2, added_opening=5e4,
    )  # fmt: skip
    for paths in asked.paths:
        every = asked.balances(levers, paths.scheme)
        for t in (0, 3, 5):
            got = asked.closing(levers, int(paths.years[t]), paths.scheme)
            np.testing.assert_allclose(got, every[:, t], rtol=1e-10, atol=1e-3)
    for wrong in (Levers(levy=0.1), Levers(income_factor=np.ones((6, 2)))):
        with pytest.raises(ValueError, match="recursion"):
            asked.closing(wrong, 2021, "employee")
    with pytest.raises(ValueError, match="2050"):
        asked.closing(Levers(), 2050, "employee")


def test_quantiles_and_ruin_are_those_of_the_balances(asked: WhatIf) -> None:
    balances = asked.balances(Levers(), "resident")
    got = asked.quantiles(Levers(), (0.05, 0.5, 0.95), "resident")
    exact = np.quantile(balances, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf")
    assert np.array_equal(got, exact)
    ruined = asked.ruin_probability(Levers(), "resident")
    assert (np.diff(ruined, axis=0) >= 0).all()


def test_every_lever_says_its_kind(asked: WhatIf) -> None:
    assert lever_kind("added_rate") == "linear"
    assert lever_kind("levy") == "recursion"
    assert lever_kind("deductible") == "projection"
    with pytest.raises(ValueError, match="not a lever"):
        lever_kind("weather")
    with pytest.raises(ValueError, match="levy"):
        Levers(levy=1.5)
    with pytest.raises(ValueError, match="number"):
        Levers(claims_factor=float("nan"))
    with pytest.raises(ValueError, match="schemes"):
        asked.balances(Levers())
    with pytest.raises(ValueError, match="fit"):
        asked.balances(Levers(income_factor=np.ones(7)), "employee")


def test_balances_go_where_the_asker_wants_them(asked: WhatIf) -> None:
    room = np.empty_like(asked.balances(Levers(), "employee"))
    got = asked.balances(Levers(income_factor=1.1), "employee", out=room)
    assert got is room
    assert np.array_equal(room, asked.balances(Levers(income_factor=1.1), "employee"))
    with pytest.raises(ValueError, match="room"):
        asked.balances(Levers(), "employee", out=room[:, :2])
