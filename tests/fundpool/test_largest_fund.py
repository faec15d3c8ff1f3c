"""The fan of a plan's largest fund is that of the fund with most insured."""

from pathlib import Path

from fundpool.inputs.case import read_case
from fundpool.models.projection.study import study
from fundpool.models.risk.solvency import solvency_risk
from fundpool.report.sections.chance import largest_pool
from tests.cases.stochastic import stochastic_case


def test_the_largest_fund_has_most_insured(tmp_path: Path) -> None:
    """Every county fund has one county; Birch, listed second, insures more people than Ash."""
    done = study(read_case(stochastic_case().write(tmp_path / "case")), 3)
    risk = solvency_risk(done, ["county"], 4)
    persons = done.pooled("county").measures.set_index(["scheme", "pool"])["persons"]
    assert persons["employee", "birch"] > persons["employee", "ash"]
    assert largest_pool(risk, "employee", "county") == "birch"
