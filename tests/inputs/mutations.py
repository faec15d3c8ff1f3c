"""Ways to spoil a case: bytes, cells, rows, columns and settings changed at random."""

import copy
import csv
import io
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Bytes = Callable[[bytes], bytes]

CELLS = (
    "", " ", "nan", "NaN", "inf", "-inf", "-1", "0", "1e400", "1e-400", "-0", "1,5", "1 000",
    "0x10", "１２", "٣", "true", "None", "=1+1", "'", '"', "ash", "outside", "male", "employee",
    "\x00", "\ufeff",
    "2020.5", "1e3", "99999999999999999999999", "1_000", "−1", "½", "x" * 5000, "\u202e", "\ud7ff",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    "", "text", -1, 0, 1, 10**30, -0.5, float("nan"), float("inf"), 1e308, True, [], [1],
    [[0, 0.5]],
    [[1, 2, 3]], [["a", "b"]], {}, {"value": "x"},
    {"value": -5, "source": "s", "status": "assumed"},
    {"values": {}}, ["employee", "employee"], ["resident"], ["none"], {"2021": 1}, "county",
)  # fmt: skip


@st.composite
def byte_changes(draw: st.DrawFn) -> Bytes:
    """One to four changes of bytes: put in, taken out, overwritten, cut off, doubled."""
    steps = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["insert", "delete", "overwrite", "truncate", "double"]),
                st.floats(0, 1),
                st.binary(min_size=1, max_size=12),
            ),
            min_size=1,
            max_size=4,
        )
    )

    def changed(contents: bytes) -> bytes:
        for kind, where, extra in steps:
            at = int(where * len(contents))
            if kind == "insert":
                contents = contents[:at] + extra + contents[at:]
            elif kind == "delete":
                contents = contents[:at] + contents[at + len(extra) :]
            elif kind == "overwrite":
                contents = contents[:at] + extra + contents[at + len(extra) :]
            elif kind == "truncate":
                contents = contents[:at]
            else:
                contents = contents[:at] + contents[at // 2 :]
        return contents

    return changed


@st.composite
def table_changes(draw: st.DrawFn) -> Bytes:
    """One to three changes of a table's cells, rows or columns."""
    steps = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["cell", "cell", "cell", "row out", "row twice", "column out",
                                 "column named", "column twice", "short row"]),
                st.floats(0, 1),
                st.floats(0, 1),
                st.sampled_from(CELLS) | st.text(max_size=8),
            ),
            min_size=1,
            max_size=3,
        )
    )  # fmt: skip

    def changed(contents: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(contents.decode("utf-8"), newline="")))
        for kind, down, across, text in steps:
            if len(rows) < 2 or not rows[0]:
                break
            line = 1 + min(int(down * (len(rows) - 1)), len(rows) - 2)
            place = min(int(across * len(rows[0])), len(rows[0]) - 1)
            if kind == "cell" and place < len(rows[line]):
                rows[line][place] = text
            elif kind == "row out":
                del rows[line]
            elif kind == "row twice":
                rows.append(list(rows[line]))
            elif kind == "column out":
                rows = [row[:place] + row[place + 1 :] for row in rows]
            elif kind == "column named":
                rows[0][place] = text
            elif kind == "column twice":
                rows = [[*row, row[place] if place < len(row) else ""] for row in rows]
            elif kind == "short row":
                rows[line] = rows[line][:place]
        text_out = io.StringIO()
        csv.writer(text_out, lineterminator="\n").writerows(rows)
        return text_out.getvalue().encode("utf-8", "surrogatepass")

    return changed


@st.composite
def settings_changes(draw: st.DrawFn) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """One or two settings taken out, added or given another value, at any depth."""
    steps = draw(
        st.lists(
            st.tuples(
                st.lists(st.floats(0, 1), min_size=1, max_size=5),
                st.sampled_from(["value", "value", "out", "new"]),
                st.sampled_from(VALUES),
            ),
            min_size=1,
            max_size=2,
        )
    )

    def changed(settings: dict[str, Any]) -> dict[str, Any]:
        result = copy.deepcopy(settings)
        for path, kind, value in steps:
            here = result
            for share in path[:-1]:
                deeper = [v for v in here.values() if isinstance(v, dict) and v]
                if not deeper:
                    break
                here = deeper[min(int(share * len(deeper)), len(deeper) - 1)]
            names = list(here)
            if not names:
                continue
            name = names[min(int(path[-1] * len(names)), len(names) - 1)]
            if kind == "out":
                del here[name]
            else:
                here[name if kind == "value" else f"{name}_more"] = copy.deepcopy(value)
        return result

    return changed
