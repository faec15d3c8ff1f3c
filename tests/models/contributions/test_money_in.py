"""What members, pension funds and the state pay in, by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import fundpool
from fundpool import examples
from fundpool.inputs.case import check_case, read_case
from fundpool.models.axes.pairs import sum_by
from fundpool.models.axes.statuses import RETIRED_ELSEWHERE
from fundpool.models.contributions.year import Insured, scheme_year
from fundpool.models.flows.record import CountyFlows
from fundpool.models.projection.study import study
from fundpool.models.scenarios.flows import county_scratch, draws, fill, readable_flows
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.terms import scenario_terms
from fundpool.report.document.html import html_page
from fundpool.report.sections.report import report_document
from fundpool.summary import summary
from tests.cases.small import SmallCase, given, small_case
from tests.cases.stochastic import scenario_section

pytestmark = pytest.mark.plain


def projected(made: SmallCase, folder: Path, years: int = 2) -> CountyFlows:
    return study(read_case(made.write(folder / "case")), years).flows


def with_pensioners(made: SmallCase, persons: float = 100.0) -> SmallCase:
    """Men of 70 in Ash, all retired members."""
    people, cover = made.tables["population"], made.tables["coverage"]
    of_70 = (people["region"] == "ash") & (people["sex"] == "male") & (people["age"] == 70)
    people.loc[of_70, "persons"] = persons
    old = (cover["age_from"] == 60) & (cover["sex"] == "male")
    cover.loc[old, "cover"] = "retired"
    made.schemes["employee"]["statuses_paying"].append("retired")
    return made


def limited_mean(mean: float, limit: float, cv: float = 0.5) -> float:
    """``E[min(W, limit)]`` of a lognormal wage, from its textbook form."""
    sigma = np.sqrt(np.log(1 + cv**2))
    z = (np.log(limit / mean) + 0.5 * sigma**2) / sigma
    return float(mean * norm.cdf(z - sigma) + limit * (1 - norm.cdf(z)))


def test_pensions_bear_their_own_contribution(tmp_path: Path) -> None:
    """600 members on 50,000 and 100 pensioners on half of it at 0.73 of the rate of 10 %."""
    made = with_pensioners(small_case())
    made.schemes["employee"]["rules"] |= {"pension": given(0.5), "pension_rate_share": given(0.73)}
    flows = projected(made, tmp_path)
    assert flows.contributors[0, 0, 0] == pytest.approx(700)
    assert flows.contribution_base[0, 0, 0] == pytest.approx(600 * 50_000 + 100 * 25_000 * 0.73)
    assert flows.contributions[0, 0, 0] == pytest.approx(3_000_000 + 100 * 25_000 * 0.073)


def test_without_the_rule_they_pay_as_members_do(tmp_path: Path) -> None:
    flows = projected(with_pensioners(small_case()), tmp_path)
    assert flows.contributions[0, 0, 0] == pytest.approx(700 * 5_000)


def test_who_lives_elsewhere_pays_the_old_pool() -> None:
    """The register says which pool a retired member living elsewhere belongs to."""
    prepared, opening = examples.prepared(), examples.opening()
    pairs = prepared.pairs
    register = np.where(pairs.home != pairs.residence, 1.0 + np.arange(pairs.count), 0.0)
    terms = examples.year_terms(2020)
    only = replace(terms.schemes[0], charges=("retired_elsewhere",))
    year = scheme_year(
        replace(terms, schemes=(only, *terms.schemes[1:])), 0, pairs,
        Insured(opening.people.persons, register), examples.study().flows.paths,
        np.ones((pairs.counties + 1, 2)),
    )  # fmt: skip
    expected = sum_by(pairs.residence, register, minlength=pairs.counties + 1)
    np.testing.assert_allclose(year.contributors, expected)


def test_premiums_by_age_of_who_lives_elsewhere_go_to_the_old_pool() -> None:
    """All of a home pay the factor 2, of another 3; who of them lives where does not matter."""
    prepared, opening = examples.prepared(), examples.opening()
    pairs = prepared.pairs
    away = pairs.home != pairs.residence
    register = np.where(away, 1.0 + np.arange(pairs.count), 0.0)
    factor = 2.0 + pairs.home % 2
    persons = opening.people.persons.copy()
    persons[:, RETIRED_ELSEWHERE] = np.where(away, 5.0 + pairs.residence, 0.0)
    terms = examples.year_terms(2020)
    flat = next(number for number, one in enumerate(terms.schemes) if one.flat is not None)
    only = replace(terms.schemes[flat], charges=("retired_elsewhere",))
    schemes = tuple(only if n == flat else one for n, one in enumerate(terms.schemes))
    year = scheme_year(
        replace(terms, schemes=schemes), flat, pairs, Insured(persons, register),
        examples.study().flows.paths, np.ones((pairs.counties + 1, 2)), persons * factor[:, None],
    )  # fmt: skip
    expected = sum_by(pairs.residence, register * factor, minlength=pairs.counties + 1)
    np.testing.assert_allclose(year.contributions, expected * year.contribution_a_head)


@pytest.mark.parametrize(("growth", "limit"), [(None, 66_000.0), (0.0, 60_000.0), (0.02, 61_200.0)])
def test_a_ceiling_in_money_has_its_own_indexation(
    growth: float | None, limit: float, tmp_path: Path
) -> None:
    """60,000 in both counties in 2020, wages 10 % up a year; 90,000 is the law of 2022."""
    made = small_case()
    rules = made.schemes["employee"]["rules"]
    del rules["base_ceiling"]
    rules["base_ceiling_money"] = given(60_000.0, by_year={2022: 90_000.0})
    if growth is not None:
        made.settings["economy"]["base_limit_growth"] = given(growth)
    flows = projected(made, tmp_path)
    a_head = flows.contribution_base[0, :, :2] / flows.contributors[0, :, :2]
    wages = np.array([50_000.0, 100_000.0])
    for t, ceiling in enumerate((60_000.0, limit, 90_000.0)):
        expected = [limited_mean(wage * 1.1**t, ceiling) for wage in wages]
        np.testing.assert_allclose(a_head[t], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        ({"base_ceiling_money": given(60_000.0)}, "rules.base_ceiling"),
        ({"pension_rate_share": given(0.5)}, "rules.pension_rate_share"),
        ({"base_floor_money": given(6e9), "base_floor": None}, "rules.base_floor_money"),
        ({"base_floor_money": given(-1.0), "base_floor": None}, "rules.base_floor_money"),
    ],
)
def test_rules_that_cannot_stand(rules: dict[str, Any], path: str, tmp_path: Path) -> None:
    made = small_case()
    kept = made.schemes["employee"]["rules"] | rules
    made.schemes["employee"]["rules"] = {k: v for k, v in kept.items() if v is not None}
    assert path in {finding.column for finding in check_case(made.write(tmp_path / "case"))}


def test_premiums_by_age(tmp_path: Path) -> None:
    """Insured men of 30 pay 0.25 of 100 each; of 100 of them 98 are 31 a year later and pay all."""
    made = small_case()
    made.tables["premium_ages"] = pd.DataFrame(
        [("resident", 0, 30, 0.25), ("resident", 32, 100, 0.5)],
        columns=["scheme", "age_from", "age_to", "factor"],
    )
    flows = projected(made, tmp_path)
    heads, paid = flows.contributors[1, :, :2], flows.contributions[1, :, :2]
    assert paid[0] == pytest.approx(heads[0] * 25.0)
    assert flows.subsidies[1, 0, :2] == pytest.approx(heads[0] * 200.0)
    assert paid[1, 1] / heads[1, 1] == pytest.approx(100.0 * (0.25 + 0.98) / 1.98)
    assert paid[2, 1] / heads[2, 1] == pytest.approx(100.0 * (1.0 + 0.98 * 0.5) / 1.98)


COLUMNS = ["scheme", "region", "payer", "year", "basis", "value"]


def with_subsidies(*rows: tuple[Any, ...]) -> SmallCase:
    made = small_case()
    made.tables["subsidies"] = pd.DataFrame(rows, columns=COLUMNS)
    return made


def test_sums_a_head_and_lump_sums_by_payer(tmp_path: Path) -> None:
    """A payroll scheme: sums of 2020 grow with wages, 10 % a year; a sum of 2022 is of 2022."""
    plain = projected(small_case(), tmp_path / "plain")
    flows = projected(
        with_subsidies(
            ("employee", "land", "nation", 2019, "a_head", 10.0),
            ("employee", "ash", "district", 2020, "a_head", 5.0),
            ("employee", "land", "province", 2020, "lump_sum", 1e6),
            ("employee", "land", "province", 2022, "lump_sum", 3e6),
        ),
        tmp_path,
    )
    persons, added = flows.persons[0, :, :2], (flows.subsidies - plain.subsidies)[0, :, :2]
    for t, (index, lump) in enumerate([(1.0, 1e6), (1.1, 1.1e6), (1.21, 3e6)]):
        heads = persons[t]
        expected = heads * [15.0, 10.0] * index + lump * heads / heads.sum()
        assert added[t] == pytest.approx(expected)
    assert flows.contributions == pytest.approx(plain.contributions)


def test_subsidies_by_payer(tmp_path: Path) -> None:
    """Who paid what, to the cent: the premium's subsidy of 200, sums and shares of outgo."""
    made = with_subsidies(
        ("employee", "land", "central", 2020, "a_head", 10.0),
        ("employee", "land", "local", 2020, "share_of_outgo", 0.2),
        ("resident", "ash", "local", 2020, "lump_sum", 50_000.0),
        ("resident", "land", "central", 2022, "a_head", 30.0),
    )
    made.schemes["employee"]["rules"]["administration"] = given(0.05)
    projection = fundpool.project(read_case(made.write(tmp_path / "case")), "city", years=2)
    funds = projection.funds.set_index(["scheme", "pool", "year"]).sort_index()
    payers = ["subsidies_state", "subsidies_central", "subsidies_local"]
    assert [name for name in funds if name.startswith("subsidies_")] == payers
    assert funds[payers].sum(axis=1).to_numpy() == pytest.approx(funds["subsidies"].to_numpy())
    outgo = funds["claims_paid"] + funds["administration"]
    for pool in ("north", "south"):
        work, home = funds.loc["employee", pool], funds.loc["resident", pool]
        spent = 0.2 * outgo.loc["employee", pool].to_numpy()
        lump = 50_000.0 if pool == "north" else 0.0
        assert work["subsidies_central"].to_numpy() == pytest.approx(
            work["persons"].to_numpy() * [11.0, 12.1]
        )
        assert work["subsidies_local"].to_numpy() == pytest.approx(spent)
        assert (work["subsidies_state"] == 0).all()
        assert home["subsidies_local"].to_numpy() == pytest.approx(lump)
        assert home["subsidies_central"].to_numpy() == pytest.approx(
            home["persons"].to_numpy() * [0.0, 30.0]
        )
        assert home["subsidies_state"].to_numpy() == pytest.approx(home["contributors"] * 200.0)
    written = summary({"city": projection}, "city")["pooling"]["city"]["totals_by_scheme"]
    for (scheme, year), rows in projection.funds.groupby(["scheme", "year"]):
        for name in payers:
            assert written[str(scheme)][str(year)][name] == pytest.approx(rows[name].sum())


