"""Noise of claims: moments through the claims model, shapes of small pools."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.actuarial.aggregate_check import LIMITS
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.payment_severity import PaymentSeverity
from fundpool.actuarial.severity import Lognormal
from fundpool.inputs.case import read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.calibration.multipliers import no_multipliers
from fundpool.models.flows.responses import flow_responses, raised, responding, with_growth
from fundpool.models.flows.years import opening_year
from fundpool.models.population.preparation import prepare
from fundpool.models.projection.study import study
from fundpool.models.scenarios.claims_noise import (
    claims_noise,
    payment_moments,
    standardised_quantiles,
)
from fundpool.models.scenarios.compiled import GRID_HALF, GRID_STEP
from fundpool.models.scenarios.terms import scenario_terms
from tests.cases.stochastic import stochastic_case
from tests.models.claims.test_layers import layered

pytestmark = pytest.mark.plain


def test_an_aggregate_that_fails_its_own_check_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terms of scenarios carry the check; where an error is over its limit there are none."""
    made = stochastic_case()
    for name in ("population", "migrants"):
        made.tables[name]["persons"] *= 0.01
    case = read_case(made.write(tmp_path / "case"))
    asked = study(case, 1).flows, opening_year(prepare(case)), 0.0
    check = claims_noise(*asked).check
    assert check.passed
    assert check.deviation > 0.0
    monkeypatch.setattr("fundpool.actuarial.aggregate_check.LIMITS", (*LIMITS[:3], 0.0))
    with pytest.raises(CaseError, match="its own check"):
        claims_noise(*asked)


def test_a_fund_of_layers_alone_has_a_skewed_table(tmp_path: Path) -> None:
    """It insures nobody: quantiles of a shifted gamma distribution, mean 0 and deviation 1."""
    made = layered()
    made.settings["scenarios"] = stochastic_case().settings["scenarios"]
    for name in ("population", "migrants"):
        made.tables[name]["persons"] *= 0.05
    case = read_case(made.write(tmp_path / "case"))
    noise = claims_noise(study(case, 1).flows, opening_year(prepare(case)), 0.0)
    rows = np.flatnonzero(noise.small[:, 0] == 2)
    assert rows.size > 0
    table = noise.tables[rows[0]]
    normals = GRID_STEP * np.arange(-GRID_HALF, GRID_HALF + 1)
    weights = np.exp(-0.5 * normals**2) / np.exp(-0.5 * normals**2).sum()
    assert weights @ table == pytest.approx(0.0, abs=1e-3)
    assert weights @ table**2 == pytest.approx(1.0, abs=0.01)
    skewness = noise.skewness[2, 0, noise.small[rows[0], 1]]
    assert weights @ table**3 == pytest.approx(skewness, rel=0.02)


def test_payment_moments_by_hand(tmp_path: Path) -> None:
    """Birch's employee fund: 600 stayers + 140 from Ash (employee or dual), 2 claims a year each.

    Exponential costs of 1,500 (price 1.5), 80 % paid: E[Y^2] = 0.64 * 2 * 1500^2, E[Y^3] =
    0.512 * 6 * 1500^3. Migrants claim half as often; all are treated in Birch, their residence,
    who are insured there.
    """
    case = read_case(stochastic_case().write(tmp_path / "case"))
    moments = payment_moments(opening_year(prepare(case)), no_multipliers(case))
    claims = 600 * 2.0 + 140 * 2.0 * 0.5
    assert moments.first[0, 1] == pytest.approx(claims * 0.8 * 1500)
    assert moments.second[0, 1] == pytest.approx(claims * 0.64 * 2 * 1500**2)
    assert moments.third[0, 1] == pytest.approx(claims * 0.512 * 6 * 1500**3)


def test_claims_that_are_not_always_claimed_are_a_bernoulli_factor(tmp_path: Path) -> None:
    """Ash's resident fund pays its migrants' care in Birch: 60 residents, manual settlement.

    70 % of it at the residence (off-site: rate 0.5 after the penalty, three in four claimed), 20 %
    at home.
    """
    made = stochastic_case()
    made.tables["coverage"]["share"] = 0.0
    cover = made.tables["coverage"]
    cover.loc[cover["cover"] == "home_resident", "share"] = 1.0
    case = read_case(made.write(tmp_path / "case"))
    moments = payment_moments(opening_year(prepare(case)), no_multipliers(case))
    at_home = 1000 * 2.0 * 0.36 * 2 * 1000**2 + 200 * 2.0 * 0.5 * 0.2 * 0.36 * 2 * 1000**2
    away = 200 * 2.0 * 0.5 * 0.7 * 0.75 * 0.25 * 2 * 1500**2
    assert moments.second[1, 0] == pytest.approx(at_home + away)


