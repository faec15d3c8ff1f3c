"""Two counties worked out by hand, every number of the first projected year.

The case (tests/cases/small.py): Ash in the city North, Birch in the city South, both in Land.
All people are men of 30: 1,000 at home in Ash, 1,000 at home in Birch, 200 from Ash in Birch.

People, 2021
    Survivors are 98 % of each: 980, 980, 196 (20 + 24 deaths by residence; no births).
    One in ten leaves home, one in ten goes home: from Ash 98 leave, 19.6 return. Nobody from
    Birch is known to live elsewhere, so nobody leaves it.
    Ash at home     980 - 98 + 19.6 = 901.6
    Ash in Birch    196 - 19.6 + 98 = 274.4
    Birch at home   980
    Residents: Ash 901.6, Birch 1,254.4.

Cover, end of 2021 (no hazards; cover is kept on a move; dual cover becomes employee cover at home)
    at home: 60 % employee, 40 % home resident; from Ash in Birch: 50 % employee, 30 % home
    resident, 20 % dual.
    Ash at home     employee 588 - 58.8 + 9.8 + 3.92 = 542.92   home resident 392 - 39.2 + 5.88 = 358.68
    Ash in Birch    employee 98 - 9.8 + 58.8 = 147              home resident 58.8 - 5.88 + 39.2 = 92.12
                    dual 39.2 - 3.92 = 35.28
    Birch at home   employee 588                                home resident 392

Mean of the year (half of the start and the end)
    Ash at home     employee (600 + 542.92)/2 = 571.46          home resident (400 + 358.68)/2 = 379.34
    Ash in Birch    employee 123.5   home resident 76.06   dual 37.64
    Birch at home   employee 594     home resident 396

Contributions (wages 50,000 and 100,000 risen by 10 %; rate 10 %, of it 30 % to accounts)
    employee, Ash    571.46 x 55,000 x 10 % = 3,143,030                to accounts   942,909
    employee, Birch  (594 + 123.5 + 37.64 = 755.14) x 110,000 x 10 % = 8,306,540       2,491,962
    resident, Ash    379.34 + 76.06 + 37.64 = 493.04 persons: premium 49,304, subsidy 98,608
    resident, Birch  396 persons: 39,600 and 79,200

Claims (2 a person of mean 1,000, price 1 in Ash and 1.5 in Birch, risen by 10 %; migrants between
cities make half as many)
    employee scheme pays 80 %, where people live:
    Ash in Ash      571.46 x 2 x 1,000 x 0.8 x 1.1 = 1,005,769.6
    Birch in Birch  (594 x 2 + 123.5 + 37.64) x 1,500 x 0.8 x 1.1 = 1,780,864.8
    resident scheme pays 60 %; of those insured in Ash and living in Birch 70 % are treated in
    Birch (60 % less 10 points off-site, of which three quarters are ever claimed), 20 % in Ash,
    10 % not at all; beside the employee scheme it pays what is left of the cost, 20 %:
    Ash in Ash      (379.34 x 2 x 1,000 x 0.6 + 76.06 x 0.2 x 1,000 x 0.6) x 1.1
                    = (455,208 + 9,127.2) x 1.1 = 510,768.72
    Ash in Birch    (76.06 x 0.7 x 1,500 x 0.5 x 0.75 + 37.64 x 1,500 x 0.2 x 0.75) x 1.1
                    = (29,948.625 + 8,469) x 1.1 = 42,259.3875
    Birch in Birch  396 x 2 x 1,500 x 0.6 x 1.1 = 784,080

Run-off (care near by is paid at once, away 60 % at once and 40 % a year later)
    away in 2020: 60 x 0.7 x 1,500 x 0.5 x 0.75 + 40 x 1,500 x 0.2 x 0.75 = 23,625 + 9,000 = 32,625
    resident, Ash   paid 510,768.72 + 0.6 x 42,259.3875 + 0.4 x 32,625 = 549,174.3525
                    owed 0.4 x 42,259.3875 = 16,903.755

Balances (interest 21 %, so half a year's is 10 %)
    employee, Ash    100,000 x 1.21 + (3,143,030 - 942,909 - 1,005,769.6) x 1.1 = 1,434,786.54
    employee, Birch  2,000,000 x 1.21 + (8,306,540 - 2,491,962 - 1,780,864.8) x 1.1 = 6,857,084.52
    resident, Ash    50,000 x 1.21 + (49,304 + 98,608 - 549,174.3525) x 1.1 = -380,888.58775
    resident, Birch  80,000 x 1.21 + (39,600 + 79,200 - 784,080) x 1.1 = -635,008
    by city the same, as each city is one county.

In the fund of the province care of Ash's insured in Birch is given in the territory of the fund
that pays it: at its full rate, always claimed, paid at once. Care of 2020 is settled as it was.
    Ash in Birch    (76.06 x 0.7 x 1,500 x 0.6 + 37.64 x 1,500 x 0.2) x 1.1
                    = (47,917.8 + 11,292) x 1.1 = 65,130.78
    resident        paid 510,768.72 + 65,130.78 + 0.4 x 32,625 + 784,080 = 1,373,029.5, none owed
    balances        employee 1,434,786.54 + 6,857,084.52 = 8,291,871.06, resident
                    130,000 x 1.21 + (49,304 + 98,608 + 118,800 - 1,373,029.5) x 1.1 = -1,059,649.25

Personal accounts (opening 60,000 of 600 members in Ash: 100 each; 148,000 of 740 in Birch: 200)
    to Birch 58.8 x 100 = 5,880; to Ash (9.8 + 3.92) x 200 = 2,744
    Ash    60,000 x 1.21 + 942,909 x 1.1 + 2,744 - 5,880 = 1,106,663.9
    Birch  148,000 x 1.21 + 2,491,962 x 1.1 + 5,880 - 2,744 = 2,923,374.2

The same counties in one city
    If Birch lies in North too, those from Ash in Birch have moved within a city: they fall ill as
    often as anyone, and in city funds all care is given in the territory of the fund that pays it,
    at its full rate, always claimed and paid at once, in the base year too. People, cover and
    contributions stay as they are.
    employee, Birch in Birch  755.14 x 2 x 1,500 x 0.8 x 1.1 = 1,993,569.6
    resident, Ash in Ash      (455,208 + 76.06 x 2 x 0.2 x 1,000 x 0.6) x 1.1
                              = (455,208 + 18,254.4) x 1.1 = 520,808.64
    resident, Ash in Birch    (76.06 x 2 x 0.7 x 1,500 x 0.6 + 37.64 x 2 x 1,500 x 0.2) x 1.1
                              = (95,835.6 + 22,584) x 1.1 = 130,261.56
    employee, Birch     2,420,000 + (8,306,540 - 2,491,962 - 1,993,569.6) x 1.1 = 6,623,109.24
    resident, Ash       60,500 + (49,304 + 98,608 - 520,808.64 - 130,261.56) x 1.1 = -492,974.02
    In county funds care in the other county of the city is off-site:
    resident, Ash in Birch    (76.06 x 2 x 0.7 x 1,500 x 0.5 x 0.75 + 37.64 x 2 x 1,500 x 0.2 x 0.75)
                              x 1.1 = (59,897.25 + 16,938) x 1.1 = 84,518.775
                        paid 520,808.64 + 0.6 x 84,518.775 = 571,519.905, owed 33,807.51
                        60,500 + (49,304 + 98,608 - 571,519.905) x 1.1 = -405,468.6955
    by city, and by province: employee 1,434,786.54 + 6,623,109.24 = 8,057,895.78,
                              resident -492,974.02 - 635,008 = -1,127,982.02
"""  # noqa: E501

