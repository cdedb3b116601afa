"""Hostile documents, uploads and words: what they want must not happen, wherever they came in."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import docx
import lantern
import live
import pytest
from conftest import REPOSITORY
from fastapi.testclient import TestClient
from patience import PATIENCE

from api.app import create_app
from corpus.catalog import catalog_from
from corpus.errors import CorpusError
from corpus.extract import extract_bytes
from corpus.intake import Texts, files_in, import_files
from index.release import build

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"><a href=\"javascript:document.title='owned'\">这里</a>"
HOSTILE = lantern.NEW_TEXT.replace("花灯会不卖票，也不分钱。", f"花灯会不卖票，{SCRIPT}也不分钱。")


def word(document: str) -> bytes:
    """A Word document whose main part is this XML."""
    made, out = io.BytesIO(), io.BytesIO()
    whole = docx.Document()
    whole.add_paragraph("第一条 灯")
    whole.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, document if name == "word/document.xml" else old.read(name))
    return out.getvalue()


BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>第一条 {}</w:t></w:r></w:p></w:body></w:document>"
)


def text_of(data: bytes, name: str) -> str:
    """The text, or "" where the file is refused."""
    try:
        return extract_bytes(data, name).text
    except CorpusError:
        return ""


def test_an_entity_of_a_word_document_reads_no_file_and_no_address(tmp_path):
    (tmp_path / "secret").write_text("s3cret")
    for place in (f"file://{tmp_path}/secret", "http://127.0.0.1:9/secret"):
        hostile = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{place}">]>' + BODY.format("&e;灯")
        assert "s3cret" not in text_of(word(hostile), "x.docx")
    parameter = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "file://{tmp_path}/secret"> %p;]>' + BODY.format("灯")
    assert "s3cret" not in text_of(word(parameter), "x.docx")
    html = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><p>第一条 &e;灯</p>'
    assert "s3cret" not in text_of(html.encode(), "x.html")


def test_entities_that_grow_without_end_do_not(tmp_path):
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    hostile = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "哈">{levels}]>' + BODY.format("&l9;")
    assert len(text_of(word(hostile), "x.docx")) < 1_000_000


def test_an_archive_that_lies_about_what_it_unpacks_to_is_no_bomb():
    data = bytearray(word(BODY.format("灯" * 30_000_000)))
    at = data.rindex(b"word/document.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    assert len(text_of(bytes(data), "x.docx")) < 1_000


@pytest.mark.parametrize("title", ["../../../evil", "/etc/evil", "..\\..\\evil", "evil\x00.json", "%2e%2e%2fevil"])
def test_a_title_that_is_a_path_stays_inside_the_texts(tmp_path, title):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "x.md").write_text(lantern.NEW_TEXT.replace("花灯会登记办法", f"{title}办法"), encoding="utf-8")
    import_files([folder / "x.md"], Texts(tmp_path / "home" / "texts"), catalog_from(lantern.knowledge()["catalog"]))
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - {folder / "x.md"}
    assert all((tmp_path / "home" / "texts") in path.parents for path in written)


def test_a_link_out_of_the_folder_that_is_imported_is_read_as_a_file_only(tmp_path):
    """A folder somebody sent may hold links; following one to a text file gives a text, which is then refused as no law."""
    (tmp_path / "outside").write_text("root:x:0:0", encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "law.txt").symlink_to(tmp_path / "outside")
    reports = import_files(files_in([tmp_path / "in"]), Texts(tmp_path / "texts"), catalog_from(lantern.knowledge()["catalog"]))
    assert [report.outcome for report in reports] in (["未导入"], ["已跳过"])
    assert "root:x" not in str(reports)


@pytest.fixture
def served(tmp_path: Path):
    """The app over a home with a hostile text imported."""
    home, folder, known = tmp_path / "home", tmp_path / "in", lantern.knowledge()
    folder.mkdir()
    (folder / "x.txt").write_text(HOSTILE.removeprefix("# ").replace("\n## ", "\n"), encoding="utf-8")
    reports = import_files([folder / "x.txt"], Texts(home / "texts"), catalog_from(known["catalog"]))
    assert not [report.reason for report in reports if report.failed]
    build(home, None, knowledge=known)
    return live.settings(home, tmp_path)


def test_scripts_in_an_imported_text_stay_words(served):
    with TestClient(create_app(served)) as client:
        page = client.get(f"/laws/{lantern.LAW}/{lantern.NEW}/第二条")
        assert page.status_code == 200
        assert "document.title" in page.text
        assert not re.search(r"<script|<img|<a [^>]*javascript:", page.text)
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy.split("style-src")[0]


def test_a_browser_runs_none_of_them(served, tmp_path):
    chromium = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with live.serving(served) as address:
        url = f"{address}/laws/{lantern.LAW}/{lantern.NEW}/%E7%AC%AC%E4%BA%8C%E6%9D%A1"
        command = [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path}/profile",
            "--virtual-time-budget=3000",
            "--dump-dom",
            url,
        ]
        dom = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout
    assert "花灯会不卖票" in dom
    assert "<title>owned</title>" not in dom
    assert not re.search(r"<script>document|<img src=", dom)


def test_words_of_readers_come_back_as_json_and_never_as_a_page(served):
    with TestClient(create_app(served)) as client:
        answer = client.post("/api/v1/chat", json={"question": f"花灯会登记{SCRIPT}"})
        assert answer.headers["content-type"] == "application/json"
        number = answer.json()["message_id"]
        rated = client.post("/api/v1/feedback", json={"message_id": number, "rating": 1, "reasons": [], "text": SCRIPT})
        assert rated.status_code in (200, 201), rated.text
        refused = client.get(f"/api/v1/messages/{SCRIPT}")
        assert refused.headers["content-type"] == "application/problem+json"
        for page in (answer, rated, refused):
            assert page.headers["x-content-type-options"] == "nosniff"


def test_no_script_of_ours_makes_markup_out_of_text():
    """Pages build what they show from text nodes; with no way from text to markup there is nothing to escape wrongly."""
    ways = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser|createContextualFragment|rich-text")
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}"
        for folder in ("api/web", "api/miniprogram/miniprogram")
        for path in sorted((REPOSITORY / folder).rglob("*"))
        if path.suffix in (".js", ".html", ".wxml") and not {"node_modules", "miniprogram_npm"} & set(path.parts)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ways.search(line)
    ]
    assert found == []


def test_every_route_and_page_answers_with_the_security_headers(served):
    app = create_app(served)
    pages = [f"/{path.relative_to(REPOSITORY / 'api/web')}" for path in (REPOSITORY / "api/web").rglob("*.html")]
    with TestClient(app) as client:
        source = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "api").rglob("*.py") if "node_modules" not in path.parts)
        named = re.findall(r'@router\.(get|post|put|patch|delete)\(\s*f?"([^"]+)"', source)
        routes = [(method, prefix + path) for method, path in named for prefix in ("", "/api/v1")] + [("get", "/mcp"), ("get", "/api/v1/openapi.json")]
        assert len(routes) > 80
        for method, path in [*routes, *(("GET", page) for page in [*pages, "/", "/nowhere"])]:
            answer = client.request(method, re.sub(r"\{\w+\}", "x", path), follow_redirects=False)
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert "frame-ancestors" in answer.headers["content-security-policy"], path
            assert answer.headers["referrer-policy"], path
            assert "permissions-policy" in answer.headers, path
            assert "server" not in answer.headers, path


@pytest.mark.parametrize(
    "path", ["/..%2f..%2fapi/settings.py", "/%2e%2e/%2e%2e/api/settings.py", "/css/../../settings.py", "/css/..%5c..%5csettings.py", "//etc/passwd", "/%00"]
)
def test_pages_are_served_from_their_folder_alone(served, path):
    with TestClient(create_app(served)) as client:
        answer = client.get(path)
        assert answer.status_code in (400, 404), path
        assert "SHEZU_HOME" not in answer.text
        assert "root:" not in answer.text
