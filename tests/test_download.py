from __future__ import annotations

import contextlib
import itertools
import socket
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import official_site
import pytest
from official_site import CAPTCHA, DATABASE, GOV, WORD, Reply, Site, answer, moved, page

from corpus.dial import OFFICIAL_HOSTS, Dial
from corpus.download import Downloader, Manners, retry_after
from corpus.errors import NotFetched

TEXT = "<html><body><p>第一条 花灯要亮。</p><p>第二条 本办法自公布之日起施行。</p></body></html>"
URL = f"https://{GOV}/a.htm"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.close()


@pytest.fixture
def site(served: Site) -> Site:
    served.routes.clear()
    served.seen.clear()
    served.slept.clear()
    served.routes[GOV, "/a.htm"] = page(TEXT)
    return served


def refused(downloader: Downloader, url: str = URL) -> NotFetched:
    with downloader, pytest.raises(NotFetched) as problem:
        downloader.get(url)
    return problem.value


def test_a_page_comes_over_a_checked_connection_after_its_robots(site):
    with site.downloader() as downloader:
        got = downloader.get(URL)
    assert (got.url, got.kind, got.markup) == (URL, "html", TEXT)
    assert site.paths(GOV) == ["/robots.txt", "/a.htm"]
    assert site.seen[1].headers["User-Agent"].startswith("ShezuCorpusFetch/")


def test_robots_are_obeyed_asked_once_and_their_pause_kept(site):
    site.routes[GOV, "/robots.txt"] = Reply(200, b"User-agent: *\nDisallow: /secret\nCrawl-delay: 9\n", "text/plain")
    site.routes[GOV, "/secret/a.htm"] = page(TEXT)
    with site.downloader() as downloader:
        with pytest.raises(NotFetched, match=r"robots\.txt 不许程序取 /secret/a\.htm"):
            downloader.get(f"https://{GOV}/secret/a.htm")
        downloader.get(URL)
    assert site.paths(GOV) == ["/robots.txt", "/a.htm"]
    assert site.slept == [pytest.approx(9, abs=1)]


def test_a_site_whose_robots_cannot_be_read_is_left_alone(site):
    site.routes[GOV, "/robots.txt"] = Reply(503)
    problem = refused(site.downloader(tries=2))
    assert "回答了 HTTP 503（/robots.txt）" in str(problem)
    assert problem.pause
    assert site.paths(GOV) == ["/robots.txt", "/robots.txt"]


def test_requests_to_one_host_are_spaced(site):
    with site.downloader(delay=5.0) as downloader:
        downloader.get(URL)
        downloader.get(URL)
    assert site.slept == [pytest.approx(5, abs=1)] * 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_site_is_asked_again_after_longer_and_longer_waits(site, status):
    replies = iter([Reply(status), Reply(status, headers={"Retry-After": "40"}), page(TEXT)])
    site.routes[GOV, "/a.htm"] = lambda request: next(replies)
    with site.downloader(delay=0.0, back_off=3.0) as downloader:
        assert downloader.get(URL).markup == TEXT
    assert site.slept == [3.0, 40.0]


def test_a_site_that_stays_busy_gets_no_more_requests_in_this_run(site):
    site.routes[GOV, "/a.htm"] = Reply(429)
    with site.downloader(delay=0.0, tries=3) as downloader:
        for _ in range(2):
            with pytest.raises(NotFetched, match=r"www\.gov\.cn 回答了 HTTP 429") as problem:
                downloader.get(URL)
            assert problem.value.pause
    assert site.paths(GOV) == ["/robots.txt", *["/a.htm"] * 3]


def test_a_site_that_wants_an_hour_is_not_waited_for(site):
    site.routes[GOV, "/a.htm"] = Reply(503, headers={"Retry-After": "3600"})
    assert "要求 3600 秒后再来" in str(refused(site.downloader(delay=0.0)))
    assert site.slept == []


def test_what_breaks_off_is_fetched_again_and_never_taken_half(site):
    replies = iter([Reply(200, TEXT[:40].encode(), cut=500), page(TEXT)])
    site.routes[GOV, "/a.htm"] = lambda request: next(replies)
    with site.downloader(delay=0.0) as downloader:
        assert downloader.get(URL).markup == TEXT
    site.routes[GOV, "/a.htm"] = Reply(200, TEXT[:40].encode(), cut=500)
    assert "中途断开" in str(refused(site.downloader(delay=0.0, tries=2)))


