"""Elements of WordprocessingML, the language of ``report.docx``."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from fundpool.report.fonts import drawable

LINE_TWIPS = 9865
"""Width of a line of text in twentieths of a point: A4 with margins of 18 mm."""
DRAWING_UNITS = 640
"""Width of a drawing, in its own units, that fills a line of text."""
TALLEST_EMU = 8_640_000
"""Height of the tallest picture: 240 mm, in 36,000ths of a millimetre."""
EMU_PER_TWIP = 635
_PICTURE = (
    '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
    '<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="{name}" descr="{words}"/>'
    "<wp:cNvGraphicFramePr>"
    '<a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="{number}" name="{name}" descr="{words}"/><pic:cNvPicPr/>'
    '</pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/>'
    '</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
)


class Xml(str):
    """Text that is XML already and is not escaped again."""

    __slots__ = ()


@dataclass(frozen=True)
class Picture:
    """A drawing as the file holds it.

    Attributes:
        relation: name of its relationship to the text.
        width: of the drawing, in its own units.
        height: likewise.
    """

    relation: str
    width: float
    height: float


def element(tag: str, *contents: str, **attributes: object) -> Xml:
    """An element of WordprocessingML; contents that are not :class:`Xml` are escaped.

    Args:
        tag: its name without prefix.
        contents: what stands in it, one after the other.
        attributes: by name without prefix.

    >>> element("p", element("t", "a < b"), id=1)
    '<w:p w:id="1"><w:t>a &lt; b</w:t></w:p>'
    """
    given = "".join(f' w:{name}="{escaped(str(value))}"' for name, value in attributes.items())
    inner = "".join(part if isinstance(part, Xml) else escaped(part) for part in contents)
    return Xml(f"<w:{tag}{given}>{inner}</w:{tag}>" if inner else f"<w:{tag}{given}/>")


def escaped(text: str) -> str:
    """A text as it stands in XML; what XML cannot hold becomes a placeholder."""
    return escape(drawable(text))


def complex_field(instruction: str, shown: Xml) -> Xml:
    """Runs of a field: what Word puts in when it updates it, and what it shows until then."""
    return joined(field_start(instruction), shown, field_end())


def field_start(instruction: str) -> Xml:
    """Runs that begin a field."""
    code = Xml(f'<w:instrText xml:space="preserve"> {escaped(instruction)} </w:instrText>')
    return joined(
        element("r", element("fldChar", fldCharType="begin")),
        element("r", code),
        element("r", element("fldChar", fldCharType="separate")),
    )


def field_end() -> Xml:
    """The run that ends a field."""
    return element("r", element("fldChar", fldCharType="end"))


def run(text: str, properties: Iterable[Xml] = ()) -> Xml:
    """A run of characters; a single line feed is a line break."""
    shown = (
        element("br") if text == "\n" else Xml(f'<w:t xml:space="preserve">{escaped(text)}</w:t>')
    )
    given = tuple(properties)
    return element("r", *((element("rPr", *given),) if given else ()), shown)


def joined(*pieces: str) -> Xml:
    """Pieces of XML one after the other."""
    return Xml("".join(pieces))


def drawing(picture: Picture, room: int, number: int, words: str, fill: bool) -> Xml:
    """A run with a picture.

    Args:
        picture: the picture.
        room: twips that it may be wide.
        number: of the picture; unique in the document.
        words: what it shows, for those who do not see it.
        fill: it is as wide as its room, else at most as wide.
    """
    widest = room * EMU_PER_TWIP
    unit = LINE_TWIPS * EMU_PER_TWIP / DRAWING_UNITS
    width = widest if fill else min(widest, picture.width * unit)
    height = width * picture.height / picture.width
    scale = min(1.0, TALLEST_EMU / height)
    made = _PICTURE.format(
        width=round(scale * width), height=round(scale * height), number=number,
        name=f"chart {number}", words=escaped(words), relation=picture.relation,
    )  # fmt: skip
    return element("r", Xml(made))
