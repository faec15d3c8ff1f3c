"""Faults of a case: files that are none, unreadable text, sizes, cells that spreadsheets run."""

import os
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import xlsxwriter

from fundpool.report.fonts import printable
from fundpool.writing import write_csv
from tests.inputs.accounts.statements import monthly, wide
from validation.fault_bench import Bench, Fault, wrong_unless

TABLES = (
    "regions", "population", "migrants", "migrant_ages", "mobility", "demography", "mortality",
    "economy", "employment", "industries", "morbidity", "severity", "treatment", "coverage",
    "fund_balances",
)  # fmt: skip
Change = Callable[[Path], object]


def faults() -> Iterator[Fault]:
    """Every fault of a case."""
    yield from _tables()
    yield from _settings()
    yield from _workbooks()
    yield from _spreadsheets()
    yield from _statements()


def _refused(file: str, change: Change, bench: Bench, place: Path) -> str:
    """The case is refused, in findings."""
    case = bench.case(place)
    change(case / file)
    return wrong_unless(bench.run("check", case), 2, says=Path(file).stem)


def _queue(file: Path) -> None:
    """A named pipe in place of a file; a folder where the system has none."""
    file.unlink()
    make = getattr(os, "mkfifo", None)
    if make is None:
        file.mkdir()
    else:
        make(file)


def _link(file: Path) -> None:
    """A link to itself; an empty file where links cannot be made."""
    file.unlink()
    try:
        file.symlink_to(file)
    except OSError:
        file.write_bytes(b"")


def _first_text(sign: str) -> Change:
    def change(file: Path) -> None:
        lines = file.read_text("utf-8").splitlines()
        cells = lines[1].split(",")
        cells[0] += sign
        lines[1] = ",".join(cells)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    return change


def _long_rows(file: Path) -> None:
    head = file.read_text("utf-8").splitlines()[0]
    file.write_text(head + "\n" + (head + ",1\n") * 200_000, encoding="utf-8")


WAYS: dict[str, tuple[str, Change]] = {
    "a named pipe": ("F20", _queue),
    "a folder": ("F22", lambda file: (file.unlink(), file.mkdir())),
    "a link to itself": ("F22", _link),
    "empty": ("", lambda file: file.write_bytes(b"")),
    "not UTF-8": ("", lambda file: file.write_bytes(b"\xff\xfe\x00a")),
    "with a NUL": ("F9", _first_text("\0")),
    "with ESC": ("F9", _first_text("\x1b")),
}


def _tables() -> Iterator[Fault]:
    for table in TABLES:
        for way, (case, change) in WAYS.items():
            trial = partial(_refused, f"tables/{table}.csv", change)
            yield Fault("tables", f"{table} {way}", trial, case, table == "regions")
    yield Fault("tables", "200,000 rows too long",
                partial(_refused, "tables/regions.csv", _long_rows), "F23")  # fmt: skip

    def printed(bench: Bench, place: Path) -> str:
        return "" if printable("\u0e01\u0e01 \U00020c3f \ufdfa") != "" else "nothing is printed"

    yield Fault("tables", "signs that no font holds", printed, "F9", True)

    def reported(bench: Bench, place: Path) -> str:
        case = bench.case(place)
        regions = case / "tables" / "regions.csv"
        text = regions.read_text("utf-8")
        regions.write_text(text.replace("Ash", "\U0002a6ff\u0f56\u0f7c\u0f51"), encoding="utf-8")
        return wrong_unless(bench.report(place, "--formats", "html,pdf"), 3)

    yield Fault("tables", "a county's name that no font holds, report", reported, "F9")