def test_subsidies_by_payer_in_the_report(tmp_path: Path) -> None:
    made = with_subsidies(("resident", "ash", "Kreis", 2020, "lump_sum", 50_000.0))
    comparison = fundpool.compare(read_case(made.write(tmp_path / "case")), ["city"], years=2)
    assert "subsidies_Kreis" in comparison.totals
    page = html_page(report_document(comparison, summary(comparison.projections, "city")))
    assert page.count("subsidies: Kreis") == page.count("Who pays subsidies") == 1
    assert page.count("the state, by rule") == 1


@pytest.mark.parametrize("plan", ["county", "province"])
def test_a_share_of_outgo(plan: str, tmp_path: Path) -> None:
    """Of every pooling plan's own claims paid and administration; half as much from 2022."""
    made = with_subsidies(
        ("employee", "land", "nation", 2020, "share_of_outgo", 0.2),
        ("employee", "ash", "district", 2020, "share_of_outgo", 0.1),
        ("employee", "land", "nation", 2022, "share_of_outgo", 0.1),
    )
    made.schemes["employee"]["rules"]["administration"] = given(0.05)
    case = read_case(made.write(tmp_path / "case"))
    funds = fundpool.project(case, pooling=plan, years=3).funds
    funds = funds[funds["scheme"] == "employee"]
    outgo = (funds["claims_paid"] + funds["administration"]).to_numpy()
    if plan == "county":
        share = funds["pool"].map({"ash": 0.1, "birch": 0.0}) + np.where(
            funds["year"] >= 2022, 0.1, 0.2
        )
        assert funds["subsidies"].to_numpy() == pytest.approx(share.to_numpy() * outgo)
    else:
        borne = funds["subsidies"].to_numpy() / outgo
        assert ((borne > [0.2, 0.1, 0.1]) & (borne < [0.3, 0.2, 0.2])).all()


