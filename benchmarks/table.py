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


PAGE_HEAD = ("benchmark", *HEAD, "load")


def as_markdown(rows: Sequence[Row], benchmark: str, load: float) -> list[str]:
    """Lines of the page's table: what a benchmark measured, and how busy the machine was."""
    return [f"| {' | '.join((benchmark, *_cells(row), f'{load:.1f}'))} |" for row in rows]


def as_records(rows: Sequence[Row], machine: str) -> Mapping[str, Any]:
    """The table as plain data."""
    return {"machine": machine, "rows": [asdict(row) | {"met": row.met} for row in rows]}


def with_table(
    page: str, measured: Mapping[str, Sequence[str]], order: Sequence[str], machine: str
) -> str:
    """A page with new lines of some benchmarks in its table; all else stays.

    Args:
        page: the page, with its two markers.
        measured: lines by benchmark, from :func:`as_markdown`.
        order: benchmarks in the order of the table; lines of others are dropped.
        machine: what they were measured on.

    Raises:
        ValueError: the page lacks a marker.
    """
    before, first, rest = page.partition(BEGIN)
    table, last, after = rest.partition(END)
    if not first or not last:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    lines = [machine, "", f"| {' | '.join(PAGE_HEAD)} |", "| --- | --- | ---: | --- | --- | ---: |"]
    for benchmark in order:
        kept = [line for line in table.splitlines() if line.startswith(f"| {benchmark} |")]
        lines += measured.get(benchmark, kept)
    return "\n".join([f"{before}{BEGIN}", "", *lines, "", f"{END}{after}"])
