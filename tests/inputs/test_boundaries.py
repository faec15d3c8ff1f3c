"""Boundaries of a case from a file: what is drawn, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.inputs.case.reading import check_case
from fundpool.web.work.outlines import outlines, thinned
from tests.cases.small import small_case

SQUARE = [[119.0, 32.0], [120.0, 32.0], [120.0, 33.0], [119.0, 33.0], [119.0, 32.0]]


def feature(code: Any, rings: Any, kind: str = "Polygon") -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": rings}
    return {"type": "Feature", "properties": {"region": code}, "geometry": geometry}


def written(tmp_path: Path, *features: dict[str, Any]) -> Path:
    folder = small_case().write(tmp_path / "small")
    contents = {"type": "FeatureCollection", "features": list(features)}
    (folder / "boundaries.geojson").write_text(json.dumps(contents), encoding="utf-8")
    return folder


def test_boundaries_are_read_and_no_result_depends_on_them(tmp_path: Path) -> None:
    plain = read_case(small_case().write(tmp_path / "plain"))
    folder = written(
        tmp_path, feature("ash", [SQUARE]), feature("birch", [[SQUARE]], "MultiPolygon")
    )
    case = read_case(folder)
    assert list(case.boundaries) == ["ash", "birch"]
    assert case.boundaries["ash"][0][1] == (120.0, 32.0)
    assert case.inputs_sha256 == plain.inputs_sha256
    assert outlines(case)["birch"] == [SQUARE]
    assert outlines(plain) == {}


@pytest.mark.parametrize(
    ("features", "column", "words"),
    [
        ([feature("oak", [SQUARE])], "features.0.properties.region", "ash"),
        ([feature(None, [SQUARE])], "features.0.properties.region", "property region"),
        ([feature("ash", [SQUARE])] * 2, "features.1.properties.region", "once"),
        ([feature("ash", [SQUARE[:-1]])], "features.0.geometry", "closed"),
        ([feature("ash", [[[4e5, 3e6]] * 5])], "features.0.geometry", "degrees"),
        ([feature("ash", SQUARE)], "features.0.geometry", "Polygon"),
        ([feature("ash", [119.0, 32.0], "Point")], "features.0.geometry", "Polygon"),
        (["ash"], "features.0.properties.region", "property region"),
    ],
)
def test_mistakes_are_findings(
    tmp_path: Path, features: list[Any], column: str, words: str
) -> None:
    (finding,) = check_case(written(tmp_path, *features))
    assert (finding.file, finding.column) == ("boundaries.geojson", column)
    assert words in finding.message


@pytest.mark.parametrize(("text", "words"), [("{", "JSON"), ("[]", "FeatureCollection")])
def test_a_file_of_another_kind_is_a_finding(tmp_path: Path, text: str, words: str) -> None:
    folder = written(tmp_path)
    (folder / "boundaries.geojson").write_text(text, encoding="utf-8")
    (finding,) = check_case(folder)
    assert words in finding.message


def test_lines_keep_what_can_be_seen() -> None:
    """Against the definition: no point left out is farther from the line that is left."""
    around = np.linspace(0.0, 2.0 * np.pi, 400)
    circle = np.stack([np.cos(around), np.sin(around)], axis=1)
    near = 0.01
    left = thinned(circle, near)
    assert 10 < len(left) < 60
    starts, ends = left[:-1], left[1:]
    way = ends - starts
    share = np.clip(((circle[:, None] - starts) * way).sum(axis=2) / (way**2).sum(axis=1), 0.0, 1.0)
    far = np.linalg.norm(circle[:, None] - starts - share[..., None] * way, axis=2).min(axis=1)
    assert far.max() <= near
    assert thinned(circle[[0, 0, 0]], near).tolist() == circle[[0, 0]].tolist()
