"""Care away from home: every stay wanted is given somewhere or forgone."""

from pathlib import Path

import pytest

from fundpool.inputs.case import read_case
from fundpool.models.analysis.care_away import care_away
from fundpool.models.projection.study import study
from tests.cases.rich import rich_case
from tests.cases.small import given

SHARES = {"residence": 0.45, "home": 0.2, "referral": 0.1, "forgone": 0.25}


def test_stays_follow_the_treatment_table(tmp_path: Path) -> None:
    """All migrants are insured at home: their stays divide as the table says, at any price."""
    rich = rich_case()
    rich.settings["mobility"]["slack_season_share"] = given(0.0)
    treatment = rich.tables["treatment"]
    away = treatment["tie"] != "stayer"
    for place, share in SHARES.items():
        treatment.loc[away, place] = share
    cover = rich.tables["coverage"]
    cover.loc[cover["tie"] != "stayer", "share"] = 0.0
    at_home = (cover["tie"] != "stayer") & (cover["cover"] == "home_resident")
    cover.loc[at_home, "share"] = 1.0
    case = read_case(rich.write(tmp_path / "case"))
    table = care_away(case, study(case, 1).calibration, case.base_year).set_index("tie")
    held = table[table["wanted"] > 0]
    assert len(held)
    for place, share in SHARES.items():
        assert held[place].to_numpy() == pytest.approx(share * held["wanted"].to_numpy())
    assert (held["cost_forgone"] > 0).all()
    assert table.drop(held.index)[["wanted", "cost_forgone"]].to_numpy().sum() == 0.0
