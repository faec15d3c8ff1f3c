"""Faults that must be survived: the quick part of ``python -m validation faults``."""

from collections.abc import Iterator

import pytest

from validation.fault_bench import Bench, Fault, bench
from validation.faults import Tried, all_faults, table, tried

FAULTS = all_faults()


@pytest.fixture(scope="module")
def on() -> Iterator[Bench]:
    with bench() as made:
        yield made


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.quick], ids=lambda f: f"{f.group}: {f.name}"
)
def test_a_fault_is_survived(fault: Fault, on: Bench) -> None:
    assert tried(fault, on).wrong == ""


def test_every_failure_that_was_ever_seen_is_tried() -> None:
    assert len(FAULTS) >= 275
    assert {fault.case for fault in FAULTS} - {""} == {f"F{number}" for number in range(1, 24)}


def test_names_are_unique() -> None:
    names = [(fault.group, fault.name) for fault in FAULTS]
    assert len(set(names)) == len(names)


def test_failures_are_counted_and_tracebacks_are_failures(on: Bench) -> None:
    def raising(_bench: object, _place: object) -> str:
        raise KeyError("x")

    results = [
        Tried(Fault("g", "a", lambda *_: ""), ""),
        tried(Fault("g", "b", raising, "F2"), on),
    ]
    assert "traceback" in results[1].wrong
    assert table(results).to_numpy().tolist() == [["g", 2, 1, 1, "F2"], ["all", 2, 1, 1, ""]]
