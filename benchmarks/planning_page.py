"""The planners' page in a real browser: from a moved slider to redrawn charts, and at first sight.

95 counties, 30 years, 500 scenarios. The model's part is what the server reports of each answer. A
drag is made with the mouse, and counted from the pointer's release to the frame after the last
chart has been drawn: waiting, request and network are in it. ``python -m benchmarks.planning_page``
measures and prints these alone.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

from benchmarks.table import Row
from tests.fundpool.web.browser import Page, browser, server

MOVES = 30
DRAGS = 30
POSITIONS = 12
"""Positions of the pointer within a drag, one a frame."""
FRAME = 1 / 60
SIGHTS = 5

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

_RELEASED = """
window.released = 0;
document.addEventListener('pointerup', () => { window.released = performance.now(); }, true);
"""
_SHOWN = """
const frame = () => new Promise(requestAnimationFrame);
const main = document.querySelector('main');
while (!window.released || main.ariaBusy !== 'false') await new Promise(r => setTimeout(r, 1));
await frame();
await new Promise(done => setTimeout(done));
const took = performance.now() - window.released;
window.released = 0;
return took;
"""
_TRACK = """
const input = document.querySelector('#rate');
input.scrollIntoView({block: 'center', behavior: 'instant'});
const box = input.getBoundingClientRect();
return [box.left, box.width, box.top + box.height / 2];
"""
_DRAWN = "return performance.getEntriesByName('fundpool-drawn')[0].startTime"


def measure() -> list[Row]:
    """Medians of thirty moves under two plans, and the time from release of thirty drags."""
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
        page.open(f"{address}#pooling=county&from_year=2027")
        released = drags(page)
        rows += [
            Row(
                "page: release to charts, median",
                statistics.median(released),
                "ms",
                300,
                "at most",
            ),
            Row(
                "page: release to charts, 95th percentile",
                float(np.percentile(released, 95)),
                "ms",
                300,
                "at most",
            ),
            Row("page: first sight, warm", statistics.median(sights(page, address)), "ms", 2000,
                "at most"),
        ]  # fmt: skip
    return rows


def drags(page: Page) -> list[float]:
    """Milliseconds from the pointer's release to the last chart, of drags of the rate's slider."""
    page.run(_RELEASED)
    left, width, height = page.run(_TRACK)
    times = []
    for drag in range(DRAGS + 1):
        ends = (0.3, 0.8) if drag % 2 else (0.75, 0.35)
        places = [left + width * share for share in np.linspace(*ends, POSITIONS) + drag / 1000]
        _pointer(page, "mousePressed", places[0], height)
        for place in places[1:]:
            _pointer(page, "mouseMoved", place, height)
            time.sleep(FRAME)
        _pointer(page, "mouseReleased", places[-1], height)
        times.append(float(page.run(_SHOWN)))
    return times[1:]  # the first warms up


def sights(page: Page, address: str) -> list[float]:
    """Milliseconds from opening the page to its first drawing, its files already in the browser."""
    times = []
    for _ in range(SIGHTS):
        page.open(address)
        times.append(float(page.run(_DRAWN)))
    return times


def _pointer(page: Page, kind: str, x: float, y: float) -> None:
    buttons = 0 if kind == "mouseReleased" else 1  # pressed
    page.call(
        "Input.dispatchMouseEvent",
        type=kind,
        x=x,
        y=y,
        button="left",
        buttons=buttons,
        clickCount=1,
    )


def _with_fans(page: Page) -> None:
    page.until("document.querySelector('#basis').textContent.includes('500')", 300)


if __name__ == "__main__":
    argparse.ArgumentParser(
        prog="python -m benchmarks.planning_page", description=__doc__.splitlines()[0]
    ).parse_args()
    for row in measure():
        print(row)
