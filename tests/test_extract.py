from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from corpus.errors import CorpusError, UnreadableFile
from corpus.extract import KINDS, MAX_BYTES, decode, extract_bytes, extract_file, join_pdf_lines, readable, without_page_number

TEXT = "花灯会登记办法\n第一条 灯会不卖票。\n第二条 灯会不分钱。"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document(*paragraphs: str) -> docx.document.Document:
    made = docx.Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    return made


def saved(made: docx.document.Document) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def pdf(*pages: list[str]) -> bytes:
    """A PDF that sets each line as its own text line, in a font whose codes are the glyphs' Unicode numbers."""
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    cmap = "/CIDInit /ProcSet findresource begin 1 begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    cmap += "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Lantern /Encoding /Identity-H /ToUnicode 4 0 R /DescendantFonts "
        "[<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Lantern /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>] >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ]
    for number, lines in enumerate(pages):
        shown = "\n".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td" for line in lines)
        stream = f"BT /F1 12 Tf 50 780 Td\n{shown}\nET"
        contents = 6 + 2 * number
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {contents} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, offsets = "%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF".encode("ascii")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le-bom"])
def test_text_is_read_in_every_encoding_that_offices_use(encoding):
    data = b"\xff\xfe" + TEXT.encode("utf-16-le") if encoding == "utf-16-le-bom" else TEXT.encode(encoding)
    assert extract_bytes(data, "a.txt").text == TEXT


def test_gb18030_keeps_glyphs_beyond_gbk():
    text = TEXT + "㐀䶮"
    assert extract_bytes(text.encode("gb18030"), "a.txt").text == text


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html", "a.docx", "a.pdf", "A.MD"])
@pytest.mark.parametrize("data", [b"", b" \n\t "])
def test_empty_file_is_refused_by_name(name, data):
    with pytest.raises(UnreadableFile, match=rf"^{name}：文件是空的"):
        extract_bytes(data, name)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf", b"\xff\xfe", "\u200b\u3000\n".encode()])
def test_file_without_a_visible_character_is_refused(data):
    with pytest.raises(UnreadableFile, match="里面没有文字"):
        extract_bytes(data, "a.txt")


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n\x00", bytes(range(256)), b"\x01\x02abc", b"\xff\xfe\x00\x00\x01\x00"])
def test_binary_data_is_refused(data):
    with pytest.raises(UnreadableFile, match=r"a\.txt：.*(二进制|编码)"):
        extract_bytes(data, "a.txt")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("a.doc", "另存为 .docx"),
        ("a.wps", "另存为 .docx"),
        ("a.ofd", "转为 .pdf"),
        ("a.zip", "先解压"),
        ("a.xyz", "可导入 md、txt、html、docx、pdf"),
        ("a", "无扩展名"),
    ],
)
def test_unknown_kind_is_refused_with_the_way_out(name, hint):
    with pytest.raises(UnreadableFile, match=hint):
        extract_bytes(b"text", name)
    assert not readable(Path(name))


def test_known_kinds_are_readable_whatever_their_case():
    assert all(readable(Path(f"a{ending.upper()}")) for ending in KINDS)


def test_file_of_200_megabytes_is_refused_without_reading_it(tmp_path):
    file = tmp_path / "big.txt"
    with file.open("wb") as sparse:
        sparse.truncate(200_000_000)
    with pytest.raises(UnreadableFile, match=r"big\.txt：文件有 200 MB，上限 20 MB"):
        extract_file(file)


def test_bytes_over_the_limit_are_refused():
    with pytest.raises(UnreadableFile, match="上限 20 MB"):
        extract_bytes(b"a" * (MAX_BYTES + 1), "a.txt")


def test_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(UnreadableFile, match=r"gone\.txt：打不开文件"):
        extract_file(tmp_path / "gone.txt")


def test_folder_with_the_name_of_a_text_is_refused(tmp_path):
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(UnreadableFile, match=r"folder\.md：打不开文件"):
        extract_file(tmp_path / "folder.md")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_file_that_may_not_be_read_is_refused(tmp_path):
    file = tmp_path / "closed.txt"
    file.write_text(TEXT, encoding="utf-8")
    file.chmod(0)
    with pytest.raises(UnreadableFile, match=r"closed\.txt：打不开文件"):
        extract_file(file)


def test_word_document_gives_its_paragraphs():
    assert extract_bytes(saved(document(*TEXT.split("\n"))), "a.docx").text == TEXT


