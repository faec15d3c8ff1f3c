"""Payment by case group under a budget, by budget and by capitation, by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.models.analysis.sensitivity import restudied
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import FlowLevers
from fundpool.models.projection.study import Study, study
from fundpool.models.scenarios.flows import county_scratch, draws, fill, readable_flows
from fundpool.models.scenarios.terms import scenario_terms
from tests.cases.small import SmallCase
from tests.cases.stochastic import scenario_section
from tests.models.claims.test_service_trends import with_inpatient

pytestmark = pytest.mark.plain

COLUMNS = ["scheme", "region", "service", "year", "method", "growth", "amount", "floor", "ceiling",
           "overspend", "savings"]  # fmt: skip
FREE = (None,) * 4


def paid_by(*rows: tuple[Any, ...]) -> SmallCase:
    """Of claims two thirds, 1,600 a head, are for outpatient care, 800 for inpatient."""
    made = with_inpatient()
    if rows:
        made.tables["provider_payments"] = pd.DataFrame(rows, columns=COLUMNS)
    return made


def projected(made: SmallCase, folder: Path, years: int = 3) -> Study:
    return study(read_case(made.write(folder / "case")), years)


@pytest.fixture(scope="module")
def by_claim(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """Inpatient claims of employees by year and county: a third of all of theirs."""
    done = projected(paid_by(), tmp_path_factory.mktemp("plain"))
    assert done.pooled("county").provider_payments.empty
    return done.flows.claims_incurred[0, :, :2] / 3.0


def settled(done: Study, by_claim: np.ndarray) -> np.ndarray:
    """What is paid for inpatient care of employees: the rest is paid by claim."""
    return np.asarray(done.flows.claims_incurred[0, :, :2] - 2.0 * by_claim)


@pytest.mark.parametrize(
    ("growth", "parts", "share"),
    [
        (0.0, (None, None, None, None), lambda c, b: b / c),  # hospitals bear it all
        (0.0, (None, None, 0.4, None), lambda c, b: (b + 0.4 * (c - b)) / c),
        (0.0, (0.95, None, None, None), lambda c, b: max(b / c, 0.95)),
        (0.2, (None, None, 0.4, None), lambda c, b: b / c),  # hospitals keep what is left
        (0.2, (None, None, 0.4, 0.5), lambda c, b: (b - 0.5 * (b - c)) / c),
        (0.2, (None, 1.05, None, None), lambda c, b: min(b / c, 1.05)),
    ],
)
def test_case_groups_under_a_budget(
    growth: float, parts: tuple[Any, ...], share: Any, by_claim: np.ndarray, tmp_path: Path
) -> None:
    """The budget of the land is its claims of 2020, grown by its rate; claims grow by 7 %."""
    done = projected(
        paid_by(("employee", "land", "inpatient", 2020, "case_group", growth, None, *parts)),
        tmp_path,
    )
    worth = by_claim.sum(axis=1)
    budget = worth[0] * (1.0 + growth) ** np.arange(4)
    shares = np.array([1.0, *(share(c, b) for c, b in zip(worth[1:], budget[1:], strict=True))])
    np.testing.assert_allclose(settled(done, by_claim), by_claim * shares[:, None], rtol=1e-8)
    table = done.pooled("province").provider_payments
    np.testing.assert_allclose(table["claims"], worth[1:], rtol=1e-8)
    np.testing.assert_allclose(table["budget"], budget[1:], rtol=1e-8)
    np.testing.assert_allclose(table["points"], worth[1:] / 1.1 ** np.arange(1, 4), rtol=1e-8)
    np.testing.assert_allclose(table["point_value"] * table["points"], table["budget"])
    np.testing.assert_allclose(table["settled_share"], shares[1:], rtol=1e-8)
    np.testing.assert_allclose(table["paid"] + table["borne_by_providers"], table["claims"])


def test_funds_pay_the_budget_and_the_matrix_agrees(by_claim: np.ndarray, tmp_path: Path) -> None:
    """From 2022 on what claims of 2021 were worth and 5 % more, under every pooling plan."""
    done = projected(
        paid_by(("employee", "land", "inpatient", 2022, "budget", 0.05, None, *FREE)), tmp_path
    )
    worth = by_claim.sum(axis=1)
    expected = [worth[0], worth[1], worth[1] * 1.05, worth[1] * 1.05**2]
    np.testing.assert_allclose(settled(done, by_claim).sum(axis=1), expected, rtol=1e-8)
    for plan in ("county", "city"):
        pooled = done.pooled(plan)
        employees = pooled.funds[pooled.funds["scheme"] == "employee"]
        incurred = employees.groupby("year")["claims_incurred"].sum()
        matrix = pooled.settlement
        matrix = matrix[matrix["scheme"] == "employee"].groupby("year")["amount"].sum()
        np.testing.assert_allclose(matrix.loc[2021:], incurred, rtol=1e-8)
    # the second level is the territory of the base year: what is recorded is what is paid
    np.testing.assert_allclose(incurred, (2.0 * worth + expected)[1:], rtol=1e-8)


def test_capitation_and_a_region_that_goes_its_own_way(
    by_claim: np.ndarray, tmp_path: Path
) -> None:
    """900 a head of 2020, 2 % more a year; Birch pays by claim again from 2022."""
    done = projected(
        paid_by(
            ("employee", "land", "inpatient", 2019, "capitation", 0.02, 900.0, *FREE),
            ("employee", "birch", "inpatient", 2022, "fee", None, None, *FREE),
        ),
        tmp_path,
    )
    heads = done.flows.persons[0, :, :2] * 900.0 * 1.02 ** np.arange(4)[:, None]
    expected = np.array([by_claim[0], heads[1], [heads[2, 0], by_claim[2, 1]],
                         [heads[3, 0], by_claim[3, 1]]])  # fmt: skip
    np.testing.assert_allclose(settled(done, by_claim), expected, rtol=1e-8)


def test_a_budget_begins_anew_where_claims_were_paid(by_claim: np.ndarray, tmp_path: Path) -> None:
    done = projected(
        paid_by(
            ("employee", "ash", "inpatient", 2020, "budget", 0.0, None, *FREE),
            ("employee", "ash", "inpatient", 2022, "fee", None, None, *FREE),
            ("employee", "ash", "inpatient", 2023, "budget", 0.1, None, *FREE),
        ),
        tmp_path,
    )
    ash = by_claim[:, 0]
    expected = [ash[0], ash[0], ash[2], ash[2] * 1.1]
    np.testing.assert_allclose(settled(done, by_claim)[:, 0], expected, rtol=1e-8)


def test_a_budget_does_not_follow_prices(tmp_path: Path) -> None:
    """Dearer care raises what is paid by claim alone, in a sensitivity too."""
    rows = [("employee", "land", service, 2020, "budget", 0.03, None, *FREE)
            for service in ("outpatient", "inpatient")]  # fmt: skip
    base = projected(paid_by(*rows), tmp_path, 2)
    dearer = base.case.with_values({"economy.medical_inflation": 0.2})
    after = restudied(base, dearer, "economy.medical_inflation").flows.claims_incurred
    before = base.flows.claims_incurred
    np.testing.assert_allclose(after[0], before[0], rtol=1e-9)
    assert (after[1, 1:, :2] > 1.05 * before[1, 1:, :2]).all()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("employee", "land", "dental", 2021, "budget", 0.0, None, *FREE), "service"),
        (("employee", "land", "inpatient", 2021, "points", 0.0, None, *FREE), "method"),
        (("employee", "land", "inpatient", 2021, "budget", None, None, *FREE), "growth"),
        (("employee", "land", "inpatient", 2021, "capitation", 0.0, None, *FREE), "amount"),
        (("employee", "land", "inpatient", 2021, "budget", 0.0, 9.0, *FREE), "amount"),
        (("employee", "land", "inpatient", 2021, "fee", 0.1, None, *FREE), "growth"),
        (("employee", "land", "inpatient", 2021, "budget", 0.0, None, 0.9, None, None, None),
         "floor"),
        (("employee", "land", "inpatient", 2021, "case_group", 0.0, None, 0.9, 0.8, None, None),
         "floor"),
        (("employee", "land", "inpatient", 2021, "case_group", 0.0, None, None, None, 1.5, None),
         "overspend"),
    ],
)  # fmt: skip
def test_rows_that_cannot_stand(row: tuple[Any, ...], column: str, tmp_path: Path) -> None:
    found = check_case(paid_by(row).write(tmp_path / "case"))
    assert [finding.column for finding in found] == [column]


def test_a_budget_is_that_of_its_counties(by_claim: np.ndarray, tmp_path: Path) -> None:
    """Birch leaves the land's budget in 2022, which from then on is Ash's of the year before."""
    done = projected(
        paid_by(
            ("employee", "land", "inpatient", 2020, "budget", 0.0, None, *FREE),
            ("employee", "birch", "inpatient", 2022, "fee", None, None, *FREE),
        ),
        tmp_path,
    )
    paid = settled(done, by_claim)
    assert paid[1].sum() == pytest.approx(by_claim[0].sum())
    np.testing.assert_allclose(paid[2:, 0], by_claim[1, 0], rtol=1e-8)
    np.testing.assert_allclose(paid[2:, 1], by_claim[2:, 1], rtol=1e-8)


def test_scenarios_follow_claims_as_far_as_payments_do(tmp_path: Path) -> None:
    """Inpatient care by capitation: of 2,400 a head 1,600 follow claims, 900 do not."""
    made = paid_by(("employee", "land", "inpatient", 2020, "capitation", 0.1, 900.0, *FREE))
    made.settings["scenarios"] = scenario_section()
    done = projected(made, tmp_path / "case")
    flows = done.flows
    heads = flows.persons[0, 1:, :2] * 900.0 * 1.1 ** np.arange(1, 4)[:, None]
    following = 1.0 - heads / flows.claims_incurred[0, 1:, :2]
    np.testing.assert_allclose(flows.claims_following[0, 1:, :2], following, rtol=1e-8)
    assert (flows.claims_following[1] == 1.0).all()
    terms = scenario_terms(done)
    whole = terms.kernel._replace(claims_following=terms.kernel.claims_following[:0])
    scratch, by_claim = county_scratch(terms), county_scratch(terms)
    for draw in draws(terms, 1, 0, 3):
        fill(scratch, terms, draw)
        fill(by_claim, replace(terms, kernel=whole), draw)
        np.testing.assert_allclose(
            scratch.claims[0], 1.0 + following * (by_claim.claims[0] - 1.0), rtol=1e-9
        )
        np.testing.assert_allclose(scratch.claims[1], by_claim.claims[1])
        np.testing.assert_allclose(scratch.outgo, readable_flows(terms, draw)[3], rtol=1e-9)


def test_a_lever_moves_what_follows_claims(tmp_path: Path) -> None:
    """A fifth more care from the first year on, against the case projected with it."""
    rows = ("employee", "land", "inpatient", 2020, "case_group", 0.0, None, None, None, 0.4, None)
    done = projected(paid_by(rows), tmp_path / "case")
    moved = with_levers(done.case, done.flows, FlowLevers(care=0.2)).claims_incurred
    plain = done.flows.claims_incurred
    worth = done.pooled("county").provider_payments["claims"].to_numpy()
    assert moved[0, 1:, :2].sum(axis=1) - plain[0, 1:, :2].sum(axis=1) == pytest.approx(
        0.2 * (2.0 * worth + 0.4 * worth)
    )
