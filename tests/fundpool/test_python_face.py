"""Results in Python: short as text, a table in a notebook, people by age; cases made from it."""

import re
from pathlib import Path

import pytest

import fundpool
from fundpool.inputs.format.sources import read_raw
from fundpool.models.projection.study import Projection
from tests.cases.rich import rich_case


@pytest.fixture(scope="module")
def projection(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    folder = rich_case().write(tmp_path_factory.mktemp("face") / "case")
    return fundpool.project(fundpool.read_case(folder), "county", years=3)


def test_results_are_short_as_text(projection: Projection) -> None:
    comparison = fundpool.compare(projection.case, ["county", "city"], years=2)
    plan = fundpool.optimise(projection, reserve_months=1)
    for result in (
        projection,
        projection.study,
        projection.flows,
        projection.case,
        comparison,
        plan,
    ):
        text = repr(result)
        assert text.startswith(f"<{type(result).__name__}")
        assert len(text) < 400
    for result in (projection, comparison):
        page = result._repr_html_()
        assert "<table" in page
        assert "<script" not in page
        links = set(re.findall(r"https?://[^\"' ]+", page))
        assert links <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_residents_by_age(projection: Projection) -> None:
    """Every region, year, sex and age once; summed they are the people of the other table."""
    ages = projection.ages
    counties, years = len(projection.case.regions.codes), len(projection.flows.years)
    assert list(ages.columns) == ["region", "year", "sex", "age", "persons"]
    assert len(ages) == counties * years * 2 * 101
    assert not ages.duplicated(["region", "year", "sex", "age"]).any()
    people = projection.people.set_index(["region", "year"])["persons"]
    summed = ages.groupby(["region", "year"])["persons"].sum()
    assert summed.to_dict() == pytest.approx(people.to_dict(), rel=1e-12)
    population = projection.case.tables["population"]
    opening = ages[ages["year"] == projection.case.base_year].set_index(["region", "sex", "age"])
    for row in population[population["region"] != "outside"].itertuples():
        expected = opening.loc[(row.region, row.sex, row.age), "persons"]
        assert expected == pytest.approx(row.persons, rel=1e-9)


def test_cases_made_from_python(tmp_path: Path) -> None:
    asked = fundpool.NewOptions(levels=("a", "b"), schemes={"s": "flat"}, base_year=2020)
    fundpool.new(tmp_path / "mine.xlsx", asked)
    with pytest.warns(DeprecationWarning, match=r"levels, schemes belong into options=NewOptions"):
        fundpool.new(tmp_path / "former", levels=("a", "b"), schemes={"s": "flat"})  # type: ignore[call-arg]
    assert read_raw(tmp_path / "former").settings["levels"] == ["a", "b"]
    fundpool.convert(tmp_path / "mine.xlsx", tmp_path / "mine")
    assert (tmp_path / "mine" / "case.toml").is_file()
    with pytest.raises(fundpool.CaseError, match="nothing is overwritten"):
        fundpool.convert("jiangsu", tmp_path / "mine.xlsx")
    fundpool.init(tmp_path / "copy", "fujian")
    fundpool.synthesise(tmp_path / "made", 6)
    assert fundpool.check_case(tmp_path / "copy") == ()
    assert not [f for f in fundpool.check_case(tmp_path / "made") if f.severity == "error"]
