"""A sheet as a Word document (A4). The only module of this layer that names python-docx."""

from __future__ import annotations

import io
from typing import Any

from assistant.tools.sheet import STEPS, TABLE, TICKS, Entry, Part, Sheet, marks, source_line

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "宋体"


def document(sheet: Sheet) -> bytes:
    """The bytes of a .docx file."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    word = docx.Document()
    _prepare(word)
    word.core_properties.title = sheet.title
    _foot(word, sheet.number)
    if sheet.number:
        word.add_paragraph(f"编号：{sheet.number}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    heading = word.add_heading(sheet.title, level=0)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _facts(word, sheet)
    for part in sheet.parts:
        if part.entries:
            word.add_heading(part.title, level=2)
            if part.kind == TABLE:
                _table(word, part)
                continue
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


def _foot(word: Any, number: str) -> None:
    """编号 …　第 n 页 / 共 m 页 at the foot of every page; Word fills the fields in."""
    foot = word.sections[0].footer.paragraphs[0]
    foot.add_run(f"编号 {number}　　第 " if number else "第 ")
    _field(foot, "PAGE")
    foot.add_run(" 页 / 共 ")
    _field(foot, "NUMPAGES")
    foot.add_run(" 页")


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _table(word: Any, part: Part) -> None:
    table = word.add_table(rows=1, cols=len(part.columns), style="Table Grid")
    for cell, name in zip(table.rows[0].cells, part.columns, strict=True):
        cell.text = name
    for number, entry in enumerate(part.entries, 1):
        values = (str(number), entry.name, entry.text, entry.details, marks(entry.cites))
        for cell, value in zip(table.add_row().cells, values, strict=True):
            cell.text = value


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
