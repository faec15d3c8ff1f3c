"""No serious finding of axe, and the main path by keyboard alone."""

import pytest

from tests.fundpool.reported import Reported
from tests.fundpool.web.axe import grave_findings
from tests.fundpool.web.browser import IDLE, Page

FULL = (
    "county=ash&pooling=province&rate=0.01&note=why&pin=One~rate%3D0.02&stress=epidemic&year=2023"
    "&set=economy.interest%3D0.03"
)
DARK = [{"name": "prefers-color-scheme", "value": "dark"}]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_serious(page: Page, address: str, lang: str) -> None:
    """With a place followed, a plan beside it and everything opened that can be."""
    page.open(f"{address}#{FULL}&lang={lang}")
    page.run("for (const box of document.querySelectorAll('details')) box.open = true;")
    try:
        for theme in ("light", "dark"):
            page.call("Emulation.setEmulatedMedia", features=DARK if theme == "dark" else [])
            for width in (1280, 390):
                page.size(width)
                page.until(f"{IDLE} && innerWidth === {width}")
                assert grave_findings(page) == [], (theme, width)
    finally:
        page.call("Emulation.setEmulatedMedia", features=[])


KEYS = {"Tab": 9, "Enter": 13, " ": 32, "ArrowRight": 39, "ArrowDown": 40}
MOST_TABS = 150


def press(page: Page, key: str, times: int = 1) -> None:
    """Press a key of the keyboard."""
    text = {"Enter": "\r", " ": " "}.get(key)
    for _ in range(times):
        page.call(
            "Input.dispatchKeyEvent", type="keyDown", key=key, code="Space" if key == " " else key,
            windowsVirtualKeyCode=KEYS[key], **({"text": text} if text else {}),
        )  # fmt: skip
        page.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=KEYS[key])


def tab_to(page: Page, selector: str) -> None:
    """Go on by the tabulator until an element has the focus, which can be seen."""
    for _ in range(MOST_TABS):
        press(page, "Tab")
        if page.run(f"return document.activeElement.matches({selector!r})"):
            seen = page.run(
                "const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);"
                "return [outlineStyle, parseFloat(outlineWidth)];"
            )
            assert seen[0] != "none", selector
            assert seen[1] >= 1, selector
            return
    raise AssertionError(f"{selector} is not reached by the tabulator")


def test_the_main_path_by_keyboard_alone(page: Page, address: str) -> None:
    """Pool, move a lever, follow a place, keep the plan by name, and take the policy away."""
    page.open(address)
    before = page.text("#headline")
    tab_to(page, "#pool-level")
    press(page, "ArrowDown")
    page.until(f"location.hash.includes('pooling=') && {IDLE}")
    assert page.run("return document.activeElement.id") == "pool-level"
    tab_to(page, "#rate")
    press(page, "ArrowRight", 3)
    page.until(f"location.hash.includes('rate=0.003') && {IDLE}")
    assert page.text("#headline") != before
    tab_to(page, "#plan-name")
    page.call("Input.insertText", text="By keyboard")
    tab_to(page, "#pin")
    press(page, "Enter")
    page.until("document.querySelector('#pins thead')?.textContent.includes('By keyboard')")
    tab_to(page, "#county")
    page.call("Input.insertText", text="birch")
    press(page, "Enter")
    page.until(f"location.hash.includes('county=birch') && {IDLE}")
    tab_to(page, "#chart-map_b")
    press(page, "ArrowRight")
    page.until("document.querySelector('#tooltip').classList.contains('shown')")
    tab_to(page, "#get-policy")
    press(page, " ")
    assert "pooling" in page.downloaded("page-plan.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_serious_in_the_report(
    page: Page, english: Reported, chinese: Reported, lang: str
) -> None:
    """The report's page with everything opened that can be, wide and narrow."""
    file = (english if lang == "en" else chinese).folder / "report.html"
    page.call("Page.navigate", url=file.as_uri())
    page.until("document.readyState === 'complete' && document.querySelector('#formal') !== null")
    page.run("for (const box of document.querySelectorAll('details')) box.open = true;")
    for width in (1280, 390):
        page.size(width)
        page.until(f"innerWidth === {width}")
        assert grave_findings(page) == [], width
