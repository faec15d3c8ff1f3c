"""The planners' page: from a moved slider to redrawn charts, in a real browser.

95 counties, 30 years, 500 scenarios. The model's part is what the server reports of each answer.
"""

import statistics
from pathlib import Path

from benchmarks.table import Row
from tests.fundpool.web.browser import Page, browser, server

MOVES = 30

_MOVED = """
const input = document.querySelector('#rate');
const idle = () => document.querySelector('main').ariaBusy === 'false';
const times = [];
performance.clearResourceTimings();
for (let move = 1; move <= %d; move++) {
  const drawn = Number(document.body.dataset.drawn);
  const begun = performance.now();
  input.value = move / 1000;
  input.dispatchEvent(new Event('input', {bubbles: true}));
  while (Number(document.body.dataset.drawn) === drawn || !idle()) {
    await new Promise(done => setTimeout(done, 2));
  }
  times.push(performance.now() - begun);
}
const models = performance.getEntriesByType('resource').filter(e => e.name.endsWith('/api/plan'))
  .map(e => e.serverTiming[0]?.duration).filter(Boolean);
return [times, models];
"""


def measure() -> list[Row]:
    """Medians of thirty moves under two plans."""
    rows = []
    with server(Path("jiangsu"), "--scenarios", "500") as address, browser() as page:
        page.open(address)
        _with_fans(page)
        for plan in ("county", "city"):
            page.open(f"{address}#pooling={plan}&from_year=2027")
            page.run(_MOVED % 3)
            times, models = page.run(_MOVED % MOVES)
            rows += [
                Row(
                    f"page: slider to charts, {plan}",
                    statistics.median(times),
                    "ms",
                    200,
                    "at most",
                ),
                Row(
                    f"page: the model's part, {plan}",
                    statistics.median(models),
                    "ms",
                    50,
                    "at most",
                ),
            ]
    return rows


def _with_fans(page: Page) -> None:
    page.until("document.querySelector('#basis').textContent.includes('500')", 300)
