"""Ages, trends and use of care by scheme that builders derive, by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom, poisson

from fundpool.building import care_ages, care_trends, scheme_use
from fundpool.building.jiangsu import insured
from fundpool.building.jiangsu.published import Published
from fundpool.inputs.format.vocabulary import AGES, SEXES, TIES


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


def test_stays_of_japan_by_hand(published: Published) -> None:
    """Boys under one: 1,056 of 100,000 in hospital on a day, 9.7 days a stay to the age of 7.5.

    At 25 the length is that of the band 15 to 34, 14.8 days; half way to the next middle (50) the
    geometric mean of 14.8 and 35.5.
    """
    stays = care_ages.stays_by_age(published.of_nation("care_ages"))
    assert stays[0, 0] == pytest.approx(1056 / 1e5 * 365 / 9.7)
    at_37 = 1e-5 * 365 / np.sqrt(14.8 * 35.5)
    assert stays[1, 37] == pytest.approx(368 * at_37, rel=1e-12)
    assert stays.shape == (2, AGES)
    assert (stays[:, 80:] == stays[:, 79:80]).all()
    visits = care_ages.visits_by_age(published.of_nation("care_ages"))
    assert (visits[0, 22], visits[1, 100]) == pytest.approx((0.01751, 0.08453))


def test_people_of_60_are_in_hospital_as_often_as_a_survey_of_china_says(
    published: Published,
) -> None:
    """0.182 stays a head in 2018, at ages of Japan: patients of 60 and over against 24.9 %."""
    ages, people = published.of_nation("care_ages"), published.national_people(2020)
    shape = care_ages.stays_by_age(ages)
    stays = shape * 0.182 * people.sum() / (shape * people).sum()
    table = care_ages.repeated_stays(ages, stays, people)
    old = table[table["age_from"] >= 65]
    none = (1.0 + old["dispersion"] * old["mean"]) ** (-1.0 / old["dispersion"])
    counts = [people[:, row.age_from : row.age_to + 1].sum() for row in old.itertuples()]
    assert np.average(1.0 - none, weights=counts) == pytest.approx(0.249, abs=0.06)
    survey = ages[ages["topic"] == "admitted_in_a_year"].set_index("age_from")["value"]
    by_decade = [np.average(stays[:, a : a + 10], weights=people[:, a : a + 10]) for a in (60, 70)]
    assert by_decade[1] / by_decade[0] == pytest.approx(survey[70] / survey[60], rel=0.1)


@pytest.mark.parametrize(("mean", "dispersion"), [(0.2, 0.0), (0.2, 2.5), (0.05, 8.0), (1.1, 0.4)])
def test_repeated_stays_are_those_of_the_distribution(mean: float, dispersion: float) -> None:
    if dispersion:
        size = 1.0 / dispersion
        count = nbinom(size, size / (size + mean))
    else:
        count = poisson(mean)
    expected = count.sf(1) / count.sf(0)
    assert care_ages.repeated_share(mean, dispersion) == pytest.approx(expected, rel=1e-9)
    if dispersion:
        assert care_ages.dispersion_of(mean, expected) == pytest.approx(dispersion, rel=1e-6)
    assert care_ages.dispersion_of(mean, care_ages.repeated_share(mean, 0.0) / 2) == 0.0


def test_trends_by_hand() -> None:
    """Product a head x2 in six years. Stays a member x sqrt 2 without ageing, their price x 2."""
    use = {
        ("nation", "gdp", 2013): 100.0, ("nation", "gdp", 2019): 200.0 * 1.01**6,
        ("employee", "active_per_retired", 2013): 3.0,
        ("employee", "active_per_retired", 2019): 3.0,
        ("employee", "participants", 2013): 10.0, ("employee", "participants", 2019): 20.0,
        ("employee", "discharges", 2013): 1.0,
        ("employee", "discharges", 2019): 2.0 * np.sqrt(2.0),
        ("employee", "inpatient_expenses", 2013): 5.0,
        ("employee", "inpatient_expenses", 2019): 20.0 * np.sqrt(2.0),
    }  # fmt: skip
    for kind in ("visits", "expenses"):
        for name in ("outpatient", "chronic_outpatient"):
            use |= {
                ("employee", f"{name}_{kind}", year): float(year - 2012) for year in (2013, 2019)
            }
    found = care_trends.elasticities(use, 0.01, {"inpatient": 2.0, "outpatient": 3.0})
    assert found.loc["inpatient", ["price", "volume"]].tolist() == pytest.approx([1.0, 0.5])
    assert found.loc["outpatient", "price"] == pytest.approx(0.0, abs=1e-12)
    older = use | {("employee", "active_per_retired", 2019): 1.0}
    aged = care_trends.elasticities(older, 0.01, {"inpatient": 2.0, "outpatient": 3.0})
    # (1 + 2) / 2 over (3 + 2) / 4: a member of 2019 is expected to have 1.2 times as many stays
    assert aged.loc["inpatient", "volume"] == pytest.approx(0.5 - np.log(1.2) / np.log(2.0))
    table = care_trends.service_trends(found, {2021: 0.21, 2022: 0.0}, 0.1, 2030, 0.02)
    rows = table.set_index(["service", "kind", "year"])["growth"]
    assert rows["inpatient_3", "price", 2021] == pytest.approx(0.1, abs=1e-5)  # 1.21 over 1.1
    assert rows["inpatient_3", "volume", 2021] == pytest.approx(0.1, abs=1e-5)
    assert rows["inpatient_1", "price", 2022] == pytest.approx(1 / 1.1 - 1, abs=1e-5)
    assert (rows["outpatient", "price", 2030], rows["outpatient", "volume", 2030]) == (0.0, 0.02)


def test_trends_of_the_case_stand_in_its_settings(published: Published) -> None:
    """Stays of the employee scheme, 2013 to 2019, and what they are of product a head."""
    found = insured.elasticities(published)
    stays = np.log(60.194e6 / 329.247e6 / (38.993e6 / 274.431e6)) / 6
    inpatient = found.loc["inpatient"]
    assert inpatient["volume_growth"] + inpatient["ageing"] == pytest.approx(stays, rel=1e-5)
    price = np.log(715.56e9 / 60.194e6 / (377.95e9 / 38.993e6)) / 6
    assert inpatient["price_growth"] == pytest.approx(price, rel=1e-5)
    assert inpatient["price_growth"] / inpatient["price"] == pytest.approx(0.0805, abs=0.001)
    rows = insured.trends(published, published.wage_growth(2024)).set_index(
        ["service", "kind", "year"]
    )["growth"]
    whole = (1 + rows["inpatient_1", "price", 2035]) * (1 + rows["inpatient_1", "volume", 2035])
    assert whole * 1.02 == pytest.approx(1.04, abs=1e-4)  # as wages


def test_use_is_met_by_scheme() -> None:
    """100 employees of 30 and 300 residents, half of them away; claims 1 a year at 10 each."""
    covers = {name: np.zeros((len(TIES), len(SEXES), AGES)) for names in scheme_use.PAID_BY.values()
              for name in names}  # fmt: skip
    stayer, between = TIES.index("stayer"), TIES.index("between")
    covers["employee"][stayer, 0, 30] = 100.0
    covers["home_resident"][stayer, 0, 30] = 150.0
    covers["home_resident"][between, 0, 30] = 150.0
    services = ("outpatient", "inpatient")
    tables = {
        "morbidity": pd.DataFrame(
            [(service, sex, age, 1.0) for service in services for sex in SEXES
             for age in range(AGES)], columns=["service", "sex", "age", "frequency"]
        ),
        "severity": pd.DataFrame(
            [(service, start, mean) for service in services
             for start, mean in ((0, 10.0), (60, 20.0))], columns=["service", "age_from", "mean"]
        ),
        "relativities": pd.DataFrame(
            [("tie", "between", service, 0.5) for service in services],
            columns=["factor", "level", "service", "relativity"],
        ),
        "treatment": pd.DataFrame(
            [("direct", tie, service, 0.2 if tie == "between" else 0.0) for tie in TIES
             for service in services], columns=["regime", "tie", "service", "forgone"]
        ),
    }  # fmt: skip
    use = {
        "employee": scheme_use.SchemeUse(
            {"outpatient": 7.0, "inpatient": 0.2}, {"outpatient": 30.0, "inpatient": 5.0}
        ),
        "resident": scheme_use.SchemeUse(
            {"outpatient": 2.1, "inpatient": 0.14}, {"outpatient": 10.0, "inpatient": 20.0}
        ),
    }
    met = scheme_use.met_by_scheme(covers, tables, services, use, ("rural",))
    relative = met["relativities"].set_index(["factor", "level", "service"])["relativity"]
    # residents ask for (150 + 150 * 0.5 * 0.8) / 300 = 0.7 of the frequency
    assert relative["status", "home_resident", "outpatient"] == pytest.approx(3.0)
    assert relative["status", "rural_resident", "inpatient"] == pytest.approx(0.2)
    assert relative["status", "employee", "outpatient"] == pytest.approx(7.0)
    assert relative["status", "retired_elsewhere", "inpatient"] == pytest.approx(0.2)
    assert relative["tie", "between", "inpatient"] == 0.5
    costs = met["scheme_costs"].set_index(["scheme", "service"])["relativity"]
    assert costs.to_dict() == {
        ("employee", "outpatient"): 3.0, ("employee", "inpatient"): 0.5,
        ("resident", "outpatient"): 1.0, ("resident", "inpatient"): 2.0,
        ("rural", "outpatient"): 1.0, ("rural", "inpatient"): 2.0,
    }  # fmt: skip
    again = scheme_use.expected_use(
        covers, tables | {"relativities": met["relativities"]}, services
    )
    claims = again.set_index(["cover", "service"])["claims"]
    assert claims["home_resident", "outpatient"] == pytest.approx(2.1 * 300)
