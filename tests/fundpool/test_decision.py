"""Figures of the first page, computed again from the tables of the funds by loops."""

from pathlib import Path

import pytest

import fundpool
from fundpool.decision import best_plan, decision, money_lacking
from fundpool.languages.numbers import NARROW
from fundpool.models.projection.comparison import Comparison
from fundpool.models.risk.solvency import solvency_risk
from fundpool.report.sections.context import Context
from fundpool.report.sections.recommendation import statement
from tests.cases.small import small_case
from tests.cases.stochastic import scenario_section

YEARS = 12
PLANS = ["county", "province", "county,province@2024"]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Resident funds of both counties run dry, one soon and one between years 5 and 10."""
    case = small_case()
    case.settings["scenarios"] = scenario_section()
    balances = case.tables["fund_balances"]
    resident = balances["scheme"] == "resident"
    balances.loc[resident & (balances["region"] == "ash"), "pooled_balance"] = 100.0
    balances.loc[resident & (balances["region"] == "birch"), "pooled_balance"] = 4e6
    case.tables["economy"].loc[0, "disposable_income"] *= 1.5
    folder = case.write(tmp_path_factory.mktemp("decision") / "case")
    return fundpool.compare(fundpool.read_case(folder), PLANS, years=YEARS)


def pool_in(comparison: Comparison, plan: str, scheme: str, region: str, year: int) -> str:
    """Code of the fund of a region: its own, or that of the province it lies in."""
    case = comparison.study.case
    merged = plan == "province" or (plan.startswith("county,") and year >= 2024)
    if not merged:
        return region
    funds = comparison.projections[plan].funds
    codes = funds.loc[(funds["scheme"] == scheme) & (funds["year"] == year), "pool"]
    assert len(codes) == 1, case.name
    return str(codes.iloc[0])


def dry_share(comparison: Comparison, plan: str, scheme: str, until: int) -> float:
    """Share of the insured of 2021 with a fund below zero in a year up to one."""
    case, flows = comparison.study.case, comparison.study.flows
    funds = comparison.projections[plan].funds.set_index(["scheme", "pool", "year"])["balance"]
    dry = everyone = 0.0
    for place, region in enumerate(case.regions.codes):
        persons = float(flows.persons[case.scheme_number(scheme), 1, place])
        everyone += persons
        below = [
            year
            for year in range(2021, until + 1)
            if funds[scheme, pool_in(comparison, plan, scheme, region, year), year] < 0
        ]
        dry += persons if below else 0.0
    return dry / everyone


def test_shares_of_the_insured_in_funds_that_run_dry(comparison: Comparison) -> None:
    rows = decision(comparison.projections)["plans"]
    assert [(row["scheme"], row["plan"]) for row in rows] == [
        (scheme, plan) for scheme in ("employee", "resident") for plan in PLANS
    ]
    for row in rows:
        for name, until in (("dry_within_5", 2025), ("dry_within_10", 2030), ("dry_by_end", 2032)):
            by_hand = dry_share(comparison, row["plan"], row["scheme"], until)
            assert row[name] == pytest.approx(by_hand, rel=1e-12), (row["plan"], name)
    shares = {row["dry_within_5"] for row in rows} | {row["dry_by_end"] for row in rows}
    assert len(shares) > 2, "funds differ"


def test_who_pays_more_and_less(comparison: Comparison) -> None:
    """Against county funds, a county pays less whose own level rate is above the province's."""
    case, flows = comparison.study.case, comparison.study.flows
    incomes = case.tables["economy"].set_index("region")["disposable_income"]
    for row in decision(comparison.projections)["plans"]:
        scheme, number = row["scheme"], case.scheme_number(row["scheme"])
        rates = {
            plan: projection.measures[projection.measures["scheme"] == scheme].set_index("pool")[
                "level_rate"
            ]
            for plan, projection in comparison.projections.items()
        }
        less, more = [], []
        for place, region in enumerate(case.regions.codes):
            pool = pool_in(comparison, row["plan"], scheme, region, 2032)
            change = rates[row["plan"]][pool] - rates["county"][region]
            persons = float(flows.persons[number, 1, place])
            if abs(change) > 5e-5:
                (less if change < 0 else more).append((persons, float(incomes[region])))
        everyone = float(flows.persons[number, 1, :-1].sum())
        for share, income, places in (
            ("paying_less", "income_less", less), ("paying_more", "income_more", more),
        ):  # fmt: skip
            persons = sum(item[0] for item in places)
            assert row[share] == pytest.approx(persons / everyone)
            mean = sum(p * y for p, y in places) / persons if persons else None
            assert row[income] == (None if mean is None else pytest.approx(mean))
        if row["plan"] == "county":
            assert row["paying_less"] == row["paying_more"] == 0.0
        else:
            assert row["paying_less"] > 0
            assert row["paying_more"] > 0
        assert row["rate_change"] == pytest.approx(row["level_rate"] - row["income_rate"])


