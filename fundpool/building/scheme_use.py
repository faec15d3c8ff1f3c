"""Use of care by scheme: relativities of its members, and costs of its claims, that meet a total.

What a scheme's members are expected to ask for follows from their ages, ties and covers; its
relativities and costs are scaled so that claims a member, and cost a claim, are those published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.building.care import FloatArray, by_single_age
from fundpool.inputs.format.vocabulary import AGES, SEXES, TIES

PAID_BY = {
    "employee": ("employee", "retired", "dual"),
    "resident": ("home_resident", "local_resident"),
}
"""Covers of the members whose care a scheme pays first."""
AWAY = {"inbound": ("home_resident",), "outbound": ("employee", "retired", "dual",
                                                    "local_resident")}  # fmt: skip
"""Covers that are those of another province, by tie."""
LIKE_RESIDENTS = ("none", "migrant", "rural_resident")
"""Covers scaled as the resident scheme's: it is where people in them come from."""


@dataclass(frozen=True)
class SchemeUse:
    """What a member of a scheme used in a year.

    Attributes:
        claims: a member, by kind of care.
        cost: of a claim, in money, by kind of care.
    """

    claims: Mapping[str, float]
    cost: Mapping[str, float]


def members_by_cover(
    coverage: pd.DataFrame, counties: Sequence[str], by_tie: FloatArray
) -> dict[str, FloatArray]:
    """People of the case's schemes by cover, each ``(5, 2, 101)`` by tie, sex and age.

    Args:
        coverage: the table ``coverage``.
        counties: codes.
        by_tie: people by county, tie, sex and age, ``(n, 5, 2, 101)``.
    """
    number = {code: place for place, code in enumerate(counties)}
    names = [cover for covers in PAID_BY.values() for cover in covers]
    result = {name: np.zeros((len(TIES), len(SEXES), AGES)) for name in names}
    columns = ("region", "tie", "sex", "age_from", "age_to", "cover", "share")
    for region, tie, sex, first, last, cover, share in zip(
        *(coverage[name].tolist() for name in columns), strict=True
    ):
        if cover not in result or cover in AWAY.get(tie, ()):
            continue
        place = (TIES.index(tie), SEXES.index(sex), slice(first, last + 1))
        result[cover][place] += share * by_tie[(number[region], *place)]
    return result


def expected_use(
    members: Mapping[str, FloatArray], tables: Mapping[str, pd.DataFrame], services: Sequence[str]
) -> pd.DataFrame:
    """Claims of a year, and their cost, by cover and service, as the tables of a case have them.

    Columns: ``cover``, ``service``, ``persons``, ``claims``, ``cost`` (of all claims, money).

    Args:
        members: people by cover, ``(5, 2, 101)``.
        tables: ``morbidity``, ``severity``, ``relativities`` and ``treatment``.
        services: of the case.
    """
    relative = tables["relativities"].set_index(["factor", "level", "service"])["relativity"]
    without = tables["treatment"].set_index(["regime", "tie", "service"])["forgone"]
    rows = []
    for service in services:
        listed = tables["morbidity"]
        listed = listed[listed["service"] == service].sort_values(["sex", "age"])
        frequency = np.stack(
            [listed.loc[listed["sex"] == sex, "frequency"].to_numpy(float) for sex in SEXES]
        )
        classes = tables["severity"]
        classes = classes[classes["service"] == service].sort_values("age_from")
        mean = by_single_age(classes["age_from"].tolist(), classes["mean"].tolist())
        by_tie = np.array([relative.get(("tie", tie, service), 1.0) for tie in TIES])
        given = 1.0 - np.array([float(without["direct", tie, service]) for tie in TIES])
        for cover, people in members.items():
            level = by_tie * relative.get(("status", cover, service), 1.0)
            if cover == "home_resident":
                level = level * given  # who is insured where they live goes without nothing
            claims = people * frequency * level[:, None, None]
            rows.append((cover, service, people.sum(), claims.sum(), (claims * mean).sum()))
    return pd.DataFrame(rows, columns=["cover", "service", "persons", "claims", "cost"])


def met_by_scheme(
    members: Mapping[str, FloatArray],
    tables: Mapping[str, pd.DataFrame],
    services: Sequence[str],
    use: Mapping[str, SchemeUse],
    like_residents: Sequence[str] = (),
) -> dict[str, pd.DataFrame]:
    """``relativities`` and ``scheme_costs`` at which each scheme's members use what is published.

    Args:
        members: people by cover, ``(5, 2, 101)``.
        tables: as for :func:`expected_use`.
        services: of the case; the first is outpatient care, the others are hospital stays.
        use: by scheme, of ``outpatient`` and ``inpatient``.
        like_residents: schemes that policies may add, whose claims cost what residents' do.
    """
    expected = expected_use(members, tables, services)
    care = {name: "inpatient" if number else "outpatient" for number, name in enumerate(services)}
    kind = expected["service"].map(care)
    scale: dict[tuple[str, str], float] = {}
    costs = []
    for scheme, covers in PAID_BY.items():
        of_scheme = expected["cover"].isin(covers)
        persons = sum(float(members[cover].sum()) for cover in covers)
        for name in dict.fromkeys(care.values()):
            inside = expected[of_scheme & (kind == name)]
            claims = float(inside["claims"].sum())
            scale |= {
                (cover, name): use[scheme].claims[name] * persons / claims
                for cover in (*covers, *(LIKE_RESIDENTS if scheme == "resident" else ()))
            }
            relative = use[scheme].cost[name] * claims / float(inside["cost"].sum())
            alike = (scheme, *like_residents) if scheme == "resident" else (scheme,)
            costs += [(each, service, round(relative, 4)) for each in alike
                      for service in services if care[service] == name]  # fmt: skip
    order = {name: place for place, name in enumerate((*PAID_BY, *like_residents))}
    costs.sort(key=lambda row: order[row[0]])
    known = tables["relativities"].set_index(["factor", "level", "service"])["relativity"]
    ties = tables["relativities"][tables["relativities"]["factor"] == "tie"]
    like = {cover: cover for cover, _ in scale} | {"retired_elsewhere": "retired"}
    status = [
        ("status", cover, service,
         round(known.get(("status", cover, service), 1.0) * scale[as_of, care[service]], 4))
        for cover, as_of in like.items()
        for service in services
    ]  # fmt: skip
    return {
        "relativities": pd.concat(
            [ties, pd.DataFrame(status, columns=list(ties.columns))], ignore_index=True
        ),
        "scheme_costs": pd.DataFrame(costs, columns=["scheme", "service", "relativity"]),
    }
