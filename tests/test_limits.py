from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import live
import pytest
from fastapi.testclient import TestClient
from patience import PATIENCE

from api import limits
from api.app import create_app
from api.limits import Buckets, client_of

ASK = {"question": "你好"}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again():
    clock = Clock()
    buckets = Buckets(6, clock)
    assert [buckets.wait("a") for _ in range(6)] == [0.0] * 6
    assert buckets.wait("a") == pytest.approx(10)
    clock.now += 9
    assert buckets.wait("a") == pytest.approx(1)
    clock.now += 1
    assert buckets.wait("a") == 0.0
    clock.now += 3600
    assert [buckets.wait("a") for _ in range(7)].count(0.0) == 6


def test_clients_do_not_share_a_bucket():
    buckets = Buckets(1, Clock())
    assert buckets.wait("a") == 0.0
    assert buckets.wait("b") == 0.0
    assert buckets.wait("a") > 0


def test_without_a_rate_nobody_waits_and_no_header_is_sent():
    buckets = Buckets(0)
    takes = [buckets.take("a") for _ in range(1000)]
    assert not [take for take in takes if take.wait or take.headers()]


def test_a_client_may_have_a_rate_of_its_own():
    buckets = Buckets(1, Clock())
    assert [buckets.take("key", 3).wait for _ in range(3)] == [0.0] * 3
    assert buckets.take("key", 3).wait == pytest.approx(20)


def test_the_headers_tell_limit_rest_and_when_there_is_more():
    buckets = Buckets(2, Clock())
    first, _, refused = (buckets.take("a").headers() for _ in range(3))
    assert first == {"RateLimit-Limit": "2", "RateLimit-Remaining": "1", "RateLimit-Reset": "30", "RateLimit-Policy": "2;w=60"}
    assert refused == {"RateLimit-Limit": "2", "RateLimit-Remaining": "0", "RateLimit-Reset": "30", "RateLimit-Policy": "2;w=60", "Retry-After": "30"}


def test_the_oldest_client_is_forgotten_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_CLIENTS", 2)
    buckets = Buckets(1, Clock())
    for client in "abc":
        buckets.wait(client)
    assert buckets.wait("c") > 0
    assert buckets.wait("a") == 0.0


@pytest.mark.parametrize(
    ("address", "client"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"), ("unix:", "unix:")],
)
def test_a_client_is_an_address_or_the_network_of_an_ipv6_one(address: str, client: str):
    assert client_of({"client": (address, 1)}) == client
    assert client_of({"client": None}) == "?"


@pytest.fixture
def client(shipped_home: Path, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(live.settings(shipped_home, tmp_path, rate_per_minute=3))) as found:
        yield found


def test_who_asks_too_often_is_told_when_to_come_back(client: TestClient):
    answers = [client.post("/api/v1/chat", json=ASK) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert refused.headers["retry-after"] in refused.json()["detail"]


def test_searches_count_and_reading_does_not(client: TestClient):
    assert [client.get("/api/v1/search?q=会员").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert {client.get("/api/v1/guides").status_code for _ in range(10)} == {200}
    assert client.get("/").status_code == 200


def test_one_who_floods_is_refused_and_costs_the_others_nothing(shipped_home: Path, tmp_path: Path):
    """Six at once from one address, forty questions; meanwhile others, one each, from addresses of their own."""
    app = create_app(live.settings(shipped_home, tmp_path, rate_per_minute=3))
    with TestClient(app) as office, ThreadPoolExecutor(8) as pool:

        def ask(address: str) -> int:
            return TestClient(app, client=(address, 50000)).post("/api/v1/chat", json=ASK).status_code

        flood = [pool.submit(ask, "192.0.2.66") for _ in range(40)]
        others = [pool.submit(ask, f"198.51.100.{number}") for number in range(10)]
        refused = [one.result(PATIENCE) for one in flood].count(429)
        assert refused > 20  # on a slow machine the bucket fills again meanwhile
        assert {one.result(PATIENCE) for one in others} == {200}
        assert office.get("/healthz").status_code == 200
