"""The page can be read: dark or light, on paper, by keyboard, with places named."""

import base64
import re
from pathlib import Path

import pypdfium2
import pytest

from fundpool.report.charts.funds import ACCENT, CLASS_COLOURS, SECOND, WARNING
from tests.fundpool.web.browser import Page
from tests.fundpool.web.test_page import CONTRAST

STYLE = Path(__file__).parents[3] / "fundpool" / "web" / "static" / "style.css"
MARKS = 3.0
TEXT = 4.5


def palettes() -> dict[str, dict[str, str]]:
    """Colours of the style sheet by theme."""
    blocks = re.findall(r":root \{(.*?)\n *\}", STYLE.read_text(encoding="utf-8"), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks)
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lower, upper = sorted((luminance(one), luminance(other)))
    return (upper + 0.05) / (lower + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_and_words_stand_out_from_their_ground(theme: str) -> None:
    """Contrast by WCAG 2.2: marks of charts and edges of controls 3, words 4.5."""
    colours = palettes()[theme]
    marks = [name for name in colours if re.match(r"(side|plan|class)-|loses|arc|edge|focus", name)]
    assert len(marks) >= 18
    poor = {name: contrast(colours[name], colours["paper"]) for name in marks}
    assert {name: ratio for name, ratio in poor.items() if ratio < MARKS} == {}
    pairs = [
        (ink, ground)
        for ink in ("ink", "soft", "bad", "good", "accent")
        for ground in ("paper", "back", "raised", "head", "over")
        if (ink, ground) not in {("soft", "over"), ("good", "over"), ("bad", "over")}
    ]
    pairs += [("off-ink", "off"), ("accent-ink", "accent"), ("accent-ink", "accent-over"),
              ("ink", "wait"), ("alarm-ink", "alarm")]  # fmt: skip
    poor_words = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in poor_words.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("colour", [*CLASS_COLOURS, WARNING, ACCENT, SECOND])
def test_symbols_of_the_report_stand_out_from_paper(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= MARKS


def test_the_key_of_the_maps_has_their_colours(page: Page, address: str) -> None:
    """As drawn: what the style sheet says of each class, not the black of a refused style."""
    page.open(address)
    drawn = page.run(
        "return [...document.querySelectorAll('#map-key path')].map(e => getComputedStyle(e).fill)"
    )
    expected = [palettes()["light"][f"class-{place}"] for place in range(5)]
    assert drawn == [
        f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"
        for colour in expected
    ]


def test_classes_of_one_map_differ_without_colour_as_well() -> None:
    """Every chart colour is stated in the style sheet: none is left in the scripts."""
    scripts = (STYLE.parent / "js").glob("*.js")
    literal = [
        (file.name, found)
        for file in scripts
        for found in re.findall(r"#[0-9a-fA-F]{6}\b", file.read_text(encoding="utf-8"))
    ]
    assert literal == []


def test_dark_and_without_motion(page: Page, address: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": "dark"},
                {"name": "prefers-reduced-motion", "value": "reduce"}]  # fmt: skip
    page.call("Emulation.setEmulatedMedia", features=features)
    try:
        page.open(f"{address}#county=ash")
        assert page.run(CONTRAST) == []
        style = "getComputedStyle(document.documentElement)"
        assert page.run(f"return {style}.backgroundColor") == "rgb(15, 21, 28)"
        assert page.run(f"return {style}.scrollBehavior") == "auto"
        corner = (
            "const c = document.querySelector('#chart-paths canvas');"
            "return [...c.getContext('2d').getImageData(2, 2, 1, 1).data].slice(0, 3);"
        )
        assert page.run(corner) == [24, 32, 42]
        # a theme that changes while the page is open draws the charts anew
        page.call("Emulation.setEmulatedMedia", features=[])
        page.until(
            "document.querySelector('#chart-paths canvas').getContext('2d')"
            ".getImageData(2, 2, 1, 1).data[0] === 255"
        )
    finally:
        page.call("Emulation.setEmulatedMedia", features=[])


def test_tooltips_stand_at_the_pointer_and_by_keyboard(page: Page, address: str) -> None:
    page.open(address)
    page.run("document.querySelector('#chart-map_b').scrollIntoView({behavior: 'instant'})")
    shown = "document.querySelector('#tooltip').classList.contains('shown')"
    page.run("document.querySelector('#chart-map_b').focus()")

    def press(key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            page.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    press("ArrowRight")
    page.until(shown)
    first = page.text("#tooltip")
    assert "Ash" in first or "Birch" in first
    place = (
        "const r = document.querySelector('#tooltip').getBoundingClientRect();"
        "const m = document.querySelector('#chart-map_b').getBoundingClientRect();"
        "return [r.left, r.top, r.right, r.bottom, m.left, m.top, m.right, m.bottom,"
        " innerWidth, innerHeight];"
    )
    left, top, right, bottom, *chart, wide, high = page.run(place)
    assert 0 <= left < right <= wide
    assert 0 <= top < bottom <= high
    assert chart[0] - (right - left) - 20 <= left <= chart[2] + 20
    assert chart[1] - 20 <= top <= chart[3] + 20
    press("ArrowRight")
    assert page.text("#tooltip") != first
    press("Enter")
    page.until("location.hash.includes('county=')")
    press("Escape")
    page.until(f"!({shown})")
    # by pointer: beside it, and gone when it leaves
    box = page.run(
        "const r = document.querySelector('#chart-map_b canvas').getBoundingClientRect();"
        "return [r.left, r.top, r.width, r.height];"
    )
    for step in range(800):
        x, y = box[0] + box[2] * (step % 40) / 40, box[1] + box[3] * (step // 40) / 20
        page.mouse("mouseMoved", x, y)
        if page.run(f"return {shown}"):
            left, top, right, bottom, *_ = page.run(place)
            assert min(abs(left - x), abs(right - x)) < 30
            assert min(abs(top - y), abs(bottom - y)) < 30
            page.mouse("mouseMoved", 5, 5)
            page.until(f"!({shown})")
            return
    raise AssertionError("no tooltip")


def test_places_are_named_and_bounded(page: Page, address: str) -> None:
    """Cells around the centres fill what they are clipped to, and names do not overlap."""
    page.open(address)
    areas = page.run(
        """return import('/static/js/cells.js').then(({cellsOf, edgesOf}) => {
        const area = (c) => Math.abs(c.reduce((sum, p, i) => {
          const q = c[(i + 1) % c.length]; return sum + p.x * q.y - q.x * p.y; }, 0)) / 2;
        const two = cellsOf([{x: 0, y: 0}, {x: 1, y: 0}], 1);
        const grid = [];
        for (let x = 0; x < 5; x += 1) for (let y = 0; y < 5; y += 1) grid.push({x, y});
        const cells = cellsOf(grid, 3);
        const twin = cellsOf([{x: 0, y: 0}, {x: 0, y: 0}], 1);
        return [two.map(area), area(cells[12]), cells[12].map(c => c.beside).sort(),
                edgesOf(two).filter(e => e.beside >= 0).map(e => [e.x, e.x2]),
                twin.map(area)]; })"""
    )
    circle = 16 / 2 * 0.3826834323650898  # of sixteen sides
    assert areas[0][0] == pytest.approx(areas[0][1])
    assert circle / 2 < areas[0][0] < circle
    assert areas[1] == pytest.approx(1.0)
    assert areas[2] == [11, 13, 17, 7]
    assert areas[3] == [[pytest.approx(0.5), pytest.approx(0.5)]]
    assert areas[4] == [pytest.approx(circle), pytest.approx(circle)]
    named = page.run(
        "return import('/static/js/map.js').then(({placeNames}) => {"
        "const at = (x, y, size, name) => ({x, y, size, name});"
        "return placeNames([at(0, 0, 1, 'Small'), at(0.01, 0, 9, 'Large'), at(9, 9, 1, 'Far')],"
        " {x: [0, 10], y: [0, 10]}, 400).map(row => row.name); })"
    )
    assert named == ["Large", "Far"]


def test_the_page_prints_whole(page: Page, address: str) -> None:
    page.open(f"{address}#pooling=province")
    page.call("Emulation.setEmulatedMedia", media="print")
    cut = page.run(
        "return [...document.querySelectorAll('.scroll')].filter(e =>"
        " getComputedStyle(e).overflow !== 'visible' || getComputedStyle(e).maxHeight !== 'none')"
        ".map(e => e.className)"
    )
    page.call("Emulation.setEmulatedMedia", media="")
    assert cut == []
    data = page.call("Page.printToPDF", preferCSSPageSize=True)["data"]
    book = pypdfium2.PdfDocument(base64.b64decode(data))
    text = " ".join(" ".join(sheet.get_textpage().get_text_range().split()) for sheet in book)
    heads = page.run(
        "return [...document.querySelectorAll('main thead th')].filter(e => e.closest('section')"
        ".id !== 'compared' && e.textContent).map(e => e.textContent)"
    )
    printed = text.replace(" ", "")
    missing = [head for head in heads if head.replace(" ", "") not in printed]
    assert missing == []
    assert "Ash" in text
    assert "Start afresh" not in text
    width, height = book[0].get_size()
    assert width > height
