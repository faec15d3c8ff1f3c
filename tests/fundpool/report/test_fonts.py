"""Fonts come with the installation: the same bytes everywhere, placeholders for what they lack."""

import re
from importlib.metadata import distribution
from pathlib import Path

import altair as alt
import pandas as pd
import pytest

from fundpool.inputs.format.raw import RawCase, RawTable
from fundpool.inputs.format.sources import read_raw
from fundpool.languages import language
from fundpool.report import fonts
from fundpool.report.charts.funds import svg
from fundpool.report.document.making import code as typed
from fundpool.report.document.making import (
    figure,
    left,
    paragraph,
    right,
    row,
    spans,
    strong,
    table,
)
from fundpool.report.document.model import Block, Detail, Figure, Listing, Note, Panel, Span
from fundpool.report.imprint import Imprint
from fundpool.report.pdf import report_pdf
from fundpool.report.placeholders import placeholder_warnings
from tests.cases.small import small_case
from tests.fundpool.conftest import Run
from tests.fundpool.documents import document_of
from tests.fundpool.pdf_reading import pdf_text
from tests.fundpool.processes import printed_by
from tests.fundpool.reported import Reported

SCRIPTS = {
    "thai": "กรุงเทพ", "arabic": "العربية", "emoji": "🏥", "emoji with joiner": "👩\u200d⚕️",
    "tibetan": "བོད",
    "rare Chinese": "𠿡", "private use": "\ue000", "control": "a\x07b\x00c\x85",
    "direction": "a\u202eb", "beyond Unicode": "\uffff", "variant": "葛\U000e0100",
}  # fmt: skip
PRINTED = (
    "Ash Łódź Ελλάδα Москва ‰ − ± → ▼ ◆ ■ ✚ ● ≤ 基金 （亿元） “引” 𠮷 ㎡ "
    " カナ 한국 e\u0301 \u00ad\u200b\u00a0"
)

DRAWN = """
import hashlib
import altair as alt, pandas as pd
from fundpool.report.charts.funds import svg
from fundpool.report.document.making import figure, paragraph, strong
from fundpool.report.imprint import Imprint
from fundpool.report.pdf import report_pdf
from tests.fundpool.documents import document_of
data = pd.DataFrame({"name": ["medical inflation", "医疗费用上涨"], "value": [1, 2]})
chart = svg(alt.Chart(data).mark_bar().encode(y="name:N", x="value:Q"), "c")
blocks = (paragraph(strong("加粗")), figure(chart, "图"))
print(hashlib.sha256(chart.encode()).hexdigest())
for code in ("en", "zh"):
    document = document_of(*blocks, title="基金 fund", code=code)
    pdf = report_pdf(document, Imprint("run", "footer", 2020))
    print(hashlib.sha256(pdf).hexdigest())
"""


def pdf_of(*blocks: Block, code: str = "en") -> bytes:
    return report_pdf(document_of(*blocks, code=code), Imprint("run", "footer", 2020))


def chart_of(*names: str) -> str:
    data = pd.DataFrame({"name": list(names), "value": range(len(names))})
    return svg(alt.Chart(data).mark_bar().encode(y="name:N", x="value:Q"), "chart")


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "report.pdf").write_bytes(pdf)
    return pdf_text(folder / "report.pdf")


def impostors(folder: Path) -> None:
    """Fonts twice as wide under the families' names, as a system may have others."""
    from fontTools.ttLib import TTFont

    latin = Path(fonts.font_folders()[0]) / "NotoSans[wdth,wght].ttf"
    for family in (fonts.LATIN, fonts.CHINESE):
        with TTFont(str(latin)) as font:
            for table in ("fvar", "gvar", "avar", "HVAR", "MVAR", "STAT"):
                if table in font:
                    del font[table]
            for record in font["name"].names:
                if record.nameID in (1, 4, 16):
                    record.string = family
                elif record.nameID in (2, 17):
                    record.string = "Regular"
            widths = font["hmtx"].metrics
            for glyph, (width, bearing) in widths.items():
                widths[glyph] = (2 * width, bearing)
            font.save(folder / f"{family}.ttf")


def test_bytes_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    """System fonts of the same names, none at all, locales, time zones, numbers of threads."""
    folder = tmp_path / "home" / ".fonts"
    folder.mkdir(parents=True)
    impostors(folder)
    (tmp_path / "fonts.conf").write_text(
        f"<fontconfig><dir>{folder}</dir></fontconfig>", encoding="utf-8"
    )
    (tmp_path / "empty").mkdir()
    (tmp_path / "none.conf").write_text(
        f"<fontconfig><dir>{tmp_path / 'empty'}</dir></fontconfig>", encoding="utf-8"
    )
    here = printed_by(DRAWN)
    with_others = printed_by(
        DRAWN, FONTCONFIG_FILE=str(tmp_path / "fonts.conf"), TYPST_FONT_PATHS=str(folder),
        HOME=str(tmp_path / "home"), LANG="de_DE.UTF-8", LC_ALL="C", TZ="Asia/Shanghai",
        RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1",
    )  # fmt: skip
    with_none = printed_by(
        DRAWN, FONTCONFIG_FILE=str(tmp_path / "none.conf"), HOME=str(tmp_path / "empty"),
        LC_ALL="C.UTF-8", TZ="America/New_York", RAYON_NUM_THREADS="3",
    )  # fmt: skip
    assert here == with_others == with_none


def test_fonts_are_those_of_the_packages() -> None:
    import typst

    packages = {"fontpkg-noto-sans", "manimgx-fonts-cjk"}
    files = {
        Path(str(distribution(name).locate_file(file))).resolve()
        for name in packages
        for file in distribution(name).files or ()
    }
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=fonts.font_folders()
    ).fonts()
    assert {Path(font.path).resolve() for font in found} <= files
    assert {fonts.LATIN, fonts.CHINESE} <= {font.family for font in found}


