"""Bands of ages of one group do not make those of another a total."""

import pandas as pd

from fundpool.inputs.format.tables import TABLE_OF
from fundpool.inputs.tidy.ages import AgeBand
from fundpool.inputs.tidy.cells import TOTAL
from fundpool.inputs.tidy.layout import LINE
from fundpool.inputs.tidy.places import Places
from fundpool.inputs.tidy.totals import without_totals


def test_a_wider_band_of_another_county_stays() -> None:
    rows = [
        ("ash", "male", AgeBand(0, 4), 10.0),
        ("ash", "male", AgeBand(5, 9), 12.0),
        ("ash", "male", AgeBand(0, 9), 22.0),
        ("birch", "male", AgeBand(0, 9), 7.0),
        ("ash", "female", AgeBand(0, 9), 9.0),
        ("ash", TOTAL, AgeBand(0, 9), 31.0),
    ]
    cells = pd.DataFrame(rows, columns=["region", "sex", "age", "persons"], dtype=object)
    cells[LINE] = range(2, 8)
    stay, findings, left_out = without_totals(cells, TABLE_OF["population"], Places(), {}, "a.csv")
    assert stay["persons"].tolist() == [10.0, 12.0, 7.0, 9.0]
    assert left_out == 2
    assert len(findings) >= 1
