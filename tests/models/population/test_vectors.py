"""Vector intrinsics against numpy."""

import numpy as np
import pytest

from fundpool.models.axes.compiling import compiled
from fundpool.models.population.compiled.blocks import with_lapses
from fundpool.models.population.compiled.plain import (
    ADD,
    AFTER,
    BAND,
    FEW,
    FIRST_BEFORE,
    MANY,
)
from fundpool.models.population.compiled.vectors import (
    combine_few,
    combine_many,
)
from fundpool.models.population.held_cells import LANES

pytestmark = pytest.mark.plain

KINDS = [(np.float32, 1e-6), (np.float64, 1e-15)]


@compiled()
def _few(target, source, matrices, row, plan, n, cell):  # type: ignore[no-untyped-def]
    combine_few(target, source, matrices, row, plan, n, np.uint64(cell))


@compiled()
def _many(target, source, matrices, row, plan, n, cell):  # type: ignore[no-untyped-def]
    combine_many(target, source, matrices, row, plan, n, np.uint64(cell))


@pytest.mark.parametrize(("kind", "close"), KINDS)
@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("add", [False, True])
def test_statuses_before_combined(kind: type, close: float, many: bool, add: bool) -> None:
    draw = np.random.default_rng(2)
    source, before = np.zeros((10, 224), kind), draw.random((10, 224)).astype(kind)
    source[:9] = draw.random((9, 224))
    matrices = with_lapses(draw.random((2, 3, 9, 9))).astype(kind)
    from_, to = ([0, 2, 8, 5, 9, 9] if many else [1, 4, 9, 9, 9, 9]), [0, 7, 9]
    plan = np.zeros((2, AFTER + 11), dtype=np.int64)
    plan[1, BAND], plan[1, ADD], plan[1, AFTER] = 2, int(add), len(to)
    plan[1, FIRST_BEFORE:AFTER] = from_
    plan[1, AFTER + 1 : AFTER + 1 + len(to)] = to
    target = before.copy()
    (_many if many else _few)(target, source, matrices, 1, plan, 1, 37)
    expected = before.astype(float)
    block = slice(37, 37 + LANES)
    for j in to:
        used = from_[: MANY if many else FEW]
        moved = sum(float(matrices[1, 2, k, j]) * source[k, block].astype(float) for k in used)
        expected[j, block] = moved + (expected[j, block] if add else 0.0)
    assert target == pytest.approx(expected, rel=10 * close)


def test_those_who_lapse_were_insured() -> None:
    matrices = np.random.default_rng(3).random((2, 9, 9))
    wide = with_lapses(matrices)
    assert (wide[:, :9, :9] == matrices).all()
    assert (wide[:, 1:9, 9] == matrices[:, 1:, 0]).all()
    assert (wide[:, 0, 9] == 0).all()
    assert (wide[:, 9] == 0).all()