def test_funds_now_and_what_they_lack(comparison: Comparison) -> None:
    figures = decision(comparison.projections)
    funds = comparison.projections["county"].funds
    for row in figures["now"]:
        table = funds[(funds["scheme"] == row["scheme"]) & (funds["year"] == 2021)]
        assert row["opening_balance"] == pytest.approx(table["opening_balance"].sum())
        assert row["opening_balance"] + row["net"] == pytest.approx(table["balance"].sum())
        assert row["net"] == pytest.approx(row["income"] - row["outgo"])
        outgo = (table["claims_paid"] + table["administration"]).sum()
        assert row["months_of_outgo"] == pytest.approx(row["opening_balance"] / (outgo / 12))
    employee, resident = figures["now"]
    retired = comparison.projections["county"].people.query("year == 2021")["retired"].sum()
    paying = funds.query("scheme == 'employee' and year == 2021")["contributors"].sum()
    assert employee["contributors_per_retired"] == (
        pytest.approx(paying / retired) if retired else None
    )
    assert resident["contributors_per_retired"] is None
    for row in figures["next_years"]:
        table = funds[(funds["scheme"] == row["scheme"]) & (funds["year"] == row["year"])]
        below = [-balance for balance in table["balance"] if balance < 0]
        assert (row["funds"], row["funds_below_zero"]) == (2, len(below))
        assert row["lacking"] == pytest.approx(sum(below))
    assert any(row["lacking"] > 0 for row in figures["next_years"])
    statuses = comparison.study.case.assumptions()["status"].tolist()
    assert figures["inputs"] == {status: statuses.count(status) for status in set(statuses)}


def test_what_several_funds_lack_is_summed(small_folder: Path) -> None:
    projection = fundpool.project(small_folder, "county", years=2)
    (row,) = [
        row
        for row in money_lacking(projection)
        if (row["scheme"], row["year"]) == ("resident", 2021)
    ]
    funds = projection.funds.query("scheme == 'resident' and year == 2021")["balance"].tolist()
    assert max(funds) < 0
    assert (row["funds_below_zero"], row["lacking"]) == (2, pytest.approx(-funds[0] - funds[1]))


def test_the_chance_that_all_funds_last(comparison: Comparison) -> None:
    """From the year in which each fund is ruined, scenario by scenario."""
    risk = solvency_risk(comparison.study, ["county", "province"], 40)
    two = {plan: comparison.projections[plan] for plan in ("county", "province")}
    for row in decision(two, risk)["plans"]:
        ruin = risk.run.outcomes[row["plan"], row["scheme"]].ruin
        lasting = sum(all(year >= YEARS for year in scenario) for scenario in ruin.tolist())
        assert row["all_last_probability"] == pytest.approx(lasting / len(ruin))


def test_the_best_plan_leaves_the_fewest_in_dry_funds() -> None:
    """Where several are alike the one in force, which is the first, stays."""

    def row(plan: str, dry: float) -> dict[str, object]:
        return {"scheme": "a", "plan": plan, "dry_by_end": dry}

    assert best_plan([row("county", 0.4), row("city", 0.1), row("province", 0.2)], "a") == row(
        "city", 0.1
    )
    assert best_plan([row("city", 0.0), row("county", 0.0)], "a")["plan"] == "city"


def said(context: Context) -> str:
    """The statement on residents, without what its lines answer."""
    return " ".join(statement(context, "resident").values())


def test_a_better_level_and_who_pays_are_said(comparison: Comparison) -> None:
    """Every sentence of a statement, with figures made up."""
    plans = [
        {"scheme": "resident", "plan": "county", "dry_by_end": 0.6, "rate_change": 0.001,
         "first_dry": 2026, "funds": 2},
        {"scheme": "resident", "plan": "province", "dry_by_end": 0.0, "level_rate": 0.0512,
         "income_rate": 0.05, "rate_change": 0.0012, "paying_less": 0.25, "paying_more": 0.75,
         "income_less": 30000.0, "income_more": 20000.4, "first_dry": None, "funds": 1,
         "more_money": 2e6, "more_each": 20.0, "collected_each": 400.0, "needed_each": 420.0},
    ]  # fmt: skip
    lacking = [{"scheme": "resident", "year": 2021, "funds": 2, "funds_below_zero": 1,
                "lacking": 2.5e6}]  # fmt: skip
    watch = [{"scheme": "resident", "name": name} for name in ("Ash", "Birch", "Cedar", "Elm")]
    errors = [{"scheme": "resident", "rate_error": 0.003}]
    named = {"scheme": "resident", "plan": "province", "others": False, "dry_today": False}
    places = [
        {"scheme": "resident", "plan": "county", "part": "dry", "names": ["Ash", "Birch"],
         "others": True},
        named | {"part": "less", "names": ["Elm"], "dry_today": True},
        named | {"part": "more", "names": ["Fir", "Hazel"]},
    ]  # fmt: skip
    found = {
        "decision": {
            "plans": plans, "places": places, "next_years": lacking, "watch": watch,
            "government": [],
        },
        "formal": {"rate_errors": errors},
    }  # fmt: skip
    context = Context(comparison, found)
    assert said(context) == (
        "Move to pooling by province: 0.0\u202f% of the insured are in funds that run dry by "
        "2032, instead of 60.0\u202f% (Ash, Birch and others) by county, as today. "
        "Against it: places with 75.0\u202f% of the insured would need a higher rate. "
        "To last to 2032, pooled by province, a premium of 420 CNY a member in 2021 instead of "
        "400, growing with incomes, subsidies as now: 2.0\u202fm a year more. "
        "Pooled by province instead of county, places with 25.0\u202f% of the insured (Elm) would "
        "need a lower rate than in today's fund, places with 75.0\u202f% (Fir, Hazel) a higher "
        "one. "
        "The former are the places whose funds run dry by county. "
        "Money runs from poorer places (20,000 CNY of income a head) to richer ones (30,000). "
        "Pooled by province, the rate needed less the rate collected is +0.12 percentage points. "
        "In the backtest the model was off by ±\xa00.30 percentage points (one standard error), "
        "which is more: whether the rate must rise or fall is not certain. "
        "Pooled by county, as today, 1 of 2 funds stand below zero at the end of 2021: they lack "
        "2.5\u202fm together, beyond contributions and subsidies as now. "
        "Watch Ash, Birch, Cedar and 1 more: dry within 5 years as pooled today."
    ).replace("\u202f", NARROW)
    errors[0]["rate_error"] = 0.001
    assert "which is less" in said(context)


