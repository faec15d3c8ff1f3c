"""``fit`` as a function, which the command calls."""

from pathlib import Path

import pandas as pd

from fundpool.calls.arguments import folder
from fundpool.calls.wrong_argument import sentence
from fundpool.inputs.case import case_path
from fundpool.inputs.files.writing import whole_folder
from fundpool.inputs.folders import write_folder
from fundpool.inputs.format.sources import read_raw
from fundpool.inputs.records import Fit, FitOptions, fit_tables
from fundpool.inputs.template import check_new, check_readable
from fundpool.summary import as_json
from fundpool.writing import write_csv

SUMMARY = "fit.json"


def fit(
    members: str | Path | pd.DataFrame,
    claims: str | Path | pd.DataFrame,
    *,
    into: str | Path | None = None,
    mapping: str | Path | None = None,
    options: FitOptions = FitOptions(),  # noqa: B008  frozen
    out: str | Path | None = None,
) -> Fit:
    """Population, coverage, frequency and severity tables from a bureau's records or counts.

    Args:
        members: a row for each spell of a person (``person``, ``region``, ``sex``, ``birth``,
            ``start``, ``end`` and, if known, ``scheme``, ``status``, ``tie``), or people counted by
            ``region``, ``sex``, ``age`` and ``year`` in ``persons`` or ``exposure``. A file (CSV,
            Parquet, workbook) or a data frame.
        claims: ``service``, ``date``, ``cost``, the ``person`` or ``region``, ``sex`` and ``age``
            and, if known, ``booked``, ``care_region`` and the number of ``claims`` of a row.
        into: case whose counties, services, prices and relativities are taken; the result has a
            copy of it with the fitted rows in place of its own.
        mapping: TOML file with what the headings and words do not say.
        options: period, base year, smallest group and tables.
        out: new folder for the tables, ``fit.json`` and, with ``into``, the case; default: nothing
            is written.

    Returns:
        the tables, what they rest on, and every conversion, assumption and row set aside.

    Raises:
        CaseError: a file or the case is refused, or has too few people; all findings.
        TypeError: a wrong argument, named with what was expected.
        OSError: a file cannot be opened, or the folder not written to.

    Examples:
        >>> import fundpool
        >>> import pandas as pd
        >>> members = pd.DataFrame({
        ...     "person": range(40), "region": "ash", "sex": ["male", "female"] * 20,
        ...     "birth": "1980-07-01", "start": "2020-01-01", "end": "2020-12-31"})
        >>> claims = pd.DataFrame({
        ...     "person": list(range(40)) * 2, "service": "outpatient", "date": "2020-06-15",
        ...     "cost": range(100, 180)})
        >>> options = fundpool.FitOptions(first="2020-01", last="2020-12")
        >>> done = fundpool.fit(members, claims, options=options)
        >>> float(done.frequency["exposure"].sum()), float(done.frequency["frequency"].iloc[0])
        (40.0, 2.0)
    """
    if not isinstance(options, FitOptions):
        raise TypeError(sentence("options", options, "FitOptions(...)"))
    sources = [
        source if isinstance(source, pd.DataFrame) else folder(name, source)
        for name, source in (("members", members), ("claims", claims))
    ]
    target = None if out is None else folder("out", out)
    if target is not None:
        check_new(target)
    case = None
    if into is not None:
        case = read_raw(case_path(into))
        check_readable(case)
    stated = None if mapping is None else folder("mapping", mapping)
    done = fit_tables(sources[0], sources[1], case, stated, options)
    if target is not None:
        _write(done, target)
    return done


def _write(done: Fit, target: Path) -> None:
    """Tables of the case below ``tables``, what they rest on beside it, and the case."""
    with whole_folder(target) as place:
        (place / "tables").mkdir()
        for name, table in done.tables.items():
            write_csv(table, place / "tables" / f"{name}.csv")
        for name, table in done.evidence.items():
            write_csv(table, place / f"{name}.csv")
        if done.case is not None:
            write_folder(done.case, place / "case")
        (place / SUMMARY).write_text(as_json(done.summary), encoding="utf-8", newline="\n")
