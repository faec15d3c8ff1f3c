"""The nation's tables and synthetic cases: people and money add up, migrants meet the census."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.building.copies import copy_case, synthesise_case
from fundpool.building.nation.people import sparse_migrants
from fundpool.building.nation.tables import tables_of
from fundpool.building.nation.units import (
    AGES_FROM,
    INDUSTRIES,
    Units,
    assumptions,
    published_units,
)
from fundpool.building.synthetic import synthetic_tables, synthetic_units
from fundpool.inputs.case import case_path, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.projection.study import study

MOST = 129
"""Destinations of a home, with one for pairs kept for their destination."""


@pytest.fixture(scope="module")
def units() -> Units:
    return published_units()


def test_units_are_the_nation(units: Units) -> None:
    assert len(units.codes) == 2989
    assert len(units.provinces) == 31
    assert units.residents.sum() == 1_409_778_724
    ages = np.stack([units.column(f"age_{start}") for start in AGES_FROM])
    assert np.abs(ages.sum(axis=0) - 1).max() < 0.002
    np.testing.assert_allclose(units.industry_shares.sum(axis=1), 1.0)
    assert set(INDUSTRIES) <= set(units.table.columns)


def test_arrivals_meet_the_census_on_sparse_pairs(units: Units) -> None:
    home, place, migrants = sparse_migrants(units, assumptions())
    assert (home != place).all()
    assert np.median(np.bincount(home, minlength=2989)) <= MOST
    same = units.province[home] == units.province[place]
    for name, mask in (("from_province", same), ("from_elsewhere", ~same)):
        wanted = units.residents * units.column(name)
        got = np.bincount(place, migrants * mask, minlength=2989)
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-6)


@pytest.fixture(scope="module")
def part(units: Units) -> Units:
    """Two provinces of the nation, small enough for a test."""
    own = units.table[units.table["province"].isin(["110000", "460000"])]
    return Units(own.reset_index(drop=True))


def test_a_part_of_the_nation_makes_a_case(part: Units) -> None:
    tables = tables_of(part, assumptions())
    people = tables["population"].groupby("region")["persons"].sum()
    np.testing.assert_allclose(people.loc[part.codes], part.residents, rtol=1e-4)
    cover = tables["coverage"].groupby(["region", "tie", "sex", "age_from"])["share"].sum()
    np.testing.assert_allclose(cover, 1.0, atol=1e-9)
    members = tables["fund_totals"].set_index(["scheme", "measure"])["value"]
    assert members["employee", "contributions"] > members["employee", "claims"] * 0.5


def test_bundled_nation_must_be_derived_first() -> None:
    with pytest.raises(CaseError, match="init DIR --case nation"):
        case_path("nation")


def test_a_synthetic_case_projects_and_pools_at_four_levels(tmp_path: Path) -> None:
    synthesise_case(tmp_path / "case", 40, 7)
    case = read_case(tmp_path / "case")
    assert case.levels == ("county", "city", "province", "nation")
    done = study(case, 3)
    residents = done.flows.residents.sum(axis=1)
    births, deaths = done.flows.births.sum(axis=1), done.flows.deaths.sum(axis=1)
    np.testing.assert_allclose(np.diff(residents), births[1:] - deaths[1:], rtol=1e-9)
    totals = [done.pooled(level).funds["claims_paid"].sum() for level in case.levels]
    # the larger the pool, the more care is paid in full as given in its territory
    assert (np.diff(totals) >= 0).all()
    assert totals[-1] > totals[0]


def test_single_precision_people_give_the_same_money(tmp_path: Path) -> None:
    synthesise_case(tmp_path / "case", 12, 7)
    case = read_case(tmp_path / "case")
    double, single = study(case, 8, precision="double"), study(case, 8, precision="single")
    for name in ("contributions", "claims_incurred", "residents", "by_status"):
        one, other = getattr(double.flows, name), getattr(single.flows, name)
        scale = np.abs(one).max()
        assert np.abs(one - other).max() < 3e-6 * scale, name
    with pytest.raises(ValueError, match="precision"):
        study(case, 2, precision="half")


def test_large_cases_settle_by_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synthesise_case(tmp_path / "case", 24, 5)
    case = read_case(tmp_path / "case")
    detailed = study(case, 2)
    for module in ("fundpool.models.claims.terms", "fundpool.models.flows.record"):
        monkeypatch.setattr(f"{module}.MOST_IN_DETAIL", 10)
    coarse = study(case, 2)
    for name in ("claims_incurred", "claims_offsite", "contributions"):
        np.testing.assert_allclose(
            getattr(coarse.flows, name), getattr(detailed.flows, name), rtol=1e-10, atol=1e-3
        )
    fine, wide = detailed.pooled("county").settlement, coarse.pooled("county").settlement
    assert wide["amount"].sum() == pytest.approx(fine["amount"].sum(), rel=1e-12)
    city = dict(zip(case.regions.codes, [case.regions.parent(c) for c in case.regions.codes],
                    strict=True))  # fmt: skip
    mapped = fine.assign(payer=fine["payer"].map(city), place=fine["place"].map(city))
    keys = ["scheme", "year", "payer", "place"]
    pd.testing.assert_series_equal(
        mapped.groupby(keys)["amount"].sum(), wide.groupby(keys)["amount"].sum(), rtol=1e-9
    )


def test_synthetic_cases_depend_on_size_and_seed_alone() -> None:
    one, other = synthetic_tables(8, 1), synthetic_tables(8, 1)
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name])
    assert not synthetic_units(8, 2).table.equals(synthetic_units(8, 1).table)


def test_an_unknown_case_is_not_copied(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="natoin"):
        copy_case("natoin", tmp_path / "case")
