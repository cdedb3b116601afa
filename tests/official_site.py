"""A loopback site behind the official names, with certificates of its own: database, policy library and ministry pages, and their failures.

The laws on it are invented; the shapes of its pages and answers are those of the real sites.
"""

from __future__ import annotations

import io
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from corpus.dial import OFFICIAL_HOSTS, Dial
from corpus.download import Downloader, Manners

DATABASE, STORE, SEARCH, GOV, MINISTRY = "flk.npc.gov.cn", "flkoss.obs-bj2.cucloud.cn", "sousuo.www.gov.cn", "www.gov.cn", "www.mca.gov.cn"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """One answer: status, body, content type and further headers; `cut` bytes of the body are promised but never sent."""

    status: int = 200
    body: bytes = b""
    kind: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0


def page(body: str, status: int = 200) -> Reply:
    return Reply(status, body.encode())


def answer(value: Any) -> Reply:
    return Reply(200, json.dumps(value, ensure_ascii=False).encode(), "application/json")


def moved(url: str, status: int = 301) -> Reply:
    return Reply(status, headers={"Location": url})


@dataclass(frozen=True)
class Request:
    host: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Site:
    """The site: `routes` by host and path (query aside) answer requests, `seen` keeps them in order."""

    def __init__(self, folder: Path) -> None:
        self.routes: dict[tuple[str, str], Reply | Callable[[Request], Reply]] = {}
        self.seen: list[Request] = []
        self.slept: list[float] = []
        self.trust, chain = certificates(folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.handle_error = lambda request, address: None  # type: ignore[method-assign]  # clients that hang up are part of the tests
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def paths(self, host: str) -> list[str]:
        return [request.path for request in self.seen if request.host == host]

    def dial(self, **changes: Any) -> Dial:
        """Every name leads here, and only this address is permitted."""
        here: dict[str, Any] = {
            "resolve": lambda host, port: [("127.0.0.1", self.port)],
            "permits": lambda address: ipaddress.ip_address(address).is_loopback,
            "trust": lambda: ssl.create_default_context(cafile=str(self.trust)),
        }
        return Dial(**(here | changes))

    def downloader(self, hosts: frozenset[str] = OFFICIAL_HOSTS, dial: Dial | None = None, **manners: Any) -> Downloader:
        """A downloader that sleeps only in `slept`."""
        return Downloader(hosts, manners=Manners(**manners), dial=dial or self.dial(), sleep=self.slept.append)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.headers["Host"], self.command, self.path, dict(self.headers), body)
                site.seen.append(request)
                route = site.routes.get((request.host, urlsplit(self.path).path), Reply(404, b"none"))
                reply = route(request) if callable(route) else route
                self.send_response(reply.status)
                for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
                    self.send_header(name, value)
                if "Transfer-Encoding" not in reply.headers:
                    self.send_header("Content-Length", str(len(reply.body) + reply.cut))
                if reply.cut:
                    self.send_header("Connection", "close")
                    self.close_connection = True
                self.end_headers()
                self.wfile.write(reply.body)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def certificates(folder: Path) -> tuple[Path, Path]:
    """(certificate to trust, key and certificate of the site) for all official names."""
    key, day = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback site of the tests")])
    names = [x509.DNSName(host.partition(":")[0]) for host in sorted(OFFICIAL_HOSTS)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day - timedelta(days=1))
        .not_valid_after(day + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    trust, chain = folder / "trust.pem", folder / "chain.pem"
    trust.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(own + trust.read_bytes())
    return trust, chain


def word(text: str) -> bytes:
    """A Word file with one paragraph a line."""
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def database(site: Site, title: str, texts: Mapping[str, str], articles: int) -> None:
    """The database holds a law in the editions given by day: search, details, signed address, file."""
    keys = {day: f"key{day.replace('-', '')}" for day in texts}
    rows = [{"bbbs": keys[day], "title": f"<em class='highlight'>{title}</em>", "gbrq": day} for day in texts]
    others = [{"bbbs": "key00000000", "title": f"{title}施行细则", "gbrq": "2001-01-01"}]
    tree = {"title": title, "children": [{"title": "第一章 总则", "children": [{"title": f"第{n}条"} for n in "一二三四五六七八九"[:articles]]}]}

    def day_of(request: Request) -> str:
        return next((day for day, key in keys.items() if f"bbbs={key}" in request.path), "")

    def details(request: Request) -> Reply:
        return answer({"code": 200, "data": {"title": title, "gbrq": day_of(request), "content": tree}})

    def signed(request: Request) -> Reply:
        kind = "docx" if "format=docx" in request.path else "pdf"
        return answer({"code": 200, "data": {"url": f"https://{STORE}/prod/{day_of(request)}.{kind}?X-Amz-Signature=abc"}})

    site.routes[DATABASE, "/law-search/search/list"] = answer({"code": 200, "total": len(rows) + 1, "rows": others + rows})
    site.routes[DATABASE, "/law-search/search/flfgDetails"] = details
    site.routes[DATABASE, "/law-search/download/pc"] = signed
    for day, text in texts.items():
        site.routes[STORE, f"/prod/{day}.docx"] = Reply(200, word(text), WORD)


def library(site: Site, rows: list[dict[str, str]]) -> None:
    """The policy library answers every search with these rows."""
    site.routes[SEARCH, "/search-gov/data"] = answer({"code": 200, "searchVO": {"catMap": {"gongwen": {"listVO": []}, "bumenfile": {"listVO": rows}}}})


def gov_page(title: str, text: str) -> str:
    """A page of the policy library: much navigation around, the text in its own frame."""
    lines = "".join(f"<p>{line}</p>" for line in text.split("\n") if line.strip())
    around = "".join(f"<div><a href='/c{n}'>栏目{n}　政务服务　国务院公报　新闻发布</a></div>" for n in range(80))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_国务院部门文件_中国政府网</title>
<script>var captchaHost = "x";</script></head><body><div class="header">{around}</div><table><tr><td>标　　题：</td><td>{title}</td></tr></table>
<div class="pages_content mhide" id="UCAP-CONTENT">{lines}</div><div class="footer">版权所有 {around}</div></body></html>"""


def ministry_page(title: str, text: str, attached: str = "") -> str:
    """A page of the ministry: the standard title mark, the text in #zoom, perhaps an attachment."""
    lines = "".join(f"<p style='text-indent:2em'>{line}</p>" for line in text.split("\n") if line.strip())
    link = f"<p><a href='{attached}'>附件：{title}.docx</a></p>" if attached else ""
    return f"""<html><head><meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2001-01-02 10:00">
<title>{title} - 中华人民共和国民政部</title></head><body><div class="nav">首页 &gt; 政务公开</div><h1>{title}</h1>
<div class="info">时间：2001-01-02　来源：办公厅　字体：大 中 小　分享 打印</div><div class="content" id="zoom">{lines}{link}</div></body></html>"""


CAPTCHA = (
    "<!DOCTYPE html><html><head><title>安全验证</title></head><body><div id='captcha'>请拖动滑块完成验证</div><script src='/wzws_c.js'></script></body></html>"
)
GONE = "<!DOCTYPE html><html><head><title>出错了</title></head><body>您访问的页面不存在或已删除！</body></html>"
