"""Fitting to margins, single ages, migrants; and that Jiangsu's tables are what is derived."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundpool.building import ages, care, cover, migration, money, vital
from fundpool.building.files import differing
from fundpool.building.jiangsu import care_away, funds
from fundpool.building.jiangsu.build import rolled_people, tables
from fundpool.building.jiangsu.census_case import (
    census_case,
    census_tables,
    overlaid,
    vital_tables,
)
from fundpool.building.jiangsu.people import people
from fundpool.building.jiangsu.published import CENSUS_YEAR, HERE, Published
from fundpool.building.jiangsu.rolled import Rolled
from fundpool.inputs.case import read_case
from fundpool.inputs.format.vocabulary import AGES, OUTSIDE


@given(st.lists(st.floats(0.1, 10), min_size=6, max_size=6), st.floats(1, 50), st.floats(1, 50))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_fitted_table_meets_both_margins(seed: list[float], a: float, b: float) -> None:
    table = ages.fitted_table(
        np.array(seed).reshape(2, 3), np.array([a, b]), (a + b) * np.array([0.2, 0.3, 0.5])
    )
    assert table.sum(axis=1) == pytest.approx([a, b])
    assert table.sum(axis=0) == pytest.approx((a + b) * np.array([0.2, 0.3, 0.5]))
    # odds ratios of the seed survive
    s = np.array(seed).reshape(2, 3)
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(
        s[0, 0] * s[1, 1] / (s[0, 1] * s[1, 0]), rel=1e-6
    )


def test_fitting_refuses_what_cannot_be_met() -> None:
    with pytest.raises(ValueError, match="rows sum to 2"):
        ages.fitted_table(np.ones((2, 2)), np.ones(2), np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="cannot be met"):
        ages.fitted_table(np.eye(2), np.array([1.0, 3.0]), np.array([3.0, 1.0]))


@given(st.lists(st.floats(0, 1e5), min_size=5, max_size=5))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_single_ages_keep_every_band(persons: list[float]) -> None:
    starts = np.array([0.0, 5, 20, 60, 85])
    tail = np.full(16, 1 / 16)
    single = ages.single_ages(starts, np.array(persons), tail)
    assert single.shape == (AGES,)
    assert (single >= -1e-9).all()
    assert np.add.reduceat(single, starts.astype(int)) == pytest.approx(np.array(persons), abs=1e-6)


def test_migrants_by_hand() -> None:
    """Two cities, three counties; the identity gives each city's people away.

    City 0 holds counties 0 and 1, city 1 holds county 2. Arrived from within the case: 10, 20,
    30; from outside 5, 5, 10. Registered less residents: +40 and -10. All of county 2's 30 come
    from city 0. Let b be those of 0 and 1 who came from city 1. People away from city 0:
    40 + b + 10, from city 1: -10 + 30 + 10 = 30. Outside live 40 - 10 + 20 = 50 of
    40 + b + 10 + 30 = 80 + b away, of city 0 the share (50 + b) / (80 + b), the rest of whom are
    the 30 in county 2: (50 + b)(1 - 50/(80 + b)) = 30, so (50 + b)(30 + b) = 30 (80 + b):
    b^2 + 50 b - 900 = 0, b = 14.0512...
    """
    margins = migration.Margins(
        arrived=np.array([10.0, 20.0, 30.0]),
        inbound=np.array([5.0, 5.0, 10.0]),
        gap=np.array([40.0, -10.0]),
        city=np.array([0, 0, 1]),
    )
    fitted = migration.fitted_migrants(1.0 - np.eye(3), margins)
    assert fitted.between.sum(axis=0) == pytest.approx([10.0, 20.0, 30.0])
    b = (-50 + np.sqrt(50**2 + 4 * 900)) / 2
    assert fitted.between[2].sum() == pytest.approx(b, rel=1e-9)
    assert fitted.outbound.sum() == pytest.approx(50.0)
    away = fitted.outbound[:2].sum() + fitted.between[:2, 2].sum()
    assert away == pytest.approx(50 + b)


def test_migrants_refuse_a_contradiction() -> None:
    margins = migration.Margins(np.ones(2), np.ones(2), np.array([-3.0, -3.0]), np.array([0, 1]))
    with pytest.raises(ValueError, match="registered gap"):
        migration.fitted_migrants(1.0 - np.eye(2), margins)


def test_referrals_leave_the_case() -> None:
    """Two cities: county 2 has most health workers of all, county 1 of its city."""
    workers = np.array([1.0, 2.0, 5.0])
    table = care.referral_table(["a", "b", "c"], np.array([0, 0, 1]), workers, 0.5, 0.2)
    shares = {(row.region, row.centre): row.share for row in table.itertuples()}
    away = {(name, "outside"): 0.2 for name in "abc"}
    near = {("a", "b"): 0.5, ("a", "c"): 0.3, ("b", "b"): 0.5, ("b", "c"): 0.3, ("c", "c"): 0.8}
    assert shares == pytest.approx(near | away)
    kept = care.referral_table(["a", "b", "c"], np.array([0, 0, 1]), workers, 0.5)
    assert OUTSIDE not in set(kept["centre"])


def test_distances() -> None:
    """A degree of latitude is 111.19 km on a sphere of 6,371 km."""
    apart = migration.distances(np.array([31.0, 32.0]), np.array([120.0, 120.0]))
    assert apart[0, 1] == pytest.approx(6371 * np.pi / 180)
    assert apart[0, 0] == 0.0


def test_power_fills_gaps() -> None:
    proxy = np.array([1.0, 2.0, 4.0, 8.0])
    known = np.array([3.0, np.nan, 3.0 * 4**0.5, np.nan])
    assert money.filled_by_power(known, proxy) == pytest.approx(3 * proxy**0.5)
    with pytest.raises(ValueError, match="two known"):
        money.filled_by_power(np.array([np.nan, 1.0]), np.array([1.0, 2.0]))


def test_crude_rates_are_met() -> None:
    people, rates = np.full((2, AGES), 10.0), np.full((2, AGES), 0.01)
    assert vital.mortality_level(people, rates, 0.02) == pytest.approx(2.0)
    women = np.ones((3, AGES))
    births = np.full(AGES, 0.001)
    levels = vital.fertility_levels(women, np.array([1.0, 2.0, 3.0]), births, 0.01, 600.0)
    assert (levels * (women @ births)).sum() == pytest.approx(6.0)
    assert levels / levels[0] == pytest.approx([1.0, 2.0, 3.0])


def test_band_totals() -> None:
    people = np.ones((2, AGES))
    bands = cover.band_totals(people, {"male": (0, 16, 60), "female": (0, 16, 55)})
    assert bands[0].tolist() == [16.0, 44.0, 41.0]
    assert bands[1].tolist() == [16.0, 39.0, 46.0]


@pytest.fixture(scope="module")
def carried() -> Rolled:
    return rolled_people(Published())


def test_jiangsu_is_what_its_build_script_derives(carried: Rolled) -> None:
    derived = tables(Published(), carried)
    written = {file.stem for file in (HERE / "tables").glob("*.csv")}
    assert written == set(derived)
    assert differing(derived, HERE / "tables") == []


def test_the_case_of_2020_meets_the_census() -> None:
    """95 counties, 13 cities, 84,748,016 residents; margins of migration as published."""
    published = Published()
    counted = people(published, vital_tables(published, CENSUS_YEAR)[0])
    case = census_case(census_tables(published, counted))
    assert case.base_year == 2020
    assert (len(case.regions.codes), len(case.regions.codes_at("city"))) == (95, 13)
    inside = case.tables["population"].query("region != 'outside'")
    assert inside["persons"].sum() == pytest.approx(84_748_016, abs=100)
    by_sex = inside.groupby(["region", "sex"])["persons"].sum().unstack()
    census = published.census
    assert by_sex.loc[published.counties, "male"].to_numpy() == pytest.approx(
        census["males"].to_numpy(float), abs=1.5
    )
    moved = case.tables["migrants"]
    arrived = moved[moved["home"] != "outside"].groupby("residence")["persons"].sum()
    assert arrived.loc[published.counties].to_numpy() == pytest.approx(
        census["registered_other_county"].to_numpy(float), abs=1.0
    )
    inbound = moved[moved["home"] == "outside"].set_index("residence")["persons"]
    assert inbound.loc[published.counties].to_numpy() == pytest.approx(
        census["registered_other_province"].to_numpy(float), abs=0.01
    )
    # the identity by city: registered less residents = people away less people arrived
    city = dict(zip(published.counties, published.city, strict=True))
    registered = published.table("registered_cities").set_index("region").loc[published.cities]
    gap = (registered["registered"] - registered["residents"]).to_numpy(float)
    net = np.zeros(len(published.cities))
    for home, residence, persons in moved[["home", "residence", "persons"]].itertuples(index=False):
        if home != "outside":
            net[city[home]] += persons
        if residence != "outside":
            net[city[residence]] -= persons
    assert net == pytest.approx(gap, abs=5.0)


def test_the_case_of_2024_meets_the_residents_counted_last(carried: Rolled) -> None:
    """Cities, sexes and age groups of 2023; a year on, each city within two per cent of them."""
    published, case, people = Published(), read_case("jiangsu"), carried
    table = published.table("residents_2023").set_index(["region", "measure"])["value"]
    by_city = np.bincount(published.city, people.counted.sum(axis=(1, 2)))
    cities = np.array([float(table[city, "residents"]) for city in published.cities])
    assert by_city == pytest.approx(cities, rel=1e-5)  # cities are rounded, the province is not
    groups = {"males": people.counted[:, 0], "females": people.counted[:, 1],
              "residents_0_14": people.counted[:, :, :15],
              "residents_65_and_over": people.counted[:, :, 65:]}  # fmt: skip
    for name, group in groups.items():
        assert group.sum() == pytest.approx(float(table["320000", name]), rel=1e-9)
    assert case.base_year == 2024
    inside = case.tables["population"].query("region != 'outside'")
    now = inside.groupby("region")["persons"].sum().loc[published.counties].to_numpy()
    assert np.bincount(published.city, now) == pytest.approx(cities, rel=0.02)


def test_money_of_2024_by_hand() -> None:
    """The nation's of the bulletin a member, times what the province had of it, times members."""
    totals = read_case("jiangsu").tables["fund_totals"].set_index(["scheme", "measure"])["value"]
    revenue_2008 = (26.39e9 / 16.043e6) / (288.55e9 / 199.956e6)
    members = totals["employee", "participants"]
    assert totals["employee", "contributions"] == pytest.approx(
        1734.245e9 / 379.4834e6 * revenue_2008 * members, rel=1e-6
    )
    assert 1 - totals["employee", "retirees"] / members == pytest.approx(274.9084 / 379.4834)
    everyone = 79.67e6 * 1326.6208 / 1361.31
    income = totals["resident", "contributions"] + totals["resident", "subsidies"]
    assert income == pytest.approx(
        1118.091e9 / 947.1373e6 * (273 / 246.2) * (everyone - members), rel=1e-6
    )


