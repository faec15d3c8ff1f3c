"""Who is insured where at the end of 2009.

Published are the members of each scheme in the province and the share of migrant workers insured
where they work, by industry. Stayers and people moved within a city are in the employee scheme as
often as the industries of their county have contracts; people from other cities and provinces as
often as migrant workers are insured; the rest are insured at home, so that the members of the
rural and the resident scheme are met.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.building import cover
from fundpool.building.jiangsu.people import People
from fundpool.building.jiangsu.published import FloatArray
from fundpool.building.jiangsu_2009.published import BASE_YEAR, Published2009
from fundpool.inputs.format.vocabulary import OLDEST_AGE, SEXES, TIES

PROVINCE = "320000"
LOCAL, AWAY = ("stayer", "within"), ("between", "inbound")
HIGHEST = 50.0


@dataclass(frozen=True)
class Insured:
    """Cover of the base year.

    Attributes:
        shares: by sex, for each status the share by county, tie and band, ``(n, 5, bands)``.
        bands: first ages by sex.
        rural: share of those insured at home who are in the rural scheme, by home, ``(n,)``.
        members: of the employee scheme by county, ``(n,)``.
        special: members of the scheme for migrant workers, in all.
        at_home: people insured at home by home county, ``(n,)``.
    """

    shares: list[dict[str, FloatArray]]
    bands: dict[str, tuple[int, ...]]
    rural: FloatArray
    members: FloatArray
    special: float
    at_home: FloatArray


def rural_members(published: Published2009) -> float:
    """Members of the rural scheme: those of 2011 by the nation's change since."""
    later = published.fund("rural_cooperative", PROVINCE, 2011, "participants")
    nation = [
        published.fund("rural_cooperative", "nation", year, "participants")
        for year in (BASE_YEAR, 2011)
    ]
    return later * nation[0] / nation[1]


def migrants_insured(published: Published2009) -> float:
    """Share of migrant workers insured in the towns where they work."""
    return published.of_migrants(
        "insured_urban_scheme", "migrant workers", BASE_YEAR
    ) / published.of_migrants("migrant_workers", "all", BASE_YEAR)


def insured_by_industry(published: Published2009) -> FloatArray:
    """Share of a county's migrant workers insured at work by its industries, ``(n,)``.

    Industries of which nothing is published have the share of all.
    """
    table = published.table("migrants")
    known = table[(table["measure"] == "insured_at_work") & (table["year"] == 2011)]
    share = known.set_index("group")["value"].astype(float)
    of_industry = np.array([share.get(name, share["all"]) for name in published.industries])
    return np.asarray(published.non_farm_mix @ of_industry)


def contracts_by_county(published: Published2009) -> FloatArray:
    """Adults who work with a contract by the industries of their county, shares ``(n,)``."""
    contract = np.array(
        [published.assumed("industry_contract")[name] for name in published.industries]
    )
    workers = published.units[published.industries].to_numpy(float)
    return np.asarray(workers @ contract / published.units["adults"].to_numpy(float))


def level_for(wanted: float, total: Callable[[float], float]) -> float:
    """The level at which a total that rises with it is met, by bisection.

    >>> round(level_for(6.0, lambda level: 2.0 * level), 9)
    3.0

    Raises:
        ValueError: the highest level does not reach the total.
    """
    low, high = 0.0, HIGHEST
    if total(high) < wanted:
        raise ValueError(f"{wanted:.0f} members do not fit: there are {total(high):.0f} people")
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if total(middle) < wanted else (low, middle)
    return high


def insured(published: Published2009, people: People) -> Insured:
    """Cover of the base year by county, tie, sex and band."""
    assumed = published.assumptions
    bands = {sex: tuple(assumed["cover_bands"][sex]) for sex in SEXES}
    pattern = np.array([0.0, *assumed["cover_bands"]["working"], 0.0])
    persons = cover.band_totals(people.by_tie, bands)
    ties = {name: np.array([TIES.index(tie) for tie in group])
            for name, group in (("local", LOCAL), ("away", AWAY))}  # fmt: skip
    at_work = [np.zeros(numbers.shape) for numbers in persons]

    def filled(group: str, by_county: FloatArray) -> Callable[[float], FloatArray]:
        """Members by county at a level; their shares are left in ``at_work``."""

        def fill(level: float) -> FloatArray:
            share = np.minimum(level * by_county[:, None, None] * pattern, cover.HIGHEST_SHARE)
            members = np.zeros(by_county.size)
            for sex, numbers in enumerate(persons):
                at_work[sex][:, ties[group]] = share
                members += (numbers[:, ties[group]] * share).sum(axis=(1, 2))
            return members

        return fill

    working_age = sum(numbers[:, ties["away"], 1:-1].sum() for numbers in persons)
    employed = published.assumed("migrants_employed")
    away = filled("away", insured_by_industry(published))
    goal = migrants_insured(published) * employed * float(working_age)
    insured_away = away(level_for(goal, lambda level: float(away(level).sum())))
    special = published.assumed("special_scheme_share")
    local = filled("local", contracts_by_county(published))
    active = published.fund("employee", PROVINCE, BASE_YEAR, "participants_active")
    wanted = active - (1.0 - special) * float(insured_away.sum())
    members = local(level_for(wanted, lambda level: float(local(level).sum())))
    for share in at_work:
        share[:, TIES.index("outbound")] = migrants_insured(published) * employed * (pattern > 0)
    pensions = _pensions(published, persons)
    shares, at_home, rural = _at_home(published, people, persons, at_work, pensions)
    retired = sum((persons[sex] * pensions[sex]).sum(axis=(1, 2)) for sex in range(len(SEXES)))
    return Insured(
        shares, bands, rural, members + (1.0 - special) * insured_away + retired,
        special * float(insured_away.sum()), at_home,
    )  # fmt: skip


