"""Word documents in the manner of a Chinese office: A4, 宋体 and 黑体, numbered pages, plain tables."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from shared.documents.package import plain, reproducible

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY_FONT, HEAD_FONT = "宋体", "黑体"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def new_document(title: str, *lines: str) -> Any:
    """With the title, and beneath it a line each for the unit, the period, …"""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = Document()
    _use_chinese_fonts(document)
    _use_a4(document)
    document.core_properties.title = title
    document.core_properties.author = "远程视频会见系统"
    document.core_properties.comments = ""
    document.add_heading(title, level=0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in lines:
        document.add_paragraph(plain(line)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    return document


def paragraphs(document: Any, *texts: str) -> None:
    """One each, indented by two characters."""
    from docx.shared import Pt

    for text in texts:
        made = document.add_paragraph(plain(text))
        made.paragraph_format.first_line_indent = Pt(21)


def table(
    document: Any,
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    widths: Sequence[float] | None = None,
) -> None:
    """`widths` in centimetres, 16 in all. Written as XML at once: python-docx takes milliseconds for a cell."""
    from docx.oxml import parse_xml

    chosen = [int(567 * one) for one in widths or [16 / len(head)] * len(head)]
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in chosen)
    lines = [_row(head, chosen, head=True), *(_row(one, chosen) for one in rows)]
    made = (
        f'<w:tbl xmlns:w="{WORD}"><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(chosen)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(lines)}</w:tbl>'
    )
    document.element.body.insert_element_before(parse_xml(made), "w:sectPr")
    document.add_paragraph()


def saved(document: Any, at: datetime) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return reproducible(file.getvalue(), at)


def _row(cells: Sequence[object], widths: Sequence[int], *, head: bool = False) -> str:
    # A row stays whole, and the head comes again on each page.
    kind = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if head else "") + "</w:trPr>"
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E8EEF5"/>' if head else ""
    made = [
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f"{_text(cell, head)}</w:tc>"
        for cell, width in zip(cells, widths, strict=True)
    ]
    return f"<w:tr>{kind}{''.join(made)}</w:tr>"


def _text(value: object, head: bool) -> str:
    short = head or not isinstance(value, str) or len(value) < 9
    look = '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
    look += f'<w:jc w:val="{"center" if short else "left"}"/>'
    run = f"<w:rPr>{'<w:b/>' if head else ''}<w:sz w:val='18'/></w:rPr>"
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(one, quote=False)}</w:t>'
        for one in plain(str(value)).split("\n")
    )
    return f"<w:p><w:pPr>{look}</w:pPr><w:r>{run}{lines}</w:r></w:p>"


def _use_a4(document: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.5)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        foot.add_run(text)
        if field:
            number = f'<w:fldSimple xmlns:w="{WORD}" w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
            foot._p.append(parse_xml(number))


def _use_chinese_fonts(document: Any) -> None:
    """Word takes a font for Latin letters from one attribute and for Chinese ones from another."""
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    heads = ("Title", "Heading 1", "Heading 2")
    for name, font in (("Normal", BODY_FONT), *((one, HEAD_FONT) for one in heads)):
        style = document.styles[name]
        style.font.name = font
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), font)
        # The theme's fonts would win over these.
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
