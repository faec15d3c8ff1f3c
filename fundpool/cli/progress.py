"""Progress bars, on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fundpool.cli.spoken import spoken


@contextmanager
def item_progress(words: str, number: int, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar over named things, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _name: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=number)
        yield lambda name: bar.update(task, advance=1, description=f"{words}: {name}")


@contextmanager
def year_progress(years: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar over projected years, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _year: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        said = spoken().gettext("Projecting")
        task = bar.add_task(said, total=years)
        yield lambda year: bar.update(task, advance=1, description=f"{said} {year}")