def test_a_move_on_the_same_and_to_another_official_host_is_followed(site):
    site.routes[GOV, "/old.htm"] = moved("/newer.htm")
    site.routes[GOV, "/newer.htm"] = moved(f"https://{official_site.MINISTRY}/b.htm", 302)
    site.routes[official_site.MINISTRY, "/b.htm"] = page(TEXT)
    with site.downloader() as downloader:
        assert downloader.get(f"https://{GOV}/old.htm").url == f"https://{official_site.MINISTRY}/b.htm"
    assert site.paths(official_site.MINISTRY) == ["/robots.txt", "/b.htm"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("https://example.com/a.htm", "example.com 不在允许的网站之列"),
        ("https://www.gov.cn.example.com/a.htm", "不在允许的网站之列"),
        ("http://www.gov.cn/a.htm", "只从 https 网址取文件"),
        ("https://user@www.gov.cn/a.htm", "只从 https 网址取文件"),
        ("https://www.gov.cn:8443/a.htm", "www.gov.cn:8443 不在允许的网站之列"),
        ("https://127.0.0.1/a.htm", "127.0.0.1 不在允许的网站之列"),
        ("https://[::1]/a.htm", "不在允许的网站之列"),
        ("file:///etc/passwd", "只从 https 网址取文件"),
    ],
)
def test_a_move_elsewhere_is_refused_before_a_connection(site, target, said):
    site.routes[GOV, "/old.htm"] = moved(target)
    assert said in str(refused(site.downloader(), f"https://{GOV}/old.htm"))
    assert {request.host for request in site.seen} == {GOV}
    assert said in str(refused(site.downloader(), target))


@pytest.mark.parametrize("url", ["https://www.gov.cn:port/", "https://ｗｗｗ.gov.cn/a.htm", "https://[www.gov.cn/", "https://www.gov.cn/\x00"])
def test_what_is_no_address_is_refused(site, url):
    assert "不是可用的网址" in str(refused(site.downloader(), url))


def test_a_move_in_a_circle_ends(site):
    site.routes[GOV, "/old.htm"] = moved("/old.htm")
    assert "转来转去超过 5 次" in str(refused(site.downloader(delay=0.0), f"https://{GOV}/old.htm"))


def test_a_redirect_to_a_name_that_leads_inside_is_refused(site):
    site.routes[GOV, "/old.htm"] = moved(f"https://{DATABASE}/a.htm")
    dial = site.dial(
        resolve=lambda host, port: [("10.9.8.7", port)] if host == DATABASE else [("127.0.0.1", site.port)],
        permits=lambda address: address == "127.0.0.1",
    )
    assert "flk.npc.gov.cn 指向内网或保留地址 10.9.8.7" in str(refused(site.downloader(dial=dial), f"https://{GOV}/old.htm"))


def test_a_name_that_changes_its_mind_is_judged_at_every_connection(site):
    answers = iter([[("127.0.0.1", site.port)], [("192.168.0.1", 443)]])
    dial = site.dial(resolve=lambda host, port: next(answers), permits=lambda address: address == "127.0.0.1")
    assert "192.168.0.1" in str(refused(site.downloader(dial=dial)))
    assert site.paths(GOV) == ["/robots.txt"]


def test_as_shipped_the_loopback_site_cannot_be_reached(site):
    """The very defaults of the product, with nothing but the answer of the name service replaced."""
    downloader = Downloader(dial=Dial(resolve=lambda host, port: [("127.0.0.1", site.port)]), sleep=site.slept.append)
    assert "指向内网或保留地址 127.0.0.1" in str(refused(downloader))
    assert site.seen == []


def test_the_shipped_hosts_are_official_ones():
    assert all(host.partition(":")[0].endswith((".gov.cn", ".cucloud.cn")) for host in OFFICIAL_HOSTS)


def test_a_certificate_nobody_vouches_for_is_refused(site):
    import ssl

    assert "证书不可信" in str(refused(site.downloader(dial=site.dial(trust=ssl.create_default_context), tries=1)))
    assert site.seen == []


def test_a_name_that_cannot_be_found_is_asked_for_once_a_run(site):
    asked = []

    def nowhere(host, port):
        asked.append(host)
        raise NotFetched(f"查不到 {host} 的地址", pause=True)

    with site.downloader(dial=site.dial(resolve=nowhere)) as downloader:
        for _ in range(3):
            with pytest.raises(NotFetched, match="查不到"):
                downloader.get(URL)
    assert asked == [GOV]
    assert site.slept == []


def test_an_address_that_does_not_answer_gives_way_to_the_next(site):
    dial = site.dial(resolve=lambda host, port: [("127.0.0.1", 1), ("127.0.0.1", site.port)])
    with site.downloader(dial=dial) as downloader:
        assert downloader.get(URL).markup == TEXT


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(200, b"x" * 3000), "超过 0.002 MB 的上限|上限 0.002 MB"),
        (Reply(200, b"\x89PNG....", "image/png"), "内容类型是“image/png”"),
        (Reply(200, b"plain", ""), "内容类型是“未说明”"),
        (Reply(200, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"), "旧版 Word"),
        (Reply(404), "没有这个网页，可能已搬走"),
        (Reply(410), "已撤下"),
        (Reply(403), "拒绝程序访问"),
        (Reply(418), "HTTP 418"),
        (page(CAPTCHA), "要求验证（验证码）"),
        (page(official_site.GONE), "网页不存在"),
    ],
)
def test_what_is_no_text_is_refused_with_its_reason(site, reply, said):
    site.routes[GOV, "/a.htm"] = reply
    with site.downloader(max_bytes=2000) as downloader, pytest.raises(NotFetched, match=said):
        downloader.get(URL)