def test_word_table_keeps_rows_and_cells():
    made = document("第一条 表如下：")
    table = made.add_table(rows=2, cols=2)
    for row, words in zip(table.rows, (("灯数", "灯油"), ("四十", "三万")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    made.add_paragraph("第二条 完。")
    assert extract_bytes(saved(made), "a.docx").text == "第一条 表如下：\n灯数 | 灯油\n四十 | 三万\n第二条 完。"


def test_word_insertions_and_content_controls_count_and_deletions_do_not():
    made = document("第一条 甲。")
    body = made.element.body
    tracked = f"<w:p {WORD}><w:r><w:t>第二条 灯</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins></w:p>"
    control = f"<w:sdt {WORD}><w:sdtContent><w:p><w:r><w:t>第三条 丙。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    broken = f'<w:p {WORD}><w:pPr><w:tabs><w:tab w:val="left" w:pos="420"/></w:tabs></w:pPr><w:r><w:t>第四条 丁，</w:t><w:br/><w:t>戊。</w:t></w:r></w:p>'
    for markup in (tracked, control, broken):
        body.insert(len(body) - 1, parse_xml(markup))
    assert extract_bytes(saved(made), "a.docx").text == "第一条 甲。\n第二条 灯新\n第三条 丙。\n第四条 丁，\n戊。"


def test_zip_bomb_in_a_word_document_is_refused_unopened():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 30_000_000)
    assert len(file.getvalue()) < 100_000
    with pytest.raises(UnreadableFile, match=r"展开后异常大（30 MB）"):
        extract_bytes(file.getvalue(), "a.docx")


def test_archive_of_too_many_files_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(5_001):
            archive.writestr(str(number), "")
    with pytest.raises(UnreadableFile, match="已拒绝"):
        extract_bytes(file.getvalue(), "a.docx")


def damaged_archives() -> list[bytes]:
    whole = saved(document(TEXT))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "no document")
    flag = whole.index(b"PK\x01\x02") + 8
    locked = whole[:flag] + struct.pack("<H", 1) + whole[flag + 2 :]
    return [b"PK\x03\x04", whole[: len(whole) // 2], other.getvalue(), b"\xd0\xcf\x11\xe0" + b"\0" * 600, locked]


@pytest.mark.parametrize("data", damaged_archives(), ids=["stub", "cut", "other archive", "old word", "locked"])
def test_damaged_word_document_is_refused(data):
    with pytest.raises(UnreadableFile, match=r"a\.docx：不是完好的 Word 文档"):
        extract_bytes(data, "a.docx")


def test_pdf_lines_are_joined_and_page_numbers_left_out():
    first = ["花灯会登记办法", "第一条 灯会由乡邻自愿发起，会长由乡邻", "推举，任期三年，不得连任两次以上，也不", "— 1 —"]
    second = ["领工钱。", "第二条 灯会不分钱。", "- 2 -"]
    text = extract_bytes(pdf(first, second), "a.pdf").text
    assert text == "花灯会登记办法\n第一条 灯会由乡邻自愿发起，会长由乡邻推举，任期三年，不得连任两次以上，也不领工钱。\n第二条 灯会不分钱。"


@pytest.mark.parametrize(
    ("page", "rest"), [("3\n甲\n乙", "甲\n乙"), ("甲\n第 12 页", "甲"), ("甲\n2021年", "甲\n2021年"), ("甲\n4\n乙", "甲\n4\n乙"), ("", "")]
)
def test_page_number_is_a_line_of_its_own_at_head_or_foot(page, rest):
    assert without_page_number(page) == rest


def test_short_lines_of_a_pdf_stay_lines():
    assert join_pdf_lines("灯会办法\n二〇一九年\n灯会应当在落灯以后十日内\n清扫街巷。") == "灯会办法\n二〇一九年\n灯会应当在落灯以后十日内清扫街巷。"


def test_a_character_beyond_the_first_plane_comes_whole_out_of_a_pdf():
    assert extract_bytes(pdf(["第一条 𠮷灯不熄。"]), "a.pdf").text == "第一条 𠮷灯不熄。"


def test_half_a_character_is_refused_with_its_place():
    """Found by fuzzing: a damaged code went through as a lone surrogate and failed later, without a word of what to do."""
    lone = pdf(["第一条 灯不熄。"]).replace("灯".encode("utf-16-be").hex().encode(), b"dc00")
    with pytest.raises(UnreadableFile, match=r"a\.pdf：“第一条 □不熄。”附近有认不出的字"):
        extract_bytes(lone, "a.pdf")


def test_pdf_with_a_password_is_refused():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["灯"]))))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    with pytest.raises(UnreadableFile, match="PDF 有密码"):
        extract_bytes(file.getvalue(), "a.pdf")


def test_scanned_pdf_is_refused_with_the_way_out():
    with pytest.raises(UnreadableFile, match="可能是扫描图片"):
        extract_bytes(pdf([]), "a.pdf")


