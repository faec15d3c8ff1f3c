"""Money of pools on arrays: moral hazard raises what is paid and owed for care in merged funds."""

import pytest

from fundpool.inputs.case import Case
from fundpool.models.funds.recursion import scheme_run
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import study

pytestmark = pytest.mark.plain


def test_moral_hazard_raises_what_is_paid_and_what_is_owed(small: Case) -> None:
    """Ash's residents are owed 16,903.755 at the end of 2021 (tests/models/funds/test_paths.py).

    In city pools a tenth more is claimed, so a tenth more is paid, owed and due next year; the
    fund table says the same of every pool and year.
    """
    case = small.with_values({"pooling.moral_hazard.values.city": 0.1})
    done = study(case, 3)
    table = done.pooled("city").funds
    for scheme in ("employee", "resident"):
        run = scheme_run(case, done.flows, plan_for(case, "city"), scheme)
        own = table[table["scheme"] == scheme]
        for name in ("outstanding", "outgo_next_year", "reserve_months"):
            wide = own.pivot(index="year", columns="pool", values=name)
            expected = wide[list(run.layout.codes)].to_numpy()
            assert getattr(run, name) == pytest.approx(expected), name
        balance = own.pivot(index="year", columns="pool", values="balance")
        expected = balance[list(run.layout.codes)].to_numpy()
        assert run.balance[0] == pytest.approx(expected, rel=1e-12)
        if scheme == "resident":
            assert run.outstanding[0] == pytest.approx([1.1 * 16_903.755, 0.0])
