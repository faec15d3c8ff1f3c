"""Controls and figures never disagree, and what happens is said at the control that was used."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fundpool.web.browser import IDLE, Page

WHERE = "document.querySelector('#feedback').parentElement.id"
SHOWN = "(e => !e.hidden && e.textContent)(document.querySelector('#problem'))"


def headline(page: Page) -> str:
    return page.text("#headline tbody")


def test_a_stale_link_says_which_case_is_missing_and_keeps_its_plan(
    page: Page, address: str, case_workbook: Path
) -> None:
    page.open(f"{address}#case=nonexistent123&file=mine.xlsx&pooling=province&rate=0.01")
    said = page.text("#lost")
    assert "mine.xlsx" in said
    assert "not open" in said
    assert page.run("return document.querySelector('#lost').offsetHeight") > 0
    # the figures are those of the controls: the case as it stands
    assert page.run("return document.querySelector('#rate').value") == "0"
    assert "0.01" not in page.text("#command")
    page.upload("#file", case_workbook)
    page.until("location.hash.includes('rate=0.01') && location.hash.includes('pooling=province')")
    page.until(f"document.querySelector('#lost').hidden && {IDLE}")
    assert page.run("return document.querySelector('#rate').value") == "0.01"


def test_what_is_refused_goes_back_and_is_said_at_its_control(page: Page, address: str) -> None:
    page.open(f"{address}#pooling=county%2Ccity%402023%2Cprovince%402025")
    before = headline(page)
    page.click("#optimise")
    page.until(f"({SHOWN}) && {IDLE}")
    assert page.run(f"return {WHERE}") == "at-optimise"
    assert "plan before" in page.text("#problem")
    page.until("!location.hash.includes('optimised')")
    # what was refused is no step to undo
    page.until("document.querySelector('#undo').disabled")
    assert headline(page) == before
    assert page.text("#optimised") == ""
    # the next change clears the message and moves it to its own control
    page.choose("#care", "0.1")
    assert page.run("return document.querySelector('#problem').hidden")
    assert page.run(f"return {WHERE}") == "at-plan"


def test_progress_and_cancel_stand_at_the_optimiser(page: Page, address: str) -> None:
    page.open(f"{address}#care=0.06")
    before = headline(page)
    page.click("#optimise")
    page.until("!document.querySelector('#progress').hidden")
    assert page.run(f"return {WHERE}") == "at-optimise"
    near = (
        "const [a, b] = ['#optimise', '#progress-cancel']"
        ".map(name => document.querySelector(name).getBoundingClientRect().top);"
        "return Math.abs(a - b);"
    )
    assert page.run(near) < 200
    page.click("#progress-cancel")
    page.until(f"!location.hash.includes('optimised') && {IDLE}")
    assert "Cancelled" in page.text("#problem")
    assert headline(page) == before


def test_an_empty_reserve_is_no_reserve_of_zero(page: Page, address: str) -> None:
    page.open(address)
    for button in ("#optimise", "#frontier"):
        page.run("document.querySelector('#months').value = ''")
        page.click(button)
        assert "optimised" not in page.run("return location.hash")
        assert page.run("return document.querySelector('#months').validity.valueMissing")
        assert page.run("return document.querySelector('main').ariaBusy") == "false"


def test_stages_in_the_wrong_order_are_refused(page: Page, address: str) -> None:
    page.open(address)
    page.choose("#mode", "staged")
    pick = (
        "const e = document.querySelector('#stage-year-1'); e.value = '2022';"
        "e.dispatchEvent(new Event('change', {bubbles: true}));"
        "const f = document.querySelector('#stage-year-0'); f.value = '2024';"
        "f.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    page.run(pick)
    page.until(SHOWN)
    assert "later year" in page.text("#problem")
    assert "province%402022" not in page.run("return location.hash")
    mistakes = page.run(
        "return import('/static/js/state.js').then(({stagesMistake}) => {"
        "const levels = ['county', 'city', 'province'];"
        "const said = (...stages) => stagesMistake({level: 'county',"
        " stages: stages.map(([level, year]) => ({level, year}))}, levels);"
        "return [said(['city', 2027], ['province', 2031]),"
        " said(['city', 2031], ['province', 2027]),"
        " said(['city', 2027], ['province', 2027]), said(['province', 2027], ['city', 2031]),"
        " said(['city', 2027], ['province', 0])]; })"
    )
    assert mistakes == ["", "stages_years", "stages_years", "stages_levels", ""]


def test_several_clusters_can_be_drawn(page: Page, address: str) -> None:
    page.open(address)
    page.choose("#mode", "cluster")
    page.redrawn("document.querySelector('#member-ash').click()")
    page.click("#cluster-more")
    page.redrawn("document.querySelector('#member-birch').click()")
    drawn = "decodeURIComponent(location.hash.replace(/\\+/g, ' '))"
    assert "[Cluster=ash;Cluster 2=birch]" in page.run(f"return {drawn}")
    assert page.run("return document.querySelectorAll('#pools tbody tr').length") == 2
    # a place is in one cluster at most
    page.redrawn("document.querySelector('#member-ash').click()")
    assert "[Cluster 2=birch|ash]" in page.run(f"return {drawn}")


def test_undo_holds_after_a_reload_and_going_forward(page: Page, address: str) -> None:
    page.open(address)
    assert page.run("return document.querySelector('#undo').disabled")
    page.choose("#rate", "0.01")
    page.choose("#rate", "0.02")
    page.call("Page.reload")
    page.until(f"document.body && document.body.dataset.drawn && {IDLE}")
    assert not page.run("return document.querySelector('#undo').disabled")
    page.redrawn("document.querySelector('#undo').click()")
    page.redrawn("document.querySelector('#undo').click()")
    assert page.run("return document.querySelector('#rate').value") == "0"
    assert page.run("return document.querySelector('#undo').disabled")
    page.redrawn("history.forward()")
    assert page.run("return document.querySelector('#rate').value") == "0.01"
    assert not page.run("return document.querySelector('#undo').disabled")


def test_a_place_is_found_by_a_part_of_its_name(page: Page, address: str) -> None:
    page.open(address)
    page.choose("#county", "irch")
    assert "county=birch" in page.run("return location.hash")
    assert "per insured" in page.text("#paths-title")
    page.run(
        "const e = document.querySelector('#county'); e.value = 'nowhere';"
        "e.dispatchEvent(new Event('change'));"
    )
    assert not page.run("return document.querySelector('#county').validity.valid")
    assert "county=birch" in page.run("return location.hash")
    page.choose("#county", "")
    assert "county=" not in page.run("return location.hash")


def test_slow_answers_dim_and_what_is_superseded_is_given_up(page: Page, address: str) -> None:
    page.open(address)
    page.run(
        """window.aborted = 0; window.direct = window.fetch; window.hold = true;
        window.fetch = (path, options = {}) => new Promise((resolve, reject) => {
          if (options.signal) options.signal.addEventListener('abort', () => {
            window.aborted += 1; reject(new DOMException('', 'AbortError')); });
          const go = () => window.hold ? setTimeout(go, 20) : resolve(window.direct(path, options));
          go();
        });"""
    )
    move = (
        "const e = document.querySelector('#rate'); e.value = '%s';"
        "e.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    page.run(move % "0.03")
    page.until("document.querySelector('#status').textContent.includes('slow')")
    page.until("Number(getComputedStyle(document.querySelector('main .card')).opacity) < 0.7")
    page.run(move % "0.01")
    page.until("window.aborted === 1")
    page.run("window.hold = false")
    page.until(f"document.querySelector('#status').textContent === '' && {IDLE}")
    page.run("window.fetch = window.direct")
    after = headline(page)
    assert page.run("return getComputedStyle(document.querySelector('main .card')).opacity") == "1"
    page.open(f"{address}#rate=0.01")
    assert headline(page) == after


def test_a_slider_that_is_let_go_is_asked_for_once(page: Page, address: str) -> None:
    """What it passed while an answer was on its way is not drawn, where it stays is."""
    page.open(address)
    page.until("document.body.dataset.waiting === ''")
    page.run("performance.clearResourceTimings(); performance.clearMarks();")
    page.redrawn(
        "const e = document.querySelector('#rate');"
        "const move = (value, kind) => { e.value = value;"
        " e.dispatchEvent(new Event(kind, {bubbles: true})); };"
        "for (const value of [0.001, 0.002, 0.003]) move(value, 'input');"
        "move(0.003, 'change');"
    )
    assert "rate=0.003" in page.run("return location.hash")
    asked = page.run(
        "return performance.getEntriesByType('resource').filter(e => e.name.endsWith('/api/plan'))"
        ".length"
    )
    drawn = page.run("return performance.getEntriesByName('fundpool-drawn').length")
    assert (asked, drawn) == (2, 1)  # asked for the first move and the last, drawn the last
    shown = headline(page)
    page.redrawn(
        "const e = document.querySelector('#rate'); e.value = 0.01;"
        "e.dispatchEvent(new Event('input', {bubbles: true}));"
    )
    page.run("document.querySelector('#rate').dispatchEvent(new Event('change', {bubbles: true}));")
    assert page.run(f"return {IDLE}")  # as it stands already
    assert "rate=0.01" in page.run("return location.hash")
    assert headline(page) != shown


@contextmanager
def serving(case: Path, port: int) -> Iterator[None]:
    """The page on a given port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "fundpool", "serve", str(case), "--port", str(port), "--quiet",
         "--years", "2", "--scenarios", "0"],
        stdout=subprocess.DEVNULL, env=os.environ | {"NUMBA_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def test_a_server_that_stops_and_comes_back(
    page: Page, case_folder: Path, case_workbook: Path
) -> None:
    """The figures are dimmed with the reason, asked for again, and a lost upload is named."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(case_folder, port):
        page.open(f"http://127.0.0.1:{port}/#rate=0.01")
        page.upload("#file", case_workbook)
        page.until(f"location.hash.includes('case=') && {IDLE}")
        page.choose("#rate", "0.01")
    page.run(
        "const e = document.querySelector('#rate'); e.value = '0.02';"
        "e.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    page.until("document.querySelector('#problem').textContent.includes('does not answer')")
    assert page.run("return document.querySelector('#results').classList.contains('stale')")
    with serving(case_folder, port):
        page.until("!document.querySelector('#lost').hidden")
        page.until(f"!document.querySelector('#results').classList.contains('stale') && {IDLE}")
        assert case_workbook.name in page.text("#lost")
        page.upload("#file", case_workbook)
        page.until(f"document.querySelector('#lost').hidden && {IDLE}")
        assert page.run("return document.querySelector('#rate').value") == "0.02"


def test_a_session_is_saved_and_opened_again(page: Page, address: str, tmp_path: Path) -> None:
    page.open(f"{address}#pooling=province")
    page.run("document.querySelector('#plan-name').value = 'One fund'")
    page.choose("#note", "for the board")
    page.redrawn("document.querySelector('#pin').click()")
    page.choose("#rate", "0.02")
    page.click("#save-session")
    file = page.downloaded("fundpool-session.json")
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["format"] == "fundpool-session"
    # coming back without a link: the last state is offered
    page.open(address)
    page.until("!document.querySelector('#kept').hidden")
    page.redrawn("document.querySelector('#continue').click()")
    assert page.run("return document.querySelector('#rate').value") == "0.02"
    page.open(f"{address}#rate=0.03")
    page.upload("#session-file", file)
    page.until(f"location.hash.includes('rate=0.02') && {IDLE}")
    page.until("document.querySelector('#pins').textContent.includes('for the board')")
    assert "One fund" in page.text("#pins thead")
    other = tmp_path / "other.json"
    other.write_text('{"format": "something"}', encoding="utf-8")
    page.upload("#session-file", other)
    page.until(SHOWN)
    assert "not a session file" in page.text("#problem")
    assert page.run(f"return {WHERE}") == "at-take"
