"""Claims, each with county, sex and age of the person that it is of."""

import numpy as np
import pandas as pd

from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import OLDEST_AGE, SEXES
from fundpool.inputs.records.members import Members, shared_among_ages
from fundpool.inputs.records.reading import Rows, dates_of

LIFT = 10_000_000
"""More days than lie between any two dates, to keep persons apart in one sorted row."""


def claims_of(rows: Rows, members: Members, names: pd.Index) -> pd.DataFrame:
    """Claims that are of somebody insured.

    Args:
        rows: claims; takes what is set aside.
        members: who was insured.
        names: pseudonyms by number; empty where members are counts.

    Returns:
        region, sex, age, care_region, service, number (of claims), cost (of all), first and last
        day, booked (day or ``NaT``), ``member``: row of the members' groups, -1 where not known.
        ``finest`` in ``attrs`` is what the dates name: day, month or year.

    Raises:
        CaseError: dates that cannot be read, or claims that name nobody.
    """
    frame = rows.frame
    frame["number"] = frame["claims"].astype(float) if "claims" in frame else 1.0
    frame["cost"] = frame["cost"].astype(float)
    first, last, kind = dates_of(rows, "date")
    frame["_first"], frame["_last"] = first, last
    frame["_booked"] = np.full(len(frame), "NaT", "M8[D]")
    if "booked" in frame:
        frame["_booked"] = dates_of(rows, "booked")[1]
    rows.drop(frame["_first"].isna(), Message("a date of service"),
              Message("Rows set aside: the date is blank."))  # fmt: skip
    rows.drop(~(rows.frame["cost"] > 0), Message("a cost above 0"),
              Message("Rows set aside: no cost, or a reversal."))  # fmt: skip
    rows.drop(~(rows.frame["number"] > 0), Message("a number of claims above 0"),
              Message("Rows set aside: no claim."))  # fmt: skip
    early = rows.frame["_booked"].to_numpy() < rows.frame["_first"].to_numpy()
    rows.drop(early, Message("a claim that is booked after the service"),
              Message("Rows set aside: booked before the service."))  # fmt: skip
    if "person" in rows.frame and not members.are_counts:
        claims = _joined(rows, members, names)
    else:
        claims = _counted(rows)
    for column in ("region", "care_region"):
        if column not in claims:
            claims[column] = claims.get("region", "")
    claims["care_region"] = claims["care_region"].replace("", np.nan).fillna(claims["region"])
    wanted = ["region", "sex", "age", "care_region", "service", "number", "cost", "_first",
              "_last", "_booked", "member", "person_number"]  # fmt: skip
    result = claims[wanted].rename(columns=lambda name: name.lstrip("_"))
    result.attrs["finest"] = kind
    return result


def _joined(rows: Rows, members: Members, names: pd.Index) -> pd.DataFrame:
    """Claims with the spell of the person that holds their date."""
    numbers = names.get_indexer(pd.Index(rows.frame["person"].astype(str)))
    rows.frame["person_number"] = numbers
    rows.drop(numbers < 0, Message("a person of the members"),
              Message("Rows set aside: nobody of the members has this pseudonym."))  # fmt: skip
    frame = rows.frame
    starts = members.person * LIFT + members.start.astype(np.int64)
    last = frame["_last"].to_numpy().astype("M8[D]").astype(np.int64)
    sought = frame["person_number"].to_numpy(np.int64) * LIFT + last
    spell = np.searchsorted(starts, sought, side="right") - 1
    begin = frame["_first"].to_numpy().astype("M8[D]")
    safe = np.maximum(spell, 0)
    insured = (
        (spell >= 0)
        & (members.person[safe] == frame["person_number"].to_numpy())
        & (members.end[safe] >= begin)
    )
    rows.frame["member"] = spell
    rows.drop(~insured, Message("a claim while the person is insured"),
              Message("Rows set aside: the person was not insured on that day."))  # fmt: skip
    claims = rows.frame.copy()
    spell = claims["member"].to_numpy(np.int64)
    day = claims["_first"].to_numpy().astype("M8[D]")
    claims["age"] = np.clip(ages_at(members.birth[spell], day), 0, OLDEST_AGE)
    groups = members.groups.iloc[spell]
    claims["region"] = groups[
        "region"
    ].to_numpy()  # the county that insures, as the members have it
    claims["sex"] = groups["sex"].to_numpy()
    return claims


def ages_at(birth: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Age last birthday on a day, ``(n,)``.

    >>> ages_at(np.array(["2000-02-29"], "M8[D]"), np.array(["2023-02-28"], "M8[D]")).tolist()
    [22]
    """
    year = day.astype("M8[Y]")
    months = birth.astype("M8[M]") - birth.astype("M8[Y]").astype("M8[M]")
    days = birth - birth.astype("M8[M]").astype("M8[D]")
    birthday = (year.astype("M8[M]") + months).astype("M8[D]") + days
    reached = (year - birth.astype("M8[Y]")).astype(np.int64)
    return np.asarray(reached - (day < birthday))


def _counted(rows: Rows) -> pd.DataFrame:
    """Claims that name county, sex and age themselves."""
    lacking = [name for name in ("region", "sex", "age") if name not in rows.frame]
    if lacking:
        raise CaseError(
            [Finding.of_setting(rows.place, name, None,
                                Message("region, sex and age of each claim, or the person of each "
                                        "where members are records"),
                                Message("Add the column."))
             for name in lacking]
        )  # fmt: skip
    frame = rows.frame
    unknown = ~frame["sex"].isin(SEXES) | frame["age"].isna()
    rows.drop(unknown, Message("region, sex and age"), Message("Rows set aside: one is blank."))
    frame = rows.frame.rename(columns={"age": "band"})
    frame["member"], frame["person_number"] = -1, -1
    return shared_among_ages(rows, frame, ("number", "cost"))