def _pensions(published: Published2009, persons: list[FloatArray]) -> list[FloatArray]:
    """Share of retired members: stayers past retirement age, as town-dwellers by registration."""
    town = 1.0 - published.census["rural_share"].to_numpy(float)
    index = np.array([TIES.index(tie) for tie in LOCAL])
    old = sum(numbers[:, index, -1].sum(axis=1) for numbers in persons)
    retired = published.fund("employee", PROVINCE, BASE_YEAR, "participants_retired")

    def share(level: float) -> FloatArray:
        return np.minimum(level * town, cover.HIGHEST_SHARE)

    level = level_for(retired, lambda level: float((old * share(level)).sum()))
    result = []
    for numbers in persons:
        pension = np.zeros(numbers.shape)
        pension[:, index, -1] = share(level)[:, None]
        result.append(pension)
    return result


def _at_home(
    published: Published2009, people: People, persons: list[FloatArray],
    at_work: list[FloatArray], pensions: list[FloatArray],
) -> tuple[list[dict[str, FloatArray]], FloatArray, FloatArray]:  # fmt: skip
    """Shares of every status, people insured at home by home, and the rural part of them."""
    special, dual = published.assumed("special_scheme_share"), published.assumed("dual_share")
    in_special, both, local = (np.zeros((len(TIES), 1)) for _ in range(3))
    for tie in AWAY:
        in_special[TIES.index(tie)] = special
        both[TIES.index(tie)] = (1.0 - special) * dual
        local[TIES.index(tie)] = published.assumed("local_scheme_share")
    rest = [1.0 - work - pension for work, pension in zip(at_work, pensions, strict=True)]
    inbound = TIES.index("inbound")
    ours = np.array([tie != inbound for tie in range(len(TIES))])
    resident = published.fund("resident", PROVINCE, BASE_YEAR, "participants")
    rural = rural_members(published)
    numbers = range(len(SEXES))
    doubly = sum(float((persons[s] * at_work[s] * both)[:, ours].sum()) for s in numbers)
    locally = sum(float((persons[s] * rest[s] * local).sum()) for s in numbers)
    room = sum(float((persons[s] * rest[s] * (1.0 - local))[:, ours].sum()) for s in numbers)
    covered = (rural + resident - doubly - locally) / room
    if not 0.0 < covered <= 1.0:
        raise ValueError(f"{covered:.3f} of the people left would be insured at home")
    insured_at_home = np.full((len(TIES), 1), covered)
    insured_at_home[inbound] = published.assumed("outside_insured")
    shares = []
    for s in numbers:
        home = rest[s] * (1.0 - local) * insured_at_home
        shares.append(
            {
                "employee": at_work[s] * (1.0 - in_special - both),
                "dual": at_work[s] * both,
                "migrant": at_work[s] * in_special,
                "retired": pensions[s],
                "local_resident": rest[s] * local,
                "home_resident": home,
            }
        )
    by_place = sum(
        (persons[s] * (shares[s]["home_resident"])).sum(axis=2) for s in numbers
    )  # (n, 5)
    at_home = _by_home(published, people, np.asarray(by_place))
    return shares, at_home, _rural(published, at_home, rural - doubly)


def _by_home(published: Published2009, people: People, by_place: FloatArray) -> FloatArray:
    """People insured at home by home county, ``(n,)``, from counts by residence and tie."""
    same = published.city[:, None] == published.city[None, :]
    result = by_place[:, TIES.index("stayer")] + by_place[:, TIES.index("outbound")]
    for tie, pairs in (("within", same), ("between", ~same)):
        stock = people.migrants.between * pairs
        share = ratio(by_place[:, TIES.index(tie)], stock.sum(axis=0))
        result = result + stock @ share
    return np.asarray(result)


def _rural(published: Published2009, at_home: FloatArray, wanted: float) -> FloatArray:
    """Rural share by home: odds in proportion to those of rural registration, total met."""
    registered = published.census["rural_share"].to_numpy(float)
    odds = registered / np.maximum(1.0 - registered, 1e-6)

    def share(level: float) -> FloatArray:
        return np.asarray(level * odds / (1.0 + level * odds))

    return share(level_for(wanted, lambda level: float((at_home * share(level)).sum())))


def coverage_table(counties: list[str], base: Insured) -> pd.DataFrame:
    """The table ``coverage``; what no scheme covers is ``none``."""
    rows: list[tuple[object, ...]] = []
    for county, code in enumerate(counties):
        for tie_index, tie in enumerate(TIES):
            for sex_number, sex in enumerate(SEXES):
                starts = base.bands[sex]
                ends = (*(start - 1 for start in starts[1:]), OLDEST_AGE)
                for band, (start, end) in enumerate(zip(starts, ends, strict=True)):
                    shares = {
                        status: round(float(values[county, tie_index, band]), 6)
                        for status, values in base.shares[sex_number].items()
                    }
                    shares["none"] = round(1.0 - sum(shares.values()), 6)
                    rows += cover.rows_of_group((code, tie, sex, start, end), shares)
    return pd.DataFrame(rows, columns=cover.COVERAGE)