from pathlib import Path

import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.projection.comparison import Comparison, compare
from tests.cases.small import small_case

pytestmark = pytest.mark.plain


@pytest.fixture(scope="module")
def year_one(small: Case) -> Comparison:
    return compare(small, ["county", "city", "province"], years=1)


def test_people(year_one: Comparison) -> None:
    people = year_one.projections["county"].people.set_index(["region", "year"])
    ash, birch = people.loc[("ash", 2021)], people.loc[("birch", 2021)]
    assert ash["persons"] == pytest.approx(901.6, abs=1e-9)
    assert birch["persons"] == pytest.approx(1254.4, abs=1e-9)
    assert (ash["registered"], birch["registered"]) == pytest.approx((1176.0, 980.0))
    assert (ash["deaths"], birch["deaths"]) == pytest.approx((20.0, 24.0))
    assert (ash["moved_in"], ash["moved_out"]) == pytest.approx((19.6, 98.0))
    assert (birch["moved_in"], birch["moved_out"]) == pytest.approx((98.0, 19.6))
    assert (ash["births"], birch["births"]) == (0.0, 0.0)
    assert (ash["employee"], ash["home_resident"], ash["dual"]) == pytest.approx(
        (542.92, 358.68, 0.0)
    )
    assert (birch["employee"], birch["home_resident"], birch["dual"]) == pytest.approx(
        (588 + 147, 392 + 92.12, 35.28)
    )


