"""Drivers, draws and flows of scenarios."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.models.flows.responses import no_responses
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Study, study
from fundpool.models.scenarios.compiled import autoregression, rotated
from fundpool.models.scenarios.draws import NOISE_STREAM, Stream, pseudo_normals, sobol_normals
from fundpool.models.scenarios.flows import county_scratch, draws, fill, readable_flows
from fundpool.models.scenarios.model import DriverModel, scenario_model
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms
from tests.cases.stochastic import SOURCE, still_section, stochastic_case

pytestmark = pytest.mark.plain


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder: Path = tmp_path_factory.mktemp("stochastic") / "case"
    made = stochastic_case()
    made.tables["severity"][["family", "cv"]] = "lognormal", 4.0  # small pools with long tails
    return study(read_case(made.write(folder)), years=8)


@pytest.fixture(scope="module")
def terms(done: Study) -> ScenarioTerms:
    return scenario_terms(done)


def test_a_scenario_is_its_own_generator() -> None:
    stream = Stream(5, NOISE_STREAM)
    stream.at(3).standard_normal(7)
    fresh = np.random.Generator(np.random.Philox(key=[5, NOISE_STREAM], counter=[0, 0, 0, 9]))
    assert np.array_equal(stream.at(9).standard_normal(50), fresh.standard_normal(50))
    with pytest.raises(ValueError, match="seed"):
        Stream(-1, 0)


def test_draws_do_not_depend_on_the_block() -> None:
    whole = pseudo_normals(1, 0, 40, (3, 2))
    parts = np.concatenate([pseudo_normals(1, 0, 7, (3, 2)), pseudo_normals(1, 7, 33, (3, 2))])
    assert np.array_equal(whole, parts)
    whole = sobol_normals(1, 0, 75, 12)
    parts = np.concatenate([sobol_normals(1, 0, 1, 12), sobol_normals(1, 1, 30, 12),
                            sobol_normals(1, 31, 44, 12)])  # fmt: skip
    assert np.array_equal(whole, parts)


def test_a_longer_horizon_begins_with_the_same_years() -> None:
    assert np.array_equal(pseudo_normals(1, 4, 2, (9, 6))[:, :5], pseudo_normals(1, 4, 2, (5, 6)))


def test_autoregression_has_the_covariance_of_its_equation(done: Study) -> None:
    model = scenario_model(done.case).drivers
    normals = pseudo_normals(3, 0, 10_000, (12, len(DRIVERS)))
    paths = autoregression(normals, model.persistence, model.scale)
    response = model.response(12)
    np.testing.assert_allclose(
        paths.reshape(len(paths), -1), normals.reshape(len(paths), -1) @ response.T, atol=1e-14
    )
    exact = response[-6:] @ response[-6:].T
    sampled = np.cov(paths[:, -1].T)
    scale = np.sqrt(np.outer(np.diag(exact), np.diag(exact)))
    assert np.abs((sampled - exact) / scale).max() < 4 / np.sqrt(len(paths)) * np.sqrt(2)
    long_run = model.stationary_covariance()
    np.testing.assert_allclose(
        long_run,
        model.persistence @ long_run @ model.persistence.T + model.scale @ model.scale.T,
        atol=1e-15,
    )


def test_innovations_have_the_volatilities_and_correlations_of_the_case(tmp_path: Path) -> None:
    """Wages 2 % and prices 3 % with correlation 0.4: covariance 0.02 * 0.03 * 0.4 = 0.00024.

    Moving and enrolment 10 % each with -0.2: -0.002. All others are uncorrelated.
    """
    case = read_case(stochastic_case().write(tmp_path / "case"))
    drivers = scenario_model(case).drivers
    place = {name: number for number, name in enumerate(DRIVERS)}
    expected = np.diag([4e-4, 9e-4, 1e-4, 4e-4, 1e-2, 1e-2])
    assert list(place) == ["wage_growth", "medical_inflation", "interest", "morbidity",
                           "mobility", "participation"]  # fmt: skip
    expected[0, 1] = expected[1, 0] = 2.4e-4
    expected[4, 5] = expected[5, 4] = -2e-3
    np.testing.assert_allclose(drivers.scale @ drivers.scale.T, expected, atol=1e-16)
    np.testing.assert_allclose(drivers.volatility, [0.02, 0.03, 0.01, 0.02, 0.1, 0.1], rtol=1e-12)
    assert (np.triu(drivers.scale, 1) == 0).all()


def test_rotation_keeps_the_distribution_and_puts_the_largest_first(done: Study) -> None:
    model = scenario_model(done.case).drivers
    turn = model.rotation(10)
    np.testing.assert_allclose(turn @ turn.T, np.eye(60), atol=1e-12)
    points = pseudo_normals(1, 0, 3, (60,))
    np.testing.assert_allclose(rotated(points, turn), points @ turn.T, atol=1e-12)
    summed = np.zeros((10, 6, 10, 6))
    for t in range(10):
        for d in range(6):
            summed[t, d, slice(t if d in (2, 3) else 0, t + 1), d] = 1.0
    weights = summed.reshape(60, 60) @ model.response(10) @ turn
    size = (weights**2).sum(axis=0)
    assert (np.diff(size) <= 1e-12).all()
    assert size[:10].sum() > 0.9 * size.sum()


def test_kernel_matches_the_readable_flows(terms: ScenarioTerms) -> None:
    scratch = county_scratch(terms)
    events = 0
    for draw in draws(terms, 11, 5, 20):
        fill(scratch, terms, draw)
        events += int(draw.struck.any())
        got = (scratch.income, scratch.subsidies, scratch.claims, scratch.outgo)
        for mine, wanted in zip(got, readable_flows(terms, draw), strict=True):
            np.testing.assert_allclose(mine, wanted, rtol=1e-12)
    assert events > 5
    assert len(terms.kernel.tabled) > 0, "the small case should have pools with tables"


def test_without_any_variation_a_scenario_is_the_projection(tmp_path: Path) -> None:
    made = stochastic_case()
    made.settings["scenarios"] = still_section()
    for name in ("employee", "resident"):
        made.schemes[name]["rules"]["administration"]["value"] = 0.03
    own = study(read_case(made.write(tmp_path / "case")), years=6)
    terms = scenario_terms(own, noise=False)
    for scheme, level in (("employee", "county"), ("resident", "city"), ("employee", "province")):
        central = central_paths(own.pooled(level), scheme)
        sampled = sampled_paths(own, level, scheme, 2, seed=1, terms=terms)
        for name in ("contribution_base", "income", "subsidies", "outgo", "outstanding",
                     "outgo_next_year", "interest"):  # fmt: skip
            np.testing.assert_allclose(
                getattr(sampled, name)[1], getattr(central, name)[0], rtol=1e-12, err_msg=name
            )
        assert np.array_equal(sampled.opening_balance, central.opening_balance)
        assert np.array_equal(sampled.persons, central.persons)


def test_sampled_paths_are_a_function_of_the_scenario_number(
    done: Study, terms: ScenarioTerms
) -> None:
    whole = sampled_paths(done, "county", "employee", 12, seed=4, terms=terms)
    part = sampled_paths(done, "county", "employee", 3, seed=4, first=6, terms=terms)
    for name in ("contribution_base", "income", "outgo", "outstanding", "interest"):
        assert np.array_equal(getattr(whole, name)[6:9], getattr(part, name))
    early = sampled_paths(done, "county", "employee", 12, seed=4, terms=terms, years=2)
    for name in ("outgo", "outstanding", "outgo_next_year", "contribution_base", "interest"):
        np.testing.assert_array_equal(getattr(early, name), getattr(whole, name)[:, :2])
    assert early.persons.shape[0] == early.years.size == 2
    merged = sampled_paths(done, "province", "employee", 12, seed=4, terms=terms)
    np.testing.assert_allclose(whole.outgo.sum(axis=2), merged.outgo[..., 0], rtol=1e-12)
    other = sampled_paths(done, "county", "employee", 12, seed=5, terms=terms)
    assert not np.array_equal(whole.outgo, other.outgo)
    with pytest.raises(ValueError, match="same pools throughout"):
        sampled_paths(done, "county,city@2023", "employee", 1, seed=4, terms=terms)


def test_central_path_is_the_median_of_the_drivers(done: Study) -> None:
    own = scenario_terms(done, responses=no_responses(2, 8, 2))
    wages = np.array([draw.drivers[-1, 0] for draw in draws(own, 2, 0, 4_000)])
    assert np.median(wages) == pytest.approx(1.0, abs=4 * 1.25 * wages.std() / np.sqrt(4_000))


def test_a_case_without_scenarios_says_so(small) -> None:
    with pytest.raises(CaseError, match=r"scenarios") as caught:
        scenario_model(small)
    assert "case.toml" in str(caught.value.findings[0])


def test_correlations_that_contradict_are_found(tmp_path: Path) -> None:
    made = stochastic_case(
        correlation={
            "values": {
                "wage_growth:interest": 0.9,
                "wage_growth:morbidity": 0.9,
                "interest:morbidity": -0.9,
            },
            **SOURCE,
        },
        persistence={"values": {"interest:wage_growth": 0.99, "wage_growth:interest": 0.99,
                                "interest": 0.5}, **SOURCE},
    )  # fmt: skip
    made.settings["scenarios"]["catastrophes"]["epidemic"]["reach"] = "provinz"
    with pytest.raises(CaseError) as caught:
        read_case(made.write(tmp_path / "case"))
    columns = {finding.column for finding in caught.value.findings}
    assert columns == {
        "scenarios.correlation.values",
        "scenarios.persistence.values",
        "scenarios.catastrophes.epidemic.reach",
    }


def test_unknown_drivers_are_found(tmp_path: Path) -> None:
    made = stochastic_case(volatility={"values": {"wages": 0.1}, **SOURCE})
    with pytest.raises(CaseError, match="wages"):
        read_case(made.write(tmp_path / "case"))


def test_driver_model_reports_its_volatility() -> None:
    scale = np.linalg.cholesky(0.0004 * (np.eye(6) + 0.2 * np.ones((6, 6))))
    model = replace(DriverModel(np.zeros((6, 6)), np.eye(6)), scale=scale)
    np.testing.assert_allclose(model.volatility, np.sqrt(0.0004 * 1.2))
