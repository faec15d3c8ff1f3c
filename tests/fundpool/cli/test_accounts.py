"""``fundpool accounts``: results, statuses, alerts since the last time, the valuation rolled on."""

import json
from pathlib import Path

import pandas as pd
import pytest

import fundpool
from fundpool.actuarial.credibility import buhlmann_straub
from fundpool.cli.accounts import FILES
from fundpool.inputs.case import Case, read_case
from fundpool.models.analysis.account_experience import account_experience
from fundpool.models.analysis.month_end_reserves import month_end_reserves
from fundpool.models.projection.study import Projection, study
from tests.cases.small import small_case
from tests.fundpool.conftest import Run
from tests.inputs.accounts.statements import SEASON, monthly, wide

SOURCE = {"source": "practice of the bureau", "status": "assumed"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example with two warning bands."""
    case = small_case()
    case.settings["alerts"] = {
        "red": {"measure": "month_end_reserve", "limit": 3.0, "title_local": "红色预警", **SOURCE},
        "yellow": {"measure": "month_end_reserve", "limit": 9.0, **SOURCE},
    }
    return case.write(tmp_path_factory.mktemp("accounts") / "case")


@pytest.fixture(scope="module")
def case(folder: Path) -> Case:
    return read_case(folder)


@pytest.fixture(scope="module")
def projection(case: Case) -> Projection:
    return study(case, 3).pooled("county")


def test_results_and_statuses(run: Run, folder: Path) -> None:
    wide(monthly(27), Path("s.csv"))
    done = run("accounts", folder, "s.csv")
    assert done.exit_code == 3, "two resident funds hold fewer than nine months"
    assert "109 rows read: 108 used, 1 of headings." in done.stderr
    assert "(rule “yellow”)." in done.stderr
    assert {file.name for file in Path("fundpool-accounts").iterdir()} == set(FILES)
    chinese = run("accounts", folder, "s.csv", "--lang", "zh", "--out", "zh")
    assert "共读取109行：使用108行、表头1行。" in chinese.stderr
    assert "期末可支付月数" in chinese.stdout
    as_json = run("accounts", folder, "s.csv", "--out", "other", "--json", "--quiet")
    written = Path("other", "summary.json").read_text("utf-8")
    assert json.loads(as_json.stdout) == json.loads(written)


def test_nothing_is_written_of_a_refused_statement(run: Run, folder: Path) -> None:
    table = monthly(6)
    table.loc[2, "closing"] += 50.0
    wide(table, Path("s.csv"))
    refused = run("accounts", folder, "s.csv", "--roll-forward", "new", "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["findings"][0]["row"] == 4
    assert [file.name for file in Path().iterdir()] == ["s.csv"]
    chinese = run("accounts", folder, "s.csv", "--lang", "zh")
    assert "期初余额加收入减支出" in chinese.stderr
    for option in ("--mapping", "--against"):
        assert run("accounts", folder, "s.csv", option, "none").exit_code == 2
    Path("fundpool-accounts").mkdir()
    Path("fundpool-accounts", "summary.json").write_text("[]", encoding="utf-8")
    assert "--against" in run("accounts", folder, "s.csv").stderr


def test_alerts_since_the_last_month(run: Run, folder: Path) -> None:
    """Months go on: a fund below its band gets worse, a new one falls under it, one recovers."""
    table = monthly(15)
    run("accounts", folder, wide(table, Path("first.csv")))
    later = monthly(16)
    for scheme, region, more in (("resident", "ash", 9e3), ("employee", "ash", 9e5),
                                 ("resident", "birch", -2e6)):  # fmt: skip
        last = ((later["scheme"] == scheme) & (later["fund"] == region)
                & (later["year"] == 2022) & (later["month"] == 4))  # fmt: skip
        later.loc[last, "outgo"] += more
        later.loc[last, "closing"] -= more
    done = run("accounts", folder, wide(later, Path("second.csv")))
    summary = json.loads(Path("fundpool-accounts", "summary.json").read_text("utf-8"))
    changes = {(a["rule"], a["scheme"], a["pool"]): a["change"] for a in summary["alerts"]}
    assert changes == {
        ("red", "employee", "ash"): "new", ("yellow", "employee", "ash"): "worse",
        ("yellow", "resident", "ash"): "worse",
    }  # fmt: skip
    assert [a["pool"] for a in summary["cleared_alerts"]] == ["birch"]
    assert summary["alerts_since"] == "2022-03"
    assert "Alerts since 2022-03: 1 new, 2 worse" in done.stderr


def test_reserves_hold_every_season_once() -> None:
    """With twelve months the outgo is theirs; with fewer it is scaled, by equal months."""
    table = monthly(27).rename(columns={"fund": "region", "closing": "balance"})
    table = table[table["scheme"] == "employee"].assign(name="", level="county")
    reserves = month_end_reserves(table)
    ash = reserves[reserves["region"] == "ash"].reset_index(drop=True)
    assert ash["outgo"].to_numpy()[11:] == pytest.approx([400_000.0] * 16)
    assert ash["outgo"][2] == pytest.approx(4 * 4000.0 * sum(SEASON[:3]))
    assert ash["outgo_months"].tolist()[:13] == [*range(1, 13), 12]
    assert ash["reserve_months"][26] == pytest.approx(12 * ash["balance"][26] / 400_000.0)


def test_expectation_of_a_month_follows_the_season(projection: Projection) -> None:
    """Funds that keep to their season and pay a fifth more, or a tenth less, than expected."""
    funds = projection.funds.set_index(["scheme", "pool", "year"])
    rows = []
    for region, more in (("ash", 1.2), ("birch", 0.9)):
        for m in range(27):
            year = 2021 + m // 12
            whole = funds.loc[("employee", region, year), "claims_paid"]
            outgo = more * whole * SEASON[m % 12] / 100
            outgo *= 1.0 if m < 24 else (0.99, 1.01, 0.99)[m - 24]
            rows.append(("employee", region, region, "county", year, m % 12 + 1, 0.0, 1.0, outgo))
    columns = ["scheme", "region", "name", "level", "year", "month", "opening", "income", "outgo"]
    months = pd.DataFrame(rows, columns=columns).assign(balance=0.0)
    table = account_experience(projection, months)
    outgo = table[table["measure"] == "outgo"].set_index("region")
    assert outgo["actual_to_expected"].to_dict() == pytest.approx(
        {"ash": 1.2, "birch": 0.9}, rel=0.01
    )
    assert set(outgo["pattern_years"]) == {2}
    assert set(outgo["method"]) == {"buhlmann_straub"}
    assert outgo["expected"]["ash"] / outgo["expected_year"]["ash"] == pytest.approx(0.21, rel=0.01)
    assert outgo["year_end"]["ash"] == pytest.approx(1.2 * outgo["expected_year"]["ash"], rel=0.02)
    assert (outgo["low"] < outgo["year_end"]).all()
    alone = account_experience(projection, months[months["region"] == "ash"])
    assert set(alone["method"]) == {"limited_fluctuation"}
    early = account_experience(projection, months[months["year"] == 2021])
    assert set(early["pattern_years"]) == {0}
    weights = [[outgo["expected_year"][region] * SEASON[m] for m in range(3)]
               for region in ("ash", "birch")]  # fmt: skip
    ratios = [[1.2 * s for s in (0.99, 1.01, 0.99)], [0.9 * s for s in (0.99, 1.01, 0.99)]]
    known = buhlmann_straub(ratios, weights)
    assert outgo["credibility"].to_numpy() == pytest.approx(known.factor, abs=0.01)


def test_the_valuation_is_rolled_forward(run: Run, folder: Path) -> None:
    """The new case passes through the accounts, and the difference is explained line by line."""
    wide(monthly(27), Path("s.csv"))
    done = run("accounts", folder, "s.csv", "--roll-forward", "new")
    assert "rolled forward to the end of 2022" in done.stderr
    assert fundpool.check("new").errors == ()
    funds = fundpool.project("new", years=2).funds
    ends = funds[funds["year"] == 2022].set_index(["scheme", "pool"])["balance"]
    months = pd.read_csv("fundpool-accounts/months.csv")
    actual = months[(months["year"] == 2022) & (months["month"] == 12)]
    actual = actual.set_index(["scheme", "region"])["balance"]
    assert ends.sort_index().to_numpy() == pytest.approx(actual.sort_index().to_numpy(), rel=1e-9)
    table = pd.read_csv("fundpool-accounts/reconciliation.csv")
    assert len(table) == 8
    parts_of_difference = table[["opening_difference", "income_difference", "outgo_difference"]]
    assert parts_of_difference.sum(axis=1).to_numpy() == pytest.approx(table["difference"])
    again = run("accounts", folder, "s.csv", "--roll-forward", "new")
    assert again.exit_code == 2, "nothing is overwritten"
    few = run("accounts", folder, wide(monthly(5), Path("few.csv")), "--roll-forward", "early")
    assert "a December in the accounts of every fund" in few.stderr
    assert not Path("early").exists()
    coarse = run("accounts", folder, "s.csv", "--pooling", "province", "--out", "coarse")
    assert coarse.exit_code == 2
    assert coarse.stderr.count("pools that lie wholly in") == 4
    assert not Path("coarse").exists()


def test_as_a_function(folder: Path, tmp_path: Path) -> None:
    file = wide(monthly(3), tmp_path / "s.csv")
    done = fundpool.accounts(folder, file)
    assert list(done.tables) == [
        "months", "corrections", "rows", "experience", "reserves", "reconciliation",
    ]  # fmt: skip
    assert repr(done) == "<AccountResult of two_counties: 4 funds to 2021-03>"
    assert sorted(tmp_path.iterdir()) == [file]
    with pytest.raises(TypeError, match="statement is 3; expected a statement"):
        fundpool.accounts(folder, 3)  # type: ignore[arg-type]
