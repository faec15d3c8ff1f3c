"""The rules of axe, run on a page in the browser."""

from importlib.resources import files

import pytest

from tests.fundpool.web.browser import Page

GRAVE = ("serious", "critical")


def axe_script() -> str:
    """Source of axe; without its package the tests are skipped."""
    pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    return files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def grave_findings(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it stands: impact, rule and element."""
    page.call("Runtime.evaluate", expression=axe_script())
    found: list[str] = page.run(
        "const {violations} = await axe.run(document, {resultTypes: ['violations']});"
        "return violations.flatMap(rule => rule.nodes.map(node =>"
        " [rule.impact, rule.id, node.target.join(' '), node.failureSummary].join(' | ')));"
    )
    return [text for text in found if text.startswith(GRAVE)]
