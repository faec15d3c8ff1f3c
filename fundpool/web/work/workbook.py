"""A plan as a workbook: what was asked, results, and checks; differences are formulas."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from fundpool.languages.numbers import plural
from fundpool.version import __version__
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.requests.policy_text import words
from fundpool.web.work.answers import Material

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Creation time written into it, so that the same plan gives the same bytes."""

HEADLINE = {
    "pools": "pools",
    "pools_exhausted": "pools that run dry",
    "persons_exhausted_share": "share of insured in them",
    "first_exhaustion": "first year in which one runs dry",
    "short_range_failed": "pools that fail the ten-year test",
    "min_reserve_months": "least reserve, months of outgo",
    "closing_balance": "balance of all funds at the end, central path",
    "income_rate": "pooled contributions over the base",
    "level_rate": "level rate",
}
POOLS = (
    "pool", "name", "level", "counties", "persons", "opening_balance", "closing_balance",
    "exhaustion_year", "min_reserve_months", "final_reserve_months", "income_rate", "level_rate",
    "payg_rate_last", "short_range_test", "ruin_probability", "swaps_a_year",
)  # fmt: skip
EVENNESS = ("mean", "range", "cv", "gini", "theil", "theil_within", "theil_between")
Rows = list[list[Any]]


def plan_workbook(
    material: Material, request: PlanRequest, result: dict[str, Any], command: dict[str, Any]
) -> bytes:
    """The workbook's bytes.

    Args:
        material: what the answer was made of.
        request: the plan.
        result: its answer.
        command: the command that reproduces it.
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(
        memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "fundpool plan", "created": _EPOCH})
    sheets = _Sheets(book)
    case = material.plan.case
    sheets.table("README", ["what", "value"], _about(material, request, result, command))
    sheets.differences("headline", ["measure"], _pairs(result, HEADLINE))
    sheets.differences(
        "evenness", ["measure"],
        [[name, _at(result["a"], "evenness", name), result["b"]["evenness"][name]]
         for name in EVENNESS],
    )  # fmt: skip
    sheets.differences("balances", ["year"], _balances(result))
    lowest = case.levels[0]
    regions = plural(lowest, stated=case.settings.plurals)
    sheets.table(
        "pools",
        [regions if name == "counties" else name for name in POOLS],
        [[row[name] for name in POOLS] for row in result["pools"]],
    )
    names = {code: case.regions.name(code) for code in case.regions.codes}
    head = [lowest, "name", "pool", "persons", "own_rate", "pool_rate", "gain_a_year",
            "gain_per_person", "exhaustion_a", "exhaustion_b", "months_a", "months_b"]  # fmt: skip
    sheets.table(_sheet_name(regions), head, [_county(row, names) for row in result["counties"]])
    sheets.table(
        "payments", ["payer", "receiver", "amount_a_year", "kind"],
        [[row["payer"], row["receiver"], row["amount"], row["kind"]] for row in result["swaps"]],
    )  # fmt: skip
    assumptions = case.assumptions()
    sheets.table(
        "assumptions", list(assumptions.columns), assumptions.astype(object).to_numpy().tolist()
    )
    sheets.checks(len(result["pools"]), result)
    book.close()
    return memory.getvalue()


def _about(
    material: Material, request: PlanRequest, result: dict[str, Any], command: dict[str, Any]
) -> Rows:
    case = material.plan.case
    said = "; ".join(words(request)) or "nothing is changed"
    return [
        ["case", case.title],
        ["scheme", result["scheme"]],
        ["a", f"the case as it stands, pooled by {material.base.case.pooling_in_force}"],
        ["b", f"the plan: {said}"],
        ["years", f"{result['years'][0]}-{result['years'][-1]}, base year {case.base_year}"],
        ["money", f"{case.currency}, nominal; rates are fractions of the contribution base"],
        ["scenarios", result["scenarios"]],
        ["command", command["text"]],
        ["inputs sha256", result["inputs_sha256"]],
        ["made with", f"fundpool {__version__}"],
    ]


def _at(side: dict[str, Any] | None, *path: str) -> Any:
    here: Any = side
    for part in path:
        here = None if here is None else here[part]
    return here


def _pairs(result: dict[str, Any], names: dict[str, str]) -> Rows:
    return [[said, _at(result["a"], key), result["b"][key]] for key, said in names.items()]


def _balances(result: dict[str, Any]) -> Rows:
    total = result["paths"]["total"]
    after = total["b"]["central"]
    before = total["a"]["central"] if total["a"] is not None else [None] * len(after)
    before = [*before, *[None] * (len(after) - len(before))]
    return [[year, a, b] for year, a, b in zip(result["years"], before, after, strict=False)]


def _sheet_name(regions: str) -> str:
    """A name that a sheet may have and that no other sheet of the book has."""
    name = re.sub(r"[\[\]:*?/\\']", " ", regions)[:31].strip() or "regions"
    taken = {"readme", "headline", "evenness", "balances", "pools", "payments", "assumptions",
             "checks"}  # fmt: skip
    return f"{name[:22]} (regions)"[:31] if name.lower() in taken else name


def _county(row: dict[str, Any], names: dict[str, str]) -> list[Any]:
    a = row["a"] or {}
    return [
        row["code"], names[row["code"]], row["pool"], row["persons"], row["own_rate"],
        row["b"]["level_rate"], row["gain"], row["gain_per_person"], a.get("exhaustion_year"),
        row["b"]["exhaustion_year"], a.get("final_reserve_months"),
        row["b"]["final_reserve_months"],
    ]  # fmt: skip


class _Sheets:
    """Writes sheets with frozen headers and real tables."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 1})

    def table(self, name: str, head: list[str], rows: Rows) -> Any:
        """A sheet that holds one table."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, len(head), 16)
        if rows:
            sheet.add_table(
                0, 0, len(rows), len(head) - 1,
                {"name": "t_" + re.sub(r"\W", "_", name),
                 "columns": [{"header": text} for text in head],
                 "style": "Table Style Light 1"},
            )  # fmt: skip
        for r, row in enumerate(rows, start=1):
            for c, value in enumerate(row):
                self._cell(sheet, r, c, value)
        return sheet

    def differences(self, name: str, head: list[str], rows: Rows) -> None:
        """A sheet of a, b and b - a, the difference a formula."""
        sheet = self.table(name, [*head, "a", "b", "b - a"], [[*row, None] for row in rows])
        for r, row in enumerate(rows, start=1):
            a, b = row[1], row[2]
            if isinstance(a, int | float) and isinstance(b, int | float):
                sheet.write_formula(r, 3, f"=C{r + 1}-B{r + 1}", None, b - a)

    def checks(self, pools: int, result: dict[str, Any]) -> None:
        """A sheet that adds up what must add up."""
        sheet = self.book.add_worksheet("checks")
        sheet.set_column(0, 0, 60)
        for c, text in enumerate(("check", "value", "expected")):
            sheet.write_string(0, c, text, self.head)
        dry = result["b"]["pools_exhausted"]
        rows = [
            (
                "pools that run dry, counted on the sheet pools",
                f"=COUNT(pools!H2:H{pools + 1})",
                dry,
            ),
            ("pools, counted on the sheet pools", f"=COUNTA(pools!A2:A{pools + 1})", pools),
        ]
        for r, (text, formula, value) in enumerate(rows, start=1):
            sheet.write_string(r, 0, text)
            sheet.write_formula(r, 1, formula, None, value)
            sheet.write_number(r, 2, value)

    def _cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float) and value == value and abs(value) != float("inf"):
            sheet.write_number(row, column, value)
        elif value is not None and not isinstance(value, float):
            sheet.write_string(row, column, str(value))
