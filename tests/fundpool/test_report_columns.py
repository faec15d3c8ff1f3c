"""The report's workbook computes what it says: cover adds up to residents, whatever the scheme."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import project
from fundpool.report.columns import CALCULATED, PERSONS
from tests.cases.small import small_case


@pytest.mark.parametrize("status", ["rural_resident", "retired_elsewhere", "migrant"])
def test_every_cover_counts_in_the_check_of_residents(status: str, tmp_path: Path) -> None:
    case = small_case()
    cover = case.tables["coverage"]
    cover.loc[(cover["cover"] == "home_resident") & (cover["age_from"] == 16), "cover"] = status
    case.schemes["resident"]["statuses_covered"] += [status]
    if status == "retired_elsewhere":
        case.schemes["resident"]["statuses_covered"].remove(status)
    read = read_case(case.write(tmp_path / "case"))
    people = project(read, pooling=plan_for(read, "county"), years=1).people
    assert set(STATUSES) <= set(people.columns) & PERSONS
    assert people[status].sum() > 0
    check = CALCULATED["people"]["cover_check"].values(people)
    np.testing.assert_allclose(check, 0.0, atol=1e-6)
