"""Fitting the drivers: back to the model that made the history."""

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.models.scenarios.compiled import autoregression
from fundpool.models.scenarios.draws import pseudo_normals
from fundpool.models.scenarios.fit import fit_drivers
from fundpool.models.scenarios.model import DriverModel


def _history(years: int, seed: int = 1) -> tuple[pd.DataFrame, DriverModel, np.ndarray]:
    draw = np.random.default_rng(seed)
    persistence = 0.5 * np.eye(6)
    persistence[5, 0] = 0.3
    scale = 0.02 * np.linalg.cholesky(0.7 * np.eye(6) + 0.3)
    mean = np.array([0.05, 0.06, 0.02, 0.0, 0.0, 0.0])
    normals = draw.standard_normal((1, years, 6))
    values = mean + autoregression(normals, persistence, scale)[0]
    frame = pd.DataFrame(values, columns=list(DRIVERS))
    return frame.assign(year=range(1900, 1900 + years)), DriverModel(persistence, scale), mean


def test_a_long_history_gives_its_model_back() -> None:
    history, model, mean = _history(20_000)
    fit = fit_drivers(history)
    assert (np.abs(fit.model.persistence - model.persistence) < 5 * fit.error).all()
    np.testing.assert_allclose(fit.mean, mean, atol=2e-3)
    np.testing.assert_allclose(
        fit.model.scale @ fit.model.scale.T, model.scale @ model.scale.T, atol=2e-5
    )


def test_standard_errors_cover() -> None:
    inside = []
    for seed in range(60):
        history, model, _ = _history(200, seed)
        fit = fit_drivers(history)
        inside.append(np.abs(fit.model.persistence - model.persistence) < 1.96 * fit.error)
    assert 0.9 < np.mean(inside) < 0.98


def test_drivers_without_a_history_do_not_vary() -> None:
    history, _, _ = _history(40)
    fit = fit_drivers(history[["year", "wage_growth", "medical_inflation"]])
    assert (fit.model.volatility[2:] == 0).all()
    assert (fit.model.volatility[:2] > 0).all()
    paths = autoregression(pseudo_normals(1, 0, 5, (8, 6)), fit.model.persistence, fit.model.scale)
    assert (paths[..., 2:] == 0).all()


def test_without_spillover_every_driver_stands_alone() -> None:
    history, _, _ = _history(30)
    fit = fit_drivers(history, spillover=False)
    assert (fit.model.persistence == np.diag(np.diag(fit.model.persistence))).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda h: h.rename(columns={"interest": "intrest"}), "intrest"),
        (lambda h: h.drop(index=5), "gaps"),
        (lambda h: h.assign(interest=np.nan), "number"),
        (lambda h: h.head(6), "too few"),
        (lambda h: h.assign(wage_growth=np.arange(40.0) ** 2), "drifts"),
    ],
)
def test_bad_histories_are_refused(change, words: str) -> None:
    history, _, _ = _history(40)
    with pytest.raises(ValueError, match=words):
        fit_drivers(change(history))
