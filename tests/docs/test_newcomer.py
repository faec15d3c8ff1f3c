"""Questions of somebody new, answered in two steps by the texts of packages, as one would look."""

from importlib import import_module
from importlib.util import find_spec

import pytest

from tests.docs.blocks import ROOT

ANSWERS = {
    "where is retirement decided": (
        ("fundpool.models", "``coverage``: who is insured, and who retires"),
        ("fundpool.models.coverage", "``retirement`` who reaches the retirement ages"),
        "fundpool.models.coverage.retirement",
    ),
    "where is a balance computed": (
        ("fundpool.models", "``funds``, ``calibration``: the balance of every pool"),
        ("fundpool.models.funds", "``recursion`` computes the balance of each"),
        "fundpool.models.funds.recursion",
    ),
    "what does a benefit rule pay": (
        (
            "fundpool.models",
            "``claims``, ``contributions``: what care costs, what benefit rules pay",
        ),
        ("fundpool.models.claims", "``benefits`` what a benefit rule pays"),
        "fundpool.models.claims.benefits",
    ),
    "how is a benefit rule added": (
        ("fundpool.actuarial", "``benefits``: benefit rules as formulas"),
        ("fundpool.models.claims", "docs/extending.md adds one"),
        "fundpool.actuarial.benefits",
    ),
}
"""For each question what the texts of two packages say, and the module they lead to."""


@pytest.mark.parametrize("question", ANSWERS)
def test_two_steps_lead_to_the_answer(question: str) -> None:
    *steps, module = ANSWERS[question]
    for package, said in steps:
        assert said in " ".join((import_module(package).__doc__ or "").split())  # type: ignore[arg-type]
    assert find_spec(str(module)) is not None


def test_how_a_benefit_rule_is_added_is_on_a_page() -> None:
    assert "## A benefit rule" in (ROOT / "docs" / "extending.md").read_text("utf-8")
