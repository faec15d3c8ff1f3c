"""Reverse stress against a projection made anew and against a general minimiser."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from fundpool.inputs.case import read_case
from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.models.projection.study import Study, study
from fundpool.models.risk.reverse_stress import reverse_stress
from fundpool.models.scenarios.run import reserves_needed
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms
from tests.cases.small import SmallCase, given, small_case
from tests.cases.stochastic import SOURCE, scenario_section

YEARS = 5


def contents_of(**section: Any) -> SmallCase:
    contents = small_case()
    contents.settings["scenarios"] = scenario_section(catastrophes={}, **section)
    contents.tables["fund_balances"]["pooled_balance"] = 2e5
    contents.schemes["employee"]["rules"]["employer_rate"] = given(0.015)
    contents.settings["economy"]["interest"] = given(0.02)
    return contents


def studied(contents: SmallCase, folder: Path) -> Study:
    return study(read_case(contents.write(folder)), YEARS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, ScenarioTerms]:
    made = studied(contents_of(), tmp_path_factory.mktemp("whole") / "case")
    return made, scenario_terms(made)


def test_claims_alone_against_a_projection(tmp_path: Path) -> None:
    """With prices as the only driver the move is a path of inflation; the case with this path,
    projected anew, leaves the fund at zero at its lowest."""
    only = {"values": {"medical_inflation": 0.05}, **SOURCE}
    nothing = {"values": {}, **SOURCE}
    contents = contents_of(volatility=only, persistence=nothing, correlation=nothing)
    made = studied(contents, tmp_path / "case")
    stress = reverse_stress(made, "county", scenario_terms(made))
    row = int(np.flatnonzero(stress.table["move"] > 0)[0])
    fund = stress.table.iloc[row]
    assert fund["verified"]
    prices = DRIVERS.index("medical_inflation")
    assert np.delete(stress.deviations[row], prices, axis=1) == pytest.approx(0.0)
    path = stress.deviations[row, :, prices]
    assert fund["move"] == pytest.approx(np.linalg.norm(path / 0.05))
    growth = {str(2021 + t): float(1.1 * np.exp(x) - 1) for t, x in enumerate(path)}
    contents.settings["economy"]["medical_inflation"] = given(0.1, by_year=growth)
    funds = studied(contents, tmp_path / "anew").pooled("county").funds
    own = funds[(funds["scheme"] == fund["scheme"]) & (funds["pool"] == fund["pool"])]
    assert own["balance"].min() == pytest.approx(0.0, abs=2e-3 * own["claims_paid"].max())


def test_every_move_put_back_into_the_case_empties_its_fund(tmp_path: Path) -> None:
    """Wages, prices with morbidity, and interest as paths of the case, projected anew by fund:
    at the move the fund is empty at its lowest, at nine tenths of it the fund still holds."""
    spread = {"wage_growth": 0.02, "medical_inflation": 0.05, "interest": 0.01, "morbidity": 0.03}
    apart = {"values": {"wage_growth": 0.5, "interest": 0.8}, **SOURCE}
    contents = contents_of(volatility={"values": spread, **SOURCE}, persistence=apart)
    contents.tables["fund_balances"]["pooled_balance"] = [1.6e6, 2e5, 2.8e6, 4.8e6]
    made = studied(contents, tmp_path / "case")
    stress = reverse_stress(made, "county", scenario_terms(made))
    emptied = np.flatnonzero(stress.table["move"] > 0)
    assert len(emptied) == 4
    economy = contents.settings["economy"]

    def least_at(row: int, share: float) -> float:
        """Lowest balance of a row's fund at a share of its move, in claims of a year."""
        change = dict(zip(DRIVERS, share * stress.deviations[row].T, strict=True))
        change["medical_inflation"] += np.diff(change["morbidity"], prepend=0.0)
        change["premium_growth"] = 0.5 * change["wage_growth"]  # as the section says
        for name in ("wage_growth", "premium_growth", "medical_inflation", "interest"):
            central = economy[name]["value"]
            growth = (1 + central) * np.exp(change[name]) - 1
            path = central + change[name] if name == "interest" else growth
            years = map(str, range(2021, 2021 + YEARS))
            economy[name] = given(central, by_year=dict(zip(years, path.tolist(), strict=True)))
        funds = studied(contents, tmp_path / f"{row}-{share}").pooled("county").funds
        fund = stress.table.iloc[row]
        of_fund = funds[(funds["scheme"] == fund["scheme"]) & (funds["pool"] == fund["pool"])]
        return float(of_fund["balance"].min() / of_fund["claims_paid"].max())

    for row in emptied:
        assert least_at(row, 1.0) == pytest.approx(0.0, abs=1e-3), stress.table.iloc[row].tolist()
    assert least_at(emptied[0], 0.9) > 0.03


def test_no_shorter_move_empties_the_fund(whole: tuple[Study, ScenarioTerms]) -> None:
    """A general minimiser over all drivers and years finds no move shorter by more than 2 %."""
    made, terms = whole
    table = reverse_stress(made, "county", terms).table
    rows = table[(table["scheme"] == "employee") & (table["move"] > 0)]
    assert rows["verified"].all()
    fund = rows.iloc[0]
    response = terms.model.drivers.response(YEARS)

    def margin(move: np.ndarray) -> float:
        deviations = (response @ move).reshape(1, YEARS, len(DRIVERS))
        pools, need = reserves_needed(made, "county", deviations, terms)["employee"]
        place = pools.codes.index(fund["pool"])
        return float((pools.opening[place] - need[0, place]) / pools.opening[place])

    start = np.full(YEARS * len(DRIVERS), 0.1)
    best = minimize(
        lambda move: move @ move, start, jac=lambda move: 2 * move,
        constraints={"type": "eq", "fun": margin}, method="SLSQP", options={"maxiter": 60},
    )  # fmt: skip
    assert margin(best.x) == pytest.approx(0.0, abs=1e-4)
    assert fund["move"] <= 1.02 * float(np.linalg.norm(best.x))
    assert fund["move"] >= 0.98 * float(np.linalg.norm(best.x))


def test_what_is_empty_already_has_no_move(whole: tuple[Study, ScenarioTerms]) -> None:
    made, terms = whole
    table = reverse_stress(made, "county", terms).table.set_index(["scheme", "pool"])
    funds = made.pooled("county").funds
    least = funds.groupby(["scheme", "pool"])["balance"].min()
    for key, move in table["move"].items():
        assert (move == 0) == (least[key] < 0)
    means = table[[f"{name}_mean" for name in DRIVERS]]
    assert (means[table["move"] == 0] == 0).all().all()
