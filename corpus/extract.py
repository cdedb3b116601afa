"""Files to plain text: Markdown, plain text, HTML, DOCX and PDF, with limits on size and unpacked size.

The only module that names the document readers (python-docx, pypdf, Beautiful Soup).
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

from corpus.clean import strip_markdown, tidy
from corpus.errors import UnreadableFile

MAX_BYTES = 20_000_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
MAX_PAGES = 2_000
KINDS = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text", ".html": "html", ".htm": "html"}
KINDS |= {".docx": "docx", ".pdf": "pdf"}
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
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableFile(f"{path.name}：打不开文件（{error.strerror}），请检查路径和权限") from error
    if size > MAX_BYTES:
        raise UnreadableFile(f"{path.name}：文件有 {size // 1_000_000} MB，上限 {MAX_BYTES // 1_000_000} MB，请拆分或只留正文")
    return extract_bytes(path.read_bytes(), path.name)


def extract_bytes(data: bytes, name: str) -> Extracted:
    """The plain text of a file's bytes; the kind follows from the name's ending. Raises UnreadableFile."""
    ending = Path(name).suffix.lower()
    kind = KINDS.get(ending)
    if kind is None:
        hint = HINTS.get(ending, "可导入 md、txt、html、docx、pdf")
        raise UnreadableFile(f"{name}：不认识的文件类型“{ending or '无扩展名'}”，{hint}")
    if not data.strip():
        raise UnreadableFile(f"{name}：文件是空的，请重新下载后再导入")
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"{name}：文件有 {len(data) // 1_000_000} MB，上限 {MAX_BYTES // 1_000_000} MB，请拆分或只留正文")
    if kind == "docx":
        text = _docx(data, name)
    elif kind == "pdf":
        text = _pdf(data, name)
    else:
        text = decode(data, name)
        text = strip_markdown(text) if kind == "markdown" else _html(text) if kind == "html" else tidy(text)
    if not text.strip():
        raise UnreadableFile(f"{name}：里面没有文字（可能是扫描图片），请换成可复制文字的版本")
    return Extracted(text, name, kind)


def decode(data: bytes, name: str) -> str:
    """UTF-8, UTF-16 with a mark, or GB18030. Raises UnreadableFile for binary data."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise UnreadableFile(f"{name}：内容是二进制数据，不是文字，请确认文件没有损坏或改错扩展名")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x01-\x08\x0e-\x1f]", text):
            return text
    raise UnreadableFile(f"{name}：认不出文字编码（已试 UTF-8、UTF-16、GB18030），请另存为 UTF-8 后再导入")


def _html(markup: str) -> str:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(markup, "html.parser")
    for tag in soup(["script", "style", "noscript", "nav", "header", "footer", "form", "iframe", "template"]):
        tag.decompose()
    body = soup.find("article") or soup.find(id=re.compile("content|zoom|article", re.I)) or soup.body or soup
    for cell in body.find_all(["td", "th"]):
        cell.append(" | ")
    for block in body.find_all(["p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section"]):
        block.append("\n")
        block.insert_before("\n")
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in body.get_text().split("\n"))
    return tidy("\n".join(line for line in lines if line))


def _docx(data: bytes, name: str) -> str:
    _check_archive(data, name)
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
        raise UnreadableFile(f"{name}：不是完好的 Word 文档，请用文字处理软件打开后另存为 .docx") from error
    lines: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join(cell.text.strip() for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return tidy("\n".join(lines))


def _check_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            entries = len(archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile(f"{name}：不是完好的 Word 文档，请用文字处理软件打开后另存为 .docx") from error
    if unpacked > MAX_UNPACKED or unpacked > max(len(data), 10_000) * MAX_RATIO or entries > 5_000:
        raise UnreadableFile(f"{name}：压缩包展开后异常大（{unpacked // 1_000_000} MB），疑似压缩炸弹，已拒绝")


def _pdf(data: bytes, name: str) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableFile(f"{name}：PDF 有密码，请换成没有密码的版本")
            if len(reader.pages) > MAX_PAGES:
                raise UnreadableFile(f"{name}：PDF 有 {len(reader.pages)} 页，上限 {MAX_PAGES} 页")
            pages = [page.extract_text() for page in reader.pages]
    except UnreadableFile:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise UnreadableFile(f"{name}：不是完好的 PDF 文件，请重新下载或另存后再导入") from error
    return tidy(join_pdf_lines("\n".join(pages)))


def join_pdf_lines(text: str) -> str:
    """Lines that a page's width broke are joined again; a line that ends a sentence or opens a heading stays a line."""
    opening = re.compile(r"^\s*(?:第[一二三四五六七八九十百]+[编章节条]|[（(]?[一二三四五六七八九十]+[)）、])")
    joined: list[str] = []
    for line in text.split("\n"):
        line = line.strip()
        if joined and joined[-1] and line and not opening.match(line) and joined[-1][-1] not in "。；：！？:;":
            joined[-1] += line
        else:
            joined.append(line)
    return "\n".join(joined)
