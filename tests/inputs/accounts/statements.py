"""Made-up statements of the worked example's funds, with figures that reconcile."""

import csv
from pathlib import Path

import pandas as pd

SEASON = (6.0, 7.0, 8.0, 8.0, 8.0, 8.0, 8.0, 9.0, 9.0, 9.0, 9.0, 11.0)
"""Per cent of a year's outgo in each month."""
OPENING = {("employee", "ash"): 100_000.0, ("employee", "birch"): 2_000_000.0,
           ("resident", "ash"): 50_000.0, ("resident", "birch"): 80_000.0}  # fmt: skip


def monthly(months: int = 15, first_year: int = 2021) -> pd.DataFrame:
    """Opening balance, income, outgo and balance of every fund; outgo has a season."""
    rows = []
    for number, ((scheme, region), balance) in enumerate(OPENING.items()):
        for m in range(months):
            year, month = first_year + m // 12, m % 12 + 1
            income = 40_000.0 + 1_000.0 * number + 100.0 * (m % 5)
            outgo = (4_000.0 + 150.0 * number) * SEASON[month - 1]
            closing = round(balance + income - outgo, 2)
            rows.append((scheme, region, year, month, balance, income, outgo, closing))
            balance = closing
    columns = ["scheme", "fund", "year", "month", "opening", "income", "outgo", "closing"]
    return pd.DataFrame(rows, columns=columns)


def wide(table: pd.DataFrame, file: Path) -> Path:
    """With English headings, a row a fund and month."""
    months = [f"{y}-{m:02}" for y, m in zip(table["year"], table["month"], strict=True)]
    table.assign(month=months).drop(columns="year").to_csv(file, index=False)
    return file


def long(table: pd.DataFrame, file: Path) -> Path:
    """A row for every item."""
    melted = table.melt(["scheme", "fund", "year", "month"], var_name="item", value_name="amount")
    melted.to_csv(file, index=False)
    return file


def bureau(table: pd.DataFrame, scheme: str, folder: Path) -> list[Path]:
    """A Chinese bureau's monthly sheets of one scheme, in units of 10,000: title, unit, headings,
    rows, a row of totals and who made it; flows of the month and since January."""
    names = {"ash": "Ash", "birch": "Birch"}
    files = []
    table = table[table["scheme"] == scheme].copy()
    for item in ("income", "outgo"):
        table[f"{item}_to_date"] = table.groupby(["fund", "year"])[item].cumsum()
    columns = ["opening", "income", "outgo", "closing", "income_to_date", "outgo_to_date"]
    for (year, month), rows in table.groupby(["year", "month"]):
        file = folder / f"{scheme}-{year}-{month:02}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([f"{scheme}基本医疗保险基金收支月报", "", "", "", "", "", ""])
            writer.writerow([f"{year}年{month}月", "", "单位：万元", "编制日期：2023年9月1日"])
            writer.writerow(["统筹地区", "期初余额", "本期收入", "本期支出", "期末余额",
                             "本年累计收入", "本年累计支出"])  # fmt: skip
            for row in rows.to_dict("records"):
                writer.writerow([names[row["fund"]], *(f"{row[c] / 1e4:,.4f}" for c in columns)])
            writer.writerow(["合计", *(f"{rows[c].sum() / 1e4:,.4f}" for c in columns)])
            writer.writerow([])
            writer.writerow(["制表人：", "", "", "", "", "", ""])
        files.append(file)
    return files
