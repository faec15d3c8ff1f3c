"""Budgets of providers in the report: what a reader adds up is what was computed."""

import pytest

from fundpool.inputs.case import read_case
from fundpool.languages import ENGLISH, language
from fundpool.models.projection.comparison import Comparison, compare
from fundpool.report.document.model import Detail, Table, plain
from fundpool.report.sections.context import Context
from fundpool.report.sections.providers import provider_blocks
from tests.models.claims.test_provider_payments import FREE, paid_by


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Case groups by county with a quarter of the excess borne by the fund; sums a head."""
    made = paid_by(
        ("employee", "ash", "inpatient", 2021, "case_group", 0.0, None, None, None, 0.25, None),
        ("employee", "birch", "inpatient", 2021, "case_group", 0.02, None, None, None, 0.25, None),
        ("employee", "land", "outpatient", 2021, "capitation", 0.0, 900.0, *FREE),
    )
    case = read_case(made.write(tmp_path_factory.mktemp("paid") / "case"))
    return compare(case, ["county", "province"], years=2)


def cells(table: Table) -> list[list[str]]:
    return [[plain(cell.spans) for cell in row] for row in table.body]


def amount(text: str) -> float:
    return float(text.replace("−", "-").replace("\u00a0m", "").replace(",", ""))


def test_the_difference_is_borne_by_someone(comparison: Comparison) -> None:
    """Claims less budget are the fund's part and the providers'; the table has the sums."""
    _, shown, regions = provider_blocks(Context(comparison, {}, language=ENGLISH), "employee")
    assert isinstance(shown, Table)
    assert isinstance(regions, Detail)
    rows = cells(shown)
    assert [row[:3] for row in rows] == [
        ["outpatient", "capitation", "2021"], ["inpatient", "case groups", "2021"],
        ["outpatient", "capitation", "2022"], ["inpatient", "case groups", "2022"],
    ]  # fmt: skip
    table = next(iter(comparison.projections.values())).provider_payments
    for row in rows:
        claims, budget, paid, beyond, unpaid = (amount(row[n]) for n in (3, 4, 6, 7, 8))
        assert claims - budget == pytest.approx(beyond + unpaid, abs=0.21)
        assert paid == pytest.approx(budget + beyond, abs=0.11)
        here = table[(table["service"] == row[0]) & (table["year"] == int(row[2]))]
        assert claims == pytest.approx(here["claims"].sum() / 1e6, abs=0.051)
        assert row[9] == f"{100 * here['paid'].sum() / here['claims'].sum():.1f}\u00a0%"
        if row[1] == "case groups":
            assert beyond == pytest.approx(0.25 * (claims - budget), abs=0.11)
            assert float(row[5]) == pytest.approx(
                here["budget"].sum() / here["points"].sum(), abs=1e-4
            )
        else:
            assert row[5] == "–"
    (inner,) = regions.blocks
    assert isinstance(inner, Table)
    places = [(row[0], row[3]) for row in cells(inner) if row[1] == "inpatient"]
    assert sorted(places) == [(place, year) for place in ("Ash", "Birch")
                              for year in ("2021", "2022")]  # fmt: skip


def test_in_chinese_and_where_claims_are_paid(comparison: Comparison) -> None:
    shown = provider_blocks(Context(comparison, {}, language=language("zh")), "employee")[1]
    assert isinstance(shown, Table)
    assert {row[1] for row in cells(shown)} == {"人头付费", "病组（病种）付费"}
    assert provider_blocks(Context(comparison, {}), "resident") == []
