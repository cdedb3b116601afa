"""Files to plain text: Markdown, plain text, HTML, DOCX and PDF, with limits on size and unpacked size.

The only module that names the document readers (python-docx, pypdf, Beautiful Soup).
"""

from __future__ import annotations

import io
import logging
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.clean import strip_markdown, tidy
from corpus.errors import UnreadableFile

MAX_BYTES = 20_000_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
MAX_PAGES = 2_000
KINDS = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text", ".html": "html", ".htm": "html"}
KINDS |= {".docx": "docx", ".pdf": "pdf"}
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WORD_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
PAGE_NUMBER = re.compile(r"^[ \t]*+(?:第[ \t]*+)?[—–\-·]*+[ \t]*+\d{1,4}[ \t]*+[—–\-·]*+[ \t]*+(?:页)?[ \t]*+$")
BLOCKS = [
    "p",
    "div",
    "br",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "section",
    "article",
    "main",
    "blockquote",
    "pre",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "center",
    "hr",
]
FRAMES = "#UCAP-CONTENT, #zoom, .pages_content, .TRS_Editor"
LEAST_FRAMED = 100
HINTS = {
    ".doc": "请用文字处理软件另存为 .docx",
    ".wps": "请用文字处理软件另存为 .docx",
    ".ofd": "请转为 .pdf 或 .docx",
    ".zip": "请先解压，再导入里面的文件",
    ".rar": "请先解压，再导入里面的文件",
}


@dataclass(frozen=True, slots=True)
class Extracted:
    """Plain text of one file, with the name it came under and the kind it was read as."""

    text: str
    name: str
    kind: str


def readable(path: Path) -> bool:
    """Whether a file of this name is of a kind that can be read here."""
    return path.suffix.lower() in KINDS


def extract_file(path: Path) -> Extracted:
    """The plain text of a file. Raises UnreadableFile naming the file, the reason and the way out."""
    try:
        _check_size(path.stat().st_size, path.name)
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path.name}：打不开文件（{error.strerror}），请检查路径和权限") from error
    return extract_bytes(data, path.name)


def _check_size(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise UnreadableFile(f"{name}：文件有 {size // 1_000_000} MB，上限 {MAX_BYTES // 1_000_000} MB，请拆分或只留正文")


def extract_bytes(data: bytes, name: str) -> Extracted:
    """The plain text of a file's bytes; the kind follows from the name's ending. Raises UnreadableFile."""
    ending = Path(name).suffix.lower()
    kind = KINDS.get(ending)
    if kind is None:
        hint = HINTS.get(ending, "可导入 md、txt、html、docx、pdf")
        raise UnreadableFile(f"{name}：不认识的文件类型“{ending or '无扩展名'}”，{hint}")
    if not data.strip():
        raise UnreadableFile(f"{name}：文件是空的，请重新下载后再导入")
    _check_size(len(data), name)
    if kind == "docx":
        text = _docx(data, name)
    elif kind == "pdf":
        text = _pdf(data, name)
    else:
        text = decode(data, name)
        text = strip_markdown(text) if kind == "markdown" else _html(text, name) if kind == "html" else tidy(text)
    if not text.strip():
        raise UnreadableFile(f"{name}：里面没有文字（可能是扫描图片），请换成可复制文字的版本")
    return Extracted(_joined(text, name), name, kind)


def _joined(text: str, name: str) -> str:
    """The text with the halves of a character that a PDF gives one by one joined. Raises UnreadableFile where a half stands alone."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        near = re.sub(r"[\ud800-\udfff]", "□", text[max(error.start // 2 - 11, 0) : error.start // 2 + 9])
        raise UnreadableFile(f"{name}：“{near}”附近有认不出的字（字体没有对应的编码），请换一份，或用文字处理软件打开后另存为 .docx") from error


def decode(data: bytes, name: str) -> str:
    """UTF-8, UTF-16 with a mark, or GB18030. Raises UnreadableFile for binary data."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not marked:
        raise UnreadableFile(f"{name}：内容是二进制数据，不是文字，请确认文件没有损坏或改错扩展名")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    raise UnreadableFile(f"{name}：认不出文字编码（已试 UTF-8、UTF-16、GB18030），请另存为 UTF-8 后再导入")


def _html(markup: str, name: str) -> str:
    from bs4 import BeautifulSoup

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            soup = BeautifulSoup(markup, "html.parser")
        for tag in soup(["script", "style", "noscript", "nav", "header", "footer", "form", "iframe", "template"]):
            tag.decompose()
        body = _main_part(soup)
        for cell in body.find_all(["td", "th"]):
            cell.append(" | ")
        for block in body.find_all(BLOCKS):
            block.append("\n")
            block.insert_before("\n")
        text = body.get_text()
    except Exception as error:  # hostile markup: whatever the reader trips over, the way out is the same
        raise UnreadableFile(f"{name}：网页解析不了，请在浏览器里打开后把正文另存为 .txt") from error
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in tidy(text).split("\n"))
    return tidy("\n".join(line for line in lines if line))


