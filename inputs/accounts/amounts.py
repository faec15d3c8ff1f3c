"""A table of a statement as amounts: one for every fund, month and item."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fundpool.inputs.accounts import words
from fundpool.inputs.accounts.funds import Names
from fundpool.inputs.accounts.mapping import Mapping
from fundpool.inputs.accounts.sheets import Sheet
from fundpool.inputs.files.table_words import MONEY_UNITS, plain
from fundpool.inputs.format.columns import CONTROL
from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.raw import ERROR_CELL, error_cell_mend

DEEPEST_HEADING = 30
"""Rows among which the headings are looked for."""
Key = tuple[str, str, int, int, str]


@dataclass(frozen=True)
class Amount:
    """A figure of a statement.

    Attributes:
        place, row, column: where it stands.
        scheme, region: whose it is.
        year, month: the month at whose end, or in which.
        item: of :data:`fundpool.inputs.accounts.words.ITEMS`.
        value: money.
        issued: date of issue as YYYY-MM-DD; empty if none is given.
        text: as it is written.
        rounding: half of the last digit that figures of its table are written with, as money.
    """

    place: str
    row: int
    column: str
    scheme: str
    region: str
    year: int
    month: int
    item: str
    value: float
    issued: str
    text: str
    rounding: float

    @property
    def key(self) -> Key:
        """What it is a figure of."""
        return self.scheme, self.region, self.year, self.month, self.item


@dataclass
class TableRead:
    """What a table of a statement holds.

    Attributes:
        amounts: its figures.
        fates: what became of each row: ``used``, or why it holds no figures.
        findings: what is wrong.
        unread: headings that are not known.
        decimals: most decimals that a figure is written with.
    """

    amounts: list[Amount] = field(default_factory=list)
    fates: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    decimals: int = 0


@dataclass(frozen=True)
class Layout:
    """Columns of a table and what the lines above its headings say of all rows."""

    heading_row: int
    columns: dict[str, int]
    headings: dict[str, str]
    units: dict[str, float]
    period: tuple[int, int] | None
    issued: str
    scheme: str

    def cell(self, row: list[str], role: str) -> str:
        """The cell of a role in a row; empty where there is none."""
        place = self.columns.get(role)
        return row[place] if place is not None and place < len(row) else ""


def read_table(sheet: Sheet, names: Names, mapping: Mapping) -> TableRead:
    """The figures of a table; every row is used or explained."""
    result = TableRead()
    layout = _layout(sheet, names, mapping, result)
    if layout is None:
        result.findings = list(dict.fromkeys(result.findings))
        return result
    for number, row in enumerate(sheet.rows, 1):
        if number < layout.heading_row:
            result.fates[number] = "title" if any(row) else "blank"
        elif number == layout.heading_row:
            result.fates[number] = "headings"
        else:
            result.fates[number] = _read_row(sheet, number, row, layout, names, mapping, result)
    finest = 10.0**-result.decimals
    result.amounts = [replace(one, rounding=one.rounding * finest) for one in result.amounts]
    _check_totals(sheet, layout, mapping, result)
    result.findings = list(dict.fromkeys(result.findings))  # a unit is judged column by column
    return result


def _check_totals(sheet: Sheet, layout: Layout, mapping: Mapping, result: TableRead) -> None:
    """Compare rows of totals with the sum of the table's rows of their month."""
    for number in (row for row, fate in result.fates.items() if fate == "total"):
        row = sheet.rows[number - 1]
        period = words.month_of(layout.cell(row, "month")) or layout.period
        for role, unit in layout.units.items():
            item = words.TO_DATE.get(role, role) if mapping.cumulative else role
            total = words.amount_of(layout.cell(row, role))
            summed = [
                one for one in result.amounts
                if one.item == item and (one.year, one.month) == period
            ]  # fmt: skip
            if total is None or not summed or "scheme" in layout.columns:
                continue
            off = total[0] * unit - sum(one.value for one in summed)
            rounding = (len(summed) + 1) * summed[0].rounding
            if abs(off) > rounding + 1e-9 * abs(total[0] * unit):
                result.findings.append(
                    Finding(sheet.place, number, layout.headings[role], layout.cell(row, role),
                            Message("the sum of the rows of its month"),
                            Message("It is off by %(difference)s; correct the total, or add the "
                                    "row that is missing.", difference=f"{off:,.2f}"))
                )  # fmt: skip


def _layout(sheet: Sheet, names: Names, mapping: Mapping, result: TableRead) -> Layout | None:
    """Where the headings are and what they say; None, with a finding, where that is not known."""
    wanted = ({"item", "amount"}, *({item} for item in words.ITEMS))
    for number, row in enumerate(sheet.rows[:DEEPEST_HEADING], 1):
        headings = [words.heading_of(cell, mapping.columns) for cell in row]
        roles = [heading.role for heading in headings if heading.role]
        if len(roles) < 2 or not any(need <= set(roles) for need in wanted):
            continue
        for role in sorted({role for role in roles if roles.count(role) > 1}):
            shown = next(heading.text for heading in headings if heading.role == role)
            result.findings.append(
                Finding(sheet.place, number, shown, shown, Message("each column once"),
                        Message("Remove one of them."))
            )  # fmt: skip
        above = " ".join(" ".join(row) for row in sheet.rows[: number - 1])
        columns = {heading.role: place for place, heading in enumerate(headings) if heading.role}
        result.unread += [h.text for h in headings if h.text and not h.role]
        layout = Layout(
            number, columns,
            {role: headings[place].text for role, place in columns.items()},
            {role: _unit(sheet.place, number, headings[place], above, mapping, result)
             for role, place in columns.items() if role in words.ITEMS or role == "amount"},
            words.stated_month(above), mapping.issued or words.stated_issue(above) or "",
            mapping.scheme or names.scheme_in(f"{above} {sheet.name}"),
        )  # fmt: skip
        return layout if _complete(sheet, layout, names, mapping, result) else None
    result.findings.append(
        Finding.of_file(sheet.place, Message("a row of headings with month, fund and amounts"),
                        Message("Use headings of a known layout, or name the columns in a file "
                                "given with --mapping."))
    )  # fmt: skip
    return None


