"""Jiangsu at the end of 2009: what is published is met, and nothing in the case is to be mended."""

from dataclasses import replace

import numpy as np
import pytest

from fundpool.building import cover, vital
from fundpool.building.files import differing
from fundpool.building.jiangsu.people import People
from fundpool.building.jiangsu_2009 import insured
from fundpool.building.jiangsu_2009.build import tables
from fundpool.building.jiangsu_2009.people import carried_back, people
from fundpool.building.jiangsu_2009.published import BASE_YEAR, HERE, Published2009
from fundpool.inputs.case import Case, case_path, check_case, read_case
from fundpool.inputs.case.policies import policy_contents
from fundpool.inputs.format.vocabulary import AGES, SEXES, TIES
from fundpool.models.calibration.multipliers import FITTED
from fundpool.models.claims.benefits import severities
from fundpool.models.projection.study import Study, study

PUBLISHED = Published2009()
MEMBERS = {
    "employee": 17_011_000, "resident": 13_299_000,
    "rural_cooperative": 42_655_000 * 833 / 832,
}  # fmt: skip
"""Published members at the end of 2009; the rural scheme's of 2011 times 833 over 832 million."""


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case("jiangsu-2009")


@pytest.fixture(scope="module")
def counted() -> People:
    return people(PUBLISHED, vital.mortality_table(PUBLISHED.of_nation("mortality"), BASE_YEAR))


@pytest.fixture(scope="module")
def first_year(case: Case) -> Study:
    return study(case, 1)


def test_tables_are_what_the_build_script_derives() -> None:
    derived = tables(Published2009())
    assert {file.stem for file in (HERE / "tables").glob("*.csv")} == set(derived)
    assert differing(derived, HERE / "tables") == []


def test_nothing_is_to_be_mended() -> None:
    assert check_case(case_path("jiangsu-2009")) == ()


def test_published_tables_add_up() -> None:
    """78,660,941 residents by county, by sex and by age, 74,963,132 registered; workers too."""
    census, ages = PUBLISHED.census, PUBLISHED.table("census_ages")
    assert census["residents"].sum() == 78_660_941
    assert census["registered"].sum() == 74_963_132
    by_county = ages.groupby("region")[list(SEXES)].sum().loc[PUBLISHED.counties]
    for sex, column in (("male", "males"), ("female", "females")):
        assert by_county[sex].to_numpy() == pytest.approx(census[column].to_numpy(), abs=15)
    workers = PUBLISHED.units
    assert workers[PUBLISHED.industries].sum(axis=1).to_numpy() == pytest.approx(
        workers["workers"].to_numpy(), abs=15
    )
    assert PUBLISHED.table("nation_ages")[list(SEXES)].to_numpy().sum() == 1_332_810_869


def test_people_are_the_census_less_births_and_with_deaths(case: Case) -> None:
    residents = case.tables["population"].query("region != 'outside'")
    change = (PUBLISHED.census["births"] - PUBLISHED.census["deaths"]).sum() * 10 / 12
    assert residents["persons"].sum() == pytest.approx(78_660_941 - change, rel=1e-3)


def test_people_carried_back_age_and_die_back() -> None:
    """A single age: a share of it was a year younger, and more were alive."""
    one_age = np.zeros((1, len(SEXES), AGES))
    one_age[0, 0, 50] = 1000.0
    rates = np.full((len(SEXES), AGES), 0.1)
    earlier = carried_back(one_age, rates, 0.75)[0, 0]
    assert earlier[[49, 50]] == pytest.approx(np.array([750.0, 250.0]) * np.exp(0.075))
    assert earlier.sum() == pytest.approx(1000.0 * np.exp(0.075))


@pytest.mark.parametrize("died", [0.0, 0.3])
def test_everybody_of_the_open_age_is_carried_back_once(died: float) -> None:
    """100 and over: who came in since was 99, the rest was there; nobody is counted twice."""
    people = np.zeros((1, len(SEXES), AGES))
    people[0, :, -1] = 1000.0
    earlier = carried_back(people, np.full((len(SEXES), AGES), died), 0.75)[0]
    assert earlier.sum(axis=1) == pytest.approx(np.full(2, 1000.0 * np.exp(0.75 * died)))
    assert earlier[:, -1] == pytest.approx(np.full(2, 1000.0))  # as many came in as died
    assert earlier[:, :-2].sum() == 0.0


