"""Who is insured where in the base year: shares by county, tie, sex and age band."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.vocabulary import AGES, OLDEST_AGE, SEXES, TIES

FloatArray = NDArray[np.float64]
HIGHEST_SHARE = 0.95
"""No group is taken to be wholly in the employee scheme."""
COVERAGE = ["region", "tie", "sex", "age_from", "age_to", "cover", "share"]
"""Columns of the table ``coverage``."""


@dataclass(frozen=True)
class CoverAssumptions:
    """What is assumed of cover.

    Attributes:
        bands: first ages of the bands by sex; the last is the retirement age.
        working: for each band but the first and last, the employee share relative to all.
        employee_by_tie: employee share of working age relative to stayers.
        retired_by_tie: retired members relative to stayers.
        dual_share: share of employees who also hold the home resident scheme, by tie.
        local_share: share of those outside the employee scheme in the local resident scheme.
        outside_uninsured: share without cover of those registered or living outside the case.
        outbound_employee: share of working-age people living outside the case who are insured
            at work there.
    """

    bands: Mapping[str, tuple[int, ...]]
    working: tuple[float, ...]
    employee_by_tie: Mapping[str, float]
    retired_by_tie: Mapping[str, float]
    dual_share: Mapping[str, float]
    local_share: Mapping[str, float]
    outside_uninsured: float
    outbound_employee: float

    @classmethod
    def of(cls, assumed: Mapping[str, Any]) -> "CoverAssumptions":
        """From the entries ``cover_bands`` and ``cover_by_tie`` of a case's assumptions."""
        bands, shares = assumed["cover_bands"], assumed["cover_by_tie"]
        return cls(
            bands={sex: tuple(bands[sex]) for sex in SEXES},
            working=tuple(bands["working"]),
            employee_by_tie=shares["employee"],
            retired_by_tie=shares["retired"],
            dual_share=shares["dual"],
            local_share=shares["local"],
            outside_uninsured=shares["outside_uninsured"],
            outbound_employee=shares["outbound_employee"],
        )


def members_by_county(
    residents: FloatArray,
    city: NDArray[np.int64],
    product_per_head: FloatArray,
    non_farm_share: FloatArray,
    known_product: FloatArray,
    known_share: FloatArray,
) -> FloatArray:
    """Members of the employee scheme by county, ``(n,)``.

    The share of residents who are members is a power of a city's product per head, fitted by
    least squares to the places whose membership is published; within a city it follows the share
    of residents who work outside farming.

    Args:
        residents: by county, ``(n,)``.
        city: city of each county.
        product_per_head: by city, ``(m,)``.
        non_farm_share: workers outside farming as a share of residents, by county.
        known_product: product per head where membership is known, ``(k,)``.
        known_share: membership there, ``(k,)``.
    """
    slope, level = np.polyfit(np.log(known_product), np.log(known_share), 1)
    share = np.exp(level + slope * np.log(product_per_head))
    weight = residents * non_farm_share
    by_city = np.bincount(city, weight, minlength=product_per_head.size)
    total = share * np.bincount(city, residents, minlength=product_per_head.size)
    return np.asarray(total[city] * weight / by_city[city])


def band_totals(people: FloatArray, bands: Mapping[str, tuple[int, ...]]) -> list[FloatArray]:
    """People by sex and band: for each sex an array ``(..., bands)`` from ``(..., 2, 101)``."""
    return [
        np.add.reduceat(people[..., sex_index, :], np.array(bands[sex]), axis=-1)
        for sex_index, sex in enumerate(SEXES)
    ]


def coverage_table(
    counties: list[str],
    by_tie: FloatArray,
    members: FloatArray,
    active_share: float,
    insured: float,
    assumed: CoverAssumptions,
) -> tuple[pd.DataFrame, float]:
    """The table ``coverage``, and the share uninsured among those outside the employee scheme.

    Args:
        counties: codes.
        by_tie: people by county, tie, sex and age, ``(n, 5, 2, 101)``; outbound by home.
        members: members of the employee scheme by county, ``(n,)``.
        active_share: share of members who pay.
        insured: people insured in the case in all; fixes the share of uninsured.
        assumed: assumptions.

    Raises:
        ValueError: more insured than people.
    """
    employee = _employee_shares(by_tie, members * active_share, assumed)
    retired = _retired_shares(by_tie, members * (1.0 - active_share), assumed)
    people = band_totals(by_tie, assumed.bands)
    in_scheme = rest_home = other = 0.0
    for sex in range(len(SEXES)):
        in_employee_scheme = people[sex] * (employee[sex] + retired[sex])
        rest = people[sex] - in_employee_scheme
        for tie_index, tie in enumerate(TIES):
            if tie in ("stayer", "within", "between"):
                in_scheme += in_employee_scheme[:, tie_index].sum()
                rest_home += rest[:, tie_index].sum()
            elif tie == "inbound":
                in_scheme += in_employee_scheme[:, tie_index].sum()
                other += (
                    rest[:, tie_index].sum()
                    * (1.0 - assumed.outside_uninsured)
                    * assumed.local_share[tie]
                )
            else:
                other += rest[:, tie_index].sum() * (1.0 - assumed.outside_uninsured)
    covered = (insured - in_scheme - other) / rest_home
    if not 0.0 < covered <= 1.0:
        raise ValueError(
            f"{insured:.0f} insured do not fit: {in_scheme + other:.0f} are in other schemes and "
            f"{rest_home:.0f} are left"
        )
    uninsured = 1.0 - covered
    return _rows(counties, employee, retired, uninsured, assumed), uninsured


