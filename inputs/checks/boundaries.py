"""Boundaries of regions from a GeoJSON file of the case, ``boundaries.geojson``: for maps alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message

FILE = "boundaries.geojson"
SHAPES = ("Polygon", "MultiPolygon")
LEAST_POINTS = 4
"""Points of the shortest ring: three corners, the first again at the end."""

Ring = tuple[tuple[float, float], ...]
"""Longitude and latitude of each point, the first again at the end."""


def read_boundaries(
    contents: Any, codes: Sequence[str]
) -> tuple[dict[str, tuple[Ring, ...]], list[Finding]]:
    """Rings of each region by its code, and what is wrong with the file.

    Args:
        contents: what the file says.
        codes: regions of the case, of every level.
    """
    features = contents.get("features") if isinstance(contents, Mapping) else None
    if not isinstance(features, list) or contents.get("type") != "FeatureCollection":
        expected = Message("a GeoJSON FeatureCollection with a list of features")
        return {}, [Finding.of_file(FILE, expected, Message("Export the regions as GeoJSON."))]
    rings_of: dict[str, tuple[Ring, ...]] = {}
    findings = []
    for number, feature in enumerate(features):
        place = f"features.{number}"
        code = _code(feature)
        if code not in codes:
            mend = did_you_mean(code, codes) if code else Message(
                "Give each feature the property region, the code of the table regions."
            )  # fmt: skip
            findings.append(_of(f"{place}.properties.region", code or None,
                                Message("the code of a region of the case"), mend))  # fmt: skip
            continue
        if code in rings_of:
            findings.append(_of(f"{place}.properties.region", code, Message("each region once"),
                                Message("Join its parts in one MultiPolygon.")))  # fmt: skip
            continue
        rings = _rings(feature.get("geometry"))
        if rings is None:
            findings.append(
                _of(f"{place}.geometry", code,
                    Message("a Polygon or MultiPolygon of longitudes from -180 to 180 and "
                            "latitudes from -90 to 90, each ring closed"),
                    Message("Export it in degrees (EPSG:4326), or mend the shape."))
            )  # fmt: skip
            continue
        rings_of[code] = rings
    return ({} if findings else rings_of), findings


def _of(place: str, value: str | None, expected: Message, mend: Message) -> Finding:
    return Finding.of_setting(FILE, place, value, expected, mend)


def _code(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    code = properties.get("region") if isinstance(properties, Mapping) else None
    return "" if code is None else str(code)


def _rings(geometry: Any) -> tuple[Ring, ...] | None:
    """All rings of a shape, holes included; None where it is none."""
    if not isinstance(geometry, Mapping) or geometry.get("type") not in SHAPES:
        return None
    coordinates: Any = geometry.get("coordinates")
    polygons: Any = [coordinates] if geometry["type"] == "Polygon" else coordinates
    try:
        rings = tuple(
            tuple((float(point[0]), float(point[1])) for point in ring)
            for polygon in polygons
            for ring in polygon
        )
    except (TypeError, ValueError, IndexError, KeyError):
        return None
    whole = all(len(ring) >= LEAST_POINTS and ring[0] == ring[-1] for ring in rings)
    inside = all(abs(x) <= 180.0 and abs(y) <= 90.0 for ring in rings for x, y in ring)
    return rings if rings and whole and inside else None
