"""Short runs: what they list exists, and none lists what another leaves out."""

from tests.conftest import QUICK, SLOW
from tests.test_house import ROOT


def test_what_is_listed_exists() -> None:
    for entry in (*QUICK, *SLOW):
        path, _, name = entry.partition("::")
        assert (ROOT / "tests" / path).exists(), entry
        assert not name or f"def {name}(" in (ROOT / "tests" / path).read_text("utf-8"), entry


def test_quick_tests_are_not_slow() -> None:
    assert [entry for entry in SLOW if entry.startswith(QUICK)] == []
    assert list(SLOW) == sorted(set(SLOW))
