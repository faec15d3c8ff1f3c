"""The file of ranges: what it may say, and what is refused."""

from pathlib import Path

import pytest

from fundpool.inputs.case import read_case
from fundpool.inputs.case.reading import check_case
from fundpool.inputs.format.findings import CaseError
from tests.cases.small import small_case


def written(tmp_path: Path, text: str) -> Path:
    folder = small_case().write(tmp_path / "small")
    (folder / "ranges.toml").write_text(text, encoding="utf-8")
    return folder


def entry(path: str = "economy.interest", low: str = "0.01", mark: str = "assumed") -> str:
    return (
        f'[[input]]\nname = "interest"\npath = "{path}"\nlow = {low}\nhigh = 0.03\n'
        f'mark = "{mark}"\nsource = "x"\n'
    )


def test_ranges_are_read_and_no_result_depends_on_them(tmp_path: Path) -> None:
    plain = read_case(small_case().write(tmp_path / "plain"))
    case = read_case(written(tmp_path, entry()))
    (only,) = case.ranges
    assert (only.path, only.low, only.high, only.weight) == ("economy.interest", 0.01, 0.03, None)
    assert plain.ranges == ()
    assert case.inputs_sha256 == plain.inputs_sha256
    assert "economy.medical_inflation" in {one.path for one in read_case("jiangsu").ranges}


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        (entry("economy.intrest"), "input.0.path", "economy.interest"),
        (entry() + entry(), "input.1.path", "once"),
        (entry(low="0.05"), "input.0", "above high"),
        (entry(low="nan"), "input.0.low", "number"),
        ("[[inputs]]\n", "inputs", "input"),
        (entry(mark="guessed"), "input.0.mark", "published"),
    ],
)
def test_mistakes_are_findings(tmp_path: Path, text: str, column: str, words: str) -> None:
    folder = written(tmp_path, text)
    (finding,) = check_case(folder)
    assert (finding.file, finding.column) == ("ranges.toml", column)
    assert words in finding.message
    with pytest.raises(CaseError):
        read_case(folder)


def test_a_file_that_is_no_toml_is_a_finding(tmp_path: Path) -> None:
    (finding,) = check_case(written(tmp_path, "[[input]\n"))
    assert finding.file == "ranges.toml"
