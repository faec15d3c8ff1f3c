"""No serious finding of axe."""

import pytest

from tests.fundpool.reported import Reported
from tests.fundpool.web.axe import grave_findings
from tests.fundpool.web.browser import IDLE, Page

FULL = "county=ash&pooling=province&rate=0.01&note=why&pin=One~rate%3D0.02"
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
