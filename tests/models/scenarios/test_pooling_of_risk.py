"""What pooling does to required reserves, against closed forms.

Counties that differ in nothing, income equal to expected outgo unless a drift is asked for.
"""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from fundpool.inputs.case import read_case
from fundpool.models.flows.responses import no_responses
from fundpool.models.funds.books import CareByLag, RecordedCare
from fundpool.models.projection.study import Study, study
from fundpool.models.risk.measures import pooling_gain, quantile_error, reserves_needed, risk_table
from fundpool.models.scenarios.run import run_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms
from tests.cases.small import given
from tests.cases.stochastic import SOURCE, like_counties

COUNTIES, YEARS = 16, 12
NOTHING = {"values": {}, **SOURCE}


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder: Path = tmp_path_factory.mktemp("alike") / "case"
    made = like_counties(
        COUNTIES, catastrophes={}, claims_overdispersion=given(0.0), interest_floor=given(-0.5)
    )
    made.settings["economy"]["interest"]["value"] = 0.0
    return study(read_case(made.write(folder)), years=YEARS)


def level_terms(done: Study, noise: bool, systematic: float) -> ScenarioTerms:
    """Terms whose yearly outgo is the same and paid at once, with income to meet it.

    The drivers' volatility is multiplied by ``systematic``.
    """
    own = scenario_terms(done, noise=noise, responses=no_responses(2, YEARS, COUNTIES))
    kernel = own.kernel
    parts = np.zeros_like(kernel.outgo_by_lag)
    parts[:, 0] = kernel.outgo_by_lag[:, :, :1].sum(axis=1)
    outgo = parts[:, 0]
    model = own.model
    drivers = replace(model.drivers, scale=systematic * model.drivers.scale)
    model = replace(model, drivers=drivers)
    return replace(
        own,
        model=model,
        kernel=kernel._replace(
            outgo_by_lag=parts,
            income=outgo,
            subsidies=np.zeros_like(outgo),
            spread=np.broadcast_to(kernel.spread[:, :1], outgo.shape).copy(),
            skew=np.broadcast_to(kernel.skew[:, :1], outgo.shape).copy(),
        ),
        opening=np.zeros_like(own.opening),
    )


def test_independent_counties_pool_by_the_square_root(alike: Study) -> None:
    terms = level_terms(alike, noise=True, systematic=0.0)
    run = run_scenarios(alike, ["county", "city", "province"], 4_000, 11, terms=terms)
    for scheme in ("employee", "resident"):
        one = run.outcomes["county", scheme].need
        single = reserves_needed(one, 0.05)
        error = quantile_error(one, 0.95)
        # a county's reserve: the mean of sixteen independent estimates of the same figure
        typical, tolerance = single.mean(), 4 * error.mean() / np.sqrt(COUNTIES)
        for plan, members in (("city", 4), ("province", COUNTIES)):
            merged = run.outcomes[plan, scheme].need
            wanted = np.sqrt(members) * typical
            slack = 4 * quantile_error(merged, 0.95) + np.sqrt(members) * tolerance
            # the skewness of a county's claims fades in the merged pool: at most 2 %
            assert (np.abs(reserves_needed(merged, 0.05) - wanted) < slack + 0.02 * wanted).all()
        assert single.sum() == pytest.approx(COUNTIES * typical)


def test_one_year_reserve_is_the_normal_quantile(alike: Study) -> None:
    terms = level_terms(alike, noise=True, systematic=0.0)
    run = run_scenarios(alike, ["province"], 20_000, 12, terms=terms)
    for number, scheme in enumerate(("employee", "resident")):
        first = run.outcomes["province", scheme].one_year
        outgo = terms.kernel.outgo_by_lag[number, 0, 0]
        spread, skew = terms.kernel.spread[number, 0], terms.kernel.skew[number, 0]
        deviation = np.sqrt((outgo**2 * (spread**2 + 2 * skew**2)).sum())
        wanted = norm.ppf(0.95) * deviation
        got = np.quantile(first, 0.95)
        assert abs(got - wanted) < 4 * quantile_error(first, 0.95)[0] + 0.01 * wanted
        # and the deviation itself is that of a compound Poisson number of claims
        table = risk_table(run, 0.05)
        own = table[table["scheme"] == scheme].iloc[0]
        tail = norm.pdf(norm.ppf(0.95)) / 0.05 * deviation
        assert own["tvar_one_year"] == pytest.approx(
            tail, abs=4 * own["tvar_one_year_error"] + 0.01 * tail
        )


def test_noise_of_a_county_is_compound_poisson(alike: Study) -> None:
    terms = level_terms(alike, noise=True, systematic=0.0)
    # exponential costs and a flat rate: E[Y^2] = 2 E[Y]^2
    for number, payment in enumerate((0.8 * 1000.0, 0.6 * 1000.0)):
        money = alike.flows.claims_incurred[number, 1, 0] / alike.flows.paths.medical_price[1]
        variation = np.sqrt(2.0 / (money / payment))
        spread, skew = terms.kernel.spread[number, 0, 0], terms.kernel.skew[number, 0, 0]
        assert np.sqrt(spread**2 + 2 * skew**2) == pytest.approx(variation, rel=1e-9)


def test_with_systematic_risk_only_pooling_gains_nothing(alike: Study) -> None:
    terms = level_terms(alike, noise=False, systematic=1.0)
    plans = ["county", "city", "province"]
    run = run_scenarios(alike, plans, 500, 13, terms=terms)
    table = pooling_gain(alike, run, run, 0.05).table
    assert (table["required_reserve"] > 0).all()
    assert (np.abs(table["gain"]) < 1e-9 * table["required_reserve"]).all()
    assert (table["noise"] == 0).all()


