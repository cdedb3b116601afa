"""Polite, guarded downloads from the hosts that publish official texts. The only module of the corpus that names httpx.

Only https, listed hosts and public addresses (checked where the connection is made, after each redirect too); robots.txt (RFC 9309),
a pause between requests to one host, patience with a busy one, limits on size, time and kind of content. Behind a proxy that the
office names, the proxy chooses the address; the host's certificate still has to be the listed host's own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

from corpus.dial import OFFICIAL_HOSTS, Dial
from corpus.errors import NotFetched
from corpus.extract import MAX_BYTES, decode
from corpus.page import kind_of, refusal
from corpus.robots import NOTHING, Rules, parse_robots

AGENT = "ShezuCorpusFetch"
HEADERS = {
    "User-Agent": f"{AGENT}/0.1 (imports official texts for a registration office)",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "identity",
}
REDIRECTS, MAX_HOPS = (301, 302, 303, 307, 308), 5
BUSY = (429, 500, 502, 503, 504)
MAX_ROBOTS = 500_000
MAX_JSON = 5_000_000
REFUSED = {401: "要求登录", 403: "拒绝程序访问", 404: "没有这个网页，可能已搬走", 410: "已撤下这个网页"}
BY_HAND = "请用浏览器下载后用 shezu corpus import 导入"


@dataclass(frozen=True, slots=True)
class Manners:
    """How patient the downloader is: seconds between requests to a host, tries, first back-off, longest wait, and limits of one answer."""

    delay: float = 2.0
    tries: int = 4
    back_off: float = 3.0
    longest_wait: float = 120.0
    idle: float = 30.0
    whole: float = 180.0
    max_bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class Download:
    """What came from an address, after redirects, and what kind of content it is: html, docx, pdf or json."""

    url: str
    kind: str
    data: bytes

    @property
    def markup(self) -> str:
        """The content as text. Raises UnreadableFile."""
        return decode(self.data, self.url)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    data: bytes


class _Pinned(httpx.BaseTransport):
    """Connects to the very addresses that were checked, so that a name cannot change its mind between check and use."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._by_host: dict[str, httpx.HTTPTransport] = {}
        self._trust = dial.trust()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        inner = self._by_host.get(host) or self._by_host.setdefault(host, httpx.HTTPTransport(verify=self._trust, trust_env=False))
        failed: Exception = NotFetched(f"查不到 {host} 的地址，请检查这台机器能否上网")
        for address, port in self._dial.addresses(host, request.url.port or 443):
            url = request.url.copy_with(host=address, port=port)
            extensions = {**request.extensions, "sni_hostname": host}
            try:
                return inner.handle_request(httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = error
        raise failed

    def close(self) -> None:
        for inner in self._by_host.values():
            inner.close()


class Downloader:
    """Downloads from the listed hosts, one request at a time. A host that wants no more requests is left alone until the run ends."""

    def __init__(
        self,
        hosts: Iterable[str] = OFFICIAL_HOSTS,
        *,
        manners: Manners | None = None,
        dial: Dial | None = None,
        proxy: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hosts = frozenset(hosts)
        self._manners = manners or Manners()
        self._sleep, self._clock = sleep, clock
        timeout = httpx.Timeout(self._manners.idle, connect=10.0)
        dial = dial or Dial()
        transport = httpx.HTTPTransport(proxy=proxy, verify=dial.trust(), trust_env=False) if proxy else _Pinned(dial)
        self._client = httpx.Client(transport=transport, headers=HEADERS, timeout=timeout, trust_env=False)
        self._rules: dict[str, Rules] = {}
        self._last: dict[str, float] = {}
        self._paused: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def get(self, url: str, referer: str = "") -> Download:
        """A web page, Word or PDF file. Raises NotFetched with the reason and the way out."""
        url, answer = self._exchange(url, None, referer, self._manners.max_bytes)
        download = Download(url, kind_of(answer.data, answer.headers.get("content-type", ""), url), answer.data)
        if download.kind == "html":
            self._refuse_walls(download)
        return download

    def ask(self, url: str, question: Mapping[str, Any] | None = None, referer: str = "") -> Any:
        """The JSON answer of a site's own search; a question is sent as JSON by POST. Raises NotFetched."""
        url, answer = self._exchange(url, question, referer, MAX_JSON)
        try:
            return json.loads(answer.data)
        except ValueError:
            if answer.data.lstrip()[:1] == b"<":
                self._refuse_walls(Download(url, "html", answer.data))
            raise NotFetched(f"{_host(url)} 的检索接口没有按约定回答，可能已改版；{BY_HAND}") from None

    def _refuse_walls(self, page: Download) -> None:
        wall = refusal(page.markup)
        if wall:
            reason = f"{_host(page.url)} {wall}；{BY_HAND}"
            self._paused[_host(page.url)] = reason
            raise NotFetched(reason, pause=True)

    def _exchange(self, url: str, question: Mapping[str, Any] | None, referer: str, limit: int) -> tuple[str, _Answer]:
        for _ in range(MAX_HOPS + 1):
            self._permit(url)
            answer = self._patiently(url, question, referer, limit)
            if answer.status == 200:
                return url, answer
            if answer.status not in REDIRECTS:
                what = REFUSED.get(answer.status, f"回答了 HTTP {answer.status}")
                raise NotFetched(f"{_host(url)} {what}（{urlsplit(url).path}）；{BY_HAND}", pause=answer.status in (401, 403))
            target = urljoin(url, answer.headers.get("location", ""))
            if answer.status == 303 or (answer.status in (301, 302) and target != url):
                question = None
            url = target
        raise NotFetched(f"{_host(url)} 转来转去超过 {MAX_HOPS} 次，没有到达网页")

    def _permit(self, url: str) -> None:
        self._check_address(url)
        parts, host = urlsplit(url), _host(url)
        if host in self._paused:
            raise NotFetched(f"{self._paused[host]}（本次运行不再请求这个网站）", pause=True)
        if host not in self._rules:
            self._rules[host] = self._read_rules(host)
        if not self._rules[host].allows(parts.path + (f"?{parts.query}" if parts.query else "") or "/"):
            raise NotFetched(f"{host} 的 robots.txt 不许程序取 {parts.path}；{BY_HAND}")

    def _check_address(self, url: str) -> None:
        try:
            parts, host = urlsplit(url), _host(url)
            same = httpx.URL(url).host == (parts.hostname or "")  # what is checked must be what is asked
        except (ValueError, httpx.InvalidURL):
            same = False
        if not same:
            raise NotFetched(f"“{url[:80]}”不是可用的网址")
        if parts.scheme != "https" or "@" in parts.netloc:
            raise NotFetched(f"只从 https 网址取文件，“{url[:80]}”不是")
        if host not in self.hosts:
            raise NotFetched(f"{host or '这个网址'} 不在允许的网站之列（{'、'.join(sorted(self.hosts))}）；本机构要用的网站可写进 SHEZU_FETCH_HOSTS")

    def _read_rules(self, host: str) -> Rules:
        url = f"https://{host}/robots.txt"
        for _ in range(MAX_HOPS):
            answer = self._patiently(url, None, "", MAX_ROBOTS)
            if answer.status not in REDIRECTS:
                break
            url = urljoin(url, answer.headers.get("location", ""))
            self._check_address(url)
        if answer.status >= 500:
            return NOTHING
        return parse_robots(answer.data.decode("utf-8", "replace"), AGENT) if answer.status == 200 else Rules()

    def _patiently(self, url: str, question: Mapping[str, Any] | None, referer: str, limit: int) -> _Answer:
        reason, wait, host = "", 0.0, _host(url)
        for attempt in range(self._manners.tries):
            if attempt:
                self._sleep(wait)
            wait = self._manners.back_off * 2**attempt
            try:
                answer = self._once(url, question, referer, limit)
            except httpx.RequestError as error:
                reason = _trouble(error)
                continue
            except NotFetched as problem:
                if problem.pause:
                    self._paused[host] = str(problem)
                raise
            if answer.status not in BUSY:
                return answer
            reason = f"回答了 HTTP {answer.status}"
            wait = max(wait, retry_after(answer.headers.get("retry-after", "")))
            if wait > self._manners.longest_wait:
                reason += f"，要求 {wait:.0f} 秒后再来"
                break
        self._paused[host] = f"{host} {reason}（{urlsplit(url).path}），请稍后再运行一次，已取得的不会重取"
        raise NotFetched(self._paused[host], pause=True)

    def _once(self, url: str, question: Mapping[str, Any] | None, referer: str, limit: int) -> _Answer:
        host = _host(url)
        pause = max(self._manners.delay, self._rules[host].delay if host in self._rules else 0.0)
        since = self._clock() - self._last[host] if host in self._last else pause
        if since < pause:
            self._sleep(pause - since)
        method, headers = "GET" if question is None else "POST", {"Referer": referer} if referer else {}
        request = self._client.build_request(method, url, json=question, headers=headers)
        try:
            response = self._client.send(request, stream=True, follow_redirects=False)
            try:
                return _Answer(response.status_code, response.headers, self._body(response, url, limit))
            finally:
                response.close()
        finally:
            self._last[host] = self._clock()

    def _body(self, response: httpx.Response, url: str, limit: int) -> bytes:
        if response.status_code != 200:
            return b""
        length = response.headers.get("content-length", "")
        if length.isdigit() and int(length) > limit:
            raise NotFetched(f"{url} 有 {int(length) / 1_000_000:.3g} MB，上限 {limit / 1_000_000:g} MB，未下载")
        started, pieces, size = self._clock(), [], 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > limit:
                raise NotFetched(f"{url} 超过 {limit / 1_000_000:g} MB 的上限，未下载")
            if self._clock() - started > self._manners.whole:
                raise NotFetched(f"{url} 下载超过 {self._manners.whole:.0f} 秒还没完，已放弃")
            pieces.append(piece)
        return b"".join(pieces)


def retry_after(header: str) -> float:
    """Seconds that a Retry-After header asks for (a number or an HTTP date, RFC 9110 §10.2.3); 0 where it says nothing usable."""
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _host(url: str) -> str:
    """host, or host:port where the port is not 443, in the spelling of the allow-list. Raises ValueError."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return host if parts.port in (None, 443) else f"{host}:{parts.port}"


def _trouble(error: httpx.RequestError) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "的证书不可信，没有连接"
    if isinstance(error, httpx.ProxyError):
        return "经代理服务器（SHEZU_FETCH_PROXY）连接不上"
    if isinstance(error, httpx.TimeoutException):
        return "没有按时回答"
    if isinstance(error, httpx.RemoteProtocolError):
        return "中途断开，内容不完整"
    return "连接不上"
