"""How people of a coverage status divide into the statuses that a case names.

The share of a named status among the people of its kind is that of the base year by tie, place,
sex and age band, throughout: people move, age and change their cover by kind, so that a step of
the population knows nothing of names. With ``w[v]`` the share of the named status ``v`` among
people of kind ``k``, what they pay over another contributor is ``sum_v w[v] pays[v]``, and the
share whom the scheme covers ``sum_v w[v]`` over those that are not outside.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.axes.statuses import (
    HOME_RESIDENT,
    LOCAL_RESIDENT,
    RETIRED,
    RETIRED_ELSEWHERE,
    K,
    Status,
)


@dataclass(frozen=True)
class NamedShares:
    """Named statuses of a case, ``V`` of them.

    Attributes:
        names: as the case calls them.
        kind: coverage status that each is a part of, ``(V,)``.
        pays: contribution over that of another contributor, ``(V,)``; 0 of those outside.
        covered: whether a scheme of the case covers them, ``(V,)``.
        care: frequency of their claims over that of the kind, ``(V, C)``.
        shares: of the people of the kind, ``(V, rows, bands)``; rows and bands as
            :class:`fundpool.models.coverage.base_year.BaseCoverage` has them.
    """

    names: tuple[str, ...]
    kind: IntArray
    pays: FloatArray
    covered: BoolArray
    care: FloatArray
    shares: FloatArray

    def mean(self, values: FloatArray) -> FloatArray:
        """Mean of a value of each named status over people of a kind, ``(rows, bands, K)``.

        One for kinds that are not divided; retired members living elsewhere are divided as the
        retired are.

        Args:
            values: of each named status, ``(V,)``.
        """
        result = np.ones((*self.shares.shape[1:], K))
        for kind in np.unique(self.kind):
            here = self.kind == kind
            result[..., kind] = np.tensordot(values[here], self.shares[here], axes=1)
        result[..., RETIRED_ELSEWHERE] = result[..., RETIRED]
        return result


def status_at_home(case: Case) -> int:
    """Status of people whom nothing but their home insures: dependants' where only they are.

    >>> from fundpool import examples
    >>> status_at_home(examples.case()) == HOME_RESIDENT
    True
    """
    statuses = {status for scheme in case.schemes for status in scheme.statuses_covered}
    at_home = statuses & {"home_resident", "rural_resident"}
    return LOCAL_RESIDENT if case.settings.has_dependants and not at_home else HOME_RESIDENT


def kind_of_cover(case: Case) -> dict[str, int]:
    """Number of the coverage status that a word of the column ``cover`` is, or is a part of.

    >>> from fundpool import examples
    >>> kind_of_cover(examples.case())["none"]
    0
    """
    kinds = {name: Status.of(name).value for name in STATUSES}
    return kinds | {
        name: Status.of(status.kind).value for name, status in case.settings.statuses.items()
    }


def named_shares(
    case: Case, table: pd.DataFrame, place: tuple[IntArray, IntArray], size: tuple[int, int]
) -> NamedShares | None:
    """How statuses divide into those that a case names; None if it names none.

    A row and band without anybody of a kind, in which some may come to live, takes the mean of the
    kind in the band, and where nobody of the band has it, of all bands.

    Args:
        case: the case.
        table: its table ``coverage``.
        place: row and band of each line of the table.
        size: number of rows and bands.
    """
    statuses = case.settings.statuses
    if not statuses:
        return None
    names = tuple(statuses)
    number = {name: v for v, name in enumerate(names)}
    kind = np.array([Status.of(statuses[name].kind).value for name in names], dtype=np.int64)
    of_all = np.zeros((len(names), *size))
    said = table["cover"].isin(names).to_numpy()
    named = table["cover"][said].map(number).to_numpy(dtype=np.int64)
    rows, bands = (index[said] for index in place)
    np.add.at(of_all, (named, rows, bands), table["share"][said].to_numpy(dtype=float))
    shares = np.empty_like(of_all)
    for each in np.unique(kind):
        here = kind == each
        part = of_all[here]
        whole = _of_whole(part.sum(axis=(1, 2), keepdims=True), 1.0 / here.sum())
        in_band = _of_whole(part.sum(axis=1, keepdims=True), whole)
        shares[here] = _of_whole(part, in_band)
    covered = np.array([not statuses[name].outside for name in names])
    pays = np.array([statuses[name].payment for name in names])
    return NamedShares(names, kind, pays, covered, _relative_care(case, names), shares)


def _relative_care(case: Case, names: tuple[str, ...]) -> FloatArray:
    """Relativities of named statuses, ``(V, C)``; one where the table lists none."""
    table = case.tables["relativities"]
    mine = table[(table["factor"] == "status") & table["level"].isin(names)]
    result = np.ones((len(names), len(case.services)))
    number = {name: v for v, name in enumerate(names)}
    rows = [number[level] for level in mine["level"]]
    columns = [case.services.index(service) for service in mine["service"]]
    result[rows, columns] = mine["relativity"].to_numpy(dtype=float)
    return result


def _of_whole(part: FloatArray, otherwise: FloatArray | float) -> FloatArray:
    """Shares along the first axis; ``otherwise`` where all of them are zero."""
    total = part.sum(axis=0)
    return np.where(total > 0, ratio(part, total, 0.0), otherwise)
