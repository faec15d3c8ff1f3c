"""Other settings of the machine change no byte: validation/same_bytes.py in small."""

from pathlib import Path

import pandas as pd

from validation.same_bytes import (
    FONTS,
    Compared,
    Setting,
    alike,
    compare_all,
    compared,
    numbers_alike,
    table,
)

QUICK = ("report", "--years", "2", "--policies", "none", "--against", "none", "--no-optimise",
         "--formats", "html,pdf,xlsx", "--sensitivity", "none")  # fmt: skip
EVERYTHING = Setting(
    "everything at once",
    {**FONTS, "LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7"},
    processors=2,
    engine="processes",
)


def test_engine_workers_locale_time_zone_and_fonts_change_no_byte(tmp_path: Path) -> None:
    (result,) = compare_all(tmp_path, [EVERYTHING], {"report": QUICK})
    assert result.wrong == ()
    assert result.equal == result.files == 4


def test_differences_are_seen(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    first.write_text('{"a": [1.0, "x"], "b": null}', encoding="utf-8")
    second.write_text('{"a": [1.0000000000001, "x"], "b": null}', encoding="utf-8")
    pair = {"a": first}, {"a": second}
    assert compared(Setting("s"), *pair).wrong == ("a differs",)
    loose = Setting("s", tolerance=1e-9)
    assert compared(loose, *pair) == Compared(loose, 1, 0, ())
    second.write_text('{"a": [1.1, "x"], "b": null}', encoding="utf-8")
    assert compared(loose, *pair).wrong == ("a differs in its numbers",)
    assert not numbers_alike(first, second, 1e-9)
    assert compared(loose, pair[0], {}).wrong == ("a is on one side only",)
    assert alike(float("nan"), pd.NA, 1e-9)
    assert not alike(pd.NA, 1.0, 1e-9)
    assert not alike([1.0], pd.NA, 1e-9)
    assert isinstance(table([compared(loose, *pair)]), pd.DataFrame)
