"""Corridors of premiums, rates and subsidies: what is wrong with them is found on reading."""

from typing import Any

import pandas as pd
import pytest

from fundpool.inputs.checks.instruments import instrument_findings
from fundpool.inputs.format.findings import Finding
from fundpool.inputs.settings.scheme_file import read_scheme
from fundpool.inputs.settings.sections import read_settings
from tests.cases.small import given, small_case


def found(optimiser: dict[str, Any], payers: tuple[str, ...] = ()) -> list[Finding]:
    case = small_case()
    settings, findings = read_settings(case.settings | {"optimiser": optimiser})
    if settings is None:
        return findings
    files = {name: read_scheme(name, text, ("outpatient",))[0]
             for name, text in case.schemes.items()}  # fmt: skip
    table = pd.DataFrame({"payer": payers}) if payers else None
    known = {name: file for name, file in files.items() if file is not None}
    return findings + instrument_findings(settings, known, table)


TERMS = {"least": given(1.0), "most": given(2.0)}


@pytest.mark.parametrize(
    ("instruments", "column", "mend"),
    [
        ({"residents": {"premium": TERMS}}, "optimiser.instruments.residents", "resident"),
        ({"resident": {"premum": TERMS}}, "optimiser.instruments.resident.premum", "premium"),
        ({"employee": {"premium": TERMS}}, "optimiser.instruments.employee.premium", ""),
        ({"resident": {"subsidy_city": TERMS}}, "optimiser.instruments.resident.subsidy_city", ""),
        (
            {"resident": {"premium": {"least": given(3.0), "most": given(2.0)}}},
            "optimiser.instruments.resident.premium.most", "",
        ),
        (
            {"resident": {"premium": {"least": given(1.0, by_year={"2023": 4.0}),
                                      "most": given(2.0)}}},
            "optimiser.instruments.resident.premium.most", "",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(instruments: dict[str, Any], column: str, mend: str) -> None:
    (finding,) = found({"instruments": instruments})
    assert finding.column == column
    assert mend in str(finding.mend)


def test_payers_of_the_table_can_be_named_and_shares_alone_do_nothing() -> None:
    instruments = {"resident": {"subsidy_city": TERMS, "subsidy_state": TERMS, "premium": TERMS}}
    assert found({"instruments": instruments}, payers=("city",)) == []
    (idle,) = found({"subsidy_share_least": given(0.5)})
    assert idle.severity == "warning"
