"""Ages of care from official tables: stays and visits by sex and age, and repeated stays.

Nothing is published of China below 60; the shapes are those of Japan and Switzerland, and only
their relation between ages is used.
"""

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from fundpool.building.care import FloatArray, by_single_age
from fundpool.inputs.format.vocabulary import AGES, OLDEST_AGE, SEXES

DAYS_A_YEAR = 365.0
PERSONS = 100_000.0
HELD_FROM = 80
"""Age from which stays are held. In Japan they go on rising, with long stays that are nursing;
in China people of 80 and over are in hospital no more often than those of 70 to 79 (survey of 2013:
18.5 and 22.1 % of them in a year, topic ``admitted_in_a_year``)."""
OPEN_BAND = 25.0
"""Years taken for the oldest band of lengths of stay, whose middle is needed."""


def stays_by_age(care_ages: pd.DataFrame) -> FloatArray:
    """Hospital stays a person and year by sex and age, ``(2, 101)``.

    Patients on a day are stays a day times days of a stay: ``stays = patients * 365 / length``.
    The length is published for four bands of age; between the middles of the bands its logarithm
    follows a line. From :data:`HELD_FROM` on they are those of the year of age before.

    >>> import pandas as pd
    >>> rows = [("in_hospital_on_a_day", sex, 0, 1000.0) for sex in ("male", "female")]
    >>> rows += [("length_of_stay", "both", 0, 10.0)]
    >>> table = pd.DataFrame(rows, columns=["topic", "sex", "age_from", "value"])
    >>> float(stays_by_age(table)[0, 50].round(3))  # one in a hundred, 36.5 times a year
    0.365

    Args:
        care_ages: the national table ``care_ages``.
    """
    listed = care_ages[care_ages["topic"] == "length_of_stay"].sort_values("age_from")
    starts = listed["age_from"].to_numpy(dtype=float)
    ends = np.append(starts[1:], starts[-1] + OPEN_BAND)
    at_middle = np.log(listed["value"].to_numpy(dtype=float))
    length = np.exp(np.interp(np.arange(AGES) + 0.5, (starts + ends) / 2.0, at_middle))
    on_a_day = _by_sex(care_ages, "in_hospital_on_a_day")
    stays: FloatArray = on_a_day / PERSONS * DAYS_A_YEAR / length
    stays[:, HELD_FROM:] = stays[:, HELD_FROM - 1, None]
    return stays


def visits_by_age(care_ages: pd.DataFrame) -> FloatArray:
    """Outpatients on a day by sex and age, per person, ``(2, 101)``: the shape of visits."""
    return _by_sex(care_ages, "outpatients_on_a_day") / PERSONS


def _by_sex(care_ages: pd.DataFrame, topic: str) -> FloatArray:
    rows = care_ages[care_ages["topic"] == topic]
    result = np.empty((len(SEXES), AGES))
    for number, sex in enumerate(SEXES):
        of_sex = rows[rows["sex"] == sex].sort_values("age_from")
        result[number] = by_single_age(of_sex["age_from"].tolist(), of_sex["value"].tolist())
    return result


def repeated_share(mean: float, dispersion: float) -> float:
    """Share of those with a stay who have two or more, negative binomial number of stays.

    ``1 - P(1) / (1 - P(0))`` with ``P(0) = (1 + d m)^(-1/d)`` and ``P(1) = m P(0) / (1 + d m)``;
    Poisson for ``d = 0``.

    >>> round(repeated_share(0.2, 0.0), 3)
    0.097

    Args:
        mean: stays a person and year.
        dispersion: variance of a person's own frequency, relative to the mean squared.
    """
    spread = 1.0 + dispersion * mean
    none = np.exp(-mean) if dispersion == 0.0 else spread ** (-1.0 / dispersion)
    once = mean * none / spread
    return float(1.0 - once / (1.0 - none))


def dispersion_of(mean: float, share: float) -> float:
    """Dispersion at which a share of those with a stay have two or more; 0 if Poisson gives more.

    >>> round(repeated_share(0.2, dispersion_of(0.2, 0.248)), 6)
    0.248
    """
    if repeated_share(mean, 0.0) >= share:
        return 0.0
    most = 1.0
    while repeated_share(mean, most) < share:
        most *= 2.0
    return float(brentq(lambda d: repeated_share(mean, d) - share, 0.0, most, xtol=1e-12))


def repeated_stays(care_ages: pd.DataFrame, stays: FloatArray, people: FloatArray) -> pd.DataFrame:
    """Share of patients with two or more stays by age: published, Poisson, and the dispersion.

    Columns: ``age_from``, ``age_to``, ``mean`` (stays a person), ``published`` (of Switzerland),
    ``poisson`` and ``dispersion``.

    Args:
        care_ages: the national table ``care_ages``.
        stays: a person and year by sex and age, ``(2, 101)``.
        people: by sex and age, ``(2, 101)``.
    """
    by_topic = care_ages.pivot_table(index="age_from", columns="topic", values="value")
    once = by_topic["patients_with_1_stay"] / by_topic["patients"]
    once = once.dropna()
    starts = [int(start) for start in once.index]
    rows = []
    for start, end, share in zip(starts, [*starts[1:], OLDEST_AGE + 1], 1.0 - once, strict=True):
        inside = np.s_[:, start:end]
        mean = float((stays[inside] * people[inside]).sum() / people[inside].sum())
        rows.append(
            (start, end - 1, mean, share, repeated_share(mean, 0.0), dispersion_of(mean, share))
        )
    columns = ["age_from", "age_to", "mean", "published", "poisson", "dispersion"]
    return pd.DataFrame(rows, columns=columns)