def test_care_away_grows_from_its_level_to_an_end() -> None:
    """A part of the yearly growth seen before goes on for some years; then the share is held.

    From 2013 to 2019 employees' expenses outside the insured place went from 54.68 of 614.59 to
    133.93 of 1,197.13 billion: 3.9 % more of them a year, which brings the share of 2020 to 2022.
    """
    published = Published()
    assumed = published.assumptions
    part, years = (assumed["referral_growth"][name] for name in ("part", "years"))
    level, end = care_away.referral_years(published, 2024).values()
    for kind, service in (("outpatient", "outpatient"), ("inpatient", "inpatient_3")):
        yearly = assumed["referral_growth"]["since_2020"][kind]
        assert level.share[service] == assumed["referral_care_2024"]["value"][service]
        assert end.share[service] == pytest.approx(
            level.share[service] * (1 + part * years * yearly), abs=1e-4
        )
    seen = ((133.93 / 1197.13) / (54.68 / 614.59)) ** (1 / 6) - 1
    assert care_away.growth_before_2020(published) == pytest.approx(seen, rel=1e-3)
    begun, ended = care_away.referral_years(published, 2022).items()
    assert (begun[0], ended[0]) == (2022, 2022 + years)
    fitted = assumed["referral_care"]["value"]["inpatient_3"]
    assert begun[1].share["inpatient_3"] == pytest.approx(fitted * (1 + seen) ** 2, abs=1e-4)
    assert begun[1].outside == ended[1].outside