def test_quantiles_of_a_small_pool_are_those_of_simulation() -> None:
    rate, dispersion = 30.0, 0.05
    formula = BenefitFormula(500.0, ((0, 0.8),), 40_000.0)
    cost = Lognormal.from_mean_cv(4_000.0, 2.0)
    table, check = standardised_quantiles(
        rate, dispersion, PaymentSeverity((1.0,), (formula,), (cost,))
    )
    assert check.passed
    assert check.deviation < 1e-3
    draw = np.random.default_rng(3)
    years = 40_000
    numbers = draw.poisson(rate * draw.gamma(1 / dispersion, dispersion, years))
    paid = np.asarray(formula(cost.sample(draw, int(numbers.sum()))))
    total = np.bincount(np.repeat(np.arange(years), numbers), paid, minlength=years)
    standard = (total - total.mean()) / total.std()
    normals = draw.standard_normal(years)
    place = np.interp(normals, GRID_STEP * np.arange(-GRID_HALF, GRID_HALF + 1), table)
    assert place.mean() == pytest.approx(0.0, abs=4 / np.sqrt(years))
    assert place.std() == pytest.approx(1.0, abs=0.02)
    for level in (0.01, 0.05, 0.5, 0.95, 0.99):
        density = ((standard > np.quantile(standard, level) - 0.05)
                   & (standard < np.quantile(standard, level) + 0.05)).mean() / 0.1  # fmt: skip
        slack = 5 * np.sqrt(level * (1 - level) / years) * np.sqrt(2) / density
        assert np.quantile(place, level) == pytest.approx(np.quantile(standard, level), abs=slack)


def test_variation_falls_with_the_square_root_of_claims(tmp_path: Path) -> None:
    variations = []
    for name, factor in (("one", 1.0), ("nine", 9.0)):
        made = stochastic_case()
        made.tables["population"]["persons"] *= factor
        made.tables["migrants"]["persons"] *= factor
        case = read_case(made.write(tmp_path / name))
        done = study(case, 2)
        noise = claims_noise(done.flows, opening_year(prepare(case)), 0.0)
        variations.append(noise.variation)
        assert (noise.variation > 0).all()
    np.testing.assert_allclose(variations[0], 3.0 * variations[1], rtol=1e-9)


def test_costs_without_variance_are_refused(tmp_path: Path) -> None:
    made = stochastic_case()
    made.tables["severity"][["family", "cv"]] = "pareto", 3.0  # no third moment
    done = study(read_case(made.write(tmp_path / "case")), 2)
    with pytest.raises(CaseError, match="skewness"):
        scenario_terms(done)


def test_linear_responses_follow_a_projection_on_a_path(tmp_path: Path) -> None:
    """A path of deviations that changes every year, projected, against the mean-so-far rule."""
    case = read_case(stochastic_case().write(tmp_path / "case"))
    done = study(case, 8)

    def arrays():
        prepared = prepare(case)
        return prepared, opening_year(prepared)

    responses = flow_responses(arrays, done.flows, done.flows.multipliers)
    path = 0.1 * np.array([0.5, 1.0, -0.3, 0.4, 0.8, 1.2, 0.2, -0.5])
    steps = np.diff(path, prepend=0.0)
    growth = {case.base_year + 1 + t: float(np.expm1(step)) for t, step in enumerate(steps)}
    for path_name in ("mobility.out_migration_growth", "mobility.in_migration_growth"):
        case = with_growth(case, path_name, growth)
    moved = study(case, 8)
    level = responses.memory(done.flows)[0] @ path
    for flow, before, after in zip(
        (responses.income, responses.contribution_base, responses.subsidies, responses.claims),
        responding(done.flows), responding(moved.flows), strict=True,
    ):  # fmt: skip
        true = np.divide(after - before, before, out=np.zeros_like(before), where=before != 0)
        linear = flow[0] * level[None, :, None]
        assert np.abs(linear - true).mean() < 0.15 * np.abs(true).mean()
        assert np.abs(true).max() > 5e-5


def test_responses_raise_a_hazard_for_good(tmp_path: Path) -> None:
    case = read_case(stochastic_case().write(tmp_path / "case"))
    assert raised(case, 1, 0.05).value(
        "coverage.employee_enrolment_growth", case.base_year + 1
    ) == pytest.approx(0.05)


def test_overdispersed_claims_have_the_moments_of_their_simulation(tmp_path: Path) -> None:
    """Twelve stayers and three migrants in Birch, whose level of claims varies by omega = 0.05.

    Payments are exponential with mean 1,200, so that the sum of N of them is gamma with shape N,
    and E[Y^2] = 2 E[Y]^2, E[Y^3] = 6 E[Y]^3. With l claims expected the cumulants over their
    mean's powers are 2 / l + omega and 6 / l^2 + 3 omega 2 / l + 2 omega^2.
    """
    omega, payment = 0.05, 0.8 * 1500.0
    made = stochastic_case()
    for name in ("population", "migrants"):
        made.tables[name]["persons"] *= 0.02
    case = read_case(made.write(tmp_path / "case"))
    done = study(case, 1)
    noise = claims_noise(done.flows, opening_year(prepare(case)), omega)
    money = done.flows.claims_incurred[0, 1, 1] / done.flows.paths.medical_price[1]
    claims = money / payment
    assert 10 < claims < 50
    variance = 2 / claims + omega
    third = 6 / claims**2 + 6 * omega / claims + 2 * omega**2
    assert noise.variation[0, 0, 1] == pytest.approx(np.sqrt(variance))
    assert noise.skewness[0, 0, 1] == pytest.approx(third / variance**1.5)
    draw = np.random.default_rng(8)
    years = 400_000
    numbers = draw.poisson(claims * draw.gamma(1 / omega, omega, years))
    total = draw.standard_gamma(np.maximum(numbers, 1e-9)) * payment
    spread = (total - total.mean()) / total.std()
    assert total.mean() == pytest.approx(money, rel=0.005)
    assert total.std() / total.mean() == pytest.approx(noise.variation[0, 0, 1], rel=0.01)
    assert (spread**3).mean() == pytest.approx(noise.skewness[0, 0, 1], rel=0.05)
