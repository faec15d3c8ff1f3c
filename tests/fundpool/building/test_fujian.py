"""A second province by the same builder: nothing is hard-wired to the reference case."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fundpool.__main__ import app
from fundpool.building.files import differing
from fundpool.building.fujian.build import HERE, PROVINCE, tables
from fundpool.building.fujian.people import of_province, people_away
from fundpool.building.nation.units import assumptions, published_units
from fundpool.inputs.case import Case, case_path, check_case, read_case
from fundpool.models.calibration.multipliers import FITTED
from fundpool.models.projection.comparison import compare

COUNTIES, CITIES, RESIDENTS = 84, 9, 41_540_086


@pytest.fixture(scope="module")
def fujian() -> Case:
    return read_case("fujian")


def test_tables_are_what_the_build_script_derives() -> None:
    derived = tables()
    assert {file.stem for file in (HERE / "tables").glob("*.csv")} == set(derived)
    assert differing(derived, HERE / "tables") == []


def test_nothing_is_to_be_mended() -> None:
    assert check_case(case_path("fujian")) == ()


def test_it_meets_the_census(fujian: Case) -> None:
    """84 counties, 9 cities, 41,540,086 residents; arrivals as published by county."""
    assert (len(fujian.regions.codes), len(fujian.regions.codes_at("city"))) == (COUNTIES, CITIES)
    people = fujian.tables["population"].query("region != 'outside'")
    assert people["persons"].sum() == pytest.approx(RESIDENTS, abs=100)
    units = of_province(published_units(), PROVINCE)
    moved = fujian.tables["migrants"]
    inside = moved[moved["home"] != "outside"].groupby("residence")["persons"].sum()
    inbound = moved[moved["home"] == "outside"].set_index("residence")["persons"]
    assert inside.loc[units.codes].to_numpy() == pytest.approx(
        units.residents * units.column("from_province"), abs=1.0
    )
    assert inbound.loc[units.codes].to_numpy() == pytest.approx(
        units.residents * units.column("from_elsewhere"), abs=0.01
    )


def test_people_away_are_all_arrivals_elsewhere_when_added_over_provinces() -> None:
    """Three provinces of the nation: everybody who arrived in one came from the other two."""
    from fundpool.building.nation.units import Units

    table = published_units().table
    few = Units(
        table[table["province"].isin(["350000", "460000", "630000"])].reset_index(drop=True)
    )
    away = [people_away(few, code, assumptions()).sum() for code in few.provinces]
    arrived = few.residents @ few.column("from_elsewhere")
    assert sum(away) == pytest.approx(arrived)


def test_it_is_projected_and_pooled_at_every_level(fujian: Case) -> None:
    levels = compare(fujian, years=2)
    overview = levels.overview
    assert overview["pools"].tolist() == [COUNTIES, COUNTIES, CITIES, CITIES, 1, 1]
    closing = levels.totals[levels.totals["year"] == 2022].groupby(["scheme", "plan"])
    for _, paid in closing["contributions"].sum().groupby("scheme"):
        assert paid.to_numpy() == pytest.approx(np.full(3, paid.iloc[0]))
    for _, balances in closing["balance"].sum().groupby("scheme"):
        # the larger the pool, the more care is paid in full as given in its territory
        county, city, province = balances.droplevel("scheme")[["county", "city", "province"]]
        assert county > city > province
    fitted = levels.study.actual_to_expected.query("use == 'fit'")
    assert set(fitted["measure"]) == set(FITTED)
    assert fitted["ratio"].to_numpy(float) == pytest.approx(np.ones(len(fitted)))


def test_report(tmp_path: Path) -> None:
    """The whole report of a case that shares no region code with the reference case."""
    asked = ["report", "fujian", "--years", "2", "--formats", "html", "--sensitivity", "none",
             "--out", str(tmp_path / "out"), "--quiet"]  # fmt: skip
    result = CliRunner().invoke(app, asked)
    assert result.exit_code in (0, 3), result.output
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Fujian" in page
    assert "福州市" in page or "Fuzhou" in page
    for word in ("Suzhou", "Nanjing", "320100"):
        assert word not in page