def test_a_body_without_length_is_cut_off_at_the_limit(site):
    chunks = b"".join(b"%x\r\n%s\r\n" % (1000, b"y" * 1000) for _ in range(9)) + b"0\r\n\r\n"
    site.routes[GOV, "/a.htm"] = Reply(200, chunks, headers={"Transfer-Encoding": "chunked"})
    assert "超过 0.002 MB" in str(refused(site.downloader(max_bytes=2000)))


def test_a_body_that_only_drips_is_given_up(site):
    chunks = b"".join(b"%x\r\n%s\r\n" % (9, b"y" * 9) for _ in range(9)) + b"0\r\n\r\n"
    site.routes[GOV, "/a.htm"] = Reply(200, chunks, headers={"Transfer-Encoding": "chunked"})
    clock = itertools.count(step=70).__next__
    assert "下载超过 180 秒还没完" in str(refused(Downloader(dial=site.dial(), sleep=site.slept.append, clock=clock)))


def test_behind_a_wall_nothing_more_is_asked(site):
    site.routes[GOV, "/a.htm"] = page(CAPTCHA)
    with site.downloader() as downloader:
        for _ in range(2):
            with pytest.raises(NotFetched, match="验证码") as problem:
                downloader.get(URL)
            assert problem.value.pause
    assert site.paths(GOV) == ["/robots.txt", "/a.htm"]


def test_a_word_file_is_known_by_its_bytes(site):
    site.routes[GOV, "/a.htm"] = Reply(200, official_site.word("花灯"), "application/octet-stream")
    with site.downloader() as downloader:
        assert downloader.get(URL).kind == "docx"
    site.routes[GOV, "/a.htm"] = Reply(200, CAPTCHA.encode(), WORD)
    assert "验证码" in str(refused(site.downloader()))


def test_a_search_is_posted_as_json_and_keeps_the_cookie_that_the_guard_hands_out(site):
    def guarded(request):
        if "wzws_cid=7" in request.headers.get("Cookie", ""):
            return answer({"asked": request.method, "got": request.body.decode()})
        return Reply(307, headers={"Location": "/search", "Set-Cookie": "wzws_cid=7; path=/"})

    site.routes[DATABASE, "/search"] = guarded
    with site.downloader() as downloader:
        assert downloader.ask(f"https://{DATABASE}/search", {"n": 1}) == {"asked": "POST", "got": '{"n":1}'}


@pytest.mark.parametrize(("body", "said"), [(CAPTCHA.encode(), "验证码"), (b"oops", "没有按约定回答"), (b"<html></html>", "没有按约定回答")])
def test_a_search_that_does_not_answer_as_agreed_is_told(site, body, said):
    site.routes[DATABASE, "/search"] = Reply(200, body, "application/json")
    with site.downloader() as downloader, pytest.raises(NotFetched, match=said):
        downloader.ask(f"https://{DATABASE}/search")


def test_retry_after_in_seconds_or_as_a_date():
    assert retry_after("120") == 120
    assert retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)) == pytest.approx(60, abs=5)
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("soon") == 0
    assert retry_after("") == 0


def test_every_official_host_has_a_place_in_the_certificate(tmp_path: Path):
    trust, chain = official_site.certificates(tmp_path)
    assert trust.read_bytes() in chain.read_bytes()


@pytest.fixture
def proxy(site: Site) -> Iterator[tuple[str, list[str]]]:
    """The address of a proxy that connects every host to the loopback site, and the lines it was asked with."""
    asked: list[str] = []

    class Tunnel(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline().decode().strip())
            while self.rfile.readline().strip():
                pass
            with socket.create_connection(("127.0.0.1", site.port)) as onward:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pump, args=(onward, self.connection))
                back.start()
                pump(self.connection, onward)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        serving.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def test_behind_a_proxy_the_host_must_still_prove_that_it_is_the_listed_one(site, proxy):
    address, asked = proxy
    with Downloader(dial=site.dial(), proxy=address, sleep=site.slept.append) as downloader:
        assert downloader.get(URL).markup == TEXT
        with pytest.raises(NotFetched, match="不在允许的网站之列"):
            downloader.get("https://example.com/a.htm")
    assert set(asked) == {"CONNECT www.gov.cn:443 HTTP/1.1"}
    stranger = Downloader({"mzj.example.gov.cn"}, dial=site.dial(), proxy=address, manners=Manners(tries=1), sleep=site.slept.append)
    assert "证书不可信" in str(refused(stranger, "https://mzj.example.gov.cn/a.htm"))


def test_a_proxy_that_is_not_there_is_named(site):
    downloader = Downloader(dial=site.dial(), proxy="http://127.0.0.1:1", manners=Manners(tries=1), sleep=site.slept.append)
    assert "连接不上" in str(refused(downloader))