def test_nothing_else_knows_the_packages() -> None:
    root = Path(__file__).parents[3]
    naming = {
        file.name
        for package in ("fundpool", "models", "inputs", "actuarial")
        for file in (root / package).rglob("*.py")
        if re.search(r"Noto Sans|fontpkg|manimgx", file.read_text(encoding="utf-8"))
    }
    assert naming == {"fonts.py"}


def test_system_fonts_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    calls = []
    compiled = typst.compile

    def noted(*arguments: object, **options: object) -> bytes:
        calls.append(options)
        return bytes(compiled(*arguments, **options))

    monkeypatch.setattr(typst, "compile", noted)
    pdf_of(paragraph("fund"))
    assert [call["ignore_system_fonts"] for call in calls] == [True]
    assert [call["font_paths"] for call in calls] == [fonts.font_folders()]


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_what_no_font_has_becomes_a_placeholder(name: str, code: str, tmp_path: Path) -> None:
    """In running text, headings, code, bold, tables, notes, charts, title and imprint."""
    text = SCRIPTS[name]
    assert fonts.unprintable(text)
    shown = fonts.printable(text)
    assert fonts.unprintable(shown) == ""
    chart = chart_of(f"{text} 基金", text)
    blocks = (
        paragraph(text, " ", strong(text), " ", Span(text, "em"), " ", typed(text)),
        Listing((spans(text),)),
        Note((paragraph(text),)),
        table((left(text), right("v")), [row(text, 1)], text),
        Figure((Panel(chart, text),), spans(text)),
        Detail(spans(text), (paragraph(text),)),
    )
    document = document_of(*blocks, title=text, code=code)
    pdf = report_pdf(document, Imprint(text, text, 2020, text))
    assert fonts.PLACEHOLDER in text_of(pdf, tmp_path)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_what_fonts_have_is_printed_as_it_is(code: str, tmp_path: Path) -> None:
    assert fonts.unprintable(PRINTED) == ""
    chart = chart_of(*PRINTED.split())
    blocks = (paragraph(PRINTED), figure(chart, ""))
    text = text_of(pdf_of(*blocks, code=code), tmp_path)
    assert fonts.PLACEHOLDER not in text
    for word in ("Łódź", "Ελλάδα", "Москва", "✚", "基金", "𠮷", "한국"):
        assert text.count(word) >= 2, word


def test_charts_name_families_for_browsers_too() -> None:
    families = set(re.findall(r'font-family="([^"]*)"', chart_of("ash")))
    assert families == {"Noto Sans, Noto Sans CJK SC, sans-serif"}


def test_chinese_is_bold_where_it_is_strong() -> None:
    plain = pdf_of(paragraph("基金"), code="zh")
    bold = pdf_of(paragraph(strong("基金")), code="zh")
    assert len(re.findall(rb"/FontFile", plain)) == len(re.findall(rb"/FontFile", bold))
    assert plain != bold


def test_places_of_placeholders() -> None:
    cells = pd.DataFrame({"region": ["a", "b"], "name": ["Ash", "กข"], "level": ["1", "2"]})
    raw = RawCase("case", {"title": "Ash 🏥"}, tables={"regions": RawTable("r.csv", cells)})
    said = placeholder_warnings(raw, {"command": "fundpool report \x07"})
    assert said == (
        "case.toml, column title: no font of the PDF has 🏥 (U+1F3E5); it shows □ instead. Page "
        "and workbook keep the characters.",
        "r.csv, row 3, column name: no font of the PDF has ก (U+0E01), ข (U+0E02); it shows □ "
        "instead. Page and workbook keep the characters.",
        "command: no font of the PDF has U+0007; it shows □ instead. Page and workbook keep the "
        "characters.",
    )
    (chinese, *_) = placeholder_warnings(raw, {}, language("zh"))
    assert chinese.startswith("case.toml、列title：PDF所用字体没有🏥 (U+1F3E5)")


def test_many_rows_are_named_in_one_sentence() -> None:
    cells = pd.DataFrame({"name": [chr(0xE01 + place) for place in range(9)]})
    said = placeholder_warnings(RawCase("case", tables={"t": RawTable("t.csv", cells)}), {})
    assert len(said) == 6
    assert said[-1].startswith("t.csv, column name: no font of the PDF has ฆ (U+0E06)")


def test_a_case_that_can_be_printed_has_no_warning(english: Reported) -> None:
    assert placeholder_warnings(read_raw(Path(english.comparison.study.case.origin)), {}) == ()


def test_a_report_with_such_names(run: Run, tmp_path: Path) -> None:
    """The report is written; the warning stands on the terminal, the page and in the PDF."""
    case = small_case()
    regions = case.tables["regions"]
    regions["name"] = [f"{name} {text}" for name, text in
                       zip(regions["name"], list(SCRIPTS.values()), strict=False)]  # fmt: skip
    case.settings["title"] = "Two ก counties"
    folder = case.write(tmp_path / "case")
    done = run("report", folder, "--years", 3, "--scenarios", 0, "--no-optimise", "--out", "out",
               "--sensitivity", "none", "--lang", "zh")  # fmt: skip
    assert done.exit_code in (0, 3)
    assert "列title" in done.stderr
    assert "regions.csv、第2行、列name" in done.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Two ก counties" in page
    assert "regions.csv、第2行、列name：PDF所用字体没有" in page
    assert fonts.PLACEHOLDER in text_of((tmp_path / "out" / "report.pdf").read_bytes(), tmp_path)
