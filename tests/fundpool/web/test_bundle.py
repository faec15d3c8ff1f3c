"""The chart library as the page loads it."""

from pathlib import Path

from fundpool.web.server.bundle import chart_bundle


def test_the_chart_library_is_written_for_the_browser(tmp_path: Path) -> None:
    file = chart_bundle(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    contents = file.read_bytes()
    assert b"vegaEmbed" in contents
    assert b"\r\n" not in contents
