"""Rows of the table of measurements, as text, as Markdown and as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

BEGIN = "<!-- written by: python -m benchmarks --write docs/performance.md -->"
END = "<!-- end of what is written -->"


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        what: what was measured.
        value: the figure.
        unit: its unit; "" for a share.
        goal: what it should be at least, or at most; None where nothing is asked.
        wanted: whether ``goal`` is a floor or a ceiling.
    """

    what: str
    value: float
    unit: str = ""
    goal: float | None = None
    wanted: Literal["at least", "at most"] = "at least"

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.wanted == "at least" else self.value <= self.goal


def figure(value: float) -> str:
    """A number in three figures.

    >>> figure(0.04167), figure(1234567.0), figure(3.1e-15), figure(64.0)
    ('0.0417', '1,230,000', '3.1e-15', '64.0')
    """
    if value and abs(value) < 1e-4:
        return f"{value:.1e}"
    if abs(value) < 1000:
        return f"{value:#.3g}".removesuffix(".")
    size = 10 ** (len(str(int(abs(value)))) - 3)
    return f"{round(value / size) * size:,.0f}"


def _cells(row: Row) -> tuple[str, str, str, str]:
    goal = "" if row.goal is None else f"{row.wanted} {row.goal:g}"
    met = {None: "", True: "met", False: "not met"}[row.met]
    return row.what, f"{figure(row.value)} {row.unit}".strip(), goal, met


HEAD = ("what", "measured", "goal", "")


def as_text(rows: Sequence[Row]) -> str:
    """The table for a terminal."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if i == 1 else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_markdown(rows: Sequence[Row], machine: str) -> str:
    """The table for a page of the documentation, under a line that says where it was measured."""
    lines = [machine, "", f"| {' | '.join(HEAD)} |", "| --- | ---: | --- | --- |"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in rows]
    return "\n".join(lines)


def as_records(rows: Sequence[Row], machine: str) -> Mapping[str, Any]:
    """The table as plain data."""
    return {"machine": machine, "rows": [asdict(row) | {"met": row.met} for row in rows]}


def with_table(page: str, table: str) -> str:
    """A page with the table between its two markers; the rest stays.

    Raises:
        ValueError: the page lacks a marker.
    """
    before, first, rest = page.partition(BEGIN)
    _, last, after = rest.partition(END)
    if not first or not last:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"