def _complete(
    sheet: Sheet, layout: Layout, names: Names, mapping: Mapping, result: TableRead
) -> bool:
    """Whether scheme, fund and month are known of every row."""
    columns, before = layout.columns, len(result.findings)
    given = {
        "fund": "fund" in columns or mapping.fund,
        "scheme": "scheme" in columns or layout.scheme or names.only_scheme,
        "month": "month" in columns or (layout.period and "year" not in columns),
    }
    for role, known in given.items():
        if not known:
            result.findings.append(
                Finding(sheet.place, layout.heading_row, role, None,
                        Message("a column %(role)s, one of %(words)s", role=role,
                                words=Listed.of(words.HEADINGS[role])),
                        Message("Add it, or name it in a file given with --mapping."))
            )  # fmt: skip
    return len(result.findings) == before


def _unit(
    place: str, row: int, heading: words.Heading, above: str, mapping: Mapping, result: TableRead
) -> float:
    """Money that a figure of a column stands for."""
    stated = words.stated_unit(above)
    of_table = words.unit_of(stated) if stated else None
    if stated and of_table is None and mapping.unit is None:
        result.findings.append(
            Finding(place, None, None, stated,
                    Message("a unit, one of %(words)s", words=Listed.of(MONEY_UNITS)),
                    Message("Correct it, or give unit in a file named with --mapping."))
        )  # fmt: skip
    known = [unit for unit in (mapping.unit, heading.unit, of_table) if unit is not None]
    if len(set(known)) > 1:
        result.findings.append(
            Finding(place, row, heading.text, heading.text, Message("one unit of money"),
                    Message("Heading, title and mapping name different units; correct them."))
        )  # fmt: skip
    return known[0] if known else 1.0


def _read_row(
    sheet: Sheet, number: int, row: list[str], layout: Layout, names: Names, mapping: Mapping,
    result: TableRead,
) -> str:  # fmt: skip
    """Read a row; returns what became of it."""
    figures = {role: layout.cell(row, role) for role in layout.units}
    if not any(row):
        return "blank"
    fund = layout.cell(row, "fund")
    if plain(fund) in words.TOTALS:
        return "total"
    if plain(fund) in words.SUBTOTALS:
        return "subtotal"
    if not any(figures.values()):
        return "no figures"

    def wrong(role: str, value: str, expected: Message, mend: Message) -> None:
        column = layout.headings.get(role, role)
        result.findings.append(Finding(sheet.place, number, column, value, expected, mend))

    region = names.region(fund or mapping.fund, lambda *said: wrong("fund", *said))
    scheme_name = layout.cell(row, "scheme") or layout.scheme or names.only_scheme
    scheme = names.scheme(scheme_name, lambda *said: wrong("scheme", *said))
    period = _period(row, layout, wrong)
    issued = layout.cell(row, "issued")
    date = words.date_of(issued) if issued else layout.issued
    if date is None:
        wrong("issued", issued, Message("a date such as 2024-04-09"), _mend(issued))
    for role, text in figures.items():
        item = _item(role, layout.cell(row, "item"), mapping, wrong)
        if not text:
            continue
        parsed = words.amount_of(text)
        if parsed is None:
            wrong(role, text, Message("an amount"), _mend(text))
        elif item and region and scheme and period and date is not None:
            value, decimals = parsed
            unit = layout.units[role]
            result.decimals = max(result.decimals, decimals)
            result.amounts.append(
                Amount(sheet.place, number, layout.headings[role], scheme, region, *period, item,
                       value * unit, date, text, 0.5 * unit)
            )  # fmt: skip
    return "used"


Wrong = Callable[[str, str, Message, Message], None]


def _item(role: str, text: str, mapping: Mapping, wrong: Wrong) -> str | None:
    """What a figure of a column is; since January where the mapping says so."""
    item: str | None = role
    if role == "amount":
        item = mapping.items.get(text) or words.item_of(text)
        if item is None:
            wrong("item", text, Message("one of %(words)s", words=Listed.of(words.ITEMS)),
                  _mend(text))  # fmt: skip
    return words.TO_DATE.get(item, item) if item and mapping.cumulative else item


def _period(row: list[str], layout: Layout, wrong: Wrong) -> tuple[int, int] | None:
    """Year and month of a row."""
    text = layout.cell(row, "month")
    if "month" not in layout.columns:
        return layout.period
    month = words.month_of(text)
    if month is None and "year" in layout.columns:
        year, number = words.number_of_year(layout.cell(row, "year")), words.number_of_month(text)
        month = (year, number) if year and number else None
    if month is None and layout.period and "year" not in layout.columns:
        number = words.number_of_month(text)
        month = (layout.period[0], number) if number else None
    if month is None:
        wrong("month", text, Message("a month such as 2024-03"), _mend(text))
    return month


def _mend(text: str) -> Message:
    if ERROR_CELL.fullmatch(text):
        return error_cell_mend(text)
    if CONTROL.search(text):
        return Message("Remove characters that nothing can show.")
    return Message("Correct the cell.")