def _settings() -> Iterator[Fault]:
    texts = {
        "empty": "", "nested 20,000 deep": "a = " + "[" * 20_000, "cut": "a = [",
        "a number of 5,000 digits": "a = " + "9" * 5_000, "a NUL": "a = '\0'",
        "a key twice": "a = 1\na = 2",
    }  # fmt: skip
    for file in ("case.toml", "schemes"):
        for name, text in texts.items():

            def trial(bench: Bench, place: Path, file: str = file, text: str = text) -> str:
                case = bench.case(place)
                target = case / file
                if target.is_dir():
                    target = sorted(target.glob("*.toml"))[0]
                target.write_text(text, encoding="utf-8")
                return wrong_unless(bench.run("check", case), 2, says=target.stem)

            yield Fault("settings", f"{file} {name}", trial, "F22", name == "empty")
    for way, (case, change) in WAYS.items():
        if way != "empty" and not way.startswith("with"):
            yield Fault("settings", f"case.toml {way}", partial(_refused, "case.toml", change),
                        case)  # fmt: skip
    for change_text in ("", "=1", "x", "economy.interest", "economy.interest=", "a.b=1",
                        "economy.interest=1e999", "economy.interest=nan", "economy.interest=\0",
                        "=", "economy.interest=0.1=2", "../x=1"):  # fmt: skip

        def odd(bench: Bench, place: Path, text: str = change_text) -> str:
            case = bench.case(place)
            return wrong_unless(bench.run("compare", case, "--years", "1", "--set", text), 2)

        yield Fault("settings", f"--set {change_text!r}", odd, "F22")


def _book(file: Path, *cells: tuple[str, int, int]) -> Path:
    with xlsxwriter.Workbook(str(file)) as book:
        for sheet, row, column in cells:
            (book.get_worksheet_by_name(sheet) or book.add_worksheet(sheet)).write(row, column, "x")
    return file


def _repacked(file: Path, part: str, contents: bytes) -> None:
    with zipfile.ZipFile(file) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in (members | {part: contents}).items():
            packed.writestr(name, text)


def _workbooks() -> Iterator[Fault]:
    for row, column in ((1_048_575, 16_383), (1_048_575, 25), (999_999, 99), (20_000, 16_383)):

        def far(bench: Bench, place: Path, row: int = row, column: int = column) -> str:
            file = _book(place / "far.xlsx", ("case", 0, 0), ("case", row, column))
            return wrong_unless(bench.run("check", file), 2, says="cells")

        yield Fault("workbooks", f"a cell in row {row}, column {column}", far, "F11", column == 25)
    sheet = "xl/worksheets/sheet1.xml"
    for name, contents in {
        "cells without end": b"<c " * 1_000_000 + b"<f>", "no XML": b"\0\1\2",
        "XML cut short": b"<worksheet><sheetData><row><c r=", "empty": b"",
        "addresses that are none": b'<worksheet><sheetData><row><c r="ZZZ9999999"/></row>',
    }.items():  # fmt: skip

        def broken(bench: Bench, place: Path, contents: bytes = contents) -> str:
            file = _book(place / "broken.xlsx", ("case", 0, 0))
            _repacked(file, sheet, contents)
            return wrong_unless(bench.run("check", file), 2)

        yield Fault("workbooks", f"sheet with {name}", broken, "F11")
    for name, contents in {"empty": b"", "text": b"x" * 100, "half a zip": b"PK\x03\x04"}.items():

        def none(bench: Bench, place: Path, contents: bytes = contents) -> str:
            (place / "none.xlsx").write_bytes(contents)
            return wrong_unless(bench.run("check", place / "none.xlsx"), 2)

        yield Fault("workbooks", f"a file that is {name}", none)


def _spreadsheets() -> Iterator[Fault]:
    for text in ("=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1"):

        def written(bench: Bench, place: Path, text: str = text) -> str:
            frame = pd.DataFrame({"region": [text, "Ash"], "value": [-1.0, 2.0]})
            write_csv(frame, place / "x.csv")
            back = pd.read_csv(place / "x.csv", dtype=str)
            if back["region"][0].strip()[0] != "'":
                return "a spreadsheet calculates it"
            sound = back["region"][1] == "Ash" and back["value"][0] == "-1.0"
            return "" if sound else "other cells change"

        yield Fault("exports", f"text {text!r}", written, "F23", True)


def _statements() -> Iterator[Fault]:
    """A statement of funds that cannot be read: refused, and nothing is written."""

    def refused(change: Change, bench: Bench, place: Path) -> str:
        file = wide(monthly(3), place / "statement.csv")
        change(file)
        done = bench.run("accounts", bench.case(place), file, "--out", place / "out")
        if (place / "out").exists():
            return "something was written"
        return wrong_unless(done, 2, says=file.stem)

    for way, (case, change) in WAYS.items():
        yield Fault("statements", way, partial(refused, change), case, way == "empty")
