"""What-ifs: against the plain recursion, against new projections, and what is linear."""

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.analysis import what_if
from fundpool.models.analysis.what_if import PoolLevers, WhatIf, readable_balances
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import LINEAR, FlowLevers, SchemeLevers, lever_kind
from fundpool.models.funds.recursion import scheme_run
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
        PoolLevers(),
        PoolLevers(income_factor=1.1, outgo_factor=[[0.9], [1.0], [1.0], [1.1], [1.2], [1.3]]),
        PoolLevers(added_rate=[0.01, -0.005], opening_factor=0.5, added_opening=[1e5, 0.0]),
        PoolLevers(levy=0.1, own_responsibility=0.25, interest=-0.01, subsidy_factor=0.8),
    ],
    ids=["none", "factors", "rates", "levy"],
)
def test_kernel_matches_the_readable_recursion(asked: WhatIf, levers: PoolLevers) -> None:
    for paths in asked.paths:
        got = asked.balances(levers, paths.scheme)
        np.testing.assert_allclose(got, readable_balances(paths, levers), rtol=1e-11, atol=1e-4)


def test_a_changed_rate_is_a_new_projection(case: Case) -> None:
    before = study(case, 6)
    changed = case.with_values({"schemes.employee.rules.employer_rate": 0.10})
    after = study(changed, 6).pooled("county").funds
    paths = central_paths(before.pooled("county"), "employee")
    got = WhatIf([paths]).balances(PoolLevers(income_factor=0.12 / 0.10))[0]
    own = after[after["scheme"] == "employee"].pivot(index="year", columns="pool", values="balance")
    np.testing.assert_allclose(got, own[list(paths.pools)].to_numpy(), rtol=1e-12)


def test_a_levy_is_the_adjustment_fund_plan(case: Case) -> None:
    done = study(case, 6)
    paths = central_paths(done.pooled("county"), "resident")
    got = WhatIf([paths]).balances(PoolLevers(levy=0.1, own_responsibility=0.2))[0]
    funds = done.pooled("county+province:0.1:0.2").funds
    own = funds[(funds["scheme"] == "resident") & funds["pool"].isin(paths.pools)]
    table = own.pivot(index="year", columns="pool", values="balance")[list(paths.pools)]
    np.testing.assert_allclose(got, table.to_numpy(), rtol=1e-12)


@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_levers_on_flows_move_the_funds_as_the_page_does(case: Case, scheme: str) -> None:
    """Claims run off from the year of the change, accounts take their share of a rate."""
    projection = study(case, 6).pooled("county")
    levers = FlowLevers(
        2023, wage_growth=0.01, medical_inflation=-0.01, premium_growth=0.02, interest=0.005,
        care=0.1, schemes={"employee": SchemeLevers(rate=0.01), "resident": SchemeLevers(0, 0.2)},
    )  # fmt: skip
    moved = with_levers(case, projection.flows, levers)
    expected = scheme_run(case, moved, projection.plan, scheme).balance[0]
    central = central_paths(projection, scheme)
    got = WhatIf([central], projection).balances(levers)[0]
    np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-4)
    assert (got[-1] != WhatIf([central]).balances(PoolLevers())[0, -1]).all()
    np.testing.assert_array_equal(got[0], WhatIf([central]).balances(PoolLevers())[0, 0])
    drawn = WhatIf([sampled_paths(projection.study, "county", scheme, 3, 1)], projection)
    factors = what_if.pool_levers(projection, levers, scheme)
    np.testing.assert_array_equal(drawn.balances(levers), drawn.balances(factors))
    with pytest.raises(ValueError, match="projection"):
        WhatIf([central]).balances(levers)
    with pytest.raises(ValueError, match="recursion"):
        drawn.closing(FlowLevers(care=0.1), 2023)


