"""Options that several commands share."""

import logging
import math
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from fundpool.inputs.format.messages import Message


def _quieten(context: typer.Context, quiet: bool) -> bool:
    """While the command runs, without warnings either, such as that compiled code is not kept."""
    if quiet:
        logger = logging.getLogger("fundpool")
        context.call_on_close(partial(logger.setLevel, logger.level))
        logger.setLevel(logging.ERROR)
    return quiet


CaseArgument = Annotated[
    str,
    typer.Argument(
        metavar="CASE",
        help="A case folder, a workbook (.xlsx), or the name of a bundled case.",
    ),
]
Years = Annotated[
    int | None,
    typer.Option(
        "--years",
        min=1,
        max=100,
        help="Years to project; as many as the case's solvency.horizon unless given.",
    ),
]


def checked_seed(seed: int) -> int:
    """A seed that every generator takes.

    Raises:
        typer.BadParameter: it is out of range.
    """
    if not 0 <= seed < 2**64:
        raise typer.BadParameter(Message("the seed must be a whole number from 0 to 2^64 - 1"))
    return seed


Seed = Annotated[
    int,
    typer.Option("--seed", callback=checked_seed, help="Seed of all draws, from 0 to 2^64 - 1."),
]
Out = Annotated[Path, typer.Option("--out", help="Folder for the results.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="Say nothing but the result.", callback=_quieten)
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change an assumption, as in economy.medical_inflation=0.07. May be repeated.",
    ),
]
ArchiveFolder = Annotated[
    Path | None,
    typer.Option(
        "--archive", metavar="DIR", envvar="FUNDPOOL_ARCHIVE",
        help="Keep the run in this archive of runs.",
    ),
]  # fmt: skip
Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="NAME",
        help="A policy of the case, or a policy file, laid over it. May be repeated.",
    ),
]


class TableFormat(StrEnum):
    """Formats of the tables that ``project`` writes."""

    parquet = "parquet"
    csv = "csv"


def finite(value: float | None) -> float | None:
    """A number as it is given; what is not finite is refused."""
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(Message("%(value)s is not a finite number.", value=str(value)))
    return value


Months = Annotated[
    float | None,
    typer.Option(
        "--reserve-months", min=0.0, callback=finite,
        help="Reserve floor; default: the case's target.",
    ),
]  # fmt: skip
