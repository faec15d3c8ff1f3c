"""A made-up bureau's records, drawn from known parameters."""

import numpy as np
import pandas as pd

from fundpool.actuarial.severity import Gamma, Lognormal

FREQUENCY = {"outpatient": 4.0, "inpatient": 0.25}
"""Claims a person-year of people under 40; twice as many of older ones."""
MEAN = {"outpatient": 200.0, "inpatient": 9000.0}
CV = {"outpatient": 0.6, "inpatient": 1.2}
DISPERSION = 0.5
DELAYS = (0.5, 0.3, 0.15, 0.05)
"""Shares of claims booked in the month of service and those after it."""
FIRST, LAST = "2019-01-01", "2020-12-31"


def bureau(persons: int = 3000, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members and claims of two counties over two years."""
    rng = np.random.default_rng(seed)
    birth = np.datetime64("1930-01-01") + rng.integers(0, 30_000, persons)
    start = np.datetime64("2018-06-01") + rng.integers(0, 500, persons)
    end = np.datetime64("2020-01-01") + rng.integers(0, 500, persons)
    members = pd.DataFrame(
        {
            "person": [f"P{number:06}" for number in range(persons)],
            "region": np.where(rng.random(persons) < 0.7, "ash", "birch"),
            "birth": birth.astype(str),
            "sex": np.where(rng.random(persons) < 0.5, "male", "female"),
            "status": np.where(rng.random(persons) < 0.6, "employee", "home_resident"),
            "start": start.astype(str),
            "end": np.where(end > np.datetime64("2021-01-31"), "", end.astype(str)),
        }
    )
    begin = np.maximum(start, np.datetime64(FIRST))
    stop = np.minimum(end, np.datetime64(LAST))
    days = np.maximum((stop - begin).astype(int) + 1, 0)
    older = (np.datetime64("2020-01-01") - birth).astype(int) >= 40 * 365
    rows = []
    made = {"outpatient": Gamma, "inpatient": Lognormal}
    for service, frequency in FREQUENCY.items():
        frailty = rng.gamma(1 / DISPERSION, DISPERSION, persons)
        number = rng.poisson(frequency * (1 + older) * frailty * days / 365.25)
        person = np.repeat(np.arange(persons), number)
        day = begin[person] + (rng.random(len(person)) * days[person]).astype(int)
        delay = rng.choice(len(DELAYS), len(person), p=DELAYS)
        booked = (day.astype("M8[M]") + delay).astype("M8[D]") + 27
        costs = made[service].from_mean_cv(MEAN[service], CV[service])
        rows.append(
            pd.DataFrame(
                {
                    "person": members["person"].to_numpy()[person],
                    "service": service,
                    "date": day.astype(str),
                    "booked": np.maximum(booked, day).astype(str),
                    "cost": costs.sample(rng, len(person)),
                }
            )
        )
    claims = pd.concat(rows, ignore_index=True)
    return members, claims[claims["booked"] <= LAST].reset_index(drop=True)
