"""Every kind of mistake in a case: what the message says, and that nothing else is reported."""

from pathlib import Path

import pytest

from fundpool.inputs.case import check_case, read_case
from fundpool.inputs.format.findings import CaseError
from tests.cases.small import small_case
from tests.inputs.broken.settings import IN_SETTINGS
from tests.inputs.broken.tables import IN_TABLES

BROKEN = IN_TABLES | IN_SETTINGS


@pytest.mark.parametrize("kind", BROKEN)
def test_message(kind: str, tmp_path: Path) -> None:
    change, expected = BROKEN[kind]
    case = small_case()
    change(case)
    messages = [finding.message for finding in check_case(case.write(tmp_path / "case"))]
    assert len(messages) == len(expected), messages
    for message, start in zip(sorted(messages), sorted(expected), strict=True):
        assert message.startswith(start), message


def test_a_broken_case_is_refused_with_all_its_findings(tmp_path: Path) -> None:
    case = small_case()
    for kind in ("negative persons", "share over one", "text in a number", "missing rule"):
        BROKEN[kind][0](case)
    with pytest.raises(CaseError) as refused:
        read_case(case.write(tmp_path / "case"))
    assert len(refused.value.findings) == 4
    assert str(refused.value).endswith("4 errors")


def test_many_mistakes_of_one_kind_are_counted(tmp_path: Path) -> None:
    case = small_case()
    case.tables["population"]["persons"] = -1.0
    findings = check_case(case.write(tmp_path / "case"))
    assert len(findings) == 21
    assert findings[-1].message.endswith("And 384 more cells of this column.")


def test_places_that_hold_no_case(tmp_path: Path) -> None:
    assert "Known: fujian, jiangsu" in check_case(tmp_path / "nothing")[0].message
    text = tmp_path / "case.txt"
    text.write_text("x", encoding="utf-8")
    assert "a case folder or an .xlsx workbook" in check_case(text)[0].message
    book = tmp_path / "case.xlsx"
    book.write_bytes(b"not a workbook")
    assert "expected an .xlsx workbook" in check_case(book)[0].message


def test_the_small_case_has_nothing_to_mend(tmp_path: Path) -> None:
    assert check_case(small_case().write(tmp_path / "case")) == ()
