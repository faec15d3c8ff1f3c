"""Income classes of a flat scheme, and members who choose rate and base, by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.inputs.format.findings import Finding
from fundpool.models.flows.record import CountyFlows
from fundpool.models.projection.study import study
from tests.cases.small import SmallCase, given, small_case

pytestmark = pytest.mark.plain

CLASSES = ["scheme", "region", "year", "class", "share", "premium", "subsidy", "income"]
CHOICE = ["scheme", "region", "age_from", "age_to", "share"]


def projected(made: SmallCase, folder: Path, years: int = 2) -> CountyFlows:
    return study(read_case(made.write(folder / "case")), years).flows


def with_classes(*rows: tuple[Any, ...], limit: dict[str, Any] | None = None) -> SmallCase:
    """A premium of 100 and a subsidy of 200 a head; premiums do not grow, wages do by 10 %."""
    made = small_case()
    made.tables["income_classes"] = pd.DataFrame(rows, columns=CLASSES)
    if limit is not None:
        made.schemes["resident"]["rules"]["premium_income_limit"] = limit
    return made


def found(made: SmallCase, folder: Path) -> list[Finding]:
    return check_case(made.write(folder / "case"))


def a_head(flows: CountyFlows) -> tuple[np.ndarray, np.ndarray]:
    """What a member of the resident scheme pays and is paid for, by year and county."""
    heads = flows.contributors[1, :, :2]
    return flows.contributions[1, :, :2] / heads, flows.subsidies[1, :, :2] / heads


def test_classes_of_regions_and_years(tmp_path: Path) -> None:
    """Ash has classes of its own; Birch those of the land, until it has none but one in 2022."""
    flows = projected(
        with_classes(
            ("resident", "land", 2020, "poor", 0.25, 0.0, 2.0, None),
            ("resident", "land", 2020, "others", 0.75, 1.2, 0.8, None),
            ("resident", "ash", 2021, "poor", 0.5, 0.1, 1.5, None),
            ("resident", "ash", 2021, "others", 0.5, 1.5, 0.5, None),
            ("resident", "birch", 2022, "all", 1.0, 2.0, 0.0, None),
        ),
        tmp_path,
    )
    land = (100.0 * 0.75 * 1.2, 200.0 * (0.25 * 2.0 + 0.75 * 0.8))
    ash = (100.0 * (0.05 + 0.75), 200.0 * (0.75 + 0.25))
    premium, subsidy = a_head(flows)
    expected = np.array([[land, land], [ash, land], [ash, (200.0, 0.0)]])
    np.testing.assert_allclose(premium, expected[..., 0])
    np.testing.assert_allclose(subsidy, expected[..., 1])


def test_the_state_pays_what_income_does_not_bear(tmp_path: Path) -> None:
    """At most 0.2 % of income; a poor class of 0.4 of 20,000 and 40,000 pays 16 and 32 in 2020."""
    flows = projected(
        with_classes(
            ("resident", "land", 2020, "poor", 0.5, 1.0, 1.0, 0.4),
            ("resident", "land", 2020, "rich", 0.5, 1.0, 1.0, 100.0),
            limit=given(0.002),
        ),
        tmp_path,
    )
    premium, subsidy = a_head(flows)
    for t, wages in enumerate((1.0, 1.1, 1.21)):
        poor = np.array([16.0, 32.0]) * wages
        np.testing.assert_allclose(premium[t], 0.5 * poor + 50.0)
        np.testing.assert_allclose(subsidy[t], 200.0 + 0.5 * (100.0 - poor))


def test_a_limit_without_classes(tmp_path: Path) -> None:
    """Nobody of Ash pays more than 0.3 % of 20,000, and nobody of Birch more than the premium."""
    made = small_case()
    made.schemes["resident"]["rules"]["premium_income_limit"] = given(0.003)
    premium, subsidy = a_head(projected(made, tmp_path))
    assert premium[0] == pytest.approx([60.0, 100.0])
    assert subsidy[0] == pytest.approx([240.0, 200.0])


def with_choosers(*rows: tuple[Any, ...], **rules: dict[str, Any]) -> SmallCase:
    """Wages of 50,000 and 100,000, a rate of 10 %, a floor of 0 and no ceiling that binds."""
    made = small_case()
    made.tables["own_choice"] = pd.DataFrame(rows, columns=CHOICE)
    made.schemes["employee"]["rules"] |= {"own_rate": given(0.06), "own_base": given(0.5)} | rules
    return made


def test_members_who_choose_pay_their_own_rate_and_base(tmp_path: Path) -> None:
    """Of those of 30 in Ash a quarter, in Birch a tenth, pays 6 % of half the mean wage."""
    flows = projected(
        with_choosers(("employee", "land", 16, 59, 0.1), ("employee", "ash", 16, 40, 0.25)),
        tmp_path,
    )
    heads = flows.contributors[0, :, :2]
    for t, index in enumerate((1.0, 1.1, 1.21)):
        regular, own = np.array([5_000.0, 10_000.0]), np.array([1_500.0, 3_000.0])
        share = np.array([0.25, 0.1])
        paid = ((1 - share) * regular + share * own) * index
        np.testing.assert_allclose(flows.contributions[0, t, :2] / heads[t], paid)
        np.testing.assert_allclose(flows.contribution_base[0, t, :2] / heads[t], paid / 0.1)
        np.testing.assert_allclose(flows.account_credits[0, t, :2] / heads[t], 0.3 * paid)


def test_the_share_is_that_of_the_age(tmp_path: Path) -> None:
    """Those of 30 do, those of 31 do not: in 2021 half of the year's people nearly, 1 of 1.98."""
    flows = projected(with_choosers(("employee", "land", 30, 30, 1.0)), tmp_path)
    a_head = flows.contributions[0, :, 0] / flows.contributors[0, :, 0]
    assert a_head[0] == pytest.approx(1_500.0)
    assert a_head[2] == pytest.approx(5_000.0 * 1.21)
    total = flows.contributions[0, 1, :2] / 1.1 / [50_000.0, 100_000.0]
    heads = flows.contributors[0, 1, :2]
    young = (0.1 * heads - total) / (0.1 - 0.03)  # of whom each pays 0.03 of the mean wage
    assert young.sum() / heads.sum() == pytest.approx(1.0 / 1.98, rel=1e-6)


