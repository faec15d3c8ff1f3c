"""Progress bars, on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fundpool.cli.spoken import spoken


@contextmanager
def item_progress(words: str, number: int, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar over named things, on a terminal only."""
    with _bar(lambda: words, number, quiet) as advance:
        yield lambda name: advance(f": {name}")


@contextmanager
def year_progress(years: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar over projected years, on a terminal only."""
    with _bar(lambda: spoken().gettext("Projecting"), years, quiet) as advance:
        yield lambda year: advance(f" {year}")


@contextmanager
def _bar(words: Callable[[], str], steps: int, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar, if one is shown; what it yields takes a step that ends the words."""
    if quiet or not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        said = words()
        task = bar.add_task(said, total=steps)
        yield lambda step: bar.update(task, advance=1, description=f"{said}{step}")
