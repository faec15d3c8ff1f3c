"""Where people are treated and how often, by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.vocabulary import REGIMES, STATUSES, TIES
from fundpool.models.claims.treatment import (
    HOME,
    REFERRAL,
    RESIDENCE,
    industry_relativities,
    place_shares,
    treatment_shares,
)
from tests.cases.small import small_case

pytestmark = pytest.mark.plain

BETWEEN, STAYER = TIES.index("between"), TIES.index("stayer")
AT_HOME, ELSEWHERE = STATUSES.index("home_resident"), STATUSES.index("retired_elsewhere")
PLACES = [RESIDENCE, HOME, REFERRAL]


def by_hand_settlement(case: Case) -> np.ndarray:
    """Places of treatment where every status is settled by hand."""
    regimes = np.full(len(STATUSES), REGIMES.index("manual"))
    slack = case.value("mobility.slack_season_share", case.base_year)
    return place_shares(treatment_shares(case).at(case.base_year), regimes, slack)[:, :, 0]


def test_industries_move_claims_between_counties_and_keep_their_level(tmp_path: Path) -> None:
    """Two counties with as many people: heavy industry claims 1.5 in Ash, light 0.9 in Birch.

    Relative to the mean of 1.2 these are 1.25 and 0.75; outside counts as one.
    """
    made = small_case()
    people = made.tables["population"]
    people.loc[people["persons"] > 0, "persons"] = 1000.0
    made.tables["industries"] = pd.DataFrame(
        {"region": ["ash", "birch"], "industry": ["heavy", "light"], "share": 1.0}
    )
    made.tables["industry_factors"] = pd.DataFrame(
        {"industry": ["heavy", "light"], "wage": 1.0, "contract_share": 0.5,
         "outpatient": [1.5, 0.9], "inpatient": [1.0, 1.0]}
    )  # fmt: skip
    relativities = industry_relativities(read_case(made.write(tmp_path / "case")))
    assert relativities[:, 0] == pytest.approx([1.25, 0.75, 1.0])


def test_retired_members_elsewhere_have_home_care_where_they_live(small: Case) -> None:
    """Migrants have 70 % at the residence, 20 % at home and forgo 10 %.

    Retired members who left their pool do not go back to it for care: 90 % at the residence.
    """
    shares = by_hand_settlement(small)
    assert shares[BETWEEN, AT_HOME, PLACES] == pytest.approx([0.7, 0.2, 0.0])
    assert shares[BETWEEN, ELSEWHERE, PLACES] == pytest.approx([0.9, 0.0, 0.0])


def test_the_slack_season_moves_care_home_and_adds_none(small: Case) -> None:
    """A quarter of the year at home: 0.7 * 0.25 of the care wanted is given there instead."""
    shares = by_hand_settlement(small)
    slack = by_hand_settlement(small.with_values({"mobility.slack_season_share": 0.25}))
    assert slack[BETWEEN, AT_HOME, PLACES] == pytest.approx([0.525, 0.375, 0.0])
    assert slack.sum(axis=-1) == pytest.approx(shares.sum(axis=-1))
    assert slack[STAYER] == pytest.approx(shares[STAYER])