def _employee_shares(
    by_tie: FloatArray, active: FloatArray, assumed: CoverAssumptions
) -> list[FloatArray]:
    """Share employed in the scheme by county, tie and band, one array a sex."""
    people = band_totals(by_tie, assumed.bands)
    relative = []
    for sex in range(len(SEXES)):
        bands = people[sex].shape[-1]
        pattern = np.zeros((len(TIES), bands))
        for tie_index, tie in enumerate(TIES):
            level = 0.0 if tie == "outbound" else assumed.employee_by_tie[tie]
            pattern[tie_index, 1:-1] = level * np.array(assumed.working)
        relative.append(pattern)
    low, high = np.zeros(active.size), np.full(active.size, 50.0)
    for _ in range(80):  # bisection on the level: shares are capped, so it is not linear
        middle = (low + high) / 2
        total = np.zeros(active.size)
        for sex in range(len(SEXES)):
            share = np.minimum(middle[:, None, None] * relative[sex], HIGHEST_SHARE)
            total += (people[sex] * share).sum(axis=(1, 2))
        low, high = np.where(total < active, middle, low), np.where(total < active, high, middle)
    shares = [np.minimum(high[:, None, None] * pattern, HIGHEST_SHARE) for pattern in relative]
    outbound = TIES.index("outbound")
    for share in shares:
        share[:, outbound, 1:-1] = assumed.outbound_employee
    return shares


def _retired_shares(
    by_tie: FloatArray, retired: FloatArray, assumed: CoverAssumptions
) -> list[FloatArray]:
    people = band_totals(by_tie, assumed.bands)
    weight = np.array([assumed.retired_by_tie.get(tie, 0.0) for tie in TIES])
    eligible = sum((people[sex][..., -1] * weight).sum(axis=1) for sex in range(len(SEXES)))
    level = np.minimum(retired / np.asarray(eligible), HIGHEST_SHARE / weight.max())
    shares = []
    for sex in range(len(SEXES)):
        share = np.zeros(people[sex].shape)
        share[..., -1] = level[:, None] * weight
        shares.append(share)
    return shares


def _rows(
    counties: list[str],
    employee: list[FloatArray],
    retired: list[FloatArray],
    uninsured: float,
    assumed: CoverAssumptions,
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for county, code in enumerate(counties):
        for tie_index, tie in enumerate(TIES):
            for sex_number, sex in enumerate(SEXES):
                starts = assumed.bands[sex]
                ends = (*(start - 1 for start in starts[1:]), OLDEST_AGE)
                for band, (start, end) in enumerate(zip(starts, ends, strict=True)):
                    at_work = float(employee[sex_number][county, tie_index, band])
                    pension = float(retired[sex_number][county, tie_index, band])
                    dual = at_work * assumed.dual_share.get(tie, 0.0)
                    rest = 1.0 - at_work - pension
                    away = tie in ("inbound", "outbound")
                    none = rest * (assumed.outside_uninsured if away else uninsured)
                    local = (rest - none) * assumed.local_share.get(tie, 0.0)
                    shares = {
                        "none": none,
                        "local_resident": local,
                        "employee": at_work - dual,
                        "retired": pension,
                        "dual": dual,
                    }
                    shares = {name: round(share, 6) for name, share in shares.items()}
                    shares["home_resident"] = round(1.0 - sum(shares.values()), 6)
                    rows += rows_of_group((code, tie, sex, start, end), shares)
    return pd.DataFrame(rows, columns=COVERAGE)


def rows_of_group(
    group: tuple[object, ...], shares: Mapping[str, float]
) -> list[tuple[object, ...]]:
    """Rows of the table ``coverage`` for region, tie, sex and ages; empty shares are left out."""
    return [(*group, status, share) for status, share in sorted(shares.items()) if share > 0]


def people_by_tie(residents: FloatArray, stocks: FloatArray, profiles: FloatArray) -> FloatArray:
    """People by county, tie, sex and age, ``(n, 5, 2, 101)``: migrants by profile, rest stayers.

    Args:
        residents: by county, sex and age, ``(n, 2, 101)``.
        stocks: by county and tie (within, between, inbound, outbound), ``(n, 4)``.
        profiles: by tie, sex and age, ``(4, 2, 101)``, each summing to one.
    """
    n = residents.shape[0]
    result = np.zeros((n, len(TIES), len(SEXES), AGES))
    result[:, 1:] = stocks[:, :, None, None] * profiles
    arrived = result[:, 1:4].sum(axis=1)
    # where the pattern asks for more migrants of an age than live there, all are migrants
    scale = ratio(residents, arrived, 1.0)
    result[:, 1:4] *= np.minimum(scale, 1.0)[:, None]
    result[:, 0] = residents - result[:, 1:4].sum(axis=1)
    return result