def test_migrants_meet_the_census(case: Case) -> None:
    moved = case.tables["migrants"]
    arrived = moved[moved["home"] == "outside"]["persons"].sum()
    inside = moved[(moved["home"] != "outside") & (moved["residence"] != "outside")]
    away = moved[moved["residence"] == "outside"]["persons"].sum()
    assert arrived == pytest.approx(7_379_253, abs=2)
    assert inside["persons"].sum() == pytest.approx(6_302_536, abs=50)
    assert away == pytest.approx(74_963_132 - 78_660_941 + 7_379_253, abs=10)


def test_members_of_every_scheme_are_met(first_year: Study) -> None:
    flows, case = first_year.flows, first_year.case
    for name, published in MEMBERS.items():
        members = flows.persons[case.scheme_number(name), 0, :-1].sum()
        assert members == pytest.approx(published, rel=0.003), name
    retired = flows.retirees[case.scheme_number("employee"), 0, :-1].sum()
    assert retired == pytest.approx(4_186_000, rel=0.002)


def test_fitted_money_is_met_without_stretching_the_model(first_year: Study) -> None:
    fitted = first_year.actual_to_expected.query("use == 'fit'")
    assert set(fitted["measure"]) == set(FITTED)
    assert fitted["ratio"].to_numpy(float) == pytest.approx(np.ones(len(fitted)))


def test_migrants_are_insured_at_work_as_published(counted: People) -> None:
    """43.35 of 229.78 million migrant workers."""
    assert insured.migrants_insured(PUBLISHED) == pytest.approx(0.1887, abs=1e-4)
    base = insured.insured(PUBLISHED, counted)
    persons = cover.band_totals(counted.by_tie, base.bands)
    away = [TIES.index(tie) for tie in ("between", "inbound")]
    at_work = workers = 0.0
    for sex, shares in enumerate(base.shares):
        insured_share = shares["employee"] + shares["dual"] + shares["migrant"]
        at_work += (persons[sex] * insured_share)[:, away].sum()
        workers += PUBLISHED.assumed("migrants_employed") * persons[sex][:, away, 1:-1].sum()
    assert at_work / workers == pytest.approx(43.35 / 229.78)


def test_migrants_in_counties_that_build_are_insured_less() -> None:
    """6.4 % in construction, 17.8 % in manufacturing, 16.7 % where nothing is published."""
    by_industry = dict(zip(PUBLISHED.industries, np.eye(len(PUBLISHED.industries)), strict=True))
    mix = np.stack([by_industry[name] for name in ("construction", "manufacturing", "finance")])
    of_three = replace(PUBLISHED)
    vars(of_three)["non_farm_mix"] = mix
    assert insured.insured_by_industry(of_three) == pytest.approx([0.064, 0.178, 0.167])


@pytest.mark.parametrize(
    ("scheme", "published"),
    [("employee", 0.67), ("resident", 0.50), ("rural_cooperative", 0.40),
     ("migrant_contract", 0.63)],
)  # fmt: skip
def test_schemes_pay_the_published_share_of_hospital_costs(
    case: Case, scheme: str, published: float
) -> None:
    """Over the tiers by their share of admissions; deductible and ceiling counted."""
    rules, costs = case.scheme(scheme), severities(case)
    paid = cost = 0.0
    for service, share in PUBLISHED.assumed("tiers").items():
        formula = rules.benefit(service, case.regions.codes[0], case.base_year)
        for severity in costs[case.services.index(service)]:
            paid += share * formula.expected_payment(severity)
            cost += share * severity.mean()
    assert paid / cost == pytest.approx(published, abs=0.005)


def test_every_policy_is_of_the_case(case: Case) -> None:
    for name in case.policy_texts:
        _, contents = policy_contents(name, case.policy_texts)
        assert contents["name"] == name
        assert case.with_policies([name]).name == case.name
