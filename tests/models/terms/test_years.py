"""Terms of a year: what the case says of it, and all that the yearly science reads."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import Case
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.flows.record import no_multipliers
from fundpool.models.flows.years import county_flows, opening_year
from fundpool.models.population.moving import MovingPeople
from fundpool.models.population.preparation import prepare
from fundpool.models.terms.years import YearTerms, terms_of_years, year_terms
from tests.cases.policies import SOURCE, case_with, policy
from tests.cases.rich import rich_case
from tests.cases.small import given

pytestmark = pytest.mark.plain

YEARS = 4


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Every kind of input, with rules, a regime and shocks that change on the way."""
    base = rich_case()
    table = base.tables["scheme_rules"]
    same = [("resident", "ash", year, "deductible", "inpatient", 300.0) for year in (2021, 2024)]
    base.settings["economy"]["medical_inflation"] = given(0.05)
    base.tables["scheme_rules"] = pd.concat([table, pd.DataFrame(same, columns=table.columns)])
    changes = policy(
        schemes={
            "employee": {
                "rules": {
                    "employer_rate": given(0.10, by_year={"2022": 0.09}),
                    "retirement_age_male": given(60.0, by_year={"2023": 60.5}),
                    "administration": given(0.01, by_year={"2023": 0.02}),
                },
                "settlement": {
                    "regime": {"value": "manual", "by_year": {"2022": "direct"}, **SOURCE}
                },
            }
        },
        shocks=[
            {"title": "Jump", "year": 2022, "price": 1.2, "wages": 0.9, "jobs_lost": 0.1,
             "regions": ["ash"], **SOURCE},
        ],
    )  # fmt: skip
    return case_with(tmp_path_factory.mktemp("terms"), changes, base)


@pytest.fixture(scope="module")
def terms(case: Case) -> tuple[YearTerms, ...]:
    return terms_of_years(case, YEARS)


def test_terms_are_what_the_case_says_of_each_year(
    case: Case, terms: tuple[YearTerms, ...]
) -> None:
    assert [of_year.year for of_year in terms] == [2020, 2021, 2022, 2023, 2024]
    employee = case.scheme_number("employee")
    scheme = case.schemes[employee]
    for of_year in terms:
        resolved = of_year.schemes[employee]
        assert resolved.payroll is not None
        for rule in ("employer_rate", "employee_rate", "base_floor", "account_share"):
            expected = scheme.rule_array(rule, case.regions, of_year.year)
            np.testing.assert_array_equal(getattr(resolved.payroll, rule), expected)
        assert tuple(resolved.lag) == scheme.lag(scheme.regime(of_year.year))
    rates = [float(p.rate[0]) for t in terms if (p := t.schemes[employee].payroll) is not None]
    assert rates[2] == pytest.approx(rates[1] - 0.01)
    assert [t.retirement_age[0] for t in terms] == [60.0, 60.0, 60.0, 60.5, 60.5]
    regimes = ["manual", "manual", "direct", "territorial", "territorial"]  # the last its own
    assert [t.schemes[employee].regime for t in terms] == regimes
    assert [t.schemes[employee].administration[0] for t in terms] == [0.01] * 3 + [0.02] * 2


def test_shocks_strike_in_their_year_and_prices_stay(terms: tuple[YearTerms, ...]) -> None:
    ash = terms[0].counties.codes.index("ash")
    assert [t.shocks.price[ash] for t in terms] == [1.0, 1.0, 1.2, 1.2, 1.2]
    assert [t.shocks.wages[ash] for t in terms] == [1.0, 1.0, 0.9, 1.0, 1.0]
    assert [len(t.shocks.blows) for t in terms] == [0, 0, 1, 0, 0]
    assert terms[2].shocks.blows[0].jobs_lost.tolist().count(0.1) == 1
    assert terms[2].shocks.price[1 - ash] == 1.0


def test_a_year_alone_is_that_year_of_all(case: Case, terms: tuple[YearTerms, ...]) -> None:
    """What later years share with earlier ones is what they would have had by themselves."""
    for of_year in terms:
        assert differences(year_terms(case, of_year.year), of_year) == []


def test_an_amount_stated_again_is_money_of_its_own_year(
    case: Case, terms: tuple[YearTerms, ...]
) -> None:
    """300 of 2024 is less than 300 of 2021 that has grown with the price of care since."""
    resident = case.scheme_number("resident")
    grown = 1.0 + case.value("economy.medical_inflation")

    def deductible(elapsed: int) -> float:
        rules = terms[elapsed].schemes[resident].benefits
        return rules.formulas[rules.formula_of[0]][1].deductible

    assert deductible(3) == pytest.approx(300.0 / grown)
    assert deductible(4) == pytest.approx(300.0 / grown**4)


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Paths at which two dataclasses, tuples or values differ."""
    if isinstance(one, np.ndarray):
        return [] if np.array_equal(one, other) else [path]
    if isinstance(one, tuple) and any(hasattr(item, "__dataclass_fields__") for item in one):
        return [
            found
            for number, pair in enumerate(zip(one, other, strict=True))
            for found in differences(*pair, f"{path}[{number}]")
        ]
    if hasattr(one, "__dataclass_fields__"):
        return [
            found
            for name in one.__dataclass_fields__
            for found in differences(getattr(one, name), getattr(other, name), f"{path}.{name}")
        ]
    return [] if one == other else [path]


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From the first year that people move on no rule and no assumption can be read."""
    asked: list[int] = []
    advance = MovingPeople.advance

    def closing(people: MovingPeople, of_year: YearTerms, *rest: Any) -> Any:
        if not asked:
            for owner, name in ((Case, "value"), (Scheme, "rule"), (Scheme, "rule_array"),
                                (Scheme, "covers"), (Scheme, "charges"), (Scheme, "regime"),
                                (Scheme, "benefit"), (Scheme, "benefit_signature")):  # fmt: skip
                monkeypatch.setattr(owner, name, refused)
        asked.append(of_year.year)
        return advance(people, of_year, *rest)

    monkeypatch.setattr(MovingPeople, "advance", closing)
    return asked


def refused(*_: Any) -> None:
    raise AssertionError("the case was read after its terms had been resolved")


def test_the_years_are_projected_from_terms_alone(case: Case, closed: list[int]) -> None:
    prepared = prepare(case)
    county_flows(prepared, opening_year(prepared), 3, no_multipliers(case))
    assert closed == [2021, 2022, 2023]