def test_the_level_that_lasts_longest_is_said_where_more_are_dry_at_the_end(
    comparison: Comparison,
) -> None:
    """One fund that runs dry late leaves all of its insured without, and yet lasts longest."""
    more = {"paying_less": 0.0, "paying_more": 0.0, "rate_change": float("nan")}
    plans = [
        {"scheme": "resident", "plan": "county", "dry_by_end": 0.6, "first_dry": 2026, "funds": 2,
         **more},
        {"scheme": "resident", "plan": "province", "dry_by_end": 1.0, "first_dry": 2031,
         "funds": 1, **more},
    ]  # fmt: skip
    found = {"decision": {"plans": plans, "next_years": [], "watch": [], "government": []}}
    assert said(Context(comparison, found)).replace(NARROW, "\u202f") == (
        "Keep pooling by county: 60.0\u202f% of the insured are in funds that run dry by 2032; no "
        "other level leaves fewer. Against it: the first fund runs dry in 2026, by province only "
        "in 2031; but then the one fund of all fails. "
        "No other way of pooling changes what a fund would have to ask."
    )
    plans[1] |= {"funds": 2}
    assert "but by 2032 100.0" in said(Context(comparison, found))
    plans[1] |= {"first_dry": 2026}
    assert "later" not in said(Context(comparison, found))


def test_rates_in_money_and_funds_to_watch(comparison: Comparison) -> None:
    """A payer's contribution with the change of the rate, and the first funds to run dry."""
    figures = decision(comparison.projections)
    for row in figures["plans"]:
        funds = comparison.projections[row["plan"]].funds
        table = funds[(funds["scheme"] == row["scheme"]) & (funds["year"] == 2021)]
        payers = table["contributors"].sum()
        change = row["rate_change"] * table["contribution_base"].sum() / payers
        pooled = (table["contributions"] - table["account_credits"]).sum() / payers
        assert row["more_each"] == pytest.approx(change)
        assert row["more_money"] == pytest.approx(change * payers)
        assert row["needed_each"] == pytest.approx(pooled + change)
        if "," not in row["plan"]:
            assert row["funds"] == len(table)
    balances = comparison.projections["county"].funds.query("year <= 2025 and balance < 0")
    dry = balances.groupby(["scheme", "pool"])["year"].min()
    watched = {(row["scheme"], row["pool"]): row["year"] for row in figures["watch"]}
    assert watched == dry.to_dict()
    assert watched
    assert [row["year"] for row in figures["watch"]] == sorted(watched.values())


def test_places_are_named_behind_each_share(comparison: Comparison) -> None:
    """From the tables of the funds: which run dry, and in which a place pays less or more."""
    rows = decision(comparison.projections)["places"]
    regions = comparison.study.case.regions
    for row in rows:
        scheme, plan = row["scheme"], row["plan"]
        rates = {
            name: projection.measures[projection.measures["scheme"] == scheme].set_index("pool")[
                "level_rate"
            ]
            for name, projection in comparison.projections.items()
        }
        below = comparison.projections[plan].funds.query("scheme == @scheme and balance < 0")
        ends = list(zip(below["pool"], below["year"], strict=True))
        for region in regions.codes:
            fund = pool_in(comparison, plan, scheme, region, 2032)
            change = rates[plan][fund] - rates["county"][region]
            dry = any(
                pool_in(comparison, plan, scheme, region, year) == pool for pool, year in ends
            )
            belongs = {"dry": dry, "less": change < -5e-5, "more": change > 5e-5}[row["part"]]
            called = fund if row["part"] == "dry" else region
            assert (regions.name(called) in row["names"]) == belongs, (row, region)
    assert {row["part"] for row in rows} == {"dry", "less", "more"}
