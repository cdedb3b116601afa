"""Uploaded files are read in a process with limits; hostile ones come back as a problem, and nothing of the server's is touched."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import docx
import pytest

from corpus.apart import extract_apart
from corpus.errors import UnreadableFile

DOCUMENT = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>'
)


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A document with one part replaced."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return held.getvalue()


def test_a_good_file_is_read():
    assert extract_apart(word("第一条 灯会要有灯。"), "灯会.docx").text == "第一条 灯会要有灯。"
    assert extract_apart("第一条　灯会要有灯。\n".encode("gb18030"), "灯会.txt").kind == "text"


def test_what_cannot_be_read_is_said_in_its_own_words():
    with pytest.raises(UnreadableFile, match=r"不认识的文件类型“\.exe”"):
        extract_apart(b"MZ", "灯会.exe")


def test_an_archive_bomb_is_refused():
    bomb = with_part(word("灯"), "word/document.xml", b" " * 60_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(UnreadableFile, match="压缩炸弹"):
        extract_apart(bomb, "灯会.docx")


def test_an_archive_that_lies_about_its_size_is_refused():
    data = bytearray(with_part(word("灯"), "word/document.xml", b"<a/>" + b" " * 30_000_000))
    at = data.rindex(b"word/document.xml")
    data[at - 22 : at - 18] = (100).to_bytes(4, "little")  # the central directory's uncompressed size
    with pytest.raises(UnreadableFile):
        extract_apart(bytes(data), "灯会.docx")


def test_external_entities_are_not_read(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密口令", encoding="utf-8")
    part = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + DOCUMENT.format("前&x;后")
    try:
        assert "机密" not in extract_apart(with_part(word("灯"), "word/document.xml", part.encode()), "灯会.docx").text
    except UnreadableFile as refused:
        assert "机密" not in str(refused)


def test_entities_that_grow_without_end_are_refused():
    layers = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 20}">' for n in range(1, 12))
    part = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a0 "灯灯灯灯灯灯灯灯灯灯">{layers}]>' + DOCUMENT.format("&a11;")
    try:
        assert len(extract_apart(with_part(word("灯"), "word/document.xml", part.encode()), "灯会.docx").text) < 1000
    except UnreadableFile as refused:
        assert "灯会.docx" in str(refused)


def pdf(stream: bytes) -> bytes:
    """A one-page PDF whose content is a deflated stream."""
    packed = zlib.compress(stream, 9)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + part + b"endobj\n"
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % start)


def test_a_pdf_whose_stream_unpacks_beyond_measure_is_given_up():
    bomb = pdf(b" " * 400_000_000)
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableFile, match=r"灯会\.pdf"):
        extract_apart(bomb, "灯会.pdf", seconds=20, memory=1_000_000_000)


def memory_is_limited() -> bool:
    """Whether this kernel holds a process to RLIMIT_AS; some sandboxes do not."""
    tried = "import resource as r; r.setrlimit(r.RLIMIT_AS, (200_000_000, 200_000_000)); bytearray(600_000_000)"
    return subprocess.run([sys.executable, "-c", tried], capture_output=True, check=False).returncode != 0


@pytest.mark.skipif(not memory_is_limited(), reason="this kernel does not hold a process to RLIMIT_AS")
def test_too_little_memory_is_a_problem_and_no_crash():
    with pytest.raises(UnreadableFile, match="灯会"):
        extract_apart("灯".encode() * 6_000_000, "灯会.txt", memory=50_000_000)


def test_too_little_time_is_a_problem_and_no_crash(monkeypatch):
    monkeypatch.setattr("corpus.apart.PATIENCE", 0)
    with pytest.raises(UnreadableFile, match="还没有读完，已放弃"):
        extract_apart(word("灯"), "灯会.docx")


def test_a_file_beyond_the_size_is_refused():
    with pytest.raises(UnreadableFile, match="上限 20 MB"):
        extract_apart(b"a" * 20_000_001, "灯会.txt")