def test_with_both_risks_only_the_noise_is_gained(alike: Study) -> None:
    plans = ["county", "province"]
    run = run_scenarios(alike, plans, 2_000, 14, terms=level_terms(alike, True, 0.1))
    quiet = run_scenarios(alike, plans, 2_000, 14, terms=level_terms(alike, False, 0.1))
    table = pooling_gain(alike, run, quiet, 0.05).table.set_index(["plan", "scheme"])
    for scheme in ("employee", "resident"):
        own = table.loc[("province", scheme)]
        assert own["noise"] > 4 * own["gain_error"] > 0
        assert own["noise"] == pytest.approx(own["gain"], rel=1e-6)


def _as_in_the_base_year(care: RecordedCare, years: int) -> RecordedCare:
    """Claims that go on as in the base year."""
    usual = {
        field.name: np.repeat(getattr(care.usual, field.name)[:1], years + 1, axis=0)
        for field in fields(care.usual)
    }
    return RecordedCare(CareByLag(**usual), np.repeat(care.by_distance[:1], years + 1, axis=0))


def test_ruin_keeps_below_lundberg_and_meets_the_first_passage_formula(tmp_path: Path) -> None:
    """Normal yearly results with drift ``m`` and deviation ``s`` from a reserve ``u``.

    Lundberg: the chance of ever being ruined is below ``exp(-2 m u / s^2)``; looking at year ends
    only, Siegmund's correction adds ``0.5826 s`` to ``u``; within ``T`` years the chance is
    ``Phi(-(u + m T) / s sqrt T) + exp(-2 m u / s^2) Phi(-(u - m T) / s sqrt T)``.
    """
    years = 80
    made = like_counties(
        COUNTIES, catastrophes={}, claims_overdispersion=given(0.0), interest_floor=given(-0.5),
        volatility=NOTHING, correlation=NOTHING, persistence=NOTHING,
    )  # fmt: skip
    made.settings["economy"]["interest"]["value"] = 0.0
    done = study(read_case(made.write(tmp_path / "case")), years=years)
    short = scenario_terms(done, responses=no_responses(2, years, COUNTIES))
    outgo = np.repeat(
        short.kernel.outgo_by_lag[:, :1, :1].sum(axis=1, keepdims=True), years, axis=2
    )
    spread = np.repeat(short.kernel.spread[:, :1], years, axis=1)
    deviation = np.sqrt(((outgo[:, 0, 0] * spread[:, 0]) ** 2).sum(axis=1))
    drift = 0.15 * deviation
    income = outgo[:, 0] * (1.0 + (drift / outgo[:, 0, 0].sum(axis=1))[:, None, None])
    zero = np.zeros((2, 2, years, COUNTIES))
    terms = replace(
        short,
        kernel=short.kernel._replace(
            income=income, subsidies=np.zeros_like(income), outgo_by_lag=outgo, spread=spread,
            skew=np.zeros_like(spread), respond_income=zero, respond_subsidies=zero,
            respond_claims=zero,
        ),
        care=tuple(_as_in_the_base_year(care, years) for care in short.care),
        interest=np.zeros(years),
        memory=np.zeros((2, years, years)),
        years=np.arange(2021, 2021 + years),
    )  # fmt: skip
    scenarios = 20_000
    run = run_scenarios(done, ["province"], scenarios, 15, terms=terms)
    for number, scheme in enumerate(("employee", "resident")):
        need = run.outcomes["province", scheme].need[:, 0]
        for reserve in (3.0, 6.0, 9.0):
            u = reserve * deviation[number]
            ruined = (need > u).mean()
            slope = 2.0 * drift[number] / deviation[number] ** 2
            error = np.sqrt(ruined * (1 - ruined) / scenarios)
            assert ruined <= np.exp(-slope * u) + 3 * error
            # first passage of Brownian motion with drift within the horizon (inverse Gaussian)
            far = (u + 0.5826 * deviation[number]) / (deviation[number] * np.sqrt(years))
            pull = drift[number] * np.sqrt(years) / deviation[number]
            reach = reserve + 0.5826
            wanted = norm.cdf(-far - pull) + np.exp(-slope * reach * deviation[number]) * norm.cdf(
                -far + pull
            )
            assert ruined == pytest.approx(wanted, abs=4 * error + 0.02 * wanted)


def test_sobol_is_nearer_than_pseudo_random_numbers(alike: Study) -> None:
    quiet = level_terms(alike, noise=False, systematic=1.0)
    sobol = replace(quiet, model=replace(quiet.model, method="sobol"))
    exact = run_scenarios(alike, ["province"], 2**15, 99, terms=sobol)
    errors = {"pseudo": [], "sobol": []}
    for seed in range(6):
        for name, terms in (("pseudo", quiet), ("sobol", sobol)):
            run = run_scenarios(alike, ["province"], 1024, seed, terms=terms)
            for scheme in ("employee", "resident"):
                key = ("province", scheme)
                gap = run.outcomes[key].horizon.mean() / exact.outcomes[key].horizon.mean() - 1.0
                errors[name].append(gap)
    size = {name: np.sqrt(np.mean(np.square(gaps))) for name, gaps in errors.items()}
    assert size["pseudo"] > 4 * size["sobol"]