def test_former_names_of_levers_work_with_a_warning() -> None:
    with pytest.warns(DeprecationWarning, match="called") as heard:
        former = what_if.Levers(claims_factor=1.1, interest_shift=-0.01, added_rate=0.02)
    assert former == PoolLevers(outgo_factor=1.1, interest=-0.01, added_rate=0.02)
    words = {str(warning.message) for warning in heard}
    assert words == {
        "Levers is called PoolLevers now",
        "Levers: claims_factor is called outgo_factor now",
        "Levers: interest_shift is called interest now",
    }
    with pytest.warns(DeprecationWarning, match="outgo_factor"):
        assert lever_kind("claims_factor") == "linear"


@pytest.mark.parametrize("lever", LINEAR)
def test_linear_levers_have_half_the_effect_at_half_the_change(asked: WhatIf, lever: str) -> None:
    neutral = getattr(PoolLevers(), lever)
    change = {"added_rate": 0.02, "added_opening": 1e5}.get(lever, 0.2)
    base = asked.balances(PoolLevers(), "employee")
    whole = asked.balances(PoolLevers(**{lever: neutral + change}), "employee") - base
    half = asked.balances(PoolLevers(**{lever: neutral + change / 2}), "employee") - base
    np.testing.assert_allclose(half, whole / 2, rtol=1e-9, atol=1e-3)
    assert np.abs(whole).max() > 0 or lever == "subsidy_factor"


def test_stored_coefficients_give_the_balances_of_a_year(asked: WhatIf) -> None:
    levers = PoolLevers(
        income_factor=1.05, added_rate=[0.01, 0.0], outgo_factor=0.97, subsidy_factor=1.1,
        opening_factor=1.2, added_opening=5e4,
    )  # fmt: skip
    for paths in asked.paths:
        every = asked.balances(levers, paths.scheme)
        for t in (0, 3, 5):
            got = asked.closing(levers, int(paths.years[t]), paths.scheme)
            np.testing.assert_allclose(got, every[:, t], rtol=1e-10, atol=1e-3)
    for wrong in (PoolLevers(levy=0.1), PoolLevers(income_factor=np.ones((6, 2)))):
        with pytest.raises(ValueError, match="recursion"):
            asked.closing(wrong, 2021, "employee")
    with pytest.raises(ValueError, match="2050"):
        asked.closing(PoolLevers(), 2050, "employee")


def test_quantiles_and_ruin_are_those_of_the_balances(asked: WhatIf) -> None:
    balances = asked.balances(PoolLevers(), "resident")
    got = asked.quantiles(PoolLevers(), (0.05, 0.5, 0.95), "resident")
    exact = np.quantile(balances, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf")
    assert np.array_equal(got, exact)
    ruined = asked.ruin_probability(PoolLevers(), "resident")
    assert (np.diff(ruined, axis=0) >= 0).all()


def test_every_lever_says_its_kind(asked: WhatIf) -> None:
    assert lever_kind("added_rate") == "linear"
    assert lever_kind("levy") == "recursion"
    assert lever_kind("care") == "flows"
    assert lever_kind("deductible") == "projection"
    with pytest.raises(ValueError, match="not a lever"):
        lever_kind("weather")
    with pytest.raises(ValueError, match="levy"):
        PoolLevers(levy=1.5)
    with pytest.raises(ValueError, match="number"):
        PoolLevers(outgo_factor=float("nan"))
    with pytest.raises(ValueError, match="schemes"):
        asked.balances(PoolLevers())
    with pytest.raises(ValueError, match="fit"):
        asked.balances(PoolLevers(income_factor=np.ones(7)), "employee")


def test_balances_go_where_the_asker_wants_them(asked: WhatIf) -> None:
    room = np.empty_like(asked.balances(PoolLevers(), "employee"))
    got = asked.balances(PoolLevers(income_factor=1.1), "employee", out=room)
    assert got is room
    assert np.array_equal(room, asked.balances(PoolLevers(income_factor=1.1), "employee"))
    with pytest.raises(ValueError, match="room"):
        asked.balances(PoolLevers(), "employee", out=room[:, :2])