def test_contributions(year_one: Comparison) -> None:
    funds = year_one.projections["county"].funds.set_index(["scheme", "pool"])
    assert funds.loc[("employee", "ash"), "contributions"] == pytest.approx(3_143_030)
    assert funds.loc[("employee", "birch"), "contributions"] == pytest.approx(8_306_540)
    assert funds.loc[("employee", "ash"), "account_credits"] == pytest.approx(942_909)
    assert funds.loc[("employee", "birch"), "account_credits"] == pytest.approx(2_491_962)
    assert funds.loc[("resident", "ash"), "persons"] == pytest.approx(493.04)
    assert funds.loc[("resident", "ash"), "contributions"] == pytest.approx(49_304)
    assert funds.loc[("resident", "ash"), "subsidies"] == pytest.approx(98_608)
    assert funds.loc[("resident", "birch"), "contributions"] == pytest.approx(39_600)
    assert funds.loc[("resident", "birch"), "subsidies"] == pytest.approx(79_200)


def test_claims_by_payer_and_place(year_one: Comparison) -> None:
    table = year_one.projections["county"].settlement
    amounts = table[table["year"] == 2021].set_index(["scheme", "payer", "place"])["amount"]
    assert amounts.to_dict() == pytest.approx(
        {
            ("employee", "ash", "ash"): 1_005_769.6,
            ("employee", "birch", "birch"): 1_780_864.8,
            ("resident", "ash", "ash"): 510_768.72,
            ("resident", "ash", "birch"): 42_259.3875,
            ("resident", "birch", "birch"): 784_080.0,
        }
    )
    funds = year_one.projections["county"].funds.set_index(["scheme", "pool"])
    assert funds.loc[("resident", "ash"), "claims_paid"] == pytest.approx(549_174.3525)
    assert funds.loc[("resident", "ash"), "outstanding"] == pytest.approx(16_903.755)
    assert funds.loc[("resident", "birch"), "outstanding"] == 0.0


@pytest.mark.parametrize(
    ("level", "balances"),
    [
        (
            "county",
            {
                ("employee", "ash"): 1_434_786.54,
                ("employee", "birch"): 6_857_084.52,
                ("resident", "ash"): -380_888.58775,
                ("resident", "birch"): -635_008.0,
            },
        ),
        (
            "city",
            {
                ("employee", "north"): 1_434_786.54,
                ("employee", "south"): 6_857_084.52,
                ("resident", "north"): -380_888.58775,
                ("resident", "south"): -635_008.0,
            },
        ),
        (
            "province",
            {("employee", "land"): 8_291_871.06, ("resident", "land"): -1_059_649.25},
        ),
    ],
)
def test_balances(year_one: Comparison, level: str, balances: dict[tuple[str, str], float]) -> None:
    funds = year_one.projections[level].funds.set_index(["scheme", "pool"])
    assert funds["balance"].to_dict() == pytest.approx(balances, rel=1e-12)


def test_accounts(year_one: Comparison) -> None:
    accounts = year_one.projections["county"].accounts.set_index("region")
    assert accounts["transfers_out"].to_dict() == pytest.approx({"ash": 5_880, "birch": 2_744})
    assert accounts["transfers_in"].to_dict() == pytest.approx({"ash": 2_744, "birch": 5_880})
    assert accounts["balance"].to_dict() == pytest.approx(
        {"ash": 1_106_663.9, "birch": 2_923_374.2}
    )


def test_migrants(year_one: Comparison) -> None:
    """Those from North in South: 123.5 + 76.06 + 37.64 people in the mean.

    They pay 161.14 x 11,000 to the employee scheme, of which 30 % goes to their accounts, and
    113.7 x 300 to the resident scheme.
    """
    table = year_one.projections["county"].migrants.set_index(["home", "residence", "year"])
    row = table.loc[("north", "south", 2021)]
    assert row["persons"] == pytest.approx(237.2)
    assert row["contributions"] == pytest.approx(161.14 * 11_000 + 113.7 * 300)
    assert row["account_credits"] == pytest.approx(0.3 * 161.14 * 11_000)
    assert row["net_contributions"] == pytest.approx(0.7 * 161.14 * 11_000 + 113.7 * 300)
    assert row["from_host"] == pytest.approx(161.14 * 1_500 * 0.8 * 1.1)
    assert row["from_home"] == pytest.approx(9_127.2 * 1.1 + 42_259.3875)


