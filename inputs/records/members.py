"""Members: spells of insurance put in order, or counts of people by single years of age."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.actuarial.exposure import Days, exposed_ages
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import OLDEST_AGE
from fundpool.inputs.records.reading import Rows, dates_of
from fundpool.inputs.tidy.layout import LINE

OPEN_END = np.datetime64("9999-12-31", "D")
DAY = np.timedelta64(1, "D")
GROUPING = ("region", "sex", "scheme", "status", "tie")
"""What is known of a member beside age and time."""


@dataclass(frozen=True)
class Members:
    """Who was insured when.

    Attributes:
        groups: region, sex, scheme, status and tie, a row for each spell or count.
        person: number of the person of each spell, ``(s,)``; empty for counts.
        birth, start, end: of each spell, ``(s,)``; empty for counts.
        counts: row of ``groups``, age, year, persons and exposure; empty for spells.
    """

    groups: pd.DataFrame
    person: NDArray[np.int64]
    birth: Days
    start: Days
    end: Days
    counts: pd.DataFrame

    @property
    def are_counts(self) -> bool:
        """Whether people were counted before they were given."""
        return len(self.counts) > 0

    def exposure(self, first: str, last: str) -> pd.DataFrame:
        """Person-years of a period of one year: row of ``groups``, age and years.

        Counts are of calendar years.
        """
        if self.are_counts:
            rows = self.counts.loc[self.counts["year"] == int(first[:4])]
            return rows[["row", "age", "years"]]
        exposed = exposed_ages(self.start, self.end, self.birth, first, last)
        age = np.minimum(exposed.age, OLDEST_AGE)
        return pd.DataFrame({"row": exposed.spell, "age": age, "years": exposed.years})

    def at_end_of(self, year: int) -> pd.DataFrame:
        """People insured on the last day of a year: row of ``groups``, age and persons."""
        if self.are_counts:
            rows = self.counts.loc[self.counts["year"] == year]
            return rows[["row", "age", "persons"]]
        day = np.datetime64(f"{year}-12-31", "D")
        insured = np.flatnonzero((self.start <= day) & (self.end >= day) & (self.birth <= day))
        age = year - (self.birth[insured].astype("datetime64[Y]").astype(np.int64) + 1970)
        return pd.DataFrame(
            {"row": insured, "age": np.minimum(age, OLDEST_AGE), "persons": 1.0}
        )  # fmt: skip


def _groups(frame: pd.DataFrame) -> pd.DataFrame:
    """What is known of each row; a tie that is not given is that of a stayer."""
    groups = frame.reindex(columns=list(GROUPING)).astype(object).fillna("").astype(str)
    groups["tie"] = groups["tie"].replace("", "stayer")
    return groups.reset_index(drop=True)


def spells_of(rows: Rows, base_year: int) -> tuple[Members, pd.Index]:
    """Spells of insurance without overlaps.

    Args:
        rows: records of members; takes what is set aside.
        base_year: year at whose end an age is that of, where there is no date of birth.

    Returns:
        the spells, and pseudonyms by the number of the person.

    Raises:
        CaseError: a date or an age that cannot be read.
    """
    rows.frame["_birth"] = _births(rows, base_year)
    rows.frame["_start"] = dates_of(rows, "start")[0]
    has_end = "end" in rows.frame
    ends = dates_of(rows, "end")[1] if has_end else np.full(len(rows.frame), "NaT", "M8[D]")
    rows.frame["_end"] = np.where(np.isnat(ends), OPEN_END, ends)
    for column in ("_birth", "_start"):
        rows.drop(rows.frame[column].isna(), Message("a date of birth and a first day insured"),
                  Message("Rows set aside: one of the two is blank."))  # fmt: skip
    days = {name: rows.frame[name].to_numpy().astype("M8[D]") for name in ("_start", "_end")}
    rows.drop(days["_end"] < days["_start"], Message("a spell that ends after it begins"),
              Message("Rows set aside: the last day lies before the first."))  # fmt: skip
    codes, names = pd.factorize(rows.frame["person"].astype(str))
    frame = rows.frame.assign(_person=codes)
    frame = frame.sort_values(["_person", "_start", "_end"], kind="stable")
    rows.frame = frame.reset_index(drop=True)
    _clip(rows)
    frame = rows.frame
    empty = pd.DataFrame(columns=["row", "age", "year", "persons", "years"])
    birth, start, end = (
        frame[name].to_numpy().astype("M8[D]") for name in ("_birth", "_start", "_end")
    )
    person = frame["_person"].to_numpy(np.int64)
    return Members(_groups(frame), person, birth, start, end, empty), names


def _births(rows: Rows, base_year: int) -> Days:
    """A date of birth for each row."""
    if "birth" in rows.frame:
        first, _, kind = dates_of(rows, "birth")
        if kind == "day":
            return first
        if kind == "month":
            rows.say("birth", Message("Taken as born on the 15th."), Message("dates of birth"))
            return np.asarray(first + np.timedelta64(14, "D"), dtype="datetime64[D]")
        rows.say("birth", Message("Taken as born on 1 July."), Message("dates of birth"))
        return (first.astype("M8[M]") + 6).astype("M8[D]")
    if "age" not in rows.frame:
        raise CaseError(
            [Finding.of_setting(rows.place, "birth", None, Message("a date or year of birth"),
                                Message("Add the column, or the age at the end of the base year."))]
        )  # fmt: skip
    ages = [band.first if len(band.ages) == 1 or band.is_open else None
            for band in rows.frame["age"]]  # fmt: skip
    if None in ages:
        place = ages.index(None)
        raise CaseError(
            [Finding(rows.place, int(rows.frame[LINE].iloc[place]), "age", None,
                     Message("a single year of age"), Message("Give records single years of age, "
                                                              "or count the people by age."))]
        )  # fmt: skip
    rows.say("age", Message("Taken as the age at the end of %(year)s, born on 1 July.",
                            year=str(base_year)), Message("dates of birth"))  # fmt: skip
    years = [f"{base_year - int(age or 0)}-07-01" for age in ages]
    return np.array(years, dtype="datetime64[D]")


def _clip(rows: Rows) -> None:
    """Let a spell begin after earlier ones of the same person, so that no day counts twice."""
    frame = rows.frame
    start = frame["_start"].to_numpy().astype("M8[D]")
    end = frame["_end"].to_numpy().astype("M8[D]").astype(np.int64)
    # a running maximum within persons: lifting each person above all earlier ones keeps them apart
    lift = frame["_person"].to_numpy(np.int64) * (int(OPEN_END.astype(np.int64)) + 100_000)
    reached = np.maximum.accumulate(end + lift) - lift
    before = np.concatenate([[np.iinfo(np.int64).min], reached[:-1]])
    same = np.concatenate([[False], np.diff(frame["_person"].to_numpy(np.int64)) == 0])
    overlaps = same & (start.astype(np.int64) <= before)
    if not overlaps.any():
        return
    first = int(frame.loc[overlaps, LINE].iloc[0])
    rows.findings.append(
        Finding(rows.place, first, "start", f"{int(overlaps.sum())}",
                Message("spells of a person that do not overlap"),
                Message("Days that an earlier spell of the person has are counted once, in it."),
                severity="warning")
    )  # fmt: skip
    later = (before[overlaps] + 1).astype("M8[D]")
    frame.loc[overlaps, "_start"] = later.astype("M8[s]")
    inside = frame["_start"].to_numpy().astype("M8[D]").astype(np.int64) > end
    rows.drop(inside, Message("a spell with days of its own"),
              Message("Rows set aside: they lie within other spells of the person."))  # fmt: skip


def counts_of(rows: Rows) -> Members:
    """People counted by year and age; bands are shared evenly among their years.

    Raises:
        CaseError: neither persons nor exposure.
    """
    frame = rows.frame
    if "persons" not in frame and "exposure" not in frame:
        raise CaseError(
            [Finding.of_setting(rows.place, "persons", None,
                                Message("a column of persons or of exposure"),
                                Message("Add one of them."))]
        )  # fmt: skip
    if "exposure" not in frame:
        rows.say("exposure", Message("Each person counted is taken as one person-year."),
                 Message("person-years of the year"))  # fmt: skip
    persons = frame["persons" if "persons" in frame else "exposure"]
    rows.drop(persons.isna(), Message("a number of people"), Message("Rows set aside: no number."))
    frame = rows.frame
    persons = frame["persons" if "persons" in frame else "exposure"].astype(float)
    years = frame["exposure"].astype(float) if "exposure" in frame else persons
    counts = pd.DataFrame(
        {"row": np.arange(len(frame)), "band": frame["age"], "year": frame["year"].astype(int),
         "persons": persons, "years": years}
    )  # fmt: skip
    none = np.array([], dtype="M8[D]")
    single = shared_among_ages(rows, counts, ("persons", "years"))
    return Members(_groups(frame), np.array([], dtype=np.int64), none, none, none, single)


def shared_among_ages(rows: Rows, counts: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows of bands as rows of single ages, what adds up shared evenly."""
    lengths = np.array([len(band.ages) for band in counts["band"]])
    if (lengths > 1).any():
        rows.say("age", Message("Bands are shared evenly among their years."),
                 Message("single years of age"))  # fmt: skip
    wide = counts.loc[counts.index.repeat(lengths)].copy()
    wide["age"] = [age for band in counts["band"] for age in band.ages]
    for column in columns:
        wide[column] = wide[column] / np.repeat(lengths, lengths)
    return wide.drop(columns="band").reset_index(drop=True)