def test_pdf_whose_page_unpacks_beyond_all_bounds_is_refused():
    stream = zlib.compress(b" " * 200_000_000, 1)
    head, _, tail = pdf(["灯"]).partition(b"6 0 obj\n")
    bomb = head + b"6 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream\nendobj\n" + tail[tail.index(b"xref") :]
    assert len(bomb) < MAX_BYTES
    with pytest.raises(UnreadableFile, match=r"a\.pdf：不是完好的 PDF"):
        extract_bytes(bomb, "a.pdf")


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7", b"not a pdf", pdf(["灯"])[:200], b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>"]
)
def test_damaged_pdf_is_refused(data):
    with pytest.raises(UnreadableFile, match=r"a\.pdf：(不是完好的 PDF|里面没有文字)"):
        extract_bytes(data, "a.pdf")


def test_web_page_gives_its_text_without_what_stands_around_it():
    page = """<html><head><title>局</title><style>p{}</style></head><body><nav>首页 第九条 假</nav>
    <div id="content"><h1>花灯会登记办法</h1><p>第一条&emsp;灯会不卖票。</p><p>第二条 灯会<b>不</b>分钱。</p><script>1</script>
    <table><tr><td>灯</td><td>四十</td></tr></table></div><footer>联系我们</footer></body></html>"""
    assert extract_bytes(page.encode(), "a.html").text == "花灯会登记办法\n第一条 灯会不卖票。\n第二条 灯会不分钱。\n灯 | 四十 |"


def test_web_page_that_is_xml_and_in_gb18030_is_read():
    page = f'<?xml version="1.0" encoding="gb2312"?><html><body>{"".join(f"<p>{line}</p>" for line in TEXT.split(chr(10)))}</body></html>'
    assert extract_bytes(page.encode("gb18030"), "a.htm").text == TEXT


def test_web_page_in_several_parts_loses_none_of_them():
    page = "<body><article>第一条 甲灯。</article><article>第二条 乙灯。</article><article>第三条 丙灯。</article></body>"
    assert extract_bytes(page.encode(), "a.html").text.split() == ["第一条", "甲灯。", "第二条", "乙灯。", "第三条", "丙灯。"]


def test_search_box_named_like_the_text_is_not_the_text():
    page = f'<body><input id="article-search"><div id="zoomer">小</div><p>{TEXT}</p></body>'
    assert "第二条 灯会不分钱。" in extract_bytes(page.encode(), "a.html").text


@pytest.mark.parametrize(
    "markup", ["<![if", "<!DOCTYPE", "<![CDATA[", "<" * 500, "<div>" * 3_000 + "灯", "example.txt", "<a href='", "&#xFFFFFFFFF;灯", "<!--灯"]
)
def test_odd_markup_gives_text_or_a_refusal(markup):
    try:
        assert extract_bytes(markup.encode(), "a.html").text
    except UnreadableFile as refusal:
        assert "a.html" in str(refusal)


@given(st.binary(max_size=400), st.sampled_from(sorted(KINDS)))
def test_any_bytes_give_text_or_a_corpus_error(data, ending):
    try:
        assert extract_bytes(data, "any" + ending).text.strip()
    except CorpusError as refusal:
        assert "any" + ending in str(refusal)


@given(st.data(), st.sampled_from([".docx", ".pdf"]))
def test_damaged_bytes_of_a_real_file_give_text_or_a_corpus_error(data, ending):
    whole = bytearray(PIECES[ending])
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    whole = whole[: data.draw(st.integers(1, len(whole)))] if data.draw(st.booleans()) else whole
    try:
        assert extract_bytes(bytes(whole), "any" + ending).text.strip()
    except CorpusError as refusal:
        assert "any" + ending in str(refusal)


@given(st.text(alphabet="<>/!-[]&;#=\"' \npdivtablescrh灯一、", max_size=80))
def test_any_markup_gives_text_or_a_corpus_error(markup):
    for name in ("any.html", "any.md"):
        try:
            assert extract_bytes(markup.encode(), name).text.strip()
        except CorpusError as refusal:
            assert name in str(refusal)


@given(st.text(max_size=60))
def test_decoding_undoes_utf_8_and_utf_16(text):
    for encoding in ("utf-8", "utf-16"):
        try:
            assert decode(text.encode(encoding), "a.txt").lstrip("\ufeff") == text.lstrip("\ufeff")
        except (UnreadableFile, UnicodeEncodeError):
            continue


PIECES = {".docx": saved(document(*TEXT.split("\n"))), ".pdf": pdf(TEXT.split("\n"))}
