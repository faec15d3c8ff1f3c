"""The page on the Python interface is current, and says something of everything."""

from pathlib import Path

from fundpool.reference import reference_page

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference.md"


def test_page_is_current() -> None:
    """After a change of public names: python -m fundpool.reference."""
    assert PAGE.read_text("utf-8") == reference_page()


def test_every_public_name_says_what_it_is() -> None:
    silent = [line for line in reference_page().splitlines() if line.rstrip().endswith("`:")]
    assert silent == []


def test_the_science_is_listed() -> None:
    page = reference_page()
    for name in ("`level_rate(outgo, subsidies, base, opening_balance, interest",
                 "class `Lognormal`", "`compare(case, plans=None"):  # fmt: skip
        assert name in page
