"""Letters of a document on paper: white space, lengths, room for the columns of a table."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fundpool.report.document.model import Span, Spans, Table, plain

LINE = 105
"""Letters of a table's size that fit on a line of the printed page, spaces between columns off."""
SHORT, LONG = 20, 36
"""Letters at which a cell beside a column of prose is broken, and the least that prose takes."""


def folded(text: str) -> str:
    """A text with every run of white space as one space, as HTML shows it."""
    return re.sub(r"[ \t\r\n]+", " ", text)


def trimmed(spans: Spans) -> Spans:
    """Spans with white space as HTML shows it: folded, none at either end; line breaks stay."""
    made: list[Span] = []
    for span in spans:
        text = span.text if span.text == "\n" else folded(span.text)
        if made and made[-1].text.endswith(" ") and text.startswith(" "):
            text = text[1:]
        if text:
            made.append(replace(span, text=text))
    if made:
        made[0] = replace(made[0], text=made[0].text.lstrip(" \n"))
        made[-1] = replace(made[-1], text=made[-1].text.rstrip(" \n"))
    return tuple(span for span in made if span.text)


def length(text: str) -> int:
    """Width of a text in letters; Chinese characters count as two.

    >>> length("fund"), length("基金")
    (4, 4)
    """
    return sum(2 if ord(letter) >= 0x2E80 else 1 for letter in text)


def natural_lengths(rows: Sequence[Sequence[str]], columns: int) -> list[int]:
    """Letters of the longest cell of each column, at least one."""
    return [max([1, *(length(row[column]) for row in rows)]) for column in range(columns)]


def shares(natural: Sequence[int], wide: Sequence[bool]) -> list[float]:
    """Letters that each column of a table with prose gets.

    A column of prose (``wide``) takes what the others leave, at least ``LONG`` letters; a longer
    cell of another column is broken at ``SHORT``.
    """
    kept = [min(letters, SHORT) + 2 for letters in natural]
    left = LINE - sum(k for k, prose in zip(kept, wide, strict=True) if not prose)
    share = max(LONG, left) / sum(wide)
    return [float(share if prose else k) for k, prose in zip(kept, wide, strict=True)]


def column_widths(block: Table, line: int) -> list[int]:
    """Width of each column: what its contents ask for, or as much of it as the line has.

    No column gets less than its longest word needs while the others can give way. Tables of more
    columns have smaller letters.

    Args:
        block: the table.
        line: width of a line, in twentieths of a point, as the result.
    """
    n = len(block.columns)
    letter = 104 if n <= 6 else 92 if n <= 9 else 78
    padding = 200 if n <= 9 else 120
    rows = [[plain(column.head) for column in block.columns]]
    rows += [[plain(cell.spans) for cell in row] for row in block.body if len(row) == n]
    wide = [column.width == "wide" for column in block.columns]
    natural: list[float] = list(natural_lengths(rows, n))
    if any(wide):
        natural = shares(natural_lengths(rows, n), wide)
    words = [
        max([1, *(length(word) for row in rows for word in _pieces(row[column]))])
        for column in range(n)
    ]
    least = [letter * min(longest, 30) + padding for longest in words]
    full = [max(letter * n_letters + padding, low)
            for n_letters, low in zip(natural, least, strict=True)]  # fmt: skip
    extra = [high - low for high, low in zip(full, least, strict=True)]
    if sum(least) > line:
        return [int(low * line / sum(least)) for low in least]
    share = min(1.0, (line - sum(least)) / sum(extra)) if sum(extra) > 0 else 0.0
    return [int(low + share * more) for low, more in zip(least, extra, strict=True)]


def _pieces(text: str) -> Iterator[str]:
    r"""What is not broken in a cell: words, a figure with its unit as one; of Chinese, which breaks
    anywhere, four characters.

    >>> list(_pieces("8.47\N{NO-BREAK SPACE}% of all"))
    ['8.47\xa0%', 'of', 'all']
    >>> list(_pieces("1231.1亿 基金可支付月数"))
    ['1231.1亿', '基金可支']
    """
    for word in re.split(r"[ \t\r\n]+", text):
        chinese = length(word) > len(word)
        figure = word[:1] in "−0123456789" and length(word) <= SHORT
        yield word[:4] if chinese and not figure else word
