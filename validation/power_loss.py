"""What a folder holds after a power cut: names and contents that nobody waited for may be lost.

From a recording of a run (:mod:`validation.watched_run`), the folder as a disk might show it after
the cut at any step. Certain are the entries of a folder and the contents of a file when they were
last waited for (``fsync``); anything later may be there or not, each folder and file by itself,
which is less than journals of file systems promise.
"""

import random
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from validation.watched_run import Moment, Recording

ROOT = 0
"""Number of the watched folder."""

Tree = tuple[tuple[str, int | None], ...]
"""Paths, sorted, each with the number of its contents, None for a folder, -1 for empty."""

EMPTY = -1


class Loss(Enum):
    """What is lost of that which nobody waited for."""

    contents = "contents, names kept"
    names = "names and contents"
    drawn = "drawn by lot"


def after_cut(moment: Moment, loss: Loss, draw: random.Random) -> Tree:
    """The folder after a power cut.

    Args:
        moment: when the power failed.
        loss: what is lost.
        draw: source of the lots.
    """
    lines: dict[str, int | None] = {}

    def lost() -> bool:
        return loss is Loss.names or (loss is Loss.drawn and draw.random() < 0.5)

    def add(folder: int, path: str) -> None:
        shown, kept = moment.folders.get(folder, {}), moment.kept_folders.get(folder, {})
        for name in sorted({*shown, *kept}):
            same = shown.get(name) == kept.get(name)
            number = kept.get(name) if not same and lost() else shown.get(name)
            if number is None:
                continue
            inner = f"{path}/{name}" if path else name
            if number in moment.folders or number in moment.kept_folders:
                lines[inner] = None
                add(number, inner)
            elif number in moment.files or number in moment.kept_files:
                lines[inner] = contents(number)

    def contents(number: int) -> int:
        shown, kept = moment.files.get(number), moment.kept_files.get(number, EMPTY)
        keep = shown is None or loss is not Loss.drawn or draw.random() < 0.5
        return kept if keep or shown is None else shown

    add(ROOT, "")
    return tuple(sorted(lines.items()))


def cuts(recording: Recording, lots: int, seed: int) -> Iterator[tuple[int, Loss, Tree]]:
    """Every different folder that a cut can leave: step, what is lost, the folder."""
    seen: set[Tree] = set()
    for step, moment in enumerate(recording.moments):
        kinds = [Loss.contents, Loss.names, *[Loss.drawn] * lots]
        for number, loss in enumerate(kinds):
            tree = after_cut(moment, loss, random.Random(f"{seed}:{step}:{number}"))
            if tree not in seen:
                seen.add(tree)
                yield step, loss, tree


def lay_out(tree: Tree, recording: Recording, place: Path) -> None:
    """Write such a folder."""
    place.mkdir(parents=True)
    for name, number in tree:
        if number is None:
            (place / name).mkdir()
        else:
            contents = b"" if number == EMPTY else recording.contents[number]
            (place / name).write_bytes(contents)
