"""Charts of a scheme that insures nobody."""

from pathlib import Path

import fundpool
from fundpool.report.charts.funds import pool_paths, reserve_fan, svg
from tests.cases.small import small_case


def test_a_scheme_without_members(tmp_path: Path) -> None:
    """A scheme of people whom the case has none of is drawn as empty panels."""
    made = small_case()
    made.schemes["resident"] |= {
        "statuses_paying": ["rural_resident"], "statuses_covered": ["rural_resident"],
    }  # fmt: skip
    cover = made.tables["coverage"]
    cover["cover"] = cover["cover"].replace({"home_resident": "none", "dual": "employee"})
    keys = [name for name in cover.columns if name != "share"]
    made.tables["coverage"] = cover.groupby(keys, sort=False, as_index=False).agg({"share": "sum"})
    case = fundpool.read_case(made.write(tmp_path / "case"))
    levels = fundpool.compare(case, ["county"], years=2)
    for panels in (reserve_fan(levels, "resident"), pool_paths(levels, "resident")):
        for name, chart in panels.items():
            assert svg(chart, name).startswith("<svg")
