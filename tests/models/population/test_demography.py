"""Births and moves of the worked example, computed by hand from the case's rates."""

import math
from pathlib import Path

import pandas as pd
import pytest

from fundpool.inputs.case import read_case
from fundpool.inputs.format.vocabulary import AGES
from fundpool.models.projection.study import study
from tests.cases.small import given, small_case

pytestmark = pytest.mark.plain


def test_the_newborn_of_a_year(tmp_path: Path) -> None:
    """1,000 women of 30 stay in Ash, 980 survive the year; a tenth of a birth a woman-year.

    99 children, 1.05 boys a girl; a death rate m of 2/99 leaves L[0] / l[0] = 1 / (1 + (1 - a) m)
    of them at the end of the year, half a year after birth in the mean. Boys who die live
    a = 0.14929 - 1.99545 m of the year, girls 0.04667 + 3.88089 m: 0.1090 and 0.1251.
    """
    made = small_case()
    people = made.tables["population"]
    mothers = (people["sex"] == "female") & (people["age"] == 30) & (people["region"] == "ash")
    people.loc[mothers, "persons"] = 1000.0
    made.tables["fertility"]["rate"] = 0.1
    made.tables["mobility"]["gross_migraproduction_rate"] = 0.0
    done = study(read_case(made.write(tmp_path / "case")), 1)
    year = done.pooled("county").people.set_index(["region", "year"]).loc[("ash", 2021)]
    assert year["births"] == pytest.approx(99.0)
    boys, girls = done.flows.by_cell[-1, 0, [0, AGES]]
    assert boys == pytest.approx(99.0 * 1.05 / 2.05 / (1.0 + (1.0 - 0.1089778) * 2 / 99))
    assert girls == pytest.approx(99.0 / 2.05 / (1.0 + (1.0 - 0.1250719) * 2 / 99))


def test_growth_of_moves_within_and_from_outside(tmp_path: Path) -> None:
    """Nobody returns, so of those at home a share 1 - exp(-hazard) leaves in a year.

    Moves out of the case's own homes grow by half a year, moves in from outside by a tenth. Of
    1,000 men in Ash 980 survive the first year; the 5,000 outside are renewed every year.
    """
    own, outside = 0.04, 0.02
    made = small_case()
    tables = made.tables
    made.settings["mobility"]["out_migration_growth"] = given(0.5)
    made.settings["mobility"]["in_migration_growth"] = given(0.1)
    elsewhere = tables["population"][tables["population"]["region"] == "ash"].assign(
        region="outside", persons=lambda t: 5.0 * t["persons"]
    )
    tables["population"] = pd.concat([tables["population"], elsewhere], ignore_index=True)
    tables["migrants"] = pd.DataFrame(
        [("ash", "birch", 200.0), ("outside", "birch", 100.0)],
        columns=["home", "residence", "persons"],
    )
    between = tables["migrant_ages"]
    tables["migrant_ages"] = pd.concat([between, between.assign(tie="inbound")], ignore_index=True)
    tables["mobility"] = pd.DataFrame(
        {
            "home": ["ash", "birch", "outside"],
            "gross_migraproduction_rate": [AGES * own, 0.0, AGES * outside],
            "return_rate": 0.0,
            "onward_rate": 0.0,
        }
    )
    done = study(read_case(made.write(tmp_path / "case")), 2)
    people = done.pooled("county").people.set_index(["region", "year"])
    at_home = 1000.0
    for elapsed in (1, 2):
        stay = math.exp(-own * 1.5**elapsed)
        left = at_home * 0.98 * (1.0 - stay)
        arrived = 5000.0 * 0.98 * (1.0 - math.exp(-outside * 1.1**elapsed))
        year = 2020 + elapsed
        assert people.loc[("ash", year), "moved_out"] == pytest.approx(left)
        assert people.loc[("birch", year), "moved_in"] == pytest.approx(left + arrived)
        at_home *= 0.98 * stay
