"""Making case folders and workbooks from Python: what ``init``, ``new``, ``convert``, ``tidy`` and
``synthesise`` do.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     new(f"{folder}/mine", NewOptions(levels=("district", "state"), schemes={"health": "flat"}))
...     warnings = convert(f"{folder}/mine", f"{folder}/mine.xlsx")
...     sorted(path.name for path in Path(folder).iterdir())
['mine', 'mine.xlsx']
"""

import datetime
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from fundpool.calls.wrong_argument import sentence
from fundpool.deprecation import grouped
from fundpool.options import NewOptions

if TYPE_CHECKING:
    from fundpool.inputs.format.findings import Finding
    from fundpool.inputs.tidy import Tidied


def init(directory: str | Path, case: str = "jiangsu") -> None:
    """Copy a bundled case into a new folder.

    Args:
        directory: the folder, which must not exist or be empty.
        case: name of the bundled case.

    Raises:
        CaseError: no such case, or the folder holds something.
        OSError: the folder cannot be written to.

    Examples:
        >>> import fundpool
        >>> fundpool.init("copy", "jiangsu")
        >>> Path("copy", "case.toml").is_file()
        True
    """
    from fundpool.building.copies import copy_case

    copy_case(case, Path(directory))


@grouped("options", NewOptions, *(item.name for item in fields(NewOptions)))
def new(target: str | Path, options: NewOptions = NewOptions()) -> None:  # noqa: B008  frozen
    """Write an empty case, as a folder or, if the name ends in ``.xlsx``, a workbook.

    Args:
        target: what is made; it must not exist.
        options: title, levels, schemes, services, years and currency.

    Raises:
        CaseError: something asked for cannot be, or the target exists.
        TypeError: options of another kind.
        OSError: the target cannot be written to.

    Examples:
        >>> import fundpool
        >>> layout = fundpool.NewOptions(levels=("district", "state"), schemes={"health": "flat"})
        >>> fundpool.new("empty", layout)
        >>> sorted(path.name for path in Path("empty").iterdir())
        ['case.toml', 'schemes', 'tables']
    """
    from fundpool.inputs.files.disk import portable_name
    from fundpool.inputs.new import NewCase, write_new_case

    if not isinstance(options, NewOptions):
        raise TypeError(sentence("options", options, "NewOptions(...)"))
    path = Path(target)
    name = portable_name(path.stem)
    case = NewCase(
        name=name,
        title=options.title or name,
        levels=tuple(options.levels),
        schemes=options.schemes,
        statuses=tuple(options.statuses),
        services=tuple(options.services),
        base_year=last_year() if options.base_year is None else options.base_year,
        years=options.years,
        currency=options.currency,
    )
    write_new_case(case, path)


def last_year() -> int:
    """The year before this one: a new case is valued at its end unless another is named."""
    return datetime.datetime.now(tz=datetime.UTC).year - 1


def convert(source: str | Path, target: str | Path) -> "tuple[Finding, ...]":
    """Write a case as a workbook (``.xlsx``) or as a folder; both read as the same case.

    Args:
        source: a case folder, a workbook or the name of a bundled case.
        target: what is made; it must not exist.

    Returns:
        warnings about what was not carried over.

    Raises:
        CaseError: the case cannot be opened, does not fit, or the target exists.
        OSError: the target cannot be written to.

    Examples:
        >>> import fundpool
        >>> fundpool.convert("jiangsu", "case.xlsx")
        ()
        >>> fundpool.read_case("case.xlsx").name == fundpool.read_case("jiangsu").name
        True
    """
    from fundpool.inputs.folders import write_case_folder
    from fundpool.inputs.template import check_new_file, write_case_workbook

    path = Path(target)
    if path.suffix.lower() == ".xlsx":
        check_new_file(path)
        return tuple(write_case_workbook(source, path))
    return tuple(write_case_folder(source, path))


def tidy(
    source: str | Path, target: str | Path, *, case: str | Path, mapping: str | Path | None = None
) -> "Tidied":
    """Write a case folder with tables in common layouts in place of its own.

    Bands of ages, per cent, signs between thousands, decimal commas, rows of totals, codes and
    names, keys written across: each is converted, and every conversion is a finding. What can be
    read in more than one way is refused until a mapping file states it.

    Args:
        source: a file or a folder of CSV files and workbooks, each named as its table.
        target: the folder, which must not exist or be empty.
        case: the case whose settings, and whose other tables, are kept; an empty one of :func:`new`
            will do.
        mapping: TOML file that states what the layouts do not say.

    Returns:
        the tables, what became of each file's lines, and the conversions.

    Raises:
        CaseError: a table cannot be read, or the folder holds something.
        OSError: a file cannot be opened, or the folder not written to.

    Examples:
        >>> import fundpool
        >>> layout = fundpool.NewOptions(levels=("district", "state"), schemes={"health": "flat"})
        >>> fundpool.new("empty", layout)
        >>> rates = "year,age group,rate (per 1000)\\n2020,20-24,41.5\\n"
        >>> written = Path("fertility.csv").write_text(rates, encoding="utf-8")
        >>> tidied = fundpool.tidy("fertility.csv", "mine", case="empty")
        >>> tidied.tables["fertility"].iloc[0].tolist(), tidied.accounts[0].rows
        (['2020', '20', '0.0415'], 5)
    """
    from fundpool.inputs.case import case_path
    from fundpool.inputs.format.sources import read_raw
    from fundpool.inputs.tidy import tidy_case

    stated = None if mapping is None else Path(mapping)
    return tidy_case(Path(source), Path(target), read_raw(case_path(case)), stated)


def synthesise(directory: str | Path, counties: int, seed: int = 1) -> None:
    """Write a synthetic case of any size into a new folder.

    Args:
        directory: the folder, which must not exist or be empty.
        counties: how many regions of the lowest level.
        seed: of all draws.

    Raises:
        CaseError: the folder holds something.
        ValueError: a number of counties or a seed that cannot be.
        OSError: the folder cannot be written to.

    Examples:
        >>> import fundpool
        >>> fundpool.synthesise("made", counties=6)
        >>> len(fundpool.read_case("made").regions.codes)
        6
    """
    from fundpool.building.copies import synthesise_case

    synthesise_case(Path(directory), counties, seed)
