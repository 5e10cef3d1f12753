"""A bar chart that Word draws itself, in the reader's own fonts: no picture, no font on our side, no missing glyph."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

EMU_PER_CM = 360_000
C, A = (
    "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "http://schemas.openxmlformats.org/drawingml/2006/main",
)
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
COLOURS = ("2F6FB2", "E08E2B", "5BA56B", "B5483A")
FONT = '<a:latin typeface="宋体"/><a:ea typeface="宋体"/>'


def bar_chart(
    document: Any,
    title: str,
    categories: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    height_cm: float = 6.5,
) -> None:
    """Columns side by side, one colour a series."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    package = document.part.package
    number = 1 + sum("/charts/" in str(one.partname) for one in package.iter_parts())
    name = PackURI(f"/word/charts/chart{number}.xml")
    part = Part(name, CHART_TYPE, _chart(title, categories, series).encode(), package)
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    drawn = parse_xml(_place(title, number, relation, height_cm))
    document.element.body.insert_element_before(drawn, "w:sectPr")


def _chart(title: str, categories: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    names = _points(categories)
    bars = "".join(
        f'<c:ser><c:idx val="{n}"/><c:order val="{n}"/><c:tx><c:strRef><c:f>Sheet1!${chr(66 + n)}$1</c:f><c:strCache>'
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{COLOURS[n % len(COLOURS)]}"/></a:solidFill></c:spPr>'
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2</c:f><c:strCache>{names}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${chr(66 + n)}$2</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f"{_points(values)}</c:numCache></c:numRef></c:val></c:ser>"
        for n, (name, values) in enumerate(series.items())
    )
    legend = '<c:legend><c:legendPos val="b"/></c:legend>' if len(series) > 1 else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace xmlns:c="{C}" xmlns:a="{A}">'
        f"<c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>{_size(1100, bold=True)}</a:pPr><a:r>"
        f'<a:rPr lang="zh-CN" sz="1100" b="1">{FONT}</a:rPr><a:t>{escape(title)}</a:t></a:r></a:p></c:rich></c:tx>'
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart>'
        f'<c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>{bars}<c:gapWidth val="60"/>'
        f'<c:axId val="1"/><c:axId val="2"/></c:barChart>{_axis("cat", 1, 2, "b")}{_axis("val", 2, 1, "l")}'
        f'</c:plotArea>{legend}<c:plotVisOnly val="1"/></c:chart>'
        f"<c:txPr><a:bodyPr/><a:p><a:pPr>{_size(900)}</a:pPr></a:p></c:txPr></c:chartSpace>"
    )


def _axis(kind: str, number: int, other: int, where: str) -> str:
    grid = '<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
    return (
        f'<c:{kind}Ax><c:axId val="{number}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{where}"/>{grid if kind == "val" else ""}'
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:crossAx val="{other}"/></c:{kind}Ax>'
    )


def _points(values: Sequence[object]) -> str:
    points = "".join(
        f'<c:pt idx="{n}"><c:v>{escape(str(value))}</c:v></c:pt>' for n, value in enumerate(values)
    )
    return f'<c:ptCount val="{len(values)}"/>{points}'


def _size(hundredths: int, *, bold: bool = False) -> str:
    return f'<a:defRPr sz="{hundredths}" b="{int(bold)}">{FONT}</a:defRPr>'


def _place(title: str, number: int, relation: str, height_cm: float) -> str:
    wide, high = 16 * EMU_PER_CM, int(height_cm * EMU_PER_CM)
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        f'<w:p xmlns:w="{word}"><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:drawing>'
        f'<wp:inline xmlns:wp="{drawing}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:docPr id="{100 + number}" name="图{number}" descr="{escape(title)}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{A}"><a:graphicData uri="{C}">'
        f'<c:chart xmlns:c="{C}" xmlns:r="{relations}" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