@pytest.mark.parametrize(("chosen", "paid_on"), [(0.5, 0.6), (2.0, 2.0), (5.0, 3.0)])
def test_a_chosen_base_lies_between_floor_and_ceiling(
    chosen: float, paid_on: float, tmp_path: Path
) -> None:
    made = with_choosers(
        ("employee", "land", 0, 100, 1.0), own_base=given(chosen), base_floor=given(0.6),
        base_ceiling=given(3.0),
    )  # fmt: skip
    flows = projected(made, tmp_path, 1)
    paid = flows.contributions[0, 0, :2] / flows.contributors[0, 0, :2]
    np.testing.assert_allclose(paid, 0.06 * paid_on * np.array([50_000.0, 100_000.0]))


def test_a_rate_of_a_region_from_a_year_on(tmp_path: Path) -> None:
    made = with_choosers(("employee", "land", 0, 100, 1.0))
    made.tables["scheme_rules"] = pd.DataFrame(
        [("employee", "ash", 2021, "own_rate", "", 0.09)],
        columns=["scheme", "region", "year", "rule", "service", "value"],
    )
    flows = projected(made, tmp_path, 1)
    a_head = flows.contributions[0, :, :2] / flows.contributors[0, :, :2]
    np.testing.assert_allclose(a_head, [[1_500.0, 3_000.0], [0.045 * 55_000.0, 3_300.0]])


@pytest.mark.parametrize(
    ("made", "where"),
    [
        (with_classes(("employee", "land", 2020, "a", 1.0, 1.0, 1.0, None)), "scheme"),
        (with_classes(("resident", "land", 2020, "a", 0.9, 1.0, 1.0, None)), "share"),
        (with_classes(("resident", "land", 2020, "a", 1.0, 1.0, 1.0, 2.0)), "income"),
        (with_classes(("resident", "moon", 2020, "a", 1.0, 1.0, 1.0, None)), "region"),
        (with_classes(("resident", "land", 2020, "a", 1.0, 1.0, 1.0, 2.0), limit=given(1.2)),
         "rules.premium_income_limit"),
        (with_choosers(("resident", "land", 16, 59, 0.5), ("employee", "land", 16, 59, 0.5)),
         "scheme"),
        (with_choosers(("employee", "land", 59, 16, 0.5)), "age_to"),
        (with_choosers(("employee", "land", 16, 59, 0.5), ("employee", "land", 40, 70, 0.5)),
         "age_from"),
        (with_choosers(("employee", "land", 16, 59, 0.5), own_rate=given(1.5)), "rules.own_rate"),
    ],
)  # fmt: skip
def test_rows_that_cannot_stand(made: SmallCase, where: str, tmp_path: Path) -> None:
    assert [finding.column for finding in found(made, tmp_path)] == [where]


def test_rules_and_rows_without_effect(tmp_path: Path) -> None:
    made = with_choosers(("employee", "land", 16, 59, 0.5))
    del made.tables["own_choice"]
    assert [f.column for f in found(made, tmp_path / "a")] == ["rules.own_rate", "rules.own_base"]
    made = with_choosers(("employee", "land", 16, 59, 0.5))
    del made.schemes["employee"]["rules"]["own_base"]
    (finding,) = found(made, tmp_path / "b")
    assert (finding.column, finding.severity) == ("scheme", "error")
    made = with_classes(("resident", "land", 2020, "a", 1.0, 1.0, 0.5, None))
    made.schemes["resident"]["rules"]["subsidy"] = given(0.0)
    (finding,) = found(made, tmp_path / "c")
    assert (finding.column, finding.severity) == ("subsidy", "warning")
    made = with_classes(("resident", "land", 2020, "a", 1.0, 1.0, 1.0, 1.0), limit=given(0.1))
    made.tables["premium_ages"] = pd.DataFrame(
        [("resident", 0, 18, 0.5)], columns=["scheme", "age_from", "age_to", "factor"]
    )
    assert [f.column for f in found(made, tmp_path / "d")] == ["rules.premium_income_limit"]
