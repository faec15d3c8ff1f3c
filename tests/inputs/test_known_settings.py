"""An unknown key names those that are known, wherever in the settings it stands."""

import copy
from typing import Any

import pytest
from pydantic import BaseModel

from fundpool.inputs.settings.mistakes import _known_keys
from fundpool.inputs.settings.scheme_file import SchemeFile, read_scheme
from fundpool.inputs.settings.sections import Settings, read_settings
from tests.cases.small import small_case
from tests.models.claims.test_layers_by_claim import by_claim

PLACES: list[tuple[type[BaseModel], tuple[int | str, ...], str]] = [
    (SchemeFile, ("benefits", "outpatient"), "deductible"),
    (SchemeFile, ("benefits", "outpatient", "layers", 0), "threshold"),
    (SchemeFile, ("packages", "full"), "uptake"),
    (SchemeFile, ("portability",), "insured_time"),
    (SchemeFile, ("rules", "premium"), "by_year"),
    (Settings, ("economy", "wage_growth"), "by_year"),
    (Settings, ("statuses", "member"), "dependant_of"),
    (Settings, ("alerts", "low"), "limit"),
    (Settings, ("tables", "regions"), "source"),
    (Settings, ("report", "decisions", 0), "due"),
]


@pytest.mark.parametrize(("model", "path", "known"), PLACES)
def test_known_keys(model: type[BaseModel], path: tuple[int | str, ...], known: str) -> None:
    assert known in _known_keys(model, path)


def test_in_a_list_of_tables() -> None:
    made = by_claim()
    scheme = copy.deepcopy(made.schemes["employee"])
    scheme["benefits"]["outpatient"]["layers"][0]["zzz"] = 1
    _, (finding,) = read_scheme("employee", scheme, ("outpatient",))
    assert finding.column == "benefits.outpatient.layers.0.zzz"
    assert str(finding.mend) == "Known: fund, threshold, bands, ceiling, share."
    settings: dict[str, Any] = copy.deepcopy(small_case().settings)
    settings["report"] = {"decisions": [{"what": "x", "by": "y", "dju": "2026-01-01"}]}
    _, findings = read_settings(settings, "case.toml")
    assert [str(f.mend) for f in findings if f.column.endswith("dju")] == ["Did you mean 'due'?"]


def test_no_empty_list() -> None:
    assert _known_keys(SchemeFile, ("nothing", 1)) == []