@pytest.fixture(scope="module")
def one_city(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Birch in the city North, South gone."""
    case = small_case()
    regions = case.tables["regions"]
    regions.loc[regions["region"] == "birch", "parent"] = "north"
    case.tables["regions"] = regions[regions["region"] != "south"]
    case.tables["migrant_ages"]["tie"] = "within"
    folder: Path = tmp_path_factory.mktemp("one_city") / "case"
    return compare(read_case(case.write(folder)), ["county", "city", "province"], years=1)


def test_province_claims_by_payer_and_place(year_one: Comparison) -> None:
    table = year_one.projections["province"].settlement
    amounts = table[table["year"] == 2021].set_index(["scheme", "payer", "place"])["amount"]
    assert amounts["resident", "ash", "birch"] == pytest.approx(65_130.78)
    funds = year_one.projections["province"].funds.set_index("scheme")
    assert amounts["resident"].sum() == pytest.approx(funds.loc["resident", "claims_incurred"])
    assert funds.loc["resident", "claims_paid"] == pytest.approx(1_373_029.5)
    assert (funds["outstanding"] == 0.0).all()


def test_one_city_in_county_funds(one_city: Comparison) -> None:
    table = one_city.projections["county"].settlement
    amounts = table[table["year"] == 2021].set_index(["scheme", "payer", "place"])["amount"]
    assert amounts["resident", "ash", "birch"] == pytest.approx(84_518.775)
    funds = one_city.projections["county"].funds.set_index(["scheme", "pool"])
    assert funds.loc[("resident", "ash"), "claims_paid"] == pytest.approx(571_519.905)
    assert funds.loc[("resident", "ash"), "outstanding"] == pytest.approx(33_807.51)


def test_one_city_claims_by_payer_and_place(one_city: Comparison) -> None:
    table = one_city.projections["city"].settlement
    amounts = table[table["year"] == 2021].set_index(["scheme", "payer", "place"])["amount"]
    assert amounts.to_dict() == pytest.approx(
        {
            ("employee", "ash", "ash"): 1_005_769.6,
            ("employee", "birch", "birch"): 1_993_569.6,
            ("resident", "ash", "ash"): 520_808.64,
            ("resident", "ash", "birch"): 130_261.56,
            ("resident", "birch", "birch"): 784_080.0,
        }
    )
    funds = one_city.projections["city"].funds
    assert (funds["outstanding"] == 0.0).all()
    assert funds["claims_paid"].sum() == pytest.approx(amounts.sum())


def test_one_city_people_and_contributions(one_city: Comparison, year_one: Comparison) -> None:
    here, apart = (c.projections["county"] for c in (one_city, year_one))
    names = ["persons", "employee", "home_resident", "dual", "deaths", "moved_in", "moved_out"]
    assert here.people[names].to_numpy() == pytest.approx(apart.people[names].to_numpy())
    money = ["contributions", "subsidies", "account_credits", "contributors"]
    assert here.funds[money].to_numpy() == pytest.approx(apart.funds[money].to_numpy())
    assert here.accounts["balance"].tolist() == pytest.approx(apart.accounts["balance"].tolist())


@pytest.mark.parametrize(
    ("level", "balances"),
    [
        (
            "county",
            {
                ("employee", "ash"): 1_434_786.54,
                ("employee", "birch"): 6_623_109.24,
                ("resident", "ash"): -405_468.6955,
                ("resident", "birch"): -635_008.0,
            },
        ),
        ("city", {("employee", "north"): 8_057_895.78, ("resident", "north"): -1_127_982.02}),
        ("province", {("employee", "land"): 8_057_895.78, ("resident", "land"): -1_127_982.02}),
    ],
)
def test_one_city_balances(
    one_city: Comparison, level: str, balances: dict[tuple[str, str], float]
) -> None:
    funds = one_city.projections[level].funds.set_index(["scheme", "pool"])
    assert funds["balance"].to_dict() == pytest.approx(balances, rel=1e-12)
