"""A sheet as a Word document (A4). The only module of this layer that names python-docx."""

from __future__ import annotations

import io
from typing import Any

from assistant.tools.sheet import STEPS, TICKS, Entry, Sheet, marks, source_line

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "宋体"


def document(sheet: Sheet) -> bytes:
    """The bytes of a .docx file."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    word = docx.Document()
    _prepare(word)
    word.core_properties.title = sheet.title
    heading = word.add_heading(sheet.title, level=0)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _facts(word, sheet)
    for part in sheet.parts:
        if part.entries:
            word.add_heading(part.title, level=2)
            for number, entry in enumerate(part.entries, 1):
                _entry(word, entry, part.kind, number)
    _ending(word, sheet)
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def _prepare(word: Any) -> None:
    """A4, and a Chinese font in every style that is used."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    for section in word.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin = section.bottom_margin = Mm(18)
    for name in ("Normal", "Title", "Heading 2"):
        style = word.styles[name]
        style.font.name = FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    word.styles["Normal"].font.size = Pt(11)


def _facts(word: Any, sheet: Sheet) -> None:
    if sheet.facts:
        table = word.add_table(rows=0, cols=2, style="Table Grid")
        for name, value in sheet.facts:
            cells = table.add_row().cells
            cells[0].text, cells[1].text = name, value


def _ending(word: Any, sheet: Sheet) -> None:
    for text in sheet.warnings:
        word.add_paragraph(f"提示：{text}")
    if sheet.citations:
        word.add_heading("依据", level=2)
        for citation in sheet.citations:
            word.add_paragraph(source_line(citation))
    if sheet.signatures:
        word.add_paragraph("　　　　".join(sheet.signatures))
    for text in sheet.footer:
        word.add_paragraph(text)


def _entry(word: Any, entry: Entry, kind: str, number: int) -> None:
    lead = "☐ " if kind == TICKS else f"{number}. " if kind == STEPS else "· "
    paragraph = word.add_paragraph(lead)
    if entry.name:
        paragraph.add_run(f"{entry.name}　").bold = True
    paragraph.add_run(entry.text)
    if entry.cites:
        paragraph.add_run(marks(entry.cites)).font.superscript = True
    if entry.details:
        paragraph.add_run(f"（{entry.details}）").italic = True