def _main_part(soup: Any) -> Any:
    """The one element that holds the page's text: that of the government sites' own frames, else one with at least half of all characters."""
    whole = soup.body or soup
    frames = soup.select(FRAMES)
    known = {id(tag) for tag in frames}
    framed = [tag for tag in frames if not any(id(parent) in known for parent in tag.parents)]
    if len(framed) == 1 and len(framed[0].get_text(strip=True)) >= LEAST_FRAMED:
        return framed[0]
    found = soup.find_all("article") or soup.find_all(id=re.compile("content|zoom|article", re.I))
    largest = max(found, key=lambda tag: len(tag.get_text()), default=whole)
    return largest if len(largest.get_text()) * 2 >= len(whole.get_text()) else whole


def _docx(data: bytes, name: str) -> str:
    _check_archive(data, name)
    import docx

    try:
        blocks = docx.Document(io.BytesIO(data)).element.body.iterchildren()
        return tidy("\n".join(_word_lines(blocks)))
    except Exception as error:  # hostile archive: whatever the reader trips over, the way out is the same
        raise UnreadableFile(f"{name}：不是完好的 Word 文档，请用文字处理软件打开后另存为 .docx") from error


def _word_lines(blocks: Iterable[Any]) -> Iterator[str]:
    """Lines of WordprocessingML blocks (ISO/IEC 29500-1 §17): inserted text and content controls count, deleted text does not."""
    for block in blocks:
        kind = block.tag.rpartition("}")[2] if isinstance(block.tag, str) else ""
        if kind == "p":
            yield _word_text(block)
        elif kind == "tr":
            cells = [cell for cell in block.iter(f"{WORD}tc") if next(cell.iterancestors(f"{WORD}tr")) is block]
            yield " | ".join(" ".join(_word_text(paragraph).strip() for paragraph in cell.iter(f"{WORD}p")) for cell in cells)
        elif kind not in ("del", "moveFrom", "sectPr"):
            yield from _word_lines(block.iterchildren())


def _word_text(block: Any) -> str:
    pieces: list[str] = []
    for node in block.iter(f"{WORD}t", f"{WORD}tab", f"{WORD}br", f"{WORD}cr", f"{WORD}noBreakHyphen"):
        around = {ancestor.tag for ancestor in node.iterancestors(f"{WORD}moveFrom", f"{WORD}tabs", f"{WORD}txbxContent")}
        if not around:
            pieces.append(WORD_MARKS.get(node.tag.removeprefix(WORD)) or node.text or "")
    return "".join(pieces)


def _check_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            entries = len(archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFile(f"{name}：不是完好的 Word 文档，请用文字处理软件打开后另存为 .docx") from error
    if unpacked > MAX_UNPACKED or unpacked > max(len(data), 10_000) * MAX_RATIO or entries > 5_000:
        raise UnreadableFile(f"{name}：压缩包展开后异常大（{unpacked // 1_000_000} MB），疑似压缩炸弹，已拒绝")


def _pdf(data: bytes, name: str) -> str:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what matters of its complaints is said below, in Chinese
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableFile(f"{name}：PDF 有密码，请换成没有密码的版本")
            if len(reader.pages) > MAX_PAGES:
                raise UnreadableFile(f"{name}：PDF 有 {len(reader.pages)} 页，上限 {MAX_PAGES} 页")
            pages = [without_page_number(tidy(page.extract_text())) for page in reader.pages]
    except UnreadableFile:
        raise
    except Exception as error:  # hostile file: whatever the reader trips over, the way out is the same
        raise UnreadableFile(f"{name}：不是完好的 PDF 文件，请重新下载或另存后再导入") from error
    return tidy(join_pdf_lines("\n".join(pages)))


def without_page_number(page: str) -> str:
    """A page without the line at its head or foot that holds nothing but the page's number."""
    lines = page.strip().split("\n")
    for place in (0, -1):
        if lines and PAGE_NUMBER.match(lines[place]):
            del lines[place]
    return "\n".join(lines)


def join_pdf_lines(text: str) -> str:
    """Lines that a page's width broke are joined again.

    A line stays a line where it ends a sentence, where the next one opens a heading, and where it is short (a title, a date).
    """
    opening = re.compile(r"^(?:第[一二三四五六七八九十百]+[编章节条]|[（(]?[一二三四五六七八九十]+[)）、])")
    lines = [line.strip() for line in text.split("\n")]
    lengths = sorted(len(line) for line in lines if line)
    full = lengths[len(lengths) * 9 // 10] * 0.7 if lengths else 0
    joined: list[str] = []
    broken = False
    for line in lines:
        if broken and line and not opening.match(line):
            joined[-1] += line
        else:
            joined.append(line)
        broken = len(line) >= full and line[-1:] not in "。；：！？:;"
    return "\n".join(joined)