def test_premiums_and_care_grow_as_wages_in_the_end() -> None:
    """Neither outgrows the other for ever: 4 % a year of wages, premiums and care at an age."""
    economy = Published().settings["economy"]
    end = Published().assumed("trend_end_year")
    trends = read_case("jiangsu").tables["service_trends"].query(f"year == {end}")
    volume, price = (trends[trends["kind"] == kind]["growth"] for kind in ("volume", "price"))
    care_grows = (1 + economy["medical_inflation"]["value"]) * (1 + volume) * (1 + price.to_numpy())
    assert care_grows.to_list() == pytest.approx([1.04] * 4, abs=1e-5)
    assert economy["wage_growth"]["value"] == economy["premium_growth"]["value"] == 0.04
    assert max(economy["premium_growth"]["by_year"], key=int) == "2026"


def test_expenditure_is_divided_by_what_care_cost() -> None:
    """Expenses a member: residents' over employees' was 0.423 in 2020 and 0.431 in 2022.

    Expenditure a member in 2022: 935.344 over 983.491 and 1,524.38 over 362.434 billion and
    million.
    """
    published = Published()
    (_, employee), (_, resident) = funds.national_per_head(published, 0.9).values()
    ratio = (935.344 / 983.491) / (1524.38 / 362.434)
    assert resident / employee == pytest.approx(0.9 * ratio, rel=1e-3)
    expenses = {2020: (1408.04 / 1016.76) / (1128.11 / 344.551),
                2022: (1626.59 / 983.491) / (1389.80 / 362.434)}  # fmt: skip
    for year, expected in expenses.items():
        assert funds.expenses_ratio(published, year) == pytest.approx(expected, rel=1e-3)


def test_settings_are_laid_over_each_other() -> None:
    base = {"a": {"value": 1, "by_year": {"2030": 5}}, "b": [1, 2]}
    made = overlaid(base, {"a": {"by_year": {"2021": 3}}, "b": [3]})
    assert made == {"a": {"value": 1, "by_year": {"2030": 5, "2021": 3}}, "b": [3]}
    assert base["b"] == [1, 2]