def test_a_share_of_outgo_follows_the_claims_of_each_scenario(tmp_path: Path) -> None:
    made = with_subsidies(("employee", "land", "nation", 2020, "share_of_outgo", 0.2))
    made.settings["scenarios"] = scenario_section()
    made.settings["pooling"]["moral_hazard"]["values"] = {"province": 0.1}  # outgo that is added
    case = read_case(made.write(tmp_path / "case"))
    done = study(case, 3)
    terms = scenario_terms(done)
    for plan in ("county", "province"):
        paths = sampled_paths(done, plan, "employee", 5, seed=1, terms=terms)
        assert paths.outgo.std(axis=0).min() > 0
        np.testing.assert_allclose(paths.subsidies, 0.2 * paths.outgo, rtol=1e-9)
    scratch = county_scratch(terms)
    for draw in draws(terms, 1, 0, 3):
        fill(scratch, terms, draw)
        np.testing.assert_allclose(scratch.subsidies, readable_flows(terms, draw)[1], rtol=1e-9)


@pytest.mark.parametrize(
    ("table", "rows", "column"),
    [
        ("subsidies", [("employee", "land", "a", 2020, "share_of_outgo", 14.5)], "value"),
        ("subsidies", [("employee", "land", "a", 2020, "share_of_outgo", 0.6),
                       ("employee", "ash", "b", 2021, "share_of_outgo", 0.6)], "value"),
        ("subsidies", [("employee", "land", "a", 2020, "per_head", 10.0)], "basis"),
        ("subsidies", [("employee", "moon", "a", 2020, "a_head", 10.0)], "region"),
        ("premium_ages", [("employee", 0, 18, 0.5)], "scheme"),
        ("premium_ages", [("resident", 18, 0, 0.5)], "age_to"),
        ("premium_ages", [("resident", 0, 18, 0.5), ("resident", 18, 25, 0.5)], "age_from"),
    ],
)  # fmt: skip
def test_rows_that_cannot_stand(
    table: str, rows: list[tuple[Any, ...]], column: str, tmp_path: Path
) -> None:
    made = small_case()
    columns = COLUMNS if table == "subsidies" else ["scheme", "age_from", "age_to", "factor"]
    made.tables[table] = pd.DataFrame(rows, columns=columns)
    findings = check_case(made.write(tmp_path / "case"))
    assert [(f.file, f.column) for f in findings] == [(f"tables/{table}.csv", column)]
