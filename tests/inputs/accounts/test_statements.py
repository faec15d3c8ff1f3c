"""Statements in several layouts: the same months; faults named; no row lost; nothing crashes."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from fundpool.inputs.accounts import Accounts, read_statements
from fundpool.inputs.accounts.words import unit_of
from fundpool.inputs.case import Case, read_case
from fundpool.inputs.files.table_words import MONEY_UNITS, unit_factor
from fundpool.inputs.format.findings import CaseError
from tests.cases.small import small_case
from tests.inputs.accounts.statements import bureau, long, monthly, wide

FIGURES = ["opening", "income", "outgo", "balance"]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(small_case().write(tmp_path_factory.mktemp("accounts") / "case"))


def refused(case: Case, *files: Path, mapping: Path | None = None) -> list[str]:
    with pytest.raises(CaseError) as error:
        read_statements(case, files, mapping)
    return [finding.message for finding in error.value.findings]


def read_or_refused(case: Case, file: Path) -> Accounts | None:
    """Accounts of a statement; None where it is refused with findings."""
    try:
        return read_statements(case, [file])
    except CaseError as error:
        if not error.findings:
            raise
        return None


def rows_are_accounted_for(accounts: Accounts, files: list[Path]) -> bool:
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    return len(accounts.rows) == lines and not accounts.rows.duplicated(["file", "row"]).any()


def workbook(table: pd.DataFrame, file: Path) -> Path:
    """A workbook with a sheet a scheme, numbers as numbers and months as dates."""
    with Workbook(file) as book:
        date = book.add_format({"num_format": "yyyy-mm"})
        for scheme, rows in table.groupby("scheme", sort=False):
            sheet = book.add_worksheet(str(scheme))
            headings = ["统筹区", "月份", "期初余额", "本期收入", "本期支出", "期末余额"]
            sheet.write_row(0, 0, headings)
            for number, row in enumerate(rows.to_dict("records"), 1):
                sheet.write(number, 0, row["fund"])
                month = pd.Timestamp(row["year"], row["month"], 1).to_pydatetime()
                sheet.write_datetime(number, 1, month, date)
                sheet.write_row(number, 2, [row[n] for n in (*FIGURES[:3], "closing")])
    return file


def test_layouts_give_the_same_months(case: Case, tmp_path: Path) -> None:
    table = monthly()
    files = [*bureau(table, "employee", tmp_path), *bureau(table, "resident", tmp_path)]
    expected = table.rename(columns={"closing": "balance"})[FIGURES].to_numpy()
    for listed in (
        [wide(table, tmp_path / "wide.csv")], [long(table, tmp_path / "long.csv")], files,
        [workbook(table, tmp_path / "book.xlsx")],
    ):  # fmt: skip
        read = read_statements(case, listed)
        assert read.months[FIGURES].to_numpy() == pytest.approx(expected, abs=1e-6)
        assert read.months[["scheme", "region"]].to_numpy().tolist() == (
            table[["scheme", "fund"]].to_numpy().tolist()
        )
        if listed[0].suffix == ".csv":
            assert rows_are_accounted_for(read, listed)
    fates = read_statements(case, files).rows["fate"].value_counts().to_dict()
    assert fates == {"title": 60, "used": 60, "headings": 30, "total": 30, "blank": 30,
                     "no figures": 30}  # fmt: skip


def test_unknown_layout_by_a_mapping_file(case: Case, tmp_path: Path) -> None:
    """Flows since January in thousands, columns and funds of other names, another encoding."""
    table = monthly()
    table = table[table["scheme"] == "employee"]
    to_date = table.groupby(["fund", "year"])[["income", "outgo"]].cumsum() / 1000
    other = pd.DataFrame(
        {
            "账套": table["fund"].map({"ash": "甲", "birch": "乙"}),
            "报表期": [f"{y}年{m}月" for y, m in zip(table["year"], table["month"], strict=True)],
            "收": to_date["income"], "支": to_date["outgo"], "余": table["closing"] / 1000,
            "备注": "x",
        }
    )  # fmt: skip
    other.to_csv(tmp_path / "other.csv", index=False, encoding="gb18030")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        'unit = 1000\nbasis = "cumulative"\nscheme = "employee"\nencoding = "gb18030"\n'
        '[columns]\nfund = "账套"\nmonth = "报表期"\nincome = "收"\noutgo = "支"\n'
        'closing = "余"\n[funds]\n"甲" = "ash"\n"乙" = "birch"\n',
        encoding="utf-8",
    )
    read = read_statements(case, [tmp_path / "other.csv"], mapping)
    expected = table.rename(columns={"closing": "balance"})[FIGURES].to_numpy()
    assert read.months[FIGURES].to_numpy() == pytest.approx(expected, rel=1e-9)
    assert read.unread == {"other.csv": ["备注"]}
    for wrong, said in (
        ("unit = -1", "positive number"), ('basis = "x"', "monthly, cumulative"),
        ('[columns]\nfnd = "a"', "'fund'"), ("[funds]\na = 1", "texts"), ("nonsense", "TOML"),
        ('encoding = "zip"', "gb18030"), ('issued = "soon"', "a date"), ("colums = 1", "'columns'"),
        ('[columns]\nfund = "a"\nmonth = "a"', "each column once"), ('[items]\na = "b"', "one of"),
    ):  # fmt: skip
        mapping.write_text(wrong, encoding="utf-8")
        (message,) = refused(case, tmp_path / "other.csv", mapping=mapping)
        assert said in message
        assert message.startswith("mapping.toml")


def test_a_later_issue_replaces(case: Case, tmp_path: Path) -> None:
    """Both figures are kept and shown; the months after it are given anew as well."""
    table = monthly(3).assign(issued="2022-01-31")
    again = table[(table["fund"] == "ash") & (table["scheme"] == "employee")].copy()
    again["issued"] = "2022-03-31"
    again.loc[again["month"] == 2, "outgo"] += 500.0
    again.loc[again["month"] == 2, "closing"] -= 500.0
    again.loc[again["month"] == 3, ["opening", "closing"]] -= 500.0
    files = [wide(again, tmp_path / "later.csv"), wide(table, tmp_path / "first.csv")]
    read = read_statements(case, files)
    assert read.months["outgo"][1] == table["outgo"].iloc[1] + 500.0
    changed = read.corrections[["month", "item", "value", "new_value", "file", "new_file"]]
    assert sorted(changed["item"] + changed["month"].astype(str)) == (
        ["closing2", "closing3", "opening3", "outgo2"]
    )
    assert set(changed["file"]) == {"first.csv"}
    assert set(changed["new_file"]) == {"later.csv"}
    assert read.rows["fate"].value_counts().to_dict() == (
        {"used": 12, "headings": 2, "replaced": 2, "repeated": 1}
    )
    undated = wide(again.assign(issued="2022-01-31"), tmp_path / "later.csv")
    messages = refused(case, undated, files[1])
    assert len(messages) == 4
    assert "two figures of one issue" in messages[0]


FAULTS = {
    "closing": ("closing", 100.0, ["opening balance and income less outgo", "off by 100.00"]),
    "opening": ("opening", 7.0, ["end of the month before", "off by 7.00"]),
    "bank": ("bank", 3.0, ["the balance of the fund", "off by 3.00"]),
    "to date": ("outgo_to_date", -5.0, ["sum of the months since January", "off by -5.00"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_reconcile_is_named(case: Case, tmp_path: Path, fault: str) -> None:
    column, change, said = FAULTS[fault]
    table = monthly(15).assign(bank=lambda rows: rows["closing"])
    table["outgo_to_date"] = table.groupby(["scheme", "fund", "year"])["outgo"].cumsum()
    read_statements(case, [wide(table, tmp_path / "right.csv")])
    table.loc[20, column] += change
    messages = refused(case, wide(table, tmp_path / "wrong.csv"))
    first = next(text for text in messages if f"column {column}" in text)
    for words in ("wrong.csv, row 22,", "birch", "employee", "2021-06", *said):
        assert words in first


def test_every_fault_at_once(case: Case, tmp_path: Path) -> None:
    """A missing month, a fund that is not known, an error cell, a bad month and a bad amount."""
    table = monthly(6).astype({"income": object, "month": object})
    table.loc[1, "fund"] = "elm"
    table.loc[2, "income"] = "#REF!"
    table.loc[3, "income"] = "twelve"
    months = [f"{y}-{m:02}" for y, m in zip(table["year"], table["month"], strict=True)]
    months[4] = "2021-13"
    lines = table.assign(month=months).drop(columns="year")
    lines.to_csv(tmp_path / "bad.csv", index=False)
    messages = " ".join(refused(case, tmp_path / "bad.csv"))
    for row, said in ((3, "'elm'"), (4, "correct the formula"), (5, "an amount"), (6, "2021-13")):
        assert f"row {row}" in messages
        assert said in messages
    gap = monthly(6).drop(index=[2, 3])
    (message,) = refused(case, wide(gap, tmp_path / "gap.csv"))
    assert "after 2021-02 and before 2021-05 of ash (employee)" in message
    later = monthly(6).query("month > 2").rename(columns={"income": "income to date"})
    assert all(
        "since January" in text for text in refused(case, wide(later, tmp_path / "later.csv"))
    )
    flows = monthly(2).drop(columns=["opening", "closing"])
    assert len(refused(case, wide(flows, tmp_path / "flows.csv"))) == 4


def test_totals_and_units_are_compared(case: Case, tmp_path: Path) -> None:
    file = bureau(monthly(1), "employee", tmp_path)[0]
    text = file.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("合计"))
    wrong = row.replace(row.split(",")[2], "9.0000")
    file.write_text(text.replace(row, wrong), encoding="utf-8")
    messages = refused(case, file)
    assert len(messages) == 2, "in January the flows since January are the same"
    assert "row 6" in messages[0]
    assert "the sum of the rows of its month" in messages[0]
    file.write_text(text.replace("万元", "斤"), encoding="utf-8")
    (message,) = refused(case, file)
    assert "a unit" in message
    file.write_text(text.replace("本期收入", "本期收入（元）"), encoding="utf-8")
    assert "one unit of money" in refused(case, file)[0]


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "list.txt", "broken.xlsx", "empty.csv",
                                  "binary.csv", "header.csv"])  # fmt: skip
def test_files_that_cannot_be_read(case: Case, tmp_path: Path, name: str) -> None:
    contents = {"broken.xlsx": b"PK", "empty.csv": b"", "binary.csv": b"\xff\xfe\x00",
                "list.txt": b"a", "header.csv": b"scheme,fund,month,income,outgo\n"}  # fmt: skip
    if name in contents:
        (tmp_path / name).write_bytes(contents[name])
    (message,) = refused(case, tmp_path / name)
    assert name in message


CELLS = st.one_of(
    st.sampled_from(["ash", "2021-01", "1", "-3.5", "1e308", "9" * 400, "#N/A", "合计", "期末余额",
                     "income", "month", "fund", "item", "amount", "单位：万元", "\x00", "1,2", "",
                     "2021年1月", "employee", "nan", "٣", "小计", "²"]),
    st.text(max_size=5),
)  # fmt: skip


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    lines=st.lists(st.lists(CELLS, max_size=7), max_size=6),
    header=st.sampled_from([
        "", "scheme,fund,month,opening,income,outgo,closing", "险种,统筹区,月份,项目,金额",
        "scheme,fund,year,month,income_to_date,outgo_to_date,bank,issued",
    ]),
)  # fmt: skip
def test_any_text_is_read_or_refused(
    case: Case, tmp_path: Path, lines: list[list[str]], header: str
) -> None:
    file = tmp_path / "fuzzed.csv"
    rows = [header, *(",".join(line) for line in lines)]
    file.write_text("\n".join(rows), encoding="utf-8", errors="replace")
    read = read_or_refused(case, file)
    assert read is None or len(read.months)


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(row=st.integers(0, 11), column=st.sampled_from(list(monthly(1).columns)), cell=CELLS)
def test_a_cell_changed_at_random(
    case: Case, tmp_path: Path, row: int, column: str, cell: str
) -> None:
    """It is refused, or every row is accounted for and months reconcile all the same."""
    table = monthly(3).astype(object)
    table.loc[row, column] = cell
    file = tmp_path / "changed.csv"
    table.to_csv(file, index=False, encoding="utf-8", errors="replace")
    read = read_or_refused(case, file)
    if read is not None:
        months = read.months
        assert (months["opening"] + months["income"] - months["outgo"]).to_numpy() == (
            pytest.approx(months["balance"].to_numpy(), abs=2.5)
        )


@pytest.mark.parametrize("unit", MONEY_UNITS)
def test_units_are_read_as_in_tables(unit: str) -> None:
    assert unit_of(unit) == unit_factor(unit)
